#include "core/totals.h"

#include "core/money.h"

int64_t priced_net(const struct tax_decision *tax, int64_t priced_minor)
{
    return tax->included ? money_scale(priced_minor, RATE_ONE, RATE_ONE + tax->rate_ppm, ROUND_HALF_AWAY) : priced_minor;
}

static bool in_bounds(int64_t minor)
{
    return minor <= MONEY_MAX && minor >= -MONEY_MAX;
}

static struct tax_group *group_of(struct totals *totals, const struct tax_decision *tax)
{
    size_t i = 0;

    while (i < totals->group_count &&
           (totals->groups[i].category != tax->category || totals->groups[i].rate_ppm != tax->rate_ppm))
        i++;
    if (i == TOTALS_GROUPS_MAX)
        return NULL;
    if (i == totals->group_count)
        totals->groups[totals->group_count++] =
            (struct tax_group){.category = tax->category, .rate_ppm = tax->rate_ppm, .reason = tax->reason};
    return &totals->groups[i];
}

bool totals_add_line(struct totals *totals, const struct tax_decision *tax, int64_t priced_minor)
{
    struct totals next = *totals;
    struct tax_group *group = group_of(&next, tax);
    int64_t net_minor;
    int64_t tax_minor;

    if (group == NULL || !in_bounds(priced_minor))
        return false;
    net_minor = priced_net(tax, priced_minor);
    group->base_minor += net_minor;
    next.net_minor += net_minor;
    if (!in_bounds(next.net_minor) ||
        !money_scale_checked(tax->per_line ? net_minor : group->base_minor, tax->rate_ppm, RATE_ONE, ROUND_HALF_AWAY, &tax_minor))
        return false;
    group->tax_minor = tax->per_line ? group->tax_minor + tax_minor : tax_minor;
    next.vat_minor = 0;
    for (size_t i = 0; i < next.group_count; i++)
        next.vat_minor += next.groups[i].tax_minor;
    if (tax->included) {
        next.priced_minor += priced_minor;
        next.rounding_minor = next.priced_minor - next.net_minor - next.vat_minor;
    }
    next.gross_minor = next.net_minor + next.vat_minor + next.rounding_minor;
    if (!in_bounds(next.gross_minor))
        return false;
    *totals = next;
    return true;
}

bool totals_add(struct totals *totals, enum tax_category category, int32_t rate_ppm, enum tax_reason reason,
                int64_t net_minor)
{
    const struct tax_decision tax = {.category = category, .rate_ppm = rate_ppm, .reason = reason};

    return totals_add_line(totals, &tax, net_minor);
}
