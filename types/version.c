/* SPDX-License-Identifier: MIT */
/* Nearly every package has the newest version, and none of its files says otherwise: the question
 * is answered by one comparison then. */
#include "types/version.h"

#include "types/expr.h"

#include <stdlib.h>
#include <string.h>

/* Of the file that holds pos; 0 if it says nothing. */
static int file_version(const Package *package, Pos pos)
{
    for (uint32_t i = 0; i < package->nfiles; i++) {
        const Node *file = package->files[i];
        const Source *source = file->file.source;
        if (!file->file.go_version || !source) continue;
        if (pos < source->base || pos > source->base + source->len) continue;
        int minor = atoi(file->file.go_version + strlen("go1."));
        return minor < 21 ? 21 : minor; /* files can't go back behind Go 1.21 */
    }
    return 0;
}

int version_at(const Package *package, Pos pos)
{
    int version = file_version(package, pos);
    if (!version) version = package->version;
    return version ? version : VERSION_NEWEST;
}

int types_version_at(const Package *package, Pos pos)
{
    return version_at(package, pos);
}

bool version_allows(Checker *c, const Node *at, int minor)
{
    return c->package->is_library || version_at(c->package, at->pos) >= minor;
}

bool version_check(Checker *c, Pos pos, Pos end, int minor, const char *what)
{
    if (c->package->is_library) return true;
    int version = version_at(c->package, pos);
    if (version >= minor) return true;
    const char *tail =
        file_version(c->package, pos)
            ? arena_printf(&types_arena, "file declares //go:build go1.%d", version)
            : arena_printf(&types_arena, "-lang was set to go1.%d; check go.mod", version);
    diag_error(pos, end, ERR_VERSION, what, minor, tail);
    return false;
}

bool version_check_generic_value(Checker *c, const Node *func, uint32_t nexplicit,
                                 const char *where)
{
    if (version_allows(c, func, 21)) return true;
    const char *how = nexplicit > 0 ? "partially" : "implicitly";
    return version_check(c, func->pos, func->end, 21,
                         arena_printf(&types_arena, "%s instantiated function %s", how, where));
}
