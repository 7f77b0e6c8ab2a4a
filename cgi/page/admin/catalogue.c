/* catalogue: products with their prices, and plans. */
#include <string.h>

#include "base/encode.h"
#include "base/str.h"
#include "core/numbering.h"
#include "intake/product_form.h"
#include "store/chart.h"
#include "page/admin/admin.h"
#include "service/cataloguing.h"
#include "store/dunning.h"
#include "store/product_cost.h"
#include "store/revision.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

enum { PAGE_ROWS = 100 };

static const char *currency_of(const struct page *page)
{
    return page->company.id != 0 ? page->company.currency : "EUR";
}

/* ---- products ---- */

enum err page_products(struct page *page)
{
    HDF *hdf = page_tree(page);
    const char *words = page_query(page, "q");
    int64_t from = rows_from(page);
    struct product *list;
    struct plan *plan;
    size_t count, plan_count;

    admin_flash(page);
    TRY(page->ctx, products_page(page->ctx, words, PAGE_ROWS + 1, from, &list, &count));
    TRY(page->ctx, plans(page->ctx, false, &plan, &plan_count));
    hdf_text(hdf, "Filter.q", words);
    rows_pager(page, hdf, arena_printf(page->ctx->arena, "/admin/products?q=%s", encode_percent(page->ctx->arena, words)), from, PAGE_ROWS, count);
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);
        struct price *price;
        size_t price_count;
        int row = 0;

        TRY(page->ctx, prices(page->ctx, list[i].id, &price, &price_count));
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/products/%lld", (long long)list[i].id));
        hdf_text(node, "name", list[i].name);
        hdf_text(node, "code", list[i].code);
        hdf_text(node, "kind", str_equal(list[i].kind, "goods") ? tr("Goods") : tr("Service"));
        hdf_flag(node, "archived", str_equal(list[i].state, "archived"));
        for (size_t j = 0; j < price_count; j++) {
            HDF *line;

            line = hdf_row(node, "prices", row++);
            hdf_text(line, "amount", format_price(page->ctx->arena, page->ctx->language, price[j].unit_price_e4, price[j].currency));
            hdf_text(line, "per", tr("once"));
            for (size_t k = 0; k < plan_count; k++)
                if (plan[k].id == price[j].plan_id)
                    hdf_text(line, "per", phrase_per(page->ctx->arena, plan[k].every));
        }
    }
    if (count == 0) {
        hdf_text(hdf, "Empty.text", words[0] != '\0' ? tr("No product fits.") : tr("There is no product yet."));
        hdf_text(hdf, "Empty.href", words[0] != '\0' ? "/admin/products" : "/admin/products/new");
        hdf_text(hdf, "Empty.action", words[0] != '\0' ? tr("Show all products") : tr("New product"));
    }
    return page_show(page, 200, tr("Products"), "admin/products.cs");
}

/* One price field per active plan, and one for selling it once. */
static enum err price_rows(struct page *page, int64_t product_id, struct plan **plan, size_t *plan_count, struct price **price,
                           size_t *price_count)
{
    TRY(page->ctx, plans(page->ctx, true, plan, plan_count));
    if (*plan_count > PRODUCT_PRICES_MAX - 1)
        *plan_count = PRODUCT_PRICES_MAX - 1;
    *price_count = 0;
    return product_id == 0 ? OK : prices(page->ctx, product_id, price, price_count);
}

/* The accounts that revenue may stand on; what was typed and is none of them stays to be seen. */
static enum err income_accounts(struct page *page, HDF *hdf, const char *typed)
{
    struct account *list;
    size_t count;
    int row = 0;
    bool found = str_empty(typed);

    TRY(page->ctx, accounts(page->ctx, &list, &count));
    view_option(hdf, "account", row++, "", tr("That of its kind: services or goods"), found);
    for (size_t i = 0; i < count; i++) {
        if (!str_equal(list[i].kind, "income"))
            continue;
        found = found || str_equal(list[i].code, typed);
        view_option(hdf, "account", row++, list[i].code, arena_printf(page->ctx->arena, "%s %s", list[i].code, list[i].name),
                    str_equal(list[i].code, typed));
    }
    if (!found)
        view_option(hdf, "account", row, typed, typed, true);
    return OK;
}

static enum err show_product(struct page *page, struct form *form, int64_t id, int64_t rev)
{
    HDF *hdf = page_tree(page);
    struct plan *plan;
    size_t count;

