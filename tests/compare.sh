#!/bin/sh
# Compares the random programs of tests/random under Go and under mgo: each makes the same cases in both, prints a hash for every
# thousand of them, and prints the cases of a block whose hashes differ.
#
#   tests/compare.sh MGO CASES SEED... [-- NAME...]
#
# $GO is the go to compare with; of the releases before 1.25 some texts differ.
set -u
mgo=$1 cases=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
case $mgo in /*) ;; *) mgo=$(pwd)/$mgo ;; esac
go=${GO:-go}
command -v "$go" >/dev/null || { echo "compare: no go installed"; exit 77; }
seeds=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    seeds="$seeds $1"
    shift
done
[ $# -eq 0 ] || shift
if [ $# -eq 0 ]; then
    for file in "$here"/random/*.mgo; do
        set -- "$@" "$(basename "$file" .mgo)"
    done
fi
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
bad=0
for name; do
    file=$here/random/$name.mgo
    cp "$file" "$work/main.go"
    "$go" build -o "$work/program" "$work/main.go" || exit 99
    for seed in $seeds; do
        timeout 300 "$work/program" "$seed" "$cases" >"$work/want" || exit 99
        timeout 300 "$mgo" run "$file" "$seed" "$cases" >"$work/got" 2>"$work/err"
        if cmp -s "$work/want" "$work/got"; then
            echo "ok   $name: seed $seed, $cases cases"
            continue
        fi
        bad=1
        block=$(diff "$work/want" "$work/got" | sed -n 's/^< \([0-9]*\) .*/\1/p' | head -1)
        echo "FAIL $name: seed $seed, block $block of $(diff "$work/want" "$work/got" | grep -c '^<') blocks that differ"
        head -5 "$work/err"
        "$work/program" "$seed" "$cases" "$block" >"$work/want"
        timeout 60 "$mgo" run "$file" "$seed" "$cases" "$block" >"$work/got" 2>/dev/null
        diff -a -U 0 "$work/want" "$work/got" | sed 1,2d | head -"${COMPARE_LINES:-6}" | cut -c 1-1000
    done
done
exit $bad
