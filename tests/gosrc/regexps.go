// Package main drives regexp and regexp/syntax.
package main

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

func main() {
	for _, re := range []string{`a*b+?(c|d){2,3}[^x-z]\d\p{Greek}`, `(?i)foo|bar`, `^$`, `(?P<year>\d{4})-(?P<month>\d{2})`, `[[:alpha:]]+\b`, `a**`, `(`, `[z-a]`, `x{1001}`} {
		p, err := syntax.Parse(re, syntax.Perl)
		if err != nil {
			fmt.Println(re, "error:", err)
			continue
		}
		prog, _ := syntax.Compile(p.Simplify())
		fmt.Println(p, len(prog.Inst), prog.StartCond())
	}
	date := regexp.MustCompile(`(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})`)
	text := "from 2024-02-29 to 2025-01-01, not 20-1-1"
	fmt.Println(date.FindAllString(text, -1), date.FindAllStringSubmatchIndex(text, -1), date.SubexpNames())
	fmt.Println(date.ReplaceAllString(text, "${day}.${month}.$year"))
	fmt.Println(date.ReplaceAllStringFunc(text, strings.ToUpper), date.NumSubexp())
	word := regexp.MustCompile(`(\w)(\w*)`)
	fmt.Println(word.ReplaceAllString("hello wide world", "$2$1"), word.Split("a-b--c", -1))
	fmt.Printf("%q\n", regexp.MustCompile(`a*`).FindAllString("baaac", -1))
	fmt.Printf("%q\n", regexp.MustCompile(`(a+)(b+)?`).FindAllStringSubmatch("aab a b aaabb", -1))
	fmt.Println(regexp.MustCompile(`(?s)^.*$`).MatchString("a\nb"), regexp.MustCompile(`^.*$`).MatchString("a\nb"), regexp.MustCompile(`(?m)^b$`).FindStringIndex("a\nb"))
	fmt.Println(regexp.MustCompilePOSIX(`a+|a+b`).FindString("aab"), regexp.QuoteMeta("[a.b]*"))
	fmt.Println(regexp.MustCompile(`(a|aa)+$`).MatchString(strings.Repeat("a", 500) + "b"))
	fmt.Println(regexp.MustCompile(`[日-本]+`).FindString("x日本y"), regexp.MustCompile(`\pL+`).FindAllString("één ça 12", 2))
	big := strings.Repeat("key=value; other = 12 ;", 200)
	pairs := regexp.MustCompile(`\s*(\w+)\s*=\s*(\w+)\s*;`)
	fmt.Println(len(pairs.FindAllString(big, -1)))
}
