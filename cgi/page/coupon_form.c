#include "page/coupon_form.h"

#include "base/check.h"
#include "base/str.h"
#include "service/couponing.h"
#include "text/words.h"

struct coupon_form {
    const char *code;
};
static const struct field coupon_field[] = {
    {.kind = FIELD_TEXT, .name = "coupon", .label = N_("Discount code"), .max = 60, .autocomplete = "off",
     .offset = offsetof(struct coupon_form, code)},
};

static bool may_enter(const struct offer *offer, bool by_seller)
{
    if (offer->quote.kind == QUOTE_UPSELL)
        return false; /* the contract keeps its own */
    return (by_seller && offer->quote.state == QUOTE_DRAFT) || quote_may_be_changed(&offer->facts) == QUOTE_NOT_REFUSED;
}

enum err view_coupon(struct page *page, HDF *hdf, const struct offer *offer, bool by_seller, const char *action, const struct form *form)
{
    const struct coupon_form empty = {""};
    bool entered = !str_empty(offer->quote.coupon);
    struct form fresh;
    bool any;

    if (!may_enter(offer, by_seller))
        return OK;
    TRY(page->ctx, coupons_exist(page->ctx, &any));
    if (!any && !entered)
        return OK;
    form_fill(&fresh, page->ctx, coupon_field, COUNT_OF(coupon_field), &empty);
    view_form(page->ctx, hdf, form != NULL ? form : &fresh);
    hdf_text(hdf, "Coupon.action", action);
    if (entered)
        hdf_text(hdf, "Coupon.entered",
                 tr_fill(page->ctx->arena, "Discount code {code}", "code", offer->discounts.of[offer->discounts.count - 1].code, NULL));
    return OK;
}

enum err post_coupon(struct page *page, const struct offer *offer, bool by_seller, const struct once *once, struct form *form, bool *again)
{
    struct couponing_result result;
    struct coupon_form values;
    enum err err;

    *again = false;
    if (!PAGE_FORM(page, form, coupon_field, &values))
        return OK;
    if (str_equal(form->button, "remove"))
        err = remove_coupon(page->ctx, offer->quote.id, by_seller, once, &result);
    else if (str_empty(values.code))
        err = (form_error(form, "coupon", tr("Enter the code")), OK);
    else
        err = enter_coupon(page->ctx, offer->quote.id, values.code, by_seller, once, &result);
    *again = form->error_count > 0;
    if (err != OK || *again)
        return err;
    if (result.quote != QUOTE_NOT_REFUSED)
        return page_error(page, 409, tr(quote_refusal_text(result.quote)));
    if (result.stale)
        return page_see(page, "%s", once->to);
    if (result.has_one)
        form_error(form, "coupon", tr("The quote has a code already: remove it first"));
    else if (result.coupon != COUPON_ACCEPTED)
        form_error(form, "coupon", tr(coupon_refusal_text(result.coupon)));
    *again = form->error_count > 0;
    return *again ? OK : page_see(page, "%s", result.url);
}
