/* accounts: the chart of accounts, closings, and the file of the year. */
#include <string.h>

#include "base/str.h"
#include "core/chart.h"
#include "core/date.h"
#include "page/admin/admin.h"
#include "page/admin/books.h"
#include "page/admin/money_rows.h"
#include "service/charting.h"
#include "service/closing.h"
#include "service/reporting.h"
#include "store/chart.h"
#include "store/financial_year.h"
#include "text/format.h"
#include "text/words.h"

enum { PAGE_ROWS = 50, FEC_PAGE_ENTRIES_MAX = 50000 };

static const char *kind_text(const char *kind)
{
    return str_equal(kind, "income") ? tr("Income") : str_equal(kind, "expense") ? tr("Expense") : tr("Balance sheet");
}

/* ---- the chart ---- */

static const char *roles_of(struct page *page, const struct chart *chart, const char *code)
{
    struct str text = str_new(page->ctx->arena);

    for (size_t i = 0; i < chart_role_count; i++)
        if (str_equal(chart_account(chart, chart_roles[i].name), code))
            str_printf(&text, "%s%s", text.bytes > 0 ? ", " : "", tr(chart_roles[i].label));
    return text.text;
}

enum err page_accounts(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct account *list;
    struct chart chart;
    size_t count;

    admin_flash(page);
    TRY(page->ctx, accounts(page->ctx, &list, &count));
    TRY(page->ctx, chart_now(page->ctx, &chart));
    for (size_t i = 0; i < count && i < HDF_ROWS_MAX; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "code", list[i].code);
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/accounts/%s", list[i].code));
        hdf_text(node, "name", list[i].name);
        hdf_text(node, "kind", kind_text(list[i].kind));
        hdf_text(node, "roles", roles_of(page, &chart, list[i].code));
        if (list[i].used)
            hdf_text(node, "ledger", arena_printf(page->ctx->arena, "/admin/ledger/%s", list[i].code));
    }
    return page_show(page, 200, tr("Accounts"), "admin/accounts.cs");
}

struct account_form {
    int64_t rev;
    const char *code;
    const char *name;
};
/* The number stands last: it is asked for once, when the account is made. */
static const struct field account_field[] = {
    {.kind = FIELD_INTEGER, .name = "rev", .min = 0, .max = INT32_MAX, .offset = offsetof(struct account_form, rev)},
    {.kind = FIELD_TEXT, .name = "name", .label = N_("Name"), .required = true, .max = 100, .missing = N_("Enter the account's name"),
     .offset = offsetof(struct account_form, name)},
    {.kind = FIELD_TEXT, .name = "code", .label = N_("Number"), .required = true, .max = ACCOUNT_NUMBER_MAX,
     .hint = N_("As in the French chart of accounts: at least three digits, such as 7061. It is never changed."),
     .missing = N_("Enter the account's number"), .offset = offsetof(struct account_form, code)},
};

static bool is_new(const struct page *page)
{
    return page->arg[0] == NULL || page->arg[0][0] == '\0';
}

static size_t field_count(const struct page *page)
{
    return is_new(page) ? COUNT_OF(account_field) : COUNT_OF(account_field) - 1;
}

static enum err show_account(struct page *page, struct form *form, const struct account *account, const char *problem)
{
    HDF *hdf = page_tree(page);
    bool fresh = is_new(page);

    view_form(page->ctx, hdf, form);
    hdf_text(hdf, "Action", fresh ? "/admin/accounts/new" : arena_printf(page->ctx->arena, "/admin/accounts/%s", account->code));
    hdf_number(hdf, "Token.rev", account->rev);
    hdf_flag(hdf, "Fresh", fresh);
    if (!fresh) {
        hdf_text(hdf, "Account.code", account->code);
        hdf_text(hdf, "Account.kind", kind_text(account->kind));
        hdf_flag(hdf, "Account.free", !account->used && !account->has_role);
    }
    if (problem != NULL)
        layout_flash(hdf, "bad", problem, NULL, NULL);
    return page_show(page, form->error_count > 0 || problem != NULL ? 422 : 200,
                     fresh ? tr("New account") : tr_fill(page->ctx->arena, "Account {number}", "number", account->code, NULL), "admin/account_edit.cs");
}

