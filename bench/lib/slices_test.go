//go:build go1.21

package lib

import "slices"

func sortInts(a []int) { slices.Sort(a) }
