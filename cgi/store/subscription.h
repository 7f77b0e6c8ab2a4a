/* subscription: signatures, orders, running contracts and their lines. */
#ifndef TACITE_STORE_SUBSCRIPTION_H
#define TACITE_STORE_SUBSCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/numbering.h"

struct signature {
    int64_t id;
    int64_t quote_id;
    int64_t version_id;
    const char *signer_name;
    const char *signer_role;
    const char *signer_email;
    const char *consent_text;
    unsigned char document_sha256[32];
    const char *choices; /* JSON */
    int64_t today_minor;
    const char *currency;
    int64_t link_id;
    const char *language;
    const char *remote_addr;
    const char *user_agent;
    int64_t signed_at;
    int32_t signed_on;
};
enum err insert_signature(struct ctx *ctx, struct signature *signature) MUST_USE; /* sets id */
enum err signature_of_quote(struct ctx *ctx, int64_t quote_id, struct signature *signature) MUST_USE;
enum err signature_by_id(struct ctx *ctx, int64_t id, struct signature *signature) MUST_USE;

struct sales_order {
    int64_t id;
    int64_t quote_id;
    int64_t version_id;
    int64_t customer_id;
    int64_t confirmed_at;
    int32_t confirmed_on;
};
enum err insert_order(struct ctx *ctx, struct sales_order *order) MUST_USE; /* sets id */
enum err order_of_quote(struct ctx *ctx, int64_t quote_id, struct sales_order *order) MUST_USE;

enum err order_by_id(struct ctx *ctx, int64_t id, struct sales_order *order) MUST_USE;

struct subscription {
    int64_t id;
    const char *number;
    const char *external_ref;  /* how another system named it; "" or NULL: it has an order */
    int64_t order_id;          /* 0: imported */
    int64_t plan_id;
    int64_t customer_id;
    int64_t owner_id;          /* seller_user who looks after it; 0: nobody */
    bool consolidated;         /* the customer wants one invoice a day for all */
    int64_t payment_method_id; /* 0 none */
    const char *state;
    const char *currency;
    const char *language;
    const char *unit;
    int32_t count;
    int32_t anchor_on;         /* first day of period 0, in which billing starts */
    int32_t month_day;         /* struct schedule's */
    int32_t epoch;             /* how often its periods have started anew */
    int32_t epoch_on;          /* the day on which the present ones began; DATE_NONE: with the contract */
    int32_t started_on;
    int32_t trial_until_on;    /* first day that is billed; DATE_NONE without trial */
    const char *trial_end;     /* "bill", "stop": when it ends without a card */
    const char *term_unit;     /* "period", "month" */
    int32_t term_count;        /* 0: no fixed term */
    bool term_renews;
    int32_t term_from_on;      /* from which its terms count since a renewal; DATE_NONE: the first day that is billed; not inserted */
    int32_t term_until_on;     /* first day after the present term; DATE_NONE without */
    int32_t ends_on;           /* first day without service; DATE_NONE when none is planned */
    const char *end_reason;    /* why it ends or ended: "told", "term", "trial"; "" */
    const char *end_by;        /* who told the planned end; NULL on insert: nobody */
    int32_t commitment_until_on;
    int32_t notice_days;
    const char *customer_end;  /* "yes", "no": what the quote said; "plan", or NULL on insert: as the plan says */
    int32_t close_days;        /* core/term.h */
    const char *journal;       /* of its documents: store/sales_journal.h; "", NULL on insert: VT */
    int32_t max_missed;
    bool debit_first;        /* a renewal is asked for, and invoiced once it is paid */
    int32_t next_index;        /* next period to bill in advance */
    int32_t arrears_index;     /* next period to bill in arrears */
    int32_t due_on;            /* next day on which something happens; DATE_NONE when held, paused or ended */
    int64_t period_minor;
    int64_t mrr_e4;
    int32_t held_on;
    const char *hold_reason;
    int64_t index_id;          /* price_index of the clause that was agreed; 0 none */
    int32_t index_on;          /* month of the index that its prices stand at; DATE_NONE: not known, and without a clause */
    const char *discounts;     /* of every invoice, core/discount's text; NULL on insert: none */
    const char *error;
    int32_t billed_until_on;   /* imported: what lies before was billed elsewhere; else DATE_NONE */
};
/* Sets id; consolidated is the customer's. ERR_CONFLICT when the number is somebody's reference. */
enum err insert_subscription(struct ctx *ctx, struct subscription *subscription) MUST_USE;
/* The same under the next number that is nobody's reference: a gap in the numbers of subscriptions means nothing. */
enum err insert_numbered_subscription(struct ctx *ctx, const char *prefix, struct subscription *subscription) MUST_USE;
enum err subscription_by_number(struct ctx *ctx, const char *number, struct subscription *subscription) MUST_USE;
/* By external_ref, or by number where there is none: a reference means one subscription. */
enum err subscription_by_reference(struct ctx *ctx, const char *reference, struct subscription *subscription) MUST_USE;
/* Those that are not ended, by id, above after_id: for files of all. */
enum err running_subscriptions_after(struct ctx *ctx, int64_t after_id, int32_t limit, struct subscription **rows,
                                     size_t *count) MUST_USE;
