/* amendment: wishes about a running contract and what became of them, pauses, schedules that are over, and what was
 * invoiced of it, as core/amendment asks. */
#ifndef TACITE_STORE_AMENDMENT_H
#define TACITE_STORE_AMENDMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/subscription.h"

struct amendment_row {
    int64_t id;
    int64_t subscription_id;
    const char *kind;  /* "lines", "pause"... */
    const char *state; /* "planned", "applied", "undone", "failed" */
    int32_t effective_on;
    bool credit;
    int64_t plan_id;     /* the new one; 0 */
    bool keep_anchor;
    int32_t resume_on;
    int64_t customer_id; /* the new one; 0 */
    int64_t owner_id;    /* of the seller's people; 0 */
    int64_t quote_id;    /* the quote that was accepted; 0 */
    const char *discounts; /* of a renewal: of the document from then on */
    const char *reason;
    const char *made_by;
    int32_t made_on;
    int64_t made_at;
    int64_t settled_at;
    const char *failure; /* English msgid */
    const char *currency;
    int64_t credit_minor;
    int64_t charge_minor;
    int64_t period_before_minor;
    int64_t period_after_minor;
    int64_t mrr_before_e4;
    int64_t mrr_after_e4;
    const char *quote_kind;   /* read only, as the next: "renewal", "upsell"; "" without a quote */
    const char *quote_number;
};

/* Sets id. ERR_DUPLICATE when the row is planned and another one of the subscription is. */
enum err insert_amendment(struct ctx *ctx, struct amendment_row *row) MUST_USE;
enum err amendment_by_id(struct ctx *ctx, int64_t id, struct amendment_row *row) MUST_USE;
/* The one that waits for its day; ERR_NOT_FOUND. */
enum err waiting_amendment(struct ctx *ctx, int64_t subscription_id, struct amendment_row *row) MUST_USE;
/* Newest first. */
enum err amendments_of(struct ctx *ctx, int64_t subscription_id, int32_t limit, struct amendment_row **rows, size_t *count) MUST_USE;
/* That an accepted quote made; ERR_NOT_FOUND. */
enum err amendment_of_quote(struct ctx *ctx, int64_t quote_id, struct amendment_row *row) MUST_USE;
/* State, settled_at, failure and amounts of a planned one. ERR_CONFLICT when it waits no more. */
enum err settle_amendment(struct ctx *ctx, const struct amendment_row *row) MUST_USE;

struct amendment_item_row {
    int64_t amendment_id;
    int32_t place;
    const char *act; /* "set", "remove", "add", "once" */
    int32_t slot;    /* 0: an addition */
    int64_t product_id;
    const char *product_kind;
    const char *timing;
    const char *description;
    const char *unit;
    const char *unit_plural; /* store/unit.h; read only */
    int64_t quantity_e4;
    int64_t unit_price_e4;   /* not read with tiers */
    const char *price_model; /* "per_unit"... */
    const char *tiers;
    int32_t discount_ppm;
    int64_t discount_minor;
    int32_t discount_periods;
    const char *tax_class;
};
enum err insert_amendment_items(struct ctx *ctx, const struct amendment_item_row *rows, size_t count) MUST_USE;
enum err amendment_items(struct ctx *ctx, int64_t amendment_id, struct amendment_item_row **rows, size_t *count) MUST_USE;
enum err insert_amendment_invoice(struct ctx *ctx, int64_t amendment_id, int64_t invoice_id) MUST_USE;

/* The terms that an accepted renewal quote gives the contract on its day. */
struct amendment_terms {
    int64_t amendment_id;
    const char *term_unit;
    int32_t term_count;
    bool term_renews;
    int32_t commitment_months;
    int32_t notice_days;
    const char *customer_end;
    int32_t close_days;
};
enum err insert_amendment_terms(struct ctx *ctx, const struct amendment_terms *row) MUST_USE;
enum err amendment_terms(struct ctx *ctx, int64_t amendment_id, struct amendment_terms *row) MUST_USE; /* ERR_NOT_FOUND: none */

/* What a change wishes of the document's discounts. */
struct amendment_discount_row {
    int64_t amendment_id;
    int32_t place;
    const char *act; /* "end": known by the rest but periods; "begin" */
    int32_t ppm;
    int64_t amount_minor;
    int32_t periods;
    const char *code;
};
enum err insert_amendment_discounts(struct ctx *ctx, const struct amendment_discount_row *rows, size_t count) MUST_USE;
enum err amendment_discounts(struct ctx *ctx, int64_t amendment_id, struct amendment_discount_row **rows, size_t *count) MUST_USE;

/* The documents of an amendment, in order of issue. */
struct amendment_document {
    int64_t invoice_id;
    const char *number;
    const char *kind;
    int64_t total_minor;
    const char *currency;
};
enum err amendment_documents(struct ctx *ctx, int64_t amendment_id, struct amendment_document **rows, size_t *count) MUST_USE;

