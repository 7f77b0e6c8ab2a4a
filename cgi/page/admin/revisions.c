/* revisions: changing prices of running subscriptions, what a change would do, undoing one; and index values. */
#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "core/pricing.h"
#include "page/admin/pick.h"
#include "service/revising.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

enum { ROWS_SHOWN = 200 };

static const char *id_text(const struct page *page, int64_t id)
{
    return arena_printf(page->ctx->arena, "%lld", (long long)id);
}

static const char *house_currency(const struct page *page)
{
    return page->company.id != 0 ? page->company.currency : "EUR";
}

/* "+3.5%", "to EUR 18.00", "Syntec: 317.9 / 313.4". */
static const char *what_text(const struct page *page, const struct price_revision *r)
{
    struct arena *arena = page->ctx->arena;
    const char *language = page->ctx->language;

    switch (revision_kind_from_name(r->kind)) {
    case REVISION_PERCENT:
        return arena_printf(arena, "%s%s", r->change_ppm > 0 ? "+" : "", format_percent(arena, language, r->change_ppm));
    case REVISION_PRICE:
        return tr_fill(arena, "to {price}", "price", format_price(arena, language, r->unit_price_e4, house_currency(page)), NULL);
    case REVISION_INDEX: break;
    }
    return tr_fill(arena, "{index}: {now} / {then}", "index", r->index_name, "now", format_quantity(arena, language, r->now_e4), "then",
                   format_quantity(arena, language, r->then_e4), NULL);
}

static const char *of_text(const struct page *page, const struct price_revision *r)
{
    return tr_fill(page->ctx->arena, "{product}, {plan}", "product", r->product_id != 0 ? r->product_name : tr("all products"), "plan",
                   r->plan_id != 0 ? r->plan_name : tr("all plans"), NULL);
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
        hdf_flag(node, "undone", str_equal(rows[i].state, "undone"));
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
    int64_t change_ppm;
    int64_t price_e4;
    const char *index;
    int32_t then_on;
    int32_t now_on;
    int64_t notice;
    const char *reason;
};
static const struct field_option kind_option[] = {
    {"percent", N_("By a percentage"), NULL}, {"price", N_("To a new price per unit"), NULL},
    {"index", N_("By an index: subscriptions whose plan had its clause"), NULL}};
static const struct field revision_field[] = {
    {.kind = FIELD_CHOICE, .name = "kind", .label = N_("How"), .required = true, .options = kind_option, .option_count = COUNT_OF(kind_option),
     .offset = offsetof(struct revision_form, kind)},
    {.kind = FIELD_CHOICE, .name = "product", .label = N_("Product"), .max = PICK_TEXT_MAX, .offset = offsetof(struct revision_form, product)},
    {.kind = FIELD_CHOICE, .name = "plan", .label = N_("Plan"), .max = 20, .offset = offsetof(struct revision_form, plan)},
    {.kind = FIELD_DECIMAL, .name = "change", .label = N_("Change in %"), .digits = 4, .min = -RATE_ONE, .max = REVISION_PPM_MAX,
     .hint = N_("Such as 3.5 or -10"), .offset = offsetof(struct revision_form, change_ppm)},
    {.kind = FIELD_DECIMAL, .name = "price", .label = N_("New price excl. VAT"), .digits = 4, .min = 0, .max = UNIT_PRICE_MAX_E4,
     .offset = offsetof(struct revision_form, price_e4)},
    {.kind = FIELD_CHOICE, .name = "index", .label = N_("Index"), .max = 20, .offset = offsetof(struct revision_form, index)},
    {.kind = FIELD_DATE, .name = "then", .label = N_("Month of the price today"), .hint = N_("Any day of that month"),
     .offset = offsetof(struct revision_form, then_on)},
    {.kind = FIELD_DATE, .name = "now", .label = N_("Month of the revision"), .hint = N_("Any day of that month"),
     .offset = offsetof(struct revision_form, now_on)},
    {.kind = FIELD_INTEGER, .name = "notice", .label = N_("Announced so many days before"), .min = 0, .max = 366,
     .hint = N_("It takes effect with the first period after that."), .offset = offsetof(struct revision_form, notice)},
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
    row = 0;
    TRY(page->ctx, price_indexes(page->ctx, &index, &count));
    view_option(hdf, "index", row++, "", tr("None"), false);
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
    size_t fits = 0;

    for (size_t i = 0; i < count; i++) {
        HDF *node;

        fits += rows[i].fits;
        if (i >= ROWS_SHOWN)
            continue;
        node = hdf_row(hdf, "Rows", (int)i);
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/subscriptions/%s", rows[i].subscription.number));
        hdf_text(node, "number", rows[i].subscription.number);
        hdf_text(node, "line", rows[i].line.description);
        hdf_text(node, "old", rule_text(page, &rows[i].rule, rows[i].subscription.currency));
        hdf_text(node, "new", rows[i].fits ? rule_text(page, &rows[i].revised, rows[i].subscription.currency) : tr("stays as it is"));
        hdf_text(node, "on", rows[i].fits ? page_date(page, rows[i].effective_on) : "–");
    }
    hdf_text(hdf, "Count", tr_fill(page->ctx->arena, "{n} lines change", "n", page_number(page, (int64_t)fits), NULL));
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
    const struct revision_form values = {.kind = "percent", .product = "", .plan = "", .index = "", .then_on = DATE_NONE, .now_on = DATE_NONE,
                                         .notice = 60, .reason = ""};
    struct form form;

    form_fill(&form, page->ctx, revision_field, COUNT_OF(revision_field), &values);
    for (size_t i = 0; i < form.typed.count; i++)
        for (size_t j = 0; j < COUNT_OF(optional); j++)
            if (str_equal(form.typed.items[i].name, optional[j]))
                form.typed.items[i].value = "";
    return show_new(page, &form, 200);
}

