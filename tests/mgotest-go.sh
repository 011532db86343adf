#!/bin/sh
# mgo test against go test: the folders of tests/mgotest/go/ are modules whose file "cases" has a line of arguments for each
# run; NAME.out is what go test prints then, and its exit status. $MGO is the binary. MGO_TEST_GO=go writes what that go
# does to NAME.out, so that it can be compared; where a line "# newer: ..." says that a Go newer than 1.19 does something
# else, NAME.out is left as it is. Times, numbers of goroutines, traces and the list of flags are left out.
set -u
top=${TESTS_SRCDIR:-.}/tests/mgotest/go
command=${MGO_TEST_GO:-${MGO:-./mgo}}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
export GOMAXPROCS=2 GOFLAGS=-mod=mod GOPROXY=off
failed=0

normalise() {
    sed -E -e 's/[0-9]+\.[0-9]+s/Ts/; s/ \([0-9]+s\)$/ (Ts)/; s/[0-9]+ms$/Nms/; s/\t\(cached\)/\tTs/' \
        -e 's/0x[0-9a-f]+/0x/g; s/^(\[signal SIGSEGV).*/\1]/; s/(\[signal SIGSEGV)[^"]*/\1]\\n/' \
        -e 's/^(Benchmark[^ ]*) .*( things.op)/\1 RESULT\2/; s/^(Benchmark[^\t]*[^ \t]) *\t.*/\1 RESULT/; s/^cpu: .*/cpu: CPU/' \
        -e 's/("Output":"(Benchmark[^ ]*)? .*[^ ]) +[0-9.]+ ns.op.*"/\1 RESULT"/; s/("Output":"cpu: ).*"/\1CPU"/' \
        -e 's/^=== CONT  /=== NAME  /; s/go test \[build.test flags\] \[packages\] \[build.test flags/mgo test [flags] [packages] [flags/' \
        -e "s/^Run 'go help test' and .*/Run 'mgo help test' for details./; s/^Usage of .*\/([^\/]*test:)/Usage of \1/" \
        -e 's/^    (testing|fuzz|panic)\.m?go:[0-9]+: /    LIBRARY: /' \
        -e 's/"Time":"[^"]*"/"Time":"T"/; s/"Elapsed":[0-9.e-]+/"Elapsed":E/; s/(-test.shuffle) [0-9]{10,}/\1 SEED/' "$1" |
        awk '
        /^  -test\./ { usage = 1; next }
        usage && /^    \t/ { next }
        { usage = 0 }
        /^\t?panic: .* \[recovered\]$/ { held = $0; next } # 1.19 prints the same panic again
        held != "" { text = held; held = ""; sub(/ \[recovered\]$/, "", text); print text " [recovered, repanicked]"; sub(/^\t/, "", text); if ($0 == "\t" text) next }
        /^goroutine [0-9]+ \[|^created by |^testing:.*running tests/ { trace = 1; next }
        trace && (/^(FAIL|ok|exit status|---|===|panic: )/ || /^$/) { trace = 0; if (/^$/) next }
        !trace { print }'
}

for folder in "$top"/*/; do
    name=$(basename "$folder")
    [ -z "${MGO_TEST_GO-}" ] || ! grep -q '^# newer' "$folder/cases" || continue
    while IFS= read -r args; do
        case $args in '#'*) continue ;; esac
        printf '$ test %s\n' "$args"
        rm -f "$work/profile"
        # shellcheck disable=SC2046
        (cd "$folder" && timeout 60 "$command" test $(echo "$args" | sed "s|PROFILE|$work/profile|") </dev/null) >"$work/raw" 2>&1
        status=$?
        normalise "$work/raw" | sed -e "s|$(realpath "$folder")|TOP|g"
        [ ! -f "$work/profile" ] || LC_ALL=C sort "$work/profile"
        printf '(status %s)\n\n' "$status"
    done <"$folder/cases" >"$work/out"
    if [ -n "${MGO_TEST_GO-}" ]; then
        cp "$work/out" "$top/$name.out"
    elif ! cmp -s "$top/$name.out" "$work/out"; then
        echo "mgo test in tests/mgotest/go/$name:"
        diff -u "$top/$name.out" "$work/out" | head -"${MGO_TEST_LINES:-40}"
        failed=1
    fi
done
exit $failed
