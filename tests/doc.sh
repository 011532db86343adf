#!/bin/sh
# What mgo doc prints for some names of the library and for a folder. $MGO is the binary.
set -u
top=${TESTS_SRCDIR:-.}/tests
mgo=${MGO:-./mgo}
work=$(mktemp) || exit 99
trap 'rm -f "$work"' EXIT
cd "$top" || exit 1
for name in container/ring bufio.Writer.Flush utf8.RuneLen io.Reader io.SeekStart fmt.State.Width sync.waitgroup.add \
    ./mgotest/sums ./mgotest/sums.Add nosuch strings.Nosuch; do
    echo "mgo doc $name"
    "$mgo" doc $name
    echo "status $?"
done >"$work" 2>&1
[ -z "${MGO_TEST_WRITE-}" ] || cp "$work" doc.out
diff -u doc.out "$work"
