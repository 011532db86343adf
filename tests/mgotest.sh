#!/bin/sh
# What mgo test prints, and its exit status, for the packages in tests/mgotest/. Times, numbers of goroutines, pcs and
# positions in the library are left out. $MGO is the binary.
set -u
top=${TESTS_SRCDIR:-.}/tests/mgotest
mgo=${MGO:-./mgo}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
failed=0

check() { # NAME, STATUS, arguments of mgo test; runs in the folder of packages
    name=$1 want=$2
    shift 2
    (cd "$top" && GOMAXPROCS=2 timeout 60 "$mgo" test "$@") >"$work/raw" 2>&1
    status=$?
    sed -E -e 's/[0-9]+\.[0-9]+s/Ts/; s/ \([0-9]+s\)$/ (Ts)/; s/ \+0x[0-9a-f]+$//' \
        -e 's/0x[0-9a-f]+/0x/g; s/goroutine [0-9]+/goroutine N/g; s/(mgo|go):[0-9]+$/\1:L/' \
        -e 's/^(Benchmark[^ ]*) .*ns\/op.*/\1 RESULT/; s/^cpu: .*/cpu: CPU/' \
        -e 's/"Time":"[^"]*"/"Time":"T"/; s/"Elapsed":[0-9.e-]+/"Elapsed":E/' "$work/raw" |
        sed -E -e "s|$(realpath "$top")|TOP|; s|$work|WORK|; s|(TestArtifacts/)[0-9]+|\1N|" >"$work/out"
    if [ "$status" -ne "$want" ] || ! cmp -s "$top/$name.out" "$work/out"; then
        echo "mgo test $*: exit status $status, wanted $want"
        diff -u "$top/$name.out" "$work/out" | head -60
        failed=1
    fi
    [ -z "${MGO_TEST_WRITE-}" ] || cp "$work/out" "$top/$name.out"
}

check verbose 1 -v -parallel 1 -run 'Add|Names|Fatal|Places|External|Fuzz' ./sums
check quiet 1 ./sums
check passes 0 -run 'Parallel|External' ./sums
check skip 0 -v -run Add -skip 'wrong|Fuzz' ./sums
check subtests 0 -v -run "TestNames/one" ./sums
check none 0 -run Nothing ./sums
check list 0 -list 'Test|Fuzz' ./sums
check bench 1 -run Nothing -bench . -benchtime 3x -cpu 1 ./sums
check json 1 -json -run 'TestAdd|TestNames/b|Example' ./sums
check failfast 1 -failfast -run 'Names|Fatal' ./sums
check count 0 -v -count 2 -cpu 1,2 -run Fine ./ends
check panics 1 -run Panics ./ends
check exits 1 -run Exits ./ends
check hangs 1 -run Hangs -timeout 200ms ./ends
check outer 1 -run Outer ./ends
check late 1 -v -run Late ./ends
check dots 0 ./dots
check bubbles 1 -v -run 'Clock|Context|Many|Pull|Fails|Misuse' ./bubbles
check blocked 1 -run Blocked ./bubbles
check leftbehind 1 -run LeftBehind ./bubbles
check handlers 0 -v ./handlers
check newer 1 -v ./newer
check seeded 0 -seed 3 -run Fine ./ends
check loop 0 -run None -bench . -benchtime 5x -cpu 1 ./newer
check artifacts 0 -v -artifacts -outputdir "$work" -run Artifacts ./newer
check broken 1 ./broken
check all 1 -run 'Fine|External' ./...
check pattern 1 -run '(' ./sums
check files 0 -v -run Add sums/sums.mgo sums/sums_test.mgo -skip 'wrong'

# Profiles are written where the command runs.
mkdir "$work/profiles"
folder=$(realpath "$top")
(cd "$work/profiles" && "$mgo" test -run Fine -cpuprofile cpu -memprofile mem -memprofilerate 512 -blockprofile block -mutexprofile mutex "$folder/ends") >"$work/out" 2>&1 || failed=1
for profile in cpu mem block mutex; do
    gzip -t <"$work/profiles/$profile" || failed=1
done
(cd "$top" && "$mgo" test -memprofile "$work/profiles/none" ./sums ./newer) >"$work/out" 2>&1 && failed=1
grep -q '^cannot use -memprofile flag with multiple packages$' "$work/out" || failed=1

# Fuzzing finds an input that fails, makes it as small as can be, and keeps it; also one that ends the process.
cp -r "$top/fuzzing" "$work/fuzzing"
fuzz() { # TARGET, what must be printed, as a pattern
    (cd "$work/fuzzing" && timeout 60 "$mgo" test -run None -fuzz "$1" -fuzztime 40s) >"$work/out" 2>&1
    if [ $? -ne 1 ] || ! grep -q "$2" "$work/out"; then
        echo "mgo test -fuzz $1:"
        cat "$work/out"
        failed=1
    fi
}
fuzz FuzzDeep 'panic: FUZ'
fuzz FuzzNumber 'is 100$'
fuzz FuzzExit 'Failing input written to testdata/fuzz/FuzzExit/'
printf 'go test fuzz v1\nstring("FUZ")\nbool(false)\n' >"$work/want"
cmp "$work/want" "$work/fuzzing"/testdata/fuzz/FuzzDeep/* || failed=1
for target in FuzzDeep FuzzNumber FuzzExit; do
    (cd "$work/fuzzing" && "$mgo" test -run $target) >"$work/out" 2>&1 && failed=1
done
(cd "$work/fuzzing" && "$mgo" test -run None -fuzz FuzzFine -fuzztime 200x) >"$work/out" 2>&1 || failed=1
grep -q 'execs: 200 ' "$work/out" || failed=1
exit $failed