static enum err read_index(struct page *page, struct form *form, const char *name, int64_t index_id, int32_t on, int64_t *value_e4)
{
    struct price_index_value value;
    struct civil day;
    enum err err;

    *value_e4 = 0;
    if (on == DATE_NONE) {
        form_error(form, name, tr("Enter a day of the month"));
        return OK;
    }
    day = date_civil(on);
    err = price_index_value_of(page->ctx, index_id, date_from_civil(day.year, day.month, 1), &value);
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

static enum err read_revision(struct page *page, struct form *form, const struct revision_form *v, struct price_revision *r)
{
    struct product_choice choice;
    struct product product = {.id = 0};

    TRY(page->ctx, load_product_choice(page, true, &choice));
    if (!str_empty(v->product))
        TRY(page->ctx, pick_product(page, form, "product", v->product, &choice, 0, true, &product));
    *r = (struct price_revision){.kind = v->kind, .product_id = product.id, .plan_id = admin_id(v->plan), .notice_days = (int32_t)v->notice,
                                 .reason = v->reason};
    if (!str_empty(v->plan) && r->plan_id == 0)
        form_error(form, "plan", tr("Choose a plan of the list"));
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
        TRY(page->ctx, read_index(page, form, "then", r->index_id, v->then_on, &r->then_e4));
        TRY(page->ctx, read_index(page, form, "now", r->index_id, v->now_on, &r->now_e4));
        break;
    }
    return OK;
}

static enum err show_preview(struct page *page, struct form *form, const struct price_revision *revision)
{
    struct revised *rows;
    size_t count;
    bool too_many;

    TRY(page->ctx, preview_revision(page->ctx, revision, house_currency(page), &rows, &count, &too_many));
    if (too_many) {
        form_error(form, "plan", tr("More than 1,000 lines: choose a product or a plan, and revise them one after the other"));
        return show_new(page, form, 422);
    }
    fill_rows(page, page_tree(page), rows, count);
    hdf_flag(page_tree(page), "Preview", true);
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
    err = announce_revision(page->ctx, &revision, house_currency(page), &once, &result);
    if (err != OK)
        return err;
    if (result.stale)
        return page_error(page, 409, tr("One of the subscriptions was billed or changed meanwhile: look at the list again."));
    if (result.too_many)
        form_error(&form, "plan", tr("More than 1,000 lines: choose a product or a plan, and revise them one after the other"));
    else if (result.none)
        form_error(&form, "product", tr("No line of a running subscription would change"));
    return form.error_count > 0 ? show_new(page, &form, 422) : page_see(page, "%s", result.url);
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
    bool over = false;
    enum err err = price_revision_by_id(page->ctx, admin_id(page->arg[0]), &revision);

    if (err != OK)
        return err;
    admin_flash(page);
    TRY(page->ctx, revision_rows(page->ctx, revision.id, &rows, &count));
    for (size_t i = 0; i < count; i++)
        over = over || rows[i].effective_on <= page->ctx->today_on;
    facts = hdf_node(hdf, "Facts");
    page_fact(facts, &row, tr("Change"), what_text(page, &revision));
    page_fact(facts, &row, tr("Of"), of_text(page, &revision));
    page_fact(facts, &row, tr("Why"), revision.reason);
    page_fact(facts, &row, tr("Announced on"), page_date(page, revision.announced_on));
    page_fact(facts, &row, tr("Notice"), revision.notice_days == 0 ? tr("None") : phrase_days(page->ctx->arena, revision.notice_days));
    fill_rows(page, hdf, rows, count);
    hdf_number(hdf, "Revision.id", revision.id);
    hdf_flag(hdf, "Undone", str_equal(revision.state, "undone"));
    hdf_flag(hdf, "MayUndo", str_equal(revision.state, "announced") && !over);
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
    struct civil day;
    enum err err;

    if (!PAGE_FORM(page, &form, value_field, &v))
        return OK;
    if (form.error_count > 0)
        return show_indexes(page, &form);
    day = date_civil(v.month_on);
    err = enter_index_value(page->ctx, v.name, date_from_civil(day.year, day.month, 1), v.value_e4, &once, &result);
    if (err != OK)
        return err;
    if (!result.stale)
        return page_see(page, "%s", result.url);
    form_error(&form, "month", tr("This month has a value already, and it stands"));
    return show_indexes(page, &form);
}
