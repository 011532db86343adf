/* SPDX-License-Identifier: MIT */
/* The compiler's door: checked packages in, compiled functions out.
 *
 * One lock guards all compilation, since bodies are compiled on their first call from any worker (proto_compile). */
#ifndef MGO_COMPILER_COMPILE_H
#define MGO_COMPILER_COMPILE_H

#include "types/types.h"
#include "vm/proto.h"

/* Installs proto_compile and makes the run-time types of the universe. Once, after universe_init. */
void compile_init(void);
/* Makes the code of a checked package and, first, of what it imports: globals, protos (lazy bodies), init. Each package once; the result is cached. */
PackageCode *compile_package(Package *package);
/* All packages in initialisation order (sorted by path, each after its imports; GO-SINCE-1.19 1.21), ending with `package`. */
PackageCode **compile_init_order(PackageCode *package, uint32_t *n);
/* Compiles every body of a package now (mgo check -all, disasm, tests). */
void compile_all_bodies(Package *package);
/* The protos of a package's functions that have bodies, in order of position, literals after their function; malloc'ed. */
FuncProto **compile_package_protos(Package *package, uint32_t *n);
/* Compiles a prompt input (types_check_prompt): the function to run. Where the input ends in a value, the function leaves it as an interface
 * value (any) in result slots 0 and 1, else the type word there is NULL. */
FuncProto *compile_prompt(Package *package, Object *body, Node *value);
/* The proto of a package-level function, NULL if there is none. */
FuncProto *compile_function(Package *package, const char *name);
/* The run-time type of a type without type parameters; one for each distinct type. */
RType *compile_rtype(Type *type);
/* -loopvar=shared: one variable for all iterations, as before Go 1.22. */
extern bool compile_shared_loopvars;

#endif
