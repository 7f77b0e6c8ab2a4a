/* core: the worked cases of the rules, and properties over many seeds. */
#include "test.h"

#include <string.h>

#include "base/random.h"
#include "core/bill.h"
#include "core/billing.h"
#include "core/date.h"
#include "core/money.h"
#include "core/numbering.h"
#include "core/posting.h"
#include "core/schedule.h"
#include "core/states.h"
#include "core/tax.h"

static int32_t day(const char *text)
{
    int32_t on = 0;

    CHECK(date_parse_iso(text, &on));
    return on;
}

static const char *iso(int32_t on)
{
    return date_iso(on, arena_alloc(test_arena(), DATE_TEXT_BYTES));
}

static const struct recurrence monthly = {RECURRENCE_MONTH, 1};

TEST(date, civil_and_number_agree_for_every_day)
{
    int32_t on = date_from_civil(1900, 1, 1);

    for (int year = 1900; year <= 2100; year++)
        for (int month = 1; month <= 12; month++)
            for (int d = 1; d <= date_days_in_month(year, month); d++, on++) {
                struct civil civil = date_civil(on);

                CU_ASSERT_FATAL(date_from_civil(year, month, d) == on && civil.year == year && civil.month == month &&
                                civil.day == d);
            }
    SAME_NUMBER(day("2026-11-23"), 20780);
    SAME_NUMBER(date_weekday(day("2026-11-23")), 1);
    CU_ASSERT_FALSE(date_parse_iso("2026-02-29", &on));
    CU_ASSERT_FALSE(date_parse_iso("2026-2-1", &on));
}

/*  31 Jan   28 Feb   31 Mar   30 Apr   31 May        product.md 5.2: never from the previous one */
TEST(schedule, thirty_first_does_not_drift)
{
    static const char *const wanted[] = {"2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30",
                                         "2026-05-31", "2026-06-30", "2026-07-31"};
    int32_t anchor = day("2026-01-31");

    for (int i = 0; i < (int)COUNT_OF(wanted); i++)
        SAME_TEXT(iso(schedule_boundary(anchor, monthly, i)), wanted[i]);
    SAME_TEXT(iso(schedule_boundary(anchor, (struct recurrence){RECURRENCE_QUARTER, 1}, 4)), "2027-01-31");
    SAME_TEXT(iso(schedule_boundary(day("2028-02-29"), (struct recurrence){RECURRENCE_YEAR, 1}, 3)), "2031-02-28");
    SAME_TEXT(iso(schedule_boundary(day("2028-02-29"), (struct recurrence){RECURRENCE_YEAR, 1}, 4)), "2032-02-29");
}

TEST(schedule, periods_tile_and_contain_their_days)
{
    for (uint64_t seed = 1; seed <= test_seeds(); seed++) {
        uint64_t s = seed;
        int32_t anchor = (int32_t)random_between(&s, day("2020-01-01"), day("2032-12-31"));
        struct recurrence r = {(enum recurrence_unit)random_between(&s, 1, 5), (int)random_between(&s, 1, 12)};
        int index = (int)random_between(&s, 0, 60);
        struct period p = schedule_period(anchor, r, index);
        int32_t inside = (int32_t)random_between(&s, p.from_on, p.until_on - 1);

        CU_ASSERT_TRUE(period_days(p) > 0);
        SAME_NUMBER(p.until_on, schedule_period(anchor, r, index + 1).from_on);
        SAME_NUMBER(schedule_index(anchor, r, inside), index);
    }
}

TEST(zone, civil_day_follows_summer_time)
{
    int32_t on;
    int minute;

    CU_ASSERT_TRUE_FATAL(date_local_time(INT64_C(1795474800) * 1000000, "Europe/Paris", &on, &minute)); /* 23:00Z in winter */
    SAME_TEXT(iso(on), "2026-11-24");
    SAME_NUMBER(minute, 0);
    CU_ASSERT_TRUE_FATAL(date_of_instant(INT64_C(1782939600) * 1000000, "Europe/Paris", &on)); /* 2026-07-01T21:00Z */
    SAME_TEXT(iso(on), "2026-07-01");
    CU_ASSERT_TRUE_FATAL(date_local_time((int64_t)day("2040-07-01") * 86400 * 1000000, "Europe/Paris", &on, &minute));
    SAME_NUMBER(minute, 120); /* beyond the table: the footer's rule */
    CU_ASSERT_FALSE(date_of_instant(0, "Europe/Nowhere", &on));
    CU_ASSERT_FALSE(date_of_instant(0, "../../etc/passwd", &on));
}

