# SPDX-License-Identifier: MIT
# Turns the library's .mgo files into C:
#
#     awk -v mode=files   -v dir=stdlib/ -f tools/embed.awk FILE.mgo…   > stdlib/embedded.gen.c
#     awk -v mode=natives -v dir=stdlib/ -f tools/embed.awk FILE.mgo…   > stdlib/natives.gen.c
#     awk -v mode=header  -v dir=stdlib/ -f tools/embed.awk FILE.mgo…   > stdlib/natives.gen.h
#
# files: every source as a string literal, and the table stdlib_files.
# natives, header: a top-level func declaration without body is a native. It stands on one line, which then ends neither in a
# brace nor in "(" or ",". native_PACKAGE_Name or native_PACKAGE_Type_Name is its C function.

function package_of(path,    s)
{
    s = substr(path, length(dir) + 1)
    sub("/[^/]*$", "", s)
    return s
}

function quoted(line)
{
    gsub(/\\/, "&&", line)
    gsub(/"/, "\\\\&", line)
    gsub(/\t/, "\\t", line)
    return "    \"" line "\\n\""
}

# Notes the native that `line` declares: sets names[n] as the table has it, functions[] as C has it.
function note_native(line,    receiver, name)
{
    sub(/^func +/, "", line)
    receiver = ""
    if (line ~ /^\(/) {
        receiver = line
        sub(/\).*/, "", receiver)
        sub(/^\(([A-Za-z_0-9]+ )? *\*?/, "", receiver)
        sub(/\[.*/, "", receiver)
        sub(/^\([^)]*\) */, "", line)
    }
    name = line
    sub(/[^A-Za-z_0-9].*/, "", name)
    if (receiver != "") name = receiver "." name
    names[n] = package "." name
    functions[names[n]] = "native_" package "_" name
    gsub(/[\/.]/, "_", functions[names[n]])
    n++
}

BEGIN {
    n = nfiles = 0
    if (mode == "files") print "/* Generated from the .mgo files of stdlib/ by tools/embed.awk. */\n#include \"stdlib/native.h\"\n"
}

FNR == 1 {
    if (mode == "files" && nfiles > 0) print "    \"\\0\";\n"
    package = package_of(FILENAME)
    files[nfiles] = FILENAME
    if (mode == "files") print "static const char text" nfiles "[] ="
    nfiles++
}

mode == "files" { print quoted($0); next }

/^func / && !/[{}(,] *$/ { note_native($0) }

function sort_names(    i, j, held)
{
    for (i = 1; i < n; i++) {
        held = names[i]
        for (j = i; j > 0 && names[j - 1] > held; j--) names[j] = names[j - 1]
        names[j] = held
    }
}

function end_files(    i)
{
    if (nfiles > 0) print "    \"\\0\";\n"
    print "const EmbeddedFile stdlib_files[] = {"
    for (i = 0; i < nfiles; i++)
        print "    {\"" package_of(files[i]) "\", \"" substr(files[i], length(dir) + 1) "\", text" i ", sizeof text" i " - 2},"
    print "};\nconst size_t stdlib_nfiles = " nfiles ";"
}

function end_header(    i)
{
    print "/* Generated from the .mgo files of stdlib/ by tools/embed.awk. */"
    print "#ifndef MGO_STDLIB_NATIVES_GEN_H\n#define MGO_STDLIB_NATIVES_GEN_H\n\n#include \"stdlib/native.h\"\n"
    for (i = 0; i < n; i++) print "NativeFn " functions[names[i]] ";"
    print "\n#endif"
}

function end_natives(    i)
{
    print "/* Generated from the .mgo files of stdlib/ by tools/embed.awk. */"
    print "#include \"stdlib/natives.gen.h\"\n\n#include <stdlib.h>\n#include <string.h>\n"
    print "typedef struct Entry {\n    const char *name;\n    NativeFn *fn;\n} Entry;\n"
    print "static const Entry entries[] = { /* sorted by name */"
    for (i = 0; i < n; i++) print "    {\"" names[i] "\", " functions[names[i]] "},"
    print "};\n"
    print "static int compare(const void *name, const void *entry)\n{"
    print "    return strcmp(name, ((const Entry *)entry)->name);\n}\n"
    print "NativeFn *stdlib_native(const char *name)\n{"
    print "    const Entry *entry = bsearch(name, entries, sizeof entries / sizeof *entries, sizeof *entries, compare);"
    print "    return entry ? entry->fn : NULL;\n}"
}

END {
    if (mode == "files") end_files()
    else {
        sort_names()
        if (mode == "header") end_header()
        else end_natives()
    }
}
