/* SPDX-License-Identifier: MIT */
/* Elementary functions with the very bits that Go's have on x86-64.
 *
 * The C library's are nearer to the truth, but a program that prints a sine shall print what it
 * prints under Go. So the methods are the same: exponential by Shibata's halving of the argument,
 * logarithm and cube root by those of Sun's library (FreeBSD's msun), powers by repeated squaring,
 * the others by Moshier's Cephes. Polynomials are written with the highest coefficient first. Order
 * of operations is result. */
#include "stdlib/math/elementary.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define PI           3.14159265358979323846264338327950288
#define LN2          0.693147180559945309417232121458176568
#define LOG2_E       1.44269504088896340735992468100189214
#define FOUR_OVER_PI 1.27323954473516268615107010698140931

#define COUNT(array)                ((int)(sizeof(array) / sizeof *(array)))
#define POLYNOMIAL(x, coefficients) polynomial(x, coefficients, COUNT(coefficients))

static inline double polynomial(double x, const double *coefficients, int n)
{
    double sum = coefficients[0];
    for (int i = 1; i < n; i++) sum = sum * x + coefficients[i];
    return sum;
}

/* The same with 1 as a coefficient in front. */
static inline double monic(double x, const double *coefficients, int n)
{
    double sum = x + coefficients[0];
    for (int i = 1; i < n; i++) sum = sum * x + coefficients[i];
    return sum;
}
#define MONIC(x, coefficients) monic(x, coefficients, COUNT(coefficients))

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* ---- Exponentials ---- */

/* 1/n! from n = 8 to 1. */
static const double series[] = {2.4801587301587301587e-5,
                                1.9841269841269841270e-4,
                                1.3888888888888888889e-3,
                                8.3333333333333333333e-3,
                                4.1666666666666666667e-2,
                                1.6666666666666666667e-1,
                                0.5,
                                1.0};

/* ln 2 in two parts. */
#define LN2_UPPER 0.69314718055966295651160180568695068359375
#define LN2_LOWER 0.28235290563031577122588448175013436025525412068e-12

/* exp(x - k ln 2): the series of a sixteenth of it, then four squarings, of exp - 1 lest digits are
 * lost. */
static double reduced_exp(double x, double k)
{
    x = (x - k * LN2_UPPER - k * LN2_LOWER) * 0.0625;
    x *= POLYNOMIAL(x, series);
    for (int i = 0; i < 4; i++) x *= x + 2;
    return x + 1;
}

#ifdef __x86_64__
/* Go multiplies and adds in one step where the processor can. */
__attribute__((target("fma"))) static double reduced_exp_fused(double x, double k)
{
    x = __builtin_fma(-k, LN2_UPPER, x);
    x = __builtin_fma(-k, LN2_LOWER, x) * 0.0625;
    double sum = series[0];
    for (int i = 1; i < COUNT(series); i++) sum = __builtin_fma(sum, x, series[i]);
    x *= sum;
    for (int i = 0; i < 3; i++) x *= x + 2;
    return __builtin_fma(x, x + 2, 1);
}
#endif

double elementary_exp(double x)
{
    enum { BIAS = 1023, LEAST = -52 };
    if (isnan(x) || x > 7.09782712893384e+02) return isnan(x) ? x : INFINITY;
    if (x < -1000) return 0;
    int64_t k = (int64_t)rint(x * LOG2_E);
#ifdef __x86_64__
    double part =
        __builtin_cpu_supports("fma") ? reduced_exp_fused(x, (double)k) : reduced_exp(x, (double)k);
#else
    double part = reduced_exp(x, (double)k);
#endif
    k += BIAS;
    if (k > 2 * BIAS) return INFINITY;
    if (k > 0) return part * from_bits((uint64_t)k << 52);
    if (k < LEAST) return 0;
    return part * from_bits((uint64_t)(k + BIAS - 1) << 52) * from_bits(UINT64_C(1) << 52);
}

double elementary_exp2(double x)
{
    static const double correction[] = {4.13813679705723846039e-08, -1.65339022054652515390e-06,
                                        6.61375632143793436117e-05, -2.77777777770155933842e-03,
                                        1.66666666666666657415e-01};
    if (isnan(x)) return x;
    if (x > 1.0239999999999999e+03) return INFINITY;
    if (x < -1.0740e+03) return 0;
    int k = x == 0 ? 0 : (int)(x > 0 ? x + 0.5 : x - 0.5);
    double t = x - k;
    double upper = t * 6.93147180369123816490e-01, lower = -t * 1.90821492927058770002e-10;
    double r = upper - lower;
    t = r * r;
    double c = r - t * POLYNOMIAL(t, correction);
    return ldexp(1 - ((lower - (r * c) / (2 - c)) - upper), k);
}

