/* quote: one quote: what it is, what the customer sees, and what the seller does with it. */
#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "page/amend_card.h"
#include "page/coupon_form.h"
#include "page/offer_view.h"
#include "page/subscription_view.h"
#include "page/admin/admin.h"
#include "service/quoted_change.h"
#include "service/quoting.h"
#include "store/alternative.h"
#include "store/history.h"
#include "store/link.h"
#include "store/quote_template.h"
#include "store/subscription.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

/* ---- the page of a quote ---- */

/* template NULL: it began with none. */
static void fill_facts(const struct page *page, HDF *hdf, const struct offer *offer, const struct quote_template *template)
{
    struct arena *arena = page->ctx->arena;
    HDF *facts = hdf_node(hdf, "Facts");
    int row = 0;

    page_fact(facts, &row, tr("Due today incl. VAT"), page_money(page, offer->totals.today.gross_minor, offer->version.currency));
    page_fact(facts, &row, tr("Plan"),
               offer->plan.id == 0 ? tr("Nothing recurs")
                                   : arena_printf(arena, "%s (%s)", offer->plan.name, phrase_per(arena, offer->recurrence)));
    if (template != NULL)
        page_fact(facts, &row, tr("Template"), tr_fill(arena, "{name}, version {n}", "name", template->name, "n", page_number(page, template->version), NULL));
    page_fact(facts, &row, tr("Valid until"), page_date(page, offer->version.valid_until_on));
    if (offer->quote.kind != QUOTE_UPSELL)
        page_fact(facts, &row, tr("Start"),
                  offer->version.start_on == DATE_NONE ? tr("On the day of confirmation") : page_date(page, offer->version.start_on));
    page_fact(facts, &row, tr("Accepted by"),
               offer->version.acceptance == ACCEPTANCE_SIGNATURE   ? tr("Signature: invoice to pay later")
               : offer->version.acceptance == ACCEPTANCE_PAYMENT   ? tr("Payment online")
                                                                   : tr("Signature, then payment online"));
    page_fact(facts, &row, tr("E-mail address"), offer->customer.email);
    page_fact(facts, &row, tr("Prepared by"), offer->owner.name);
    page_fact(facts, &row, tr("Sent on"), page_instant(page, offer->version.sent_at));
    if (offer->quote.state == QUOTE_DECLINED)
        page_fact(facts, &row, tr("Reason of the customer"), offer->quote.decline_reason);
    page_fact(facts, &row, tr("Note to the customer"), offer->words.note);
}

static enum err fill_links(struct page *page, HDF *hdf, const struct offer *offer)
{
    struct link *links;
    size_t count;

    TRY(page->ctx, links_of(page->ctx, LINK_KIND_QUOTE, offer->quote.id, &links, &count));
    for (size_t i = 0; i < count; i++) {
        if (!link_lives(&links[i], page->ctx->now))
            continue;
        hdf_text(hdf, "Link.expires", page_instant(page, links[i].expires_at));
        hdf_text(hdf, "Link.used", links[i].used_at != 0 ? page_instant(page, links[i].used_at) : "");
        return OK;
    }
    return OK;
}

static enum err fill_messages(struct page *page, HDF *hdf, const struct offer *offer)
{
    struct quote_message *messages;
    size_t count;

    TRY(page->ctx, quote_messages(page->ctx, offer->quote.id, &messages, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Messages", (int)i);

        hdf_text(node, "text", messages[i].text);
        hdf_text(node, "at", page_instant(page, messages[i].at));
        hdf_text(node, "who", str_starts(messages[i].author, "seller:") ? tr("Seller") : offer->customer.name);
    }
    return OK;
}

static enum err fill_alternatives(struct page *page, HDF *hdf, const struct offer *offer)
{
    struct alternative *rows;
    size_t count;

    TRY(page->ctx, alternatives(page->ctx, offer->quote.id, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Alternatives", (int)i);
        const struct quote_facts facts = {.state = rows[i].state, .version_is_current = true,
            .valid_until_on = rows[i].valid_until_on, .today_on = page->ctx->today_on};

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/quotes/%s", rows[i].number));
        hdf_text(node, "number", rows[i].number);
        page_quote_badge(node, quote_state_now(&facts));
        hdf_text(node, "today", page_money(page, rows[i].today_minor, rows[i].currency));
        hdf_text(node, "period", rows[i].period_minor != 0 ? page_money(page, rows[i].period_minor, rows[i].currency) : "");
    }
    return OK;
}

static enum err fill_versions(struct page *page, HDF *hdf, const struct offer *offer)
{
    struct quote_version *versions;
    size_t count;

