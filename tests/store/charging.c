/* charging: due invoices are claimed by one process each, and a group of answers is settled as each would be alone. */
#include <string.h>

#include "core/date.h"
#include "service/crediting.h"
#include "service/settling.h"
#include "store/charging.h"
#include "store/history.h"
#include "store/payable.h"
#include "support.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)

enum { SOME = 6 };

/* 30.00 at 20 %: 36.00, due for a debit today. */
static struct invoice issued(struct ctx *ctx, const struct customer *customer)
{
    static const struct tax_decision full = {TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, "FR", "FR", false, false, false};
    struct work_line line = {.line = {.kind = LINE_ONE_TIME, .description = "Licence", .period = PERIOD_NONE, .quantity_e4 = QUANTITY_ONE,
                                      .unit_price_e4 = 300000, .net_minor = 3000, .tax = full}, .unit = ""};
    struct issuing issuing = {.work = {.customer_id = customer->id, .customer_version_id = customer->version_id,
        .personal_digest = customer->personal_digest, .language = "fr", .currency = "EUR", .collect_on = ctx->today_on, .lines = &line, .line_count = 1}};

    GOOD(reserve_invoice_ids(ctx, 1, &issuing.ids));
    GOOD(db_transaction(ctx, issue_one, &issuing));
    return issuing.work.invoice;
}

/* What other tests left due is not ours to look at. */
static struct ctx *charging_ctx(void)
{
    struct ctx *ctx = store_ctx_of_newest_day();

    GOOD(owner_runs(ctx, "UPDATE receivable SET collect_on = NULL"));
    return ctx;
}

struct claimed {
    struct ctx *other;
    size_t ours;
    size_t theirs;
    size_t common;
};

static enum err claim_elsewhere(struct ctx *ctx, void *arg)
{
    struct claimed *c = arg;
    struct charge *rows;

    TRY(ctx, claim_charges(ctx, 100, &rows, &c->theirs));
    return OK;
}

static enum err claim_here(struct ctx *ctx, void *arg)
{
    struct claimed *c = arg;
    struct charge *rows;

    TRY(ctx, claim_charges(ctx, SOME / 2, &rows, &c->ours));
    for (size_t i = 0; i < c->ours; i++) {
        SAME_NUMBER(rows[i].open_minor, 3600);
        SAME_NUMBER(rows[i].method_id, 0);
    }
    return db_transaction(c->other, claim_elsewhere, c);
}

TEST(charging, two_that_claim_at_once_share_what_is_due)
{
    struct ctx *ctx = charging_ctx();
    struct claimed c = {.other = store_other_ctx()};
    struct customer customer = new_business(ctx);

    c.other->today_on = ctx->today_on;
    for (int i = 0; i < SOME; i++)
        (void)issued(ctx, &customer);
    GOOD(db_transaction(ctx, claim_here, &c));
    SAME_NUMBER(c.ours, SOME / 2);
    SAME_NUMBER(c.theirs, SOME - SOME / 2);
}

/* ---- answers by the group ---- */

struct sending {
    struct charge charges[SOME];
    struct attempt attempts[SOME];
    int64_t ids[SOME];
};

static enum err make_and_take(struct ctx *ctx, void *arg)
{
    struct sending *s = arg;
    struct charge_payable *payables;
    struct taken_attempt *rows;
    size_t count;

