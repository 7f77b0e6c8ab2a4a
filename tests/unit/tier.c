/* tier: the four price models by worked cases, and what must hold for every table of tiers. */
#include "test.h"

#include <string.h>

#include "core/pricing.h"
#include "core/tier.h"
#include "seeded.h"

/* Up to 10 at 10.00, up to 50 at 8.00, above at 6.00. */
static struct price_rule seats(enum price_model model)
{
    return (struct price_rule){.model = model, .tier_count = 3,
                               .tier = {{100000, 100000, 0}, {500000, 80000, 0}, {TIER_OPEN, 60000, 0}}};
}

static void costs(const struct price_rule *rule, int64_t quantity_e4, int32_t discount_ppm, int64_t wanted_minor)
{
    int64_t net = -1;

    CU_ASSERT_TRUE(price_rule_net(rule, quantity_e4, discount_ppm, currency_find("EUR"), &net));
    SAME_NUMBER(net, wanted_minor);
}

TEST(tier, volume_prices_everything_by_the_tier_that_holds_it)
{
    struct price_rule rule = seats(PRICE_VOLUME);

    costs(&rule, 100000, 0, 10000);      /* 10 at 10.00 */
    costs(&rule, 100001, 0, 8000);       /* 10.0001 lie in the second tier */
    costs(&rule, 500000, 0, 40000);
    costs(&rule, 510000, 0, 30600);      /* 51 at 6.00 */
    costs(&rule, 510000, 500000, 15300);
}

TEST(tier, graduated_prices_each_part_by_its_tier)
{
    struct price_rule rule = seats(PRICE_GRADUATED);

    costs(&rule, 10000, 0, 1000);
    costs(&rule, 100000, 0, 10000);
    costs(&rule, 110000, 0, 10800);      /* 10 at 10.00, 1 at 8.00 */
    costs(&rule, 600000, 0, 48000);      /* 100 + 320 + 60 */
    costs(&rule, 105000, 0, 10400);      /* half a unit in the second tier */
}

TEST(tier, a_flat_fee_is_due_once_its_tier_is_used)
{
    struct price_rule rule = {.tier_count = 2, .tier = {{50000, 0, 200000}, {TIER_OPEN, 15000, 50000}}};

    rule.model = PRICE_VOLUME;
    costs(&rule, 50000, 0, 2000);        /* a package of 5 for 20.00 */
    costs(&rule, 60000, 0, 900 + 500);
    rule.model = PRICE_GRADUATED;
    costs(&rule, 50000, 0, 2000);
    costs(&rule, 60000, 0, 2000 + 150 + 500);
}

TEST(tier, flat_does_not_ask_for_the_quantity)
{
    struct price_rule rule = {.model = PRICE_FLAT, .unit_price_e4 = 990000};

    costs(&rule, 1, 0, 9900);
    costs(&rule, QUANTITY_MAX_E4, 0, 9900);
    costs(&rule, 10000, 100000, 8910);
}

TEST(tier, every_part_is_a_line_and_is_rounded_as_one)
{
    struct price_rule rule = {.model = PRICE_GRADUATED, .tier_count = 2,
                              .tier = {{10000, 40, 0}, {TIER_OPEN, 10, 0}}};
    int64_t net;

    costs(&rule, 20000, 0, 0);           /* 0.0040 and 0.0010: two lines of 0.00 */
    costs(&rule, 10000, 0, 0);
    rule.tier[0].unit_price_e4 = 50;
    costs(&rule, 20000, 0, 1);           /* 0.0050 is 0.01 */
    CU_ASSERT_TRUE(price_rule_net(&rule, 1000000, 0, currency_find("JPY"), &net));
    SAME_NUMBER(net, 0);                 /* 0.0050 and 0.0990 yen */
}

