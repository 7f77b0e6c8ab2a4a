/* today: what needs the seller now, the figures behind it, and the test clock. */
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "core/date.h"
#include "core/debit_credit.h"
#include "core/dispute.h"
#include "core/target_day.h"
#include "page/admin/admin.h"
#include "page/admin/money_rows.h"
#include "service/attending.h"
#include "service/debit_terms.h"
#include "service/house.h"
#include "service/taxing.h"
#include "store/debit.h"
#include "store/history.h"
#include "store/housekeeping.h"
#include "store/overview.h"
#include "text/format.h"
#include "text/words.h"

enum { ITEMS_MAX = 30, QUOTES_MAX = 200, QUESTIONS_MAX = 20, EXPIRES_DAYS = 7, HAND_DAYS = 3, CLOCK_MONTHS_MAX = 120, RUNS_MAX = 12 };

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
        {"renewal_held", N_("Held: too many missed periods")},
        {"renewal_failed", N_("Renewal failed")},
        {"amendment_failed", N_("A change could not be made")},
        {"revision_failed", N_("A new price could not be announced")},
        {"amount_differs", N_("The amount paid differs")},
        {"money_unexpected", N_("Money for what no longer stands")},
        {"payment_unknown", N_("No answer from the gateway")},
        {"gateway_away", N_("The payment gateway cannot be reached")},
        {"mail_away", N_("The mail server takes nothing from us")},
        {"gateway_denied", N_("The payment gateway does not accept our key")},
        {"check_failed", N_("A payment, refund or event could not be asked about")},
        {"payment_refused", N_("The payment gateway refused to take a payment")},
        {"dispute_open", N_("A payment is disputed")},
        {"dispute_lost", N_("A dispute is lost: decide")},
        {"dispute_unexpected", N_("A dispute that says something new")},
        {"refund_denied", N_("The payment gateway does not accept our key for refunds")},
        {"refund_failed", N_("A refund failed")},
        {"refund_unknown", N_("No answer about a refund")},
        {"refund_foreign", N_("A refund that nobody ordered here")},
        {"refund_unexpected", N_("A refund that should not be")},
        {"dunning_call", N_("Unpaid: call the customer")},
        {"signed_unpaid", N_("Signed, not paid yet")},
        {"document_failed", N_("A document could not be made")},
        {"vat_no_answer", N_("VIES did not answer about a VAT number")},
        {"vat_invalid", N_("A VAT number is not valid according to VIES")},
        {"tax_differs", N_("The VAT that was signed is no longer the law's")},
        {"mail_refused", N_("An e-mail was refused")},
        {"bank_answer", N_("Unknown debit refused")},
        {"file_unanswered", N_("File of debits: was it sent?")},
        {"notice_dead", N_("A debit cannot be announced: it waits for you")},
        {"notice_late", N_("A debit was not announced in time")},
        {"mandate_unconfirmed", N_("B2B mandate to be confirmed")},
        {"mandate_expiring", N_("A mandate will expire")},
        {"bank_open", N_("Money without an invoice")},
        {"statement_missing", N_("A statement of the bank is missing")},
        {"money_differs", N_("Gateway, bank and books differ")},
        {"debit_differs", N_("Money that was not asked for like this")},
        {"after_restore", N_("A backup was restored: everything is held")},
        {"books_broken", N_("The books are not as they must be")},
    };

    for (size_t i = 0; i < COUNT_OF(name); i++)
        if (str_equal(kind, name[i].kind))
            return tr(name[i].text);
    return tr("To look at");
}

/* Where it can be looked at; "" where there is no page for it. */
static const char *item_href(struct arena *arena, const struct todo_item *item)
{
    static const struct {
        const char *kind;
        const char *href;
    } place[] = {{"after_restore", "/admin/reconciliation"}, {"money_differs", "/admin/reconciliation"}, {"bank_open", "/admin/bank"}, {"bank_answer", "/admin/bank?view=files"}, {"statement_missing", "/admin/bank?view=files"}};
    static const struct {
        const char *what; /* kind or subject */
        const char *before;
        const char *after;
    } by_id[] = {{"attempt", "payments/", ""}, {"outbox", "outbox/", ""}, {"file_unanswered", "collections/", "/sent"}, {"debit_differs", "bank/", ""}};

    for (size_t i = 0; i < COUNT_OF(place); i++)
        if (str_equal(item->kind, place[i].kind))
            return place[i].href;
    for (size_t i = 0; i < COUNT_OF(by_id); i++)
        if (str_equal(item->subject_kind, by_id[i].what) || str_equal(item->kind, by_id[i].what))
            return arena_printf(arena, "/admin/%s%lld%s", by_id[i].before, (long long)item->subject_id, by_id[i].after);
    if (item->number[0] == '\0')
        return "";
    return arena_printf(arena, "/admin/%ss/%s%s", item->subject_kind, item->number,
                        str_equal(item->kind, "mandate_unconfirmed") ? "/debit" : "");
}

