#include "base/clock.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <time.h>

#include "base/check.h"

static _Atomic int64_t *simulated; /* NULL: the machine's own clock */

void clock_simulate(_Atomic int64_t *ahead)
{
    simulated = ahead;
}

static int64_t read_clock(clockid_t id)
{
    struct timespec at;

    CHECK(clock_gettime(id, &at) == 0);
    return (int64_t)at.tv_sec * CLOCK_SECOND + at.tv_nsec / 1000 + (simulated != NULL ? *simulated : 0);
}

int64_t clock_now(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t clock_ticks(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

void clock_sleep(int64_t microseconds)
{
    struct timespec left = {.tv_sec = (time_t)(microseconds / CLOCK_SECOND),
                            .tv_nsec = (long)(microseconds % CLOCK_SECOND) * 1000};

    if (simulated != NULL) {
        *simulated += microseconds;
        (void)sched_yield(); /* whoever is waited for may need the processor */
        return;
    }
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        continue;
}

char *clock_format(struct arena *arena, int64_t now)
{
    time_t seconds = (time_t)(now / CLOCK_SECOND);
    struct tm civil;

    CHECK(gmtime_r(&seconds, &civil) != NULL);
    return arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", civil.tm_year + 1900,
                        civil.tm_mon + 1, civil.tm_mday, civil.tm_hour, civil.tm_min, civil.tm_sec,
                        (int)(now % CLOCK_SECOND));
}
