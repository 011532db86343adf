#!/bin/sh
# Where a limit of memory is set, a program that needs more ends in Go's error and not in a kill; one that only makes garbage
# does not notice.
#
#   MGO=build/mgo tests/memory.sh
set -u
mgo=${MGO:-./mgo}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$1"
    exit 1
}

program() { # name, body of main
    printf 'package main\n\nimport "fmt"\n\ntype node struct {\n\tnext *node\n\tpad  [12]int\n}\n\nfunc deep(n int) int {\n\tif n == 0 {\n\t\treturn 0\n\t}\n\treturn deep(n-1) + 1\n}\n\nfunc waste() {\n\tvar keep [8][]byte\n\tfor i := range keep {\n\t\tkeep[i] = make([]byte, 10<<20)\n\t}\n}\n\nfunc main() {\n\tfmt.Println("start")\n%s\n\tfmt.Println("end")\n}\n' "$2" >"$work/$1.mgo"
}

program heap 'var keep *node
	for range 10_000_000 {
		keep = &node{next: keep}
	}
	fmt.Println(keep == nil)'
program bytes 'var keep [][]byte
	for range 1000 {
		b := make([]byte, 1<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		keep = append(keep, b)
	}'
program table 'm := map[int]string{}
	for i := range 10_000_000 {
		m[i] = fmt.Sprint(i)
	}'
program text 's := "x"
	for range 40 {
		s += s
	}'
program huge 'n := 1 << 40
	fmt.Println(len(make([]byte, n)))'
program goroutines 'c := make(chan int)
	for range 5_000_000 {
		go func() { <-c }()
	}'
program stack 'fmt.Println(deep(4_000_000))'
program garbage 'n := 0
	for i := range 300_000 {
		n += len(make([]byte, 1000+i%7))
		p := &node{}
		n += len(p.pad)
	}'
program mixed 'waste()
	fmt.Println(deep(300_000))'

# Runs $1 with the words before it; it has to run out of memory, or not ($2).
check() {
    name=$1
    wanted=$2
    shift 2
    "$@" run "$work/$name.mgo" >"$work/out" 2>"$work/err"
    status=$?
    if [ "$wanted" = out ]; then
        [ "$status" = 2 ] || fail "$* $name: status $status"
        head -1 "$work/err" | grep -q '^fatal error: runtime: out of memory' || fail "$* $name: said $(head -1 "$work/err")"
        [ "$(head -1 "$work/out")" = start ] || fail "$* $name: printed nothing"
    else
        [ "$status" = 0 ] || fail "$* $name: status $status, $(head -1 "$work/err")"
    fi
}

# Under the address sanitizer nothing starts with so little address space.
(ulimit -v 300000 && "$mgo" version >/dev/null 2>&1) || { echo "not with a sanitizer"; exit 77; }
for name in heap bytes table text huge goroutines stack; do
    check $name out env GOMEMLIMIT=60MiB "$mgo"
    (ulimit -v 300000 && check $name out "$mgo") || exit 1
done
check garbage fits "$mgo" -memlimit 60MiB
check garbage fits env GOMEMLIMIT=20MiB "$mgo"
check mixed fits "$mgo" -memlimit 97MiB # stacks take the place of garbage

# The same in a control group whose memory ends not far beyond: the system has no reason to kill. Where none can be made, only what is
# above is tested.
group=
make_group() {
    for root in /sys/fs/cgroup/memory /sys/fs/cgroup; do
        limit=memory.max
        [ "$root" = /sys/fs/cgroup ] || limit=memory.limit_in_bytes
        group=$root/mgo-test-$$
        mkdir "$group" 2>/dev/null || continue
        trap 'rmdir "$group"; rm -rf "$work"' EXIT
        [ -w "$group/$limit" ] && (echo $((96 << 20)) >"$group/$limit") 2>/dev/null && return 0
        rmdir "$group"
        trap 'rm -rf "$work"' EXIT
    done
    return 1
}

if make_group; then
    cat >"$work/inside" <<'END'
#!/bin/sh
echo $$ >"$1/cgroup.procs" && shift && exec "$@"
END
    chmod +x "$work/inside"
    for name in heap bytes table text huge goroutines stack; do
        check $name out "$work/inside" "$group" env GOMEMLIMIT=60MiB "$mgo"
        check $name out "$work/inside" "$group" "$mgo" -memlimit 60MiB
    done
    check garbage fits "$work/inside" "$group" "$mgo" -memlimit 60MiB
fi

# A program that has become quiet gives back what it needed for a while, heap, stacks and descriptors.
cat >"$work/wave.mgo" <<'END'
package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

func residentMB() int {
	b, _ := os.ReadFile("/proc/self/status")
	kb := 0
	_, rest, _ := strings.Cut(string(b), "VmRSS:")
	fmt.Sscan(rest, &kb)
	return kb / 1024
}

func main() {
	gate := make(chan int)
	var ready, done sync.WaitGroup
	keep := make([][]byte, 100)
	for i := range keep {
		keep[i] = make([]byte, 1<<20)
		for j := range keep[i] {
			keep[i][j] = 1
		}
	}
	for range 200_000 {
		ready.Add(1)
		done.Add(1)
		go func() {
			ready.Done()
			<-gate
			done.Done()
		}()
	}
	ready.Wait()
	before := residentMB()
	keep = nil
	close(gate)
	done.Wait()
	for range 150 {
		if residentMB() < before/3 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	fmt.Println("resident:", before, "MB, then", residentMB())
	os.Exit(1)
}
END
"$mgo" run "$work/wave.mgo" || fail "an idle program keeps its memory"

env GOMEMLIMIT=5q "$mgo" -e '1' >"$work/out" 2>&1
[ $? = 2 ] && grep -q 'malformed GOMEMLIMIT' "$work/out" || fail "GOMEMLIMIT=5q: $(cat "$work/out")"
"$mgo" -memlimit none -e '1' >"$work/out" 2>&1
[ $? = 2 ] && grep -q 'memlimit needs a size' "$work/out" || fail "-memlimit none: $(cat "$work/out")"
exit 0