/* What differs, what was to come, and the bank's reference: as service/banking writes it. */
static const char *debit_detail(const struct page *page, const struct todo_item *item)
{
    struct arena *arena = page->ctx->arena;
    const char *asked = strchr(item->detail, ' '), *reference = asked == NULL ? NULL : strchr(asked + 1, ' ');
    const char *what;
    long long minor;

    if (reference == NULL || !str_to_i64(arena_strndup(arena, asked + 1, (size_t)(reference - asked - 1)), 0, INT64_MAX, &minor))
        return item->detail;
    what = tr(debit_verdict_text(debit_verdict_from_name(arena_strndup(arena, item->detail, (size_t)(asked - item->detail)))));
    return tr_fill(arena, "{what}; asked {amount}: {reference}", "what", what, "amount", page_money(page, minor, item->currency), "reference", reference + 1, NULL);
}

static const char *statement_name(const struct page *page, const char *day, const char *number)
{
    int32_t on;
    const char *date = date_parse_iso(day, &on) ? page_date(page, on) : day;

    return str_equal(number, "-") ? date : tr_fill(page->ctx->arena, "no. {number} of {date}", "number", number, "date", date, NULL);
}

/* The statements around what is missing: as service/banking writes them. */
static const char *gap_detail(const struct page *page, const struct todo_item *item)
{
    char *word[4], *text = arena_strdup(page->ctx->arena, item->detail);

    for (size_t i = 0; i < COUNT_OF(word); i++) {
        word[i] = text;
        text = strchr(text, ' ');
        if (text == NULL && i + 1 < COUNT_OF(word))
            return item->detail;
        if (text != NULL)
            *text++ = '\0';
    }
    return tr_fill(page->ctx->arena, "Between {before} and {after}", "before", statement_name(page, word[0], word[1]), "after", statement_name(page, word[2], word[3]), NULL);
}

/* A dispute's detail is the bank's reason and the day until which to answer. A missing rate is told in the reader's words. */
static const char *item_detail(const struct page *page, const struct todo_item *item)
{
    const char *day = str_starts(item->kind, "dispute_") ? strchr(item->detail, ' ') : NULL;
    const char *tax_class;
    const char *country;
    int32_t on;

    if (str_equal(item->kind, "debit_differs"))
        return debit_detail(page, item);
    if (str_equal(item->kind, "statement_missing"))
        return gap_detail(page, item);
    if (tax_missing(page->ctx->arena, item->detail, &tax_class, &country))
        return tr_fill(page->ctx->arena, "There is no VAT rate for {country} ({class}): add it under Taxes, and the next run bills it", "country",
                       format_country(page->ctx->arena, page->ctx->language, country), "class", admin_tax_class(tax_class), NULL);
    if (!str_starts(item->kind, "dispute_"))
        return item->detail;
    if (day == NULL || !date_parse_iso(day + 1, &on))
        return tr(dispute_reason_text(item->detail));
    return tr_fill(page->ctx->arena, "{reason}; answer by {date}", "reason",
                   tr(dispute_reason_text(arena_strndup(page->ctx->arena, item->detail, (size_t)(day - item->detail)))), "date", page_date(page, on), NULL);
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
        hdf_text(node, "detail", item_detail(page, item));
        hdf_text(node, "since", page_date(page, item->opened_on));
        if (item->currency[0] != '\0')
            hdf_text(node, "amount", page_money(page, item->amount_minor, item->currency));
        if (item_closes_by_hand(item->kind))
            hdf_text(node, "done", arena_printf(page->ctx->arena, "/admin/items/%lld/done", (long long)item->id));
    }
    return OK;
}

/* The file that no batch can hand to the bank, from some days before it must be there. */
static enum err add_debits(struct page *page, HDF *hdf, int *row)
{
    struct debits_to_hand waiting;
    struct debit_terms terms;
    struct target_terms bank;
    int32_t by_on;
    HDF *node;

