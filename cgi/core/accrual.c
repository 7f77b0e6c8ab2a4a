#include "core/accrual.h"

#include "base/check.h"
#include "core/money.h"

int64_t accrual_earned(enum deferral_method method, int64_t net_minor, struct period period, int32_t until_on)
{
    if (period_is_none(period) || until_on <= period.from_on)
        return 0;
    return deferral_recognised(method, net_minor, deferral_span(method, period), until_on);
}

/* A subscription of more accounts than an entry holds has the rest on the last. */
static void add_to_account(struct posting_lines *lines, const char *account, int64_t net_minor)
{
    struct posting_line line = {.account = account, .label = POSTING_REVENUE, .net_minor = net_minor};

    if (posting_lines_add(lines, &line))
        return;
    line.account = lines->at[lines->count - 1].account;
    CHECK(posting_lines_add(lines, &line));
}

bool accrual_add(struct accrual *accrual, enum deferral_method method, const struct accrual_line *line, int32_t until_on)
{
    int64_t earned = line->metered ? line->net_minor : accrual_earned(method, line->net_minor, line->period, until_on);
    int64_t net_minor = accrual_net(accrual) + earned;

    if (earned == 0)
        return true;
    if (net_minor > MONEY_MAX || net_minor < -MONEY_MAX ||
        (line->category != 0 && !totals_add(&accrual->totals, line->category, line->rate_ppm, TAX_REASON_DOMESTIC, earned)))
        return false;
    add_to_account(&accrual->lines, line->account, earned);
    return true;
}

int64_t accrual_net(const struct accrual *accrual)
{
    int64_t minor = 0;

    for (size_t i = 0; i < accrual->lines.count; i++)
        minor += accrual->lines.at[i].net_minor;
    return minor;
}