static enum err find_account(struct page *page, struct account *account)
{
    *account = (struct account){.code = "", .name = "", .kind = "balance"};
    return is_new(page) ? OK : account_by_code(page->ctx, page->arg[0], account);
}

enum err page_account_edit(struct page *page)
{
    struct account account;
    struct form form;
    enum err err = find_account(page, &account);

    if (err != OK)
        return err;
    form_fill(&form, page->ctx, account_field, field_count(page),
              &(struct account_form){.rev = account.rev, .code = account.code, .name = account.name});
    return show_account(page, &form, &account, NULL);
}

enum err page_account_edit_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/accounts?did=saved");
    struct charting_result result;
    struct account account;
    struct account_form v;
    struct form form;
    enum err err = find_account(page, &account);

    if (err != OK)
        return err;
    if (!page_form(page, &form, account_field, field_count(page), &v))
        return OK;
    if (is_new(page) && v.code[0] != '\0' && !account_number_valid(v.code))
        form_error(&form, "code", tr("A number has at least three digits, begins with 1 to 7 and goes on with digits or capital letters"));
    if (form.error_count > 0)
        return show_account(page, &form, &account, NULL);
    account.rev = is_new(page) ? 0 : (int32_t)v.rev;
    account.code = is_new(page) ? v.code : account.code;
    account.name = v.name;
    account.kind = account_kind(account.code);
    TRY(page->ctx, change_account(page->ctx, &account, &once, &result));
    if (result.stale)
        return page_error(page, 409, NULL);
    if (result.taken) {
        form_error(&form, "code", tr("There is an account of this number"));
        return show_account(page, &form, &account, NULL);
    }
    return page_see(page, "%s", result.url);
}

enum err page_account_delete_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/accounts?did=done");
    struct charting_result result;
    struct account account;
    struct form form;
    enum err err = find_account(page, &account);

    if (err != OK)
        return err;
    TRY(page->ctx, remove_account(page->ctx, account.code, &once, &result));
    if (!result.in_use)
        return page_see(page, "%s", result.url);
    form_fill(&form, page->ctx, account_field, field_count(page),
              &(struct account_form){.rev = account.rev, .code = account.code, .name = account.name});
    return show_account(page, &form, &account, tr("This account is in use: it cannot be deleted"));
}

/* ---- what accounts are for ---- */

enum { ROLES_MAX = 24 };
struct roles_form {
    const char *code[ROLES_MAX];
};

static const struct field *role_fields(void)
{
    static struct field field[ROLES_MAX];

    for (size_t i = 0; i < chart_role_count && field[i].name == NULL; i++)
        field[i] = (struct field){.kind = FIELD_CHOICE, .name = chart_roles[i].name, .label = chart_roles[i].label, .required = true,
                                  .max = ACCOUNT_NUMBER_MAX, .missing = N_("Choose an account"),
                                  .offset = offsetof(struct roles_form, code) + i * sizeof(const char *)};
    return field;
}

static enum err show_roles(struct page *page, struct form *form, const struct roles_form *now)
{
    HDF *hdf = page_tree(page);
    struct account *list;
    size_t count;

    view_form(page->ctx, hdf, form);
    TRY(page->ctx, accounts(page->ctx, &list, &count));
    for (size_t i = 0; i < chart_role_count; i++) {
        int option = 0;

        for (size_t k = 0; k < count && option < HDF_ROWS_MAX; k++)
            if (account_fits(&chart_roles[i], list[k].code))
                view_option(hdf, chart_roles[i].name, option++, list[k].code,
                            arena_printf(page->ctx->arena, "%s %s", list[k].code, list[k].name), str_equal(list[k].code, now->code[i]));
    }
    return page_show(page, form->error_count > 0 ? 422 : 200, tr("What accounts are for"), "admin/account_roles.cs");
}

