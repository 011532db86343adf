/* SPDX-License-Identifier: MIT */
/* A model of parking and waking, as the head of runtime/sched.c describes it, to be checked with spin (make model).
 *
 * There are as many processors and workers as goroutines: a first one, which makes the others, each into its processor's queue or
 * into the global one, and NWORK others. None ends before all have begun, so work that lies in a queue while a processor is idle and
 * nobody looks for work is an error that shows: nothing can go on. Workers look for work, spin, give their processor
 * up, look once more and sleep, step by step as find_work and go_idle do; who makes work wakes one as sched_wake_one does. Each
 * access to shared data is a step of its own, so all interleavings are tried (with sequential consistency, which is what the fences
 * and the locks are there for).
 *
 * Checked: all goroutines run, no processor is run by two workers, and in the end all processors are idle and nobody
 * is counted as spinning.
 *
 * -DNO_RECHECK leaves out step d of go_idle, -DNO_REWAKE the wake-up by the last worker that stops spinning: then spin must find
 * the lost wake-up, which shows that the model would. */

#ifndef NWORK
#define NWORK 2
#endif
#define NPROCS (NWORK + 1)
#define NWORKERS NPROCS
#define NONE 255

byte queue[NPROCS];   /* goroutines in each processor's ring */
byte global;          /* in the global queue; its count is read without the lock */
byte begun = 1;       /* goroutines that run or have run */

bool locked;          /* sched.lock */
bool is_idle_proc[NPROCS];
byte nidle;
byte nspinning;
bool is_listed[NWORKERS];   /* on the list of idle workers */
byte owner[NPROCS] = NONE;  /* worker that runs the processor; for the assertion alone */

byte proc_of[NWORKERS] = NONE;
bool spinning[NWORKERS];
bool wake[NWORKERS];        /* the worker's futex */
byte handed[NWORKERS] = NONE;

inline lock() { atomic { !locked -> locked = true } }
inline unlock() { locked = false }

inline adopt(w, p)
{
    d_step {
        assert(owner[p] == NONE);
        owner[p] = w;
        proc_of[w] = p;
    }
}

/* sched_wake_one: at most one worker is woken to look, and only where nobody looks yet. */
inline wake_one(w)
{
    if
    :: nidle == 0 -> skip
    :: nidle != 0 ->
        if
        :: nspinning != 0 -> skip
        :: nspinning == 0 ->
            atomic { /* the compare-and-swap */
                if
                :: nspinning == 0 -> nspinning = 1; got[w] = true
                :: else -> got[w] = false
                fi
            }
            if
            :: got[w] ->
                lock();
                take_idle(tmp[w]);
                if
                :: tmp[w] != NONE -> start_worker(w, tmp[w])
                :: else -> nspinning--; unlock()
                fi
            :: else -> skip
            fi
        fi
    fi
}

bool got[NWORKERS];
byte tmp[NWORKERS], found[NWORKERS], target[NWORKERS], victim[NWORKERS];

/* proc_take_idle; the lock is held. */
inline take_idle(p)
{
    d_step {
        p = 0;
        do
        :: p < NPROCS && !is_idle_proc[p] -> p++
        :: else -> break
        od;
        if
        :: p < NPROCS -> is_idle_proc[p] = false; nidle--
        :: else -> p = NONE
        fi
    }
}

/* worker_start: an idle worker gets p and starts out spinning. The lock is held and is released. As there are as many workers as
 * processors, an idle processor means that some worker is idle, or will be as soon as it has the lock. */
inline start_worker(w, p)
{
    d_step {
        target[w] = 0;
        do
        :: target[w] < NWORKERS - 1 && !is_listed[target[w]] -> target[w]++
        :: else -> break
        od;
        assert(is_listed[target[w]]);
        is_listed[target[w]] = false;
        handed[target[w]] = p
    }
    unlock();
    wake[target[w]] = true
}

/* Steps 1 to 3 of who makes work. */
inline make_work(w)
{
    if
    :: queue[proc_of[w]]++
    :: lock(); global++; unlock()
    fi;
    wake_one(w)
}

