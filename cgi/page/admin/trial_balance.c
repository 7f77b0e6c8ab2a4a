/* trial_balance: every account of a span, on screen and as CSV. */
#include "page/admin/admin.h"
#include "page/admin/books.h"
#include "service/reporting.h"
#include "text/words.h"

static void trial_row(struct page *page, HDF *node, const struct trial_row *row, const char *currency)
{
    hdf_text(node, "opening", page_money(page, row->opening_minor, currency));
    hdf_text(node, "debit", page_money(page, row->debit_minor, currency));
    hdf_text(node, "credit", page_money(page, row->credit_minor, currency));
    hdf_text(node, "closing", page_money(page, row->closing_minor, currency));
}

enum err page_balance(struct page *page)
{
    const char *currency = books_currency(page);
    HDF *hdf = page_tree(page);
    struct trial_balance balance;
    struct period span;
    const char *query;
    bool good;

    TRY(page->ctx, books_span(page, hdf, "/admin/balance", &span, &good));
    query = books_span_query(page, span);
    TRY(page->ctx, trial_balance(page->ctx, span.from_on, span.until_on, currency, &balance));
    for (size_t i = 0; i < balance.count; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "account", balance.rows[i].account);
        hdf_text(node, "name", balance.rows[i].name);
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/ledger/%s?%s", balance.rows[i].account, query));
        trial_row(page, node, &balance.rows[i], currency);
    }
    if (balance.count == 0)
        hdf_text(hdf, "Empty.text", tr("Nothing was booked in this span."));
    trial_row(page, hdf_node(hdf, "Sum"), &balance.total, currency);
    hdf_text(hdf, "Csv.href", arena_printf(page->ctx->arena, "/admin/balance.csv?%s", query));
    return page_show(page, good ? 200 : 422, tr("Trial balance"), "admin/balance.cs");
}

enum err page_balance_csv(struct page *page)
{
    static const char *const head[] = {N_("Account"), N_("Name of the account"), N_("Opening"), N_("Debit"), N_("Credit"), N_("Closing")};
    struct csv csv = csv_new(page->ctx->arena, page->ctx->language);
    const char *currency = books_currency(page);
    struct trial_balance balance;
    struct period span;
    bool good;

    TRY(page->ctx, books_span(page, page_tree(page), "/admin/balance", &span, &good));
    if (!good)
        return page_balance(page);
    TRY(page->ctx, trial_balance(page->ctx, span.from_on, span.until_on, currency, &balance));
    books_heads(&csv, head, COUNT_OF(head));
    for (size_t i = 0; i <= balance.count; i++) {
        const struct trial_row *row = i < balance.count ? &balance.rows[i] : &balance.total;

        csv_text(&csv, i < balance.count ? row->account : "");
        csv_text(&csv, i < balance.count ? row->name : tr("Total"));
        csv_minor(&csv, row->opening_minor, currency);
        csv_minor(&csv, row->debit_minor, currency);
        csv_minor(&csv, row->credit_minor, currency);
        csv_minor(&csv, row->closing_minor, currency);
        csv_end_row(&csv);
    }
    return books_csv(page, "trial-balance", span.until_on - 1, &csv);
}
