/* deferring: what the house chose about deferred revenue, from the invoice to the last release, against a real database. */
#include "support.h"

#include <string.h>

#include "core/date.h"
#include "core/posting.h"
#include "service/crediting.h"
#include "service/deferring.h"
#include "service/reporting.h"
#include "store/chart.h"
#include "store/ledger.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)
#define NO_ONCE (&(struct once){NULL, "/admin/invoices/{ref}"})
#define ON(y, m, d) date_from_civil(y, m, d)

enum { NET = 120000 };

/* The product's cases are of 2026: the next year that is as long, and that no test has come to. */
static int year_ahead(const struct ctx *ctx)
{
    int year = date_civil(ctx->today_on).year + 1;

    return date_days_in_month(year, 2) == 29 ? year + 1 : year;
}

struct asked {
    const char *method;
    struct issuing issuing;
};

static enum err issue_by(struct ctx *ctx, void *arg)
{
    struct asked *a = arg;
    struct company company;

    TRY(ctx, company_current(ctx, &company));
    company.deferral_method = a->method;
    return issue_invoices(ctx, &company, &a->issuing.work, 1, &a->issuing.ids);
}

/* An invoice of 1,200.00 and its VAT for a period; its id. */
static int64_t issued(struct ctx *ctx, const struct customer *customer, const char *method, struct period period)
{
    static const struct tax_decision full = {TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, "FR", "FR", false, false, false};
    struct work_line *line = ARENA_NEW(ctx->arena, struct work_line);
    struct asked a = {.method = method};

    *line = (struct work_line){.line = {.kind = LINE_RECURRING, .description = "Licence", .period = period, .quantity_e4 = QUANTITY_ONE,
                                        .unit_price_e4 = NET * INT64_C(100), .net_minor = NET, .tax = full}, .unit = ""};
    a.issuing.work = (struct invoice_work){.customer_id = customer->id, .customer_version_id = customer->version_id,
        .personal_digest = customer->personal_digest, .language = "fr", .currency = "EUR", .collect_on = DATE_NONE, .lines = line, .line_count = 1};
    GOOD(reserve_invoice_ids(ctx, 1, &a.issuing.ids));
    GOOD(db_transaction(ctx, issue_by, &a));
    return a.issuing.work.invoice.id;
}

struct release_row {
    int32_t entry_on;
    int64_t minor;
};
static const struct column release_column[] = {COLUMN(DATE, release_row, entry_on), COLUMN(I64, release_row, minor)};
static const struct statement releases = {"test_releases", "SELECT e.entry_on, i.debit_minor AS minor FROM deferral d JOIN journal_entry e ON "
    "e.source_kind = 'deferral' AND e.source_id = d.id JOIN journal_item i ON i.entry_id = e.id WHERE d.invoice_id = ? AND i.label = 'deferred' "
    "ORDER BY e.entry_on", READS(release_row, release_column)};

static void released_as(struct ctx *ctx, int64_t invoice_id, const int64_t *wanted, size_t count, int32_t last_on)
{
    struct release_row *rows;
    size_t row_count;

    GOOD(db_rows(ctx, &releases, PARAMS(P_I64(invoice_id)), &rows, &row_count));
    SAME_NUMBER(row_count, count);
    for (size_t i = 0; i < count && i < row_count; i++) {
        SAME_NUMBER(rows[i].minor, wanted[i]);
        if (i + 1 < count)
            SAME_NUMBER(date_civil(rows[i].entry_on + 1).day, 1);
    }
    SAME_NUMBER(rows[row_count - 1].entry_on, last_on);
}

/* What months to come bring is what stands on the account. */
static void ahead_ties(struct ctx *ctx)
{
    struct deferred_ahead ahead;
    struct chart chart;
    int64_t balance;
    int64_t sum = 0;

    GOOD(chart_now(ctx, &chart));
    GOOD(deferred_ahead(ctx, "", "EUR", &ahead));
    GOOD(balance_of(ctx, chart_account(&chart, ACCOUNT_DEFERRED), ON(9999, 1, 1), "EUR", &balance));
    SAME_NUMBER(ahead.rest_minor, -balance);
    for (size_t i = 0; i < ahead.months.count; i++)
        sum += ahead.months.rows[i].minor;
    SAME_NUMBER(sum, ahead.rest_minor);
}

static int64_t recognised_of(struct ctx *ctx, int64_t invoice_id)
{
    struct release_row *rows;
    size_t count;
    int64_t sum = 0;

    GOOD(db_rows(ctx, &releases, PARAMS(P_I64(invoice_id)), &rows, &count));
    for (size_t i = 0; i < count; i++)
        sum += rows[i].minor;
    return sum;
}

static void recognise_until(struct ctx *ctx, int32_t on)
{
    int32_t today_on = ctx->today_on;
    int64_t count;

    ctx->today_on = on;
    GOOD(recognise_revenue(ctx, &count));
    ctx->today_on = today_on;
}

