/* reversing: what the database itself refuses of refunds and disputes, whatever the code does. */
#include "support.h"

#include <string.h>

#include "core/date.h"
#include "service/settling.h"
#include "store/dispute.h"
#include "store/payable.h"
#include "store/refund.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)

struct paid {
    struct invoice invoice;
    struct payment payment;
    int64_t attempt_id;
};

struct paying {
    struct payable payable;
    struct attempt attempt;
};

static enum err insert_both(struct ctx *ctx, void *arg)
{
    struct paying *p = arg;

    TRY(ctx, ensure_payable(ctx, &p->payable));
    p->attempt.payable_id = p->payable.id;
    TRY(ctx, insert_attempt(ctx, &p->attempt));
    CU_ASSERT_EQUAL_FATAL(attempt_next(ATTEMPT_READY, ATTEMPT_PICKED, &p->attempt.state), ATTEMPT_MOVES);
    return move_attempt(ctx, &p->attempt, ATTEMPT_READY, attempt_event_name(ATTEMPT_PICKED), "");
}

/* An invoice of 36.00 that a card has paid. */
static struct paid paid_by_card(struct ctx *ctx)
{
    static const struct tax_decision full = {TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, "FR", "FR", false, false, false};
    struct customer customer = new_business(ctx);
    struct work_line line = {.line = {.kind = LINE_ONE_TIME, .description = "Licence", .period = PERIOD_NONE, .quantity_e4 = QUANTITY_ONE,
                                      .unit_price_e4 = 300000, .net_minor = 3000, .tax = full}, .unit = ""};
    struct issuing issuing = {.work = {.customer_id = customer.id, .customer_version_id = customer.version_id,
        .personal_digest = customer.personal_digest, .language = "fr", .currency = "EUR", .collect_on = DATE_NONE, .lines = &line, .line_count = 1}};
    struct gateway_answer answer = {.outcome = GATEWAY_SUCCEEDED, .session_ref = "", .intent_ref = unique(ctx, "pi_"),
        .customer_ref = "", .amount_minor = 3600, .currency = "EUR", .decline_code = "", .advice_code = "", .message = "", .redirect_url = "",
        .method_ref = "", .brand = "", .last4 = ""};
    struct paying p = {.attempt = {.number = 1, .attempt_key = unique(ctx, "test:back:"), .kind = "off_session",
        .amount_minor = 3600, .currency = "EUR", .request_path = "/v1/payment_intents", .request_body = "x", .session_ref = "", .intent_ref = "",
        .redirect_url = "", .decline_code = "", .advice_code = "", .message = "", .tried_on = ctx->today_on}};
    struct refundable payment;
    struct paid paid = {.attempt_id = 0};
    enum attempt_state state;

    GOOD(reserve_invoice_ids(ctx, 1, &issuing.ids));
    GOOD(db_transaction(ctx, issue_one, &issuing));
    paid.invoice = issuing.work.invoice;
    p.payable = (struct payable){.invoice_id = paid.invoice.id, .customer_id = customer.id, .amount_minor = 3600, .currency = "EUR"};
    GOOD(db_transaction(ctx, insert_both, &p));
    GOOD(settle_answer(ctx, p.attempt.id, &answer, &state));
    CU_ASSERT_EQUAL_FATAL(state, ATTEMPT_SUCCEEDED);
    GOOD(refundable_of_attempt(ctx, p.attempt.id, &payment));
    paid.attempt_id = p.attempt.id;
    paid.payment = (struct payment){.id = payment.payment_id, .customer_id = customer.id, .amount_minor = 3600, .currency = "EUR"};
    return paid;
}

static struct refund refund_of(struct ctx *ctx, const struct paid *paid, int64_t amount_minor)
{
    return (struct refund){.refund_key = unique(ctx, "test-back-"), .kind = "card",
        .payment_id = paid->payment.id, .invoice_id = paid->invoice.id, .customer_id = paid->payment.customer_id, .amount_minor = amount_minor,
        .currency = "EUR", .reason = "Goodwill", .request_body = "x", .refund_ref = "", .iban_sealed = "", .iban_key = "", .iban_masked = "",
        .account_name = "", .failure = "", .next_check_at = ctx->now};
}

static void refused(struct ctx *ctx, struct refund refund)
{
    CU_ASSERT_NOT_EQUAL(insert_refund(ctx, &refund), OK);
    ctx_forget_error(ctx);
}

/* The refund leaves the books alone here: only its row is looked at. */
static void moved(struct ctx *ctx, const struct refund *f, const char *state)
{
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE refund SET state = '%s'%s, next_check_at = NULL WHERE id = %lld", state,
                                      strcmp(state, "succeeded") == 0 ? ", done_on = CURRENT_DATE" : "", (long long)f->id)));
}

TEST(reversing, refunds_never_exceed_their_payment)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct paid paid = paid_by_card(ctx);
    struct refund first = refund_of(ctx, &paid, 2000);

    refused(ctx, refund_of(ctx, &paid, 3601));
    refused(ctx, refund_of(ctx, &paid, 0));
    GOOD(insert_refund(ctx, &first));
    refused(ctx, refund_of(ctx, &paid, 1)); /* while one is under way no other begins */
    moved(ctx, &first, "pending");
    refused(ctx, refund_of(ctx, &paid, 1601));
    moved(ctx, &first, "failed"); /* gives back what it held */
    first = refund_of(ctx, &paid, 3600);
    GOOD(insert_refund(ctx, &first));
    moved(ctx, &first, "cancelled");
}

