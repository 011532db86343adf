package helpers

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"testing/quick"
	"time"
)

type pair struct {
	A int8
	B string
	C []float32
	D map[uint16]bool
	E *int
	F [3]complex64
}

type even int

func (even) Generate(r *rand.Rand, size int) reflect.Value {
	return reflect.ValueOf(even(2 * r.Intn(size)))
}

func config(seed int64) *quick.Config { return &quick.Config{Rand: rand.New(rand.NewSource(seed))} }

func TestQuick(t *testing.T) {
	count := 0
	report := func(err error) {
		fmt.Printf("%T %v\n", err, err)
	}
	report(quick.Check(func(x pair, y even) bool { count++; return y%2 == 0 }, nil))
	fmt.Println(count)
	report(quick.Check(func(x int32) bool { return x > 0 }, config(1)))
	report(quick.Check(func(n uint8, s string) bool { return n < 200 }, config(2)))
	report(quick.CheckEqual(func(x uint8) int { return int(x) }, func(x uint8) int { return int(x) & 0x7f }, config(3)))
	report(quick.CheckEqual(strings.ToUpper, strings.ToUpper, &quick.Config{MaxCount: 7}))
	report(quick.Check(1, nil))
	report(quick.Check(func() {}, nil))
	report(quick.Check(func() int { return 1 }, nil))
	report(quick.Check(func(func()) bool { return true }, nil))
	report(quick.CheckEqual(func() {}, 1, nil))
	report(quick.CheckEqual(func() {}, func() int { return 1 }, nil))
	report(quick.Check(func(x int) bool { return x < 3 }, &quick.Config{MaxCountScale: 0.05, Values: func(v []reflect.Value, r *rand.Rand) {
		count++
		v[0] = reflect.ValueOf(count % 4)
	}}))
	r := rand.New(rand.NewSource(4))
	for _, v := range []any{true, 'x', 1, uint16(1), 1.5, float32(1), complex(1, 1), "s", [2]int8{}, []bool{}, struct{ A, B uint8 }{}} {
		x, ok := quick.Value(reflect.TypeOf(v), r)
		fmt.Printf("%T %v %q\n", v, ok, fmt.Sprint(x))
	}
}

var files = fstest.MapFS{
	"hello":             {Data: []byte("hello, world\n"), Mode: 0644, ModTime: time.Unix(1e9, 0)},
	"fortune/k/ken.log": {Data: []byte("If a program is too slow, it must have a loop.\n")},
	"fortune/a":         {},
	"empty":             {Mode: fs.ModeDir | 0755},
}

func TestMapFS(t *testing.T) {
	if err := fstest.TestFS(files, "hello", "fortune", "fortune/k", "fortune/k/ken.log", "empty", "fortune/a"); err != nil {
		t.Error(err)
	}
	fmt.Println(fstest.TestFS(fstest.MapFS{}))
	fmt.Println(fstest.TestFS(files))
	fmt.Println(fstest.TestFS(files, "nope"))
	fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		info, _ := d.Info()
		fmt.Println(path, d.Name(), d.IsDir(), info.Mode(), info.Size(), err)
		return nil
	})
	for _, name := range []string{"nope", "/hello", "hello/", "", "fortune/../hello", "hello/x"} {
		_, err := files.Open(name)
		fmt.Println(err, errors.Is(err, fs.ErrNotExist))
	}
	data, err := files.ReadFile("hello")
	fmt.Printf("%q %v\n", data, err)
	_, err = files.ReadFile("fortune")
	fmt.Println(err)
	names, err := files.Glob("fortune/*")
	fmt.Println(names, err)
	sub, _ := files.Sub("fortune")
	fmt.Println(fs.Glob(sub, "*/*"))
	info, err := files.Stat("fortune")
	fmt.Println(info.Name(), info.Mode(), info.IsDir(), info.Sys(), err)
	f, _ := files.Open("hello")
	s := f.(io.ReadSeeker)
	fmt.Println(s.Seek(-6, io.SeekEnd))
	rest, _ := io.ReadAll(f)
	fmt.Printf("%q\n", rest)
	_, err = s.Seek(-1, io.SeekStart)
	fmt.Println(err)
}

func TestDirFS(t *testing.T) {
	dir := t.TempDir()
	os.MkdirAll(dir+"/a/b", 0777)
	os.WriteFile(dir+"/a/b/c", []byte("text"), 0666)
	if err := fstest.TestFS(os.DirFS(dir), "a/b/c"); err != nil {
		t.Error(err)
	}
}

// A broken file system.
type broken struct{ fstest.MapFS }

func (b broken) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := b.MapFS.ReadDir(name)
	if len(list) > 1 {
		list = list[1:]
	}
	return list, err
}

func TestBroken(t *testing.T) {
	err := fstest.TestFS(broken{files}, "hello")
	fmt.Println(err != nil)
}
