/* subscription: the states of a running contract (product.md 4.1), as data.
 *
 * A planned end is a date on an active contract, not a state. */
#ifndef TACITE_CORE_SUBSCRIPTION_H
#define TACITE_CORE_SUBSCRIPTION_H

#include <stdbool.h>
#include <stdint.h>

enum subscription_state {
    SUBSCRIPTION_PENDING = 1, /* starts later, or with the first payment */
    SUBSCRIPTION_TRIAL,
    SUBSCRIPTION_ACTIVE,
    SUBSCRIPTION_PAUSED,
    SUBSCRIPTION_PAST_DUE,
    SUBSCRIPTION_ENDED,
};
enum { SUBSCRIPTION_STATES = SUBSCRIPTION_ENDED };

const char *subscription_state_name(enum subscription_state state); /* "past_due" */
enum subscription_state subscription_state_from_name(const char *name);
const char *subscription_state_text(enum subscription_state state); /* English msgid */

enum subscription_event {
    SUBSCRIPTION_STARTS = 1,    /* start day reached or first payment */
    SUBSCRIPTION_STARTS_TRIAL,
    SUBSCRIPTION_TRIAL_ENDS,    /* with a payment method, or billed without */
    SUBSCRIPTION_TRIAL_FAILS,   /* no method and the plan stops then */
    SUBSCRIPTION_FALLS_BEHIND,  /* a due invoice is unpaid after the grace */
    SUBSCRIPTION_CATCHES_UP,    /* paid in full */
    SUBSCRIPTION_GIVEN_UP,      /* due day + N, no attempt in flight */
    SUBSCRIPTION_PAUSES,
    SUBSCRIPTION_RESUMES,
    SUBSCRIPTION_CLOSES,        /* planned end or end of term reached; at once from a pause */
    SUBSCRIPTION_REACTIVATES,
};
enum { SUBSCRIPTION_EVENTS = SUBSCRIPTION_REACTIVATES };

/* The next state; 0 when the pair is not in the table: refused. */
enum subscription_state subscription_next(enum subscription_state state, enum subscription_event event);

/* State on the day of confirmation, and on every day until billing starts: before the start pending, then in the trial
 * until billed_from_on, then active. Without trial billed_from_on is started_on. */
enum subscription_state subscription_state_at_start(int32_t started_on, int32_t billed_from_on, int32_t today_on);

/* The batch looks at it in this state: periods are billed, or the first one is waited for. */
bool subscription_bills(enum subscription_state state);

/* Counts in MRR (product.md 6.2). */
bool subscription_in_force(enum subscription_state state);

enum subscription_refusal {
    SUBSCRIPTION_NOT_REFUSED = 1,
    SUBSCRIPTION_IS_ENDED,
    SUBSCRIPTION_IS_NOT_RUNNING,
    SUBSCRIPTION_END_IS_PLANNED,   /* an end is planned already */
    SUBSCRIPTION_END_TOO_EARLY,    /* before what is billed already, or before today */
    SUBSCRIPTION_UNDER_COMMITMENT,
    SUBSCRIPTION_WITHIN_NOTICE,
    SUBSCRIPTION_WITHIN_TERM,      /* inside a fixed term */
    SUBSCRIPTION_END_NOT_PLANNED,
    SUBSCRIPTION_IS_NOT_HELD,
    SUBSCRIPTION_EVENT_UNKNOWN,    /* not possible from this state */
};

struct subscription_facts {
    enum subscription_state state;
    int32_t ends_on;             /* planned by somebody; DATE_NONE when none */
    int32_t commitment_until_on; /* DATE_NONE when none */
    int notice_days;
    int32_t billed_until_on;     /* end of what is billed in advance; DATE_NONE: nothing is */
    int32_t term_until_on;       /* end of the fixed term that end_on would lie in; DATE_NONE: no term */
    bool agreed;                 /* with the customer: commitment, term and notice are waived */
    int32_t held_on;             /* DATE_NONE when not held */
    int32_t today_on;
};

enum subscription_refusal subscription_may(const struct subscription_facts *facts, enum subscription_event event);
/* end_on is the first day without service. What is billed is served; commitment, term and notice hold unless another
 * end was agreed. */
enum subscription_refusal subscription_may_end(const struct subscription_facts *facts, int32_t end_on);
/* The planned end is undone: until it has come. */
enum subscription_refusal subscription_may_go_on(const struct subscription_facts *facts);
enum subscription_refusal subscription_may_be_released(const struct subscription_facts *facts);
const char *subscription_refusal_text(enum subscription_refusal refusal); /* English msgid */

#endif