    TRY(page->ctx, quote_versions(page->ctx, offer->quote.id, &versions, &count));
    if (count > 1 && versions[0].state == VERSION_DRAFT && versions[0].id != offer->version.id)
        hdf_text(hdf, "Draft.text", tr_fill(page->ctx->arena, "Version {n} is a draft. The customer still holds version {now}.", "n",
                                            page_number(page, versions[0].version), "now",
                                            page_number(page, offer->version.version), NULL));
    for (size_t i = 0; count > 1 && i < count; i++) {
        HDF *node = hdf_row(hdf, "Versions", (int)i);

        hdf_text(node, "label", tr_fill(page->ctx->arena, "Version {n}", "n", page_number(page, versions[i].version), NULL));
        hdf_text(node, "state", versions[i].state == VERSION_DRAFT      ? tr("Draft")
                                : versions[i].id == offer->quote.current_version_id ? tr("With the customer")
                                                                                     : tr("Replaced"));
        hdf_text(node, "sent", versions[i].sent_at != 0 ? page_instant(page, versions[i].sent_at) : "");
        hdf_text(node, "today", page_money(page, versions[i].today_minor, versions[i].currency));
    }
    return OK;
}

static bool is_open(enum quote_state state)
{
    return state == QUOTE_DRAFT || state == QUOTE_SENT || state == QUOTE_SIGNED;
}

/* The change of its contract as it would be made today: before and after, or why it cannot be. */
static enum err fill_change(struct page *page, HDF *hdf, const struct offer *offer, enum reader reader)
{
    struct amending *a = ARENA_NEW(page->ctx->arena, struct amending);
    struct subscription_line *lines;
    size_t count;

    hdf_text(hdf, "Contract.kind", tr(quote_kind_text(offer->quote.kind)));
    hdf_text(hdf, "Contract.number", offer->quote.contract_number);
    hdf_text(hdf, "Contract.href", arena_printf(page->ctx->arena, "/admin/subscriptions/%s", offer->quote.contract_number));
    if (offer->plan.id == 0 || !is_open(offer->quote.state))
        return OK;
    if (offer->quote.kind == QUOTE_RENEWAL)
        TRY(page->ctx, preview_renewal_quote(page->ctx, offer, a));
    else if (offer->change != NULL)
        *a = *offer->change;
    else
        a->refusal = offer->change_refusal;
    hdf_text(hdf, "Contract.problem", a->refusal != NULL ? tr(a->refusal) : "");
    if (a->refusal != NULL || a->subscription_id == 0)
        return OK;
    TRY(page->ctx, subscription_lines(page->ctx, a->subscription_id, a->subscription_id + 1, &lines, &count));
    lines = subscription_lines_shown(page->ctx->arena, lines, count, page->ctx->today_on, &count);
    amend_card(page, hdf, a, lines, count, "");
    if (reader == READER_CUSTOMER)
        return OK;
    hdf_text(hdf, "Card.before.mrr", page_mrr(page, a->before.mrr_e4, a->before.currency));
    hdf_text(hdf, "Card.after.mrr", page_mrr(page, a->after.mrr_e4, a->before.currency));
    return OK;
}

struct message_form {
    const char *message;
};
static const struct field answer_field[] = {
    {.kind = FIELD_MULTILINE, .name = "message", .label = N_("Answer"), .required = true, .max = 4000,
     .missing = N_("Write an answer"), .offset = offsetof(struct message_form, message)},
};
static const struct field send_field[] = {
    {.kind = FIELD_MULTILINE, .name = "message", .label = N_("Your words to the customer"), .max = 2000,
     .hint = N_("They stand in the e-mail above the link."), .offset = offsetof(struct message_form, message)},
};

static enum err show_quote(struct page *page, const struct offer *offer, const struct form *form, const struct form *coupon)
{
    HDF *hdf = page_tree(page);
    bool held = offer->quote.state == QUOTE_SENT || offer->quote.state == QUOTE_SIGNED || offer->quote.state == QUOTE_CONFIRMED ||
                offer->quote.state == QUOTE_DECLINED;
    struct quote_template template;
    struct offer draft;
    char *number = offer_number(page->ctx->arena, offer);

