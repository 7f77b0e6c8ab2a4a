/* dispute: a cardholder's bank takes a payment back until it is decided whose the money is.
 *
 * What the gateway says now is asked for, never taken from an event, so that events come in any order. While a dispute is
 * open its money stands on 416 and nothing is asked of the customer; won, it comes back; lost, a person chooses whether
 * the invoice is open again or written off. Rule: trust.md CRD-07. */
#ifndef TACITE_CORE_DISPUTE_H
#define TACITE_CORE_DISPUTE_H

#include <stdbool.h>

enum dispute_state {
    DISPUTE_OPEN = 1,
    DISPUTE_WON,
    DISPUTE_LOST,        /* a person chooses what becomes of the invoice */
    DISPUTE_REOPENED,    /* lost: the customer owes it again */
    DISPUTE_WRITTEN_OFF, /* lost: a bad debt */
};
enum { DISPUTE_STATES = DISPUTE_WRITTEN_OFF };

const char *dispute_state_name(enum dispute_state state); /* "written_off", as stored */
enum dispute_state dispute_state_from_name(const char *name); /* 0: none of them */
const char *dispute_state_text(enum dispute_state state); /* English msgid */

/* What the card's bank says why, as an English msgid; a reason that we do not know as it stands. */
const char *dispute_reason_text(const char *reason);

enum dispute_event {
    DISPUTE_OPENS = 1, /* the bank asks, or decides */
    DISPUTE_WINS,
    DISPUTE_LOSES,
    DISPUTE_REOPENS,   /* chosen */
    DISPUTE_WRITES_OFF,
};
enum { DISPUTE_EVENTS = DISPUTE_WRITES_OFF };

/* The gateway's word for where it stands; 0: none that we know. */
enum dispute_event dispute_event_of(const char *status);

enum dispute_verdict { DISPUTE_MOVES = 1, DISPUTE_STAYS, DISPUTE_REFUSED };
enum dispute_verdict dispute_next(enum dispute_state state, enum dispute_event event, enum dispute_state *next);

#endif
