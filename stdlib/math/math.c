/* SPDX-License-Identifier: MIT */
/* math: libm's functions with Go's results in the corners where C's differ (calc.def), and
 * representation. */
#include "stdlib/natives.gen.h"

#include "stdlib/calc.h"
#include "stdlib/math/elementary.h"

#include <math.h>
#include <stdlib.h>
#include <stdio.h>

/* Unlike fmax and fmin these give NaN where one operand is. */
double math_max(double x, double y)
{
    if (isinf(x) && x > 0) return x;
    if (isinf(y) && y > 0) return y;
    if (isnan(x) || isnan(y)) return NAN;
    if (x == 0 && y == 0) return signbit(x) ? y : x;
    return x > y ? x : y;
}

double math_min(double x, double y)
{
    if (isinf(x) && x < 0) return x;
    if (isinf(y) && y < 0) return y;
    if (isnan(x) || isnan(y)) return NAN;
    if (x == 0 && y == 0) return signbit(x) ? x : y;
    return x < y ? x : y;
}

double math_dim(double x, double y)
{
    double d = x - y;
    return d <= 0 ? 0 : d;
}

/* Bessel functions of the second kind at negative numbers are not numbers; at 0 they are -Inf. */
double math_y0(double x)
{
    return x < 0 ? NAN : x == 0 ? -INFINITY : y0(x);
}
double math_y1(double x)
{
    return x < 0 ? NAN : x == 0 ? -INFINITY : y1(x);
}

/* libm gives -0 at -Inf. */
double math_j1(double x)
{
    return isinf(x) ? 0 : j1(x);
}

/* A guess at the x with erf(x) = y, 0 < y < 1, improved by Halley's method, in more digits than are
 * returned. */
static double inverse_error(double y)
{
    enum { ROUNDS = 4 };
    const long double a = 0.147L, slope = 1.12837916709551257389615890312154517L; /* 2/sqrt(pi) */
    long double l = logl((1 - (long double)y) * (1 + (long double)y));
    long double b = 2 / ((long double)M_PI * a) + l / 2;
    long double x = sqrtl(sqrtl(b * b - l / a) - b);
    for (int i = 0; i < ROUNDS; i++) {
        long double step = ((long double)y - erfl(x)) / (slope * expl(-x * x));
        x += step / (1 + x * step);
    }
    return (double)x;
}

double math_erfinv(double y)
{
    if (!(fabs(y) <= 1)) return NAN;
    if (fabs(y) == 1) return copysign(INFINITY, y);
    return y == 0 ? y : copysign(inverse_error(fabs(y)), y);
}

double math_erfcinv(double y)
{
    return math_erfinv(1 - y);
}

/* The first operand where both are zero: C gives the second. */
double math_nextafter(double x, double y)
{
    return x == y ? x : nextafter(x, y);
}

/* ---- Representation ---- */

void native_math_Float64bits(NativeCall *call)
{
    ret_uint(call, 0, arg_uint(call, 0));
}

void native_math_Float64frombits(NativeCall *call)
{
    ret_uint(call, 0, arg_uint(call, 0));
}

void native_math_Float32bits(NativeCall *call)
{
    ret_uint(call, 0, (uint32_t)arg_uint(call, 0));
}

void native_math_Float32frombits(NativeCall *call)
{
    ret_uint(call, 0, (uint32_t)arg_uint(call, 0));
}

void native_math_Frexp(NativeCall *call)
{
    double f = arg_float(call, 0);
    int exponent = 0;
    ret_float(call, 0, isfinite(f) ? frexp(f, &exponent) : f);
    ret_int(call, 1, exponent);
}

void native_math_Ldexp(NativeCall *call)
{
    int64_t exponent = arg_int(call, 1);
    if (exponent > 5000) exponent = 5000;
    if (exponent < -5000) exponent = -5000;
    ret_float(call, 0, ldexp(arg_float(call, 0), (int)exponent));
}

void native_math_Nextafter32(NativeCall *call)
{
    call->results[0].u = 0;
    float x = call->args[0].f32, y = call->args[1].f32;
    call->results[0].f32 = x == y ? x : nextafterf(x, y);
}

void native_math_Lgamma(NativeCall *call)
{
    int sign = 1;
    double x = arg_float(call, 0);
    ret_float(call, 0, isinf(x) ? x : lgamma_r(x, &sign));
    ret_int(call, 1, sign < 0 ? -1 : 1);
}

void native_math_FMA(NativeCall *call)
{
    ret_float(call, 0, fma(arg_float(call, 0), arg_float(call, 1), arg_float(call, 2)));
}

void native_math_pow10(NativeCall *call)
{
    char text[16];
    snprintf(text, sizeof text, "1e%d", (int)arg_int(call, 0));
    ret_float(call, 0, strtod(text, NULL));
}

void native_math_Jn(NativeCall *call)
{
    int n = (int)arg_int(call, 0);
    double x = arg_float(call, 1);
    bool is_zero = isinf(x) || (n != 0 && x == 0);
    ret_float(call, 0, is_zero ? 0 : jn(n, x));
}

void native_math_Yn(NativeCall *call)
{
    double x = arg_float(call, 1);
    ret_float(call, 0, x < 0 ? NAN : yn((int)arg_int(call, 0), x));
}
