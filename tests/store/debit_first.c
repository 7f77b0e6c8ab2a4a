/* debit_first: renewals that are debited before they are invoiced. */
#include "debit.h"

#include "core/date.h"
#include "service/amending.h"
#include "service/renewing.h"
#include "store/claim.h"
#include "store/dunning.h"

static struct receivable asked_of(struct ctx *ctx, const struct subscription *s)
{
    struct receivable claim;

    GOOD(claim_of(ctx, s->id, &claim));
    return claim;
}

/* A subscription that is debited first, on the day of its second period, with what is asked of it. */
static struct subscription renewed_first(struct ctx *ctx, struct receivable *claim)
{
    struct renewing state = {.invoices = 0};
    struct plan plan = monthly();
    struct subscription s;

    plan.debit_first = true;
    s = started(ctx, plan);
    (void)signed_mandate(ctx, &s);
    CU_ASSERT_TRUE(s.debit_first);
    ctx->today_on = s.due_on;
    GOOD(renew_subscriptions(ctx, &state));
    CU_ASSERT_TRUE(state.asked >= 1);
    *claim = asked_of(ctx, &s);
    SAME_TEXT(claim->state, "pending");
    return s;
}

static struct attempt planned_claim(struct ctx *ctx, const struct subscription *s, const struct receivable *claim)
{
    struct payable payable;
    struct attempt attempt;

    GOOD(plan_collection(ctx, claim, s->payment_method_id));
    GOOD(payable_of(ctx, 0, claim->invoice_id, &payable));
    GOOD(live_attempt(ctx, payable.id, &attempt));
    return attempt;
}

