/* aged: receivables by age, on screen and as CSV; customer by customer the invoices that make them up. */
#include "base/str.h"
#include "core/date.h"
#include "core/posting.h"
#include "page/admin/admin.h"
#include "page/admin/books.h"
#include "service/reporting.h"
#include "store/chart.h"
#include "store/customer.h"
#include "store/ledger.h"
#include "text/words.h"

static void aged_cells(struct page *page, HDF *node, const struct aged_customer *row, const char *currency, const char *query)
{
    for (int i = 0; i < AGING_COLUMNS; i++) {
        HDF *cell = hdf_row(node, "cells", i);

        hdf_text(cell, "v", books_some(page, row->minor[i], currency));
        hdf_text(cell, "l", tr(aging_text((enum aging)(i + 1))));
        if (row->minor[i] != 0 && row->number != NULL)
            hdf_text(cell, "href", arena_printf(page->ctx->arena, "/admin/aged/%s?%s&age=%d", row->number, query, i + 1));
    }
    hdf_text(node, "total", page_money(page, row->total_minor, currency));
}

static void aged_heads(HDF *hdf)
{
    for (enum aging aging = AGING_NOT_DUE; aging <= AGING_OLDER; aging++)
        hdf_text(hdf_row(hdf, "Heads", (int)aging - 1), "name", tr(aging_text(aging)));
}

enum err page_aged(struct page *page)
{
    const char *currency = books_currency(page);
    HDF *hdf = page_tree(page);
    char day[DATE_TEXT_BYTES];
    struct aged aged;
    const char *query;
    int32_t on;
    bool good = books_day(page, hdf, "on", tr("As of"), page->ctx->today_on, &on);

    query = arena_printf(page->ctx->arena, "on=%s", date_iso(on, day));
    TRY(page->ctx, aged_receivables(page->ctx, on, currency, &aged));
    for (size_t i = 0; i < aged.count && i < HDF_ROWS_MAX; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "name", aged.rows[i].name);
        hdf_text(node, "number", aged.rows[i].number);
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/aged/%s?%s", aged.rows[i].number, query));
        aged_cells(page, node, &aged.rows[i], currency, query);
    }
    hdf_flag(hdf, "More", aged.count > HDF_ROWS_MAX);
    aged_heads(hdf);
    aged_cells(page, hdf_node(hdf, "Sum"), &aged.total, currency, query);
    if (aged.count == 0)
        hdf_text(hdf, "Empty.text", tr("Nobody owed anything on that day."));
    hdf_text(hdf, "Csv.href", arena_printf(page->ctx->arena, "/admin/aged.csv?%s", query));
    return page_show(page, good ? 200 : 422, tr("Receivables by age"), "admin/aged.cs");
}

enum err page_aged_csv(struct page *page)
{
    struct csv csv = csv_new(page->ctx->arena, page->ctx->language);
    const char *currency = books_currency(page);
    struct aged aged;
    int32_t on;

    if (!books_day(page, page_tree(page), "on", "", page->ctx->today_on, &on))
        return page_aged(page);
    TRY(page->ctx, aged_receivables(page->ctx, on, currency, &aged));
    if (aged.count > CSV_LINES_MAX)
        return books_too_long(page);
    csv_text(&csv, tr("Customer number"));
    csv_text(&csv, tr("Customer"));
    for (enum aging aging = AGING_NOT_DUE; aging <= AGING_OLDER; aging++)
        csv_text(&csv, tr(aging_text(aging)));
    csv_text(&csv, tr("Total"));
    csv_end_row(&csv);
    for (size_t i = 0; i <= aged.count; i++) {
        const struct aged_customer *row = i < aged.count ? &aged.rows[i] : &aged.total;

        csv_text(&csv, i < aged.count ? row->number : "");
        csv_text(&csv, i < aged.count ? row->name : tr("Total"));
        for (int k = 0; k < AGING_COLUMNS; k++)
            csv_minor(&csv, row->minor[k], currency);
        csv_minor(&csv, row->total_minor, currency);
        csv_end_row(&csv);
    }
    return books_csv(page, "receivables", on, &csv);
}

/* The invoices that make up the figures of one customer. */
enum err page_aged_customer(struct page *page)
{
    const char *currency = books_currency(page);
    int64_t age = page_query_id(page, "age");
    HDF *hdf = page_tree(page);
    struct open_invoice *rows;
    struct customer customer;
    struct chart chart;
    int64_t sum = 0;
    size_t count;
    int row = 0;
    int32_t on;
    bool good;
    enum err err = customer_by_number(page->ctx, page->arg[0], &customer);

    if (err != OK)
        return err;
    good = books_day(page, hdf, "on", tr("As of"), page->ctx->today_on, &on);
    TRY(page->ctx, open_invoices(page->ctx, customer.id, on, currency, &rows, &count));
    for (size_t i = 0; i < count && row < HDF_ROWS_MAX; i++) {
        enum aging aging = aging_of(rows[i].due_on, on);
        HDF *node;

        if (age != 0 && (int64_t)aging != age)
            continue;
        node = hdf_row(hdf, "Rows", row++);
        hdf_text(node, "number", rows[i].number);
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/invoices/%s", rows[i].number));
        hdf_text(node, "due", page_date(page, rows[i].due_on));
        hdf_text(node, "age", tr(aging_text(aging)));
        hdf_text(node, "total", page_money(page, rows[i].total_minor, rows[i].currency));
        hdf_text(node, "open", page_money(page, rows[i].open_minor, rows[i].currency));
        if (!str_equal(rows[i].currency, currency))
            hdf_text(node, "books", page_money(page, rows[i].open_base_minor, currency));
        sum += rows[i].open_base_minor;
    }
    TRY(page->ctx, chart_now(page->ctx, &chart));
    hdf_text(hdf, "Who.ledger", arena_printf(page->ctx->arena, "/admin/ledger/%s?customer=%s", chart_account(&chart, ACCOUNT_CUSTOMER), customer.number));
    hdf_text(hdf, "Who.name", customer.name);
    hdf_text(hdf, "Who.number", customer.number);
    hdf_text(hdf, "Who.age", age >= AGING_NOT_DUE && age <= AGING_OLDER ? tr(aging_text((enum aging)age)) : "");
    hdf_text(hdf, "Sum", page_money(page, sum, currency));
    if (row == 0)
        hdf_text(hdf, "Empty.text", tr("Nothing was open on that day."));
    return page_show(page, good ? 200 : 422, tr_fill(page->ctx->arena, "What {name} owes", "name", customer.name, NULL), "admin/aged_customer.cs");
}
