/* banking: the seller's bank files: taken in once, their transfers matched to invoices and booked.
 *
 * A file is refused whole, with line and reason, or taken whole; each of its statements is one transaction, and a run
 * that dies is taken up by giving the same file again. Each entry is known by its key, so that a statement under another name, or overlapping another, brings only
 * what is new. Money is booked from statements only; returns of direct debits act wherever they are told first. What comes
 * for debits of ours pays them when it is what was asked (core/debit_credit). What matches nothing waits for a person. A statement that is
 * missing between two is told (core/statement_gap). */
#ifndef TACITE_SERVICE_BANKING_H
#define TACITE_SERVICE_BANKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/bank_match.h"
#include "gateway/bank_file.h"
#include "service/once.h"
#include "store/bank.h"

enum bank_import_refusal {
    IMPORT_NOT_REFUSED = 1,
    IMPORT_FILE,          /* see refused */
    IMPORT_NO_ACCOUNT,    /* the company has no IBAN in its settings */
    IMPORT_OTHER_ACCOUNT, /* detail: the file's account */
    IMPORT_KNOWN,         /* these very bytes came before: nothing changes */
};
const char *bank_import_refusal_text(enum bank_import_refusal refusal); /* English msgid; "" for IMPORT_FILE */

struct bank_imported {
    enum bank_import_refusal refusal;
    struct bank_refused refused;
    const char *detail;
    int64_t known_at; /* when the bytes came before */
    struct bank_file file;
    int32_t fresh;   /* entries that were new */
    int32_t matched; /* of these, booked on an invoice */
    int32_t open;    /* of these, waiting for a person */
    int32_t collections; /* direct debits of ours that moved, or batches of them */
};

/* name: as the file is called. dry_run: refusals are told, nothing is written. */
enum err import_bank_file(struct ctx *ctx, const char *name, const void *data, size_t bytes, bool dry_run,
                          struct bank_imported *imported) MUST_USE;

/* The key under which an account is known again: a keyed hash, "" for "". */
const char *bank_account_key(struct ctx *ctx, const char *iban);

/* An open entry with the three best guesses; claims name them. */
struct bank_leftover {
    struct bank_entry_row entry;
    size_t guess_count;
    struct bank_claim guess[MATCH_GUESSES];
};
enum err bank_leftovers(struct ctx *ctx, int64_t after_id, int32_t limit, struct bank_leftover **rows, size_t *count) MUST_USE;

enum resolve_refusal {
    RESOLVE_NOT_REFUSED = 1,
    RESOLVE_DONE_BEFORE,
    RESOLVE_NO_INVOICE, /* no invoice has that number */
    RESOLVE_CURRENCY,   /* the invoice is in another one */
    RESOLVE_SEVERAL,    /* money of several debits of ours */
};
const char *resolve_refusal_text(enum resolve_refusal refusal); /* English msgid */

/* A person's word: the money pays this invoice ("" sets the entry aside). Of money that came for a debit otherwise than asked
 * the first ends that debit, the second lets its days count again. */
struct resolving {
    int64_t entry_id;
    const char *invoice_number;
    enum resolve_refusal refusal;
    const char *url;
};
enum err resolve_entry(struct ctx *ctx, struct resolving *resolving, const struct once *once) MUST_USE;

/* A person read elsewhere that the bank refused one of the debits that an open entry is about. What the rest adds up to is
 * paid at once. RESOLVE_DONE_BEFORE: the entry or the debit does not wait any more. */
struct debit_refusing {
    int64_t entry_id;
    int64_t attempt_id;
    enum resolve_refusal refusal;
    const char *url;
};
enum err refuse_debit(struct ctx *ctx, struct debit_refusing *refusing, const struct once *once) MUST_USE;

/* Customers' advances pay what is open, before any debit. */
enum err use_advances(struct ctx *ctx, int64_t *used) MUST_USE;

#endif
