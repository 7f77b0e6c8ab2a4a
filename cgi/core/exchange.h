/* exchange: amounts of one currency in another, by a rate that was published for a day.
 *
 * A rate is how much of a currency one unit of the base buys, in millionths: 1 EUR = 1.0850 USD is 1,085,000. Amounts
 * convert once, from their minor units to the base's, rounded half away from zero. Rule: directive 2006/112/EC art. 91
 * (the latest rate published when the tax becomes due) and 230 (VAT on the invoice in the member state's currency). */
#ifndef TACITE_CORE_EXCHANGE_H
#define TACITE_CORE_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/money.h"

#define EXCHANGE_ONE INT64_C(1000000)
#define EXCHANGE_MAX_E6 INT64_C(1000000000000)
enum { EXCHANGE_STALE_DAYS = 10 }; /* a rate that is older is none that was just published: over a long holiday it is */

/* False when the rate or the result is out of bounds. */
bool exchange_to_base(int64_t minor, const struct currency *currency, int64_t rate_e6, const struct currency *base, int64_t *base_minor);

/* ---- the European Central Bank's files: eurofxref.csv, and eurofxref-hist-90d.csv ---- */

struct ecb_rate {
    char currency[4];
    int32_t on;
    int64_t rate_e6;
};

enum { ECB_DAYS_MAX = 100 };

enum ecb_refusal {
    ECB_NOT_REFUSED = 1,
    ECB_NO_TABLE,     /* a fault of the table itself, or no day and no known currency in it */
    ECB_WRONG_DAY,    /* a day that is none */
    ECB_WRONG_RATE,   /* a rate that is no number above 0, or has more than six decimals */
    ECB_TOO_MANY_DAYS,
};
const char *ecb_refusal_text(enum ecb_refusal refusal); /* English msgid, "" when not refused */

/* The rates of currencies that we know, days as they stand; "N/A" and empty cells are left out. *line is that of a fault. */
enum ecb_refusal ecb_read(struct arena *arena, const char *data, size_t bytes, struct ecb_rate **rates, size_t *count, int32_t *line);

#endif
