/* accrual: what was earned before its invoice, by worked cases, and that 418 always comes to nothing. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "core/accrual.h"
#include "core/date.h"
#include "core/money.h"
#include "core/schedule.h"
#include "seeded.h"

#define ON(y, m, d) date_from_civil(y, m, d)

static const struct period quarter = {20468, 20558}; /* 2026-01-15 to 2026-04-14: 90 days */

static struct accrual_line line_of(int64_t net_minor, struct period period)
{
    return (struct accrual_line){.account = "706", .net_minor = net_minor, .period = period, .category = TAX_STANDARD, .rate_ppm = 200000};
}

static int64_t on_account(const struct posting_list *list, const char *account)
{
    int64_t sum = 0;

    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].account, account) == 0)
            sum += list->items[i].debit_minor - list->items[i].credit_minor;
    return sum;
}

TEST(accrual, a_quarter_in_arrears_is_earned_day_by_day)
{
    SAME_NUMBER(quarter.from_on, ON(2026, 1, 15));
    SAME_NUMBER(quarter.until_on, ON(2026, 4, 15));
    SAME_NUMBER(accrual_earned(DEFERRAL_DAYS, 30000, quarter, ON(2026, 2, 1)), 5667); /* 17 of 90 days */
    SAME_NUMBER(accrual_earned(DEFERRAL_DAYS, 30000, quarter, ON(2026, 3, 1)), 15000);
    SAME_NUMBER(accrual_earned(DEFERRAL_DAYS, 30000, quarter, ON(2026, 4, 1)), 25333);
    SAME_NUMBER(accrual_earned(DEFERRAL_DAYS, 30000, quarter, ON(2026, 5, 1)), 30000); /* over, and not invoiced yet */
}

TEST(accrual, months_and_whole_months_are_spread_as_what_is_deferred)
{
    SAME_NUMBER(accrual_earned(DEFERRAL_MONTHS, 30000, quarter, ON(2026, 2, 1)), 5456); /* 17/31 of 17/31 + 2 + 14/30 months */
    SAME_NUMBER(accrual_earned(DEFERRAL_WHOLE_MONTHS, 30000, quarter, ON(2026, 2, 1)), 10000);
    SAME_NUMBER(accrual_earned(DEFERRAL_WHOLE_MONTHS, 30000, quarter, ON(2026, 4, 1)), 30000);
}

TEST(accrual, nothing_is_earned_before_a_period_or_without_one)
{
    SAME_NUMBER(accrual_earned(DEFERRAL_DAYS, 30000, quarter, ON(2026, 1, 15)), 0);
    SAME_NUMBER(accrual_earned(DEFERRAL_WHOLE_MONTHS, 30000, quarter, ON(2026, 1, 1)), 0);
    SAME_NUMBER(accrual_earned(DEFERRAL_DAYS, 30000, PERIOD_NONE, ON(2026, 2, 1)), 0);
}

TEST(accrual, the_entry_holds_what_will_be_asked_with_its_vat)
{
    struct accrual a = {.lines = {.count = 0}};
    struct accrual_line flat = line_of(30000, quarter);
    struct accrual_line used = line_of(1000, quarter);
    struct accrual_line later = line_of(500, (struct period){ON(2026, 2, 1), ON(2026, 3, 1)});
    struct accrual_line unknown = line_of(200, (struct period){ON(2026, 1, 1), ON(2026, 2, 1)});
    const struct exchange none = EXCHANGE_NONE;
    struct posting_list list;

    used.metered = true; /* what was used in 17 days is worth 10.00 */
    used.account = "7061";
    unknown.category = 0;
    CU_ASSERT_TRUE(accrual_add(&a, DEFERRAL_DAYS, &flat, ON(2026, 2, 1)));
    CU_ASSERT_TRUE(accrual_add(&a, DEFERRAL_DAYS, &used, ON(2026, 2, 1)));
    CU_ASSERT_TRUE(accrual_add(&a, DEFERRAL_DAYS, &later, ON(2026, 2, 1)));
    CU_ASSERT_TRUE(accrual_add(&a, DEFERRAL_DAYS, &unknown, ON(2026, 2, 1)));
    SAME_NUMBER(accrual_net(&a), 6867);
    posting_of_earned(&a.lines, a.totals.vat_minor, &none, &list);
    CU_ASSERT_TRUE(posting_balances(&list));
    SAME_NUMBER(on_account(&list, ACCOUNT_ACCRUED), 6867 + 1333);
    SAME_NUMBER(on_account(&list, "706"), -5867);
    SAME_NUMBER(on_account(&list, "7061"), -1000);
    SAME_NUMBER(on_account(&list, ACCOUNT_VAT_ACCRUED), -1333); /* 20 % of 66.67 */
    posting_turn(&list);
    SAME_NUMBER(on_account(&list, ACCOUNT_ACCRUED), -8200);
}

