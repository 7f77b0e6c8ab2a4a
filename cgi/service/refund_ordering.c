#include "service/refund_ordering.h"

#include <string.h>

#include "base/crash.h"
#include "base/secret.h"
#include "base/str.h"
#include "core/attempt.h"
#include "core/iban.h"
#include "gateway/stripe.h"
#include "service/allocating.h"
#include "service/crediting.h"
#include "service/gateway_request.h"
#include "service/invoicing.h"
#include "service/restoring.h"
#include "store/bank.h"
#include "store/db.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/payable.h"
#include "store/reconciliation.h"
#include "store/tenant.h"

/* What can be opened again of an invoice by one payment; a deposit is none that is asked for again: it is credited. */
static enum err paid_of(struct ctx *ctx, const struct allocated *paid, const struct receivable *receivable, int64_t *minor)
{
    struct credit_account asked;
    struct invoice invoice;

    TRY(ctx, invoice_by_id(ctx, paid->invoice_id, &invoice));
    TRY(ctx, credit_account_of(ctx, &invoice, receivable, &asked));
    *minor = asked.total_minor - asked.open_minor < paid->amount_minor ? asked.total_minor - asked.open_minor : paid->amount_minor;
    if (strcmp(invoice.kind, "deposit") == 0 || *minor < 0)
        *minor = 0;
    return OK;
}

struct ordering {
    struct refund_order *order;
    const struct once *once;
    struct refund refund;
    struct invoice_ids ids;
};

static struct refund_facts facts_of(const struct ctx *ctx, const struct refund_order *order, const struct refundable *payment,
                                    const struct taken_back *taken)
{
    return (struct refund_facts){
        .amount_minor = order->amount_minor, .payment_left_minor = payment != NULL ? payment->amount_minor - taken->held_minor : INT64_MAX,
        .credit_left_minor = INT64_MAX, .paid_minor = INT64_MAX, .card = payment != NULL, .gateway_ready = ctx->tenant->gateway_base[0] != '\0',
        .came_by_card = payment != NULL && strcmp(payment->gateway, "stripe") == 0 && payment->intent_ref[0] != '\0',
        .under_way = payment != NULL && taken->under_way, .disputed = payment != NULL && taken->disputed, .has_reason = !str_empty(order->reason)};
}

/* A credit note over the rest of the invoice; its credit is what the refund takes. */
static enum err issue_note(struct ctx *ctx, struct ordering *o, int64_t *note_id)
{
    struct refund_order *order = o->order;
    struct credit_request request = {.invoice_id = order->invoice_id, .reason = order->reason};
    struct company company;
    struct invoice_work work;

    TRY(ctx, prepare_credit_note(ctx, &request, &work));
    order->credit_refusal = request.refusal;
    if (request.refusal != CREDIT_NOT_REFUSED)
        return OK;
    if (work.correction->effect.kept_minor != order->amount_minor) {
        order->refusal = REFUND_NOTE_IS_WHOLE;
        return OK;
    }
    TRY(ctx, company_current(ctx, &company));
    TRY(ctx, issue_invoices(ctx, &company, &work, 1, &o->ids));
    TRY(ctx, tell_credit_note(ctx, &work));
    *note_id = work.invoice.id;
    return OK;
}

/* From then on the credit pays no invoice. */
static enum err hold_credit(struct ctx *ctx, int64_t note_id, int64_t amount_minor, struct customer_credit *credit)
{
    TRY(ctx, lock_customer_credit(ctx, note_id, credit));
    credit->left_minor -= amount_minor;
    return credit->left_minor < 0 ? OK : save_customer_credits(ctx, credit, 1);
}

static enum err seal_iban(struct ctx *ctx, const struct refund *refund, const char *iban)
{
    return save_refund_iban(ctx, refund->id,
                            secret_seal(ctx->arena, &ctx->tenant->seal_data,
                                        tenant_place(ctx->arena, ctx->tenant, "refund", "iban_sealed", refund->id), iban, strlen(iban)));
}

static enum err judge(struct ctx *ctx, struct refund_order *order, struct refundable *payment)
{
    struct taken_back taken = {.held_minor = 0};
    bool stray = false;
    struct refund_facts facts;
    struct customer_credit credit;
    struct receivable receivable;
    struct allocated *paid;
    struct attempt attempt;
    size_t count;

    if (order->payment_id != 0) {
        TRY(ctx, refundable_payment(ctx, order->payment_id, payment));
        if (payment->attempt_id != 0) /* one order of a payment after the other */
            TRY(ctx, lock_attempt(ctx, payment->attempt_id, &attempt));
        TRY(ctx, taken_back_of(ctx, order->payment_id, &taken));
        TRY(ctx, customer_has_stray_refund(ctx, payment->customer_id, &stray));
    }
    facts = facts_of(ctx, order, order->payment_id != 0 ? payment : NULL, &taken);
    facts.under_way = facts.under_way || stray; /* perhaps this very one, which a restored database does not know */
    if (order->credit_note_id != 0) {
        TRY(ctx, lock_customer_credit(ctx, order->credit_note_id, &credit));
        facts.credit_left_minor = credit.left_minor;
    } else if (!order->with_note) {
        TRY(ctx, allocated_by(ctx, order->payment_id, &paid, &count));
        facts.paid_minor = 0;
        for (size_t i = 0; i < count; i++)
            if (paid[i].invoice_id == order->invoice_id) {
                TRY(ctx, lock_receivable(ctx, order->invoice_id, &receivable));
                TRY(ctx, paid_of(ctx, &paid[i], &receivable, &facts.paid_minor));
            }
    }
    order->refusal = refund_may_be_made(&facts);
    if (order->refusal != REFUND_NOT_REFUSED)
        return OK;
    if (order->credit_note_id != 0 && order->payment_id != 0 &&
        (credit.customer_id != payment->customer_id || strcmp(credit.currency, payment->currency) != 0))
        order->refusal = REFUND_OTHER_CUSTOMER;
    return OK;
}

