/* SPDX-License-Identifier: MIT */
/* libedit for the prompt, loaded when it is first wanted, so that it costs no program's start
 * anything. */
#ifndef MGO_CMD_LINEEDIT_H
#define MGO_CMD_LINEEDIT_H

#include <histedit.h>

/* libedit's functions of these names. */
typedef struct LineEdit {
    __typeof__(&el_init) init;
    __typeof__(&el_end) end;
    __typeof__(&el_get) get;
    __typeof__(&el_set) set;
    __typeof__(&el_gets) gets;
    __typeof__(&el_line) line;
    __typeof__(&history_init) history_init;
    __typeof__(&history_end) history_end;
    __typeof__(&history) history;
} LineEdit;

/* NULL where the library is not there. Fixed after the first call, which must be on the main
 * thread. */
const LineEdit *lineedit_load(void);

#endif
