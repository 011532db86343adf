#!/bin/sh
# Options that show what the runtime did: -stats counts, -schedtrace and GODEBUG=schedtrace trace.
#
#   MGO=build/mgo tests/options.sh
set -u
mgo=${MGO:-./mgo}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$1"
    exit 1
}

cat >"$work/work.mgo" <<'END'
package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

func deep(n int) int {
	if n == 0 {
		return 0
	}
	return 1 + deep(n-1)
}

func main() {
	var wg sync.WaitGroup
	c := make(chan int)
	for range 100 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			c <- deep(1000)
		}()
	}
	for range 100 {
		<-c
	}
	wg.Wait()
	runtime.GC()
	time.Sleep(60 * time.Millisecond)
	fmt.Println("done")
}
END

"$mgo" -stats -seed 1 "$work/work.mgo" >"$work/out" 2>"$work/err" || fail "exit status $?"
[ "$(cat "$work/out")" = done ] || fail "output differs"
awk 'length > 60 { print "long line: " $0; exit 1 }' "$work/err" || fail "-stats does not fit"
for line in '^  made +101$' '^  at most alive +101$' '^  alive at the end +1$' '^  processors +1$' '^  parks +[0-9]+$' \
    '^    sleep +1$' '^  copies +[0-9]{3,}$' '^  the largest +[0-9.]+ KB$' '^  collections +[1-9]' '^  bytes allocated +[0-9.]+ KB$'; do
    grep -Eq "$line" "$work/err" || { cat "$work/err"; fail "-stats has no line $line"; }
done

trace='^SCHED [0-9]+ms: gomaxprocs=3 idleprocs=[0-3] threads=[0-9]+ spinningthreads=[0-9]+ idlethreads=[0-9]+ runqueue=[0-9]+ \[[0-9]+ [0-9]+ [0-9]+\]$'
"$mgo" -P 3 -schedtrace 10 "$work/work.mgo" 2>"$work/err" >/dev/null || fail "exit status $?"
[ "$(grep -Ec "$trace" "$work/err")" -ge 3 ] || { cat "$work/err"; fail "-schedtrace"; }
GODEBUG=schedtrace=10 "$mgo" -P 3 "$work/work.mgo" 2>"$work/err" >/dev/null || fail "exit status $?"
[ "$(grep -Ec "$trace" "$work/err")" -ge 3 ] || { cat "$work/err"; fail "GODEBUG=schedtrace"; }
exit 0
