// Package lib measures the library: the same file under "go test -bench ." and "mgo test -bench ." in this folder.
package lib

import (
	"bytes"
	"fmt"
	"io"
	"math/rand"
	"sort"
	"strconv"
	"strings"
	"testing"
)

var text = strings.Repeat("the quick brown fox jumps over the lazy dog, ", 20000)
var sink any

func BenchmarkFprintf(b *testing.B) {
	var buf bytes.Buffer
	for i := 0; i < b.N; i++ {
		buf.Reset()
		fmt.Fprintf(&buf, "%d %s %v\n", i, "abc", 1.5)
	}
}
func BenchmarkPrintln(b *testing.B) {
	for i := 0; i < b.N; i++ {
		fmt.Fprintln(io.Discard, "line", i)
	}
}
func BenchmarkBuilder(b *testing.B) {
	for i := 0; i < b.N; i++ {
		var s strings.Builder
		for k := 0; k < 1000; k++ {
			s.WriteString("hello")
			s.WriteByte('x')
		}
		sink = s.String()
	}
}
func BenchmarkIndex(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = strings.Index(text, "lazy cat")
	}
}
func BenchmarkSplit(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = strings.Split(text, ",")
	}
}
func BenchmarkFields(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = strings.Fields(text)
	}
}
func BenchmarkReplace(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = strings.ReplaceAll(text, "fox", "wolf")
	}
}
func BenchmarkFormatInt(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = strconv.Itoa(i * 7919)
	}
}
func BenchmarkFormatFloat(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = strconv.FormatFloat(float64(i)*1.1, 'g', -1, 64)
	}
}
func BenchmarkParseFloat(b *testing.B) {
	for i := 0; i < b.N; i++ {
		f, _ := strconv.ParseFloat("3.14159265358979", 64)
		sink = f
	}
}
func BenchmarkAtoi(b *testing.B) {
	for i := 0; i < b.N; i++ {
		n, _ := strconv.Atoi("123456789")
		sink = n
	}
}
func BenchmarkSortSlice(b *testing.B) {
	for i := 0; i < b.N; i++ {
		b.StopTimer()
		r := rand.New(rand.NewSource(1))
		a := make([]int, 200000)
		for k := range a {
			a[k] = r.Int()
		}
		b.StartTimer()
		sort.Slice(a, func(i, j int) bool { return a[i] < a[j] })
	}
}
func BenchmarkSortInts(b *testing.B) {
	for i := 0; i < b.N; i++ {
		b.StopTimer()
		r := rand.New(rand.NewSource(1))
		a := make([]int, 200000)
		for k := range a {
			a[k] = r.Int()
		}
		b.StartTimer()
		sort.Ints(a)
	}
}
func BenchmarkMap(b *testing.B) {
	m := map[int]int{}
	for i := 0; i < b.N; i++ {
		m[i&65535] += i
	}
}
