/* coupons: the codes, who entered them, and making one. */
#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "core/discount.h"
#include "page/admin/admin.h"
#include "page/admin/amounts.h"
#include "page/coupon_form.h"
#include "service/couponing.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

static const char *house_currency(const struct page *page)
{
    return page->company.id != 0 ? page->company.currency : "EUR";
}

static const char *what_text(const struct page *page, const struct coupon *c)
{
    struct arena *arena = page->ctx->arena;
    const char *what = phrase_discount(arena, page->ctx->language, c->ppm, c->amount_minor, c->currency, (struct recurrence){0}, 0);

    if (c->periods == 0)
        return what;
    return tr_fill(arena, "{discount}, {n} periods", "discount", what, "n", page_number(page, c->periods), NULL);
}

static const char *dates_text(const struct page *page, const struct coupon *c)
{
    return c->until_on == DATE_NONE
               ? tr_fill(page->ctx->arena, "from {from}", "from", page_date(page, c->from_on), NULL)
               : tr_fill(page->ctx->arena, "{from} to {to}", "from", page_date(page, c->from_on), "to", page_date(page, c->until_on - 1), NULL);
}

static const char *count_text(const struct page *page, const struct coupon *c)
{
    return c->max_redemptions == 0 ? page_number(page, c->redeemed)
                                   : tr_fill(page->ctx->arena, "{n} of {max}", "n", page_number(page, c->redeemed), "max",
                                             page_number(page, c->max_redemptions), NULL);
}

