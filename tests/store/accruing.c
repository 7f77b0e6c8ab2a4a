/* accruing: what is earned before its invoice, month by month, from real contracts; what the database refuses of it. */
#include "support.h"

#include <string.h>

#include "core/accrual.h"
#include "core/date.h"
#include "intake/import.h"
#include "service/accruing.h"
#include "service/amending.h"
#include "service/metering.h"
#include "service/renewing.h"
#include "store/accrual.h"
#include "store/catalogue.h"
#include "store/chart.h"
#include "store/ledger.h"
#include "store/usage.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)
#define NO_ONCE (&(struct once){NULL, "/"})

static void take(struct ctx *ctx, enum import_kind kind, const char *text)
{
    static struct import_report report;

    GOOD(run_import(ctx, &(struct import){.kind = kind, .data = text, .bytes = strlen(text)}, &report));
    SAME_NUMBER(report.created, 1);
}

/* A contract by the month from a day on: a desk at 10.00 in advance, support at 31.00 in arrears, gigabytes at 0.20. */
static struct subscription running(struct ctx *ctx, int32_t from_on)
{
    const char *ref = arena_printf(ctx->arena, "AC-%lld", (long long)store_unique());
    char day[DATE_TEXT_BYTES];
    struct subscription s;
    struct plan plan = {.name = arena_printf(ctx->arena, "Accrued %s", ref), .every = {RECURRENCE_MONTH, 1}, .anchor = {ANCHOR_START, 0},
                        .timing = BILLING_ADVANCE, .trial_unit = "day", .trial_end = "bill", .max_missed = 1000, .term_unit = TERM_PERIODS,
                        .dunning_rule_id = 1, .state = "active"};

    GOOD(insert_plan(ctx, &plan));
    (void)date_iso(from_on, day);
    take(ctx, IMPORT_CUSTOMERS, arena_printf(ctx->arena, "reference;kind;name;email;street;postal_code;city;country;language\n"
         "%s;company;Customer;a@example.com;1 road;75001;Paris;FR;fr\n", ref));
    take(ctx, IMPORT_SUBSCRIPTIONS, arena_printf(ctx->arena,
         "reference;customer;plan;start;next_period;next_arrears;description;unit;timing;quantity;price\n"
         "%s;%s;%s;%s;%s;%s;Desk;;advance;1;10\n%s;;;;;;Support;;arrears;1;31\n%s;;;;;;Traffic;GB;usage;1;0.2\n", ref, ref, plan.name, day, day, day, ref, ref));
    GOOD(subscription_by_reference(ctx, ref, &s));
    return s;
}

static void report(struct ctx *ctx, const struct subscription *s, int32_t on, int64_t quantity_e4)
{
    struct usage_report r = {.subscription_id = s->id, .slot = 3, .used_on = on, .quantity_e4 = quantity_e4, .reference = ""};

    ctx->today_on = on;
    GOOD(report_usage(ctx, &r, NO_ONCE));
    SAME_NUMBER(r.refusal, USAGE_ACCEPTED);
}

static void renew_on(struct ctx *ctx, int32_t on)
{
    struct renewing state = {0};

    ctx->today_on = on;
    GOOD(renew_subscriptions(ctx, &state));
    SAME_NUMBER(state.failed, 0);
}

static const struct column accrual_columns[] = {COLUMN(I64, accrual_row, id), COLUMN(I64, accrual_row, net_minor), COLUMN(I64, accrual_row, vat_minor),
                                                COLUMN(I64, accrual_row, base_minor)};
static const struct statement accrued = {"test_accrued", "SELECT id, net_minor, vat_minor, base_minor FROM accrual WHERE subscription_id = ? AND until_on = ?",
                                         READS(accrual_row, accrual_columns)};

/* What a month accrued of a contract; all 0: nothing. */
static struct accrual_row accrued_of(struct ctx *ctx, const struct subscription *s, int32_t until_on)
{
    struct accrual_row row = {.id = 0};
    enum err err = db_row(ctx, &accrued, PARAMS(P_I64(s->id), P_DATE(until_on)), &row);

    if (err == ERR_NOT_FOUND) {
        ctx_forget_error(ctx);
        return (struct accrual_row){.id = 0};
    }
    GOOD(err);
    return row;
}

static const struct column sum_columns[] = {COLUMN(I64, accrual_row, base_minor)};
static const struct statement booked = {"test_accrual_booked", "SELECT CAST(IFNULL(SUM(j.debit_minor - j.credit_minor), 0) AS SIGNED) AS base_minor FROM journal_entry e "
                                        "JOIN journal_item j ON j.entry_id = e.id WHERE e.source_kind = ? AND e.source_id = ? AND j.account = ?",
                                        READS(accrual_row, sum_columns)};

static int64_t booked_on(struct ctx *ctx, const char *source_kind, int64_t accrual_id, const char *account)
{
    struct accrual_row row;

    GOOD(db_row(ctx, &booked, PARAMS(P_TEXT(source_kind), P_I64(accrual_id), P_TEXT(account)), &row));
    return row.base_minor;
}

