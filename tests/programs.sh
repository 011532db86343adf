#!/bin/sh
# The programs that hold a library package against Go's: every .mgo file in a folder of tests/stdlib, judged by run-test. They are
# many and short, so that all folders together are one test, which names those that differ.
#
#   MGO=build/mgo tests/programs.sh [FOLDER]...
set -u
here=$(dirname "$0")
MGO=${MGO:-./mgo}
case $MGO in /*) ;; *) MGO=$(pwd)/$MGO ;; esac
export MGO
[ $# -gt 0 ] || set -- "$here"/stdlib/*/
out=$(mktemp) || exit 99
trap 'rm -f "$out"' EXIT
for folder; do
    find "$folder" -name '*.mgo'
done | sort | xargs -P "$(nproc)" -n 8 sh -c '
    run=$1
    shift
    for file; do
        text=$("$run" "$file" 2>&1) || printf "%s\nFAIL %s\n" "$text" "$file"
    done' sh "$here/run-test" >"$out"
[ -s "$out" ] || exit 0
cat "$out"
exit 1
