/* SPDX-License-Identifier: MIT */
/* Compiled functions: where compiler and machine meet, together with op.h.
 *
 * A frame, in slots, addresses rising; r is the frame base that instructions count from:
 *
 *     r[-3] return pc   r[-2] closure   r[-1] {distance to the caller's base, flags}   r[0..] results, parameters, locals, temporaries
 *
 * The caller evaluates the arguments where the callee will find them: for CALL A the callee's base is the caller's r + A, so the
 * caller leaves A-3..A-1 free for the header, puts the parameters at A + nresults.., and finds the results at A.. afterwards.
 * Calls copy nothing. Everything is counted in slots; a parameter of two slots takes two.
 *
 * Generated code lives outside the collected heap and holds no pointer into it. */
#ifndef MGO_VM_PROTO_H
#define MGO_VM_PROTO_H

#include "base/source.h"
#include "runtime/rtype.h"

#include <stdatomic.h>

#define FRAME_HEADER 3 /* slots */

/* One 64-bit instruction word; wide operands follow in words of their own. */
typedef union Instr {
    struct {
        uint16_t op, a, b, c;
    };
    struct {
        uint16_t op_, a_;
        int32_t bx; /* b and c together, signed */
    };
    uint64_t word; /* an operand word: literal, address, FuncProto *, RType * … */
} Instr;

/* The second half of r[-1]. */
enum {
    FRAME_DEFERRED_CALL = 1 << 0, /* runs as a deferred function: called by RETD or by a panic */
    FRAME_PANIC_CALL = 1 << 1,    /* runs as a deferred function because of a panic or Goexit */
    FRAME_BOTTOM = 1 << 2,        /* first frame of its goroutine or of a nested call */
};

typedef struct FuncProto FuncProto;

/* A function value: one pointer to this; NULL is the nil func. */
typedef struct Closure {
    FuncProto *proto;
    Slot captured[]; /* copies of variables never assigned after capture, pointers to the boxes of the others */
} Closure;

struct NativeCall; /* stdlib/native.h */
typedef void NativeFn(struct NativeCall *call);
/* Does a call in place, on its frame's slots from the results on; false where it can't: stdlib/quick.c. */
typedef bool QuickFn(Slot *frame);
/* Does a call whose results nobody wants, given where receiver and argument are; false where it can't, with nothing changed. */
typedef bool LeafFn(const Slot *receiver, const Slot *arg);
/* What the instructions CALCF, CALCFF and CALCW call: stdlib/calc.def. */
typedef double CalcF(double);
typedef double CalcFF(double, double);
typedef uint64_t CalcW(uint64_t);

typedef struct PosEntry {
    uint32_t pc;  /* index of the first instruction this position holds for */
    Pos pos;
} PosEntry;

/* An index expression or slice expression some of whose operands are unsigned and as wide as a slot, so that faults print them so. */
typedef struct UnsignedIndex {
    Pos pos;        /* of the instructions */
    unsigned which; /* bits: 1 index or low bound, 2 high, 4 maximum */
} UnsignedIndex;

/* A call that the compiler did where it stands: these instructions are the called function's. */
typedef struct InlinedCall {
    uint32_t from_pc, to_pc;
    FuncProto *func;
    Pos pos; /* of the call */
} InlinedCall;

typedef struct LocalName {
    Name name;
    RType *type;
    Pos pos;                  /* of the declaration */
    uint16_t slot;            /* of the frame; of a captured variable: of the closure */
    bool is_boxed;            /* the slot holds a pointer to the variable */
    uint32_t from_pc, to_pc;  /* where the name is in scope */
} LocalName;

enum { /* FuncProto.flags */
    PROTO_WRAPPER = 1 << 0,    /* made by the compiler (method wrapper, bound method); traces and recover look through it */
    PROTO_HAS_DEFER = 1 << 1,  /* contains DEFER: returns through the epilogue, see opcodes.def */
    PROTO_NATIVE = 1 << 2,     /* `native` is set; code is a stub that calls it, so that it can be called like any other */
    PROTO_LIBRARY = 1 << 3,    /* from the embedded library */
    PROTO_INLINE = 1 << 4,     /* the compiler's: its calls are done where they stand */
    PROTO_NOT_INLINE = 1 << 5, /* the compiler's: they never are */
};