    view_form(page->ctx, hdf, form);
    TRY(page->ctx, income_accounts(page, hdf, form_typed(form, "account")));
    TRY(page->ctx, plans(page->ctx, true, &plan, &count));
    for (size_t i = 0; i <= count && i < PRODUCT_PRICES_MAX; i++) {
        hdf_text(hdf, arena_printf(page->ctx->arena, "Form.price.%zu.cost.label", i),
                 i == 0 ? tr("What it costs you, once") : tr_fill(page->ctx->arena, "What it costs you, {plan}", "plan", plan[i - 1].name, NULL));
        hdf_text(hdf, arena_printf(page->ctx->arena, "Form.price.%zu.price.label", i),
                 i == 0 ? tr_fill(page->ctx->arena, "Sold once, {currency}", "currency", currency_of(page), NULL)
                        : arena_printf(page->ctx->arena, "%s, %s (%s)", plan[i - 1].name, currency_of(page), phrase_per(page->ctx->arena, plan[i - 1].every)));
    }
    hdf_text(hdf, "Action", id == 0 ? "/admin/products/new" : arena_printf(page->ctx->arena, "/admin/products/%lld", (long long)id));
    if (id != 0)
        hdf_number(hdf, "Token.rev", rev);
    hdf_flag(hdf, "Exists", id != 0);
    return page_show(page, form->error_count > 0 ? 422 : 200, id == 0 ? tr("New product") : tr("Edit product"), "admin/product_edit.cs");
}

/* A price that is not there is an empty field, not 0. */
static void empty_price(struct form *form, const char *name)
{
    for (size_t i = 0; i < form->typed.count; i++)
        if (str_equal(form->typed.items[i].name, name))
            form->typed.items[i].value = "";
}

static enum err fill_product(struct page *page, const struct product *product, struct form *form)
{
    struct product_form values = product_form_of(product);
    struct arena *arena = page->ctx->arena;
    struct product_cost *cost = NULL;
    struct plan *plan;
    struct price *price;
    size_t plan_count, price_count, cost_count = 0;
    bool *there, *costs;

    TRY(page->ctx, price_rows(page, product->id, &plan, &plan_count, &price, &price_count));
    values.price_count = plan_count + 1;
    values.prices = ARENA_ARRAY(arena, struct price_form, values.price_count);
    there = ARENA_ARRAY(arena, bool, values.price_count);
    costs = ARENA_ARRAY(arena, bool, values.price_count);
    if (product->id != 0)
        TRY(page->ctx, product_costs(page->ctx, product->id, &cost, &cost_count));
    for (size_t i = 0; i < values.price_count; i++) {
        int64_t plan_id = i == 0 ? 0 : plan[i - 1].id;

        values.prices[i].plan = arena_printf(arena, "%lld", (long long)plan_id);
        for (size_t j = 0; j < price_count; j++)
            if (price[j].plan_id == plan_id && str_equal(price[j].currency, currency_of(page))) {
                values.prices[i].price_e4 = price[j].unit_price_e4;
                there[i] = true;
            }
        for (size_t j = 0; j < cost_count; j++)
            if (cost[j].plan_id == plan_id && str_equal(cost[j].currency, currency_of(page))) {
                values.prices[i].cost_e4 = cost[j].unit_cost_e4;
                costs[i] = true;
            }
    }
    form_fill(form, page->ctx, product_field, PRODUCT_FIELDS, &values);
    for (size_t i = 0; i < values.price_count; i++) {
        if (!there[i])
            empty_price(form, arena_printf(arena, "price.%zu.price", i));
        if (!costs[i])
            empty_price(form, arena_printf(arena, "price.%zu.cost", i));
    }
    return OK;
}

/* "new" or an id. */
static enum err find_product(struct page *page, struct product *product)
{
    *product = (struct product){.code = "", .name = "", .description = "", .kind = "service", .unit = "", .timing = "", .tax_class = "standard",
                                .revenue_account = "", .state = "active"};
    if (page->arg[0] == NULL || page->arg[0][0] == '\0')
        return OK;
    return product_by_id(page->ctx, admin_id(page->arg[0]), product);
}

enum err page_product_edit(struct page *page)
{
    struct product product;
    struct form form;
    enum err err = find_product(page, &product);

    if (err != OK)
        return err;
    TRY(page->ctx, fill_product(page, &product, &form));
    return show_product(page, &form, product.id, product.rev);
}

