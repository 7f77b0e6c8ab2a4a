/* revisions: changing prices of running subscriptions, what a change would do, undoing one; and index values. */
#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "core/pricing.h"
#include "page/admin/money_rows.h"
#include "page/admin/pick.h"
#include "service/revising.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

static const char *id_text(const struct page *page, int64_t id)
{
    return arena_printf(page->ctx->arena, "%lld", (long long)id);
}

static const char *house_currency(const struct page *page)
{
    return page->company.id != 0 ? page->company.currency : "EUR";
}

/* "+3.5%", "to EUR 18.00", "Syntec: 317.9 / 313.4"; each contract from its own month where none is said. */
static const char *what_text(const struct page *page, const struct price_revision *r)
{
    struct arena *arena = page->ctx->arena;
    const char *language = page->ctx->language;

    switch (revision_kind_from_name(r->kind)) {
    case REVISION_PERCENT:
        return arena_printf(arena, "%s%s", r->change_ppm > 0 ? "+" : "", format_percent(arena, language, r->change_ppm));
    case REVISION_PRICE:
        return tr_fill(arena, "to {price}", "price", format_price(arena, language, r->unit_price_e4, r->currency), NULL);
    case REVISION_INDEX: break;
    }
    if (r->then_e4 == 0)
        return tr_fill(arena, "{index}: {now} / the month of each contract", "index", r->index_name, "now", format_quantity(arena, language, r->now_e4), NULL);
    return tr_fill(arena, "{index}: {now} / {then}", "index", r->index_name, "now", format_quantity(arena, language, r->now_e4), "then",
                   format_quantity(arena, language, r->then_e4), NULL);
}

/* "Licence, all plans, USD, S-2027-00012": what is not narrowed down beyond product and plan is not said. */
static const char *of_text(const struct page *page, const struct price_revision *r)
{
    struct arena *arena = page->ctx->arena;
    const char *text = tr_fill(arena, "{product}, {plan}", "product", r->product_id != 0 ? r->product_name : tr("all products"), "plan",
                               r->plan_id != 0 ? r->plan_name : tr("all plans"), NULL);

    if (!str_equal(r->currency, house_currency(page)))
        text = arena_printf(arena, "%s, %s", text, r->currency);
    if (r->customer_id != 0)
        text = arena_printf(arena, "%s, %s", text, r->customer_number);
    if (r->subscription_id != 0)
        text = arena_printf(arena, "%s, %s", text, r->subscription_number);
    return text;
}

/* How far it went; "" when it is done. */
static const char *progress_text(const struct page *page, const struct price_revision *r)
{
    struct arena *arena = page->ctx->arena;

    if (str_equal(r->state, "announcing"))
        return tr_fill(arena, "{done} of {all} lines are changed and announced so far. The rest follows by itself.", "done", page_number(page, r->lines),
                       "all", page_number(page, r->foreseen > r->lines ? r->foreseen : r->lines), NULL);
    if (str_equal(r->state, "undoing"))
        return tr_fill(arena, "It is being undone: {n} lines are still to be looked at. The rest follows by itself.", "n", page_number(page, r->lines), NULL);
    if (str_equal(r->state, "undone") && r->lines > 0)
        return tr_fill(arena, "Undone, but for {n} lines that were billed or changed meanwhile.", "n", page_number(page, r->lines), NULL);
    return "";
}

static const char *state_text(const struct price_revision *r)
{
    return str_equal(r->state, "announcing") ? tr("being announced") : str_equal(r->state, "undoing") ? tr("being undone")
           : str_equal(r->state, "undone")   ? tr("undone")
                                             : "";
}

