// Slices of bytes: the sieve of Eratosthenes.
package main

import (
	"fmt"
	"time"
)

func primes(n int) int {
	composite := make([]bool, n+1)
	count := 0
	for i := 2; i <= n; i++ {
		if !composite[i] {
			count++
			for j := i * i; j <= n; j += i {
				composite[j] = true
			}
		}
	}
	return count
}

func main() {
	start := time.Now()
	r := primes(5000000)
	fmt.Println("ns", time.Since(start).Nanoseconds())
	fmt.Println("check", r)
}
