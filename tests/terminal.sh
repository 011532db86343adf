#!/bin/sh
# The prompt on a terminal: characters beyond ASCII whatever the locale, tabs, and goroutines that print while a line is typed, which
# stands below what they printed.
#
#   MGO=build/mgo tests/terminal.sh
set -u
mgo=${MGO:-./mgo}
command -v script >/dev/null || exit 77
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
out=$work/out
: >"$out"

# Waits until the terminal has shown the text.
wait_for() {
    for _ in $(seq 200); do
        grep -qaF -- "$1" "$out" && return
        sleep 0.05
    done
}

{
    wait_for '> '
    printf '"äß日"\n'
    wait_for '// string'
    printf '"a\tb"\n'
    wait_for '"a\tb"  //'
    printf 'go func() { time.Sleep(50 * time.Millisecond); fmt.Println("as" + "ide") }()\n40 +'
    wait_for 'aside'
    printf ' 2\n'
    wait_for '// int'
    printf 'go func() { time.Sleep(50 * time.Millisecond); os.Exit(3) }()\n1 +'
    wait_for 'status'
} | LC_ALL=C HOME=$work timeout 60 script -qec "$mgo; echo status \$?; stty -a" /dev/null >"$out"

grep -qa 'Ctrl-D leaves' "$out" || { cat "$out"; echo 'no prompt'; exit 1; }
grep -qaF 'status' "$out" || { cat "$out"; echo 'os.Exit does not end the prompt'; exit 1; }
tr -d '\r' <"$out" | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' >"$work/plain"
fail() {
    cat "$work/plain"
    echo "$1"
    exit 1
}
grep -qF '"äß日"  // string' "$work/plain" || fail 'characters are lost'
grep -qF '"a\tb"  // string' "$work/plain" || fail 'tabs are lost'
grep -A1 'aside$' "$work/plain" | grep -q '^> 40 +' || fail 'the line is not shown below what was printed'
grep -qF '42  // int' "$work/plain" || fail 'the line is lost'
grep -q 'status 3$' "$work/plain" || fail 'the status of os.Exit'
grep -Eq '(^| )icanon' "$work/plain" || fail 'the terminal is left raw'
