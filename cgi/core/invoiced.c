#include "core/invoiced.h"

#include "core/date.h"
#include "core/money.h"

/* Days of a pause between two days. */
static int32_t paused_days(struct period pause, int32_t from_on, int32_t until_on)
{
    return period_days(period_overlap(pause, (struct period){from_on, until_on}));
}

int32_t invoiced_served(const struct invoiced_line *line, const struct invoiced_pauses *pauses, int32_t on)
{
    int32_t served;

    if (on <= line->period.from_on)
        return 0;
    served = on - line->period.from_on;
    for (size_t i = 0; i < pauses->count; i++)
        served -= paused_days(pauses->periods[i], line->period.from_on, on);
    return served < period_days(line->period) ? served : period_days(line->period);
}

int32_t invoiced_until_on(const struct invoiced_line *line, const struct invoiced_pauses *pauses)
{
    int32_t until_on = line->period.until_on;

    for (size_t i = 0; i < pauses->count; i++) {
        struct period pause = pauses->periods[i];
        int32_t from_on = pause.from_on > line->period.from_on ? pause.from_on : line->period.from_on;

        if (from_on >= until_on || (pause.until_on != DATE_NONE && pause.until_on <= from_on))
            continue;
        if (pause.until_on == DATE_NONE)
            return DATE_NONE;
        until_on += pause.until_on - from_on;
    }
    return until_on;
}

int64_t invoiced_left(const struct invoiced_line *line)
{
    int64_t left = line->minor;

    for (size_t i = 0; i < line->credit_count; i++)
        left -= line->credits[i].minor;
    return left < 0 ? 0 : left;
}

int64_t invoiced_rest(const struct invoiced_line *line, const struct invoiced_pauses *pauses, int32_t on, int32_t without_on)
{
    int32_t days = period_days(line->period);
    int32_t served = invoiced_served(line, pauses, on);
    int64_t left = line->minor;
    int64_t rest;

    if (line->goods || served == days)
        return 0;
    rest = money_scale(line->minor, days - served, days, ROUND_HALF_AWAY);
    for (size_t i = 0; i < line->credit_count; i++) {
        const struct invoiced_credit *credit = &line->credits[i];
        int32_t from = invoiced_served(line, pauses, credit->from_on);

        if (without_on != DATE_NONE && credit->amended_on == without_on)
            continue;
        left -= credit->minor;
        rest -= served <= from ? credit->minor : money_scale(credit->minor, days - served, days - from, ROUND_HALF_AWAY);
    }
    if (rest > left)
        rest = left;
    return rest < 0 ? 0 : rest;
}
