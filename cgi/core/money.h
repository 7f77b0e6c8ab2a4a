/* money: whole minor units of one currency, and the one place that rounds.
 *
 * Amounts are bounded (MONEY_MAX) at every entrance, products are 128 bits wide, each rounding has a
 * name. There is no floating point in this house. */
#ifndef TACITE_CORE_MONEY_H
#define TACITE_CORE_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MONEY_MAX INT64_C(1000000000000000) /* minor units, either sign */
#define QUANTITY_ONE INT64_C(10000)         /* quantities are 1/10,000 */
#define PRICE_ONE INT64_C(10000)            /* unit prices are 1/10,000 of the currency's unit */
#define RATE_ONE INT64_C(1000000)           /* rates (VAT, discount) are parts per million */

enum rounding {
    ROUND_HALF_AWAY = 1, /* commercial: 0.5 away from zero */
    ROUND_DOWN,          /* towards zero */
};

struct currency {
    char code[4];  /* ISO 4217 */
    int digits;    /* decimals of the minor unit: EUR 2, JPY 0 */
};

/* NULL when unknown. */
const struct currency *currency_find(const char *code);

/* "-1234.50" with the decimal mark given, no grouping: for files. An unknown currency has two decimals. */
enum { MONEY_PLAIN_BYTES = 32 };
const char *money_plain(int64_t minor, const char *currency, char decimal, char text[MONEY_PLAIN_BYTES]);

/* value * numerator / denominator, rounded once; denominator > 0; result CHECKed to be in
 * [-MONEY_MAX, MONEY_MAX]. */
int64_t money_scale(int64_t value, int64_t numerator, int64_t denominator, enum rounding rounding);

/* As money_scale, but false instead of ending the process when the result is out of bounds. */
bool money_scale_checked(int64_t value, int64_t numerator, int64_t denominator,
                         enum rounding rounding, int64_t *result);

/* Shares of total in proportion to weights (>= 0, at least one > 0): each rounded, the sum exactly
 * total (largest remainder; ties to the earlier). */
void money_split(int64_t total_minor, const int64_t *weights, size_t count, int64_t *shares);

#endif