/* product.md 6.10: jours over a year, jours, mois and mois complets from the 15th, and 800 of 1,200 after eight months. */
TEST(deferring, the_worked_cases_of_the_product_from_invoice_to_ledger)
{
    static const int64_t days[] = {10192, 9205, 10192, 9863, 10192, 9863, 10192, 10191, 9863, 10192, 9863, 10192};
    static const int64_t days_15[] = {5589, 9206, 10191, 9863, 10192, 9863, 10192, 10192, 9863, 10191, 9863, 10192, 4603};
    static const int64_t months_15[] = {5484, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 4516};
    static const int64_t whole_15[] = {10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000};
    struct ctx *ctx = store_ctx_of_newest_day();
    int y = year_ahead(ctx);
    const struct period year = {ON(y, 1, 1), ON(y + 1, 1, 1)};
    const struct period from_15 = {ON(y, 1, 15), ON(y + 1, 1, 15)};
    struct customer customer = new_business(ctx);
    int64_t by_days = issued(ctx, &customer, "days", year);
    int64_t by_days_15 = issued(ctx, &customer, "days", from_15);
    int64_t by_months_15 = issued(ctx, &customer, "months", from_15);
    int64_t by_whole_15 = issued(ctx, &customer, "whole_months", from_15);
    int64_t by_months = issued(ctx, &customer, "months", year);

    recognise_until(ctx, ON(y, 9, 1));
    SAME_NUMBER(recognised_of(ctx, by_months), 80000); /* 400.00 are still deferred */
    SAME_NUMBER(recognised_of(ctx, by_whole_15), 80000);
    ahead_ties(ctx);
    books_are_sound(ctx);
    recognise_until(ctx, ON(y + 1, 1, 15));
    released_as(ctx, by_days, days, COUNT_OF(days), ON(y, 12, 31));
    released_as(ctx, by_days_15, days_15, COUNT_OF(days_15), ON(y + 1, 1, 14));
    released_as(ctx, by_months_15, months_15, COUNT_OF(months_15), ON(y + 1, 1, 14));
    released_as(ctx, by_whole_15, whole_15, COUNT_OF(whole_15), ON(y, 12, 31));
    ahead_ties(ctx);
    books_are_sound(ctx);
}

/* What is credited leaves what is deferred, the rest goes on by the method of its invoice and ends with it. */
TEST(deferring, a_credit_note_leaves_the_method_and_the_end_as_they_were)
{
    static const char *const methods[] = {"days", "months", "whole_months"};
    static const int32_t last_on[] = {14, 14, 31};
    struct ctx *ctx = store_ctx_of_newest_day();
    int y = year_ahead(ctx);
    const struct period year = {ON(y, 1, 15), ON(y + 1, 1, 15)};
    struct customer customer = new_business(ctx);

    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        struct credit_part part = {.position = 1, .amount_minor = 30000, .period = PERIOD_NONE};
        struct credit_request request = {.invoice_id = issued(ctx, &customer, methods[i], year), .reason = "Geste", .parts = &part, .part_count = 1};
        struct release_row *rows;
        const char *url;
        size_t count;

        recognise_until(ctx, ON(y, 6, 1));
        GOOD(credit_invoice(ctx, &request, NO_ONCE, &url));
        SAME_NUMBER(request.refusal, CREDIT_NOT_REFUSED);
        ahead_ties(ctx);
        recognise_until(ctx, ON(y + 1, 1, 15));
        GOOD(db_rows(ctx, &releases, PARAMS(P_I64(request.invoice_id)), &rows, &count));
        SAME_NUMBER(count, strcmp(methods[i], "whole_months") == 0 ? 12 : 13);
        SAME_NUMBER(date_civil(rows[count - 1].entry_on).day, last_on[i]);
        SAME_NUMBER(recognised_of(ctx, request.invoice_id), NET - 30000);
    }
    books_are_sound(ctx);
}

TEST(deferring, what_is_being_spread_keeps_its_method)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    int y = year_ahead(ctx);
    struct customer customer = new_business(ctx);
    long long id = issued(ctx, &customer, "whole_months", (struct period){ON(y, 3, 10), ON(y, 9, 10)});
    const char *bad;
    int64_t verified;

    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE deferral SET method = 'days' WHERE invoice_id = %lld", id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE deferral SET until_on = until_on + INTERVAL 1 MONTH WHERE invoice_id = %lld", id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE deferral SET account = '707' WHERE invoice_id = %lld", id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE deferral SET from_on = from_on + INTERVAL 9 DAY WHERE invoice_id = %lld", id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE company_version SET deferral_method = 'weeks' WHERE id > %d", 0));
    GOOD(verify_deferrals(ctx, &bad, &verified));
    SAME_TEXT(bad, "");
    CU_ASSERT_TRUE(verified > 0);
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE deferral SET recognised_minor = 1 WHERE invoice_id = %lld", id)));
    GOOD(verify_deferrals(ctx, &bad, &verified));
    CU_ASSERT_PTR_NOT_NULL(strstr(bad, " line 1"));
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE deferral SET recognised_minor = 0 WHERE invoice_id = %lld", id)));
}
