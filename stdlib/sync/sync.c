/* SPDX-License-Identifier: MIT */
/* sync: mutexes, wait groups and semaphores.
 *
 * A mutex's state word holds a locked bit, a woken bit, a starving bit and the number of waiters.
 * Unlock frees the mutex and readies one waiter, which then competes for it; a goroutine that is
 * running already may take it first, which keeps the mutex busy instead of idle until a parked
 * goroutine runs. Woken says that one waiter is on its way, so that further unlocks need not ready
 * more. A waiter that lost for more than a millisecond sets starving: the next Unlock hands the
 * mutex over to the first waiter, and newcomers queue, until the queue is short or waits are brief
 * again. */
#include "stdlib/sync/sync.h"

#include "runtime/bubble.h"
#include "runtime/hashmap.h"
#include "runtime/objectpool.h"
#include "runtime/sched.h"
#include "runtime/synctypes.h"
#include "stdlib/natives.gen.h"
#include "stdlib/quick.h"

#include <stdatomic.h>
#include <stdio.h>

enum {
    LOCKED = MUTEX_LOCKED,
    WOKEN = MUTEX_WOKEN,
    STARVING = MUTEX_STARVING,
    WAITER = MUTEX_WAITER
};

#define STARVING_AFTER 1000000 /* ns */

enum { MAX_READERS = 1 << 30 };

static bool is_nil(NativeCall *call)
{
    if (arg_ptr(call, 0)) return false;
    native_panic_runtime(call, "invalid memory address or nil pointer dereference");
    return true;
}

void native_sync_fatal(NativeCall *call)
{
    String s = arg_string(call, 0);
    char text[100];
    snprintf(text, sizeof text, "%.*s", (int)s.len, s.data);
    native_fatal(call, text);
}

/* ---- Mutex ---- */

/* Competes for the mutex until it is taken (true) or the goroutine is parked, to go on with
 * `again`. `awoken`: this goroutine was readied by Unlock and owns the woken bit; it has waited
 * since g->scratch[0], and g->scratch[1] says whether it starves. */
static bool lock_slow(NativeCall *call, bool awoken, NativeFn *again);

/* The goroutine has a permit of the semaphore: the mutex is its own where it was handed over, else
 * it competes again. */
static bool lock_awoken(NativeCall *call, NativeFn *again)
{
    Mutex *m = arg_ptr(call, 0);
    Goroutine *g = call->g;
    bool starves = (uint64_t)sched_nanotime() - g->scratch[0] > STARVING_AFTER;
    int32_t old = atomic_load(&m->state);
    if (!(old & STARVING)) {
        g->scratch[1] = starves;
        return lock_slow(call, true, again);
    }
    int32_t delta = LOCKED - WAITER;
    if (!starves || old >> 3 == 1) delta -= STARVING;
    atomic_fetch_add(&m->state, delta);
    mutex_note_owner(m, call->g, call->g->pc);
    return true;
}

static bool lock_slow(NativeCall *call, bool awoken, NativeFn *again)
{
    Mutex *m = arg_ptr(call, 0);
    Goroutine *g = call->g;
    int32_t old = atomic_load(&m->state);
    for (;;) {
        int32_t new = old;
        if (!(old & STARVING)) new |= LOCKED;
        if (old & (LOCKED | STARVING)) new += WAITER;
        if (awoken && g->scratch[1] && old & LOCKED) new |= STARVING;
        if (awoken) new &= ~WOKEN;
        if (!atomic_compare_exchange_weak(&m->state, &old, new)) continue;
        if (!(old & (LOCKED | STARVING))) {
            mutex_note_owner(m, call->g, call->g->pc);
            return true;
        }
        if (!awoken) g->scratch[0] = (uint64_t)sched_nanotime();
        native_will_park(call, again);
        if (!sema_acquire(g, &m->sema, WAIT_MUTEX_LOCK, awoken)) {
            native_parked(call);
            return false;
        }
        native_wont_park(call);
        return lock_awoken(call, again);
    }
}

