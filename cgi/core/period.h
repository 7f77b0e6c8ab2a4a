/* period: a half-open span of civil days, [from_on, until_on).
 *
 * Shown to people with an inclusive end (period_last_on), stored and computed half-open. A period
 * without days is empty; an absent period has DATE_NONE at both ends. */
#ifndef TACITE_CORE_PERIOD_H
#define TACITE_CORE_PERIOD_H

#include <stdbool.h>
#include <stdint.h>

struct period {
    int32_t from_on;
    int32_t until_on; /* first day that is not part of it */
};

#define PERIOD_NONE ((struct period){INT32_MIN, INT32_MIN})

bool period_is_none(struct period period);
int32_t period_days(struct period period);    /* CHECKs that it does not end before it starts */
int32_t period_last_on(struct period period); /* the last day of a period that has days */
/* What days of part are a share of: the days of the whole. 0: part is the whole, empty or none. */
int32_t period_share_of(struct period part, struct period whole);
bool period_contains(struct period period, int32_t on);

/* The days in both; empty (from_on = until_on) when there are none. until_on of either may be
 * DATE_NONE: open. */
struct period period_overlap(struct period a, struct period b);

#endif
