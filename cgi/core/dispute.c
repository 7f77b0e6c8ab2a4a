#include "core/dispute.h"

#include <string.h>

#include "base/check.h"

#define N_(text) text

static const char *const state_name[] = {"", "open", "won", "lost", "reopened", "written_off"};

const char *dispute_state_name(enum dispute_state state)
{
    CHECK(state >= DISPUTE_OPEN && state <= DISPUTE_WRITTEN_OFF);
    return state_name[state];
}

enum dispute_state dispute_state_from_name(const char *name)
{
    for (int i = 1; i <= DISPUTE_STATES; i++)
        if (strcmp(state_name[i], name) == 0)
            return (enum dispute_state)i;
    return (enum dispute_state)0;
}

const char *dispute_state_text(enum dispute_state state)
{
    switch (state) {
    case DISPUTE_OPEN: return N_("Disputed");
    case DISPUTE_WON: return N_("Won");
    case DISPUTE_LOST: return N_("Lost: to be decided");
    case DISPUTE_REOPENED: return N_("Lost: the invoice is open again");
    case DISPUTE_WRITTEN_OFF: return N_("Lost: written off");
    }
    return "";
}

const char *dispute_reason_text(const char *reason)
{
    static const struct {
        const char *reason;
        const char *text;
    } word[] = {
        {"bank_cannot_process", N_("The bank cannot process it")},
        {"credit_not_processed", N_("A promised refund did not come")},
        {"customer_initiated", N_("The customer asked for it")},
        {"debit_not_authorized", N_("The debit was not authorised")},
        {"duplicate", N_("Charged twice")},
        {"fraudulent", N_("Not authorised by the cardholder")},
        {"general", N_("No particular reason")},
        {"incorrect_account_details", N_("Wrong account details")},
        {"insufficient_funds", N_("Not enough money on the account")},
        {"noncompliant", N_("Against the scheme's rules")},
        {"product_not_received", N_("Not received")},
        {"product_unacceptable", N_("Not as described")},
        {"subscription_canceled", N_("Charged after the subscription had ended")},
        {"unrecognized", N_("Not recognised by the cardholder")},
    };

    for (size_t i = 0; i < COUNT_OF(word); i++)
        if (strcmp(word[i].reason, reason) == 0)
            return word[i].text;
    return reason;
}

enum dispute_event dispute_event_of(const char *status)
{
    static const struct {
        const char *status;
        enum dispute_event event;
    } word[] = {
        {"needs_response", DISPUTE_OPENS},         {"under_review", DISPUTE_OPENS},         {"warning_needs_response", DISPUTE_OPENS},
        {"warning_under_review", DISPUTE_OPENS},   {"warning_closed", DISPUTE_WINS},        {"won", DISPUTE_WINS},
        {"prevented", DISPUTE_WINS},               {"lost", DISPUTE_LOSES},
    };

    for (size_t i = 0; i < COUNT_OF(word); i++)
        if (strcmp(word[i].status, status) == 0)
            return word[i].event;
    return (enum dispute_event)0;
}

enum dispute_verdict dispute_next(enum dispute_state state, enum dispute_event event, enum dispute_state *next)
{
    static const struct {
        enum dispute_state state;
        enum dispute_event event;
        enum dispute_state next;
    } move[] = {
        {DISPUTE_OPEN, DISPUTE_OPENS, DISPUTE_OPEN},
        {DISPUTE_OPEN, DISPUTE_WINS, DISPUTE_WON},
        {DISPUTE_OPEN, DISPUTE_LOSES, DISPUTE_LOST},
        {DISPUTE_WON, DISPUTE_WINS, DISPUTE_WON},
        {DISPUTE_LOST, DISPUTE_LOSES, DISPUTE_LOST},
        {DISPUTE_LOST, DISPUTE_WINS, DISPUTE_WON}, /* the bank decided again */
        {DISPUTE_LOST, DISPUTE_REOPENS, DISPUTE_REOPENED},
        {DISPUTE_LOST, DISPUTE_WRITES_OFF, DISPUTE_WRITTEN_OFF},
        {DISPUTE_REOPENED, DISPUTE_LOSES, DISPUTE_REOPENED},
        {DISPUTE_WRITTEN_OFF, DISPUTE_LOSES, DISPUTE_WRITTEN_OFF},
    };

    *next = state;
    for (size_t i = 0; i < COUNT_OF(move); i++)
        if (move[i].state == state && move[i].event == event) {
            *next = move[i].next;
            return *next == state ? DISPUTE_STAYS : DISPUTE_MOVES;
        }
    return DISPUTE_REFUSED;
}
