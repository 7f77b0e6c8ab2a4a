/* pricelist: which of the prices a line gets, and which may not stand side by side. */
#include "test.h"

#include <string.h>

#include "core/date.h"
#include "core/pricelist.h"
#include "core/pricing.h"
#include "seeded.h"

enum { NOVEMBER = 20758, DECEMBER = 20788, JANUARY = 20819 }; /* 2026-11-01, 2026-12-01, 2027-01-01 */

static struct pricelist_price price(int64_t id, enum pricelist_scope scope, int64_t min_quantity_e4, int64_t unit_price_e4)
{
    struct pricelist_price p = {.id = id, .list = {.id = (int64_t)scope, .scope = scope}, .product_id = 7, .plan_id = 2,
                                .currency = "EUR", .min_quantity_e4 = min_quantity_e4, .from_on = NOVEMBER,
                                .until_on = DATE_NONE, .rule = {.model = PRICE_PER_UNIT, .unit_price_e4 = unit_price_e4}};

    if (scope < PRICELIST_COUNTRY)
        p.list.subject_id = 40 + (int64_t)scope; /* contract 41, customer 42, segment 43 */
    if (scope == PRICELIST_COUNTRY)
        memcpy(p.list.country, "FR", 3);
    return p;
}

static struct pricelist_question question(void)
{
    return (struct pricelist_question){.contract_id = 41, .customer_id = 42, .segment_id = 43, .country = "FR", .product_id = 7,
                                       .plan_id = 2, .currency = "EUR", .quantity_e4 = 30000, .on = NOVEMBER};
}

static int64_t found(const struct pricelist_price *prices, size_t count, struct pricelist_question q)
{
    const struct pricelist_price *p = pricelist_find(prices, count, &q);

    return p == NULL ? 0 : p->id;
}

TEST(pricelist, contract_then_customer_then_segment_then_country_then_default)
{
    struct pricelist_price prices[5];
    struct pricelist_question q = question();

    for (int scope = PRICELIST_DEFAULT; scope >= PRICELIST_CONTRACT; scope--)
        prices[PRICELIST_DEFAULT - scope] = price(scope, (enum pricelist_scope)scope, 0, 100000);
    SAME_NUMBER(found(prices, 5, q), PRICELIST_CONTRACT);
    q.contract_id = 0;
    SAME_NUMBER(found(prices, 5, q), PRICELIST_CUSTOMER);
    q.customer_id = 99;
    SAME_NUMBER(found(prices, 5, q), PRICELIST_SEGMENT);
    q.segment_id = 0;
    SAME_NUMBER(found(prices, 5, q), PRICELIST_COUNTRY);
    memcpy(q.country, "DE", 3);
    SAME_NUMBER(found(prices, 5, q), PRICELIST_DEFAULT);
    q.plan_id = 0; /* the one-time price is another one */
    SAME_NUMBER(found(prices, 5, q), 0);
    q = question();
    memcpy(q.currency, "USD", 4);
    SAME_NUMBER(found(prices, 5, q), 0);
}

TEST(pricelist, the_largest_minimum_quantity_that_is_reached)
{
    struct pricelist_price prices[] = {price(1, PRICELIST_DEFAULT, 0, 100000), price(3, PRICELIST_DEFAULT, 500000, 60000),
                                       price(2, PRICELIST_DEFAULT, 100000, 80000)};
    struct pricelist_question q = question();

    q.quantity_e4 = 99999;
    SAME_NUMBER(found(prices, 3, q), 1);
    q.quantity_e4 = 100000;
    SAME_NUMBER(found(prices, 3, q), 2);
    q.quantity_e4 = 500000;
    SAME_NUMBER(found(prices, 3, q), 3);
}

/*  nov        dec        jan
 *   |  row 1   |  row 2   |      both half-open: the first of December has one price */
