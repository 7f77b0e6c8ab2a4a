#include "core/breaker.h"

#define DAY (INT64_C(86400) * 1000000)

/* start * 2^doublings, at most most. */
static int64_t doubled(int64_t start, int32_t doublings, int64_t most)
{
    int64_t pause = start;

    for (int32_t i = 0; i < doublings && pause < most; i++)
        pause *= 2;
    return pause < most ? pause : most;
}

bool breaker_lets(const struct breaker *breaker, int32_t most, int64_t now)
{
    return breaker->failures < most || now >= breaker->open_until;
}

struct breaker breaker_after_failure(const struct breaker *breaker, int32_t most, int64_t now)
{
    struct breaker after = {.failures = breaker->failures < INT32_MAX ? breaker->failures + 1 : INT32_MAX,
                            .open_until = now};

    if (after.failures >= most)
        after.open_until = now + doubled(BREAKER_PAUSE_MIN, after.failures - most, BREAKER_PAUSE_MAX);
    return after;
}

int64_t retry_pause(int32_t tries)
{
    return doubled(BREAKER_PAUSE_MIN, tries, DAY);
}
