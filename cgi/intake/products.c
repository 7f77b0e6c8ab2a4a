/* products: a file's rows of products with their prices and costs, in the company's currency. */
#include <string.h>

#include "base/check.h"
#include "intake/kinds.h"
#include "intake/product_form.h"
#include "service/cataloguing.h"
#include "store/product_cost.h"
#include "text/words.h"

enum { EXPORT_ROWS = 500 };

static const struct column_text column[] = {
    {"code", {"LIC-PRO", "SETUP"}, NULL, false},
    {"name", {"Licence Pro", "Setting up"}, NULL, false},
    {"description", {"", ""}, NULL, false},
    {"kind", {"service", "service"}, NULL, false},
    {"unit", {"user", ""}, NULL, false},
    {"timing", {"", ""}, NULL, false},
    {"tax", {"standard", "standard"}, NULL, false},
    {"account", {"", ""}, NULL, false},
    {"archived", {"0", "0"}, NULL, false},
};

static size_t price_slots(const struct reading *r)
{
    return r->plan_count + 1 < PRODUCT_PRICES_MAX ? r->plan_count + 1 : PRODUCT_PRICES_MAX;
}

static int64_t plan_of_slot(const struct reading *r, size_t slot)
{
    return slot == 0 ? 0 : r->plans[slot - 1].id;
}

static const struct price *price_in(const struct reading *r, const struct price *list, size_t count, size_t slot)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].plan_id == plan_of_slot(r, slot) && str_equal(list[i].currency, r->company.currency))
            return &list[i];
    return NULL;
}

static const struct product_cost *cost_in(const struct reading *r, const struct product_cost *list, size_t count, size_t slot)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].plan_id == plan_of_slot(r, slot) && str_equal(list[i].currency, r->company.currency))
            return &list[i];
    return NULL;
}

/* What a product has before the file: prices and costs. */
struct amounts {
    struct price *prices;
    size_t price_count;
    struct product_cost *costs;
    size_t cost_count;
};

static enum err load_amounts(struct reading *r, int64_t product_id, struct amounts *amounts)
{
    *amounts = (struct amounts){.price_count = 0};
    if (product_id == 0)
        return OK;
    TRY(r->ctx, prices(r->ctx, product_id, &amounts->prices, &amounts->price_count));
    return product_costs(r->ctx, product_id, &amounts->costs, &amounts->cost_count);
}

static void empty_field(struct form *form, const char *name)
{
    for (size_t i = 0; i < form->typed.count; i++)
        if (str_equal(form->typed.items[i].name, name))
            form->typed.items[i].value = "";
}

/* The form as the page would show it: a price or cost that is not there is an empty field. */
static void fill(struct reading *r, const struct product *before, const struct amounts *old, struct form *base)
{
    struct product_form values = product_form_of(before);
    struct arena *arena = r->ctx->arena;

    values.price_count = price_slots(r);
    values.prices = ARENA_ARRAY(arena, struct price_form, values.price_count);
    for (size_t i = 0; i < values.price_count; i++) {
        const struct price *price = price_in(r, old->prices, old->price_count, i);
        const struct product_cost *cost = cost_in(r, old->costs, old->cost_count, i);

        values.prices[i] = (struct price_form){.plan = arena_printf(arena, "%lld", (long long)plan_of_slot(r, i)),
                                               .price_e4 = price != NULL ? price->unit_price_e4 : 0,
                                               .cost_e4 = cost != NULL ? cost->unit_cost_e4 : 0};
    }
    form_fill(base, r->ctx, product_field, PRODUCT_FIELDS, &values);
    for (size_t i = 0; i < values.price_count; i++) {
        if (price_in(r, old->prices, old->price_count, i) == NULL)
            empty_field(base, arena_printf(arena, "price.%zu.price", i));
        if (cost_in(r, old->costs, old->cost_count, i) == NULL)
            empty_field(base, arena_printf(arena, "price.%zu.cost", i));
    }
}

static bool same(const struct product *a, const struct product *b)
{
    return str_equal(a->code, b->code) && str_equal(a->name, b->name) && str_equal(a->description, b->description) &&
           str_equal(a->kind, b->kind) && str_equal(a->unit, b->unit) && str_equal(a->tax_class, b->tax_class) && str_equal(a->timing, b->timing) &&
           str_equal(a->revenue_account, b->revenue_account) &&
           str_equal(a->state, b->state);
}

static bool left_empty(const struct reading *r, const struct form *form, size_t slot, const char *field)
{
    const char *typed = form_typed(form, arena_printf(r->ctx->arena, "price.%zu.%s", slot, field));

    return typed == NULL || typed[0] == '\0';
}

