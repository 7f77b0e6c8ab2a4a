#include "service/mail_writing.h"

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "service/renewal_preview.h"
#include "store/history.h"
#include "store/payable.h"
#include "store/tenant.h"
#include "text/format.h"
#include "text/words.h"

const char *mail_money(const struct writing *w, int64_t minor, const char *currency)
{
    return format_money(w->ctx->arena, w->row->language, minor, currency);
}

const char *mail_day(const struct writing *w, int32_t on)
{
    return format_date_long(w->ctx->arena, w->row->language, on);
}

const char *mail_param(const struct writing *w, const char *name)
{
    return history_param(w->ctx->arena, w->row->params, name);
}

void mail_say(struct writing *w, const char *paragraph)
{
    CHECK(w->text->paragraph_count < MAIL_PARAGRAPHS_MAX);
    w->text->paragraphs[w->text->paragraph_count++] = paragraph;
}

void mail_fact(struct writing *w, const char *label, const char *value)
{
    if (str_empty(value))
        return;
    CHECK(w->text->fact_count < MAIL_FACTS_MAX);
    w->text->facts[w->text->fact_count++] = (struct mail_fact){label, value};
}

void mail_kept_facts(struct writing *w, const char *param)
{
    struct letter *text = w->text;

    text->fact_count += letter_rows(w->ctx->arena, mail_param(w, param), text->facts + text->fact_count, MAIL_FACTS_MAX - text->fact_count);
}

void mail_button(struct writing *w, const char *label, const char *path)
{
    w->text->button = label;
    w->text->href = arena_printf(w->ctx->arena, "%s%s", w->ctx->tenant->site_base, path);
}

void mail_link_button(struct writing *w, const char *label)
{
    mail_button(w, label, str_empty(w->token) ? "/link" : arena_printf(w->ctx->arena, "/l/%s", w->token));
}

void mail_attach(struct writing *w, const char *kind, int64_t ref_id, const char *name)
{
    CHECK(w->text->attachment_count < MAIL_ATTACHMENTS_MAX);
    w->text->attachments[w->text->attachment_count++] =
        (struct mail_attachment){kind, ref_id, arena_printf(w->ctx->arena, "%s.pdf", name)};
}

int64_t mail_asked_minor(const struct writing *w, const struct asked *asked)
{
    long long minor;

    return str_to_i64(mail_param(w, "asked"), 1, INT64_MAX, &minor) ? minor : asked->open_minor;
}

enum err mail_demand(struct writing *w, struct asked *asked, const char **amount)
{
    TRY(w->ctx, mail_asked(w, asked));
    *amount = mail_money(w, mail_asked_minor(w, asked), asked->currency);
    w->text->needless = asked->open_minor == 0;
    return OK;
}

char *mail_fill_number(const struct writing *w, const char *msgid, const char *number)
{
    return tr_fill(w->ctx->arena, msgid, "number", number, "company", w->company.name, NULL);
}

const char *of_asked(const struct asked *asked, const char *msgid, const char *of_claim)
{
    return asked->is_claim ? of_claim : msgid;
}

void mail_asked_fact(struct writing *w, const struct asked *asked)
{
    mail_fact(w, asked->is_claim ? tr("Subscription") : tr("Invoice"), asked->number);
}

enum err mail_subscription_facts(struct writing *w, const struct subscription *s)
{
    struct renewal_preview next;
    const struct method_shown *method;

    mail_fact(w, tr("Subscription"), s->number);
    TRY(w->ctx, mail_renewal(w, s, &next));
    if (next.due_on != DATE_NONE)
        mail_fact(w, tr("Next invoice"),
                  tr_fill(w->ctx->arena, "{date}: {amount} incl. VAT", "date", mail_day(w, next.due_on), "amount",
                          mail_money(w, next.total_minor, s->currency), NULL));
    if (s->payment_method_id != 0) {
        TRY(w->ctx, mail_method(w, s->payment_method_id, &method));
        mail_fact(w, tr("Payment method"), tr_fill(w->ctx->arena, str_equal(method->gateway, "sepa") ? N_("Direct debit, account ending in {digits}")
                                                                                                   : N_("Card ending in {digits}"), "digits", method->last4, NULL));
    }
    return OK;
}
