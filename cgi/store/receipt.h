/* receipt: many payments at once: their rows and the claims that they pay, one statement for all of each kind.
 *
 * Lists of keys go as one JSON text, which the database reads as a table, so that one prepared statement serves any
 * number of them. */
#ifndef TACITE_STORE_RECEIPT_H
#define TACITE_STORE_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/bank.h"
#include "store/payable.h"

/* What is open of an invoice, and what paying it needs to know. */
struct claim {
    int64_t invoice_id;
    int64_t customer_id;
    int64_t subscription_id; /* 0: an invoice for several, or for none */
    int64_t open_minor;
    int32_t collect_on;
    int32_t retries;
    const char *state;
    int32_t paid_on;
    const char *number;
    const char *currency;
    const char *vat_due;
    const char *books;   /* of the invoice (store/invoice) */
    int64_t books_rate_e6;
    int64_t total_minor; /* of the invoice, less what is credited; so is the VAT */
    int64_t vat_minor;
    bool has_case; /* of dunning, not ended by a payment */
    bool has_item; /* a person was asked because a debit came back */
    const char *language;
    const char *email;
    const char *name;
};
/* Locks the receivables of these invoices and reads them, in the order of the ids, which rise. An id without one is left out. */
enum err lock_claims(struct ctx *ctx, const int64_t *invoice_ids, size_t count, struct claim **rows, size_t *found) MUST_USE;
/* What is open, when it was paid, when it is collected. */
enum err save_claims(struct ctx *ctx, const struct claim *rows, size_t count) MUST_USE;

/* Sets their ids. All from entries of statements, or all from attempts. */
enum err insert_payments(struct ctx *ctx, struct payment *rows, size_t count) MUST_USE;

struct allocation {
    int64_t payment_id;
    int64_t invoice_id;
    int64_t amount_minor;
};
enum err insert_allocations(struct ctx *ctx, const struct allocation *rows, size_t count) MUST_USE;
enum err insert_advances(struct ctx *ctx, const struct advance *rows, size_t count) MUST_USE;

/* known[i]: a file brought the entry with this key before. */
enum err known_bank_entries(struct ctx *ctx, const char *const *keys, size_t count, bool *known) MUST_USE;
/* attempt_ids[i]: of the direct debit of ours that has this end-to-end id; 0: of none. */
enum err known_collections(struct ctx *ctx, const char *const *ids, size_t count, int64_t *attempt_ids) MUST_USE;

/* Entries that no file brought before; sets their ids. ERR_DB_RETRY: another run brought one meanwhile. */
enum err insert_bank_entries(struct ctx *ctx, struct bank_entry_row *rows, size_t count) MUST_USE;

#endif
