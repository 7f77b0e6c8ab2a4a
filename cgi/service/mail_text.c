#include "service/mail_text.h"

#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/hash.h"
#include "base/str.h"
#include "core/date.h"
#include "service/ending.h"
#include "service/offer.h"
#include "service/offer_words.h"
#include "service/renewing.h"
#include "service/revising.h"
#include "store/amendment.h"
#include "store/claim.h"
#include "store/company.h"
#include "store/dunning.h"
#include "store/credit.h"
#include "store/deposit.h"
#include "store/debit.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/payable.h"
#include "store/subscription.h"
#include "store/tenant.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

struct writing {
    struct ctx *ctx;
    const struct outbox_row *row;
    const char *token;
    struct letter *text;
    struct company company;
};

/* ---- pieces ---- */

static const char *money(const struct writing *w, int64_t minor, const char *currency)
{
    return format_money(w->ctx->arena, w->row->language, minor, currency);
}

static const char *day(const struct writing *w, int32_t on)
{
    return format_date_long(w->ctx->arena, w->row->language, on);
}

static const char *param(const struct writing *w, const char *name)
{
    return history_param(w->ctx->arena, w->row->params, name);
}

static void say(struct writing *w, const char *paragraph)
{
    CHECK(w->text->paragraph_count < MAIL_PARAGRAPHS_MAX);
    w->text->paragraphs[w->text->paragraph_count++] = paragraph;
}

static void fact(struct writing *w, const char *label, const char *value)
{
    if (str_empty(value))
        return;
    CHECK(w->text->fact_count < MAIL_FACTS_MAX);
    w->text->facts[w->text->fact_count++] = (struct mail_fact){label, value};
}

static void button(struct writing *w, const char *label, const char *path)
{
    w->text->button = label;
    w->text->href = arena_printf(w->ctx->arena, "%s%s", w->ctx->tenant->site_base, path);
}

/* The mail's own link; its token stands in no other place. */
static void link_button(struct writing *w, const char *label)
{
    button(w, label, str_empty(w->token) ? "/link" : arena_printf(w->ctx->arena, "/l/%s", w->token));
}

static void attach(struct writing *w, const char *kind, int64_t ref_id, const char *name)
{
    CHECK(w->text->attachment_count < MAIL_ATTACHMENTS_MAX);
    w->text->attachments[w->text->attachment_count++] =
        (struct mail_attachment){kind, ref_id, arena_printf(w->ctx->arena, "%s.pdf", name)};
}

/* What the mail asked for when it was written: what is open changes until somebody looks at it again. */
static int64_t asked_minor(const struct writing *w, const struct receivable *receivable)
{
    long long minor;

    return str_to_i64(param(w, "asked"), 1, INT64_MAX, &minor) ? minor : receivable->open_minor;
}

static char *fill_number(const struct writing *w, const char *msgid, const char *number)
{
    return tr_fill(w->ctx->arena, msgid, "number", number, "company", w->company.name, NULL);
}

/* Debit first: there is no invoice yet, and the number is that of the subscription whose renewal is asked for. */
static const char *of_asked(const struct invoice *invoice, const char *msgid, const char *of_claim)
{
    return invoice_is_claim(invoice) ? of_claim : msgid;
}

static void asked_fact(struct writing *w, const struct invoice *invoice)
{
    fact(w, invoice_is_claim(invoice) ? tr("Subscription") : tr("Invoice"), invoice->number);
}

/* ---- about quotes ---- */

static enum err write_quote_sent(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    const char *number = param(w, "number");
    struct offer offer;

    TRY(w->ctx, load_offer(w->ctx, w->row->quote_id, 0, &offer));
    w->text->subject = fill_number(w, "Quote {number} from {company}", number);
    say(w, fill_number(w, "Here is our quote {number}. Read it, choose, ask, sign and pay on one page: no account is needed.", number));
    w->text->quoted = param(w, "message");
    if (offer.deposit_minor > 0)
        fact(w, offer_deposit_label(arena, w->row->language, &offer), money(w, offer.deposit_minor, offer.version.currency));
    fact(w, tr("Due today, incl. VAT"), money(w, offer.totals.today.gross_minor, offer.version.currency));
    if (offer.recurrence.unit != 0)
        fact(w, tr("Then, incl. VAT"),
             tr_fill(arena, "{amount} {period}", "amount", money(w, offer.totals.period.gross_minor, offer.version.currency), "period",
                     phrase_per(arena, offer.recurrence), NULL));
    fact(w, tr("Valid until"), day(w, offer.version.valid_until_on));
    link_button(w, tr("Read the quote"));
    w->text->after = tr("The link is yours alone: whoever has it can accept the quote in your name.");
    return OK;
}

static enum err write_quote_answer(struct writing *w)
{
    w->text->subject = fill_number(w, "Quote {number}: our answer", param(w, "number"));
    say(w, fill_number(w, "You asked us about quote {number}. Here is our answer.", param(w, "number")));
    w->text->quoted = param(w, "message");
    say(w, tr("The link in our e-mail with the quote still works; answers stand there too."));
    return OK;
}

static void quote_page_button(struct writing *w, const struct quote *quote)
{
    button(w, tr("Open the quote"), arena_printf(w->ctx->arena, "/admin/quotes/%s", quote->number));
}

static enum err write_to_seller(struct writing *w, const char *subject, const char *words)
{
    struct quote quote;

