/* deferred: revenue that months to come bring, on screen and as CSV. */
#include "base/encode.h"
#include "core/date.h"
#include "core/posting.h"
#include "page/admin/admin.h"
#include "page/admin/books.h"
#include "service/reporting.h"
#include "store/accrual.h"
#include "store/chart.h"
#include "store/ledger.h"
#include "text/words.h"

static const char *month_text(const struct page *page, int32_t from_on)
{
    struct civil c = date_civil(from_on);

    return arena_printf(page->ctx->arena, "%02d/%04d", c.month, c.year);
}

enum { ACCRUED_MONTHS = 13 };

/* What closed months had earned before its invoice, and what the account held at their end: the same. */
static enum err accrued_rows(struct page *page, HDF *hdf, const struct chart *chart, const char *currency)
{
    const char *account = chart_account(chart, ACCOUNT_ACCRUED);
    struct accrued_month *rows;
    size_t count;

    TRY(page->ctx, accrued_months(page->ctx, ACCRUED_MONTHS, &rows, &count));
    hdf_text(hdf, "Accrued.code", account);
    hdf_text(hdf, "Accrued.vat", chart_account(chart, ACCOUNT_VAT_ACCRUED));
    for (size_t i = 0; i < count; i++) {
        int32_t last_on = rows[i].until_on - 1;
        HDF *node = hdf_row(hdf, "Accrued.rows", (int)i);
        char from[DATE_TEXT_BYTES], until[DATE_TEXT_BYTES];
        int64_t balance;

        TRY(page->ctx, balance_of(page->ctx, account, rows[i].until_on, currency, &balance));
        hdf_text(node, "month", month_text(page, last_on));
        hdf_text(node, "count", page_number(page, rows[i].subscriptions));
        hdf_text(node, "amount", page_money(page, rows[i].base_minor, currency));
        hdf_text(node, "balance", page_money(page, balance, currency));
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/ledger/%s?from=%s&to=%s", account, date_iso(last_on, from), date_iso(rows[i].until_on, until)));
    }
    return OK;
}

enum err page_deferred(struct page *page)
{
    const char *currency = books_currency(page);
    HDF *hdf = page_tree(page);
    struct deferred_ahead ahead;
    struct chart chart;
    int64_t balance;
    const char *subscription = books_text(page, hdf, "subscription", tr("Subscription"));

    admin_flash(page);
    hdf_text(hdf, "Method", deferral_method_text(page->company.deferral_method));
    TRY(page->ctx, chart_now(page->ctx, &chart));
    TRY(page->ctx, deferred_ahead(page->ctx, subscription, currency, &ahead));
    TRY(page->ctx, balance_of(page->ctx, chart_account(&chart, ACCOUNT_DEFERRED), date_from_civil(9999, 1, 1), currency, &balance));
    TRY(page->ctx, accrued_rows(page, hdf, &chart, currency));
    for (size_t i = 0; i < ahead.months.count && i < HDF_ROWS_MAX; i++) {
        HDF *node = hdf_row(hdf, "Months", (int)i);

        hdf_text(node, "month", month_text(page, ahead.months.rows[i].from_on));
        hdf_text(node, "amount", page_money(page, ahead.months.rows[i].minor, currency));
    }
    for (size_t i = 0; i < ahead.subscription_count && i < HDF_ROWS_MAX; i++) {
        const struct schedule_subscription *s = &ahead.subscriptions[i];
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "number", s->number);
        if (s->number[0] != '\0')
            hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/deferred?subscription=%s", s->number));
        hdf_text(node, "customer", s->customer);
        hdf_text(node, "until", page_date(page, s->until_on - 1));
        hdf_text(node, "rest", page_money(page, s->rest_minor, currency));
    }
    hdf_flag(hdf, "More", ahead.subscription_count > HDF_ROWS_MAX);
    hdf_text(hdf, "Rest", page_money(page, ahead.rest_minor, currency));
    hdf_text(hdf, "Ledger.balance", page_money(page, -balance, currency));
    hdf_text(hdf, "Ledger.code", chart_account(&chart, ACCOUNT_DEFERRED));
    hdf_flag(hdf, "Ledger.all", subscription[0] == '\0');
    if (ahead.subscription_count == 0)
        hdf_text(hdf, "Empty.text", tr("Nothing is deferred."));
    hdf_text(hdf, "Csv.href", arena_printf(page->ctx->arena, "/admin/deferred.csv?subscription=%s", encode_query(page->ctx->arena, subscription)));
    return page_show(page, 200, tr("Deferred revenue"), "admin/deferred.cs");
}

/* One row per line of an invoice and month. */
enum err page_deferred_csv(struct page *page)
{
    static const char *const head[] = {N_("Subscription"), N_("Customer"), N_("Month"), N_("Amount")};
    struct csv csv = csv_new(page->ctx->arena, page->ctx->language);
    const char *currency = books_currency(page);
    const char *subscription = page_query(page, "subscription");
    struct deferred_ahead all;
    size_t lines = 0;

    TRY(page->ctx, deferred_ahead(page->ctx, subscription, currency, &all));
    books_heads(&csv, head, COUNT_OF(head));
    for (size_t i = 0; i < all.subscription_count; i++) {
        const struct schedule_subscription *s = &all.subscriptions[i];

        for (size_t k = 0; k < s->months.count; k++) {
            char day[DATE_TEXT_BYTES];

            if (++lines > CSV_LINES_MAX)
                return books_too_long(page);
            csv_text(&csv, s->number);
            csv_text(&csv, s->customer);
            csv_text(&csv, arena_strndup(page->ctx->arena, date_iso(s->months.rows[k].from_on, day), 7));
            csv_minor(&csv, s->months.rows[k].minor, currency);
            csv_end_row(&csv);
        }
    }
    return books_csv(page, "deferred-revenue", page->ctx->today_on, &csv);
}
