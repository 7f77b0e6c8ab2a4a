/* exchange: amounts of one currency in another, by a rate that was published for a day.
 *
 * A rate is how much of a currency one unit of the base buys, in millionths: 1 EUR = 1.0850 USD is 1,085,000. Amounts
 * convert once, from their minor units to the base's, rounded half away from zero. Rule: directive 2006/112/EC art. 91
 * (the latest rate published when the tax becomes due) and 230 (VAT on the invoice in the member state's currency).
 *
 * The books stand in the house's currency (C. com. L123-22). What an account holds of a document in another one is in the
 * books, at every moment, the conversion of what it holds in the document's currency at the rate with which the document
 * was issued: what is booked is the difference of two conversions (exchange_step). So it does not matter in how many
 * parts an amount leaves: when nothing is left of it in its own currency, nothing is left in the books. */
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

/* How a document stands in the books. rate_e6 0: in its own currency, which is the house's (or the document is from before
 * the books were converted); amounts stay what they are. */
struct exchange {
    const struct currency *currency;
    const struct currency *base;
    int64_t rate_e6;
};
#define EXCHANGE_NONE ((struct exchange){NULL, NULL, 0})
/* By their codes, which are not looked at when the rate is 0; EXCHANGE_NONE then, and when one of them is none. */
struct exchange exchange_between(const char *currency, const char *base, int64_t rate_e6);

/* True when amounts up to this one, of either sign, are in bounds: what is asked before a document is issued or money
 * booked. The functions below end the process beyond that. */
bool exchange_holds(const struct exchange *exchange, int64_t minor);
int64_t exchange_minor(const struct exchange *exchange, int64_t minor);
/* What leaves in the house's currency when after is left of before. */
int64_t exchange_step(const struct exchange *exchange, int64_t before_minor, int64_t after_minor);

/* What left_minor of whole_minor is of base_minor, in which all of it stands: of an account that has no document's rate
 * (an advance, a dispute), by its share. whole_minor 0: nothing. */
int64_t exchange_share(int64_t base_minor, int64_t whole_minor, int64_t left_minor);

/* Shares out what parts convert to, so that they sum to total_base_minor: each part is converted, and the largest (the
 * first of equal ones) bears the few minor units that rounding leaves. count 0: nothing is shared out. */
void exchange_split(const struct exchange *exchange, int64_t total_base_minor, const int64_t *parts, size_t count, int64_t *shares);

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
