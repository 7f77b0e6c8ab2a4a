/* contract: a stored subscription as core's rules see it: its periods, its lines, its term. */
#ifndef TACITE_SERVICE_CONTRACT_H
#define TACITE_SERVICE_CONTRACT_H

#include <stddef.h>

#include "base/ctx.h"
#include "core/billing.h"
#include "core/subscription.h"
#include "core/term.h"
#include "store/subscription.h"

struct schedule subscription_schedule(const struct subscription *s);

/* First day that is billed: the start, or the end of the trial. */
int32_t subscription_billed_from(const struct subscription *s);

/* First day from which discounts count periods: the first that is billed, or on which its present periods began. */
int32_t subscription_counted_from(const struct subscription *s);

/* What is taken off its documents. */
struct discounts subscription_discounts(const struct subscription *s);

/* The discounts that hold in the period of a day, or in the first one that is billed, in their order. */
struct standing_discount {
    struct discount discount;
    int32_t until_on; /* first day without it; DATE_NONE: for ever */
    int32_t bills;    /* that will still have it; 0 with until_on: all are issued */
};
size_t standing_discounts(const struct subscription *s, const struct subscription_line *lines, size_t line_count, int32_t on,
                          struct standing_discount standing[DISCOUNTS_KEPT]);

/* What is taken off one line alone, if it holds in the period of a day, or in the line's first one; false: nothing. */
bool line_discount_standing(const struct subscription *s, const struct subscription_line *line, int32_t on, struct standing_discount *standing);

struct term subscription_term(const struct subscription *s);

/* For core/billing, on ctx->today_on; the lines stay in their order. A subscription that was held and let go bills
 * whatever was missed. */
struct billing_facts subscription_billing(struct ctx *ctx, const struct subscription *s,
                                          const struct subscription_line *lines, size_t line_count);

/* The days before its end on which the customer is told of the end of a trial. */
enum { TRIAL_NOTICE_DAYS = 3 };

/* The next day after today on which the batch has something to do: the day that billing asks for (next_due_on, also
 * when it is past), the start, the notice of a trial's end, the end of a term. DATE_NONE: never. */
int32_t subscription_next_day(const struct ctx *ctx, const struct subscription *s, int32_t next_due_on);

/* The same when nothing has been decided yet: from the next due day of its indexes. */
int32_t subscription_due_on(struct ctx *ctx, const struct subscription *s);

/* For core/subscription's refusals, on ctx->today_on; without what only an end asks for. An end that comes with the
 * term is no planned one. */
struct subscription_facts subscription_facts_now(const struct ctx *ctx, const struct subscription *s);

#endif
