/* quote_template: what a new quote starts from. Editing a template never changes a quote. */
#ifndef TACITE_STORE_QUOTE_TEMPLATE_H
#define TACITE_STORE_QUOTE_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/pricing.h"
#include "core/quote.h"

struct quote_template {
    int64_t id;
    const char *name;
    int64_t plan_id;
    int32_t validity_days;
    const char *acceptance_name;
    enum quote_acceptance acceptance;
    const char *note;
    const char *state; /* "active", "archived" */
    int32_t rev;
};

enum { TEMPLATE_LIST_PRICE = -1 };

struct quote_template_line {
    int64_t id;
    int64_t template_id;
    int32_t position;
    const char *kind_name;
    enum line_kind kind;
    const char *timing;        /* "advance", "arrears"; "": the product's, else the plan's */
    bool is_option;
    int64_t product_id;
    const char *description;   /* "": the product's name */
    int64_t quantity_e4;
    int64_t unit_price_e4;     /* TEMPLATE_LIST_PRICE: the price list's, NULL in the database */
    int32_t discount_ppm;
    int32_t discount_periods;
    bool quantity_editable;
    int64_t quantity_min_e4;
    int64_t quantity_max_e4;
};

enum err quote_template_by_id(struct ctx *ctx, int64_t id, struct quote_template *template) MUST_USE;
enum err quote_templates(struct ctx *ctx, bool active_only, struct quote_template **templates,
                         size_t *count) MUST_USE; /* by name */
enum err quote_template_lines(struct ctx *ctx, int64_t template_id,
                              struct quote_template_line **lines, size_t *count) MUST_USE;
enum err insert_quote_template(struct ctx *ctx, struct quote_template *template) MUST_USE;
enum err save_quote_template(struct ctx *ctx, const struct quote_template *template) MUST_USE;
enum err replace_quote_template_lines(struct ctx *ctx, int64_t template_id,
                                      const struct quote_template_line *lines, size_t count) MUST_USE;

#endif