    TRY(w->ctx, quote_by_id(w->ctx, w->row->quote_id, &quote));
    w->text->subject = tr_fill(w->ctx->arena, subject, "number", param(w, "number"), "customer", param(w, "customer"), NULL);
    say(w, tr_fill(w->ctx->arena, words, "number", param(w, "number"), "customer", param(w, "customer"), NULL));
    w->text->quoted = param(w, "message");
    quote_page_button(w, &quote);
    return OK;
}

static enum err write_quote_question(struct writing *w)
{
    return write_to_seller(w, N_("Question about quote {number} from {customer}"), N_("{customer} asks about quote {number}:"));
}

static enum err write_quote_declined(struct writing *w)
{
    return write_to_seller(w, N_("Quote {number} was declined by {customer}"), N_("{customer} declined quote {number}."));
}

/* ---- about orders ---- */

static enum err subscription_facts(struct writing *w, const struct subscription *s)
{
    struct renewal_preview next;
    struct payment_method method;

    fact(w, tr("Subscription"), s->number);
    TRY(w->ctx, preview_renewal(w->ctx, s, &next));
    if (next.due_on != DATE_NONE)
        fact(w, tr("Next invoice"),
             tr_fill(w->ctx->arena, "{date}: {amount} incl. VAT", "date", day(w, next.due_on), "amount",
                     money(w, next.total_minor, s->currency), NULL));
    if (s->payment_method_id != 0) {
        TRY(w->ctx, payment_method_by_id(w->ctx, s->payment_method_id, &method));
        fact(w, tr("Payment method"), tr_fill(w->ctx->arena, "Card ending in {digits}", "digits", method.last4, NULL));
    }
    return OK;
}

static enum err write_order_confirm(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct offer offer;
    struct subscription s;
    struct signature signature;
    const char *number;
    enum err err;

    TRY(w->ctx, load_offer(w->ctx, w->row->quote_id, 0, &offer));
    number = offer_number(arena, &offer);
    w->text->subject = fill_number(w, "Your order is confirmed: {number}", number);
    say(w, tr("Thank you. Your order is confirmed."));
    if (!str_empty(offer.words.confirmation))
        say(w, offer.words.confirmation);
    fact(w, tr("Quote"), number);
    if (w->row->subscription_id != 0) {
        say(w, tr("Your subscription renews by itself. You see it, its invoices and its payment method on your own page, whenever you want."));
        TRY(w->ctx, subscription_by_id(w->ctx, w->row->subscription_id, &s));
        TRY(w->ctx, subscription_facts(w, &s));
    }
    err = signature_of_quote(w->ctx, w->row->quote_id, &signature);
    if (err == OK) {
        say(w, tr("The signed quote is attached. Please keep it."));
        fact(w, tr("Fingerprint of the accepted quote (SHA-256)"), encode_hex(arena, signature.document_sha256, HASH_BYTES));
        attach(w, "quote_signed", signature.id, number);
    } else if (err == ERR_NOT_FOUND) {
        ctx_forget_error(w->ctx);
    } else {
        return err;
    }
    link_button(w, tr("Open your page"));
    w->text->after = tr("This link works for 90 days; a new one comes by e-mail whenever you ask for it.");
    return OK;
}

static enum err say_what_was_paid(struct writing *w, const struct offer *offer, const char *number)
{
    struct arena *arena = w->ctx->arena;
    struct invoice invoice;

    TRY(w->ctx, invoice_by_id(w->ctx, w->row->invoice_id, &invoice));
    say(w, str_equal(param(w, "paid"), "yes")
               ? tr_fill(arena, "{customer} signed quote {number} and paid {amount}.", "customer", offer->customer.name, "number", number,
                         "amount", money(w, invoice.total_minor, invoice.currency), NULL)
               : tr_fill(arena, "{customer} signed quote {number}. Invoice {invoice} of {amount} is open.", "customer", offer->customer.name,
                         "number", number, "invoice", invoice.number, "amount", money(w, invoice.total_minor, invoice.currency), NULL));
    fact(w, tr("Invoice"), invoice.number);
    return OK;
}

static enum err write_quote_paid(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct offer offer;
    const char *number;

    TRY(w->ctx, load_offer(w->ctx, w->row->quote_id, 0, &offer));
    number = offer_number(arena, &offer);
    w->text->subject = tr_fill(arena, "Order: {customer} accepted quote {number}", "customer", offer.customer.name, "number", number, NULL);
    if (w->row->invoice_id == 0)
        say(w, tr_fill(arena, "{customer} accepted quote {number}. Nothing is due at the start.", "customer", offer.customer.name,
                       "number", number, NULL));
    else
        TRY(w->ctx, say_what_was_paid(w, &offer, number));
    if (w->row->subscription_id != 0) {
        struct subscription s;

        TRY(w->ctx, subscription_by_id(w->ctx, w->row->subscription_id, &s));
        TRY(w->ctx, subscription_facts(w, &s));
    }
    quote_page_button(w, &offer.quote);
    return OK;
}

/* ---- about invoices ---- */

/* What credit notes paid of an invoice when it was issued. */
static enum err paid_with_credit(struct writing *w, const struct invoice *invoice)
{
    struct credit_allocation *uses;
    int64_t used = 0;
    size_t count;

    TRY(w->ctx, credits_used_on(w->ctx, invoice->id, &uses, &count));
    for (size_t i = 0; i < count; i++)
        used += uses[i].own ? 0 : uses[i].amount_minor;
    if (used > 0)
        fact(w, tr("Paid with your credit"), money(w, used, invoice->currency));
    return OK;
}

static enum err deducted_deposit(struct writing *w, const struct invoice *invoice)
{
    struct deducted deducted;