/* ---- Logarithms ---- */

double elementary_log(double x)
{
    static const double odd[] = {1.479819860511658591e-01, 1.818357216161805012e-01,
                                 2.857142874366239149e-01, 6.666666666666735130e-01};
    static const double even[] = {1.531383769920937332e-01, 2.222219843214978396e-01,
                                  3.999999999940941908e-01};
    enum { BIAS = 1022 };
    if (!(x > 0)) return x == 0 ? -INFINITY : NAN;
    if (isinf(x)) return x;
    uint64_t bits = bits_of(x);
    double k = (double)((int64_t)(bits >> 52) - BIAS);
    double f = from_bits((bits & 0xFFFFFFFFFFFFF) | (UINT64_C(1022) << 52));
    if (f <= 7.07106781186547524401e-01) {
        f *= 2;
        k -= 1;
    }
    f -= 1;
    double s = f / (2 + f), s2 = s * s, s4 = s2 * s2;
    double rest = s2 * POLYNOMIAL(s4, odd) + s4 * POLYNOMIAL(s4, even);
    double half = 0.5 * f * f;
    return k * 6.93147180369123816490e-01 -
           ((half - (s * (rest + half) + k * 1.90821492927058770002e-10)) - f);
}

double elementary_log2(double x)
{
    int exponent = 0;
    double fraction = isfinite(x) ? frexp(x, &exponent) : x;
    if (fraction == 0.5) return exponent - 1;
    return elementary_log(fraction) * LOG2_E + exponent;
}

double elementary_log10(double x)
{
    return elementary_log(x) * 0.434294481903251827651128918916605082294; /* 1/ln 10 */
}

/* ---- Circular functions ---- */

/* The bits of 4/pi, 64 at a time: the first is before the point. */
static const uint64_t four_over_pi[] = {
    0x0000000000000001, 0x45f306dc9c882a53, 0xf84eafa3ea69bb81, 0xb6c52b3278872083,
    0xfca2c757bd778ac3, 0x6e48dc74849ba5c0, 0x0c925dd413a32439, 0xfc3bd63962534e7d,
    0xd1046bea5d768909, 0xd338e04d68befc82, 0x7323ac7306a673e9, 0x3908bf177bf25076,
    0x3ff12fffbc0b301f, 0xde5e2316b414da3e, 0xda6cfd9e4f96136e, 0x9e8c7ecd3cbfd45a,
    0xea4f758fd7cbe2f6, 0x7a0e73ef14a525d4, 0xd7f6bf623f1aba10, 0xac06608df8f6d757,
};

/* From here on the argument loses bits when multiples of pi/4 are taken off in three parts. */
#define LARGE 536870912.0 /* 2^29 */

/* x less j times pi/4 for x >= LARGE, after Payne and Hanek: only those bits of 4/pi are multiplied
 * that decide the fraction. j is even. */
static double reduce_large(double x, unsigned *j)
{
    enum { FRACTION = 52, BIAS = 1023 };
    uint64_t bits = bits_of(x);
    int exponent = (int)(bits >> FRACTION) - BIAS - FRACTION;
    uint64_t mantissa = (bits & 0xFFFFFFFFFFFFF) | UINT64_C(1) << FRACTION;
    unsigned word = (unsigned)(exponent + 61) / 64, shift = (unsigned)(exponent + 61) % 64;
    uint64_t digits[3];
    for (unsigned i = 0; i < 3; i++) {
        digits[i] = four_over_pi[word + i] << shift;
        if (shift) digits[i] |= four_over_pi[word + i + 1] >> (64 - shift);
    }
    unsigned __int128 product = (unsigned __int128)digits[1] * mantissa +
                                (((unsigned __int128)digits[2] * mantissa) >> 64) +
                                ((unsigned __int128)(digits[0] * mantissa) << 64);
    *j = (unsigned)(product >> 125);
    product <<= 3;
    uint64_t high = (uint64_t)(product >> 64);
    int zeros = high ? __builtin_clzll(high) : 64;
    uint64_t normal = zeros < 64 ? (uint64_t)((product << zeros << 1) >> 64) : 0;
    double z = from_bits(normal >> (64 - FRACTION) | (uint64_t)(BIAS - zeros - 1) << FRACTION);
    if (*j & 1) {
        *j = (*j + 1) & 7;
        z--;
    }
    return z * (PI / 4);
}