enum err subscription_by_id(struct ctx *ctx, int64_t id, struct subscription *subscription) MUST_USE;
/* Many at once, by id, each named once; SUBSCRIPTIONS_MANY are a good number. */
enum { SUBSCRIPTIONS_MANY = 100 };
enum err subscriptions_by_ids(struct ctx *ctx, const int64_t *ids, size_t id_count, struct subscription **rows, size_t *count) MUST_USE;
enum err newest_subscription_id(struct ctx *ctx, int64_t *id) MUST_USE; /* 0: there is none */
/* That it made, or that its quote renews. */
enum err subscription_of_order(struct ctx *ctx, int64_t order_id, struct subscription *subscription) MUST_USE;
enum err subscriptions_of_customer(struct ctx *ctx, int64_t customer_id, struct subscription **rows, size_t *count) MUST_USE;

/* The row, locked until the transaction ends. */
enum err lock_subscription(struct ctx *ctx, int64_t id, struct subscription *subscription) MUST_USE;
/* The same of many, by id: locked in that order. */
enum err lock_subscriptions(struct ctx *ctx, const int64_t *ids, size_t id_count, struct subscription **rows, size_t *count) MUST_USE;
/* Its planned end, and the day on which the batch looks next. */
enum err save_subscription_end(struct ctx *ctx, const struct subscription *subscription) MUST_USE;
/* End of what is billed in advance, DATE_NONE when nothing is. */
enum err billed_until(struct ctx *ctx, int64_t subscription_id, int32_t *until_on) MUST_USE;

/* Takes up to limit due subscriptions (due_on <= today) that nobody else holds and that are not debited first, oldest first, locked
 * until the transaction ends: FOR UPDATE SKIP LOCKED on the index of due_on. only_id != 0: that one. */
enum err claim_due_subscriptions(struct ctx *ctx, int64_t only_id, int32_t limit, struct subscription **rows,
                                 size_t *count) MUST_USE;

/* The next one by id that is due and debited first, which no group takes; 0: none. */
enum err next_debited_first(struct ctx *ctx, int64_t after_id, int64_t *id) MUST_USE;

/* What an amendment changes: plan, customer, owner, periods, discounts, state, end, due day, amounts. */
enum err save_amended_subscription(struct ctx *ctx, const struct subscription *s) MUST_USE;

/* The same of customers who want one invoice for all: whole customers, at most CONSOLIDATED_CUSTOMERS, whose rows are
 * locked so that nobody else takes the rest of one. only_customer_id != 0: that one. */
enum { CONSOLIDATED_CUSTOMERS = 20 };
enum err claim_due_customers(struct ctx *ctx, int64_t only_customer_id, int32_t limit, struct subscription **rows,
                             size_t *count) MUST_USE;
/* The customer's wish, copied to every subscription. */
enum err save_consolidated(struct ctx *ctx, int64_t customer_id, bool consolidated) MUST_USE;

/* After billing: state, indexes, due_on, term, end, hold, error, for many at once. */
enum err save_billed_subscriptions(struct ctx *ctx, const struct subscription *rows, size_t count) MUST_USE;
enum err save_subscription_error(struct ctx *ctx, int64_t id, const char *error) MUST_USE;
enum err save_subscription_method(struct ctx *ctx, int64_t id, int64_t payment_method_id) MUST_USE;
/* Whom a stored method pays for, by number. */
struct method_user {
    int64_t id;
    int64_t customer_id;
    const char *number;
    bool ended;
};
enum err method_users(struct ctx *ctx, int64_t payment_method_id, struct method_user **rows, size_t *count) MUST_USE;
/* What becomes of a card that pays an invoice, or what is asked before there is one: it is kept for what follows, or a mandate
 * in force goes on debiting. Both for several subscriptions, neither for none. */
struct card_future {
    bool kept;
    bool debited;
};
enum err card_future_of(struct ctx *ctx, int64_t invoice_id, struct card_future *future) MUST_USE;
/* Of every subscription that an invoice bills and that is still the card holder's; a mandate in force stays: the card paid
 * for once. */
