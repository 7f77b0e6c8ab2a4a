/* books: journal, ledger, trial balance, receivables by age, deferred revenue; on screen and as CSV. */
#include "page/admin/books.h"

#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/str.h"
#include "core/chart.h"
#include "core/date.h"
#include "core/posting.h"
#include "page/admin/admin.h"
#include "page/admin/money_rows.h"
#include "service/reporting.h"
#include "store/chart.h"
#include "store/customer.h"
#include "store/ledger.h"
#include "text/format.h"
#include "text/parse.h"
#include "text/words.h"

enum { PAGE_ROWS = 50, LEDGER_ROWS = 200 };

/* ---- what they share ---- */

const char *books_currency(const struct page *page)
{
    return page->company.id != 0 ? page->company.currency : "EUR";
}

static HDF *filter_field(HDF *hdf, struct arena *arena, const char *name, const char *label, const char *value)
{
    HDF *node = hdf_node(hdf, arena_printf(arena, "Filter.%s", name));

    hdf_text(node, "id", arena_printf(arena, "f-%s", name));
    hdf_text(node, "name", name);
    hdf_text(node, "label", label);
    hdf_text(node, "value", value);
    hdf_flag(node, "plain", true);
    return node;
}

const char *books_text(struct page *page, HDF *hdf, const char *name, const char *label)
{
    const char *value = page_query(page, name);

    (void)filter_field(hdf, page->ctx->arena, name, label, value);
    return value;
}

bool books_day(struct page *page, HDF *hdf, const char *name, const char *label, int32_t usual, int32_t *on)
{
    const char *typed = page_query(page, name);
    enum parse_result parsed = typed[0] == '\0' ? PARSE_EMPTY : parse_date(typed, page->ctx->language, on);
    HDF *node;

    if (parsed != PARSE_OK)
        *on = usual;
    node = filter_field(hdf, page->ctx->arena, name, label,
                        (parsed != PARSE_OK && typed[0] != '\0') || *on == DATE_NONE ? typed
                                                                                     : format_input_date(page->ctx->arena, page->ctx->language, *on));
    hdf_flag(node, "short", true);
    if (parsed == PARSE_OK || parsed == PARSE_EMPTY)
        return true;
    hdf_text(node, "err", tr("Enter a day, such as 31/12/2026"));
    return false;
}

bool books_span(struct page *page, HDF *hdf, struct period *span)
{
    int32_t today_on = page->ctx->today_on;
    int32_t to_on;
    bool from_good = books_day(page, hdf, "from", tr("From"), date_from_civil(date_civil(today_on).year, 1, 1), &span->from_on);
    bool to_good = books_day(page, hdf, "to", tr("Up to"), today_on, &to_on);

    span->until_on = to_on + 1;
    if (from_good && to_good && span->until_on <= span->from_on) {
        hdf_text(hdf, "Filter.to.err", tr("The end is before the beginning"));
        span->until_on = span->from_on + 1;
        return false;
    }
    if (span->until_on <= span->from_on)
        span->until_on = span->from_on + 1;
    return from_good && to_good;
}

const char *books_span_query(const struct page *page, struct period span)
{
    char from[DATE_TEXT_BYTES];
    char to[DATE_TEXT_BYTES];

    return arena_printf(page->ctx->arena, "from=%s&to=%s", date_iso(span.from_on, from), date_iso(span.until_on - 1, to));
}

enum err books_csv(struct page *page, const char *name, int32_t on, const struct csv *csv)
{
    char day[DATE_TEXT_BYTES];

    respond_file(page->response, "text/csv; charset=utf-8", arena_printf(page->ctx->arena, "%s-%s.csv", name, date_iso(on, day)),
                 csv->text.text, csv->text.bytes);
    return OK;
}

const char *books_journal(const char *journal)
{
    return str_equal(journal, "VT") ? tr("Sales journal") : str_equal(journal, "BQ") ? tr("Bank journal") : tr("Miscellaneous journal");
}

static void csv_heads(struct csv *csv, const char *const *head, size_t count)
{
    for (size_t i = 0; i < count; i++)
        csv_text(csv, tr(head[i]));
    csv_end_row(csv);
}

