// Calls: the naive Fibonacci function.
package main

import (
	"fmt"
	"time"
)

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func main() {
	start := time.Now()
	r := fib(32)
	fmt.Println("ns", time.Since(start).Nanoseconds())
	fmt.Println("check", r)
}