TEST(accrual, nothing_earned_is_no_entry)
{
    struct accrual a = {.lines = {.count = 0}};
    const struct exchange none = EXCHANGE_NONE;
    struct posting_list list;

    posting_of_earned(&a.lines, a.totals.vat_minor, &none, &list);
    SAME_NUMBER(list.count, 0);
}

TEST(accrual, of_another_currency_the_entry_stands_in_the_books)
{
    struct accrual a = {.lines = {.count = 0}};
    struct accrual_line flat = line_of(30000, quarter);
    struct exchange dollars = exchange_between("USD", "EUR", 1250000);
    struct posting_list list;

    CU_ASSERT_TRUE(accrual_add(&a, DEFERRAL_DAYS, &flat, ON(2026, 3, 1)));
    posting_of_earned(&a.lines, a.totals.vat_minor, &dollars, &list);
    CU_ASSERT_TRUE(posting_balances(&list));
    SAME_NUMBER(on_account(&list, ACCOUNT_ACCRUED), 14400); /* 180.00 USD */
    SAME_NUMBER(list.items[0].foreign_minor, 18000);
    SAME_NUMBER(on_account(&list, ACCOUNT_VAT_ACCRUED), -2400);
}

TEST(accrual, more_accounts_than_an_entry_holds_share_the_last)
{
    struct accrual a = {.lines = {.count = 0}};
    char account[POSTING_ACCOUNTS_MAX + 3][8];

    for (int i = 0; i < POSTING_ACCOUNTS_MAX + 3; i++) {
        struct accrual_line line = line_of(100, (struct period){ON(2026, 1, 1), ON(2026, 2, 1)});

        (void)snprintf(account[i], sizeof account[i], "706%02u", (unsigned)i % 100U);
        line.account = account[i];
        CU_ASSERT_TRUE(accrual_add(&a, DEFERRAL_DAYS, &line, ON(2026, 2, 1)));
    }
    SAME_NUMBER(a.lines.count, POSTING_ACCOUNTS_MAX);
    SAME_NUMBER(a.lines.at[POSTING_ACCOUNTS_MAX - 1].net_minor, 400);
    SAME_NUMBER(accrual_net(&a), 100 * (POSTING_ACCOUNTS_MAX + 3));
}

TEST(accrual, what_is_out_of_bounds_changes_nothing)
{
    const struct period month = {ON(2026, 1, 1), ON(2026, 2, 1)};
    struct accrual a = {.lines = {.count = 0}};
    struct accrual_line line = line_of(MONEY_MAX, month);

    CU_ASSERT_FALSE(accrual_add(&a, DEFERRAL_DAYS, &line, ON(2026, 2, 1))); /* with its VAT */
    SAME_NUMBER(a.lines.count, 0);
    line.category = 0;
    CU_ASSERT_TRUE(accrual_add(&a, DEFERRAL_DAYS, &line, ON(2026, 2, 1)));
    CU_ASSERT_FALSE(accrual_add(&a, DEFERRAL_DAYS, &line, ON(2026, 2, 1)));
    SAME_NUMBER(accrual_net(&a), MONEY_MAX);
    line.net_minor = -MONEY_MAX;
    a = (struct accrual){.lines = {.count = 0}};
    CU_ASSERT_TRUE(accrual_add(&a, DEFERRAL_DAYS, &line, ON(2026, 2, 1)));
    CU_ASSERT_FALSE(accrual_add(&a, DEFERRAL_DAYS, &line, ON(2026, 2, 1)));
}