TEST(debit_first, debited_first_a_renewal_is_invoiced_when_the_bank_has_paid_it)
{
    struct ctx *ctx = debit_ctx();
    int32_t began_on = ctx->today_on;
    struct receivable claim, paid;
    struct subscription s = renewed_first(ctx, &claim);
    struct renewing again = {.invoices = 0};
    struct invoice invoice;
    struct attempt attempt;
    struct collection c;
    int64_t settled = 0;

    SAME_NUMBER(claim.open_minor, 12000);
    attempt = planned_claim(ctx, &s, &claim);
    (void)sent_file(ctx);
    SAME_TEXT(state_of(ctx, attempt.id), "pending");
    ctx->today_on++;
    GOOD(renew_subscriptions(ctx, &again)); /* while the bank has it nothing else is asked */
    SAME_NUMBER(asked_of(ctx, &s).invoice_id, claim.invoice_id);
    CU_ASSERT_EQUAL(invoice_by_id(ctx, claim.invoice_id, &invoice), ERR_NOT_FOUND);
    ctx_forget_error(ctx);
    books_are_sound(ctx);
    GOOD(collection_of(ctx, attempt.id, &c));
    ctx->today_on = c.settles_on;
    GOOD(settle_collections(ctx, &settled));
    SAME_TEXT(state_of(ctx, attempt.id), "succeeded");
    GOOD(invoice_by_id(ctx, claim.invoice_id, &invoice));
    SAME_NUMBER(invoice.issued_on, ctx->today_on);
    GOOD(receivable_of(ctx, invoice.id, &paid));
    SAME_TEXT(paid.state, "paid");
    CU_ASSERT_EQUAL(claim_of(ctx, s.id, &claim), ERR_NOT_FOUND);
    ctx_forget_error(ctx);
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

TEST(debit_first, debited_first_a_return_leaves_no_invoice)
{
    struct ctx *ctx = debit_ctx();
    int32_t began_on = ctx->today_on;
    struct receivable claim;
    struct subscription s = renewed_first(ctx, &claim);
    struct attempt attempt = planned_claim(ctx, &s, &claim);
    struct dunning_case unpaid;
    struct invoice invoice;
    bool known;

    (void)sent_file(ctx);
    GOOD(return_collection(ctx, attempt.attempt_key, "AC04", &known));
    CU_ASSERT_TRUE(known);
    SAME_TEXT(state_of(ctx, attempt.id), "declined");
    SAME_TEXT(asked_of(ctx, &s).state, "pending");
    GOOD(dunning_case_of(ctx, claim.invoice_id, &unpaid));
    SAME_TEXT(unpaid.state, "open");
    CU_ASSERT_EQUAL(invoice_by_id(ctx, claim.invoice_id, &invoice), ERR_NOT_FOUND);
    ctx_forget_error(ctx);
    GOOD(asked_invoice(ctx, claim.invoice_id, &invoice)); /* what mails and pages say of it */
    CU_ASSERT_TRUE(invoice_is_claim(&invoice));
    SAME_TEXT(invoice.number, s.number);
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

/* What is asked for keeps its amount; the next period has the discount. */
TEST(debit_first, a_discount_of_the_contract_leaves_what_is_asked_for_alone)
{
    struct ctx *ctx = debit_ctx();
    struct receivable claim;
    struct subscription s = renewed_first(ctx, &claim);
    int32_t asked_on = ctx->today_on;
    struct amending a = {.subscription_id = s.id, .kind = AMENDMENT_DISCOUNT, .when = AMENDMENT_AT_PERIOD_END, .on = DATE_NONE, .resume_on = DATE_NONE,
                         .own = {.ppm = 100000}, .reason = ""};
    struct renewing again = {.invoices = 0};
    int32_t next_on = s.anchor_on;

    for (int month = 1; next_on <= asked_on; month++) /* boundaries are counted from the anchor: after 28 February comes 29 March */
        next_on = date_add_months(s.anchor_on, month);
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    CU_ASSERT_PTR_NULL(a.refusal);
    CU_ASSERT_TRUE(a.planned);
    SAME_NUMBER(a.effective_on, next_on);
    ctx->today_on++;
    GOOD(renew_subscriptions(ctx, &again));
    SAME_NUMBER(asked_of(ctx, &s).open_minor, 12000);
}

TEST(debit_first, what_is_asked_first_is_refused_what_must_never_be)
{
    struct ctx *ctx = debit_ctx();
    int32_t began_on = ctx->today_on;
    struct receivable claim, second;
    struct subscription s = renewed_first(ctx, &claim);
    struct attempt attempt = planned_claim(ctx, &s, &claim);
    long long id = claim.invoice_id;

    second = claim;
    second.invoice_id = id + 1000000;
    CU_ASSERT_NOT_EQUAL(insert_claim(ctx, &second), OK); /* two of one subscription */
    ctx_forget_error(ctx);
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE receivable SET state = 'open' WHERE invoice_id = %lld", id)); /* no invoice */
    as_owner_refused(ctx, arena_printf(ctx->arena, "INSERT INTO payable (invoice_id, customer_id, amount_minor, currency, created_at) "
                                                   "VALUES (%lld, %lld, 1, 'EUR', UTC_TIMESTAMP(6))", id + 2000000, (long long)claim.customer_id));
    as_owner_refused(ctx, "UPDATE receivable SET state = 'pending', paid_on = NULL WHERE state = 'open'"); /* invoiced: never again */
    (void)sent_file(ctx);
    SAME_TEXT(state_of(ctx, attempt.id), "pending");
    CU_ASSERT_NOT_EQUAL(drop_claim(ctx, claim.invoice_id), OK); /* money moves */
    ctx_forget_error(ctx);
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE attempt SET state = 'declined' WHERE id = %lld", (long long)attempt.id)));
    GOOD(drop_claim(ctx, claim.invoice_id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE receivable SET state = 'pending', open_minor = 1 WHERE invoice_id = %lld", id));
    ctx->today_on = began_on;
}

TEST(debit_first, what_is_due_by_mandate_is_planned_without_the_card_gateway)
{
    struct ctx *ctx = debit_ctx();
    int32_t began_on = ctx->today_on;
    struct receivable claim;
    struct subscription s = renewed_first(ctx, &claim);
    struct payable payable;
    struct attempt attempt;
    struct collection c;

    GOOD(plan_due_collections(ctx));
    GOOD(payable_of(ctx, 0, claim.invoice_id, &payable));
    GOOD(live_attempt(ctx, payable.id, &attempt));
    SAME_TEXT(attempt.kind, "sepa");
    SAME_NUMBER(attempt.payment_method_id, s.payment_method_id);
    GOOD(collection_of(ctx, attempt.id, &c));
    GOOD(plan_due_collections(ctx)); /* and once */
    GOOD(receivable_of(ctx, claim.invoice_id, &claim));
    SAME_NUMBER(claim.collect_on, DATE_NONE);
    ctx->today_on = began_on;
}