    TRY(w->ctx, deducted_from(w->ctx, invoice->id, &deducted));
    if (deducted.total_minor > 0)
        fact(w, tr("Deposit deducted, incl. VAT"), money(w, -deducted.total_minor, invoice->currency));
    return OK;
}

static enum err write_invoice_new(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct invoice invoice;
    struct receivable receivable;
    const char *amount;

    TRY(w->ctx, invoice_by_id(w->ctx, w->row->invoice_id, &invoice));
    TRY(w->ctx, receivable_of(w->ctx, w->row->invoice_id, &receivable));
    amount = money(w, invoice.total_minor, invoice.currency);
    if (strcmp(invoice.kind, "deposit") == 0) {
        w->text->subject = tr_fill(arena, "Deposit invoice {number} from {company}: {amount}", "number", invoice.number, "company",
                                   w->company.name, "amount", amount, NULL);
        say(w, fill_number(w, "Your deposit invoice {number} is attached. It is paid; your next invoices deduct it.", invoice.number));
        fact(w, tr("Amount, incl. VAT"), amount);
        fact(w, tr("Date"), day(w, invoice.issued_on));
        attach(w, "invoice", invoice.id, invoice.number);
        return OK;
    }
    w->text->subject = tr_fill(arena, "Invoice {number} from {company}: {amount}", "number", invoice.number, "company",
                               w->company.name, "amount", amount, NULL);
    say(w, fill_number(w, "Your invoice {number} is attached.", invoice.number));
    fact(w, tr("Amount, incl. VAT"), amount);
    fact(w, tr("Date"), day(w, invoice.issued_on));
    TRY(w->ctx, deducted_deposit(w, &invoice));
    TRY(w->ctx, paid_with_credit(w, &invoice));
    if (receivable.open_minor == 0) {
        say(w, tr("It is paid. There is nothing left to do."));
    } else if (receivable.collect_on != DATE_NONE) {
        if (receivable.collect_on > invoice.issued_on)
            fact(w, tr("Debit on"), day(w, receivable.collect_on));
        say(w, tr("We debit your stored card. There is nothing left to do."));
    } else if (receivable.open_minor > 0) {
        fact(w, tr("Pay by"), day(w, invoice.due_on));
        link_button(w, tr_fill(arena, "Pay {amount}", "amount", money(w, receivable.open_minor, receivable.currency), NULL));
    }
    attach(w, "invoice", invoice.id, invoice.number);
    return OK;
}

static enum err write_credit_note(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct invoice invoice;
    struct credit_note note;
    struct credit_allocation *uses;
    int64_t left;
    size_t count;

    TRY(w->ctx, invoice_by_id(w->ctx, w->row->invoice_id, &invoice));
    TRY(w->ctx, credit_note_of(w->ctx, w->row->invoice_id, &note));
    TRY(w->ctx, uses_of_credit(w->ctx, w->row->invoice_id, &uses, &count));
    TRY(w->ctx, credit_left_of(w->ctx, w->row->invoice_id, &left));
    w->text->subject = tr_fill(arena, "Credit note {number} from {company}: {amount}", "number", invoice.number, "company",
                               w->company.name, "amount", money(w, invoice.total_minor, invoice.currency), NULL);
    say(w, tr_fill(arena, "Your credit note {number} for invoice {invoice} is attached.", "number", invoice.number, "invoice",
                   note.corrected_number, NULL));
    fact(w, tr("Amount, incl. VAT"), money(w, invoice.total_minor, invoice.currency));
    fact(w, tr("Reason"), note.reason);
    for (size_t i = 0; i < count && i < 3; i++)
        fact(w, tr_fill(arena, "Set against {number}", "number", uses[i].number, NULL), money(w, uses[i].amount_minor, invoice.currency));
    if (left > 0) {
        fact(w, tr("Your credit"), money(w, left, invoice.currency));
        say(w, tr("Your credit pays your next invoice first. There is nothing to do."));
    }
    attach(w, "invoice", invoice.id, invoice.number);
    return OK;
}

static enum err write_receipt(struct writing *w)
{
    struct invoice invoice;
    struct receivable receivable;

    TRY(w->ctx, invoice_by_id(w->ctx, w->row->invoice_id, &invoice));
    TRY(w->ctx, receivable_of(w->ctx, w->row->invoice_id, &receivable));
    w->text->subject = fill_number(w, "Payment received for invoice {number}", invoice.number);
    say(w, fill_number(w, "Thank you: we received your payment for invoice {number}.", invoice.number));
    fact(w, tr("Amount, incl. VAT"), money(w, invoice.total_minor, invoice.currency));
    fact(w, tr("Paid on"), day(w, receivable.paid_on));
    if (receivable.open_minor > 0)
        fact(w, tr("Still open"), money(w, receivable.open_minor, receivable.currency));
    return OK;
}

/* Where the money went, and what that leaves. */
static enum err write_refund_made(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    bool card = str_equal(param(w, "kind"), "card");
    struct invoice invoice;
    struct receivable receivable;
    long long minor;
    const char *amount;

    TRY(w->ctx, invoice_by_id(w->ctx, w->row->invoice_id, &invoice));
    if (!str_to_i64(param(w, "amount"), 1, INT64_MAX, &minor))
        return FAIL(w->ctx, ERR_CORRUPT, "mail %lld says no amount", (long long)w->row->id);
    amount = money(w, minor, param(w, "currency"));
    w->text->subject = tr_fill(arena, "Refund from {company}: {amount}", "company", w->company.name, "amount", amount, NULL);
    say(w, card ? tr_fill(arena, "We have refunded {amount} to the card that paid. Your bank shows it within a few days.", "amount", amount, NULL)
                : tr_fill(arena, "We have transferred {amount} to your account.", "amount", amount, NULL));
    fact(w, tr("Amount"), amount);
    fact(w, card ? tr("Card") : tr("Account"), param(w, "to"));
    fact(w, tr("Reason"), param(w, "reason"));
    if (str_equal(invoice.kind, "credit_note")) {
        fact(w, tr("Credit note"), invoice.number);
        return OK;
    }
    TRY(w->ctx, receivable_of(w->ctx, invoice.id, &receivable));
    fact(w, tr("Invoice"), invoice.number);
    if (receivable.open_minor > 0) {
        fact(w, tr("Open again"), money(w, receivable.open_minor, receivable.currency));
        say(w, tr("The invoice is open again by what was refunded."));
    }
    return OK;
}