/*  16 Sep     25 Sep           25 Oct      P01: 9 of 31 days of 24.95 */
TEST(proration, worked_cases)
{
    struct period p = {day("2021-08-25"), day("2021-09-25")};

    SAME_NUMBER(proration_amount(2495, p, day("2021-09-16")), 724);                                            /* P01 */
    SAME_NUMBER(proration_amount(2495, (struct period){day("2021-09-17"), day("2021-10-17")}, day("2021-09-25")), 1830); /* P02 */
    SAME_NUMBER(proration_amount(1795, (struct period){day("2021-09-20"), day("2021-10-20")}, day("2021-09-30")), 1197); /* P05 */
    SAME_NUMBER(proration_amount(3100, (struct period){day("2026-07-01"), day("2026-08-01")}, day("2026-07-15")), 1700); /* P07 */
    SAME_NUMBER(proration_amount(3600, (struct period){day("2026-01-15"), day("2026-02-15")}, day("2026-01-28")), 2090); /* P09 */
    SAME_NUMBER(proration_amount(120000, (struct period){day("2026-03-01"), day("2027-03-01")}, day("2026-07-20")), 73644); /* P12 */
}

TEST(money, split_always_adds_up)
{
    for (uint64_t seed = 1; seed <= test_seeds(); seed++) {
        uint64_t s = seed;
        int64_t weights[10];
        int64_t shares[10];
        size_t count = (size_t)random_between(&s, 1, 10);
        int64_t total = random_between(&s, -1000000, 1000000);
        int64_t sum = 0;

        for (size_t i = 0; i < count; i++)
            weights[i] = random_between(&s, i == 0 ? 1 : 0, 1000);
        money_split(total, weights, count, shares);
        for (size_t i = 0; i < count; i++)
            sum += shares[i];
        SAME_NUMBER(sum, total);
    }
    SAME_NUMBER(money_scale(-5, 1, 10, ROUND_HALF_AWAY), -1);
    SAME_NUMBER(money_scale(-4, 1, 10, ROUND_HALF_AWAY), 0);
    SAME_NUMBER(money_scale(5, 1, 10, ROUND_DOWN), 0);
    CU_ASSERT_FALSE(money_scale_checked(MONEY_MAX, 2, 1, ROUND_DOWN, &(int64_t){0}));
}

static struct bill_line line(int64_t quantity_e4, int64_t price_e4, int32_t rate_ppm)
{
    struct bill_line l = {.kind = LINE_ONE_TIME, .description = "x", .unit = "", .quantity_e4 = quantity_e4,
                          .unit_price_e4 = price_e4, .tax = {.category = "S", .rate_ppm = rate_ppm, .reason = TAX_DOMESTIC},
                          .period = {DATE_NONE, DATE_NONE}};

    CHECK(line_net(l.quantity_e4, l.unit_price_e4, 0, 2, &l.net_minor));
    return l;
}

TEST(bill, vat_is_rounded_per_rate_not_per_line)
{
    struct bill_line cents[] = {line(10000, 9900, 200000), line(10000, 9900, 200000), line(10000, 9900, 200000)};
    struct bill_line mixed[] = {line(30000, 120000, 200000), line(10000, 199000, 200000), line(10000, 99900, 55000)};
    struct bill bill = {.lines = cents, .count = 3};

    CU_ASSERT_TRUE_FATAL(bill_total(&bill));
    SAME_NUMBER(bill.vat_minor, 59); /* 7.3: base 2.97, not 3 x 0.20 */
    SAME_NUMBER(bill.total_minor, 356);
    bill = (struct bill){.lines = mixed, .count = 3};
    CU_ASSERT_TRUE_FATAL(bill_total(&bill));
    SAME_NUMBER(bill.tax_count, 2);
    SAME_NUMBER(bill.taxes[0].tax_minor, 1118);
    SAME_NUMBER(bill.taxes[1].tax_minor, 55);
    SAME_NUMBER(bill.total_minor, 7762);
}

TEST(bill, line_net_bounds_and_discount)
{
    int64_t net;

    CU_ASSERT_TRUE(line_net(30000, 165000, 100000, 2, &net));
    SAME_NUMBER(net, 4455);
    CU_ASSERT_TRUE(line_net(10000, 12345, 0, 0, &net)); /* yen */
    SAME_NUMBER(net, 1);
    CU_ASSERT_FALSE(line_net(-1, 1, 0, 2, &net));
    CU_ASSERT_FALSE(line_net(INT64_C(10000000000000), INT64_C(10000000000000), 0, 2, &net));
    SAME_NUMBER(discount_in_period(200000, 3, 2), 200000);
    SAME_NUMBER(discount_in_period(200000, 3, 3), 0);
    SAME_NUMBER(discount_in_period(200000, 0, 300), 200000);
}

