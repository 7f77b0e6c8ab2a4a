#include "core/proration.h"

#include "base/check.h"
#include "core/money.h"

int64_t proration_share(int64_t full_minor, struct period natural, int32_t from_on)
{
    return proration_part(full_minor, natural, (struct period){from_on, natural.until_on});
}

int64_t proration_part(int64_t full_minor, struct period natural, struct period part)
{
    CHECK(period_days(natural) > 0 && part.from_on >= natural.from_on && part.until_on <= natural.until_on);
    return money_scale(full_minor, period_days(part), period_days(natural), ROUND_HALF_AWAY);
}

int64_t proration_credit(int64_t invoiced_net_minor, struct period served, int32_t on)
{
    int32_t from_on = on < served.from_on ? served.from_on : on > served.until_on ? served.until_on : on;

    return proration_share(invoiced_net_minor, served, from_on);
}

void proration_parts(const int64_t *full_minor, const int32_t *days, size_t count, int32_t natural_days,
                     int64_t *parts)
{
    __int128 exact_sum = 0;
    int64_t left;

    CHECK(count >= 1 && count <= PRORATION_PARTS_MAX && natural_days > 0);
    for (size_t i = 0; i < count; i++)
        exact_sum += (__int128)full_minor[i] * days[i];
    CHECK(exact_sum / natural_days <= MONEY_MAX && exact_sum / natural_days >= -MONEY_MAX);
    left = (int64_t)((exact_sum + (exact_sum < 0 ? -natural_days : natural_days) / 2) / natural_days);
    for (size_t i = 0; i < count; i++) {
        parts[i] = money_scale(full_minor[i], days[i], natural_days, ROUND_DOWN);
        left -= parts[i];
    }
    /* The remainder goes to the largest fractions, one minor unit each, each part once. */
    while (left != 0) {
        int64_t step = left < 0 ? -1 : 1;
        __int128 most = -1;
        size_t winner = count;

        for (size_t i = 0; i < count; i++) {
            int64_t floor = money_scale(full_minor[i], days[i], natural_days, ROUND_DOWN);
            __int128 rest = ((__int128)full_minor[i] * days[i] - (__int128)floor * natural_days) * step;

            if (parts[i] == floor && rest > most) {
                most = rest;
                winner = i;
            }
        }
        CHECK(winner < count);
        parts[winner] += step;
        left -= step;
    }
}
