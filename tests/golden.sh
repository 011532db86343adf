#!/bin/sh
# Makes the golden outputs of tests with the real Go: NAME.out of each NAME.mgo named, and NAME.err where one is there already.
#
#   tests/golden.sh FILE...
#
# $GO is the go to use: where the library's texts have changed since Go 1.19, a release that has them.
set -u
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
bad=0
for file; do
    name=${file%.*}
    cp "$file" "$work/main.go"
    args=$(sed -n '1s/^\/\/ run//p' "$file")
    if ! "${GO:-go}" build -o "$work/program" "$work/main.go"; then
        echo "$file: not valid Go"
        bad=1
        continue
    fi
    # shellcheck disable=SC2086
    (cd "$(dirname "$file")" && timeout 120 "$work/program" $args) >"$name.out" 2>"$work/err"
    status=$?
    case $(sed -n 1p "$file") in
    "// run"*) [ $status -eq 0 ] || { echo "$file: exit status $status"; cat "$work/err"; bad=1; } ;;
    esac
    [ ! -f "$name.err" ] || cp "$work/err" "$name.err"
done
exit $bad
