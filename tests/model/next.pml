/* A model of the next slot, as runtime/proc.c describes it, to be checked with spin (make model): its owner, who changes it by plain
 * loads and stores, and two thieves, who make up for that with a barrier in the owner's thread.
 *
 * The owner's stores go through a buffer, as those of a core do: others see them later, in their order; the owner sees them at once.
 * A barrier is a moment at which the buffer is empty, and so is an atomic exchange by the owner.
 *
 * Checked: each goroutine that the owner puts into the slot is taken once, by the owner or a thief.
 *
 * -DNO_BARRIER leaves out step b, -DNO_CHANGING step c: then spin must find a goroutine that is taken twice, or lost. */

#define NITEMS 3
#define NTHIEVES 2
#define NOTHING 0 /* goroutines are 1 to NITEMS */

mtype = { NEXT, CHANGING };

byte next = NOTHING;     /* as all but the owner see them */
bool is_changing = false;
bool is_robbed = false;
byte taken[NITEMS + 1];
byte over = 0;           /* owner and thieves that have ended */

chan buffer = [6] of { mtype, byte };
byte last_next = NOTHING; /* what the owner sees in next while a store of its own waits in the buffer */
byte waiting = 0;         /* such stores */

active proctype memory()
{
    byte value;
end:
    do
    :: atomic { buffer ? NEXT(value) -> next = value; waiting-- }
    :: atomic { buffer ? CHANGING(value) -> is_changing = value }
    od
}

inline store_next(value) { atomic { buffer ! NEXT(value); last_next = value; waiting++ } }

inline load_next(to)
{
    atomic {
        if
        :: waiting > 0 -> to = last_next
        :: else -> to = next
        fi
    }
}

inline take(g)
{
    d_step {
        if
        :: g != NOTHING -> taken[g]++; assert(taken[g] == 1)
        :: else -> skip
        fi
    }
}

/* swap_next; old is what was there. */
inline swap_next(value)
{
    buffer ! CHANGING(true); /* 1 */
    robbed = is_robbed;
    if
    :: robbed -> atomic { empty(buffer) -> old = next; next = value } /* 2 */
    :: else -> load_next(old); store_next(value) /* 3 */
    fi;
    buffer ! CHANGING(false) /* 4 */
}

active proctype owner()
{
    byte item = 1, old;
    bool robbed;
    do
    :: item <= NITEMS -> /* proc_set_next; what was there the owner runs from its ring */
        load_next(old);
        if
        :: old == NOTHING -> store_next(item)
        :: else -> swap_next(item); take(old)
        fi;
        item++
    :: load_next(old); /* proc_take_next */
        if
        :: old != NOTHING -> swap_next(NOTHING); take(old)
        :: else ->
            if
            :: item > NITEMS -> break
            :: else -> skip
            fi
        fi
    od;
    over++
}

active [NTHIEVES] proctype thief()
{
    byte seen, tries = 0;
    bool robbed, won;
    do
    :: tries < 2 ->
        tries++;
        seen = next;
        if
        :: seen == NOTHING -> goto next_try
        :: else -> skip
        fi;
        atomic { robbed = is_robbed; is_robbed = true } /* a */
        if
        :: robbed -> goto next_try
        :: else -> skip
        fi;
#ifndef NO_BARRIER
        empty(buffer); /* b */
#endif
        won = true;
#ifndef NO_CHANGING
        won = !is_changing; /* c */
#endif
        if
        :: won -> atomic { /* d */
                won = (next == seen);
                if
                :: won -> next = NOTHING
                :: else -> skip
                fi
            }
        :: else -> skip
        fi;
        if
        :: won -> take(seen)
        :: else -> skip
        fi;
        is_robbed = false; /* e */
next_try:
        skip
    :: else -> break
    od;
    over++
}

active proctype all_taken()
{
    over == NTHIEVES + 1 && empty(buffer);
    assert(taken[1] == 1 && taken[2] == 1 && taken[3] == 1)
}
