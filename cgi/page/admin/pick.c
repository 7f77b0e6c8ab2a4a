#include "page/admin/pick.h"

#include <string.h>

#include "base/str.h"
#include "text/words.h"

enum { NAMED_MAX = 5 }; /* in "Several fit: …" */

const char *pick_text(struct arena *arena, const char *name, const char *key)
{
    return arena_printf(arena, "%s (%s)", name, key);
}

/* KEY of "Name (KEY)"; the text itself where it is not of that kind. */
static const char *key_of(struct arena *arena, const char *typed)
{
    size_t length = strlen(typed);
    const char *open = strrchr(typed, '(');

    if (open == NULL || typed[length - 1] != ')')
        return typed;
    return arena_strndup(arena, open + 1, (size_t)(typed + length - 1 - (open + 1)));
}

static const char *several(struct arena *arena, const char *names, size_t count, const char *kind)
{
    return tr_fill(arena, kind, "names", count > NAMED_MAX ? arena_printf(arena, "%s, …", names) : names, NULL);
}

/* ---- customers ---- */

static enum err customers_fitting(struct ctx *ctx, const char *typed, struct customer_name **rows, size_t *count)
{
    TRY(ctx, customers_named(ctx, typed, NAMED_MAX + 1, rows, count));
    return *count > 0 ? OK : customers_like(ctx, typed, NAMED_MAX + 1, rows, count);
}

static void refuse_several_customers(struct page *page, struct form *form, const char *field, const struct customer_name *rows, size_t count)
{
    const char *names = "";

    for (size_t i = 0; i < count && i < NAMED_MAX; i++)
        names = arena_printf(page->ctx->arena, "%s%s%s", names, i > 0 ? ", " : "", pick_text(page->ctx->arena, rows[i].name, rows[i].number));
    form_error(form, field, several(page->ctx->arena, names, count, tr("Several customers fit: enter the number of one. {names}")));
}

enum err pick_customer(struct page *page, struct form *form, const char *field, const char *typed, int64_t present_id, struct customer *customer)
{
    struct customer_name *rows;
    size_t count;
    enum err err = customer_by_number(page->ctx, key_of(page->ctx->arena, typed), customer);

    if (err == ERR_NOT_FOUND) {
        TRY(page->ctx, customers_fitting(page->ctx, typed, &rows, &count));
        if (count > 1)
            refuse_several_customers(page, form, field, rows, count);
        else if (count == 0)
            form_error(form, field, tr("No customer fits: enter a number, a name or a mail address"));
        else
            return customer_by_id(page->ctx, rows[0].id, customer);
        *customer = (struct customer){.id = 0};
        return OK;
    }
    if (err != OK)
        return err;
    if (!str_equal(customer->state, "active") && customer->id != present_id) {
        form_error(form, field, tr("This customer is archived: choose another"));
        customer->id = 0;
    }
    return OK;
}

static bool has_error(const struct form *form, const char *field)
{
    for (size_t i = 0; i < form->error_count; i++)
        if (str_equal(form->errors[i].name, field))
            return true;
    return false;
}

enum err offer_customers(struct page *page, HDF *hdf, const struct form *form, const char *field)
{
    const char *typed = form_typed(form, field);
    struct customer_name *rows;
    size_t count = 0;

    if (typed != NULL && has_error(form, field))
        TRY(page->ctx, customers_like(page->ctx, typed, PICK_OFFERED, &rows, &count));
    if (count == 0)
        TRY(page->ctx, customers_like(page->ctx, "", PICK_OFFERED, &rows, &count));
    for (size_t i = 0; i < count; i++)
        view_option(hdf, field, (int)i, pick_text(page->ctx->arena, rows[i].name, rows[i].number), rows[i].email, false);
    return OK;
}

/* ---- products ---- */

static const char *id_text(struct arena *arena, int64_t id)
{
    return arena_printf(arena, "%lld", (long long)id);
}

enum err load_product_choice(struct page *page, bool archived, struct product_choice *choice)
{
    TRY(page->ctx, products_like(page->ctx, "", archived, PRODUCTS_LISTED + 1, &choice->products, &choice->count));
    choice->typed = choice->count > PRODUCTS_LISTED;
    if (choice->typed)
        choice->count = PICK_OFFERED;
    return OK;
}

enum err shown_product(struct page *page, const struct product_choice *choice, int64_t product_id, const char **shown)
{
    struct product product;

    *shown = product_id == 0 ? "" : id_text(page->ctx->arena, product_id);
    if (product_id == 0 || !choice->typed)
        return OK;
    TRY(page->ctx, product_by_id(page->ctx, product_id, &product));
    *shown = pick_text(page->ctx->arena, product.name, product.code);
    return OK;
}

static enum err typed_product(struct page *page, struct form *form, const char *field, const char *typed, bool archived, struct product *product)
{
    const char *names = "";
    struct product *rows;
    size_t count;
    enum err err = product_by_code(page->ctx, key_of(page->ctx->arena, typed), product);

    if (err != ERR_NOT_FOUND)
        return err;
    *product = (struct product){.id = 0};
    TRY(page->ctx, products_named(page->ctx, typed, archived, NAMED_MAX + 1, &rows, &count));
    if (count == 0)
        TRY(page->ctx, products_like(page->ctx, typed, archived, NAMED_MAX + 1, &rows, &count));
    if (count == 1) {
        *product = rows[0];
        return OK;
    }
    for (size_t i = 0; i < count && i < NAMED_MAX; i++)
        names = arena_printf(page->ctx->arena, "%s%s%s", names, i > 0 ? ", " : "", pick_text(page->ctx->arena, rows[i].name, rows[i].code));
    form_error(form, field, count == 0 ? tr("No product fits: enter a code or a name")
                                       : several(page->ctx->arena, names, count, tr("Several products fit: enter the code of one. {names}")));
    return OK;
}

enum err pick_product(struct page *page, struct form *form, const char *field, const char *typed, const struct product_choice *choice,
                      int64_t present_id, bool archived, struct product *product)
{
    enum err err;

    if (choice->typed) {
        err = typed_product(page, form, field, typed, archived, product);
        if (err != OK)
            return err;
    } else {
        err = admin_id(typed) != 0 ? product_by_id(page->ctx, admin_id(typed), product) : ERR_NOT_FOUND;
        if (err == ERR_NOT_FOUND)
            form_error(form, field, tr("Choose a product of the list"));
        else if (err != OK)
            return err;
        if (err != OK)
            product->id = 0;
    }
    if (product->id != 0 && product->id != present_id && !archived && !str_equal(product->state, "active")) {
        form_error(form, field, tr("This product is not sold any more: choose another"));
        product->id = 0;
    }
    return OK;
}

void offer_products(const struct page *page, HDF *hdf, const struct form *form, const char *field, const struct product_choice *choice,
                    const char *first)
{
    struct arena *arena = page->ctx->arena;
    const char *now = form_typed(form, field);
    int row = 0;

    hdf_flag(hdf_node(hdf_node(hdf, "Form"), field), "typed", choice->typed);
    if (!choice->typed)
        view_option(hdf, field, row++, "", first, false);
    for (size_t i = 0; i < choice->count; i++) {
        const struct product *product = &choice->products[i];
        const char *value = choice->typed ? pick_text(arena, product->name, product->code) : id_text(arena, product->id);

        view_option(hdf, field, row++, value, product->name, str_equal(value, now));
    }
}
