/* SPDX-License-Identifier: MIT */
/* Between binary floating point and short decimals.
 *
 * The shortest decimal is found as in R. Giulietti, "The Schubfach way to render doubles", 2020:
 * one scale 10^k is chosen so that the interval of numbers that round to f holds at least one and
 * less than ten of its multiples; so the answer is the only multiple of 10^(k+1) inside, or else
 * the multiple of 10^k next to f. The interval's ends are scaled with 128-bit powers of ten and
 * rounded to odd, which keeps all comparisons right.
 *
 * Reading follows D. Lemire, "Number Parsing at a Gigabyte per Second", 2021: the product with a
 * 128-bit power of ten nearly always decides how to round; where it does not, the caller takes the
 * long way. Rounding to a number of digits does the same in the other direction. */
#include "stdlib/strconv/decimal.h"

#include "stdlib/strconv/power.h"

#include <string.h>

typedef unsigned __int128 Wide;

/* mantissa * 2^exponent. */
typedef struct Binary {
    uint64_t mantissa;
    int exponent;
    bool is_power; /* of two: the next number below is nearer than the next above */
} Binary;

static Binary take_apart(double f, int bits)
{
    if (bits == 32) {
        float single = (float)f;
        uint32_t word;
        memcpy(&word, &single, sizeof word);
        int biased = (int)(word >> 23);
        uint32_t low = word & 0x7FFFFF;
        if (biased == 0) return (Binary){low, -149, false};
        return (Binary){low | 0x800000, biased - 150, low == 0 && biased > 1};
    }
    uint64_t word;
    memcpy(&word, &f, sizeof word);
    int biased = (int)(word >> 52);
    uint64_t low = word & ((UINT64_C(1) << 52) - 1);
    if (biased == 0) return (Binary){low, -1074, false};
    return (Binary){low | UINT64_C(1) << 52, biased - 1075, low == 0 && biased > 1};
}

/* ---- Shortest ---- */

/* x * power / 2^128, with the lowest bit set where anything was cut off. */
static uint64_t scale_to_odd(Power power, uint64_t x)
{
    Wide low = (Wide)power.low * x, high = (Wide)power.high * x + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* The power rounded up. */
static Power power_above(int n)
{
    Power power = power_of_ten(n);
    if (!power_is_exact(n) && ++power.low == 0) power.high++;
    return power;
}

Decimal decimal_shortest(double f, int bits)
{
    Binary b = take_apart(f, bits);
    /* k = log10 of the interval's width, rounded down; 3/4 of 2^exponent for a power of two */
    int k = (b.exponent * 1262611 - (b.is_power ? 524031 : 0)) >> 22;
    int shift = b.exponent + power_exponent(-k) + 1;
    Power power = power_above(-k);
    /* In quarters of 10^k: f and the ends of its interval. */
    uint64_t middle = scale_to_odd(power, 4 * b.mantissa << shift);
    uint64_t lower = scale_to_odd(power, (4 * b.mantissa - 2 + b.is_power) << shift);
    uint64_t upper = scale_to_odd(power, (4 * b.mantissa + 2) << shift);
    if (b.mantissa & 1) { /* the ends themselves round to the even neighbours */
        lower++;
        upper--;
    }
    uint64_t below = middle / 4;
    if (below >= 10) {
        uint64_t tens = below / 10;
        bool has_lower = lower <= 40 * tens, has_upper = 40 * tens + 40 <= upper;
        if (has_lower != has_upper) return (Decimal){tens + has_upper, k + 1};
    }
    bool has_lower = lower <= 4 * below, has_upper = 4 * below + 4 <= upper;
    if (has_lower != has_upper) return (Decimal){below + has_upper, k};
    uint64_t half = 4 * below + 2;
    return (Decimal){below + (middle > half || (middle == half && below & 1)), k};
}

/* ---- Scaling with rounding ---- */

/* x * 10^n, exact or nearly so: high * 2^exponent, and what lies behind high's lowest bit: `rest` /
 * 2^64 of it where is_exact, else anything from 0 to less than 2. High is at least 2^126. */
typedef struct Product {
    Wide high;
    uint64_t rest;
    int exponent;
    bool is_exact;
} Product;

static Product multiply(uint64_t x, int n)
{
    int lead = __builtin_clzll(x);
    Power power = power_of_ten(n);
    Wide low = (Wide)power.low * (x << lead);
    Wide high = (Wide)power.high * (x << lead) + (uint64_t)(low >> 64);
    return (Product){high, (uint64_t)low, power_exponent(n) - 63 - lead, power_is_exact(n)};
}

/* high / 2^shift, 1 <= shift <= 128, rounded half to even. False where it is not sure how to round.
 */
static bool round_off(const Product *product, int shift, uint64_t *out)
{
    Wide half = (Wide)1 << (shift - 1), part = product->high & (half - 1 + half);
    uint64_t whole = shift == 128 ? 0 : (uint64_t)(product->high >> shift);
    if (!product->is_exact && part <= half && half - part < 2) return false;
    bool is_up = part > half || (part == half && (product->rest || whole & 1));
    *out = whole + is_up;
    return true;
}

static bool scale(Binary b, int places, uint64_t *out)
{
    if (places < POWER_MIN || places > POWER_MAX) return false;
    Product product = multiply(b.mantissa, places);
    int shift = -product.exponent - b.exponent;
    if (shift < 66) return false; /* may not fit */
    if (shift <= 128) return round_off(&product, shift, out);
    *out = 0;
    return shift > 129; /* below 1/2 for certain */
}

static const uint64_t tens[19] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
};

bool decimal_rounded(double f, int n, Decimal *out)
{
    Binary b = take_apart(f, 64);
    int log2 = b.exponent + 63 - __builtin_clzll(b.mantissa);
    int log10 = (log2 * 1262611) >> 22; /* of f, or one less */
    int places = n - 1 - log10;
    if (!scale(b, places, &out->digits)) return false;
    if (out->digits > tens[n] && !scale(b, --places, &out->digits)) return false;
    out->exponent = -places;
    return true;
}

bool decimal_fixed(double f, int places, uint64_t *out)
{
    return scale(take_apart(f, 64), places, out) && *out < tens[18];
}

/* ---- Reading ---- */

bool decimal_to_float(uint64_t digits, int exponent, int bits, double *f)
{
    if (exponent < POWER_MIN || exponent > POWER_MAX) return false;
    int width = bits == 32 ? 24 : 53, least = bits == 32 ? -126 : -1022,
        most = bits == 32 ? 127 : 1023;
    Product product = multiply(digits, exponent);
    int shift = 127 - width + (int)(product.high >> 127);
    uint64_t mantissa;
    if (!round_off(&product, shift, &mantissa)) return false;
    int lowest = product.exponent + shift; /* the value is mantissa * 2^lowest */
    if (mantissa >> width) {
        mantissa >>= 1;
        lowest++;
    }
    int log2 = lowest + width - 1;
    if (log2 < least || log2 > most) return false;
    uint64_t word =
        (uint64_t)(log2 + 1023) << 52 | (mantissa << (53 - width) & ((UINT64_C(1) << 52) - 1));
    memcpy(f, &word, sizeof word);
    return true;
}
