/* ledger: closings, ages, account numbers, and the files that leave the books. */
#include "test.h"

#include <string.h>

#include "core/aging.h"
#include "core/chart.h"
#include "core/closing.h"
#include "core/date.h"
#include "core/money.h"
#include "core/posting.h"
#include "document/csv.h"
#include "document/fec.h"
#include "seeded.h"

#define ON(y, m, d) date_from_civil(y, m, d)

static const struct financial_years civil_years = {.count = 0};

TEST(closing, spans_of_a_leap_year)
{
    struct period month = closing_period(&civil_years, CLOSING_MONTH, ON(2028, 2, 29));
    struct period year = closing_period(&civil_years, CLOSING_YEAR, ON(2028, 2, 29));

    SAME_NUMBER(month.from_on, ON(2028, 2, 1));
    SAME_NUMBER(month.until_on, ON(2028, 3, 1));
    SAME_NUMBER(period_days(year), 366);
    SAME_NUMBER(period_days(closing_period(&civil_years, CLOSING_DAY, ON(2028, 2, 29))), 1);
    SAME_NUMBER(closing_kind_from_name("month"), CLOSING_MONTH);
    SAME_NUMBER(closing_kind_from_name("week"), 0);
}

static struct closing_facts october(void)
{
    return (struct closing_facts){.kind = CLOSING_MONTH, .period = {ON(2026, 10, 1), ON(2026, 11, 1)}, .today_on = ON(2026, 11, 1),
                                  .first_on = ON(2026, 9, 12), .earlier_done = true};
}

TEST(closing, what_is_over_and_whole_may_be_closed)
{
    struct closing_facts f = october();

    SAME_NUMBER(closing_may(&f), CLOSING_MAY);
    f.earlier_done = false;
    f.first_on = ON(2026, 10, 1); /* the books begin here: nothing is before */
    SAME_NUMBER(closing_may(&f), CLOSING_MAY);
}

TEST(closing, refusals_in_their_order)
{
    struct closing_facts f = october();

    f.open_count = 1;
    SAME_NUMBER(closing_may(&f), CLOSING_WORK_OPEN);
    f.earlier_done = false;
    SAME_NUMBER(closing_may(&f), CLOSING_EARLIER_OPEN);
    f.first_on = ON(2026, 11, 1);
    SAME_NUMBER(closing_may(&f), CLOSING_NOTHING_BOOKED);
    f.first_on = DATE_NONE;
    SAME_NUMBER(closing_may(&f), CLOSING_NOTHING_BOOKED);
    f.today_on = ON(2026, 10, 31);
    SAME_NUMBER(closing_may(&f), CLOSING_NOT_OVER);
    f.done = true;
    SAME_NUMBER(closing_may(&f), CLOSING_DONE);
    for (enum closing_verdict v = CLOSING_DONE; v <= CLOSING_WORK_OPEN; v++)
        CU_ASSERT(closing_verdict_text(v)[0] != '\0');
}