    view_form(page->ctx, hdf, form);
    TRY(page->ctx, view_coupon(page, hdf, offer, true, arena_printf(page->ctx->arena, "/admin/quotes/%s/coupon", offer->quote.number), coupon));
    hdf_text(hdf, "Quote.ref", offer->quote.number);
    hdf_text(hdf, "Quote.number", number);
    hdf_text(hdf, "Quote.customer", offer->customer.name);
    hdf_text(hdf, "Quote.customer_href", arena_printf(page->ctx->arena, "/admin/customers/%s", offer->customer.number));
    page_quote_badge(hdf_node(hdf, "Quote.state"), offer->state_now);
    if (offer->version.template_version != 0)
        TRY(page->ctx, quote_template_version(page->ctx, offer->version.template_id, offer->version.template_version, &template));
    if (offer->quote.kind != QUOTE_NEW)
        TRY(page->ctx, fill_change(page, hdf, offer, READER_SELLER));
    fill_facts(page, hdf, offer, offer->version.template_version != 0 ? &template : NULL);
    admin_offer(page, hdf, offer);
    TRY(page->ctx, admin_margins(page, hdf, offer, NULL));
    TRY(page->ctx, fill_links(page, hdf, offer));
    TRY(page->ctx, fill_messages(page, hdf, offer));
    TRY(page->ctx, fill_versions(page, hdf, offer));
    TRY(page->ctx, fill_alternatives(page, hdf, offer));
    TRY(page->ctx, admin_timeline(page, hdf, ABOUT_QUOTE, offer->quote.id));
    TRY(page->ctx, load_offer_to_edit(page->ctx, offer->quote.number, &draft));
    hdf_flag(hdf, "May.edit", quote_may_be_edited(&offer->facts) == QUOTE_NOT_REFUSED);
    hdf_flag(hdf, "May.send", draft.version.state == VERSION_DRAFT && quote_may_be_edited(&draft.facts) == QUOTE_NOT_REFUSED);
    hdf_flag(hdf, "May.alternative", quote_may_have_alternative(&offer->facts) == QUOTE_NOT_REFUSED);
    hdf_flag(hdf, "May.again", held);
    hdf_flag(hdf, "May.withdraw", offer->quote.state != QUOTE_DRAFT && quote_may_be_withdrawn(&offer->facts) == QUOTE_NOT_REFUSED);
    hdf_flag(hdf, "May.answer", held);
    return page_show(page, form->error_count > 0 || coupon != NULL ? 422 : 200,
                     tr_fill(page->ctx->arena, "Quote {number}", "number", number, NULL), "admin/quote.cs");
}

enum err page_admin_quote(struct page *page)
{
    const struct message_form values = {""};
    struct offer offer;
    struct form form;
    enum err err = load_offer_by_number(page->ctx, page->arg[0], 0, &offer);

    if (err != OK)
        return err;
    admin_flash(page);
    form_fill(&form, page->ctx, answer_field, COUNT_OF(answer_field), &values);
    return show_quote(page, &offer, &form, NULL);
}

/* What a service answered: the place to go, or why not. */
static enum err lead(struct page *page, enum err err, const struct quoting_result *result)
{
    if (err != OK)
        return err;
    if (result->refusal != QUOTE_NOT_REFUSED)
        return page_error(page, 409, tr(quote_refusal_text(result->refusal)));
    return page_see(page, "%s", result->url);
}

static struct once lead_to(struct page *page, const char *rest)
{
    return admin_once(page, arena_printf(page->ctx->arena, "/admin/quotes/{ref}%s", rest));
}

enum err page_quote_answer_post(struct page *page)
{
    struct once once = lead_to(page, "?did=answered#questions");
    struct quoting_result result;
    struct message_form values;
    struct offer offer;
    struct form form;
    enum err err = load_offer_by_number(page->ctx, page->arg[0], 0, &offer);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, answer_field, &values))
        return OK;
    if (form.error_count > 0)
        return show_quote(page, &offer, &form, NULL);
    err = answer_question(page->ctx, offer.quote.id, values.message, &once, &result);
    return lead(page, err, &result);
}

enum err page_quote_coupon_post(struct page *page)
{
    const struct message_form values = {""};
    struct once once = lead_to(page, "?did=saved");
    struct offer offer;
    struct form answer;
    struct form form;
    bool again;
    enum err err = load_offer_by_number(page->ctx, page->arg[0], 0, &offer);

