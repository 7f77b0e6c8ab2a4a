/* quote: the offer as its customer reads it: choose, ask, decline. Signing is in sign.c. */
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "core/date.h"
#include "core/money.h"
#include "page/amend_card.h"
#include "page/coupon_form.h"
#include "page/customer/customer.h"
#include "page/offer_view.h"
#include "page/subscription_view.h"
#include "service/quoting.h"
#include "service/signing.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

enum { LINES_MAX = 200 };

/* ---- the forms ---- */

struct choice_form {
    int64_t line;
    bool chosen;
    int64_t quantity_e4;
};
struct choices_form {
    int64_t version;
    struct choice_form *choices;
    size_t count;
};
static const struct field choice_field[] = {
    {.kind = FIELD_INTEGER, .name = "id", .min = 1, .max = INT64_MAX, .offset = offsetof(struct choice_form, line)},
    {.kind = FIELD_CHECK, .name = "chosen", .label = N_("Take this option"), .offset = offsetof(struct choice_form, chosen)},
    {.kind = FIELD_DECIMAL, .name = "quantity", .label = N_("Quantity"), .digits = 4, .min = 1, .max = QUANTITY_MAX_E4,
     .offset = offsetof(struct choice_form, quantity_e4)},
};
static const struct field choices_field[] = {
    {.kind = FIELD_INTEGER, .name = "version", .required = true, .min = 1, .max = 1000000, .offset = offsetof(struct choices_form, version)},
    {.kind = FIELD_GROUP, .name = "line", .offset = offsetof(struct choices_form, choices), .fields = choice_field,
     .field_count = COUNT_OF(choice_field), .record_bytes = sizeof(struct choice_form),
     .count_offset = offsetof(struct choices_form, count), .records_max = LINES_MAX},
};

struct ask_form {
    const char *text;
};
static const struct field ask_field[] = {
    {.kind = FIELD_MULTILINE, .name = "text", .label = N_("Your question"), .required = true, .max = 4000,
     .missing = N_("Write your question"), .offset = offsetof(struct ask_form, text)},
};

struct decline_form {
    int64_t version;
    const char *reason;
};
static const struct field decline_field[] = {
    {.kind = FIELD_INTEGER, .name = "version", .required = true, .min = 1, .max = 1000000, .offset = offsetof(struct decline_form, version)},
    {.kind = FIELD_MULTILINE, .name = "reason", .label = N_("Why, if you like to say it"), .max = 1000,
     .offset = offsetof(struct decline_form, reason)},
};

static bool may_choose(const struct offer_line *line)
{
    return line->as.kind <= LINE_SETUP && (line->as.is_option || line->as.quantity_editable);
}

/* ---- showing ---- */

/* What was typed wins over what is stored. */
static const char *typed_or(const struct form *form, const char *name, const char *stored)
{
    const char *typed = form != NULL ? form_typed(form, name) : NULL;

    return typed != NULL ? typed : stored;
}

static const char *error_of(const struct form *form, const char *name)
{
    for (size_t i = 0; form != NULL && i < form->error_count; i++)
        if (str_equal(form->errors[i].name, name))
            return form->errors[i].message;
    return "";
}

/* The inputs of a line: place is the record's number in the form. */
static void fill_choice(const struct page *page, HDF *node, const struct offer_line *line, int place, const struct form *form)
{
    struct arena *arena = page->ctx->arena;
    const char *id = arena_printf(arena, "line.%d.id", place);
    const char *chosen = arena_printf(arena, "line.%d.chosen", place);
    const char *quantity = arena_printf(arena, "line.%d.quantity", place);
    bool picked = form != NULL ? form_typed(form, chosen) != NULL : line->chosen;

    hdf_text(node, "key", id);
    hdf_number(node, "line", line->as.id);
    hdf_text(node, "name", line->as.description);
    if (line->as.is_option) {
        hdf_text(node, "pick.name", chosen);
        hdf_text(node, "pick.id", form_id(arena, chosen));
        hdf_flag(node, "pick.on", picked);
    }
    if (line->as.quantity_editable) {
        hdf_text(node, "qty.name", quantity);
        hdf_text(node, "qty.id", form_id(arena, quantity));
        hdf_text(node, "qty.value", typed_or(form, quantity, format_input_decimal(arena, page->ctx->language, line->quantity_e4, 4, 0)));
        hdf_text(node, "qty.err", error_of(form, quantity));
        hdf_text(node, "qty.unit", phrase_unit(page->ctx->language, line->quantity_e4, line->as.unit, line->as.unit_plural));
        hdf_text(node, "qty.bounds", tr_fill(arena, "{min} to {max}", "min", format_quantity(arena, page->ctx->language, line->as.quantity_min_e4),
                                             "max", format_quantity(arena, page->ctx->language, line->as.quantity_max_e4), NULL));
    }
}

