/* phrase: short wordings that pages, mails and documents share. In the current language (words_use). */
#ifndef TACITE_TEXT_PHRASE_H
#define TACITE_TEXT_PHRASE_H

#include "base/arena.h"
#include "core/anchor.h"
#include "core/schedule.h"
#include "core/term.h"

/* "per month", "every 3 months". */
char *phrase_per(struct arena *arena, struct recurrence every);
/* "Every month", "Every 3 months": as a heading. */
char *phrase_every(struct arena *arena, struct recurrence every);
/* "3 months", "1 year": a duration. */
char *phrase_months(struct arena *arena, int months);
char *phrase_days(struct arena *arena, int days);
/* "2 quarters": so many periods. */
char *phrase_periods(struct arena *arena, struct recurrence every, int periods);
/* A term: "12 months", "2 quarters". */
char *phrase_term(struct arena *arena, enum term_unit unit, int count, struct recurrence every);
/* Where a plan's periods begin: "from the day it starts", "on Mondays", "on the 1st of the month". */
char *phrase_anchor(struct arena *arena, struct anchor anchor, struct recurrence every);
/* The same of a running schedule: "on Mondays", "on day 15 of the month"; "" where every day is as good. */
char *phrase_begins(struct arena *arena, const struct schedule *schedule);
/* "for the first 3 months", "for the first quarter": how long a discount lasts. */
char *phrase_first_periods(struct arena *arena, struct recurrence every, int periods);

#endif
