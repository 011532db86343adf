// Maps and strings: counting words.
package main

import (
	"fmt"
	"strings"
	"time"
)

func main() {
	start := time.Now()
	counts := map[string]int{}
	most := ""
	for i := 0; i < 300; i++ {
		text := strings.Repeat("the quick brown fox jumps over the lazy dog and runs away ", 20)
		for _, w := range strings.Fields(text) {
			counts[w]++
			if counts[w] > counts[most] {
				most = w
			}
		}
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
	fmt.Println("check", len(counts), most, counts[most])
}
