#include "text/phrase.h"

#include "core/date.h"
#include "text/words.h"

#define N_(text) text

/* Puts n into the plural form that fits it. */
static char *counted(struct arena *arena, const char *text, int n)
{
    return tr_fill(arena, text, "n", arena_printf(arena, "%d", n), NULL);
}

char *phrase_per(struct arena *arena, struct recurrence every)
{
    int n = every.count;

    switch (every.unit) {
    case RECURRENCE_DAY: return counted(arena, tr_plural("per day", "every {n} days", n), n);
    case RECURRENCE_WEEK: return counted(arena, tr_plural("per week", "every {n} weeks", n), n);
    case RECURRENCE_MONTH: return counted(arena, tr_plural("per month", "every {n} months", n), n);
    case RECURRENCE_QUARTER: return counted(arena, tr_plural("per quarter", "every {n} quarters", n), n);
    case RECURRENCE_YEAR: return counted(arena, tr_plural("per year", "every {n} years", n), n);
    }
    return arena_strdup(arena, "");
}

char *phrase_every(struct arena *arena, struct recurrence every)
{
    int n = every.count;

    switch (every.unit) {
    case RECURRENCE_DAY: return counted(arena, tr_plural("Every day", "Every {n} days", n), n);
    case RECURRENCE_WEEK: return counted(arena, tr_plural("Every week", "Every {n} weeks", n), n);
    case RECURRENCE_MONTH: return counted(arena, tr_plural("Every month", "Every {n} months", n), n);
    case RECURRENCE_QUARTER: return counted(arena, tr_plural("Every quarter", "Every {n} quarters", n), n);
    case RECURRENCE_YEAR: return counted(arena, tr_plural("Every year", "Every {n} years", n), n);
    }
    return arena_strdup(arena, "");
}

char *phrase_months(struct arena *arena, int months)
{
    return counted(arena, tr_plural("{n} month", "{n} months", months), months);
}

char *phrase_days(struct arena *arena, int days)
{
    return counted(arena, tr_plural("{n} day", "{n} days", days), days);
}

char *phrase_periods(struct arena *arena, struct recurrence every, int periods)
{
    int n = periods * every.count;

    switch (every.unit) {
    case RECURRENCE_DAY: return phrase_days(arena, n);
    case RECURRENCE_WEEK: return counted(arena, tr_plural("{n} week", "{n} weeks", n), n);
    case RECURRENCE_MONTH: return phrase_months(arena, n);
    case RECURRENCE_QUARTER: return counted(arena, tr_plural("{n} quarter", "{n} quarters", n), n);
    case RECURRENCE_YEAR: return counted(arena, tr_plural("{n} year", "{n} years", n), n);
    }
    return arena_strdup(arena, "");
}

char *phrase_term(struct arena *arena, enum term_unit unit, int count, struct recurrence every)
{
    return unit == TERM_MONTHS ? phrase_months(arena, count) : phrase_periods(arena, every, count);
}

static const char *weekday_text(int day)
{
    static const char *const name[] = {"", N_("on Mondays"), N_("on Tuesdays"), N_("on Wednesdays"), N_("on Thursdays"),
                                       N_("on Fridays"), N_("on Saturdays"), N_("on Sundays")};

    return tr(name[day]);
}

static char *month_day_text(struct arena *arena, int day)
{
    if (day == 31)
        return arena_strdup(arena, tr("on the last day of the month"));
    return tr_fill(arena, "on day {day} of the month", "day", arena_printf(arena, "%d", day), NULL);
}

char *phrase_anchor(struct arena *arena, struct anchor anchor, struct recurrence every)
{
    switch (anchor.rule) {
    case ANCHOR_START: return arena_strdup(arena, tr("from the day it starts"));
    case ANCHOR_MONTH_DAY: return month_day_text(arena, anchor.day);
    case ANCHOR_LAST_DAY: return month_day_text(arena, 31);
    case ANCHOR_WEEKDAY: return arena_strdup(arena, weekday_text(anchor.day));
    case ANCHOR_CALENDAR:
        return arena_strdup(arena, every.unit == RECURRENCE_WEEK ? tr("on Mondays")
                                   : every.unit == RECURRENCE_MONTH ? tr("on the first day of a month")
                                   : every.unit == RECURRENCE_QUARTER ? tr("on the first day of a quarter")
                                                                      : tr("on the first day of a year"));
    }
    return arena_strdup(arena, "");
}

char *phrase_begins(struct arena *arena, const struct schedule *schedule)
{
    if (recurrence_months(schedule->every) > 0)
        return month_day_text(arena, schedule->month_day != 0 ? schedule->month_day : date_civil(schedule->anchor_on).day);
    return arena_strdup(arena, schedule->every.unit == RECURRENCE_WEEK ? weekday_text(date_weekday(schedule->anchor_on)) : "");
}

char *phrase_first_periods(struct arena *arena, struct recurrence every, int periods)
{
    int n = periods * every.count;

    switch (every.unit) {
    case RECURRENCE_DAY: return counted(arena, tr_plural("for the first day", "for the first {n} days", n), n);
    case RECURRENCE_WEEK: return counted(arena, tr_plural("for the first week", "for the first {n} weeks", n), n);
    case RECURRENCE_MONTH: return counted(arena, tr_plural("for the first month", "for the first {n} months", n), n);
    case RECURRENCE_QUARTER:
        return counted(arena, tr_plural("for the first quarter", "for the first {n} quarters", n), n);
    case RECURRENCE_YEAR: return counted(arena, tr_plural("for the first year", "for the first {n} years", n), n);
    }
    return arena_strdup(arena, "");
}
