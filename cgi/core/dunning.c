#include "core/dunning.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"
#include "core/term.h"

#define N_(text) text

static const char *const action_name[] = {"", "retry", "mail", "task", "block", "close"};

const char *dunning_action_name(enum dunning_action action)
{
    CHECK(action >= DUNNING_RETRY && action <= DUNNING_CLOSE);
    return action_name[action];
}

enum dunning_action dunning_action_from_name(const char *name)
{
    for (int i = DUNNING_RETRY; i <= DUNNING_CLOSE; i++)
        if (strcmp(name, action_name[i]) == 0)
            return (enum dunning_action)i;
    return (enum dunning_action)0;
}

const char *dunning_refusal_text(enum dunning_refusal refusal)
{
    switch (refusal) {
    case DUNNING_FINE: return "";
    case DUNNING_TOO_MANY_STEPS: return N_("At most 20 steps.");
    case DUNNING_OFFSET_WRONG: return N_("From 0 to 365 days after the due day.");
    case DUNNING_ORDER_WRONG: return N_("A step cannot come before the one above it.");
    case DUNNING_STEP_TWICE: return N_("This step is already there on that day.");
    case DUNNING_TOO_MANY_RETRIES: return N_("At most 4 new tries: card schemes allow no more.");
    case DUNNING_AFTER_CLOSE: return N_("Nothing follows the close of a subscription.");
    case DUNNING_CLOSE_SILENT: return N_("A mail has to come before the close.");
    }
    return "";
}

static bool stands_above(const struct dunning_step *steps, size_t at, enum dunning_action action)
{
    for (size_t i = 0; i < at; i++)
        if (steps[i].action == action)
            return true;
    return false;
}

static enum dunning_refusal step_check(const struct dunning_step *steps, size_t at)
{
    const struct dunning_step *step = &steps[at];
    int retries = 0;

    if (at >= DUNNING_STEPS_MAX)
        return DUNNING_TOO_MANY_STEPS;
    if (step->offset_days < 0 || step->offset_days > DUNNING_OFFSET_MAX)
        return DUNNING_OFFSET_WRONG;
    if (at > 0 && step->offset_days < steps[at - 1].offset_days)
        return DUNNING_ORDER_WRONG;
    for (size_t i = 0; i < at; i++)
        if (steps[i].offset_days == step->offset_days && steps[i].action == step->action)
            return DUNNING_STEP_TWICE;
    for (size_t i = 0; i <= at; i++)
        retries += steps[i].action == DUNNING_RETRY;
    if (retries > DUNNING_RETRIES_MAX)
        return DUNNING_TOO_MANY_RETRIES;
    if (stands_above(steps, at, DUNNING_CLOSE))
        return DUNNING_AFTER_CLOSE;
    if (step->action == DUNNING_CLOSE && !stands_above(steps, at, DUNNING_MAIL))
        return DUNNING_CLOSE_SILENT;
    return DUNNING_FINE;
}

enum dunning_refusal dunning_rule_check(const struct dunning_step *steps, size_t count, size_t *wrong)
{
    enum dunning_refusal refusal = DUNNING_FINE;

    for (*wrong = 0; *wrong < count && refusal == DUNNING_FINE; ++*wrong)
        refusal = step_check(steps, *wrong);
    *wrong = refusal == DUNNING_FINE ? 0 : *wrong - 1;
    return refusal;
}

size_t dunning_steps_closing(const struct dunning_step *steps, size_t count, int close_days, struct dunning_step *out)
{
    bool mailed = false;
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (close_days != CLOSE_BY_RULE && steps[i].action == DUNNING_CLOSE)
            continue;
        if (close_days > 0 && steps[i].offset_days >= close_days)
            continue;
        mailed = mailed || steps[i].action == DUNNING_MAIL;
        out[n++] = steps[i];
    }
    if (close_days <= 0)
        return n;
    if (!mailed) {
        memmove(out + 1, out, n * sizeof *out);
        out[0] = (struct dunning_step){0, DUNNING_MAIL};
        n++;
    }
    out[n++] = (struct dunning_step){close_days, DUNNING_CLOSE};
    return n;
}