enum err save_method_of_invoice(struct ctx *ctx, int64_t invoice_id, int64_t payment_method_id) MUST_USE;
/* Lets a held one go on: hold_reason becomes "released" until its next billing, which then bills whatever was
 * missed. ERR_CONFLICT when it is not held. */
enum err release_subscription(struct ctx *ctx, int64_t id, int32_t due_on) MUST_USE;

struct subscription_line {
    int64_t id;
    int64_t subscription_id;
    int32_t position;
    int64_t quote_line_id;     /* of those that were ordered; else 0 */
    int64_t amendment_id;      /* that opened it; 0: ordered */
    int64_t product_id;
    const char *product_kind;
    const char *timing;        /* "advance", "arrears", "usage" */
    const char *description;
    const char *unit;
    const char *unit_plural; /* store/unit.h; read only, by lines_of where a text needs it */
    int64_t quantity_e4;
    int64_t unit_price_e4;   /* not read with tiers */
    const char *price_model; /* NULL: "per_unit"; whoever copies a line copies model and tiers with it */
    const char *tiers;       /* NULL or "": none */
    int64_t discount_minor;  /* an amount off each period, for discount_periods */
    int32_t discount_ppm;
    int32_t discount_periods;
    const char *tax_class;
    int32_t from_on;
    int32_t until_on;
    int64_t revision_id; /* the price revision that opened it; 0 none. lines_of does not read it */
    int64_t replaces_id; /* the line that it replaces; 0 none */
    bool amended;              /* read only: opened by a change of lines effective on from_on */
    int32_t suspended_on;      /* read only: the day of the pause or end that closed it; DATE_NONE: neither did */
    bool closed_by_change;     /* read only: an amendment closed it, and it is known which */
    bool used;                 /* of timing "usage": quantity_e4 is what was used in period used_in; not in the database */
    int32_t used_in;
};
enum err subscription_line_by_id(struct ctx *ctx, int64_t id, struct subscription_line *line) MUST_USE;
/* Open lines that run today, of subscriptions that have not ended, in a currency, of subscriptions above after_id, at most
 * until_id; by subscription and position. Ids of 0: any. */
struct line_scope {
    const char *currency;
    int64_t product_id;
    int64_t plan_id;
    int64_t index_id;
    int64_t customer_id;
    int64_t after_id;
    int64_t until_id;
};
enum err revisable_lines(struct ctx *ctx, const struct line_scope *scope, int32_t limit, struct subscription_line **lines, size_t *count) MUST_USE;
/* Lines that a revision opened, of subscriptions above after_id, at most until_id; in the same order. */
enum err revised_lines(struct ctx *ctx, int64_t revision_id, int64_t after_id, int64_t until_id, int32_t limit, struct subscription_line **lines,
                       size_t *count) MUST_USE;
enum err close_subscription_line(struct ctx *ctx, int64_t id, int32_t until_on) MUST_USE; /* ERR_CONFLICT: closed already */
/* Takes a line that a revision opened away and opens the one before it again; the database refuses one that was billed. */
enum err undo_subscription_line(struct ctx *ctx, const struct subscription_line *line) MUST_USE;
enum err insert_subscription_lines(struct ctx *ctx, const struct subscription_line *lines, size_t count) MUST_USE;
/* Lines of one subscription, or of all between two ids; by subscription and position. */
enum err subscription_lines(struct ctx *ctx, int64_t from_id, int64_t until_id, struct subscription_line **lines,
                            size_t *count) MUST_USE;

/* The month that its prices stand at from now on; DATE_NONE: none is known. */
enum err save_subscription_index(struct ctx *ctx, int64_t id, int32_t index_on) MUST_USE;

/* A row of the seller's list. */
struct subscription_list_row {
    int64_t id;
    const char *number;
    const char *customer_name;
    const char *customer_number;
    const char *plan_name;
    const char *state;
    const char *currency;
    int32_t due_on;
    int64_t period_minor;
    int64_t mrr_e4;
    int32_t held_on;
    int64_t owner_id;
};
/* state "" all, "held" those that wait for a person, "running" those that have not ended; newest first below before_id (0 first page). */
enum err subscription_list(struct ctx *ctx, const char *state, const char *words, int64_t before_id, int32_t limit,
                           struct subscription_list_row **rows, size_t *count) MUST_USE;

/* Where a signed, unpaid quote or a subscription stands, for "today". */
struct house_figures {
    int64_t active;
    int64_t mrr_e4;
    int64_t open_minor;
    int64_t overdue;
};
enum err house_figures(struct ctx *ctx, struct house_figures *figures) MUST_USE;

#endif
