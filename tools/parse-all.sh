#!/bin/sh
# Parses every Go file of an installed Go (its library and its tests) and compares with gofmt.
#
#   tools/parse-all.sh PARSE_FILES    where PARSE_FILES is the built tests/unit/parse_files
#
# Prints what one rejects for its syntax and the other accepts, then counts and speed. Files without a package clause
# are left out: here they are scripts. Either parser also reports a few things that the other leaves to the type
# checker, or that newer Go allows; a file with such errors alone counts for neither side.
set -eu
parse_files=$1
root=$(go env GOROOT)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

find -L "$root/src" "$root/test" -type f -name '*.go' | sort >"$work/all"
xargs grep -l '^ *package ' <"$work/all" >"$work/files" || true
xargs gofmt -l -e <"$work/files" 2>"$work/theirs" >/dev/null || true
"$parse_files" -v <"$work/files" 2>"$work/summary" >"$work/ours"

only_theirs='invalid import path|left side of :=|expected array length|expected expression$|at most 2 expressions'
only_theirs="$only_theirs|missing variable type|missing constant value|missing init expr|expected type, found|must have no type parameters"
only_theirs="$only_theirs|function must be invoked in"
only_ours='method has|cannot parenthesize embedded type|cannot declare in post statement'
names='s/^\(\/[^ :]*\.go\):.*/\1/p' # a //line directive may have replaced the name
sed -n "$names" "$work/theirs" | sort -u >"$work/theirs.all"
sed -n 's/^bad //p' "$work/ours" | sort -u >"$work/ours.all"
grep -Ev "$only_theirs" "$work/theirs" | sed -n "$names" | sort -u >"$work/theirs.syntax"
grep -Ev "$only_ours" "$work/ours" | sed -n "$names" | sort -u >"$work/ours.syntax"

comm -23 "$work/ours.syntax" "$work/theirs.all" | sed 's/^/only mgo rejects /'
comm -13 "$work/ours.all" "$work/theirs.syntax" | sed 's/^/only gofmt rejects /'
echo "rejected for their syntax: $(wc -l <"$work/theirs.syntax") by gofmt, $(wc -l <"$work/ours.syntax") by mgo"
cat "$work/summary"
