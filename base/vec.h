/* SPDX-License-Identifier: MIT */
/* Vectors: growing arrays of any element type.
 *
 *     VEC(Node *) stmts = {0};
 *     vec_push(&stmts, node);
 *     for (size_t i = 0; i < stmts.len; i++) use(stmts.at[i]);
 *     vec_free(&stmts);
 *
 * Memory is malloc'ed, so it never holds the only pointer to a collected object. */
#ifndef MGO_BASE_VEC_H
#define MGO_BASE_VEC_H

#include <stddef.h>

#define VEC(T)                                                                                     \
    struct {                                                                                       \
        T *at;                                                                                     \
        size_t len, cap;                                                                           \
    }

/* Makes room for at least `need` elements of `size` bytes; returns the array, which may have moved.
 */
void *vec_grow(void *at, size_t *cap, size_t need, size_t size);
/* free(), kept here so that this header needs no other. */
void vec_release(void *at);

#define vec_reserve(v, n)                                                                          \
    ((n) <= (v)->cap ? (void)0                                                                     \
                     : (void)((v)->at = vec_grow((v)->at, &(v)->cap, (n), sizeof *(v)->at)))
#define vec_push(v, x) (vec_reserve((v), (v)->len + 1), (v)->at[(v)->len++] = (x))
#define vec_pop(v)     ((v)->at[--(v)->len])
#define vec_last(v)    ((v)->at[(v)->len - 1])
#define vec_free(v)    (vec_release((v)->at), (v)->at = NULL, (v)->len = (v)->cap = 0)

#endif
