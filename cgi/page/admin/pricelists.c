/* pricelists: the lists, their prices, and what a customer would pay and why. */
#include <string.h>

#include "base/encode.h"
#include "base/str.h"
#include "core/country.h"
#include "core/date.h"
#include "core/pricing.h"
#include "page/admin/pick.h"
#include "page/offer_view.h"
#include "service/listing.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

enum { TIER_ROWS_AT_LEAST = 3, PREVIEW_ROWS = 50, PRICES_SHOWN = 100, LISTS_SHOWN = 100 };

static const char *id_text(const struct page *page, int64_t id)
{
    return id == 0 ? "" : arena_printf(page->ctx->arena, "%lld", (long long)id);
}

static const char *house_currency(const struct page *page)
{
    return page->company.id != 0 ? page->company.currency : "EUR";
}

/* "All customers", "Resellers (segment)": for whom a list is. */
static const char *scope_text(const struct page *page, const struct pricelist_row *l)
{
    struct arena *arena = page->ctx->arena;

    switch (pricelist_scope_from_name(l->scope)) {
    case PRICELIST_CUSTOMER:
        return tr_fill(arena, "Customer {name} ({number})", "name", l->customer_name, "number", l->customer_number, NULL);
    case PRICELIST_SEGMENT: return tr_fill(arena, "Segment {name}", "name", l->segment, NULL);
    case PRICELIST_COUNTRY:
        return tr_fill(arena, "Country {name}", "name", format_country(arena, page->ctx->language, l->country), NULL);
    case PRICELIST_CONTRACT:
    case PRICELIST_DEFAULT: break;
    }
    return tr("All customers");
}

static const char *rule_text(const struct page *page, const struct pricelist_price_row *row, const char *currency)
{
    struct arena *arena = page->ctx->arena;
    struct price_rule rule;
    const char *tiers;

    if (!price_rule_read(row->price_model, row->tiers, row->unit_price_e4, &rule))
        return "–";
    tiers = phrase_price(arena, page->ctx->language, &rule, currency);
    if (price_model_has_tiers(rule.model))
        return tiers;
    return str_trim(arena, arena_printf(arena, "%s %s", format_price(arena, page->ctx->language, rule.unit_price_e4, currency), tiers));
}

static const char *dates_text(const struct page *page, int32_t from_on, int32_t until_on)
{
    return until_on == DATE_NONE
               ? tr_fill(page->ctx->arena, "from {from}", "from", page_date(page, from_on), NULL)
               : tr_fill(page->ctx->arena, "{from} to {to}", "from", page_date(page, from_on), "to", page_date(page, until_on - 1), NULL);
}

/* ---- the lists ---- */

enum err page_pricelists(struct page *page)
{
    HDF *hdf = page_tree(page);
    int64_t from = rows_from(page);
    struct pricelist_row *rows;
    size_t count;

    admin_flash(page);
    TRY(page->ctx, pricelists(page->ctx, LISTS_SHOWN + 1, from, &rows, &count));
    rows_pager(page, hdf, "/admin/pricelists?", from, LISTS_SHOWN, count);
    for (size_t i = 0; i < count && i < LISTS_SHOWN; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/pricelists/%lld", (long long)rows[i].id));
        hdf_text(node, "name", rows[i].name);
        hdf_text(node, "for", scope_text(page, &rows[i]));
        hdf_text(node, "currency", rows[i].currency);
        hdf_text(node, "priority", page_number(page, rows[i].priority));
        hdf_text(node, "prices", page_number(page, rows[i].prices));
        hdf_flag(node, "archived", str_equal(rows[i].state, "archived"));
    }
    if (count == 0) {
        hdf_text(hdf, "Empty.text", tr("There is no price list yet. Products are sold at their own price."));
        hdf_text(hdf, "Empty.href", "/admin/pricelists/new");
        hdf_text(hdf, "Empty.action", tr("New price list"));
    }
    return page_show(page, 200, tr("Price lists"), "admin/pricelists.cs");
}

struct list_form {
    int64_t rev;
    const char *name;
    const char *scope;
    const char *customer;
    const char *segment;
    const char *country;
    const char *currency;
    int64_t priority;
    bool archived;
};
static const struct field_option scope_option[] = {
    {"default", N_("All customers"), NULL}, {"customer", N_("One customer"), NULL},
    {"segment", N_("A segment"), NULL},     {"country", N_("A country"), NULL}};
