/* SPDX-License-Identifier: MIT */
/* The collected heap, on Boehm's collector.
 *
 * Small objects come from free lists that the running worker's processor owns, so the common
 * allocation takes no lock: pop, clear the link, done. An empty list is refilled with a page's
 * worth of objects by GC_generic_malloc_many.
 *
 * Why the lists survive a collection. To the collector an object on such a list is allocated, so if
 * nothing marks it, it is swept and handed out a second time. Clearing the lists at a collection is
 * no way out: the world is stopped by signals, perhaps between an owner's load of the head and its
 * store of the next, and that store would bring back a tail that was swept. So the lists are
 * marked, object by object, in push_roots, as the collector does with its own thread-local lists.
 * Then each moment at which the owner may be stopped is safe:
 *   - before the load of the head: every object is on the list, hence marked;
 *   - between load and store: the list as memory shows it still holds the object, hence marked;
 *   - after the store: the object is in a register or on the C stack, which are scanned;
 *   - in a refill: GC_generic_malloc_many stores the new chain into our list head itself, while
 *     it keeps collections off.
 * A cache that no worker uses at the moment (its processor is idle) is in the register of caches
 * all the same.
 *
 * Objects with pointers and goroutine descriptors are of kinds of our own: how these are gone
 * through is in mark.c. */
#include "runtime/gc.h"

#include "base/cstack.h"
#include "base/fatal.h"
#include "runtime/clock.h"
#include "runtime/event.h"
#include "runtime/g.h"
#include "runtime/mark.h"
#include "runtime/sched.h"
#include "runtime/stack.h"

#include <inttypes.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define GC_THREADS
#define GC_NO_THREAD_REDIRECTS
#include <gc.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>

/* Exported by the library, declared only in its private headers: stores a chain of objects of
 * exactly `size` bytes in *result. */
void GC_generic_malloc_many(size_t size, int kind, void **result);

enum { INITIAL_HEAP = 64 << 20 };

__thread GcCache *gc_cache __attribute__((tls_model("initial-exec")));

static uint8_t size_class[GC_CLASSES]; /* granules wanted -> granules given; fixed after gc_init */
static _Atomic(GcCache *) caches;      /* all of them, linked by next; only pushed to */
static void (*push_program_roots)(void);            /* fixed after start */
static GC_push_other_roots_proc push_thread_stacks; /* the collector's own; fixed after gc_init */
static void (*_Atomic age_program)(void);
static _Atomic bool finalizers_due;
static _Atomic uint64_t cycles, pause_total, pause_last, pause_max,
    last_end; /* written by the collecting thread */
static _Atomic uint64_t cacheless_allocs, cacheless_bytes;
static _Atomic uint64_t pause_lengths[GC_PAUSES], pause_ends[GC_PAUSES]; /* likewise */
static _Atomic int percent = 100;
static _Atomic int64_t limit = INT64_MAX;
static bool is_traced;                          /* fixed before the program runs */
static int64_t hard_limit;                      /* of all memory, 0: none; fixed after gc_init */
static _Atomic uint64_t stacks_use, malloc_use; /* bytes, as told last */

/* ---- Marking ---- */

static void mark_list(void *object)
{
    for (; object; object = *(void **)object) GC_set_mark_bit(object);
}

static void push_roots(void)
{
    void (*age)(void) = atomic_load(&age_program);
    if (age) age();
    if (push_thread_stacks) push_thread_stacks();
    for (GcCache *cache = atomic_load(&caches); cache; cache = cache->next)
        for (int i = 0; i < GC_CLASSES; i++) {
            mark_list(cache->scanned[i]);
            mark_list(cache->leaf[i]);
        }
    if (push_program_roots) push_program_roots();
    mark_push_roots();
}

void gc_set_roots(void (*push)(void))
{
    push_program_roots = push;
}

void gc_set_aging(void (*age)(void))
{
    atomic_store(&age_program, age);
}

void gc_push_range(void *from, void *to)
{
    GC_push_all(from, to);
}

void gc_cache_register(GcCache *cache)
{
    cache->next = atomic_load(&caches);
    while (!atomic_compare_exchange_weak(&caches, &cache->next, cache)) {
    }
}

/* ---- Setting up ---- */

