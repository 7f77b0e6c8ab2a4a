#include "core/term.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"

#define N_(text) text

const char *term_unit_name(enum term_unit unit)
{
    CHECK(unit == TERM_PERIODS || unit == TERM_MONTHS);
    return unit == TERM_PERIODS ? "period" : "month";
}

enum term_unit term_unit_from_name(const char *name)
{
    if (strcmp(name, "period") == 0)
        return TERM_PERIODS;
    return strcmp(name, "month") == 0 ? TERM_MONTHS : (enum term_unit)0;
}

bool term_fits(enum term_unit unit, int count, struct recurrence every)
{
    int months = recurrence_months(every);

    if (count == 0 || unit == TERM_PERIODS)
        return true;
    /* a month has 28 days at least: no period of days may be longer than the term ever is */
    return months > 0 ? count >= months : count * 28 >= recurrence_days(every);
}

int term_months(enum term_unit unit, int count, struct recurrence every)
{
    return unit == TERM_MONTHS ? count : count * recurrence_months(every);
}

int term_days_at_least(enum term_unit unit, int count, struct recurrence every)
{
    int months = term_months(unit, count, every);

    return months > 0 ? months * 28 : count * recurrence_days(every);
}

int32_t term_end(const struct term *term, const struct schedule *schedule, int32_t n)
{
    CHECK(term->count > 0 && n >= 1);
    if (term->unit == TERM_PERIODS)
        return schedule_boundary(schedule, schedule_index(schedule, term->from_on) + term->count * n);
    return date_add_months(term->from_on, term->count * n);
}

int32_t term_end_at(const struct term *term, const struct schedule *schedule, int32_t on)
{
    int32_t n = 1;

    if (term->count == 0)
        return DATE_NONE;
    while (term_end(term, schedule, n) <= on)
        n++;
    return term_end(term, schedule, n);
}

int32_t term_notice_deadline(const struct term *term, int32_t ends_on)
{
    return ends_on - term->notice_days;
}

int32_t term_earliest_end(const struct term *term, const struct schedule *schedule, int32_t today_on)
{
    int32_t by_on = today_on + term->notice_days;

    if (by_on <= term->from_on)
        by_on = term->from_on + 1;
    if (term->commitment_until_on != DATE_NONE && term->commitment_until_on > by_on)
        by_on = term->commitment_until_on;
    if (term->count > 0)
        return term_end_at(term, schedule, by_on - 1);
    return schedule_boundary(schedule, schedule_index(schedule, by_on - 1) + 1);
}

enum terms_refusal terms_fit(const struct contract_terms *t, struct recurrence every)
{
    int months = term_months(t->unit, t->count, every);

    if (!term_fits(t->unit, t->count, every))
        return TERMS_TOO_SHORT;
    if (t->count > 0 && t->notice_days >= term_days_at_least(t->unit, t->count, every))
        return TERMS_NOTICE_TOO_LONG;
    if (t->count > 0 && !t->renews && months > 0 && t->commitment_months > months)
        return TERMS_COMMITMENT_TOO_LONG;
    return TERMS_NOT_REFUSED;
}

const char *terms_refusal_text(enum terms_refusal refusal)
{
    static const char *const text[] = {
        [TERMS_NOT_REFUSED] = "",
        [TERMS_TOO_SHORT] = N_("The term is shorter than a period"),
        [TERMS_NOTICE_TOO_LONG] = N_("The notice is longer than the term"),
        [TERMS_COMMITMENT_TOO_LONG] = N_("The term ends before the minimum duration, and is not renewed"),
    };

    CHECK(refusal >= TERMS_NOT_REFUSED && refusal <= TERMS_COMMITMENT_TOO_LONG);
    return text[refusal];
}

static const char *const duration_word[] = {[DURATION_PLAN] = "plan", [DURATION_EVER] = "ever", [DURATION_FIXED] = "fixed"};

const char *duration_name(enum duration duration)
{
    return duration_word[duration == 0 ? DURATION_PLAN : duration];
}

enum duration duration_from_name(const char *name)
{
    for (int i = DURATION_PLAN; i <= DURATION_FIXED; i++)
        if (strcmp(name, duration_word[i]) == 0)
            return (enum duration)i;
    return (enum duration)0;
}

static const char *const answer_word[] = {[ANSWER_PLAN] = "plan", [ANSWER_YES] = "yes", [ANSWER_NO] = "no"};

const char *own_answer_name(enum own_answer answer)
{
    return answer_word[answer == 0 ? ANSWER_PLAN : answer];
}

enum own_answer own_answer_from_name(const char *name)
{
    for (int i = ANSWER_PLAN; i <= ANSWER_NO; i++)
        if (strcmp(name, answer_word[i]) == 0)
            return (enum own_answer)i;
    return (enum own_answer)0;
}

bool own_answer_is_yes(enum own_answer answer, bool plan)
{
    return answer == ANSWER_YES || (answer != ANSWER_NO && plan);
}

struct contract_terms terms_with(const struct own_terms *own, struct contract_terms plan)
{
    if (own->duration == DURATION_EVER)
        plan.count = 0;
    if (own->duration == DURATION_FIXED) {
        plan.unit = own->unit;
        plan.count = own->count;
        plan.renews = own->renews;
    }
    if (own->has_commitment)
        plan.commitment_months = own->commitment_months;
    if (own->has_notice)
        plan.notice_days = own->notice_days;
    return plan;
}

struct own_terms terms_beside(const struct contract_terms *now, const struct contract_terms *plan)
{
    bool same = now->count == plan->count && (now->count == 0 || (now->unit == plan->unit && now->renews == plan->renews));
    struct own_terms own = {.duration = same ? DURATION_PLAN : now->count == 0 ? DURATION_EVER : DURATION_FIXED};

    if (own.duration == DURATION_FIXED) {
        own.unit = now->unit;
        own.count = now->count;
        own.renews = now->renews;
    }
    own.has_commitment = now->commitment_months != plan->commitment_months;
    own.commitment_months = own.has_commitment ? now->commitment_months : 0;
    own.has_notice = now->notice_days != plan->notice_days;
    own.notice_days = own.has_notice ? now->notice_days : 0;
    return own;
}

/* The end of the term that runs on the day before, which is the day itself when one ends there. */
static int32_t running_until(const struct term *now, const struct schedule *schedule, int32_t on)
{
    return now->count > 0 && on > now->from_on ? term_end_at(now, schedule, on - 1) : on;
}

struct term term_renewed(const struct term *now, const struct schedule *schedule, const struct contract_terms *agreed, int32_t on)
{
    struct term term = {.unit = agreed->unit, .count = agreed->count, .renews = agreed->renews, .notice_days = agreed->notice_days,
                        .commitment_until_on = now->commitment_until_on, .from_on = agreed->count > 0 ? running_until(now, schedule, on) : now->from_on};
    int32_t until_on = agreed->commitment_months > 0 ? date_add_months(on, agreed->commitment_months) : DATE_NONE;

    if (until_on > term.commitment_until_on)
        term.commitment_until_on = until_on;
    if (term.count > 0 && term.from_on == on && on > now->from_on && term.unit == TERM_MONTHS && term.unit == now->unit && term.count == now->count)
        term.from_on = now->from_on;
    return term;
}

bool term_notice_may_be(const struct term *now, const struct schedule *schedule, int notice_days, int32_t on, bool consumer)
{
    return !consumer || notice_days <= now->notice_days || running_until(now, schedule, on) <= on;
}