static const struct field list_field[] = {
    {.kind = FIELD_INTEGER, .name = "rev", .min = 0, .max = INT32_MAX, .offset = offsetof(struct list_form, rev)},
    {.kind = FIELD_TEXT, .name = "name", .label = N_("Name"), .required = true, .max = 100, .autocomplete = "off",
     .missing = N_("Enter the list's name"), .offset = offsetof(struct list_form, name)},
    {.kind = FIELD_CHOICE, .name = "scope", .label = N_("For"), .required = true, .options = scope_option,
     .option_count = COUNT_OF(scope_option), .offset = offsetof(struct list_form, scope)},
    {.kind = FIELD_TEXT, .name = "customer", .label = N_("Customer"), .max = PICK_TEXT_MAX,
     .hint = N_("Of a list for one customer: number, name or mail address"), .offset = offsetof(struct list_form, customer)},
    {.kind = FIELD_TEXT, .name = "segment", .label = N_("Segment"), .max = 60, .autocomplete = "off",
     .hint = N_("As it stands with the customers"), .offset = offsetof(struct list_form, segment)},
    {.kind = FIELD_CHOICE, .name = "country", .label = N_("Country"), .max = 2, .offset = offsetof(struct list_form, country)},
    {.kind = FIELD_TEXT, .name = "currency", .label = N_("Currency"), .required = true, .max = 3, .autocomplete = "off",
     .hint = N_("Such as EUR"), .missing = N_("Enter a currency"), .offset = offsetof(struct list_form, currency)},
    {.kind = FIELD_INTEGER, .name = "priority", .label = N_("Order"), .required = true, .min = 0, .max = 1000,
     .hint = N_("Of lists for the same customers, the smaller is asked first."), .missing = N_("Enter a number"),
     .offset = offsetof(struct list_form, priority)},
    {.kind = FIELD_CHECK, .name = "archived", .label = N_("No longer asked"), .offset = offsetof(struct list_form, archived)},
};

/* "new" or an id. */
static enum err find_list(struct page *page, struct pricelist_row *row)
{
    *row = (struct pricelist_row){.name = "", .scope = "default", .customer_number = "", .segment = "", .country = "",
                                  .currency = house_currency(page), .priority = 100, .state = "active"};
    if (page->arg[0] == NULL || page->arg[0][0] == '\0')
        return OK;
    return pricelist_by_id(page->ctx, admin_id(page->arg[0]), row);
}

static enum err show_list(struct page *page, const struct form *form, const struct pricelist_row *row, int64_t rev)
{
    HDF *hdf = page_tree(page);
    const char *back = row->id == 0 ? "/admin/pricelists" : arena_printf(page->ctx->arena, "/admin/pricelists/%lld", (long long)row->id);

    view_form(page->ctx, hdf, form);
    TRY(page->ctx, offer_customers(page, hdf, form, "customer"));
    page_countries(page, hdf, form_typed(form, "country"));
    hdf_text(hdf, "Back", back);
    hdf_text(hdf, "Action", row->id == 0 ? "/admin/pricelists/new" : arena_printf(page->ctx->arena, "%s/edit", back));
    if (row->id != 0)
        hdf_number(hdf, "Token.rev", rev);
    hdf_flag(hdf, "Exists", row->id != 0);
    return page_show(page, form->error_count > 0 ? 422 : 200, row->id == 0 ? tr("New price list") : tr("Edit price list"),
                     "admin/pricelist_edit.cs");
}

enum err page_pricelist_edit(struct page *page)
{
    struct pricelist_row row;
    struct list_form values;
    struct form form;
    enum err err = find_list(page, &row);

    if (err != OK)
        return err;
    values = (struct list_form){.rev = row.rev, .name = row.name, .scope = row.scope, .customer = row.customer_id == 0 ? "" : pick_text(page->ctx->arena, row.customer_name, row.customer_number),
        .segment = row.segment, .country = row.country, .currency = row.currency, .priority = row.priority,
        .archived = str_equal(row.state, "archived")};
    form_fill(&form, page->ctx, list_field, COUNT_OF(list_field), &values);
    return show_list(page, &form, &row, row.rev);
}

/* The subject that the chosen scope needs; others are left out. */
static enum err read_subject(struct page *page, struct form *form, const struct list_form *v, struct pricelist_row *row)
{
    int64_t present_id = row->customer_id;
    struct customer customer;

    row->customer_id = 0;
    row->segment = row->country = "";
    switch (pricelist_scope_from_name(v->scope)) {
    case PRICELIST_CUSTOMER:
        if (str_empty(v->customer)) {
            form_error(form, "customer", tr("Enter a customer"));
            break;
        }
        TRY(page->ctx, pick_customer(page, form, "customer", v->customer, present_id, &customer));
        row->customer_id = customer.id;
        break;
    case PRICELIST_SEGMENT:
        row->segment = v->segment;
        if (str_empty(v->segment))
            form_error(form, "segment", tr("Enter the segment"));
        break;
    case PRICELIST_COUNTRY:
        row->country = v->country;
        if (!country_known(v->country))
            form_error(form, "country", tr("Choose the country"));
        break;
    case PRICELIST_CONTRACT:
    case PRICELIST_DEFAULT: break;
    }
    return OK;
}

