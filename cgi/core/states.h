/* states: quotes, attempts and card refusals: what may follow what.
 *
 * Refusals are enums in the order of precedence; their texts are English msgids. Attempts follow the
 * table of trust.md 1.3; any pair that is not in it is refused. */
#ifndef TACITE_CORE_STATES_H
#define TACITE_CORE_STATES_H

#include <stdbool.h>
#include <stdint.h>

enum quote_state { QUOTE_DRAFT = 1, QUOTE_SENT, QUOTE_SIGNED, QUOTE_CONFIRMED, QUOTE_DECLINED, QUOTE_WITHDRAWN };

const char *quote_state_name(enum quote_state state); /* "draft", "sent", ... as in the database */
enum quote_state quote_state_from_name(const char *name);

enum quote_refusal {
    QUOTE_NOT_REFUSED = 1,
    QUOTE_IS_WITHDRAWN,
    QUOTE_IS_DECLINED,
    QUOTE_IS_CONFIRMED,
    QUOTE_IS_SIGNED,
    QUOTE_NOT_SENT,
    QUOTE_IS_REPLACED, /* another version is current */
    QUOTE_HAS_EXPIRED,
    QUOTE_CHANGED,     /* version, document or amount are not those that were shown */
};
const char *quote_refusal_text(enum quote_refusal refusal); /* msgid */

/* Acceptance, decline and choices by the customer. valid_until_on is the last valid day. */
enum quote_refusal quote_may_be_answered(enum quote_state state, bool current_version, int32_t valid_until_on,
                                         int32_t today_on);
/* The seller: a draft is edited, a sent one becomes a new version; signed and later are frozen. */
enum quote_refusal quote_may_be_edited(enum quote_state state);
enum quote_refusal quote_may_be_withdrawn(enum quote_state state);

enum attempt_state {
    ATTEMPT_READY = 1, ATTEMPT_SENDING, ATTEMPT_UNKNOWN, ATTEMPT_PENDING, ATTEMPT_ACTION, ATTEMPT_SUCCEEDED,
    ATTEMPT_DECLINED, ATTEMPT_NOT_SENT, ATTEMPT_REVERSED, ATTEMPT_OPERATOR,
};
const char *attempt_state_name(enum attempt_state state);
enum attempt_state attempt_state_from_name(const char *name);

enum attempt_event {
    EVENT_SEND = 1,   /* a worker takes it */
    EVENT_SUCCEEDED, EVENT_PROCESSING, EVENT_ACTION, EVENT_DECLINED, EVENT_NOT_SENT,
    EVENT_UNKNOWN,    /* timeout, 5xx, unusable answer, lease expired */
    EVENT_REVERSED,
    EVENT_NEVER_SEEN, /* the gateway knows no such attempt after 24 h */
};

/* False when the event may not follow: the caller leaves the row alone and logs. An event that changes
 * nothing gives the same state. */
bool attempt_next(enum attempt_state state, enum attempt_event event, enum attempt_state *next);

/* Live attempts exclude others for the same payable (the UNIQUE key says the same). */
bool attempt_is_live(enum attempt_state state);

/* Seconds until an unknown attempt is asked again: 1 min, 10 min, 1 h, 6 h, then daily. */
int64_t attempt_check_delay_s(int checks);

enum decline_class { DECLINE_SOFT = 1, DECLINE_HARD, DECLINE_AUTHENTICATION };
enum decline_class decline_class(const char *decline_code);

/* Day of the retry after `retries` declines, from the due day and the plan's "3,7,12"; DATE_NONE: none. */
int32_t retry_on(const char *retry_days, int retries, int32_t due_on);

#endif
