// The longest stop of the world with a million parked goroutines and with a live heap of a gigabyte.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

type node struct {
	left, right *node
	pad         [6]int
}

func build(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{left: build(depth - 1), right: build(depth - 1)}
}

// longest is the longest pause of the last few collections.
func longest() uint64 {
	var worst uint64
	for i := 0; i < 3; i++ {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if p := m.PauseNs[(m.NumGC+255)%256]; p > worst {
			worst = p
		}
	}
	return worst
}

func main() {
	const n = 1000000
	start := time.Now()
	gate := make(chan int)
	var ready sync.WaitGroup
	ready.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			ready.Done()
			<-gate
		}()
	}
	ready.Wait()
	fmt.Println("metric us-goroutines", longest()/1000)
	close(gate)
	tree := build(23) // 16.8 million nodes of 64 bytes
	fmt.Println("metric us-1GB", longest()/1000)
	runtime.KeepAlive(tree)
	fmt.Println("ns", time.Since(start).Nanoseconds())
	fmt.Println("check", n)
}