int32_t dunning_announced_close_on(const struct dunning_step *steps, size_t count, size_t mail_step, int32_t due_on)
{
    for (size_t i = mail_step + 1; i < count && steps[i].action != DUNNING_MAIL; i++)
        if (steps[i].action == DUNNING_CLOSE)
            return due_on + steps[i].offset_days;
    return DATE_NONE;
}

static bool asked_already(const struct dunning_facts *facts, size_t at)
{
    return facts->due_on + facts->steps[at].offset_days <= facts->asked_on &&
           dunning_announced_close_on(facts->steps, facts->count, at, facts->due_on) == DATE_NONE;
}

bool dunning_step_applies(const struct dunning_facts *facts, size_t at)
{
    switch (facts->steps[at].action) {
    case DUNNING_RETRY: return facts->can_retry;
    case DUNNING_MAIL: return !asked_already(facts, at);
    case DUNNING_CLOSE: return facts->can_close;
    case DUNNING_TASK:
    case DUNNING_BLOCK: break;
    }
    return true;
}

static void take_step(struct dunning_decision *decision, const struct dunning_facts *facts, size_t at)
{
    switch (facts->steps[at].action) {
    case DUNNING_RETRY: decision->retry = true; break;
    case DUNNING_MAIL:
        decision->mail = true;
        decision->mail_step = at;
        break;
    case DUNNING_TASK: decision->task = true; break;
    case DUNNING_BLOCK: decision->block = true; break;
    case DUNNING_CLOSE: decision->close = true; break;
    }
    decision->verdict = DUNNING_ACTS;
}

struct dunning_decision dunning_decide(const struct dunning_facts *facts)
{
    struct dunning_decision decision = {.verdict = DUNNING_WAITS, .done = facts->done, .next_on = DATE_NONE};

    if (facts->paid) {
        decision.verdict = DUNNING_ENDS_PAID;
        return decision;
    }
    if (facts->standing_still && facts->done < facts->count) {
        decision.next_on = facts->today_on + 1;
        return decision;
    }
    while (decision.done < facts->count) {
        const struct dunning_step *step = &facts->steps[decision.done];
        int32_t on = facts->due_on + step->offset_days;
        bool first = decision.verdict == DUNNING_WAITS;

        /* The close stands alone on its day. */
        if (step->action == DUNNING_CLOSE && dunning_step_applies(facts, decision.done) && on <= facts->today_on &&
            (!first || facts->last_step_on == facts->today_on))
            on = facts->today_on + 1;
        if (on > facts->today_on) {
            decision.next_on = on;
            return decision;
        }
        if (dunning_step_applies(facts, decision.done))
            take_step(&decision, facts, decision.done);
        decision.done++;
    }
    if (decision.verdict == DUNNING_WAITS)
        decision.verdict = DUNNING_ENDS_DONE;
    return decision;
}

size_t dunning_next_step(const struct dunning_facts *facts)
{
    size_t at = facts->done;

    while (at < facts->count && !dunning_step_applies(facts, at))
        at++;
    return at;
}

int32_t dunning_next_retry_on(const struct dunning_step *steps, size_t count, size_t done, int32_t due_on)
{
    for (size_t i = done; i < count; i++)
        if (steps[i].action == DUNNING_RETRY)
            return due_on + steps[i].offset_days;
    return DATE_NONE;
}

int dunning_minute(int64_t case_id)
{
    enum { FIRST = 8 * 60, SPAN = 10 * 60 };
    uint64_t mixed = (uint64_t)case_id * UINT64_C(0x9E3779B97F4A7C15); /* neighbours leave far apart */

    return FIRST + (int)((mixed >> 32) % SPAN);
}
