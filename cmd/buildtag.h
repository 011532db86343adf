/* SPDX-License-Identifier: MIT */
/* Build constraints: whether a file of an imported folder takes part. */
#ifndef MGO_CMD_BUILDTAG_H
#define MGO_CMD_BUILDTAG_H

#include <stdbool.h>
#include <stddef.h>

/* Tags, separated by commas or blanks, that hold beside those below (-tags). Kept. */
void buildtag_add(const char *list);
/* Whether a file of this name (x_GOOS_GOARCH.go) and text (//go:build lines before the package
 * clause) is built by mgo: tags linux, unix, mgo, purego, go1.1 to go1.27. */
bool buildtag_matches(const char *file_name, const char *text, size_t len);

#endif
