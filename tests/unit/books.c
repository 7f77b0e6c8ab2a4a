/* books: deferred revenue by the worked cases of the product (6.10), and postings that always balance. */
#include "test.h"

#include <string.h>

#include "core/date.h"
#include "core/deferral.h"
#include "core/money.h"
#include "core/posting.h"
#include "posting_lines.h"
#include "seeded.h"

#define ON(y, m, d) date_from_civil(y, m, d)

static void months(enum deferral_method method, struct period period, const int64_t *wanted, size_t count)
{
    struct deferral_month got[16];

    SAME_NUMBER(deferral_months(method, 120000, period, got, 16), count);
    for (size_t i = 0; i < count; i++)
        SAME_NUMBER(got[i].amount_minor, wanted[i]);
}

TEST(deferral, by_days_over_a_year)
{
    const int64_t wanted[] = {10192, 9205, 10192, 9863, 10192, 9863, 10192, 10191, 9863, 10192, 9863, 10192};

    months(DEFERRAL_DAYS, (struct period){ON(2026, 1, 1), ON(2027, 1, 1)}, wanted, 12);
}

TEST(deferral, by_days_from_the_15th)
{
    const int64_t wanted[] = {5589, 9206, 10191, 9863, 10192, 9863, 10192, 10192, 9863, 10191, 9863, 10192, 4603};

    months(DEFERRAL_DAYS, (struct period){ON(2026, 1, 15), ON(2027, 1, 15)}, wanted, 13);
}

TEST(deferral, by_months_from_the_15th)
{
    const int64_t wanted[] = {5484, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 4516};

    months(DEFERRAL_MONTHS, (struct period){ON(2026, 1, 15), ON(2027, 1, 15)}, wanted, 13);
}

TEST(deferral, by_whole_months_january_counts_in_full)
{
    const int64_t wanted[] = {10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000};

    months(DEFERRAL_WHOLE_MONTHS, (struct period){ON(2026, 1, 15), ON(2027, 1, 15)}, wanted, 12);
}

TEST(deferral, eight_months_of_2023)
{
    const struct period p = {ON(2023, 1, 1), ON(2024, 1, 1)};

    SAME_NUMBER(deferral_recognised(DEFERRAL_MONTHS, 120000, p, ON(2023, 9, 1)), 80000);
}

TEST(deferral, at_the_ends)
{
    const struct period p = {ON(2026, 1, 15), ON(2026, 2, 15)};

    SAME_NUMBER(deferral_recognised(DEFERRAL_DAYS, 3100, p, p.from_on), 0);
    SAME_NUMBER(deferral_recognised(DEFERRAL_DAYS, 3100, p, p.until_on), 3100);
    SAME_NUMBER(deferral_recognised(DEFERRAL_DAYS, 3100, p, p.until_on + 99), 3100);
    SAME_NUMBER(deferral_at_issue(DEFERRAL_DAYS, 3100, PERIOD_NONE, p.from_on).amount_minor, 0);
    SAME_NUMBER(deferral_at_issue(DEFERRAL_DAYS, 3100, p, p.until_on).amount_minor, 0);
    SAME_NUMBER(deferral_at_issue(DEFERRAL_DAYS, 3100, p, p.until_on).next_on, DATE_NONE);
    SAME_NUMBER(deferral_at_issue(DEFERRAL_DAYS, 0, p, p.from_on).next_on, DATE_NONE);
    SAME_NUMBER(deferral_next_on(p, ON(2026, 1, 20)), ON(2026, 2, 1));
    SAME_NUMBER(deferral_next_on(p, ON(2026, 2, 1)), ON(2026, 2, 15));
    SAME_NUMBER(deferral_next_on(p, ON(2026, 2, 15)), DATE_NONE);
}

TEST(deferral, methods_have_names)
{
    for (enum deferral_method method = DEFERRAL_DAYS; method <= DEFERRAL_WHOLE_MONTHS; method++)
        SAME_NUMBER(deferral_method_from_name(deferral_method_name(method)), method);
    SAME_NUMBER(deferral_method_from_name("weeks"), 0);
}

TEST(deferral, whole_months_begin_and_end_with_one)
{
    const struct period month = {ON(2026, 1, 31), ON(2026, 2, 28)};
    const struct period tail = {ON(2026, 1, 15), ON(2026, 2, 16)};
    struct period span = deferral_span(DEFERRAL_WHOLE_MONTHS, month);

    SAME_NUMBER(span.from_on, ON(2026, 1, 1));
    SAME_NUMBER(span.until_on, ON(2026, 2, 1));
    SAME_NUMBER(deferral_span(DEFERRAL_WHOLE_MONTHS, tail).until_on, ON(2026, 3, 1));
    SAME_NUMBER(deferral_span(DEFERRAL_MONTHS, tail).from_on, tail.from_on);
    SAME_NUMBER(deferral_span(DEFERRAL_DAYS, tail).until_on, tail.until_on);
}