enum err books_too_long(struct page *page)
{
    return page_error(page, 413, tr_fill(page->ctx->arena, "A file of a page has at most {count} lines: choose a shorter span.", "count",
                                         page_number(page, CSV_LINES_MAX), NULL));
}

static const char *series_number(struct page *page, const char *series, int64_t sequence)
{
    return arena_printf(page->ctx->arena, "%s-%lld", series + strlen("journal-"), (long long)sequence);
}

/* Money with an empty cell for nothing. */
static const char *some(const struct page *page, int64_t minor, const char *currency)
{
    return minor == 0 ? "" : page_money(page, minor, currency);
}

/* ---- journal ---- */

/* The filter of the query; *query is it again, for links. */
static bool journal_filter(struct page *page, HDF *hdf, struct journal_filter *f, const char **query)
{
    static const struct money_view kind[] = {{"", N_("All journals"), ""}, {"VT", N_("Sales journal"), ""}, {"BQ", N_("Bank journal"), ""},
                                             {"OD", N_("Miscellaneous journal"), ""}};
    struct period span = PERIOD_NONE;
    int32_t to_on;
    bool good;
    const char *journal = page_query(page, "journal");

    f->journal = "";
    for (size_t i = 0; i < COUNT_OF(kind); i++) {
        HDF *option = hdf_row(hdf, "Filter.journal.opts", (int)i);

        if (str_equal(journal, kind[i].name))
            f->journal = kind[i].name;
        hdf_text(option, "v", kind[i].name);
        hdf_text(option, "l", tr(kind[i].label));
        hdf_flag(option, "sel", str_equal(journal, kind[i].name));
    }
    (void)filter_field(hdf, page->ctx->arena, "journal", tr("Journal"), journal);
    good = books_day(page, hdf, "from", tr("From"), DATE_NONE, &span.from_on);
    good &= books_day(page, hdf, "to", tr("Up to"), DATE_NONE, &to_on);
    f->from_on = span.from_on;
    f->until_on = to_on == DATE_NONE ? DATE_NONE : to_on + 1;
    f->account = books_text(page, hdf, "account", tr("Account"));
    f->document = books_text(page, hdf, "document", tr("Document"));
    if (f->account[0] != '\0' && !account_number_valid(f->account)) {
        hdf_text(hdf, "Filter.account.err", tr("An account number has three digits or more"));
        f->account = "";
        good = false;
    }
    f->before_id = page_query_id(page, "before");
    *query = arena_printf(page->ctx->arena, "journal=%s&from=%s&to=%s&account=%s&document=%s", f->journal, page_query(page, "from"),
                          page_query(page, "to"), f->account, encode_query(page->ctx->arena, f->document));
    return good;
}

static void entry_row(struct page *page, HDF *node, const struct journal_row *row)
{
    struct arena *arena = page->ctx->arena;

    hdf_text(node, "number", series_number(page, row->series, row->sequence));
    hdf_text(node, "href", arena_printf(arena, "/admin/journal/%lld", (long long)row->id));
    hdf_text(node, "on", page_date(page, row->entry_on));
    hdf_text(node, "journal", books_journal(row->journal));
    hdf_text(node, "reference", row->reference);
    hdf_text(node, "customer", row->customer_name);
    hdf_text(node, "total", page_money(page, row->total_minor, row->currency));
}

enum err page_journal(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct journal_filter filter;
    struct journal_row *rows;
    const char *query;
    size_t count;
    bool good = journal_filter(page, hdf, &filter, &query);

    TRY(page->ctx, journal_list(page->ctx, &filter, PAGE_ROWS + 1, &rows, &count));
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++)
        entry_row(page, hdf_row(hdf, "Rows", (int)i), &rows[i]);
    if (count == 0)
        hdf_text(hdf, "Empty.text", tr("No entry fits."));
    if (count > PAGE_ROWS)
        money_pager(page, hdf, arena_printf(page->ctx->arena, "/admin/journal?%s", query), rows[PAGE_ROWS - 1].id);
    hdf_text(hdf, "Csv.href", arena_printf(page->ctx->arena, "/admin/journal.csv?%s", query));
    return page_show(page, good ? 200 : 422, tr("Journal"), "admin/journal.cs");
}

