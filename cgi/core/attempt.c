#include "core/attempt.h"

#include <string.h>

#include "base/check.h"

#define N_(text) text

static const char *const state_name[] = {"",          "ready",    "sending",  "unknown",  "pending", "action",
                                         "succeeded", "declined", "not_sent", "partly_reversed", "reversed", "operator"};
static const char *const event_name[] = {"",        "picked",  "succeeds",     "processes", "needs_action", "declines",
                                         "invalid", "expires", "nothing_sent", "no_answer", "absent",  "cancelled",    "reverses",
                                         "reverses_part", "restores"};

const char *attempt_state_name(enum attempt_state state)
{
    CHECK(state >= ATTEMPT_READY && state <= ATTEMPT_OPERATOR);
    return state_name[state];
}

enum attempt_state attempt_state_from_name(const char *name)
{
    for (int i = 1; i <= ATTEMPT_STATES; i++)
        if (strcmp(state_name[i], name) == 0)
            return (enum attempt_state)i;
    return (enum attempt_state)0;
}

const char *attempt_state_text(enum attempt_state state)
{
    switch (state) {
    case ATTEMPT_READY: return N_("About to be sent");
    case ATTEMPT_SENDING: return N_("Being sent");
    case ATTEMPT_UNKNOWN: return N_("Outcome unknown, being asked");
    case ATTEMPT_PENDING: return N_("Waiting for the bank");
    case ATTEMPT_ACTION: return N_("Waiting for the customer");
    case ATTEMPT_SUCCEEDED: return N_("Collected");
    case ATTEMPT_DECLINED: return N_("Declined");
    case ATTEMPT_NOT_SENT: return N_("Not sent");
    case ATTEMPT_PARTLY_REVERSED: return N_("Partly reversed");
    case ATTEMPT_REVERSED: return N_("Reversed");
    case ATTEMPT_OPERATOR: return N_("To be looked at");
    }
    return "";
}

const char *attempt_event_name(enum attempt_event event)
{
    CHECK(event >= ATTEMPT_PICKED && event <= ATTEMPT_RESTORES);
    return event_name[event];
}

bool attempt_is_live(enum attempt_state state)
{
    return state >= ATTEMPT_READY && state <= ATTEMPT_SUCCEEDED;
}

bool attempt_took_money(enum attempt_state state)
{
    return state == ATTEMPT_SUCCEEDED || state == ATTEMPT_PARTLY_REVERSED || state == ATTEMPT_REVERSED;
}

