// Package main drives strings, bytes, strconv, bufio, unicode, text/tabwriter and text/scanner.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"text/scanner"
	"text/tabwriter"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

func numbers() {
	for _, f := range []float64{0, 1, -1.5, 1e21, 1e-7, math.Pi, math.MaxFloat64, math.SmallestNonzeroFloat64, 5e-324, 123456789.125, math.Inf(-1), math.NaN(), 0.1 + 0.2} {
		fmt.Println(strconv.FormatFloat(f, 'g', -1, 64), strconv.FormatFloat(f, 'e', 5, 64), strconv.FormatFloat(f, 'f', 3, 32), strconv.FormatFloat(f, 'x', -1, 64))
	}
	for _, s := range []string{"1", "-0x1p-2", "1e400", "0.1", "1_000", "inf", "nan", "1.7976931348623157e308", "4.9e-324", "2.2250738585072011e-308", "9007199254740993", "x"} {
		f, err := strconv.ParseFloat(s, 64)
		fmt.Println(f, err)
	}
	for _, s := range []string{"0", "-9223372036854775808", "9223372036854775808", "0b101", "0o17", "0xff", "1__0", "z"} {
		n, err := strconv.ParseInt(s, 0, 64)
		fmt.Println(n, err)
	}
	fmt.Println(strconv.FormatInt(-255, 36), strconv.Quote("a\tb\x00ü\u2028\U0001F600\xff"), strconv.QuoteToASCII("日本"))
	fmt.Println(strconv.Unquote(`"\u65e5\n\x41\101"`))
	fmt.Println(strconv.Unquote("'ab'"))
}

func words() {
	s := "The quick brown fox jumps over the lazy dog; the end, the END."
	fmt.Println(strings.Count(s, "the"), strings.Index(s, "lazy dog"), strings.LastIndex(s, "the"), strings.IndexFunc(s, unicode.IsPunct))
	fmt.Printf("%q\n", strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }))
	fmt.Println(strings.NewReplacer("quick", "slow", "the", "a", "fox", "snail").Replace(s))
	fmt.Println(strings.NewReplacer("a", "1", "b", "2").Replace("aabbcc"), strings.Map(unicode.ToUpper, "straße ǆ"), strings.ToTitle("ǆ"), strings.EqualFold("Σ", "ς"))
	fmt.Printf("%q %q %q\n", strings.SplitAfterN("a,b,c,d", ",", 3), strings.TrimFunc("123abc456", unicode.IsDigit), strings.Repeat("ab", 5))
	long := strings.Repeat("abcdefgh", 100) + "needle" + strings.Repeat("xyz", 50)
	fmt.Println(strings.Index(long, "needle"), strings.Index(long, "needlf"), bytes.Index([]byte(long), []byte("hneedlex")), strings.LastIndex(long, "hab"))
	var b bytes.Buffer
	b.WriteString("line one\nline two\n\nlast")
	for {
		line, err := b.ReadString('\n')
		fmt.Printf("%q %v\n", line, err)
		if err != nil {
			break
		}
	}
	fmt.Println(bytes.Compare([]byte("a"), []byte("b")), bytes.Title([]byte("her royal")), bytes.ContainsAny([]byte("xyz"), "za"))
}

func reading() {
	sc := bufio.NewScanner(strings.NewReader("one two\n  three\tfour ünf"))
	sc.Split(bufio.ScanWords)
	for sc.Scan() {
		fmt.Print(sc.Text(), "|")
	}
	fmt.Println(sc.Err())
	r := bufio.NewReaderSize(io.MultiReader(strings.NewReader("hello "), strings.NewReader("wörld\nrest")), 16)
	c, _ := r.Peek(3)
	fmt.Printf("%s ", c)
	line, prefix, err := r.ReadLine()
	fmt.Printf("%q %v %v\n", line, prefix, err)
	w := bufio.NewWriter(os.Stdout)
	fmt.Fprintf(w, "%5.2f|%-8s|%+d|%x|%v\n", 3.14159, "left", 42, "hex", map[string]int{"b": 2, "a": 1})
	w.Flush()
	var s scanner.Scanner
	s.Init(strings.NewReader("x := 3.14 * f(\"str\") // note\ny"))
	for tok := s.Scan(); tok != scanner.EOF; tok = s.Scan() {
		fmt.Print(s.Position.Line, ":", s.Position.Column, " ", scanner.TokenString(tok), " ", s.TokenText(), "; ")
	}
	fmt.Println()
}

func tables() {
	for _, flags := range []uint{0, tabwriter.AlignRight | tabwriter.Debug, tabwriter.TabIndent} {
		w := tabwriter.NewWriter(os.Stdout, 4, 8, 1, '.', flags)
		fmt.Fprintln(w, "name\tsize\tkind")
		fmt.Fprintln(w, "a\t12345\tfile")
		fmt.Fprintln(w, "long name ü\t1\tfolder\tmore")
		fmt.Fprintln(w)
		fmt.Fprintln(w, "\tx\ty")
		w.Flush()
	}
}

func main() {
	numbers()
	words()
	reading()
	tables()
	fmt.Println(utf16.Encode([]rune("a𝄞")), utf8.RuneCountInString("日本\xff"), unicode.In('Ж', unicode.Cyrillic, unicode.Latin))
}