/* When the stored card is tried again, DATE_NONE when it is not. */
static enum err next_retry(struct ctx *ctx, int64_t invoice_id, int32_t *on)
{
    struct dunning_case c;
    struct dunning_step *steps;
    size_t count;
    enum err err = dunning_case_of(ctx, invoice_id, &c);

    *on = DATE_NONE;
    if (err == ERR_NOT_FOUND)
        ctx_forget_error(ctx);
    if (err != OK)
        return err == ERR_NOT_FOUND ? OK : err;
    TRY(ctx, dunning_case_steps(ctx, c.rule_id, c.close_days, &steps, &count));
    if (c.can_retry && str_equal(c.state, "open"))
        *on = dunning_next_retry_on(steps, count, (size_t)c.steps_done, c.due_on);
    return OK;
}

static enum err write_pay_failed(struct writing *w)
{
    int32_t again_on;
    struct arena *arena = w->ctx->arena;
    struct invoice invoice;
    struct receivable receivable;
    const char *open;
    const char *why = param(w, "decline");

    TRY(w->ctx, asked_invoice(w->ctx, w->row->invoice_id, &invoice));
    TRY(w->ctx, receivable_of(w->ctx, w->row->invoice_id, &receivable));
    open = money(w, asked_minor(w, &receivable), receivable.currency);
    w->text->needless = receivable.open_minor == 0;
    w->text->subject = fill_number(w, of_asked(&invoice, N_("Invoice {number}: your card was declined"),
                                               N_("Renewal of {number}: your card was declined")), invoice.number);
    say(w, tr_fill(arena, of_asked(&invoice, N_("We could not debit {amount} for invoice {number} from your stored card."),
                                   N_("We could not debit {amount} for the renewal of {number} from your stored card.")),
                   "amount", open, "number", invoice.number, NULL));
    if (!str_empty(why))
        say(w, tr(why));
    TRY(w->ctx, next_retry(w->ctx, invoice.id, &again_on));
    if (again_on != DATE_NONE)
        say(w, tr_fill(arena, "We try again on {date}. You can pay now with this or another card; nothing is debited twice.", "date",
                       day(w, again_on), NULL));
    else
        say(w, tr("Please pay with another card."));
    asked_fact(w, &invoice);
    fact(w, tr("Amount, incl. VAT"), open);
    fact(w, tr("Pay by"), day(w, invoice.due_on));
    link_button(w, tr_fill(arena, "Pay {amount}", "amount", open, NULL));
    return OK;
}

/* A business is told what the law says of late payment between merchants (Code de commerce L441-10); a consumer never. */
static enum err write_pay_reminder(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct invoice invoice;
    struct receivable receivable;
    const char *close = param(w, "close_on");
    const char *open;
    int32_t close_on;

    TRY(w->ctx, asked_invoice(w->ctx, w->row->invoice_id, &invoice));
    TRY(w->ctx, receivable_of(w->ctx, w->row->invoice_id, &receivable));
    open = money(w, asked_minor(w, &receivable), receivable.currency);
    w->text->needless = receivable.open_minor == 0;
    w->text->subject = fill_number(w, str_empty(close) ? of_asked(&invoice, N_("Reminder: invoice {number} is not paid"),
                                                                   N_("Reminder: the renewal of {number} is not paid"))
                                                        : of_asked(&invoice, N_("Last reminder: invoice {number} is not paid"),
                                                                   N_("Last reminder: the renewal of {number} is not paid")), invoice.number);
    say(w, tr_fill(arena, of_asked(&invoice, N_("We have not received the payment of invoice {number} of {date} yet. It takes a minute to pay it by card."),
                                   N_("We have not received the payment for the renewal of {number} yet. It takes a minute to pay it by card; the invoice comes with the payment.")),
                   "number", invoice.number, "date", day(w, invoice.issued_on), NULL));
    if (date_parse_iso(close, &close_on))
        say(w, tr_fill(arena, "Without a payment the subscription ends on {date}.", "date", day(w, close_on), NULL));
    say(w, tr("If you have paid in the meantime, please ignore this e-mail."));
    asked_fact(w, &invoice);
    fact(w, tr("Still open"), open);
    fact(w, tr("Was due on"), day(w, receivable.due_on));
    if (!str_empty(param(w, "company")) && !str_empty(w->company.late_penalty))
        fact(w, tr("Late payment"), w->company.late_penalty);
    link_button(w, tr_fill(arena, "Pay {amount}", "amount", open, NULL));
    if (!invoice_is_claim(&invoice))
        attach(w, "invoice", invoice.id, invoice.number);
    return OK;
}