/* A year of 1,200.00 from the 15th of January, invoiced on the 10th of February. */
TEST(deferral, an_invoice_within_its_period_keeps_what_is_not_over)
{
    const struct period year = {ON(2026, 1, 15), ON(2027, 1, 15)};
    struct deferral_left days = deferral_at_issue(DEFERRAL_DAYS, 120000, year, ON(2026, 2, 10));
    struct deferral_left months_ = deferral_at_issue(DEFERRAL_MONTHS, 120000, year, ON(2026, 2, 10));
    struct deferral_left whole = deferral_at_issue(DEFERRAL_WHOLE_MONTHS, 120000, year, ON(2026, 2, 10));

    SAME_NUMBER(days.amount_minor, 120000 - 8548); /* 26 of 365 days */
    SAME_NUMBER(days.period.from_on, ON(2026, 2, 10));
    SAME_NUMBER(months_.amount_minor, 120000 - 8698); /* 17/31 and 9/28 of a month */
    SAME_NUMBER(whole.amount_minor, 110000); /* January is over, February is not */
    SAME_NUMBER(whole.period.from_on, ON(2026, 2, 1));
    SAME_NUMBER(whole.period.until_on, ON(2027, 1, 1));
    SAME_NUMBER(whole.next_on, ON(2026, 3, 1));
    SAME_NUMBER(deferral_recognised(DEFERRAL_WHOLE_MONTHS, whole.amount_minor, whole.period, ON(2026, 3, 1)), 10000);
    whole = deferral_at_issue(DEFERRAL_WHOLE_MONTHS, 120000, year, ON(2027, 1, 5)); /* its months are over */
    SAME_NUMBER(whole.amount_minor, 0);
    SAME_NUMBER(whole.next_on, DATE_NONE);
    whole = deferral_at_issue(DEFERRAL_WHOLE_MONTHS, 120000, year, ON(2025, 12, 20)); /* before it begins */
    SAME_NUMBER(whole.amount_minor, 120000);
    SAME_NUMBER(whole.next_on, ON(2026, 2, 1));
}

/* A note in August leaves five months of twelve, and they end with December: no thirteenth month. */
TEST(deferral, whole_months_stay_whole_after_a_credit_note)
{
    struct deferral_left left = deferral_at_issue(DEFERRAL_WHOLE_MONTHS, 120000, (struct period){ON(2026, 1, 15), ON(2027, 1, 15)}, ON(2026, 1, 15));

    while (left.next_on <= ON(2026, 8, 20)) {
        left.recognised_minor = deferral_recognised(DEFERRAL_WHOLE_MONTHS, left.amount_minor, left.period, left.next_on);
        left.next_on = deferral_next_on(left.period, left.next_on);
    }
    SAME_NUMBER(left.recognised_minor, 70000);
    SAME_NUMBER(deferral_credit(&left, 10000), 10000);
    SAME_NUMBER(left.amount_minor, 40000);
    CU_ASSERT_TRUE(deferral_holds(DEFERRAL_WHOLE_MONTHS, &left));
    for (int i = 0; i < 5; i++) {
        int64_t until = deferral_recognised(DEFERRAL_WHOLE_MONTHS, left.amount_minor, left.period, left.next_on);

        SAME_NUMBER(until - left.recognised_minor, 8000);
        left.recognised_minor = until;
        left.next_on = deferral_next_on(left.period, left.next_on);
    }
    SAME_NUMBER(left.next_on, DATE_NONE);
}

TEST(deferral, what_is_recognised_leaves_nothing_to_credit)
{
    struct deferral_left cent = deferral_at_issue(DEFERRAL_DAYS, 1, (struct period){ON(2026, 1, 1), ON(2026, 3, 10)}, ON(2026, 1, 1));

    cent.recognised_minor = deferral_recognised(DEFERRAL_DAYS, 1, cent.period, ON(2026, 3, 1)); /* rounded up before the end */
    cent.next_on = ON(2026, 3, 10);
    SAME_NUMBER(cent.recognised_minor, 1);
    SAME_NUMBER(deferral_credit(&cent, 1), 0);
    SAME_NUMBER(cent.next_on, ON(2026, 3, 10));
    cent.recognised_minor = 0;
    SAME_NUMBER(deferral_credit(&cent, -1), 0);
    cent.next_on = DATE_NONE;
    SAME_NUMBER(deferral_credit(&cent, 1), 0);
}

