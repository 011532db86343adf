/* SPDX-License-Identifier: MIT */
/* Showing diagnostics: one line for pipes, with the source line and a remedy on terminals, JSON for
 * machines. */
#ifndef MGO_BASE_SHOW_H
#define MGO_BASE_SHOW_H

#include "base/diag.h"

typedef struct ShowStyle {
    bool is_json;
    bool is_rich;    /* source line, underline and remedy below the message */
    bool has_colour; /* of rich output */
    int columns;     /* width of the terminal: longer source lines are cut */
} ShowStyle;

/* The style that fits a stream: rich on terminals, with colour unless NO_COLOR is set. */
ShowStyle show_style(FILE *out);
/* Prints one diagnostic that stands at `at`. */
void show_diag(const Diag *diag, const Location *at, const ShowStyle *style, FILE *out);

#endif
