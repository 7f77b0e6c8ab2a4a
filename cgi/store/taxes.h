/* taxes: the dated rates as a table to show and to add to, and the sales to consumers in other member states that
 * count for the threshold of art. 59c. Reading the rates for a decision is catalogue's tax_rates. */
#ifndef TACITE_STORE_TAXES_H
#define TACITE_STORE_TAXES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct rate_entry {
    const char *country;
    const char *region;       /* ISO 3166-2, for people; "" the whole country */
    const char *postal_from;  /* beginnings of postal codes, of one length */
    const char *postal_until;
    const char *tax_class;
    int32_t from_on;
    int32_t rate_ppm;
    const char *source;
    int32_t until_on;         /* the next row's day; DATE_NONE when it is the last */
};

/* Of one country, or all with "": by country, postal codes, class and day. */
enum err rate_entries(struct ctx *ctx, const char *country, struct rate_entry **rows, size_t *count) MUST_USE;
struct rate_country {
    const char *country;
    int64_t entries;
};
enum err rate_countries(struct ctx *ctx, struct rate_country **rows, size_t *count) MUST_USE;
/* ERR_DUPLICATE when that key has a row of that day; the database refuses postal codes that overlap. */
enum err insert_rate(struct ctx *ctx, const struct rate_entry *rate) MUST_USE;

/* Invoices issued in [from_on, until_on) (DATE_NONE: for good) with a line taxed by that country at that rate. */
enum err count_taxed_invoices(struct ctx *ctx, const char *country, int32_t rate_ppm, int32_t from_on, int32_t until_on,
                              int64_t *count) MUST_USE;

/* What counted in a year and the year before, in cents of euros. In a transaction the year is locked until its end
 * unless the year before decides already. */
enum err distance_totals(struct ctx *ctx, int year, int64_t *last_year_minor, int64_t *this_year_minor) MUST_USE;

struct distance_sale {
    int64_t invoice_id;
    int32_t year;
    const char *country; /* the customer's */
    int64_t net_minor; /* negative: a credit note takes it back */
};
enum err insert_distance_sales(struct ctx *ctx, const struct distance_sale *rows, size_t count) MUST_USE;
enum err distance_sale_of(struct ctx *ctx, int64_t invoice_id, struct distance_sale *sale) MUST_USE; /* ERR_NOT_FOUND: none */

/* A year's sales per country and rate, for the return of the One Stop Shop. */
struct distance_row {
    const char *country;
    const char *tax_country;
    int32_t rate_ppm;
    int64_t base_minor;
    int64_t tax_minor;
};
enum err distance_rows(struct ctx *ctx, int32_t from_on, int32_t until_on, struct distance_row **rows, size_t *count) MUST_USE;

#endif