static bool left_empty(const struct page *page, const struct form *form, const char *name)
{
    const char *typed = form_typed(form, name);

    return typed == NULL || str_trim(page->ctx->arena, typed)[0] == '\0';
}

/* Prices and costs, in the company's currency. */
static enum err read_prices(struct page *page, struct form *form, const struct product_form *v, struct price **out, size_t *count,
                            struct product *product)
{
    struct plan plan;

    *out = ARENA_ARRAY(page->ctx->arena, struct price, v->price_count);
    *count = 0;
    product->costs = ARENA_ARRAY(page->ctx->arena, struct product_cost, v->price_count);
    product->cost_count = 0;
    for (size_t i = 0; i < v->price_count; i++) {
        const char *name = arena_printf(page->ctx->arena, "price.%zu.price", i);
        int64_t plan_id = admin_id(v->prices[i].plan);
        enum err err = plan_id == 0 ? OK : plan_by_id(page->ctx, plan_id, &plan);

        if (err == ERR_NOT_FOUND || (plan_id == 0 && !str_equal(v->prices[i].plan, "0"))) {
            form_error(form, name, tr("Choose a plan of the list"));
            continue;
        }
        if (err != OK)
            return err;
        (*out)[(*count)++] = (struct price){.plan_id = plan_id, .currency = currency_of(page),
            .unit_price_e4 = left_empty(page, form, name) ? PRICE_REMOVED : v->prices[i].price_e4};
        product->costs[product->cost_count++] = (struct product_cost){.plan_id = plan_id, .currency = currency_of(page),
            .unit_cost_e4 = left_empty(page, form, arena_printf(page->ctx->arena, "price.%zu.cost", i)) ? COST_REMOVED : v->prices[i].cost_e4};
    }
    return OK;
}

enum err page_product_edit_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/products?did=saved");
    struct catalogue_result result;
    struct product product;
    struct product_form v;
    struct price *price;
    struct form form;
    size_t count;
    enum err err = find_product(page, &product);

    if (err != OK)
        return err;
    if (!page_form(page, &form, product_field, PRODUCT_FIELDS, &v))
        return OK;
    product_form_check(&form, &v);
    TRY(page->ctx, product_form_account(page->ctx, &form, &v));
    TRY(page->ctx, read_prices(page, &form, &v, &price, &count, &product));
    if (form.error_count > 0)
        return show_product(page, &form, product.id, v.rev);
    product_of_form(&v, &product);
    err = change_product(page->ctx, &product, price, count, &once, &result);
    if (err != OK)
        return err;
    if (result.stale)
        return page_error(page, 409, NULL);
    if (result.taken) {
        form_error(&form, "code", tr("Another product has this code"));
        return show_product(page, &form, admin_id(page->arg[0]), v.rev);
    }
    return page_see(page, "%s", result.url);
}

/* ---- plans ---- */

/* What a plan says beyond how often: one line each. */
static void fill_rules(struct arena *arena, HDF *node, const struct plan *plan)
{
    int row = 0;

    if (plan->anchor.rule != ANCHOR_START)
        hdf_text(hdf_row(node, "rules", row++), "text", phrase_anchor(arena, plan->anchor, plan->every));
    if (plan->timing == BILLING_ARREARS)
        hdf_text(hdf_row(node, "rules", row++), "text", tr("in arrears"));
    if (plan->trial_count > 0)
        hdf_text(hdf_row(node, "rules", row++), "text",
                 tr_fill(arena, "free trial: {duration}", "duration", str_equal(plan->trial_unit, "month") ? phrase_months(arena, plan->trial_count) : phrase_days(arena, plan->trial_count), NULL));
    if (plan->term_count > 0)
        hdf_text(hdf_row(node, "rules", row++), "text",
                 tr_fill(arena, plan->term_renews ? N_("term: {duration}, tacitly renewed") : N_("term: {duration}, then it ends"),
                         "duration", phrase_term(arena, plan->term_unit, plan->term_count, plan->every), NULL));
}

