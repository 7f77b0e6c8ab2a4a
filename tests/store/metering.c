/* metering: what was used, from the report to the invoice; what the database refuses. */
#include "service/renewal_preview.h"
#include "support.h"

#include <string.h>

#include "core/date.h"
#include "core/pricing.h"
#include "intake/import.h"
#include "service/contract.h"
#include "service/metering.h"
#include "service/renewing.h"
#include "store/catalogue.h"
#include "store/customer.h"
#include "store/invoice.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)
#define NO_ONCE (&(struct once){NULL, "/"})

static struct import_report report;

static struct import_report *take(struct ctx *ctx, enum import_kind kind, const char *text, bool dry_run)
{
    const struct import import = {.kind = kind, .data = text, .bytes = strlen(text), .dry_run = dry_run};

    GOOD(run_import(ctx, &import, &report));
    return &report;
}

static int32_t month(const struct ctx *ctx)
{
    return date_next_month(date_next_month(ctx->today_on));
}

/* A contract from the first of a month that nothing was issued in: a desk at 10.00 in advance, and gigabytes. */
static struct subscription running(struct ctx *ctx, const char *ref, int32_t from_on)
{
    char day[DATE_TEXT_BYTES];
    struct subscription s;
    struct plan plan = {.name = arena_printf(ctx->arena, "Metered %s", ref), .every = {RECURRENCE_MONTH, 1}, .anchor = {ANCHOR_START, 0},
                        .timing = BILLING_ADVANCE, .trial_unit = "day", .trial_end = "bill", .max_missed = 1000, .term_unit = TERM_PERIODS,
                        .dunning_rule_id = 1, .state = "active"};

    GOOD(insert_plan(ctx, &plan));
    (void)date_iso(from_on, day);
    (void)take(ctx, IMPORT_CUSTOMERS, arena_printf(ctx->arena, "reference;kind;name;email;street;postal_code;city;country;language\n"
               "%s;company;Customer;a@example.com;1 road;75001;Paris;FR;fr\n", ref), false);
    SAME_NUMBER(report.created, 1);
    (void)take(ctx, IMPORT_SUBSCRIPTIONS, arena_printf(ctx->arena,
               "reference;customer;plan;start;next_period;next_arrears;description;unit;timing;quantity;price\n"
               "%s;%s;%s;%s;%s;%s;Desk;;advance;1;10\n%s;;;;;;Traffic;GB;usage;7;0.2\n", ref, ref, plan.name, day, day, day, ref), false);
    SAME_NUMBER(report.created, 1);
    GOOD(subscription_by_reference(ctx, ref, &s));
    return s;
}

static enum usage_refusal reported(struct ctx *ctx, const struct subscription *s, int32_t on, int64_t quantity_e4, const char *reference)
{
    struct usage_report r = {.subscription_id = s->id, .slot = 2, .used_on = on, .quantity_e4 = quantity_e4, .reference = reference};

    GOOD(report_usage(ctx, &r, NO_ONCE));
    return r.refusal;
}

static int64_t invoices(struct ctx *ctx, int64_t subscription_id, int64_t *newest_minor)
{
    struct invoice_list_row *rows;
    size_t count;

    GOOD(invoice_list(ctx, "", 0, subscription_id, 0, 100, &rows, &count));
    *newest_minor = count > 0 ? rows[0].total_minor : 0;
    return (int64_t)count;
}

static void run_on(struct ctx *ctx, int32_t on)
{
    struct renewing state = {0};

    ctx->today_on = on;
    GOOD(renew_subscriptions(ctx, &state));
    SAME_NUMBER(state.failed, 0);
}

