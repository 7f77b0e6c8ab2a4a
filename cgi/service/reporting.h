/* reporting: the books as their reader wants them: trial balance, receivables by age, deferred revenue ahead, and the
 * file of the year (FEC). Reads only; amounts in the currency of the house. */
#ifndef TACITE_SERVICE_REPORTING_H
#define TACITE_SERVICE_REPORTING_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/aging.h"
#include "document/fec.h"
#include "store/ledger.h"

/* Trial balance of [from_on, until_on). Balances are debit less credit; opening and closing sum to nothing, debits and
 * credits to each other. Income and expenses open each financial year at nothing: what the years before left of them stands
 * in one row, on the account of the result (120 profit, 129 loss). */
struct trial_row {
    const char *account;
    const char *name;
    int64_t opening_minor;
    int64_t debit_minor;
    int64_t credit_minor;
    int64_t closing_minor;
};
struct trial_balance {
    struct trial_row *rows;
    size_t count;
    struct trial_row total; /* no account */
};
/* Where months are closed it is what they kept and what came since, else the journal from its beginning: the same rows. */
enum err trial_balance(struct ctx *ctx, int32_t from_on, int32_t until_on, const char *currency, struct trial_balance *balance) MUST_USE;

/* What customers owe at the end of a day. */
struct aged_customer {
    int64_t customer_id;
    const char *number;
    const char *name;
    int64_t minor[AGING_COLUMNS]; /* by enum aging - 1 */
    int64_t total_minor;
};
struct aged {
    struct aged_customer *rows;
    size_t count;
    struct aged_customer total;
};
enum err aged_receivables(struct ctx *ctx, int32_t as_of_on, const char *currency, struct aged *aged) MUST_USE;

/* What will be released month by month, as of today. */
struct schedule_month {
    int32_t from_on; /* first day of the month */
    int64_t minor;
};
struct schedule_months { /* in order */
    struct schedule_month *rows;
    size_t count;
    size_t room;
};
struct schedule_subscription {
    const char *number;   /* "" for invoices without subscription */
    const char *customer;
    int64_t rest_minor;
    int32_t until_on;     /* the last period's end */
    struct schedule_months months;
};
struct deferred_ahead {
    struct schedule_months months;
    struct schedule_subscription *subscriptions;
    size_t subscription_count;
    int64_t rest_minor;   /* the sum of either: the balance of 487 */
};
/* subscription "" all. */
enum err deferred_ahead(struct ctx *ctx, const char *subscription, const char *currency, struct deferred_ahead *ahead) MUST_USE;

/* ---- the file of the year ---- */

struct fec {
    struct period year; /* a financial year */
    enum fec_charset charset;
    void (*write)(void *arg, const char *data, size_t bytes); /* piece by piece */
    void *arg;
    /* What came of it. */
    const char *refusal; /* English msgid; NULL when written */
    const char *detail;  /* of the refusal; "" none */
    const char *name;    /* of the file */
    int64_t entries;
    int64_t lines;
    int64_t debit_minor;
    int64_t credit_minor;
};
/* The entries of a financial year in the order of their numbers, behind one opening entry (journal AN, number 0) with the
 * balances that the years before left: customers one by one, the result on 120 or 129. Customers' lines of invoices
 * that payments and whole credit notes of the same year settled exactly are lettered. In French, whoever asks. */
enum err write_fec(struct ctx *ctx, struct fec *fec) MUST_USE;

#endif
