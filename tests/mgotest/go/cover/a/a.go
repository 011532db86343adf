package a

import "strings"

type T struct{ n int }

var table = map[string]func(int) int{
	"double": func(n int) int { return 2 * n },
	"never": func(n int) int {
		n++
		return n
	},
}

const c = 1

func (t *T) Add(n int) *T {
	t.n += n // a comment { with a brace
	return t
}

func Empty() {}

func _() { panic("never") }

func Branches(n int) string {
	if n < 0 {
		return "negative"
	} else if n == 0 {
		return "zero"
	} else /* { else */ if n == 1 {
	} else {
		n--
	}
	if n > 100 {
		panic("large")
	}
	switch {
	case n < 10:
		return "small"
	case n < 20: // nothing
	default:
		n = 30
		fallthrough
	case n == 35:
		n++
	}
	switch x := any(n).(type) {
	case int:
		_ = x
	case string, error:
	}
	switch {
	}
	switch strings.ToUpper("}") {
	}
	return "medium"
}

func Loops(n int) (sum int) {
	for i := 0; i < n; i++ {
		if i == 3 {
			continue
		}
		sum += i
	}
	for range make([]int, n) {
		sum++
	}
outer:
	for {
		for {
			break outer
		}
	}
	i := 0
again:
	i++
	if i < n {
		goto again
	}
	{
		sum *= 2
		sum /= 2
	}
	func() {
		sum++
		defer func() { recover() }()
	}()
	f := func(a, b int) bool { return a < b }
	if f(1, 2) && func() bool { return true }() {
		sum--
	}
	return sum
}

func Channels(c chan int) int {
	select {
	case n := <-c:
		return n
	case c <- 1:
	default:
		go func() { c <- 2 }()
		return <-c
	}
	select {
	case <-c:
	}
	return 0
}

func NotRun(n int) int {
	var a, b int
	for i := range []int{1, 2} {
		a += i
	}
	return a + b
}