TEST(mrr, worked_cases)
{
    SAME_NUMBER(mrr_amount(120000, 2, (struct recurrence){RECURRENCE_YEAR, 1}), 1000000);
    SAME_NUMBER(mrr_amount(30000, 2, (struct recurrence){RECURRENCE_MONTH, 3}), 1000000);
    SAME_NUMBER(mrr_amount(300000, 2, (struct recurrence){RECURRENCE_YEAR, 3}), 833333);
    SAME_NUMBER(mrr_amount(5900, 2, (struct recurrence){RECURRENCE_MONTH, 2}), 295000);
    SAME_NUMBER(mrr_amount(10000, 2, (struct recurrence){RECURRENCE_WEEK, 1}), 4348214);
    SAME_NUMBER(mrr_amount(1000, 2, (struct recurrence){RECURRENCE_DAY, 1}), 3043750);
}

TEST(posting, every_entry_balances_and_payments_sum_exactly)
{
    for (uint64_t seed = 1; seed <= test_seeds(); seed++) {
        uint64_t s = seed;
        static const int32_t rates[] = {0, 55000, 100000, 200000};
        struct bill_line lines[6];
        struct bill bill = {.lines = lines, .count = (size_t)random_between(&s, 1, 6)};
        struct entry entry;
        int64_t debit = 0, credit = 0, pending, moved = 0, paid = 0;

        for (size_t i = 0; i < bill.count; i++) {
            lines[i] = line(random_between(&s, 1, 100000), random_between(&s, 0, 1000000), rates[random_between(&s, 0, 3)]);
            lines[i].goods = random_between(&s, 0, 1) == 1;
            if (random_between(&s, 0, 1) == 1)
                lines[i].period = (struct period){1000, 1030};
        }
        CU_ASSERT_TRUE_FATAL(bill_total(&bill));
        entry_of_invoice(&bill, true, 1000, &entry);
        for (size_t i = 0; i < entry.count; i++) {
            debit += entry.items[i].debit_minor;
            credit += entry.items[i].credit_minor;
        }
        SAME_NUMBER(debit, credit);
        SAME_NUMBER(debit, entry.total_minor);
        pending = vat_pending(&bill, true);
        while (bill.total_minor > 0 && paid < bill.total_minor) {
            int64_t part = random_between(&s, 1, bill.total_minor - paid);

            entry_of_payment(part, paid, bill.total_minor, pending, &entry);
            for (size_t i = 0; i < entry.count; i++)
                if (strcmp(entry.items[i].account, "44571") == 0)
                    moved += entry.items[i].credit_minor;
            paid += part;
        }
        if (bill.total_minor > 0)
            SAME_NUMBER(moved, pending);
    }
}

TEST(deferral, year_by_days_sums_to_the_amount)
{
    static const int64_t wanted[] = {10192, 9205, 10192, 9863, 10192, 9863, 10192, 10191, 9863, 10192, 9863, 10192};
    struct period year = {day("2026-01-01"), day("2027-01-01")};
    int64_t before = 0;
    int32_t next = deferral_next(year, year.from_on);

    for (size_t i = 0; i < 12; i++) {
        int64_t now = deferral_recognised(120000, year, next);

        SAME_NUMBER(now - before, wanted[i]); /* product.md 6.10 */
        before = now;
        next = deferral_next(year, next);
    }
    SAME_NUMBER(before, 120000);
}

/*  due:  1 Sep   1 Oct   1 Nov      run on 10 Oct: two missed; with N = 2 they are billed */
TEST(billing, catches_up_oldest_first_and_holds_when_too_many)
{
    struct billing_state s = {.anchor_on = day("2026-08-01"), .recurrence = monthly, .ends_on = DATE_NONE,
                              .next_index = 1, .max_missed = 2};
    struct billing_work w = billing_work(&s, day("2026-10-10"));

    SAME_NUMBER(w.count, 2);
    SAME_NUMBER(w.first_index, 1);
    SAME_TEXT(iso(w.due_on), "2026-11-01");
    w = billing_work(&s, day("2026-11-01"));
    CU_ASSERT_TRUE(w.held);
    SAME_NUMBER(w.count, 0);
    s.ends_on = day("2026-09-01");
    w = billing_work(&s, day("2026-12-01"));
    SAME_NUMBER(w.count, 0);
    SAME_NUMBER(w.due_on, DATE_NONE);
}