enum err page_pricelist_edit_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/pricelists/{ref}?did=saved");
    struct listing_result result;
    struct pricelist_row row;
    struct list_form v;
    struct form form;
    enum err err = find_list(page, &row);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, list_field, &v))
        return OK;
    if (v.currency[0] != '\0' && currency_find(v.currency) == NULL)
        form_error(&form, "currency", tr("This is not a currency: three capital letters, such as EUR"));
    else if (row.id != 0 && row.prices > 0 && !str_equal(v.currency, row.currency))
        form_error(&form, "currency", tr("The list has prices already: make a new list for another currency"));
    TRY(page->ctx, read_subject(page, &form, &v, &row));
    if (form.error_count > 0)
        return show_list(page, &form, &row, v.rev);
    row.rev = (int32_t)v.rev;
    row.name = v.name;
    row.scope = v.scope;
    row.currency = v.currency;
    row.priority = (int32_t)v.priority;
    row.state = v.archived ? "archived" : "active";
    err = change_pricelist(page->ctx, &row, &once, &result);
    if (err != OK)
        return err;
    if (result.stale)
        return page_error(page, 409, NULL);
    if (result.taken) {
        form_error(&form, "name", tr("Another price list has this name"));
        return show_list(page, &form, &row, v.rev);
    }
    return page_see(page, "%s", result.url);
}

/* ---- one list ---- */

enum err page_pricelist(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct pricelist_price_row *prices;
    struct pricelist_row row;
    const char *words = page_query(page, "q");
    int64_t from = rows_from(page);
    size_t count;
    enum err err = pricelist_by_id(page->ctx, admin_id(page->arg[0]), &row);

    if (err != OK)
        return err;
    admin_flash(page);
    TRY(page->ctx, pricelist_page(page->ctx, row.id, words, PRICES_SHOWN + 1, from, &prices, &count));
    hdf_text(hdf, "Filter.q", words);
    rows_pager(page, hdf, arena_printf(page->ctx->arena, "/admin/pricelists/%lld?q=%s", (long long)row.id, encode_percent(page->ctx->arena, words)), from,
               PRICES_SHOWN, count);
    hdf_number(hdf, "List.id", row.id);
    hdf_text(hdf, "List.name", row.name);
    hdf_text(hdf, "List.for", scope_text(page, &row));
    hdf_text(hdf, "List.currency", row.currency);
    hdf_flag(hdf, "List.archived", str_equal(row.state, "archived"));
    for (size_t i = 0; i < count && i < PRICES_SHOWN; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/pricelists/%lld/prices/%lld", (long long)row.id, (long long)prices[i].id));
        hdf_text(node, "product", prices[i].product_name);
        hdf_text(node, "plan", prices[i].plan_id == 0 ? tr("Sold once") : prices[i].plan_name);
        hdf_text(node, "min", prices[i].min_quantity_e4 == 0 ? "" : format_quantity(page->ctx->arena, page->ctx->language, prices[i].min_quantity_e4));
        hdf_text(node, "dates", dates_text(page, prices[i].from_on, prices[i].until_on));
        hdf_text(node, "price", rule_text(page, &prices[i], row.currency));
        hdf_flag(node, "over", prices[i].until_on != DATE_NONE && prices[i].until_on <= page->ctx->today_on);
        hdf_flag(node, "later", prices[i].from_on > page->ctx->today_on);
    }
    if (count == 0)
        hdf_text(hdf, "Empty.text", words[0] != '\0' ? tr("No price fits.") : tr("This list has no price yet: the next list is asked."));
    return page_show(page, 200, row.name, "admin/pricelist.cs");
}

/* ---- one price ---- */

struct tier_form {
    int64_t up_to_e4;
    int64_t price_e4;
    int64_t fee_e4;
};
struct price_form {
    const char *product;
    const char *plan;
    int64_t min_e4;
    int32_t from_on;
    int32_t until_on; /* last day */
    const char *model;
    int64_t price_e4;
    struct tier_form *tiers;
    size_t tier_count;
};
static const struct field tier_field[] = {
    {.kind = FIELD_DECIMAL, .name = "up_to", .label = N_("Up to quantity"), .digits = 4, .min = 1, .max = QUANTITY_MAX_E4,
     .offset = offsetof(struct tier_form, up_to_e4)},
    {.kind = FIELD_DECIMAL, .name = "price", .label = N_("Price excl. VAT"), .digits = 4, .min = 0, .max = UNIT_PRICE_MAX_E4,
     .offset = offsetof(struct tier_form, price_e4)},
    {.kind = FIELD_DECIMAL, .name = "fee", .label = N_("Fixed fee"), .digits = 4, .min = 0, .max = UNIT_PRICE_MAX_E4,
     .offset = offsetof(struct tier_form, fee_e4)},
};
static const struct field_option model_option[] = {
    {"per_unit", N_("Per unit"), NULL},
    {"volume", N_("Volume: the tier that holds the quantity prices all of it"), NULL},
    {"graduated", N_("Graduated: each part of the quantity at the price of its tier"), NULL},
    {"flat", N_("Flat: one price, whatever the quantity"), NULL}};
