/* bank_match: which claim a transfer on a statement pays.
 *
 * In this order: our reference (ISO 11649, in its own field or in the text), the document's number in the text, the
 * one claim with exactly this amount of a customer who is known to use this account. Never the amount alone
 * (MON-32). Two claims that fit equally well fit neither: a person chooses, with the three best guesses beside. */
#ifndef TACITE_CORE_BANK_MATCH_H
#define TACITE_CORE_BANK_MATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct match_claim {
    int64_t id;
    int64_t customer_id;
    const char *number;    /* "INV-2026-00017" */
    int64_t open_minor;    /* 0: paid already; its reference still finds it */
    const char *currency;
};

/* An account that a customer has paid from or signed a mandate for, as a keyed hash. */
struct match_account {
    const char *key;
    int64_t customer_id;
};

struct match_entry {
    const char *reference;     /* structured creditor reference; "" when none */
    const char *end_to_end_id; /* payers' programs put numbers here too; "NOTPROVIDED" and "" are none */
    const char *text;          /* free remittance text */
    int64_t amount_minor;
    const char *currency;
    const char *account_key; /* of the payer; "" when the statement does not say */
};

enum match_kind {
    MATCH_NONE = 1,
    MATCH_REFERENCE,
    MATCH_NUMBER,
    MATCH_AMOUNT_AND_ACCOUNT,
};

const char *match_kind_name(enum match_kind kind); /* "reference", as stored */

enum { MATCH_GUESSES = 3 };

struct match {
    enum match_kind kind;
    struct match_claim *claim; /* NULL for MATCH_NONE */
    size_t guess_count;        /* for MATCH_NONE, best first: named by the text, of who uses the account, of this amount */
    const struct match_claim *guess[MATCH_GUESSES];
};

/* Claims and accounts, indexed; they are kept, not copied. Building and asking cost no more with many claims. */
struct match_book;
struct match_book *match_book_new(struct arena *arena, struct match_claim *claims, size_t claim_count,
                                  const struct match_account *accounts, size_t account_count);

struct match match_find(const struct match_book *book, const struct match_entry *entry);

/* What a payment of amount_minor leaves of a claim, and what is above it (the customer's credit). The claim is told,
 * so that the next entry of the same file sees it. */
struct match_split {
    int64_t applied_minor;
    int64_t above_minor;
};
struct match_split match_apply(struct match_claim *claim, int64_t amount_minor);

#endif
