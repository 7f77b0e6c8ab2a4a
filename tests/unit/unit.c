/* unit: quantities and prices in another unit of measure. */
#include "test.h"

#include "core/pricing.h"
#include "core/unit.h"
#include "text/phrase.h"
#include "seeded.h"

static const struct unit_ratio hour = {1, 1, 1}, day = {1, 8, 1}, minute = {1, 1, 60}, kilogram = {2, 1, 1};

TEST(unit, french_counts_the_plural_from_two_and_english_everything_but_one)
{
    static const struct {
        int64_t quantity_e4;
        bool french;
        bool english;
    } plural[] = {{0, false, true}, {1, false, true}, {5000, false, true}, {10000, false, false}, {10001, false, true}, {15000, false, true},
                  {19999, false, true}, {20000, true, true}, {30000, true, true}, {-10000, false, false}, {-19999, false, true}, {-20000, true, true},
                  {INT64_MAX, true, true}, {INT64_MIN, true, true}};

    for (size_t i = 0; i < COUNT_OF(plural); i++) {
        CU_ASSERT_EQUAL(unit_is_plural("fr", plural[i].quantity_e4), plural[i].french);
        CU_ASSERT_EQUAL(unit_is_plural("en", plural[i].quantity_e4), plural[i].english);
    }
}

TEST(unit, so_many_of_it_in_words)
{
    struct arena *arena = arena_new();

    SAME_TEXT(phrase_quantity(arena, "fr", 30000, "utilisateur", "utilisateurs"), "3 utilisateurs");
    SAME_TEXT(phrase_quantity(arena, "fr", 15000, "heure", "heures"), "1,5 heure");
    SAME_TEXT(phrase_quantity(arena, "en", 15000, "hour", "hours"), "1.5 hours");
    SAME_TEXT(phrase_quantity(arena, "en", 30000, "100 GB", ""), "3 100 GB"); /* no plural said: the same word */
    SAME_TEXT(phrase_quantity(arena, "en", 30000, "", NULL), "3");
    SAME_TEXT(phrase_quantity(arena, "en", 30000, NULL, NULL), "3");
    SAME_TEXT(phrase_unit("fr", 20000, "borne", "bornes"), "bornes");
    arena_free(arena);
}

TEST(unit, a_day_of_eight_hours)
{
    int64_t out;

    CU_ASSERT_TRUE(unit_quantity(25000, day, hour, &out)); /* 2.5 days */
    SAME_NUMBER(out, 200000);
    CU_ASSERT_TRUE(unit_quantity(200000, hour, day, &out));
    SAME_NUMBER(out, 25000);
    CU_ASSERT_TRUE(unit_price(600000, hour, day, &out)); /* 60.00 an hour */
    SAME_NUMBER(out, 4800000);
    CU_ASSERT_TRUE(unit_price(600000, hour, minute, &out));
    SAME_NUMBER(out, 10000);
    CU_ASSERT_TRUE(unit_quantity(10000, minute, day, &out)); /* 1/480 of a day */
    SAME_NUMBER(out, 21);
}

TEST(unit, what_does_not_convert)
{
    int64_t out;

    CU_ASSERT_FALSE(unit_quantity(10000, hour, kilogram, &out));
    CU_ASSERT_FALSE(unit_quantity(0, hour, day, &out));
    CU_ASSERT_FALSE(unit_quantity(1, minute, day, &out)); /* less than 1/10,000 of a day */
    CU_ASSERT_FALSE(unit_quantity(QUANTITY_MAX_E4, day, minute, &out));
    CU_ASSERT_FALSE(unit_price(UNIT_PRICE_MAX_E4, hour, day, &out));
    CU_ASSERT_FALSE(unit_price(-1, hour, day, &out));
    CU_ASSERT_FALSE(units_convert(hour, (struct unit_ratio){1, 0, 1}));
    CU_ASSERT_FALSE(units_convert(hour, (struct unit_ratio){1, 1, UNIT_RATIO_MAX + 1}));
}

TEST(unit, tiers_go_with_their_unit_and_fees_stay)
{
    struct price_rule rule = {.model = PRICE_GRADUATED, .tier_count = 2, .tier = {{80000, 600000, 50000}, {TIER_OPEN, 500000, 0}}};
    struct price_rule days;

    CU_ASSERT_TRUE(unit_rule(&rule, hour, day, &days)); /* up to 8 hours: up to 1 day */
    SAME_NUMBER(days.tier[0].up_to_e4, 10000);
    SAME_NUMBER(days.tier[0].unit_price_e4, 4800000);
    SAME_NUMBER(days.tier[0].flat_e4, 50000);
    SAME_NUMBER(days.tier[1].up_to_e4, TIER_OPEN);
    rule = (struct price_rule){.model = PRICE_FLAT, .unit_price_e4 = 990000};
    CU_ASSERT_TRUE(unit_rule(&rule, hour, day, &days));
    SAME_NUMBER(days.unit_price_e4, 990000);
    CU_ASSERT_FALSE(unit_rule(&rule, hour, kilogram, &days));
}

/* There and back is within half a step of each rounding; a whole multiple is exact; more is never less. */
static bool holds(uint64_t seed)
{
    uint64_t state = seed;
    struct unit_ratio a = {1, seeded_between(&state, 1, 1000), seeded_between(&state, 1, 1000)};
    struct unit_ratio b = {1, seeded_between(&state, 1, 1000), seeded_between(&state, 1, 1000)};
    int64_t quantity = seeded_between(&state, 1000000, 100000000);
    int64_t there, back, more;
    int64_t step = a.denominator * b.numerator / (a.numerator * b.denominator) + 1;

    if (!unit_quantity(quantity, a, b, &there) || !unit_quantity(there, b, a, &back) || !unit_quantity(quantity + 1, a, b, &more))
        return true; /* out of bounds is refused: not this property's */
    return more >= there && back - quantity <= step && quantity - back <= step;
}

TEST(unit, there_and_back)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++)
        if (!holds(seed)) {
            SAME_NUMBER(seed, -1);
            return;
        }
}