/* Takes the mutex that the first argument points to: true, or false with the goroutine parked. */
static bool lock(NativeCall *call, NativeFn *again)
{
    Mutex *m = arg_ptr(call, 0);
    if (mutex_try_lock(m)) {
        mutex_note_owner(m, call->g, call->g->pc);
        return true;
    }
    call->g->scratch[1] = 0;
    return lock_slow(call, false, again);
}

static void lock_again(NativeCall *call)
{
    lock_awoken(call, lock_again);
}

void native_sync_Mutex_Lock(NativeCall *call)
{
    if (!is_nil(call)) lock(call, lock_again);
}

void native_sync_Mutex_TryLock(NativeCall *call)
{
    if (is_nil(call)) return;
    Mutex *m = arg_ptr(call, 0);
    bool done = mutex_try_lock(m);
    if (done) mutex_note_owner(m, call->g, call->g->pc);
    ret_bool(call, 0, done);
}

static void unlock_slow(Mutex *m, int32_t new)
{
    if (new &STARVING) {
        sema_release(&m->sema, true);
        return;
    }
    int32_t old = new;
    while (old >> 3 != 0 && !(old & (LOCKED | WOKEN | STARVING))) {
        if (atomic_compare_exchange_weak(&m->state, &old, (old - WAITER) | WOKEN)) {
            sema_release(&m->sema, true);
            return;
        }
    }
}

/* Returns false where it was not locked. */
static bool unlock(Mutex *m)
{
    int32_t old = atomic_fetch_sub(&m->state, LOCKED);
    if (!(old & LOCKED)) return false;
    if (old != LOCKED) unlock_slow(m, old - LOCKED);
    return true;
}

void native_sync_Mutex_Unlock(NativeCall *call)
{
    if (!is_nil(call) && !unlock(arg_ptr(call, 0)))
        native_fatal(call, "sync: unlock of unlocked mutex");
}

/* ---- RWMutex ---- */

/* Waits for the readers; the goroutine holds rw->w. */
static void keep_readers_out(NativeCall *call)
{
    RWMutex *rw = arg_ptr(call, 0);
    int32_t n = atomic_fetch_sub(&rw->readers, MAX_READERS);
    if (n == 0 || atomic_fetch_add(&rw->leaving, n) + n == 0) return;
    native_will_park(call, NULL);
    if (sema_acquire(call->g, &rw->writer, WAIT_RWMUTEX_LOCK, false))
        native_wont_park(call);
    else
        native_parked(call);
}

static void write_lock_again(NativeCall *call)
{
    if (lock_awoken(call, write_lock_again)) keep_readers_out(call);
}

/* w comes first in an RWMutex, so what is said of a mutex in the first argument holds. */
void native_sync_RWMutex_Lock(NativeCall *call)
{
    if (!is_nil(call) && lock(call, write_lock_again)) keep_readers_out(call);
}

/* Lets the readers in again that have come meanwhile; false where no writer kept them out. */
static bool let_readers_in(RWMutex *rw)
{
    int32_t waiting = atomic_fetch_add(&rw->readers, MAX_READERS) + MAX_READERS;
    if (waiting >= MAX_READERS) return false;
    for (; waiting > 0; waiting--) sema_release(&rw->waiting, false);
    return true;
}

void native_sync_RWMutex_Unlock(NativeCall *call)
{
    if (is_nil(call)) return;
    RWMutex *rw = arg_ptr(call, 0);
    if (!let_readers_in(rw)) native_fatal(call, "sync: Unlock of unlocked RWMutex");
    if (!unlock(&rw->w)) native_fatal(call, "sync: unlock of unlocked mutex");
}

static void note_reader(NativeCall *call)
{
    rwmutex_note_reader(arg_ptr(call, 0), call->g->id, call->g->pc);
}

