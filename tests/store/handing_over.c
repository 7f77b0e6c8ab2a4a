/* handing_over: a contract that passes to another customer: nobody's card or account pays for the other, whatever was open,
 * begun or allowed before. */
#include "debit.h"

#include "service/falling_behind.h"
#include "service/renewing.h"
#include "store/charging.h"
#include "store/claim.h"
#include "store/dunning.h"
#include "store/history.h"
#include "store/outbox.h"
#include "store/reserve.h"

static int64_t handed_over(struct ctx *ctx, struct subscription *s)
{
    struct customer next = new_business(ctx);
    struct amending a = wished(s, AMENDMENT_TRANSFER, AMENDMENT_AT_ONCE);

    a.customer_id = next.id;
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    CU_ASSERT_PTR_NULL_FATAL(a.refusal);
    GOOD(subscription_by_id(ctx, s->id, s));
    SAME_NUMBER(s->customer_id, next.id);
    return next.id;
}

static struct invoice newest_of(struct ctx *ctx, int64_t subscription_id)
{
    struct invoice_list_row *rows;
    struct invoice invoice;
    size_t count;

    GOOD(invoice_list(ctx, "", 0, subscription_id, 0, 1, &rows, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    GOOD(invoice_by_number(ctx, rows[0].number, &invoice));
    return invoice;
}

static int attempts_for(struct ctx *ctx, int64_t invoice_id)
{
    struct payable payable;
    struct attempt *rows;
    size_t count;
    enum err err = payable_of(ctx, 0, invoice_id, &payable);

    if (err == ERR_NOT_FOUND)
        return 0;
    GOOD(err);
    GOOD(attempts_of(ctx, payable.id, &rows, &count));
    return (int)count;
}

static enum err expect_claimed(struct ctx *ctx, void *arg)
{
    struct charge *rows;
    size_t count, ours = 0;

    TRY(ctx, claim_charges(ctx, 1000, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (rows[i].invoice_id == *(int64_t *)arg) {
            SAME_NUMBER(rows[i].method_id, 0);
            ours++;
        }
    SAME_NUMBER(ours, 1);
    return OK;
}

struct late {
    struct billed_subscription *rows;
    size_t count;
};

static enum err make_late(struct ctx *ctx, void *arg)
{
    const struct late *late = arg;

    return fall_behind(ctx, late->rows, late->count);
}

static int64_t stored_card(struct ctx *ctx, int64_t customer_id, const char *last4)
{
    struct payment_method card = {.customer_id = customer_id, .source_ref = unique(ctx, "pi_"), .brand = "visa", .last4 = last4, .exp_month = 12, .exp_year = 2059};

    GOOD(store_payment_method(ctx, &card, "pm_secret"));
    return card.id;
}

TEST(handing_over, the_next_customer_s_account_does_not_pay_what_the_one_before_owes)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct invoice owed = newest_of(ctx, s.id);
    struct open_invoice *open;
    size_t count;

    (void)handed_over(ctx, &s);
    (void)signed_mandate(ctx, &s);
    GOOD(open_invoices_to_debit(ctx, s.id, &open, &count));
    SAME_NUMBER(count, 0);
    GOOD(postpone_collection(ctx, owed.id, ctx->today_on));
    GOOD(plan_due_collections(ctx));
    SAME_NUMBER(attempts_for(ctx, owed.id), 0);
    GOOD(db_transaction(ctx, expect_claimed, &owed.id));
    GOOD(postpone_collection(ctx, owed.id, DATE_NONE));
}

TEST(handing_over, a_mandate_begun_before_is_not_signed_after)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate_start start = begun(ctx, &s);
    struct mandate_sign sign = {.reference = start.reference, .code = mailed_code(ctx, start.reference)};

    (void)handed_over(ctx, &s);
    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL(sign.refusal, MANDATE_NO_DRAFT);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_NUMBER(s.payment_method_id, 0);
}

TEST(handing_over, cards_of_before_pay_for_nobody_else)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    int64_t before = s.customer_id;
    int64_t card = stored_card(ctx, before, "4242");
    int64_t other = stored_card(ctx, before, "4444");
    struct invoice owed = newest_of(ctx, s.id);
    struct method_setup setup = {.subscription_id = s.id, .setup_key = unique(ctx, "test:setup:"), .session_ref = "", .redirect_url = ""};
    struct subscription_card *cards;
    struct payable payable = {.invoice_id = owed.id, .customer_id = before, .amount_minor = owed.total_minor, .currency = "EUR"};
    int64_t theirs;
    size_t count;

    GOOD(save_subscription_method(ctx, s.id, card));
    GOOD(insert_reserve_card(ctx, s.id, other, "agreed", "fr"));
    GOOD(insert_method_setup(ctx, &setup));
    theirs = stored_card(ctx, handed_over(ctx, &s), "5555");
    GOOD(save_subscription_method(ctx, s.id, theirs));
    GOOD(cards_of_subscriptions(ctx, &s.id, 1, &cards, &count));
    SAME_NUMBER(count, 1); /* no reserve of the one before */
    GOOD(last_method_setup(ctx, s.id, &setup));
    CU_ASSERT_STRING_EQUAL(setup.state, "expired");
    GOOD(postpone_collection(ctx, owed.id, ctx->today_on));
    GOOD(db_transaction(ctx, expect_claimed, &owed.id));
    GOOD(postpone_collection(ctx, owed.id, DATE_NONE));
    GOOD(save_method_of_invoice(ctx, owed.id, card)); /* who owed it pays it by the link */
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_NUMBER(s.payment_method_id, theirs);
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE subscription SET payment_method_id = %lld WHERE id = %lld", (long long)card, (long long)s.id));
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "INSERT INTO payable (invoice_id, customer_id, amount_minor, currency, created_at) VALUES (%lld, %lld, %lld, 'EUR', NOW(6))",
                                      (long long)payable.invoice_id, (long long)before, (long long)payable.amount_minor)));
    as_owner_refused(ctx, arena_printf(ctx->arena, "INSERT INTO attempt (payable_id, number, attempt_key, kind, state, amount_minor, currency, payment_method_id, request_path, request_body, "
                                       "created_at, tried_on) SELECT id, 1, '%s', 'sepa', 'ready', 1, 'EUR', %lld, '', '', NOW(6), CURDATE() FROM payable WHERE invoice_id = %lld",
                                       unique(ctx, "test:other:"), (long long)theirs, (long long)owed.id));
}

