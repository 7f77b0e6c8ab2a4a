/* mail_writing: what the texts of mails are made of, and the texts by what they are about; inside of service/mail_text only.
 *
 * A text is written by one function, which says its subject, paragraphs, facts, button and what is attached, in the
 * reader's language; greeting, closing and footer are everybody's. */
#ifndef TACITE_SERVICE_MAIL_WRITING_H
#define TACITE_SERVICE_MAIL_WRITING_H

#include <stdint.h>

#include "base/ctx.h"
#include "service/mail_text.h"
#include "store/claim.h"
#include "store/company.h"
#include "store/subscription.h"

struct method_shown;    /* store/payable.h */
struct offer;           /* service/offer.h */
struct renewal_preview; /* service/renewal_preview.h */

struct writing {
    struct ctx *ctx;
    struct mail_facts *facts; /* of the mails that are written together */
    const struct outbox_row *row;
    const char *token;
    struct letter *text;
    struct company company;
};

/* ---- what it is about (mail_facts.c) ---- */

/* Those of the row; ERR_NOT_FOUND. */
enum err mail_asked(struct writing *w, struct asked *asked) MUST_USE;
enum err mail_subscription(struct writing *w, struct subscription *s) MUST_USE;
enum err mail_offer(struct writing *w, struct offer *offer) MUST_USE;
/* The next invoice, and what pays it, of the row's subscription. */
enum err mail_renewal(struct writing *w, const struct subscription *s, struct renewal_preview *next) MUST_USE;
enum err mail_method(struct writing *w, int64_t method_id, const struct method_shown **method) MUST_USE;

/* ---- pieces ---- */

/* In the reader's language. */
const char *mail_money(const struct writing *w, int64_t minor, const char *currency);
const char *mail_day(const struct writing *w, int32_t on);
/* A text of the row; "" when it is not there. */
const char *mail_param(const struct writing *w, const char *name);
/* A paragraph. */
void mail_say(struct writing *w, const char *paragraph);
/* A line of the table below them; none when the value is empty. */
void mail_fact(struct writing *w, const char *label, const char *value);
/* Those that were written when the mail was queued (letter_row), from a text of the row. */
void mail_kept_facts(struct writing *w, const char *param);
/* path: below the site. */
void mail_button(struct writing *w, const char *label, const char *path);
/* The mail's own link; its token stands in no other place. */
void mail_link_button(struct writing *w, const char *label);
/* A document that was rendered; the mail waits for it. */
void mail_attach(struct writing *w, const char *kind, int64_t ref_id, const char *name);
/* What the mail asked for when it was written: what is open changes until somebody looks at it again. */
int64_t mail_asked_minor(const struct writing *w, const struct asked *asked);
/* What a demand is about and its amount, written out; once it is paid, or asked no more, the mail is needless. */
enum err mail_demand(struct writing *w, struct asked *asked, const char **amount) MUST_USE;
/* With {number} and {company}. */
char *mail_fill_number(const struct writing *w, const char *msgid, const char *number);
/* Debit first: there is no invoice yet, and the number is that of the subscription whose renewal is asked for. */
const char *of_asked(const struct asked *asked, const char *msgid, const char *of_claim);
void mail_asked_fact(struct writing *w, const struct asked *asked);
/* Number, next invoice and card of a contract. */
enum err mail_subscription_facts(struct writing *w, const struct subscription *s) MUST_USE;

/* ---- texts ---- */

/* mail_quotes.c */
enum err write_quote_sent(struct writing *w) MUST_USE;
enum err write_quote_answer(struct writing *w) MUST_USE;
enum err write_quote_question(struct writing *w) MUST_USE;
enum err write_quote_declined(struct writing *w) MUST_USE;
enum err write_order_confirm(struct writing *w) MUST_USE;
enum err write_quote_paid(struct writing *w) MUST_USE;
/* mail_invoices.c */
enum err write_invoice_new(struct writing *w) MUST_USE;
enum err write_credit_note(struct writing *w) MUST_USE;
enum err write_receipt(struct writing *w) MUST_USE;
enum err write_refund_made(struct writing *w) MUST_USE;
/* mail_unpaid.c */
enum err write_pay_failed(struct writing *w) MUST_USE;
enum err write_pay_reminder(struct writing *w) MUST_USE;
enum err write_renewal_due(struct writing *w) MUST_USE;
enum err write_pay_link(struct writing *w) MUST_USE;
enum err write_closed_unpaid(struct writing *w) MUST_USE;
/* mail_debits.c */
enum err write_mandate_code(struct writing *w) MUST_USE;
enum err write_mandate_signed(struct writing *w) MUST_USE;
enum err write_mandate_changed(struct writing *w) MUST_USE;
enum err write_mandate_revoked(struct writing *w) MUST_USE;
enum err write_mandate_expired(struct writing *w) MUST_USE;
enum err write_sepa_prenotice(struct writing *w) MUST_USE;
enum err write_debit_returned(struct writing *w) MUST_USE;
/* mail_subscriptions.c */
enum err write_trial_ending(struct writing *w) MUST_USE;
enum err write_end_planned(struct writing *w) MUST_USE;
enum err write_end_undone(struct writing *w) MUST_USE;
enum err write_subscription_ended(struct writing *w) MUST_USE;
enum err write_price_revised(struct writing *w) MUST_USE;
enum err write_price_kept(struct writing *w) MUST_USE;
enum err write_amendment(struct writing *w) MUST_USE;
enum err write_method_replaced(struct writing *w) MUST_USE;
enum err write_card_expiring(struct writing *w) MUST_USE;
enum err write_card_expired(struct writing *w) MUST_USE;

#endif
