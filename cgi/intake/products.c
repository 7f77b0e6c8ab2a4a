/* products: a file's rows of products with their prices, in the company's currency. */
#include <string.h>

#include "base/check.h"
#include "intake/kinds.h"
#include "intake/product_form.h"
#include "service/cataloguing.h"
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

/* The form as the page would show it: a price that is not there is an empty field. */
static void fill(struct reading *r, const struct product *before, const struct price *old, size_t old_count, struct form *base)
{
    struct product_form values = product_form_of(before);
    struct arena *arena = r->ctx->arena;

    values.price_count = price_slots(r);
    values.prices = ARENA_ARRAY(arena, struct price_form, values.price_count);
    for (size_t i = 0; i < values.price_count; i++) {
        const struct price *price = price_in(r, old, old_count, i);

        values.prices[i] = (struct price_form){arena_printf(arena, "%lld", (long long)plan_of_slot(r, i)),
                                               price != NULL ? price->unit_price_e4 : 0};
    }
    form_fill(base, r->ctx, product_field, PRODUCT_FIELDS, &values);
    for (size_t i = 0; i < values.price_count; i++) {
        const char *name = arena_printf(arena, "price.%zu.price", i);

        for (size_t p = 0; price_in(r, old, old_count, i) == NULL && p < base->typed.count; p++)
            if (str_equal(base->typed.items[p].name, name))
                base->typed.items[p].value = "";
    }
}

static bool same(const struct product *a, const struct product *b)
{
    return str_equal(a->code, b->code) && str_equal(a->name, b->name) && str_equal(a->description, b->description) &&
           str_equal(a->kind, b->kind) && str_equal(a->unit, b->unit) && str_equal(a->tax_class, b->tax_class) && str_equal(a->timing, b->timing) &&
           str_equal(a->revenue_account, b->revenue_account) &&
           str_equal(a->state, b->state);
}

/* The prices that differ from what is there. */
static void changed_prices(struct reading *r, const struct form *form, const struct product_form *values,
                           const struct price *old, size_t old_count, struct item *item)
{
    item->prices = ARENA_ARRAY(r->ctx->arena, struct price, values->price_count);
    for (size_t i = 0; i < values->price_count; i++) {
        const char *typed = form_typed(form, arena_printf(r->ctx->arena, "price.%zu.price", i));
        const struct price *before = price_in(r, old, old_count, i);
        int64_t wanted = typed == NULL || typed[0] == '\0' ? PRICE_REMOVED : values->prices[i].price_e4;

        if (wanted != (before != NULL ? before->unit_price_e4 : PRICE_REMOVED))
            item->prices[item->price_count++] = (struct price){
                .plan_id = plan_of_slot(r, i), .currency = r->company.currency, .unit_price_e4 = wanted};
    }
}

static enum err read(struct reading *r, struct item *item)
{
    struct product before = {.code = "", .name = "", .description = "", .kind = "service", .unit = "", .timing = "", .tax_class = "standard",
                             .revenue_account = "", .state = "active"};
    enum err err = product_by_code(r->ctx, item->reference, &before);
    struct product_form values;
    struct price *old = NULL;
    size_t old_count = 0;
    struct form base;
    struct form form;

    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    if (before.id != 0)
        TRY(r->ctx, prices(r->ctx, before.id, &old, &old_count));
    fill(r, &before, old, old_count, &base);
    CHECK(read_form(r, &item->records[0], &base, &values, &form));
    product_form_check(&form, &values);
    TRY(r->ctx, product_form_account(r->ctx, &form, &values));
    if (!form_fine(r, &item->records[0], &form))
        return OK;
    item->product = before;
    product_of_form(&values, &item->product);
    item->product.rev = before.rev;
    changed_prices(r, &form, &values, old, old_count, item);
    item->fate = before.id == 0 ? FATE_NEW
                 : item->price_count == 0 && same(&before, &item->product) ? FATE_UNCHANGED : FATE_CHANGED;
    return OK;
}

static enum err write(struct reading *r, struct item *item)
{
    enum err err = put_product(r->ctx, &item->product, item->prices, item->price_count);

    return err == ERR_CONFLICT ? ERR_DB_RETRY : err;
}

static enum err export_one(struct reading *r, const struct product *p, struct str *out)
{
    const char *cells[COUNT_OF(column) + PRODUCT_PRICES_MAX] = {p->code, p->name, p->description, p->kind, p->unit, p->timing, p->tax_class,
                                                                p->revenue_account,
                                                                str_equal(p->state, "archived") ? "1" : "0"};
    size_t cell = COUNT_OF(column);
    struct price *list;
    size_t count;

    TRY(r->ctx, prices(r->ctx, p->id, &list, &count));
    for (size_t slot = 0; slot < price_slots(r) && cell < CSV_COLUMNS_MAX; slot++) {
        const struct price *price = price_in(r, list, count, slot);

        cells[cell++] = price != NULL ? decimal_text(r->ctx->arena, price->unit_price_e4, 4) : "";
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