/* A contract in arrears, as its books see it: periods are invoiced on their last day or up to 80 days later, some never;
 * each month is closed after anything up to three months. */
enum { PERIODS_MAX = 24, MONTHS_MAX = 80 };

struct contract {
    struct period periods[PERIODS_MAX];
    int64_t nets[PERIODS_MAX];
    int32_t invoiced_on[PERIODS_MAX]; /* DATE_NONE: never */
    int count;
    int64_t earned_by_month[MONTHS_MAX]; /* on 706, by month since the first */
    int64_t accrued;                     /* on 418 */
    int64_t waiting;                     /* on 445871 */
};

static struct contract any_contract(uint64_t *state)
{
    struct contract c = {.count = (int)seeded_between(state, 1, PERIODS_MAX)};
    struct schedule schedule = {.anchor_on = (int32_t)seeded_between(state, ON(2026, 1, 1), ON(2026, 1, 31)),
                                .every = {RECURRENCE_MONTH, (int)seeded_between(state, 1, 3)}};

    for (int i = 0; i < c.count; i++) {
        c.periods[i] = schedule_period(&schedule, i);
        c.nets[i] = seeded_between(state, 0, 1000000);
        c.invoiced_on[i] = seeded_between(state, 0, 9) == 0 ? DATE_NONE : c.periods[i].until_on + (int32_t)(seeded_between(state, 0, 1) * seeded_between(state, 0, 80));
    }
    return c;
}

static void book(struct contract *c, const struct posting_list *list, int month)
{
    c->accrued += on_account(list, ACCOUNT_ACCRUED);
    c->waiting += on_account(list, ACCOUNT_VAT_ACCRUED);
    c->earned_by_month[month] -= on_account(list, "706");
}

/* Every period counts that no invoice of before the day asks for: open ones, and those that were invoiced since. */
static int64_t close_month(struct contract *c, enum deferral_method method, int month, int32_t until_on)
{
    const struct exchange none = EXCHANGE_NONE;
    struct accrual a = {.lines = {.count = 0}};
    struct posting_list list;

    for (int i = 0; i < c->count; i++) {
        struct accrual_line line = line_of(c->nets[i], c->periods[i]);

        if (c->invoiced_on[i] == DATE_NONE || c->invoiced_on[i] >= until_on)
            CU_ASSERT_TRUE(accrual_add(&a, method, &line, until_on));
    }
    posting_of_earned(&a.lines, a.totals.vat_minor, &none, &list);
    book(c, &list, month);
    posting_turn(&list);
    book(c, &list, month + 1);
    return accrual_net(&a);
}

TEST(accrual, revenue_over_time_is_what_was_invoiced_and_418_comes_to_nothing)
{
    for (uint64_t seed = 0; seed < test_seeds(); seed++) {
        uint64_t state = seed * 7919 + 3;
        struct contract c = any_contract(&state);
        enum deferral_method method = (enum deferral_method)seeded_between(&state, DEFERRAL_DAYS, DEFERRAL_WHOLE_MONTHS);
        int64_t invoiced = 0, revenue = 0, until_now = 0;
        int32_t from_on = ON(2026, 1, 1);
        bool good = true;

        for (int month = 0; month + 1 < MONTHS_MAX; month++) {
            int32_t until_on = date_next_month(from_on);
            int64_t earned = 0;
            int64_t left = close_month(&c, method, month, until_on);

            for (int i = 0; i < c.count; i++) {
                if (c.invoiced_on[i] != DATE_NONE && c.invoiced_on[i] >= from_on && c.invoiced_on[i] < until_on) {
                    c.earned_by_month[month] += c.nets[i];
                    invoiced += c.nets[i];
                }
                earned += accrual_earned(method, c.nets[i], c.periods[i], until_on);
            }
            until_now += c.earned_by_month[month];
            good = good && c.accrued == 0 && c.waiting == 0 && until_now == earned && until_now == invoiced + left;
            from_on = until_on;
        }
        for (int month = 0; month < MONTHS_MAX; month++)
            revenue += c.earned_by_month[month];
        if (!good || revenue != invoiced) {
            SAME_NUMBER(seed, -1);
            return;
        }
    }
}