static void *out_of_memory(size_t size)
{
    (void)size;
    fatal_out_of_memory();
}

static void note_finalizers(void)
{
    atomic_store(&finalizers_due, true);
}

/* ---- Pace ---- */

static _Atomic uint64_t next_at; /* bytes of heap in use at which the next collection is due */

static uint64_t heap_in_use(void)
{
    struct GC_prof_stats_s prof;
    GC_get_prof_stats_unsafe(&prof, sizeof prof);
    return prof.heapsize_full - prof.free_bytes_full;
}

/* How much may be allocated until the next collection; UINT64_MAX: as much as there is room. A soft
 * limit leaves little where it is near, but never so little that the program only collects. */
static uint64_t allowance(uint64_t in_use)
{
    enum { LEAST = 4 << 20, PART = 16 };
    int p = atomic_load(&percent);
    int64_t most = atomic_load(&limit);
    uint64_t allowed = p < 0 ? UINT64_MAX : in_use / 100 * (uint64_t)p;
    if (p >= 0 && allowed < LEAST) allowed = LEAST;
    if (most == INT64_MAX) return allowed;
    uint64_t used = in_use + stack_bytes(), least = in_use / PART;
    uint64_t left = (uint64_t)most > used ? (uint64_t)most - used : 0;
    if (left < least) left = least;
    if (left < LEAST) left = LEAST;
    return left < allowed ? left : allowed;
}

/* The collector knows a divisor, by which less than the heap is allocated between collections, and
 * a least amount, by which more is. The collector's lock is held. */
static void set_pace(void)
{
    enum { DIVISOR_MAX = 64 };
    uint64_t in_use = heap_in_use(), allowed = allowance(in_use);
    atomic_store(&next_at, allowed == UINT64_MAX ? UINT64_MAX : in_use + allowed);
    if (allowed == UINT64_MAX) return;
    uint64_t divisor = allowed ? in_use / allowed : DIVISOR_MAX;
    GC_set_free_space_divisor(divisor < 1 ? 1 : divisor > DIVISOR_MAX ? DIVISOR_MAX : divisor);
    GC_set_min_bytes_allocd(allowed >= in_use ? allowed : 1);
}

static void *set_pace_locked(void *unused)
{
    set_pace();
    return unused;
}

/* ---- What happens in a collection ---- */

void gc_set_trace(void)
{
    is_traced = true;
}

/* A line of the words of Go's: when, the share of the time that collections have taken, how long
 * everybody was stopped, what was in use before and after, heap, stacks, processors. */
static void trace_collection(uint64_t before)
{
    enum { MB_SHIFT = 20 };
    struct GC_prof_stats_s prof;
    GC_get_prof_stats_unsafe(&prof, sizeof prof);
    int64_t elapsed = clock_host_ns() - clock_host_start_ns();
    dprintf(STDERR_FILENO,
            "gc %" PRIu64 " @%.3fs %d%%: %.3f ms clock, %" PRIu64 "->%" PRIu64
            " MB, %zu MB heap, %" PRIu64 " MB stacks, %d P\n",
            atomic_load(&cycles), (double)elapsed / 1e9,
            (int)(atomic_load(&pause_total) * 100 / (uint64_t)(elapsed > 0 ? elapsed : 1)),
            (double)atomic_load(&pause_last) / 1e6, before >> MB_SHIFT, heap_in_use() >> MB_SHIFT,
            (size_t)(prof.heapsize_full >> MB_SHIFT), stack_bytes() >> MB_SHIFT, sched_nprocs());
}

