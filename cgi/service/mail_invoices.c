/* What mails say of documents that were issued, and of the money that came for them or went back. */
#include "service/mail_writing.h"

#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "store/credit.h"
#include "store/invoice.h"
#include "text/words.h"

/* What is open is debited: how, and when. */
static void say_debit(struct writing *w, const struct asked *asked)
{
    const char *words = N_("We debit your stored card. There is nothing left to do.");
    int32_t on = asked->collect_on > asked->issued_on ? asked->collect_on : DATE_NONE;

    if (str_equal(asked->debited_by, "sepa")) {
        on = asked->debit_on;
        words = on != DATE_NONE ? N_("We debit your account ending in {digits}. There is nothing left to do.")
                                : N_("We will debit your account ending in {digits} and tell you on which day. There is nothing left to do.");
    }
    if (on != DATE_NONE)
        mail_fact(w, tr("Debit on"), mail_day(w, on));
    mail_say(w, tr_fill(w->ctx->arena, words, "digits", asked->debit_digits, NULL));
}

enum err write_invoice_new(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct asked asked;
    const char *amount;

    TRY(w->ctx, mail_asked(w, &asked));
    amount = mail_money(w, asked.total_minor, asked.currency);
    if (strcmp(asked.kind, "deposit") == 0) {
        w->text->subject = tr_fill(arena, "Deposit invoice {number} from {company}: {amount}", "number", asked.number, "company",
                                   w->company.name, "amount", amount, NULL);
        mail_say(w, mail_fill_number(w, "Your deposit invoice {number} is attached. It is paid; your next invoices deduct it.", asked.number));
        mail_fact(w, tr("Amount, incl. VAT"), amount);
        mail_fact(w, tr("Date"), mail_day(w, asked.issued_on));
        mail_attach(w, "invoice", asked.invoice_id, asked.number);
        return OK;
    }
    w->text->needless = asked.total_minor == 0 && !w->company.mail_empty_invoices;
    w->text->subject = tr_fill(arena, "Invoice {number} from {company}: {amount}", "number", asked.number, "company",
                               w->company.name, "amount", amount, NULL);
    mail_say(w, mail_fill_number(w, "Your invoice {number} is attached.", asked.number));
    mail_fact(w, tr("Amount, incl. VAT"), amount);
    mail_fact(w, tr("Date"), mail_day(w, asked.issued_on));
    if (asked.deducted_minor > 0)
        mail_fact(w, tr("Deposit deducted, incl. VAT"), mail_money(w, -asked.deducted_minor, asked.currency));
    if (asked.credit_minor > 0)
        mail_fact(w, tr("Paid with your credit"), mail_money(w, asked.credit_minor, asked.currency));
    if (asked.open_minor == 0) {
        mail_say(w, tr("It is paid. There is nothing left to do."));
    } else if (!str_empty(asked.debited_by)) {
        say_debit(w, &asked);
    } else if (asked.open_minor > 0) {
        mail_fact(w, tr("Pay by"), mail_day(w, asked.due_on));
        mail_link_button(w, tr_fill(arena, "Pay {amount}", "amount", mail_money(w, asked.open_minor, asked.currency), NULL));
    }
    mail_attach(w, "invoice", asked.invoice_id, asked.number);
    return OK;
}

enum err write_credit_note(struct writing *w)
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
                               w->company.name, "amount", mail_money(w, invoice.total_minor, invoice.currency), NULL);
    mail_say(w, tr_fill(arena, "Your credit note {number} for invoice {invoice} is attached.", "number", invoice.number, "invoice",
                        note.corrected_number, NULL));
    mail_fact(w, tr("Amount, incl. VAT"), mail_money(w, invoice.total_minor, invoice.currency));
    mail_fact(w, tr("Reason"), note.reason);
    for (size_t i = 0; i < count && i < 3; i++)
        mail_fact(w, tr_fill(arena, "Set against {number}", "number", uses[i].number, NULL), mail_money(w, uses[i].amount_minor, invoice.currency));
    if (left > 0) {
        mail_fact(w, tr("Your credit"), mail_money(w, left, invoice.currency));
        mail_say(w, tr("Your credit pays your next invoice first. There is nothing to do."));
    }
    mail_attach(w, "invoice", invoice.id, invoice.number);
    return OK;
}

enum err write_receipt(struct writing *w)
{
    struct asked asked;

    TRY(w->ctx, mail_asked(w, &asked));
    w->text->subject = mail_fill_number(w, "Payment received for invoice {number}", asked.number);
    mail_say(w, mail_fill_number(w, "Thank you: we received your payment for invoice {number}.", asked.number));
    mail_fact(w, tr("Amount, incl. VAT"), mail_money(w, asked.total_minor, asked.currency));
    mail_fact(w, tr("Paid on"), mail_day(w, asked.paid_on));
    if (asked.open_minor > 0)
        mail_fact(w, tr("Still open"), mail_money(w, asked.open_minor, asked.currency));
    return OK;
}

/* Where the money went, and what that leaves. */
enum err write_refund_made(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    bool card = str_equal(mail_param(w, "kind"), "card");
    struct invoice invoice;
    struct receivable receivable;
    long long minor;
    const char *amount;

    TRY(w->ctx, invoice_by_id(w->ctx, w->row->invoice_id, &invoice));
    if (!str_to_i64(mail_param(w, "amount"), 1, INT64_MAX, &minor))
        return FAIL(w->ctx, ERR_CORRUPT, "mail %lld says no amount", (long long)w->row->id);
    amount = mail_money(w, minor, mail_param(w, "currency"));
    w->text->subject = tr_fill(arena, "Refund from {company}: {amount}", "company", w->company.name, "amount", amount, NULL);
    mail_say(w, card ? tr_fill(arena, "We have refunded {amount} to the card that paid. Your bank shows it within a few days.", "amount", amount, NULL)
                     : tr_fill(arena, "We have transferred {amount} to your account.", "amount", amount, NULL));
    mail_fact(w, tr("Amount"), amount);
    mail_fact(w, card ? tr("Card") : tr("Account"), mail_param(w, "to"));
    mail_fact(w, tr("Reason"), mail_param(w, "reason"));
    if (str_equal(invoice.kind, "credit_note")) {
        mail_fact(w, tr("Credit note"), invoice.number);
        return OK;
    }
    TRY(w->ctx, receivable_of(w->ctx, invoice.id, &receivable));
    mail_fact(w, tr("Invoice"), invoice.number);
    if (receivable.open_minor > 0) {
        mail_fact(w, tr("Open again"), mail_money(w, receivable.open_minor, receivable.currency));
        mail_say(w, tr("The invoice is open again by what was refunded."));
    }
    return OK;
}