TEST(metering, usage_is_billed_once_after_its_period_and_nothing_makes_no_line)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    int32_t from_on = month(ctx);
    const char *ref = arena_printf(ctx->arena, "M-%lld", (long long)store_unique());
    struct subscription s;
    struct renewal_preview preview;
    int64_t newest;

    s = running(ctx, ref, from_on);
    SAME_NUMBER(s.mrr_e4, 100000); /* the desk */
    SAME_NUMBER(s.period_minor, 1000);
    run_on(ctx, from_on);
    SAME_NUMBER(invoices(ctx, s.id, &newest), 1);
    SAME_NUMBER(newest, 1200);
    ctx->today_on = from_on + 20;
    SAME_NUMBER(reported(ctx, &s, from_on, 125000, arena_printf(ctx->arena, "%s-1", ref)), USAGE_ACCEPTED);
    SAME_NUMBER(reported(ctx, &s, from_on + 20, 180001, arena_printf(ctx->arena, "%s-2", ref)), USAGE_ACCEPTED);
    SAME_NUMBER(reported(ctx, &s, from_on + 20, 180001, arena_printf(ctx->arena, "%s-2", ref)), USAGE_ACCEPTED); /* a repetition */
    SAME_NUMBER(reported(ctx, &s, from_on + 19, 180001, arena_printf(ctx->arena, "%s-2", ref)), USAGE_REFERENCE_TAKEN);
    SAME_NUMBER(reported(ctx, &s, from_on + 21, 1, ""), USAGE_IN_FUTURE);
    SAME_NUMBER(reported(ctx, &s, from_on - 1, 1, ""), USAGE_BEFORE_START);
    GOOD(subscription_by_id(ctx, s.id, &s));
    GOOD(preview_renewal(ctx, &s, &preview));
    SAME_NUMBER(preview.net_minor, 1000 + 610); /* 30.5001 at 0.20 */
    SAME_NUMBER(preview.due_on, date_next_month(from_on));
    run_on(ctx, date_next_month(from_on));
    SAME_NUMBER(invoices(ctx, s.id, &newest), 2);
    SAME_NUMBER(newest, preview.total_minor);
    run_on(ctx, date_next_month(from_on));
    SAME_NUMBER(invoices(ctx, s.id, &newest), 2);
    SAME_NUMBER(reported(ctx, &s, from_on + 25, 10000, ""), USAGE_BILLED);
    {
        struct invoice_list_row *rows;
        struct invoice_line_row *lines;
        size_t count;

        GOOD(invoice_list(ctx, "", 0, s.id, 0, 100, &rows, &count));
        GOOD(invoice_lines(ctx, rows[0].id, &lines, &count));
        SAME_NUMBER(count, 2);
        SAME_NUMBER(lines[0].quantity_e4, 305001);
        SAME_NUMBER(lines[0].period_from_on, from_on);
        SAME_NUMBER(lines[0].period_until_on, date_next_month(from_on));
    }
    run_on(ctx, date_add_months(from_on, 2)); /* nothing was used: the desk alone */
    SAME_NUMBER(invoices(ctx, s.id, &newest), 3);
    SAME_NUMBER(newest, 1200);
    books_are_sound(ctx);
}

TEST(metering, a_report_is_taken_back_whole_while_its_period_is_open)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    int32_t from_on = month(ctx);
    const char *ref = arena_printf(ctx->arena, "M-%lld", (long long)store_unique());
    struct subscription s = running(ctx, ref, from_on);
    struct usage_record there;
    struct usage_undoing undoing;
    struct usage_day *days;
    size_t count;

    run_on(ctx, from_on);
    ctx->today_on = from_on + 5;
    SAME_NUMBER(reported(ctx, &s, from_on + 5, 90000, arena_printf(ctx->arena, "%s-a", ref)), USAGE_ACCEPTED);
    SAME_NUMBER(reported(ctx, &s, from_on + 5, 20000, arena_printf(ctx->arena, "%s-b", ref)), USAGE_ACCEPTED);
    GOOD(usage_by_reference(ctx, arena_printf(ctx->arena, "%s-a", ref), &there));
    undoing = (struct usage_undoing){.subscription_id = s.id, .record_id = there.id, .reason = "meter read twice"};
    GOOD(undo_usage(ctx, &undoing, NO_ONCE));
    CU_ASSERT_PTR_NULL(undoing.refusal);
    GOOD(open_usage(ctx, &s, 1, &days, &count));
    SAME_NUMBER(usage_in(days, count, s.id, 2, (struct period){from_on, date_next_month(from_on)}), 20000);
    GOOD(undo_usage(ctx, &undoing, NO_ONCE));
    CU_ASSERT_PTR_NOT_NULL(undoing.refusal);
    SAME_NUMBER(reported(ctx, &s, from_on + 5, 90000, arena_printf(ctx->arena, "%s-a", ref)), USAGE_REFERENCE_TAKEN);
    GOOD(usage_by_reference(ctx, arena_printf(ctx->arena, "%s-b", ref), &there));
    run_on(ctx, date_next_month(from_on));
    undoing.record_id = there.id;
    GOOD(undo_usage(ctx, &undoing, NO_ONCE));
    CU_ASSERT_PTR_NOT_NULL(undoing.refusal);
}