    TRY(ctx, lock_charge_payables(ctx, s->charges, SOME, &payables));
    for (int i = 0; i < SOME; i++) {
        SAME_NUMBER(payables[i].invoice_id, s->charges[i].invoice_id);
        CU_ASSERT_FALSE(payables[i].taken);
        s->attempts[i] = (struct attempt){.payable_id = payables[i].id, .number = 1, .amount_minor = 3600, .currency = "EUR",
            .attempt_key = unique(ctx, "test:group:"), .payment_method_id = s->charges[i].method_id,
            .request_path = "/v1/payment_intents", .request_body = "x", .next_check_at = ctx->now + ATTEMPT_LEASE};
    }
    TRY(ctx, insert_attempts(ctx, s->attempts, SOME));
    for (int i = 0; i < SOME; i++)
        s->ids[i] = s->attempts[i].id;
    TRY(ctx, lock_charge_payables(ctx, s->charges, SOME, &payables));
    CU_ASSERT_TRUE(payables[0].taken);
    SAME_NUMBER(payables[0].attempts, 1);
    TRY(ctx, lock_attempts(ctx, s->ids, SOME, &rows, &count));
    SAME_NUMBER(count, SOME);
    SAME_NUMBER(rows[0].open_minor, 3600);
    return take_attempts(ctx, s->ids, SOME);
}

static struct gateway_answer answer(struct ctx *ctx, enum gateway_outcome outcome)
{
    return (struct gateway_answer){.outcome = outcome, .session_ref = "", .intent_ref = unique(ctx, "pi_"),
        .customer_ref = "", .amount_minor = 3600, .currency = "EUR", .decline_code = "", .advice_code = "", .message = "", .redirect_url = "",
        .method_ref = "", .brand = "", .last4 = ""};
}

static void sent(struct ctx *ctx, struct sending *s)
{
    struct customer customer = new_business(ctx);
    struct payment_method method = {.customer_id = customer.id, .source_ref = unique(ctx, "seti_"),
                                    .brand = "visa", .last4 = "4242", .exp_month = 12, .exp_year = 2099};

    GOOD(db_ready(ctx));
    GOOD(store_payment_method(ctx, &method, "pm_x"));
    for (int i = 0; i < SOME; i++)
        s->charges[i] = (struct charge){.invoice_id = issued(ctx, &customer).id, .customer_id = customer.id, .currency = "EUR", .open_minor = 3600,
                                        .method_id = method.id};
    GOOD(db_transaction(ctx, make_and_take, s));
}

TEST(charging, a_group_of_answers_ends_each_as_it_would_alone)
{
    struct ctx *ctx = charging_ctx();
    static const char declined[] = "{\"error\":{\"type\":\"card_error\",\"code\":\"card_declined\",\"decline_code\":\"insufficient_funds\",\"advice_code\":"
                                   "\"try_again_later\",\"network_decline_code\":\"51\",\"network_advice_code\":\"25\",\"message\":\"no\"}}";
    struct gateway_answer answers[SOME];
    struct answered group[SOME];
    struct sending s;
    static const enum gateway_outcome outcome[SOME] = {GATEWAY_SUCCEEDED, GATEWAY_DECLINED, GATEWAY_UNKNOWN, GATEWAY_NOT_SENT, GATEWAY_ACTION, GATEWAY_SUCCEEDED};
    static const enum attempt_state state[SOME] = {ATTEMPT_SUCCEEDED, ATTEMPT_DECLINED, ATTEMPT_UNKNOWN, ATTEMPT_NOT_SENT, ATTEMPT_ACTION, ATTEMPT_SUCCEEDED};

    sent(ctx, &s);
    for (int i = 0; i < SOME; i++) {
        answers[i] = answer(ctx, outcome[i]);
        group[i] = (struct answered){.attempt_id = s.ids[i], .answer = &answers[i]};
    }
    stripe_map(ctx, 402, declined, strlen(declined), &answers[1]);
    GOOD(settle_answers(ctx, group, SOME));
    for (int i = 0; i < SOME; i++) {
        struct receivable receivable;
        struct attempt attempt;

        SAME_NUMBER(group[i].state, state[i]);
        GOOD(attempt_by_id(ctx, s.ids[i], &attempt));
        SAME_NUMBER(attempt.state, state[i]);
        SAME_NUMBER(attempt.tried_on, ctx->today_on);
        SAME_TEXT(attempt.advice_code, i == 1 ? "25" : "");
        GOOD(receivable_of(ctx, s.charges[i].invoice_id, &receivable));
        SAME_NUMBER(receivable.open_minor, state[i] == ATTEMPT_SUCCEEDED ? 0 : 3600);
    }
    GOOD(settle_answers(ctx, group, SOME)); /* and again */
    SAME_NUMBER(group[0].state, ATTEMPT_SUCCEEDED);
    books_are_sound(ctx);
}