enum err page_plans(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct arena *arena = page->ctx->arena;
    struct plan *list;
    size_t count;

    admin_flash(page);
    TRY(page->ctx, plans(page->ctx, false, &list, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "href", arena_printf(arena, "/admin/plans/%lld", (long long)list[i].id));
        hdf_text(node, "name", list[i].name);
        hdf_text(node, "every", phrase_every(arena, list[i].every));
        fill_rules(arena, node, &list[i]);
        hdf_text(node, "commitment", list[i].commitment_months == 0 ? tr("No minimum term") : phrase_months(arena, list[i].commitment_months));
        hdf_text(node, "notice", list[i].notice_days == 0 ? tr("None") : phrase_days(arena, list[i].notice_days));
        hdf_flag(node, "archived", str_equal(list[i].state, "archived"));
    }
    if (count == 0) {
        hdf_text(hdf, "Empty.text", tr("There is no plan yet. A plan says how often something is billed."));
        hdf_text(hdf, "Empty.href", "/admin/plans/new");
        hdf_text(hdf, "Empty.action", tr("New plan"));
    }
    return page_show(page, 200, tr("Plans"), "admin/plans.cs");
}

enum { TRIAL_MONTHS_MAX = 12 };

struct plan_form {
    int64_t rev;
    const char *name;
    int64_t every;
    const char *unit;
    const char *anchor;
    int64_t anchor_day;
    const char *timing;
    int64_t trial;
    const char *trial_unit;
    bool trial_card;
    const char *trial_end;
    int64_t term;
    const char *term_unit;
    bool term_renews;
    int64_t commitment;
    int64_t notice;
    const char *index;
    int64_t max_missed;
    bool debit_first;
    bool no_pause;
    int64_t pause_max;
    const char *customer_level;
    bool customer_pause;
    bool customer_end;
    const char *dunning;
    bool archived;
};
static const struct field_option unit_option[] = {{"day", N_("Days"), NULL}, {"week", N_("Weeks"), NULL}, {"month", N_("Months"), NULL},
                                                  {"quarter", N_("Quarters"), NULL}, {"year", N_("Years"), NULL}};
static const struct field_option anchor_option[] = {
    {"start", N_("The day it starts"), NULL},      {"month_day", N_("A day of the month"), NULL},
    {"last_day", N_("The last day of the month"), NULL}, {"weekday", N_("A day of the week"), NULL},
    {"calendar", N_("The calendar: a Monday, the 1st of a month, quarter or year"), NULL}};
static const struct field_option timing_option[] = {{"advance", N_("In advance"), NULL}, {"arrears", N_("In arrears"), NULL}};
static const struct field_option trial_unit_option[] = {{"day", N_("Days"), NULL}, {"month", N_("Months"), NULL}};
static const struct field_option trial_end_option[] = {{"bill", N_("Bill, with a link to pay"), NULL}, {"stop", N_("Stop"), NULL}};
static const struct field_option term_unit_option[] = {{"period", N_("Periods"), NULL}, {"month", N_("Months"), NULL}};
static const struct field_option level_option[] = {
    {"0", N_("Not at all"), NULL}, {"1", N_("More, charged at once"), NULL}, {"2", N_("More at once, less at the end of the period"), NULL}};

