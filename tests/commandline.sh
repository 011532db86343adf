#!/bin/sh
# Where programs may come from: files with and without extension, standard input, the command line, folders; and what mgo says of files that are
# none.
#
#   MGO=build/mgo tests/commandline.sh
set -u
mgo=${MGO:-./mgo}
case $mgo in /*) ;; *) mgo=$(pwd)/$mgo ;; esac
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
bad=0

expect() { # status, output (both streams), then the command
    want=$1 text=$2
    shift 2
    got=$("$@" 2>&1)
    status=$?
    if [ $status -ne "$want" ] || [ "$got" != "$text" ]; then
        echo "$*: status $status, wanted $want; printed: $got"
        bad=1
    fi
}
typed() { # the same, the program on standard input
    printf '%s' "$program" | "$@"
}

program='fmt.Println("args", os.Args[1:])'
printf '#!/usr/bin/env mgo\n%s\n' "$program" >script
printf 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("one") }\n' >one.go
printf 'package main\n\nfunc main() { println(two) }\n' >a.go
printf 'package main\n\nconst two = 2\n' >b.go
mkdir -p folder empty
cp a.go b.go folder
printf 'package main\n\nconst two = "test"\n' >folder/b_test.go
: >nothing.mgo
printf '\377\376\n' >binary.mgo

expect 0 'args [x -y]' "$mgo" script x -y
expect 0 'args [x]' "$mgo" run script x
expect 0 'args [x]' typed "$mgo" - x
expect 0 'args []' typed "$mgo" run -
expect 0 'args [x]' "$mgo" -e "$program" x
expect 0 '' typed "$mgo" check -
expect 0 'one' "$mgo" one.go
expect 0 '2' "$mgo" run a.go b.go
expect 0 '2' "$mgo" run folder
expect 0 '' "$mgo" check a.go b.go
expect 1 'a.go:3:23: undefined: two' "$mgo" check a.go
expect 1 'no Go files in empty' "$mgo" run empty
expect 1 'nothing.mgo: the file is empty' "$mgo" nothing.mgo
expect 1 'binary.mgo:1:1: invalid UTF-8 encoding' "$mgo" check binary.mgo
expect 1 'away.mgo: No such file or directory' "$mgo" away.mgo
expect 1 'bare.go:1:1: syntax error: package statement must be first' sh -c "echo 'println(1)' >bare.go; $mgo check bare.go"
expect 1 '{"file":"a.go","line":3,"column":23,"endLine":3,"endColumn":26,"code":"UNDEFINED","message":"undefined: two"}' "$mgo" check -json a.go
expect 1 '-e:1:1: undefined: x' "$mgo" -e 'x()'

expect 2 'mgo: -lang needs a language version from go1.1 to go1.27, as in -lang=go1.21' "$mgo" -lang=go1.28 one.go

# a program needs a main function, a script none
expect 1 'function main is undeclared in the main package' "$mgo" b.go
expect 0 '' "$mgo" -e '// nothing'

# closed standard streams are /dev/null, and never what is opened next; a trace that cannot be written is a failure
expect 0 '' sh -c "$mgo one.go <&- >&- 2>&-"
expect 0 '4 <nil>' sh -c "$mgo -e 'n, err := fmt.Println(123); fmt.Fprintln(os.Stderr, n, err)' >&-"
expect 1 'mgo: -trace: cannot write away/trace: No such file or directory' "$mgo" -trace away/trace one.go
if [ -c /dev/full ]; then
    expect 1 'one
mgo: -trace: cannot write /dev/full: No space left on device' "$mgo" -trace /dev/full one.go
fi

# at most ten errors to read, all of them for tools
awk 'BEGIN { print "package main\n\nfunc main() {"; for (i = 0; i < 15; i++) print "\tx()"; print "}" }' >many.go
[ "$("$mgo" run many.go 2>&1 | wc -l)" -eq 11 ] || { echo 'mgo run does not stop after ten errors'; bad=1; }
[ "$("$mgo" run many.go 2>&1 | tail -n 1)" = 'many.go:13:2: too many errors' ] || { echo 'no "too many errors"'; bad=1; }
[ "$("$mgo" check many.go 2>&1 | wc -l)" -eq 15 ] || { echo 'mgo check stops before the end'; bad=1; }
[ "$("$mgo" run -all many.go 2>&1 | wc -l)" -eq 15 ] || { echo 'mgo run -all stops before the end'; bad=1; }
exit $bad
