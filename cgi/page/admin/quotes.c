/* quotes: the list, the pipeline and a new quote. */
#include <string.h>

#include "base/encode.h"
#include "base/str.h"
#include "core/date.h"
#include "core/money.h"
#include "page/admin/pick.h"
#include "service/quoting.h"
#include "store/overview.h"
#include "text/phrase.h"
#include "text/words.h"

enum { PAGE_ROWS = 50, PIPELINE_ROWS = 500 };

static enum quote_state state_of(const struct page *page, const struct quote_list_row *row)
{
    const struct quote_facts facts = {.state = row->state, .version_is_current = true,
        .valid_until_on = row->valid_until_on, .today_on = page->ctx->today_on};

    return quote_state_now(&facts);
}

static void fill_row(const struct page *page, HDF *node, const struct quote_list_row *row)
{
    struct arena *arena = page->ctx->arena;

    hdf_text(node, "href", arena_printf(arena, "/admin/quotes/%s", row->number));
    hdf_text(node, "number", row->version > 1 ? arena_printf(arena, "%s v%d", row->number, (int)row->version) : row->number);
    hdf_text(node, "customer", row->customer_name);
    hdf_text(node, "kind", tr(quote_kind_text(quote_kind_from_name(row->kind_name))));
    hdf_text(node, "contract", row->contract_number);
    hdf_text(node, "owner", row->owner_name);
    page_quote_badge(hdf_node(node, "state"), state_of(page, row));
    hdf_text(node, "today", page_money(page, row->today_minor, row->currency));
    if (row->plan_id != 0)
        hdf_text(node, "period", page_money(page, row->period_minor, row->currency));
    hdf_text(node, "plan", row->plan_name);
    hdf_text(node, "until", page_date(page, row->valid_until_on));
    hdf_text(node, "viewed", row->viewed_at != 0 ? page_instant(page, row->viewed_at) : "");
}

static void add_view(const struct page *page, HDF *hdf, int *row, const char *view, const char *now, const char *name,
                     int64_t count)
{
    HDF *node = hdf_row(hdf, "Views", (*row)++);

    hdf_text(node, "name", name);
    hdf_text(node, "href", str_empty(view) ? "/admin/quotes" : arena_printf(page->ctx->arena, "/admin/quotes?view=%s", view));
    hdf_flag(node, "on", str_equal(view, now));
    if (count >= 0)
        hdf_text(node, "count", page_number(page, count));
}

static enum err fill_views(struct page *page, HDF *hdf, const char *now)
{
    struct quote_counts n;
    int row = 0;

    TRY(page->ctx, count_quotes(page->ctx, &n));
    add_view(page, hdf, &row, "", now, tr("Open"), n.draft + n.sent + n.expired + n.signed_);
    add_view(page, hdf, &row, "pipeline", now, tr("Pipeline"), -1);
    add_view(page, hdf, &row, "draft", now, tr("Drafts"), n.draft);
    add_view(page, hdf, &row, "sent", now, tr("Sent"), n.sent + n.expired);
    add_view(page, hdf, &row, "expiring", now, tr("Expiring this week"), -1);
    add_view(page, hdf, &row, "signed", now, tr("Signed, unpaid"), n.signed_);
    add_view(page, hdf, &row, "confirmed", now, tr("Confirmed"), n.confirmed);
    add_view(page, hdf, &row, "declined", now, tr("Declined"), n.declined);
    add_view(page, hdf, &row, "all", now, tr("All"), -1);
    return OK;
}

/* The state that a view filters by; NULL for a view that we do not know. */
static const char *view_state(const char *view)
{
    static const char *const same[] = {"draft", "sent", "signed", "confirmed", "declined"};

    if (str_empty(view))
        return "open";
    if (str_equal(view, "all") || str_equal(view, "expiring"))
        return "";
    for (size_t i = 0; i < COUNT_OF(same); i++)
        if (str_equal(view, same[i]))
            return same[i];
    return NULL;
}

static void fill_empty(HDF *hdf, bool filtered)
{
    hdf_text(hdf, "Empty.text", filtered ? tr("No quote fits.") : tr("No quote is open. Write the first one."));
    hdf_text(hdf, "Empty.href", filtered ? "/admin/quotes?view=all" : "/admin/quotes/new");
    hdf_text(hdf, "Empty.action", filtered ? tr("Show all quotes") : tr("New quote"));
}