static void fill_lines(const struct page *page, HDF *hdf, const struct offer *offer, const struct form *form)
{
    int place = 0;

    view_offer(page, hdf, offer, READER_CUSTOMER);
    for (size_t i = 0; i < offer->line_count; i++)
        if (may_choose(&offer->lines[i]))
            fill_choice(page, hdf_row(hdf, "Lines", (int)i), &offer->lines[i], place++, form);
    hdf_flag(hdf, "Choice", place > 0);
}

/* One banner says where the offer stands and the single next step. */
static void fill_banner(const struct page *page, HDF *hdf, const struct offer *offer)
{
    struct arena *arena = page->ctx->arena;
    const char *number = offer->quote.number;
    HDF *banner = hdf_node(hdf, "Banner");

    switch (offer->state_now) {
    case QUOTE_SIGNED:
        hdf_text(banner, "text", tr("Your signature is recorded. The subscription starts with your payment."));
        hdf_text(banner, "href", arena_printf(arena, "/pay/%s", number));
        hdf_text(banner, "action", tr_fill(arena, "Pay {amount}", "amount", page_money(page, offer->signing_minor, offer->version.currency), NULL));
        break;
    case QUOTE_CONFIRMED:
        hdf_text(banner, "text", tr("You have accepted this quote. Thank you."));
        hdf_text(banner, "href", arena_printf(arena, "/done/%s", number));
        hdf_text(banner, "action", tr("See the order"));
        break;
    case QUOTE_DECLINED: hdf_text(banner, "text", tr("You have declined this quote. If you changed your mind, ask us below.")); break;
    case QUOTE_EXPIRED: hdf_text(banner, "text", tr("This quote has expired. Ask us below, and we will send you a new one.")); break;
    case QUOTE_WITHDRAWN: hdf_text(banner, "text", tr("We have withdrawn this quote. Ask us below if you have a question.")); break;
    case QUOTE_REPLACED: hdf_text(banner, "text", tr("A newer version replaces this one.")); break;
    case QUOTE_DRAFT:
    case QUOTE_SENT: break;
    }
}

static enum err fill_messages(const struct page *page, HDF *hdf, int64_t quote_id, const char *seller)
{
    struct quote_message *messages;
    size_t count;

    TRY(page->ctx, quote_messages(page->ctx, quote_id, &messages, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *row = hdf_row(hdf, "Messages", (int)i);

        hdf_text(row, "who", str_starts(messages[i].author, "seller:") ? seller : tr("You"));
        hdf_text(row, "when", page_instant(page, messages[i].at));
        hdf_text(row, "text", messages[i].text);
    }
    return OK;
}

static void fill_quote(const struct page *page, HDF *hdf, const struct offer *offer)
{
    struct arena *arena = page->ctx->arena;

    hdf_text(hdf, "Quote.ref", offer->quote.number);
    hdf_text(hdf, "Quote.number", offer_number(arena, offer));
    hdf_number(hdf, "Quote.version", offer->version.version);
    hdf_text(hdf, "Quote.until", page_date(page, offer->version.valid_until_on));
    hdf_text(hdf, "Quote.owner", offer->owner.name);
    hdf_text(hdf, "Quote.seller", offer->company.name);
    hdf_text(hdf, "Quote.customer", offer->customer.name);
    hdf_text(hdf, "Quote.note", offer->words.note);
    hdf_text(hdf, "Quote.terms", offer->company.terms);
    hdf_text(hdf, "Quote.particular", offer->words.terms);
    hdf_text(hdf, "Quote.today", page_money(page, offer->signing_minor, offer->version.currency));
    page_quote_badge(hdf_node(hdf, "Quote.badge"), offer->state_now);
    if (offer->state_now == QUOTE_SENT)
        hdf_text(hdf, "Quote.badge.label", quote_needs_signature(offer->facts.acceptance) ? tr("To sign") : tr("To pay"));
}

/* The contract before and after, how what is charged and given back comes about; or that it cannot be any more. */
static enum err fill_change(struct page *page, HDF *hdf, const struct offer *offer)
{
    const struct amending *a = offer->change;
    struct subscription_line *lines;
    size_t count;

