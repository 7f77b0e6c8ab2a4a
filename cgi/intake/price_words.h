/* price_words: discounts of a whole contract and prices in tiers, as one cell of a file says them.
 *
 * Discounts: "10% x 3 + 5 after 2 WELCOME": a percentage or an amount off each period, x n for the next n of them, after n
 * when it begins that many periods later, a coupon's code. Tiers: "10=5 50=4 *=3+2": up to 10 at 5.00 each, above 50 at 3.00
 * each and 2.00 once. Numbers are written with a dot, without zeros at the end; a comma is read too. What is written reads
 * back equal. Reading takes what core/discount and core/tier take, and changes nothing when it refuses. */
#ifndef TACITE_INTAKE_PRICE_WORDS_H
#define TACITE_INTAKE_PRICE_WORDS_H

#include "base/arena.h"
#include "core/discount.h"
#include "core/tier.h"

enum { DISCOUNTS_CELL_BYTES = 300, TIERS_CELL_BYTES = 600 };

/* What is left of them, counted from the next period. */
const char *discounts_cell(struct arena *arena, const struct discounts *left, const struct currency *currency);
bool discounts_of_cell(struct arena *arena, const char *cell, const struct currency *currency, struct discounts *left);

const char *tiers_cell(struct arena *arena, const struct price_rule *rule);
/* Sets tier and tier_count only; whether they make a rule, price_rule_refusal says. */
bool tiers_of_cell(struct arena *arena, const char *cell, struct price_rule *rule);

#endif