static const struct statement month_vat = {"test_accrued_vat", "SELECT CAST(SUM(vat_minor) AS SIGNED) AS base_minor FROM accrual WHERE until_on = ?",
                                           READS(accrual_row, sum_columns)};

static int64_t vat_of_month(struct ctx *ctx, int32_t until_on)
{
    struct accrual_row row;

    GOOD(db_row(ctx, &month_vat, PARAMS(P_DATE(until_on)), &row));
    return row.base_minor;
}

/* What stood on 418 at the end of the month is what it accrued, its VAT on 445871, and a day later there is nothing. */
static void ledger_ties(struct ctx *ctx, int32_t until_on)
{
    struct accrued_month *months;
    struct chart chart;
    size_t count;
    int64_t balance;

    GOOD(chart_now(ctx, &chart));
    GOOD(accrued_months(ctx, 1, &months, &count));
    SAME_NUMBER(count, 1);
    SAME_NUMBER(months[0].until_on, until_on);
    GOOD(balance_of(ctx, chart_account(&chart, ACCOUNT_ACCRUED), until_on, "EUR", &balance));
    SAME_NUMBER(balance, months[0].base_minor);
    CU_ASSERT_TRUE(balance != 0);
    GOOD(balance_of(ctx, chart_account(&chart, ACCOUNT_ACCRUED), until_on + 1, "EUR", &balance));
    SAME_NUMBER(balance, 0);
    GOOD(balance_of(ctx, "445871", until_on, "EUR", &balance));
    SAME_NUMBER(-balance, vat_of_month(ctx, until_on));
    CU_ASSERT_TRUE(balance != 0);
    GOOD(balance_of(ctx, "445871", until_on + 1, "EUR", &balance));
    SAME_NUMBER(balance, 0);
}

static int64_t accrue(struct ctx *ctx, int32_t until_on)
{
    int64_t count;

    GOOD(accrue_month(ctx, until_on, &count));
    return count;
}

/* From the 15th: what runs is earned by its days, what was used counts by its reports, what was invoiced since by its
 * lines; each month anew, once. */
TEST(accruing, a_contract_in_arrears_and_by_use_month_by_month)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    int32_t first = date_next_month(date_next_month(ctx->today_on));
    int32_t second = date_next_month(first), third = date_next_month(second);
    struct subscription s = running(ctx, first + 14);
    struct subscription calendar = running(ctx, first); /* its period ends with the month */
    struct accrual_row row, again;
    struct period period = {first + 14, date_add_months(first + 14, 1)};
    int64_t flat = accrual_earned(DEFERRAL_DAYS, 3100, period, second);

    renew_on(ctx, first);
    renew_on(ctx, first + 14);
    report(ctx, &s, first + 20, 200000); /* 4.00 */
    report(ctx, &s, second, 100000);     /* of the next month */
    renew_on(ctx, second);               /* 31.00 of the calendar month is invoiced before the month is closed */
    CU_ASSERT_TRUE(accrue(ctx, second) >= 2);
    row = accrued_of(ctx, &s, second);
    SAME_NUMBER(row.net_minor, flat + 400);
    SAME_NUMBER(row.vat_minor, money_scale(flat + 400, 1, 5, ROUND_HALF_AWAY));
    SAME_NUMBER(row.base_minor, row.net_minor + row.vat_minor);
    SAME_NUMBER(accrued_of(ctx, &calendar, second).net_minor, 3100);
    SAME_NUMBER(accrued_of(ctx, &calendar, second).vat_minor, 620);
    ledger_ties(ctx, second);
    books_are_sound(ctx);
    SAME_NUMBER(accrue(ctx, second), 0); /* once */
    again = accrued_of(ctx, &s, second);
    SAME_NUMBER(again.id, row.id);
    SAME_NUMBER(again.net_minor, row.net_minor);

    renew_on(ctx, second + 14); /* 31.00 and 6.00 are invoiced */
    ctx->today_on = third;
    renew_on(ctx, third);
    (void)accrue(ctx, third);
    period = (struct period){period.until_on, date_add_months(first + 14, 2)};
    SAME_NUMBER(accrued_of(ctx, &s, third).net_minor, accrual_earned(DEFERRAL_DAYS, 3100, period, third));
    ledger_ties(ctx, third);
    books_are_sound(ctx);
}

static void amend(struct ctx *ctx, const struct subscription *s, enum amendment_kind kind)
{
    struct amending a = {.subscription_id = s->id, .kind = kind, .when = AMENDMENT_AT_ONCE, .on = DATE_NONE, .resume_on = DATE_NONE, .reason = "", .credit = true};

    GOOD(make_amendment(ctx, &a, NO_ONCE));
    CU_ASSERT_PTR_NULL(a.refusal);
}

