/* product_cost: what products cost the seller. For the seller's own pages: what a customer reads is made of an offer,
 * which knows nothing of this (tests/http/quotes asserts it). */
#ifndef TACITE_STORE_PRODUCT_COST_H
#define TACITE_STORE_PRODUCT_COST_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct product_cost {
    int64_t id;
    int64_t product_id;
    int64_t plan_id;      /* 0: sold once, and for plans without a cost of their own */
    const char *currency;
    int64_t unit_cost_e4; /* per unit of the product; of a period where there is a plan */
};
enum err product_costs(struct ctx *ctx, int64_t product_id, struct product_cost **costs, size_t *count) MUST_USE; /* 0: of all */
enum err save_product_cost(struct ctx *ctx, const struct product_cost *cost) MUST_USE; /* inserts or replaces */
enum err delete_product_cost(struct ctx *ctx, int64_t product_id, int64_t plan_id, const char *currency) MUST_USE;

/* What a version's lines cost when it was sent. */
struct quote_line_cost {
    int64_t line_id;
    int64_t unit_cost_e4; /* per unit of the line */
};
enum err quote_line_costs(struct ctx *ctx, int64_t version_id, struct quote_line_cost **costs, size_t *count) MUST_USE;
enum err insert_quote_line_cost(struct ctx *ctx, const struct quote_line_cost *cost) MUST_USE;

#endif
