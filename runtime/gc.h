/* SPDX-License-Identifier: MIT */
/* The collected heap. gc.c and mark.c alone include <gc.h>. Memory comes zeroed. A word that looks
 * like a pointer to anywhere inside an object keeps it. */
#ifndef MGO_RUNTIME_GC_H
#define MGO_RUNTIME_GC_H

#include "runtime/rtype.h"

#include <pthread.h>

struct Goroutine;

/* Sets the collector up; on the main thread, before anything else here. With more than
 * memory_limit bytes of heap, stacks and C's memory (0: no limit) the program is out of memory. */
void gc_init(int64_t memory_limit);
/* Takes note that the stacks have grown or shrunk to so many bytes; returns whether these and the
 * heap keep within the limit, after a collection if need be. */
bool gc_note_stacks(uint64_t bytes);
/* Takes note of what C code has got by malloc; ends the program where that is too much. Some
 * microseconds; does nothing without a limit. */
void gc_note_malloc(void);
/* Memory that may hold pointers; from per-processor free lists where it is small. Never NULL: out
 * of memory is Go's fatal error. */
void *gc_new(size_t size);
/* Memory without pointers inside: bytes, numbers. */
void *gc_new_leaf(size_t size);
/* The same with whatever was in that memory before: for who fills it at once. */
void *gc_new_bytes(size_t size);
/* How many bytes there are from `at` to the end of the object that it points into; 0 where that is
 * none. */
size_t gc_room_from(const void *at);
/* Gives back what gc_new(size) gave and nothing points to. */
void gc_free(void *object, size_t size);
/* The same of gc_new_type(type, 1). */
void gc_free_type(const RType *type, void *object);
/* n elements of a type, by whether it holds pointers. The caller has checked n * size for overflow.
 */
void *gc_new_type(const RType *type, uint64_t n);
/* For a profile of memory: `note` is called on the allocating thread for one object in about *rate
 * bytes (*rate <= 0: none), with the bytes allocated since the one before. It may neither allocate
 * collected memory nor park. Small objects are looked at where a page of them is taken. */
void gc_set_sampling(const int64_t *rate, void (*note)(void *object, size_t size, uint64_t bytes));
/* Memory that is scanned and never freed, for package variables. */
void *gc_globals_alloc(size_t size);
/* The same for large variables without pointers: pages of their own, not scanned, low in the
 * address space, where a linker puts variables; those that nobody touches cost nothing. */
void *gc_globals_alloc_leaf(size_t size);
/* Scanned memory that lives until gc_root_free; for C structures that hold collected pointers. */
void *gc_root_alloc(size_t size);
void gc_root_free(void *p);
/* A chain of zeroed goroutine descriptors, linked through sched_next, in *chain, which must lie in
 * gc_root_alloc'ed memory. */
void gc_new_goroutines(struct Goroutine **chain);
/* Collects now (runtime.GC): returns when done. */
void gc_collect(void);
/* Gives free memory back to the OS (debug.FreeOSMemory), after a collection. Goroutines are frozen
 * meanwhile; for those that don't stop it waits so long, and goes on with what can be done
 * beside them. */
void gc_free_os(int64_t patience_ns);
/* Bytes allocated since the start; bytes of the heap that have memory behind them. Cheap. */
uint64_t gc_allocated_bytes(void);
uint64_t gc_mapped_bytes(void);
/* debug.SetGCPercent: how much the heap may grow between collections; negative: never collect by
 * itself. Returns the setting before (first: 100). */
int gc_set_percent(int percent);
/* debug.SetMemoryLimit: a soft limit, near which collections become more frequent, also with a
 * negative percentage; INT64_MAX for none; limit < 0 only asks. Returns the one before, at first
 * gc_init's. */
int64_t gc_set_limit(int64_t limit);
/* Writes a line to standard error after every collection (GODEBUG=gctrace). Before the program
 * runs. */
void gc_set_trace(void);
/* Weak references: a word in leaf memory that holds obj, hidden from the collector, until obj is
 * found unreachable; gc_weak_get returns NULL from then on. obj may be inside an object. */
void gc_weak_set(void **link, void *obj);
void *gc_weak_get(void **link);
/* SetFinalizer's core: fn(obj, arg) is called on the finalizer goroutine's turn; NULL fn removes.
 * An object that others with finalizers point to waits until theirs have run. */
void gc_set_finalizer(void *obj, void (*fn)(void *obj, void *arg), void *arg);
/* AddCleanup's: the same, but whatever points to the object. */
void gc_set_cleanup(void *obj, void (*fn)(void *obj, void *arg), void *arg);
/* Beginning of the collected object that p points into, or NULL; *size (size may be NULL) gets its
 * size. */
