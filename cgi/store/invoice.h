/* invoice: issued documents and everything that is written with them: lines, VAT, what is open, the
 * billed period, deferred revenue, the document to render. Written by array binding, one
 * round trip per table for a whole group. Nothing issued is ever updated. */
#ifndef TACITE_STORE_INVOICE_H
#define TACITE_STORE_INVOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/db.h"
#include "store/slice.h"

struct invoice {
    int64_t id;
    const char *series;
    int64_t sequence;
    const char *number;
    const char *kind; /* "invoice", "credit_note": see store/credit */
    int64_t customer_id;
    int64_t customer_version_id;
    int64_t company_version_id;
    int64_t order_id;        /* first invoice of an order; else 0 */
    int64_t subscription_id; /* 0 none */
    int32_t issued_on;
    int64_t issued_at;
    int32_t due_on;
    const char *language;
    const char *currency;
    int64_t net_minor;
    int64_t vat_minor;
    int64_t rounding_minor; /* BT-114: 0 unless prices are with VAT */
    int64_t total_minor;    /* net + VAT + rounding: what is to be paid */
    const char *vat_due;
    unsigned char chain_previous[32];
    unsigned char chain_digest[32];
    const char *books;       /* of a document in another currency: that of its entries, and its rate (store/exchange); read */
    int64_t books_rate_e6;   /* only. "" and 0: its entries stand in its own */
};

struct invoice_line_row {
    int64_t invoice_id;
    int32_t position;
    int64_t subscription_line_id;
    int64_t quote_line_id;
    const char *kind;
    const char *description;
    int32_t period_from_on;
    int32_t period_until_on;
    int32_t share_of_days;
    const char *unit;
    int64_t quantity_e4;
    int64_t unit_price_e4;
    int32_t discount_ppm;
    int64_t allowance_minor;
    const char *coupon;         /* "" none */
    int64_t net_minor;
    int64_t priced_minor;   /* with VAT, where prices are; else 0 */
    const char *tax_category;
    int32_t tax_rate_ppm;
    const char *tax_reason;
    const char *vatex;      /* "" where VAT is charged */
    const char *tax_country;
    const char *account;
    const char *nature; /* "service", "goods" */
    const char *unit_plural; /* store/unit.h; read only */
};

struct invoice_tax_row {
    int64_t invoice_id;
    const char *tax_category;
    int32_t tax_rate_ppm;
    int64_t base_minor;
    int64_t tax_minor;
    const char *reason;
};

struct receivable {
    int64_t invoice_id;
    int64_t customer_id;
    int64_t subscription_id;
    const char *currency;
    int64_t total_minor;
    int64_t open_minor;
    int32_t due_on;
    int32_t collect_on;
    int32_t retries;
    const char *state;
    int32_t paid_on;
};

struct billing_period_row {
    int64_t subscription_id;
    int32_t line_group; /* core/billing's: 0 in advance, 1 in arrears */
    int32_t epoch;      /* the subscription's */
    int32_t from_on;
    int32_t until_on;
    int32_t period_index;
    int64_t invoice_id;
};

struct deferral {
    int64_t id;
    int64_t invoice_id;
    int32_t line_position;
    const char *account;
    const char *currency;
    const char *method;    /* core/deferral.h; never changed */
    int64_t amount_minor;
    int64_t recognised_minor;
    int32_t from_on;
    int32_t until_on;
    int32_t next_on;
    const char *invoice_number; /* read only, as the next: of the invoice, and how it stands in the books */
    const char *books;
    int64_t books_rate_e6;
};

struct document_job {
    const char *kind; /* "invoice", "quote_signed" */
    int64_t ref_id;
    int32_t tries;
    int64_t next_try_at;
};

/* Reserves count ids of "invoice" or "journal_entry"; outside transactions, that nobody waits for another's
 * COMMIT (a gap in ids is no gap in numbers); a dry run takes them inside the one that it rolls back.
 * *first is the lowest. */
enum err reserve_ids(struct ctx *ctx, const char *name, int64_t count, int64_t *first) MUST_USE;

