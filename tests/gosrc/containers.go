// Package main drives container/* and sort.
package main

import (
	"container/heap"
	"container/list"
	"container/ring"
	"fmt"
	"sort"
)

type item struct {
	name     string
	priority int
	index    int
}

type queue []*item

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].priority > q[j].priority }
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

func (q *queue) Push(x any) {
	it := x.(*item)
	it.index = len(*q)
	*q = append(*q, it)
}

func (q *queue) Pop() any {
	old := *q
	n := len(old)
	it := old[n-1]
	*q = old[:n-1]
	return it
}

func heaps() {
	q := &queue{}
	for i, w := range []string{"pear", "fig", "apple", "plum", "kiwi"} {
		heap.Push(q, &item{name: w, priority: (i * 7) % 5})
	}
	it := (*q)[2]
	it.priority = 100
	heap.Fix(q, it.index)
	heap.Remove(q, 1)
	for q.Len() > 0 {
		it := heap.Pop(q).(*item)
		fmt.Print(it.name, ":", it.priority, " ")
	}
	fmt.Println()
}

func lists() {
	l := list.New()
	four := l.PushBack(4)
	one := l.PushFront(1)
	l.InsertBefore(3, four)
	l.InsertAfter(2, one)
	l.MoveToFront(four)
	other := list.New()
	other.PushBack("x")
	l.PushBackList(other)
	l.Remove(one)
	for e := l.Front(); e != nil; e = e.Next() {
		fmt.Print(e.Value, " ")
	}
	fmt.Println(l.Len())
}

func rings() {
	r := ring.New(5)
	for i := 0; i < r.Len(); i++ {
		r.Value = i * i
		r = r.Next()
	}
	r.Move(2).Unlink(2)
	r.Do(func(v any) { fmt.Print(v, " ") })
	fmt.Println(r.Len())
}

type byLast []string

func (b byLast) Len() int           { return len(b) }
func (b byLast) Less(i, j int) bool { return b[i][len(b[i])-1] < b[j][len(b[j])-1] }
func (b byLast) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

func sorts() {
	words := []string{"tree", "house", "sky", "moon", "bird", "cloud", "storm", "sand", "ice", "snow", "rain", "wind", "fog"}
	sort.Strings(words)
	fmt.Println(words, sort.SearchStrings(words, "moon"))
	sort.Stable(byLast(words))
	fmt.Println(words)
	sort.Sort(sort.Reverse(sort.StringSlice(words)))
	fmt.Println(words)
	x := uint32(1)
	nums := make([]int, 2000)
	for i := range nums {
		x = x*1664525 + 1013904223
		nums[i] = int(x >> 16)
	}
	sort.Slice(nums, func(i, j int) bool { return nums[i]%1000 < nums[j]%1000 })
	fmt.Println(sort.SliceIsSorted(nums, func(i, j int) bool { return nums[i]%1000 < nums[j]%1000 }))
	sort.Ints(nums)
	fmt.Println(nums[:4], sort.IntsAreSorted(nums), sort.Search(len(nums), func(i int) bool { return nums[i] >= 30000 }))
}

func main() {
	heaps()
	lists()
	rings()
	sorts()
}