TEST(billing, one_late_run_equals_daily_runs)
{
    for (uint64_t seed = 1; seed <= test_seeds(); seed++) {
        uint64_t r = seed;
        struct billing_state late = {.anchor_on = (int32_t)random_between(&r, 20000, 21000),
            .recurrence = {(enum recurrence_unit)random_between(&r, 1, 5), (int)random_between(&r, 1, 3)},
            .ends_on = DATE_NONE, .next_index = 0, .max_missed = 100000};
        struct billing_state daily = late;
        int32_t until = late.anchor_on + (int32_t)random_between(&r, 0, 100);
        struct billing_work work;

        if (random_between(&r, 0, 1) == 1)
            late.ends_on = daily.ends_on = late.anchor_on + (int32_t)random_between(&r, 1, 80);
        for (int32_t today = late.anchor_on; today <= until; today++) {
            work = billing_work(&daily, today);
            daily.next_index += work.count;
        }
        work = billing_work(&late, until);
        SAME_NUMBER(late.next_index + work.count, daily.next_index);
        late.next_index += work.count;
        SAME_NUMBER(billing_work(&late, until).count, 0);
    }
}

TEST(tax, domestic_reverse_charge_unchecked_and_consumer)
{
    static const struct tax_rate rates[] = {{"FR", "standard", 0, 196000}, {"FR", "standard", 16071, 200000},
                                            {"DE", "standard", 0, 190000}};
    struct tax_case c = {.seller_country = "FR", .buyer_country = "FR", .buyer_is_company = true, .buyer_vat_id = "",
                         .tax_class = "standard", .on = 20780};
    struct tax_decision d;

    CU_ASSERT_EQUAL(tax_decide(rates, 3, &c, &d), TAX_NOT_REFUSED);
    SAME_NUMBER(d.rate_ppm, 200000);
    c.on = 16070; /* the last day of 19.6 % */
    CU_ASSERT_EQUAL(tax_decide(rates, 3, &c, &d), TAX_NOT_REFUSED);
    SAME_NUMBER(d.rate_ppm, 196000);
    c.on = 20780;
    c.buyer_country = "DE";
    c.buyer_vat_id = "DE136695976";
    CU_ASSERT_EQUAL(tax_decide(rates, 3, &c, &d), TAX_NOT_REFUSED);
    CU_ASSERT_EQUAL(d.reason, TAX_NUMBER_UNCHECKED);
    SAME_NUMBER(d.rate_ppm, 200000);
    c.vat_id_checked = true;
    CU_ASSERT_EQUAL(tax_decide(rates, 3, &c, &d), TAX_NOT_REFUSED);
    SAME_TEXT(d.category, "AE");
    SAME_NUMBER(d.rate_ppm, 0);
    c.buyer_vat_id = "FR40303265045"; /* of the seller's own state */
    CU_ASSERT_EQUAL(tax_decide(rates, 3, &c, &d), TAX_NOT_REFUSED);
    CU_ASSERT_EQUAL(d.reason, TAX_NUMBER_UNCHECKED);
    c.buyer_is_company = false;
    CU_ASSERT_EQUAL(tax_decide(rates, 3, &c, &d), TAX_NOT_REFUSED);
    CU_ASSERT_EQUAL(d.reason, TAX_CONSUMER_EU);
    c.buyer_country = "US";
    CU_ASSERT_EQUAL(tax_decide(rates, 3, &c, &d), TAX_COUNTRY_UNKNOWN);
    c.buyer_country = "FR";
    c.tax_class = "nothing";
    CU_ASSERT_EQUAL(tax_decide(rates, 3, &c, &d), TAX_RATE_MISSING);
}

