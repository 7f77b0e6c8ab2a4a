#include "service/signing.h"

#include <string.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/hash.h"
#include "base/str.h"
#include "core/date.h"
#include "service/invoicing.h"
#include "service/ordering.h"
#include "service/quoted_change.h"
#include "store/db.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/subscription.h"

struct signing {
    const struct quote_signature *form;
    struct signing_result *result;
    struct db_bytes pdf;
    const char *sha256;
    const char *choices; /* what the document was drawn from */
    struct invoice_ids ids;
    struct offer offer;
};

enum err offer_document(struct ctx *ctx, const struct offer *offer, struct db_bytes *pdf, char **sha256)
{
    struct hash digest;

    TRY(ctx, render_offer_pdf(ctx, offer, pdf));
    digest = hash_sha256(pdf->data, pdf->bytes);
    *sha256 = encode_hex(ctx->arena, digest.bytes, sizeof digest.bytes);
    return OK;
}

static struct quote_signing signing_facts(struct ctx *ctx, const struct signing *s)
{
    const struct quote_signature *form = s->form;
    /* Choices that changed since the document was drawn make it another document. */
    bool same = strcmp(s->choices, offer_choices_json(ctx->arena, &s->offer)) == 0;

    return (struct quote_signing){
        .version_matches = form->version == s->offer.version.version,
        .hash_matches = same && str_equal(form->document_sha256, s->sha256),
        .amount_matches = form->today_minor == s->offer.signing_minor,
        .name_given = !str_empty(form->signer_name),
        .consent_given = form->consent};
}

static enum err store_evidence(struct ctx *ctx, const struct signing *s)
{
    const struct offer *offer = &s->offer;
    struct hash digest = hash_sha256(s->pdf.data, s->pdf.bytes);
    struct signature row = {
        .quote_id = offer->quote.id, .version_id = offer->version.id, .signer_name = s->form->signer_name,
        .signer_role = s->form->signer_role, .signer_email = offer->customer.email, .consent_text = s->form->consent_text,
        .choices = s->choices, .today_minor = offer->signing_minor, .currency = offer->version.currency,
        .link_id = s->form->link_id, .language = ctx->language, .remote_addr = ctx->remote_addr,
        .user_agent = str_cut(ctx->arena, ctx->user_agent, 255), .signed_at = ctx->now, .signed_on = ctx->today_on};
    struct document_job job = {.kind = "quote_signed", .next_try_at = ctx->now};

    memcpy(row.document_sha256, digest.bytes, sizeof row.document_sha256);
    TRY(ctx, insert_signature(ctx, &row)); /* UNIQUE(quote_id) */
    TRY(ctx, insert_document(ctx, "quote_accepted", row.id, digest.bytes, s->pdf.data, s->pdf.bytes));
    job.ref_id = row.id;
    TRY(ctx, insert_document_jobs(ctx, &job, 1));
    TRY(ctx, note_activity(ctx, ABOUT_QUOTE, offer->quote.id, "quote.signed",
                           history_params(ctx->arena, "name", s->form->signer_name, "sha256", s->sha256, NULL)));
    return note_audit(ctx, "quote.sign", arena_printf(ctx->arena, "quote %s", offer->quote.number), "ok");
}

/* Signed and not paid: "today" shows it until the money comes. */
static enum err wait_for_payment(struct ctx *ctx, const struct offer *offer)
{
    struct operator_item item = {.kind = "signed_unpaid", .subject_kind = ABOUT_QUOTE, .subject_id = offer->quote.id,
        .amount_minor = offer->signing_minor, .currency = offer->version.currency, .detail = offer->quote.number,
        .opened_on = ctx->today_on};

    TRY(ctx, move_quote(ctx, offer->quote.id, QUOTE_SENT, QUOTE_SIGNED));
    return open_operator_item(ctx, &item);
}

static enum err sign(struct ctx *ctx, void *arg)
{
    struct signing *s = arg;
    struct offer *offer = &s->offer;
    struct quote_signing facts;
    struct quote quote;

    TRY(ctx, lock_quote(ctx, offer->quote.id, &quote));
    TRY(ctx, refresh_locked_offer(ctx, &quote, offer));
    facts = signing_facts(ctx, s);
    s->result->refusal = quote_may_be_signed(&offer->facts, &facts);
    if (s->result->refusal == QUOTE_CONTRACT_DIFFERS)
        return tell_of_refused_change(ctx, offer);
    if (s->result->refusal != QUOTE_NOT_REFUSED)
        return OK;
    TRY(ctx, agree_on_tax(ctx, offer));
    TRY(ctx, store_evidence(ctx, s));
    TRY(ctx, save_priced_on(ctx, offer->version.id, offer->started_on)); /* what is signed stays when the money comes later */
    offer->facts.state = QUOTE_SIGNED;
    if (quote_may_be_confirmed(&offer->facts, false) == QUOTE_NOT_REFUSED)
        TRY(ctx, confirm_order(ctx, offer, &s->ids)); /* from SENT in one step */
    else
        TRY(ctx, wait_for_payment(ctx, offer));
    return spend_once(ctx, s->form->once, quote.number, &s->result->url);
}

enum err sign_quote(struct ctx *ctx, const struct quote_signature *form, struct signing_result *result)
{
    struct signing s = {.form = form, .result = result, .offer = *form->offer};
    char *sha256;

    memset(result, 0, sizeof *result);
    result->refusal = QUOTE_NOT_REFUSED;
    TRY(ctx, db_ready(ctx));
    TRY(ctx, offer_document(ctx, &s.offer, &s.pdf, &sha256));
    s.sha256 = sha256;
    s.choices = offer_choices_json(ctx->arena, &s.offer);
    TRY(ctx, reserve_invoice_ids(ctx, ORDER_IDS, &s.ids));
    return db_transaction(ctx, sign, &s);
}
