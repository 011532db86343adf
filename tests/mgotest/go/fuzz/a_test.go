package fuzz

import (
	"testing"
	"unicode/utf8"
)

func reverse(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

func FuzzReverse(f *testing.F) {
	f.Add("abc")
	f.Add("ü")
	f.Fuzz(func(t *testing.T, s string) {
		t.Logf("%q", s)
		if r := reverse(s); !utf8.ValidString(r) {
			t.Errorf("%q is not valid", r)
		}
	})
}

func FuzzCorpus(f *testing.F) {
	f.Add([]byte("x"), int8(-3), true, 'r', 1.5)
	f.Fuzz(func(t *testing.T, b []byte, n int8, ok bool, r rune, x float64) {
		t.Logf("%q %d %v %q %g", b, n, ok, r, x)
	})
}

func FuzzBad(f *testing.F) {
	f.Fuzz(func(t *testing.T, n int) { t.Log(n) })
}

func FuzzMismatch(f *testing.F) {
	defer func() { f.Log(recover()) }()
	f.Add("s")
	f.Fuzz(func(t *testing.T, n int) {})
}

func FuzzNone(f *testing.F) {}

func FuzzTwice(f *testing.F) {
	f.Fuzz(func(t *testing.T, n int) {})
	f.Fuzz(func(t *testing.T, n int) {})
}

func FuzzFatal(f *testing.F) {
	f.Cleanup(func() { f.Log("cleanup") })
	f.Fatal("before Fuzz")
}
