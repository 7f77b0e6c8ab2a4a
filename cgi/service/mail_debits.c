/* What mails say of direct debits: their mandates, each debit before it is made, and those that the bank returned. */
#include "service/mail_writing.h"

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "store/debit.h"
#include "store/mandate.h"
#include "store/subscription.h"
#include "text/words.h"

enum err write_mandate_code(struct writing *w)
{
    w->text->subject = tr_fill(w->ctx->arena, "{code} is the code to sign your mandate", "code", w->token, NULL);
    mail_say(w, tr("Enter this code on the page where you sign the direct debit mandate. It is good for 30 minutes."));
    mail_fact(w, tr("Code"), w->token);
    mail_fact(w, tr("Mandate"), mail_param(w, "reference"));
    mail_fact(w, tr("Account"), mail_param(w, "account"));
    mail_say(w, tr("If you did not ask for this, do nothing: nothing is debited without your signature."));
    return OK;
}

static enum err mandate_of(struct writing *w, struct mandate *m)
{
    return mandate_by_reference(w->ctx, mail_param(w, "reference"), m);
}

static void mandate_facts(struct writing *w, const struct mandate *m)
{
    mail_fact(w, tr("Mandate"), m->reference);
    mail_fact(w, tr("Creditor"), m->creditor_name);
    mail_fact(w, tr("Creditor identifier"), m->creditor_id);
    mail_fact(w, tr("Account holder"), m->holder);
    mail_fact(w, tr("Account"), m->account_masked);
}

enum err write_mandate_signed(struct writing *w)
{
    struct mandate m;

    TRY(w->ctx, mandate_of(w, &m));
    w->text->subject = tr_fill(w->ctx->arena, "Your direct debit mandate {reference}", "reference", m.reference, NULL);
    mail_say(w, tr("Thank you: your mandate is signed. This is what you agreed to; please keep this e-mail."));
    mail_say(w, m.agreed_text);
    if (str_equal(m.scheme, "b2b"))
        mail_say(w, tr("Please give the mandate to your bank now: it pays debits between businesses only under mandates that it knows."));
    mandate_facts(w, &m);
    mail_fact(w, tr("Signed by"), m.signed_name);
    mail_fact(w, tr("Signed on"), mail_day(w, m.signed_on));
    mail_fact(w, tr("Payment"), m.one_off ? tr("One-off") : tr("Recurrent"));
    mail_attach(w, "mandate", m.payment_method_id, m.reference);
    return OK;
}

enum err write_mandate_changed(struct writing *w)
{
    struct mandate_change c;
    struct mandate m;
    long long id;

    TRY(w->ctx, mandate_of(w, &m));
    CHECK(str_to_i64(mail_param(w, "change"), 1, INT64_MAX, &id));
    TRY(w->ctx, mandate_change_by_id(w->ctx, id, &c));
    w->text->subject = tr_fill(w->ctx->arena, "Mandate {reference}: another account", "reference", m.reference, NULL);
    mail_say(w, tr("Your mandate stays as it is, with another account: the next debits come from there. A debit that is with the bank already still comes "
                   "from the account before."));
    mail_say(w, c.agreed_text);
    mail_fact(w, tr("Mandate"), m.reference);
    mail_fact(w, tr("Account before"), c.before_masked);
    mail_fact(w, tr("Account now"), c.account_masked);
    mail_fact(w, tr("Signed by"), c.signed_name);
    mail_fact(w, tr("Signed on"), mail_day(w, c.signed_on));
    mail_attach(w, "mandate_amendment", c.id, m.reference);
    return OK;
}

enum err write_mandate_revoked(struct writing *w)
{
    struct mandate m;

    TRY(w->ctx, mandate_of(w, &m));
    w->text->subject = tr_fill(w->ctx->arena, "Mandate {reference} is revoked", "reference", m.reference, NULL);
    mail_say(w, tr("Nothing more is debited under this mandate. A debit that is with the bank already may still come. What is not paid yet can be paid by "
                   "card or by transfer."));
    mandate_facts(w, &m);
    mail_fact(w, tr("Revoked on"), mail_day(w, m.ended_on));
    return OK;
}

enum err write_mandate_expired(struct writing *w)
{
    struct subscription s;
    struct mandate m;

    TRY(w->ctx, mandate_of(w, &m));
    TRY(w->ctx, subscription_by_id(w->ctx, m.subscription_id, &s));
    w->text->subject = tr_fill(w->ctx->arena, "Mandate {reference} has expired", "reference", m.reference, NULL);
    mail_say(w, tr("Nothing was debited under this mandate for 36 months, so it is no longer valid. Please sign a new one if you want to go on paying by "
                   "direct debit."));
    mandate_facts(w, &m);
    mail_button(w, tr("See my subscription"), arena_printf(w->ctx->arena, "/my/subscriptions/%s", s.number));
    return OK;
}

enum err write_sepa_prenotice(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct asked asked;
    int32_t on;

    TRY(w->ctx, mail_asked(w, &asked));
    CHECK(date_parse_iso(mail_param(w, "on"), &on));
    w->text->subject = tr_fill(arena, "{amount} will be debited on {date}", "amount", mail_money(w, mail_asked_minor(w, &asked), asked.currency), "date",
                               mail_day(w, on), NULL);
    mail_say(w, tr_fill(arena, of_asked(&asked, N_("We will debit your account for invoice {number}. There is nothing to do."),
                                        N_("We will debit your account for the renewal of {number}. There is nothing to do; the invoice comes with the payment.")),
                        "number", asked.number, NULL));
    mail_fact(w, tr("Amount"), mail_money(w, mail_asked_minor(w, &asked), asked.currency));
    mail_fact(w, tr("Date"), mail_day(w, on));
    mail_fact(w, tr("Account"), mail_param(w, "account"));
    mail_fact(w, tr("Mandate"), mail_param(w, "reference"));
    mail_fact(w, tr("Creditor identifier"), mail_param(w, "creditor"));
    return OK;
}

enum err write_debit_returned(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct asked asked;
    const char *open;

    TRY(w->ctx, mail_demand(w, &asked, &open));
    w->text->subject = mail_fill_number(w, of_asked(&asked, N_("Invoice {number}: your bank returned the direct debit"),
                                                    N_("Renewal of {number}: your bank returned the direct debit")), asked.number);
    mail_say(w, tr_fill(arena, of_asked(&asked, N_("Your bank did not pay {amount} for invoice {number}, or took it back."),
                                        N_("Your bank did not pay {amount} for the renewal of {number}.")), "amount", open, "number", asked.number, NULL));
    if (!str_empty(mail_param(w, "details")))
        mail_say(w, tr("This account can no longer be debited. Please pay with the link and enter new bank details on your page."));
    else if (asked.collect_on != DATE_NONE)
        mail_say(w, tr_fill(arena, "We try again after {date}; you are told of the day before. You can also pay now.", "date", mail_day(w, asked.collect_on), NULL));
    else
        mail_say(w, tr("Please pay with the link, or write to us if you do not agree."));
    mail_asked_fact(w, &asked);
    mail_fact(w, tr("Amount, incl. VAT"), open);
    mail_link_button(w, tr_fill(arena, "Pay {amount}", "amount", open, NULL));
    return OK;
}