TEST(tier, parts_tell_tiers_and_fees)
{
    struct price_rule rule = {.model = PRICE_GRADUATED, .tier_count = 3,
                              .tier = {{50000, 0, 200000}, {100000, 15000, 0}, {TIER_OPEN, 10000, 50000}}};
    struct price_part part[PRICE_PARTS_MAX];

    SAME_NUMBER(price_rule_parts(&rule, 120000, part), 5);
    SAME_NUMBER(part[0].quantity_e4, 50000);       /* the first 5 for nothing, */
    SAME_NUMBER(part[0].unit_price_e4, 0);
    CU_ASSERT_TRUE(part[1].fee);                   /* and 20.00 for having them */
    SAME_NUMBER(part[1].quantity_e4, QUANTITY_ONE);
    SAME_NUMBER(part[1].unit_price_e4, 200000);
    SAME_NUMBER(part[2].quantity_e4, 50000);
    SAME_NUMBER(part[2].above_e4, 50000);
    SAME_NUMBER(part[2].up_to_e4, 100000);
    SAME_NUMBER(part[3].quantity_e4, 20000);       /* no fee of 0 between them */
    SAME_NUMBER(part[3].up_to_e4, TIER_OPEN);
    SAME_NUMBER(part[4].unit_price_e4, 50000);
    rule.model = PRICE_VOLUME;
    SAME_NUMBER(price_rule_parts(&rule, 120000, part), 2);
    SAME_NUMBER(part[0].quantity_e4, 120000);
    SAME_NUMBER(price_rule_parts(&rule, 0, part), 0);
}

static void refused(struct price_rule rule, enum tier_refusal wanted, size_t wanted_at)
{
    size_t at = 99;
    __int128 amount;

    SAME_NUMBER(price_rule_refusal(&rule, &at), wanted);
    SAME_NUMBER(at, wanted_at);
    CU_ASSERT_FALSE(price_rule_amount(&rule, QUANTITY_ONE, &amount));
}

TEST(tier, bad_tables_are_refused_at_their_row)
{
    struct price_rule rule = seats(PRICE_VOLUME);

    SAME_NUMBER(price_rule_refusal(&rule, NULL), TIER_ACCEPTED);
    rule.tier[1].up_to_e4 = 100000;
    refused(rule, TIER_OUT_OF_ORDER, 1);
    rule = seats(PRICE_GRADUATED);
    rule.tier[0].up_to_e4 = 0;
    refused(rule, TIER_OUT_OF_ORDER, 0);
    rule = seats(PRICE_GRADUATED);
    rule.tier[1].up_to_e4 = TIER_OPEN; /* an open end in the middle leaves no room above it */
    refused(rule, TIER_OUT_OF_ORDER, 2);
    rule = seats(PRICE_GRADUATED);
    rule.tier[2].up_to_e4 = 600000;
    refused(rule, TIER_CLOSED, 2);
    rule.tier[2].up_to_e4 = QUANTITY_MAX_E4 + 1;
    refused(rule, TIER_QUANTITY_BOUNDS, 2);
    rule.tier[2].flat_e4 = -1;
    refused(rule, TIER_PRICE_BOUNDS, 2);
    refused((struct price_rule){.model = PRICE_VOLUME}, TIER_MISSING, 0);
    refused((struct price_rule){.model = PRICE_VOLUME, .tier_count = TIERS_MAX + 1}, TIER_TOO_MANY, 0);
    refused((struct price_rule){.model = PRICE_FLAT, .tier_count = 1}, TIER_UNWANTED, 0);
    refused((struct price_rule){.model = PRICE_PER_UNIT, .unit_price_e4 = UNIT_PRICE_MAX_E4 + 1}, TIER_PRICE_BOUNDS, 0);
    refused((struct price_rule){.unit_price_e4 = 1}, TIER_MODEL_UNKNOWN, 0);
}

TEST(tier, bad_quantities_have_no_price)
{
    static const int64_t bad[] = {0, -10000, QUANTITY_MAX_E4 + 1, INT64_C(10000000000000000)};

    for (int model = PRICE_PER_UNIT; model <= PRICE_FLAT; model++) {
        struct price_rule rule = seats((enum price_model)model);
        int64_t net;

        if (!price_model_has_tiers(rule.model))
            rule = (struct price_rule){.model = rule.model, .unit_price_e4 = 10000};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
            CU_ASSERT_FALSE(price_rule_net(&rule, bad[i], 0, currency_find("EUR"), &net));
        CU_ASSERT_FALSE(price_rule_net(&rule, QUANTITY_ONE, -1, currency_find("EUR"), &net));
        CU_ASSERT_FALSE(price_rule_net(&rule, QUANTITY_ONE, 1000001, currency_find("EUR"), &net));
        SAME_NUMBER(price_model_from_name(price_model_name(rule.model)), model);
    }
    SAME_NUMBER(price_model_from_name("free"), 0);
}

TEST(tier, the_largest_line_is_refused_and_not_wrapped)
{
    struct price_rule rule = {.model = PRICE_PER_UNIT, .unit_price_e4 = UNIT_PRICE_MAX_E4};
    int64_t net;

    CU_ASSERT_FALSE(price_rule_net(&rule, QUANTITY_MAX_E4, 0, currency_find("EUR"), &net));
}

