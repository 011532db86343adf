/* SPDX-License-Identifier: MIT */
/* Scripts and the prompt: files whose top level has statements. */
#ifndef MGO_TYPES_SCRIPT_H
#define MGO_TYPES_SCRIPT_H

#include "types/checker.h"

/* Checks a script: a file without package clause. */
void check_script(Checker *c, Node *file);
/* Checks an input of the prompt; see types_check_prompt. */
bool check_prompt_input(Checker *c, Node *file, Object **body, Node **value);

#endif
