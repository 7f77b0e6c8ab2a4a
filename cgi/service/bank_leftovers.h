/* bank_leftovers: money in the bank's entries that no rule has placed, and a person's word about it. */
#ifndef TACITE_SERVICE_BANK_LEFTOVERS_H
#define TACITE_SERVICE_BANK_LEFTOVERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/bank_match.h"
#include "service/once.h"
#include "store/bank.h"

/* One item for a person as long as anything waits that has no item of its own. */
enum err tell_leftovers(struct ctx *ctx) MUST_USE;

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
    RESOLVE_NO_MONEY,   /* it left the account */
    RESOLVE_SEVERAL,    /* money of several debits of ours */
    RESOLVE_NO_FEE,     /* what is missing of a batch is no fee, or another one than was shown */
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

/* What is missing of a batch of debits that the bank booked as one, when it may be a fee that no file tells (core/bank_fee: the
 * limit); 0: it is not, or the entry is something else. */
enum err fee_of_leftover(struct ctx *ctx, const struct bank_entry_row *entry, int64_t *fee_minor) MUST_USE;

/* A person says that it is: the debits are paid as asked, the fee stands on 627, and the entry has its end. Debits are paid a
 * group at a time and the fee is booked last, with the end: broken off in between it is offered again and done again. */
struct fee_keeping {
    int64_t entry_id;
    int64_t fee_minor; /* as it was shown */
    enum resolve_refusal refusal;
    const char *url;
};
enum err book_batch_fee(struct ctx *ctx, struct fee_keeping *keeping, const struct once *once) MUST_USE;

#endif
