/* words: what rules of money say to people and to the database, each word of each list, and what is in none of them. */
#include <string.h>

#include "core/coupon.h"
#include "core/date.h"
#include "core/discount.h"
#include "core/dunning.h"
#include "core/exchange.h"
#include "core/invoiced.h"
#include "core/mandate.h"
#include "core/refund.h"
#include "core/retry.h"
#include "core/return_code.h"
#include "test.h"

enum { NOT_IN_THE_LIST = 999 };

/* Every one from first to last says something, and one that is none says nothing. */
#define EACH_SAYS(text, type, first, last)                                                         \
    for (int i = (first); i <= (last); i++)                                                        \
        CU_ASSERT_TRUE(text((type)i)[0] != '\0');                                                  \
    SAME_TEXT(text((type)NOT_IN_THE_LIST), "")

TEST(words, refusals_say_why)
{
    EACH_SAYS(coupon_refusal_text, enum coupon_refusal, COUPON_UNKNOWN, COUPON_HAD_ALREADY);
    EACH_SAYS(dunning_refusal_text, enum dunning_refusal, DUNNING_TOO_MANY_STEPS, DUNNING_CLOSE_SILENT);
    SAME_TEXT(dunning_refusal_text(DUNNING_FINE), "");
    EACH_SAYS(ecb_refusal_text, enum ecb_refusal, ECB_NO_TABLE, ECB_TOO_MANY_DAYS);
    EACH_SAYS(refund_refusal_text, enum refund_refusal, REFUND_NO_GATEWAY, REFUND_CHANGED);
    EACH_SAYS(collection_refusal_text, enum collection_refusal, COLLECTION_NO_MANDATE, COLLECTION_NO_ADDRESS);
    SAME_TEXT(collection_refusal_text(COLLECTION_NOT_REFUSED), "");
    EACH_SAYS(mandate_state_text, enum mandate_state, MANDATE_DRAFT, MANDATE_USED);
    EACH_SAYS(decline_text, enum decline_class, DECLINE_SOFT, DECLINE_UNKNOWN);
}

TEST(words, names_are_those_of_the_database)
{
    for (int i = 1; i <= MANDATE_STATES; i++)
        SAME_NUMBER(mandate_state_from_name(mandate_state_name((enum mandate_state)i)), i);
    SAME_NUMBER(mandate_state_from_name("gone"), 0);
    SAME_NUMBER(sepa_scheme_from_name(sepa_scheme_name(SCHEME_B2B)), SCHEME_B2B);
    SAME_NUMBER(sepa_scheme_from_name(sepa_scheme_name(SCHEME_CORE)), SCHEME_CORE);
    SAME_TEXT(sepa_scheme_code(SCHEME_CORE), "CORE");
    SAME_TEXT(sepa_scheme_code(SCHEME_B2B), "B2B");
}

TEST(words, a_mandate_tells_each_of_its_old_values_alone)
{
    const struct mandate_terms old = {"M-1", "Old SARL", "FR72ZZZ123456", "FR7630006000011234567890189"};
    struct mandate_terms now = old;

    now.reference = "M-2";
    SAME_TEXT(mandate_amendment(&old, &now).reference, "M-1");
    CU_ASSERT_TRUE(mandate_amendment(&old, &now).any);
    now = old;
    now.creditor_name = "New SAS";
    CU_ASSERT_TRUE(mandate_amendment(&old, &now).any);
    now = old;
    now.creditor_id = "DE98ZZZ09999999999";
    SAME_TEXT(mandate_amendment(&old, &now).creditor_id, "FR72ZZZ123456");
    CU_ASSERT_TRUE(mandate_amendment(&old, &now).any);
}

TEST(words, a_collection_outside_the_eea_with_everything_is_made)
{
    const struct collection_facts f = {.state = MANDATE_ACTIVE, .signed_on = 1000, .last_collected_on = DATE_NONE, .confirmed_on = DATE_NONE, .currency = "EUR",
                                       .amount_minor = 2990, .noticed_on = 1100, .notice_days = 14, .outside_eea = true, .has_bic = true, .has_address = true};

    SAME_NUMBER(collection_may_be_made(&f, 1120), COLLECTION_NOT_REFUSED);
}

TEST(words, what_a_bank_returns_of_nothing_we_know_changes_nothing)
{
    const struct return_rule rule = {.class = RETURN_SOFT};

    CU_ASSERT_FALSE(return_outcome(&rule, (enum attempt_state)NOT_IN_THE_LIST).person);
    SAME_NUMBER(refund_until_on((enum sepa_scheme)NOT_IN_THE_LIST, true, 1000), 1000);
}

