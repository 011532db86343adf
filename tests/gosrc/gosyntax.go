// Package main drives go/scanner, go/parser, go/ast, go/printer, go/format, go/doc, go/constant and go/types.
package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/doc"
	"go/format"
	"go/parser"
	"go/printer"
	"go/scanner"
	"go/token"
	"go/types"
	"os"
	"sort"
	"strings"
)

const src = `// Package p is a sample.
package p

import "fmt"

// T is a type.
type T[P any] struct { a, b int; next *T[P]; f func(x, y int) (z string, err error) }

const ( A = iota; B; C = 1<<B + len("abc") )

// Sum adds.
func (t *T[P]) Sum(xs ...int) (total int) {
for i, x := range xs { if x%2==0 { continue }
total+=x*i }
switch { case total>3: fmt.Println("big") ; default: }
go func() { defer recover() ; select {} }()
return
}

func use() int { t := &T[string]{a:1}; return t.Sum(1,2,3)+C }
`

func scan() {
	var s scanner.Scanner
	fset := token.NewFileSet()
	file := fset.AddFile("x.go", -1, 29)
	s.Init(file, []byte("a := 'x' + 0x1F // c\nif !b{}\n"), nil, scanner.ScanComments)
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		fmt.Printf("%s %s %q\n", fset.Position(pos), tok, lit)
	}
}

func main() {
	scan()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments)
	if err != nil {
		fmt.Println(err)
		return
	}
	counts := map[string]int{}
	ast.Inspect(file, func(n ast.Node) bool {
		if n != nil {
			counts[fmt.Sprintf("%T", n)]++
		}
		return true
	})
	var names []string
	for name, n := range counts {
		names = append(names, fmt.Sprint(name, "=", n))
	}
	sort.Strings(names)
	fmt.Println(names)
	ast.Fprint(os.Stdout, fset, file.Decls[1], nil)
	printer.Fprint(os.Stdout, fset, file)
	out, err := format.Source([]byte("package a\nfunc f( ){x:=[]int{1,2,\n3}\n_=x}"))
	fmt.Printf("%s %v\n", out, err)
	_, err = parser.ParseFile(fset, "bad.go", "package p\nfunc f() { x := ; y }\nvar", parser.AllErrors)
	fmt.Println(err)

	conf := types.Config{Error: func(err error) { fmt.Println("type error:", err) }, Importer: nothing{}}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}}
	pkg, _ := conf.Check("p", fset, []*ast.File{file}, info)
	for _, name := range pkg.Scope().Names() {
		fmt.Println(pkg.Scope().Lookup(name))
	}
	c := pkg.Scope().Lookup("C").(*types.Const)
	fmt.Println(constant.BinaryOp(c.Val(), token.MUL, constant.MakeInt64(1<<40)), len(info.Defs) > 10)
	d := doc.New(&ast.Package{Name: "p", Files: map[string]*ast.File{"p.go": file}}, "p", 0)
	fmt.Println(strings.TrimSpace(d.Doc), len(d.Types), d.Types[0].Methods[0].Doc)
}

// nothing imports an empty fmt.
type nothing struct{}

func (nothing) Import(path string) (*types.Package, error) {
	p := types.NewPackage(path, path)
	any := types.NewVar(token.NoPos, p, "a", types.NewSlice(types.Universe.Lookup("any").Type()))
	sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(any), nil, true)
	p.Scope().Insert(types.NewFunc(token.NoPos, p, "Println", sig))
	p.MarkComplete()
	return p, nil
}
