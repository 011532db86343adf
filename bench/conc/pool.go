// A pool of workers: jobs over one buffered channel, results over another.
package main

import (
	"fmt"
	"sync"
	"time"
)

func main() {
	const n, nworkers = 400000, 16
	jobs, results := make(chan int, 64), make(chan int, 64)
	var wg sync.WaitGroup
	start := time.Now()
	for w := 0; w < nworkers; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range jobs {
				results <- j*j%1000 + 1
			}
		}()
	}
	go func() {
		for j := 0; j < n; j++ {
			jobs <- j
		}
		close(jobs)
		wg.Wait()
		close(results)
	}()
	sum := 0
	for r := range results {
		sum += r
	}
	took := time.Since(start).Nanoseconds()
	fmt.Println("ns", took)
	fmt.Println("metric ns/job", took/n)
	fmt.Println("check", sum)
}
