#!/bin/sh
# A goroutine that reads standard input holds up nobody else, with one processor too, whether that is a pipe, a FIFO or a terminal: the
# program says that others have run, and only then is something to be read.
#
#   MGO=build/mgo tests/stdin.sh
set -u
mgo=${MGO:-./mgo}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

cat >"$work/reads.mgo" <<'END'
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"time"
)

func main() {
	runtime.GOMAXPROCS(1)
	line := make(chan string)
	go func() {
		s, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		line <- s
	}()
	for range 3 {
		time.Sleep(time.Millisecond)
		runtime.Gosched()
	}
	fmt.Println("ready")
	fmt.Print("read ", <-line)
}
END

check() { # what; the program's output is in $work/out
    [ "$(tr -d '\r' <"$work/out" | tail -2)" = "ready
read hello" ] || {
        echo "$1: printed $(cat "$work/out")"
        exit 1
    }
}

wait_for_ready() {
    i=0
    while ! grep -q ready "$work/out" && [ $i -lt 600 ]; do
        sleep 0.05
        i=$((i + 1))
    done
}

: >"$work/out"
{ wait_for_ready; echo hello; } | "$mgo" run "$work/reads.mgo" >"$work/out"
check "a pipe"

: >"$work/out"
mkfifo "$work/fifo"
"$mgo" run "$work/reads.mgo" <"$work/fifo" >"$work/out" &
exec 3>"$work/fifo"
wait_for_ready
echo hello >&3
wait $!
check "a FIFO"

command -v script >/dev/null || exit 0
: >"$work/out"
{ wait_for_ready; echo hello; } | script -qec "stty -echo; $mgo run $work/reads.mgo" /dev/null >"$work/out"
check "a terminal"
exit 0
