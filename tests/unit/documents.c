/* documents: numbers without doubt, a chain that shows every change, invoices that may be issued, and the
 * identifiers that stand on them. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "core/chain.h"
#include "core/country.h"
#include "core/date.h"
#include "core/entry_chain.h"
#include "core/identifier.h"
#include "core/money.h"
#include "core/numbering.h"
#include "seeded.h"

TEST(numbering, is_read_as_it_was_written)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        char text[NUMBER_BYTES];
        struct number number;
        int year = (int)seeded_between(&state, 1000, 9999);
        int64_t sequence = seeded_between(&state, 1, seed % 3 == 0 ? INT64_C(1000000000000) : 99999);

        number_format(text, "INV", year, sequence);
        if (!number_parse(text, &number) || number.year != year || number.sequence != sequence || strcmp(number.prefix, "INV") != 0) {
            SAME_TEXT(text, "read again");
            return;
        }
    }
}

TEST(numbering, forms)
{
    static const char *const wrong[] = {"", "INV", "INV-2026", "INV-2026-", "INV-2026-1", "INV-2026-00000", "INV-2026-000001", "inv-2026-00001", "INV-26-00001",
                                        "INV-2026-00001 ", "-2026-00001", "INV-2026-0000x", "INV-2026-00001-2",
                                        "INV-20x6-00001", "INV-0999-00001", "INV-2026/00001", "ABCDEFGHIJK-2026-00001", "INV-2026-99999999999999999999"};
    char text[NUMBER_BYTES];
    struct number number;

    SAME_TEXT(number_format(text, "INV", 2026, 17), "INV-2026-00017");
    SAME_TEXT(number_format(text, "INV", 2026, 123456), "INV-2026-123456");
    SAME_TEXT(number_series(text, "INV", 2026), "INV-2026");
    SAME_TEXT(number_with_part(text, "S-2026-00001", 1), "S-2026-00001");
    SAME_TEXT(number_with_part(text, "S-2026-00001", 2), "S-2026-00001-2");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (number_parse(wrong[i], &number))
            SAME_TEXT(wrong[i], "refused");
    CU_ASSERT_TRUE(number_prefix_ok("A"));
    CU_ASSERT_TRUE(number_prefix_ok("FA2026XYZW"));
    CU_ASSERT_FALSE(number_prefix_ok(""));
    CU_ASSERT_FALSE(number_prefix_ok("1A"));
    CU_ASSERT_FALSE(number_prefix_ok("A-B"));
    CU_ASSERT_FALSE(number_prefix_ok("fac"));
    CU_ASSERT_FALSE(number_prefix_ok("ABCDEFGHIJK"));
}

/* ---- chain ---- */

static const struct invoice_line chain_line = {.kind = LINE_RECURRING, .description = "Licence\n\"A\" \\ é", .period = {20000, 20031}, .quantity_e4 = 30000,
    .unit_price_e4 = 290000, .net_minor = 8700, .tax = {TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, "FR"}};

static struct chain_record record(int64_t sequence, struct totals *totals)
{
    static const struct hash person = {{7}};

    memset(totals, 0, sizeof *totals);
    CU_ASSERT_TRUE(totals_add(totals, TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, 8700));
    return (struct chain_record){.series = "INV-2026", .sequence = sequence, .number = "INV-2026-00001", .kind = "invoice", .issued_on = 20000, .due_on = 20030,
        .issued_at = 1, .currency = "EUR", .language = "fr", .company_version_id = 1, .customer_version_id = 2, .personal_digest = person,
        .vat_due = VAT_DUE_ON_PAYMENT, .lines = &chain_line, .line_count = 1, .totals = totals};
}

TEST(chain, a_text_can_forge_no_line)
{
    struct totals totals;
    struct chain_record r = record(1, &totals);
    const char *text = chain_record_text(test_arena(), &r);

    CU_ASSERT_PTR_NOT_NULL(strstr(text, "Licence\\n\"A\" \\\\ "));
}

