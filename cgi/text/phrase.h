/* phrase: short wordings that pages, mails and documents share. In the current language (words_use). */
#ifndef TACITE_TEXT_PHRASE_H
#define TACITE_TEXT_PHRASE_H

#include "base/arena.h"
#include "core/schedule.h"

/* "per month", "every 3 months". */
char *phrase_per(struct arena *arena, struct recurrence every);
/* "Every month", "Every 3 months": as a heading. */
char *phrase_every(struct arena *arena, struct recurrence every);
/* "3 months", "1 year": a duration. */
char *phrase_months(struct arena *arena, int months);
char *phrase_days(struct arena *arena, int days);
/* "for the first 3 months", "for the first quarter": how long a discount lasts. */
char *phrase_first_periods(struct arena *arena, struct recurrence every, int periods);

#endif