TEST(tier, the_frozen_text_is_canonical)
{
    struct price_rule rule = seats(PRICE_VOLUME);
    char text[TIERS_TEXT_BYTES];
    static const char *const bad[] = {"*", "*:1", "*:1:2;", "1:2:3", "01:2:3;*:1:0", "+1:2:3;*:1:0", "5:1:0;4:1:0;*:1:0",
                                      "*:1:2;*:1:2", " *:1:0", "*:1:9999999999999999", "5:1:0;", "*:-1:0"};

    SAME_TEXT(tiers_text(&rule, text), "100000:100000:0;500000:80000:0;*:60000:0");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_FALSE(tiers_parse(bad[i], &rule));
    SAME_NUMBER(rule.tier_count, 3); /* a text that is refused changes nothing */
    CU_ASSERT_TRUE(tiers_parse("", &rule));
    SAME_NUMBER(rule.tier_count, 0);
}

static struct price_rule seeded_rule(uint64_t *state, enum price_model model)
{
    struct price_rule rule = {.model = model, .unit_price_e4 = seeded_between(state, 0, 5000000)};
    int64_t up_to = 0;

    if (!price_model_has_tiers(model))
        return rule;
    rule.tier_count = (size_t)seeded_between(state, 1, TIERS_MAX);
    for (size_t i = 0; i < rule.tier_count; i++) {
        up_to += seeded_between(state, 1, 300000);
        rule.tier[i] = (struct tier){i + 1 == rule.tier_count ? TIER_OPEN : up_to, seeded_between(state, 0, 5000000), 0};
    }
    return rule;
}

/* The parts of a graduated price hold the whole quantity, each between the ends of its tier. */
static bool parts_add_up(const struct price_rule *rule, int64_t quantity, __int128 amount)
{
    struct price_part part[PRICE_PARTS_MAX];
    size_t count = price_rule_parts(rule, quantity, part);
    int64_t held = 0;
    __int128 sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += (__int128)part[i].unit_price_e4 * part[i].quantity_e4;
        held += part[i].fee ? 0 : part[i].quantity_e4;
        if (rule->model == PRICE_GRADUATED && !part[i].fee && part[i].above_e4 + part[i].quantity_e4 > part[i].up_to_e4)
            return false;
    }
    return sum == amount && held == (rule->model == PRICE_FLAT ? 0 : quantity);
}

static bool holds(uint64_t seed)
{
    uint64_t state = seed;
    struct price_rule rule = seeded_rule(&state, (enum price_model)seeded_between(&state, PRICE_PER_UNIT, PRICE_FLAT));
    int64_t quantity = seeded_between(&state, 1, 5000000);
    int32_t discount = (int32_t)seeded_between(&state, 0, 1000000);
    char text[TIERS_TEXT_BYTES], again[TIERS_TEXT_BYTES];
    struct price_rule read = {.model = rule.model, .unit_price_e4 = rule.unit_price_e4};
    __int128 amount, next, same;
    int64_t net, full, plain;

    if (!price_rule_amount(&rule, quantity, &amount) || !price_rule_amount(&rule, quantity + 1, &next) ||
        !price_rule_net(&rule, quantity, discount, currency_find("EUR"), &net) ||
        !price_rule_net(&rule, quantity, 0, currency_find("EUR"), &full) || net > full)
        return false;
    if (!parts_add_up(&rule, quantity, amount))
        return false;
    if (!tiers_parse(tiers_text(&rule, text), &read) || strcmp(tiers_text(&read, again), text) != 0 ||
        !price_rule_amount(&read, quantity, &same) || same != amount)
        return false;
    if (rule.model == PRICE_PER_UNIT)
        return line_net(rule.unit_price_e4, quantity, discount, currency_find("EUR"), &plain) && plain == net;
    if (rule.model == PRICE_FLAT)
        return amount == next;
    if (rule.model == PRICE_GRADUATED) /* one more step costs the price of its tier: continuous, monotone, rounded too */
        return next >= amount && next - amount <= 5000000 &&
               price_rule_net(&rule, quantity + 1, discount, currency_find("EUR"), &full) && full >= net;
    for (size_t i = 0; i < rule.tier_count; i++) /* volume: the price of one single tier, that of the quantity */
        if (quantity <= rule.tier[i].up_to_e4)
            return amount == (__int128)rule.tier[i].unit_price_e4 * quantity;
    return false;
}

TEST(tier, every_table_keeps_its_promises)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++)
        if (!holds(seed)) {
            SAME_NUMBER(seed, -1);
            return;
        }
}
