// Work that only computes, on one processor and on two: speed-up.
package main

import (
	"fmt"
	"runtime"
	"time"
)

func work(n int, out chan<- uint64) {
	x := uint64(88172645463325252)
	for i := 0; i < n; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	out <- x
}

func measure(procs, n int) time.Duration {
	runtime.GOMAXPROCS(procs)
	out := make(chan uint64)
	start := time.Now()
	go work(n, out)
	go work(n, out)
	<-out
	<-out
	return time.Since(start)
}

func main() {
	const n = 10000000
	one, two := measure(1, n), measure(2, n)
	fmt.Println("ns", two.Nanoseconds())
	fmt.Printf("metric speed-up %.2f\n", float64(one)/float64(two))
	fmt.Println("check", n)
}