/* A goroutine from somewhere: own queue, global queue, the others'. */
inline take_from(q, result)
{
    atomic {
        if
        :: q > 0 -> q--; result = 1
        :: else -> result = 0
        fi
    }
}

inline find_work(w)
{
    take_from(queue[proc_of[w]], found[w]);
    if
    :: found[w] == 0 ->
        if
        :: global > 0 -> lock(); take_from(global, found[w]); unlock()
        :: else -> skip
        fi
    :: else -> skip
    fi;
    if
    :: found[w] == 0 ->
        if
        :: !spinning[w] -> spinning[w] = true; nspinning++ /* may_spin */
        :: else -> skip
        fi;
        victim[w] = 0;
        do
        :: found[w] == 0 && victim[w] < NPROCS -> take_from(queue[victim[w]], found[w]); victim[w]++
        :: else -> break
        od
    :: else -> skip
    fi
}

inline stop_spinning(w)
{
    if
    :: spinning[w] ->
        spinning[w] = false;
        atomic { nspinning--; got[w] = (nspinning == 0) }
#ifndef NO_REWAKE
        if
        :: got[w] -> wake_one(w)
        :: else -> skip
        fi
#endif
    :: else -> skip
    fi
}

inline sleep(w)
{
    wake[w] -> wake[w] = false;
    if
    :: handed[w] != NONE ->
        adopt(w, handed[w]);
        handed[w] = NONE;
        spinning[w] = true
    :: else -> skip
    fi
}

inline go_idle(w)
{
    lock();
    if
    :: global > 0 -> unlock() /* is_wanted: keeps its processor */
    :: else ->
        d_step { /* a */
            owner[proc_of[w]] = NONE;
            is_idle_proc[proc_of[w]] = true;
            nidle++;
            proc_of[w] = NONE;
            is_listed[w] = true
        }
        if
        :: spinning[w] -> nspinning--; spinning[w] = false /* b */
        :: else -> skip
        fi;
        unlock();
#ifndef NO_RECHECK
        /* d: the global queue and the others one after the other */
        tmp[w] = NONE;
        found[w] = (global > 0);
        victim[w] = 0;
        do
        :: found[w] == 0 && victim[w] < NPROCS -> found[w] = (queue[victim[w]] > 0); victim[w]++
        :: else -> break
        od;
        if
        :: found[w] -> /* take_back */
            lock();
            if
            :: is_listed[w] ->
                take_idle(tmp[w]);
                if
                :: tmp[w] != NONE -> is_listed[w] = false
                :: else -> skip
                fi
            :: else -> skip /* somebody wakes it already */
            fi;
            unlock()
        :: else -> skip
        fi;
        if
        :: tmp[w] != NONE ->
            adopt(w, tmp[w]);
            spinning[w] = true;
            nspinning++
        :: else -> sleep(w)
        fi
#else
        sleep(w)
#endif
    fi
}

proctype Worker(byte w; byte makes)
{
    if
    :: makes > 0 ->
        do
        :: makes > 0 -> make_work(w); makes--
        :: else -> break
        od;
        begun == NWORK + 1
    :: else -> sleep(w)
    fi;
    do
    :: find_work(w);
        if
        :: found[w] ->
            stop_spinning(w);
            begun++;
            begun == NWORK + 1
        :: else -> go_idle(w)
        fi
    od
}

init
{
    byte i = 1;
    atomic {
        do
        :: i < NPROCS -> is_idle_proc[i] = true; nidle++; is_listed[i] = true; i++
        :: else -> break
        od;
        owner[0] = 0;
        proc_of[0] = 0;
        run Worker(0, NWORK);
        i = 1;
        do
        :: i < NWORKERS -> run Worker(i, 0); i++
        :: else -> break
        od
    }
    timeout -> /* nobody can go on */
    assert(begun == NWORK + 1 && global == 0);
    assert(nspinning == 0 && nidle == NPROCS)
}