enum err page_account_roles(struct page *page)
{
    struct roles_form values;
    struct chart chart;
    struct form form;

    TRY(page->ctx, chart_now(page->ctx, &chart));
    for (size_t i = 0; i < chart_role_count; i++)
        values.code[i] = chart_account(&chart, chart_roles[i].name);
    form_fill(&form, page->ctx, role_fields(), chart_role_count, &values);
    return show_roles(page, &form, &values);
}

enum err page_account_roles_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/accounts?did=saved");
    struct charting_result result;
    struct roles_form v;
    struct form form;

    if (!page_form(page, &form, role_fields(), chart_role_count, &v))
        return OK;
    for (size_t i = 0; i < chart_role_count; i++) {
        struct account account;
        enum err err = v.code[i] == NULL || v.code[i][0] == '\0' ? OK : account_by_code(page->ctx, v.code[i], &account);

        if (err == ERR_NOT_FOUND || (err == OK && v.code[i] != NULL && v.code[i][0] != '\0' && !account_fits(&chart_roles[i], v.code[i])))
            form_error(&form, chart_roles[i].name, tr("Choose an account of the list"));
        else if (err != OK)
            return err;
        ctx_forget_error(page->ctx);
    }
    if (form.error_count > 0)
        return show_roles(page, &form, &v);
    TRY(page->ctx, assign_roles(page->ctx, v.code, &once, &result));
    if (result.unsettled == 0)
        return page_see(page, "%s", result.url);
    form_error(&form, chart_roles[result.unsettled - 1].name,
               tr_fill(page->ctx->arena, "The account until now still stands at {amount}: only one that is settled can be replaced", "amount",
                       page_money(page, result.balance_minor, books_currency(page)), NULL));
    return show_roles(page, &form, &v);
}

/* ---- closings ---- */

static const char *period_text(struct page *page, const char *kind, struct period period)
{
    struct civil c = date_civil(period.from_on);

    if (str_equal(kind, "year"))
        return books_year(page, period);
    return str_equal(kind, "month") ? arena_printf(page->ctx->arena, "%02d/%04d", c.month, c.year) : page_date(page, period.from_on);
}

static const char *kind_word(const char *kind)
{
    return str_equal(kind, "year") ? tr("Financial year") : str_equal(kind, "month") ? tr("Month") : tr("Day");
}

static const char *work_text(struct page *page, const struct open_work *work)
{
    static const struct {
        const char *kind;
        const char *text;
    } said[] = {
        {"invoice", N_("Invoice {ref} has no entry")},
        {"payment", N_("Payment {ref} has no entry")},
        {"attempt", N_("A payment for {ref} is still without an answer")},
        {"deferral", N_("Deferred revenue of {ref} is not released yet")},
        {"renewal", N_("A period of {ref} is due and not billed yet")},
    };

    for (size_t i = 0; i < COUNT_OF(said); i++)
        if (str_equal(work->kind, said[i].kind))
            return tr_fill(page->ctx->arena, said[i].text, "ref", work->ref, NULL);
    return work->ref;
}

static void work_rows(struct page *page, HDF *hdf, const struct closing_result *r)
{
    for (size_t i = 0; i < r->open_count; i++) {
        const struct open_work *work = &r->open[i];
        HDF *node = hdf_row(hdf, "Open", (int)i);
        const char *area = str_equal(work->kind, "renewal") ? "subscriptions" : work->ref[0] == 'Q' ? "quotes" : "invoices";

        hdf_text(node, "text", work_text(page, work));
        hdf_text(node, "on", page_date(page, work->happened_on));
        if (!str_equal(work->kind, "payment"))
            hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/%s/%s", area, work->ref));
    }
    hdf_flag(hdf, "OpenMore", r->open_count == OPEN_WORK_TOLD);
}

