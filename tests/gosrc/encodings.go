// Package main drives encoding/* and text/template, html/template, net/url, mime.
package main

import (
	"bytes"
	"encoding/ascii85"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/csv"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"fmt"
	html "html/template"
	"mime/quotedprintable"
	"net/url"
	"os"
	"strings"
	"text/template"
	"text/template/parse"
)

type person struct {
	Name  string         `json:"name" xml:"name,attr"`
	Age   int            `json:"age,omitempty"`
	Tags  []string       `json:"tags" xml:"tags>tag"`
	Extra map[string]any `json:"extra" xml:"-"`
	Inner *person        `json:"inner,omitempty"`
	raw   int
}

func check(err error) {
	if err != nil {
		fmt.Println("error:", err)
	}
}

func bytesAsText() {
	data := []byte("any carnal pleas\x00\xff")
	fmt.Println(hex.EncodeToString(data), base64.StdEncoding.EncodeToString(data), base64.RawURLEncoding.EncodeToString(data), base32.HexEncoding.EncodeToString(data))
	fmt.Print(hex.Dump(data))
	out := make([]byte, ascii85.MaxEncodedLen(len(data)))
	fmt.Println(string(out[:ascii85.Encode(out, data)]))
	_, err := base64.StdEncoding.DecodeString("a$b")
	fmt.Println(err)
	var b bytes.Buffer
	check(binary.Write(&b, binary.BigEndian, struct {
		A uint16
		B int32
		C [2]float32
	}{1, -2, [2]float32{1.5, 2}}))
	fmt.Println(b.Bytes(), binary.LittleEndian.Uint32([]byte{1, 2, 3, 4}))
	check(pem.Encode(os.Stdout, &pem.Block{Type: "TEST", Headers: map[string]string{"K": "v"}, Bytes: data}))
	w := quotedprintable.NewWriter(os.Stdout)
	fmt.Fprintln(w, "Grüße = "+strings.Repeat("x", 80))
	w.Close()
}

func records() {
	r := csv.NewReader(strings.NewReader("a,b,c\n\"x \"\"q\"\"\",\"multi\nline\",3\n"))
	rows, err := r.ReadAll()
	fmt.Printf("%q %v\n", rows, err)
	w := csv.NewWriter(os.Stdout)
	check(w.WriteAll([][]string{{"a b", "c,d", `e"f`}, {"", "x"}}))
	_, err = csv.NewReader(strings.NewReader("a,\"b\nc")).ReadAll()
	fmt.Println(err)
}

func documents() {
	p := person{Name: "Zoë <&>", Tags: []string{"a", "b"}, Extra: map[string]any{"k": 1.5, "a": nil, "l": []int{1}}, Inner: &person{Name: "in", Age: 3}}
	j, err := json.MarshalIndent(p, "", "  ")
	fmt.Println(string(j), err)
	var q person
	check(json.Unmarshal(j, &q))
	fmt.Println(q.Name, q.Extra, q.Inner.Age)
	check(json.Unmarshal([]byte(`{"name": 3}`), &q))
	check(json.Unmarshal([]byte(`{"name": "x",}`), &q))
	x, err := xml.MarshalIndent(p, "", " ")
	fmt.Println(string(x), err)
	var back person
	check(xml.Unmarshal(x, &back))
	fmt.Println(back.Name, back.Tags, back.Inner.Name)
	var b bytes.Buffer
	check(gob.NewEncoder(&b).Encode(map[string][]int{"x": {1, 2}, "y": nil}))
	var m map[string][]int
	check(gob.NewDecoder(&b).Decode(&m))
	fmt.Println(m)
}

func templates() {
	const text = `{{define "row"}}<{{.Name | printf "%-6s"}}>{{end}}{{range $i, $p := .}}{{if $i}}, {{end}}{{template "row" $p}}{{with .Inner}}({{.Age}}){{else}}-{{end}}{{end}}
{{len . | eq 2}} {{index . 0 | printf "%v" | len | lt 3}} {{html "<a>"}} {{and 1 0}} {{slice "abcdef" 1 3}}
`
	t, err := template.New("t").Parse(text)
	check(err)
	check(t.Execute(os.Stdout, []person{{Name: "ann", Inner: &person{Age: 5}}, {Name: "bob"}}))
	_, err = template.New("bad").Parse("{{if}}")
	fmt.Println(err)
	trees, err := parse.Parse("p", "a {{.B.C | f 1 \"x\"}} z", "", "", map[string]any{"f": 1})
	fmt.Println(trees["p"].Root, err)
	h := html.Must(html.New("h").Parse(`<a href="/x?q={{.}}" onclick="f({{.}})">{{.}}</a>` + "\n"))
	check(h.Execute(os.Stdout, `O'Re & <b>`))
	u, err := url.Parse("https://u:p@host:80/a%20b/c?x=1&y=a+b#frag")
	fmt.Println(u.Path, u.Query()["y"], u.Host, u.Fragment, err, url.QueryEscape("a b&c/ü"))
}

func main() {
	bytesAsText()
	records()
	documents()
	templates()
}
