/* SPDX-License-Identifier: MIT */
/* What the compiler's files share.
 *
 * A function is compiled in one walk over its checked tree. Registers are frame slots: locals get slots when declared and give them back when their block ends;
 * temporaries are a stack above them (reg_alloc, reg_mark, reg_release). Expressions are compiled either into a register that the caller names, or "anywhere": then a local
 * that already sits in a slot is used where it is, without a copy.
 *
 * Generic code: `env` maps the type parameters of the function being compiled to the types of this instance. Always ask node_type(), never read
 * node->type directly. */
#ifndef MGO_COMPILER_INTERNAL_H
#define MGO_COMPILER_INTERNAL_H

#include "base/vec.h"
#include "compiler/compile.h"
#include "vm/op.h"

typedef uint32_t Reg; /* frame slot */
#define NO_REG ((Reg)0xFFFF)

typedef struct TypeEnv {
    Type **params, **args;
    uint32_t n;
} TypeEnv;

/* A place in the code that jumps go to; unresolved jumps are patched when it is placed. */
typedef struct Label {
    int32_t pc; /* -1 until placed */
    VEC(uint32_t) jumps; /* indices of instructions (or operand words) to patch */
} Label;

/* A constant of one slot that stays in a register for the whole function. */
typedef struct PoolEntry {
    uint64_t bits;
    Reg reg;
} PoolEntry;

/* Where break and continue of a statement go, and what must be done on the way. */
typedef struct Target {
    struct Target *outer;
    Node *stmt;             /* FOR, RANGE, SWITCH, TYPE_SWITCH, SELECT (LABELED: its statement) */
    Label *brk, *cont;      /* cont NULL where there is no continue */
} Target;

/* A value evaluated before its turn. */
typedef struct EarlyValue {
    Node *node;
    Reg reg;
} EarlyValue;

typedef struct VarPlace VarPlace;
typedef struct FuncState {
    struct FuncState *outer;   /* enclosing function, for captures */
    FuncProto *proto;
    Node *node;                /* FUNC_DECL or FUNC_LIT; RANGE: body of a loop over a function; NULL: made by the compiler */
    Type *signature;           /* substituted */
    TypeEnv env;
    Package *package;
    VEC(Instr) code;
    VEC(PosEntry) positions;
    VEC(LocalName) locals;
    Reg next;                  /* first free slot */
    Reg max;                   /* slots used at most */
    Pos pos;                   /* position of the instructions being emitted */
    Target *targets;
    PtrMap labels;             /* LABELED node → Label * */
    PtrMap slots;              /* Object * → VarPlace * */
    VEC(Object *) captures;    /* variables of outer functions, in order of capture */
    VEC(Reg) capture_index;    /* first captured slot of each */
    uint32_t ncaptured;        /* slots */
    uint32_t nliterals;        /* function literals so far, for names: f.func1 */
    uint32_t nranges;          /* loops over functions so far, for names: f-range1 */
    struct RangeFunc *range_func; /* f is the body of a loop over a function (range.c); else NULL */
    Object **results;          /* result variables, in order; unnamed ones only where bodies of range loops return; else NULL */
    Object *frame_id;          /* variable with this frame's FRAMEID where bodies of range loops defer or recover; else NULL */
    Node *prompt_value;        /* expression whose value the prompt shows, or NULL */
    uint32_t nwrappers;        /* closures made of built-ins for go and defer, for names: f.gowrap1 */
    Type *word_type;           /* the receiver comes as the word of an interface that holds this type; NULL: as declared */
    bool has_defer;            /* defers something itself or through bodies of range loops */
    bool is_long;              /* second try: conditional jumps did not reach; emit them as inverted skips over JMP */
    bool overflowed;           /* a 16-bit jump did not reach */
    bool is_too_large;         /* frame too large, already reported */
    uint32_t barrier;          /* the last pc that a label stands at: the peephole does not look back across it */
    VEC(VarPlace *) owned;     /* boxes given back at each return from here on */
    VEC(PoolEntry) pool;       /* constants that the prologue keeps in registers */
    uint32_t last_op;          /* index of the instruction emitted last */
    uint32_t op_before;        /* and of the one before it */
    VEC(uint8_t) slot_is_var;  /* for each slot: it belongs to a declared variable, not to a temporary */
    VEC(UnsignedIndex) unsigned_indices;
    VEC(EarlyValue) early;     /* in the order of their registers; gone when those are released */
    struct Inlining *inlining; /* the body being compiled into this function, or NULL (inline.c) */
    VEC(InlinedCall) inlines;  /* those that were, inner ones before outer ones */
    VEC(uint32_t) open_locals; /* indices into locals of those whose scope has not ended */
    Arena *arena;
} FuncState;

