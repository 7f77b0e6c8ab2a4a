#include "core/anchor.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"

#define N_(text) text

static const char *const rule_name[] = {"", "start", "month_day", "last_day", "weekday", "calendar"};

const char *anchor_rule_name(enum anchor_rule rule)
{
    CHECK(rule >= ANCHOR_START && rule <= ANCHOR_CALENDAR);
    return rule_name[rule];
}

enum anchor_rule anchor_rule_from_name(const char *name)
{
    for (int i = ANCHOR_START; i <= ANCHOR_CALENDAR; i++)
        if (strcmp(rule_name[i], name) == 0)
            return (enum anchor_rule)i;
    return (enum anchor_rule)0;
}

enum anchor_refusal anchor_fits(struct anchor anchor, struct recurrence every)
{
    bool months = recurrence_months(every) > 0;

    switch (anchor.rule) {
    case ANCHOR_START: return ANCHOR_NOT_REFUSED;
    case ANCHOR_MONTH_DAY:
        if (!months)
            return ANCHOR_UNIT_DIFFERS;
        return anchor.day >= 1 && anchor.day <= 31 ? ANCHOR_NOT_REFUSED : ANCHOR_DAY_MISSING;
    case ANCHOR_LAST_DAY: return months ? ANCHOR_NOT_REFUSED : ANCHOR_UNIT_DIFFERS;
    case ANCHOR_WEEKDAY:
        if (every.unit != RECURRENCE_WEEK)
            return ANCHOR_UNIT_DIFFERS;
        return anchor.day >= 1 && anchor.day <= 7 ? ANCHOR_NOT_REFUSED : ANCHOR_DAY_MISSING;
    case ANCHOR_CALENDAR: return every.unit == RECURRENCE_DAY ? ANCHOR_UNIT_DIFFERS : ANCHOR_NOT_REFUSED;
    }
    return ANCHOR_UNIT_DIFFERS;
}

const char *anchor_refusal_text(enum anchor_refusal refusal)
{
    switch (refusal) {
    case ANCHOR_NOT_REFUSED: return "";
    case ANCHOR_UNIT_DIFFERS: return N_("This does not go with the unit of the period.");
    case ANCHOR_DAY_MISSING: return N_("Enter the day: 1 to 31 of a month, 1 (Monday) to 7 (Sunday) of a week.");
    }
    return "";
}

/* The day of the month of civil's month, cut to its last. */
static int32_t day_in_month(struct civil civil, int day)
{
    int days = date_days_in_month(civil.year, civil.month);

    return date_from_civil(civil.year, civil.month, day < days ? day : days);
}

/* A calendar's period begins in these months only. */
static bool month_begins(struct anchor anchor, enum recurrence_unit unit, int month)
{
    if (anchor.rule != ANCHOR_CALENDAR || unit == RECURRENCE_MONTH)
        return true;
    return unit == RECURRENCE_QUARTER ? month % 3 == 1 : month == 1;
}

static struct schedule by_month(struct anchor anchor, struct recurrence every, int32_t from_on)
{
    struct schedule schedule = {.every = every, .month_day = anchor.rule == ANCHOR_MONTH_DAY ? anchor.day
                                                             : anchor.rule == ANCHOR_LAST_DAY ? 31 : 1};
    int32_t first_of_month = day_in_month(date_civil(from_on), 1);

    schedule.anchor_on = day_in_month(date_civil(first_of_month), schedule.month_day);
    while (schedule.anchor_on < from_on || !month_begins(anchor, every.unit, date_civil(first_of_month).month)) {
        first_of_month = date_next_month(first_of_month);
        schedule.anchor_on = day_in_month(date_civil(first_of_month), schedule.month_day);
    }
    return schedule;
}

static struct schedule by_week(struct anchor anchor, struct recurrence every, int32_t from_on)
{
    int day = anchor.rule == ANCHOR_WEEKDAY ? anchor.day : 1;

    return (struct schedule){.anchor_on = from_on + (day - date_weekday(from_on) + 7) % 7, .every = every};
}

struct schedule anchor_schedule(struct anchor anchor, struct recurrence every, int32_t from_on)
{
    struct schedule schedule = {.anchor_on = from_on, .every = every};

    CHECK(anchor_fits(anchor, every) == ANCHOR_NOT_REFUSED);
    if (anchor.rule == ANCHOR_START)
        return schedule;
    schedule = every.unit == RECURRENCE_WEEK ? by_week(anchor, every, from_on) : by_month(anchor, every, from_on);
    if (schedule.anchor_on > from_on) /* period 0 is the one that from_on lies in */
        schedule.anchor_on = schedule_boundary(&schedule, -1);
    return schedule;
}

struct period anchor_first_period(const struct schedule *schedule, int32_t from_on)
{
    struct period natural = schedule_period(schedule, 0);

    CHECK(period_contains(natural, from_on));
    return (struct period){from_on, natural.until_on};
}