TEST(closing, every_field_of_the_record_is_sealed)
{
    struct ctx *ctx = test_ctx();
    const struct closing_tax tax = {"S", 200000, 10, 2, 30, 6};
    struct closing_tax others[] = {tax, tax, tax, tax, tax, tax};
    const struct closing_record base = {.version = CLOSING_VERSION, .taxes = &tax, .tax_count = 1, .sequence = 7, .kind = CLOSING_DAY, .period = {1, 2}, .currency = "EUR", .in = {1, 2, 2, 3, 0},
                                        .all = {4, 5, 5, 6, 7}, .closed_at = 8, .closed_by = "batch"};
    struct closing_record changed[] = {base, base, base, base, base, base, base, base, base, base, base, base};
    const char *was = closing_record_text(ctx->arena, &base);

    changed[0].sequence++;
    changed[1].kind = CLOSING_MONTH;
    changed[2].period.until_on++;
    changed[3].currency = "USD";
    changed[4].in.entry_count++;
    changed[5].in.debit_minor++;
    changed[6].in.sales_minor++;
    changed[7].all.entry_count++;
    changed[8].all.credit_minor++;
    changed[9].all.absolute_minor++;
    changed[10].closed_at++;
    changed[11].closed_by = "seller:1\nin=0";
    for (size_t i = 0; i < 12; i++)
        CU_ASSERT_STRING_NOT_EQUAL(closing_record_text(ctx->arena, &changed[i]), was);
    CU_ASSERT_PTR_NULL(strstr(closing_record_text(ctx->arena, &changed[11]), "\nin=0"));
    others[0].category = "AE";
    others[1].rate_ppm = 100000;
    others[2].base_minor++;
    others[3].tax_minor++;
    others[4].all_base_minor++;
    others[5].all_tax_minor++;
    for (size_t i = 0; i < 6; i++) {
        struct closing_record other = base;

        other.taxes = &others[i];
        CU_ASSERT_STRING_NOT_EQUAL(closing_record_text(ctx->arena, &other), was);
    }
}

/* What was sealed before VAT was part of it keeps its text, and so its digest. */
TEST(closing, a_record_of_the_first_version_is_what_it_was)
{
    const struct closing_tax tax = {"S", 200000, 10, 2, 30, 6};
    const struct closing_record record = {.version = 1, .taxes = &tax, .tax_count = 1, .sequence = 7, .kind = CLOSING_DAY,
        .period = {ON(2026, 1, 1), ON(2026, 1, 2)}, .currency = "EUR", .in = {1, 2, 2, 3, 0}, .all = {4, 5, 5, 6, 7}, .closed_at = 8,
        .closed_by = "batch"};

    SAME_TEXT(closing_record_text(test_ctx()->arena, &record),
              "version=closing 1\nsequence=7\nkind=day\nfrom_on=2026-01-01\nuntil_on=2026-01-02\ncurrency=EUR\n"
              "in=1 2 2 3\nall=4 5 5 6 7\nclosed_at=8\nclosed_by=batch\n");
}

/* A day of 100.00 at 20 %, one of 50.00 at 5.5 % with a credit note of 100.00 at 20 %, upon 10.00 of before. */
TEST(closing, vat_by_rate_of_a_period_and_since_the_beginning)
{
    const struct closing_tax before[] = {{"S", 200000, 9, 9, 1000, 200}};
    const struct closing_day_tax days[] = {{ON(2026, 1, 1), "S", 200000, 10000, 2000}, {ON(2026, 1, 2), "S", 200000, -10000, -2000},
                                           {ON(2026, 1, 2), "S", 55000, 5000, 275}, {ON(2026, 1, 2), "AE", 0, 700, 0},
                                           {ON(2026, 1, 3), "Z", 0, 1, 0}};
    struct closing_tax taxes[6];

    SAME_NUMBER(closing_taxes(before, 1, days, 5, (struct period){ON(2026, 1, 2), ON(2026, 1, 3)}, taxes), 3);
    SAME_TEXT(taxes[0].category, "AE");
    SAME_NUMBER(taxes[0].base_minor, 700);
    SAME_NUMBER(taxes[1].rate_ppm, 55000);
    SAME_NUMBER(taxes[1].tax_minor, 275);
    SAME_NUMBER(taxes[2].rate_ppm, 200000);
    SAME_NUMBER(taxes[2].base_minor, -10000);
    SAME_NUMBER(taxes[2].all_base_minor, 1000);
    SAME_NUMBER(taxes[2].all_tax_minor, 200);
    /* what cancels out altogether is left out */
    SAME_NUMBER(closing_taxes(NULL, 0, days, 3, (struct period){ON(2026, 1, 1), ON(2026, 1, 3)}, taxes), 1);
    SAME_NUMBER(taxes[0].rate_ppm, 55000);
}

