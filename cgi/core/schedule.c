#include "core/schedule.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"
#include "core/money.h"

static const char *const unit_name[] = {"", "day", "week", "month", "quarter", "year"};

int period_days(struct period period)
{
    return period.until_on - period.from_on;
}

const char *recurrence_unit_name(enum recurrence_unit unit)
{
    CHECK(unit >= RECURRENCE_DAY && unit <= RECURRENCE_YEAR);
    return unit_name[unit];
}

bool recurrence_unit_from_name(const char *name, enum recurrence_unit *unit)
{
    for (int i = RECURRENCE_DAY; i <= RECURRENCE_YEAR; i++)
        if (strcmp(unit_name[i], name) == 0) {
            *unit = (enum recurrence_unit)i;
            return true;
        }
    return false;
}

static int months_of(enum recurrence_unit unit)
{
    return unit == RECURRENCE_MONTH ? 1 : unit == RECURRENCE_QUARTER ? 3 : unit == RECURRENCE_YEAR ? 12 : 0;
}

int32_t schedule_boundary(int32_t anchor_on, struct recurrence recurrence, int index)
{
    int months = months_of(recurrence.unit);

    CHECK(recurrence.count >= 1 && recurrence.count <= 120 && index >= 0 && index <= 100000);
    if (months > 0)
        return date_add_months(anchor_on, months * recurrence.count * index);
    return anchor_on + (recurrence.unit == RECURRENCE_WEEK ? 7 : 1) * recurrence.count * index;
}

struct period schedule_period(int32_t anchor_on, struct recurrence recurrence, int index)
{
    return (struct period){schedule_boundary(anchor_on, recurrence, index),
                           schedule_boundary(anchor_on, recurrence, index + 1)};
}

int schedule_index(int32_t anchor_on, struct recurrence recurrence, int32_t on)
{
    int months = months_of(recurrence.unit);
    int longest = months > 0 ? months * recurrence.count * 31
                             : (recurrence.unit == RECURRENCE_WEEK ? 7 : 1) * recurrence.count;
    int index;

    CHECK(on >= anchor_on);
    index = (on - anchor_on) / longest; /* never too far; the rest is a few steps */
    while (schedule_boundary(anchor_on, recurrence, index + 1) <= on)
        index++;
    return index;
}

void recurrence_month_share(struct recurrence recurrence, int64_t *numerator, int64_t *denominator)
{
    int months = months_of(recurrence.unit);

    if (months > 0) {
        *numerator = 1;
        *denominator = months * recurrence.count;
    } else { /* a year of 365.25 days */
        *numerator = 1461;
        *denominator = (recurrence.unit == RECURRENCE_WEEK ? 336 : 48) * recurrence.count;
    }
}

int64_t proration_amount(int64_t full_minor, struct period period, int32_t from_on)
{
    CHECK(from_on >= period.from_on && from_on <= period.until_on && period_days(period) > 0);
    return money_scale(full_minor, period.until_on - from_on, period_days(period), ROUND_HALF_AWAY);
}
