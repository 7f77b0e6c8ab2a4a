/* amending_words: what a change of a contract comes to, in words: the arithmetic of its card, and the rows of its mail.
 *
 * In the current language (words_use); `language` says how numbers, money and days are written. Every figure is the decided
 * change's own (service/amending) or that of the next invoice's preview: nothing is computed here. */
#ifndef TACITE_SERVICE_AMENDING_WORDS_H
#define TACITE_SERVICE_AMENDING_WORDS_H

#include "base/arena.h"
#include "service/amending.h"

struct deal;            /* service/deal.h */
struct renewal_preview; /* service/renewal_preview.h */

/* "3 x Licence"; without quantity (0) the description. */
const char *amending_what(struct arena *arena, const char *language, const char *description, int64_t quantity_e4);

/* "18 of 31 days of 36.00", "a part of 36.00 on INV-2026-00042" where days alone do not say it; "" where nothing is shared out. */
const char *amending_step_text(struct arena *arena, const char *language, const struct amending_step *step, const char *currency);

/* "28 Jan 2026 to 14 Feb 2026", its last day; "" of what is sold once. */
const char *amending_span_text(struct arena *arena, const char *language, struct period period);

/* Whom the mail tells what. */
enum amending_told {
    AMENDING_TOLD_MADE = 1, /* the contract's customer: before and after, what is charged now, the next invoice */
    AMENDING_TOLD_PLANNED,
    AMENDING_TOLD_UNDONE,   /* what had been planned, and what stays */
    AMENDING_TOLD_TAKEN,    /* the customer who takes the contract over */
    AMENDING_TOLD_DAY     /* the one who gives it away: nothing but the day */
};

/* The rows as a mail keeps them (text/letter), in the language of words and figures that is given. d: decided, with its card's
 * steps and sums unless undone. next: as it is known once the change is stored; NULL: it is not. */
char *amending_told_text(struct ctx *ctx, const char *language, const struct deal *d, enum amending_told told,
                         const struct renewal_preview *next);

#endif