    TRY(page->ctx, debits_to_hand(page->ctx, &waiting));
    if (waiting.count == 0)
        return OK;
    TRY(page->ctx, debit_terms(page->ctx, &terms));
    bank = bank_terms(&terms);
    by_on = collection_file_by(&bank, waiting.first_on);
    if (by_on > page->ctx->today_on + HAND_DAYS)
        return OK;
    node = add_task(hdf, row, by_on <= page->ctx->today_on ? "bad" : "info",
                    tr_fill(page->ctx->arena, tr_plural("{n} direct debit for the bank", "{n} direct debits for the bank", waiting.count), "n",
                            page_number(page, waiting.count), NULL), "/admin/collections", tr("Make the file"));
    hdf_text(node, "detail", tr_fill(page->ctx->arena, by_on < page->ctx->today_on ? N_("late: the file was due by {date}") : N_("file by {date}"), "date",
                                     page_date(page, by_on), NULL));
    hdf_text(node, "amount", page_money(page, waiting.sum_minor, "EUR"));
    return OK;
}

static enum err add_quotes(struct page *page, HDF *hdf, int *row)
{
    const struct quote_filter filter = {.state = "sent", .words = "", .expires_by_on = page->ctx->today_on + EXPIRES_DAYS, .limit = QUOTES_MAX};
    struct quote_list_row *rows;
    size_t count;

    TRY(page->ctx, quote_list(page->ctx, &filter, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = add_task(hdf, row, "info",
                             tr_fill(page->ctx->arena, "Expires on {date}", "date", page_date(page, rows[i].valid_until_on), NULL),
                             arena_printf(page->ctx->arena, "/admin/quotes/%s", rows[i].number), tr("See the quote"));

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

static enum err add_figures(struct page *page, HDF *hdf)
{
    const char *currency = page->company.currency;
    struct figures f;
    int row = 0;

    if (page->company.id == 0)
        return OK;
    TRY(page->ctx, figures_now(page->ctx, currency, &f));
    add_tile(hdf, &row, tr("Monthly recurring revenue"), page_mrr(page, f.mrr_e4, currency),
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

/* What the batch did lately: the seller who moved the clock watches it here. */
static enum err add_runs(struct page *page, HDF *hdf)
{
    static const struct {
        const char *job;
        const char *text;
    } name[] = {
        {"renew", N_("Invoices of renewals")},  {"collect", N_("Stored cards debited")},     {"recognise", N_("Revenue booked")},
        {"render", N_("Documents made")},       {"mail", N_("E-mails sent")},                {"janitor", N_("Payments asked about")},
        {"cards", N_("Cards that end: customers told")}, {"reconcile", N_("Differences of money settled")}, {"vat", N_("VAT numbers checked")},
        {"amend", N_("Changes of contracts made")}, {"deposits", N_("Deposits given back")}, {"advances", N_("Advances used")},
        {"settle", N_("Direct debits counted as paid")}, {"mandates", N_("Mandates expired or warned of")}, {"dunning", N_("Steps of dunning")},
    };
    struct job_run *runs;
    size_t count;

    TRY(page->ctx, job_runs(page->ctx, RUNS_MAX, &runs, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Runs", (int)i);

        for (size_t k = 0; k < COUNT_OF(name); k++)
            if (str_equal(runs[i].job, name[k].job))
                hdf_text(node, "what", tr(name[k].text));
        hdf_text(node, "day", page_date(page, runs[i].today_on));
        hdf_text(node, "done", page_number(page, runs[i].done));
        if (runs[i].failed > 0)
            hdf_text(node, "failed", page_number(page, runs[i].failed));
    }
    return OK;
}

static enum err show_today(struct page *page, const struct form *form)
{
    HDF *hdf = page_tree(page);
    int row = 0;

    add_setup(page, hdf);
    TRY(page->ctx, add_items(page, hdf, &row));
    TRY(page->ctx, add_debits(page, hdf, &row));
    TRY(page->ctx, add_questions(page, hdf, &row));
    TRY(page->ctx, add_quotes(page, hdf, &row));
    hdf_flag(hdf, "NoTask", row == 0);
    TRY(page->ctx, add_figures(page, hdf));
    if (page->tenant->test) {
        hdf_text(hdf, "Clock.today", format_date_long(page->ctx->arena, page->ctx->language, page->ctx->today_on));
        view_form(page->ctx, hdf, form);
        TRY(page->ctx, add_runs(page, hdf));
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

enum err page_item_done_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/?did=done");
    struct attending_result result;
    long long id;

    if (!str_to_i64(page->arg[0], 1, INT64_MAX, &id))
        return ERR_NOT_FOUND;
    TRY(page->ctx, finish_item(page->ctx, id, &once, &result));
    return result.refusal != NULL ? page_error(page, 409, tr(result.refusal)) : page_see(page, "%s", result.url);
}