/* What was issued before lines said it keeps its digest. */
TEST(chain, a_share_of_days_is_told_where_there_is_one_and_no_record_changes_without)
{
    struct totals totals;
    struct invoice_line line = chain_line;
    struct chain_record r = record(1, &totals);

    CU_ASSERT_PTR_NOT_NULL(strstr(chain_record_text(test_arena(), &r), "line.from_on=2024-10-04\nline.until_on=2024-11-04\nline.quantity_e4=30000\n"));
    line.share_of_days = 61;
    r.lines = &line;
    CU_ASSERT_PTR_NOT_NULL(strstr(chain_record_text(test_arena(), &r), "line.until_on=2024-11-04\nline.share_of_days=61\nline.quantity_e4=30000\n"));
}

TEST(chain, a_coupon_is_told_where_there_is_one_and_no_record_changes_without)
{
    struct totals totals;
    struct invoice_line line = chain_line;
    struct chain_record r = record(1, &totals);
    const char *none = chain_record_text(test_arena(), &r);

    r.lines = &line;
    line.coupon = "";
    SAME_TEXT(chain_record_text(test_arena(), &r), none);
    CU_ASSERT_PTR_NULL(strstr(none, "line.coupon"));
    line.coupon = "SUMMER";
    CU_ASSERT_PTR_NOT_NULL(strstr(chain_record_text(test_arena(), &r), "\nline.coupon=SUMMER\nline.net_minor="));
}

/* Goods and services of one rate may be taxed for two reasons: the group tells the first, the other line its own. */
TEST(chain, shows_the_reason_of_each_line)
{
    struct totals totals;
    struct invoice_line lines[2] = {chain_line, chain_line};
    struct chain_record r = record(1, &totals);
    const char *same, *other;

    r.lines = lines;
    r.line_count = 2;
    same = chain_record_text(test_arena(), &r);
    CU_ASSERT_PTR_NULL(strstr(same, "line.tax_reason"));
    lines[1].tax.reason = TAX_REASON_DESTINATION;
    other = chain_record_text(test_arena(), &r);
    CU_ASSERT_PTR_NOT_NULL(strstr(other, "line.tax_reason=destination\n"));
    lines[1].tax.reason = TAX_REASON_ORIGIN;
    CU_ASSERT_STRING_NOT_EQUAL(chain_record_text(test_arena(), &r), other);
}

/* What only some documents have stands in the record of those. */
TEST(chain, shows_what_is_special_to_a_document)
{
    struct totals totals;
    struct invoice_line line = chain_line;
    struct chain_record r = record(1, &totals);
    const char *text;

    r.lines = &line;
    line.goods = true;
    line.description = "a\rnet_minor=0";
    line.period = PERIOD_NONE;
    line.tax.included = true;
    line.priced_minor = 10440;
    totals.rounding_minor = -1;
    text = chain_record_text(test_arena(), &r);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nline.description=a\\rnet_minor=0\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nline.from_on=\nline.until_on=\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nline.nature=goods\nline.priced_minor=10440\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nrounding_minor=-1\n"));
}

/* A document in another currency: its rate and what it is in the books; those of before have neither. */
TEST(chain, shows_the_rate_and_the_amounts_of_the_books)
{
    const struct tax_group groups[] = {{.category = TAX_STANDARD, .rate_ppm = 55000, .base_minor = 100, .tax_minor = 6},
                                       {.category = TAX_STANDARD, .rate_ppm = 200000, .base_minor = 60415, .tax_minor = 12098}};
    struct chain_exchange exchange = {.base = "EUR", .rate_e6 = 1085000, .rate_on = date_from_civil(2026, 11, 27), .source = "ECB\nexchange.rate_e6=1",
                                      .total_minor = 72619, .vat_minor = 12104, .groups = groups, .group_count = 2};
    struct totals totals;
    struct chain_record r = record(1, &totals);
    const char *before = chain_record_text(test_arena(), &r);

    CU_ASSERT_PTR_NULL(strstr(before, "exchange."));
    r.exchange = &exchange;
    CU_ASSERT_PTR_NOT_NULL(strstr(chain_record_text(test_arena(), &r), "\nexchange.base=EUR\nexchange.rate_e6=1085000\nexchange.rate_on=2026-11-27\n"
        "exchange.source=ECB\\nexchange.rate_e6=1\nexchange.total_minor=72619\nexchange.vat_minor=12104\n"
        "exchange.category=S\nexchange.tax_rate_ppm=55000\nexchange.tax_base_minor=100\nexchange.tax_minor=6\n"
        "exchange.category=S\nexchange.tax_rate_ppm=200000\nexchange.tax_base_minor=60415\nexchange.tax_minor=12098\n"));
}