TEST(deferral, months_without_room_are_counted)
{
    struct deferral_month two[2];

    SAME_NUMBER(deferral_months(DEFERRAL_MONTHS, 120000, (struct period){ON(2026, 1, 15), ON(2027, 1, 15)}, two, 2), 13);
    SAME_NUMBER(two[1].amount_minor, 10000);
}

static bool release_next(enum deferral_method method, struct deferral_left *left, int64_t *released)
{
    int64_t until = deferral_recognised(method, left->amount_minor, left->period, left->next_on);
    bool forward = left->amount_minor < 0 ? until <= left->recognised_minor : until >= left->recognised_minor;

    *released += until - left->recognised_minor;
    left->recognised_minor = until;
    left->next_on = deferral_next_on(left->period, left->next_on);
    return forward;
}

/* Issued any day, credited now and then: what was rendered, released and taken back is the line's net, nothing is left,
 * nothing goes back, whole months never reach beyond their span, and what is recognised is found again at every step. */
TEST(deferral, of_every_method_all_that_is_deferred_comes_to_its_end)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed * 31 + 5;
        enum deferral_method method = (enum deferral_method)seeded_between(&state, DEFERRAL_DAYS, DEFERRAL_WHOLE_MONTHS);
        int64_t net = seeded_between(&state, -1000000, 1000000);
        int32_t from = (int32_t)seeded_between(&state, ON(2020, 1, 1), ON(2030, 1, 1));
        struct period period = {from, from + (int32_t)seeded_between(&state, 1, 800)};
        struct deferral_left left = deferral_at_issue(method, net, period, (int32_t)seeded_between(&state, from - 40, period.until_on + 3));
        int64_t sum = net - left.amount_minor;
        bool good = deferral_holds(method, &left);

        while (good && left.next_on != DATE_NONE) {
            if (seeded_between(&state, 0, 9) == 0)
                sum += deferral_credit(&left, seeded_between(&state, net < 0 ? net / 3 : 0, net < 0 ? 0 : net / 3));
            good = deferral_holds(method, &left) && left.period.until_on == deferral_span(method, period).until_on;
            if (good && left.next_on != DATE_NONE)
                good = release_next(method, &left, &sum) && deferral_holds(method, &left);
        }
        left.recognised_minor++;
        if (!good || sum != net || deferral_holds(method, &left)) {
            SAME_NUMBER(seed, -1);
            return;
        }
    }
}

TEST(deferral, whatever_the_method_it_ends_at_zero_and_never_goes_back)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        enum deferral_method method = (enum deferral_method)seeded_between(&state, DEFERRAL_DAYS, DEFERRAL_WHOLE_MONTHS);
        int64_t amount = seeded_between(&state, 0, 10000000);
        int32_t from = (int32_t)seeded_between(&state, ON(2020, 1, 1), ON(2030, 1, 1));
        struct period p = {from, from + (int32_t)seeded_between(&state, 1, 1200)};
        struct deferral_month got[50];
        size_t count = deferral_months(method, amount, p, got, 50);
        int64_t sum = 0;
        int64_t before = 0;

        for (size_t i = 0; i < count && i < 50; i++)
            sum += got[i].amount_minor;
        for (int32_t on = from - 3; on < p.until_on + 3; on += 7) {
            int64_t now = deferral_recognised(method, amount, p, on);

            if (now < before || now > amount) {
                SAME_NUMBER(seed, -1);
                return;
            }
            before = now;
        }
        if (sum != amount) {
            SAME_NUMBER(sum, amount);
            return;
        }
    }
}

static int64_t on_account(const struct posting_list *list, const char *account)
{
    int64_t sum = 0;

    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].account, account) == 0)
            sum += list->items[i].debit_minor - list->items[i].credit_minor;
    return sum;
}

