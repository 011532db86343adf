// Allocation: building and walking binary trees.
package main

import (
	"fmt"
	"time"
)

type tree struct{ left, right *tree }

func build(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{build(depth - 1), build(depth - 1)}
}

func (t *tree) count() int {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.count() + t.right.count()
}

func main() {
	start := time.Now()
	n := 0
	for i := 0; i < 20; i++ {
		n += build(15).count()
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
	fmt.Println("check", n)
}