/* What ends or pauses within a month was invoiced in it: nothing is accrued, and nothing is left of months before. */
TEST(accruing, what_is_paused_or_ended_leaves_nothing)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    int32_t first = date_next_month(date_next_month(ctx->today_on));
    int32_t second = date_next_month(first), third = date_next_month(second);
    struct subscription ends = running(ctx, first + 9), pauses = running(ctx, first + 9), never = running(ctx, first + 9);

    renew_on(ctx, first + 9);
    renew_on(ctx, second);
    CU_ASSERT_TRUE(accrue(ctx, second) >= 3);
    CU_ASSERT_TRUE(accrued_of(ctx, &ends, second).net_minor > 0);
    SAME_NUMBER(accrued_of(ctx, &pauses, second).net_minor, accrued_of(ctx, &ends, second).net_minor);
    ctx->today_on = second + 3;
    amend(ctx, &ends, AMENDMENT_CLOSE);
    amend(ctx, &pauses, AMENDMENT_PAUSE);
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE subscription SET held_on = '2026-01-01', hold_reason = 'missed', due_on = NULL WHERE id = %lld", (long long)never.id)));
    renew_on(ctx, third);
    (void)accrue(ctx, third);
    SAME_NUMBER(accrued_of(ctx, &ends, third).id, 0);
    SAME_NUMBER(accrued_of(ctx, &pauses, third).id, 0);
    /* held: a month in arrears that is over, the one that runs, and the desk of what nobody has invoiced */
    SAME_NUMBER(accrued_of(ctx, &never, third).net_minor,
                3100 + accrual_earned(DEFERRAL_DAYS, 3100 + 0, (struct period){date_add_months(first + 9, 1), date_add_months(first + 9, 2)}, third) +
                accrual_earned(DEFERRAL_DAYS, 1000, (struct period){date_add_months(first + 9, 1), date_add_months(first + 9, 2)}, third));
    ledger_ties(ctx, third);
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE subscription SET state = 'ended', held_on = NULL, hold_reason = '', ends_on = started_on WHERE id = %lld", (long long)never.id)));
    (void)accrue(ctx, date_next_month(third));
    SAME_NUMBER(accrued_of(ctx, &never, date_next_month(third)).id, 0);
    books_are_sound(ctx);
}

/* Both entries are booked at once: whatever the chart says later, they are taken back where they stand. */
TEST(accruing, vat_stays_on_the_account_that_its_month_was_booked_on)
{
    static const char *const kind[] = {"accrual", "accrual_end"};
    struct ctx *ctx = store_ctx_of_newest_day();
    int32_t first = date_next_month(date_next_month(ctx->today_on));
    int32_t second = date_next_month(first), third = date_next_month(second);
    struct subscription s = running(ctx, first + 9);
    struct accrual_row before, after;

    renew_on(ctx, first + 9);
    GOOD(owner_runs(ctx, "UPDATE account_role SET account = '44587' WHERE role = 'vat_accrued'")); /* as a house had it */
    ctx->today_on = second;
    CU_ASSERT_TRUE(accrue(ctx, second) >= 1);
    GOOD(owner_runs(ctx, "UPDATE account_role SET account = '445871' WHERE role = 'vat_accrued'"));
    books_are_sound(ctx);
    renew_on(ctx, second + 9);
    ctx->today_on = third;
    CU_ASSERT_TRUE(accrue(ctx, third) >= 1);
    before = accrued_of(ctx, &s, second);
    after = accrued_of(ctx, &s, third);
    CU_ASSERT_TRUE(before.vat_minor > 0 && after.vat_minor > 0);
    for (int i = 0; i < 2; i++) {
        SAME_NUMBER(booked_on(ctx, kind[i], before.id, "44587"), i == 0 ? -before.vat_minor : before.vat_minor);
        SAME_NUMBER(booked_on(ctx, kind[i], before.id, "445871"), 0);
        SAME_NUMBER(booked_on(ctx, kind[i], after.id, "445871"), i == 0 ? -after.vat_minor : after.vat_minor);
        SAME_NUMBER(booked_on(ctx, kind[i], after.id, "44587"), 0);
    }
    ledger_ties(ctx, third);
    books_are_sound(ctx);
}

TEST(accruing, what_was_accrued_is_refused_a_second_time_and_never_changed)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    int32_t first = date_next_month(date_next_month(ctx->today_on));
    struct subscription s = running(ctx, first + 9);
    struct accrual_row row;
    long long id;

    renew_on(ctx, first + 9);
    ctx->today_on = date_next_month(first);
    CU_ASSERT_TRUE(accrue(ctx, ctx->today_on) >= 1);
    row = accrued_of(ctx, &s, ctx->today_on);
    id = row.id;
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE accrual SET net_minor = 0 WHERE id = %lld", id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "DELETE FROM accrual WHERE id = %lld", id));
    CU_ASSERT_EQUAL(owner_runs(ctx, arena_printf(ctx->arena, "INSERT INTO accrual SELECT id + 1000000, subscription_id, until_on, currency, net_minor, vat_minor, "
                                                 "base_minor FROM accrual WHERE id = %lld", id)), ERR_DUPLICATE);
    ctx_forget_error(ctx);
    as_owner_refused(ctx, arena_printf(ctx->arena, "INSERT INTO accrual SELECT id + 1000000, subscription_id, until_on + INTERVAL 1 DAY, currency, net_minor, vat_minor, "
                                                   "base_minor FROM accrual WHERE id = %lld", id));
}
