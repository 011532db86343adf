#!/bin/sh
# Options that show what the runtime did: -stats counts, -schedtrace and GODEBUG=schedtrace trace, -gctrace a line for each collection, -trace records for mgo trace.
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
    '^    sleep +1$' '^  copies +[0-9]{3,}$' '^  the largest +[0-9.]+ KB$' '^  collections +[1-9]' '^  bytes allocated +[0-9.]+ (bytes|KB)$'; do
    grep -Eq "$line" "$work/err" || { cat "$work/err"; fail "-stats has no line $line"; }
done

trace='^SCHED [0-9]+ms: gomaxprocs=3 idleprocs=[0-3] threads=[0-9]+ spinningthreads=[0-9]+ idlethreads=[0-9]+ runqueue=[0-9]+ \[[0-9]+ [0-9]+ [0-9]+\]$'
"$mgo" -P 3 -schedtrace 10 "$work/work.mgo" 2>"$work/err" >/dev/null || fail "exit status $?"
[ "$(grep -Ec "$trace" "$work/err")" -ge 3 ] || { cat "$work/err"; fail "-schedtrace"; }
GODEBUG=schedtrace=10 "$mgo" -P 3 "$work/work.mgo" 2>"$work/err" >/dev/null || fail "exit status $?"
[ "$(grep -Ec "$trace" "$work/err")" -ge 3 ] || { cat "$work/err"; fail "GODEBUG=schedtrace"; }

trace='^gc 1 @[0-9.]+s [0-9]+%: [0-9.]+ ms clock, [0-9]+->[0-9]+ MB, [0-9]+ MB heap, [0-9]+ MB stacks, 3 P$'
"$mgo" -P 3 -gctrace "$work/work.mgo" 2>"$work/err" >/dev/null || fail "exit status $?"
grep -Eq "$trace" "$work/err" || { cat "$work/err"; fail "-gctrace"; }
GODEBUG=gctrace=1 "$mgo" -P 3 "$work/work.mgo" 2>"$work/err" >/dev/null || fail "exit status $?"
grep -Eq "$trace" "$work/err" || { cat "$work/err"; fail "GODEBUG=gctrace"; }

for run in 1 2; do
    "$mgo" -seed 5 -budget 10000 -trace "$work/trace$run" "$work/work.mgo" >/dev/null || fail "exit status $?"
done
cmp "$work/trace1" "$work/trace2" || fail "one seed, two traces"
"$mgo" trace "$work/trace1" >"$work/events" || fail "mgo trace: exit status $?"
for line in '^ +0\.000000 -   -     create g1$' ' P0  g1    create g[0-9]+   main.main work.mgo:22$' ' g[0-9]+ +receive chan [0-9]+   main.main work.mgo:28$' \
    ' g[0-9]+ +send chan [0-9]+   main.main.func1 work.mgo:24$' ' g[0-9]+ +stop chan send [0-9]+   main.main.func1 work.mgo:24$' ' ready g1 ' \
    ' g[0-9]+ +stack [0-9]+ bytes' ' g1 +stop sleep ' ' -     ready g1$' ' g[0-9]+ +end' ' collection 1'; do
    grep -Eq -- "$line" "$work/events" || { head -n 40 "$work/events"; fail "no event $line"; }
done
"$mgo" trace "$work/work.mgo" >/dev/null 2>"$work/err" && fail "a program is no trace"
head -c 200 "$work/trace1" >"$work/half"
"$mgo" trace "$work/half" >/dev/null 2>"$work/err" && fail "half a trace"
grep -q 'damaged$' "$work/err" || { cat "$work/err"; fail "no reason"; }
"$mgo" -P 4 -trace "$work/trace1" "$work/work.mgo" >/dev/null && "$mgo" trace "$work/trace1" >"$work/events" || fail "with 4 processors"
grep -q ' P[1-3] ' "$work/events" || fail "one processor only"

# What a program says about itself.
cat >"$work/named.mgo" <<'END'
package main

import (
	"context"
	"os"
	"runtime/trace"
)

func parse(ctx context.Context) {
	trace.WithRegion(ctx, "parsing", func() {
		trace.Log(ctx, "file", "a.txt")
	})
	r := trace.StartRegion(context.Background(), "no task")
	trace.Logf(ctx, "", "n is %d", 17)
	r.End()
}

func main() {
	f, _ := os.Create(os.Args[1])
	trace.Start(f)
	ctx, task := trace.NewTask(context.Background(), "request")
	done := make(chan bool)
	go func() { parse(ctx); close(done) }()
	<-done
	task.End()
	trace.Stop()
	f.Close()
}
END
"$mgo" "$work/named.mgo" "$work/named" && "$mgo" trace "$work/named" >"$work/events" || fail "a trace with names: exit status $?"
for line in ' g1 +task 1 request   main.main named.mgo:21$' ' g[0-9]+ +region parsing \(task 1\)   main.parse named.mgo:10$' \
    ' g[0-9]+ +log file: a.txt \(task 1\)   main.parse.func1 named.mgo:11$' ' region end parsing \(task 1\)   main.parse named.mgo:10$' \
    ' region no task   main.parse named.mgo:13$' ' log n is 17 \(task 1\)   main.parse named.mgo:14$' ' region end no task   main.parse named.mgo:15$' \
    ' g1 +task end 1 request   main.main named.mgo:25$'; do
    grep -Eq -- "$line" "$work/events" || { cat "$work/events"; fail "no event $line"; }
done
exit 0
