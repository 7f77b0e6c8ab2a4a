/* mandate: a payer's consent to SEPA direct debits: its life, when it may be used, what a collection says about it.
 *
 * Rules: EPC Core and B2B rulebooks as in trust.md 6.1 (SEP-01 to SEP-08). A mandate dies 36 months after its last
 * collection, returned or not; it is blocked a day earlier and a warning comes at 33 months. A one-off mandate
 * serves once; a B2B one only when the payer's bank knows it. A change of account, reference or creditor travels with the next collection, once. */
#ifndef TACITE_CORE_MANDATE_H
#define TACITE_CORE_MANDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sepa_scheme { SCHEME_CORE = 1, SCHEME_B2B };

const char *sepa_scheme_name(enum sepa_scheme scheme); /* "core", as stored */
const char *sepa_scheme_code(enum sepa_scheme scheme); /* "CORE", as in a message */
enum sepa_scheme sepa_scheme_from_name(const char *name);

enum mandate_state {
    MANDATE_DRAFT = 1, /* typed, the code is in the mail */
    MANDATE_ACTIVE,
    MANDATE_SUSPENDED, /* a return says that the account cannot be debited: new details, or a person's word */
    MANDATE_REVOKED,
    MANDATE_EXPIRED,
    MANDATE_USED, /* one-off and collected, or its final collection is made */
};
enum { MANDATE_STATES = MANDATE_USED };

const char *mandate_state_name(enum mandate_state state);
enum mandate_state mandate_state_from_name(const char *name); /* 0: no such name */
const char *mandate_state_text(enum mandate_state state);     /* English msgid */

enum mandate_event {
    MANDATE_SIGNS = 1,
    MANDATE_AMENDS,   /* new account or creditor: an active one stays, a suspended one lives again */
    MANDATE_SUSPENDS,
    MANDATE_REVOKES,  /* by the payer, the seller, or a return that says "no valid mandate" */
    MANDATE_EXPIRES,
    MANDATE_FINISHES, /* its only or final collection is in a file */
    MANDATE_RETRACTS, /* that file never left: the bank was not asked for it */
};
enum { MANDATE_EVENTS = MANDATE_RETRACTS };

/* False: not in the table, nothing changes. */
bool mandate_next(enum mandate_state state, enum mandate_event event, enum mandate_state *next);

/* First day on which it can no longer be used; last_collected_on DATE_NONE: counted from the signature. */
int32_t mandate_expires_on(int32_t signed_on, int32_t last_collected_on);
int32_t mandate_warns_on(int32_t signed_on, int32_t last_collected_on);

enum sequence_type { SEQUENCE_FIRST = 1, SEQUENCE_RECURRENT, SEQUENCE_ONE_OFF, SEQUENCE_FINAL };

const char *sequence_type_code(enum sequence_type type); /* "RCUR" */
bool sequence_finishes(const char *code);                /* nothing is collected under the mandate after such a one; "": false */

/* mark_first: the seller's bank still wants FRST on the first collection; optional since November 2016. */
enum sequence_type mandate_sequence(bool one_off, bool final, bool collected_before, bool mark_first);

#define COLLECTION_MAX_MINOR INT64_C(99999999999) /* 999,999,999.99 euro */

struct collection_facts {
    enum mandate_state state;
    int32_t signed_on;
    int32_t last_collected_on; /* DATE_NONE: never */
    bool one_off;
    bool b2b;
    int32_t confirmed_on; /* B2B: the payer's bank knows the mandate since; DATE_NONE: not yet */
    const char *currency;
    int64_t amount_minor;
    int32_t noticed_on; /* day on which the pre-notification was sent; DATE_NONE: no proof of one */
    int notice_days;    /* between that and the collection: 14 unless the terms agree on fewer, never 0 */
    bool outside_eea;   /* the payer's account: BIC and address are then part of the message */
    bool has_bic;
    bool has_address;   /* town and country at least */
};

enum collection_refusal {
    COLLECTION_NOT_REFUSED = 1,
    COLLECTION_NO_MANDATE, /* not signed, suspended, revoked, used */
    COLLECTION_EXPIRED,
    COLLECTION_NOT_CONFIRMED, /* B2B: the payer's bank would refuse it */
    COLLECTION_NOT_EURO,
    COLLECTION_AMOUNT, /* 0.01 to 999,999,999.99 */
    COLLECTION_NOT_NOTICED,
    COLLECTION_TOO_SOON, /* the notice is not over on that day */
    COLLECTION_NO_BIC,
    COLLECTION_NO_ADDRESS,
};

enum collection_refusal collection_may_be_made(const struct collection_facts *facts, int32_t collection_on);
const char *collection_refusal_text(enum collection_refusal refusal); /* English msgid */

/* What a mandate said when it was last collected, and what it says now. */
struct mandate_terms {
    const char *reference;
    const char *creditor_name;
    const char *creditor_id;
    const char *iban;
};

/* The original values that the next collection tells; NULL: not changed. */
struct mandate_amendment {
    bool any;
    const char *reference;
    const char *creditor_name;
    const char *creditor_id;
    bool account; /* told as SMNDA, "same mandate, new debtor account": the old number travels no further */
};

/* collected NULL: never collected, so nothing to amend. References are compared without case. */
struct mandate_amendment mandate_amendment(const struct mandate_terms *collected, const struct mandate_terms *now);

#endif