/* x less j times pi/4 for x >= 0, j even, 0 to 6. */
static double reduce(double x, unsigned *j)
{
    if (x >= LARGE) return reduce_large(x, j);
    uint64_t whole = (uint64_t)(x * FOUR_OVER_PI);
    whole += whole & 1;
    double y = (double)whole;
    *j = whole & 7;
    return ((x - y * 7.85398125648498535156e-1) - y * 3.77489470793079817668e-8) -
           y * 2.69515142907905952645e-15;
}

static double sine_near_zero(double z)
{
    static const double coefficients[] = {1.58962301576546568060e-10, -2.50507477628578072866e-8,
                                          2.75573136213857245213e-6,  -1.98412698295895385996e-4,
                                          8.33333333332211858878e-3,  -1.66666666666666307295e-1};
    double zz = z * z;
    return z + z * zz * POLYNOMIAL(zz, coefficients);
}

static double cosine_near_zero(double z)
{
    static const double coefficients[] = {-1.13585365213876817300e-11, 2.08757008419747316778e-9,
                                          -2.75573141792967388112e-7,  2.48015872888517045348e-5,
                                          -1.38888888888730564116e-3,  4.16666666666665929218e-2};
    double zz = z * z;
    return 1.0 - 0.5 * zz + zz * zz * POLYNOMIAL(zz, coefficients);
}

double elementary_sin(double x)
{
    if (x == 0 || isnan(x)) return x;
    if (isinf(x)) return NAN;
    unsigned j;
    double z = reduce(fabs(x), &j);
    double y = j & 2 ? cosine_near_zero(z) : sine_near_zero(z);
    return signbit(x) != (j >= 4) ? -y : y;
}

double elementary_cos(double x)
{
    if (!isfinite(x)) return NAN;
    unsigned j;
    double z = reduce(fabs(x), &j);
    double y = j & 2 ? sine_near_zero(z) : cosine_near_zero(z);
    return (j == 2) != (j == 4) ? -y : y;
}

double elementary_tan(double x)
{
    static const double above[] = {-1.30936939181383777646e4, 1.15351664838587416140e6,
                                   -1.79565251976484877988e7};
    static const double below[] = {1.36812963470692954678e4, -1.32089234440210967447e6,
                                   2.50083801823357915839e7, -5.38695755929454629881e7};
    if (x == 0 || isnan(x)) return x;
    if (isinf(x)) return NAN;
    unsigned j;
    double z = reduce(fabs(x), &j), zz = z * z, y = z;
    if (zz > 1e-14) y = z + z * (zz * POLYNOMIAL(zz, above) / MONIC(zz, below));
    if (j & 2) y = -1 / y;
    return signbit(x) ? -y : y;
}

/* For 0 <= x <= 0.66. */
static double arctangent_near_zero(double x)
{
    static const double above[] = {-8.750608600031904122785e-01, -1.615753718733365076637e+01,
                                   -7.500855792314704667340e+01, -1.228866684490136173410e+02,
                                   -6.485021904942025371773e+01};
    static const double below[] = {2.485846490142306297962e+01, 1.650270098316988542046e+02,
                                   4.328810604912902668951e+02, 4.853903996359136964868e+02,
                                   1.945506571482613964425e+02};
    double z = x * x;
    z = z * POLYNOMIAL(z, above) / MONIC(z, below);
    return x * z + x;
}

/* For x >= 0. */
static double positive_atan(double x)
{
    const double more =
        6.123233995736765886130e-17; /* bits of pi/2 that a double has no room for */
    if (x <= 0.66) return arctangent_near_zero(x);
    if (x > 2.41421356237309504880) return PI / 2 - arctangent_near_zero(1 / x) + more;
    return PI / 4 + arctangent_near_zero((x - 1) / (x + 1)) + 0.5 * more;
}

double elementary_atan(double x)
{
    if (x == 0) return x;
    return x > 0 ? positive_atan(x) : -positive_atan(-x);
}

double elementary_atan2(double y, double x)
{
    if (isnan(x) || isnan(y) || y == 0 || x == 0 || isinf(x) || isinf(y)) return atan2(y, x);
    double q = elementary_atan(y / x);
    if (x > 0) return q;
    return q <= 0 ? q + PI : q - PI;
}

double elementary_asin(double x)
{
    if (x == 0) return x;
    double size = fabs(x);
    if (!(size <= 1)) return NAN;
    double other = sqrt(1 - size * size);
    double angle = size > 0.7 ? PI / 2 - positive_atan(other / size) : positive_atan(size / other);
    return copysign(angle, x);
}

