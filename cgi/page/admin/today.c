/* today: what needs the seller now, the figures behind it, and the test clock. */
#include "base/clock.h"
#include "base/str.h"
#include "core/date.h"
#include "core/money.h"
#include "page/admin/admin.h"
#include "service/house.h"
#include "store/history.h"
#include "store/overview.h"
#include "text/format.h"
#include "text/words.h"

enum { ITEMS_MAX = 30, QUOTES_MAX = 200, QUESTIONS_MAX = 20, EXPIRES_DAYS = 7, CLOCK_MONTHS_MAX = 120 };

static HDF *add_task(HDF *hdf, int *row, const char *kind, const char *text, const char *href, const char *action)
{
    HDF *node = hdf_row(hdf, "Tasks", (*row)++);

    hdf_text(node, "kind", kind);
    hdf_text(node, "text", text);
    hdf_text(node, "href", href);
    hdf_text(node, "action", action);
    return node;
}

/* What the kinds of operator items are called; the kind itself where a new one has no name yet. */
static const char *item_text(const char *kind)
{
    static const struct {
        const char *kind;
        const char *text;
    } name[] = {
        {"renewal_declined", N_("Renewal declined")},
        {"attempt_unknown", N_("Payment without an answer from the gateway")},
        {"payment_unknown", N_("Payment without an answer from the gateway")},
        {"payment_unplaced", N_("Money that belongs to nothing yet")},
        {"payment_withdrawn", N_("Payment for a withdrawn quote")},
        {"subscription_held", N_("Subscription held: too many missed periods")},
        {"periods_held", N_("Subscription held: too many missed periods")},
        {"mail_dead", N_("An e-mail could not be sent")},
        {"refund_due", N_("A refund is due")},
    };

    for (size_t i = 0; i < COUNT_OF(name); i++)
        if (str_equal(kind, name[i].kind))
            return tr(name[i].text);
    return tr("To look at");
}

static const char *item_href(struct arena *arena, const struct todo_item *item)
{
    if (item->number[0] == '\0')
        return str_equal(item->subject_kind, "outbox") ? arena_printf(arena, "/admin/outbox/%lld", (long long)item->subject_id) : "";
    return arena_printf(arena, "/admin/%ss/%s", item->subject_kind, item->number);
}

static enum err add_items(struct page *page, HDF *hdf, int *row)
{
    struct todo_item *items;
    size_t count;

    TRY(page->ctx, todo_items(page->ctx, ITEMS_MAX, &items, &count));
    for (size_t i = 0; i < count; i++) {
        const struct todo_item *item = &items[i];
        HDF *node = add_task(hdf, row, "bad", item_text(item->kind), item_href(page->ctx->arena, item), tr("Look at it"));

        hdf_text(node, "who", item->customer_name);
        hdf_text(node, "number", item->number);
        hdf_text(node, "detail", item->detail);
        hdf_text(node, "since", page_date(page, item->opened_on));
        if (item->currency[0] != '\0')
            hdf_text(node, "amount", page_money(page, item->amount_minor, item->currency));
    }
    return OK;
}

static enum err add_quotes(struct page *page, HDF *hdf, int *row)
{
    struct quote_filter filter = {.state = "signed", .words = "", .expires_by_on = DATE_NONE, .limit = QUOTES_MAX};
    struct quote_list_row *rows;
    size_t count;

