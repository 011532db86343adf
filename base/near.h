/* SPDX-License-Identifier: MIT */
/* Words that are nearly another: what somebody may have meant by a name that does not exist. */
#ifndef MGO_BASE_NEAR_H
#define MGO_BASE_NEAR_H

/* A search for the candidate nearest to a word; begins with near_begin. Borrows all words. */
typedef struct Near {
    const char *word;
    const char *best; /* so far, or NULL */
    int least;        /* its distance; at first one more than is allowed */
} Near;

void near_begin(Near *near, const char *word);
/* Offers a candidate; the first of equally near ones stays. The word itself is no candidate. */
void near_offer(Near *near, const char *candidate);

#endif
