#!/bin/sh
# Programs without measure: deep nesting, long chains, huge constants, thousands of errors. mgo must say what Go would say, or that it is too
# much, soon and without falling over.
#
#   MGO=build/mgo tests/limits.sh [SIZE]
set -u
mgo=${MGO:-./mgo}
size=${1:-20000}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
bad=0

repeat() { # text, count: so often
    awk -v text="$1" -v n="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", text }'
}
lines() { # format with %d for the number and %e for the next one
    awk -v text="$1" -v n="$size" 'BEGIN { for (i = 0; i < n; i++) { t = text; gsub(/%d/, i, t); gsub(/%e/, i + 1, t); print t } }'
}
check() { # name, status, pattern of the first line ("" for none): judges the program on standard input
    cat >"$work/$1.go"
    (cd "$work" && timeout 60 "$mgo" check "$1.go" >out 2>&1)
    status=$?
    first=$(head -n 1 "$work/out")
    if [ $status -ne "$2" ] || ! printf '%s\n' "$first" | grep -Eq -- "^$3\$"; then
        echo "$1: status $status, wanted $2; first line: $first"
        bad=1
    fi
    rm -f "$work/$1.go"
}
nested() { # name, before, opening, middle, closing, after
    { echo 'package main'; printf '%s' "$2"; repeat "$3" "$size"; printf '%s' "$4"; repeat "$5" "$size"; echo "$6"; } |
        check "$1" 1 '.*: syntax error: program is nested too deeply'
}
case $mgo in /*) ;; *) mgo=$(pwd)/$mgo ;; esac

nested parens 'var x = ' '(' 1 ')' ''
nested blocks 'func main() ' '{' '' '}' ''
nested slices 'type T ' '[]' int '' ''
nested structs 'type T ' 'struct{ a ' int '}' ''
nested funcs 'var x = ' 'func() { _ = ' 1 '}' ''
nested literals 'var x = ' '[]any{' 1 '}' ''
nested unary 'var x = ' ' -' 1 '' ''
nested sums 'var x = 1' '+1' '' '' ''
nested selectors 'var x = a' '.b' '' '' ''
nested calls 'var x = f' '()' '' '' ''
nested ifs 'func main() { ' 'if true {} else ' '{}' '' '}'
nested open 'func main() { ' '(' '' '' ''

{ echo 'package main'; lines 'type A%d A%e'; echo "type A$size int"; echo 'func main() {}'; } | check types 0 ''
{ echo 'package main'; lines 'type A%d = []A%e'; echo "type A$size = int"; echo 'func main() {}'; } | check aliases 0 ''
{ echo 'package main'; lines 'type A%d struct{ a A%e }'; echo "type A$size int"; echo 'func main() {}'; } | check holders 0 ''
{ echo 'package main'; lines 'var v%d = v%e + 1'; echo "var v$size = 1"; echo 'func main() {}'; } | check variables 0 ''
{ echo 'package main'; lines 'const c%d = c%e'; echo "const c$size = 1"; echo 'func main() {}'; } | check constants 0 ''
{ echo 'package main'; lines 'func (T) m%d() {}'; echo 'type T int'; echo 'type I interface {'; lines 'm%d()'; echo '}'; echo 'var _ I = T(0)'
    echo 'func main() {}'; } | check methods 0 ''
{ echo 'package main'; echo 'type T struct {'; lines 'f%d int'; echo '}'; echo 'var _ = T{'; lines 'f%d: 1,'; echo '}'; echo 'func main() {}'
} | check fields 0 ''
{ echo 'package main'; echo 'func main() { x := 1; switch x {'; lines 'case %d:'; echo '}}'; } | check cases 0 ''
{ echo 'package main'; lines 'type T%d int'; echo 'func main() { var x any; switch x.(type) {'; lines 'case T%d:'; echo '}}'; } | check typecases 0 ''

{ echo 'package main'; echo 'func main() {'; lines 'x%d()'; echo '}'; } | check undefined 1 '.*: undefined: x0'
{ echo 'package main'; echo 'func main() {'; repeat 'y();' "$size"; echo '}'; } | check oneline 1 '.*: undefined: y'
{ echo 'package main'; echo 'func main() {'; lines 'x := )'; echo '}'; } | check syntax 1 '.*: syntax error: unexpected \), expected expression'
{ echo 'package main'; lines 'var v%d = v%d'; echo 'func main() {}'; } | check cycles 1 '.*: initialization cycle: v0 refers to itself'
{ echo 'package main'; lines 'func f() {}'; echo 'func main() {}'; } | check redeclared 1 '.*: f redeclared in this block'
{ echo 'package main'; echo 'func main() {'; lines 'v%d := 1'; echo '}'; } | check unused 1 '.*: declared and not used: v0'

{ echo 'package main'; printf 'const x = '; repeat 9 "$size"; echo; echo 'func main() {}'; } | check digits 1 '.*: excessively long constant: 9+\.\.\. .*'
{ echo 'package main'; printf 'var x = "'; repeat a 1000000; echo '"'; echo 'var y int = x'; echo 'func main() {}'; } | check longline 1 '.*: cannot use x .*'
echo 'package main
const a = 1 << 1000000000
func main() {}' | check shift 1 '.*: invalid operation: invalid shift count 1000000000 .*'
echo 'package main
const a = 1e1000000000
func main() {}' | check exponent 1 '.*: malformed constant: 1e1000000000'
{ echo 'package main'; echo 'const s0 = "0123456789abcdef"'; awk 'BEGIN { for (i = 0; i < 40; i++) printf "const s%d = s%d + s%d\n", i + 1, i, i }'
    echo 'func main() {}'; } | check strings 1 '.*: constant result is not representable'
{ echo 'package main'; echo 'const c0 = 1e1000'; awk 'BEGIN { for (i = 0; i < 40; i++) printf "const c%d = c%d * c%d\n", i + 1, i, i }'
    echo 'func main() {}'; } | check squares 1 '.*: constant result is not representable'
echo 'package main
type T [1000000000][1000000000][1000000000]int
func main() {}' | check array 1 '.*: type \[1000000000\]\[1000000000\]int larger than address space'
{ echo 'package main'; echo 'type P[A, B any] struct { a A; b B }'; echo 'type T0 int'
    awk 'BEGIN { for (i = 0; i < 30; i++) printf "type T%d = P[T%d, T%d]\n", i + 1, i, i }'; echo 'var x *T30'; echo 'func main() {}'; } | check instances 0 ''
echo 'package main
func f[T any](n int) { f[*T](n - 1) }
func main() { f[int](3) }' | check runaway 1 '.*: instantiation cycle:'
exit $bad