enum err page_revisions(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct price_revision *rows;
    size_t count;

    admin_flash(page);
    TRY(page->ctx, price_revisions(page->ctx, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/revisions/%lld", (long long)rows[i].id));
        hdf_text(node, "on", page_date(page, rows[i].announced_on));
        hdf_text(node, "what", what_text(page, &rows[i]));
        hdf_text(node, "of", of_text(page, &rows[i]));
        hdf_text(node, "reason", rows[i].reason);
        hdf_text(node, "lines", page_number(page, rows[i].lines));
        hdf_text(node, "state", state_text(&rows[i]));
    }
    if (count == 0) {
        hdf_text(hdf, "Empty.text", tr("No price of a running subscription was ever changed. Each keeps the price that was signed."));
        hdf_text(hdf, "Empty.href", "/admin/revisions/new");
        hdf_text(hdf, "Empty.action", tr("New revision"));
    }
    return page_show(page, 200, tr("Price revisions"), "admin/revisions.cs");
}

/* ---- a new one ---- */

struct revision_form {
    const char *kind;
    const char *product;
    const char *plan;
    const char *currency;
    const char *customer;
    const char *subscription;
    int64_t change_ppm;
    int64_t price_e4;
    const char *index;
    int32_t then_on;
    int32_t now_on;
    const char *from;
    int64_t notice;
    const char *reason;
};
static const struct field_option kind_option[] = {
    {"percent", N_("By a percentage"), NULL}, {"price", N_("To a new price per unit"), NULL},
    {"index", N_("By an index: subscriptions whose plan had its clause"), NULL}};
static const struct field_option from_option[] = {
    {"boundary", N_("With the first period after the notice"), NULL}, {"anniversary", N_("On the contract's next anniversary after the notice"), NULL}};
static const struct field revision_field[] = {
    {.kind = FIELD_CHOICE, .name = "kind", .label = N_("How"), .required = true, .options = kind_option, .option_count = COUNT_OF(kind_option),
     .offset = offsetof(struct revision_form, kind)},
    {.kind = FIELD_CHOICE, .name = "product", .label = N_("Product"), .max = PICK_TEXT_MAX, .offset = offsetof(struct revision_form, product)},
    {.kind = FIELD_CHOICE, .name = "plan", .label = N_("Plan"), .max = 20, .offset = offsetof(struct revision_form, plan)},
    {.kind = FIELD_CHOICE, .name = "currency", .label = N_("Currency"), .required = true, .max = 3, .offset = offsetof(struct revision_form, currency)},
    {.kind = FIELD_TEXT, .name = "customer", .label = N_("Customer"), .max = PICK_TEXT_MAX, .autocomplete = "off", .hint = N_("Empty: every customer"),
     .offset = offsetof(struct revision_form, customer)},
    {.kind = FIELD_TEXT, .name = "subscription", .label = N_("Subscription number"), .max = 40, .autocomplete = "off",
     .hint = N_("Empty: every subscription"), .offset = offsetof(struct revision_form, subscription)},
    {.kind = FIELD_DECIMAL, .name = "change", .label = N_("Change in %"), .digits = 4, .min = -RATE_ONE, .max = REVISION_PPM_MAX,
     .hint = N_("Such as 3.5 or -10"), .offset = offsetof(struct revision_form, change_ppm)},
    {.kind = FIELD_DECIMAL, .name = "price", .label = N_("New price excl. VAT"), .digits = 4, .min = 0, .max = UNIT_PRICE_MAX_E4,
     .offset = offsetof(struct revision_form, price_e4)},
    {.kind = FIELD_CHOICE, .name = "index", .label = N_("Index"), .max = 20, .offset = offsetof(struct revision_form, index)},
    {.kind = FIELD_DATE, .name = "then", .label = N_("Month of the price today"), .hint = N_("Empty: the month of each contract, known when it was signed or used by its last indexation"),
     .offset = offsetof(struct revision_form, then_on)},
    {.kind = FIELD_DATE, .name = "now", .label = N_("Month of the revision"), .hint = N_("Any day of that month"),
     .offset = offsetof(struct revision_form, now_on)},
    {.kind = FIELD_CHOICE, .name = "from", .label = N_("Takes effect"), .required = true, .options = from_option, .option_count = COUNT_OF(from_option),
     .offset = offsetof(struct revision_form, from)},
    {.kind = FIELD_INTEGER, .name = "notice", .label = N_("Announced so many days before"), .min = 0, .max = 366,
     .offset = offsetof(struct revision_form, notice)},
    {.kind = FIELD_TEXT, .name = "reason", .label = N_("Why"), .required = true, .max = 500, .autocomplete = "off",
     .hint = N_("The customers read it."), .missing = N_("Enter why the prices change"), .offset = offsetof(struct revision_form, reason)},
};

static enum err fill_choices(struct page *page, HDF *hdf, const struct form *form)
{
    struct price_index *index;
    struct product_choice choice;
    struct plan *plan;
    size_t count;
    int row = 0;

    TRY(page->ctx, load_product_choice(page, true, &choice));
    offer_products(page, hdf, form, "product", &choice, tr("all products"));
    TRY(page->ctx, plans(page->ctx, false, &plan, &count));
    view_option(hdf, "plan", row++, "", tr("all plans"), false);
    for (size_t i = 0; i < count; i++)
        view_option(hdf, "plan", row++, id_text(page, plan[i].id), plan[i].name, str_equal(id_text(page, plan[i].id), form_typed(form, "plan")));
    TRY(page->ctx, admin_currencies(page, hdf, NULL, form_typed(form, "currency")));
    TRY(page->ctx, offer_customers(page, hdf, form, "customer"));
    row = 0;
    TRY(page->ctx, price_indexes(page->ctx, &index, &count));
    view_option(hdf, "index", row++, "", tr("No index"), false);
    for (size_t i = 0; i < count; i++)
        view_option(hdf, "index", row++, id_text(page, index[i].id), index[i].name, str_equal(id_text(page, index[i].id), form_typed(form, "index")));
    return OK;
}

static const char *rule_text(const struct page *page, const struct price_rule *rule, const char *currency)
{
    struct arena *arena = page->ctx->arena;

    if (price_model_has_tiers(rule->model))
        return phrase_price(arena, page->ctx->language, rule, currency);
    return format_price(arena, page->ctx->language, rule->unit_price_e4, currency);
}

static void fill_rows(const struct page *page, HDF *hdf, const struct revised *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/subscriptions/%s", rows[i].subscription.number));
        hdf_text(node, "number", rows[i].subscription.number);
        hdf_text(node, "line", rows[i].line.description);
        hdf_text(node, "old", rule_text(page, &rows[i].rule, rows[i].subscription.currency));
        hdf_text(node, "new", rows[i].fits ? rule_text(page, &rows[i].revised, rows[i].subscription.currency) : tr("stays as it is"));
        hdf_text(node, "on", rows[i].fits ? page_date(page, rows[i].effective_on) : "–");
    }
}