struct FuncProto {
    FuncProto *self;        /* this proto: so its address is that of a Closure without captures; see `value` */
    const Instr *code;      /* atomic: a LAZY stub until the body is compiled, then the body (release/acquire) */
    const Instr *entry;     /* atomic: where calls go: `code`, or to machine code (release/acquire) */
    const void *jit_entry;  /* atomic: machine code of a call, whose frame header stands; or NULL */
    struct JitCode *jit;    /* atomic: entries of the machine code, or NULL */
    uint8_t jit_state;      /* JIT_NONE …; guarded by the machine code's lock */
    Closure *value;         /* the function as a value, without captures: &self; not collected */
    uint32_t nslots;        /* frame size without the header, outgoing arguments included, callee's own frame not */
    uint16_t nresults;      /* slots */
    uint16_t nparams;       /* slots, receiver included (it comes first) */
    uint16_t ncaptured;     /* slots */
    uint16_t flags;
    _Atomic uint16_t stack_slots; /* what stacks of goroutines that begin with it have grown to, at most STACK_FIRST_SLOTS */
    uint32_t ninstrs;       /* words in code */
    uint32_t epilogue_pc;   /* PROTO_HAS_DEFER: index of the RETD that returns and recovered panics go through */
    NativeFn *native;
    QuickFn *quick;         /* or NULL: tried before the function is called, see CALLQ */
    const char *name;       /* as traces print it: "main.(*T).f", "main.f.func1" */
    Pos pos;                /* of the declaration */
    RType *type;            /* the func type without receiver; may be NULL */
    PosEntry *positions;    /* rising pc; every instruction that can panic, call or park is covered */
    uint32_t npositions;
    UnsignedIndex *unsigned_indices;
    uint32_t nunsigned;
    LocalName *locals;
    uint32_t nlocals;
    LocalName *captures;    /* captured variables */
    uint32_t ncaptures;
    void *lazy;             /* what the compiler needs to make the body; NULL afterwards */
    void *source;           /* the compiler's: the same, for ever; NULL where it is not from a declared function */
    InlinedCall *inlines;   /* calls done where they stand, inner ones before outer ones */
    uint32_t ninlines;
    uint64_t calls_reserved;
};

/* Compiles a lazy body: set by the compiler, called by the LAZY instruction on any worker. Takes the compiler's lock. On return
 * proto->code is the body. */
extern void (*proto_compile)(FuncProto *proto);

/* Calls visit for the package variables of the program, those of the library left out. Set by the compiler. */
typedef void VisitGlobal(void *address, const LocalName *name, void *arg);
extern void (*proto_each_global)(VisitGlobal *visit, void *arg);

/* Gives a zeroed proto its `value` and a LAZY body; nresults and nparams must be set. Afterwards it may be called. */
void proto_init_lazy(FuncProto *proto);
/* The same with a body that calls the native; sets PROTO_NATIVE. */
void proto_init_native(FuncProto *proto, NativeFn *native);
/* Makes code[0..ninstrs) the body, for good: everything else about the proto (nslots, positions …) must be set. Gives the proto a
 * `value` where it has none, registers the code so that its addresses can be traced, verifies it in debug builds. The code is kept. */
void proto_publish(FuncProto *proto, const Instr *code, uint32_t ninstrs);
/* The function whose published code contains this address, or NULL. */
FuncProto *proto_at(const void *pc);

/* The source position of an instruction, by index into proto->code. */
Pos proto_pos(const FuncProto *proto, uint32_t pc);
/* The functions whose calls the instruction is in the middle of: level 0 is the innermost one, and the last the proto itself, whose code it is. Returns
 * the number of levels below the last; *func and *pos get those of `level`, which is at most that. */
uint32_t proto_inlined(const FuncProto *proto, uint32_t pc, uint32_t level, const FuncProto **func, Pos *pos);

/* A place for an interface method call's cache: each pair is immutable once published. A call that sees a few types finds
 * most of them in the places that their addresses choose. */
typedef struct ICachePair {
    const RType *type;
    FuncProto *entry;
} ICachePair;
typedef struct ICache {
    const Selector *sel;
    uint32_t nargs;       /* slots of parameters, the receiver left out */
    ICachePair *pairs[8]; /* atomic: NULL or the last pair seen whose type has this place (release/acquire) */
} ICache;

static inline unsigned icache_place(const RType *type)
{
    return (uint32_t)((uintptr_t)type >> 3) * 0x9E3779B1u >> 29;
}

/* A compiled package, as the machine starts it. */
typedef struct PackageCode {
    Name path;
    struct PackageCode **imports; /* directly imported packages */
    uint32_t nimports;
    FuncProto *init;   /* initialises variables and calls the init functions; no parameters */
    FuncProto *main;   /* main.main, or NULL */
    bool is_initialised; /* owned by the goroutine that runs initialisations */
} PackageCode;

/* Memory for package variables: zeroed, scanned by the collector, never freed. Implemented by runtime/gc.c. */
void *gc_globals_alloc(size_t size);
/* The same for large ones without pointers, which are not scanned. */
void *gc_globals_alloc_leaf(size_t size);

#endif