TEST(posting, an_invoice_of_services_paid_in_two_parts)
{
    struct posting_invoice invoice = {.lines = {1, {POSTING_LINE(ACCOUNT_SERVICE, POSTING_REVENUE, 10000, 9000)}}, .vat_minor = 2000, .vat_due = VAT_DUE_ON_PAYMENT};
    struct posting_payment payment = {.money_account = ACCOUNT_CARD, .amount_minor = 5000, .invoice_total_minor = 12000, .invoice_vat_minor = 2000, .vat_due = VAT_DUE_ON_PAYMENT};
    struct posting_list list;

    posting_of_invoice(&invoice, &list);
    SAME_NUMBER(on_account(&list, ACCOUNT_CUSTOMER), 12000);
    SAME_NUMBER(on_account(&list, ACCOUNT_SERVICE), -1000);
    SAME_NUMBER(on_account(&list, ACCOUNT_DEFERRED), -9000);
    SAME_NUMBER(on_account(&list, ACCOUNT_VAT_WAITING), -2000);
    posting_of_payment(&payment, &list);
    SAME_NUMBER(on_account(&list, ACCOUNT_VAT), -833);
    payment.paid_before_minor = 5000;
    payment.amount_minor = 8000; /* 1000 more than is open */
    posting_of_payment(&payment, &list);
    SAME_NUMBER(on_account(&list, ACCOUNT_VAT), -1167);
    SAME_NUMBER(on_account(&list, ACCOUNT_ADVANCE), -1000);
    SAME_NUMBER(on_account(&list, ACCOUNT_CUSTOMER), -7000);
    posting_of_release("706", 9000, IN_ONE_CURRENCY, &list);
    SAME_NUMBER(on_account(&list, ACCOUNT_DEFERRED), 9000);
    SAME_NUMBER(on_account(&list, "706"), -9000);
}

TEST(posting, vat_on_issue_goods_and_a_free_invoice)
{
    struct posting_invoice invoice = {.lines = {1, {POSTING_LINE(ACCOUNT_GOODS, POSTING_REVENUE, 10000, 0)}}, .vat_minor = 2000, .vat_due = VAT_DUE_ON_ISSUE};
    struct posting_list list;

    posting_of_invoice(&invoice, &list);
    SAME_NUMBER(on_account(&list, ACCOUNT_VAT), -2000);
    SAME_NUMBER(on_account(&list, ACCOUNT_GOODS), -10000);
    memset(&invoice, 0, sizeof invoice);
    invoice.vat_due = VAT_DUE_ON_ISSUE;
    posting_of_invoice(&invoice, &list);
    SAME_NUMBER(list.count, 0);
    SAME_TEXT(posting_revenue_account(true), ACCOUNT_GOODS);
    SAME_TEXT(posting_revenue_account(false), ACCOUNT_SERVICE);
    for (int label = POSTING_CUSTOMER; label <= POSTING_ADVANCE; label++)
        CU_ASSERT_TRUE(posting_label_text((enum posting_label)label)[0] != '\0');
}

/* However an invoice is paid, every entry balances, and at the end exactly its VAT has moved. */
TEST(posting, parts_of_a_payment_move_exactly_the_vat)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed;
        int64_t net = seeded_between(&state, 1, 1000000);
        int64_t vat = seeded_between(&state, 0, net / 4);
        struct posting_invoice invoice = {.lines = {1, {POSTING_LINE(ACCOUNT_SERVICE, POSTING_REVENUE, net, seeded_between(&state, 0, net))}}, .vat_minor = vat,
                                          .vat_due = VAT_DUE_ON_PAYMENT};
        struct posting_payment p = {.money_account = ACCOUNT_BANK, .invoice_total_minor = net + vat, .invoice_vat_minor = vat, .vat_due = VAT_DUE_ON_PAYMENT};
        struct posting_list list;
        int64_t moved = 0;

        posting_of_invoice(&invoice, &list);
        if (!posting_balances(&list)) {
            SAME_NUMBER(seed, -1);
            return;
        }
        while (p.paid_before_minor < net + vat) {
            p.amount_minor = seeded_between(&state, 1, net + vat - p.paid_before_minor);
            posting_of_payment(&p, &list);
            moved -= on_account(&list, ACCOUNT_VAT);
            p.paid_before_minor += p.amount_minor;
            if (!posting_balances(&list)) {
                SAME_NUMBER(seed, -2);
                return;
            }
        }
        if (moved != vat) {
            SAME_NUMBER(moved, vat);
            return;
        }
    }
}

TEST(posting, an_unbalanced_list_is_seen)
{
    struct posting_list list = {.count = 2, .total_minor = 10, .items = {{"411", 10, 0, 0, POSTING_CUSTOMER}, {"706", 0, 9, 0, POSTING_REVENUE}}};

    CU_ASSERT_FALSE(posting_balances(&list));
    list.items[1].credit_minor = 10;
    CU_ASSERT_TRUE(posting_balances(&list));
    list.items[0].foreign_minor = 1; /* in the other currency it must balance too */
    CU_ASSERT_FALSE(posting_balances(&list));
}