TEST(words, a_step_of_no_kind_does_nothing)
{
    const struct dunning_step none = {0, (enum dunning_action)NOT_IN_THE_LIST};
    struct dunning_decision d = dunning_decide(&(struct dunning_facts){.steps = &none, .count = 1, .due_on = 100, .today_on = 100, .last_step_on = DATE_NONE});

    CU_ASSERT_FALSE(d.retry || d.mail || d.task || d.block || d.close);
}

TEST(words, advice_that_only_asks_for_time_leaves_the_code_to_speak)
{
    const struct card_decline other[] = {{.on = 100, .payable_id = 2, .amount_minor = 2990, .currency = "USD", .decline_code = "do_not_honor", .advice_code = ""}};

    SAME_NUMBER(decline_class_of("lost_card", "try_again_later"), decline_class_of("lost_card", ""));
    SAME_NUMBER(decline_class_of("insufficient_funds", "try_again_later"), decline_class_of("insufficient_funds", NULL));
    CU_ASSERT_TRUE(card_may_be_tried_on(&(struct card_try){"visa", 1, 2990, "EUR"}, other, 1, 101) >= 101); /* the same amount of another currency */
}

/* The start of a table of rates: a day, a dollar. */
static enum ecb_refusal table(const char *cell)
{
    const char *text = arena_printf(test_arena(), "Date,USD,JPY,\n27 November 2026,%s,150.5,\n", cell);
    struct ecb_rate *rates;
    int32_t line;
    size_t count;

    return ecb_read(test_arena(), text, strlen(text), &rates, &count, &line);
}

TEST(words, a_cell_of_a_table_of_rates)
{
    SAME_NUMBER(table("1.0850"), ECB_NOT_REFUSED);
    SAME_NUMBER(table(""), ECB_NOT_REFUSED); /* no rate that day */
    SAME_NUMBER(table("1.08a"), ECB_WRONG_RATE);
    SAME_NUMBER(table("1.0850001"), ECB_WRONG_RATE);
}

TEST(words, the_bounds_of_a_discount)
{
    struct discounts read;
    char code[60] = "0:500:0:";

    CU_ASSERT_FALSE(discount_ok(&(struct discount){.ppm = RATE_ONE + 1}));
    CU_ASSERT_FALSE(discount_ok(&(struct discount){.ppm = 1000, .amount_minor = 1}));
    CU_ASSERT_FALSE(discount_ok(&(struct discount){.amount_minor = MONEY_MAX + 1}));
    CU_ASSERT_FALSE(discount_ok(&(struct discount){.amount_minor = 1, .periods = -1}));
    CU_ASSERT_FALSE(discount_ok(&(struct discount){.amount_minor = 1, .periods = DISCOUNT_PERIODS_MAX + 1}));
    CU_ASSERT_FALSE(discount_ok(&(struct discount){.amount_minor = 1, .code = "small"}));
    memset(code + 8, 'A', DISCOUNT_CODE_BYTES);
    CU_ASSERT_FALSE(discounts_parse(code, &read)); /* a code of 41 */
    code[8 + DISCOUNT_CODE_BYTES - 1] = '\0';
    CU_ASSERT_TRUE(discounts_parse(code, &read));
    CU_ASSERT_FALSE(discounts_parse("1000001:0:0:", &read));
    CU_ASSERT_FALSE(discounts_parse("0:500:1001:", &read));
    CU_ASSERT_FALSE(discounts_parse("0:500", &read));
    CU_ASSERT_FALSE(discounts_parse(":500:0:", &read));
}

TEST(words, a_coupon_without_bounds_and_letters_that_are_none)
{
    const struct coupon_facts open = {.active = true, .by_amount = true, .same_currency = true, .from_on = 1, .until_on = DATE_NONE, .today_on = 100, .redeemed = 9};
    char wrong[][8] = {"AB{C", "AB_C", "AB/C", "AB:C", "AB@C"};

    SAME_NUMBER(coupon_refusal(&open), COUPON_ACCEPTED);
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CU_ASSERT_FALSE(coupon_code_normalise(wrong[i]));
}

/* Ten days of 10: ten credits of 1 from the first day on have left nothing, whatever their shares of the last day round to. */
TEST(words, the_rest_of_a_line_is_never_above_what_its_credits_left)
{
    struct invoiced_credit credits[10];
    const struct invoiced_pauses none = {0};
    struct invoiced_line line = {.period = {100, 110}, .minor = 10, .credits = credits, .amended_on = DATE_NONE};

    for (size_t i = 0; i < 10; i++)
        credits[i] = (struct invoiced_credit){.from_on = 100, .minor = 1, .amended_on = DATE_NONE};
    line.credit_count = 10;
    SAME_NUMBER(invoiced_rest(&line, &none, 109, DATE_NONE), 0);
    credits[0] = (struct invoiced_credit){.from_on = 108, .minor = 2, .amended_on = DATE_NONE}; /* for days still to come */
    line.credit_count = 1;
    SAME_NUMBER(invoiced_rest(&line, &none, 105, DATE_NONE), 3);
}