/* Where a variable lives. */
struct VarPlace {
    enum { PLACE_SLOT, PLACE_BOX, PLACE_CAPTURE, PLACE_CAPTURE_BOX, PLACE_GLOBAL } kind;
    uint32_t reg;     /* SLOT: first slot; BOX: slot that holds the pointer; CAPTURE*: captured slot */
    void *address;    /* GLOBAL */
    Type *type;
};

/* Something that can be loaded from, stored to, or have its address taken. Registers inside stay valid until the caller's reg_release. */
typedef struct LValue {
    enum {
        LV_NONE,   /* blank: evaluate and drop */
        LV_SLOT,   /* whole local in slots `reg` */
        LV_FRAME,  /* part of a struct or array in the frame: byte offset `offset` from r */
        LV_FRAME_INDEX, /* element of an array in the frame: array at `reg`, index in `index`, `len` elements */
        LV_PTR,    /* memory: pointer in `reg` plus `offset`; nil panics */
        LV_GLOBAL, /* memory at `address` */
        LV_SLICE,  /* element `index` of the slice in reg:3 */
        LV_ROWS,   /* element `index` of the slice that is element `row` of the slice in reg:3; one slot or one unsigned byte each */
        LV_SLICE_PTR, /* element `index` of the slice at the pointer in `reg` plus `offset` */
        LV_ARRAY_PTR, /* element `index` of the array that `reg` points to, `len` elements */
        LV_MAP,    /* map in `reg`, key in `index..` */
    } kind;
    Reg reg, index, row;
    uint64_t offset, len;
    void *address;
    bool is_last;   /* LV_SLICE: the index is not needed after the load */
    bool is_box;    /* LV_PTR: the pointer is a variable's box, so never nil */
    Type *type;     /* of the value */
    Type *map_type; /* LV_MAP */
    Pos pos;
} LValue;

/* ---- emit.c: instructions, labels, registers (CP1) ---- */

uint32_t emit_abc(FuncState *f, Op op, Reg a, Reg b, Reg c); /* returns the index */
uint32_t emit_abx(FuncState *f, Op op, Reg a, int64_t bx);
void emit_word(FuncState *f, uint64_t word);
void emit_ptr(FuncState *f, const void *p);
void label_init(Label *label);
void label_place(FuncState *f, Label *label);
void label_free(Label *label);
void emit_jump(FuncState *f, Label *to);                          /* JMP, or LOOP where the label is already placed */
void emit_jump_if(FuncState *f, bool sense, Reg cond, Label *to); /* JT/JF, LOOPT/LOOPF backwards */
void emit_cmp_jump(FuncState *f, Op op, Reg a, int32_t b, Label *to); /* fused compare and jump; op is the forward form (JLT …), backward labels get the LOOP form */
void emit_jump_type(FuncState *f, Reg iface, const void *type, Label *to); /* JTYPE, forward */
void emit_leaf(FuncState *f, Reg receiver, Reg arg, LeafFn *fn, Label *done); /* LEAF */
void emit_leaf_const(FuncState *f, Reg receiver, const uint64_t arg[2], LeafFn *fn, Label *done); /* LEAFK */
void emit_jump_word(FuncState *f, Label *to);                     /* a word operand holding an offset (NEXTRUNE, MAPNEXT), relative to the end of the instruction */
Reg reg_alloc(FuncState *f, uint32_t slots);                      /* on top of the stack of temporaries */
#define reg_mark(f) ((f)->next)
void reg_release(FuncState *f, Reg mark);
void emit_move(FuncState *f, Reg to, Reg from, uint32_t slots);   /* nothing where equal or 0 slots */
void emit_zero(FuncState *f, Reg at, uint32_t slots);
void emit_int(FuncState *f, Reg at, int64_t value);
void emit_string(FuncState *f, Reg at, const char *bytes, size_t len); /* the bytes are kept for ever */
/* Loads and stores of a value of `type`; the memory form follows from the type. */
void emit_load(FuncState *f, Reg to, Reg ptr, uint64_t offset, Type *type);
void emit_store(FuncState *f, Reg ptr, uint64_t offset, Reg from, Type *type);
/* place += from (an int64 or float64 operation: ADDM, SUBM, ADDFM, SUBFM), or += b with ADDIM. */
void emit_memory_op(FuncState *f, Op op, Reg ptr, uint64_t offset, Reg from);
uint32_t type_slots(Type *type);
/* Finishes the function: fills f->proto with code, positions, locals, nslots and ncaptured, publishes the code and frees the working memory except
 * `captures`. Not to be called when f->overflowed and not yet f->is_long: then emit_reset, set is_long and compile the body again. */
