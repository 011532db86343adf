/* SPDX-License-Identifier: MIT */
/* What goroutines print while a line is edited: it is written above the prompt, and the line is
 * drawn anew below. All functions are the main thread's. */
#ifndef MGO_CMD_ASIDE_H
#define MGO_CMD_ASIDE_H

#include "cmd/lineedit.h"

#include <signal.h>
#include <stdio.h>

/* Prepares, after the terminal was found to be one; what the editor is to draw on, NULL where there
 * are no descriptors left. Sees to it that the program's end shows what is left and gives the
 * terminal back its settings of now. */
FILE *aside_open(void);
/* Makes the editor read keys as this file does; `prompt_width` columns stand before the line. A signal
 * ends the reading only where *interrupted is set then. */
void aside_attach(const LineEdit *edit, EditLine *editor, int prompt_width,
                  const volatile sig_atomic_t *interrupted);
/* Around the editing of a line. */
void aside_begin(void);
void aside_end(void);

#endif
