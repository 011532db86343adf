/* SPDX-License-Identifier: MIT */
/* math: libm, with Go's results in the corners where C's differ. */
#include "stdlib/natives.gen.h"

#include <math.h>
#include <stdlib.h>
#include <stdio.h>

/* clang-format off */
#define ONE(name, fn)  void native_math_##name(NativeCall *call) { ret_float(call, 0, fn(arg_float(call, 0))); }
#define TWO(name, fn)                                                                              \
    void native_math_##name(NativeCall *call) { ret_float(call, 0, fn(arg_float(call, 0), arg_float(call, 1))); }

/* The gamma function of -Inf and of negative integers is not a number. */
static double gamma_function(double x)
{
    if (x == 0) return copysign(INFINITY, x);
    return x < 0 && (isinf(x) || floor(x) == x) ? NAN : tgamma(x);
}

/* glibc's cbrt may be off by one unit; Go's is not. */
static double cube_root(double x) { return (double)cbrtl(x); }

/* Unlike fmax and fmin these give NaN where one operand is. */
static double larger(double x, double y)
{
    if (isinf(x) && x > 0) return x;
    if (isinf(y) && y > 0) return y;
    if (isnan(x) || isnan(y)) return NAN;
    if (x == 0 && y == 0) return signbit(x) ? y : x;
    return x > y ? x : y;
}

static double smaller(double x, double y)
{
    if (isinf(x) && x < 0) return x;
    if (isinf(y) && y < 0) return y;
    if (isnan(x) || isnan(y)) return NAN;
    if (x == 0 && y == 0) return signbit(x) ? x : y;
    return x < y ? x : y;
}

static double positive_difference(double x, double y)
{
    double d = x - y;
    return d <= 0 ? 0 : d;
}

/* Bessel functions of the second kind at negative numbers are not numbers; at 0 they are -Inf. */
static double bessel_y0(double x) { return x < 0 ? NAN : x == 0 ? -INFINITY : y0(x); }
static double bessel_y1(double x) { return x < 0 ? NAN : x == 0 ? -INFINITY : y1(x); }

ONE(Sqrt, sqrt)
ONE(Floor, floor)
ONE(Ceil, ceil)
ONE(Trunc, trunc)
ONE(Round, round)
ONE(RoundToEven, rint)
ONE(Abs, fabs)
ONE(Exp, exp)
ONE(Exp2, exp2)
ONE(Expm1, expm1)
ONE(Log, log)
ONE(Log2, log2)
ONE(Log10, log10)
ONE(Log1p, log1p)
ONE(Sin, sin)
ONE(Cos, cos)
ONE(Tan, tan)
ONE(Asin, asin)
ONE(Acos, acos)
ONE(Atan, atan)
ONE(Sinh, sinh)
ONE(Cosh, cosh)
ONE(Tanh, tanh)
ONE(Asinh, asinh)
ONE(Acosh, acosh)
ONE(Atanh, atanh)
ONE(Cbrt, cube_root)
ONE(Erf, erf)
ONE(Erfc, erfc)
ONE(Gamma, gamma_function)
ONE(J0, j0)
ONE(J1, j1)
ONE(Y0, bessel_y0)
ONE(Y1, bessel_y1)
ONE(Logb, logb)
TWO(Pow, pow)
TWO(Atan2, atan2)
TWO(Hypot, hypot)
TWO(Mod, fmod)
TWO(Remainder, remainder)
TWO(Dim, positive_difference)
TWO(Max, larger)
TWO(Min, smaller)
TWO(Copysign, copysign)
TWO(Nextafter, nextafter)
/* clang-format on */

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
    call->results[0].f32 = nextafterf(call->args[0].f32, call->args[1].f32);
}

void native_math_Lgamma(NativeCall *call)
{
    int sign = 1;
    ret_float(call, 0, lgamma_r(arg_float(call, 0), &sign));
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
    ret_float(call, 0, jn((int)arg_int(call, 0), arg_float(call, 1)));
}

void native_math_Yn(NativeCall *call)
{
    double x = arg_float(call, 1);
    ret_float(call, 0, x < 0 ? NAN : yn((int)arg_int(call, 0), x));
}