static const struct field plan_field[] = {
    {.kind = FIELD_INTEGER, .name = "rev", .min = 0, .max = INT32_MAX, .offset = offsetof(struct plan_form, rev)},
    {.kind = FIELD_TEXT, .name = "name", .label = N_("Name"), .required = true, .max = 100, .missing = N_("Enter the plan's name"),
     .offset = offsetof(struct plan_form, name)},
    {.kind = FIELD_INTEGER, .name = "every", .label = N_("Billed every"), .required = true, .min = 1, .max = RECURRENCE_COUNT_MAX,
     .missing = N_("Enter how often it is billed"), .offset = offsetof(struct plan_form, every)},
    {.kind = FIELD_CHOICE, .name = "unit", .label = N_("Period"), .required = true, .options = unit_option,
     .option_count = COUNT_OF(unit_option), .offset = offsetof(struct plan_form, unit)},
    {.kind = FIELD_CHOICE, .name = "anchor", .label = N_("Periods begin on"), .options = anchor_option,
     .option_count = COUNT_OF(anchor_option), .hint = N_("What lies before the first whole period is billed by its share."),
     .offset = offsetof(struct plan_form, anchor)},
    {.kind = FIELD_INTEGER, .name = "anchor_day", .label = N_("Which day"), .min = 0, .max = 31,
     .hint = N_("1 to 31 of the month, or 1 (Monday) to 7 (Sunday)"), .offset = offsetof(struct plan_form, anchor_day)},
    {.kind = FIELD_CHOICE, .name = "timing", .label = N_("Billed"), .options = timing_option, .option_count = COUNT_OF(timing_option),
     .hint = N_("A product or a line may say otherwise."), .offset = offsetof(struct plan_form, timing)},
    {.kind = FIELD_INTEGER, .name = "trial", .label = N_("Free trial"), .min = 0, .max = 366, .hint = N_("0: no trial"),
     .offset = offsetof(struct plan_form, trial)},
    {.kind = FIELD_CHOICE, .name = "trial_unit", .label = N_("Days or months"), .options = trial_unit_option,
     .option_count = COUNT_OF(trial_unit_option), .offset = offsetof(struct plan_form, trial_unit)},
    {.kind = FIELD_CHOICE, .name = "trial_end", .label = N_("When it ends without a card"), .options = trial_end_option,
     .option_count = COUNT_OF(trial_end_option), .offset = offsetof(struct plan_form, trial_end)},
    {.kind = FIELD_CHECK, .name = "trial_card", .label = N_("Ask for a card when the order is placed"), .offset = offsetof(struct plan_form, trial_card)},
    {.kind = FIELD_INTEGER, .name = "term", .label = N_("Fixed term"), .min = 0, .max = 1000, .hint = N_("0: open-ended"),
     .offset = offsetof(struct plan_form, term)},
    {.kind = FIELD_CHOICE, .name = "term_unit", .label = N_("Periods or months"), .options = term_unit_option,
     .option_count = COUNT_OF(term_unit_option), .offset = offsetof(struct plan_form, term_unit)},
    {.kind = FIELD_CHECK, .name = "term_renews", .label = N_("Tacitly renewed for another term"), .offset = offsetof(struct plan_form, term_renews)},
    {.kind = FIELD_INTEGER, .name = "commitment", .label = N_("Minimum duration in months"), .min = 0, .max = 120,
     .hint = N_("0: none"), .offset = offsetof(struct plan_form, commitment)},
    {.kind = FIELD_INTEGER, .name = "notice", .label = N_("Notice in days"), .min = 0, .max = 366, .hint = N_("0: no notice"),
     .offset = offsetof(struct plan_form, notice)},
    {.kind = FIELD_CHOICE, .name = "index", .label = N_("Indexation clause"), .max = 20, .hint = N_("Printed on quotes, kept with each subscription"),
     .offset = offsetof(struct plan_form, index)},
    {.kind = FIELD_CHECK, .name = "no_pause", .label = N_("Cannot be paused"), .offset = offsetof(struct plan_form, no_pause)},
    {.kind = FIELD_INTEGER, .name = "pause_max", .label = N_("Longest pause in days"), .min = 0, .max = 731, .hint = N_("0: no limit"),
     .offset = offsetof(struct plan_form, pause_max)},
    {.kind = FIELD_CHOICE, .name = "customer_level", .label = N_("Customers change quantities by themselves"), .options = level_option,
     .option_count = COUNT_OF(level_option), .offset = offsetof(struct plan_form, customer_level)},
    {.kind = FIELD_CHECK, .name = "customer_pause", .label = N_("Customers pause and resume by themselves"),
     .offset = offsetof(struct plan_form, customer_pause)},
    {.kind = FIELD_CHECK, .name = "customer_end", .label = N_("Customers end it by themselves"),
     .hint = N_("As early as minimum duration, term and notice allow"), .offset = offsetof(struct plan_form, customer_end)},
    {.kind = FIELD_INTEGER, .name = "max_missed", .label = N_("Missed periods billed without asking"), .required = true, .min = 1, .max = 1000,
     .hint = N_("More than that wait for a person."), .missing = N_("Enter a number of periods"), .offset = offsetof(struct plan_form, max_missed)},
    {.kind = FIELD_CHECK, .name = "debit_first", .label = N_("Debit first: renewals are invoiced once they are paid"),
     .hint = N_("Nothing is invoiced or booked while it is not paid, and no further period is asked for."), .offset = offsetof(struct plan_form, debit_first)},
    {.kind = FIELD_CHOICE, .name = "dunning", .label = N_("When an invoice stays unpaid"), .required = true,
     .missing = N_("Choose what is done about unpaid invoices"), .offset = offsetof(struct plan_form, dunning)},
    {.kind = FIELD_CHECK, .name = "archived", .label = N_("No longer sold"), .offset = offsetof(struct plan_form, archived)},
};

