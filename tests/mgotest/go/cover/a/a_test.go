package a

import "testing"

func TestAll(t *testing.T) {
	(&T{}).Add(1)
	Empty()
	for _, n := range []int{-1, 0, 1, 5, 15, 25, 40} {
		Branches(n)
	}
	if got := Loops(5); got != 12 {
		t.Error(got)
	}
	Channels(make(chan int))
	Channels(make(chan int, 1))
	table["double"](1)
	t.Log(testing.CoverMode(), testing.Coverage() > 0.5)
}