struct series_head {
    int64_t last_sequence;
    unsigned char chain_head[32];
    int32_t last_issued_on;
};
/* Locks the series until the transaction ends; makes it when it is new. */
enum err lock_series(struct ctx *ctx, const char *name, struct series_head *head) MUST_USE;
/* As it stands, without a lock; zeros when nobody made it yet. */
enum err read_series(struct ctx *ctx, const char *name, struct series_head *head) MUST_USE;
enum err save_series(struct ctx *ctx, const char *name, const struct series_head *head) MUST_USE;

enum err insert_invoices(struct ctx *ctx, const struct invoice *rows, size_t count) MUST_USE;
enum err insert_invoice_lines(struct ctx *ctx, const struct invoice_line_row *rows, size_t count) MUST_USE;
enum err insert_invoice_taxes(struct ctx *ctx, const struct invoice_tax_row *rows, size_t count) MUST_USE;
enum err insert_receivables(struct ctx *ctx, const struct receivable *rows, size_t count) MUST_USE;
enum err insert_billing_periods(struct ctx *ctx, const struct billing_period_row *rows, size_t count) MUST_USE;
enum err insert_deferrals(struct ctx *ctx, const struct deferral *rows, size_t count) MUST_USE;
enum err insert_document_jobs(struct ctx *ctx, const struct document_job *rows, size_t count) MUST_USE;

enum err invoice_by_id(struct ctx *ctx, int64_t id, struct invoice *invoice) MUST_USE;
enum err invoice_by_number(struct ctx *ctx, const char *number, struct invoice *invoice) MUST_USE;
enum err invoice_of_order(struct ctx *ctx, int64_t order_id, struct invoice *invoice) MUST_USE;
enum err invoice_lines(struct ctx *ctx, int64_t invoice_id, struct invoice_line_row **rows, size_t *count) MUST_USE;
enum err invoice_taxes(struct ctx *ctx, int64_t invoice_id, struct invoice_tax_row **rows, size_t *count) MUST_USE;
/* Of an invoice for several subscriptions: whose each line is, in the order of lines; none of an invoice for one. */
struct invoice_section {
    int32_t position;
    const char *subscription_number;
};
enum err invoice_sections(struct ctx *ctx, int64_t invoice_id, struct invoice_section **rows, size_t *count) MUST_USE;
/* Many documents at once, in the order of their ids; lines and VAT ordered as those of one. */
enum err invoices_listed(struct ctx *ctx, const int64_t *ids, size_t id_count, struct invoice **rows, size_t *count) MUST_USE;
enum err invoice_lines_listed(struct ctx *ctx, const int64_t *ids, size_t id_count, struct invoice_line_row **rows, size_t *count) MUST_USE;
enum err invoice_taxes_listed(struct ctx *ctx, const int64_t *ids, size_t id_count, struct invoice_tax_row **rows, size_t *count) MUST_USE;
/* What stands around a document, and which of the rarer tables speak of it; in the order of ids. */
struct invoice_facts {
    int64_t invoice_id;
    const char *subscription_number; /* "" none */
    int64_t method_id;               /* the subscription's payment method; 0 none */
    bool debited;                    /* which is a mandate */
    bool has_sections;               /* it is for several subscriptions (invoice_sections) */
    bool has_credit;                 /* notes are set against it (credits_used_on) */
    bool has_deposits;               /* it deducts some (deposits_used_on) */
};
enum err invoice_facts_listed(struct ctx *ctx, const int64_t *ids, size_t id_count, struct invoice_facts **rows, size_t *count) MUST_USE;
/* For verification: in order of issue; lines and VAT document by document, ordered as those of one. */
enum err invoices_in_slice(struct ctx *ctx, const struct slice *slice, struct invoice **rows, size_t *count) MUST_USE;
enum err invoice_lines_in_slice(struct ctx *ctx, const struct slice *slice, struct invoice_line_row **rows, size_t *count) MUST_USE;
enum err invoice_taxes_in_slice(struct ctx *ctx, const struct slice *slice, struct invoice_tax_row **rows, size_t *count) MUST_USE;