static enum err find_plan(struct page *page, struct plan *plan)
{
    *plan = (struct plan){.name = "", .every = {RECURRENCE_MONTH, 1}, .anchor = {ANCHOR_START, 0}, .timing = BILLING_ADVANCE,
        .trial_unit = "day", .trial_end = "bill", .term_unit = TERM_PERIODS, .term_renews = true, .max_missed = 2, .dunning_rule_id = 0, .state = "active"};
    if (page->arg[0] == NULL || page->arg[0][0] == '\0')
        return OK;
    return plan_by_id(page->ctx, admin_id(page->arg[0]), plan);
}

/* The rules as the options of Form.dunning; without a choice the first, which is the standard one, stands there. */
static enum err fill_dunning(struct page *page, HDF *hdf, const struct form *form)
{
    const char *typed = form_typed(form, "dunning");
    struct dunning_rule *rules;
    size_t count;

    TRY(page->ctx, dunning_rules(page->ctx, &rules, &count));
    for (size_t i = 0; i < count; i++) {
        const char *id = arena_printf(page->ctx->arena, "%lld", (long long)rules[i].id);

        view_option(hdf, "dunning", (int)i, id, rules[i].name, typed != NULL && str_equal(typed, id));
    }
    return OK;
}

static enum err check_dunning(struct page *page, struct form *form, const struct plan *plan)
{
    struct dunning_rule rule;
    enum err err = dunning_rule_by_id(page->ctx, plan->dunning_rule_id, &rule);

    if (err == ERR_NOT_FOUND || (err == OK && rule.replaced_by != 0))
        form_error(form, "dunning", tr("Choose what is done about unpaid invoices"));
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err show_plan(struct page *page, const struct form *form, int64_t id, int64_t rev)
{
    HDF *hdf = page_tree(page);
    struct price_index *index;
    size_t count;

    view_form(page->ctx, hdf, form);
    TRY(page->ctx, fill_dunning(page, hdf, form));
    TRY(page->ctx, price_indexes(page->ctx, &index, &count));
    view_option(hdf, "index", 0, "", tr("No index"), false);
    for (size_t i = 0; i < count; i++) {
        const char *value = arena_printf(page->ctx->arena, "%lld", (long long)index[i].id);

        view_option(hdf, "index", (int)i + 1, value, index[i].name, str_equal(value, form_typed(form, "index")));
    }
    hdf_text(hdf, "Action", id == 0 ? "/admin/plans/new" : arena_printf(page->ctx->arena, "/admin/plans/%lld", (long long)id));
    if (id != 0)
        hdf_number(hdf, "Token.rev", rev);
    hdf_flag(hdf, "Exists", id != 0);
    return page_show(page, form->error_count > 0 ? 422 : 200, id == 0 ? tr("New plan") : tr("Edit plan"), "admin/plan_edit.cs");
}

enum err page_plan_edit(struct page *page)
{
    struct plan_form values;
    struct plan plan;
    struct form form;
    enum err err = find_plan(page, &plan);

    if (err != OK)
        return err;
    values = (struct plan_form){.rev = plan.rev, .name = plan.name, .every = plan.every.count, .unit = recurrence_unit_name(plan.every.unit),
        .anchor = anchor_rule_name(plan.anchor.rule), .anchor_day = plan.anchor.day, .timing = billing_timing_name(plan.timing),
        .trial = plan.trial_count, .trial_unit = plan.trial_unit, .trial_card = plan.trial_card, .trial_end = plan.trial_end,
        .term = plan.term_count, .term_unit = term_unit_name(plan.term_unit), .term_renews = plan.term_renews,
        .commitment = plan.commitment_months, .notice = plan.notice_days,
        .index = plan.index_id == 0 ? "" : arena_printf(page->ctx->arena, "%lld", (long long)plan.index_id), .max_missed = plan.max_missed, .debit_first = plan.debit_first, .no_pause = plan.no_pause,
        .pause_max = plan.pause_max_days, .customer_level = level_option[plan.customer_level].value, .customer_pause = plan.customer_pause, .customer_end = plan.customer_end,
        .dunning = arena_printf(page->ctx->arena, "%lld", (long long)plan.dunning_rule_id),
        .archived = str_equal(plan.state, "archived")};
    form_fill(&form, page->ctx, plan_field, COUNT_OF(plan_field), &values);
    return show_plan(page, &form, plan.id, plan.rev);
}

static enum err check_index(struct page *page, struct form *form, const char *typed)
{
    struct price_index *index;
    size_t count;
    bool known = str_empty(typed);

