#!/bin/sh
# What signals do to a program, as the shell sees it.
#
#   MGO=build/mgo tests/signals.sh
set -u
mgo=${MGO:-./mgo}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$1"
    exit 1
}

# Starts $work/$1.mgo, waits until it has printed "ready", sends it signal $2; its status is in $status.
send() {
    mkfifo "$work/lines"
    # A shell without job control starts what it puts in the background with these two ignored.
    env --default-signal=INT,QUIT "$mgo" run "$work/$1.mgo" >"$work/lines" 2>"$work/err" &
    pid=$!
    exec 3<"$work/lines"
    read -r line <&3
    kill "-$2" "$pid"
    cat <&3 >"$work/out"
    exec 3<&-
    wait "$pid"
    status=$?
    rm "$work/lines"
    [ "$line" = ready ] || fail "$1: printed \"$line\""
}

want() { # status
    [ "$status" = "$1" ] || fail "$what: status $status, not $1"
}

cat >"$work/waits.mgo" <<'END'
package main

import (
	"fmt"
	"time"
)

func worker() {
	select {}
}

func main() {
	go worker()
	go func() {
		for {
		}
	}()
	time.AfterFunc(50*time.Millisecond, func() { fmt.Println("ready") }) // while main sleeps
	time.Sleep(time.Minute)
	fmt.Println("slept")
}
END

# An interactive Ctrl-C: the program dies by the signal.
for s in HUP:129 INT:130 TERM:143; do
    what="SIG${s%:*} without a handler"
    send waits "${s%:*}"
    want "${s#*:}"
    [ ! -s "$work/err" ] || fail "$what: wrote to standard error"
done

for s in 'QUIT: quit' 'ABRT: abort' 'TRAP: trace trap' 'SYS: bad system call'; do
    what="SIG$s"
    send waits "${s%%:*}"
    want 2
    head -1 "$work/err" | grep -qx "$what" || fail "$what: no first line"
    for text in 'goroutine 1 \[sleep' 'main.main' 'main.worker' 'created by main.main'; do
        grep -q "$text" "$work/err" || fail "$what: no $text in the report"
    done
done

cat >"$work/ends.mgo" <<'END'
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	fmt.Println("ready")
	fmt.Println("got", <-c)
	defer fmt.Println("not printed")
	os.Exit(7)
}
END
what="SIGTERM with a handler"
send ends TERM
want 7
[ "$(cat "$work/out")" = "got terminated" ] || fail "$what: printed $(cat "$work/out")"

# Signals that do nothing, until one that does.
cat >"$work/silent.mgo" <<'END'
package main

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

func main() {
	for _, s := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGPIPE, syscall.SIGIO, syscall.SIGURG, syscall.SIGCHLD, syscall.SIGWINCH} {
		syscall.Kill(os.Getpid(), s)
	}
	fmt.Println("ready")
	time.Sleep(time.Minute)
}
END
what="silent signals"
send silent TERM
want 143

# Standard output is a pipe that nobody reads: SIGPIPE, and nothing is said.
cat >"$work/yes.mgo" <<'END'
package main

import (
	"fmt"
	"os"
)

func main() {
	for {
		if _, err := fmt.Println("y"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(5)
		}
	}
}
END
what="a closed pipe"
{
    "$mgo" run "$work/yes.mgo" 2>"$work/err"
    echo $? >"$work/status"
} | head -2 >"$work/out"
status=$(cat "$work/status")
want 141
[ "$(cat "$work/out")" = "y
y" ] || fail "$what: printed $(cat "$work/out")"
[ ! -s "$work/err" ] || fail "$what: said $(cat "$work/err")"

# A program started with SIGINT ignored keeps ignoring it.
cat >"$work/background.mgo" <<'END'
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	fmt.Println(signal.Ignored(os.Interrupt))
	syscall.Kill(os.Getpid(), syscall.SIGINT)
	time.Sleep(10 * time.Millisecond)
	fmt.Println("alive")
}
END
what="SIGINT ignored from the start"
(trap '' INT && exec "$mgo" run "$work/background.mgo") >"$work/out" 2>&1
status=$?
want 0
[ "$(cat "$work/out")" = "true
alive" ] || fail "$what: printed $(cat "$work/out")"

# What was printed is there, however the program ends.
for end in 'os.Exit(3)' 'panic("x")' 'var m map[int]int; m[1] = 1' 'select {}' 'var mu sync.Mutex; mu.Unlock()'; do
    printf 'package main\n\nimport (\n\t"bufio"\n\t"fmt"\n\t"os"\n\t"sync"\n)\n\nvar _ sync.Mutex\n\nfunc main() {\n\tw := bufio.NewWriter(os.Stdout)\n\tfmt.Fprint(w, "line")\n\tw.Flush()\n\tfmt.Print(" printed")\n\t%s\n}\n' "$end" >"$work/end.mgo"
    "$mgo" run "$work/end.mgo" >"$work/out" 2>"$work/err"
    [ "$(cat "$work/out")" = "line printed" ] || fail "$end: printed $(cat "$work/out")"
done
exit 0
