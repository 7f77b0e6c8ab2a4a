/* refund: money that goes back to a customer, and the only moves that it can make.
 *
 * A refund is the intent: it is READY and committed, with a key of its own, before any byte leaves; SENDING has the
 * lease of an attempt; UNKNOWN is never guessed, only asked, or sent again with the same key and the same bytes within
 * 23 hours (core/attempt.h has the times). What was refused or is known to be absent is FAILED for good: trying again
 * is a new refund with a new key. Some cards take refunds back days later: SUCCEEDED may still fail.
 *
 * By the gateway a refund is of one payment, by transfer it waits READY until a person or the bank's statement says
 * that it was made. It takes from a credit note's money, or opens its invoice again. Rule: trust.md 1.3. */
#ifndef TACITE_CORE_REFUND_H
#define TACITE_CORE_REFUND_H

#include <stdbool.h>
#include <stdint.h>

enum refund_state {
    REFUND_READY = 1,
    REFUND_SENDING,
    REFUND_UNKNOWN,
    REFUND_PENDING,   /* the gateway has it, the outcome comes later */
    REFUND_SUCCEEDED,
    REFUND_FAILED,
    REFUND_CANCELLED, /* withdrawn before anything was done */
};
enum { REFUND_STATES = REFUND_CANCELLED };

const char *refund_state_name(enum refund_state state); /* "unknown", as stored */
enum refund_state refund_state_from_name(const char *name); /* 0: none of them */
const char *refund_state_text(enum refund_state state); /* English msgid */

/* Its amount is gone or may be: neither the payment nor the credit has it. */
bool refund_holds(enum refund_state state);
/* The gateway has it, or may have: it is asked. */
bool refund_unresolved(enum refund_state state);

enum refund_event {
    REFUND_PICKED = 1,    /* somebody sends it (again, with the same key, when UNKNOWN) */
    REFUND_SUCCEEDS,      /* answer, webhook or question */
    REFUND_PROCESSES,     /* accepted, the outcome comes later */
    REFUND_FAILS,         /* refused, or taken back by the card's bank */
    REFUND_NOTHING_SENT,  /* DNS or connect failed */
    REFUND_NO_ANSWER,     /* timeout, reset, 5xx, unusable answer, lease expired */
    REFUND_ABSENT,        /* after 24 h the gateway's list knows no such refund */
    REFUND_MADE,          /* the transfer was made */
    REFUND_WITHDRAWN,
};
enum { REFUND_EVENTS = REFUND_WITHDRAWN };

const char *refund_event_name(enum refund_event event); /* for refund_event.event */

enum refund_verdict {
    REFUND_MOVES = 1, /* to *next: book its side effect */
    REFUND_STAYS,     /* told again what was known */
    REFUND_REFUSED,   /* not in the table: nothing changes; what REFUND_SUCCEEDS says then is for a person */
};
enum refund_verdict refund_next(enum refund_state state, enum refund_event event, enum refund_state *next);

/* ---- how much ---- */

/* In the order in which they are told. */
enum refund_refusal {
    REFUND_NOT_REFUSED = 1,
    REFUND_NO_GATEWAY,
    REFUND_NOT_A_CARD,      /* the money did not come through the gateway */
    REFUND_NOTHING_LEFT,    /* of the payment */
    REFUND_UNDER_WAY,       /* another one of this payment is not resolved */
    REFUND_DISPUTED,        /* the bank decides first */
    REFUND_REASON_MISSING,
    REFUND_AMOUNT_ZERO,
    REFUND_ABOVE_PAYMENT,
    REFUND_ABOVE_CREDIT,    /* of the note */
    REFUND_ABOVE_PAID,      /* of the invoice, where it is opened again */
    REFUND_NOTE_IS_WHOLE,   /* a note made with the refund is of everything that is left of the invoice, and so is the refund */
    REFUND_OTHER_CUSTOMER,  /* credit and payment are not of the same customer and currency */
    REFUND_CHANGED,         /* somebody has dealt with it meanwhile */
};
const char *refund_refusal_text(enum refund_refusal refusal); /* English msgid, "" when not */

/* What a refund takes from, in minor units of one currency; members that do not apply are INT64_MAX. */
struct refund_facts {
    int64_t amount_minor;
    int64_t payment_left_minor; /* the payment less everything that holds of it */
    int64_t credit_left_minor;  /* of the credit note */
    int64_t paid_minor;         /* of what the invoice asks, less its credit notes */
    bool card;                  /* through the gateway */
    bool gateway_ready;
    bool came_by_card;
    bool under_way;
    bool disputed;
    bool has_reason;
};
enum refund_refusal refund_may_be_made(const struct refund_facts *facts);

/* What an attempt of amount_minor becomes when back_minor of it is back: ATTEMPT_RESTORES, ATTEMPT_REVERSES_PART or
 * ATTEMPT_REVERSES (as an int: the enum is core/attempt.h's). */
int refund_attempt_event(int64_t amount_minor, int64_t back_minor);

#endif