static const struct field price_field[] = {
    {.kind = FIELD_CHOICE, .name = "product", .label = N_("Product"), .required = true, .max = PICK_TEXT_MAX,
     .missing = N_("Choose a product of the list"), .offset = offsetof(struct price_form, product)},
    {.kind = FIELD_CHOICE, .name = "plan", .label = N_("Plan"), .max = 20, .offset = offsetof(struct price_form, plan)},
    {.kind = FIELD_DECIMAL, .name = "min", .label = N_("From quantity"), .digits = 4, .min = 0, .max = QUANTITY_MAX_E4,
     .hint = N_("Empty: any quantity"), .offset = offsetof(struct price_form, min_e4)},
    {.kind = FIELD_DATE, .name = "from", .label = N_("First day"), .required = true, .missing = N_("Enter the first day"),
     .offset = offsetof(struct price_form, from_on)},
    {.kind = FIELD_DATE, .name = "until", .label = N_("Last day"), .hint = N_("Empty: no end"),
     .offset = offsetof(struct price_form, until_on)},
    {.kind = FIELD_CHOICE, .name = "model", .label = N_("How the price is made"), .required = true, .options = model_option,
     .option_count = COUNT_OF(model_option), .offset = offsetof(struct price_form, model)},
    {.kind = FIELD_DECIMAL, .name = "price", .label = N_("Price excl. VAT"), .digits = 4, .min = 0, .max = UNIT_PRICE_MAX_E4,
     .hint = N_("Per unit, or flat"), .offset = offsetof(struct price_form, price_e4)},
    {.kind = FIELD_GROUP, .name = "tier", .offset = offsetof(struct price_form, tiers), .fields = tier_field,
     .field_count = COUNT_OF(tier_field), .record_bytes = sizeof(struct tier_form),
     .count_offset = offsetof(struct price_form, tier_count), .records_max = TIERS_MAX},
};

struct priced {
    struct pricelist_row list;
    struct pricelist_price_row row;
};

static bool typed_empty(const struct page *page, const struct form *form, const char *name)
{
    const char *typed = form_typed(form, name);

    return typed == NULL || str_trim(page->ctx->arena, typed)[0] == '\0';
}

static const char *tier_name(const struct page *page, size_t i, const char *field)
{
    return arena_printf(page->ctx->arena, "tier.%zu.%s", i, field);
}

static void type_empty(struct form *form, const char *name)
{
    for (size_t i = 0; i < form->typed.count; i++)
        if (str_equal(form->typed.items[i].name, name))
            form->typed.items[i].value = "";
}

static enum err find_price(struct page *page, struct priced *p)
{
    enum err err = pricelist_by_id(page->ctx, admin_id(page->arg[0]), &p->list);

    if (err != OK)
        return err;
    p->row = (struct pricelist_price_row){.pricelist_id = p->list.id, .from_on = page->ctx->today_on, .until_on = DATE_NONE,
                                          .price_model = "per_unit", .tiers = ""};
    if (page->arg[1] == NULL || page->arg[1][0] == '\0')
        return OK;
    err = pricelist_price_by_id(page->ctx, admin_id(page->arg[1]), &p->row);
    return err == OK && p->row.pricelist_id != p->list.id ? ERR_NOT_FOUND : err;
}

static enum err fill_choices(struct page *page, HDF *hdf, const struct form *form)
{
    struct product_choice choice;
    struct plan *plan;
    size_t count;
    int row = 0;

    TRY(page->ctx, load_product_choice(page, true, &choice));
    offer_products(page, hdf, form, "product", &choice, "");
    TRY(page->ctx, plans(page->ctx, false, &plan, &count));
    view_option(hdf, "plan", row++, "", tr("Sold once"), false);
    for (size_t i = 0; i < count; i++)
        view_option(hdf, "plan", row++, id_text(page, plan[i].id), plan[i].name, str_equal(id_text(page, plan[i].id), form_typed(form, "plan")));
    return OK;
}

