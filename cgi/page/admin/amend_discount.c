#include "page/admin/amend_discount.h"

#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "page/admin/amounts.h"
#include "page/subscription_view.h"
#include "service/contract.h"
#include "text/words.h"

enum { KEY_MAX = 80 };

const struct field amend_standing_field[AMEND_STANDING_FIELDS] = {
    {.kind = FIELD_HIDDEN, .name = "key", .max = KEY_MAX, .offset = offsetof(struct amend_standing_form, key)},
    {.kind = FIELD_CHECK, .name = "end", .label = N_("End this discount"), /* its words: amend_discount_fill */
     .offset = offsetof(struct amend_standing_form, end)},
};

static const char *key_of(struct arena *arena, const struct discount *discount)
{
    struct discounts one = {.count = 1, .of = {*discount}};
    char text[DISCOUNTS_TEXT_BYTES];

    one.of[0].periods = one.of[0].from = 0;
    return arena_strdup(arena, discounts_text(&one, text));
}

static bool is_over(const struct standing_discount *standing)
{
    return standing->until_on != DATE_NONE && standing->bills == 0;
}

void amend_discount_start(struct page *page, const struct subscription *s, const struct subscription_line *lines, size_t line_count,
                          struct amend_discount_form *form)
{
    struct standing_discount standing[DISCOUNTS_KEPT];
    size_t count = standing_discounts(s, lines, line_count, page->ctx->today_on, standing);

    *form = (struct amend_discount_form){.standing = ARENA_ARRAY(page->ctx->arena, struct amend_standing_form, DISCOUNTS_KEPT), .code = ""};
    for (size_t i = 0; i < count; i++)
        if (!is_over(&standing[i]))
            form->standing[form->standing_count++].key = key_of(page->ctx->arena, &standing[i].discount);
}

/* The discount that begins, of the seller's own. */
static void read_own(struct page *page, struct form *form, const struct amend_discount_form *typed, const struct subscription *s, struct amending *a)
{
    a->own = (struct discount){.ppm = (int32_t)typed->ppm, .periods = (int32_t)typed->periods,
                               .amount_minor = amount_typed(page, form, "amount", typed->amount, s->currency)};
    if (typed->ppm > 0 && typed->amount > 0)
        form_error(form, "amount", tr("A discount is a percentage or an amount: leave one of them empty"));
    if (typed->periods > 0 && typed->ppm == 0 && typed->amount == 0)
        form_error(form, "percent", tr("Enter the discount that these periods have"));
}

void amend_discount_read(struct page *page, struct form *form, const struct amend_discount_form *typed, const struct subscription *s,
                         struct amending *a)
{
    struct discount *ends = ARENA_ARRAY(page->ctx->arena, struct discount, typed->standing_count + 1);

    for (size_t i = 0; i < typed->standing_count; i++) {
        struct discounts said;

        if (typed->standing[i].end && discounts_parse(typed->standing[i].key, &said) && said.count == 1)
            ends[a->end_count++] = said.of[0];
    }
    a->ends = ends;
    a->coupon = typed->code;
    read_own(page, form, typed, s, a);
    if (a->end_count == 0 && typed->ppm == 0 && typed->amount == 0 && str_empty(typed->code) && form->error_count == 0)
        form_error(form, "percent", tr("Enter a percentage, an amount or a code, or end a discount"));
    if (a->when == AMENDMENT_ON_DATE && a->on != DATE_NONE && a->on < page->ctx->today_on)
        form_error(form, "on", tr("This day lies in the past"));
}

void amend_discount_fill(struct page *page, HDF *hdf, const struct form *form, const struct subscription *s, const struct subscription_line *lines,
                         size_t line_count)
{
    struct standing_discount standing[DISCOUNTS_KEPT];
    size_t count = standing_discounts(s, lines, line_count, page->ctx->today_on, standing);
    HDF *root = hdf_node(hdf, "Form");

    for (size_t r = 0; r < AMEND_STANDING_MAX; r++) {
        const char *key = form_typed(form, arena_printf(page->ctx->arena, "standing.%zu.key", r));

        for (size_t i = 0; i < count && key != NULL; i++)
            if (str_equal(key, key_of(page->ctx->arena, &standing[i].discount))) {
                HDF *row = hdf_row(root, "standing", (int)r);

                hdf_flag(hdf, "Standing", true);
                hdf_flag(row, "stands", true);
                hdf_text(row, "end.label", tr_fill(page->ctx->arena, "End: {discount}", "discount", view_discount(page, s, &standing[i]), NULL));
            }
    }
}
