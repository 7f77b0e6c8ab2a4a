/* pricelist: segments of customers, price lists and their rows.
 *
 * Rows are what sellers write; a line of a quote keeps a copy of its price, so that changing or deleting a row
 * changes no quote that was sent and no subscription. */
#ifndef TACITE_STORE_PRICELIST_H
#define TACITE_STORE_PRICELIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/pricelist.h"

struct pricelist_row {
    int64_t id;
    const char *name;
    const char *scope;           /* pricelist_scope_name, never "contract" */
    int64_t customer_id;         /* 0 none */
    const char *customer_number; /* "" none; read only */
    const char *customer_name;
    int64_t segment_id;
    const char *segment;
    const char *country;         /* "" none */
    const char *currency;
    int32_t priority;
    const char *state;           /* "active", "archived" */
    int32_t rev;
    int64_t prices;              /* rows; read only */
};

struct pricelist_price_row {
    int64_t id;
    int64_t pricelist_id;
    int64_t product_id;
    const char *product_name;    /* read only */
    int64_t plan_id;             /* 0: sold once */
    const char *plan_name;       /* read only */
    int64_t min_quantity_e4;
    int32_t from_on;
    int32_t until_on;            /* DATE_NONE: open */
    const char *price_model;
    int64_t unit_price_e4;
    const char *tiers;
    /* the list's; read only */
    const char *list_name;
    const char *scope;
    int64_t subject_id;
    const char *country;
    const char *currency;
    int32_t priority;
};

/* As core/pricelist wants it. */
void pricelist_price_of(const struct pricelist_price_row *row, struct pricelist_price *price);

/* In the order in which they are asked, from the from-th on, counted from 0. */
enum err pricelists(struct ctx *ctx, int32_t limit, int64_t from, struct pricelist_row **rows, size_t *count) MUST_USE;
/* Currencies in which something has a price: of products and of lists in use; by code. */
struct price_currency {
    const char *currency;
};
enum err price_currencies(struct ctx *ctx, struct price_currency **rows, size_t *count) MUST_USE;
enum err pricelist_by_id(struct ctx *ctx, int64_t id, struct pricelist_row *row) MUST_USE;
/* Serialises changes of its rows: overlaps are looked for under this lock. */
enum err lock_pricelist(struct ctx *ctx, int64_t id, struct pricelist_row *row) MUST_USE;
enum err insert_pricelist(struct ctx *ctx, struct pricelist_row *row) MUST_USE;
enum err save_pricelist(struct ctx *ctx, const struct pricelist_row *row) MUST_USE; /* ERR_CONFLICT: rev */

/* The rows of one list, by product, plan, minimum quantity and day; product_id 0: of all products. */
enum err pricelist_prices(struct ctx *ctx, int64_t pricelist_id, int64_t product_id, struct pricelist_price_row **rows, size_t *count) MUST_USE;
/* Likewise, a page of them; words: part of the product's name or code, "" all. */
enum err pricelist_page(struct ctx *ctx, int64_t pricelist_id, const char *words, int32_t limit, int64_t from, struct pricelist_price_row **rows,
                        size_t *count) MUST_USE;
enum err pricelist_price_by_id(struct ctx *ctx, int64_t id, struct pricelist_price_row *row) MUST_USE;
enum err insert_pricelist_price(struct ctx *ctx, struct pricelist_price_row *row) MUST_USE;
enum err save_pricelist_price(struct ctx *ctx, const struct pricelist_price_row *row) MUST_USE;
enum err delete_pricelist_price(struct ctx *ctx, int64_t pricelist_id, int64_t id) MUST_USE;

/* Every row of active lists in a currency that could be the price of this customer's line on a day. */
struct price_asker {
    int64_t customer_id; /* 0: nobody yet */
    int64_t segment_id;
    const char *country;
    const char *currency; /* read only: of the customer's own list, else of the segment's, else of the country's; "" only default lists */
};
enum err asker_of_customer(struct ctx *ctx, int64_t customer_id, struct price_asker *asker) MUST_USE;
enum err prices_for(struct ctx *ctx, const struct price_asker *asker, const char *currency, int32_t on,
                    struct pricelist_price_row **rows, size_t *count) MUST_USE;

/* The segment of this name, made when there is none; "" gives 0. */
enum err segment_named(struct ctx *ctx, const char *name, int64_t *id) MUST_USE;
enum err save_customer_segment(struct ctx *ctx, int64_t customer_id, int64_t segment_id) MUST_USE;

#endif