/* Debit first, and nothing that could be debited. */
static enum err write_renewal_due(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct invoice invoice;
    struct receivable receivable;
    const char *open;

    TRY(w->ctx, asked_invoice(w->ctx, w->row->invoice_id, &invoice));
    TRY(w->ctx, receivable_of(w->ctx, w->row->invoice_id, &receivable));
    open = money(w, receivable.open_minor > 0 ? receivable.open_minor : receivable.total_minor, receivable.currency);
    w->text->needless = receivable.open_minor == 0; /* paid, or asked no more */
    w->text->subject = tr_fill(arena, "Renewal of {number}: {amount} to pay", "number", invoice.number, "amount", open, NULL);
    say(w, tr_fill(arena, "Your subscription {number} goes on once this payment has come. The invoice follows with it.", "number", invoice.number, NULL));
    asked_fact(w, &invoice);
    fact(w, tr("Amount, incl. VAT"), open);
    fact(w, tr("Pay by"), day(w, receivable.due_on));
    link_button(w, tr_fill(arena, "Pay {amount}", "amount", open, NULL));
    return OK;
}

static enum err write_closed_unpaid(struct writing *w)
{
    struct subscription s;

    TRY(w->ctx, subscription_by_id(w->ctx, w->row->subscription_id, &s));
    w->text->subject = fill_number(w, "Subscription {number} has ended", s.number);
    say(w, tr("The subscription has ended because an invoice stayed unpaid. Nothing more is billed. What is open is still to be paid; "
              "please tell us if you want to go on."));
    fact(w, tr("Subscription"), s.number);
    button(w, tr("See my subscription"), arena_printf(w->ctx->arena, "/my/subscriptions/%s", s.number));
    return OK;
}

static enum err write_mandate_code(struct writing *w)
{
    w->text->subject = tr_fill(w->ctx->arena, "{code} is the code to sign your mandate", "code", w->token, NULL);
    say(w, tr("Enter this code on the page where you sign the direct debit mandate. It is good for 30 minutes."));
    fact(w, tr("Code"), w->token);
    fact(w, tr("Mandate"), param(w, "reference"));
    fact(w, tr("Account"), param(w, "account"));
    say(w, tr("If you did not ask for this, do nothing: nothing is debited without your signature."));
    return OK;
}

static enum err mandate_of(struct writing *w, struct mandate *m)
{
    return mandate_by_reference(w->ctx, param(w, "reference"), m);
}

static void mandate_facts(struct writing *w, const struct mandate *m)
{
    fact(w, tr("Mandate"), m->reference);
    fact(w, tr("Creditor"), m->creditor_name);
    fact(w, tr("Creditor identifier"), m->creditor_id);
    fact(w, tr("Account holder"), m->holder);
    fact(w, tr("Account"), m->account_masked);
}

static enum err write_mandate_signed(struct writing *w)
{
    struct mandate m;

    TRY(w->ctx, mandate_of(w, &m));
    w->text->subject = tr_fill(w->ctx->arena, "Your direct debit mandate {reference}", "reference", m.reference, NULL);
    say(w, tr("Thank you: your mandate is signed. This is what you agreed to; please keep this e-mail."));
    say(w, m.agreed_text);
    if (str_equal(m.scheme, "b2b"))
        say(w, tr("Please give the mandate to your bank now: it pays debits between businesses only under mandates that it knows."));
    mandate_facts(w, &m);
    fact(w, tr("Signed by"), m.signed_name);
    fact(w, tr("Signed on"), day(w, m.signed_on));
    fact(w, tr("Payment"), m.one_off ? tr("One-off") : tr("Recurrent"));
    attach(w, "mandate", m.payment_method_id, m.reference);
    return OK;
}

static enum err write_mandate_changed(struct writing *w)
{
    struct mandate_change c;
    struct mandate m;
    long long id;

    TRY(w->ctx, mandate_of(w, &m));
    CHECK(str_to_i64(param(w, "change"), 1, INT64_MAX, &id));
    TRY(w->ctx, mandate_change_by_id(w->ctx, id, &c));
    w->text->subject = tr_fill(w->ctx->arena, "Mandate {reference}: another account", "reference", m.reference, NULL);
    say(w, tr("Your mandate stays as it is, with another account: the next debits come from there. A debit that is with the bank already still comes "
              "from the account before."));
    say(w, c.agreed_text);
    fact(w, tr("Mandate"), m.reference);
    fact(w, tr("Account before"), c.before_masked);
    fact(w, tr("Account now"), c.account_masked);
    fact(w, tr("Signed by"), c.signed_name);
    fact(w, tr("Signed on"), day(w, c.signed_on));
    attach(w, "mandate_amendment", c.id, m.reference);
    return OK;
}

static enum err write_mandate_revoked(struct writing *w)
{
    struct mandate m;

    TRY(w->ctx, mandate_of(w, &m));
    w->text->subject = tr_fill(w->ctx->arena, "Mandate {reference} is revoked", "reference", m.reference, NULL);
    say(w, tr("Nothing more is debited under this mandate. A debit that is with the bank already may still come. What is not paid yet can be paid by "
              "card or by transfer."));
    mandate_facts(w, &m);
    fact(w, tr("Revoked on"), day(w, m.ended_on));
    return OK;
}

static enum err write_mandate_expired(struct writing *w)
{
    struct subscription s;
    struct mandate m;

    TRY(w->ctx, mandate_of(w, &m));
    TRY(w->ctx, subscription_by_id(w->ctx, m.subscription_id, &s));
    w->text->subject = tr_fill(w->ctx->arena, "Mandate {reference} has expired", "reference", m.reference, NULL);
    say(w, tr("Nothing was debited under this mandate for 36 months, so it is no longer valid. Please sign a new one if you want to go on paying by "
              "direct debit."));
    mandate_facts(w, &m);
    button(w, tr("See my subscription"), arena_printf(w->ctx->arena, "/my/subscriptions/%s", s.number));
    return OK;
}

