#!/bin/sh
# Runs programs over Go's own library sources: each of tests/gosrc must print what the real go makes of it, and "mgo check" must
# accept the packages of the tree, save those that cannot do without Go's runtime. Needs an installed go; $1 is the mgo binary.
set -u
mgo=$1
here=$(dirname "$0")
command -v go >/dev/null || { echo "go-src: no go installed"; exit 77; }
tree=$(go env GOROOT)/src
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
bad=0

for program in "$here"/gosrc/*.go; do
    name=$(basename "$program" .go)
    go run "$program" >"$work/want" 2>"$work/want.err"
    MGO_STD=$tree timeout 60 "$mgo" run "$program" >"$work/got" 2>"$work/got.err"
    if cmp -s "$work/want" "$work/got"; then
        echo "ok   $name"
    else
        echo "FAIL $name"
        diff "$work/want" "$work/got" | head -5
        head -3 "$work/got.err"
        bad=1
    fi
done

# Importing a package checks it and all it imports.
accepted=0
total=0
for package in $(go list std | grep -v -e internal -e '^vendor/'); do
    total=$((total + 1))
    printf 'package main\n\nimport _ "%s"\n\nfunc main() {}\n' "$package" >"$work/import.go"
    if MGO_STD=$tree timeout 60 "$mgo" check "$work/import.go" >"$work/log" 2>&1; then
        accepted=$((accepted + 1))
    else
        echo "not accepted: $package: $(head -1 "$work/log")"
    fi
done
echo "mgo check accepts $accepted of $total packages"
exit $bad
