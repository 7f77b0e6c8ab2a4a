#include "core/states.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "core/date.h"

/* Marks a msgid for extraction; the text is translated where it is shown. */
#define N_(text) text

static const char *const quote_name[] = {"", "draft", "sent", "signed", "confirmed", "declined", "withdrawn"};
static const char *const attempt_name[] = {"",          "ready",    "sending",  "unknown",  "pending", "action",
                                           "succeeded", "declined", "not_sent", "reversed", "operator"};

static int index_of(const char *const *names, int count, const char *name)
{
    for (int i = 1; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    CHECK(false);
    return 0;
}

const char *quote_state_name(enum quote_state state)
{
    return quote_name[state];
}

enum quote_state quote_state_from_name(const char *name)
{
    return (enum quote_state)index_of(quote_name, COUNT_OF(quote_name), name);
}

const char *attempt_state_name(enum attempt_state state)
{
    return attempt_name[state];
}

enum attempt_state attempt_state_from_name(const char *name)
{
    return (enum attempt_state)index_of(attempt_name, COUNT_OF(attempt_name), name);
}

const char *quote_refusal_text(enum quote_refusal refusal)
{
    switch (refusal) {
    case QUOTE_NOT_REFUSED: return "";
    case QUOTE_IS_WITHDRAWN: return N_("This quote was withdrawn by the seller.");
    case QUOTE_IS_DECLINED: return N_("This quote was declined.");
    case QUOTE_IS_CONFIRMED: return N_("This quote is confirmed: the order exists.");
    case QUOTE_IS_SIGNED: return N_("This quote is already signed.");
    case QUOTE_NOT_SENT: return N_("This quote has not been sent yet.");
    case QUOTE_IS_REPLACED: return N_("This version was replaced by a newer one.");
    case QUOTE_HAS_EXPIRED: return N_("This quote has expired.");
    case QUOTE_CHANGED: return N_("The quote changed while you were reading it. Nothing was recorded: please read it again.");
    }
    return "";
}

static enum quote_refusal refusal_of_state(enum quote_state state)
{
    switch (state) {
    case QUOTE_WITHDRAWN: return QUOTE_IS_WITHDRAWN;
    case QUOTE_DECLINED: return QUOTE_IS_DECLINED;
    case QUOTE_CONFIRMED: return QUOTE_IS_CONFIRMED;
    case QUOTE_SIGNED: return QUOTE_IS_SIGNED;
    case QUOTE_DRAFT:
    case QUOTE_SENT: return QUOTE_NOT_REFUSED;
    }
    return QUOTE_NOT_REFUSED;
}

enum quote_refusal quote_may_be_answered(enum quote_state state, bool current_version, int32_t valid_until_on,
                                         int32_t today_on)
{
    enum quote_refusal refusal = refusal_of_state(state);

    if (refusal != QUOTE_NOT_REFUSED)
        return refusal;
    if (state == QUOTE_DRAFT)
        return QUOTE_NOT_SENT;
    if (!current_version)
        return QUOTE_IS_REPLACED;
    return today_on > valid_until_on ? QUOTE_HAS_EXPIRED : QUOTE_NOT_REFUSED;
}

enum quote_refusal quote_may_be_edited(enum quote_state state)
{
    return state == QUOTE_DECLINED ? QUOTE_NOT_REFUSED : refusal_of_state(state);
}

enum quote_refusal quote_may_be_withdrawn(enum quote_state state)
{
    return state == QUOTE_SIGNED || state == QUOTE_SENT || state == QUOTE_DRAFT ? QUOTE_NOT_REFUSED
                                                                               : refusal_of_state(state);
}

bool attempt_next(enum attempt_state state, enum attempt_event event, enum attempt_state *next)
{
    static const struct {
        enum attempt_state state;
        enum attempt_event event;
        enum attempt_state next;
    } transition[] = {
        {ATTEMPT_READY, EVENT_SEND, ATTEMPT_SENDING},
        {ATTEMPT_SENDING, EVENT_SUCCEEDED, ATTEMPT_SUCCEEDED},
        {ATTEMPT_SENDING, EVENT_PROCESSING, ATTEMPT_PENDING},
        {ATTEMPT_SENDING, EVENT_ACTION, ATTEMPT_ACTION},
        {ATTEMPT_SENDING, EVENT_DECLINED, ATTEMPT_DECLINED},
        {ATTEMPT_SENDING, EVENT_NOT_SENT, ATTEMPT_NOT_SENT},
        {ATTEMPT_SENDING, EVENT_UNKNOWN, ATTEMPT_UNKNOWN},
        {ATTEMPT_UNKNOWN, EVENT_SEND, ATTEMPT_SENDING}, /* the same key again, within 23 h */
        {ATTEMPT_UNKNOWN, EVENT_SUCCEEDED, ATTEMPT_SUCCEEDED},
        {ATTEMPT_UNKNOWN, EVENT_PROCESSING, ATTEMPT_PENDING},
        {ATTEMPT_UNKNOWN, EVENT_ACTION, ATTEMPT_ACTION},
        {ATTEMPT_UNKNOWN, EVENT_DECLINED, ATTEMPT_DECLINED},
        {ATTEMPT_UNKNOWN, EVENT_UNKNOWN, ATTEMPT_UNKNOWN},
        {ATTEMPT_UNKNOWN, EVENT_NEVER_SEEN, ATTEMPT_NOT_SENT},
        {ATTEMPT_PENDING, EVENT_SUCCEEDED, ATTEMPT_SUCCEEDED},
        {ATTEMPT_PENDING, EVENT_PROCESSING, ATTEMPT_PENDING},
        {ATTEMPT_PENDING, EVENT_DECLINED, ATTEMPT_DECLINED},
        {ATTEMPT_ACTION, EVENT_SUCCEEDED, ATTEMPT_SUCCEEDED},
        {ATTEMPT_ACTION, EVENT_ACTION, ATTEMPT_ACTION},
        {ATTEMPT_ACTION, EVENT_PROCESSING, ATTEMPT_PENDING},
        {ATTEMPT_ACTION, EVENT_DECLINED, ATTEMPT_DECLINED},
        {ATTEMPT_NOT_SENT, EVENT_SUCCEEDED, ATTEMPT_OPERATOR},
        {ATTEMPT_SUCCEEDED, EVENT_SUCCEEDED, ATTEMPT_SUCCEEDED},
        {ATTEMPT_SUCCEEDED, EVENT_REVERSED, ATTEMPT_REVERSED},
        {ATTEMPT_DECLINED, EVENT_DECLINED, ATTEMPT_DECLINED},
        {ATTEMPT_DECLINED, EVENT_SUCCEEDED, ATTEMPT_OPERATOR},
        {ATTEMPT_REVERSED, EVENT_SUCCEEDED, ATTEMPT_OPERATOR},
        {ATTEMPT_OPERATOR, EVENT_SUCCEEDED, ATTEMPT_OPERATOR},
    };

    for (size_t i = 0; i < COUNT_OF(transition); i++)
        if (transition[i].state == state && transition[i].event == event) {
            *next = transition[i].next;
            return true;
        }
    return false;
}

bool attempt_is_live(enum attempt_state state)
{
    return state <= ATTEMPT_SUCCEEDED;
}

int64_t attempt_check_delay_s(int checks)
{
    static const int64_t delay_s[] = {60, 600, 3600, 6 * 3600, 24 * 3600};

    return delay_s[checks < (int)COUNT_OF(delay_s) ? checks : (int)COUNT_OF(delay_s) - 1];
}

/* Rule: CRD-05: these end the method; an unknown code is retried. */
enum decline_class decline_class(const char *decline_code)
{
    static const char *const hard[] = {
        "lost_card", "stolen_card", "pickup_card", "restricted_card", "invalid_account", "stop_payment_order",
        "revocation_of_authorization", "revocation_of_all_authorizations", "transaction_not_allowed", "fraudulent",
        "expired_card", "incorrect_number", "do_not_try_again",
    };

    if (strcmp(decline_code, "authentication_required") == 0)
        return DECLINE_AUTHENTICATION;
    for (size_t i = 0; i < COUNT_OF(hard); i++)
        if (strcmp(hard[i], decline_code) == 0)
            return DECLINE_HARD;
    return DECLINE_SOFT;
}

int32_t retry_on(const char *retry_days, int retries, int32_t due_on)
{
    const char *p = retry_days;
    char *end;

    /* Never more than four tries of one invoice (product.md 7.1), whatever the plan says. */
    for (int i = 1; retries <= 3 && *p != '\0'; i++) {
        long days = strtol(p, &end, 10);

        if (end == p || days < 1 || days > 60)
            return DATE_NONE;
        if (i == retries)
            return due_on + (int32_t)days;
        p = *end == ',' ? end + 1 : end;
    }
    return DATE_NONE;
}