void emit_finish(FuncState *f);
/* Forgets everything emitted, all places of variables and captures, for the second try. */
void emit_reset(FuncState *f);
/* Whether the slot belongs to a variable rather than a temporary. */
bool reg_is_var(FuncState *f, Reg reg);
/* Reports that a value is too large for a frame, once for a function. */
void emit_too_large(FuncState *f);

/* How a type's values lie in memory; the first eight are LDLX's memory forms, save that 7 there is any number of bytes. */
typedef enum MemForm {
    MEM_I8, MEM_U8, MEM_I16, MEM_U16, MEM_I32, MEM_U32, MEM_SLOT, MEM_2SLOTS, MEM_3SLOTS, MEM_BYTES, MEM_NONE
} MemForm;
MemForm type_mem_form(Type *type);
/* Kind of the underlying type; untyped kinds as their default's. */
TypeKind type_basic_kind(Type *type);
/* Whether x ± y, where y is the product just emitted, became one instruction with it. */
bool peephole_mul_add(FuncState *f, Op op, Reg to, Reg x, Reg y);
/* A load right before an operation on what it loaded into a temporary becomes one instruction; true where it did (op to, x, y). */
bool peephole_load_op(FuncState *f, Op op, Reg to, Reg x, Reg y);
/* R[a] + k right before its use as an index becomes one instruction with it, op LDX64 or LDXU8; true where it did. */
bool peephole_near(FuncState *f, Op op, Reg to, Reg from, Reg index);
/* The address of a slice's element right before the load of a slot in it becomes one instruction with it; true where it did. */
bool peephole_part(FuncState *f, Reg to, Reg ptr, uint64_t offset, Type *type);
/* The instruction that makes the only result right before RET becomes one with it; true where it did. */
bool peephole_return(FuncState *f);
/* A step of R[a] right before a backward jump that compares R[a] with b becomes one instruction; true where it did. */
bool peephole_step_loop(FuncState *f, Op op, Reg a, int32_t b, Label *to);

/* ---- expr.c, convert.c, lvalue.c, builtin.c, call.c, closure.c, cond.c (CP1) ---- */

/* The node's type in this instance. */
Type *node_type(FuncState *f, const Node *node);
Type *env_type(FuncState *f, Type *type);
/* Compiles into slots at `to`. */
void expr_to(FuncState *f, Node *node, Reg to);
/* Compiles anywhere; the result register is only to be read. */
Reg expr_any(FuncState *f, Node *node);
/* Compiles and converts implicitly to `type` (assignability: concrete to interface, nil, named). */
void expr_to_type(FuncState *f, Node *node, Type *type, Reg to);
Reg expr_any_type(FuncState *f, Node *node, Type *type);
/* Converts a value already in slots at `from` implicitly (as by assignment) from one type to another, into `to`. */
void convert_value(FuncState *f, Reg to, Reg from, Type *from_type, Type *to_type);
/* Evaluates for effect. */
void expr_effect(FuncState *f, Node *node);
/* Jumps to `to` if the condition is `sense`, else falls through. */
void cond_jump(FuncState *f, Node *cond, bool sense, Label *to);
/* Multi-value expressions (calls, comma-ok forms): all values side by side from `to` on, each in its slots; comma-ok's bool last. */
void expr_multi_to(FuncState *f, Node *node, Reg to);
/* Compiles a call node (not a conversion or builtin) and returns the register of its first result. */
Reg call_expr(FuncState *f, Node *call);
void call_effect(FuncState *f, Node *call); /* a call whose results nobody wants */
/* The proto of what a call calls, as far as that can be told without making code; NULL otherwise, and for built-in functions and calls of the form
 * f(g()) with several values. */
