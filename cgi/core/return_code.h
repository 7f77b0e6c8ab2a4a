/* return_code: what it means that a direct debit was rejected, returned or refunded, by the bank's reason code.
 *
 * The table is data (trust.md 6.3, SEP-20). Before settlement a code declines the collection; after it the money has
 * gone back and the claim is open again. The same news may come in pain.002, camt.054 and camt.053: the second time
 * it finds the collection where the first left it, and nothing happens. */
#ifndef TACITE_CORE_RETURN_CODE_H
#define TACITE_CORE_RETURN_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attempt.h"
#include "core/mandate.h"

enum return_class {
    RETURN_SOFT = 1,  /* no money today: again, twice at most */
    RETURN_TECHNICAL, /* the message was wrong: a person, never blindly again */
    RETURN_HARD,      /* this account or mandate will not do */
    RETURN_DISPUTE,   /* the payer asked for the money back: talk first */
};

enum return_contact {
    CONTACT_NONE = 1,    /* nothing by itself: a person decides what to say */
    CONTACT_PAY_LINK,    /* "your bank returned the debit", with a link to pay */
    CONTACT_NEW_DETAILS, /* "we need new bank details", with a link to sign again */
    CONTACT_SILENCE,     /* the payer has died: every automatic mail and reminder stops */
};

struct return_rule {
    char code[5]; /* "" for the rule of codes that are not in the table */
    enum return_class class;
    enum mandate_event mandate; /* MANDATE_SUSPENDS, MANDATE_REVOKES, or 0: it stays as it is */
    enum return_contact contact;
    bool person;      /* an item for a person as well */
    const char *text; /* English msgid for the seller */
};

/* Never NULL: an unknown code is hard and for a person; whoever books keeps its text. */
const struct return_rule *return_rule_of(const char *code);
const struct return_rule *return_rules(size_t *count); /* all of the table, for tests and a page */

enum return_claim {
    CLAIM_STAYS = 1, /* nothing was paid: it is as open as before */
    CLAIM_REOPENS,   /* it was paid and is open again: journal entry */
};

struct return_outcome {
    bool acts;                  /* false: told again what is known, or not ours to move; see person */
    enum attempt_event attempt; /* ATTEMPT_DECLINES or ATTEMPT_REVERSES when it acts */
    enum return_claim claim;
    bool person; /* also when a code comes for a collection that never left */
};

/* What to do about a collection in that state. */
struct return_outcome return_outcome(const struct return_rule *rule, enum attempt_state state);

enum { RETURN_RETRIES = 2, RETURN_RETRY_DAYS = 5 };

/* The day of the next collection after a soft return: 5 open days later, twice at most; DATE_NONE: no more. */
int32_t return_retry_on(const struct return_rule *rule, int32_t returned_on, int retries_done);

/* When a collection counts as paid although no statement said so: 5 open days after the due day, 3 for B2B. */
int32_t collection_settles_on(enum sepa_scheme scheme, int32_t collected_on);

/* First day on which the payer can no longer have it back: 8 weeks when authorised (Core; never for B2B, then the day
 * itself), 13 months when not. The law may change these: they are a table here (directive (EU) 2015/2366 art. 71, 77). */
int32_t refund_until_on(enum sepa_scheme scheme, bool authorised, int32_t collected_on);

#endif