static enum err show_price(struct page *page, struct form *form, const struct priced *p, int status)
{
    HDF *hdf = page_tree(page);
    const char *list = arena_printf(page->ctx->arena, "/admin/pricelists/%lld", (long long)p->list.id);

    view_form(page->ctx, hdf, form);
    TRY(page->ctx, fill_choices(page, hdf, form));
    hdf_text(hdf, "List.name", p->list.name);
    hdf_text(hdf, "List.currency", p->list.currency);
    hdf_text(hdf, "Back", list);
    hdf_text(hdf, "Action", p->row.id == 0 ? arena_printf(page->ctx->arena, "%s/prices/new", list)
                                           : arena_printf(page->ctx->arena, "%s/prices/%lld", list, (long long)p->row.id));
    hdf_flag(hdf, "Exists", p->row.id != 0);
    hdf_flag(hdf, "MoreTiers", form_records(form, &price_field[COUNT_OF(price_field) - 1]) < TIERS_MAX);
    return page_show(page, status, p->row.id == 0 ? tr("New price") : tr("Edit price"), "admin/pricelist_price.cs");
}

/* The form of a price, with room for one tier more than it has. */
static void fill_price(struct page *page, const struct price_form *v, size_t rows, struct form *form)
{
    struct price_form values = *v;

    values.tiers = ARENA_ARRAY(page->ctx->arena, struct tier_form, rows);
    memcpy(values.tiers, v->tiers, v->tier_count * sizeof *v->tiers);
    values.tier_count = rows;
    form_fill(form, page->ctx, price_field, COUNT_OF(price_field), &values);
    if (v->min_e4 == 0)
        type_empty(form, "min");
    if (price_model_has_tiers(price_model_from_name(v->model)))
        type_empty(form, "price");
    for (size_t i = 0; i < rows; i++) {
        if (values.tiers[i].up_to_e4 == 0 || values.tiers[i].up_to_e4 == TIER_OPEN)
            type_empty(form, tier_name(page, i, "up_to"));
        if (i >= v->tier_count)
            type_empty(form, tier_name(page, i, "price"));
        if (values.tiers[i].fee_e4 == 0)
            type_empty(form, tier_name(page, i, "fee"));
    }
}

enum err page_pricelist_price(struct page *page)
{
    struct priced p;
    struct product_choice choice;
    struct price_form v;
    struct price_rule rule;
    struct form form;
    const char *product;
    size_t rows;
    enum err err = find_price(page, &p);

    if (err != OK)
        return err;
    TRY(page->ctx, load_product_choice(page, true, &choice));
    TRY(page->ctx, shown_product(page, &choice, p.row.product_id, &product));
    if (!price_rule_read(p.row.price_model, p.row.tiers, p.row.unit_price_e4, &rule))
        return ERR_CORRUPT;
    v = (struct price_form){.product = product, .plan = id_text(page, p.row.plan_id), .min_e4 = p.row.min_quantity_e4,
        .from_on = p.row.from_on, .until_on = p.row.until_on == DATE_NONE ? DATE_NONE : p.row.until_on - 1, .model = p.row.price_model,
        .price_e4 = p.row.unit_price_e4, .tier_count = rule.tier_count};
    v.tiers = ARENA_ARRAY(page->ctx->arena, struct tier_form, TIERS_MAX);
    for (size_t i = 0; i < rule.tier_count; i++)
        v.tiers[i] = (struct tier_form){rule.tier[i].up_to_e4, rule.tier[i].unit_price_e4, rule.tier[i].flat_e4};
    rows = rule.tier_count + 1 < TIER_ROWS_AT_LEAST ? TIER_ROWS_AT_LEAST : rule.tier_count + 1;
    fill_price(page, &v, rows < TIERS_MAX ? rows : TIERS_MAX, &form);
    if (p.row.id == 0)
        type_empty(&form, "price");
    return show_price(page, &form, &p, 200);
}

static const char *tier_refusal_text(enum tier_refusal refusal)
{
    switch (refusal) {
    case TIER_MISSING: return N_("Enter at least one tier");
    case TIER_OUT_OF_ORDER: return N_("This quantity must be above that of the tier before");
    case TIER_CLOSED: return N_("Leave the quantity of the last tier empty: larger quantities would have no price");
    case TIER_UNWANTED: return N_("This kind of price has no tiers: leave them empty, or choose volume or graduated");
    case TIER_ACCEPTED:
    case TIER_MODEL_UNKNOWN:
    case TIER_TOO_MANY:
    case TIER_PRICE_BOUNDS:
    case TIER_QUANTITY_BOUNDS: break;
    }
    return N_("This tier cannot be: check its quantity and prices");
}