static void fill_pager(const struct page *page, HDF *hdf, const char *view, const char *words, const struct quote_list_row *last)
{
    if (last == NULL)
        return;
    hdf_text(hdf, "Pager.text", tr("Newest first"));
    hdf_text(hdf, "Pager.next", arena_printf(page->ctx->arena, "/admin/quotes?view=%s&q=%s&before=%lld", view,
                                             encode_percent(page->ctx->arena, words), (long long)last->id));
}

static enum err show_list(struct page *page, const char *view, const char *state)
{
    HDF *hdf = page_tree(page);
    const char *words = page_query(page, "q");
    struct quote_filter filter = {.state = state, .words = words, .expires_by_on = DATE_NONE,
        .before_id = page_query_id(page, "before"), .limit = PAGE_ROWS + 1};
    struct quote_list_row *rows;
    size_t count;

    if (str_equal(view, "expiring"))
        filter.expires_by_on = page->ctx->today_on + 7;
    TRY(page->ctx, quote_list(page->ctx, &filter, &rows, &count));
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++)
        fill_row(page, hdf_row(hdf, "Rows", (int)i), &rows[i]);
    hdf_text(hdf, "Filter.q", words);
    hdf_text(hdf, "Filter.view", view);
    if (count == 0)
        fill_empty(hdf, words[0] != '\0' || view[0] != '\0' || filter.before_id != 0);
    fill_pager(page, hdf, view, words, count > PAGE_ROWS ? &rows[PAGE_ROWS - 1] : NULL);
    return page_show(page, 200, tr("Quotes"), "admin/quotes.cs");
}

/* ---- the pipeline ---- */

enum stage { STAGE_DRAFT, STAGE_SENT, STAGE_VIEWED, STAGE_SIGNED, STAGE_EXPIRED, STAGES };

static enum stage stage_of(const struct page *page, const struct quote_list_row *row)
{
    switch (state_of(page, row)) {
    case QUOTE_DRAFT: return STAGE_DRAFT;
    case QUOTE_SIGNED: return STAGE_SIGNED;
    case QUOTE_EXPIRED: return STAGE_EXPIRED;
    case QUOTE_SENT:
    case QUOTE_CONFIRMED:
    case QUOTE_DECLINED:
    case QUOTE_REPLACED:
    case QUOTE_WITHDRAWN: break;
    }
    return row->viewed_at != 0 ? STAGE_VIEWED : STAGE_SENT;
}

/* One sum for each currency: two are never added. */
enum { SUMS_MAX = 16 };
struct sums {
    size_t count;
    const char *currency[SUMS_MAX];
    int64_t minor[SUMS_MAX];
};

static void add_sum(struct sums *sums, const char *currency, int64_t minor)
{
    size_t i = 0;

    while (i < sums->count && !str_equal(sums->currency[i], currency))
        i++;
    if (i == SUMS_MAX)
        return;
    if (i == sums->count) {
        sums->currency[i] = currency;
        sums->minor[i] = 0;
        sums->count++;
    }
    sums->minor[i] += minor;
}

static const char *sums_text(const struct page *page, const struct sums *sums)
{
    struct str out = str_new(page->ctx->arena);

    for (size_t i = 0; i < sums->count; i++)
        str_printf(&out, "%s%s", i == 0 ? "" : " + ", page_money(page, sums->minor[i], sums->currency[i]));
    return out.text;
}

static enum err show_pipeline(struct page *page)
{
    static const char *const title[STAGES] = {N_("Drafts"), N_("Sent, not opened yet"), N_("Opened by the customer"),
                                              N_("Signed, not paid yet"), N_("Expired")};
    HDF *hdf = page_tree(page);
    const struct quote_filter filter = {.state = "open", .words = "", .expires_by_on = DATE_NONE, .limit = PIPELINE_ROWS};
    struct quote_list_row *rows;
    size_t count;
    int group = 0;

    TRY(page->ctx, quote_list(page->ctx, &filter, &rows, &count));
    for (int stage = 0; stage < STAGES; stage++) {
        HDF *node = NULL;
        struct sums sums = {.count = 0};
        int n = 0;

        for (size_t i = 0; i < count; i++) {
            if (stage_of(page, &rows[i]) != (enum stage)stage)
                continue;
            node = hdf_node(hdf, arena_printf(page->ctx->arena, "Stages.%d", group));
            fill_row(page, hdf_row(node, "Rows", n++), &rows[i]);
            add_sum(&sums, rows[i].currency, rows[i].today_minor);
        }
        if (node == NULL)
            continue;
        group++;
        hdf_text(node, "title", tr(title[stage]));
        hdf_text(node, "count", page_number(page, n));
        hdf_text(node, "sum", sums_text(page, &sums));
    }
    if (group == 0)
        fill_empty(hdf, false);
    return page_show(page, 200, tr("Quotes"), "admin/pipeline.cs");
}