/* The prices and costs that differ from what is there. */
static void changed_amounts(struct reading *r, const struct form *form, const struct product_form *values,
                            const struct amounts *old, struct item *item)
{
    struct product *product = &item->product;

    item->prices = ARENA_ARRAY(r->ctx->arena, struct price, values->price_count);
    product->costs = ARENA_ARRAY(r->ctx->arena, struct product_cost, values->price_count);
    product->cost_count = 0;
    for (size_t i = 0; i < values->price_count; i++) {
        const struct price *price = price_in(r, old->prices, old->price_count, i);
        const struct product_cost *cost = cost_in(r, old->costs, old->cost_count, i);
        int64_t price_e4 = left_empty(r, form, i, "price") ? PRICE_REMOVED : values->prices[i].price_e4;
        int64_t cost_e4 = left_empty(r, form, i, "cost") ? COST_REMOVED : values->prices[i].cost_e4;

        if (price_e4 != (price != NULL ? price->unit_price_e4 : PRICE_REMOVED))
            item->prices[item->price_count++] = (struct price){
                .plan_id = plan_of_slot(r, i), .currency = r->company.currency, .unit_price_e4 = price_e4};
        if (cost_e4 != (cost != NULL ? cost->unit_cost_e4 : COST_REMOVED))
            product->costs[product->cost_count++] = (struct product_cost){
                .plan_id = plan_of_slot(r, i), .currency = r->company.currency, .unit_cost_e4 = cost_e4};
    }
}

static enum err read(struct reading *r, struct item *item)
{
    struct product before = {.code = "", .name = "", .description = "", .kind = "service", .unit = "", .timing = "", .tax_class = "standard",
                             .revenue_account = "", .state = "active"};
    enum err err = product_by_code(r->ctx, item->reference, &before);
    struct product_form values;
    struct amounts old;
    struct form base;
    struct form form;

    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    TRY(r->ctx, load_amounts(r, before.id, &old));
    fill(r, &before, &old, &base);
    CHECK(read_form(r, &item->records[0], &base, &values, &form));
    product_form_check(&form, &values);
    TRY(r->ctx, product_form_account(r->ctx, &form, &values));
    if (!form_fine(r, &item->records[0], &form))
        return OK;
    item->product = before;
    product_of_form(&values, &item->product);
    item->product.rev = before.rev;
    changed_amounts(r, &form, &values, &old, item);
    item->fate = before.id == 0 ? FATE_NEW
                 : item->price_count == 0 && item->product.cost_count == 0 && same(&before, &item->product) ? FATE_UNCHANGED : FATE_CHANGED;
    return OK;
}

static enum err write(struct reading *r, struct item *item)
{
    enum err err = put_product(r->ctx, &item->product, item->prices, item->price_count);

    return err == ERR_CONFLICT ? ERR_DB_RETRY : err;
}

static enum err export_one(struct reading *r, const struct product *p, struct str *out)
{
    const char *cells[COUNT_OF(column) + 2 * PRODUCT_PRICES_MAX] = {p->code, p->name, p->description, p->kind, p->unit, p->timing, p->tax_class,
                                                                p->revenue_account,
                                                                str_equal(p->state, "archived") ? "1" : "0"};
    size_t cell = COUNT_OF(column);
    struct amounts has;

    TRY(r->ctx, load_amounts(r, p->id, &has));
    for (size_t slot = 0; slot < price_slots(r) && cell < CSV_COLUMNS_MAX; slot++) {
        const struct price *price = price_in(r, has.prices, has.price_count, slot);

        cells[cell++] = price != NULL ? decimal_text(r->ctx->arena, price->unit_price_e4, 4) : "";
    }
    for (size_t slot = 0; slot < price_slots(r) && cell < CSV_COLUMNS_MAX; slot++) {
        const struct product_cost *cost = cost_in(r, has.costs, has.cost_count, slot);

        cells[cell++] = cost != NULL ? decimal_text(r->ctx->arena, cost->unit_cost_e4, 4) : "";
    }
    csv_append(out, ';', cells, cell);
    return OK;
}

static enum err export_some(struct reading *r, int64_t *after_id, bool *more, struct str *out)
{
    struct product *list;
    size_t count;

    TRY(r->ctx, products_after(r->ctx, *after_id, EXPORT_ROWS, &list, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(r->ctx, export_one(r, &list[i], out));
        *after_id = list[i].id;
    }
    *more = count == EXPORT_ROWS;
    return OK;
}

const struct kind product_kind = {
    .name = "products", .text = N_("Products"), .fields = product_field, .field_count = PRODUCT_FIELDS, .columns = column,
    .column_count = COUNT_OF(column), .prices = true, .reference = "code", .read = read, .write = write,
    .export_some = export_some};