static const char *count_text(const struct page *page, int64_t lines)
{
    return tr_fill(page->ctx->arena, "{n} lines change", "n", page_number(page, lines), NULL);
}

static enum err show_new(struct page *page, const struct form *form, int status)
{
    HDF *hdf = page_tree(page);

    view_form(page->ctx, hdf, form);
    TRY(page->ctx, fill_choices(page, hdf, form));
    return page_show(page, status, tr("New revision"), "admin/revision_new.cs");
}

enum err page_revision_new(struct page *page)
{
    static const char *const optional[] = {"change", "price"};
    const struct revision_form values = {.kind = "percent", .product = "", .plan = "", .currency = house_currency(page), .customer = "", .subscription = "", .index = "", .then_on = DATE_NONE, .now_on = DATE_NONE, .from = "boundary",
                                         .notice = 60, .reason = ""};
    struct form form;

    form_fill(&form, page->ctx, revision_field, COUNT_OF(revision_field), &values);
    for (size_t i = 0; i < form.typed.count; i++)
        for (size_t j = 0; j < COUNT_OF(optional); j++)
            if (str_equal(form.typed.items[i].name, optional[j]))
                form.typed.items[i].value = "";
    return show_new(page, &form, 200);
}

static int32_t month_of(int32_t on)
{
    struct civil day = date_civil(on);

    return date_from_civil(day.year, day.month, 1);
}