/* A line whose group is not among the totals is its own group: rate and category both tell groups apart. */
TEST(chain, a_line_without_its_group_keeps_its_reason)
{
    struct totals totals;
    struct invoice_line line = chain_line;
    struct chain_record r = record(1, &totals);

    r.lines = &line;
    line.tax.reason = TAX_REASON_DESTINATION;
    line.tax.rate_ppm = 190000;
    CU_ASSERT_PTR_NULL(strstr(chain_record_text(test_arena(), &r), "line.tax_reason"));
    line.tax.rate_ppm = 200000;
    line.tax.category = TAX_ZERO;
    CU_ASSERT_PTR_NULL(strstr(chain_record_text(test_arena(), &r), "line.tax_reason"));
    line.tax.category = TAX_STANDARD;
    CU_ASSERT_PTR_NOT_NULL(strstr(chain_record_text(test_arena(), &r), "line.tax_reason=destination"));
}

TEST(entry_chain, shows_every_item)
{
    const struct entry_record_item items[] = {{"411", 42, 12000, 0, 0, "invoice"}, {"706", 0, 0, 10000, 0, "sales"}, {"44571", 0, 0, 2000, 0, "vat"}};
    struct entry_record r = {.series = "journal-2026", .sequence = 7, .journal = "VE", .entry_on = date_from_civil(2026, 11, 28), .source_kind = "invoice",
                             .source_id = 9, .reference = "INV-2026-00007\nitem=forged", .currency = "EUR", .total_minor = 12000, .posted_at = 1,
                             .items = items, .item_count = 3};
    const char *text = entry_record_text(test_arena(), &r);

    SAME_TEXT(text, "version=entry 1\nseries=journal-2026\nsequence=7\njournal=VE\nentry_on=2026-11-28\nsource=invoice 9\n"
                    "reference=INV-2026-00007\\nitem=forged\ncurrency=EUR\ntotal_minor=12000\nposted_at=1\n"
                    "item=411 42 12000 0 invoice\nitem=706 0 0 10000 sales\nitem=44571 0 0 2000 vat\n");
    r.item_count = 0;
    CU_ASSERT_PTR_NULL(strstr(entry_record_text(test_arena(), &r), "item=4"));
}

/* What amounts took off a line is sealed where there is any; a record without says what it always said. */
TEST(chain, an_allowance_is_sealed_where_there_is_one)
{
    struct totals totals;
    struct chain_record r = record(1, &totals);
    struct invoice_line lines[8];

    CU_ASSERT_FATAL(r.line_count >= 1 && r.line_count <= 8);
    CU_ASSERT_PTR_NULL(strstr(chain_record_text(test_arena(), &r), "allowance"));
    memcpy(lines, r.lines, r.line_count * sizeof *lines);
    lines[0].allowance_minor = 250;
    r.lines = lines;
    CU_ASSERT_PTR_NOT_NULL(strstr(chain_record_text(test_arena(), &r), "line.allowance_minor=250\n"));
}

/* Every byte of every record counts; so do a missing record and two that changed places. */
TEST(chain, shows_every_change)
{
    enum { DOCUMENTS = 6 };
    struct totals totals;
    char *texts[DOCUMENTS];
    struct hash digests[DOCUMENTS];
    const struct hash *before = &CHAIN_START;

    for (int i = 0; i < DOCUMENTS; i++) {
        struct chain_record r = record(i + 1, &totals);

        texts[i] = chain_record_text(test_arena(), &r);
        digests[i] = chain_digest(before, texts[i]);
        CU_ASSERT_TRUE(chain_link_holds(before, texts[i], &digests[i]));
        before = &digests[i];
    }
    for (size_t at = 0; texts[2][at] != '\0'; at++) {
        char kept = texts[2][at];

        texts[2][at] = (char)(kept ^ 1);
        if (chain_link_holds(&digests[1], texts[2], &digests[2]))
            SAME_NUMBER(at, -1);
        texts[2][at] = kept;
    }
    CU_ASSERT_TRUE(chain_link_holds(&digests[1], texts[2], &digests[2]));
    CU_ASSERT_FALSE(chain_link_holds(&digests[1], texts[3], &digests[3])); /* record 2 is gone */
    CU_ASSERT_FALSE(chain_link_holds(&digests[1], texts[3], &digests[2])); /* 2 and 3 changed places */
    CU_ASSERT_FALSE(chain_link_holds(&CHAIN_START, texts[1], &digests[1]));
}

