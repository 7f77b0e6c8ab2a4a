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
    ATTEMPT_EXPIRES,      /* the hosted page expired or was cancelled */
    ATTEMPT_NOTHING_SENT, /* DNS or connect failed: nothing left this machine */
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

/* Who may be charged: quote version or invoice. */
enum payable_refusal {
    PAYABLE_NOT_REFUSED = 1,
    PAYABLE_IS_PAID,        /* an attempt succeeded, or nothing is open */
    PAYABLE_NOT_AVAILABLE,  /* withdrawn, replaced, declined, expired: quote_may_be_paid says which */
    PAYABLE_IN_PROGRESS,    /* another attempt is live; an ACTION one can be continued */
    PAYABLE_NOTHING_DUE,
    PAYABLE_NO_METHOD,      /* off session without a stored method */
    PAYABLE_TOO_MANY_TRIES, /* caps of trust.md 6.5 */
    PAYABLE_TOO_SOON,       /* less than a day after the last automatic try */
    PAYABLE_NO_GATEWAY,
    PAYABLE_CHANGED,        /* what is due changed since it was shown */
};

struct payable_facts {
    int64_t open_minor;
    bool available;                /* quote_may_be_paid, or an issued invoice */
    enum attempt_state live_state; /* state of the live attempt, 0 when none */
    bool off_session;
    bool has_method;
    bool gateway_ready;
    int tries_30_days;             /* card tries for this payable in the last 30 days */
    int32_t last_try_on;           /* DATE_NONE when none */
    int32_t today_on;
};

enum payable_refusal payable_may_be_started(const struct payable_facts *facts);
const char *payable_refusal_text(enum payable_refusal refusal); /* English msgid */

#endif
