/* phrase: short wordings that pages, mails and documents share. In the current language (words_use). */
#ifndef TACITE_TEXT_PHRASE_H
#define TACITE_TEXT_PHRASE_H

#include "base/arena.h"
#include "core/anchor.h"
#include "core/period.h"
#include "core/schedule.h"
#include "core/tax.h"
#include "core/term.h"
#include "core/tier.h"

/* "per month", "every 3 months". */
char *phrase_per(struct arena *arena, struct recurrence every);
/* "Every month", "Every 3 months": as a heading. */
char *phrase_every(struct arena *arena, struct recurrence every);
/* "3 months", "1 year": a duration. */
char *phrase_months(struct arena *arena, int months);
char *phrase_days(struct arena *arena, int days);
/* "2 quarters": so many periods. */
char *phrase_periods(struct arena *arena, struct recurrence every, int periods);
/* "18 of 31 days, 28 Jan 2026 to 14 Feb 2026": the days of a period of so many, with its last day. */
char *phrase_share(struct arena *arena, const char *language, struct period period, int32_t of_days);
/* A term: "12 months", "2 quarters". */
char *phrase_term(struct arena *arena, enum term_unit unit, int count, struct recurrence every);
/* Where a plan's periods begin: "from the day it starts", "on Mondays", "on the 1st of the month". */
char *phrase_anchor(struct arena *arena, struct anchor anchor, struct recurrence every);
/* The same of a running schedule: "on Mondays", "on day 15 of the month"; "" where every day is as good. */
char *phrase_begins(struct arena *arena, const struct schedule *schedule);
/* "for the first 3 months", "for the first quarter": how long a discount lasts. */
char *phrase_first_periods(struct arena *arena, struct recurrence every, int periods);

/* "1 user", "3 users": of a unit whose plural is said; both may be "" or NULL. phrase_unit is the word alone. */
char *phrase_quantity(struct arena *arena, const char *language, int64_t quantity_e4, const char *unit, const char *plural);
const char *phrase_unit(const char *language, int64_t quantity_e4, const char *unit, const char *plural);

/* "10% off for the first 3 months", "EUR 5.00 off": a percentage or an amount, limited where periods > 0 and something
 * recurs (unit 0: it does not). */
char *phrase_discount(struct arena *arena, const char *language, int64_t ppm, int64_t amount_minor, const char *currency,
                      struct recurrence every, int32_t periods);
/* One of a contract that begins or ends by a change: "10% off for 3 months", "Coupon SUMMER: EUR 5.00 off". */
char *phrase_given(struct arena *arena, const char *language, const char *code, int64_t ppm, int64_t amount_minor, const char *currency,
                   struct recurrence every, int32_t periods);
/* "10%", "EUR 5.00", "10%, EUR 5.00": what was taken off a line of a document; "" nothing. */
char *phrase_taken(struct arena *arena, const char *language, int64_t ppm, int64_t allowance_minor, const char *currency);
/* What stands below a line of a document: its period, and the coupon that took something off it; "" for neither. */
const char *phrase_detail(struct arena *arena, const char *period, const char *coupon);
/* "1 EUR = 1.0850 USD, ECB, 27 Nov 2026": a rate in millionths, with its source and day. */
char *phrase_exchange(struct arena *arena, const char *language, const char *base, const char *currency, int64_t rate_e6, int32_t on,
                      const char *source);
/* What a document must say about why no VAT is charged: the mention of each reason once (core/tax: tax_mention_text), the
 * group's own first; "" none. */
const char *phrase_mentions(struct arena *arena, const enum tax_reason *reasons, size_t count);
/* "up to 10", "from 10, below 50", "above 50": the quantities of a tier, (above_e4, up_to_e4] of core/tier; "" for
 * all of them. */
char *phrase_tier(struct arena *arena, const char *language, int64_t above_e4, int64_t up_to_e4);
/* "price by the whole quantity: up to 10: EUR 10.00; above 10: EUR 8.00"; "flat price"; "" for a price per unit. */
char *phrase_price(struct arena *arena, const char *language, const struct price_rule *rule, const char *currency);

#endif
