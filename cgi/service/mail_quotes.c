/* What mails say of quotes, and of the orders that they become. */
#include "service/mail_writing.h"

#include "base/encode.h"
#include "base/hash.h"
#include "base/str.h"
#include "core/date.h"
#include "service/offer.h"
#include "service/offer_words.h"
#include "store/invoice.h"
#include "store/subscription.h"
#include "text/phrase.h"
#include "text/words.h"

enum err write_quote_sent(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    const char *number = mail_param(w, "number");
    struct offer offer;

    TRY(w->ctx, mail_offer(w, &offer));
    w->text->subject = offer.quote.kind == QUOTE_UPSELL ? mail_fill_number(w, "Change of your subscription: quote {number} from {company}", number)
                       : offer.quote.kind == QUOTE_RENEWAL ? mail_fill_number(w, "Renewal of your subscription: quote {number} from {company}", number)
                                                           : mail_fill_number(w, "Quote {number} from {company}", number);
    mail_say(w, mail_fill_number(w, "Here is our quote {number}. Read it, choose, ask, sign and pay on one page: no account is needed.", number));
    if (offer.quote.kind != QUOTE_NEW)
        mail_fact(w, tr(quote_kind_text(offer.quote.kind)), offer.quote.contract_number);
    if (offer.quote.kind == QUOTE_UPSELL && offer.effective_on != DATE_NONE)
        mail_say(w, offer_effect_text(arena, w->row->language, &offer));
    w->text->quoted = mail_param(w, "message");
    if (offer.deposit_minor > 0)
        mail_fact(w, offer_deposit_label(arena, w->row->language, &offer), mail_money(w, offer.deposit_minor, offer.version.currency));
    mail_fact(w, tr("Due today, incl. VAT"), mail_money(w, offer.totals.today.gross_minor, offer.version.currency));
    if (offer.recurrence.unit != 0)
        mail_fact(w, tr("Then, incl. VAT"),
                  tr_fill(arena, "{amount} {period}", "amount", mail_money(w, offer.totals.period.gross_minor, offer.version.currency), "period",
                          phrase_per(arena, offer.recurrence), NULL));
    mail_fact(w, tr("Valid until"), mail_day(w, offer.version.valid_until_on));
    mail_link_button(w, tr("Read the quote"));
    w->text->after = tr("The link is yours alone: whoever has it can accept the quote in your name.");
    return OK;
}

enum err write_quote_answer(struct writing *w)
{
    w->text->subject = mail_fill_number(w, "Quote {number}: our answer", mail_param(w, "number"));
    mail_say(w, mail_fill_number(w, "You asked us about quote {number}. Here is our answer.", mail_param(w, "number")));
    w->text->quoted = mail_param(w, "message");
    mail_say(w, tr("The link in our e-mail with the quote still works; answers stand there too."));
    return OK;
}

static void quote_page_button(struct writing *w, const struct quote *quote)
{
    mail_button(w, tr("Open the quote"), arena_printf(w->ctx->arena, "/admin/quotes/%s", quote->number));
}

static enum err write_to_seller(struct writing *w, const char *subject, const char *words)
{
    struct quote quote;

    TRY(w->ctx, quote_by_id(w->ctx, w->row->quote_id, &quote));
    w->text->subject = tr_fill(w->ctx->arena, subject, "number", mail_param(w, "number"), "customer", mail_param(w, "customer"), NULL);
    mail_say(w, tr_fill(w->ctx->arena, words, "number", mail_param(w, "number"), "customer", mail_param(w, "customer"), NULL));
    w->text->quoted = mail_param(w, "message");
    quote_page_button(w, &quote);
    return OK;
}

enum err write_quote_question(struct writing *w)
{
    return write_to_seller(w, N_("Question about quote {number} from {customer}"), N_("{customer} asks about quote {number}:"));
}

enum err write_quote_declined(struct writing *w)
{
    return write_to_seller(w, N_("Quote {number} was declined by {customer}"), N_("{customer} declined quote {number}."));
}

enum err write_order_confirm(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct offer offer;
    struct subscription s;
    struct signature signature;
    const char *number;
    enum err err;

    TRY(w->ctx, mail_offer(w, &offer));
    number = offer_number(arena, &offer);
    w->text->subject = mail_fill_number(w, "Your order is confirmed: {number}", number);
    mail_say(w, tr("Thank you. Your order is confirmed."));
    if (!str_empty(offer.words.confirmation))
        mail_say(w, offer.words.confirmation);
    mail_fact(w, tr("Quote"), number);
    if (offer.quote.kind != QUOTE_NEW)
        mail_fact(w, tr(quote_kind_text(offer.quote.kind)), offer.quote.contract_number);
    if (w->row->subscription_id != 0) {
        mail_say(w, tr("Your subscription renews by itself. You see it, its invoices and its payment method on your own page, whenever you want."));
        TRY(w->ctx, mail_subscription(w, &s));
        TRY(w->ctx, mail_subscription_facts(w, &s));
    }
    err = signature_of_quote(w->ctx, w->row->quote_id, &signature);
    if (err == OK) {
        mail_say(w, tr("The signed quote is attached. Please keep it."));
        mail_fact(w, tr("Fingerprint of the accepted quote (SHA-256)"), encode_hex(arena, signature.document_sha256, HASH_BYTES));
        mail_attach(w, "quote_signed", signature.id, number);
    } else if (err == ERR_NOT_FOUND) {
        ctx_forget_error(w->ctx);
    } else {
        return err;
    }
    mail_link_button(w, tr("Open your page"));
    w->text->after = tr("This link works for 90 days; a new one comes by e-mail whenever you ask for it.");
    return OK;
}

static enum err say_what_was_paid(struct writing *w, const struct offer *offer, const char *number)
{
    struct arena *arena = w->ctx->arena;
    struct asked invoice;

    TRY(w->ctx, mail_asked(w, &invoice));
    mail_say(w, str_equal(mail_param(w, "paid"), "yes")
                    ? tr_fill(arena, "{customer} signed quote {number} and paid {amount}.", "customer", offer->customer.name, "number", number,
                              "amount", mail_money(w, invoice.total_minor, invoice.currency), NULL)
                    : tr_fill(arena, "{customer} signed quote {number}. Invoice {invoice} of {amount} is open.", "customer", offer->customer.name,
                              "number", number, "invoice", invoice.number, "amount", mail_money(w, invoice.total_minor, invoice.currency), NULL));
    mail_fact(w, tr("Invoice"), invoice.number);
    return OK;
}

enum err write_quote_paid(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct offer offer;
    const char *number;

    TRY(w->ctx, mail_offer(w, &offer));
    number = offer_number(arena, &offer);
    w->text->subject = tr_fill(arena, "Order: {customer} accepted quote {number}", "customer", offer.customer.name, "number", number, NULL);
    if (offer.quote.kind != QUOTE_NEW)
        mail_fact(w, tr(quote_kind_text(offer.quote.kind)), offer.quote.contract_number);
    if (w->row->invoice_id == 0)
        mail_say(w, tr_fill(arena, "{customer} accepted quote {number}. Nothing is due at the start.", "customer", offer.customer.name,
                            "number", number, NULL));
    else
        TRY(w->ctx, say_what_was_paid(w, &offer, number));
    if (w->row->subscription_id != 0) {
        struct subscription s;

        TRY(w->ctx, mail_subscription(w, &s));
        TRY(w->ctx, mail_subscription_facts(w, &s));
    }
    quote_page_button(w, &offer.quote);
    return OK;
}