enum err receivable_of(struct ctx *ctx, int64_t invoice_id, struct receivable *receivable) MUST_USE;
/* Locked, of many invoices, each asked for once, by invoice; one without is left out. */
enum err lock_receivables_of(struct ctx *ctx, const int64_t *invoice_ids, size_t count, struct receivable **rows, size_t *found) MUST_USE;
enum err lock_receivable(struct ctx *ctx, int64_t invoice_id, struct receivable *receivable) MUST_USE;
enum err save_receivable(struct ctx *ctx, const struct receivable *receivable) MUST_USE;
/* The next automatic debit of what is still open, nothing else: other rows change meanwhile. */
enum err postpone_collection(struct ctx *ctx, int64_t invoice_id, int32_t collect_on) MUST_USE;

struct invoice_list_row {
    int64_t id;
    const char *number;
    const char *customer_name;
    const char *customer_number;
    const char *subscription_number;
    int32_t issued_on;
    int32_t due_on;
    const char *currency;
    int64_t total_minor;
    int64_t open_minor;
    const char *state;            /* "open", "paid"; "credit": a credit note; "deposit": one, which is paid */
    const char *corrected_number; /* of a credit note */
    bool has_pdf;
};
/* Invoices and credit notes, newest first; 0 / "" for no filter: of one customer, of one subscription (also those that bill it
 * with others), or of both (a contract may have passed from one customer to another), by an index. state: "open", "paid", "credit", "". */
enum err invoice_list(struct ctx *ctx, const char *state, int64_t customer_id, int64_t subscription_id,
                      int64_t before_id, int32_t limit, struct invoice_list_row **rows, size_t *count) MUST_USE;

enum err due_deferrals(struct ctx *ctx, int32_t limit, struct deferral **rows, size_t *count) MUST_USE; /* locked */
enum err deferrals_after(struct ctx *ctx, int64_t after_id, int32_t limit, struct deferral **rows, size_t *count) MUST_USE; /* by id */
enum err save_deferrals(struct ctx *ctx, const struct deferral *rows, size_t count) MUST_USE;
enum err lock_deferrals_of(struct ctx *ctx, int64_t invoice_id, struct deferral **rows, size_t *count) MUST_USE;
/* After a credit note: amount, what is recognised of it, first day, next release. */
enum err restart_deferrals(struct ctx *ctx, const struct deferral *rows, size_t count) MUST_USE;

struct document {
    int64_t id;
    unsigned char sha256[32];
    struct db_bytes bytes;
};
enum err insert_document(struct ctx *ctx, const char *kind, int64_t ref_id, const unsigned char sha256[32],
                         const void *data, size_t bytes) MUST_USE;
enum err document_of(struct ctx *ctx, const char *kind, int64_t ref_id, struct document *document) MUST_USE;
/* Those of a kind that are there, in no order. */
struct stored_document {
    int64_t ref_id;
    struct db_bytes bytes;
};
enum err documents_of(struct ctx *ctx, const char *kind, const int64_t *ref_ids, size_t id_count, struct stored_document **rows, size_t *count) MUST_USE;
enum err document_exists(struct ctx *ctx, const char *kind, int64_t ref_id, bool *exists) MUST_USE;
struct rendered_document {
    const char *kind;
    int64_t ref_id;
    unsigned char sha256[32];
    struct db_bytes bytes;
    int64_t created_at;
};
enum err insert_rendered(struct ctx *ctx, const struct rendered_document *rows, size_t count) MUST_USE;
/* Anything to render, from a statement without a lock. */
enum err document_jobs_wait(struct ctx *ctx, bool *waiting) MUST_USE;
/* Jobs to render, claimed until the transaction ends. */
enum err claim_document_jobs(struct ctx *ctx, int32_t limit, struct document_job **rows, size_t *count) MUST_USE;
enum err delete_document_jobs(struct ctx *ctx, const struct document_job *rows, size_t count) MUST_USE;
enum err postpone_document_job(struct ctx *ctx, const struct document_job *job, const char *error, int64_t until_at) MUST_USE;

#endif