static enum err write_sepa_prenotice(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct invoice invoice;
    struct receivable receivable;
    int32_t on;

    TRY(w->ctx, asked_invoice(w->ctx, w->row->invoice_id, &invoice));
    TRY(w->ctx, receivable_of(w->ctx, w->row->invoice_id, &receivable));
    CHECK(date_parse_iso(param(w, "on"), &on));
    w->text->subject = tr_fill(arena, "{amount} will be debited on {date}", "amount", money(w, asked_minor(w, &receivable), receivable.currency), "date",
                               day(w, on), NULL);
    say(w, tr_fill(arena, of_asked(&invoice, N_("We will debit your account for invoice {number}. There is nothing to do."),
                                   N_("We will debit your account for the renewal of {number}. There is nothing to do; the invoice comes with the payment.")),
                   "number", invoice.number, NULL));
    fact(w, tr("Amount"), money(w, asked_minor(w, &receivable), receivable.currency));
    fact(w, tr("Date"), day(w, on));
    fact(w, tr("Account"), param(w, "account"));
    fact(w, tr("Mandate"), param(w, "reference"));
    fact(w, tr("Creditor identifier"), param(w, "creditor"));
    return OK;
}

static enum err write_debit_returned(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct invoice invoice;
    struct receivable receivable;
    const char *open;

    TRY(w->ctx, asked_invoice(w->ctx, w->row->invoice_id, &invoice));
    TRY(w->ctx, receivable_of(w->ctx, w->row->invoice_id, &receivable));
    open = money(w, asked_minor(w, &receivable), receivable.currency);
    w->text->needless = receivable.open_minor == 0;
    w->text->subject = fill_number(w, of_asked(&invoice, N_("Invoice {number}: your bank returned the direct debit"),
                                               N_("Renewal of {number}: your bank returned the direct debit")), invoice.number);
    say(w, tr_fill(arena, of_asked(&invoice, N_("Your bank did not pay {amount} for invoice {number}, or took it back."),
                                   N_("Your bank did not pay {amount} for the renewal of {number}.")), "amount", open, "number", invoice.number, NULL));
    if (!str_empty(param(w, "details")))
        say(w, tr("This account can no longer be debited. Please pay with the link and enter new bank details on your page."));
    else if (receivable.collect_on != DATE_NONE)
        say(w, tr_fill(arena, "We try again after {date}; you are told of the day before. You can also pay now.", "date", day(w, receivable.collect_on), NULL));
    else
        say(w, tr("Please pay with the link, or write to us if you do not agree."));
    asked_fact(w, &invoice);
    fact(w, tr("Amount, incl. VAT"), open);
    link_button(w, tr_fill(arena, "Pay {amount}", "amount", open, NULL));
    return OK;
}

static enum err write_pay_link(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct invoice invoice;
    struct receivable receivable;
    const char *open;

    TRY(w->ctx, asked_invoice(w->ctx, w->row->invoice_id, &invoice));
    TRY(w->ctx, receivable_of(w->ctx, w->row->invoice_id, &receivable));
    open = money(w, asked_minor(w, &receivable), receivable.currency);
    w->text->needless = receivable.open_minor == 0;
    w->text->subject = tr_fill(arena, of_asked(&invoice, N_("Invoice {number}: {amount} to pay"), N_("Renewal of {number}: {amount} to pay")), "number",
                               invoice.number, "amount", open, NULL);
    say(w, tr_fill(arena, of_asked(&invoice, N_("Invoice {number} of {date} is still open. You can pay it by card here."),
                                   N_("The renewal of {number} is not paid yet. You can pay it by card here; the invoice comes with the payment.")),
                   "number", invoice.number, "date", day(w, invoice.issued_on), NULL));
    fact(w, tr("Still open"), open);
    fact(w, tr("Pay by"), day(w, invoice.due_on));
    link_button(w, tr_fill(arena, "Pay {amount}", "amount", open, NULL));
    if (!invoice_is_claim(&invoice))
        attach(w, "invoice", invoice.id, invoice.number);
    return OK;
}

/* ---- about access ---- */

static enum err write_link_new(struct writing *w)
{
    w->text->subject = tr_fill(w->ctx->arena, "Your link to {company}", "company", w->company.name, NULL);
    say(w, tr("You asked for a new link to your quotes, subscriptions and invoices."));
    link_button(w, tr("Open your page"));
    w->text->after = tr("The link works once, for 15 minutes. If you did not ask for it, ignore this e-mail: nothing changes.");
    return OK;
}

static enum err write_password_reset(struct writing *w)
{
    w->text->subject = tr("Choose a new password");
    say(w, tr("Somebody, probably you, asked for a new password."));
    link_button(w, tr("Choose a new password"));
    w->text->after = tr("The link works once, for 15 minutes. If you did not ask for it, ignore this e-mail: your password stays as it is.");
    return OK;
}

/* Three days before: what comes then, or that nothing does. */
static enum err write_trial_ending(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct subscription s;
    bool stops;

    TRY(w->ctx, subscription_by_id(w->ctx, w->row->subscription_id, &s));
    stops = s.payment_method_id == 0 && str_equal(s.trial_end, "stop");
    w->text->subject = fill_number(w, "Subscription {number}: your trial ends soon", s.number);
    if (s.trial_until_on == DATE_NONE)
        return OK;
    say(w, stops ? tr_fill(arena, "Your trial ends on {date}. Without a payment method the subscription stops then, and nothing is billed.",
                           "date", day(w, s.trial_until_on), NULL)
                 : tr_fill(arena, "Your trial ends on {date}. The subscription is billed from that day on.", "date",
                           day(w, s.trial_until_on), NULL));
    TRY(w->ctx, subscription_facts(w, &s));
    button(w, stops ? tr("Add a payment method") : tr("See my subscription"), arena_printf(arena, "/my/subscriptions/%s", s.number));
    return OK;
}

