// A token to and fro over unbuffered channels.
package main

import (
	"fmt"
	"time"
)

func main() {
	const n = 500000
	there, back := make(chan int), make(chan int)
	go func() {
		for v := range there {
			back <- v + 1
		}
	}()
	start := time.Now()
	v := 0
	for i := 0; i < n; i++ {
		there <- v
		v = <-back
	}
	took := time.Since(start).Nanoseconds()
	fmt.Println("ns", took)
	fmt.Println("metric ns/round-trip", took/n)
	fmt.Println("check", v)
}
