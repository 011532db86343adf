package examples

import (
	"fmt"
	"os"
	"testing"
)

func ExampleT() {
	T(1).Print()
	// Output: T 1
}

func ExampleT_Print() {
	fmt.Println("one")
	fmt.Println("two  ")
	// Output:
	// one
	// two
}

func Example() {
	fmt.Println("  indented")
	fmt.Println()
	fmt.Println("after a blank line  ")

	// output:
	//   indented
	//
	// after a blank line
}

func Example_wrong() {
	fmt.Println("got this")
	// Output: wanted that
}

func Example_unorderedRight() {
	for _, s := range []string{"c", "a", "b"} {
		fmt.Println(s)
	}
	// Unordered output:
	// a
	// b
	// c
}

func Example_unorderedWrong() {
	fmt.Println("x")
	fmt.Println("y")
	// Unordered output:
	// y
	// z
}

func Example_notRun() {
	fmt.Println("not run")
	os.Exit(9)
}

func Example_empty() {
	// Output:
}

func Example_emptyButPrints() {
	fmt.Print("something")
	// Output:
}

func Example_stderr() {
	fmt.Fprintln(os.Stderr, "to standard error")
	fmt.Print("to standard output")
	// Output: to standard output
}

func Example_notLast() {
	// Output: ignored, since it is not the last comment
	fmt.Println("x")
	// The last one.
}

func Example_block() {
	fmt.Println("in a block comment")
	/* Output:
	in a block comment
	*/
}

func Example_panics() {
	if testing.Short() || len(os.Args) > 20 {
		return
	}
	fmt.Println("before")
	// Output: before
}
