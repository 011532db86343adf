#!/bin/sh
# Runs the documents' programs, where their folder is beside the project, and checks what each promises.
#
#   MGO=build/mgo tests/docs-programs.sh [FOLDER]
#
# Exit status 77 (skipped) where the folder is not there.
set -u
mgo=${MGO:-./mgo}
folder=${1:-$(dirname "$0")/../../shared/docs-programs}
[ -d "$folder" ] || { echo "no folder $folder"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
limit=${MGO_TEST_LIMIT:-120}
bad=0

check() { # file, status, grep pattern on stdout+stderr …
    file=$1 want=$2
    shift 2
    timeout "$limit" "$mgo" "$folder/$file.mgo" >"$work/out" 2>&1 </dev/null
    status=$?
    result=ok
    [ $status -eq "$want" ] || result="exit status $status, wanted $want"
    for pattern; do
        grep -Eq -- "$pattern" "$work/out" || result="no line matches $pattern"
    done
    echo "$file: $result"
    [ "$result" = ok ] || { bad=1; head -20 "$work/out"; }
}

check 01-measure-goroutine-memory 0 '^Goroutines: 100001$' '^Memory per goroutine: [0-3]\.[0-9]+ KB'
check 02-mem-consumed 0 '^[0-3]\.[0-9]{3}kb'
check 04-memory-before-after 0 '^Memory before goroutines: [0-9]+ KB' '^Memory after goroutines: [0-9]+ KB'
check 05-workers-gomaxprocs 0 '^Worker 0 is working on task 0$' '^Worker 4 is working on task 2$'
check 06-deep-stack 0 '^done$'
check 07-hot-split 0 '^done$'
check 08-one-million-sleepers 0
check 09-channel-send-receive 0 '^42$'
check 10-waitgroup 0 '^all done$'
check 11-context-cancel 0 '^stopped: true context canceled$'
check 12-shutdown-context-1M 0 '^all workers stopped$'
check 13-shutdown-close-1M 0 '^1000001$' '^1$'
check 14-shutdown-waitgroup-1M 0 '^finished$'
check 15-leak 0 '^leaked: 10$'
check 16-loop-variable 0 '^map\[0:2 1:2 2:2 3:2 4:2 5:2 6:2 7:2 8:2 9:2\]$'
check 17-panic-kills-program 2 '^panic: oops$' '^goroutine [0-9]+ \[running\]:$'
check 18-recover-in-goroutine 0 '^recovered: oops$' '^main goes on$'
check 19-tcp-accept-loop 0 '^answers: 1000$'
check 20-demo 0 '^Active goroutines: 1,000,001$' '^Received 100,000 messages in' '^All goroutines stopped\.$'
timeout "$limit" "$mgo" test -bench . "$folder/03-context-switch_test.mgo" >"$work/out" 2>&1
if grep -Eq '^BenchmarkContextSwitch.* ns/op' "$work/out"; then
    echo "03-context-switch_test: ok"
else
    echo "03-context-switch_test: no ns/op line"
    bad=1
    head -20 "$work/out"
fi
exit $bad
