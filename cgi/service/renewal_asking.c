#include "service/renewal_asking.h"

#include "base/crash.h"
#include "core/date.h"
#include "core/invoice.h"
#include "service/dunning.h"
#include "store/claim.h"
#include "store/history.h"
#include "store/link.h"
#include "store/outbox.h"

enum err lock_asked(struct ctx *ctx, int64_t subscription_id, struct receivable *claim)
{
    enum err err = lock_claim_of(ctx, subscription_id, claim);

    if (err != ERR_NOT_FOUND)
        return err;
    ctx_forget_error(ctx);
    claim->invoice_id = 0;
    return OK;
}

static enum err mail_claim(struct ctx *ctx, const struct renewal_asking *a)
{
    const struct buyer *buyer = a->buyer;
    struct link link = pay_link(ctx, a->invoice_id);
    struct mail mail = {.template = "renewal_due", .language = buyer->language, .to_address = buyer->email, .to_name = buyer->name,
                        .customer_id = buyer->customer_id, .subscription_id = a->subscription->id, .invoice_id = a->invoice_id,
                        .dedup_key = arena_printf(ctx->arena, "renewal_due %lld", (long long)a->invoice_id)};
    char *token;

    TRY(ctx, insert_link(ctx, &link, &token));
    mail.token = token;
    mail.link_id = link.id;
    return queue_mail(ctx, &mail);
}

/* What is asked already follows what would be invoiced today; a payment method that was not tried yet is tried. */
static enum err ask_again(struct ctx *ctx, const struct renewal_asking *a, const struct receivable *asked)
{
    const struct subscription *s = a->subscription;
    struct receivable claim = *asked;
    bool tried = true;

    if (s->payment_method_id != 0 && claim.collect_on == DATE_NONE)
        TRY(ctx, claim_was_tried_with(ctx, claim.invoice_id, s->payment_method_id, &tried));
    if (!tried)
        claim.collect_on = ctx->today_on;
    if (tried && claim.open_minor == a->asks_minor && claim.total_minor == a->total_minor)
        return OK;
    claim.total_minor = a->total_minor;
    claim.open_minor = a->asks_minor;
    return save_claim(ctx, &claim);
}

enum err ask_for_renewal(struct ctx *ctx, const struct renewal_asking *a, const struct receivable *asked)
{
    const struct subscription *s = a->subscription;
    struct receivable claim = {.invoice_id = a->invoice_id, .customer_id = s->customer_id, .subscription_id = s->id,
                               .currency = s->currency, .total_minor = a->total_minor, .open_minor = a->asks_minor,
                               .due_on = invoice_due_on(ctx->today_on, a->company->payment_terms_days),
                               .collect_on = s->payment_method_id != 0 ? ctx->today_on : DATE_NONE};

    if (asked->invoice_id != 0)
        return ask_again(ctx, a, asked);
    TRY(ctx, insert_claim(ctx, &claim));
    crash_point("D01");
    TRY(ctx, note_activity(ctx, ABOUT_SUBSCRIPTION, s->id, "subscription.asked",
                           history_params(ctx->arena, "amount", arena_printf(ctx->arena, "%lld", (long long)claim.open_minor), "currency", s->currency, NULL)));
    return claim.collect_on == DATE_NONE ? mail_claim(ctx, a) : OK;
}

enum err ask_no_more(struct ctx *ctx, const struct receivable *claim)
{
    if (claim->invoice_id == 0)
        return OK;
    TRY(ctx, drop_claim(ctx, claim->invoice_id));
    TRY(ctx, close_operator_items(ctx, "renewal_declined", ABOUT_SUBSCRIPTION, claim->subscription_id));
    return end_case_dropped(ctx, claim->invoice_id);
}