FuncProto *call_proto(FuncState *f, Node *call);
/* Jumps to `to` if the call's result is `sense`; false, with nothing emitted, where the call is not done where it stands. */
bool call_cond(FuncState *f, Node *call, bool sense, Label *to);
/* The same as call_expr; the only result may go to `to`. */
Reg call_expr_at(FuncState *f, Node *call, Reg to);
/* go and defer statements. */
void call_go(FuncState *f, Node *call);
void call_defer(FuncState *f, Node *call);
/* Constant of a type. */
void emit_const(FuncState *f, Reg to, const ConstValue *val, Type *type);
/* The one or two slots of a constant of basic type. */
void const_to_slots(const ConstValue *val, Type *type, uint64_t slots[2]);
/* Interface value holding a constant of a type that is no interface. */
void emit_const_iface(FuncState *f, Reg to, const ConstValue *val, Type *type);
/* x == y of two values in slots, of this type. */
void emit_equal(FuncState *f, Reg to, Reg x, Reg y, Type *type);
/* x op y of two values of basic type in slots. */
void emit_binary(FuncState *f, TokenKind op, Reg to, Reg x, Reg y, Type *type, Type *count_type);
/* x op y where y is still a node: uses immediate forms for constants. For op= and ++ too. */
void emit_binary_node(FuncState *f, TokenKind op, Reg to, Reg x, Node *y, Type *type);
/* Works for every expression: one that is no place gives the slots of its value. */
LValue lvalue(FuncState *f, Node *node);
/* The part of type `type` at byte `offset` of the place. */
void lvalue_part(FuncState *f, LValue *lv, uint64_t offset, Type *type);
/* Copies registers of variables that the place depends on into temporaries, so that assignments to those variables don't change it (tuple assignment). */
void lvalue_freeze(FuncState *f, LValue *lv);
/* Loads slices that the place is an element of, so that assignments to where they are don't change it. */
void lvalue_settle(FuncState *f, LValue *lv);
void lvalue_load(FuncState *f, LValue *lv, Reg to);
void lvalue_store(FuncState *f, LValue *lv, Reg from);
/* Pointer to the place (which must be addressable memory) in `to`. */
void lvalue_address(FuncState *f, LValue *lv, Reg to);
/* Whether values of the type are better copied from memory to memory than through a frame. */
bool type_is_big(Type *type);
/* If `value` is a big place in memory or a big literal: copies it to *to (memory too) without using the frame; else false, with nothing emitted. */
bool lvalue_copy_big(FuncState *f, LValue *to, Node *value);
/* If `value` is a big place in memory or a big literal: puts a pointer to a new copy at `to`; else false, with nothing emitted. */
bool lvalue_box_big(FuncState *f, Node *value, Reg to);
/* Walks embedded fields and, last, a field, following pointers on the way. */
void lvalue_path(FuncState *f, LValue *lv, const uint32_t *path, uint32_t n, Pos pos);
/* Notes which operands of an index or slice expression at `pos` are wide and unsigned; those not given are NULL. */
void note_unsigned(FuncState *f, Pos pos, Node *lo, Node *hi, Node *max);
/* The node without parentheses. */
Node *node_unparen(Node *node);
/* Whether the node is an integer constant that fits; its value. */
bool node_const_int(FuncState *f, Node *node, int64_t *value);
/* A composite literal in slots at `to`, which no operand of it may overlap. */
void composite_to(FuncState *f, Node *lit, Reg to);
/* Pointer to a new variable holding the literal's value: &T{…}. */
void composite_address(FuncState *f, Node *lit, Reg to);
/* If `value` is a struct or array literal of exactly this type, builds it in a box, puts the pointer at `to`; else false. */
bool composite_box(FuncState *f, Node *value, Type *type, Reg to);
/* Puts the receiver, found in lv, at `to` as the method declares it. */
void receiver_to(FuncState *f, LValue *lv, Object *method, Reg to);
/* The same, built in a package variable at `address`, which is zero. */
bool composite_global(FuncState *f, Node *value, Type *type, void *address);
/* A conversion T(x) of `node` to `type`, in slots at `to`. */
void conversion_to(FuncState *f, Node *x, Type *type, Reg to);
/* Whether values of the one type are values of the other as they are, in slots. */
bool conversion_is_free(Type *from, Type *to);
/* A method or function as a value. */
void func_value_to(FuncState *f, Node *node, Reg to);
/* The operand of a call is a built-in function; *id is which. */
bool node_is_builtin(Node *fun, BuiltinId *id);
/* A call of a built-in function; `to` NO_REG where no result is wanted. */
void builtin_to(FuncState *f, Node *call, Reg to);
/* The result if it can be found in place (len of a slice and the like), else NO_REG with nothing emitted. */
Reg builtin_in_place(FuncState *f, Node *call);
/* go and defer of a built-in: a closure without parameters that will do it, with the operands evaluated now. */
void builtin_closure(FuncState *f, Node *call, Reg to);
/* Slots `n` values of type `elem` at `args` become a new slice at `to`. */
void pack_slice(FuncState *f, Node **args, uint32_t n, Type *slice, Reg to);
/* A comparison giving a bool in `to`. */
void compare_to(FuncState *f, Node *node, Reg to);
bool token_is_comparison(int op);
/* Function literal as a value. */
void closure_expr(FuncState *f, Node *lit, Reg to);
/* Makes a closure over an FuncState that was compiled as inner function (also synthesised ones: range bodies, go wrappers). */
void closure_make(FuncState *f, FuncState *inner, Reg to);
/* Place of a variable, capturing it from outer functions where need be. */
VarPlace *var_place(FuncState *f, Object *var);
/* Declares a local: gives it slots or a box (escape.c decides), not initialised. */
VarPlace *var_declare(FuncState *f, Object *var);
/* Stores slots at `from` (type already the variable's) as the variable's first value; makes the box if it has one. */
void var_init(FuncState *f, Object *var, Reg from);
void var_init_zero(FuncState *f, Object *var);
/* Evaluates, converts and stores the first value; large literals are built where they stay. */
void var_init_expr(FuncState *f, Object *var, Node *value);
/* Declares a variable that already lives in slots at `reg` (parameters, results), perhaps those of another variable; must not be
 * boxed. */