struct closing_refusal {
    enum closing_kind kind;
    struct closing_result result;
};

/* A button for the next day, month and year, or why there is none. */
static enum err next_rows(struct page *page, HDF *hdf)
{
    static const char *const label[] = {[CLOSING_DAY] = N_("Close the day {period}"), [CLOSING_MONTH] = N_("Close the month {period}"),
                                        [CLOSING_YEAR] = N_("Close the financial year {period}")};

    for (enum closing_kind kind = CLOSING_DAY; kind <= CLOSING_YEAR; kind++) {
        HDF *node = hdf_row(hdf, "Next", (int)kind - 1);
        char day[DATE_TEXT_BYTES];
        struct period next;

        TRY(page->ctx, next_to_close(page->ctx, kind, &next));
        hdf_text(node, "kind", closing_kind_name(kind));
        if (period_is_none(next)) {
            hdf_text(node, "label", kind == CLOSING_DAY ? tr("Nothing was booked yet.") : "");
            continue;
        }
        hdf_text(node, "on", date_iso(next.from_on, day));
        hdf_flag(node, "over", next.until_on <= page->ctx->today_on);
        hdf_text(node, "label", tr_fill(page->ctx->arena, next.until_on <= page->ctx->today_on ? label[kind] : N_("{period} is not over yet"),
                                        "period", period_text(page, closing_kind_name(kind), next), NULL));
    }
    return OK;
}

/* "VAT 20 % on 100.00: 20.00" of each rate, of the period. */
static void tax_rows(struct page *page, HDF *node, const struct closing *c, const struct closing_tax_row *taxes, size_t count)
{
    int row = 0;

    for (size_t i = 0; i < count; i++)
        if (taxes[i].sequence == c->sequence && (taxes[i].base_minor != 0 || taxes[i].tax_minor != 0))
            hdf_text(hdf_row(node, "taxes", row++), "text",
                     tr_fill(page->ctx->arena, "VAT {rate} ({category}) on {base}: {vat}", "rate",
                             format_percent(page->ctx->arena, page->ctx->language, taxes[i].tax_rate_ppm), "category", taxes[i].tax_category, "base",
                             page_money(page, taxes[i].base_minor, c->currency), "vat", page_money(page, taxes[i].tax_minor, c->currency), NULL));
}

static void closing_row(struct page *page, HDF *node, const struct closing *c)
{
    hdf_text(node, "period", period_text(page, c->kind, (struct period){c->from_on, c->until_on}));
    hdf_text(node, "kind", kind_word(c->kind));
    hdf_text(node, "entries", page_number(page, c->entry_count));
    hdf_text(node, "debit", page_money(page, c->debit_minor, c->currency));
    hdf_text(node, "sales", page_money(page, c->sales_minor, c->currency));
    hdf_text(node, "all", page_money(page, c->all_sales_minor, c->currency));
    hdf_text(node, "all_debit", page_money(page, c->all_debit_minor, c->currency));
    hdf_text(node, "at", page_instant(page, c->closed_at));
}

static const char *refusal_text(struct page *page, const struct closing_refusal *refused)
{
    struct arena *arena = page->ctx->arena;
    const char *kind = closing_kind_name(refused->kind);

    if (refused->result.busy)
        return tr("Somebody else is closing at this moment. Please try again.");
    if (refused->result.verdict == CLOSING_EARLIER_OPEN)
        return tr_fill(arena, "{earlier} must be closed before {period}", "earlier", period_text(page, kind, refused->result.earlier), "period",
                       period_text(page, kind, refused->result.period), NULL);
    return arena_printf(arena, "%s · %s", period_text(page, kind, refused->result.period), tr(closing_verdict_text(refused->result.verdict)));
}

static enum err show_closings(struct page *page, const struct closing_refusal *refused)
{
    static const struct money_view view[] = {{"", N_("All"), ""}, {"year", N_("Financial years"), "year"}, {"month", N_("Months"), "month"}, {"day", N_("Days"), "day"}};
    HDF *hdf = page_tree(page);
    const struct money_view *now = money_views(page, hdf, "/admin/closings", view, COUNT_OF(view));
    struct book_year *years;
    struct closing *rows;
    struct closing_tax_row *taxes;
    size_t count, year_count, tax_count;