void *gc_base(const void *p, size_t *size);
/* Whether p leads to an object that the last collection found alive; nothing was allocated since.
 */
bool gc_survived(const void *p);
/* A thread the collector knows about. */
int gc_thread_create(pthread_t *thread, void *(*run)(void *), void *arg, size_t stack_size);
/* Runs fn(arg) on a thread that somebody else made, so that it may touch collected memory
 * meanwhile. */
void *gc_with_thread(void *(*fn)(void *), void *arg);
/* Whether the collector stops threads by this signal. */
bool gc_uses_signal(int number);
/* Runs fn(arg) as a thread that touches no collected memory meanwhile, so that stopping the world
 * need not wait for it. */
void *gc_do_blocking(void *(*fn)(void *), void *arg);
/* Within that: runs fn(arg) as a thread that touches collected memory after all. */
void *gc_undo_blocking(void *(*fn)(void *), void *arg);

/* Clears the part of the C stack that earlier calls have left behind and later ones will lie on:
 * the collector scans their frames, holes included. */
void gc_clear_stack_below(void);
/* The same of the next 8 KB only, which is little work. */
void gc_clear_little_below(void);
/* From now on collections don't look at the frames of the calling thread's callers, which must not
 * be returned to. */
void gc_forget_callers(void);

/* Clears the registers that callers keep values in; after gc_forget_callers, in the same function.
 */
static inline __attribute__((always_inline)) void gc_clear_registers(void)
{
#if defined(__x86_64__)
    __asm__ volatile("xor %%ebx, %%ebx\n\txor %%r12d, %%r12d\n\txor %%r13d, %%r13d\n\t"
                     "xor %%r14d, %%r14d\n\txor %%r15d, %%r15d"
                     :
                     :
                     : "rbx", "r12", "r13", "r14", "r15", "cc");
#elif defined(__aarch64__)
    __asm__ volatile("mov x19, 0\n\tmov x20, 0\n\tmov x21, 0\n\tmov x22, 0\n\tmov x23, 0\n\t"
                     "mov x24, 0\n\tmov x25, 0\n\tmov x26, 0\n\tmov x27, 0\n\tmov x28, 0"
                     :
                     :
                     : "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28");
#endif
}

/* Finalizers that are due: asks, runs them. */
bool gc_has_finalizers(void);
void gc_run_finalizers(void);
/* Collections so far; cheap. */
uint64_t gc_cycle(void);

/* Bytes of stacks that the last collection found less than a quarter full. */
uint64_t gc_sparse_bytes(void);

/* ---- Free lists, one set per processor ---- */

enum { GC_GRANULE = 16, GC_SMALL_MAX = 2048, GC_CLASSES = GC_SMALL_MAX / GC_GRANULE + 1 };

/* Lists of free objects by size in granules, linked through their first word. Used by the thread
 * whose gc_cache points to it; read by the collector with the world stopped. */
typedef struct GcCache {
    void *scanned[GC_CLASSES], *leaf[GC_CLASSES];
    uint64_t allocs, bytes; /* objects taken, those given back at once left out; their size */
    struct GcCache *next;
} GcCache;

/* What this thread allocates from; NULL: from the shared heap under its lock. */
extern __thread GcCache *gc_cache;
/* Makes a zeroed cache known to the collector, for ever. */
void gc_cache_register(GcCache *cache);

/* ---- Roots ---- */

/* `push` is called at every collection with the world stopped and calls gc_push_range for what it
 * knows. */
void gc_set_roots(void (*push)(void));
void gc_push_range(void *from, void *to);

/* `age` is called at every collection, likewise, before anything is marked: it may drop pointers.
 * One function for all. */
void gc_set_aging(void (*age)(void));

typedef struct GcStats {
    uint64_t heap_size, heap_free, heap_unmapped; /* bytes; the first two include the third */
    uint64_t live;        /* bytes of objects, as the last collection and later allocations tell */
    uint64_t total_alloc; /* bytes since start; never falls */
    uint64_t allocs, frees; /* objects; frees estimated; neither falls */
    uint64_t next;          /* bytes in use at which the next collection is due; UINT64_MAX: none */
    uint64_t tables;        /* bytes of the collector's own */
    uint64_t collections;
    uint64_t pause_total_ns, pause_last_ns, pause_max_ns, last_end_ns;
    uint64_t stacks, stacks_free; /* bytes of goroutine stacks and what of them is free */
} GcStats;
void gc_stats(GcStats *out);
enum { GC_PAUSES = 256 };
/* The latest pauses and their ends (ns since 1970): that of collection n, from 0, at n %
 * GC_PAUSES. */
void gc_pauses(uint64_t length[GC_PAUSES], uint64_t end[GC_PAUSES]);

#endif
