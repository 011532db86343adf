#!/bin/sh
# A seed fixes everything: a program that asks for every kind of chance prints the same bytes each time it runs with the same
# seed, and different seeds show different interleavings. A failure names the options that repeat it.
#
#   MGO=build/mgo tests/seed.sh
set -u
mgo=${MGO:-./mgo}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$1"
    exit 1
}

cat >"$work/chance.mgo" <<'END'
package main

import (
	"fmt"
	"math/rand"
	"os"
	"runtime"
	"sync"
	"time"
)

var out = make(chan string, 4)

func main() {
	start := time.Now()
	ids := map[*int]int{}
	for i := range 6 {
		ids[new(int)] = i
	}
	for _, i := range ids {
		fmt.Print(i, " ")
	}
	fmt.Println(start.UnixNano(), rand.Int63(), rand.Perm(8), fmt.Sprintf("%p", out))
	var wg sync.WaitGroup
	var mu sync.Mutex
	n := 0
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range 2000 {
				mu.Lock()
				was := n
				mu.Unlock()
				n = was + j
				if j%500 == 0 {
					out <- fmt.Sprint(i, " ", j)
				}
			}
			time.Sleep(time.Duration(rand.Intn(5)) * time.Millisecond)
			os.Stdout.Write([]byte(fmt.Sprintln("end of", i, time.Since(start))))
		}()
	}
	timeout, tick := time.After(200*time.Millisecond), time.NewTicker(3*time.Millisecond)
	for open := true; open; {
		select {
		case s := <-out:
			fmt.Println(s)
		case <-tick.C:
			fmt.Println("tick", time.Since(start))
		case <-timeout:
			open = false
		}
	}
	tick.Stop()
	wg.Wait()
	fmt.Println(n, runtime.NumGoroutine(), time.Since(start))
	<-make(chan int)
}
END

for options in "-seed 7" "-seed 7 -vtime" "-seed 18446744073709551615"; do
    for run in 1 2 3; do
        # shellcheck disable=SC2086
        timeout 60 "$mgo" $options "$work/chance.mgo" >"$work/$run" 2>&1
        [ $? -eq 2 ] || { tail -n 30 "$work/$run"; fail "$options: no deadlock"; }
    done
    cmp "$work/1" "$work/2" && cmp "$work/1" "$work/3" || { diff "$work/1" "$work/2" | head; fail "$options: output differs"; }
    tail -n 1 "$work/1" | grep -qxF "To repeat this run: mgo $options" || { tail -n 3 "$work/1"; fail "$options: not named"; }
done
timeout 60 "$mgo" -seed 8 "$work/chance.mgo" >"$work/other" 2>&1
! cmp -s "$work/1" "$work/other" || fail "two seeds, one output"
timeout 60 "$mgo" -seed 3 -e 'panic("no")' >"$work/panic" 2>&1
grep -q '^To repeat this run: mgo -seed 3$' "$work/panic" || fail "a panic does not name its seed"
exit 0
