#include "core/margin.h"

#include "core/pricing.h"

int64_t line_cost(int64_t unit_cost_e4, int64_t quantity_e4, const struct currency *currency)
{
    int64_t cost_minor;

    if (unit_cost_e4 == COST_UNKNOWN || !line_net(unit_cost_e4, quantity_e4, 0, currency, &cost_minor))
        return COST_UNKNOWN;
    return cost_minor;
}

struct margin margin_of(const struct margin_line *lines, size_t count, int64_t net_minor)
{
    struct margin margin = {.net_minor = net_minor};
    int64_t all = 0;
    int64_t known = 0;

    for (size_t i = 0; i < count; i++) {
        all += lines[i].net_minor;
        if (lines[i].cost_minor == COST_UNKNOWN) {
            margin.unknown++;
            continue;
        }
        margin.known++;
        margin.cost_minor += lines[i].cost_minor;
        known += lines[i].net_minor;
    }
    if (margin.unknown > 0)
        margin.net_minor = all == 0 ? 0 : money_scale(net_minor, known, all, ROUND_HALF_AWAY);
    margin.margin_minor = margin.net_minor - margin.cost_minor;
    return margin;
}

bool margin_rate(const struct margin *margin, int32_t *ppm)
{
    int64_t rate;

    if (margin->net_minor <= 0 || !money_scale_checked(margin->margin_minor, RATE_ONE, margin->net_minor, ROUND_HALF_AWAY, &rate) ||
        rate > INT32_MAX || rate < INT32_MIN)
        return false;
    *ppm = (int32_t)rate;
    return true;
}