static enum err read_index(struct page *page, struct form *form, const char *name, int64_t index_id, int32_t on, int64_t *value_e4)
{
    struct price_index_value value;
    enum err err;

    *value_e4 = 0;
    if (on == DATE_NONE) {
        form_error(form, name, tr("Enter a day of the month"));
        return OK;
    }
    err = price_index_value_of(page->ctx, index_id, month_of(on), &value);
    if (err == ERR_NOT_FOUND)
        form_error(form, name, tr("This month has no value of the index yet: enter it with the indexes"));
    else if (err != OK)
        return err;
    else
        *value_e4 = value.value_e4;
    return OK;
}

static bool typed_empty(const struct page *page, const struct form *form, const char *name)
{
    const char *typed = form_typed(form, name);

    return typed == NULL || str_trim(page->ctx->arena, typed)[0] == '\0';
}

/* Of one customer, of one subscription. */
static enum err read_narrowing(struct page *page, struct form *form, const struct revision_form *v, struct price_revision *r)
{
    struct customer customer = {.id = 0};
    struct subscription s;
    enum err err;

    if (!str_empty(v->customer))
        TRY(page->ctx, pick_customer(page, form, "customer", v->customer, 0, &customer));
    r->customer_id = customer.id;
    if (str_empty(v->subscription))
        return OK;
    err = subscription_by_number(page->ctx, v->subscription, &s);
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    if (err == ERR_NOT_FOUND)
        form_error(form, "subscription", tr("No subscription has this number"));
    else if (r->customer_id != 0 && r->customer_id != s.customer_id)
        form_error(form, "subscription", tr("It is another customer's"));
    else if (!str_equal(s.currency, v->currency))
        form_error(form, "currency", tr_fill(page->ctx->arena, "This subscription is in {currency}", "currency", s.currency, NULL));
    else
        r->subscription_id = s.id;
    return OK;
}

static enum err read_revision(struct page *page, struct form *form, const struct revision_form *v, struct price_revision *r)
{
    struct product_choice choice;
    struct product product = {.id = 0};

    TRY(page->ctx, load_product_choice(page, true, &choice));
    if (!str_empty(v->product))
        TRY(page->ctx, pick_product(page, form, "product", v->product, &choice, 0, true, &product));
    *r = (struct price_revision){.kind = v->kind, .currency = v->currency, .product_id = product.id, .plan_id = admin_id(v->plan),
                                 .notice_days = (int32_t)v->notice, .now_on = DATE_NONE, .at_anniversary = str_equal(v->from, "anniversary"),
                                 .reason = v->reason};
    if (!str_empty(v->plan) && r->plan_id == 0)
        form_error(form, "plan", tr("Choose a plan of the list"));
    if (currency_find(v->currency) == NULL)
        form_error(form, "currency", tr("Choose a currency of the list"));
    TRY(page->ctx, read_narrowing(page, form, v, r));
    switch (revision_kind_from_name(v->kind)) {
    case REVISION_PERCENT:
        r->change_ppm = (int32_t)v->change_ppm;
        if (typed_empty(page, form, "change"))
            form_error(form, "change", tr("Enter by how much the prices change"));
        else if (v->change_ppm == 0 && form->error_count == 0)
            form_error(form, "change", tr("Nothing would change"));
        break;
    case REVISION_PRICE:
        r->unit_price_e4 = v->price_e4;
        if (typed_empty(page, form, "price"))
            form_error(form, "price", tr("Enter a price"));
        if (str_empty(v->product))
            form_error(form, "product", tr("Choose the product whose price it is"));
        break;
    case REVISION_INDEX:
        r->index_id = admin_id(v->index);
        if (r->index_id == 0) {
            form_error(form, "index", tr("Choose an index"));
            break;
        }
        if (v->then_on != DATE_NONE)
            TRY(page->ctx, read_index(page, form, "then", r->index_id, v->then_on, &r->then_e4));
        TRY(page->ctx, read_index(page, form, "now", r->index_id, v->now_on, &r->now_e4));
        r->now_on = v->now_on == DATE_NONE ? DATE_NONE : month_of(v->now_on);
        break;
    }
    return OK;
}