enum err page_coupons(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct coupon *rows;
    size_t count;

    admin_flash(page);
    TRY(page->ctx, coupons(page->ctx, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/coupons/%lld", (long long)rows[i].id));
        hdf_text(node, "code", rows[i].code);
        hdf_text(node, "what", what_text(page, &rows[i]));
        hdf_text(node, "dates", dates_text(page, &rows[i]));
        hdf_text(node, "count", count_text(page, &rows[i]));
        hdf_flag(node, "archived", str_equal(rows[i].state, "archived"));
    }
    if (count == 0) {
        hdf_text(hdf, "Empty.text", tr("There is no coupon yet. Customers enter its code on their quote."));
        hdf_text(hdf, "Empty.href", "/admin/coupons/new");
        hdf_text(hdf, "Empty.action", tr("New coupon"));
    }
    return page_show(page, 200, tr("Coupons"), "admin/coupons.cs");
}

struct coupon_form {
    int64_t rev;
    const char *code;
    int64_t ppm;
    int64_t amount;
    int64_t periods;
    int32_t from_on;
    int32_t until_on; /* last day */
    int64_t max_redemptions;
    bool many;
    bool archived;
};
static const struct field coupon_field[] = {
    {.kind = FIELD_INTEGER, .name = "rev", .min = 0, .max = INT32_MAX, .offset = offsetof(struct coupon_form, rev)},
    {.kind = FIELD_TEXT, .name = "code", .label = N_("Code"), .required = true, .max = 60, .autocomplete = "off",
     .hint = N_("3 to 40 letters, digits and dashes, such as SUMMER-26"), .missing = N_("Enter a code"), .offset = offsetof(struct coupon_form, code)},
    {.kind = FIELD_DECIMAL, .name = "percent", .label = N_("Discount %"), .digits = 4, .min = 0, .max = RATE_ONE,
     .offset = offsetof(struct coupon_form, ppm)},
    {.kind = FIELD_DECIMAL, .name = "amount", .label = N_("or an amount off"), .digits = AMOUNT_DIGITS, .min = 0, .max = AMOUNT_MAX,
     .hint = N_("Off each invoice"), .offset = offsetof(struct coupon_form, amount)},
    {.kind = FIELD_INTEGER, .name = "periods", .label = N_("For how many periods"), .min = 0, .max = DISCOUNT_PERIODS_MAX,
     .hint = N_("0: for ever"), .offset = offsetof(struct coupon_form, periods)},
    {.kind = FIELD_DATE, .name = "from", .label = N_("First day"), .required = true, .missing = N_("Enter the first day"),
     .offset = offsetof(struct coupon_form, from_on)},
    {.kind = FIELD_DATE, .name = "until", .label = N_("Last day"), .hint = N_("Empty: no end"), .offset = offsetof(struct coupon_form, until_on)},
    {.kind = FIELD_INTEGER, .name = "max", .label = N_("At most so many times"), .min = 0, .max = 1000000, .hint = N_("0: as often as it is entered"),
     .offset = offsetof(struct coupon_form, max_redemptions)},
    {.kind = FIELD_CHECK, .name = "many", .label = N_("A customer may use it more than once"), .offset = offsetof(struct coupon_form, many)},
    {.kind = FIELD_CHECK, .name = "archived", .label = N_("No longer accepted"), .offset = offsetof(struct coupon_form, archived)},
};

static enum err find_coupon(struct page *page, struct coupon *coupon)
{
    *coupon = (struct coupon){.code = "", .currency = house_currency(page), .from_on = page->ctx->today_on, .until_on = DATE_NONE,
                              .once_per_customer = true, .state = "active"};
    if (page->arg[0] == NULL || page->arg[0][0] == '\0')
        return OK;
    return coupon_by_id(page->ctx, admin_id(page->arg[0]), coupon);
}

static enum err fill_redemptions(struct page *page, HDF *hdf, const struct coupon *coupon)
{
    struct coupon_redemption *rows;
    size_t count;

    TRY(page->ctx, coupon_redemptions(page->ctx, coupon->id, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        bool on_quote = rows[i].quote_id != 0;
        const char *number = on_quote ? rows[i].quote_number : rows[i].subscription_number;

        hdf_text(node, "href", arena_printf(page->ctx->arena, on_quote ? "/admin/quotes/%s" : "/admin/subscriptions/%s", number));
        hdf_text(node, "quote", number);
        hdf_text(node, "customer", rows[i].customer_name);
        hdf_text(node, "at", page_instant(page, rows[i].entered_at));
        hdf_text(node, "by", str_starts(rows[i].entered_by, "seller:") ? tr("Seller") : tr("Customer"));
    }
    return OK;
}

static enum err show_coupon(struct page *page, const struct form *form, const struct coupon *coupon, int64_t rev)
{
    HDF *hdf = page_tree(page);

    view_form(page->ctx, hdf, form);
    hdf_text(hdf, "Action", coupon->id == 0 ? "/admin/coupons/new" : arena_printf(page->ctx->arena, "/admin/coupons/%lld", (long long)coupon->id));
    hdf_flag(hdf, "Exists", coupon->id != 0);
    hdf_text(hdf, "Currency", coupon->currency);
    if (coupon->id != 0) {
        hdf_number(hdf, "Token.rev", rev);
        hdf_text(hdf, "What", what_text(page, coupon));
        hdf_text(hdf, "Count", count_text(page, coupon));
        TRY(page->ctx, fill_redemptions(page, hdf, coupon));
    }
    return page_show(page, form->error_count > 0 ? 422 : 200,
                     coupon->id == 0 ? tr("New coupon") : tr_fill(page->ctx->arena, "Coupon {code}", "code", coupon->code, NULL), "admin/coupon_edit.cs");
}

enum err page_coupon_edit(struct page *page)
{
    static const char *const optional[] = {"percent", "amount", "periods", "max"};
    struct coupon_form v;
    struct coupon coupon;
    struct form form;
    enum err err = find_coupon(page, &coupon);

    if (err != OK)
        return err;
    v = (struct coupon_form){.rev = coupon.rev, .code = coupon.code, .ppm = coupon.ppm, .amount = amount_to_type(coupon.amount_minor, coupon.currency),
        .periods = coupon.periods, .from_on = coupon.from_on, .until_on = coupon.until_on == DATE_NONE ? DATE_NONE : coupon.until_on - 1,
        .max_redemptions = coupon.max_redemptions, .many = !coupon.once_per_customer, .archived = str_equal(coupon.state, "archived")};
    form_fill(&form, page->ctx, coupon_field, COUNT_OF(coupon_field), &v);
    for (size_t i = 0; i < form.typed.count; i++)
        for (size_t j = 0; j < COUNT_OF(optional); j++)
            if (str_equal(form.typed.items[i].name, optional[j]) && strspn(form.typed.items[i].value, "0.,") == strlen(form.typed.items[i].value))
                form.typed.items[i].value = "";
    return show_coupon(page, &form, &coupon, coupon.rev);
}

/* What it takes off, and its code, are asked when it is made; later they stand. */
static void read_kind(struct page *page, struct form *form, const struct coupon_form *v, struct coupon *coupon)
{
    char *code = arena_strdup(page->ctx->arena, v->code);

    if (v->code[0] != '\0' && !coupon_code_normalise(code))
        form_error(form, "code", tr("A code has 3 to 40 letters, digits and dashes"));
    coupon->code = code;
    coupon->ppm = (int32_t)v->ppm;
    coupon->amount_minor = amount_typed(page, form, "amount", v->amount, coupon->currency);
    coupon->periods = (int32_t)v->periods;
    if (v->ppm > 0 && v->amount > 0)
        form_error(form, "amount", tr("A discount is a percentage or an amount: leave one of them empty"));
    else if (v->ppm == 0 && v->amount == 0 && form->error_count == 0)
        form_error(form, "percent", tr("Enter a percentage or an amount"));
}

enum err page_coupon_edit_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/coupons?did=saved");
    struct couponing_result result;
    struct coupon_form v;
    struct coupon coupon;
    struct form form;
    enum err err = find_coupon(page, &coupon);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, coupon_field, &v))
        return OK;
    if (coupon.id == 0)
        read_kind(page, &form, &v, &coupon);
    else if (v.code[0] != '\0' && !str_equal(v.code, coupon.code))
        form_error(&form, "code", tr("The code stands on quotes: make a new coupon instead"));
    if (v.until_on != DATE_NONE && v.from_on != DATE_NONE && v.until_on < v.from_on)
        form_error(&form, "until", tr("The last day lies before the first"));
    if (form.error_count > 0)
        return show_coupon(page, &form, &coupon, v.rev);
    coupon.rev = (int32_t)v.rev;
    coupon.from_on = v.from_on;
    coupon.until_on = v.until_on == DATE_NONE ? DATE_NONE : v.until_on + 1;
    coupon.max_redemptions = (int32_t)v.max_redemptions;
    coupon.once_per_customer = !v.many;
    coupon.state = v.archived ? "archived" : "active";
    err = change_coupon(page->ctx, &coupon, &once, &result);
    if (err != OK)
        return err;
    if (result.stale)
        return page_error(page, 409, NULL);
    if (result.taken)
        form_error(&form, "code", tr("Another coupon has this code"));
    if (result.too_few)
        form_error(&form, "max", tr("It has been used more often already"));
    return form.error_count > 0 ? show_coupon(page, &form, &coupon, v.rev) : page_see(page, "%s", result.url);
}