enum err page_quotes(struct page *page)
{
    const char *view = page_query(page, "view");
    const char *state = view_state(view);

    if (str_equal(view, "open"))
        view = "";
    if (str_equal(view, "pipeline")) {
        TRY(page->ctx, fill_views(page, page_tree(page), view));
        return show_pipeline(page);
    }
    if (view_state(view) == NULL)
        return ERR_NOT_FOUND;
    state = view_state(view);
    TRY(page->ctx, fill_views(page, page_tree(page), view));
    return show_list(page, view, state);
}

/* ---- a new quote: customer and template ---- */

struct new_form {
    const char *customer;
    const char *template;
    const char *currency;
};
static const struct field new_field[] = {
    {.kind = FIELD_TEXT, .name = "customer", .label = N_("Customer"), .required = true, .max = PICK_TEXT_MAX,
     .hint = N_("Number, name or mail address"), .missing = N_("Enter a customer"), .offset = offsetof(struct new_form, customer)},
    {.kind = FIELD_CHOICE, .name = "template", .label = N_("Start from"), .max = 20,
     .offset = offsetof(struct new_form, template)},
    {.kind = FIELD_CHOICE, .name = "currency", .label = N_("Currency"), .max = 3, .offset = offsetof(struct new_form, currency)},
};

static enum err show_new(struct page *page, const struct form *form, const struct new_form *values)
{
    HDF *hdf = page_tree(page);
    struct quote_template *templates;
    size_t count;

    view_form(page->ctx, hdf, form);
    TRY(page->ctx, offer_customers(page, hdf, form, "customer"));
    TRY(page->ctx, quote_templates(page->ctx, page->seller.user_id, &templates, &count));
    for (size_t i = 0; i < count; i++) {
        char *id = arena_printf(page->ctx->arena, "%lld", (long long)templates[i].id);

        view_option(hdf, "template", (int)i, id, templates[i].name, str_equal(id, values->template));
    }
    view_option(hdf, "template", (int)count, "", tr("An empty quote"), count == 0);
    TRY(page->ctx, admin_currencies(page, hdf, tr("That of the customer's price list"), values->currency));
    return page_show(page, form->error_count > 0 ? 422 : 200, tr("New quote"), "admin/quote_new.cs");
}

enum err page_quote_new(struct page *page)
{
    struct new_form values = {page_query(page, "customer"), "", ""};
    struct customer customer;
    struct form form;
    enum err err = customer_by_number(page->ctx, values.customer, &customer);

    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    if (err == OK)
        values.customer = pick_text(page->ctx->arena, customer.name, customer.number);

    form_fill(&form, page->ctx, new_field, COUNT_OF(new_field), &values);
    return show_new(page, &form, &values);
}

enum err page_quote_new_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/quotes/{ref}/edit");
    struct quote_start start = {.owner_id = page->seller.user_id};
    struct quoting_result result;
    struct quote_template template;
    struct customer customer;
    struct new_form values;
    struct form form;
    int64_t id = 0;
    enum err err;

    if (!PAGE_FORM(page, &form, new_field, &values))
        return OK;
    if (!str_empty(values.customer))
        TRY(page->ctx, pick_customer(page, &form, "customer", values.customer, 0, &customer));
    if (values.template[0] != '\0') {
        err = offered_template(page, values.template, &template);
        if (err == ERR_NOT_FOUND)
            form_error(&form, "template", tr("Choose a template of the list"));
        else if (err != OK)
            return err_pass(page->ctx, err, __FILE__, __LINE__, "offered_template");
        else
            id = template.id;
    }
    if (!str_empty(values.currency) && currency_find(values.currency) == NULL)
        form_error(&form, "currency", tr("This currency is not known"));
    if (form.error_count > 0)
        return show_new(page, &form, &values);
    start.customer_id = customer.id;
    start.template_id = id;
    TRY(page->ctx, create_quote_in(page->ctx, &start, values.currency, &once, &result));
    if (result.unpriced != NULL) {
        form_error(&form, "currency", tr_fill(page->ctx->arena, "{what} has no price in {currency}: write it into a price list, or choose another currency",
                                              "what", result.unpriced, "currency", values.currency, NULL));
        return show_new(page, &form, &values);
    }
    return page_see(page, "%s", result.url);
}
