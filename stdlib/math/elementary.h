/* SPDX-License-Identifier: MIT */
/* Elementary functions whose results have the same bits as Go's, special values included. */
#ifndef MGO_STDLIB_MATH_ELEMENTARY_H
#define MGO_STDLIB_MATH_ELEMENTARY_H

double elementary_exp(double x);
double elementary_exp2(double x);
double elementary_log(double x);
double elementary_log2(double x);
double elementary_log10(double x);
double elementary_sin(double x);
double elementary_cos(double x);
double elementary_tan(double x);
double elementary_asin(double x);
double elementary_acos(double x);
double elementary_atan(double x);
double elementary_atan2(double y, double x);
double elementary_sinh(double x);
double elementary_cosh(double x);
double elementary_tanh(double x);
double elementary_asinh(double x);
double elementary_acosh(double x);
double elementary_pow(double x, double y);
double elementary_hypot(double x, double y);
double elementary_cbrt(double x);
double elementary_gamma(double x);

#endif
