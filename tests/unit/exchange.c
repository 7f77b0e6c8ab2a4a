/* exchange: amounts by published rates, and the European Central Bank's files. */
#include "test.h"

#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "core/exchange.h"
#include "seeded.h"

static int64_t in_euro(int64_t minor, const char *currency, int64_t rate_e6)
{
    int64_t out = -1;

    CU_ASSERT_TRUE(exchange_to_base(minor, currency_find(currency), rate_e6, currency_find("EUR"), &out));
    return out;
}

TEST(exchange, currencies_of_two_no_and_three_decimals)
{
    int64_t out;

    SAME_NUMBER(in_euro(10850, "USD", 1085000), 10000);     /* 108.50 USD at 1.0850 */
    SAME_NUMBER(in_euro(2000, "USD", 1085000), 1843);       /* 18.433... */
    SAME_NUMBER(in_euro(-2000, "USD", 1085000), -1843);
    SAME_NUMBER(in_euro(16306, "JPY", 163060000), 10000);   /* 16,306 yen at 163.06 */
    SAME_NUMBER(in_euro(1, "JPY", 163060000), 1);           /* 0.6 cents */
    SAME_NUMBER(in_euro(33400, "KWD", 334000), 10000);      /* 33.400 dinars at 0.334 */
    CU_ASSERT_TRUE(exchange_to_base(10000, currency_find("EUR"), 6133, currency_find("JPY"), &out)); /* 1 yen = 0.006133 EUR */
    SAME_NUMBER(out, 16305);
    CU_ASSERT_FALSE(exchange_to_base(1, currency_find("USD"), 0, currency_find("EUR"), &out));
    CU_ASSERT_FALSE(exchange_to_base(1, currency_find("USD"), EXCHANGE_MAX_E6 + 1, currency_find("EUR"), &out));
    CU_ASSERT_FALSE(exchange_to_base(MONEY_MAX + 1, currency_find("USD"), EXCHANGE_ONE, currency_find("EUR"), &out));
    CU_ASSERT_FALSE(exchange_to_base(-MONEY_MAX - 1, currency_find("USD"), EXCHANGE_ONE, currency_find("EUR"), &out));
    CU_ASSERT_FALSE(exchange_to_base(MONEY_MAX, currency_find("USD"), 1, currency_find("EUR"), &out)); /* a millionth a euro */
}

/* Never more than half a cent away from the exact amount, and the other sign is the mirror. */
static bool is_near(uint64_t seed)
{
    static const char *const code[] = {"USD", "JPY", "KWD", "GBP"};
    uint64_t state = seed;
    const struct currency *currency = currency_find(code[seeded_between(&state, 0, 3)]);
    int64_t minor = seeded_between(&state, 0, 1000000000);
    int64_t rate = seeded_between(&state, 100000, 500000000);
    int64_t ten = currency->digits == 0 ? 1 : currency->digits == 2 ? 100 : 1000;
    int64_t out, mirror;
    __int128 error;

    if (!exchange_to_base(minor, currency, rate, currency_find("EUR"), &out) || !exchange_to_base(-minor, currency, rate, currency_find("EUR"), &mirror))
        return false;
    error = ((__int128)out * rate * ten - (__int128)minor * 100 * EXCHANGE_ONE) * 2;
    return mirror == -out && error <= (__int128)rate * ten && error >= -(__int128)rate * ten;
}

TEST(exchange, is_rounded_once)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++)
        if (!is_near(seed)) {
            SAME_NUMBER(seed, -1);
            return;
        }
}

static enum ecb_refusal read(const char *text, struct ecb_rate **rates, size_t *count, int32_t *line)
{
    return ecb_read(test_arena(), text, strlen(text), rates, count, line);
}