double elementary_acos(double x)
{
    return PI / 2 - elementary_asin(x);
}

/* ---- Hyperbolic functions ---- */

double elementary_sinh(double x)
{
    static const double above[] = {
        -0.2630563213397497062819489e+2, -0.2894211355989563807284660366e+4,
        -0.8991272022039509355398013511e+5, -0.6307673640497716991184787251e+6};
    static const double below[] = {-0.173678953558233699533450911e+3,
                                   0.1521517378790019070696485176e+5,
                                   -0.6307673640497716991212077277e+6};
    double size = x < 0 ? -x : x, result; /* -0 stays */
    if (size > 21) {
        result = elementary_exp(size) * 0.5;
    } else if (size > 0.5) {
        double e = elementary_exp(size);
        result = (e - 1 / e) * 0.5;
    } else {
        double square = size * size;
        result = POLYNOMIAL(square, above) * size;
        result = result / MONIC(square, below);
    }
    return x < 0 ? -result : result;
}

double elementary_cosh(double x)
{
    x = fabs(x);
    double e = elementary_exp(x);
    return x > 21 ? e * 0.5 : (e + 1 / e) * 0.5;
}

double elementary_tanh(double x)
{
    static const double above[] = {-9.64399179425052238628e-1, -9.92877231001918586564e1,
                                   -1.61468768441708447952e3};
    static const double below[] = {1.12811678491632931402e2, 2.23548839060100448583e3,
                                   4.84406305325125486048e3};
    const double largest = 8.8029691931113054295988e+01; /* ln(2^127) */
    double size = fabs(x);
    if (size > 0.5 * largest) return x < 0 ? -1 : 1;
    if (size >= 0.625) {
        double result = 1 - 2 / (elementary_exp(2 * size) + 1);
        return x < 0 ? -result : result;
    }
    if (x == 0) return x;
    double s = x * x;
    return x + x * s * POLYNOMIAL(s, above) / MONIC(s, below);
}

/* From here on 1 is lost beside the square of a number. */
#define HUGE_ARGUMENT 268435456.0 /* 2^28 */

double elementary_asinh(double x)
{
    if (!isfinite(x)) return x;
    double size = fabs(x), result;
    if (size > HUGE_ARGUMENT)
        result = elementary_log(size) + LN2;
    else if (size > 2)
        result = elementary_log(2 * size + 1 / (sqrt(size * size + 1) + size));
    else if (size < 1 / HUGE_ARGUMENT)
        result = size;
    else
        result = log1p(size + size * size / (1 + sqrt(1 + size * size)));
    return signbit(x) ? -result : result;
}

double elementary_acosh(double x)
{
    if (!(x >= 1)) return NAN;
    if (x == 1) return 0;
    if (x >= HUGE_ARGUMENT) return elementary_log(x) + LN2;
    if (x > 2) return elementary_log(2 * x - 1 / (x + sqrt(x * x - 1)));
    double t = x - 1;
    return log1p(t + sqrt(2 * t + t * t));
}

/* ---- Powers ---- */

/* x to the y for finite x > 0 or integral y, by repeated squaring of the fraction beside its
 * exponent. */
static double power_by_squaring(double x, double y)
{
    double whole, part = modf(fabs(y), &whole), result = 1;
    int64_t exponent = 0;
    if (part != 0) {
        if (part > 0.5) {
            part--;
            whole++;
        }
        result = elementary_exp(part * elementary_log(x));
    }
    int e;
    double base = frexp(x, &e);
    int64_t base_exponent = e;
    for (int64_t i = (int64_t)whole; i != 0; i >>= 1) {
        if (base_exponent < -(1 << 12) || base_exponent > 1 << 12) {
            exponent += base_exponent; /* overflow or underflow, whatever follows */
            break;
        }
        if (i & 1) {
            result *= base;
            exponent += base_exponent;
        }
        base *= base;
        base_exponent *= 2;
        if (base < 0.5) {
            base += base;
            base_exponent--;
        }
    }
    if (y < 0) {
        result = 1 / result;
        exponent = -exponent;
    }
    return ldexp(result, exponent > 5000 ? 5000 : exponent < -5000 ? -5000 : (int)exponent);
}

double elementary_pow(double x, double y)
{
    const double largest = 9223372036854775808.0; /* 2^63 */
    bool is_plain =
        isfinite(x) && isfinite(y) && x != 0 && y != 0 && x != 1 && y != 1 && fabs(y) < largest;
    if (!is_plain) return pow(x, y);
    if (y == 0.5) return sqrt(x);
    if (y == -0.5) return 1 / sqrt(x);
    if (x < 0 && y != floor(y)) return NAN;
    return power_by_squaring(x, y);
}

