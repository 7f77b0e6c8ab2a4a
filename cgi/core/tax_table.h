/* tax_table: whether a dated rate may join the table of rates.
 *
 * A rate is of one country, class and range of postal codes (its key) and valid from its day until the next row of that
 * key. A rate for a time (until_on set) makes two rows: itself, and the one before it again from until_on. Refusals
 * stand in the order in which they are told. Rows may be in any order. */
#ifndef TACITE_CORE_TAX_TABLE_H
#define TACITE_CORE_TAX_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/tax.h"

enum rate_refusal {
    RATE_NOT_REFUSED = 1,
    RATE_UNTIL_TOO_EARLY, /* it would end before it begins */
    RATE_CODES_UNEVEN,    /* from and until of the postal codes: of one length, in order */
    RATE_NO_WHOLE,        /* postal codes get a rate of their own only where the whole country has one */
    RATE_DAY_TAKEN,       /* the key has a row of that day */
    RATE_CODES_OVERLAP,   /* with another range of the same length */
    RATE_SPAN_TAKEN,      /* another row of the key begins while a rate for a time is valid */
    RATE_NOTHING_BEFORE,  /* a rate for a time has none to go back to */
};
const char *rate_refusal_text(enum rate_refusal refusal); /* English msgid; "" for RATE_NOT_REFUSED */

/* until_on: DATE_NONE for good, else the first day on which the rate before it counts again. postal_from and _until of
 * rate are keys (postal_key). */
enum rate_refusal rate_may_be_added(const struct tax_rate *rates, size_t count, const struct tax_rate *rate, int32_t until_on);

/* The newest row of exactly that key that begins before `before_on`; NULL when there is none. */
const struct tax_rate *rate_in_force(const struct tax_rate *rates, size_t count, const struct tax_rate *key, int32_t before_on);

/* The first day of a row of that key after `on`; DATE_NONE when there is none. */
int32_t rate_next_on(const struct tax_rate *rates, size_t count, const struct tax_rate *key, int32_t on);

#endif