    if (now == NULL)
        return ERR_NOT_FOUND;
    admin_flash(page);
    TRY(page->ctx, next_rows(page, hdf));
    TRY(page->ctx, book_years(page->ctx, &years, &year_count));
    for (size_t i = 0; i < year_count && i < HDF_ROWS_MAX; i++) {
        HDF *node = hdf_row(hdf, "Years", (int)i);
        char day[DATE_TEXT_BYTES];
        struct period year = {years[i].from_on, years[i].until_on};

        hdf_text(node, "year", books_year(page, year));
        hdf_text(node, "file", financial_year_is_civil(year) ? books_year(page, year) : date_iso(period_last_on(year), day));
        hdf_text(node, "entries", page_number(page, years[i].entry_count));
        hdf_flag(node, "large", years[i].entry_count > FEC_PAGE_ENTRIES_MAX);
    }
    TRY(page->ctx, closings(page->ctx, now->filter, page_query_id(page, "before"), PAGE_ROWS + 1, &rows, &count));
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++)
        closing_row(page, hdf_row(hdf, "Rows", (int)i), &rows[i]);
    if (count > 0) {
        TRY(page->ctx, closing_taxes_between(page->ctx, rows[count - 1].sequence, rows[0].sequence, &taxes, &tax_count));
        for (size_t i = 0; i < count && i < PAGE_ROWS; i++)
            tax_rows(page, hdf_row(hdf, "Rows", (int)i), &rows[i], taxes, tax_count);
        hdf_text(hdf, "Csv.href", "/admin/closings.csv");
    }
    if (count > PAGE_ROWS)
        money_pager(page, hdf, arena_printf(page->ctx->arena, "/admin/closings?view=%s", now->name), rows[PAGE_ROWS - 1].sequence);
    if (refused != NULL) {
        layout_flash(hdf, "bad", refusal_text(page, refused), NULL, NULL);
        if (!refused->result.busy && refused->result.verdict == CLOSING_WORK_OPEN)
            work_rows(page, hdf, &refused->result);
    }
    return page_show(page, refused != NULL ? 422 : 200, tr("Closings and files"), "admin/closings.cs");
}

enum err page_closings(struct page *page)
{
    return show_closings(page, NULL);
}

static void closing_cells(struct page *page, struct csv *csv, const struct closing *c, const struct closing_tax_row *tax)
{
    csv_text(csv, kind_word(c->kind));
    csv_day(csv, c->from_on);
    csv_day(csv, c->until_on - 1);
    csv_integer(csv, c->entry_count);
    csv_minor(csv, c->debit_minor, c->currency);
    csv_minor(csv, c->sales_minor, c->currency);
    csv_minor(csv, c->all_sales_minor, c->currency);
    csv_text(csv, tax != NULL ? tax->tax_category : "");
    csv_text(csv, tax != NULL ? format_percent(page->ctx->arena, page->ctx->language, tax->tax_rate_ppm) : "");
    for (int i = 0; i < 4; i++) {
        if (tax == NULL)
            csv_text(csv, "");
        else
            csv_minor(csv, i == 0 ? tax->base_minor : i == 1 ? tax->tax_minor : i == 2 ? tax->all_base_minor : tax->all_tax_minor, c->currency);
    }
    csv_end_row(csv);
}

/* Every closing in its order, with a line for each category and rate. */
enum err page_closings_csv(struct page *page)
{
    static const char *const head[] = {N_("Kind"), N_("From"), N_("Up to"), N_("Entries"), N_("Debit and credit"), N_("Documents incl. VAT"),
                                       N_("Since the beginning"), N_("VAT category"), N_("VAT rate"), N_("VAT base"), N_("VAT"),
                                       N_("VAT base since the beginning"), N_("VAT since the beginning")};
    struct csv csv = csv_new(page->ctx->arena, page->ctx->language);
    struct closing_tax_row *taxes;
    struct closing *rows;
    size_t count, tax_count;
    size_t at = 0;

