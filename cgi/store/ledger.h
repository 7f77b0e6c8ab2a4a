/* ledger: the journal as it is read: entries, accounts, balances, what is owed, what is deferred. Reads only.
 *
 * Amounts are in the currency given; spans are half-open. */
#ifndef TACITE_STORE_LEDGER_H
#define TACITE_STORE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/period.h"

struct journal_filter {
    const char *journal;   /* "" any */
    const char *account;   /* "" any */
    const char *document;  /* number of an invoice, or the beginning of a reference; "" any */
    int32_t from_on;       /* DATE_NONE: open */
    int32_t until_on;
    int64_t before_id;     /* 0: from the newest */
};
struct journal_row {
    int64_t id;
    const char *series;
    int64_t sequence;
    const char *journal;
    int32_t entry_on;
    const char *source_kind;
    int64_t source_id;
    const char *reference;
    const char *currency;
    int64_t total_minor;
    int64_t posted_at;
    const char *invoice_number;  /* of the invoice that it is about; "" none */
    const char *customer_number; /* "" none */
    const char *customer_name;
};
/* Newest first. */
enum err journal_list(struct ctx *ctx, const struct journal_filter *filter, int32_t limit, struct journal_row **rows, size_t *count) MUST_USE;
enum err journal_entry_by_id(struct ctx *ctx, int64_t id, struct journal_row *row) MUST_USE;

struct journal_line {
    int64_t entry_id;
    const char *series;
    int64_t sequence;
    const char *journal;
    int32_t entry_on;
    const char *reference;
    const char *currency;
    int32_t position;
    const char *account;
    const char *account_name;
    const char *customer_number;
    const char *customer_name;
    const char *label;
    int64_t debit_minor;
    int64_t credit_minor;
    const char *foreign_currency; /* of the document or the money, where that is another one; "" else */
    int64_t foreign_minor;        /* debit positive */
};
/* The lines of an entry. */
enum err journal_lines_of(struct ctx *ctx, int64_t entry_id, struct journal_line **rows, size_t *count) MUST_USE;
/* The lines of the entries that fit, in the order of their numbers: for a file. */
enum err journal_lines(struct ctx *ctx, const struct journal_filter *filter, int32_t limit, struct journal_line **rows, size_t *count) MUST_USE;

/* Lines of one account by day, after a place (on, entry, position); customer_id 0 any. */
struct ledger_place {
    int32_t entry_on;
    int64_t entry_id;
    int32_t position;
};
enum err ledger_lines(struct ctx *ctx, const char *account, int64_t customer_id, const char *currency, const struct ledger_place *after,
                      int32_t until_on, int32_t limit, struct journal_line **rows, size_t *count) MUST_USE;
/* Sums of the same from from_on (DATE_NONE: the beginning) up to and with a place. */
struct ledger_sum {
    int64_t debit_minor;
    int64_t credit_minor;
};
enum err ledger_sum(struct ctx *ctx, const char *account, int64_t customer_id, const char *currency, int32_t from_on,
                    const struct ledger_place *until, struct ledger_sum *sum) MUST_USE;

/* One row per account that has lines before until_on. Balances are debit less credit. Income and expenses from before
 * year_on stand in years_before_minor: they are no balance any more. */
struct balance_row {
    const char *account;
    const char *account_name;
    int64_t opening_minor;
    int64_t debit_minor;
    int64_t credit_minor;
    int64_t years_before_minor;
};
enum err balance_rows(struct ctx *ctx, int32_t from_on, int32_t until_on, int32_t year_on, const char *currency, struct balance_row **rows,
                      size_t *count) MUST_USE;

/* What each account moved from the beginning until a day, by account: what the last closed month kept, and what came since. */
struct account_sum {
    const char *account;
    const char *account_name;
    bool carries; /* its balance goes into the next year */
    int64_t debit_minor;
    int64_t credit_minor;
};
enum err account_sums(struct ctx *ctx, int32_t until_on, const char *currency, struct account_sum **rows, size_t *count) MUST_USE;
/* The end of the last closed month that kept its balances, not after a day; DATE_NONE none. */
enum err balances_kept_until(struct ctx *ctx, int32_t on, const char *currency, int32_t *until_on) MUST_USE;

/* Balances of the balance sheet before a day, customers one by one: how a year opens. */
struct opening_row {
    const char *account;
    const char *account_name;
    const char *customer_number;
    const char *customer_name;
    int64_t balance_minor;
};
enum err opening_rows(struct ctx *ctx, int32_t before_on, const char *currency, struct opening_row **rows, size_t *count) MUST_USE;
enum err balance_of(struct ctx *ctx, const char *account, int32_t before_on, const char *currency, int64_t *minor) MUST_USE;

/* What was open of each invoice at the end of a day, by customer; customer_id 0 all. */
struct open_invoice {
    int64_t customer_id;
    const char *customer_number;
    const char *customer_name;
    const char *number;
    int32_t issued_on;
    int32_t due_on;
    const char *currency;
    int64_t total_minor;
    int64_t open_minor;
    int64_t books_rate_e6;   /* of a document in another currency; 0 else */
    int64_t open_base_minor; /* open_minor as it stands in the books */
};
/* Documents in this currency, and those in others which stand in it in the books. */
enum err open_invoices(struct ctx *ctx, int64_t customer_id, int32_t as_of_on, const char *currency, struct open_invoice **rows,
                       size_t *count) MUST_USE;

/* Deferred revenue that is not released yet; subscription "" all. */
struct deferred_row {
    int64_t id;
    const char *subscription_number; /* "" none */
    const char *customer_name;
    const char *invoice_number;
    const char *account;
    const char *method;              /* core/deferral.h */
    int64_t amount_minor;
    int64_t recognised_minor;
    int32_t from_on;
    int32_t until_on;
    int32_t next_on;
    const char *currency;
    int64_t books_rate_e6; /* of a document in another currency; 0 else */
};
enum err deferred_rows(struct ctx *ctx, const char *subscription, const char *currency, struct deferred_row **rows, size_t *count) MUST_USE;

/* ---- the file of the year ---- */

struct fec_row {
    int64_t sequence;
    const char *journal;
    int32_t entry_on;
    const char *reference;
    const char *source_kind;
    const char *currency;
    int64_t posted_at;
    int32_t piece_on;
    int64_t invoice_id;  /* whose lettering its customer's line has; 0 none */
    const char *account;
    const char *account_name;
    const char *customer_number;
    const char *customer_name;
    const char *label;
    int64_t debit_minor;
    int64_t credit_minor;
    const char *foreign_currency; /* "" none */
    int64_t foreign_minor;        /* debit positive */
};
/* The lines of the next entries of a series after a sequence, at most `entries` of them. */
enum err fec_rows(struct ctx *ctx, const char *series, int64_t after, int32_t entries, struct fec_row **rows, size_t *count) MUST_USE;
/* Invoices that payments and whole credit notes of the same year settled exactly, and when the last one did; by id. */
struct lettered {
    int64_t invoice_id;
    int32_t letter_on;
};
enum err lettered_invoices(struct ctx *ctx, const char *series, struct period year, struct lettered **rows, size_t *count) MUST_USE;
/* An entry of the series in another currency than this: its reference, "" none. */
enum err foreign_entry(struct ctx *ctx, const char *series, const char *currency, const char **reference) MUST_USE;

#endif