/* Called with the collector's lock held. */
static void note_event(GC_EventType event)
{
    static int64_t stopped_at;
    static uint64_t before;
    if (event == GC_EVENT_PRE_STOP_WORLD) {
        if (is_traced) before = heap_in_use();
        stopped_at = clock_host_ns();
        event_note(EVENT_GC_BEGIN, g_current(), atomic_load(&cycles) + 1);
        mark_begin((uint32_t)(stopped_at / 1000000000));
    } else if (event == GC_EVENT_POST_START_WORLD) {
        int64_t now = clock_host_ns();
        atomic_store(&pause_last, now - stopped_at);
        if (now - stopped_at > (int64_t)atomic_load(&pause_max))
            atomic_store(&pause_max, now - stopped_at);
        atomic_fetch_add(&pause_total, now - stopped_at);
        atomic_store(&last_end, sched_walltime());
        atomic_store(&pause_lengths[atomic_load(&cycles) % GC_PAUSES], now - stopped_at);
        atomic_store(&pause_ends[atomic_load(&cycles) % GC_PAUSES], atomic_load(&last_end));
        atomic_fetch_add(&cycles, 1);
        event_note(EVENT_GC_END, g_current(), atomic_load(&cycles));
    } else if (event == GC_EVENT_RECLAIM_END) {
        set_pace();
        if (is_traced) trace_collection(before);
    }
}

/* As many objects fit into a page of 4 KB with size_class[i] granules as with i. */
static void make_size_classes(void)
{
    enum { PAGE_GRANULES = 4096 / GC_GRANULE };
    for (int i = 1; i < GC_CLASSES; i++) {
        int per_page = PAGE_GRANULES / i;
        int granules = PAGE_GRANULES / per_page;
        size_class[i] = granules < GC_CLASSES ? granules : GC_CLASSES - 1;
    }
}

/* What is left for the heap beside stacks, C's memory and the collector's own tables. */
static uint64_t heap_share(void)
{
    uint64_t tables =
        GC_get_obtained_from_os_bytes() - GC_get_heap_size() - GC_get_unmapped_bytes();
    uint64_t others = atomic_load(&stacks_use) + atomic_load(&malloc_use) + tables;
    return (uint64_t)hard_limit > others ? (uint64_t)hard_limit - others : 1;
}

/* The collector rather collects than lets the heap grow beyond its maximum, and where that does not
 * help fails; so it gets what the others leave. Where these have grown, what is garbage goes first.
 */
static bool keep_within(bool may_collect)
{
    uint64_t share = heap_share();
    GC_set_max_heap_size(share);
    if (GC_get_heap_size() - GC_get_free_bytes() <= share) return true;
    if (!may_collect) return false;
    GC_gcollect();
    return GC_get_heap_size() - GC_get_free_bytes() <= heap_share();
}

bool gc_note_stacks(uint64_t bytes)
{
    if (!hard_limit) return true;
    uint64_t before = atomic_exchange(&stacks_use, bytes);
    return keep_within(bytes > before);
}

void gc_note_malloc(void)
{
    if (!hard_limit) return;
    struct mallinfo2 info = mallinfo2();
    atomic_store(&malloc_use, info.uordblks + info.hblkhd);
    if (!keep_within(true)) fatal_out_of_memory();
}

static size_t initial_heap(void)
{
    enum { PART = 8 };
    return hard_limit && hard_limit / PART < INITIAL_HEAP ? hard_limit / PART : INITIAL_HEAP;
}

/* What the collector would find out from files in /proc it is told: where the main thread's stack
 * begins, and the number of processors, for which there is a variable only. Its marking threads
 * come with the first thread of the program. */
static void start_collector(void)
{
    static const char variable[] = "GC_NPROCS";
    struct GC_stack_base base = {.mem_base = cstack_main_bottom()};
    char count[16];
    bool is_told = getenv(variable) != NULL;
    snprintf(count, sizeof count, "%d", sched_cores());
    if (base.mem_base) GC_set_stackbottom(NULL, &base);
    if (!is_told) setenv(variable, count, 1);
    GC_INIT();
    if (!is_told) unsetenv(variable);
}

void gc_init(int64_t memory_limit)
{
    hard_limit = memory_limit;
    if (memory_limit) limit = memory_limit;
    GC_set_all_interior_pointers(1);
    GC_set_finalize_on_demand(1);
    GC_set_finalizer_notifier(note_finalizers);
    GC_set_warn_proc(GC_ignore_warn_proc);
    GC_set_dont_precollect(1);
    start_collector();
    GC_set_free_space_divisor(1);
    GC_set_oom_fn(out_of_memory);
    GC_set_on_collection_event(note_event);
    gc_note_stacks(0);
    GC_expand_hp(initial_heap());
    make_size_classes();
    mark_init();
    push_thread_stacks = GC_get_push_other_roots();
    GC_set_push_other_roots(push_roots);
}

