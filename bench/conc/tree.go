// A tree of a million goroutines: each starts two and adds up what they send.
package main

import (
	"fmt"
	"time"
)

func node(depth int, up chan<- int) {
	if depth == 0 {
		up <- 1
		return
	}
	c := make(chan int)
	go node(depth-1, c)
	go node(depth-1, c)
	up <- <-c + <-c
}

func main() {
	const depth = 19
	start := time.Now()
	c := make(chan int)
	go node(depth, c)
	leaves := <-c
	took := time.Since(start).Nanoseconds()
	fmt.Println("ns", took)
	fmt.Println("metric ns/goroutine", took/(2*int64(leaves)-1))
	fmt.Println("check", leaves)
}
