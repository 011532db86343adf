#!/bin/sh
# Runs the programs of tests/stress on 1, 2, 8 and 64 processors, with slices of 1, 7 and the usual number of units, and under some
# seeds; with STRESS_GC, a binary built with --enable-stress=gc, also with a collection at every few allocations. "make stress" calls it.
#
#   MGO=build/mgo STRESS_GC=build/stress/mgo tests/stress.sh [SCALE [ROUNDS]]
#
# SCALE multiplies the programs' sizes (1: some tenths of a second each), ROUNDS repeats everything.
set -u
here=$(cd "$(dirname "$0")" && pwd)
mgo=${MGO:-./mgo}
collecting=${STRESS_GC:-}
scale=${1:-3}
rounds=${2:-1}
limit=${STRESS_LIMIT:-300}
out=$(mktemp) || exit 99
trap 'rm -f "$out"' EXIT
runs=0
failures=0

one() { # what, then a command
    what=$1
    shift
    runs=$((runs + 1))
    timeout "$limit" "$@" >"$out" 2>&1
    status=$?
    [ "$status" = 0 ] && [ "$(cat "$out")" = ok ] && return
    failures=$((failures + 1))
    echo "FAILED ($status): $what: $*"
    head -30 "$out"
}

round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    for program in "$here"/stress/*.mgo; do
        name=$(basename "$program" .mgo)
        for procs in 1 2 8 64; do
            for budget in 1 7 10000; do
                one "$name" "$mgo" -P $procs -budget $budget "$program" "$scale"
                [ -n "$collecting" ] && one "$name, collecting" "$collecting" -P $procs -budget $budget "$program" 1
            done
        done
        seed=0
        while [ "$seed" -lt 10 ]; do
            seed=$((seed + 1))
            one "$name" "$mgo" -seed $((round * 1000 + seed)) "$program" 1
        done
    done
done
echo "$runs runs, $failures failures"
[ "$failures" = 0 ]
