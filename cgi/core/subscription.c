#include "core/subscription.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"

#define N_(text) text

static const char *const state_name[] = {"", "pending", "trial", "active", "paused", "past_due", "ended"};

const char *subscription_state_name(enum subscription_state state)
{
    CHECK(state >= SUBSCRIPTION_PENDING && state <= SUBSCRIPTION_ENDED);
    return state_name[state];
}

enum subscription_state subscription_state_from_name(const char *name)
{
    for (int i = 1; i <= SUBSCRIPTION_STATES; i++)
        if (strcmp(state_name[i], name) == 0)
            return (enum subscription_state)i;
    return (enum subscription_state)0;
}

const char *subscription_state_text(enum subscription_state state)
{
    switch (state) {
    case SUBSCRIPTION_PENDING: return N_("Starting later");
    case SUBSCRIPTION_TRIAL: return N_("Trial");
    case SUBSCRIPTION_ACTIVE: return N_("Active");
    case SUBSCRIPTION_PAUSED: return N_("Paused");
    case SUBSCRIPTION_PAST_DUE: return N_("Past due");
    case SUBSCRIPTION_ENDED: return N_("Ended");
    }
    return "";
}

enum subscription_state subscription_next(enum subscription_state state, enum subscription_event event)
{
    static const struct {
        enum subscription_state state;
        enum subscription_event event;
        enum subscription_state next;
    } move[] = {
        {SUBSCRIPTION_PENDING, SUBSCRIPTION_STARTS, SUBSCRIPTION_ACTIVE},
        {SUBSCRIPTION_PENDING, SUBSCRIPTION_STARTS_TRIAL, SUBSCRIPTION_TRIAL},
        {SUBSCRIPTION_PENDING, SUBSCRIPTION_CLOSES, SUBSCRIPTION_ENDED},
        {SUBSCRIPTION_TRIAL, SUBSCRIPTION_TRIAL_ENDS, SUBSCRIPTION_ACTIVE},
        {SUBSCRIPTION_TRIAL, SUBSCRIPTION_TRIAL_FAILS, SUBSCRIPTION_ENDED},
        {SUBSCRIPTION_TRIAL, SUBSCRIPTION_CLOSES, SUBSCRIPTION_ENDED},
        {SUBSCRIPTION_ACTIVE, SUBSCRIPTION_FALLS_BEHIND, SUBSCRIPTION_PAST_DUE},
        {SUBSCRIPTION_ACTIVE, SUBSCRIPTION_PAUSES, SUBSCRIPTION_PAUSED},
        {SUBSCRIPTION_ACTIVE, SUBSCRIPTION_CLOSES, SUBSCRIPTION_ENDED},
        {SUBSCRIPTION_PAST_DUE, SUBSCRIPTION_CATCHES_UP, SUBSCRIPTION_ACTIVE},
        {SUBSCRIPTION_PAST_DUE, SUBSCRIPTION_GIVEN_UP, SUBSCRIPTION_ENDED},
        {SUBSCRIPTION_PAST_DUE, SUBSCRIPTION_CLOSES, SUBSCRIPTION_ENDED},
        {SUBSCRIPTION_PAUSED, SUBSCRIPTION_RESUMES, SUBSCRIPTION_ACTIVE},
        {SUBSCRIPTION_PAUSED, SUBSCRIPTION_CLOSES, SUBSCRIPTION_ENDED},
        {SUBSCRIPTION_ENDED, SUBSCRIPTION_REACTIVATES, SUBSCRIPTION_ACTIVE},
    };

    for (size_t i = 0; i < COUNT_OF(move); i++)
        if (move[i].state == state && move[i].event == event)
            return move[i].next;
    return (enum subscription_state)0;
}

enum subscription_state subscription_state_at_start(int32_t started_on, int32_t billed_from_on, int32_t today_on)
{
    if (started_on > today_on)
        return SUBSCRIPTION_PENDING;
    return billed_from_on > today_on ? SUBSCRIPTION_TRIAL : SUBSCRIPTION_ACTIVE;
}