    if (err != OK)
        return err;
    err = post_coupon(page, &offer, true, &once, &form, &again);
    if (err != OK || !again)
        return err;
    form_fill(&answer, page->ctx, answer_field, COUNT_OF(answer_field), &values);
    return show_quote(page, &offer, &answer, &form);
}

/* ---- preview ---- */

enum err page_quote_preview(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct offer offer;
    enum err err = load_offer_to_edit(page->ctx, page->arg[0], &offer);

    if (err != OK)
        return err;
    hdf_text(hdf, "Quote.ref", offer.quote.number);
    hdf_text(hdf, "Quote.number", offer_number(page->ctx->arena, &offer));
    hdf_text(hdf, "Quote.until", page_date(page, offer.version.valid_until_on));
    hdf_text(hdf, "Quote.owner", offer.owner.name);
    hdf_text(hdf, "Quote.company", offer.company.name);
    hdf_text(hdf, "Quote.customer", offer.customer.name);
    hdf_text(hdf, "Quote.note", offer.words.note);
    hdf_text(hdf, "Quote.terms", offer.company.terms);
    hdf_text(hdf, "Quote.particular", offer.words.terms);
    hdf_flag(hdf, "Quote.draft", offer.version.state == VERSION_DRAFT);
    hdf_flag(hdf, "Quote.editable", quote_may_be_edited(&offer.facts) == QUOTE_NOT_REFUSED);
    hdf_flag(hdf, "Quote.pays", quote_needs_payment(offer.version.acceptance));
    hdf_text(hdf, "Quote.today", page_money(page, offer.totals.today.gross_minor, offer.version.currency));
    view_offer(page, hdf, &offer, READER_CUSTOMER);
    if (offer.quote.kind != QUOTE_NEW)
        TRY(page->ctx, fill_change(page, hdf, &offer, READER_CUSTOMER));
    return page_show(page, 200,
                     tr_fill(page->ctx->arena, "Preview of quote {number}", "number", offer_number(page->ctx->arena, &offer), NULL),
                     "admin/quote_preview.cs");
}

enum err page_quote_preview_pdf(struct page *page)
{
    struct db_bytes pdf;
    struct offer offer;
    enum err err = load_offer_to_edit(page->ctx, page->arg[0], &offer);

    if (err != OK)
        return err;
    TRY(page->ctx, render_offer_pdf(page->ctx, &offer, &pdf));
    respond_file(page->response, "application/pdf", arena_printf(page->ctx->arena, "%s.pdf", offer.quote.number), pdf.data,
                 pdf.bytes);
    return OK;
}

/* ---- sending ---- */

static void add_lacks(HDF *hdf, int *row, const char *const lacks[], size_t count, const char *href)
{
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Lacks", (*row)++);

        hdf_text(node, "text", tr(lacks[i]));
        hdf_text(node, "href", href);
    }
}

static enum err show_send(struct page *page, const struct offer *offer, const struct form *form)
{
    HDF *hdf = page_tree(page);
    struct arena *arena = page->ctx->arena;
    enum quote_refusal refusal = quote_may_be_sent(&offer->facts);
    const char *lacks[16];
    int row = 0;

    view_form(page->ctx, hdf, form);
    add_lacks(hdf, &row, lacks, company_lacks(&offer->company, lacks, COUNT_OF(lacks)), "/admin/settings/company");
    add_lacks(hdf, &row, lacks, customer_lacks(&offer->customer, lacks, COUNT_OF(lacks)),
              arena_printf(arena, "/admin/customers/%s/edit", offer->customer.number));
    if (refusal != QUOTE_NOT_REFUSED && refusal != QUOTE_COMPANY_INCOMPLETE && refusal != QUOTE_CUSTOMER_INCOMPLETE) {
        lacks[0] = quote_refusal_text(refusal);
        add_lacks(hdf, &row, lacks, 1, arena_printf(arena, "/admin/quotes/%s/edit", offer->quote.number));
    }
    hdf_text(hdf, "Quote.ref", offer->quote.number);
    hdf_text(hdf, "Quote.number", offer_number(arena, offer));
    hdf_text(hdf, "Quote.customer", offer->customer.name);
    hdf_text(hdf, "Quote.to", offer->customer.email);
    hdf_text(hdf, "Quote.today", page_money(page, offer->totals.today.gross_minor, offer->version.currency));
    hdf_text(hdf, "Quote.until", page_date(page, offer->version.valid_until_on));
    hdf_flag(hdf, "Quote.replaces", offer->version.version > 1);
    return page_show(page, form->error_count > 0 ? 422 : 200,
                     tr_fill(arena, "Send quote {number}", "number", offer_number(arena, offer), NULL), "admin/quote_send.cs");
}