TEST(exchange, the_banks_files_of_a_day_and_of_ninety)
{
    struct ecb_rate *rates;
    size_t count;
    int32_t line;

    SAME_NUMBER(read("Date, USD, JPY, XYZ, \n27 November 2026, 1.0850, 163.06, 9.9, \n", &rates, &count, &line), ECB_NOT_REFUSED);
    SAME_NUMBER(count, 2);
    SAME_TEXT(rates[1].currency, "JPY");
    SAME_NUMBER(rates[1].rate_e6, 163060000);
    SAME_NUMBER(rates[1].on, date_from_civil(2026, 11, 27));
    SAME_NUMBER(read("Date,USD,JPY,\n2026-11-27,1.0850,N/A,\n2026-11-26,1,162.9,\n", &rates, &count, &line), ECB_NOT_REFUSED);
    SAME_NUMBER(count, 3);
    SAME_NUMBER(rates[1].rate_e6, 1000000);
    SAME_NUMBER(rates[1].on, date_from_civil(2026, 11, 26));
}

TEST(exchange, what_is_no_table_of_rates)
{
    static const struct {
        const char *text;
        enum ecb_refusal refusal;
        int32_t line;
    } wrong[] = {
        {"", ECB_NO_TABLE, 1}, {"Day,USD\n2026-11-27,1\n", ECB_NO_TABLE, 1}, {"Date,USD\n", ECB_NO_TABLE, 1}, {"Date,XYZ\n2026-11-27,1\n", ECB_NO_TABLE, 2},
        {"Date,USD\n2026-11-27\n", ECB_NO_TABLE, 2}, {"Date,USD\n2026-02-30,1\n", ECB_WRONG_DAY, 2}, {"Date,USD\n31 November 2026,1\n", ECB_WRONG_DAY, 2},
        {"Date,USD\n1 Brumaire 2026,1\n", ECB_WRONG_DAY, 2}, {"Date,USD\n2026-11-27x,1\n", ECB_WRONG_DAY, 2}, {"Date,USD\n27 November 2026 x,1\n", ECB_WRONG_DAY, 2},
        {"Date,USD\n2026-11-27,1\n2026-11-26,0\n", ECB_WRONG_RATE, 3}, {"Date,USD\n2026-11-27,-1\n", ECB_WRONG_RATE, 2}, {"Date,USD\n2026-11-27,1.2.3\n", ECB_WRONG_RATE, 2},
        {"Date,USD\n2026-11-27,.5\n", ECB_WRONG_RATE, 2}, {"Date,USD\n2026-11-27,1.1234567\n", ECB_WRONG_RATE, 2},
        {"Date,USD\n2026-11-27,99999999999999\n", ECB_WRONG_RATE, 2}, {"Date,USD\n2026-11-27,9999999\n", ECB_WRONG_RATE, 2},
    };
    struct arena *arena = test_arena();
    struct str many = str_new(arena);
    struct ecb_rate *rates;
    size_t count;
    int32_t line;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        SAME_NUMBER(read(wrong[i].text, &rates, &count, &line), wrong[i].refusal);
        SAME_NUMBER(line, wrong[i].line);
        CU_ASSERT_TRUE(ecb_refusal_text(wrong[i].refusal)[0] != '\0');
    }
    str_append(&many, "Date,USD\n");
    for (int i = 0; i <= ECB_DAYS_MAX; i++)
        str_append(&many, "2026-11-27,1\n");
    SAME_NUMBER(read(many.text, &rates, &count, &line), ECB_TOO_MANY_DAYS);
    CU_ASSERT_TRUE(ecb_refusal_text(ECB_TOO_MANY_DAYS)[0] != '\0');
    SAME_TEXT(ecb_refusal_text(ECB_NOT_REFUSED), "");
}

TEST(exchange, what_no_account_could_hold_is_not_held)
{
    const struct exchange none = EXCHANGE_NONE;
    const struct exchange usd = exchange_between("USD", "EUR", 1085000), tiny = exchange_between("USD", "EUR", 1);

    CU_ASSERT_TRUE(exchange_holds(&none, MONEY_MAX));
    CU_ASSERT_TRUE(exchange_holds(&none, -MONEY_MAX));
    CU_ASSERT_FALSE(exchange_holds(&none, MONEY_MAX + 1));
    CU_ASSERT_FALSE(exchange_holds(&none, -MONEY_MAX - 1));
    CU_ASSERT_TRUE(exchange_holds(&usd, 120000));
    CU_ASSERT_FALSE(exchange_holds(&tiny, MONEY_MAX)); /* a millionth of a dollar for a euro */
}