    TRY(page->ctx, closings_after(page->ctx, 0, CSV_LINES_MAX + 1, &rows, &count));
    TRY(page->ctx, closing_taxes_between(page->ctx, 1, count > 0 ? rows[count - 1].sequence : 0, &taxes, &tax_count));
    if (count + tax_count > CSV_LINES_MAX)
        return books_too_long(page);
    for (size_t i = 0; i < COUNT_OF(head); i++)
        csv_text(&csv, tr(head[i]));
    csv_end_row(&csv);
    for (size_t i = 0; i < count; i++) {
        if (at == tax_count || taxes[at].sequence != rows[i].sequence)
            closing_cells(page, &csv, &rows[i], NULL);
        for (; at < tax_count && taxes[at].sequence == rows[i].sequence; at++)
            closing_cells(page, &csv, &rows[i], &taxes[at]);
    }
    return books_csv(page, "closings", page->ctx->today_on, &csv);
}

struct closing_form {
    const char *kind;
    int32_t on;
};
static const struct field_option closing_option[] = {{"day", N_("Day"), NULL}, {"month", N_("Month"), NULL}, {"year", N_("Financial year"), NULL}};
static const struct field closing_field[] = {
    {.kind = FIELD_CHOICE, .name = "kind", .label = N_("Kind"), .required = true, .options = closing_option,
     .option_count = COUNT_OF(closing_option), .offset = offsetof(struct closing_form, kind)},
    {.kind = FIELD_DATE, .name = "on", .label = N_("Day"), .required = true, .offset = offsetof(struct closing_form, on)},
};

enum err page_closings_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/closings?did=closed");
    struct closing_refusal refusal;
    struct closing_form v;
    struct form form;

    if (!PAGE_FORM(page, &form, closing_field, &v))
        return OK;
    if (form.error_count > 0) /* only buttons of ours send this form */
        return page_error(page, 400, NULL);
    refusal.kind = closing_kind_from_name(v.kind);
    TRY(page->ctx, close_period(page->ctx, refusal.kind, v.on, &once, &refusal.result));
    return refusal.result.busy || refusal.result.verdict != CLOSING_MAY ? show_closings(page, &refusal) : page_see(page, "%s", refusal.result.url);
}

/* ---- the file of the year ---- */

static void append(void *arg, const char *data, size_t bytes)
{
    str_append_bytes(arg, data, bytes);
}

enum err page_fec(struct page *page)
{
    struct str text = str_new(page->ctx->arena);
    struct fec fec = {.charset = FEC_ISO_8859_15, .write = append, .arg = &text};
    struct financial_years years;
    struct book_year *books;
    struct period within;
    size_t count;

    if (!financial_year_end_from_text(page->arg[0], &within))
        return ERR_NOT_FOUND;
    TRY(page->ctx, financial_years(page->ctx, &years));
    if (financial_years_ending(&years, within, &fec.year) != 1)
        return ERR_NOT_FOUND;
    TRY(page->ctx, book_years(page->ctx, &books, &count));
    for (size_t i = 0; i < count; i++)
        if (books[i].from_on == fec.year.from_on && books[i].entry_count > FEC_PAGE_ENTRIES_MAX)
            return page_error(page, 413, tr("This year has too many entries for a page: `tacite-batch fec` writes the file."));
    TRY(page->ctx, write_fec(page->ctx, &fec));
    if (fec.refusal != NULL)
        return page_error(page, 409, fec.detail[0] == '\0' ? tr(fec.refusal) : page_pair(page, tr(fec.refusal), fec.detail));
    respond_file(page->response, "text/plain; charset=iso-8859-15", fec.name, text.text, text.bytes);
    return OK;
}