TEST(tax, identifiers)
{
    CU_ASSERT_TRUE(vat_id_ok("FR40303265045"));
    CU_ASSERT_FALSE(vat_id_ok("FR41303265045"));
    CU_ASSERT_TRUE(vat_id_ok("DE136695976"));
    CU_ASSERT_FALSE(vat_id_ok("DE136695978"));
    CU_ASSERT_TRUE(vat_id_ok("BE0428759497"));
    CU_ASSERT_FALSE(vat_id_ok("BE0428759498"));
    CU_ASSERT_FALSE(vat_id_ok("US123456789"));
    CU_ASSERT_FALSE(vat_id_ok(""));
    CU_ASSERT_TRUE(siren_ok("303265045"));
    CU_ASSERT_FALSE(siren_ok("303265046"));
    CU_ASSERT_TRUE(email_ok("a.roy+abo@b\xC3\xBC" "cher.example"));
    CU_ASSERT_FALSE(email_ok("a@@b.example"));
    CU_ASSERT_FALSE(email_ok("a@b.c\r\nBcc: x@y.example"));
    CU_ASSERT_FALSE(email_ok("a@[127.0.0.1]"));
    CU_ASSERT_FALSE(email_ok("a@b"));
}

TEST(numbering, round_trip_and_growth)
{
    int year;
    int64_t sequence;

    SAME_TEXT(document_number(test_arena(), "INV", 2026, 17), "INV-2026-00017");
    SAME_TEXT(document_number(test_arena(), "INV", 2026, 123456), "INV-2026-123456");
    for (uint64_t seed = 1; seed <= test_seeds(); seed++) {
        uint64_t s = seed;
        int64_t n = random_between(&s, 1, 10000000);

        CU_ASSERT_TRUE(document_number_parse(document_number(test_arena(), "A-B", 2026, n), &year, &sequence));
        SAME_NUMBER(sequence, n);
        SAME_NUMBER(year, 2026);
    }
    CU_ASSERT_FALSE(document_number_parse("INV-2026-0001", &year, &sequence));
    CU_ASSERT_FALSE(document_number_parse("INV-2026-000017", &year, &sequence));
    CU_ASSERT_FALSE(document_number_parse("2026-00017", &year, &sequence));
}

TEST(states, attempts_never_leave_success_but_by_reversal)
{
    for (int event = EVENT_SEND; event <= EVENT_NEVER_SEEN; event++)
        for (int state = ATTEMPT_READY; state <= ATTEMPT_OPERATOR; state++) {
            enum attempt_state next = ATTEMPT_READY;

            if (!attempt_next((enum attempt_state)state, (enum attempt_event)event, &next))
                continue;
            if (state == ATTEMPT_SUCCEEDED)
                CU_ASSERT_TRUE(next == ATTEMPT_SUCCEEDED || next == ATTEMPT_REVERSED);
            /* a closed attempt never books money by itself */
            if (!attempt_is_live((enum attempt_state)state))
                CU_ASSERT_TRUE(next != ATTEMPT_SUCCEEDED);
        }
}

TEST(states, quote_refusals_in_order)
{
    CU_ASSERT_EQUAL(quote_may_be_answered(QUOTE_SENT, true, 10, 10), QUOTE_NOT_REFUSED);
    CU_ASSERT_EQUAL(quote_may_be_answered(QUOTE_SENT, true, 10, 11), QUOTE_HAS_EXPIRED);
    CU_ASSERT_EQUAL(quote_may_be_answered(QUOTE_SENT, false, 10, 11), QUOTE_IS_REPLACED);
    CU_ASSERT_EQUAL(quote_may_be_answered(QUOTE_SIGNED, true, 10, 11), QUOTE_IS_SIGNED);
    CU_ASSERT_EQUAL(quote_may_be_answered(QUOTE_DRAFT, true, 10, 1), QUOTE_NOT_SENT);
    CU_ASSERT_EQUAL(quote_may_be_edited(QUOTE_SIGNED), QUOTE_IS_SIGNED);
    CU_ASSERT_EQUAL(quote_may_be_withdrawn(QUOTE_CONFIRMED), QUOTE_IS_CONFIRMED);
}

TEST(states, retries_follow_the_plan_and_stop)
{
    SAME_NUMBER(retry_on("3,7,12", 1, 100), 103);
    SAME_NUMBER(retry_on("3,7,12", 3, 100), 112);
    SAME_NUMBER(retry_on("3,7,12", 4, 100), DATE_NONE);
    SAME_NUMBER(retry_on("3", 2, 100), DATE_NONE);
    SAME_NUMBER(retry_on("1,2,3,4,5", 4, 100), DATE_NONE);
    CU_ASSERT_EQUAL(decline_class("insufficient_funds"), DECLINE_SOFT);
    CU_ASSERT_EQUAL(decline_class("stolen_card"), DECLINE_HARD);
    CU_ASSERT_EQUAL(decline_class("authentication_required"), DECLINE_AUTHENTICATION);
}
