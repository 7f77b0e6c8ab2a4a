/* breaker: when a service that others run is left alone for a while.
 *
 * A service that is down costs whoever waits for it. After `most` failures in a row the breaker opens: nobody asks
 * until open_until. Then the next one who asks tries it; each further failure doubles the pause, from one minute up to
 * half an hour. One answer closes it. Instants are UTC microseconds. */
#ifndef TACITE_CORE_BREAKER_H
#define TACITE_CORE_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum { BREAKER_FAILURES = 3, /* of VIES */ BREAKER_FAILURES_CARDS = 10 /* nothing sent: trust.md X09 */ };
#define BREAKER_PAUSE_MIN (INT64_C(60) * 1000000)
#define BREAKER_PAUSE_MAX (INT64_C(1800) * 1000000)

struct breaker {
    int32_t failures;   /* in a row; {0} is a closed breaker */
    int64_t open_until; /* 0: it never opened */
};

/* False while it is open. */
bool breaker_lets(const struct breaker *breaker, int32_t most, int64_t now);

/* After one more failure. */
struct breaker breaker_after_failure(const struct breaker *breaker, int32_t most, int64_t now);

/* Pause before the next try of one piece of work that got no answer: a minute, doubled by each try that failed before
 * (0 the first time), a day at most. */
int64_t retry_pause(int32_t tries);

#endif