/* ---- Sampling ---- */

typedef void NoteObject(void *object, size_t size, uint64_t bytes);
static _Atomic(NoteObject *) note_object;      /* NULL: nothing is sampled */
static _Atomic(const int64_t *) sampling_rate; /* set before note_object */

/* Distances between samples are random, so that no rhythm of the program hides an object. */
__attribute__((noinline)) static void sample(NoteObject *note, void *object, size_t size,
                                             size_t bytes)
{
    static __thread uint64_t since, next;
    int64_t rate = *atomic_load(&sampling_rate);
    since += bytes;
    if (rate <= 0 || since < next) return;
    uint64_t weight = since;
    since = 0;
    next = sched_random() % (2 * (uint64_t)rate);
    note(object, size, weight);
}

static inline void note_taken(void *object, size_t size, size_t bytes)
{
    NoteObject *note = atomic_load_explicit(&note_object, memory_order_acquire);
    if (__builtin_expect(note != NULL, 0)) sample(note, object, size, bytes);
}

void gc_set_sampling(const int64_t *rate, void (*note)(void *object, size_t size, uint64_t bytes))
{
    atomic_store(&sampling_rate, rate);
    atomic_store(&note_object, note);
}

/* ---- Allocating ---- */

static void *new_shared(size_t size, bool is_leaf)
{
    atomic_fetch_add_explicit(&cacheless_allocs, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&cacheless_bytes, size, memory_order_relaxed);
    void *object = is_leaf ? GC_malloc_atomic(size) : GC_generic_malloc(size, mark_kinds.object[0]);
    if (!object) fatal_out_of_memory();
    note_taken(object, size, size);
    return object;
}

__attribute__((noinline)) static void *refill(void **list, int granules, bool is_leaf)
{
    enum { PAGE = 4096 };
    int kind = is_leaf ? GC_I_PTRFREE : mark_kinds.object[granules < MARK_SIZES ? granules : 0];
    GC_generic_malloc_many((size_t)granules * GC_GRANULE, kind, list);
    if (!*list) fatal_out_of_memory();
    note_taken(*list, (size_t)granules * GC_GRANULE, PAGE);
    return *list;
}

static char nothing[GC_GRANULE]; /* what an object of no size points to */

#ifdef MGO_STRESS_GC
/* Collects at every few allocations of each thread; with a large heap less often, so that a
 * program's time stays bounded. */
static void stress(void)
{
    enum { EVERY = 50, BYTES_PER_ALLOC = 1 << 16 };
    static __thread uint64_t tick, next;
    if (++tick < next) return;
    GC_gcollect();
    next = tick + EVERY + GC_get_heap_size() / BYTES_PER_ALLOC;
}
#else
#    define stress() ((void)0)
#endif

void *gc_new(size_t size)
{
    GcCache *cache = gc_cache;
    stress();
    if (size > GC_SMALL_MAX || !cache) return new_shared(size, false);
    if (size == 0) return nothing;
    int granules = size_class[(size + GC_GRANULE - 1) / GC_GRANULE];
    void **list = &cache->scanned[granules];
    void *object = *list;
    if (!object) object = refill(list, granules, false);
    *list = *(void **)object;
    *(void **)object = NULL;
    cache->allocs++;
    cache->bytes += size;
    return object;
}

static inline void *new_bytes(size_t size)
{
    GcCache *cache = gc_cache;
    stress();
    if (size > GC_SMALL_MAX || !cache) return new_shared(size, true);
    if (size == 0) return nothing;
    int granules = size_class[(size + GC_GRANULE - 1) / GC_GRANULE];
    void **list = &cache->leaf[granules];
    void *object = *list;
    if (!object) object = refill(list, granules, true);
    *list = *(void **)object;
    cache->allocs++;
    cache->bytes += size;
    return object;
}

void *gc_new_bytes(size_t size)
{
    return new_bytes(size);
}

size_t gc_room_from(const void *at)
{
    const char *object = GC_base((void *)(uintptr_t)at);
    return object ? GC_size(object) - (size_t)((const char *)at - object) : 0;
}

void *gc_new_leaf(size_t size)
{
    uint64_t *object = new_bytes(size);
    if (size > GC_GRANULE) return memset(object, 0, size);
    object[0] = object[1] = 0;
    return object;
}

