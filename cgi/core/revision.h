/* revision: the price of a running line, changed by an explicit act: by a percentage, to a price, or by an index.
 *
 * new = old * (1 + change), or old * index now / index then: exact, rounded once per price, half away from zero, to
 * 1/10,000 of the unit. Tiers change price by price and fee by fee; a new price is for lines per unit or flat only.
 * It takes effect with the first period that begins after the notice and was not billed yet; where the contract says so,
 * not before its next anniversary. */
#ifndef TACITE_CORE_REVISION_H
#define TACITE_CORE_REVISION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/schedule.h"
#include "core/tier.h"

#define REVISION_PPM_MAX 10000000 /* eleven times the price */

enum revision_kind { REVISION_PERCENT = 1, REVISION_PRICE, REVISION_INDEX };

const char *revision_kind_name(enum revision_kind kind); /* "percent", "price", "index" */
enum revision_kind revision_kind_from_name(const char *name);

struct revision {
    enum revision_kind kind;
    int32_t change_ppm;    /* -1,000,000..REVISION_PPM_MAX */
    int64_t unit_price_e4;
    int64_t then_e4;       /* index values, > 0 */
    int64_t now_e4;
};

/* False when it does not fit this rule: tiers and a new price, out of bounds. */
bool revision_rule(const struct price_rule *old, const struct revision *revision, struct price_rule *revised);

/* What a quantity costs a month under the rule, before discounts, in 1/10,000 of the currency's unit (core/pricing); 0
 * when it is out of bounds. */
int64_t revision_month_e4(const struct price_rule *rule, int64_t quantity_e4, struct recurrence every);

/* The first boundary on or after today + notice whose period has index next_index or later. */
int32_t revision_effective_on(const struct schedule *schedule, int32_t next_index, int32_t today_on, int32_t notice_days);

/* The first anniversary of the start on or after the day; the start itself is none. 29 February: the 28th in other years. */
int32_t revision_anniversary_on(int32_t started_on, int32_t from_on);

/* What is left of a discount for n periods when a line is replaced in its period with this ordinal; false: nothing is. */
bool revision_discount_left(int32_t periods, int32_t ordinal, int32_t *left);

#endif
