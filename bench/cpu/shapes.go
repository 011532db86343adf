// Interfaces: method calls on three kinds of shapes.
package main

import (
	"fmt"
	"time"
)

type shape interface{ area() int }
type square struct{ side int }
type oblong struct{ a, b int }
type dot struct{}

func (s *square) area() int { return s.side * s.side }
func (o *oblong) area() int { return o.a * o.b }
func (d dot) area() int     { return 0 }

func total(shapes []shape, rounds int) int {
	sum := 0
	for r := 0; r < rounds; r++ {
		for _, s := range shapes {
			sum += s.area()
		}
	}
	return sum
}

func main() {
	start := time.Now()
	r := total([]shape{&square{2}, &oblong{2, 3}, dot{}, &square{3}, &oblong{1, 9}}, 1000000)
	fmt.Println("ns", time.Since(start).Nanoseconds())
	fmt.Println("check", r)
}
