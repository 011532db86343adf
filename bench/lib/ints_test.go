//go:build !go1.21

package lib

import "sort"

// Go before 1.21 has no package slices; sort.Ints is the nearest.
func sortInts(a []int) { sort.Ints(a) }