    if (offer->quote.kind == QUOTE_NEW)
        return OK;
    hdf_text(hdf, "Contract.kind", tr(quote_kind_text(offer->quote.kind)));
    hdf_text(hdf, "Contract.number", offer->quote.contract_number);
    if (offer->change_refusal != NULL && (offer->state_now == QUOTE_SENT || offer->state_now == QUOTE_SIGNED)) {
        HDF *banner = hdf_node(hdf, "Banner");

        hdf_text(banner, "text", tr("Your subscription has changed since we made this quote: it cannot be accepted any more. Ask us below, and we will send you a new one."));
        hdf_text(banner, "href", "#ask");
        hdf_text(banner, "action", tr("Ask a question"));
    }
    if (a == NULL || (offer->state_now != QUOTE_SENT && offer->state_now != QUOTE_SIGNED))
        return OK;
    TRY(page->ctx, subscription_lines(page->ctx, a->subscription_id, a->subscription_id + 1, &lines, &count));
    lines = subscription_lines_shown(page->ctx->arena, lines, count, page->ctx->today_on, &count);
    amend_card(page, hdf, a, lines, count, "");
    return OK;
}

static enum err show_quote(struct page *page, const struct offer *offer, const struct form *choices, const struct form *ask,
                           const struct form *coupon)
{
    const struct ask_form empty = {""};
    struct form fresh;
    HDF *hdf = page_tree(page);
    bool wrong = (choices != NULL && choices->error_count > 0) || (ask != NULL && ask->error_count > 0) || coupon != NULL;

    form_fill(&fresh, page->ctx, ask_field, COUNT_OF(ask_field), &empty);
    view_form(page->ctx, hdf, ask != NULL ? ask : &fresh);
    if (choices != NULL)
        view_form(page->ctx, hdf, choices);
    TRY(page->ctx, view_coupon(page, hdf, offer, false, arena_printf(page->ctx->arena, "/q/%s/coupon", offer->quote.number), coupon));
    fill_quote(page, hdf, offer);
    fill_banner(page, hdf, offer);
    TRY(page->ctx, fill_change(page, hdf, offer));
    fill_lines(page, hdf, offer, choices);
    hdf_flag(hdf, "Open", offer->state_now == QUOTE_SENT && offer->change_refusal == NULL);
    hdf_flag(hdf, "Signs", quote_needs_signature(offer->facts.acceptance));
    if (offer->quote.has_messages)
        TRY(page->ctx, fill_messages(page, hdf, offer->quote.id, offer->company.name));
    if (str_equal(page_query(page, "did"), "asked"))
        layout_flash(hdf, "ok", tr("Your question is on its way. We answer by e-mail and on this page."), NULL, NULL);
    return page_show(page, wrong ? 422 : 200,
                     tr_fill(page->ctx->arena, "Quote {number}", "number", offer_number(page->ctx->arena, offer), NULL), "quote/quote.cs");
}

enum err page_quote(struct page *page)
{
    struct offer offer;
    enum err err = visible_offer(page, page->arg[0], &offer);

