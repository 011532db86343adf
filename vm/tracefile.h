/* SPDX-License-Identifier: MIT */
/* Recorded events as a file that stands for itself: places in code are resolved when it is written.
 *
 *     "mgotrace"   8 bytes
 *     version      u32: 2
 *     nstrings     u32
 *     nevents      u64
 *     dropped      u64: events that had no room, all of them earlier than the others of their
 *                  processor
 *     nstrings times: u16 length, then so many bytes: places, "main.worker x.mgo:12", and what the
 *                  program says itself in tasks, regions and logs
 *     nevents times: i64 time in ns since the program's clock began, u64 goroutine, u64 arg, u32
 *                  place (0: none, else a string, counted from 1), u8 kind, u8 reason, i16
 *                  processor (-1: none)
 *
 * All numbers have the low byte first. Kinds are counted in the order of runtime/event.def, which
 * also says what arg is, where the number of a text is that of a string here; reasons in that of
 * runtime/waitreason.def. */
#ifndef MGO_VM_TRACEFILE_H
#define MGO_VM_TRACEFILE_H

#include "base/buf.h"

/* Adds the file of what was recorded; see events_take. */
void tracefile_write(Buf *out);
/* Adds a trace file as text, a line for each event. Returns NULL, or what is wrong with the file.
 */
const char *tracefile_print(const char *data, size_t len, Buf *out);

#endif
