/* unit: quantities and prices from one unit of measure to another, by exact ratios.
 *
 * A unit is numerator / denominator of its base; units of one base convert. Quantities round once, half away
 * from zero, to 1/10,000; prices likewise. A price per unit turns the other way round: what costs 60 an hour
 * costs 480 a day of 8 hours. */
#ifndef TACITE_CORE_UNIT_H
#define TACITE_CORE_UNIT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/tier.h"

#define UNIT_RATIO_MAX INT64_C(1000000000)

struct unit_ratio {
    int64_t base_id;     /* of the base; a base names itself */
    int64_t numerator;   /* 1..UNIT_RATIO_MAX */
    int64_t denominator;
};

/* Whether so many of a unit are named in the plural: in French from 2 on (1,5 heure, 2 heures), else whatever is not 1 (0
 * hours, 1.5 hours). The sign does not count. */
bool unit_is_plural(const char *language, int64_t quantity_e4);

bool units_convert(struct unit_ratio from, struct unit_ratio to); /* of one base, ratios in bounds */

/* False when they do not convert, or the result is not in 1..QUANTITY_MAX_E4. */
bool unit_quantity(int64_t quantity_e4, struct unit_ratio from, struct unit_ratio to, int64_t *converted_e4);

/* The price of one `to` when one `from` has this price. False when they do not convert or it is out of bounds. */
bool unit_price(int64_t price_e4, struct unit_ratio from, struct unit_ratio to, int64_t *converted_e4);

/* A whole rule: prices per unit and tiers' bounds; flat prices and fees stay. A bound is where it was to 1/10,000
 * of the new unit, rounded down: what just reached the next tier still does. False: out of bounds, or two bounds
 * meet. */
bool unit_rule(const struct price_rule *rule, struct unit_ratio from, struct unit_ratio to, struct price_rule *converted);

#endif
