/* SPDX-License-Identifier: MIT */
/* Complex division. */
#include "vm/number.h"

void number_divide_complex(Slot *to, const Slot *x, const Slot *y)
{
    double a = x[0].f, b = x[1].f, c = y[0].f, d = y[1].f;
    double re, im;
    if (__builtin_fabs(c) >= __builtin_fabs(d)) {
        double ratio = d / c, denom = c + ratio * d;
        re = (a + b * ratio) / denom;
        im = (b - a * ratio) / denom;
    } else {
        double ratio = c / d, denom = d + ratio * c;
        re = (a * ratio + b) / denom;
        im = (b * ratio - a) / denom;
    }
    if (__builtin_isnan(re) || __builtin_isnan(im)) {
        double inf = __builtin_inf();
        if (c == 0 && d == 0 && (!__builtin_isnan(a) || !__builtin_isnan(b))) {
            re = __builtin_copysign(inf, c) * a;
            im = __builtin_copysign(inf, c) * b;
        } else if ((__builtin_isinf(a) || __builtin_isinf(b)) && __builtin_isfinite(c) &&
                   __builtin_isfinite(d)) {
            a = __builtin_copysign(__builtin_isinf(a) ? 1 : 0, a);
            b = __builtin_copysign(__builtin_isinf(b) ? 1 : 0, b);
            re = inf * (a * c + b * d);
            im = inf * (b * c - a * d);
        } else if ((__builtin_isinf(c) || __builtin_isinf(d)) && __builtin_isfinite(a) &&
                   __builtin_isfinite(b)) {
            c = __builtin_copysign(__builtin_isinf(c) ? 1 : 0, c);
            d = __builtin_copysign(__builtin_isinf(d) ? 1 : 0, d);
            re = 0 * (a * c + b * d);
            im = 0 * (b * c - a * d);
        }
    }
    to[0].f = re;
    to[1].f = im;
}
