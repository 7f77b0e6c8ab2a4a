#include "service/mail_text.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "service/mail_writing.h"
#include "store/company.h"
#include "store/tenant.h"
#include "text/format.h"
#include "text/words.h"

/* ---- about access ---- */

static enum err write_link_new(struct writing *w)
{
    w->text->subject = tr_fill(w->ctx->arena, "Your link to {company}", "company", w->company.name, NULL);
    mail_say(w, tr("You asked for a new link to your quotes, subscriptions and invoices."));
    mail_link_button(w, tr("Open your page"));
    w->text->after = tr("The link works once, for 15 minutes. If you did not ask for it, ignore this e-mail: nothing changes.");
    return OK;
}

static enum err write_password_reset(struct writing *w)
{
    w->text->subject = tr("Choose a new password");
    mail_say(w, tr("Somebody, probably you, asked for a new password."));
    mail_link_button(w, tr("Choose a new password"));
    w->text->after = tr("The link works once, for 15 minutes. If you did not ask for it, ignore this e-mail: your password stays as it is.");
    return OK;
}

/* ---- the table ---- */

static const struct {
    const char *template;
    const char *name;
    enum err (*write)(struct writing *w);
} kind[] = {
    {"quote_sent", N_("Quote"), write_quote_sent},
    {"quote_answer", N_("Answer to a question"), write_quote_answer},
    {"quote_question", N_("Question about a quote"), write_quote_question},
    {"quote_declined", N_("Quote declined"), write_quote_declined},
    {"quote_paid", N_("New order"), write_quote_paid},
    {"order_confirm", N_("Order confirmed"), write_order_confirm},
    {"invoice_new", N_("Invoice"), write_invoice_new},
    {"credit_note", N_("Credit note"), write_credit_note},
    {"receipt", N_("Receipt"), write_receipt},
    {"refund_made", N_("Refund"), write_refund_made},
    {"pay_failed", N_("Payment declined"), write_pay_failed},
    {"pay_reminder", N_("Reminder"), write_pay_reminder},
    {"closed_unpaid", N_("Ended unpaid"), write_closed_unpaid},
    {"pay_link", N_("Link to pay"), write_pay_link},
    {"renewal_due", N_("Renewal to pay"), write_renewal_due},
    {"mandate_code", N_("Code for a mandate"), write_mandate_code},
    {"mandate_signed", N_("Mandate signed"), write_mandate_signed},
    {"mandate_changed", N_("Mandate: another account"), write_mandate_changed},
    {"mandate_revoked", N_("Mandate revoked"), write_mandate_revoked},
    {"mandate_expired", N_("Mandate expired"), write_mandate_expired},
    {"sepa_prenotice", N_("Direct debit announced"), write_sepa_prenotice},
    {"debit_returned", N_("Direct debit returned"), write_debit_returned},
    {"link_new", N_("New link"), write_link_new},
    {"password_reset", N_("New password"), write_password_reset},
    {"method_replaced", N_("Payment method replaced"), write_method_replaced},
    {"card_expiring", N_("Card ends soon"), write_card_expiring},
    {"card_expired", N_("Card expired"), write_card_expired},
    {"end_planned", N_("End planned"), write_end_planned},
    {"end_undone", N_("End taken back"), write_end_undone},
    {"trial_ending", N_("Trial ends soon"), write_trial_ending},
    {"amendment", N_("Subscription changed"), write_amendment},
    {"subscription_ended", N_("Subscription ended"), write_subscription_ended},
    {"price_revised", N_("New prices announced"), write_price_revised},
    {"price_kept", N_("Prices stay"), write_price_kept},
};

const char *mail_template_text(const char *template)
{
    for (size_t i = 0; i < COUNT_OF(kind); i++)
        if (strcmp(kind[i].template, template) == 0)
            return kind[i].name;
    return template;
}

/* Who writes, as the law wants it on business letters (Code de commerce R123-237). */
static void write_footer(struct writing *w)
{
    const struct company *c = &w->company;
    struct arena *arena = w->ctx->arena;
    const char **footer = w->text->footer;

    footer[w->text->footer_count++] = str_empty(c->legal_form) ? c->name : arena_printf(arena, "%s, %s", c->name, c->legal_form);
    if (!str_empty(c->street))
        footer[w->text->footer_count++] = arena_printf(arena, "%s, %s %s, %s", c->street, c->postal_code, c->city,
                                                       format_country(arena, w->row->language, c->country));
    if (!str_empty(c->siren) || !str_empty(c->vat_id))
        footer[w->text->footer_count++] =
            arena_printf(arena, "%s%s%s%s%s", str_empty(c->siren) ? "" : "SIREN ", c->siren,
                         !str_empty(c->siren) && !str_empty(c->vat_id) ? ", " : "",
                         str_empty(c->vat_id) ? "" : tr_fill(arena, "VAT number {number}", "number", c->vat_id, NULL), "");
    if (w->ctx->tenant->test)
        footer[w->text->footer_count++] = tr("Test mode: this e-mail is a trial, no money is owed.");
}

static enum err write_text(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    const char *name = w->row->to_name;
    struct letter *text = w->text;

    TRY(w->ctx, company_current(w->ctx, &w->company));
    text->language = w->row->language;
    text->subject = text->quoted = text->button = text->href = text->after = text->thread = "";
    text->greeting = str_empty(name) ? tr("Hello,") : tr_fill(arena, "Hello {name},", "name", name, NULL);
    text->closing = tr("Kind regards");
    text->sender = w->company.name;
    text->from = w->company.email;
    if (w->row->quote_id != 0)
        text->thread = arena_printf(arena, "quote-%lld@%s.tacite", (long long)w->row->quote_id, w->ctx->tenant->name);
    else if (w->row->invoice_id != 0)
        text->thread = arena_printf(arena, "invoice-%lld@%s.tacite", (long long)w->row->invoice_id, w->ctx->tenant->name);
    write_footer(w);
    for (size_t i = 0; i < COUNT_OF(kind); i++)
        if (strcmp(kind[i].template, w->row->template) == 0)
            return kind[i].write(w);
    return FAIL(w->ctx, ERR_CORRUPT, "no mail is called %s", w->row->template);
}

enum err mail_text_of(struct ctx *ctx, struct mail_facts *facts, const struct outbox_row *row, const char *token, struct letter *text)
{
    struct writing w = {.ctx = ctx, .facts = facts, .row = row, .token = token, .text = text};
    char *before = arena_strdup(ctx->arena, words_language());
    enum err err;

    memset(text, 0, sizeof *text);
    words_use(row->language);
    err = write_text(&w);
    words_use(before);
    return err;
}
