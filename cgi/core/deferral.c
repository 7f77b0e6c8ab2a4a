#include "core/deferral.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"
#include "core/money.h"

static const char *const method_name[] = {
    [DEFERRAL_DAYS] = "days", [DEFERRAL_MONTHS] = "months", [DEFERRAL_WHOLE_MONTHS] = "whole_months"};

const char *deferral_method_name(enum deferral_method method)
{
    return method_name[method];
}

enum deferral_method deferral_method_from_name(const char *name)
{
    for (enum deferral_method method = DEFERRAL_DAYS; method <= DEFERRAL_WHOLE_MONTHS; method++)
        if (strcmp(name, method_name[method]) == 0)
            return method;
    return 0;
}

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

static int32_t month_first(int32_t on)
{
    struct civil civil = date_civil(on);

    return date_from_civil(civil.year, civil.month, 1);
}

/* The fewest months, from the period's first day on, that reach its end. */
static int length_in_months(struct period period)
{
    int length = 1;

    while (date_add_months(period.from_on, length) < period.until_on)
        length++;
    return length;
}

struct period deferral_span(enum deferral_method method, struct period period)
{
    int32_t first = month_first(period.from_on);

    return method == DEFERRAL_WHOLE_MONTHS ? (struct period){first, date_add_months(first, length_in_months(period))} : period;
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
    if (method == DEFERRAL_DAYS)
        return money_scale(amount_minor, before_on - period.from_on, period_days(period), ROUND_HALF_AWAY);
    if (method == DEFERRAL_MONTHS)
        return money_scale(amount_minor, month_weight(period.from_on, before_on),
                           month_weight(period.from_on, period.until_on), ROUND_HALF_AWAY);
    length = length_in_months(period);
    months = whole_months(period, before_on);
    return months >= length ? amount_minor : money_scale(amount_minor, months, length, ROUND_HALF_AWAY);
}

struct deferral_left deferral_at_issue(enum deferral_method method, int64_t net_minor, struct period period, int32_t issued_on)
{
    struct deferral_left left = {.period = period, .next_on = DATE_NONE};
    struct period span;

    if (period_is_none(period) || issued_on >= period.until_on)
        return left;
    span = deferral_span(method, period);
    left.period = period_overlap(span, (struct period){method == DEFERRAL_WHOLE_MONTHS ? month_first(issued_on) : issued_on, DATE_NONE});
    if (period_days(left.period) == 0) /* the last month counts with those before it */
        return left;
    left.amount_minor = net_minor - deferral_recognised(method, net_minor, span, left.period.from_on);
    if (left.amount_minor != 0)
        left.next_on = deferral_next_on(left.period, issued_on);
    return left;
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
    int32_t month = month_first(left->next_on - 1);

    return month > left->period.from_on ? month : left->period.from_on;
}

bool deferral_holds(enum deferral_method method, const struct deferral_left *left)
{
    if (left->next_on == DATE_NONE)
        return left->recognised_minor == left->amount_minor;
    return left->recognised_minor == deferral_recognised(method, left->amount_minor, left->period, released_until(left));
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
