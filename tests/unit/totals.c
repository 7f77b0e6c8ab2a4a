/* totals: the worked cases of product.md 7.3, prices with VAT, and rounding line by line. */
#include "test.h"

#include "core/invoice.h"
#include "core/money.h"
#include "core/posting.h"
#include "core/totals.h"
#include "posting_lines.h"
#include "seeded.h"

static struct tax_decision tax_at(int32_t rate_ppm, bool included, bool per_line)
{
    return (struct tax_decision){.category = rate_ppm > 0 ? TAX_STANDARD : TAX_REVERSE_CHARGE, .rate_ppm = rate_ppm,
                                 .reason = rate_ppm > 0 ? TAX_REASON_DOMESTIC : TAX_REASON_REVERSE_CHARGE,
                                 .included = included, .per_line = per_line};
}

static void add(struct totals *t, int32_t rate_ppm, bool included, bool per_line, int64_t minor)
{
    struct tax_decision tax = tax_at(rate_ppm, included, per_line);

    CU_ASSERT_TRUE_FATAL(totals_add_line(t, &tax, minor));
}

/* 7.3: 3 lines of 0.99 at 20 %: base 2.97, VAT 0.59 (not 0.60), total 3.56. */
TEST(totals, case_7_3_three_lines_of_0_99)
{
    struct totals t = {0};

    for (int i = 0; i < 3; i++)
        add(&t, 200000, false, false, 99);
    SAME_NUMBER(t.net_minor, 297);
    SAME_NUMBER(t.vat_minor, 59);
    SAME_NUMBER(t.gross_minor, 356);
    SAME_NUMBER(t.rounding_minor, 0);
}

/* The same in a house that rounds line by line: three times 0.20. */
TEST(totals, case_7_3_three_lines_of_0_99_rounded_line_by_line)
{
    struct totals t = {0};

    for (int i = 0; i < 3; i++)
        add(&t, 200000, false, true, 99);
    SAME_NUMBER(t.net_minor, 297);
    SAME_NUMBER(t.vat_minor, 60);
    SAME_NUMBER(t.gross_minor, 357);
}

/* 7.3: 3 x 12.00 + 19.90 at 20 %, 9.99 at 5.5 %: 55.90/11.18, 9.99/0.55, total 77.62. */
TEST(totals, case_7_3_mixed_77_62)
{
    struct totals t = {0};

    for (int i = 0; i < 3; i++)
        add(&t, 200000, false, false, 1200);
    add(&t, 200000, false, false, 1990);
    add(&t, 55000, false, false, 999);
    SAME_NUMBER(t.groups[0].base_minor, 5590);
    SAME_NUMBER(t.groups[0].tax_minor, 1118);
    SAME_NUMBER(t.groups[1].base_minor, 999);
    SAME_NUMBER(t.groups[1].tax_minor, 55);
    SAME_NUMBER(t.gross_minor, 7762);
}

/* 7.3: 9.99 with 20 %: net 8.33, VAT 1.67, total 10.00, rounding -0.01, due 9.99. */
TEST(totals, case_7_3_9_99_included)
{
    struct totals t = {0};
    struct posting_invoice sums = {.vat_due = VAT_DUE_ON_ISSUE};
    struct posting_list list;

    add(&t, 200000, true, false, 999);
    SAME_NUMBER(t.net_minor, 833);
    SAME_NUMBER(t.vat_minor, 167);
    SAME_NUMBER(t.net_minor + t.vat_minor, 1000);
    SAME_NUMBER(t.rounding_minor, -1);
    SAME_NUMBER(t.gross_minor, 999);
    CU_ASSERT_TRUE(ADD_LINE(&sums.lines, ACCOUNT_SERVICE, POSTING_REVENUE, t.net_minor, 0));
    sums.vat_minor = t.vat_minor;
    sums.rounding_minor = t.rounding_minor;
    posting_of_invoice(&sums, &list);
    CU_ASSERT_TRUE(posting_balances(&list));
    SAME_TEXT(list.items[0].account, ACCOUNT_CUSTOMER);
    SAME_NUMBER(list.items[0].debit_minor, 999);
    SAME_TEXT(list.items[3].account, ACCOUNT_ROUNDING_LOSS);
    SAME_NUMBER(list.items[3].debit_minor, 1);
}

