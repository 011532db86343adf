/* SPDX-License-Identifier: MIT */
/* Signals: what they do to a program by themselves, and how it catches them. Changing what a signal
 * does is for one thread at a time; package os/signal sees to that. */
#ifndef MGO_VM_SIGNAL_H
#define MGO_VM_SIGNAL_H

#include <stdbool.h>

/* Gives signals the meaning they have for a program that says nothing about them; before it runs.
 */
void signal_init(void);

/* Lets a signal be taken by signal_take, has it ignored, gives it its first meaning back where it
 * is caught: as in Go, what is ignored stays so until it is caught. Signals that nobody can catch,
 * that faults of the machine raise, or that the collector needs stay as they are. */
void signal_catch(int number);
void signal_ignore(int number);
void signal_reset(int number);
bool signal_is_ignored(int number);

/* A signal that was caught and not yet taken, or 0. Several of one number count once. */
int signal_take(void);
/* A descriptor that becomes readable when a signal is caught, or -1. Reading empties it. */
int signal_descriptor(void);

/* To be called when a write to standard output or standard error finds its pipe broken: the program
 * ends by SIGPIPE, unless it catches or ignores that. */
void signal_broken_pipe(void);

#endif
