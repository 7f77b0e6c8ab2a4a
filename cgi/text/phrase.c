#include "text/phrase.h"

#include "text/words.h"

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
