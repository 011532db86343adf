// A million goroutines parked on a channel: time to make them, and resident memory of each.
package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

func resident() int {
	text, _ := os.ReadFile("/proc/self/status")
	kb := 0
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "VmRSS:") {
			fmt.Sscan(strings.TrimSpace(line[6:]), &kb)
		}
	}
	return kb * 1024
}

func main() {
	const n = 1000000
	quit := make(chan struct{})
	var wg sync.WaitGroup
	wg.Add(n)
	before := resident()
	start := time.Now()
	for i := 0; i < n; i++ {
		go func() {
			<-quit
			wg.Done()
		}()
	}
	took := time.Since(start).Nanoseconds()
	time.Sleep(50 * time.Millisecond)
	fmt.Println("ns", took)
	fmt.Println("metric ns/goroutine", took/n)
	fmt.Println("metric bytes/goroutine", (resident()-before)/n)
	close(quit)
	wg.Wait()
	fmt.Println("check", n)
}