    TRY(page->ctx, quote_list(page->ctx, &filter, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = add_task(hdf, row, "warn", tr("Signed, not paid yet"),
                             arena_printf(page->ctx->arena, "/admin/quotes/%s", rows[i].number), tr("Open"));

        hdf_text(node, "who", rows[i].customer_name);
        hdf_text(node, "number", rows[i].number);
        hdf_text(node, "amount", page_money(page, rows[i].today_minor, rows[i].currency));
    }
    filter.state = "sent";
    filter.expires_by_on = page->ctx->today_on + EXPIRES_DAYS;
    TRY(page->ctx, quote_list(page->ctx, &filter, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = add_task(hdf, row, "info",
                             tr_fill(page->ctx->arena, "Expires on {date}", "date", page_date(page, rows[i].valid_until_on), NULL),
                             arena_printf(page->ctx->arena, "/admin/quotes/%s", rows[i].number), tr("Open"));

        hdf_text(node, "who", rows[i].customer_name);
        hdf_text(node, "number", rows[i].number);
        hdf_text(node, "amount", page_money(page, rows[i].today_minor, rows[i].currency));
    }
    return OK;
}

static enum err add_questions(struct page *page, HDF *hdf, int *row)
{
    struct open_question *questions;
    size_t count;

    TRY(page->ctx, open_questions(page->ctx, QUESTIONS_MAX, &questions, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = add_task(hdf, row, "info", tr("Question to answer"),
                             arena_printf(page->ctx->arena, "/admin/quotes/%s#questions", questions[i].number), tr("Answer"));

        hdf_text(node, "who", questions[i].customer_name);
        hdf_text(node, "number", questions[i].number);
        hdf_text(node, "detail", questions[i].text);
        hdf_text(node, "since", page_instant(page, questions[i].at));
    }
    return OK;
}

static void add_tile(HDF *hdf, int *row, const char *label, const char *value, const char *delta, const char *href)
{
    HDF *node = hdf_row(hdf, "Tiles", (*row)++);

    hdf_text(node, "label", label);
    hdf_text(node, "value", value);
    hdf_text(node, "delta", delta);
    hdf_text(node, "href", href);
}

/* 1/10,000 of the currency's unit to its minor unit, for showing. */
static int64_t minor_of(int64_t value_e4, const char *code)
{
    const struct currency *currency = currency_find(code);
    int64_t minor_units = 1;

    for (int i = 0; currency != NULL && i < currency->digits; i++)
        minor_units *= 10;
    return money_scale(value_e4, minor_units, 10000, ROUND_HALF_AWAY);
}

static enum err add_figures(struct page *page, HDF *hdf)
{
    const char *currency = page->company.currency;
    struct figures f;
    int row = 0;

    if (page->company.id == 0)
        return OK;
    TRY(page->ctx, figures_now(page->ctx, currency, &f));
    add_tile(hdf, &row, tr("Monthly recurring revenue"), page_money(page, minor_of(f.mrr_e4, currency), currency),
             tr_fill(page->ctx->arena, tr_plural("{n} subscription", "{n} subscriptions", f.subscriptions), "n",
                     page_number(page, f.subscriptions), NULL),
             "/admin/subscriptions");
    add_tile(hdf, &row, tr("Open invoices"), page_money(page, f.due_minor, currency),
             tr_fill(page->ctx->arena, "{amount} overdue", "amount", page_money(page, f.overdue_minor, currency), NULL),
             "/admin/invoices");
    add_tile(hdf, &row, tr("Quotes with customers"), page_money(page, f.quotes_minor, currency),
             tr_fill(page->ctx->arena, tr_plural("{n} quote", "{n} quotes", f.quotes), "n", page_number(page, f.quotes), NULL),
             "/admin/quotes?view=pipeline");
    return OK;
}

/* What the house still lacks before the first quote can leave. */
static void add_setup(struct page *page, HDF *hdf)
{
    const char *lacks[16];
    size_t count = page->company.id == 0 ? 0 : company_lacks(&page->company, lacks, COUNT_OF(lacks));

    if (page->company.id == 0)
        lacks[count++] = N_("The company's name");
    for (size_t i = 0; i < count; i++)
        hdf_text(hdf_row(hdf, "Lacks", (int)i), "text", tr(lacks[i]));
}

struct clock_form {
    int32_t to_on;
};
static const struct field clock_field[] = {
    {.kind = FIELD_DATE, .name = "to", .label = N_("Move the test clock to"), .required = true,
     .missing = N_("Enter the day to move to"), .offset = offsetof(struct clock_form, to_on)},
};

static enum err show_today(struct page *page, const struct form *form)
{
    HDF *hdf = page_tree(page);
    int row = 0;

    add_setup(page, hdf);
    TRY(page->ctx, add_items(page, hdf, &row));
    TRY(page->ctx, add_questions(page, hdf, &row));
    TRY(page->ctx, add_quotes(page, hdf, &row));
    hdf_flag(hdf, "NoTask", row == 0);
    TRY(page->ctx, add_figures(page, hdf));
    if (page->tenant->test) {
        hdf_text(hdf, "Clock.today", format_date_long(page->ctx->arena, page->ctx->language, page->ctx->today_on));
        view_form(page->ctx, hdf, form);
    }
    hdf_text(hdf, "Day", format_date_long(page->ctx->arena, page->ctx->language, page->ctx->today_on));
    return page_show(page, form->error_count > 0 ? 422 : 200, tr("Today"), "admin/today.cs");
}

enum err page_today(struct page *page)
{
    struct clock_form values = {date_add_months(page->ctx->today_on, 1)};
    struct form form;

    admin_flash(page);
    form_fill(&form, page->ctx, clock_field, COUNT_OF(clock_field), &values);
    return show_today(page, &form);
}

enum err page_clock_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/?did=clock");
    struct house_result result;
    struct clock_form values;
    struct form form;

    if (!page->tenant->test)
        return ERR_NOT_FOUND;
    if (!PAGE_FORM(page, &form, clock_field, &values))
        return OK;
    if (form.error_count == 0 && values.to_on <= page->ctx->today_on)
        form_error(&form, "to", tr("The test clock moves forward only: enter a later day"));
    if (form.error_count == 0 && values.to_on > date_add_months(page->ctx->today_on, CLOCK_MONTHS_MAX))
        form_error(&form, "to", tr("Enter a day of the next ten years"));
    if (form.error_count > 0)
        return show_today(page, &form);
    TRY(page->ctx, advance_clock(page->ctx, values.to_on, &once, &result));
    if (result.stale) {
        form_error(&form, "to", tr("The test clock moves forward only: enter a later day"));
        return show_today(page, &form);
    }
    return page_see(page, "%s", result.url);
}
