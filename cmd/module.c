/* SPDX-License-Identifier: MIT */
/* Of go.mod only the lines "module" and "go" matter here: mgo fetches nothing, so what a module
 * requires must be found below its own folder or in the library. */
#include "cmd/module.h"

#include "base/fatal.h"
#include "base/intern.h"
#include "base/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int module_version(const char *text)
{
    if (strncmp(text, "go", 2) == 0) text += 2;
    if (strncmp(text, "1.", 2) != 0) return 0;
    char *end;
    long minor = strtol(text + 2, &end, 10);
    return end > text + 2 && minor > 0 && minor < 1000 ? (int)minor : 0;
}

/* ---- go.mod ---- */

static char *copy(const char *text, size_t len)
{
    char *text_copy = strndup(text, len);
    if (!text_copy) fatal_out_of_memory();
    return text_copy;
}

static void read_line(Module *module, const char *line)
{
    char word[4096];
    if (!module->path && sscanf(line, " module %4095s", word) == 1) {
        const char *from = word[0] == '"' ? word + 1 : word;
        module->path = copy(from, strcspn(from, "\""));
    } else if (module->version == 0 && sscanf(line, " go %4095s", word) == 1) {
        module->version = module_version(word);
    }
}

static Module *read_module(const char *folder)
{
    char *path = NULL, line[4200];
    if (asprintf(&path, "%s/go.mod", strcmp(folder, "/") == 0 ? "" : folder) < 0)
        fatal_out_of_memory();
    FILE *in = fopen(path, "r");
    free(path);
    if (!in) return NULL;
    Module *module = calloc(1, sizeof *module);
    if (!module) fatal_out_of_memory();
    module->root = copy(folder, strlen(folder));
    while (fgets(line, sizeof line, in)) read_line(module, line);
    fclose(in);
    return module;
}

static Module *find_module(char *real)
{
    for (char *slash; real[0]; slash[slash == real] = 0) {
        Module *module = read_module(real);
        if (module) return module;
        slash = strrchr(real, '/');
        if (!slash || real[1] == 0) break;
    }
    return NULL;
}

const Module *module_of(const char *folder)
{
    static PtrMap known; /* Name of a folder → Module, or &none; under the lock of compilation */
    static Module none;
    Name name = intern_str(folder);
    Module *module = map_get(&known, name);
    if (!module) {
        char *real = realpath(folder[0] ? folder : ".", NULL);
        module = real ? find_module(real) : NULL;
        free(real);
        if (!module) module = &none;
        map_set(&known, name, module);
    }
    return module->path ? module : NULL;
}

const char *module_below(const Module *module, const char *path)
{
    size_t len = strlen(module->path);
    if (strncmp(path, module->path, len) != 0 || (path[len] != '/' && path[len] != 0)) return NULL;
    return path + len;
}

/* ---- Internal folders ---- */

bool module_may_import(const char *folder, const char *from)
{
    char *real_folder = realpath(folder, NULL), *real_from = realpath(from[0] ? from : ".", NULL);
    const char *internal = NULL;
    for (const char *p = real_folder; p && (p = strstr(p, "/internal")); p += 9)
        if (p[9] == '/' || p[9] == 0) internal = p;
    size_t len = internal ? (size_t)(internal - real_folder) : 0;
    bool may = !internal || !real_from ||
               (strncmp(real_from, real_folder, len) == 0 &&
                (real_from[len] == '/' || real_from[len] == 0));
    free(real_folder);
    free(real_from);
    return may;
}
