/* text: what people read and type, in their language. */
#include "test.h"

#include "base/random.h"
#include "core/date.h"
#include "core/pricing.h"
#include "service/amending_words.h"
#include "text/format.h"
#include "text/letter.h"
#include "text/phrase.h"
#include "text/parse.h"
#include "text/words.h"

#define NNBSP "\xE2\x80\xAF"
#define NBSP "\xC2\xA0"

TEST(format, money_as_each_language_writes_it)
{
    SAME_TEXT(format_money(test_arena(), "fr", 123456, "EUR"), "1" NNBSP "234,56" NBSP "€");
    SAME_TEXT(format_money(test_arena(), "en", 123456, "EUR"), "€1,234.56");
    SAME_TEXT(format_money(test_arena(), "de", 123456, "EUR"), "1.234,56" NBSP "€");
    SAME_TEXT(format_money(test_arena(), "en", -1200, "EUR"), "-€12.00");
    SAME_TEXT(format_money(test_arena(), "fr", 5, "JPY"), "5" NBSP "JPY");
    SAME_TEXT(format_price(test_arena(), "fr", 83250, "EUR"), "8,325" NBSP "€");
    SAME_TEXT(format_price(test_arena(), "en", 165000, "EUR"), "€16.50");
    SAME_TEXT(format_quantity(test_arena(), "fr", 15000), "1,5");
    SAME_TEXT(format_percent(test_arena(), "en", 55000), "5.5%");
    SAME_TEXT(format_percent(test_arena(), "fr", 200000), "20" NBSP "%");
}

TEST(format, dates)
{
    int32_t on = date_from_civil(2026, 12, 1);

    SAME_TEXT(format_date(test_arena(), "fr", on), "1 déc. 2026");
    SAME_TEXT(format_date(test_arena(), "en", on), "1 Dec 2026");
    SAME_TEXT(format_date_long(test_arena(), "fr", on), "1er décembre 2026");
    SAME_TEXT(format_date_long(test_arena(), "de", on), "1. Dezember 2026");
    SAME_TEXT(format_date(test_arena(), "fr", DATE_NONE), "");
    SAME_TEXT(format_instant(test_arena(), "en", INT64_C(1795428120) * 1000000, "Europe/Paris"), "23 Nov 2026, 11:02");
    SAME_TEXT(format_country(test_arena(), "fr", "DE"), "Allemagne");
}

static void same_decimal(const char *text, const char *language, int digits, int64_t wanted)
{
    int64_t value = 0;

    CU_ASSERT_EQUAL(parse_decimal(text, language, digits, &value), PARSE_OK);
    SAME_NUMBER(value, wanted);
}

TEST(parse, decimals_as_people_type_them)
{
    int64_t value;

    same_decimal("12,5", "fr", 2, 1250);
    same_decimal("12.5", "fr", 2, 1250);
    same_decimal("1 234,56", "fr", 2, 123456);
    same_decimal("1" NNBSP "234,56", "fr", 2, 123456);
    same_decimal("1.234", "en", 4, 12340);
    same_decimal("1.234", "de", 4, 12340000);
    same_decimal("1,234.56", "en", 2, 123456);
    same_decimal("12,5", "en", 2, 1250);
    same_decimal("-3", "en", 0, -3);
    same_decimal("1.50", "en", 1, 15);
    CU_ASSERT_EQUAL(parse_decimal("", "en", 2, &value), PARSE_EMPTY);
    CU_ASSERT_EQUAL(parse_decimal("1.005", "en", 2, &value), PARSE_TOO_PRECISE);
    CU_ASSERT_EQUAL(parse_decimal("1e3", "en", 2, &value), PARSE_MALFORMED);
    CU_ASSERT_EQUAL(parse_decimal("1,2,3", "en", 2, &value), PARSE_MALFORMED);
    CU_ASSERT_EQUAL(parse_decimal("\xEF\xBC\x91", "en", 2, &value), PARSE_MALFORMED);
    CU_ASSERT_EQUAL(parse_decimal("99999999999999999999", "en", 2, &value), PARSE_OUT_OF_RANGE);
}

TEST(parse, what_is_formatted_for_input_is_parsed_again)
{
    static const char *const language[] = {"en", "fr", "de"};

    for (uint64_t seed = 1; seed <= test_seeds(); seed++)
        for (int l = 0; l < 3; l++) {
            uint64_t s = seed;
            int64_t value = random_between(&s, -100000000, 100000000);
            int32_t on = (int32_t)random_between(&s, date_from_civil(1990, 1, 1), date_from_civil(2099, 12, 31));
            int32_t back = 0;

            same_decimal(format_input_decimal(test_arena(), language[l], value, 4, 2), language[l], 4, value);
            CU_ASSERT_EQUAL(parse_date(format_input_date(test_arena(), language[l], on), language[l], &back), PARSE_OK);
            SAME_NUMBER(back, on);
            CU_ASSERT_EQUAL(parse_date(format_date(test_arena(), language[l], on), language[l], &back), PARSE_OK);
            SAME_NUMBER(back, on);
        }
}

