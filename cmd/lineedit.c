/* SPDX-License-Identifier: MIT */
/* Loading libedit. */
#include "cmd/lineedit.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

static const struct {
    const char *name;
    size_t offset;
} symbols[] = {
    {"el_init", offsetof(LineEdit, init)},
    {"el_end", offsetof(LineEdit, end)},
    {"el_get", offsetof(LineEdit, get)},
    {"el_set", offsetof(LineEdit, set)},
    {"el_gets", offsetof(LineEdit, gets)},
    {"el_line", offsetof(LineEdit, line)},
    {"history_init", offsetof(LineEdit, history_init)},
    {"history_end", offsetof(LineEdit, history_end)},
    {"history", offsetof(LineEdit, history)},
};

static bool load(LineEdit *library)
{
    void *handle = dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!handle) return false;
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        void *symbol = dlsym(handle, symbols[i].name);
        if (!symbol) return false;
        *(void **)((char *)library + symbols[i].offset) = symbol;
    }
    return true;
}

const LineEdit *lineedit_load(void)
{
    static LineEdit library;
    static bool was_tried, is_there;
    if (!was_tried) is_there = load(&library);
    was_tried = true;
    return is_there ? &library : NULL;
}
