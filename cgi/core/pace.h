/* pace: how many calls to one gateway may be on their way at once.
 *
 * It begins with few and takes one more for each answer, up to `most`. A gateway that asks for fewer (429) gets half as
 * many, none before the time that it named, and from then on one more per full round of answers only. After
 * BREAKER_FAILURES_CARDS calls in a row that never left this machine nobody calls until the breaker lets one through
 * (core/breaker); its answer opens the way again, slowly. Instants are UTC microseconds. */
#ifndef TACITE_CORE_PACE_H
#define TACITE_CORE_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/breaker.h"

enum { PACE_FIRST = 8 };

struct pace {
    int32_t most;
    int32_t room;       /* how many may be on their way */
    int32_t answered;   /* since room grew */
    bool pressed;       /* the gateway asked for fewer once */
    int64_t wait_until; /* it named a time; 0 never */
    struct breaker breaker;
};

struct pace pace_new(int32_t most); /* 1 at least */

/* How many may be started now, with in_flight on their way. */
int32_t pace_room(const struct pace *pace, int32_t in_flight, int64_t now);

/* Nobody may call for now, whatever comes back: the breaker is open. */
bool pace_is_closed(const struct pace *pace, int64_t now);

struct pace pace_after_answer(const struct pace *pace);                                /* any answer */
struct pace pace_after_too_many(const struct pace *pace, int64_t wait_us, int64_t now); /* 429; wait_us 0: no time was named */
struct pace pace_after_not_sent(const struct pace *pace, int64_t now);

#endif
