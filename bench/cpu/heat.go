// Floats in slices: heat spreading over a grid.
package main

import (
	"fmt"
	"time"
)

func spread(n, rounds int) float64 {
	old, next := make([]float64, n*n), make([]float64, n*n)
	old[n*n/2+n/2] = 1000
	for r := 0; r < rounds; r++ {
		for y := 1; y < n-1; y++ {
			for x := 1; x < n-1; x++ {
				i := y*n + x
				next[i] = old[i] + 0.1*(old[i-1]+old[i+1]+old[i-n]+old[i+n]-4*old[i])
			}
		}
		old, next = next, old
	}
	sum := 0.0
	for _, v := range old {
		sum += v
	}
	return sum
}

func main() {
	start := time.Now()
	r := spread(200, 100)
	fmt.Println("ns", time.Since(start).Nanoseconds())
	fmt.Printf("check %.3f\n", r)
}
