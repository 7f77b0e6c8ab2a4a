/* listing: what the price lists say, for a customer on a day, and changing them.
 *
 * Asked while a quote is written; what was given to a line is frozen with it. Behind every list stands the
 * product's own price, as the last default list: it has no row and its pricelist_id is 0. */
#ifndef TACITE_SERVICE_LISTING_H
#define TACITE_SERVICE_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "service/once.h"
#include "store/catalogue.h"
#include "store/pricelist.h"
#include "store/unit.h"

struct price_lists {
    struct price_asker asker;
    const char *currency;
    int32_t on;
    struct pricelist_price *prices;         /* rows of lists, then the products' own prices */
    const struct pricelist_price_row *rows; /* of the first row_count prices */
    size_t row_count;
    size_t count;
    const struct unit *units;
    size_t unit_count;
};

/* For a customer who is known; the units by which prices convert are read when something is sold in another than its
 * product's. */
enum err load_lists_for(struct ctx *ctx, const struct price_asker *asker, const char *currency, int32_t on, struct price_lists *lists) MUST_USE;
enum err load_list_units(struct ctx *ctx, struct price_lists *lists) MUST_USE;
/* Both at once. customer_id 0: nobody yet, default lists only. */
enum err load_price_lists(struct ctx *ctx, int64_t customer_id, const char *currency, int32_t on,
                          struct price_lists *lists) MUST_USE;

struct listed_price {
    struct price_rule rule;              /* for every quantity that may be chosen later (pricelist_rule) */
    int64_t pricelist_id;                /* 0: the product's own price */
    const struct pricelist_price_row *row; /* NULL: likewise */
};
/* The price of a quantity of a product in a plan; where the plan has none, the one-time price. False: none. */
bool listed_price(const struct price_lists *lists, int64_t product_id, int64_t plan_id, int64_t quantity_e4,
                  struct listed_price *listed);

/* The same in exactly this plan, 0: the one-time price. */
bool plan_price(const struct price_lists *lists, int64_t product_id, int64_t plan_id, int64_t quantity_e4, struct listed_price *listed);

/* True when a quantity in one unit can be told in the other: the same name, or two units of one base. */
bool units_fit(const struct price_lists *lists, const char *from, const char *to);

/* A price per one unit as a price per another; false when they do not convert. */
bool price_in_unit(const struct price_lists *lists, int64_t price_e4, const char *from, const char *to, int64_t *converted_e4);

/* Freezes the list's price on a line of this kind, in the line's unit where that is another than the product's, or
 * says false and leaves the line as it is. */
struct quote_line;
bool list_line_price(struct ctx *ctx, const struct price_lists *lists, int64_t plan_id, const char *product_unit,
                     struct quote_line *line);

struct listing_result {
    bool stale;
    bool taken;                          /* another list has this name */
    struct pricelist_price_row *clash;   /* the row that has a day in common; NULL none */
    int64_t id;
    const char *url;                     /* "{ref}" of once->to is the list's id */
};

/* id 0: a new list. segment_id comes from the name in row->segment. */
enum err change_pricelist(struct ctx *ctx, struct pricelist_row *row, const struct once *once,
                          struct listing_result *result) MUST_USE;
/* id 0: a new row. Refused with the clashing row when a day would have two prices. */
enum err change_pricelist_price(struct ctx *ctx, struct pricelist_price_row *row, const struct once *once,
                                struct listing_result *result) MUST_USE;
enum err remove_pricelist_price(struct ctx *ctx, int64_t pricelist_id, int64_t id, const struct once *once,
                                struct listing_result *result) MUST_USE;

#endif