/* What has to be done by a day, of subscriptions behind one: planned amendments, pauses whose end was planned
 * (amendment_id 0); by subscription and day. */
struct due_amendment {
    int64_t subscription_id;
    int64_t amendment_id;
    int32_t on;
};
enum err due_amendments(struct ctx *ctx, int32_t by_on, int64_t after_id, int32_t limit, struct due_amendment **rows, size_t *count) MUST_USE;

struct subscription_pause {
    int64_t id;
    int64_t subscription_id;
    int32_t from_on;
    int32_t until_on;  /* DATE_NONE: open */
    int32_t resume_on; /* planned */
    int32_t banked_days;
};
enum err insert_pause(struct ctx *ctx, const struct subscription_pause *pause) MUST_USE;
enum err end_pause(struct ctx *ctx, int64_t subscription_id, int32_t until_on) MUST_USE; /* ERR_CONFLICT: none is open */
enum err end_pause_plan(struct ctx *ctx, int64_t subscription_id) MUST_USE; /* the open one goes on until told */
enum err pauses_of(struct ctx *ctx, int64_t subscription_id, struct subscription_pause **rows, size_t *count) MUST_USE;

/* The schedule that the subscription still has, before it gets another. */
enum err insert_past_schedule(struct ctx *ctx, const struct subscription *s, int32_t until_on) MUST_USE;

/* The one that was in force on a day; ERR_NOT_FOUND: the subscription's own. */
struct past_schedule {
    int32_t epoch;
    const char *unit;
    int32_t count;
    int32_t anchor_on;
    int32_t month_day;
    int32_t epoch_on;      /* DATE_NONE: began with the contract */
    const char *discounts; /* of the document then */
};
enum err past_schedule_on(struct ctx *ctx, int64_t subscription_id, int32_t on, struct past_schedule *row) MUST_USE;

/* The discounts that the subscription still has, before an amendment gives it others from a day on. */
enum err insert_past_discounts(struct ctx *ctx, const struct subscription *s, int64_t amendment_id, int32_t until_on) MUST_USE;

/* Those that were in force on a day of an epoch; ERR_NOT_FOUND: those with which the epoch ended. */
struct past_discounts {
    const char *discounts;
};
enum err past_discounts_on(struct ctx *ctx, int64_t subscription_id, int32_t epoch, int32_t on, struct past_discounts *row) MUST_USE;

/* The terms that the subscription still has, before an amendment gives it others from a day on. */
enum err insert_past_terms(struct ctx *ctx, const struct subscription *s, int64_t amendment_id, int32_t until_on) MUST_USE;

/* Those that were in force on a day; ERR_NOT_FOUND: the subscription's own. */
struct past_terms {
    const char *term_unit;
    int32_t term_count;
    bool term_renews;
    int32_t term_from_on;
    int32_t commitment_until_on;
    int32_t notice_days;
    const char *customer_end;
    int32_t close_days;
};
enum err past_terms_on(struct ctx *ctx, int64_t subscription_id, int32_t on, struct past_terms *row) MUST_USE;

struct line_end {
    int32_t until_on;
    int64_t amendment_id; /* that ends it */
    int64_t line_id;
};
enum err end_lines(struct ctx *ctx, const struct line_end *rows, size_t count) MUST_USE;

/* Every recurring line invoiced in advance or for a part of a period, oldest first. */
struct invoiced_row {
    int64_t invoice_id;
    int32_t invoice_position;
    int32_t slot;
    int32_t from_on;
    int32_t until_on;
    int64_t quantity_e4;  /* of the contract's line */
    int64_t net_minor;
    int64_t priced_minor; /* where prices are with VAT; else 0 */
    bool goods;
    int32_t amended_on;
};
enum err invoiced_of(struct ctx *ctx, int64_t subscription_id, struct invoiced_row **rows, size_t *count) MUST_USE;

/* What credit notes gave back of those lines. */
struct invoiced_credit_row {
    int64_t invoice_id; /* that is corrected */
    int32_t invoice_position;
    int32_t from_on;
    int64_t net_minor;
    int64_t priced_minor;
    int32_t amended_on;
};
enum err credits_of_invoiced(struct ctx *ctx, int64_t subscription_id, struct invoiced_credit_row **rows, size_t *count) MUST_USE;

/* A subscription passes from one of the seller's people to another: two events that come to nothing. */
enum err insert_transfer_events(struct ctx *ctx, const struct amendment_row *row, int64_t from_owner_id) MUST_USE;

struct amended_until {
    int32_t billed_from_on; /* newest period billed in advance; DATE_NONE */
    int32_t amended_on;     /* newest applied amendment; DATE_NONE */
};
enum err amended_until(struct ctx *ctx, int64_t subscription_id, struct amended_until *row) MUST_USE;

#endif