static void line_cells(struct csv *csv, const struct journal_line *line, const char *number)
{
    enum posting_label label = posting_label_from_name(line->label);

    csv_text(csv, line->journal);
    csv_text(csv, number);
    csv_day(csv, line->entry_on);
    csv_text(csv, line->reference);
    csv_text(csv, line->account);
    csv_text(csv, line->account_name);
    csv_text(csv, line->customer_number);
    csv_text(csv, line->customer_name);
    csv_text(csv, label != 0 ? tr(posting_label_text(label)) : "");
    csv_minor(csv, line->debit_minor, line->currency);
    csv_minor(csv, line->credit_minor, line->currency);
    csv_text(csv, line->currency);
}

static const char *const line_head[] = {N_("Journal"), N_("Number"), N_("Date"), N_("Document"), N_("Account"), N_("Name of the account"),
                                        N_("Customer number"), N_("Customer"), N_("Label"), N_("Debit"), N_("Credit"), N_("Currency")};

enum err page_journal_csv(struct page *page)
{
    struct csv csv = csv_new(page->ctx->arena, page->ctx->language);
    struct journal_filter filter;
    struct journal_line *lines;
    const char *query;
    size_t count;

    if (!journal_filter(page, page_tree(page), &filter, &query))
        return page_journal(page);
    filter.before_id = 0;
    TRY(page->ctx, journal_lines(page->ctx, &filter, CSV_LINES_MAX + 1, &lines, &count));
    if (count > CSV_LINES_MAX)
        return books_too_long(page);
    csv_heads(&csv, line_head, COUNT_OF(line_head));
    for (size_t i = 0; i < count; i++) {
        line_cells(&csv, &lines[i], series_number(page, lines[i].series, lines[i].sequence));
        csv_end_row(&csv);
    }
    return books_csv(page, "journal", page->ctx->today_on, &csv);
}

static void line_row(struct page *page, HDF *node, const struct journal_line *line)
{
    struct arena *arena = page->ctx->arena;
    enum posting_label label = posting_label_from_name(line->label);

    hdf_text(node, "number", series_number(page, line->series, line->sequence));
    hdf_text(node, "href", arena_printf(arena, "/admin/journal/%lld", (long long)line->entry_id));
    hdf_text(node, "on", page_date(page, line->entry_on));
    hdf_text(node, "reference", line->reference);
    hdf_text(node, "account", line->account);
    hdf_text(node, "account_name", line->account_name);
    hdf_text(node, "account_href", arena_printf(arena, "/admin/ledger/%s", line->account));
    hdf_text(node, "label", label != 0 ? tr(posting_label_text(label)) : "");
    hdf_text(node, "customer", line->customer_name);
    if (line->customer_number[0] != '\0')
        hdf_text(node, "customer_href", arena_printf(arena, "/admin/customers/%s", line->customer_number));
    hdf_text(node, "debit", some(page, line->debit_minor, line->currency));
    hdf_text(node, "credit", some(page, line->credit_minor, line->currency));
}

static void link_fact(HDF *facts, int *row, const char *label, const char *value, const char *href)
{
    HDF *node;

    if (str_empty(value))
        return;
    node = hdf_row(facts, "rows", (*row)++);
    hdf_text(node, "k", label);
    hdf_text(node, "v", value);
    hdf_text(node, "href", href);
    hdf_text(node, "action", tr("View"));
    hdf_text(node, "object", value);
}

enum err page_journal_entry(struct page *page)
{
    struct arena *arena = page->ctx->arena;
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    struct journal_line *lines;
    struct journal_row row;
    long long id;
    size_t count;
    int fact = 0;
    enum err err = str_to_i64(page->arg[0], 1, INT64_MAX, &id) ? journal_entry_by_id(page->ctx, id, &row) : ERR_NOT_FOUND;