TEST(metering, a_file_is_checked_written_once_and_told_where_it_is_wrong)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    int32_t from_on = month(ctx);
    const char *ref = arena_printf(ctx->arena, "M-%lld", (long long)store_unique());
    struct subscription s = running(ctx, ref, from_on);
    char day[DATE_TEXT_BYTES];
    const char *good;
    struct usage_day *days;
    size_t count;

    ctx->today_on = from_on + 3;
    (void)date_iso(from_on + 2, day);
    good = arena_printf(ctx->arena, "subscription;line;day;quantity;reference\n%s;2;%s;1,5;%s-f1\n%s;;%s;2;%s-f2\n", ref, day, ref, ref, day, ref);
    (void)take(ctx, IMPORT_USAGE, good, true);
    SAME_NUMBER(report.created, 2);
    GOOD(open_usage(ctx, &s, 1, &days, &count));
    SAME_NUMBER(count, 0); /* a check writes nothing */
    (void)take(ctx, IMPORT_USAGE, good, false);
    SAME_NUMBER(report.created, 2);
    (void)take(ctx, IMPORT_USAGE, good, false);
    SAME_NUMBER(report.created, 0);
    SAME_NUMBER(report.unchanged, 2);
    GOOD(open_usage(ctx, &s, 1, &days, &count));
    SAME_NUMBER(usage_in(days, count, s.id, 2, (struct period){from_on, date_next_month(from_on)}), 35000);
    (void)take(ctx, IMPORT_USAGE, arena_printf(ctx->arena, "subscription;line;day;quantity;reference\n%s;1;%s;1;x1\n%s;2;%s;0;x2\n%s;2;2026-02-30;1;x3\n"
               "nobody;2;%s;1;x4\n%s;2;%s;0,00001;x5\n%s;2;%s;2;%s-f1\n", ref, day, ref, day, ref, day, ref, day, ref, day, ref), false);
    SAME_NUMBER(report.problem_count, 6);
    SAME_TEXT(report.kept[0].column, "line");
    SAME_TEXT(report.kept[1].column, "quantity");
    SAME_TEXT(report.kept[2].column, "day");
    SAME_TEXT(report.kept[3].column, "subscription");
    SAME_TEXT(report.kept[4].column, "quantity");
    SAME_TEXT(report.kept[5].column, "reference");
    SAME_NUMBER(report.created, 0);
}

/* What no service asks for the database refuses by itself. */
TEST(metering, the_database_refuses_what_must_never_be)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    int32_t from_on = month(ctx);
    const char *ref = arena_printf(ctx->arena, "M-%lld", (long long)store_unique());
    struct subscription s = running(ctx, ref, from_on);
    struct usage_record good = {.subscription_id = s.id, .slot = 2, .used_on = from_on, .period_index = s.arrears_index, .quantity_e4 = 10000,
                                .reference = arena_printf(ctx->arena, "%s-1", ref), .reason = ""};
    struct usage_record r = good;

    GOOD(insert_usage(ctx, &r));
    SAME_NUMBER(insert_usage(ctx, &good), ERR_DUPLICATE);
    good.reference = "";
    r = good;
    r.quantity_e4 = 0;
    SAME_NUMBER(insert_usage(ctx, &r), ERR_DB);
    r = good;
    r.quantity_e4 = -10000; /* of nothing */
    SAME_NUMBER(insert_usage(ctx, &r), ERR_DB);
    r = good;
    r.slot = 1; /* the desk */
    SAME_NUMBER(insert_usage(ctx, &r), ERR_DB);
    r = good;
    r.period_index = s.arrears_index - 1; /* billed */
    SAME_NUMBER(insert_usage(ctx, &r), ERR_DB);
    r = good;
    r.used_on = from_on - 1; /* before the line */
    SAME_NUMBER(insert_usage(ctx, &r), ERR_DB);
    ctx_forget_error(ctx);
}
