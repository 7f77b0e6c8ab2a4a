/* totals: net, VAT per (category, rate) and gross of some lines.
 *
 * Rule: EN 16931 BR-CO-17: the VAT of a group is round(base * rate), rounded once, half away from
 * zero; never the sum of rounded lines. Groups stand in the order of first use. */
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
    int64_t gross_minor;
    size_t group_count;
    struct tax_group groups[TOTALS_GROUPS_MAX];
};

/* Adds one line's net and computes everything again; start from {0}. False, and nothing changed, when
 * an amount would leave MONEY_MAX or there are too many groups. */
bool totals_add(struct totals *totals, enum tax_category category, int32_t rate_ppm,
                enum tax_reason reason, int64_t net_minor);

#endif
