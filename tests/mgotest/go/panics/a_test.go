package panics

import (
	"errors"
	"testing"
	"time"
)

func TestPasses(t *testing.T) {}

func TestPlain(t *testing.T) {
	t.Log("before")
	panic("boom")
}

func TestSub(t *testing.T) {
	t.Log("outer")
	t.Run("one", func(t *testing.T) {
		t.Log("inner")
		panic(12)
	})
}

func TestGoroutine(t *testing.T) {
	go func() { panic("in a goroutine") }()
	time.Sleep(10 * time.Second)
}

func TestCleanup(t *testing.T) {
	t.Cleanup(func() { t.Log("first registered, called all the same") })
	t.Cleanup(func() { panic("in a cleanup") })
}

func TestNil(t *testing.T) {
	var p *struct{ n int }
	p.n = 1
}

func TestError(t *testing.T) { panic(errors.New("an error")) }

func TestDeferred(t *testing.T) {
	defer func() {
		defer func() { panic("second") }()
		panic("first")
	}()
}

func TestParallel(t *testing.T) {
	t.Run("a", func(t *testing.T) {
		t.Parallel()
		panic("in parallel")
	})
	t.Run("b", func(t *testing.T) { t.Parallel() })
}