static inline void give_back(void *object, size_t size, bool is_leaf)
{
    GcCache *cache = gc_cache;
    if (size > GC_SMALL_MAX || size == 0 || !cache) return; /* the collector's */
    int granules = size_class[(size + GC_GRANULE - 1) / GC_GRANULE];
    void **list = is_leaf ? &cache->leaf[granules] : &cache->scanned[granules];
    if (!is_leaf) memset(object, 0, size);
    *(void **)object = *list;
    *list = object;
    cache->allocs--;
    cache->bytes -= size;
}

void gc_free(void *object, size_t size)
{
    give_back(object, size, false);
}

void gc_free_type(const RType *type, void *object)
{
    give_back(object, type->size, !(type->flags & RT_POINTERS));
}

/* Objects larger than half a block begin at the beginning of a block, so equally long rows of a
 * matrix would all fall on the same few cache lines. Arrays therefore begin at varying lines of the
 * room that their last block leaves; the collector knows pointers into objects. */
static void *new_spread(size_t size, bool is_leaf)
{
    enum { BLOCK = 4096, LINE = 64 };
    static __thread uint32_t turn;
    size_t lines = ((BLOCK - 1 - size) & (BLOCK - 1)) / LINE;
    char *object = is_leaf ? gc_new_leaf(size + lines * LINE) : gc_new(size + lines * LINE);
    return lines ? object + turn++ % lines * LINE : object;
}

void *gc_new_type(const RType *type, uint64_t n)
{
    enum { SPREAD_MAX = 1 << 20 };
    size_t size = type->size * n;
    bool is_leaf = !(type->flags & RT_POINTERS);
    if (size > GC_SMALL_MAX && n > 1 && size <= SPREAD_MAX) return new_spread(size, is_leaf);
    return is_leaf ? gc_new_leaf(size) : gc_new(size);
}

void gc_new_goroutines(Goroutine **chain)
{
    size_t size = (sizeof(Goroutine) + GC_GRANULE - 1) & -(size_t)GC_GRANULE;
    GC_generic_malloc_many(size, mark_kinds.goroutine, (void **)chain);
    if (!*chain) fatal_out_of_memory();
}

void *gc_root_alloc(size_t size)
{
    void *object = GC_malloc_uncollectable(size);
    if (!object) fatal_out_of_memory();
    return object;
}

void *gc_globals_alloc(size_t size)
{
    return gc_root_alloc(size + GC_GRANULE);
}

void *gc_globals_alloc_leaf(size_t size)
{
    void *low = (void *)((uintptr_t)1 << 24), *memory;
    memory =
        mmap(low, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) fatal_out_of_memory();
    return memory;
}

void gc_root_free(void *p)
{
    GC_free(p);
}

void *gc_base(const void *p, size_t *size)
{
    void *base = GC_base((void *)(uintptr_t)p);
    if (base && size) *size = GC_size(base);
    return base;
}

bool gc_survived(const void *p)
{
    void *base = GC_base((void *)(uintptr_t)p);
    return base && GC_is_marked(base);
}

/* ---- Collecting ---- */

/* The collector's switch holds for collections that are asked for, too, as Go's does not. */
void gc_collect(void)
{
    bool is_off = GC_is_disabled();
    if (is_off) GC_enable();
    GC_gcollect();
    if (is_off) GC_disable();
}

/* Free bytes of the heap that still have memory behind them. */
static size_t mapped_free_bytes(void)
{
    return GC_get_free_bytes();
}

uint64_t gc_allocated_bytes(void)
{
    return GC_get_total_bytes();
}

uint64_t gc_mapped_bytes(void)
{
    return GC_get_heap_size();
}

void gc_free_os(int64_t patience_ns)
{
    enum { LEAST = 3, MOST = 10, LEFT_BYTES = 1 << 20 };
    g_release_idle(patience_ns);
    /* The first collection frees, the others age what is free until it is unmapped. Whatever is
     * allocated meanwhile makes the free block it is cut from young again. So the others are held,
     * and where they can't be, more turns are taken. */
    bool is_off = GC_is_disabled();
    if (is_off) GC_enable();
    sched_freeze(patience_ns);
    for (int i = 0; i < MOST && (i < LEAST || mapped_free_bytes() > LEFT_BYTES); i++)
        GC_gcollect_and_unmap();
    if (is_off) GC_disable();
    sched_thaw();
}