TEST(aging, the_due_day_itself_is_not_late)
{
    const int32_t due = ON(2026, 1, 31);

    SAME_NUMBER(aging_of(due, due), AGING_NOT_DUE);
    SAME_NUMBER(aging_of(due, due + 1), AGING_TO_30);
    SAME_NUMBER(aging_of(due, due + 30), AGING_TO_30);
    SAME_NUMBER(aging_of(due, due + 31), AGING_TO_60);
    SAME_NUMBER(aging_of(due, due + 60), AGING_TO_60);
    SAME_NUMBER(aging_of(due, due + 61), AGING_TO_90);
    SAME_NUMBER(aging_of(due, due + 90), AGING_TO_90);
    SAME_NUMBER(aging_of(due, due + 91), AGING_OLDER);
}

TEST(chart, numbers_classes_roles)
{
    static const char *const good[] = {"411", "44571", "7061", "411DUPONT"};
    static const char *const bad[] = {"", "41", "911", "041", "4A1", "706-1", "706é", "706a", "411000000000000000000"};

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        CU_ASSERT(account_number_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CU_ASSERT_FALSE(account_number_valid(bad[i]));
    CU_ASSERT(account_carries("487") && !account_carries("706") && !account_carries("658"));
    SAME_TEXT(account_kind("658"), "expense");
    for (size_t i = 0; i < chart_role_count; i++)
        if (strcmp(chart_roles[i].name, ACCOUNT_SERVICE) == 0)
            CU_ASSERT(account_fits(&chart_roles[i], "7061") && !account_fits(&chart_roles[i], "411"));
}

TEST(csv, a_hostile_name_is_text_in_every_language)
{
    static const char *const name[] = {"=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\";\"y\")"};
    struct ctx *ctx = test_ctx();

    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        struct csv csv = csv_new(ctx->arena, "fr");

        csv_text(&csv, name[i]);
        CU_ASSERT_EQUAL(csv.text.text[3], '"');
        CU_ASSERT_EQUAL(csv.text.text[4], '\'');
    }
}

TEST(csv, rows_of_two_languages)
{
    struct ctx *ctx = test_ctx();
    struct csv fr = csv_new(ctx->arena, "fr");
    struct csv en = csv_new(ctx->arena, "en");

    csv_text(&fr, "Dupont; \"fils\"");
    csv_minor(&fr, -123456, "EUR");
    csv_day(&fr, ON(2026, 12, 1));
    csv_end_row(&fr);
    SAME_TEXT(fr.text.text, "\xEF\xBB\xBF\"Dupont; \"\"fils\"\"\";-1234,56;2026-12-01\r\n");
    csv_minor(&en, 5, "EUR");
    csv_minor(&en, 1200, "JPY");
    csv_integer(&en, -3);
    csv_end_row(&en);
    SAME_TEXT(en.text.text, "\xEF\xBB\xBF" "0.05,1200,-3\r\n");
}

static size_t count_of(const char *text, char c)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += *text == c;
    return n;
}

static struct fec_line line_named(const char *name)
{
    return (struct fec_line){.journal = "VT", .journal_name = "Ventes", .number = 12, .entry_on = ON(2026, 3, 5), .account = "411",
        .account_name = "Clients", .customer = "C-1", .customer_name = name, .piece = "INV-2026-00001", .piece_on = ON(2026, 3, 5),
        .label = name, .debit_minor = 123405, .credit_minor = 0, .letter = "", .letter_on = DATE_NONE, .valid_on = ON(2026, 3, 6), .foreign = ""};
}