/* 0.03 with 20 %: net 0.03, VAT 0.01, total 0.04... paid is 0.03; 0.01 with 20 %: net 0.01, VAT 0, nothing to round. */
TEST(totals, included_prices_of_a_few_cents)
{
    struct totals t = {0};
    struct totals one = {0};
    struct posting_list list;
    struct posting_invoice gain = {.lines = {1, {POSTING_LINE(ACCOUNT_SERVICE, POSTING_REVENUE, 100, 0)}}, .vat_minor = 20, .rounding_minor = 1, .vat_due = VAT_DUE_ON_ISSUE};

    add(&t, 200000, true, false, 3);
    SAME_NUMBER(t.net_minor, 3);
    SAME_NUMBER(t.vat_minor, 1);
    SAME_NUMBER(t.rounding_minor, -1);
    SAME_NUMBER(t.gross_minor, 3);
    add(&one, 200000, true, false, 1);
    SAME_NUMBER(one.net_minor, 1);
    SAME_NUMBER(one.rounding_minor, 0);
    posting_of_invoice(&gain, &list);
    SAME_TEXT(list.items[3].account, ACCOUNT_ROUNDING_GAIN);
    SAME_NUMBER(list.items[3].credit_minor, 1);
}

/* The price with VAT is the price, also for who pays none. */
TEST(totals, an_included_price_without_vat_is_the_price)
{
    struct totals t = {0};

    add(&t, 0, true, false, 999);
    SAME_NUMBER(t.net_minor, 999);
    SAME_NUMBER(t.vat_minor, 0);
    SAME_NUMBER(t.gross_minor, 999);
}

TEST(totals, a_line_is_settled_once)
{
    struct invoice_line line = {.net_minor = 999, .tax = tax_at(200000, true, false)};
    struct totals t;

    invoice_line_settle(&line);
    invoice_line_settle(&line);
    SAME_NUMBER(line.net_minor, 833);
    SAME_NUMBER(line.priced_minor, 999);
    CU_ASSERT_TRUE(invoice_totals(&line, 1, &t));
    SAME_NUMBER(t.gross_minor, 999);
    line = (struct invoice_line){.net_minor = 999, .tax = tax_at(200000, false, false)};
    invoice_line_settle(&line);
    SAME_NUMBER(line.net_minor, 999);
    SAME_NUMBER(line.priced_minor, 0);
}

TEST(totals, amounts_out_of_bounds_are_refused)
{
    struct tax_decision tax = tax_at(200000, true, false);
    struct totals t = {0};

    CU_ASSERT_FALSE(totals_add_line(&t, &tax, MONEY_MAX + 1));
    CU_ASSERT_FALSE(totals_add_line(&t, &tax, -MONEY_MAX - 1));
    tax.included = false;
    CU_ASSERT_FALSE(totals_add_line(&t, &tax, MONEY_MAX));
    CU_ASSERT_FALSE(totals_add_line(&t, &tax, -MONEY_MAX));
    CU_ASSERT_TRUE(totals_add_line(&t, &tax, MONEY_MAX / 2));
    CU_ASSERT_FALSE(totals_add_line(&t, &tax, MONEY_MAX / 2 + 10));
    tax.rate_ppm = 2000000;
    CU_ASSERT_FALSE(totals_add_line(&t, &tax, MONEY_MAX / 2));
    t = (struct totals){0};
    CU_ASSERT_FALSE(totals_add_line(&t, &tax, MONEY_MAX)); /* the VAT alone does not fit */
    SAME_NUMBER(t.group_count, 0);
}

/* lines + VAT + rounding = total; per rate VAT is exactly round(base x rate) (BR-CO-17), line by line it is off by at
 * most half a cent a line; with included prices the total is the sum of the prices. */
TEST(totals, the_parts_are_the_total_whatever_the_settings)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        static const int32_t rate[] = {200000, 100000, 55000, 21000, 255000, 81000, 0};
        uint64_t state = seed;
        bool included = seeded_between(&state, 0, 1) == 1;
        bool per_line = seeded_between(&state, 0, 1) == 1;
        int count = (int)seeded_between(&state, 1, 40);
        struct totals t = {0};
        int64_t priced = 0;
        int64_t nets = 0;
        int64_t vat = 0;
        bool holds;

        for (int i = 0; i < count; i++) {
            struct tax_decision tax = tax_at(rate[seeded_between(&state, 0, 6)], included, per_line);
            int64_t minor = seeded_between(&state, -5000, 100000);

            CU_ASSERT_TRUE_FATAL(totals_add_line(&t, &tax, minor));
            priced += minor;
            nets += priced_net(&tax, minor);
        }
        holds = t.net_minor == nets && t.gross_minor == t.net_minor + t.vat_minor + t.rounding_minor &&
                (included ? t.gross_minor == priced : t.rounding_minor == 0);
        for (size_t g = 0; g < t.group_count; g++) {
            int64_t exact = money_scale(t.groups[g].base_minor, t.groups[g].rate_ppm, RATE_ONE, ROUND_HALF_AWAY);
            int64_t off = t.groups[g].tax_minor - exact;

            vat += t.groups[g].tax_minor;
            holds = holds && (per_line ? 2 * (off < 0 ? -off : off) <= count + 1 : off == 0);
        }
        if (!holds || vat != t.vat_minor || t.rounding_minor > count + (int64_t)t.group_count ||
            t.rounding_minor < -count - (int64_t)t.group_count) {
            SAME_NUMBER(seed, -1);
            return;
        }
    }
}