static enum err show_preview(struct page *page, struct form *form, const struct price_revision *revision)
{
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    struct revision_preview preview;
    int row = 0;

    TRY(page->ctx, preview_revision(page->ctx, revision, &preview));
    fill_rows(page, hdf, preview.rows, preview.count);
    hdf_text(hdf, "Count", count_text(page, preview.lines));
    page_fact(facts, &row, tr("Subscriptions"), page_number(page, preview.subscriptions));
    if (preview.stay > 0)
        page_fact(facts, &row, tr("Lines that stay as they are"), page_number(page, preview.stay));
    page_fact(facts, &row, tr("A month today, before discounts"), page_mrr(page, preview.month_before_e4, revision->currency));
    page_fact(facts, &row, tr("A month at the new prices"), page_mrr(page, preview.month_after_e4, revision->currency));
    if (preview.more)
        hdf_text(hdf, "Note", tr_fill(page->ctx->arena, "There are more than {n} lines: the first ones are counted here, all of them will change.", "n",
                                      page_number(page, REVISION_COUNTED_MAX), NULL));
    else if (preview.lines + preview.stay > (int64_t)preview.count)
        hdf_text(hdf, "Note", tr_fill(page->ctx->arena, "The first {n} lines are shown.", "n", page_number(page, (int64_t)preview.count), NULL));
    hdf_flag(hdf, "Preview", true);
    return show_new(page, form, 200);
}

enum err page_revision_new_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/revisions/{ref}?did=saved");
    struct price_revision revision;
    struct revising_result result;
    struct revision_form v;
    struct form form;
    enum err err;

    if (!PAGE_FORM(page, &form, revision_field, &v))
        return OK;
    TRY(page->ctx, read_revision(page, &form, &v, &revision));
    if (form.error_count > 0)
        return show_new(page, &form, 422);
    if (!str_equal(form.button, "announce"))
        return show_preview(page, &form, &revision);
    err = announce_revision(page->ctx, &revision, &once, &result);
    if (err != OK)
        return err;
    if (result.none) {
        form_error(&form, "product", tr("No line of a running subscription would change"));
        return show_new(page, &form, 422);
    }
    return page_see(page, "%s", result.url);
}

/* ---- one ---- */

enum err page_revision(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct price_revision revision;
    struct revised *rows;
    HDF *facts;
    size_t count;
    int row = 0;
    int32_t first_on;
    enum err err = price_revision_by_id(page->ctx, admin_id(page->arg[0]), &revision);

    if (err != OK)
        return err;
    admin_flash(page);
    TRY(page->ctx, price_revision_first_on(page->ctx, revision.id, &first_on));
    TRY(page->ctx, revision_rows(page->ctx, revision.id, page_query_id(page, "after"), INT64_MAX, REVISION_SHOWN, &rows, &count));
    facts = hdf_node(hdf, "Facts");
    page_fact(facts, &row, tr("Change"), what_text(page, &revision));
    page_fact(facts, &row, tr("Of"), of_text(page, &revision));
    page_fact(facts, &row, tr("Why"), revision.reason);
    page_fact(facts, &row, tr("Announced on"), page_date(page, revision.announced_on));
    page_fact(facts, &row, tr("Notice"), revision.notice_days == 0 ? tr("None") : phrase_days(page->ctx->arena, revision.notice_days));
    page_fact(facts, &row, tr("Takes effect"), revision.at_anniversary ? tr("On the contract's next anniversary after the notice")
                                                                       : tr("With the first period after the notice"));
    fill_rows(page, hdf, rows, count);
    hdf_text(hdf, "Count", count_text(page, revision.lines));
    hdf_text(hdf, "Progress", progress_text(page, &revision));
    hdf_text(hdf, "State", state_text(&revision));
    if (count == REVISION_SHOWN)
        hdf_text(hdf, "Next", arena_printf(page->ctx->arena, "/admin/revisions/%lld?after=%lld", (long long)revision.id,
                                           (long long)rows[count - 1].subscription.id));
    hdf_number(hdf, "Revision.id", revision.id);
    hdf_flag(hdf, "MayUndo", (str_equal(revision.state, "announced") || str_equal(revision.state, "announcing")) &&
                             (first_on == DATE_NONE || first_on > page->ctx->today_on));
    return page_show(page, 200, tr_fill(page->ctx->arena, "Price revision of {date}", "date", page_date(page, revision.announced_on), NULL), "admin/revision.cs");
}