TEST(fec, one_line_as_the_law_wants_it)
{
    struct ctx *ctx = test_ctx();
    struct str out = str_new(ctx->arena);
    struct fec_line line = line_named("Lefèvre");

    fec_add(&out, FEC_UTF_8, "EUR", &line);
    SAME_TEXT(out.text, "VT\tVentes\t12\t20260305\t411\tClients\tC-1\tLefèvre\tINV-2026-00001\t20260305\tLefèvre\t1234,05\t0,00\t\t\t20260306\t\t\r\n");
    line.foreign = "USD";
    line.foreign_minor = -120000;
    line.debit_minor = 0;
    line.credit_minor = 110599;
    out = str_new(ctx->arena);
    fec_add(&out, FEC_UTF_8, "EUR", &line);
    CU_ASSERT_PTR_NOT_NULL(strstr(out.text, "\t0,00\t1105,99\t\t\t20260306\t-1200,00\tUSD\r\n"));
    line.foreign = "JPY"; /* no decimals */
    line.foreign_minor = 14000;
    out = str_new(ctx->arena);
    fec_add(&out, FEC_UTF_8, "EUR", &line);
    CU_ASSERT_PTR_NOT_NULL(strstr(out.text, "\t14000\tJPY\r\n"));
    out = str_new(ctx->arena);
    fec_header(&out);
    SAME_NUMBER(count_of(out.text, '\t'), FEC_COLUMNS - 1);
}

TEST(fec, whatever_the_name_a_line_has_17_separators)
{
    struct ctx *ctx = test_ctx();

    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        static const char *const piece[] = {"\t", "\n", "\r\n", "|", "é", "€", "Œ", "日本", "a", "\x7f", "\xC2\x85", "\"", "'", "=1"};
        struct str name = str_new(ctx->arena);
        struct str out = str_new(ctx->arena);
        uint64_t state = seed;
        struct fec_line line;

        for (int64_t i = seeded_between(&state, 0, 12); i > 0; i--)
            str_append(&name, piece[seeded_between(&state, 0, (int64_t)(sizeof piece / sizeof piece[0]) - 1)]);
        line = line_named(name.text);
        fec_add(&out, seed % 2 == 0 ? FEC_UTF_8 : FEC_ISO_8859_15, "EUR", &line);
        if (count_of(out.text, '\t') != 17 || count_of(out.text, '\n') != 1 || count_of(out.text, '\r') != 1 || count_of(out.text, '|') != 0) {
            SAME_TEXT(out.text, "");
            return;
        }
    }
}

TEST(fec, iso_8859_15_bytes)
{
    struct ctx *ctx = test_ctx();
    struct str out = str_new(ctx->arena);
    struct fec_line line = line_named("é€Œ¤日’");

    fec_add(&out, FEC_ISO_8859_15, "EUR", &line);
    CU_ASSERT_PTR_NOT_NULL(strstr(out.text, "\t\xE9\xA4\xBC?\?'\t"));
}

TEST(fec, letters_and_names)
{
    struct ctx *ctx = test_ctx();
    char text[FEC_LETTER_BYTES];

    SAME_TEXT(fec_letter(0, text), "A");
    SAME_TEXT(fec_letter(25, text), "Z");
    SAME_TEXT(fec_letter(26, text), "AA");
    SAME_TEXT(fec_letter(26 + 26 * 26, text), "AAA");
    SAME_TEXT(fec_file_name(ctx->arena, "123 456 782", ON(2026, 12, 31)), "123456782FEC20261231.txt");
    SAME_TEXT(fec_file_name(ctx->arena, "", ON(2026, 12, 31)), "");
    SAME_TEXT(fec_file_name(ctx->arena, "12345678X", ON(2026, 12, 31)), "");
}

TEST(money, plain_text_of_amounts)
{
    char text[MONEY_PLAIN_BYTES];

    SAME_TEXT(money_plain(5, "???", '.', text), "0.05"); /* a currency that nobody knows has two digits */
    SAME_TEXT(money_plain(5, "JPY", '.', text), "5");
    SAME_TEXT(money_plain(-5, "EUR", ',', text), "-0,05");
    SAME_TEXT(money_plain(INT64_MIN, "JPY", '.', text), "-9223372036854775808");
}
