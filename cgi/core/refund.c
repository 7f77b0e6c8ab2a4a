#include "core/refund.h"

#include <string.h>

#include "base/check.h"
#include "core/attempt.h"

#define N_(text) text

static const char *const state_name[] = {"", "ready", "sending", "unknown", "pending", "succeeded", "failed", "cancelled"};
static const char *const event_name[] = {"",          "picked", "succeeds", "processes", "fails", "nothing_sent",
                                         "no_answer", "absent", "made",     "withdrawn"};

const char *refund_state_name(enum refund_state state)
{
    CHECK(state >= REFUND_READY && state <= REFUND_CANCELLED);
    return state_name[state];
}

enum refund_state refund_state_from_name(const char *name)
{
    for (int i = 1; i <= REFUND_STATES; i++)
        if (strcmp(state_name[i], name) == 0)
            return (enum refund_state)i;
    return (enum refund_state)0;
}

const char *refund_state_text(enum refund_state state)
{
    switch (state) {
    case REFUND_READY: return N_("About to be made");
    case REFUND_SENDING: return N_("Being sent");
    case REFUND_UNKNOWN: return N_("Outcome unknown, being asked");
    case REFUND_PENDING: return N_("Waiting for the bank");
    case REFUND_SUCCEEDED: return N_("Refunded");
    case REFUND_FAILED: return N_("Failed");
    case REFUND_CANCELLED: return N_("Withdrawn");
    }
    return "";
}

bool refund_holds(enum refund_state state)
{
    return state != REFUND_FAILED && state != REFUND_CANCELLED;
}

bool refund_unresolved(enum refund_state state)
{
    return state == REFUND_UNKNOWN || state == REFUND_PENDING;
}

const char *refund_event_name(enum refund_event event)
{
    CHECK(event >= REFUND_PICKED && event <= REFUND_WITHDRAWN);
    return event_name[event];
}

enum refund_verdict refund_next(enum refund_state state, enum refund_event event, enum refund_state *next)
{
    static const struct {
        enum refund_state state;
        enum refund_event event;
        enum refund_state next;
    } move[] = {
        {REFUND_READY, REFUND_PICKED, REFUND_SENDING},
        {REFUND_READY, REFUND_MADE, REFUND_SUCCEEDED},
        {REFUND_READY, REFUND_WITHDRAWN, REFUND_CANCELLED},
        {REFUND_SENDING, REFUND_SUCCEEDS, REFUND_SUCCEEDED},
        {REFUND_SENDING, REFUND_PROCESSES, REFUND_PENDING},
        {REFUND_SENDING, REFUND_FAILS, REFUND_FAILED},
        {REFUND_SENDING, REFUND_NOTHING_SENT, REFUND_READY},
        {REFUND_SENDING, REFUND_NO_ANSWER, REFUND_UNKNOWN},
        {REFUND_UNKNOWN, REFUND_PICKED, REFUND_SENDING},
        {REFUND_UNKNOWN, REFUND_SUCCEEDS, REFUND_SUCCEEDED},
        {REFUND_UNKNOWN, REFUND_PROCESSES, REFUND_PENDING},
        {REFUND_UNKNOWN, REFUND_FAILS, REFUND_FAILED},
        {REFUND_UNKNOWN, REFUND_NO_ANSWER, REFUND_UNKNOWN},
        {REFUND_UNKNOWN, REFUND_ABSENT, REFUND_FAILED},
        {REFUND_PENDING, REFUND_SUCCEEDS, REFUND_SUCCEEDED},
        {REFUND_PENDING, REFUND_PROCESSES, REFUND_PENDING},
        {REFUND_PENDING, REFUND_FAILS, REFUND_FAILED},
        {REFUND_PENDING, REFUND_NO_ANSWER, REFUND_PENDING},
        {REFUND_SUCCEEDED, REFUND_SUCCEEDS, REFUND_SUCCEEDED},
        {REFUND_SUCCEEDED, REFUND_PROCESSES, REFUND_SUCCEEDED}, /* an event that was overtaken */
        {REFUND_SUCCEEDED, REFUND_NO_ANSWER, REFUND_SUCCEEDED},
        {REFUND_SUCCEEDED, REFUND_FAILS, REFUND_FAILED},
        {REFUND_SUCCEEDED, REFUND_MADE, REFUND_SUCCEEDED},
        {REFUND_FAILED, REFUND_FAILS, REFUND_FAILED},
        {REFUND_FAILED, REFUND_NO_ANSWER, REFUND_FAILED},
        {REFUND_CANCELLED, REFUND_WITHDRAWN, REFUND_CANCELLED},
    };

    *next = state;
    for (size_t i = 0; i < COUNT_OF(move); i++)
        if (move[i].state == state && move[i].event == event) {
            *next = move[i].next;
            return *next == state ? REFUND_STAYS : REFUND_MOVES;
        }
    return REFUND_REFUSED;
}

const char *refund_refusal_text(enum refund_refusal refusal)
{
    switch (refusal) {
    case REFUND_NOT_REFUSED: return "";
    case REFUND_NO_GATEWAY: return N_("No card gateway is set up.");
    case REFUND_NOT_A_CARD: return N_("This money did not come by card: pay it back by transfer.");
    case REFUND_NOTHING_LEFT: return N_("Nothing is left of this payment to refund.");
    case REFUND_UNDER_WAY: return N_("Another refund of this payment is under way: wait for its outcome.");
    case REFUND_DISPUTED: return N_("This payment is disputed: the bank decides about its money first.");
    case REFUND_REASON_MISSING: return N_("Enter the reason; the customer reads it");
    case REFUND_AMOUNT_ZERO: return N_("Enter an amount above zero");
    case REFUND_ABOVE_PAYMENT: return N_("More than is left of the payment");
    case REFUND_ABOVE_CREDIT: return N_("More than is left of the credit note");
    case REFUND_ABOVE_PAID: return N_("More than is paid of the invoice");
    case REFUND_NOTE_IS_WHOLE:
        return N_("A credit note made here is of everything that is left of the invoice: for a part, make the credit note first, then refund its credit");
    case REFUND_OTHER_CUSTOMER: return N_("This credit is not of the customer who paid");
    case REFUND_CHANGED: return N_("Somebody has dealt with this refund meanwhile.");
    }
    return "";
}

enum refund_refusal refund_may_be_made(const struct refund_facts *f)
{
    if (f->card && !f->gateway_ready)
        return REFUND_NO_GATEWAY;
    if (f->card && !f->came_by_card)
        return REFUND_NOT_A_CARD;
    if (f->payment_left_minor <= 0)
        return REFUND_NOTHING_LEFT;
    if (f->under_way)
        return REFUND_UNDER_WAY;
    if (f->disputed)
        return REFUND_DISPUTED;
    if (!f->has_reason)
        return REFUND_REASON_MISSING;
    if (f->amount_minor <= 0)
        return REFUND_AMOUNT_ZERO;
    if (f->amount_minor > f->payment_left_minor)
        return REFUND_ABOVE_PAYMENT;
    if (f->amount_minor > f->credit_left_minor)
        return REFUND_ABOVE_CREDIT;
    return f->amount_minor > f->paid_minor ? REFUND_ABOVE_PAID : REFUND_NOT_REFUSED;
}

int refund_attempt_event(int64_t amount_minor, int64_t back_minor)
{
    return back_minor <= 0 ? ATTEMPT_RESTORES : back_minor < amount_minor ? ATTEMPT_REVERSES_PART : ATTEMPT_REVERSES;
}
