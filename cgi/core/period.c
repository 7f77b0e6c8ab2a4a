#include "core/period.h"

#include "base/check.h"
#include "core/date.h"

bool period_is_none(struct period period)
{
    return period.from_on == DATE_NONE && period.until_on == DATE_NONE;
}

int32_t period_days(struct period period)
{
    CHECK(period.until_on >= period.from_on);
    return period.until_on - period.from_on;
}

int32_t period_last_on(struct period period)
{
    CHECK(period_days(period) > 0);
    return period.until_on - 1;
}

int32_t period_share_of(struct period part, struct period whole)
{
    int32_t days;

    if (period_is_none(part) || period_is_none(whole))
        return 0;
    days = period_days(whole);
    return period_days(part) > 0 && period_days(part) < days ? days : 0;
}

bool period_contains(struct period period, int32_t on)
{
    return on >= period.from_on && (period.until_on == DATE_NONE || on < period.until_on);
}

struct period period_overlap(struct period a, struct period b)
{
    struct period both = {.from_on = a.from_on > b.from_on ? a.from_on : b.from_on};

    if (a.until_on == DATE_NONE)
        both.until_on = b.until_on;
    else if (b.until_on == DATE_NONE)
        both.until_on = a.until_on;
    else
        both.until_on = a.until_on < b.until_on ? a.until_on : b.until_on;
    if (both.until_on != DATE_NONE && both.until_on < both.from_on)
        both.until_on = both.from_on;
    return both;
}
