#!/bin/sh
# Runs the tests that the installed Go (package golang-1.19-src) has for its own library against mgo's:
#
#   tests/go-tests.sh [-m MGO] [-k FOLDER] [PACKAGE...]
#
# The test files are copied to a folder outside the tree (-k keeps it). Declarations that do not compile, since they use
# what only Go's own implementation has, are cut out, one round of errors after the other. Prints for each package how many
# test functions there are, compile, pass, fail and are skipped, and the names of those that fail with the reason, if
# go-tests.reasons knows one; then the sum.
set -u
mgo=$(dirname "$0")/../build/mgo
keep=
while getopts m:k: option; do
    case $option in
    m) mgo=$OPTARG ;;
    k) keep=$OPTARG ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
mgo=$(realpath "$mgo")
root=$(go env GOROOT)/src
here=$(realpath "$(dirname "$0")")
[ $# -gt 0 ] || set -- container/heap container/list container/ring sort strings bytes bufio strconv unicode/utf8 unicode/utf16 \
    unicode errors path path/filepath math math/bits math/cmplx math/rand context sync sync/atomic time io io/ioutil io/fs fmt flag log \
    os os/exec os/signal os/user text/tabwriter text/scanner text/template text/template/parse encoding/hex encoding/base64 \
    encoding/base32 encoding/binary encoding/csv encoding/ascii85 encoding/pem encoding/json regexp html net/url math/big \
    crypto/md5 crypto/sha1 crypto/sha256 crypto/sha512 crypto/hmac crypto/subtle hash/adler32 hash/crc32 hash/crc64 hash/fnv \
    hash/maphash compress/flate compress/gzip compress/zlib testing/quick testing/iotest testing/fstest runtime/debug
work=${keep:-$(mktemp -d)}
mkdir -p "$work"
[ -n "$keep" ] || trap 'rm -rf "$work"' EXIT

# Copies the tests of package $1 to the folder $2.
copy() {
    rm -rf "$2"
    mkdir -p "$2"
    cp -r "$root/$1/." "$2/" # some tests look for files that are not tests; they are not compiled
    [ ! -d "$root/$1/../testdata" ] || cp -r "$root/$1/../testdata" "$2/../"
    chmod -R u+w "$2"
    rm -f "$2/link_test.go" # about the linker
    # Files with other constraints never take part; so they need not compile.
    for file in "$2"/*_test.go; do
        awk -f "$here/go-tests.awk" -v mode=constraint "$file" || rm "$file"
    done
}

# Cuts out what does not compile in the folder $2, the tests of package $1, until everything does.
cut() {
    round=0
    while [ $round -lt 40 ]; do
        round=$((round + 1))
        (cd "$2" && timeout 60 "$mgo" test -all -std "$1" -list XXX) >"$work/.out" 2>"$work/.errors"
        grep -q '^[^ ]*_test.go:[0-9]*' "$work/.errors" || break
        for file in $(sed -n 's/^\.\///; s/^\([^ :\/]*_test\.go\):[0-9].*/\1/p' "$work/.errors" | sort -u); do
            sed -n "s/^\(\.\/\)\{0,1\}$file:\([0-9]*\):.*/\2/p" "$work/.errors" | sort -nu >"$work/.lines"
            awk -f "$here/go-tests.awk" -v mode=cut "$work/.lines" "$2/$file" >"$work/.cut" && cp "$work/.cut" "$2/$file"
        done
    done
}

# Runs the tests in folder $2; those that end the process, or hang, count as failed and the others go on.
run() {
    : >"$work/.done"
    rm -f "$2/.skip"
    skip=
    round=0
    while [ $round -lt 30 ]; do
        round=$((round + 1))
        (cd "$2" && TZ=America/Los_Angeles timeout 300 "$mgo" test -std "$1" -v -short -timeout 60s ${skip:+-skip} ${skip:+"^($skip)\$"}) >"$work/.out" 2>&1
        grep -aE '^--- (PASS|FAIL|SKIP): ' "$work/.out" | sed 's/^--- \([A-Z]*\): \([^ ]*\).*/\1 \2/' >>"$work/.done"
        cp "$work/.out" "$2/output.$round"
        grep -aqE '^(FAIL|PASS)$' "$work/.out" && break
        started=$(grep -aE '^=== (RUN|CONT|NAME)' "$work/.out" | tail -n 1 | sed 's/^=== [A-Z]* *//; s/\/.*//')
        [ -n "$started" ] || break
        grep -q " $started\$" "$work/.done" || echo "FAIL $started" >>"$work/.done"
        skip=$(sed 's/^[A-Z]* //' "$work/.done" | sort -u | tr '\n' '|' | sed 's/|$//')
    done
}

printf '%-18s %6s %8s %6s %6s %6s\n' package tests compile pass fail skip
all=0 compiled=0 passed=0 failed=0 skipped=0
for package; do
    folder=$work/$package
    copy "$package" "$folder"
    n=$(cat "$folder"/*_test.go 2>/dev/null | grep -cE '^func (Test|Example|Fuzz)[^a-z]')
    cut "$package" "$folder"
    run "$package" "$folder"
    pass=$(sort -u "$work/.done" | grep -c '^PASS')
    fail=$(sort -u "$work/.done" | grep -c '^FAIL')
    skip=$(sort -u "$work/.done" | grep -c '^SKIP')
    printf '%-18s %6d %8d %6d %6d %6d\n' "$package" "$n" $((pass + fail + skip)) "$pass" "$fail" "$skip"
    for name in $(sort -u "$work/.done" | sed -n 's/^FAIL //p'); do
        reason=$(sed -n "s|^$package $name: ||p" "$here/go-tests.reasons")
        echo "    $name: ${reason:-(not explained)}"
    done
    all=$((all + n)) compiled=$((compiled + pass + fail + skip))
    passed=$((passed + pass)) failed=$((failed + fail)) skipped=$((skipped + skip))
done
printf '%-18s %6d %8d %6d %6d %6d\n' total $all $compiled $passed $failed $skipped
