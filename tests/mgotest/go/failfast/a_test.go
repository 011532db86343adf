package failfast

import (
	"fmt"
	"testing"
)

func TestFails(t *testing.T) { t.Error("fails") }

func TestNotRun(t *testing.T) { t.Error("runs") }

func FuzzNotRun(f *testing.F) {
	f.Add(1)
	f.Fuzz(func(t *testing.T, n int) { t.Error(n) })
}

func ExampleFails() {
	fmt.Println("x")
	// Output: y
}