/* A price that is charged as it stands has no more decimals than its currency. */
static void check_decimals(struct page *page, struct form *form, const char *name, int64_t price_e4, const char *code)
{
    const struct currency *currency = currency_find(code);
    int64_t step = PRICE_ONE;

    for (int i = 0; i < currency->digits; i++)
        step /= 10;
    if (step > 1 && price_e4 % step != 0)
        form_error(form, name, tr_fill(page->ctx->arena, "{currency} has {n} decimals: this amount has more", "currency", code, "n",
                                       arena_printf(page->ctx->arena, "%d", currency->digits), NULL));
}

/* The tiers that were filled in; place[i] is the form's row of tier i. */
static void read_tiers(struct page *page, struct form *form, const struct price_form *v, const char *currency, struct price_rule *rule,
                       size_t place[TIERS_MAX])
{
    for (size_t i = 0; i < v->tier_count && rule->tier_count < TIERS_MAX; i++) {
        bool open = typed_empty(page, form, tier_name(page, i, "up_to"));
        bool no_price = typed_empty(page, form, tier_name(page, i, "price"));

        if (open && no_price && typed_empty(page, form, tier_name(page, i, "fee")))
            continue;
        if (no_price && price_model_has_tiers(rule->model))
            form_error(form, tier_name(page, i, "price"), tr("Enter the price of this tier; 0 when it costs nothing"));
        check_decimals(page, form, tier_name(page, i, "fee"), v->tiers[i].fee_e4, currency);
        place[rule->tier_count] = i;
        rule->tier[rule->tier_count++] = (struct tier){open ? TIER_OPEN : v->tiers[i].up_to_e4, v->tiers[i].price_e4, v->tiers[i].fee_e4};
    }
}

static void read_rule(struct page *page, struct form *form, const struct price_form *v, const char *currency, struct price_rule *rule)
{
    size_t place[TIERS_MAX] = {0};
    bool no_price = typed_empty(page, form, "price");
    enum tier_refusal refusal;
    size_t at;

    *rule = (struct price_rule){.model = price_model_from_name(v->model), .unit_price_e4 = v->price_e4};
    if (rule->model == 0) /* told already */
        return;
    read_tiers(page, form, v, currency, rule, place);
    if (price_model_has_tiers(rule->model)) {
        rule->unit_price_e4 = 0;
        if (!no_price)
            form_error(form, "price", tr("Tiers have their own prices: leave this empty"));
    } else if (no_price) {
        form_error(form, "price", tr("Enter a price"));
    } else if (rule->model == PRICE_FLAT) {
        check_decimals(page, form, "price", rule->unit_price_e4, currency);
    }
    refusal = price_rule_refusal(rule, &at);
    if (form->error_count == 0 && refusal != TIER_ACCEPTED)
        form_error(form, tier_name(page, place[at], "up_to"), tr(tier_refusal_text(refusal)));
}

static enum err read_keys(struct page *page, struct form *form, const struct price_form *v, struct pricelist_price_row *row)
{
    struct product_choice choice;
    struct product product = {.id = 0};
    struct plan plan;
    enum err err;

    TRY(page->ctx, load_product_choice(page, true, &choice));
    if (!str_empty(v->product))
        TRY(page->ctx, pick_product(page, form, "product", v->product, &choice, row->product_id, true, &product));
    row->product_id = product.id;
    row->plan_id = 0;
    if (str_empty(v->plan))
        return OK;
    err = admin_id(v->plan) != 0 ? plan_by_id(page->ctx, admin_id(v->plan), &plan) : ERR_NOT_FOUND;
    if (err == ERR_NOT_FOUND)
        form_error(form, "plan", tr("Choose a plan of the list"));
    else if (err != OK)
        return err;
    else
        row->plan_id = plan.id;
    return OK;
}

/* Which row has days in common with what was typed, in words beside the first day. */
static void tell_clash(struct page *page, struct form *form, const struct pricelist_price_row *clash)
{
    form_error(form, "from",
               tr_fill(page->ctx->arena, "The price {price} of the same product, plan and quantity holds {dates}: these days would have two prices",
                       "price", rule_text(page, clash, clash->currency), "dates", dates_text(page, clash->from_on, clash->until_on), NULL));
}

static enum err remove_price(struct page *page, const struct priced *p, struct once *once)
{
    struct listing_result result;
    enum err err = remove_pricelist_price(page->ctx, p->list.id, p->row.id, once, &result);

    if (err != OK)
        return err;
    return result.stale ? page_error(page, 409, NULL) : page_see(page, "%s", result.url);
}

/* Five rows more, with everything that was typed; wrong values are told when the price is saved. */
static enum err more_tiers(struct page *page, struct form *form, const struct priced *p)
{
    size_t count = form_records(form, &price_field[COUNT_OF(price_field) - 1]);
    size_t rows = count + 5 < TIERS_MAX ? count + 5 : TIERS_MAX;
    struct pairs more = {.items = ARENA_ARRAY(page->ctx->arena, struct pair, form->typed.count + 1), .count = form->typed.count};