TEST(parse, dates_that_do_not_exist)
{
    int32_t on;

    CU_ASSERT_EQUAL(parse_date("31/02/2026", "fr", &on), PARSE_MALFORMED);
    CU_ASSERT_EQUAL(parse_date("1/12/26", "fr", &on), PARSE_OK);
    SAME_NUMBER(on, date_from_civil(2026, 12, 1));
    CU_ASSERT_EQUAL(parse_date("0000-01-01", "fr", &on), PARSE_MALFORMED);
    CU_ASSERT_EQUAL(parse_date("soon", "fr", &on), PARSE_MALFORMED);
}

TEST(words, placeholders_and_pseudo_language)
{
    words_use("en");
    SAME_TEXT(tr_fill(test_arena(), "Pay {amount} by {date}", "amount", "€5", "date", "1 Dec", NULL), "Pay €5 by 1 Dec");
    SAME_TEXT(tr_fill(test_arena(), "{unknown} {a}", "a", "{b}", "b", "x", NULL), "{unknown} {b}");
    SAME_TEXT(tr_plural("{n} line", "{n} lines", 2), "{n} lines");
    words_use("qq");
    SAME_TEXT(tr("Save"), "⟦Save⟧");
    words_use("en");
}

TEST(phrase, a_share_says_its_days_of_how_many_and_its_last_day)
{
    struct arena *arena = test_ctx()->arena;

    SAME_TEXT(phrase_share(arena, "en", (struct period){date_from_civil(2026, 1, 28), date_from_civil(2026, 2, 15)}, 31), "18 of 31 days, 28 Jan 2026 to 14 Feb 2026");
    SAME_TEXT(phrase_share(arena, "en", (struct period){date_from_civil(2026, 1, 28), date_from_civil(2026, 1, 29)}, 31), "1 of 31 days, 28 Jan 2026 to 28 Jan 2026");
}

TEST(letter, rows_are_read_as_they_were_written_and_nothing_typed_begins_another)
{
    struct arena *arena = test_ctx()->arena;
    struct str rows = str_new(arena);
    struct mail_fact facts[4];

    letter_row(&rows, "What changes", "");
    letter_row(&rows, "A\tlicence\nby name", "from 3\nto\t5");
    letter_row(&rows, "", "x");
    SAME_NUMBER(letter_rows(arena, rows.text, facts, 4), 3);
    SAME_TEXT(facts[0].label, "What changes");
    SAME_TEXT(facts[0].value, "");
    SAME_TEXT(facts[1].label, "A licence by name");
    SAME_TEXT(facts[1].value, "from 3 to 5");
    SAME_TEXT(facts[2].label, "");
    SAME_TEXT(facts[2].value, "x");
    SAME_NUMBER(letter_rows(arena, rows.text, facts, 2), 2);
    SAME_NUMBER(letter_rows(arena, "", facts, 4), 0);
}

/* The arithmetic of a change's card is told only where it comes to the amount. */
TEST(text, a_step_tells_no_arithmetic_that_does_not_add_up)
{
    struct arena *arena = test_arena();
    struct amending_step step = {.days = 19, .of_days = 30, .of_minor = 6669, .minor = 4224, .invoice = ""};

    SAME_TEXT(amending_step_text(arena, "en", &step, "EUR"), "19 of 30 days of €66.69");
    step.of_minor = 10004; /* the day had charged a part before */
    SAME_TEXT(amending_step_text(arena, "en", &step, "EUR"), "");
    step = (struct amending_step){.days = 19, .of_days = 19, .of_minor = 4224, .minor = -4224, .invoice = "INV-2026-00042"};
    SAME_TEXT(amending_step_text(arena, "en", &step, "EUR"), "19 of 19 days of €42.24 on INV-2026-00042");
    step.minor = -2112;
    SAME_TEXT(amending_step_text(arena, "en", &step, "EUR"), "a part of €42.24 on INV-2026-00042");
    step.quantity_e4 = QUANTITY_ONE;
    step.of_quantity_e4 = 2 * QUANTITY_ONE;
    SAME_TEXT(amending_step_text(arena, "en", &step, "EUR"), "1 of 2, 19 of 19 days of €42.24 on INV-2026-00042");
}