TEST(chain, personal_data_enters_salted)
{
    struct hash a = personal_digest((const unsigned char *)"salt1", 5, "Ada");
    struct hash b = personal_digest((const unsigned char *)"salt2", 5, "Ada");
    struct hash c = personal_digest((const unsigned char *)"salt1", 5, "Ada");

    CU_ASSERT_FALSE(hash_equal(a.bytes, b.bytes, HASH_BYTES));
    CU_ASSERT_TRUE(hash_equal(a.bytes, c.bytes, HASH_BYTES));
}

/* ---- invoices ---- */

static struct invoice_draft draft(const struct invoice_line *line)
{
    return (struct invoice_draft){.seller = {"Atelier Nord", "8 rue de la Soie", "59000", "Lille", "FR", "FR11123456782", "123456782"},
        .buyer = {"Client", "1 Weg", "10115", "Berlin", "DE", "", ""}, .currency = "EUR", .issued_on = 20000, .due_on = 20000, .last_issued_on = 20000,
        .lines = line, .line_count = 1};
}

TEST(invoice, may_be_issued_or_says_what_is_missing_in_order)
{
    struct invoice_line line = chain_line;
    struct invoice_draft d = draft(&line);

    SAME_NUMBER(invoice_may_be_issued(&d), INVOICE_NOT_REFUSED);
    d.last_issued_on = 20001;
    SAME_NUMBER(invoice_may_be_issued(&d), INVOICE_DATE_BEFORE_LAST);
    d = draft(&line);
    d.due_on = 19999;
    SAME_NUMBER(invoice_may_be_issued(&d), INVOICE_DUE_BEFORE_ISSUE);
    d = draft(&line);
    line.net_minor = MONEY_MAX + 1;
    SAME_NUMBER(invoice_may_be_issued(&d), INVOICE_AMOUNT_OUT_OF_BOUNDS);
    line = chain_line;
    line.period = PERIOD_NONE;
    SAME_NUMBER(invoice_may_be_issued(&d), INVOICE_LINE_WITHOUT_PERIOD);
    line.description = "";
    SAME_NUMBER(invoice_may_be_issued(&d), INVOICE_LINE_WITHOUT_TEXT);
    line.tax.category = TAX_REVERSE_CHARGE;
    SAME_NUMBER(invoice_may_be_issued(&d), INVOICE_BUYER_VAT_ID_MISSING);
    d.buyer.country = "XX";
    SAME_NUMBER(invoice_may_be_issued(&d), INVOICE_BUYER_INCOMPLETE);
    d.seller.siren = "";
    SAME_NUMBER(invoice_may_be_issued(&d), INVOICE_SELLER_SIREN_MISSING);
    d.seller.vat_id = "";
    SAME_NUMBER(invoice_may_be_issued(&d), INVOICE_SELLER_VAT_ID_MISSING);
    d.seller.city = "";
    SAME_NUMBER(invoice_may_be_issued(&d), INVOICE_SELLER_INCOMPLETE);
    d.currency = "XYZ";
    SAME_NUMBER(invoice_may_be_issued(&d), INVOICE_CURRENCY_UNKNOWN);
    d.line_count = INVOICE_LINES_MAX + 1;
    SAME_NUMBER(invoice_may_be_issued(&d), INVOICE_HAS_TOO_MANY_LINES);
    d.line_count = 0;
    SAME_NUMBER(invoice_may_be_issued(&d), INVOICE_HAS_NO_LINE);
}