    if (err != OK)
        return err;
    if (page->request->method == METHOD_GET)
        TRY(page->ctx, note_quote_view(page->ctx, offer.quote.id));
    return show_quote(page, &offer, NULL, NULL, NULL);
}

/* ---- choosing ---- */

static const struct offer_line *line_by_id(const struct offer *offer, int64_t id)
{
    for (size_t i = 0; i < offer->line_count; i++)
        if (offer->lines[i].as.id == id && may_choose(&offer->lines[i]))
            return &offer->lines[i];
    return NULL;
}

/* Checks every record against its line; false when one names a line that is not the customer's to choose. */
static bool read_choices(struct page *page, const struct offer *offer, struct form *form, const struct choices_form *values,
                         struct quote_choice *choices, size_t *count)
{
    struct arena *arena = page->ctx->arena;
    const char *language = page->ctx->language;

    *count = 0;
    for (size_t i = 0; i < values->count; i++) {
        const struct choice_form *typed = &values->choices[i];
        const struct offer_line *line = line_by_id(offer, typed->line);
        const char *name = arena_printf(arena, "line.%zu.quantity", i);
        bool taken;

        if (line == NULL)
            return false;
        taken = !line->as.is_option || typed->chosen;
        choices[*count] = (struct quote_choice){line->as.id, offer->version.id, taken,
                                                line->as.quantity_editable ? typed->quantity_e4 : line->as.quantity_e4};
        if (line->as.quantity_editable && error_of(form, name)[0] == '\0' &&
            (typed->quantity_e4 < line->as.quantity_min_e4 || typed->quantity_e4 > line->as.quantity_max_e4))
            form_error(form, name,
                       tr_fill(arena, "{line}: choose a quantity from {min} to {max}", "line", line->as.description, "min",
                               format_quantity(arena, language, line->as.quantity_min_e4), "max",
                               format_quantity(arena, language, line->as.quantity_max_e4), NULL));
        (*count)++;
    }
    return true;
}

enum err page_quote_post(struct page *page)
{
    struct choices_form values;
    struct quoting_result result;
    struct quote_choice *choices;
    struct once once;
    struct offer offer;
    struct form form;
    bool signs;
    size_t count;
    enum err err = visible_offer(page, page->arg[0], &offer);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, choices_field, &values))
        return OK;
    signs = str_equal(form.button, "sign");
    once = customer_once(page, arena_printf(page->ctx->arena, signs ? "/q/%s/sign" : "/q/%s#total", offer.quote.number));
    choices = ARENA_ARRAY(page->ctx->arena, struct quote_choice, values.count + 1);
    if (values.version == offer.version.version && !read_choices(page, &offer, &form, &values, choices, &count))
        return page_error(page, 400, NULL);
    if (form.error_count > 0)
        return show_quote(page, &offer, &form, NULL, NULL);
    err = save_choices(page->ctx, offer.quote.id, (int32_t)values.version, choices, values.version == offer.version.version ? count : 0, &once, &result);
    if (err != OK)
        return err;
    if (result.stale)
        return page_error(page, 409, tr("This quote has changed meanwhile: a newer version was sent to you. Please open it again."));
    if (result.refusal != QUOTE_NOT_REFUSED)
        return page_error(page, 409, tr(quote_refusal_text(result.refusal)));
    return page_see(page, "%s", result.url);
}

enum err page_customer_coupon_post(struct page *page)
{
    struct offer offer;
    struct once once;
    struct form form;
    bool again;
    enum err err = visible_offer(page, page->arg[0], &offer);

    if (err != OK)
        return err;
    once = customer_once(page, arena_printf(page->ctx->arena, "/q/%s#total", offer.quote.number));
    err = post_coupon(page, &offer, false, &once, &form, &again);
    return err == OK && again ? show_quote(page, &offer, NULL, NULL, &form) : err;
}

/* ---- documents ---- */

enum err page_quote_pdf(struct page *page)
{
    struct offer offer;
    struct signature signature;
    struct document document;
    struct db_bytes pdf;
    char *sha256;
    enum err err = visible_offer(page, page->arg[0], &offer);

