// A token goes round a ring of goroutines.
package main

import (
	"fmt"
	"time"
)

func main() {
	const size, hops = 503, 1000000
	first := make(chan int)
	in := first
	done := make(chan int)
	for i := 0; i < size; i++ {
		out := make(chan int)
		if i == size-1 {
			out = first
		}
		go func(in, out chan int, id int) {
			for {
				token := <-in
				if token == 0 {
					done <- id
					return
				}
				out <- token - 1
			}
		}(in, out, i)
		in = out
	}
	start := time.Now()
	first <- hops
	last := <-done
	took := time.Since(start).Nanoseconds()
	fmt.Println("ns", took)
	fmt.Println("metric ns/hop", took/hops)
	fmt.Println("check", last)
}