enum err page_revision_undo_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/revisions/{ref}?did=saved");
    struct price_revision revision;
    struct revising_result result;
    enum err err = price_revision_by_id(page->ctx, admin_id(page->arg[0]), &revision);

    if (err == OK)
        err = undo_revision(page->ctx, revision.id, &once, &result);
    if (err != OK)
        return err;
    if (result.over)
        return page_error(page, 409, tr("The new prices are in effect: announce another revision instead."));
    return result.stale ? page_error(page, 409, NULL) : page_see(page, "%s", result.url);
}

/* ---- indexes ---- */

struct value_form {
    const char *name;
    int32_t month_on;
    int64_t value_e4;
};
static const struct field value_field[] = {
    {.kind = FIELD_TEXT, .name = "name", .label = N_("Index"), .required = true, .max = 60, .autocomplete = "off",
     .hint = N_("Such as Syntec; a new name makes a new index"), .missing = N_("Enter the name of the index"), .offset = offsetof(struct value_form, name)},
    {.kind = FIELD_DATE, .name = "month", .label = N_("Month"), .required = true, .hint = N_("Any day of that month"),
     .missing = N_("Enter a day of the month"), .offset = offsetof(struct value_form, month_on)},
    {.kind = FIELD_DECIMAL, .name = "value", .label = N_("Value"), .required = true, .digits = 4, .min = 1, .max = INT64_C(1000000000000),
     .missing = N_("Enter the published value"), .offset = offsetof(struct value_form, value_e4)},
};

static enum err show_indexes(struct page *page, const struct form *form)
{
    HDF *hdf = page_tree(page);
    struct price_index *index;
    size_t count;

    view_form(page->ctx, hdf, form);
    TRY(page->ctx, price_indexes(page->ctx, &index, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Indexes", (int)i);
        struct price_index_value *values;
        size_t value_count;

        hdf_text(node, "name", index[i].name);
        TRY(page->ctx, price_index_values(page->ctx, index[i].id, &values, &value_count));
        for (size_t j = 0; j < value_count; j++) {
            HDF *row = hdf_row(node, "values", (int)j);
            struct civil day = date_civil(values[j].month_on);

            hdf_text(row, "month", arena_printf(page->ctx->arena, "%d-%02d", day.year, day.month));
            hdf_text(row, "value", format_quantity(page->ctx->arena, page->ctx->language, values[j].value_e4));
        }
    }
    return page_show(page, form->error_count > 0 ? 422 : 200, tr("Indexes"), "admin/indexes.cs");
}

enum err page_indexes(struct page *page)
{
    const struct value_form values = {.name = "", .month_on = DATE_NONE};
    struct form form;

    admin_flash(page);
    form_fill(&form, page->ctx, value_field, COUNT_OF(value_field), &values);
    for (size_t i = 0; i < form.typed.count; i++)
        if (str_equal(form.typed.items[i].name, "value"))
            form.typed.items[i].value = "";
    return show_indexes(page, &form);
}

enum err page_indexes_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/indexes?did=saved");
    struct revising_result result;
    struct value_form v;
    struct form form;
    enum err err;

    if (!PAGE_FORM(page, &form, value_field, &v))
        return OK;
    if (form.error_count > 0)
        return show_indexes(page, &form);
    err = enter_index_value(page->ctx, v.name, month_of(v.month_on), v.value_e4, &once, &result);
    if (err != OK)
        return err;
    if (!result.stale)
        return page_see(page, "%s", result.url);
    form_error(&form, "month", tr("This month has a value already, and it stands"));
    return show_indexes(page, &form);
}
