// Package lib measures the library: the same files under "go test -bench ." and "mgo test -bench ." in this folder. bench/lib/run
// compares the two.
package lib

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
)

var (
	text = strings.Repeat("the quick brown fox jumps over the lazy dog, ", 20000)
	sink any
)

// ---- fmt ----

type point struct {
	X, Y int
}

func BenchmarkFprintf(b *testing.B) {
	var buf bytes.Buffer
	for i := 0; i < b.N; i++ {
		buf.Reset()
		fmt.Fprintf(&buf, "%d %s %v\n", i, "abc", 1.5)
	}
}

func BenchmarkFprintfWidths(b *testing.B) {
	var buf bytes.Buffer
	for i := 0; i < b.N; i++ {
		buf.Reset()
		fmt.Fprintf(&buf, "%-10s|%6d|%08x|%8.3f|%q\n", "name", i, i, float64(i)/3, "quoted")
	}
}

func BenchmarkFprintfStruct(b *testing.B) {
	var buf bytes.Buffer
	p, list := point{3, 4}, []int{1, 2, 3}
	for i := 0; i < b.N; i++ {
		buf.Reset()
		fmt.Fprintf(&buf, "%v %+v %v\n", p, p, list)
	}
}

func BenchmarkSprintf(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = fmt.Sprintf("%s-%d", "key", i)
	}
}

func BenchmarkPrintln(b *testing.B) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer null.Close()
	stdout := os.Stdout
	os.Stdout = null
	for i := 0; i < b.N; i++ {
		fmt.Println("line", i)
	}
	os.Stdout = stdout
}

func BenchmarkFprintlnFile(b *testing.B) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer null.Close()
	for i := 0; i < b.N; i++ {
		fmt.Fprintln(null, "line", i)
	}
}

// ---- strings ----

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

func BenchmarkBuilderRune(b *testing.B) {
	for i := 0; i < b.N; i++ {
		var s strings.Builder
		for k := 0; k < 1000; k++ {
			s.WriteRune('ä')
			s.WriteRune('z')
		}
		sink = s.String()
	}
}

func BenchmarkBuffer(b *testing.B) {
	var s bytes.Buffer
	for i := 0; i < b.N; i++ {
		s.Reset()
		for k := 0; k < 1000; k++ {
			s.WriteString("hello")
			s.WriteByte('x')
		}
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

// ---- strconv ----

func BenchmarkItoa(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = strconv.Itoa(i * 7919)
	}
}

func BenchmarkAppendInt(b *testing.B) {
	var buf []byte
	for i := 0; i < b.N; i++ {
		buf = strconv.AppendInt(buf[:0], int64(i)*7919, 10)
	}
	sink = buf
}

func BenchmarkFormatFloat(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = strconv.FormatFloat(float64(i)*1.1, 'g', -1, 64)
	}
}

func BenchmarkFormatFloatFixed(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = strconv.FormatFloat(float64(i)*1.1, 'f', 2, 64)
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

func BenchmarkParseInt(b *testing.B) {
	for i := 0; i < b.N; i++ {
		n, _ := strconv.ParseInt("-7fffabcd", 16, 64)
		sink = n
	}
}

func BenchmarkQuote(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = strconv.Quote("some text\twith \"quotes\" and ümläuts\n")
	}
}

func BenchmarkUnquote(b *testing.B) {
	for i := 0; i < b.N; i++ {
		s, _ := strconv.Unquote(`"some text\twith \"quotes\" and ümläuts\n"`)
		sink = s
	}
}

// ---- Sorting a million ----

const million = 1000000

// shuffled returns the same million ints each time.
func shuffled() []int {
	r := rand.New(rand.NewSource(1))
	a := make([]int, million)
	for i := range a {
		a[i] = r.Int()
	}
	return a
}

func sortMillion(b *testing.B, by func([]int)) {
	from, a := shuffled(), make([]int, million)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		b.StopTimer()
		copy(a, from)
		b.StartTimer()
		by(a)
	}
}

func BenchmarkSortSlice(b *testing.B) {
	sortMillion(b, func(a []int) { sort.Slice(a, func(i, j int) bool { return a[i] < a[j] }) })
}

func BenchmarkSortSort(b *testing.B) {
	sortMillion(b, func(a []int) { sort.Sort(sort.IntSlice(a)) })
}

func BenchmarkSlicesSort(b *testing.B) { sortMillion(b, sortInts) }

// ---- Maps ----

func BenchmarkMapWrite(b *testing.B) {
	m := map[int]int{}
	for i := 0; i < b.N; i++ {
		m[i&65535] = i
	}
}

func BenchmarkMapUpdate(b *testing.B) {
	m := map[int]int{}
	for i := 0; i < b.N; i++ {
		m[i&65535] += i
	}
}

func BenchmarkMapRead(b *testing.B) {
	m := map[int]int{}
	for i := 0; i < 65536; i++ {
		m[i] = i
	}
	b.ResetTimer()
	sum := 0
	for i := 0; i < b.N; i++ {
		sum += m[i&65535]
	}
	sink = sum
}

// words returns 4096 different words.
func words() []string {
	w := make([]string, 4096)
	for i := range w {
		w[i] = fmt.Sprintf("word%d", i*7919)
	}
	return w
}

