/* journal: the entries of the books and the lines of one account, on screen and as CSV. */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/str.h"
#include "core/chart.h"
#include "core/date.h"
#include "core/posting.h"
#include "page/admin/admin.h"
#include "page/admin/books.h"
#include "page/admin/money_rows.h"
#include "store/chart.h"
#include "store/customer.h"
#include "store/financial_year.h"
#include "store/ledger.h"
#include "store/sales_journal.h"
#include "text/parse.h"
#include "text/words.h"

enum { PAGE_ROWS = 50, LEDGER_ROWS = 200 };

/* ---- journal ---- */

static const char *series_number(struct page *page, const char *series, int64_t sequence)
{
    return arena_printf(page->ctx->arena, "%s-%lld", series + strlen(JOURNAL_SERIES), (long long)sequence);
}

/* Filter.journal: all, those of every house, and the sales journals that it has added. */
static enum err journal_choice(struct page *page, HDF *hdf, struct journal_filter *f)
{
    static const struct money_view kind[] = {{"", N_("All journals"), ""}, {"VT", N_("Sales journal"), ""}, {"BQ", N_("Bank journal"), ""},
                                             {"OD", N_("Miscellaneous journal"), ""}};
    const char *journal = page_query(page, "journal");
    struct sales_journal *rows;
    size_t count;
    int row = COUNT_OF(kind);

    f->journal = "";
    for (size_t i = 0; i < COUNT_OF(kind); i++) {
        HDF *option = hdf_row(hdf, "Filter.journal.opts", (int)i);

        if (str_equal(journal, kind[i].name))
            f->journal = kind[i].name;
        hdf_text(option, "v", kind[i].name);
        hdf_text(option, "l", tr(kind[i].label));
        hdf_flag(option, "sel", str_equal(journal, kind[i].name));
    }
    TRY(page->ctx, sales_journals(page->ctx, &rows, &count));
    for (size_t i = 1; i < count; i++) { /* the first is VT */
        HDF *option = hdf_row(hdf, "Filter.journal.opts", row++);

        if (str_equal(journal, rows[i].code))
            f->journal = rows[i].code;
        hdf_text(option, "v", rows[i].code);
        hdf_text(option, "l", arena_printf(page->ctx->arena, "%s, %s", rows[i].code, rows[i].name));
        hdf_flag(option, "sel", str_equal(journal, rows[i].code));
    }
    (void)books_field(hdf, page->ctx->arena, "journal", tr("Journal"), journal);
    return OK;
}

/* The filter of the query; *query is it again, for links. The journal was chosen (journal_choice). */
static bool journal_filter(struct page *page, HDF *hdf, struct journal_filter *f, const char **query)
{
    struct period span = PERIOD_NONE;
    int32_t to_on;
    bool good;

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
    bool good;

    TRY(page->ctx, journal_choice(page, hdf, &filter));
    good = journal_filter(page, hdf, &filter, &query);
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
    if (line->foreign_currency[0] != '\0')
        csv_minor(csv, line->foreign_minor, line->foreign_currency);
    else
        csv_text(csv, "");
    csv_text(csv, line->foreign_currency);
}

static const char *const line_head[] = {N_("Journal"), N_("Number"), N_("Date"), N_("Document"), N_("Account"), N_("Name of the account"),
                                        N_("Customer number"), N_("Customer"), N_("Label"), N_("Debit"), N_("Credit"), N_("Currency"),
                                        N_("Amount in another currency"), N_("Other currency")};

enum err page_journal_csv(struct page *page)
{
    struct csv csv = csv_new(page->ctx->arena, page->ctx->language);
    struct journal_filter filter;
    struct journal_line *lines;
    const char *query;
    size_t count;

    TRY(page->ctx, journal_choice(page, page_tree(page), &filter));
    if (!journal_filter(page, page_tree(page), &filter, &query))
        return page_journal(page);
    filter.before_id = 0;
    TRY(page->ctx, journal_lines(page->ctx, &filter, CSV_LINES_MAX + 1, &lines, &count));
    if (count > CSV_LINES_MAX)
        return books_too_long(page);
    books_heads(&csv, line_head, COUNT_OF(line_head));
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
    if (line->foreign_currency[0] != '\0' && line->foreign_minor != 0)
        hdf_text(node, "foreign", page_money(page, line->foreign_minor, line->foreign_currency));
    hdf_text(node, "debit", books_some(page, line->debit_minor, line->currency));
    hdf_text(node, "credit", books_some(page, line->credit_minor, line->currency));
}

static void link_fact(HDF *facts, int *row, const char *label, const char *value, const char *href)
{
    if (!str_empty(value))
        page_link_fact(facts, row, label, value, href);
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
    int32_t year_on; /* of its first day */
    struct ledger_place after;
    int64_t opening_minor;
    int64_t before_minor; /* balance before the first line shown */
    struct journal_line *lines;
    size_t count;
};

/* Income and expenses begin each financial year at nothing. */
static int32_t sums_from(const struct ledger *l)
{
    return account_carries(l->account.code) ? DATE_NONE : l->year_on;
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
    struct financial_years years;
    struct ledger_place start;
    const char *customer = page_query(page, "customer");
    enum err err = account_by_code(page->ctx, page->arg[0], &l->account);

    if (err == OK && customer[0] != '\0')
        err = customer_by_number(page->ctx, customer, &l->customer);
    if (err != OK)
        return err;
    TRY(page->ctx, financial_years(page->ctx, &years));
    TRY(page->ctx, books_span(page, hdf, arena_printf(page->ctx->arena, "/admin/ledger/%s%s%s", l->account.code, l->customer.id != 0 ? "?customer=" : "",
                                                      l->customer.id != 0 ? l->customer.number : ""), &l->span, good));
    l->year_on = financial_year_of(&years, l->span.from_on).from_on;
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
