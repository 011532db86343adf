package helper

import "testing"

func check(t *testing.T, x int) {
	t.Helper()
	if x != 1 {
		t.Errorf("x is %d", x)
	}
}

func outer(t *testing.T) {
	t.Helper()
	check(t, 2)
	inner := func() {
		t.Helper()
		t.Error("in a closure")
	}
	inner()
}

func notHelper(t *testing.T) { check(t, 3) }

func TestHelper(t *testing.T) {
	check(t, 4)
	outer(t)
	notHelper(t)
	t.Run("sub", func(t *testing.T) { check(t, 5) })
	defer check(t, 6)
	t.Cleanup(func() { check(t, 7) })
	for range []int{1} {
		func() { check(t, 8) }()
	}
}

type thing struct{ t *testing.T }

func (x thing) check() {
	x.t.Helper()
	x.t.Error("in a method")
}

func TestMethod(t *testing.T) {
	thing{t}.check()
	f := thing{t}.check
	f()
}
