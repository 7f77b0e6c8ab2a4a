#include "core/tier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "core/pricing.h"

static const char *const model_name[] = {"", "per_unit", "volume", "graduated", "flat"};

const char *price_model_name(enum price_model model)
{
    CHECK(model >= PRICE_PER_UNIT && model <= PRICE_FLAT);
    return model_name[model];
}

enum price_model price_model_from_name(const char *name)
{
    for (int i = PRICE_PER_UNIT; i <= PRICE_FLAT; i++)
        if (strcmp(model_name[i], name) == 0)
            return (enum price_model)i;
    return (enum price_model)0;
}

bool price_model_has_tiers(enum price_model model)
{
    return model == PRICE_VOLUME || model == PRICE_GRADUATED;
}

static bool price_in_bounds(int64_t price_e4)
{
    return price_e4 >= 0 && price_e4 <= UNIT_PRICE_MAX_E4;
}

static enum tier_refusal tier_refusal(const struct price_rule *rule, size_t i)
{
    const struct tier *tier = &rule->tier[i];

    if (!price_in_bounds(tier->unit_price_e4) || !price_in_bounds(tier->flat_e4))
        return TIER_PRICE_BOUNDS;
    if (tier->up_to_e4 <= (i == 0 ? 0 : rule->tier[i - 1].up_to_e4))
        return TIER_OUT_OF_ORDER;
    if (tier->up_to_e4 != TIER_OPEN && tier->up_to_e4 > QUANTITY_MAX_E4)
        return TIER_QUANTITY_BOUNDS;
    return i + 1 == rule->tier_count && tier->up_to_e4 != TIER_OPEN ? TIER_CLOSED : TIER_ACCEPTED;
}

enum tier_refusal price_rule_refusal(const struct price_rule *rule, size_t *at)
{
    size_t nowhere;

    at = at != NULL ? at : &nowhere;
    *at = 0;
    if (rule->model < PRICE_PER_UNIT || rule->model > PRICE_FLAT)
        return TIER_MODEL_UNKNOWN;
    if (!price_model_has_tiers(rule->model)) {
        if (rule->tier_count > 0)
            return TIER_UNWANTED;
        return price_in_bounds(rule->unit_price_e4) ? TIER_ACCEPTED : TIER_PRICE_BOUNDS;
    }
    if (rule->tier_count == 0)
        return TIER_MISSING;
    if (rule->tier_count > TIERS_MAX)
        return TIER_TOO_MANY;
    for (size_t i = 0; i < rule->tier_count; i++) {
        enum tier_refusal refusal = tier_refusal(rule, i);

        if (refusal != TIER_ACCEPTED) {
            *at = i;
            return refusal;
        }
    }
    return TIER_ACCEPTED;
}

static void add_part(struct price_part parts[PRICE_PARTS_MAX], size_t *count, struct price_part part)
{
    if (!part.fee || part.unit_price_e4 > 0)
        parts[(*count)++] = part;
}

static void add_tier(const struct price_rule *rule, size_t i, int64_t quantity_e4, struct price_part parts[PRICE_PARTS_MAX],
                     size_t *count)
{
    const struct tier *tier = &rule->tier[i];
    int64_t above_e4 = i == 0 ? 0 : rule->tier[i - 1].up_to_e4;

    add_part(parts, count, (struct price_part){quantity_e4, tier->unit_price_e4, above_e4, tier->up_to_e4, false});
    add_part(parts, count, (struct price_part){QUANTITY_ONE, tier->flat_e4, above_e4, tier->up_to_e4, true});
}

size_t price_rule_parts(const struct price_rule *rule, int64_t quantity_e4, struct price_part parts[PRICE_PARTS_MAX])
{
    int64_t from_e4 = 0;
    size_t count = 0;
    size_t i = 0;

    if (quantity_e4 < 1 || quantity_e4 > QUANTITY_MAX_E4 || price_rule_refusal(rule, NULL) != TIER_ACCEPTED)
        return 0;
    switch (rule->model) {
    case PRICE_PER_UNIT:
        parts[count++] = (struct price_part){quantity_e4, rule->unit_price_e4, 0, TIER_OPEN, false};
        break;
    case PRICE_FLAT:
        parts[count++] = (struct price_part){QUANTITY_ONE, rule->unit_price_e4, 0, TIER_OPEN, true};
        break;
    case PRICE_VOLUME:
        while (rule->tier[i].up_to_e4 < quantity_e4) /* the last one is open */
            i++;
        add_tier(rule, i, quantity_e4, parts, &count);
        break;
    case PRICE_GRADUATED:
        for (; from_e4 < quantity_e4; i++) {
            int64_t until_e4 = rule->tier[i].up_to_e4 < quantity_e4 ? rule->tier[i].up_to_e4 : quantity_e4;

            add_tier(rule, i, until_e4 - from_e4, parts, &count);
            from_e4 = until_e4;
        }
        break;
    }
    return count;
}

