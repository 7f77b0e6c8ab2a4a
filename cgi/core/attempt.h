/* attempt: one try to get money for a payable, and the only moves that it can make.
 *
 * Rule: trust.md 1.3 (MON-06): the table is data, what is not in it is refused. An attempt is READY
 * and committed before any byte leaves; SENDING has a lease; UNKNOWN is never guessed, only asked.
 * READY, SENDING, UNKNOWN, PENDING, ACTION and SUCCEEDED are live: one per payable. A retry after
 * DECLINED or NOT_SENT is a new attempt with a new key; so is the payment of what was refunded. */
#ifndef TACITE_CORE_ATTEMPT_H
#define TACITE_CORE_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum attempt_state {
    ATTEMPT_READY = 1,
    ATTEMPT_SENDING,
    ATTEMPT_UNKNOWN,
    ATTEMPT_PENDING,   /* the gateway has it, the outcome comes later */
    ATTEMPT_ACTION,    /* the customer must act: open hosted page, 3-D Secure */
    ATTEMPT_SUCCEEDED,
    ATTEMPT_DECLINED,
    ATTEMPT_NOT_SENT,
    ATTEMPT_PARTLY_REVERSED,
    ATTEMPT_REVERSED,
    ATTEMPT_OPERATOR,  /* money came where none was expected: a person decides */
};
enum { ATTEMPT_STATES = ATTEMPT_OPERATOR };

const char *attempt_state_name(enum attempt_state state); /* "not_sent" */
enum attempt_state attempt_state_from_name(const char *name);
const char *attempt_state_text(enum attempt_state state); /* English msgid */
bool attempt_is_live(enum attempt_state state);
/* Its money came, whatever went back since: no answer about it tells anything new. */
bool attempt_took_money(enum attempt_state state);

enum attempt_event {
    ATTEMPT_PICKED = 1,   /* a worker sends it (again, with the same key, when UNKNOWN) */
    ATTEMPT_SUCCEEDS,     /* answer, webhook or question: the money is captured */
    ATTEMPT_PROCESSES,    /* accepted, the outcome comes later */
    ATTEMPT_NEEDS_ACTION, /* session open, requires_action, authentication_required */
    ATTEMPT_DECLINES,     /* declined or failed for good */
    ATTEMPT_INVALID,      /* the gateway refuses the request itself (4xx): nothing was done, the same words never will be */
    ATTEMPT_EXPIRES,      /* the hosted page expired or was cancelled */
    ATTEMPT_NOTHING_SENT, /* DNS or connect failed: nothing left this machine; or the gateway does not take our key */
    ATTEMPT_NO_ANSWER,    /* timeout, reset, 5xx, unusable answer, lease expired */
    ATTEMPT_ABSENT,       /* after 24 h the gateway's list knows no such attempt */
    ATTEMPT_CANCELLED,    /* withdrawn before anything was sent */
    ATTEMPT_REVERSES,     /* refunded, disputed or returned in full */
    ATTEMPT_REVERSES_PART,
    ATTEMPT_RESTORES,     /* a refund failed after all, a dispute was won: everything is ours again */
};
enum { ATTEMPT_EVENTS = ATTEMPT_RESTORES };

const char *attempt_event_name(enum attempt_event event); /* for attempt_event.event */

enum attempt_verdict {
    ATTEMPT_MOVES = 1, /* to *next: book its side effect */
    ATTEMPT_STAYS,     /* told again what was known: nothing to do */
    ATTEMPT_REFUSED,   /* not in the table: log, change nothing */
};

enum attempt_verdict attempt_next(enum attempt_state state, enum attempt_event event, enum attempt_state *next);

/* Microseconds. */
#define ATTEMPT_LEASE INT64_C(120000000)              /* SENDING belongs to its sender this long */
#define ATTEMPT_RESEND_UNTIL INT64_C(82800000000)     /* 23 h: no POST with the same key after it */
#define ATTEMPT_ABSENT_AFTER INT64_C(86400000000)     /* 24 h */
#define ATTEMPT_OPERATOR_AFTER INT64_C(259200000000)  /* 72 h: an item for a person */

/* When an unresolved attempt is looked at again after its n-th check (0: none yet): 1 min, 10 min,
 * 1 h, 6 h, then daily after now. */
int64_t attempt_next_check_at(int checks, int64_t now);
bool attempt_may_resend(int64_t first_sent_at, int64_t now);

/* After 72 h without a word of the gateway a person may say how an attempt ended, from what the gateway's own pages show. */
bool attempt_may_be_decided(enum attempt_state state, int64_t created_at, int64_t now);

/* Why a payment of a quote version or an invoice does not begin. */
enum payable_refusal {
    PAYABLE_NOT_REFUSED = 1,
    PAYABLE_IS_PAID,        /* an attempt succeeded, or nothing is open */
    PAYABLE_IN_PROGRESS,    /* another attempt is live; an ACTION one can be continued */
    PAYABLE_NO_GATEWAY,     /* none, or it cannot be reached, or it does not take our key */
    PAYABLE_REFUSED,        /* the gateway refuses what was asked: trying again changes nothing */
    PAYABLE_CHANGED,        /* what is due changed since it was shown */
};

const char *payable_refusal_text(enum payable_refusal refusal); /* English msgid */

#endif
