/* clock: the only place that reads the machine's clock.
 *
 * Everything else gets `now` and `today_on` through ctx, so that a test can say what time it is. The self-test moves
 * the clock itself: months pass in a moment, and nobody waits. */
#ifndef TACITE_BASE_CLOCK_H
#define TACITE_BASE_CLOCK_H

#include <stdint.h>

#include "base/arena.h"

#define CLOCK_SECOND INT64_C(1000000)

/* UTC microseconds since 1970-01-01. */
int64_t clock_now(void);

/* Monotonic microseconds, for durations. */
int64_t clock_ticks(void);

/* From now on the clock is *ahead microseconds ahead of the machine's, and who waits moves it on instead. Processes
 * that share *ahead share the time. NULL: the machine's own clock again. */
void clock_simulate(_Atomic int64_t *ahead);

/* Waits; interrupted sleeps are continued. */
void clock_sleep(int64_t microseconds);

/* "2026-11-23T14:02:11.123456Z" */
char *clock_format(struct arena *arena, int64_t now);

#endif
