/* SPDX-License-Identifier: MIT */
/* Normal and exponential random numbers. */
#ifndef MGO_STDLIB_MATH_RAND_ZIGGURAT_H
#define MGO_STDLIB_MATH_RAND_ZIGGURAT_H

#include <stdbool.h>
#include <stdint.h>

/* Where to fall: the layer and its bits decide; *x gets the number. False: outside of the layer's
 * rectangle, so that the caller must ask the curve itself. */
bool ziggurat_normal(int32_t bits, int layer, double *x);
bool ziggurat_exponential(uint32_t bits, int layer, double *x);

/* Whether x of this layer lies under the curve, by a uniform number of [0, 1). */
bool ziggurat_normal_accepts(int layer, double x, double uniform);
bool ziggurat_exponential_accepts(int layer, double x, double uniform);

#endif