    if (err != OK)
        return err;
    TRY(page->ctx, journal_lines_of(page->ctx, id, &lines, &count));
    for (size_t i = 0; i < count; i++)
        line_row(page, hdf_row(hdf, "Lines", (int)i), &lines[i]);
    page_fact(facts, &fact, tr("Journal"), books_journal(row.journal));
    page_fact(facts, &fact, tr("Date"), page_date(page, row.entry_on));
    page_fact(facts, &fact, tr("Document"), row.reference);
    link_fact(facts, &fact, tr("Invoice"), row.invoice_number, arena_printf(arena, "/admin/invoices/%s", row.invoice_number));
    link_fact(facts, &fact, tr("Customer"), row.customer_name, arena_printf(arena, "/admin/customers/%s", row.customer_number));
    page_fact(facts, &fact, tr("Booked at"), page_instant(page, row.posted_at));
    hdf_text(hdf, "Total", page_money(page, row.total_minor, row.currency));
    return page_show(page, 200, tr_fill(arena, "Entry {number}", "number", series_number(page, row.series, row.sequence), NULL), "admin/journal_entry.cs");
}

/* ---- ledger of an account ---- */

struct ledger {
    struct account account;
    struct customer customer; /* id 0: all */
    struct period span;
    struct ledger_place after;
    int64_t opening_minor;
    int64_t before_minor; /* balance before the first line shown */
    struct journal_line *lines;
    size_t count;
};

/* Income and expenses begin each year at nothing. */
static int32_t sums_from(const struct ledger *l)
{
    return account_carries(l->account.code) ? DATE_NONE : date_from_civil(date_civil(l->span.from_on).year, 1, 1);
}

static enum err balance_at(struct page *page, const struct ledger *l, const struct ledger_place *place, int64_t *minor)
{
    struct ledger_sum sum;

    TRY(page->ctx, ledger_sum(page->ctx, l->account.code, l->customer.id, books_currency(page), sums_from(l), place, &sum));
    *minor = sum.debit_minor - sum.credit_minor;
    return OK;
}

static struct ledger_place place_of(const char *text, struct ledger_place start)
{
    struct ledger_place place;
    char day[DATE_TEXT_BYTES];
    long long id;
    int position;
    int32_t on;

    if (strlen(text) > 40 || sscanf(text, "%10[0-9-].%19lld.%9d", day, &id, &position) != 3 || !date_parse_iso(day, &on) || on < start.entry_on)
        return start;
    place = (struct ledger_place){on, id, position};
    return place;
}

/* ERR_NOT_FOUND for an account or customer that is not there. */
static enum err load_ledger(struct page *page, HDF *hdf, int32_t limit, struct ledger *l, bool *good)
{
    struct ledger_place start;
    const char *customer = page_query(page, "customer");
    enum err err = account_by_code(page->ctx, page->arg[0], &l->account);

    if (err == OK && customer[0] != '\0')
        err = customer_by_number(page->ctx, customer, &l->customer);
    if (err != OK)
        return err;
    *good = books_span(page, hdf, &l->span);
    start = (struct ledger_place){l->span.from_on - 1, INT64_MAX, INT32_MAX};
    l->after = place_of(page_query(page, "after"), start);
    TRY(page->ctx, balance_at(page, l, &start, &l->opening_minor));
    TRY(page->ctx, balance_at(page, l, &l->after, &l->before_minor));
    return ledger_lines(page->ctx, l->account.code, l->customer.id, books_currency(page), &l->after, l->span.until_on, limit, &l->lines, &l->count);
}

enum err page_account_ledger(struct page *page)
{
    struct arena *arena = page->ctx->arena;
    const char *currency = books_currency(page);
    HDF *hdf = page_tree(page);
    struct ledger l = {.opening_minor = 0};
    const char *query;
    int64_t balance;
    bool good;
    enum err err = load_ledger(page, hdf, LEDGER_ROWS + 1, &l, &good);

