/* margin: what a quote leaves to the seller: its nets less what they cost.
 *
 * A line whose cost is not known has no margin; it stays out of a sum with its net, and the sum says how many it left
 * out. What is taken off the whole document lowers the nets in proportion. Amounts in minor units of one currency,
 * before VAT; rates in millionths of the net. */
#ifndef TACITE_CORE_MARGIN_H
#define TACITE_CORE_MARGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/money.h"

enum { COST_UNKNOWN = -1 };

/* What a quantity costs at a cost per unit (1/10,000 of the currency's unit), rounded half away from zero; COST_UNKNOWN
 * stays so, and comes of an amount out of bounds. */
int64_t line_cost(int64_t unit_cost_e4, int64_t quantity_e4, const struct currency *currency);

struct margin_line {
    int64_t net_minor;  /* its own discounts taken off, >= 0 */
    int64_t cost_minor; /* or COST_UNKNOWN */
};

struct margin {
    int64_t net_minor;    /* of the lines whose cost is known, less their share of what is taken off everything */
    int64_t cost_minor;
    int64_t margin_minor; /* below 0: sold at a loss */
    size_t known;         /* lines */
    size_t unknown;
};

/* net_minor: what all lines together come to in the end, as it is shown: the document's discounts taken off. */
struct margin margin_of(const struct margin_line *lines, size_t count, int64_t net_minor);

/* Of the net, rounded half away from zero; false where there is no net, or so little that the rate says nothing. */
bool margin_rate(const struct margin *margin, int32_t *ppm);

#endif