TEST(charging, an_answer_that_cannot_be_settled_holds_none_of_the_others)
{
    struct ctx *ctx = charging_ctx();
    struct gateway_answer answers[SOME];
    struct answered group[SOME];
    struct sending s;
    struct attempt attempt;

    sent(ctx, &s);
    for (int i = 0; i < SOME; i++) {
        answers[i] = answer(ctx, GATEWAY_SUCCEEDED);
        group[i] = (struct answered){.attempt_id = s.ids[i], .answer = &answers[i]};
    }
    answers[2].intent_ref = answers[1].intent_ref; /* the gateway names one payment twice: UNIQUE refuses the second */
    GOOD(settle_answers(ctx, group, SOME));
    for (int i = 0; i < SOME; i++)
        SAME_NUMBER(group[i].state, i == 2 ? 0 : ATTEMPT_SUCCEEDED);
    GOOD(attempt_by_id(ctx, s.ids[2], &attempt));
    SAME_NUMBER(attempt.state, ATTEMPT_SENDING);
    books_are_sound(ctx);
}

static enum err find_declines(struct ctx *ctx, void *arg)
{
    struct sending *s = arg;
    struct method_decline *rows;
    size_t count;

    TRY(ctx, declines_of(ctx, s->charges, 1, ctx->today_on - 30, &rows, &count));
    SAME_NUMBER(count, 1);
    SAME_NUMBER(rows[0].method_id, s->charges[0].method_id);
    SAME_NUMBER(rows[0].tried_on, ctx->today_on);
    SAME_TEXT(rows[0].decline_code, "51");
    TRY(ctx, declines_of(ctx, s->charges, 1, ctx->today_on + 1, &rows, &count));
    SAME_NUMBER(count, 0);
    return OK;
}

TEST(charging, the_same_card_stored_twice_has_one_history)
{
    struct ctx *ctx = charging_ctx();
    struct gateway_answer no = answer(ctx, GATEWAY_DECLINED);
    struct payment_method again = {.source_ref = unique(ctx, "seti_"), .brand = "visa", .last4 = "4242",
                                   .exp_month = 12, .exp_year = 2099};
    struct sending s;
    enum attempt_state state;

    sent(ctx, &s);
    no.decline_code = "51";
    GOOD(settle_answer(ctx, s.ids[3], &no, &state));
    again.customer_id = s.charges[0].customer_id;
    GOOD(store_payment_method(ctx, &again, "pm_y"));
    s.charges[0].method_id = again.id;
    GOOD(db_transaction(ctx, find_declines, &s));
}

/* On the gateway's page one card was declined, the next one paid: the payment names no reason of a decline. */
TEST(charging, a_payment_keeps_no_reason_of_the_card_before)
{
    struct ctx *ctx = charging_ctx();
    struct gateway_answer waits = answer(ctx, GATEWAY_ACTION);
    struct gateway_answer paid = answer(ctx, GATEWAY_SUCCEEDED);
    enum attempt_state state;
    struct attempt attempt;
    struct sending s;

    sent(ctx, &s);
    waits.decline_code = "processing_error";
    waits.message = "Your bank could not process the card.";
    GOOD(settle_answer(ctx, s.ids[0], &waits, &state));
    GOOD(attempt_by_id(ctx, s.ids[0], &attempt));
    SAME_TEXT(attempt.decline_code, "processing_error");
    GOOD(settle_answer(ctx, s.ids[0], &paid, &state));
    CU_ASSERT_EQUAL(state, ATTEMPT_SUCCEEDED);
    GOOD(attempt_by_id(ctx, s.ids[0], &attempt));
    SAME_TEXT(attempt.decline_code, "");
    SAME_TEXT(attempt.message, "");
}
