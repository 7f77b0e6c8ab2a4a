/* overview: read-only lists that look across aggregates, for the seller's first page and the customer's
 * page. Amounts of figures are in the currency asked for; others are left out. */
#ifndef TACITE_STORE_OVERVIEW_H
#define TACITE_STORE_OVERVIEW_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct figures {
    int64_t mrr_e4;              /* of subscriptions in force */
    int64_t subscriptions;
    int64_t due_minor;           /* open invoices */
    int64_t overdue_minor;
    int64_t quotes;              /* sent and valid */
    int64_t quotes_minor;        /* due today of those, with VAT */
};
enum err figures_now(struct ctx *ctx, const char *currency, struct figures *figures) MUST_USE;

/* An open operator item with the number of what it is about. */
struct todo_item {
    int64_t id;
    const char *kind;
    const char *subject_kind;
    int64_t subject_id;
    const char *number;          /* of the quote, subscription or invoice; "" else */
    const char *customer_name;   /* "" else */
    int64_t amount_minor;
    const char *currency;
    const char *detail;
    int32_t opened_on;
};
/* Largest amount first, then oldest. */
enum err todo_items(struct ctx *ctx, int32_t limit, struct todo_item **items, size_t *count) MUST_USE;

/* Quotes whose last message is the customer's. */
struct open_question {
    int64_t quote_id;
    const char *number;
    const char *customer_name;
    const char *text;
    int64_t at;
};
enum err open_questions(struct ctx *ctx, int32_t limit, struct open_question **questions,
                        size_t *count) MUST_USE;

/* How many quotes stand in each state; sent ones whose validity is over count as expired. */
struct quote_counts {
    int64_t draft;
    int64_t sent;
    int64_t signed_;
    int64_t confirmed;
    int64_t declined;
    int64_t expired;
    int64_t withdrawn;
};
enum err count_quotes(struct ctx *ctx, struct quote_counts *counts) MUST_USE;

struct customer_subscription {
    const char *number;
    const char *plan_name;
    const char *state;
    const char *currency;
    int64_t period_minor;
    int32_t due_on;
};
enum err customer_subscriptions(struct ctx *ctx, int64_t customer_id,
                                struct customer_subscription **rows, size_t *count) MUST_USE;

struct customer_invoice {
    const char *number;
    int32_t issued_on;
    int32_t due_on;
    const char *currency;
    int64_t total_minor;
    int64_t open_minor;
    const char *state; /* "open", "paid"; "credit": a credit note */
};
enum err customer_invoices(struct ctx *ctx, int64_t customer_id, struct customer_invoice **rows,
                           size_t *count) MUST_USE; /* newest first, at most 50 */

#endif
