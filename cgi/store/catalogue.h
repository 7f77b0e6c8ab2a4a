/* catalogue: plans, products, prices and VAT rates.
 *
 * A price belongs to (product, plan, currency); plan 0 is the one-time price. A running subscription
 * never reads these rows: it keeps its own copy of price, discount and tax class. */
#ifndef TACITE_STORE_CATALOGUE_H
#define TACITE_STORE_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/anchor.h"
#include "core/schedule.h"
#include "core/tax.h"
#include "core/term.h"

struct plan {
    int64_t id;
    const char *name;
    const char *unit_name;       /* "month" */
    struct recurrence every;
    int32_t count;
    const char *anchor_name;     /* "start" */
    int32_t anchor_day;
    struct anchor anchor;        /* both; rule 0, when a plan is stored: from the start day */
    const char *timing_name;     /* "advance" */
    enum billing_timing timing;  /* of its lines, unless their product says otherwise; 0, when stored: in advance */
    const char *trial_unit;      /* "day", "month" */
    int32_t trial_count;         /* 0: no trial */
    bool trial_card;             /* a card is asked for before the trial starts */
    const char *trial_end;       /* "bill", "stop": what comes of a trial that ends without a card */
    const char *term_unit_name;  /* "period", "month" */
    enum term_unit term_unit;
    int32_t term_count;          /* 0: no fixed term */
    bool term_renews;            /* tacitly, for another term */
    int32_t commitment_months;
    int32_t notice_days;
    int64_t index_id;            /* price_index of the clause; 0: none */
    const char *index_name;      /* read only */
    int32_t max_missed;
    bool debit_first;            /* a renewal is asked for, and invoiced once it is paid */
    bool no_pause;
    int32_t pause_max_days;      /* 0: no limit */
    int32_t customer_level;      /* what customers change by themselves: 0 nothing, 1 more, 2 more and less */
    bool customer_pause;         /* and pause and resume */
    bool customer_end;           /* and end it, on the days on which it may end */
    const char *own_end_name;    /* "plan", "yes", "no": what the quote said of customer_end */
    enum own_answer own_end;     /* likewise; of the plan itself ANSWER_PLAN */
    int32_t close_days;          /* core/term.h; of the plan itself CLOSE_BY_RULE */
    int64_t dunning_rule_id;     /* what is done about its unpaid invoices */
    const char *state;           /* "active", "archived" */
    int32_t rev;
};

struct product_cost; /* store/product_cost.h */

struct product {
    int64_t id;
    const char *code;
    const char *name;
    const char *description;
    const char *kind;            /* "service", "goods" */
    const char *unit;
    const char *unit_plural;     /* store/unit.h; read only */
    const char *timing;          /* "advance", "arrears"; "": as the plan says */
    const char *tax_class;
    const char *revenue_account; /* "", or NULL when saved: that of its kind */
    const char *state;           /* "active", "archived" */
    int32_t rev;
    struct product_cost *costs;  /* when put_product writes: what changes of its costs (service/cataloguing.h) */
    size_t cost_count;
};

struct price {
    int64_t id;
    int64_t product_id;
    int64_t plan_id;             /* 0: the one-time price */
    const char *currency;
    int64_t unit_price_e4;
};

/* First day that is billed when it starts on the day: the day, or the one after a trial. */
int32_t plan_bills_from(const struct plan *plan, int32_t started_on);

/* What the plan says about the duration of a contract, and the plan with what a quote says instead. */
struct contract_terms plan_terms(const struct plan *plan);
void plan_take_terms(struct plan *plan, const struct own_terms *own);

enum err plan_by_id(struct ctx *ctx, int64_t id, struct plan *plan) MUST_USE;
/* active_only false: archived ones too. By unit and count. */
enum err plans(struct ctx *ctx, bool active_only, struct plan **plans, size_t *count) MUST_USE;
enum err insert_plan(struct ctx *ctx, struct plan *plan) MUST_USE;
enum err save_plan(struct ctx *ctx, const struct plan *plan) MUST_USE; /* ERR_CONFLICT: rev */

/* The terms with which a version of a quote was sent; ERR_NOT_FOUND for a draft and where nothing recurs. What the house
 * does about running subscriptions (pauses, changes by customers, dunning), but for what the quote said itself, state and rev are not among them: 0, NULL. */
enum err plan_as_sent(struct ctx *ctx, int64_t version_id, struct plan *plan) MUST_USE;
/* In the transaction that sends it, while the version is a draft: once, and for good. */
enum err freeze_plan(struct ctx *ctx, int64_t version_id, const struct plan *plan) MUST_USE;

enum err product_by_id(struct ctx *ctx, int64_t id, struct product *product) MUST_USE;
enum err product_by_code(struct ctx *ctx, const char *code, struct product *product) MUST_USE;
/* By name: those of this name; those whose code or name has the words in it ("" all); archived: the archived ones too. */
enum err products_named(struct ctx *ctx, const char *name, bool archived, int32_t limit, struct product **products, size_t *count) MUST_USE;
enum err products_like(struct ctx *ctx, const char *words, bool archived, int32_t limit, struct product **products, size_t *count) MUST_USE;
/* All states, from the from-th on, counted from 0: pages of a list. */
enum err products_page(struct ctx *ctx, const char *words, int32_t limit, int64_t from, struct product **products, size_t *count) MUST_USE;
enum err insert_product(struct ctx *ctx, struct product *product) MUST_USE;
enum err save_product(struct ctx *ctx, const struct product *product) MUST_USE; /* ERR_CONFLICT: rev */

/* By id, above after_id: for files of all. */
enum err products_after(struct ctx *ctx, int64_t after_id, int32_t limit, struct product **products, size_t *count) MUST_USE;

/* product_id 0: of every product. */
enum err prices(struct ctx *ctx, int64_t product_id, struct price **prices, size_t *count) MUST_USE;
enum err save_price(struct ctx *ctx, const struct price *price) MUST_USE; /* inserts or replaces */
enum err delete_price(struct ctx *ctx, int64_t product_id, int64_t plan_id,
                      const char *currency) MUST_USE;

/* All dated VAT rates, as core/tax wants them. */
enum err tax_rates(struct ctx *ctx, struct tax_rate **rates, size_t *count) MUST_USE;

#endif
