// SPDX-License-Identifier: MIT

//go:build ignore

// Compares the library with that of the installed Go, package by package, and writes docs/STDLIB.md:
//
//	go run tools/stdlib-doc.go stdlib > docs/STDLIB.md
//
// With -missing FOLDER PACKAGE... it prints only what these packages lack (all, if none is named), with -names all names that
// they have, as "mgo doc" wants them.
package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
)

// symbols maps exported names ("Name", "Type.Method", "Type.Field") to whether they have a comment.
type symbols map[string]bool

func receiver(t ast.Expr) string {
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

func (s symbols) add(name string, comment bool) {
	if ast.IsExported(name[strings.LastIndexByte(name, '.')+1:]) {
		s[name] = s[name] || comment
	}
}

func (s symbols) addType(spec *ast.TypeSpec, comment bool) {
	name := spec.Name.Name
	if !ast.IsExported(name) {
		return
	}
	s.add(name, comment)
	switch t := spec.Type.(type) {
	case *ast.StructType:
		for _, field := range t.Fields.List {
			for _, id := range field.Names {
				s.add(name+"."+id.Name, true)
			}
		}
	case *ast.InterfaceType:
		for _, method := range t.Methods.List {
			for _, id := range method.Names {
				s.add(name+"."+id.Name, true)
			}
		}
	}
}

func (s symbols) addDecl(decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil {
			r := receiver(d.Recv.List[0].Type)
			if !ast.IsExported(r) {
				return
			}
			name = r + "." + name
		}
		s.add(name, d.Doc != nil)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch x := spec.(type) {
			case *ast.TypeSpec:
				s.addType(x, d.Doc != nil || x.Doc != nil)
			case *ast.ValueSpec:
				for _, id := range x.Names {
					s.add(id.Name, d.Doc != nil || x.Doc != nil || x.Comment != nil)
				}
			}
		}
	}
}

// read parses the package in a folder; obeysConstraints leaves out what is not built for Linux.
func read(folder, suffix string, obeysConstraints bool) (s symbols, about string) {
	s = symbols{}
	var all []*ast.File
	files, _ := filepath.Glob(filepath.Join(folder, "*"+suffix))
	for _, path := range files {
		name := filepath.Base(path)
		if strings.HasSuffix(name, "_test"+suffix) {
			continue
		}
		if obeysConstraints {
			if ok, _ := build.Default.MatchFile(folder, name); !ok {
				continue
			}
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		// Methods with type parameters came with Go 1.27; an older parser complains, and reads them.
		if err != nil && !strings.HasSuffix(err.Error(), "method must have no type parameters") {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		all = append(all, file)
		if file.Doc != nil {
			about = doc.Synopsis(file.Doc.Text())
		}
		for _, decl := range file.Decls {
			s.addDecl(decl)
		}
	}
	promote(s, all)
	return s, about
}

// promote adds to exported struct types the methods of types of the package that they embed.
func promote(s symbols, files []*ast.File) {
	methods := map[string][]string{}
	embedded := map[string][]string{}
	for _, file := range files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil {
				r := receiver(f.Recv.List[0].Type)
				methods[r] = append(methods[r], f.Name.Name)
			}
			g, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range g.Specs {
				t, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				if st, ok := t.Type.(*ast.StructType); ok {
					for _, field := range st.Fields.List {
						if name := receiver(field.Type); len(field.Names) == 0 && name != "" {
							embedded[t.Name.Name] = append(embedded[t.Name.Name], name)
						}
					}
				}
			}
		}
	}
	for owner, list := range embedded {
		for _, name := range list {
			for _, method := range methods[name] {
				if ast.IsExported(owner) {
					s.add(owner+"."+method, true)
				}
			}
		}
	}
}

func isPublic(path string) bool {
	for _, part := range strings.Split(path, "/") {
		if part == "internal" || part == "vendor" || part == "testdata" {
			return false
		}
	}
	return path != "cmd" && !strings.HasPrefix(path, "cmd/") && path != "builtin"
}

// packages lists the import paths below a folder that have files with the suffix.
func packages(root, suffix string) []string {
	found := map[string]bool{}
	filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		if err == nil && strings.HasSuffix(path, suffix) && !strings.HasSuffix(path, "_test"+suffix) {
			if rel, _ := filepath.Rel(root, filepath.Dir(path)); isPublic(rel) && rel != "." {
				found[rel] = true
			}
		}
		return nil
	})
	var list []string
	for path := range found {
		list = append(list, path)
	}
	sort.Strings(list)
	return list
}

