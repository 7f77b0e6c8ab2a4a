#include "core/schedule.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"

static const char *const unit_name[] = {"", "day", "week", "month", "quarter", "year"};

const char *recurrence_unit_name(enum recurrence_unit unit)
{
    CHECK(unit >= RECURRENCE_DAY && unit <= RECURRENCE_YEAR);
    return unit_name[unit];
}

enum recurrence_unit recurrence_unit_from_name(const char *name)
{
    for (int i = RECURRENCE_DAY; i <= RECURRENCE_YEAR; i++)
        if (strcmp(unit_name[i], name) == 0)
            return (enum recurrence_unit)i;
    return (enum recurrence_unit)0;
}

bool recurrence_valid(struct recurrence recurrence)
{
    return recurrence.unit >= RECURRENCE_DAY && recurrence.unit <= RECURRENCE_YEAR && recurrence.count >= 1 &&
           recurrence.count <= RECURRENCE_COUNT_MAX;
}

int recurrence_months(struct recurrence recurrence)
{
    static const int months[] = {0, 0, 0, 1, 3, 12};

    CHECK(recurrence_valid(recurrence));
    return months[recurrence.unit] * recurrence.count;
}

int recurrence_days(struct recurrence recurrence)
{
    static const int days[] = {0, 1, 7, 0, 0, 0};

    CHECK(recurrence_valid(recurrence));
    return days[recurrence.unit] * recurrence.count;
}

int32_t schedule_boundary(const struct schedule *schedule, int32_t k)
{
    int months = recurrence_months(schedule->every);
    struct civil civil;
    int32_t on;
    int days;

    CHECK(k >= -120000 && k <= 120000);
    if (months == 0)
        return schedule->anchor_on + recurrence_days(schedule->every) * k;
    on = date_add_months(schedule->anchor_on, months * k);
    if (schedule->month_day == 0)
        return on;
    civil = date_civil(on);
    days = date_days_in_month(civil.year, civil.month);
    return date_from_civil(civil.year, civil.month, schedule->month_day < days ? schedule->month_day : days);
}

struct period schedule_period(const struct schedule *schedule, int32_t k)
{
    return (struct period){schedule_boundary(schedule, k), schedule_boundary(schedule, k + 1)};
}

int32_t schedule_index(const struct schedule *schedule, int32_t on)
{
    int months = recurrence_months(schedule->every);
    int days = months > 0 ? months * 30 : recurrence_days(schedule->every);
    int32_t k = (on - schedule->anchor_on) / days; /* near; the rest is a few steps either way */

    while (schedule_boundary(schedule, k) > on)
        k--;
    while (schedule_boundary(schedule, k + 1) <= on)
        k++;
    return k;
}

static const char *const timing_name[] = {"", "advance", "arrears", "usage"};

const char *billing_timing_name(enum billing_timing timing)
{
    CHECK(timing >= BILLING_ADVANCE && timing <= BILLING_USAGE);
    return timing_name[timing];
}

enum billing_timing billing_timing_from_name(const char *name)
{
    for (int i = BILLING_ADVANCE; i <= BILLING_USAGE; i++)
        if (strcmp(timing_name[i], name) == 0)
            return (enum billing_timing)i;
    return (enum billing_timing)0;
}

int32_t period_due_on(struct period period, enum billing_timing timing)
{
    return timing == BILLING_ADVANCE ? period.from_on : period.until_on;
}

size_t schedule_due(const struct schedule *schedule, int32_t first_k, int32_t by_on, enum billing_timing timing,
                    struct period *periods, size_t room)
{
    size_t count = 0;

    while (count < room) {
        struct period period = schedule_period(schedule, first_k + (int32_t)count);

        if (period_due_on(period, timing) > by_on)
            break;
        periods[count++] = period;
    }
    return count;
}
