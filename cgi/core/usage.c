#include "core/usage.h"

#include "core/date.h"
#include "core/pricing.h"

#define N_(text) text

int64_t usage_in(const struct usage_day *days, size_t count, int64_t subscription_id, int32_t slot, struct period period)
{
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        if (days[i].subscription_id == subscription_id && days[i].slot == slot && period_contains(period, days[i].used_on))
            sum += days[i].quantity_e4;
    return sum;
}

int32_t usage_open_from(const struct usage_facts *facts)
{
    int32_t on = schedule_boundary(&facts->schedule, facts->arrears_index);

    return on > facts->billed_from_on ? on : facts->billed_from_on;
}

enum usage_refusal usage_refusal(const struct usage_facts *facts, const struct period *lines, size_t count, int32_t used_on,
                                 int64_t quantity_e4, int64_t there_e4)
{
    bool in_force = false;

    if (count == 0)
        return USAGE_LINE_UNKNOWN;
    if (quantity_e4 <= 0)
        return USAGE_NOTHING;
    if (quantity_e4 > QUANTITY_MAX_E4 || there_e4 > QUANTITY_MAX_E4 - quantity_e4)
        return USAGE_TOO_MUCH;
    if (used_on < facts->billed_from_on)
        return USAGE_BEFORE_START;
    if (facts->ended_on != DATE_NONE && used_on >= facts->ended_on)
        return USAGE_AFTER_END;
    if (facts->over)
        return USAGE_OVER;
    if (used_on > facts->today_on)
        return USAGE_IN_FUTURE;
    if (used_on < usage_open_from(facts))
        return USAGE_BILLED;
    for (size_t i = 0; i < count; i++)
        in_force = in_force || period_contains(lines[i], used_on);
    return in_force ? USAGE_ACCEPTED : USAGE_NOT_IN_FORCE;
}

const char *usage_refusal_place(enum usage_refusal refusal)
{
    switch (refusal) {
    case USAGE_LINE_UNKNOWN: return "line";
    case USAGE_NOTHING:
    case USAGE_TOO_MUCH: return "quantity";
    case USAGE_REFERENCE_TAKEN: return "reference";
    default: return "day";
    }
}

const char *usage_refusal_text(enum usage_refusal refusal)
{
    switch (refusal) {
    case USAGE_ACCEPTED: break;
    case USAGE_LINE_UNKNOWN: return N_("No line of this subscription that is billed by use has this number");
    case USAGE_NOTHING: return N_("Enter a quantity above 0");
    case USAGE_TOO_MUCH: return N_("One period holds at most 10,000,000");
    case USAGE_BEFORE_START: return N_("Nothing is billed yet on this day: the subscription starts on {date}");
    case USAGE_AFTER_END: return N_("The subscription has ended on this day");
    case USAGE_OVER: return N_("The subscription has ended: nothing more of it is billed");
    case USAGE_IN_FUTURE: return N_("This day is still to come");
    case USAGE_BILLED: return N_("The period of this day is billed already: the first open day is {date}");
    case USAGE_NOT_IN_FORCE: return N_("This line is not in force on this day");
    case USAGE_REFERENCE_TAKEN: return N_("Another report has this reference, or one that was taken back");
    }
    return "";
}
