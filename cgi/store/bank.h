/* bank: files from the seller's bank, their statements and entries, and what came above what was asked. */
#ifndef TACITE_STORE_BANK_H
#define TACITE_STORE_BANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct bank_import {
    int64_t id;
    unsigned char sha256[32];
    const char *name;
    const char *kind; /* "statement", "notification", "answer" */
    const char *version;
    const char *message_id;
    int32_t entries;
    int32_t fresh;
    int32_t matched;
    const char *state; /* "running", "done" */
    int64_t imported_at;
    const char *actor;
};
/* Sets id; ERR_DUPLICATE: these very bytes came before. */
enum err insert_bank_import(struct ctx *ctx, struct bank_import *import) MUST_USE;
enum err bank_import_by_hash(struct ctx *ctx, const unsigned char sha256[32], struct bank_import *import) MUST_USE;
/* Counts of a group are added; the state is only ever set to done. */
enum err count_bank_import(struct ctx *ctx, int64_t id, int32_t fresh, int32_t matched) MUST_USE;
enum err finish_bank_import(struct ctx *ctx, int64_t id) MUST_USE;
/* Newest first, below before_id (0: all). */
enum err bank_imports(struct ctx *ctx, int64_t before_id, int32_t limit, struct bank_import **rows, size_t *count) MUST_USE;

struct bank_statement_row {
    int64_t import_id;
    const char *account;
    const char *statement_ref;
    const char *number;
    const char *currency;
    int64_t opening_minor;
    int64_t closing_minor;
    int32_t closed_on;
};
/* A second time it finds the first row and leaves it. */
enum err insert_bank_statement(struct ctx *ctx, const struct bank_statement_row *row) MUST_USE;
/* Statements with balances that closed since then, each once however often it was told, by currency, day and number. */
struct statement_in_row {
    int64_t id; /* of the first that told it */
    int64_t import_id;
    const char *number;
    const char *currency;
    int64_t opening_minor;
    int64_t closing_minor;
    int32_t closed_on;
};
enum err statements_in_a_row(struct ctx *ctx, const char *account, int32_t since_on, struct statement_in_row **rows, size_t *count) MUST_USE;

struct bank_entry_row {
    int64_t id;
    int64_t import_id;
    const char *entry_key;
    int64_t amount_minor;
    bool credit;
    const char *currency;
    int32_t booked_on;
    const char *bank_ref;
    const char *end_to_end_id;
    const char *name;
    const char *account_key;
    const char *account_masked;
    const char *reference;
    const char *text;
    const char *return_code;
    int64_t fee_minor; /* the bank's, within the entry: booked was amount_minor less it when it is a credit, else with it */
    bool is_fee;       /* nothing but a fee of the bank's, or one that it gives back */
    int64_t attempt_id;   /* of the direct debit of ours that it is about; 0: of none, or of several */
    int64_t file_id;      /* of the file of our debits that it is about; 0 */
    const char *batch_id; /* of several debits that it is about; "" */
    const char *doubt;    /* debit_verdict_name: what differs from what was asked; "" */
    int64_t asked_minor;  /* what was to come, of a doubt */
    int64_t kept_minor;   /* of it, what a person said that the bank kept; read only */
    const char *match_kind;
    int64_t customer_id;
    int64_t invoice_id;
    const char *state; /* "open", "matched", "aside" */
};
enum err lock_bank_entry(struct ctx *ctx, int64_t id, struct bank_entry_row *row) MUST_USE;
enum err bank_entry_by_id(struct ctx *ctx, int64_t id, struct bank_entry_row *row) MUST_USE;
/* An open entry finds its end; ERR_CONFLICT when it has one. invoice_id 0: set aside. */
enum err resolve_bank_entry(struct ctx *ctx, int64_t id, int64_t customer_id, int64_t invoice_id) MUST_USE;
/* The same of a batch of debits of which the bank kept so much. */
enum err resolve_batch_entry(struct ctx *ctx, int64_t id, int64_t kept_minor) MUST_USE;
/* The oldest open one that is not in doubt. */
enum err first_open_bank_entry(struct ctx *ctx, struct bank_entry_row *row) MUST_USE;
/* Open ones that are in doubt, oldest first: what a later file says may answer them. */
enum err doubted_bank_entries(struct ctx *ctx, struct bank_entry_row **rows, size_t *count) MUST_USE;
/* What statements credited as one for this batch of a file ("": for any part of the file) besides the entry (0: none). */
enum err credited_as_one(struct ctx *ctx, int64_t file_id, const char *batch_id, int64_t but_entry_id, int64_t *minor) MUST_USE;
/* A person booked money on an invoice that came for this debit otherwise than asked. */
enum err debit_booked_by_hand(struct ctx *ctx, int64_t attempt_id, bool *booked) MUST_USE;
/* Open ones, oldest first; or resolved ones, newest first. Below or above the id (0: all). */
enum err open_bank_entries(struct ctx *ctx, int64_t after_id, int32_t limit, struct bank_entry_row **rows, size_t *count) MUST_USE;
enum err resolved_bank_entries(struct ctx *ctx, int64_t before_id, int32_t limit, struct bank_entry_row **rows, size_t *count) MUST_USE;

struct bank_claim {
    int64_t invoice_id;
    int64_t customer_id;
    const char *number;
    const char *customer_name;
    int64_t open_minor;
    const char *currency;
};
/* What transfers may pay: open invoices, and those paid since `since_on`. */
enum err bank_claims(struct ctx *ctx, int32_t since_on, struct bank_claim **rows, size_t *count) MUST_USE;

struct bank_account_row {
    const char *account_key;
    int64_t customer_id;
};
/* The key under which an account is known again: a keyed hash of the tenant's, "" for "". */
const char *bank_account_key(struct ctx *ctx, const char *iban);
/* Accounts that paid for a customer before. */
enum err bank_accounts(struct ctx *ctx, struct bank_account_row **rows, size_t *count) MUST_USE;

struct advance {
    int64_t payment_id;
    int64_t customer_id;
    const char *currency;
    int64_t total_minor;
    int64_t left_minor;
};
enum err lock_advance(struct ctx *ctx, int64_t payment_id, struct advance *advance) MUST_USE;
/* Books left less a use; sets *id. */
enum err use_advance(struct ctx *ctx, const struct advance *advance, int64_t invoice_id, int64_t amount_minor, int64_t *id) MUST_USE;
/* Its payment went back: nothing is left of it. */
enum err withdraw_advance(struct ctx *ctx, const struct advance *advance) MUST_USE;
struct advance_match {
    int64_t payment_id;
    int64_t invoice_id;
};
/* Advances that meet an open invoice of their customer, oldest invoice first. */
enum err advances_to_use(struct ctx *ctx, int32_t limit, struct advance_match **rows, size_t *count) MUST_USE;

#endif
