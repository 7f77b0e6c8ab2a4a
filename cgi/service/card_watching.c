#include "service/card_watching.h"

#include <string.h>

#include "core/card.h"
#include "core/date.h"
#include "store/card.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/history.h"
#include "store/link.h"
#include "store/outbox.h"

enum { GROUP = 100 };

#define DAY (INT64_C(86400) * 1000000)

struct telling {
    const struct ending_card *card;
    int notice;
    bool told;
};

/* To the customer of the mail, with a link to their pages, where another card is stored. */
static enum err write_about_card(struct ctx *ctx, struct mail *mail, const char *last4, int32_t last_on)
{
    struct link link = {.kind = LINK_KIND_MANAGE, .object_id = mail->customer_id, .expires_at = ctx->now + 90 * DAY};
    char day[DATE_TEXT_BYTES];
    struct customer customer;

    TRY(ctx, customer_by_id(ctx, mail->customer_id, &customer));
    TRY(ctx, insert_mail_link(ctx, mail, &link));
    mail_to_customer(mail, &customer);
    mail->params = history_params(ctx->arena, "last4", last4, "until", date_iso(last_on, day), NULL);
    return queue_mail(ctx, mail);
}

/* The mail's key makes it unique; its link is made with it only. */
static enum err tell(struct ctx *ctx, void *arg)
{
    struct telling *t = arg;
    struct mail mail = {.template = "card_expiring", .customer_id = t->card->customer_id, .subscription_id = t->card->subscription_id};
    bool known;

    mail.dedup_key = arena_printf(ctx->arena, "card_expiring %lld %d", (long long)t->card->method_id, t->notice);
    TRY(ctx, mail_is_queued(ctx, mail.dedup_key, &known));
    t->told = !known;
    if (known)
        return OK;
    return write_about_card(ctx, &mail, t->card->last4, card_last_day(t->card->exp_year, t->card->exp_month));
}

static int32_t month_of(int32_t on)
{
    struct civil civil = date_civil(on);

    return civil.year * 12 + civil.month - 1;
}

enum err tell_ending_cards(struct ctx *run, int64_t *told)
{
    struct ctx item = *run;
    struct ending_card *rows;
    int64_t after = 0;
    size_t count = GROUP;
    enum err err = db_ready(run);

    *told = 0;
    item.arena = arena_new();
    while (err == OK && count == GROUP) {
        arena_reset(item.arena);
        err = ending_cards(&item, month_of(run->today_on), month_of(run->today_on + CARD_NOTICE_FIRST), after, GROUP, &rows, &count);
        for (size_t i = 0; err == OK && i < count; i++) {
            struct telling t = {&rows[i], card_notice_due(rows[i].exp_year, rows[i].exp_month, run->today_on), false};

            after = rows[i].method_id;
            if (t.notice != 0)
                err = db_transaction(&item, tell, &t);
            *told += t.told ? 1 : 0;
        }
    }
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}

struct asking {
    const struct receivable *receivable;
    const struct payment_method *method;
};

static enum err ask(struct ctx *ctx, void *arg)
{
    const struct asking *a = arg;
    struct mail mail = {.template = "card_expired", .customer_id = a->receivable->customer_id, .subscription_id = a->receivable->subscription_id,
                        .invoice_id = a->receivable->invoice_id};
    bool known;

    TRY(ctx, postpone_collection(ctx, a->receivable->invoice_id, DATE_NONE));
    mail.dedup_key = arena_printf(ctx->arena, "card_expired %lld %lld", (long long)a->method->id, (long long)a->receivable->invoice_id);
    TRY(ctx, mail_is_queued(ctx, mail.dedup_key, &known));
    if (known)
        return OK;
    return write_about_card(ctx, &mail, a->method->last4, card_last_day(a->method->exp_year, a->method->exp_month));
}

enum err ask_for_card(struct ctx *ctx, const struct receivable *receivable, const struct payment_method *method)
{
    struct asking a = {receivable, method};

    return db_transaction(ctx, ask, &a);
}