static enum err order_one(struct ctx *ctx, void *arg)
{
    struct ordering *o = arg;
    struct refund_order *order = o->order;
    struct refundable payment = {.payment_id = 0};
    struct customer_credit credit = {.credit_note_id = 0};
    char masked[IBAN_GROUPED_BYTES];
    struct refund *f = &o->refund;
    int64_t note_id = order->credit_note_id;
    struct refund before;
    enum err err;

    order->refusal = REFUND_NOT_REFUSED;
    order->credit_refusal = CREDIT_NOT_REFUSED;
    order->refund_id = 0;
    err = refund_by_key(ctx, f->refund_key, &before);
    if (err == OK) { /* the COMMIT before stood, its answer was lost */
        order->refund_id = before.id;
        return OK;
    }
    if (err != ERR_NOT_FOUND)
        return err;
    TRY(ctx, judge(ctx, order, &payment));
    if (order->refusal == REFUND_NOT_REFUSED && order->with_note)
        TRY(ctx, issue_note(ctx, o, &note_id));
    if (order->refusal != REFUND_NOT_REFUSED || order->credit_refusal != CREDIT_NOT_REFUSED)
        return pressed_before(ctx, o->once);
    if (note_id != 0)
        TRY(ctx, hold_credit(ctx, note_id, order->amount_minor, &credit));
    f->payment_id = order->payment_id;
    f->credit_note_id = note_id;
    f->invoice_id = note_id != 0 ? 0 : order->invoice_id;
    f->customer_id = order->payment_id != 0 ? payment.customer_id : credit.customer_id;
    f->currency = order->payment_id != 0 ? payment.currency : credit.currency;
    f->amount_minor = order->amount_minor;
    f->reason = order->reason;
    if (order->payment_id != 0) {
        f->kind = "card";
        f->request_body = stripe_refund_body(ctx->arena, f->refund_key, payment.intent_ref, f->amount_minor);
        f->next_check_at = ctx->now + ATTEMPT_LEASE;
    } else {
        f->kind = "transfer";
        f->iban_key = bank_account_key(ctx, order->iban);
        f->iban_masked = arena_strdup(ctx->arena, iban_masked(order->iban, masked));
        f->account_name = order->account_name;
    }
    TRY(ctx, insert_refund(ctx, f));
    if (order->payment_id == 0)
        TRY(ctx, seal_iban(ctx, f, order->iban));
    order->refund_id = f->id;
    TRY(ctx, note_audit(ctx, "refund.order", arena_printf(ctx->arena, "refund %lld", (long long)f->id), "ok"));
    TRY(ctx, spend_once(ctx, o->once, arena_printf(ctx->arena, "%lld", (long long)f->id), &order->url));
    crash_point("R1");
    return OK;
}

enum err order_refund(struct ctx *ctx, struct refund_order *order, const struct once *once)
{
    struct ordering o = {.order = order, .once = once,
                         .refund = {.refund_key = new_request_key(ctx), .request_body = "", .iban_sealed = "", .iban_key = "", .iban_masked = "",
                                    .account_name = "", .failure = "", .refund_ref = ""}};

    TRY(ctx, db_ready(ctx));
    TRY(ctx, refuse_while_restored(ctx)); /* it may have been given back already */
    if (order->with_note)
        TRY(ctx, reserve_invoice_ids(ctx, 1, &o.ids));
    TRY(ctx, db_transaction(ctx, order_one, &o));
    return OK;
}

enum err refund_outlook(struct ctx *ctx, const struct refundable *payment, struct refund_outlook *outlook)
{
    struct refund_order order = {.amount_minor = 1, .reason = "-"};
    struct credit_request request = {.reason = ""};
    struct receivable receivable;
    struct refund_facts facts;
    struct taken_back taken;
    struct invoice_work work;
    struct allocated *paid;
    bool stray;
    size_t count;

    *outlook = (struct refund_outlook){.paid = {.number = ""}};
    TRY(ctx, taken_back_of(ctx, payment->payment_id, &taken));
    TRY(ctx, customer_has_stray_refund(ctx, payment->customer_id, &stray));
    facts = facts_of(ctx, &order, payment, &taken);
    facts.under_way = facts.under_way || stray;
    outlook->left_minor = facts.payment_left_minor;
    outlook->refusal = refund_may_be_made(&facts);
    TRY(ctx, allocated_by(ctx, payment->payment_id, &paid, &count));
    if (count == 0)
        return OK;
    outlook->paid = paid[0];
    TRY(ctx, receivable_of(ctx, paid[0].invoice_id, &receivable));
    TRY(ctx, paid_of(ctx, &paid[0], &receivable, &outlook->paid_minor));
    request.invoice_id = paid[0].invoice_id;
    TRY(ctx, preview_credit_note(ctx, &request, &work));
    if (request.refusal == CREDIT_NOT_REFUSED)
        outlook->noted_minor = work.correction->effect.kept_minor;
    return OK;
}