VarPlace *var_bind(FuncState *f, Object *var, Reg reg);
/* At a function's entry, after its parameters: loads what it uses again and again, captured variables and constants in loops (prologue.c). */
void prologue(FuncState *f, Node *body);
/* The register that holds this constant throughout, or NO_REG. */
Reg prologue_const(FuncState *f, const ConstValue *val, Type *type);
/* escape.c: whether the variable must live in the heap. */
bool var_is_boxed(FuncState *f, Object *var);
/* Of a boxed variable of the function itself: whether nothing points to the box when the function returns. */
bool var_is_owned(FuncState *f, Object *var);
/* Whether a captured variable may be copied into closures (never assigned after capture, never addressed). */
bool var_is_copied(Object *var);

/* ---- order.c: calls before what they may change ---- */

/* Evaluates the calls of the operands now where that makes a difference; the operands are compiled
 * in order afterwards, and find those values. The temporaries lie on top. */
void order_operands(FuncState *f, Node **nodes, uint32_t n);
void order_pair(FuncState *f, Node *x, Node *y);
/* The same for function and arguments of a call, elements of a literal, both sides of an assignment. */
void order_call(FuncState *f, Node *call);
void order_literal(FuncState *f, Node *lit);
void order_assignment(FuncState *f, NodeList lhs, NodeList rhs);
/* Whether the places to assign to must be found after the calls on the right. */
bool order_is_late(FuncState *f, NodeList places);
/* The register of a value that was evaluated already, or NO_REG. */
Reg order_value(FuncState *f, Node *node);

/* ---- stmt.c, assign.c, range.c, switch.c, select.c, defer.c (CP2) ---- */

