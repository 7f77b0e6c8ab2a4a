#include "core/billing.h"

#include "base/check.h"
#include "core/date.h"

int32_t billing_due_on(const struct billing_state *state, int next_index)
{
    int32_t from_on = schedule_boundary(state->anchor_on, state->recurrence, next_index);

    return state->ends_on != DATE_NONE && from_on >= state->ends_on ? DATE_NONE : from_on;
}

struct billing_work billing_work(const struct billing_state *state, int32_t today_on)
{
    struct billing_work work = {.first_index = state->next_index};
    int index = state->next_index;

    CHECK(state->next_index >= 0 && state->max_missed >= 1);
    for (;;) {
        int32_t due_on = billing_due_on(state, index);

        if (due_on == DATE_NONE || due_on > today_on)
            break;
        index++;
    }
    work.count = index - state->next_index;
    if (work.count > state->max_missed) {
        work.held = true;
        work.count = 0;
        work.due_on = DATE_NONE;
        return work;
    }
    work.due_on = billing_due_on(state, index);
    return work;
}
