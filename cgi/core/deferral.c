#include "core/deferral.h"

#include "base/check.h"
#include "core/date.h"
#include "core/money.h"

/* Weights in 1/(31*30*29*28)-free form: months are counted in days of the month over days in the
 * month, brought to a common denominator of 31*30*29*28. */
static const int64_t WHOLE = INT64_C(31) * 30 * 29 * 28;

/* Months (times WHOLE) between two days of the period, by the share of days in each month. */
static int64_t month_weight(int32_t from_on, int32_t until_on)
{
    int64_t weight = 0;

    while (from_on < until_on) {
        struct civil civil = date_civil(from_on);
        int32_t month_end = date_next_month(from_on);
        int32_t end = month_end < until_on ? month_end : until_on;

        weight += WHOLE / date_days_in_month(civil.year, civil.month) * (end - from_on);
        from_on = end;
    }
    return weight;
}

/* Months touched from the period's first on, at most its length in months. */
static int64_t whole_months(struct period period, int32_t before_on)
{
    struct civil first = date_civil(period.from_on);
    struct civil last = date_civil(before_on - 1);

    return (last.year - first.year) * 12 + last.month - first.month + 1;
}

int64_t deferral_recognised(enum deferral_method method, int64_t amount_minor, struct period period, int32_t before_on)
{
    int64_t months;
    int64_t length;

    CHECK(period_days(period) > 0);
    if (before_on <= period.from_on)
        return 0;
    if (before_on >= period.until_on)
        return amount_minor;
    switch (method) {
    case DEFERRAL_DAYS:
        return money_scale(amount_minor, before_on - period.from_on, period_days(period), ROUND_HALF_AWAY);
    case DEFERRAL_MONTHS:
        return money_scale(amount_minor, month_weight(period.from_on, before_on),
                           month_weight(period.from_on, period.until_on), ROUND_HALF_AWAY);
    case DEFERRAL_WHOLE_MONTHS:
        for (length = 1; date_add_months(period.from_on, (int)length) < period.until_on; length++)
            continue;
        months = whole_months(period, before_on);
        return months >= length ? amount_minor : money_scale(amount_minor, months, length, ROUND_HALF_AWAY);
    }
    return 0;
}

int64_t deferral_at_issue(int64_t net_minor, struct period period, int32_t issued_on)
{
    if (period_is_none(period) || issued_on >= period.until_on)
        return 0;
    return net_minor - deferral_recognised(DEFERRAL_DAYS, net_minor, period, issued_on);
}

int32_t deferral_next_on(struct period period, int32_t on)
{
    int32_t month;

    if (on >= period.until_on)
        return DATE_NONE;
    month = date_next_month(on < period.from_on ? period.from_on : on);
    return month < period.until_on ? month : period.until_on;
}

/* The day of the last release: the first of the month that the next one ends, at the earliest the period's start. */
static int32_t released_until(const struct deferral_left *left)
{
    struct civil last = date_civil(left->next_on - 1);
    int32_t month = date_from_civil(last.year, last.month, 1);

    return left->recognised_minor == 0 || month < left->period.from_on ? left->period.from_on : month;
}

int64_t deferral_credit(struct deferral_left *left, int64_t credited_net_minor)
{
    int64_t balance = left->amount_minor - left->recognised_minor;
    int64_t cancelled = balance < 0 ? (credited_net_minor > balance ? credited_net_minor : balance)
                                    : (credited_net_minor < balance ? credited_net_minor : balance);

    if (left->next_on == DATE_NONE || balance == 0 || (balance < 0) != (credited_net_minor < 0))
        return 0;
    left->period.from_on = released_until(left);
    left->amount_minor = balance - cancelled;
    left->recognised_minor = 0;
    if (left->amount_minor == 0)
        left->next_on = DATE_NONE;
    return cancelled;
}

size_t deferral_months(enum deferral_method method, int64_t amount_minor, struct period period,
                       struct deferral_month *months, size_t room)
{
    int32_t on = period.from_on;
    int64_t before = 0;
    size_t count = 0;

    while (on < period.until_on) {
        int32_t next = date_next_month(on) < period.until_on ? date_next_month(on) : period.until_on;
        int64_t until = deferral_recognised(method, amount_minor, period, next);

        /* Whole months: the first counted in full, so a part of a month at the end adds no month of its own. */
        if (method == DEFERRAL_WHOLE_MONTHS && count > 0 && next == period.until_on && until == before)
            break;
        if (count < room)
            months[count] = (struct deferral_month){on, next, until - before};
        before = until;
        on = next;
        count++;
    }
    return count;
}