    if (err != OK)
        return err;
    query = arena_printf(arena, "%s%s%s", books_span_query(page, l.span), l.customer.id != 0 ? "&customer=" : "",
                         l.customer.id != 0 ? l.customer.number : "");
    balance = l.before_minor;
    for (size_t i = 0; i < l.count && i < LEDGER_ROWS; i++) {
        HDF *node = hdf_row(hdf, "Lines", (int)i);

        balance += l.lines[i].debit_minor - l.lines[i].credit_minor;
        line_row(page, node, &l.lines[i]);
        hdf_text(node, "balance", page_money(page, balance, currency));
    }
    hdf_text(hdf, "Account.code", l.account.code);
    hdf_text(hdf, "Account.customer", l.customer.id != 0 ? l.customer.name : "");
    hdf_text(hdf, "Account.customer_number", l.customer.id != 0 ? l.customer.number : "");
    hdf_text(hdf, "Opening", page_money(page, l.before_minor, currency));
    hdf_text(hdf, "Closing", page_money(page, balance, currency));
    hdf_text(hdf, "Csv.href", arena_printf(arena, "/admin/ledger/%s.csv?%s", l.account.code, query));
    if (l.count > LEDGER_ROWS) {
        const struct journal_line *last = &l.lines[LEDGER_ROWS - 1];
        char day[DATE_TEXT_BYTES];

        hdf_text(hdf, "Pager.text", tr("Oldest first"));
        hdf_text(hdf, "Pager.next", arena_printf(arena, "/admin/ledger/%s?%s&after=%s.%lld.%d", l.account.code, query,
                                                 date_iso(last->entry_on, day), (long long)last->entry_id, (int)last->position));
    }
    return page_show(page, good ? 200 : 422, arena_printf(arena, "%s %s", l.account.code, l.account.name), "admin/ledger.cs");
}

enum err page_account_ledger_csv(struct page *page)
{
    struct csv csv = csv_new(page->ctx->arena, page->ctx->language);
    struct ledger l = {.opening_minor = 0};
    int64_t balance;
    bool good;
    enum err err = load_ledger(page, page_tree(page), CSV_LINES_MAX + 1, &l, &good);

    if (err != OK)
        return err;
    if (!good)
        return page_account_ledger(page);
    if (l.count > CSV_LINES_MAX)
        return books_too_long(page);
    for (size_t i = 0; i < COUNT_OF(line_head); i++)
        csv_text(&csv, tr(line_head[i]));
    csv_text(&csv, tr("Balance"));
    csv_end_row(&csv);
    balance = l.before_minor;
    for (size_t i = 0; i < l.count; i++) {
        balance += l.lines[i].debit_minor - l.lines[i].credit_minor;
        line_cells(&csv, &l.lines[i], series_number(page, l.lines[i].series, l.lines[i].sequence));
        csv_minor(&csv, balance, l.lines[i].currency);
        csv_end_row(&csv);
    }
    return books_csv(page, arena_printf(page->ctx->arena, "ledger-%s", l.account.code), page->ctx->today_on, &csv);
}

/* ---- trial balance ---- */

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
    bool good = books_span(page, hdf, &span);
    const char *query = books_span_query(page, span);

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

    if (!books_span(page, page_tree(page), &span))
        return page_balance(page);
    TRY(page->ctx, trial_balance(page->ctx, span.from_on, span.until_on, currency, &balance));
    csv_heads(&csv, head, COUNT_OF(head));
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

/* ---- receivables by age ---- */

static void aged_cells(struct page *page, HDF *node, const struct aged_customer *row, const char *currency, const char *query)
{
    for (int i = 0; i < AGING_COLUMNS; i++) {
        HDF *cell = hdf_row(node, "cells", i);

        hdf_text(cell, "v", some(page, row->minor[i], currency));
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
        hdf_text(node, "total", page_money(page, rows[i].total_minor, currency));
        hdf_text(node, "open", page_money(page, rows[i].open_minor, currency));
        sum += rows[i].open_minor;
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

/* ---- deferred revenue ---- */

static const char *month_text(const struct page *page, int32_t from_on)
{
    struct civil c = date_civil(from_on);

    return arena_printf(page->ctx->arena, "%02d/%04d", c.month, c.year);
}

enum err page_deferred(struct page *page)
{
    const char *currency = books_currency(page);
    HDF *hdf = page_tree(page);
    struct deferred_ahead ahead;
    struct chart chart;
    int64_t balance;
    const char *subscription = books_text(page, hdf, "subscription", tr("Subscription"));

    TRY(page->ctx, chart_now(page->ctx, &chart));
    TRY(page->ctx, deferred_ahead(page->ctx, subscription, currency, &ahead));
    TRY(page->ctx, balance_of(page->ctx, chart_account(&chart, ACCOUNT_DEFERRED), date_from_civil(9999, 1, 1), currency, &balance));
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
    csv_heads(&csv, head, COUNT_OF(head));
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