enum attempt_verdict attempt_next(enum attempt_state state, enum attempt_event event, enum attempt_state *next)
{
    static const struct {
        enum attempt_state state;
        enum attempt_event event;
        enum attempt_state next;
    } move[] = {
        {ATTEMPT_READY, ATTEMPT_PICKED, ATTEMPT_SENDING},
        {ATTEMPT_READY, ATTEMPT_CANCELLED, ATTEMPT_NOT_SENT},
        {ATTEMPT_SENDING, ATTEMPT_SUCCEEDS, ATTEMPT_SUCCEEDED},
        {ATTEMPT_SENDING, ATTEMPT_PROCESSES, ATTEMPT_PENDING},
        {ATTEMPT_SENDING, ATTEMPT_NEEDS_ACTION, ATTEMPT_ACTION},
        {ATTEMPT_SENDING, ATTEMPT_DECLINES, ATTEMPT_DECLINED},
        {ATTEMPT_SENDING, ATTEMPT_INVALID, ATTEMPT_DECLINED},
        {ATTEMPT_SENDING, ATTEMPT_EXPIRES, ATTEMPT_DECLINED},
        {ATTEMPT_SENDING, ATTEMPT_NOTHING_SENT, ATTEMPT_NOT_SENT},
        {ATTEMPT_SENDING, ATTEMPT_NO_ANSWER, ATTEMPT_UNKNOWN},
        {ATTEMPT_UNKNOWN, ATTEMPT_PICKED, ATTEMPT_SENDING},
        {ATTEMPT_UNKNOWN, ATTEMPT_SUCCEEDS, ATTEMPT_SUCCEEDED},
        {ATTEMPT_UNKNOWN, ATTEMPT_PROCESSES, ATTEMPT_PENDING},
        {ATTEMPT_UNKNOWN, ATTEMPT_NEEDS_ACTION, ATTEMPT_ACTION},
        {ATTEMPT_UNKNOWN, ATTEMPT_DECLINES, ATTEMPT_DECLINED},
        {ATTEMPT_UNKNOWN, ATTEMPT_EXPIRES, ATTEMPT_DECLINED},
        {ATTEMPT_UNKNOWN, ATTEMPT_NO_ANSWER, ATTEMPT_UNKNOWN},
        {ATTEMPT_UNKNOWN, ATTEMPT_ABSENT, ATTEMPT_NOT_SENT},
        {ATTEMPT_PENDING, ATTEMPT_SUCCEEDS, ATTEMPT_SUCCEEDED},
        {ATTEMPT_PENDING, ATTEMPT_PROCESSES, ATTEMPT_PENDING},
        {ATTEMPT_PENDING, ATTEMPT_NEEDS_ACTION, ATTEMPT_ACTION},
        {ATTEMPT_PENDING, ATTEMPT_DECLINES, ATTEMPT_DECLINED},
        {ATTEMPT_PENDING, ATTEMPT_NO_ANSWER, ATTEMPT_PENDING},
        {ATTEMPT_ACTION, ATTEMPT_SUCCEEDS, ATTEMPT_SUCCEEDED},
        {ATTEMPT_ACTION, ATTEMPT_PROCESSES, ATTEMPT_PENDING},
        {ATTEMPT_ACTION, ATTEMPT_NEEDS_ACTION, ATTEMPT_ACTION},
        {ATTEMPT_ACTION, ATTEMPT_DECLINES, ATTEMPT_DECLINED},
        {ATTEMPT_ACTION, ATTEMPT_EXPIRES, ATTEMPT_DECLINED},
        {ATTEMPT_ACTION, ATTEMPT_NO_ANSWER, ATTEMPT_ACTION},
        {ATTEMPT_SUCCEEDED, ATTEMPT_SUCCEEDS, ATTEMPT_SUCCEEDED},
        {ATTEMPT_SUCCEEDED, ATTEMPT_REVERSES, ATTEMPT_REVERSED},
        {ATTEMPT_SUCCEEDED, ATTEMPT_REVERSES_PART, ATTEMPT_PARTLY_REVERSED},
        {ATTEMPT_SUCCEEDED, ATTEMPT_RESTORES, ATTEMPT_SUCCEEDED},
        {ATTEMPT_PARTLY_REVERSED, ATTEMPT_SUCCEEDS, ATTEMPT_PARTLY_REVERSED},
        {ATTEMPT_PARTLY_REVERSED, ATTEMPT_REVERSES_PART, ATTEMPT_PARTLY_REVERSED},
        {ATTEMPT_PARTLY_REVERSED, ATTEMPT_REVERSES, ATTEMPT_REVERSED},
        {ATTEMPT_PARTLY_REVERSED, ATTEMPT_RESTORES, ATTEMPT_SUCCEEDED},
        {ATTEMPT_DECLINED, ATTEMPT_DECLINES, ATTEMPT_DECLINED},
        {ATTEMPT_DECLINED, ATTEMPT_EXPIRES, ATTEMPT_DECLINED},
        {ATTEMPT_DECLINED, ATTEMPT_SUCCEEDS, ATTEMPT_OPERATOR}, /* late money is never booked by itself */
        {ATTEMPT_NOT_SENT, ATTEMPT_SUCCEEDS, ATTEMPT_OPERATOR},
        {ATTEMPT_REVERSED, ATTEMPT_SUCCEEDS, ATTEMPT_OPERATOR},
        {ATTEMPT_REVERSED, ATTEMPT_REVERSES, ATTEMPT_REVERSED},
        {ATTEMPT_REVERSED, ATTEMPT_REVERSES_PART, ATTEMPT_PARTLY_REVERSED},
        {ATTEMPT_REVERSED, ATTEMPT_RESTORES, ATTEMPT_SUCCEEDED},
        {ATTEMPT_OPERATOR, ATTEMPT_SUCCEEDS, ATTEMPT_OPERATOR},
    };

    *next = state;
    for (size_t i = 0; i < COUNT_OF(move); i++)
        if (move[i].state == state && move[i].event == event) {
            *next = move[i].next;
            return *next == state ? ATTEMPT_STAYS : ATTEMPT_MOVES;
        }
    return ATTEMPT_REFUSED;
}

int64_t attempt_next_check_at(int checks, int64_t now)
{
    static const int64_t delay_s[] = {60, 600, 3600, 6 * 3600, 24 * 3600};
    int last = (int)COUNT_OF(delay_s) - 1;

    return now + delay_s[checks < 0 ? 0 : checks < last ? checks : last] * INT64_C(1000000);
}

bool attempt_may_resend(int64_t first_sent_at, int64_t now)
{
    return now - first_sent_at < ATTEMPT_RESEND_UNTIL;
}

bool attempt_may_be_decided(enum attempt_state state, int64_t created_at, int64_t now)
{
    return state == ATTEMPT_UNKNOWN && now - created_at > ATTEMPT_OPERATOR_AFTER;
}

const char *payable_refusal_text(enum payable_refusal refusal)
{
    switch (refusal) {
    case PAYABLE_NOT_REFUSED: return "";
    case PAYABLE_IS_PAID: return N_("This is already paid.");
    case PAYABLE_IN_PROGRESS: return N_("A payment is already in progress.");
    case PAYABLE_NO_GATEWAY: return N_("Card payment is not available at the moment.");
    case PAYABLE_REFUSED: return N_("The payment service does not accept this payment. Nothing was charged, and the seller was told. Please pay in another way, or ask the seller.");
    case PAYABLE_CHANGED: return N_("The amount has changed. Please look at it again.");
    }
    return "";
}