double elementary_hypot(double x, double y)
{
    x = fabs(x);
    y = fabs(y);
    if (!isfinite(x) || !isfinite(y)) return isinf(x) || isinf(y) ? INFINITY : NAN;
    double larger = x > y ? x : y, smaller = x > y ? y : x;
    if (larger == 0) return 0;
    smaller /= larger;
    return larger * sqrt(smaller * smaller + 1);
}

double elementary_cbrt(double x)
{
    const double two_to_54 = 18014398509481984.0;
    if (x == 0 || !isfinite(x)) return x;
    double size = fabs(x);
    double t = from_bits(bits_of(size) / 3 + (UINT64_C(715094163) << 32));
    if (size < 2.22507385850720138309e-308)
        t = from_bits(bits_of(two_to_54 * size) / 3 + (UINT64_C(696219795) << 32));
    /* To 23 bits, then rounded to 20 so that the square is exact, then one step of Newton's. */
    double r = t * t / size, s = 5.42857142857142815906e-01 + r * t;
    t *= 3.57142857142857150787e-01 +
         1.60714285714285720630e+00 /
             (s + 1.41428571428571436819e+00 + -7.05306122448979611050e-01 / s);
    t = from_bits((bits_of(t) & (UINT64_C(0xFFFFFFFFC) << 28)) + (UINT64_C(1) << 30));
    s = t * t;
    r = size / s;
    r = (r - t) / (t + t + r);
    t = t + t * r;
    return x < 0 ? -t : t;
}

/* ---- Gamma function ---- */

/* Stirling's formula for x > 33, as two factors of which the product may overflow. */
static void stirling(double x, double *first, double *second)
{
    static const double coefficients[] = {7.87311395793093628397e-04, -2.29549961613378126380e-04,
                                          -2.68132617805781232825e-03, 3.47222221605458667310e-03,
                                          8.33333333333482257126e-02};
    *first = INFINITY;
    *second = 1;
    if (x > 200) return;
    double w = 1 / x;
    w = 1 + w * POLYNOMIAL(w, coefficients);
    double e = elementary_exp(x);
    double rest = 1;
    if (x > 143.01608) {
        *first = elementary_pow(x, 0.5 * x - 0.25);
        rest = *first / e;
    } else {
        *first = elementary_pow(x, x - 0.5) / e;
    }
    *second = 2.506628274631000502417 * w * rest;
}

/* For x < -33, by reflection. */
static double gamma_far_left(double x)
{
    double q = fabs(x), p = floor(q), sign = (int64_t)p & 1 ? 1 : -1;
    double z = q - p;
    if (z > 0.5) z = q - (p + 1);
    z = fabs(q * elementary_sin(PI * z));
    if (z == 0) return sign * INFINITY;
    double first, second;
    stirling(q, &first, &second);
    double whole = z * first * second;
    return sign * (isinf(whole) ? PI / z / first / second : PI / whole);
}

double elementary_gamma(double x)
{
    static const double above[] = {1.60119522476751861407e-04, 1.19135147006586384913e-03,
                                   1.04213797561761569935e-02, 4.76367800457137231464e-02,
                                   2.07448227648435975150e-01, 4.94214826801497100753e-01,
                                   9.99999999999999996796e-01};
    static const double below[] = {-2.31581873324120129819e-05, 5.39605580493303397842e-04,
                                   -4.45641913851797240494e-03, 1.18139785222060435552e-02,
                                   3.58236398605498653373e-02,  -2.34591795718243348568e-01,
                                   7.14304917030273074085e-02,  1.00000000000000000320e+00};
    const double tiny = 1e-09, euler = 0.577215664901532860606512090082402431;
    if (isnan(x) || (x < 0 && (isinf(x) || floor(x) == x))) return NAN;
    if (isinf(x)) return x;
    if (x == 0) return copysign(INFINITY, x);
    if (x < -33) return gamma_far_left(x);
    if (x > 33) {
        double first, second;
        stirling(x, &first, &second);
        return first * second;
    }
    double z = 1;
    for (; x >= 3; z *= x) x -= 1;
    for (; x < 2 && !(x < tiny && x > -tiny) && x != 0; x += 1) z /= x;
    if (x == 0) return INFINITY;
    if (x < 2) return z / ((1 + euler * x) * x);
    if (x == 2) return z;
    x -= 2;
    return z * POLYNOMIAL(x, above) / POLYNOMIAL(x, below);
}
