/* SPDX-License-Identifier: MIT */
/* Memory faults: what a program may provoke with package unsafe, ffi, or by chance in C. */
#ifndef MGO_VM_FAULT_H
#define MGO_VM_FAULT_H

/* From now on SIGSEGV and SIGBUS end the process with a report as Go's, status 2. */
void fault_init(void);

#endif