bool price_rule_amount(const struct price_rule *rule, int64_t quantity_e4, __int128 *amount_e8)
{
    struct price_part parts[PRICE_PARTS_MAX];
    size_t count = price_rule_parts(rule, quantity_e4, parts);

    *amount_e8 = 0;
    for (size_t i = 0; i < count; i++)
        *amount_e8 += (__int128)parts[i].unit_price_e4 * parts[i].quantity_e4;
    return count > 0;
}

void price_parts_off(const struct price_part *parts, size_t count, int64_t amount_minor, const struct currency *currency,
                     int64_t shares[PRICE_PARTS_MAX])
{
    int64_t nets[PRICE_PARTS_MAX];
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        shares[i] = 0;
        if (!line_net(parts[i].unit_price_e4, parts[i].quantity_e4, 0, currency, &nets[i]))
            return; /* out of bounds: the line has no net at all */
        sum += nets[i];
    }
    if (amount_minor > 0 && sum > 0)
        money_split(amount_minor < sum ? amount_minor : sum, nets, count, shares);
}

bool price_rule_net(const struct price_rule *rule, int64_t quantity_e4, int32_t discount_ppm,
                    const struct currency *currency, int64_t *net_minor)
{
    struct price_part parts[PRICE_PARTS_MAX];
    size_t count = price_rule_parts(rule, quantity_e4, parts);
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        int64_t part;

        if (!line_net(parts[i].unit_price_e4, parts[i].quantity_e4, discount_ppm, currency, &part))
            return false;
        sum += part; /* at most PRICE_PARTS_MAX * MONEY_MAX */
    }
    if (count == 0 || sum > MONEY_MAX)
        return false;
    *net_minor = sum;
    return true;
}

const char *tiers_text(const struct price_rule *rule, char text[TIERS_TEXT_BYTES])
{
    size_t used = 0;

    CHECK(price_rule_refusal(rule, NULL) == TIER_ACCEPTED);
    text[0] = '\0';
    for (size_t i = 0; i < rule->tier_count; i++) {
        const struct tier *tier = &rule->tier[i];
        const char *joint = i == 0 ? "" : ";";
        int n;

        if (tier->up_to_e4 == TIER_OPEN)
            n = snprintf(text + used, TIERS_TEXT_BYTES - used, "%s*:%" PRId64 ":%" PRId64, joint,
                         tier->unit_price_e4, tier->flat_e4);
        else
            n = snprintf(text + used, TIERS_TEXT_BYTES - used, "%s%" PRId64 ":%" PRId64 ":%" PRId64, joint,
                         tier->up_to_e4, tier->unit_price_e4, tier->flat_e4);
        CHECK(n > 0 && (size_t)n < TIERS_TEXT_BYTES - used);
        used += (size_t)n;
    }
    return text;
}

/* Digits without sign or leading zero, at most 15, and the character that must follow them. */
static bool take_number(const char **text, char after, int64_t *value)
{
    const char *p = *text;
    int digits = 0;

    *value = 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        if (++digits > 15)
            return false;
        *value = *value * 10 + (*p - '0');
    }
    if (digits == 0 || (digits > 1 && **text == '0') || *p != after)
        return false;
    *text = after == '\0' ? p : p + 1;
    return true;
}

static bool take_tier(const char **text, struct tier *tier)
{
    if ((*text)[0] == '*' && (*text)[1] == ':') {
        *text += 2;
        tier->up_to_e4 = TIER_OPEN;
        return take_number(text, ':', &tier->unit_price_e4) && take_number(text, '\0', &tier->flat_e4);
    }
    return take_number(text, ':', &tier->up_to_e4) && take_number(text, ':', &tier->unit_price_e4) &&
           take_number(text, ';', &tier->flat_e4);
}

bool tiers_parse(const char *text, struct price_rule *rule)
{
    struct price_rule read = {.model = PRICE_VOLUME};

    while (*text != '\0') {
        if (read.tier_count == TIERS_MAX || !take_tier(&text, &read.tier[read.tier_count]))
            return false;
        read.tier_count++;
    }
    if (read.tier_count > 0 && price_rule_refusal(&read, NULL) != TIER_ACCEPTED)
        return false;
    memcpy(rule->tier, read.tier, sizeof rule->tier);
    rule->tier_count = read.tier_count;
    return true;
}

bool price_rule_read(const char *model, const char *tiers, int64_t unit_price_e4, struct price_rule *rule)
{
    *rule = (struct price_rule){.model = model == NULL ? PRICE_PER_UNIT : price_model_from_name(model), .unit_price_e4 = unit_price_e4};
    return tiers_parse(tiers == NULL ? "" : tiers, rule) && price_rule_refusal(rule, NULL) == TIER_ACCEPTED;
}