void sync_wait_to_read(NativeCall *call)
{
    RWMutex *rw = arg_ptr(call, 0);
    native_will_park(call, note_reader);
    if (!sema_acquire(call->g, &rw->waiting, WAIT_RWMUTEX_RLOCK, false)) {
        native_parked(call);
        return;
    }
    native_wont_park(call);
    note_reader(call);
}

void native_sync_RWMutex_RLock(NativeCall *call)
{
    if (is_nil(call)) return;
    if (rwmutex_add_reader(arg_ptr(call, 0)))
        note_reader(call);
    else
        sync_wait_to_read(call);
}

/* A reader that a writer waits for is gone. */
static void reader_gone(RWMutex *rw)
{
    if (atomic_fetch_sub(&rw->leaving, 1) == 1) sema_release(&rw->writer, false);
}

void sync_reader_left(NativeCall *call, int32_t before)
{
    RWMutex *rw = arg_ptr(call, 0);
    if (before == 0 || before == -MAX_READERS)
        native_fatal(call, "sync: RUnlock of unlocked RWMutex");
    reader_gone(rw);
}

void native_sync_RWMutex_RUnlock(NativeCall *call)
{
    if (is_nil(call)) return;
    int32_t before = rwmutex_take_reader(arg_ptr(call, 0), call->g->id);
    if (before <= 0) sync_reader_left(call, before);
}

/* ---- Semaphores ---- */

void native_sync_acquire(NativeCall *call)
{
    native_will_park(call, NULL);
    if (sema_acquire(call->g, arg_ptr(call, 0), WAIT_COND_WAIT, false))
        native_wont_park(call);
    else
        native_parked(call);
}

void native_sync_release(NativeCall *call)
{
    Sema *sema = arg_ptr(call, 0);
    lock_take_ranked(&sema->lock, RANK_SEMA);
    Waiter *waiter = sema->waiters.first;
    Bubble *bubble = waiter ? bubble_of(waiter->g) : NULL;
    lock_release(&sema->lock);
    if (bubble && bubble != bubble_of(call->g))
        native_fatal(call, "semaphore wake of synctest goroutine from outside bubble");
    sema_release(sema, false);
}

/* ---- WaitGroup ---- */

/* A wait group that leaves 0 belongs to the bubble of who made it so, until it is back at 0. */
static void check_bubble(NativeCall *call, WaitGroup *wg)
{
    uint32_t id = bubble_id(call->g);
    if ((int32_t)(atomic_load(&wg->state) >> 32) == 0) wg->bubble = id;
    if (wg->bubble == id) return;
    native_fatal(call, wg->bubble && id
                           ? "sync: WaitGroup.Add called from multiple synctest bubbles"
                           : "sync: WaitGroup.Add called from inside and outside synctest bubble");
}

void sync_counter_changed(NativeCall *call, int64_t delta, uint64_t state)
{
    WaitGroup *wg = arg_ptr(call, 0);
    int32_t counter = (int32_t)(state >> 32);
    uint32_t waiters = (uint32_t)state;
    if (counter < 0) {
        native_panic_string(call, "sync: negative WaitGroup counter");
        return;
    }
    if (delta > 0) waitgroup_note_add(wg, call->g->pc);
    if (waiters != 0 && delta > 0 && counter == (int32_t)delta) {
        native_panic_string(call, "sync: WaitGroup misuse: Add called concurrently with Wait");
        return;
    }
    if (counter > 0 || waiters == 0) return;
    if (!atomic_compare_exchange_strong(&wg->state, &state, 0)) {
        native_panic_string(call, "sync: WaitGroup misuse: Add called concurrently with Wait");
        return;
    }
    for (; waiters > 0; waiters--) sema_release(&wg->sema, false);
}

static void add(NativeCall *call, int64_t delta)
{
    WaitGroup *wg = arg_ptr(call, 0);
    if (wg->bubble || call->g->flags & GF_BUBBLED) check_bubble(call, wg);
    sync_counter_changed(call, delta, waitgroup_add(wg, delta));
}

