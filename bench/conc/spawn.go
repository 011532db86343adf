// Goroutines made and ended, a thousand at a time.
package main

import (
	"fmt"
	"sync"
	"time"
)

func main() {
	const n = 500000
	start := time.Now()
	var wg sync.WaitGroup
	for i := 0; i < n/1000; i++ {
		wg.Add(1000)
		for k := 0; k < 1000; k++ {
			go wg.Done()
		}
		wg.Wait()
	}
	took := time.Since(start).Nanoseconds()
	fmt.Println("ns", took)
	fmt.Println("metric ns/goroutine", took/n)
	fmt.Println("check", n)
}