func BenchmarkMapStringRead(b *testing.B) {
	m, w := map[string]int{}, words()
	for i, s := range w {
		m[s] = i
	}
	b.ResetTimer()
	sum := 0
	for i := 0; i < b.N; i++ {
		sum += m[w[i&4095]]
	}
	sink = sum
}

func BenchmarkMapStringUpdate(b *testing.B) {
	m, w := map[string]int{}, words()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		m[w[i&4095]]++
	}
}

func BenchmarkMapFill(b *testing.B) {
	for i := 0; i < b.N; i++ {
		m := map[int]int{}
		for k := 0; k < 1000; k++ {
			m[k*7919] = k
		}
		sink = m
	}
}

func BenchmarkMapRange(b *testing.B) {
	m := map[int]int{}
	for i := 0; i < 1000; i++ {
		m[i] = i
	}
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		sum := 0
		for k, v := range m {
			sum += k ^ v
		}
		sink = sum
	}
}

// ---- encoding/json ----

type item struct {
	ID    int               `json:"id"`
	Name  string            `json:"name"`
	Price float64           `json:"price"`
	Tags  []string          `json:"tags,omitempty"`
	Attrs map[string]string `json:"attrs"`
	Where *point            `json:"where"`
}

func items() []item {
	list := make([]item, 100)
	for i := range list {
		list[i] = item{
			ID:    i,
			Name:  fmt.Sprint("item number ", i),
			Price: float64(i) * 1.25,
			Tags:  []string{"red", "green", "blue"},
			Attrs: map[string]string{"colour": "dark", "size": "large"},
			Where: &point{i, -i},
		}
	}
	return list
}

func BenchmarkMarshal(b *testing.B) {
	list := items()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		out, err := json.Marshal(list)
		if err != nil {
			b.Fatal(err)
		}
		sink = out
	}
}

func BenchmarkUnmarshal(b *testing.B) {
	in, _ := json.Marshal(items())
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		var list []item
		if err := json.Unmarshal(in, &list); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnmarshalAny(b *testing.B) {
	in, _ := json.Marshal(items())
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		var v any
		if err := json.Unmarshal(in, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMarshalAny(b *testing.B) {
	in, _ := json.Marshal(items())
	var v any
	if err := json.Unmarshal(in, &v); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		out, err := json.Marshal(v)
		if err != nil {
			b.Fatal(err)
		}
		sink = out
	}
}

// ---- regexp ----

func BenchmarkRegexpMatch(b *testing.B) {
	re := regexp.MustCompile(`^(\w+)@(\w+)\.com$`)
	for i := 0; i < b.N; i++ {
		if !re.MatchString("somebody@example.com") {
			b.Fatal("no match")
		}
	}
}

func BenchmarkRegexpSubmatch(b *testing.B) {
	re := regexp.MustCompile(`(\d{4})-(\d{2})-(\d{2})`)
	for i := 0; i < b.N; i++ {
		if re.FindStringSubmatch("the day was 2024-02-29, a leap day") == nil {
			b.Fatal("no match")
		}
	}
}

func BenchmarkRegexpFindAll(b *testing.B) {
	re := regexp.MustCompile(`[a-z]+o[a-z]*`)
	for i := 0; i < b.N; i++ {
		sink = re.FindAllString(text, -1)
	}
}

func BenchmarkRegexpReplace(b *testing.B) {
	re := regexp.MustCompile(`(quick|lazy) (\w+)`)
	for i := 0; i < b.N; i++ {
		sink = re.ReplaceAllString(text, "$2 $1")
	}
}

func BenchmarkRegexpSearch(b *testing.B) {
	re := regexp.MustCompile(`[a-z]+ing|cat$`)
	for i := 0; i < b.N; i++ {
		if re.MatchString(text) {
			b.Fatal("match")
		}
	}
}

// ---- A file of 100 MB by lines ----

const fileSize = 100000000

func largeFile(b *testing.B) string {
	name := filepath.Join(b.TempDir(), "lines")
	var buf bytes.Buffer
	for i := 0; buf.Len() < fileSize; i++ {
		fmt.Fprintf(&buf, "%d the quick brown fox jumps over the lazy dog\n", i)
	}
	if err := os.WriteFile(name, buf.Bytes(), 0o666); err != nil {
		b.Fatal(err)
	}
	return name
}

func readLines(b *testing.B, read func(*os.File) int) {
	name := largeFile(b)
	b.SetBytes(fileSize)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		f, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		if n := read(f); n < fileSize {
			b.Fatal("read ", n)
		}
		f.Close()
	}
}

func BenchmarkLinesScanner(b *testing.B) {
	readLines(b, func(f *os.File) int {
		n := 0
		for s := bufio.NewScanner(f); s.Scan(); {
			n += len(s.Text()) + 1
		}
		return n
	})
}

func BenchmarkLinesReader(b *testing.B) {
	readLines(b, func(f *os.File) int {
		n := 0
		r := bufio.NewReader(f)
		for {
			line, err := r.ReadString('\n')
			n += len(line)
			if err != nil {
				return n
			}
		}
	})
}
