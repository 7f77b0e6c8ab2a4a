/* What mails say of money that has not come: what is open, how to pay it, and what follows. */
#include "service/mail_writing.h"

#include "base/str.h"
#include "core/date.h"
#include "store/dunning.h"
#include "store/subscription.h"
#include "text/words.h"

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

enum err write_pay_failed(struct writing *w)
{
    int32_t again_on;
    struct arena *arena = w->ctx->arena;
    struct asked asked;
    const char *open;
    const char *why = mail_param(w, "decline");

    TRY(w->ctx, mail_demand(w, &asked, &open));
    w->text->subject = mail_fill_number(w, of_asked(&asked, N_("Invoice {number}: your card was declined"),
                                                    N_("Renewal of {number}: your card was declined")), asked.number);
    mail_say(w, tr_fill(arena, of_asked(&asked, N_("We could not debit {amount} for invoice {number} from your stored card."),
                                        N_("We could not debit {amount} for the renewal of {number} from your stored card.")),
                        "amount", open, "number", asked.number, NULL));
    if (!str_empty(why))
        mail_say(w, tr(why));
    TRY(w->ctx, next_retry(w->ctx, asked.invoice_id, &again_on));
    if (again_on != DATE_NONE)
        mail_say(w, tr_fill(arena, "We try again on {date}. You can pay now with this or another card; nothing is debited twice.", "date",
                            mail_day(w, again_on), NULL));
    else
        mail_say(w, tr("Please pay with another card."));
    mail_asked_fact(w, &asked);
    mail_fact(w, tr("Amount, incl. VAT"), open);
    mail_fact(w, tr("Pay by"), mail_day(w, asked.due_on));
    mail_link_button(w, tr_fill(arena, "Pay {amount}", "amount", open, NULL));
    return OK;
}

/* A business is told what the law says of late payment between merchants (Code de commerce L441-10); a consumer never. */
enum err write_pay_reminder(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct asked asked;
    const char *close = mail_param(w, "close_on");
    const char *open;
    int32_t close_on;

    TRY(w->ctx, mail_demand(w, &asked, &open));
    w->text->subject = mail_fill_number(w, str_empty(close) ? of_asked(&asked, N_("Reminder: invoice {number} is not paid"),
                                                                        N_("Reminder: the renewal of {number} is not paid"))
                                                             : of_asked(&asked, N_("Last reminder: invoice {number} is not paid"),
                                                                        N_("Last reminder: the renewal of {number} is not paid")), asked.number);
    mail_say(w, tr_fill(arena, of_asked(&asked, N_("We have not received the payment of invoice {number} of {date} yet. It takes a minute to pay it by card."),
                                        N_("We have not received the payment for the renewal of {number} yet. It takes a minute to pay it by card; the invoice comes with the payment.")),
                        "number", asked.number, "date", mail_day(w, asked.issued_on), NULL));
    if (date_parse_iso(close, &close_on))
        mail_say(w, tr_fill(arena, "Without a payment the subscription ends on {date}.", "date", mail_day(w, close_on), NULL));
    mail_say(w, tr("If you have paid in the meantime, please ignore this e-mail."));
    mail_asked_fact(w, &asked);
    mail_fact(w, tr("Still open"), open);
    mail_fact(w, tr("Was due on"), mail_day(w, asked.owed_on));
    if (!str_empty(mail_param(w, "company")) && !str_empty(w->company.late_penalty))
        mail_fact(w, tr("Late payment"), w->company.late_penalty);
    mail_link_button(w, tr_fill(arena, "Pay {amount}", "amount", open, NULL));
    if (!asked.is_claim)
        mail_attach(w, "invoice", asked.invoice_id, asked.number);
    return OK;
}

/* Debit first, and nothing that could be debited. */
enum err write_renewal_due(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct asked asked;
    const char *open;

    TRY(w->ctx, mail_asked(w, &asked));
    open = mail_money(w, asked.open_minor > 0 ? asked.open_minor : asked.owed_minor, asked.currency);
    w->text->needless = asked.open_minor == 0; /* paid, or asked no more */
    w->text->subject = tr_fill(arena, "Renewal of {number}: {amount} to pay", "number", asked.number, "amount", open, NULL);
    mail_say(w, tr_fill(arena, "Your subscription {number} goes on once this payment has come. The invoice follows with it.", "number", asked.number, NULL));
    mail_asked_fact(w, &asked);
    mail_fact(w, tr("Amount, incl. VAT"), open);
    mail_fact(w, tr("Pay by"), mail_day(w, asked.owed_on));
    mail_link_button(w, tr_fill(arena, "Pay {amount}", "amount", open, NULL));
    return OK;
}

enum err write_pay_link(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct asked asked;
    const char *open;

    TRY(w->ctx, mail_demand(w, &asked, &open));
    w->text->subject = tr_fill(arena, of_asked(&asked, N_("Invoice {number}: {amount} to pay"), N_("Renewal of {number}: {amount} to pay")), "number",
                               asked.number, "amount", open, NULL);
    mail_say(w, tr_fill(arena, of_asked(&asked, N_("Invoice {number} of {date} is still open. You can pay it by card here."),
                                        N_("The renewal of {number} is not paid yet. You can pay it by card here; the invoice comes with the payment.")),
                        "number", asked.number, "date", mail_day(w, asked.issued_on), NULL));
    mail_fact(w, tr("Still open"), open);
    mail_fact(w, tr("Pay by"), mail_day(w, asked.due_on));
    mail_link_button(w, tr_fill(arena, "Pay {amount}", "amount", open, NULL));
    if (!asked.is_claim)
        mail_attach(w, "invoice", asked.invoice_id, asked.number);
    return OK;
}

enum err write_closed_unpaid(struct writing *w)
{
    struct subscription s;

    TRY(w->ctx, mail_subscription(w, &s));
    w->text->subject = mail_fill_number(w, "Subscription {number} has ended", s.number);
    mail_say(w, tr("The subscription has ended because an invoice stayed unpaid. Nothing more is billed. What is open is still to be paid; "
                   "please tell us if you want to go on."));
    mail_fact(w, tr("Subscription"), s.number);
    mail_button(w, tr("See my subscription"), arena_printf(w->ctx->arena, "/my/subscriptions/%s", s.number));
    return OK;
}
