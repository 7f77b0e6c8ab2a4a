#include "core/totals.h"

#include "core/money.h"

bool totals_add(struct totals *totals, enum tax_category category, int32_t rate_ppm, enum tax_reason reason,
                int64_t net_minor)
{
    struct totals next = *totals;
    size_t i = 0;

    while (i < next.group_count && (next.groups[i].category != category || next.groups[i].rate_ppm != rate_ppm))
        i++;
    if (i == TOTALS_GROUPS_MAX)
        return false;
    if (i == next.group_count)
        next.groups[next.group_count++] =
            (struct tax_group){.category = category, .rate_ppm = rate_ppm, .reason = reason};
    next.groups[i].base_minor += net_minor;
    next.net_minor += net_minor;
    if (next.net_minor > MONEY_MAX || next.net_minor < -MONEY_MAX ||
        !money_scale_checked(next.groups[i].base_minor, rate_ppm, RATE_ONE, ROUND_HALF_AWAY, &next.groups[i].tax_minor))
        return false;
    next.vat_minor = 0;
    for (i = 0; i < next.group_count; i++)
        next.vat_minor += next.groups[i].tax_minor;
    next.gross_minor = next.net_minor + next.vat_minor;
    if (next.gross_minor > MONEY_MAX || next.gross_minor < -MONEY_MAX)
        return false;
    *totals = next;
    return true;
}
