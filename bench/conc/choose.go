// Select over four channels.
package main

import (
	"fmt"
	"time"
)

func main() {
	const n = 400000
	var in [4]chan int
	for i := range in {
		in[i] = make(chan int)
		go func(c chan int) {
			for k := 0; k < n/4; k++ {
				c <- k
			}
		}(in[i])
	}
	start := time.Now()
	sum := 0
	for i := 0; i < n; i++ {
		select {
		case v := <-in[0]:
			sum += v
		case v := <-in[1]:
			sum += v
		case v := <-in[2]:
			sum += v
		case v := <-in[3]:
			sum += v
		}
	}
	took := time.Since(start).Nanoseconds()
	fmt.Println("ns", took)
	fmt.Println("metric ns/select", took/n)
	fmt.Println("check", sum)
}
