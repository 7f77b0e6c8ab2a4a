/* sign: the customer reads what is signed, types a name, consents. */
#include <string.h>

#include "base/str.h"
#include "page/customer/customer.h"
#include "page/offer_view.h"
#include "service/signing.h"
#include "text/words.h"

struct sign_form {
    int64_t version;
    const char *sha256;
    int64_t today_minor;
    const char *name;
    const char *role;
    bool consent;
};
#define CONSENT N_("I have read and accept the quote and the terms of sale")

static const struct field sign_field[] = {
    {.kind = FIELD_INTEGER, .name = "version", .required = true, .min = 1, .max = 1000000, .offset = offsetof(struct sign_form, version)},
    {.kind = FIELD_HIDDEN, .name = "sha256", .required = true, .max = 64, .offset = offsetof(struct sign_form, sha256)},
    {.kind = FIELD_INTEGER, .name = "today", .required = true, .min = 0, .max = INT64_MAX, .offset = offsetof(struct sign_form, today_minor)},
    {.kind = FIELD_TEXT, .name = "name", .label = N_("First and last name"), .required = true, .max = 200, .autocomplete = "name",
     .missing = N_("Enter your first and last name"), .offset = offsetof(struct sign_form, name)},
    {.kind = FIELD_TEXT, .name = "role", .label = N_("Your function"), .max = 200, .autocomplete = "organization-title",
     .offset = offsetof(struct sign_form, role)},
    {.kind = FIELD_CHECK, .name = "consent", .label = CONSENT, .required = true,
     .missing = N_("Tick the box to accept the quote"), .offset = offsetof(struct sign_form, consent)},
};

static bool pays(const struct offer *offer)
{
    return quote_needs_payment(offer->facts.acceptance) && offer->signing_minor > 0;
}

static enum err show_sign(struct page *page, const struct offer *offer, const char *sha256, const struct form *form)
{
    HDF *hdf = page_tree(page);
    struct arena *arena = page->ctx->arena;
    const char *today = page_money(page, offer->signing_minor, offer->version.currency);
    HDF *steps = hdf;

    hdf_text(hdf_row(steps, "Steps", 0), "t", tr("Read"));
    hdf_text(hdf_row(steps, "Steps", 0), "st", "done");
    hdf_text(hdf_row(steps, "Steps", 1), "t", tr("Sign"));
    hdf_text(hdf_row(steps, "Steps", 1), "st", "current");
    if (pays(offer))
        hdf_text(hdf_row(steps, "Steps", 2), "t", tr("Pay"));
    view_offer(page, hdf, offer, READER_CUSTOMER);
    hdf_text(hdf, "Quote.ref", offer->quote.number);
    hdf_text(hdf, "Quote.number", offer_number(arena, offer));
    hdf_text(hdf, "Quote.mark", arena_strndup(arena, sha256, 16));
    hdf_number(hdf, "Quote.version", offer->version.version);
    hdf_text(hdf, "Quote.sha256", sha256);
    hdf_number(hdf, "Quote.today", offer->signing_minor);
    hdf_text(hdf, "Quote.press", pays(offer) ? tr_fill(arena, "Sign and continue to the payment of {amount}", "amount", today, NULL)
                                             : tr_fill(arena, "Sign: order with an obligation to pay {amount}", "amount", today, NULL));
    return page_show_form(page, form, tr_fill(arena, "Sign quote {number}", "number", offer_number(arena, offer), NULL), "quote/sign.cs");
}

/* Where a customer goes who signed already. */
static enum err lead_on(struct page *page, const struct offer *offer)
{
    return page_see(page, offer->quote.state == QUOTE_CONFIRMED ? "/done/%s" : "/pay/%s", offer->quote.number);
}

enum err page_sign(struct page *page)
{
    const struct sign_form values = {.sha256 = "", .name = "", .role = ""};
    const struct quote_signing all = {true, true, true, true, true};
    enum quote_refusal refusal;
    struct db_bytes pdf;
    struct offer offer;
    struct form form;
    char *sha256;
    enum err err = visible_offer(page, page->arg[0], &offer);

    if (err != OK)
        return err;
    refusal = quote_may_be_signed(&offer.facts, &all);
    if (refusal == QUOTE_IS_SIGNED || refusal == QUOTE_IS_CONFIRMED || refusal == QUOTE_TAKES_NO_SIGNATURE)
        return lead_on(page, &offer);
    if (refusal != QUOTE_NOT_REFUSED)
        return page_error(page, 409, tr(quote_refusal_text(refusal)));
    TRY(page->ctx, offer_document(page->ctx, &offer, &pdf, &sha256));
    form_fill(&form, page->ctx, sign_field, COUNT_OF(sign_field), &values);
    return show_sign(page, &offer, sha256, &form);
}

enum err page_sign_post(struct page *page)
{
    struct signing_result result;
    struct sign_form values;
    struct once once;
    struct db_bytes pdf;
    struct offer offer;
    struct form form;
    char *sha256;
    enum err err = visible_offer(page, page->arg[0], &offer);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, sign_field, &values))
        return OK;
    once = customer_once(page, arena_printf(page->ctx->arena, pays(&offer) ? "/pay/%s" : "/done/%s", offer.quote.number));
    if (form.error_count > 0) {
        TRY(page->ctx, offer_document(page->ctx, &offer, &pdf, &sha256));
        return show_sign(page, &offer, sha256, &form);
    }
    err = sign_quote(page->ctx,
                     &(struct quote_signature){
                         .offer = &offer, .version = (int32_t)values.version, .document_sha256 = values.sha256,
                         .today_minor = values.today_minor, .signer_name = values.name, .signer_role = values.role,
                         .consent_text = tr(CONSENT), .consent = values.consent,
                         .link_id = grant_link(page, "quote", offer.quote.id), .once = &once},
                     &result);
    if (err != OK)
        return err;
    if (result.refusal == QUOTE_NOT_REFUSED)
        return page_see(page, "%s", result.url);
    if (result.refusal == QUOTE_IS_SIGNED || result.refusal == QUOTE_IS_CONFIRMED)
        return page_see(page, "%s", once.to); /* twice at once: both end at the same place */
    if (result.refusal == QUOTE_HAS_CHANGED) {
        form_error(&form, "consent", tr("The quote has changed since you opened this page: please read it again, then sign."));
        TRY(page->ctx, offer_document(page->ctx, &offer, &pdf, &sha256));
        return show_sign(page, &offer, sha256, &form);
    }
    return page_error(page, 409, tr(quote_refusal_text(result.refusal)));
}