TEST(reversing, a_refund_is_of_the_customer_currency_and_invoice_of_its_payment)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct paid paid = paid_by_card(ctx);
    struct paid other = paid_by_card(ctx);
    struct refund wrong = refund_of(ctx, &paid, 100);

    wrong.customer_id = other.payment.customer_id;
    refused(ctx, wrong);
    wrong = refund_of(ctx, &paid, 100);
    wrong.currency = "USD";
    refused(ctx, wrong);
    wrong = refund_of(ctx, &paid, 100);
    wrong.invoice_id = other.invoice.id;
    refused(ctx, wrong);
    wrong = refund_of(ctx, &paid, 100);
    wrong.reason = "";
    refused(ctx, wrong);
    wrong = refund_of(ctx, &paid, 100);
    wrong.kind = "transfer"; /* by transfer goes a credit note's money */
    refused(ctx, wrong);
}

TEST(reversing, a_refund_stays_what_was_intended)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct paid paid = paid_by_card(ctx);
    struct refund f = refund_of(ctx, &paid, 500);
    long long id;

    GOOD(insert_refund(ctx, &f));
    id = f.id;
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE refund SET amount_minor = 600 WHERE id = %lld", id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE refund SET request_body = 'y' WHERE id = %lld", id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE refund SET refund_key = 'other' WHERE id = %lld", id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE refund SET payment_id = payment_id + 1 WHERE id = %lld", id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE refund SET state = 'succeeded' WHERE id = %lld", id)); /* on no day */
    as_owner_refused(ctx, arena_printf(ctx->arena, "DELETE FROM refund WHERE id = %lld", id));
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE refund SET refund_ref = 're_%lld' WHERE id = %lld", (long long)store_unique(), id)));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE refund SET refund_ref = 're_other' WHERE id = %lld", id));
    moved(ctx, &f, "failed");
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE refund SET state = 'ready' WHERE id = %lld", id)); /* another try is another refund */
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "INSERT INTO refund_event (refund_id, from_state, to_state, event, actor, at) VALUES "
                                                  "(%lld, 'ready', 'failed', 'fails', 'test', UTC_TIMESTAMP(6))", id)));
    as_owner_refused(ctx, "UPDATE refund_event SET detail = 'x'");
    as_owner_refused(ctx, "DELETE FROM refund_event");
    as_owner_refused(ctx, arena_printf(ctx->arena, "INSERT INTO allocation_back (cause, cause_id, payment_id, invoice_id, amount_minor, back_on) VALUES "
                                                   "('refund', %lld, %lld, %lld, 3601, CURRENT_DATE)", id, (long long)paid.payment.id, (long long)paid.invoice.id));
}

static struct dispute dispute_of(struct ctx *ctx, const struct paid *paid, int64_t amount_minor)
{
    return (struct dispute){.dispute_ref = unique(ctx, "du_"), .payment_id = paid->payment.id,
        .customer_id = paid->payment.customer_id, .invoice_id = paid->invoice.id, .amount_minor = amount_minor, .currency = "EUR", .reason = "fraudulent",
        .status = "needs_response", .out_on = DATE_NONE, .in_on = DATE_NONE, .opened_on = ctx->today_on, .ended_on = DATE_NONE};
}

static void dispute_refused(struct ctx *ctx, struct dispute dispute)
{
    CU_ASSERT_NOT_EQUAL(insert_dispute(ctx, &dispute), OK);
    ctx_forget_error(ctx);
}

TEST(reversing, a_payment_has_one_open_dispute_and_never_more_than_it_brought)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct paid paid = paid_by_card(ctx);
    struct paid other = paid_by_card(ctx);
    struct dispute d = dispute_of(ctx, &paid, 2000);
    struct dispute wrong = dispute_of(ctx, &paid, 100);
    long long id;

    dispute_refused(ctx, dispute_of(ctx, &paid, 3601));
    wrong.customer_id = other.payment.customer_id;
    dispute_refused(ctx, wrong);
    wrong = dispute_of(ctx, &paid, 100);
    wrong.currency = "USD";
    dispute_refused(ctx, wrong);
    GOOD(insert_dispute(ctx, &d));
    id = d.id;
    dispute_refused(ctx, dispute_of(ctx, &paid, 100)); /* another one while it is open */
    wrong = dispute_of(ctx, &other, 100);
    wrong.dispute_ref = d.dispute_ref;
    dispute_refused(ctx, wrong); /* the same one twice */
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE dispute SET in_on = CURRENT_DATE WHERE id = %lld", id)); /* in before out */
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE dispute SET amount_minor = 1 WHERE id = %lld", id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "DELETE FROM dispute WHERE id = %lld", id));
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE dispute SET state = 'lost', ended_on = CURRENT_DATE WHERE id = %lld", id)));
    dispute_refused(ctx, dispute_of(ctx, &paid, 1601)); /* with what is lost more than the payment */
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE dispute SET state = 'written_off' WHERE id = %lld", id)));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE dispute SET state = 'won' WHERE id = %lld", id)); /* what was chosen stays */
}