TEST(pricelist, dates_are_half_open)
{
    struct pricelist_price prices[] = {price(1, PRICELIST_DEFAULT, 0, 100000), price(2, PRICELIST_DEFAULT, 0, 110000)};
    struct pricelist_question q = question();
    size_t at = 99, with = 99;

    prices[0].until_on = prices[1].from_on = DECEMBER;
    prices[1].until_on = JANUARY;
    SAME_NUMBER(pricelist_refusal(prices, 2, &at, &with), PRICELIST_ACCEPTED);
    q.on = NOVEMBER - 1;
    SAME_NUMBER(found(prices, 2, q), 0);
    q.on = DECEMBER - 1;
    SAME_NUMBER(found(prices, 2, q), 1);
    q.on = DECEMBER;
    SAME_NUMBER(found(prices, 2, q), 2);
    q.on = JANUARY;
    SAME_NUMBER(found(prices, 2, q), 0);
    prices[0].until_on = DECEMBER + 1;
    SAME_NUMBER(pricelist_refusal(prices, 2, &at, &with), PRICELIST_OVERLAP);
    SAME_NUMBER(at, 1);
    SAME_NUMBER(with, 0);
    prices[1].min_quantity_e4 = 10000; /* another key */
    SAME_NUMBER(pricelist_refusal(prices, 2, &at, &with), PRICELIST_ACCEPTED);
}

TEST(pricelist, rows_that_cannot_stand)
{
    struct pricelist_price p = price(1, PRICELIST_DEFAULT, 0, 100000);
    size_t at = 99, with = 99;

    p.until_on = p.from_on;
    SAME_NUMBER(pricelist_refusal(&p, 1, &at, &with), PRICELIST_DATES_REVERSED);
    SAME_NUMBER(at, 0);
    p = price(1, PRICELIST_DEFAULT, -1, 100000);
    SAME_NUMBER(pricelist_refusal(&p, 1, &at, &with), PRICELIST_QUANTITY_BOUNDS);
    p = price(1, PRICELIST_DEFAULT, QUANTITY_MAX_E4 + 1, 100000);
    SAME_NUMBER(pricelist_refusal(&p, 1, &at, &with), PRICELIST_QUANTITY_BOUNDS);
    p = price(1, PRICELIST_DEFAULT, 0, -1);
    SAME_NUMBER(pricelist_refusal(&p, 1, &at, &with), PRICELIST_PRICE_REFUSED);
    memcpy(p.currency, "XXX", 4);
    SAME_NUMBER(pricelist_refusal(&p, 1, &at, &with), PRICELIST_CURRENCY_UNKNOWN);
    for (int scope = PRICELIST_CONTRACT; scope <= PRICELIST_DEFAULT; scope++)
        SAME_NUMBER(pricelist_scope_from_name(pricelist_scope_name((enum pricelist_scope)scope)), scope);
    SAME_NUMBER(pricelist_scope_from_name("friend"), 0);
}

/* Any rows that are accepted: on any day the answer does not depend on their order. */
static bool holds(uint64_t seed)
{
    uint64_t state = seed;
    struct pricelist_price rows[12], turned[12];
    size_t count = 0, at, with;
    struct pricelist_question q = question();

    for (int i = 0; i < 12; i++) {
        struct pricelist_price *p = &rows[count];

        *p = price(i + 1, (enum pricelist_scope)seeded_between(&state, PRICELIST_CONTRACT, PRICELIST_DEFAULT),
                   seeded_between(&state, 0, 3) * 10000, 100000);
        p->from_on = (int32_t)(NOVEMBER + seeded_between(&state, 0, 60));
        p->until_on = seeded_between(&state, 0, 3) == 0 ? DATE_NONE : (int32_t)(p->from_on + seeded_between(&state, 1, 40));
        if (pricelist_refusal(rows, count + 1, &at, &with) == PRICELIST_ACCEPTED)
            count++;
    }
    for (size_t i = 0; i < count; i++)
        turned[i] = rows[count - 1 - i];
    for (int32_t day = NOVEMBER; day < NOVEMBER + 100; day++) {
        q.on = day;
        if (found(rows, count, q) != found(turned, count, q))
            return false;
    }
    return true;
}

