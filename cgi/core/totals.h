/* totals: net, VAT per (category, rate), rounding and what is to be paid, of some lines.
 *
 * Rule: EN 16931 BR-CO-17: the VAT of a group is round(base * rate), rounded once, half away from
 * zero; a house that rounds line by line (fixed once it has issued: tax_decision.per_line) adds up rounded lines
 * instead. Groups stand in the order of first use.
 *
 * Prices with VAT (tax_decision.included): a line's net is round(price / (1 + rate)) (BT-131), the VAT is that of the
 * nets, and what is to be paid is the sum of the prices; the difference, at most half a minor unit a line and group,
 * is the rounding amount BT-114. Always: gross_minor = net_minor + vat_minor + rounding_minor. Where no VAT is charged
 * the price with VAT is the price: what the customer was told is what they pay. */
#ifndef TACITE_CORE_TOTALS_H
#define TACITE_CORE_TOTALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/tax.h"

enum { TOTALS_GROUPS_MAX = 16 };

struct tax_group {
    enum tax_category category;
    int32_t rate_ppm;
    enum tax_reason reason; /* of the first line of the group */
    int64_t base_minor;
    int64_t tax_minor;
};

struct totals {
    int64_t net_minor;
    int64_t vat_minor;
    int64_t rounding_minor; /* BT-114; 0 where prices are without VAT */
    int64_t gross_minor;    /* to be paid: BT-115 without what is paid already */
    int64_t priced_minor;   /* of lines priced with VAT: the sum of their prices */
    size_t group_count;
    struct tax_group groups[TOTALS_GROUPS_MAX];
};

/* The net of an amount as it is priced: itself, or without its VAT where prices are with it. */
int64_t priced_net(const struct tax_decision *tax, int64_t priced_minor);

/* Adds one line's amount as it is priced and computes everything again; start from {0}. Lines of one document are all
 * priced and rounded alike. False, and nothing changed, when an amount would leave MONEY_MAX or there are too many
 * groups. */
bool totals_add_line(struct totals *totals, const struct tax_decision *tax, int64_t priced_minor);

/* Likewise one line's net where prices are without VAT and rounded per rate. */
bool totals_add(struct totals *totals, enum tax_category category, int32_t rate_ppm,
                enum tax_reason reason, int64_t net_minor);

#endif