    memcpy(more.items, form->typed.items, form->typed.count * sizeof *more.items);
    more.items[more.count++] = (struct pair){tier_name(page, rows - 1, "up_to"), ""};
    if (rows > count)
        form->typed = more;
    form->error_count = 0;
    return show_price(page, form, p, 200);
}

enum err page_pricelist_price_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/pricelists/{ref}?did=saved");
    struct listing_result result;
    struct price_form v;
    struct price_rule rule;
    struct priced p;
    struct form form;
    char tiers[TIERS_TEXT_BYTES];
    enum err err = find_price(page, &p);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, price_field, &v))
        return OK;
    if (str_equal(form.button, "tiers"))
        return more_tiers(page, &form, &p);
    if (str_equal(form.button, "remove") && p.row.id != 0)
        return remove_price(page, &p, &once);
    TRY(page->ctx, read_keys(page, &form, &v, &p.row));
    if (v.until_on != DATE_NONE && v.from_on != DATE_NONE && v.until_on < v.from_on)
        form_error(&form, "until", tr("The last day lies before the first"));
    read_rule(page, &form, &v, p.list.currency, &rule);
    if (form.error_count > 0)
        return show_price(page, &form, &p, 422);
    p.row.min_quantity_e4 = v.min_e4;
    p.row.from_on = v.from_on;
    p.row.until_on = v.until_on == DATE_NONE ? DATE_NONE : v.until_on + 1;
    p.row.price_model = price_model_name(rule.model);
    p.row.unit_price_e4 = rule.unit_price_e4;
    p.row.tiers = arena_strdup(page->ctx->arena, tiers_text(&rule, tiers));
    err = change_pricelist_price(page->ctx, &p.row, &once, &result);
    if (err != OK)
        return err;
    if (result.clash == NULL)
        return page_see(page, "%s", result.url);
    tell_clash(page, &form, result.clash);
    return show_price(page, &form, &p, 422);
}

/* ---- what would this customer pay, and why ---- */

struct ask_form {
    const char *customer;
    const char *product;
    const char *plan;
    int64_t quantity_e4;
    int32_t on;
    const char *currency;
};
static const struct field ask_field[] = {
    {.kind = FIELD_TEXT, .name = "customer", .label = N_("Customer"), .max = PICK_TEXT_MAX,
     .hint = N_("Number, name or mail address; empty: a customer who is not known yet"), .offset = offsetof(struct ask_form, customer)},
    {.kind = FIELD_CHOICE, .name = "product", .label = N_("Product"), .required = true, .max = PICK_TEXT_MAX,
     .missing = N_("Choose a product of the list"), .offset = offsetof(struct ask_form, product)},
    {.kind = FIELD_CHOICE, .name = "plan", .label = N_("Plan"), .max = 20, .offset = offsetof(struct ask_form, plan)},
    {.kind = FIELD_DECIMAL, .name = "quantity", .label = N_("Quantity"), .required = true, .digits = 4, .min = 1, .max = QUANTITY_MAX_E4,
     .missing = N_("Enter a quantity"), .offset = offsetof(struct ask_form, quantity_e4)},
    {.kind = FIELD_DATE, .name = "on", .label = N_("Day"), .required = true, .missing = N_("Enter a day"),
     .offset = offsetof(struct ask_form, on)},
    {.kind = FIELD_TEXT, .name = "currency", .label = N_("Currency"), .required = true, .max = 3, .autocomplete = "off",
     .missing = N_("Enter a currency"), .offset = offsetof(struct ask_form, currency)},
};