bool subscription_bills(enum subscription_state state)
{
    return state == SUBSCRIPTION_PENDING || state == SUBSCRIPTION_TRIAL || state == SUBSCRIPTION_ACTIVE ||
           state == SUBSCRIPTION_PAST_DUE;
}

bool subscription_in_force(enum subscription_state state)
{
    return state == SUBSCRIPTION_ACTIVE || state == SUBSCRIPTION_PAST_DUE;
}

enum subscription_refusal subscription_may(const struct subscription_facts *facts, enum subscription_event event)
{
    if (subscription_next(facts->state, event) != 0)
        return SUBSCRIPTION_NOT_REFUSED;
    return facts->state == SUBSCRIPTION_ENDED ? SUBSCRIPTION_IS_ENDED : SUBSCRIPTION_EVENT_UNKNOWN;
}

enum subscription_refusal subscription_may_end(const struct subscription_facts *facts, int32_t end_on)
{
    if (facts->state == SUBSCRIPTION_ENDED)
        return SUBSCRIPTION_IS_ENDED;
    if (facts->ends_on != DATE_NONE)
        return SUBSCRIPTION_END_IS_PLANNED;
    if (end_on < facts->today_on || (facts->billed_until_on != DATE_NONE && end_on < facts->billed_until_on))
        return SUBSCRIPTION_END_TOO_EARLY;
    if (facts->agreed)
        return SUBSCRIPTION_NOT_REFUSED;
    if (facts->commitment_until_on != DATE_NONE && end_on < facts->commitment_until_on)
        return SUBSCRIPTION_UNDER_COMMITMENT;
    if (facts->term_until_on != DATE_NONE && end_on != facts->term_until_on)
        return SUBSCRIPTION_WITHIN_TERM;
    return end_on < facts->today_on + facts->notice_days ? SUBSCRIPTION_WITHIN_NOTICE : SUBSCRIPTION_NOT_REFUSED;
}

enum subscription_refusal subscription_may_go_on(const struct subscription_facts *facts)
{
    if (facts->ends_on == DATE_NONE)
        return SUBSCRIPTION_END_NOT_PLANNED;
    return facts->state == SUBSCRIPTION_ENDED || facts->ends_on <= facts->today_on ? SUBSCRIPTION_IS_ENDED
                                                                                    : SUBSCRIPTION_NOT_REFUSED;
}

enum subscription_refusal subscription_may_be_released(const struct subscription_facts *facts)
{
    if (facts->state == SUBSCRIPTION_ENDED)
        return SUBSCRIPTION_IS_ENDED;
    if (!subscription_bills(facts->state))
        return SUBSCRIPTION_IS_NOT_RUNNING;
    return facts->held_on == DATE_NONE ? SUBSCRIPTION_IS_NOT_HELD : SUBSCRIPTION_NOT_REFUSED;
}

const char *subscription_refusal_text(enum subscription_refusal refusal)
{
    switch (refusal) {
    case SUBSCRIPTION_NOT_REFUSED: return "";
    case SUBSCRIPTION_IS_ENDED: return N_("This subscription has ended.");
    case SUBSCRIPTION_IS_NOT_RUNNING: return N_("This subscription is not running.");
    case SUBSCRIPTION_END_IS_PLANNED: return N_("An end is already planned.");
    case SUBSCRIPTION_END_TOO_EARLY: return N_("What is billed already lasts longer, or that day is past.");
    case SUBSCRIPTION_UNDER_COMMITMENT: return N_("The commitment has not ended by then.");
    case SUBSCRIPTION_WITHIN_NOTICE: return N_("The notice period has not passed by then.");
    case SUBSCRIPTION_WITHIN_TERM: return N_("That day lies inside the fixed term.");
    case SUBSCRIPTION_END_NOT_PLANNED: return N_("No end is planned.");
    case SUBSCRIPTION_IS_NOT_HELD: return N_("This subscription is not held.");
    case SUBSCRIPTION_EVENT_UNKNOWN: return N_("This is not possible in the subscription's present state.");
    }
    return "";
}
