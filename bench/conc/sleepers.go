// A hundred thousand goroutines that sleep: what each costs, and how late they wake.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	const n, d = 100000, 500 * time.Millisecond
	var wg sync.WaitGroup
	var late, latest int64
	wg.Add(n)
	start := time.Now()
	for i := 0; i < n; i++ {
		go func() {
			begin := time.Now()
			time.Sleep(d)
			over := int64(time.Since(begin) - d)
			atomic.AddInt64(&late, over)
			for {
				old := atomic.LoadInt64(&latest)
				if over <= old || atomic.CompareAndSwapInt64(&latest, old, over) {
					break
				}
			}
			wg.Done()
		}()
	}
	wg.Wait()
	took := (time.Since(start) - d).Nanoseconds()
	fmt.Println("ns", took)
	fmt.Println("metric ns/sleeper", took/n)
	fmt.Println("metric us-late", late/n/1000)
	fmt.Println("metric us-latest", latest/1000)
	fmt.Println("check", n)
}