// names returns those of a that b lacks; a type that is missing stands for its methods and fields.
func names(a, b symbols) []string {
	var list []string
	for name := range a {
		owner, _, isMember := strings.Cut(name, ".")
		_, has := b[name]
		_, hasOwner := b[owner]
		if !has && (!isMember || hasOwner) {
			list = append(list, name)
		}
	}
	sort.Strings(list)
	return list
}

// reasons says why names are missing that no program could make use of.
var reasons = map[string]string{
	"testing.Main":      "it is for the program that go test generates",
	"testing.MainStart": "it is for the program that go test generates",
}

// readSince reads the names that packages gained.
func readSince(path string) (map[string][]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	since := map[string][]string{}
	current := ""
	for _, line := range strings.Split(string(data), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		if !strings.HasPrefix(line, " ") {
			current, line, _ = strings.Cut(line, ":")
		}
		since[current] = append(since[current], strings.Fields(line)...)
	}
	for _, list := range since {
		sort.Strings(list)
	}
	return since, nil
}

// all returns every name.
func all(s symbols) []string {
	var list []string
	for name := range s {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}

func code(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return "`" + strings.Join(list, "` `") + "`"
}

func main() {
	args := os.Args[1:]
	onlyMissing := len(args) > 0 && args[0] == "-missing"
	onlyNames := len(args) > 0 && args[0] == "-names"
	if onlyMissing || onlyNames {
		args = args[1:]
	}
	root := "stdlib"
	if len(args) > 0 {
		root, args = args[0], args[1:]
	}
	goroot, err := filepath.EvalSymlinks(filepath.Join(runtime.GOROOT(), "src"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	since, err := readSince(filepath.Join(filepath.Dir(root), "tools", "go-since.txt"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	ours := packages(root, ".mgo")
	if len(args) > 0 {
		ours = args
	}
	var out strings.Builder
	total, there := 0, 0
	has := map[string]bool{}
	for _, path := range ours {
		has[path] = true
		mine, about := read(filepath.Join(root, path), ".mgo", false)
		if onlyNames {
			for _, name := range all(mine) {
				fmt.Println(path + "." + name)
			}
			continue
		}
		theirs, _ := read(filepath.Join(goroot, path), ".go", true)
		for _, name := range since[path] {
			theirs.add(name, true)
		}
		missing := names(theirs, mine)
		if onlyMissing {
			if len(missing) > 0 {
				fmt.Printf("%s: %s\n", path, strings.Join(missing, " "))
			}
			for _, name := range all(mine) {
				if !mine[name] {
					fmt.Printf("%s: %s has no comment\n", path, name)
				}
			}
			continue
		}
		fmt.Fprintf(&out, "## %s\n\n%s\n\n", path, about)
		if len(theirs) == 0 {
			fmt.Fprintf(&out, "Not in the Go compared with; %d exported names: %s\n\n", len(mine), code(names(mine, nil)))
			continue
		}
		if path == "syscall" {
			fmt.Fprintf(&out, "Has what other packages need: %s\n\n", code(names(mine, nil)))
			continue
		}
		total += len(theirs)
		n := 0
		for name := range theirs {
			if _, ok := mine[name]; ok {
				n++
			}
		}
		there += n
		fmt.Fprintf(&out, "%d of %d exported names.", n, len(theirs))
		if len(missing) > 0 {
			fmt.Fprintf(&out, " Missing: %s", code(missing))
		}
		for _, name := range missing {
			if why := reasons[path+"."+name]; why != "" {
				fmt.Fprintf(&out, "\n`%s` is not there since %s.", name, why)
			}
		}
		var newer []string
		for _, name := range since[path] {
			if _, ok := mine[name]; ok {
				newer = append(newer, name)
			}
		}
		if len(newer) > 0 {
			fmt.Fprintf(&out, "\nOf later versions: %s", code(newer))
		}
		if own := names(mine, theirs); len(own) > 0 {
			fmt.Fprintf(&out, "\nOf mgo's own: %s", code(own))
		}
		out.WriteString("\n\n")
	}
	if onlyMissing || onlyNames {
		return
	}
	var absent []string
	for _, path := range packages(goroot, ".go") {
		if !has[path] {
			absent = append(absent, path)
		}
	}
	fmt.Printf("# The standard library\n\n"+
		"Made by `make stdlib-page` (`tools/stdlib-doc.go`), which compares with the sources of %s. A name is a constant, variable,\n"+
		"function, type, or a type's field or method. What Go's packages gained in later versions, up to 1.27, is counted too; tools/go-since.txt\n"+
		"lists it.\n\n"+
		"%d packages are there, with %d of the %d names that Go's have (syscall, which is mostly numbers of\n"+
		"the system's, is not counted). Not there: %s\n\n%s",
		runtime.Version(), len(ours), there, total, code(absent), strings.TrimSuffix(out.String(), "\n"))
}
