/* bank_matching: which invoice the money of a bank's entry pays, by rule (core/bank_match). What no rule finds is left for a
 * person (service/bank_leftovers). */
#ifndef TACITE_SERVICE_BANK_MATCHING_H
#define TACITE_SERVICE_BANK_MATCHING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"
#include "core/bank_match.h"
#include "service/receiving.h"
#include "store/bank.h"

/* What transfers may pay: what is open, and what was paid in the last 90 days, so that a second transfer is known as the
 * customer's advance. rows and claims are the same, in the same order. */
struct open_claims {
    struct match_book *book;
    struct bank_claim *rows;
    struct match_claim *claims;
    size_t count;
};
enum err load_open_claims(struct ctx *ctx, struct open_claims *claims) MUST_USE;

/* What the rules say of an entry, whatever became of it. */
struct match entry_match(const struct open_claims *claims, const struct bank_entry_row *row);

/* Sets the row's state, and of a match its kind, invoice and customer; the claim is told, so that the next entry sees it.
 * What is aside or in doubt already stays so. What goes out, and what the bank only announces (booked false), is no transfer
 * to us and is set aside; a return that we do not know is for a person, as is what leaves in a debit's name. */
void match_entry(const struct open_claims *claims, bool booked, struct bank_entry_row *row);

/* The payment of an entry that is in the database; journal_id is reserved for what is booked of it. */
struct receipt entry_receipt(const struct bank_entry_row *row, int64_t customer_id, int64_t invoice_id, int64_t journal_id);

#endif
