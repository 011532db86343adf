// The prime sieve: each prime found adds a filter to a chain of goroutines.
package main

import (
	"fmt"
	"time"
)

func generate(out chan<- int) {
	for i := 2; ; i++ {
		out <- i
	}
}

func filter(in <-chan int, out chan<- int, prime int) {
	for {
		if i := <-in; i%prime != 0 {
			out <- i
		}
	}
}

func main() {
	const n = 600
	start := time.Now()
	c := make(chan int)
	go generate(c)
	prime := 0
	for i := 0; i < n; i++ {
		prime = <-c
		next := make(chan int)
		go filter(c, next, prime)
		c = next
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
	fmt.Println("check", prime)
}