void stmt_block(FuncState *f, Node *block);
void stmt_list(FuncState *f, NodeList stmts);
void stmt(FuncState *f, Node *node);
/* Slots that variables (parameters, results) take side by side; their types as `env` has them, which may be NULL. */
uint32_t vars_slots(const TypeEnv *env, Object **vars, uint32_t n);
/* Compiles a function's body into f (parameters placed, results zeroed where named or deferred, RET/RETD at the end) and finishes it. */
void compile_func_state(FuncState *f);
/* Begins a function that is no inner one, whose proto exists. */
FuncState *func_begin_outer(FuncProto *proto, Package *package, const TypeEnv *env);
/* Begins an inner function; its proto has nresults and nparams from the signature. `name` NULL: named after the outer one, as Go does: f.func1,
 * f.func1.2. `node` NULL: made by the compiler. */
FuncState *func_begin(FuncState *outer, Node *node, Type *signature, const char *name);
/* Runs `generate` and finishes the function; runs it again with is_long where jumps did not reach. For functions without a tree. */
void func_generate(FuncState *f, void (*generate)(FuncState *f, void *arg), void *arg);
/* Frees what f holds outside its arena, after its closure was made. The proto lives on. */
void func_end(FuncState *f);
/* The frame that defer statements and calls of recover in f belong to: NO_REG where it is the running one (DEFER, DEFERC), else the register with its
 * FRAMEID (DEFERTO: f is the body of a loop over a function). */
Reg defer_frame(FuncState *f);
/* Calls `visit` for the node and, where that returns true, for what is below it. */
void node_walk(Node *node, bool (*visit)(Node *node, void *arg), void *arg);
/* Whether the variable occurs in the tree. */
bool node_mentions(Node *node, const Object *var);

/* ---- compile.c, rtype.c, method.c, instance.c, package init (CP2) ---- */

/* The proto of a declared function or method instance: lazily compiled. targs: for generic ones, already substituted (receiver's first, then own). */
FuncProto *func_proto(FuncState *f, Object *func, Type **targs, uint32_t ntargs);
/* The selection as it is in this instance: looked up again where its receiver mentions type parameters. */
Selection *selection_subst(FuncState *f, Selection *selection);
/* The proto of a concrete method, found through selection_subst or a method set: of an instance, its own object. Takes the receiver as declared. */
FuncProto *method_proto(Object *method);
/* A generic method with its own type arguments, for method_proto and the wrappers. */
Object *method_instance(Object *method, Type **targs, uint32_t n);
/* A method with a value receiver, compiled so that it takes the word of an interface holding `word_type` (T or *T) for its receiver. NULL where it is a
 * native. */
FuncProto *func_word_proto(Object *func, Type **targs, uint32_t ntargs, Type *word_type);
/* Panics where the word of an interface holding a *T is nil, for a method that takes a T. */
void check_word(FuncState *f, Type *word_type, Name method, Reg word);
/* Proto that takes an interface word as receiver (RMethod.entry), for method sel of the type. */
FuncProto *method_entry_proto(Type *type, const MethodEntry *entry);
/* Proto of a method expression T.m (receiver as ordinary first parameter, embedding resolved). The selection is substituted. */
FuncProto *method_expr_proto(FuncState *f, Selection *selection, Type *recv);
/* Proto that takes its receiver from captured slots: method value x.m. The captured slots hold the receiver as the method declares it (T or *T;
 * embedding is walked and pointers are followed when the value is made). */
FuncProto *method_value_proto(FuncState *f, Selection *selection, Type *recv);
/* A function without a tree of its own, compiled on its first call: `generate` makes its body. nresults and nparams must be set. */
void proto_lazy_generated(FuncProto *proto, Package *package, void (*generate)(FuncState *f, void *arg), void *arg);
/* Takes note of a proto for compile_package_protos. */
void proto_note(FuncProto *proto, Package *package);
/* One lock for everything that compiles, recursive. */
void compile_lock(void);
void compile_unlock(void);
/* The selector of a method: its name and signature. */
const Selector *selector_for(const Object *method);
/* Address of a package variable. */
void *global_address(Object *var);
RType *rtype_of(FuncState *f, Type *type); /* compile_rtype(env_type()) */
/* Whether memory of this type may hold pointers. */
bool type_holds_pointers(Type *type);

#endif