void native_sync_WaitGroup_Add(NativeCall *call)
{
    if (!is_nil(call)) add(call, arg_int(call, 1));
}

void native_sync_WaitGroup_Done(NativeCall *call)
{
    if (!is_nil(call)) add(call, -1);
}

void native_sync_WaitGroup_Wait(NativeCall *call)
{
    if (is_nil(call)) return;
    WaitGroup *wg = arg_ptr(call, 0);
    uint64_t state = atomic_load(&wg->state);
    do {
        if ((int32_t)(state >> 32) == 0) {
            if (!atomic_load_explicit(&wg->added_at, memory_order_relaxed))
                atomic_store_explicit(&wg->passed_at, call->g->pc, memory_order_relaxed);
            return;
        }
    } while (!atomic_compare_exchange_weak(&wg->state, &state, state + 1));
    native_will_park(call, NULL);
    if (sema_acquire(call->g, &wg->sema, WAIT_WAITGROUP, false))
        native_wont_park(call);
    else
        native_parked(call);
}

/* ---- Pool ---- */

void native_sync_Pool_take(NativeCall *call)
{
    if (!is_nil(call)) objectpool_take(arg_ptr(call, 0), call->results);
}

void native_sync_Pool_put(NativeCall *call)
{
    if (!is_nil(call)) objectpool_put(arg_ptr(call, 0), &call->args[1]);
}

/* ---- Quick versions ---- */

/* As map.mgo declares them; a Map begins with a pointer to the first. */
typedef struct Readable {
    HMap *entries; /* of pointers to MapEntry */
    bool is_partial;
} Readable;

typedef struct MapEntry {
    _Atomic(Slot *) value;
} MapEntry;

bool quick_Map_Load(Slot *f)
{
    _Atomic(Readable *) *map = f[3].p;
    const Readable *readable = map ? atomic_load(map) : NULL;
    const RType *bad = NULL;
    if (!readable || !readable->entries) return false;
    MapEntry **place = hmap_get(readable->entries, readable->entries->type, &f[4], &bad);
    if (bad || (!place && readable->is_partial)) return false;
    const Slot *value = place ? atomic_load(&(*place)->value) : NULL;
    f[0].p = value ? value[0].p : NULL;
    f[1].u = value ? value[1].u : 0;
    f[2].u = value != NULL;
    return true;
}

bool quick_Pool_Get(Slot *f)
{
    return f[2].p && objectpool_take_own(f[2].p, f);
}

bool quick_Pool_Put(Slot *f)
{
    return f[0].p && f[1].type && objectpool_put_own(f[0].p, &f[1]);
}

bool quick_Mutex_Unlock(Slot *f)
{
    return f[0].p && mutex_try_unlock(f[0].p);
}

bool quick_RWMutex_RUnlock(Slot *f)
{
    RWMutex *rw = f[0].p;
    if (!rw || atomic_load_explicit(&rw->readers, memory_order_relaxed) <= 0) return false;
    if (rwmutex_take_reader(rw, g_current()->id) <= 0) reader_gone(rw);
    return true;
}

bool quick_RWMutex_Unlock(Slot *f)
{
    RWMutex *rw = f[0].p;
    int32_t readers = -MAX_READERS;
    if (!rw || !(atomic_load_explicit(&rw->w.state, memory_order_relaxed) & LOCKED)) return false;
    return atomic_compare_exchange_strong(&rw->readers, &readers, 0) && unlock(&rw->w);
}

bool quick_WaitGroup_Done(Slot *f)
{
    WaitGroup *wg = f[0].p;
    if (!wg || wg->bubble || g_current()->flags & GF_BUBBLED) return false;
    uint64_t state = atomic_load_explicit(&wg->state, memory_order_relaxed);
    uint64_t new = state - ((uint64_t)1 << 32);
    return waitgroup_is_quiet(new, -1) && atomic_compare_exchange_strong(&wg->state, &state, new);
}