/* The collector is off where neither a percentage nor a limit asks for it. */
static bool is_off(void)
{
    return atomic_load(&percent) < 0 && atomic_load(&limit) == INT64_MAX;
}

/* The collector asks for its pace once after each collection, hence the one here. */
static void apply(bool was_off)
{
    if (was_off && !is_off()) GC_enable();
    if (!was_off && is_off()) GC_disable();
    GC_call_with_alloc_lock(set_pace_locked, NULL);
    if (!is_off() && atomic_load(&cycles) > 0) GC_gcollect();
}

int gc_set_percent(int new_percent)
{
    bool was_off = is_off();
    int before = atomic_exchange(&percent, new_percent < 0 ? -1 : new_percent);
    if (new_percent != before) apply(was_off);
    return before;
}

int64_t gc_set_limit(int64_t new_limit)
{
    bool was_off = is_off();
    if (new_limit < 0) return atomic_load(&limit);
    int64_t before = atomic_exchange(&limit, new_limit);
    if (new_limit != before) apply(was_off);
    return before;
}

void gc_weak_set(void **link, void *obj)
{
    void *base = GC_base(obj);
    *link = (void *)GC_HIDE_POINTER(obj);
    if (base) GC_general_register_disappearing_link(link, base);
}

static void *reveal(void *link)
{
    void *hidden = *(void **)link;
    return hidden ? GC_REVEAL_POINTER(hidden) : NULL;
}

void *gc_weak_get(void **link)
{
    return GC_call_with_alloc_lock(reveal, link);
}

void gc_set_finalizer(void *obj, void (*fn)(void *obj, void *arg), void *arg)
{
    GC_register_finalizer_ignore_self(obj, fn, arg, NULL, NULL);
}

void gc_set_cleanup(void *obj, void (*fn)(void *obj, void *arg), void *arg)
{
    GC_register_finalizer_no_order(obj, fn, arg, NULL, NULL);
}

bool gc_has_finalizers(void)
{
    return atomic_load_explicit(&finalizers_due, memory_order_relaxed);
}

void gc_run_finalizers(void)
{
    atomic_store(&finalizers_due, false);
    GC_invoke_finalizers();
}

uint64_t gc_cycle(void)
{
    return atomic_load_explicit(&cycles, memory_order_relaxed);
}

uint64_t gc_sparse_bytes(void)
{
    return mark_sparse_bytes();
}

/* ---- Threads ---- */

int gc_thread_create(pthread_t *thread, void *(*run)(void *), void *arg, size_t stack_size)
{
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    if (stack_size) pthread_attr_setstacksize(&attr, stack_size);
    int error = GC_pthread_create(thread, &attr, run, arg);
    pthread_attr_destroy(&attr);
    return error;
}

void *gc_with_thread(void *(*fn)(void *), void *arg)
{
    struct GC_stack_base base;
    bool is_new =
        GC_get_stack_base(&base) == GC_SUCCESS && GC_register_my_thread(&base) == GC_SUCCESS;
    void *result = fn(arg);
    if (is_new) GC_unregister_my_thread();
    return result;
}

bool gc_uses_signal(int number)
{
    return number == GC_get_suspend_signal() || number == GC_get_thr_restart_signal();
}

void *gc_do_blocking(void *(*fn)(void *), void *arg)
{
    return GC_do_blocking(fn, arg);
}

void *gc_undo_blocking(void *(*fn)(void *), void *arg)
{
    return GC_call_with_gc_active(fn, arg);
}

/* What copying has left in the vector registers lands on the C stack when the linker finds a
 * function that is called for the first time. */