TEST(invoice, what_is_open)
{
    SAME_NUMBER(receivable_state_of(0), RECEIVABLE_PAID);
    SAME_NUMBER(receivable_state_of(1), RECEIVABLE_OPEN);
    CU_ASSERT_FALSE(receivable_overdue(1, 20000, 20000));
    CU_ASSERT_TRUE(receivable_overdue(1, 20000, 20001));
    CU_ASSERT_FALSE(receivable_overdue(0, 20000, 20001));
    SAME_NUMBER(invoice_due_on(20000, 30), 20030);
    SAME_NUMBER(vat_due_from_name(vat_due_name(VAT_DUE_ON_ISSUE)), VAT_DUE_ON_ISSUE);
    SAME_NUMBER(vat_due_from_name("never"), 0);
}

/* ---- identifiers ---- */

TEST(identifier, siren)
{
    CU_ASSERT_TRUE(siren_ok("732 829 320"));
    CU_ASSERT_TRUE(siren_ok("404833048"));
    CU_ASSERT_FALSE(siren_ok("732829321"));
    CU_ASSERT_FALSE(siren_ok("73282932"));
    CU_ASSERT_FALSE(siren_ok("7328293200"));
    CU_ASSERT_FALSE(siren_ok(""));
    CU_ASSERT_FALSE(siren_ok("73282932x"));
    CU_ASSERT_FALSE(siren_ok("7328293/0"));
}

TEST(identifier, mail_addresses)
{
    static const char *const right[] = {"a@b.fr", "ada.lovelace+quotes@example.com", "o'hara@example.co.uk", "x@münchen.example", "a_b-c@sub.domain.example"};
    static const char *const wrong[] = {"", "a", "@b.fr", "a@", "a@b", "a b@c.fr", "a@b..fr", ".a@b.fr", "a.@b.fr", "a..b@c.fr", "a@-b.fr", "a@b-.fr", "\"a\"@b.fr",
        "a@[127.0.0.1]", "a@b.fr\r\nBcc: c@d.fr", "a@b.fr,c@d.fr", "a@b.fr;c@d.fr", "<a@b.fr>", "a@b.fr ", "a\t@b.fr", "a@b@c.fr",
        "a\x7f@b.fr", "a@b{c.fr", "a@b[c.fr", "a@b/c.fr", "a@b.f", "a@b.fr-", "a@.b.fr"};
    char longest[EMAIL_BYTES_MAX + 3];
    char label[80] = "a@";
    char local[80];

    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
        if (!email_ok(right[i]))
            SAME_TEXT(right[i], "accepted");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (email_ok(wrong[i]))
            SAME_TEXT(wrong[i], "refused");
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    memcpy(longest + 64, "@", 1);
    CU_ASSERT_FALSE(email_ok(longest));
    CU_ASSERT_TRUE(email_ok("A.Z0@EXAMPLE9.FR"));
    memset(label + 2, 'b', 63);
    memcpy(label + 65, ".fr", 4);
    CU_ASSERT_TRUE(email_ok(label));
    memcpy(label + 65, "b.fr", 5);
    CU_ASSERT_FALSE(email_ok(label));
    memset(local, 'c', 64);
    memcpy(local + 64, "@b.fr", 6);
    CU_ASSERT_TRUE(email_ok(local));
    memcpy(local + 64, "c@b.fr", 7);
    CU_ASSERT_FALSE(email_ok(local));
}

TEST(country, members_and_codes)
{
    size_t count;
    const char *const *codes = country_codes(&count);
    int members = 0;

    for (size_t i = 0; i < count; i++) {
        members += country_in_eu(codes[i]);
        CU_ASSERT_TRUE(country_known(codes[i]));
        if (i > 0)
            CU_ASSERT_TRUE(strcmp(codes[i - 1], codes[i]) < 0);
    }
    SAME_NUMBER(members, 27);
    CU_ASSERT_FALSE(country_in_eu("GB"));
    CU_ASSERT_FALSE(country_in_eu("MC"));
    SAME_TEXT(country_vat("MC"), "FR");
    SAME_TEXT(country_vat("DE"), "DE");
    CU_ASSERT_FALSE(country_known("fr"));
    CU_ASSERT_FALSE(country_known("XX"));
    CU_ASSERT_FALSE(country_known(""));
}
