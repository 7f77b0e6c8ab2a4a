#include "service/adopting.h"

#include <string.h>

#include "base/check.h"
#include "core/attempt.h"
#include "service/paying.h"
#include "store/db.h"
#include "store/invoice.h"
#include "store/payable.h"

enum err adopt_payment(struct ctx *ctx, void *arg)
{
    struct adopting *a = arg;
    struct payable payable = {.invoice_id = a->invoice_id, .amount_minor = a->amount_minor, .currency = a->currency};
    struct attempt attempt = {.attempt_key = a->key, .kind = "off_session", .amount_minor = a->amount_minor, .currency = a->currency,
        .request_path = "/v1/payment_intents", .request_body = "", .session_ref = "", .intent_ref = a->intent_ref, .redirect_url = "",
        .decline_code = "", .message = ""};
    struct receivable receivable;
    struct attempt live;
    struct invoice invoice;
    int32_t count;
    enum err err;

    TRY(ctx, invoice_by_id(ctx, a->invoice_id, &invoice));
    payable.customer_id = invoice.customer_id;
    TRY(ctx, ensure_payable(ctx, &payable));
    TRY(ctx, lock_receivable(ctx, a->invoice_id, &receivable));
    a->refusal = DECIDE_NOT_OPEN;
    if (receivable.open_minor != a->amount_minor || strcmp(receivable.currency, a->currency) != 0 ||
        (a->customer_id != 0 && a->customer_id != invoice.customer_id))
        return OK;
    a->refusal = DECIDE_IN_PROGRESS;
    err = live_attempt(ctx, payable.id, &live);
    if (err != ERR_NOT_FOUND)
        return err;
    TRY(ctx, attempt_count(ctx, payable.id, &count));
    attempt.payable_id = payable.id;
    attempt.number = count + 1;
    attempt.next_check_at = ctx->now + ATTEMPT_LEASE;
    err = insert_attempt(ctx, &attempt);
    if (err == ERR_DUPLICATE) /* somebody else was faster */
        return OK;
    if (err != OK)
        return err;
    CHECK(attempt_next(ATTEMPT_READY, ATTEMPT_PICKED, &attempt.state) == ATTEMPT_MOVES);
    TRY(ctx, move_attempt(ctx, &attempt, ATTEMPT_READY, attempt_event_name(ATTEMPT_PICKED), "found at the gateway"));
    CHECK(attempt_next(ATTEMPT_SENDING, ATTEMPT_PROCESSES, &attempt.state) == ATTEMPT_MOVES);
    TRY(ctx, move_attempt(ctx, &attempt, ATTEMPT_SENDING, attempt_event_name(ATTEMPT_PROCESSES), "found at the gateway"));
    a->attempt_id = attempt.id;
    a->refusal = DECIDE_NOT_REFUSED;
    return OK;
}