static void clear_vector_registers(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vl"))
        __asm__ volatile("vpxord %xmm16, %xmm16, %xmm16\n\tvpxord %xmm17, %xmm17, %xmm17\n\t"
                         "vpxord %xmm18, %xmm18, %xmm18\n\tvpxord %xmm19, %xmm19, %xmm19\n\t"
                         "vpxord %xmm20, %xmm20, %xmm20\n\tvpxord %xmm21, %xmm21, %xmm21\n\t"
                         "vpxord %xmm22, %xmm22, %xmm22\n\tvpxord %xmm23, %xmm23, %xmm23\n\t"
                         "vpxord %xmm24, %xmm24, %xmm24\n\tvpxord %xmm25, %xmm25, %xmm25\n\t"
                         "vpxord %xmm26, %xmm26, %xmm26\n\tvpxord %xmm27, %xmm27, %xmm27\n\t"
                         "vpxord %xmm28, %xmm28, %xmm28\n\tvpxord %xmm29, %xmm29, %xmm29\n\t"
                         "vpxord %xmm30, %xmm30, %xmm30\n\tvpxord %xmm31, %xmm31, %xmm31");
    if (__builtin_cpu_supports("avx"))
        __asm__ volatile("vzeroall" ::
                             : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
                               "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
                               "xmm15");
#endif
}

__attribute__((noinline)) void gc_clear_little_below(void)
{
    enum { SIZE = 1 << 13 };
    char left_over[SIZE];
    memset(left_over, 0, sizeof left_over);
    __asm__ volatile("" : : "r"(left_over) : "memory"); /* not to be left out */
}

__attribute__((noinline)) void gc_clear_stack_below(void)
{
    enum { SIZE = 1 << 16 };
    char left_over[SIZE];
    memset(left_over, 0, sizeof left_over);
    __asm__ volatile("" : : "r"(left_over) : "memory"); /* not to be left out */
    clear_vector_registers();
}

void gc_forget_callers(void)
{
    struct GC_stack_base base;
    void *thread = GC_get_my_stackbottom(&base);
    base.mem_base = __builtin_frame_address(0);
    GC_set_stackbottom(thread, &base);
    gc_clear_stack_below();
}

/* ---- Figures ---- */

/* Raises *most to `now` and returns it: what is put together from several places may fall back a
 * little. */
static uint64_t rising(_Atomic uint64_t *most, uint64_t now)
{
    uint64_t before = atomic_load(most);
    while (now > before && !atomic_compare_exchange_weak(most, &before, now)) {
    }
    return now > before ? now : before;
}

static void count_allocations(GcStats *out)
{
    static _Atomic uint64_t most_allocs, most_bytes, most_frees;
    uint64_t allocs = atomic_load(&cacheless_allocs), bytes = atomic_load(&cacheless_bytes);
    for (GcCache *cache = atomic_load(&caches); cache; cache = cache->next) {
        allocs += cache->allocs;
        bytes += cache->bytes;
    }
    out->allocs = rising(&most_allocs, allocs);
    out->total_alloc = rising(&most_bytes, bytes);
    if (out->live > out->total_alloc) out->live = out->total_alloc;
    uint64_t mean = allocs ? bytes / allocs : 0;
    uint64_t frees = mean ? (out->total_alloc - out->live) / mean : 0;
    out->frees = rising(&most_frees, frees < out->allocs ? frees : out->allocs);
}

void gc_stats(GcStats *out)
{
    struct GC_prof_stats_s prof;
    GC_get_prof_stats(&prof, sizeof prof);
    *out = (GcStats){
        .heap_size = prof.heapsize_full,
        .heap_free = prof.free_bytes_full,
        .heap_unmapped = prof.unmapped_bytes,
        .live = prof.heapsize_full - prof.free_bytes_full,
        .next = atomic_load(&next_at),
        .tables = prof.obtained_from_os_bytes - prof.heapsize_full,
        .collections = atomic_load(&cycles),
        .pause_total_ns = atomic_load(&pause_total),
        .pause_last_ns = atomic_load(&pause_last),
        .pause_max_ns = atomic_load(&pause_max),
        .last_end_ns = atomic_load(&last_end),
        .stacks = stack_bytes(),
        .stacks_free = stack_free_bytes(),
    };
    count_allocations(out);
}

void gc_pauses(uint64_t length[GC_PAUSES], uint64_t end[GC_PAUSES])
{
    for (int i = 0; i < GC_PAUSES; i++) {
        length[i] = atomic_load(&pause_lengths[i]);
        end[i] = atomic_load(&pause_ends[i]);
    }
}