    TRY(page->ctx, price_indexes(page->ctx, &index, &count));
    for (size_t i = 0; i < count; i++)
        known = known || index[i].id == admin_id(typed);
    if (!known)
        form_error(form, "index", tr("Choose an index"));
    return OK;
}

/* What was typed, as a plan; a choice that was not sent is the simplest one. */
static void read_plan(const struct plan_form *v, struct plan *plan)
{
    plan->rev = (int32_t)v->rev;
    plan->name = v->name;
    plan->every = (struct recurrence){recurrence_unit_from_name(v->unit), (int)v->every};
    plan->anchor = (struct anchor){str_empty(v->anchor) ? ANCHOR_START : anchor_rule_from_name(v->anchor), 0};
    if (plan->anchor.rule == ANCHOR_MONTH_DAY || plan->anchor.rule == ANCHOR_WEEKDAY)
        plan->anchor.day = (int)v->anchor_day;
    plan->timing = str_empty(v->timing) ? BILLING_ADVANCE : billing_timing_from_name(v->timing);
    plan->trial_count = (int32_t)v->trial;
    plan->trial_unit = str_empty(v->trial_unit) ? "day" : v->trial_unit;
    plan->trial_card = v->trial > 0 && v->trial_card;
    plan->trial_end = str_empty(v->trial_end) ? "bill" : v->trial_end;
    plan->term_count = (int32_t)v->term;
    plan->term_unit = str_empty(v->term_unit) ? TERM_PERIODS : term_unit_from_name(v->term_unit);
    plan->term_renews = v->term_renews;
    plan->commitment_months = (int32_t)v->commitment;
    plan->notice_days = (int32_t)v->notice;
    plan->index_id = admin_id(v->index);
    plan->max_missed = (int32_t)v->max_missed;
    plan->debit_first = v->debit_first;
    plan->no_pause = v->no_pause;
    plan->pause_max_days = (int32_t)v->pause_max;
    plan->customer_level = str_empty(v->customer_level) ? 0 : v->customer_level[0] - '0';
    plan->customer_pause = v->customer_pause;
    plan->customer_end = v->customer_end;
    plan->dunning_rule_id = admin_id(v->dunning);
    plan->state = v->archived ? "archived" : "active";
}

/* What does not go together, beside the field that can mend it. */
static void check_plan(struct form *form, const struct plan *plan)
{
    enum anchor_refusal anchor = anchor_fits(plan->anchor, plan->every);
    const struct contract_terms terms = plan_terms(plan);
    enum terms_refusal refusal = terms_fit(&terms, plan->every);

    if (anchor != ANCHOR_NOT_REFUSED)
        form_error(form, anchor == ANCHOR_DAY_MISSING ? "anchor_day" : "anchor", tr(anchor_refusal_text(anchor)));
    if (str_equal(plan->trial_unit, "month") && plan->trial_count > TRIAL_MONTHS_MAX)
        form_error(form, "trial", tr("A trial has 12 months at most"));
    if (refusal != TERMS_NOT_REFUSED)
        form_error(form, refusal == TERMS_NOTICE_TOO_LONG ? "notice" : refusal == TERMS_COMMITMENT_TOO_LONG ? "commitment" : "term",
                   tr(terms_refusal_text(refusal)));
}

enum err page_plan_edit_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/plans?did=saved");
    struct catalogue_result result;
    struct plan_form v;
    struct plan plan;
    struct form form;
    enum err err = find_plan(page, &plan);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, plan_field, &v))
        return OK;
    read_plan(&v, &plan);
    if (form.error_count == 0) /* whole values only: a wrong number would be refused twice */
        check_plan(&form, &plan);
    if (form.error_count == 0)
        TRY(page->ctx, check_dunning(page, &form, &plan));
    TRY(page->ctx, check_index(page, &form, v.index));
    if (form.error_count > 0)
        return show_plan(page, &form, plan.id, v.rev);
    err = change_plan(page->ctx, &plan, &once, &result);
    if (err != OK)
        return err;
    if (result.stale)
        return page_error(page, 409, NULL);
    if (result.taken) {
        form_error(&form, "name", tr("Another plan has this name"));
        return show_plan(page, &form, admin_id(page->arg[0]), v.rev);
    }
    return page_see(page, "%s", result.url);
}
