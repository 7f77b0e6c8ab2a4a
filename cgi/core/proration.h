/* proration: the money of a part of a period (product.md 5.1 R3 to R6, R10).
 *
 * The denominator is always the full natural period, even when the contract started inside it. Each
 * share is one rounding, half away from zero. */
#ifndef TACITE_CORE_PRORATION_H
#define TACITE_CORE_PRORATION_H

#include <stddef.h>
#include <stdint.h>

#include "core/period.h"

/* R3: round(full_minor * days from from_on to the end / days of the natural period). from_on is in
 * [natural.from_on, natural.until_on]; at the end the share is 0. full_minor: net of the full period
 * after discount. */
int64_t proration_share(int64_t full_minor, struct period natural, int32_t from_on);

/* The same for a part of the period anywhere inside it. */
int64_t proration_part(int64_t full_minor, struct period natural, struct period part);

/* R5: what is given back of an invoiced line that served [served.from_on, served.until_on) when it
 * ends on on: share of what was invoiced, never of the list price. */
int64_t proration_credit(int64_t invoiced_net_minor, struct period served, int32_t on);

/* R10: sub-intervals priced apart: full_minor[i] for days[i] of natural_days each. The rounded parts
 * sum exactly to the rounded total (largest remainder, ties to the earlier). At most PRORATION_PARTS_MAX. */
enum { PRORATION_PARTS_MAX = 366 };
void proration_parts(const int64_t *full_minor, const int32_t *days, size_t count,
                     int32_t natural_days, int64_t *parts);

#endif
