/* SPDX-License-Identifier: MIT */
/* The distance of two words is the number of letters to insert, delete, change or swap with their
 * neighbour; one that differs only in the case of letters is nearer than all others. How far a
 * candidate may be off depends on the word's length: in a short word any letter makes another
 * word. */
#include "base/near.h"

#include <string.h>
#include <strings.h>

enum { MAX_WORD = 40 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int distance(const char *a, size_t n, const char *b, size_t m)
{
    int rows[3][MAX_WORD + 1];
    int *above = rows[0], *row = rows[1], *before = rows[2];
    for (size_t j = 0; j <= m; j++) above[j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]), least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        int *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[m];
}

void near_begin(Near *near, const char *word)
{
    size_t len = strlen(word);
    *near = (Near){.word = word, .least = len < 3 ? 1 : len < 5 ? 2 : len < 9 ? 3 : 4};
}

void near_offer(Near *near, const char *candidate)
{
    size_t n = strlen(near->word), m = strlen(candidate);
    size_t apart = n > m ? n - m : m - n;
    if (n > MAX_WORD || m > MAX_WORD || m == 0 || (int)apart >= near->least) return;
    if (strcmp(near->word, candidate) == 0) return;
    int d = strcasecmp(near->word, candidate) == 0 ? 0 : distance(near->word, n, candidate, m);
    if (d >= near->least) return;
    near->least = d;
    near->best = candidate;
}