/* The draft to send; answers 409 when everything was sent. */
static enum err find_draft(struct page *page, struct offer *offer, bool *answered)
{
    enum quote_refusal refusal;
    enum err err = load_offer_to_edit(page->ctx, page->arg[0], offer);

    *answered = true;
    if (err != OK)
        return err;
    refusal = quote_may_be_edited(&offer->facts);
    if (refusal == QUOTE_NOT_REFUSED && offer->version.state != VERSION_DRAFT)
        refusal = QUOTE_IS_SENT;
    if (refusal != QUOTE_NOT_REFUSED)
        return page_error(page, 409, tr(quote_refusal_text(refusal)));
    *answered = false;
    return OK;
}

enum err page_quote_send(struct page *page)
{
    const struct message_form values = {""};
    struct offer offer;
    struct form form;
    bool answered;
    enum err err = find_draft(page, &offer, &answered);

    if (err != OK || answered)
        return err;
    form_fill(&form, page->ctx, send_field, COUNT_OF(send_field), &values);
    return show_send(page, &offer, &form);
}

enum err page_quote_send_post(struct page *page)
{
    struct once once = lead_to(page, "?did=sent");
    struct quoting_result result;
    struct message_form values;
    struct offer offer;
    struct form form;
    enum err err = load_offer_to_edit(page->ctx, page->arg[0], &offer);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, send_field, &values))
        return OK;
    if (form.error_count > 0)
        return show_send(page, &offer, &form);
    err = send_quote(page->ctx, offer.quote.id, values.message, &once, &result);
    if (err == OK && result.refusal != QUOTE_NOT_REFUSED && result.refusal != QUOTE_IS_SENT) {
        form_error(&form, "message", tr(quote_refusal_text(result.refusal)));
        return show_send(page, &offer, &form);
    }
    return lead(page, err, &result);
}

/* ---- after sending ---- */

/* Posts without fields of their own. */
static enum err press(struct page *page, const char *rest,
                      enum err (*service)(struct ctx *, int64_t, const struct once *, struct quoting_result *))
{
    struct once once = lead_to(page, rest);
    struct quoting_result result;
    struct quote quote;
    enum err err = quote_by_number(page->ctx, page->arg[0], &quote);

    if (err != OK)
        return err;
    if (!page_press(page))
        return OK;
    err = service(page->ctx, quote.id, &once, &result);
    return lead(page, err, &result);
}

static enum err again(struct ctx *ctx, int64_t quote_id, const struct once *once, struct quoting_result *result)
{
    return send_quote_again(ctx, quote_id, "", once, result);
}

enum err page_quote_again_post(struct page *page)
{
    return press(page, "?did=again", again);
}

enum err page_quote_revoke_post(struct page *page)
{
    return press(page, "?did=revoked", revoke_quote);
}

enum err page_quote_withdraw(struct page *page)
{
    HDF *hdf = page_tree(page);
    enum quote_refusal refusal;
    struct offer offer;
    enum err err = load_offer_by_number(page->ctx, page->arg[0], 0, &offer);

    if (err != OK)
        return err;
    refusal = quote_may_be_withdrawn(&offer.facts);
    if (refusal != QUOTE_NOT_REFUSED)
        return page_error(page, 409, tr(quote_refusal_text(refusal)));
    hdf_text(hdf, "Quote.ref", offer.quote.number);
    hdf_text(hdf, "Quote.customer", offer.customer.name);
    hdf_flag(hdf, "Quote.signed", offer.quote.state == QUOTE_SIGNED);
    return page_show(page, 200, tr_fill(page->ctx->arena, "Withdraw quote {number}", "number", offer.quote.number, NULL),
                     "admin/quote_withdraw.cs");
}

enum err page_quote_alternative_post(struct page *page)
{
    return press(page, "/edit", add_alternative);
}

enum err page_quote_withdraw_post(struct page *page)
{
    return press(page, "?did=withdrawn", withdraw_quote);
}
