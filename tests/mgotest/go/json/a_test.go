package json

import (
	"fmt"
	"os"
	"testing"
)

func TestPasses(t *testing.T) { t.Log("a log") }

func TestSub(t *testing.T) {
	t.Log("at the top")
	t.Run("one", func(t *testing.T) { t.Error("fails\nin two lines") })
	t.Run("two", func(t *testing.T) { t.Skip("skips") })
}

func TestPrint(t *testing.T) {
	fmt.Println("<&>\x1b\u2028\xff\t\"quoted\"")
	fmt.Print("no line end")
}

func TestParallel(t *testing.T) {
	t.Run("a", func(t *testing.T) {
		t.Parallel()
		t.Log("in a")
	})
	t.Run("b", func(t *testing.T) {
		t.Parallel()
		fmt.Println("from b")
	})
}

func BenchmarkOne(b *testing.B) { b.Log("log") }

func ExamplePrint() {
	fmt.Println("x")
	// Output: x
}

func TestPanics(t *testing.T) {
	if len(os.Getenv("HOME")) > 0 && testing.Verbose() {
		t.Skip("only by itself")
	}
}

func TestExits(t *testing.T) {
	if false {
		os.Exit(3)
	}
}
