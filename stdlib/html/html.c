/* SPDX-License-Identifier: MIT */
/* html: named character references. */
#include "stdlib/natives.gen.h"

#include <stdlib.h>
#include <string.h>

typedef struct Entity {
    const char *name; /* after the ampersand, with the semicolon if it has one */
    uint32_t first, second;
} Entity;

static const Entity entities[] = {
    /* sorted by name */
#define E(name, first, second) {name, first, second},
#include "stdlib/html/entities.def"
#undef E
};

static int compare(const void *key, const void *entity)
{
    const String *name = key;
    const char *other = ((const Entity *)entity)->name;
    size_t len = strlen(other), n = (size_t)name->len < len ? (size_t)name->len : len;
    int order = memcmp(name->data, other, n);
    return order ? order : (name->len > (int64_t)len) - (name->len < (int64_t)len);
}

void native_html_entity(NativeCall *call)
{
    String name = arg_string(call, 0);
    if (name.len == 0) return;
    const Entity *found =
        bsearch(&name, entities, sizeof entities / sizeof *entities, sizeof *entities, compare);
    if (!found) return;
    ret_int(call, 0, found->first);
    ret_int(call, 1, found->second);
}