TEST(pricelist, the_answer_does_not_depend_on_the_order_of_the_rows)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++)
        if (!holds(seed)) {
            SAME_NUMBER(seed, -1);
            return;
        }
}

TEST(pricelist, minimum_quantities_become_the_tiers_of_one_rule)
{
    struct pricelist_price prices[] = {price(1, PRICELIST_DEFAULT, 0, 100000), price(2, PRICELIST_DEFAULT, 100000, 80000),
                                       price(3, PRICELIST_CUSTOMER, 500000, 60000)};
    const struct pricelist_price *row;
    struct pricelist_question q = question();
    struct price_rule rule;
    char text[TIERS_TEXT_BYTES];

    CU_ASSERT_TRUE(pricelist_rule(prices, 3, &q, &rule, &row));
    SAME_NUMBER(row->id, 1);
    SAME_NUMBER(rule.model, PRICE_VOLUME);
    SAME_TEXT(tiers_text(&rule, text), "99999:100000:0;499999:80000:0;*:60000:0");
    prices[2].rule = (struct price_rule){.model = PRICE_FLAT, .unit_price_e4 = 9}; /* no price per unit: the row alone */
    CU_ASSERT_TRUE(pricelist_rule(prices, 3, &q, &rule, &row));
    SAME_NUMBER(rule.model, PRICE_PER_UNIT);
    SAME_NUMBER(rule.unit_price_e4, 100000);
    q.quantity_e4 = 500000;
    CU_ASSERT_TRUE(pricelist_rule(prices, 3, &q, &rule, &row));
    SAME_NUMBER(rule.model, PRICE_FLAT);
    CU_ASSERT_FALSE(pricelist_rule(prices, 0, &q, &rule, &row));
}

TEST(pricelist, of_two_lists_the_smaller_priority_is_asked_first)
{
    struct pricelist_price prices[] = {price(1, PRICELIST_DEFAULT, 0, 100000), price(2, PRICELIST_DEFAULT, 0, 80000)};

    prices[0].list.priority = 100;
    prices[1].list.id = 9;
    prices[1].list.priority = 50;
    SAME_NUMBER(found(prices, 2, question()), 2);
}

/* Whatever rows there are: the frozen rule costs at any later quantity what asking the lists anew would give. */
static bool rule_holds(uint64_t seed)
{
    uint64_t state = seed;
    struct pricelist_price rows[10];
    struct pricelist_question q = question();
    size_t count = (size_t)seeded_between(&state, 1, 10);
    const struct pricelist_price *row;
    struct price_rule rule;

    for (size_t i = 0; i < count; i++) {
        rows[i] = price((int64_t)i + 1, (enum pricelist_scope)seeded_between(&state, PRICELIST_CONTRACT, PRICELIST_DEFAULT),
                        seeded_between(&state, 0, 6) * 12345, seeded_between(&state, 0, 5) * 10000);
        rows[i].list.priority = (int32_t)seeded_between(&state, 0, 3);
    }
    q.quantity_e4 = seeded_between(&state, 1, 100000);
    if (!pricelist_rule(rows, count, &q, &rule, &row))
        return pricelist_find(rows, count, &q) == NULL;
    if (row != pricelist_find(rows, count, &q))
        return false;
    for (int i = 0; i < 20; i++) {
        const struct pricelist_price *anew;
        __int128 amount;

        q.quantity_e4 = i == 0 ? 12345 * seeded_between(&state, 1, 6) : seeded_between(&state, 1, 100000);
        anew = pricelist_find(rows, count, &q);
        if (!price_rule_amount(&rule, q.quantity_e4, &amount) ||
            (anew != NULL && amount != (__int128)anew->rule.unit_price_e4 * q.quantity_e4))
            return false;
    }
    return true;
}

TEST(pricelist, a_frozen_rule_costs_what_the_lists_would_say)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++)
        if (!rule_holds(seed)) {
            SAME_NUMBER(seed, -1);
            return;
        }
}