static enum err write_end_planned(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct subscription s;
    int32_t on;

    TRY(w->ctx, subscription_by_id(w->ctx, w->row->subscription_id, &s));
    if (!date_parse_iso(param(w, "on"), &on))
        return ERR_CORRUPT;
    w->text->subject = fill_number(w, "Subscription {number}: its end is planned", s.number);
    say(w, tr_fill(arena, "Your subscription ends. Its last day is {date}; nothing is billed for later days.", "date", day(w, on - 1), NULL));
    say(w, customer_planned_end(&s) ? tr("Until then you can take it back on its page.") : tr("Until then it can be taken back: write to us."));
    TRY(w->ctx, subscription_facts(w, &s));
    button(w, tr("See my subscription"), arena_printf(arena, "/my/subscriptions/%s", s.number));
    return OK;
}

static enum err write_end_undone(struct writing *w)
{
    struct subscription s;

    TRY(w->ctx, subscription_by_id(w->ctx, w->row->subscription_id, &s));
    w->text->subject = fill_number(w, "Subscription {number} goes on", s.number);
    say(w, tr("The planned end was taken back. Your subscription goes on as before."));
    TRY(w->ctx, subscription_facts(w, &s));
    button(w, tr("See my subscription"), arena_printf(w->ctx->arena, "/my/subscriptions/%s", s.number));
    return OK;
}

static enum err write_subscription_ended(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct subscription s;

    TRY(w->ctx, subscription_by_id(w->ctx, w->row->subscription_id, &s));
    w->text->subject = fill_number(w, "Subscription {number} has ended", s.number);
    say(w, str_equal(s.end_reason, "trial")
               ? tr("Your trial has ended without a payment method. The subscription has stopped; nothing was billed.")
           : str_equal(s.end_reason, "term") ? tr("The agreed term is over. The subscription has ended.")
                                             : tr("The subscription has ended, as was planned."));
    fact(w, tr("Subscription"), s.number);
    fact(w, tr("Last day"), day(w, s.ends_on - 1));
    button(w, tr("See my subscription"), arena_printf(arena, "/my/subscriptions/%s", s.number));
    return OK;
}

