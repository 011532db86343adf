# SPDX-License-Identifier: MIT
# Helps tests/go-tests.sh.
#
#   mode=constraint FILE     fails where a build constraint keeps the file out of mgo's build
#   mode=cut LINES FILE      prints the file without the top-level declarations, or lines of an import or var group, that the
#                            numbers in LINES fall into

function ends_here(line) { sub(/ *\/\/ .*/, "", line); return line !~ /[{(]$/ && line !~ /`[^`]*$/ }

mode == "constraint" {
    if (/^\/\/go:build/) {
        if (/ignore|race|js|windows|plan9|!unix|!linux|darwin|bsd/ && !/linux|\|\| unix|!windows|!plan9|!js|!race/) bad = 1
        exit
    }
    if (/^package /) exit
}

mode == "cut" && FNR == NR { wrong[$1] = 1; next }

mode == "cut" { line[FNR] = $0; last = FNR }

END {
    if (mode == "constraint") {
        if (FILENAME ~ /_(windows|plan9|js|darwin|wasm|arm64|s390x|ppc64x)_test\.go$/) bad = 1
        exit bad
    }
    for (i = 1; i <= last; i = next_start) {
        text = line[i]
        next_start = i + 1
        if (text ~ /^import \($/) {
            print text
            for (i++; line[i] != ")"; i++) if (!(i in wrong)) print line[i]
            print line[i]
            next_start = i + 1
            continue
        }
        if (text !~ /^(func|var|type|const|import) /) {
            print text
            continue
        }
        # A declaration goes on to a closing line in column one.
        stop = i
        in_raw = 0
        if (!ends_here(line[i]))
            for (stop = i + 1; stop < last; stop++) {
                in_raw += gsub(/`/, "`", line[stop - 1])
                if (in_raw % 2 == (line[stop] ~ /^`/) && line[stop] ~ /^[})`]/ && line[stop] !~ /[{(]$/) break
            }
        bad = 0
        for (k = i; k <= stop; k++) if (k in wrong) bad = 1
        if (!bad) for (k = i; k <= stop; k++) print line[k]
        next_start = stop + 1
    }
}
