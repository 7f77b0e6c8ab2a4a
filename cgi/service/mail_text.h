/* mail_text: what an e-mail says, in its reader's language: a row of the outbox becomes finished texts.
 *
 * One row of the table in mail_text.c per template name, its function in the file of its subject (mail_quotes.c, mail_invoices.c,
 * mail_unpaid.c, mail_debits.c, mail_subscriptions.c); the layout (plain text and HTML) is one for all
 * of them, templates/mail. Facts come from the documents as they are issued, so that a mail that leaves
 * late says the same; only what is open and the stored card are today's. */
#ifndef TACITE_SERVICE_MAIL_TEXT_H
#define TACITE_SERVICE_MAIL_TEXT_H

#include "base/ctx.h"
#include "store/outbox.h"
#include "text/letter.h"

/* What a group of mails is about: invoices, subscriptions, quotes, read together as their texts ask for them, and as they
 * stand then. Lives in ctx->arena, and so must the rows. */
struct mail_facts;
struct mail_facts *mail_facts_of(struct ctx *ctx, const struct outbox_row *rows, size_t count);

/* row: one of the facts'. token: of the link, "" when it must not be shown (the button then leads to the page that mails a new
 * link). Money with VAT in the document's currency. ERR_NOT_FOUND when the row's document is gone. */
enum err mail_text_of(struct ctx *ctx, struct mail_facts *facts, const struct outbox_row *row, const char *token, struct letter *letter) MUST_USE;

/* What a template is called, for lists: an English msgid; the name itself when there is none. */
const char *mail_template_text(const char *template);

#endif