    if (err != OK)
        return err;
    /* Once signed, the bytes that were signed; before that, the same bytes for the same offer. */
    err = signature_of_quote(page->ctx, offer.quote.id, &signature);
    if (err == OK)
        err = document_of(page->ctx, "quote_accepted", signature.id, &document);
    if (err == OK)
        pdf = document.bytes;
    else if (err == ERR_NOT_FOUND)
        TRY(page->ctx, offer_document(page->ctx, &offer, &pdf, &sha256));
    else
        return err;
    respond_file(page->response, "application/pdf", arena_printf(page->ctx->arena, "%s.pdf", offer.quote.number), pdf.data, pdf.bytes);
    return OK;
}

enum err page_quote_signed_pdf(struct page *page)
{
    struct offer offer;
    struct signature signature;
    struct document document;
    enum err err = visible_offer(page, page->arg[0], &offer);

    if (err == OK)
        err = signature_of_quote(page->ctx, offer.quote.id, &signature);
    if (err != OK)
        return err;
    err = document_of(page->ctx, "quote_signed", signature.id, &document);
    if (err == ERR_NOT_FOUND)
        return page_error(page, 404, tr("This document is being made. Please load the page again in a minute."));
    if (err != OK)
        return err;
    respond_file(page->response, "application/pdf", arena_printf(page->ctx->arena, "%s-signed.pdf", offer.quote.number), document.bytes.data,
                 document.bytes.bytes);
    return OK;
}

/* ---- asking, declining ---- */

enum err page_quote_ask_post(struct page *page)
{
    struct quoting_result result;
    struct ask_form values;
    struct offer offer;
    struct once once;
    struct form form;
    enum err err = visible_offer(page, page->arg[0], &offer);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, ask_field, &values))
        return OK;
    if (form.error_count > 0)
        return show_quote(page, &offer, NULL, &form, NULL);
    once = customer_once(page, arena_printf(page->ctx->arena, "/q/%s?did=asked#messages", offer.quote.number));
    err = ask_question(page->ctx, offer.quote.id, values.text, &once, &result);
    if (err != OK)
        return err;
    return result.refusal != QUOTE_NOT_REFUSED ? page_error(page, 409, tr(quote_refusal_text(result.refusal)))
                                               : page_see(page, "%s", result.url);
}

static enum err show_decline(struct page *page, const struct offer *offer, const struct form *form)
{
    HDF *hdf = page_tree(page);
    enum quote_refusal refusal = quote_may_be_declined(&offer->facts);

    if (refusal != QUOTE_NOT_REFUSED)
        return page_error(page, 409, tr(quote_refusal_text(refusal)));
    fill_quote(page, hdf, offer);
    return page_show_form(page, form, tr_fill(page->ctx->arena, "Decline quote {number}", "number", offer->quote.number, NULL), "quote/decline.cs");
}

enum err page_quote_decline(struct page *page)
{
    struct decline_form values = {0, ""};
    struct offer offer;
    struct form form;
    enum err err = visible_offer(page, page->arg[0], &offer);

    if (err != OK)
        return err;
    values.version = offer.version.version;
    form_fill(&form, page->ctx, decline_field, COUNT_OF(decline_field), &values);
    return show_decline(page, &offer, &form);
}

enum err page_quote_decline_post(struct page *page)
{
    struct quoting_result result;
    struct decline_form values;
    struct offer offer;
    struct once once;
    struct form form;
    enum err err = visible_offer(page, page->arg[0], &offer);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, decline_field, &values))
        return OK;
    if (form.error_count > 0)
        return show_decline(page, &offer, &form);
    once = customer_once(page, arena_printf(page->ctx->arena, "/q/%s", offer.quote.number));
    err = decline_quote(page->ctx, offer.quote.id, (int32_t)values.version, values.reason, &once, &result);
    if (err != OK)
        return err;
    if (result.stale)
        return page_error(page, 409, tr("This quote has changed meanwhile: a newer version was sent to you. Please open it again."));
    return result.refusal != QUOTE_NOT_REFUSED ? page_error(page, 409, tr(quote_refusal_text(result.refusal)))
                                               : page_see(page, "%s", result.url);
}
