/* clock: the only place that reads the machine's clock.
 *
 * Everything else gets `now` and `today_on` through ctx, so that a test can say what time it is. */
#ifndef TACITE_BASE_CLOCK_H
#define TACITE_BASE_CLOCK_H

#include <stdint.h>

#include "base/arena.h"

#define CLOCK_SECOND INT64_C(1000000)

/* UTC microseconds since 1970-01-01. */
int64_t clock_now(void);

/* Monotonic microseconds, for durations. */
int64_t clock_ticks(void);

/* Waits; interrupted sleeps are continued. */
void clock_sleep(int64_t microseconds);

/* "2026-11-23T14:02:11.123456Z" */
char *clock_format(struct arena *arena, int64_t now);

#endif