/* Past due and closed for unpaid is who owes, not who has the contract now. */
TEST(handing_over, the_debt_of_the_one_before_closes_nothing_of_the_next)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct invoice owed = newest_of(ctx, s.id);
    struct billed_subscription *rows;
    struct dunning_standing standing;
    size_t count;

    GOOD(subscriptions_of_invoices(ctx, &owed.id, 1, &rows, &count));
    SAME_NUMBER(count, 1);
    GOOD(db_transaction(ctx, make_late, &(struct late){rows, count}));
    GOOD(subscription_by_id(ctx, s.id, &s));
    CU_ASSERT_STRING_EQUAL(s.state, "past_due");
    (void)handed_over(ctx, &s);
    CU_ASSERT_STRING_EQUAL(s.state, "active");
    GOOD(subscriptions_of_invoices(ctx, &owed.id, 1, &rows, &count));
    SAME_NUMBER(count, 0);
    GOOD(dunning_standing(ctx, s.id, &standing));
    SAME_NUMBER(standing.open, 0);
}

TEST(handing_over, a_mandate_in_force_outlives_an_invoice_paid_by_card)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    struct invoice owed = newest_of(ctx, s.id);

    GOOD(save_method_of_invoice(ctx, owed.id, stored_card(ctx, s.customer_id, "4242")));
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_NUMBER(s.payment_method_id, m.payment_method_id);
}

/* Debit first: what is asked of the one before is asked of nobody when the contract passes on, and anew of the next. While it is
 * being paid the contract stays. */
TEST(handing_over, what_is_asked_before_it_is_invoiced_is_asked_of_the_next_customer)
{
    struct ctx *ctx = debit_ctx();
    int32_t began_on = ctx->today_on;
    struct renewing state = {.invoices = 0};
    struct plan plan = monthly();
    struct receivable claim, dropped;
    struct customer next = new_business(ctx);
    struct payable payable;
    struct attempt attempt;
    struct subscription s;
    struct amending a;

    plan.debit_first = true;
    s = started(ctx, plan);
    (void)signed_mandate(ctx, &s);
    ctx->today_on = s.due_on;
    GOOD(renew_subscriptions(ctx, &state));
    GOOD(claim_of(ctx, s.id, &claim));
    GOOD(plan_collection(ctx, &claim, s.payment_method_id));
    a = wished(&s, AMENDMENT_TRANSFER, AMENDMENT_AT_ONCE);
    a.customer_id = next.id;
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    CU_ASSERT_PTR_NOT_NULL(a.refusal);
    GOOD(payable_of(ctx, 0, claim.invoice_id, &payable));
    GOOD(live_attempt(ctx, payable.id, &attempt));
    (void)sent_file(ctx);
    taken_back(ctx, &(struct sent_debit){.attempt = attempt}, "AM04");
    (void)handed_over(ctx, &s);
    GOOD(receivable_of(ctx, claim.invoice_id, &dropped));
    CU_ASSERT_STRING_EQUAL(dropped.state, "dropped");
    GOOD(renew_subscriptions(ctx, &state));
    GOOD(claim_of(ctx, s.id, &claim));
    SAME_NUMBER(claim.customer_id, s.customer_id);
    SAME_NUMBER(claim.collect_on, DATE_NONE);
    ctx->today_on = began_on;
}