/* The lines of the subscription that a revision changes, old and new price; none when it was undone meanwhile. */
static enum err revised_prices(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct revised *rows;
    size_t count;
    long long id;

    if (!str_to_i64(history_param(arena, w->row->params, "revision"), 1, INT64_MAX, &id))
        return ERR_NOT_FOUND;
    TRY(w->ctx, revision_rows(w->ctx, id, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const struct revised *r = &rows[i];
        const char *tiers = phrase_price(arena, w->row->language, &r->revised, r->subscription.currency);

        if (r->subscription.id == w->row->subscription_id)
            fact(w, r->line.description,
                 price_model_has_tiers(r->revised.model)
                     ? tiers
                     : tr_fill(arena, "{new} instead of {old}, excl. VAT", "new",
                               format_price(arena, w->row->language, r->revised.unit_price_e4, r->subscription.currency), "old",
                               format_price(arena, w->row->language, r->rule.unit_price_e4, r->subscription.currency), NULL));
    }
    return OK;
}

static enum err write_price_revised(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct price_revision revision;
    struct subscription s;
    int32_t on = DATE_NONE;
    long long id;

    if (!str_to_i64(history_param(arena, w->row->params, "revision"), 1, INT64_MAX, &id))
        return ERR_NOT_FOUND;
    TRY(w->ctx, subscription_by_id(w->ctx, w->row->subscription_id, &s));
    TRY(w->ctx, price_revision_by_id(w->ctx, id, &revision));
    (void)date_parse_iso(history_param(arena, w->row->params, "on"), &on);
    w->text->subject = fill_number(w, "Subscription {number}: new prices", s.number);
    say(w, tr_fill(arena, "From {date} on the prices of your subscription change. Until then nothing changes.", "date", day(w, on), NULL));
    say(w, revision.reason);
    TRY(w->ctx, revised_prices(w));
    button(w, tr("See my subscription"), arena_printf(arena, "/my/subscriptions/%s", s.number));
    return OK;
}

static enum err write_price_kept(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct subscription s;
    int32_t on = DATE_NONE;

    TRY(w->ctx, subscription_by_id(w->ctx, w->row->subscription_id, &s));
    (void)date_parse_iso(history_param(arena, w->row->params, "on"), &on);
    w->text->subject = fill_number(w, "Subscription {number}: the prices stay", s.number);
    say(w, tr_fill(arena, "We have withdrawn the change of prices that we announced for {date}: your prices stay as they are.", "date", day(w, on), NULL));
    button(w, tr("See my subscription"), arena_printf(arena, "/my/subscriptions/%s", s.number));
    return OK;
}

/* A change that was made, planned or taken back. */
static enum err write_amendment(struct writing *w)
{
    static const struct {
        const char *kind;
        const char *made;
        const char *planned;
    } said[] = {
        {"lines", N_("Your subscription was changed as agreed."), N_("Your subscription changes as agreed. Until then everything stays as it is.")},
        {"pause", N_("Your subscription is paused. Nothing is billed meanwhile; days that are paid are served after the pause."),
         N_("Your subscription will be paused. Nothing is billed during the pause.")},
        {"resume", N_("Your subscription goes on."), N_("Your subscription will go on.")},
        {"close", N_("Your subscription has been closed."), N_("Your subscription will end. You can use it until then.")},
        {"renew", N_("The next period of your subscription is invoiced already."), N_("The next period of your subscription will be invoiced.")},
        {"reactivate", N_("Your subscription is active again. Nothing is billed for the time between."), N_("Your subscription will be active again.")},
    };
    struct arena *arena = w->ctx->arena;
    const char *act = param(w, "act");
    struct amendment_row row;
    struct subscription s;
    long long id = 0;

    (void)str_to_i64(param(w, "amendment"), 1, INT64_MAX, &id);
    TRY(w->ctx, subscription_by_id(w->ctx, w->row->subscription_id, &s));
    TRY(w->ctx, amendment_by_id(w->ctx, id, &row));
    w->text->subject = fill_number(w, "Subscription {number}: a change", s.number);
    if (str_equal(act, "undone"))
        say(w, tr("The change that was planned does not take place. Everything stays as it is."));
    for (size_t i = 0; i < COUNT_OF(said); i++)
        if (!str_equal(act, "undone") && str_equal(row.kind, said[i].kind))
            say(w, tr(str_equal(act, "planned") ? said[i].planned : said[i].made));
    fact(w, tr("Subscription"), s.number);
    fact(w, tr("Takes effect"), day(w, row.effective_on));
    if (str_equal(row.kind, "lines") && !str_equal(act, "undone"))
        fact(w, tr("Price excl. VAT from then on"), money(w, row.period_after_minor, s.currency));
    button(w, tr("See my subscription"), arena_printf(arena, "/my/subscriptions/%s", s.number));
    return OK;
}

static enum err write_method_replaced(struct writing *w)
{
    struct subscription s;

    TRY(w->ctx, subscription_by_id(w->ctx, w->row->subscription_id, &s));
    w->text->subject = fill_number(w, "Subscription {number}: new payment method", s.number);
    say(w, tr("A new card is stored for your subscription. The next invoices are debited from it."));
    if (param(w, "also")[0] != '\0')
        say(w, tr_fill(w->ctx->arena, "It also pays for your other subscriptions with the card before: {numbers}", "numbers", param(w, "also"), NULL));
    TRY(w->ctx, subscription_facts(w, &s));
    say(w, tr("If this was not you, please tell us."));
    return OK;
}

static enum err say_card(struct writing *w, const char *subject, const char *words)
{
    const char *last4 = param(w, "last4");
    struct subscription s;
    int32_t until_on;

    TRY(w->ctx, subscription_by_id(w->ctx, w->row->subscription_id, &s));
    if (!date_parse_iso(param(w, "until"), &until_on))
        return FAIL(w->ctx, ERR_CORRUPT, "mail %lld says no day", (long long)w->row->id);
    w->text->subject = tr_fill(w->ctx->arena, subject, "digits", last4, "number", s.number, NULL);
    say(w, tr_fill(w->ctx->arena, words, "digits", last4, "date", day(w, until_on), "number", s.number, NULL));
    return OK;
}

static enum err write_card_expiring(struct writing *w)
{
    TRY(w->ctx, say_card(w, N_("Your card ending in {digits} ends soon"),
                         N_("The card ending in {digits}, which pays subscription {number}, is good until {date}. Please replace it before then.")));
    say(w, tr("The old card stays in use until the new one is stored: nothing is lost when you stop half way."));
    link_button(w, tr("Replace the card"));
    return OK;
}

static enum err write_card_expired(struct writing *w)
{
    struct receivable receivable;
    struct invoice invoice;

    TRY(w->ctx, say_card(w, N_("Your card ending in {digits} has expired"),
                         N_("The card ending in {digits}, which pays subscription {number}, was good until {date}. We have not debited it.")));
    TRY(w->ctx, asked_invoice(w->ctx, w->row->invoice_id, &invoice));
    TRY(w->ctx, receivable_of(w->ctx, w->row->invoice_id, &receivable));
    say(w, tr("Please store another card. You can pay this invoice on the same page."));
    asked_fact(w, &invoice);
    fact(w, tr("Still open"), receivable.open_minor > 0 ? money(w, receivable.open_minor, receivable.currency) : "");
    fact(w, tr("Pay by"), day(w, receivable.due_on));
    link_button(w, tr("Replace the card"));
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

/* The person at the customer's, where one is known. */
static enum err whom_to_greet(struct writing *w, const char **name)
{
    struct customer customer;

    *name = w->row->to_name;
    if (w->row->customer_id == 0)
        return OK;
    TRY(w->ctx, customer_by_id(w->ctx, w->row->customer_id, &customer));
    if (str_equal(customer.name, w->row->to_name) && !str_empty(customer.contact_name))
        *name = customer.contact_name;
    return OK;
}

static enum err write_text(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    const char *name;
    struct letter *text = w->text;

    TRY(w->ctx, company_current(w->ctx, &w->company));
    text->language = w->row->language;
    text->subject = text->quoted = text->button = text->href = text->after = text->thread = "";
    TRY(w->ctx, whom_to_greet(w, &name));
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

enum err mail_text_of(struct ctx *ctx, const struct outbox_row *row, const char *token, struct letter *text)
{
    struct writing w = {.ctx = ctx, .row = row, .token = token, .text = text};
    char *before = arena_strdup(ctx->arena, words_language());
    enum err err;

    memset(text, 0, sizeof *text);
    words_use(row->language);
    err = write_text(&w);
    words_use(before);
    return err;
}