/* Every price of the product and plan in the order in which they are asked, and which one decides. */
static void fill_asked(struct page *page, const struct price_lists *lists, const struct ask_form *v, int64_t product_id, const struct listed_price *listed)
{
    HDF *hdf = page_tree(page);
    struct price_lists left = *lists;
    bool decided = false;
    int row = 0;

    left.prices = ARENA_ARRAY(page->ctx->arena, struct pricelist_price, lists->count + 1);
    memcpy(left.prices, lists->prices, lists->count * sizeof *left.prices);
    while (row < PREVIEW_ROWS) {
        struct listed_price next;
        HDF *node;
        bool decides;

        if (!listed_price(&left, product_id, admin_id(v->plan), QUANTITY_MAX_E4, &next))
            break;
        node = hdf_row(hdf, "Asked", row++);
        hdf_text(node, "list", next.row != NULL ? next.row->list_name : tr("The product's own price"));
        if (next.row == NULL) {
            struct pricelist_price *own = NULL;

            for (size_t i = left.row_count; i < left.count; i++)
                if (left.prices[i].product_id == product_id && (left.prices[i].plan_id == admin_id(v->plan) || left.prices[i].plan_id == 0) &&
                    str_equal(left.prices[i].currency, lists->currency) && (own == NULL || left.prices[i].plan_id != 0))
                    own = &left.prices[i];
            hdf_text(node, "price", format_price(page->ctx->arena, page->ctx->language, own->rule.unit_price_e4, lists->currency));
            own->product_id = -1;
            decides = listed->row == NULL && !decided;
        } else {
            hdf_text(node, "min", next.row->min_quantity_e4 == 0 ? "" : format_quantity(page->ctx->arena, page->ctx->language, next.row->min_quantity_e4));
            hdf_text(node, "dates", dates_text(page, next.row->from_on, next.row->until_on));
            hdf_text(node, "price", rule_text(page, next.row, lists->currency));
            left.prices[next.row - left.rows].product_id = -1;
            decides = listed->row == next.row;
        }
        page_badge(node, decides ? "ok" : "neutral",
                   decides ? tr("decides") : decided ? tr("not asked any more") : tr("the quantity is too small"));
        decided |= decides;
    }
}

static enum err fill_answer(struct page *page, const struct ask_form *v, int64_t customer_id, int64_t product_id)
{
    struct arena *arena = page->ctx->arena;
    HDF *hdf = page_tree(page);
    struct price_lists lists;
    struct listed_price listed;
    int64_t net;

    TRY(page->ctx, load_price_lists(page->ctx, customer_id, v->currency, v->on, &lists));
    if (!listed_price(&lists, product_id, admin_id(v->plan), v->quantity_e4, &listed)) {
        hdf_text(hdf, "None", tr("No list has a price for this on that day, and the product has no price of its own: the seller types one."));
        return OK;
    }
    if (!price_rule_net(&listed.rule, v->quantity_e4, 0, currency_find(v->currency), &net)) {
        hdf_text(hdf, "None", tr("The amount is too large."));
        return OK;
    }
    hdf_text(hdf, "Answer.net", page_money(page, net, v->currency));
    hdf_text(hdf, "Answer.price", tr_fill(arena, "Price excl. VAT: {price}", "price", view_price(page, &listed.rule, v->quantity_e4, v->currency), NULL));
    hdf_text(hdf, "Answer.tiers", phrase_price(arena, page->ctx->language, &listed.rule, v->currency));
    hdf_text(hdf, "Answer.source", listed.row != NULL ? tr_fill(arena, "From the price list {name}", "name", listed.row->list_name, NULL)
                                                      : tr("The product's own price"));
    if (listed.row != NULL)
        hdf_text(hdf, "Answer.href", arena_printf(arena, "/admin/pricelists/%lld", (long long)listed.pricelist_id));
    fill_asked(page, &lists, v, product_id, &listed);
    return OK;
}

enum err page_price_preview(struct page *page)
{
    const struct ask_form empty = {.customer = "", .product = "", .plan = "", .quantity_e4 = QUANTITY_ONE, .on = page->ctx->today_on,
                                   .currency = house_currency(page)};
    struct customer customer = {.id = 0};
    struct product product = {.id = 0};
    struct product_choice choice;
    struct ask_form v;
    struct form form;
    bool asked = pair_value(&page->request->fields, "product") != NULL;

    if (!asked)
        form_fill(&form, page->ctx, ask_field, COUNT_OF(ask_field), &empty);
    else if (!form_read(&form, page->ctx, ask_field, COUNT_OF(ask_field), &page->request->fields, &v))
        return page_error(page, 400, NULL);
    if (asked && !str_empty(v.customer))
        TRY(page->ctx, pick_customer(page, &form, "customer", v.customer, 0, &customer));
    TRY(page->ctx, load_product_choice(page, true, &choice));
    if (asked && !str_empty(v.product))
        TRY(page->ctx, pick_product(page, &form, "product", v.product, &choice, 0, true, &product));
    if (asked && !str_empty(v.currency) && currency_find(v.currency) == NULL)
        form_error(&form, "currency", tr("This is not a currency: three capital letters, such as EUR"));
    view_form(page->ctx, page_tree(page), &form);
    TRY(page->ctx, offer_customers(page, page_tree(page), &form, "customer"));
    TRY(page->ctx, fill_choices(page, page_tree(page), &form));
    if (asked && form.error_count == 0)
        TRY(page->ctx, fill_answer(page, &v, customer.id, product.id));
    return page_show(page, form.error_count > 0 ? 422 : 200, tr("What a customer pays"), "admin/price_preview.cs");
}
