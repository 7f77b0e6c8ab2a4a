#include "service/attending.h"

#include <string.h>

#include "core/subscription.h"
#include "service/contract.h"
#include "store/claim.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/link.h"
#include "store/outbox.h"
#include "store/subscription.h"
#include "text/words.h"

struct act {
    int64_t id;
    const struct once *once;
    struct attending_result *result;
};

static enum err refuse(const struct act *act, const char *refusal)
{
    act->result->refusal = refusal;
    return OK;
}

static enum err release(struct ctx *ctx, void *arg)
{
    const struct act *act = arg;
    struct subscription s;
    struct subscription_facts facts;
    enum subscription_refusal refusal;

    *act->result = (struct attending_result){NULL, NULL};
    TRY(ctx, subscription_by_id(ctx, act->id, &s));
    facts = subscription_facts_now(ctx, &s);
    refusal = subscription_may_be_released(&facts);
    if (refusal != SUBSCRIPTION_NOT_REFUSED)
        return refuse(act, subscription_refusal_text(refusal));
    TRY(ctx, release_subscription(ctx, s.id, ctx->today_on));
    TRY(ctx, close_operator_items(ctx, "renewal_held", "subscription", s.id));
    TRY(ctx, close_operator_items(ctx, "renewal_failed", "subscription", s.id));
    TRY(ctx, note_activity(ctx, ABOUT_SUBSCRIPTION, s.id, "subscription.released", "{}"));
    TRY(ctx, note_audit(ctx, "subscription.released", s.number, "ok"));
    return spend_once(ctx, act->once, s.number, &act->result->url);
}

enum err release_held(struct ctx *ctx, int64_t subscription_id, const struct once *once, struct attending_result *result)
{
    struct act act = {subscription_id, once, result};

    return db_transaction(ctx, release, &act);
}

static enum err mail_pay_link(struct ctx *ctx, void *arg)
{
    const struct act *act = arg;
    struct receivable receivable;
    struct invoice invoice;
    struct customer customer;
    struct link link = pay_link(ctx, act->id);
    struct mail mail = {.template = "pay_link", .invoice_id = act->id};

    *act->result = (struct attending_result){NULL, NULL};
    TRY(ctx, lock_receivable(ctx, act->id, &receivable));
    if (receivable.open_minor <= 0)
        return refuse(act, N_("This invoice is paid"));
    TRY(ctx, asked_invoice(ctx, act->id, &invoice));
    TRY(ctx, customer_by_id(ctx, invoice.customer_id, &customer));
    TRY(ctx, revoke_links(ctx, LINK_KIND_PAY, act->id));
    TRY(ctx, insert_mail_link(ctx, &mail, &link));
    mail_to_customer(&mail, &customer);
    mail.subscription_id = invoice.subscription_id;
    mail.params = history_params(ctx->arena, "number", invoice.number, "asked", arena_printf(ctx->arena, "%lld", (long long)receivable.open_minor), NULL);
    mail.dedup_key = arena_printf(ctx->arena, "pay_link %lld", (long long)link.id);
    TRY(ctx, queue_mail(ctx, &mail));
    TRY(ctx, note_activity(ctx, ABOUT_INVOICE, invoice.id, "invoice.link_sent", history_params(ctx->arena, "to", customer.email, NULL)));
    TRY(ctx, note_audit(ctx, "invoice.link_sent", invoice.number, "ok"));
    return spend_once(ctx, act->once, invoice.number, &act->result->url);
}

enum err send_pay_link(struct ctx *ctx, int64_t invoice_id, const struct once *once, struct attending_result *result)
{
    struct act act = {invoice_id, once, result};

    return db_transaction(ctx, mail_pay_link, &act);
}

bool item_closes_by_hand(const char *kind)
{
    static const char *const by_hand[] = {
        "amendment_failed", "revision_failed", "document_failed", "mail_refused", "vat_invalid", "tax_differs",
        "amount_differs", "money_unexpected", "payment_unknown", "payment_refused", "check_failed",
        "bank_answer", "statement_missing", "notice_late",
        "refund_failed", "refund_unknown", "refund_foreign", "refund_unexpected",
        "dispute_unexpected",
    };

    for (size_t i = 0; i < sizeof by_hand / sizeof by_hand[0]; i++)
        if (strcmp(by_hand[i], kind) == 0)
            return true;
    return false;
}

static enum err finish(struct ctx *ctx, void *arg)
{
    const struct act *act = arg;
    struct operator_item item;
    enum err err;

    *act->result = (struct attending_result){NULL, NULL};
    err = open_operator_item_by_id(ctx, act->id, &item);
    if (err == ERR_NOT_FOUND) { /* somebody was faster: that is what was wanted */
        ctx_forget_error(ctx);
        return spend_once(ctx, act->once, "", &act->result->url);
    }
    if (err != OK)
        return err;
    if (!item_closes_by_hand(item.kind))
        return refuse(act, N_("This disappears by itself once its cause is gone"));
    TRY(ctx, close_operator_item(ctx, item.id));
    TRY(ctx, note_audit(ctx, "item.done", arena_printf(ctx->arena, "%s %s %lld", item.kind, item.subject_kind, (long long)item.subject_id), "ok"));
    return spend_once(ctx, act->once, "", &act->result->url);
}

enum err finish_item(struct ctx *ctx, int64_t item_id, const struct once *once, struct attending_result *result)
{
    struct act act = {item_id, once, result};

    return db_transaction(ctx, finish, &act);
}
