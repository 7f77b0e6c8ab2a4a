#include "core/unit.h"

#include <string.h>

#include "core/pricing.h"

bool unit_is_plural(const char *language, int64_t quantity_e4)
{
    if (strcmp(language, "fr") == 0)
        return quantity_e4 >= 2 * QUANTITY_ONE || quantity_e4 <= -2 * QUANTITY_ONE;
    return quantity_e4 != QUANTITY_ONE && quantity_e4 != -QUANTITY_ONE;
}

static bool ratio_ok(struct unit_ratio ratio)
{
    return ratio.numerator >= 1 && ratio.numerator <= UNIT_RATIO_MAX && ratio.denominator >= 1 &&
           ratio.denominator <= UNIT_RATIO_MAX;
}

bool units_convert(struct unit_ratio from, struct unit_ratio to)
{
    return from.base_id == to.base_id && ratio_ok(from) && ratio_ok(to);
}

/* value * over / under, at most 1e13 * 1e18 before the division; rounded half up (never negative) or down. */
static __int128 scaled(int64_t value, struct unit_ratio over, struct unit_ratio under, bool down)
{
    __int128 divisor = (__int128)over.denominator * under.numerator;
    __int128 product = (__int128)value * over.numerator * under.denominator;

    return (product + (down ? 0 : divisor / 2)) / divisor;
}

bool unit_quantity(int64_t quantity_e4, struct unit_ratio from, struct unit_ratio to, int64_t *converted_e4)
{
    __int128 converted;

    if (!units_convert(from, to) || quantity_e4 < 1 || quantity_e4 > QUANTITY_MAX_E4)
        return false;
    converted = scaled(quantity_e4, from, to, false);
    if (converted < 1 || converted > QUANTITY_MAX_E4)
        return false;
    *converted_e4 = (int64_t)converted;
    return true;
}

bool unit_price(int64_t price_e4, struct unit_ratio from, struct unit_ratio to, int64_t *converted_e4)
{
    __int128 converted;

    if (!units_convert(from, to) || price_e4 < 0 || price_e4 > UNIT_PRICE_MAX_E4)
        return false;
    converted = scaled(price_e4, to, from, false);
    if (converted > UNIT_PRICE_MAX_E4)
        return false;
    *converted_e4 = (int64_t)converted;
    return true;
}

static bool convert_tier(const struct tier *tier, struct unit_ratio from, struct unit_ratio to, struct tier *converted)
{
    *converted = *tier;
    if (!unit_price(tier->unit_price_e4, from, to, &converted->unit_price_e4))
        return false;
    if (tier->up_to_e4 != TIER_OPEN) {
        __int128 up_to = scaled(tier->up_to_e4, from, to, true);

        if (up_to > QUANTITY_MAX_E4)
            return false;
        converted->up_to_e4 = (int64_t)up_to;
    }
    return true;
}

bool unit_rule(const struct price_rule *rule, struct unit_ratio from, struct unit_ratio to, struct price_rule *converted)
{
    struct price_rule result = *rule;

    if (!units_convert(from, to))
        return false;
    if (rule->model == PRICE_PER_UNIT && !unit_price(rule->unit_price_e4, from, to, &result.unit_price_e4))
        return false;
    for (size_t i = 0; i < rule->tier_count; i++)
        if (!convert_tier(&rule->tier[i], from, to, &result.tier[i]))
            return false;
    if (price_rule_refusal(&result, NULL) != TIER_ACCEPTED)
        return false;
    *converted = result;
    return true;
}
