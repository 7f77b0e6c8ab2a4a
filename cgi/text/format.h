/* format: numbers, money and dates as people of a language write them (ICU, decimal strings). */
#ifndef TACITE_TEXT_FORMAT_H
#define TACITE_TEXT_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* language is "en" (GB), "fr", "de"; unknown is treated as "en". All results are arena memory. */
char *format_money(struct arena *arena, const char *language, int64_t minor, const char *currency);
/* Unit price in 1/10,000 of the currency's unit: at least the currency's decimals, at most 4. */
char *format_price(struct arena *arena, const char *language, int64_t price_e4, const char *currency);
char *format_quantity(struct arena *arena, const char *language, int64_t quantity_e4); /* 3; 1.5 */
char *format_percent(struct arena *arena, const char *language, int64_t ppm);          /* 20 %; 5.5 % */
char *format_integer(struct arena *arena, const char *language, int64_t value);
char *format_decimal(struct arena *arena, const char *language, int64_t scaled, int digits); /* 10,000,000; 0.0001: at most 6 digits */
char *format_date(struct arena *arena, const char *language, int32_t on);        /* 1 Dec 2026; "" for DATE_NONE */
char *format_date_long(struct arena *arena, const char *language, int32_t on);   /* 1 December 2026 */
char *format_instant(struct arena *arena, const char *language, int64_t at, const char *time_zone); /* 23 Nov 2026, 14:02 */
char *format_country(struct arena *arena, const char *language, const char *iso2); /* France */
/* Every country, in the order in which people of that language look for its name. */
struct named_country {
    const char *code;
    const char *name;
};
const struct named_country *format_countries(struct arena *arena, const char *language, size_t *count);
/* What goes into an input field: plain, locale decimal mark, no grouping, no unit. */
char *format_input_decimal(struct arena *arena, const char *language, int64_t scaled, int digits, int least_digits);
char *format_input_date(struct arena *arena, const char *language, int32_t on);

#endif
