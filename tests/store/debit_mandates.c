/* debit_mandates: mandates, from the code in the mail to the end: signed, changed, suspended, confirmed, used once, revoked, expired. */
#include "debit.h"

#include "service/rendering.h"
#include "store/history.h"
#include "store/mandate.h"

TEST(debit_mandates, a_mandate_is_signed_with_a_code_from_the_mail)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate_start start = begun(ctx, &s);
    const char *code = mailed_code(ctx, start.reference);
    struct mandate_sign sign = {.reference = start.reference, .code = strcmp(code, "000000") == 0 ? "111111" : "000000"};
    struct payment_method method;
    struct mandate m;
    const char *iban;

    CU_ASSERT_EQUAL_FATAL(strlen(code), 6);
    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL(sign.refusal, MANDATE_WRONG_CODE);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_NUMBER(s.payment_method_id, 0); /* nothing changes before the signature */
    sign.code = code;
    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL(sign.refusal, MANDATE_NOT_REFUSED);
    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL(sign.refusal, MANDATE_NO_DRAFT);
    GOOD(mandate_by_reference(ctx, start.reference, &m));
    SAME_TEXT(m.state, "active");
    SAME_TEXT(m.account_masked, "DE89 … 3000");
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_NUMBER(s.payment_method_id, m.payment_method_id);
    GOOD(payment_method_by_id(ctx, m.payment_method_id, &method));
    SAME_TEXT(method.gateway, "sepa");
    CU_ASSERT_PTR_NULL(strstr(method.token_sealed, "370400"));
    GOOD(payment_method_token(ctx, &method, &iban));
    SAME_TEXT(iban, THEIRS);

    /* Five wrong codes, or half an hour, end a draft. */
    start = begun(ctx, &s);
    sign = (struct mandate_sign){.reference = start.reference, .code = "x"};
    for (int i = 0; i < MANDATE_CODE_TRIES; i++)
        GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    sign.code = mailed_code(ctx, start.reference);
    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL(sign.refusal, MANDATE_CODE_OVER);
    start = begun(ctx, &s);
    sign = (struct mandate_sign){.reference = start.reference, .code = mailed_code(ctx, start.reference)};
    ctx->now += INT64_C(31) * 60 * 1000000;
    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL(sign.refusal, MANDATE_CODE_OVER);
    ctx->now -= INT64_C(31) * 60 * 1000000;
}

TEST(debit_mandates, a_revoked_mandate_collects_nothing_more)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    struct mandate_act act = {.reference = m.reference};
    struct collection_making making;
    struct attempt attempt;
    struct invoice invoice;

    (void)planned(ctx, &s, &invoice, &attempt);
    GOOD(revoke_mandate(ctx, &act, NO_ONCE));
    CU_ASSERT_EQUAL(act.refusal, MANDATE_NOT_REFUSED);
    m = mandate_now(ctx, m.reference);
    SAME_TEXT(m.state, "revoked");
    SAME_NUMBER(m.ended_on, ctx->today_on);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_NUMBER(s.payment_method_id, 0);
    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    CU_ASSERT_TRUE(making.left_out >= 1);
    SAME_TEXT(state_of(ctx, attempt.id), "not_sent");
    GOOD(revoke_mandate(ctx, &act, NO_ONCE));
    CU_ASSERT_EQUAL(act.refusal, MANDATE_NOT_ALIVE);
}

/* S21: the debit that is under way runs on; the next one tells the change, once. */
TEST(debit_mandates, another_account_is_told_with_the_next_collection_once)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    struct mandate_start same = {.holder = "X", .iban = THEIRS, .bic = "", .signed_name = "Ada Morel", .agreed_text = "x"};
    struct attempt first, second;
    struct invoice invoice;
    bool known;
    int64_t file;

    GOOD(start_mandate_change(ctx, m.reference, &same, NO_ONCE));
    CU_ASSERT_EQUAL(same.refusal, MANDATE_SAME_ACCOUNT);
    (void)planned(ctx, &s, &invoice, &first);
    file = sent_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, THEIRS) && !file_says(ctx, file, "SMNDA"));
    changed_account(ctx, m.reference, "NL91ABNA0417164300");
    SAME_TEXT(mandate_now(ctx, m.reference).account_masked, "NL91 … 4300");
    SAME_TEXT(state_of(ctx, first.id), "pending");
    GOOD(return_collection(ctx, first.attempt_key, "AM04", &known)); /* it ran, on the old account */
    CU_ASSERT_TRUE(known);
    (void)planned(ctx, &s, &invoice, &second);
    file = made_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, "SMNDA"));
    SAME_NUMBER(answered(ctx, file, false), FILE_NOT_REFUSED); /* it never left: the bank knows nothing of the change */
    (void)planned(ctx, &s, &invoice, &second);
    file = sent_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, "NL91ABNA0417164300") && file_says(ctx, file, "SMNDA") && file_says(ctx, file, second.attempt_key));
    GOOD(return_collection(ctx, second.attempt_key, "AM04", &known));
    (void)planned(ctx, &s, &invoice, &second);
    file = sent_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, "NL91ABNA0417164300") && !file_says(ctx, file, "SMNDA"));
    books_are_sound(ctx);
}

TEST(debit_mandates, a_suspended_mandate_lives_again_with_another_account)
{
    struct ctx *ctx = debit_ctx();
    struct sent_debit d = sent_debit(ctx);
    struct payment_method method;

    taken_back(ctx, &d, "AC04");
    SAME_TEXT(mandate_now(ctx, d.m.reference).state, "suspended");
    changed_account(ctx, d.m.reference, "BE68539007547034");
    SAME_TEXT(mandate_now(ctx, d.m.reference).state, "active");
    GOOD(payment_method_by_id(ctx, d.m.payment_method_id, &method));
    SAME_TEXT(method.state, "active");
    SAME_TEXT(method.last4, "7034");
}

TEST(debit_mandates, what_is_open_is_debited_when_the_customer_agrees)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly()), other = started(ctx, monthly());
    struct mandate_start start = {.subscription_id = s.id, .use = USE_ONCE, .holder = "Ada", .iban = THEIRS, .bic = "", .signed_name = "Ada Morel",
                                  .agreed_text = "Once."};
    struct mandate_sign sign;
    struct open_invoice *open;
    size_t count;
    int64_t file;

    /* Once: OOFF, the subscription's method stays, the mandate is used up. */
    GOOD(start_mandate(ctx, &start, NO_ONCE));
    CU_ASSERT_EQUAL_FATAL(start.refusal, MANDATE_NOT_REFUSED);
    sign = (struct mandate_sign){.reference = start.reference, .code = mailed_code(ctx, start.reference)};
    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    CU_ASSERT_EQUAL(sign.refusal, MANDATE_NOT_REFUSED);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_NUMBER(s.payment_method_id, 0);
    GOOD(open_invoices_to_debit(ctx, s.id, &open, &count));
    SAME_NUMBER(count, 0); /* it is on its way */
    file = sent_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, "<SeqTp>OOFF</SeqTp>"));
    SAME_TEXT(mandate_now(ctx, start.reference).state, "used");
    GOOD(start_mandate(ctx, &start, NO_ONCE));
    CU_ASSERT_EQUAL(start.refusal, MANDATE_NOTHING_OPEN);
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE mandate SET state = 'active' WHERE payment_method_id = %lld", (long long)mandate_now(ctx, sign.reference).payment_method_id));

    /* With what follows: RCUR from the first one. */
    start.subscription_id = other.id;
    start.use = USE_WITH_OPEN;
    GOOD(start_mandate(ctx, &start, NO_ONCE));
    sign = (struct mandate_sign){.reference = start.reference, .code = mailed_code(ctx, start.reference)};
    GOOD(sign_mandate(ctx, &sign, NO_ONCE));
    GOOD(open_invoices_to_debit(ctx, other.id, &open, &count));
    SAME_NUMBER(count, 0);
    file = sent_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, "<SeqTp>RCUR</SeqTp>") && file_says(ctx, file, start.reference));
    SAME_TEXT(mandate_now(ctx, start.reference).state, "active");
}

TEST(debit_mandates, between_businesses_the_bank_must_know_the_mandate)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct scheme_change change = {.customer_id = s.customer_id, .scheme = "b2b"};
    struct collection wrong = {.noticed_on = ctx->today_on, .collect_on = ctx->today_on + 9};
    struct mandate_act act;
    struct receivable receivable;
    struct open_invoice *open;
    struct attempt attempt;
    struct invoice invoice;
    struct mandate m;
    size_t count;
    int64_t file;
    bool known;

    GOOD(change_debit_scheme(ctx, &change, NO_ONCE));
    CU_ASSERT_EQUAL_FATAL(change.refusal, MANDATE_NOT_REFUSED);
    m = signed_mandate(ctx, &s);
    SAME_TEXT(m.scheme, "b2b");
    GOOD(open_invoices_to_debit(ctx, s.id, &open, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    GOOD(receivable_of(ctx, open[0].id, &receivable));
    GOOD(plan_collection(ctx, &receivable, m.payment_method_id));
    GOOD(receivable_of(ctx, open[0].id, &receivable));
    SAME_NUMBER(receivable.collect_on, ctx->today_on + 1); /* tomorrow again */
    wrong.payment_method_id = m.payment_method_id;
    wrong.invoice_id = open[0].id;
    wrong.attempt_id = 1;
    CU_ASSERT_NOT_EQUAL(insert_collection(ctx, &wrong), OK); /* the database refuses it too */
    ctx_forget_error(ctx);
    act = (struct mandate_act){.reference = m.reference, .on = ctx->today_on};
    GOOD(confirm_mandate(ctx, &act, NO_ONCE));
    CU_ASSERT_EQUAL(act.refusal, MANDATE_NOT_REFUSED);
    (void)planned(ctx, &s, &invoice, &attempt);
    file = sent_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, "<LclInstrm><Cd>B2B</Cd></LclInstrm>"));
    GOOD(return_collection(ctx, attempt.attempt_key, "AC13", &known)); /* a consumer's account */
    SAME_TEXT(mandate_now(ctx, m.reference).state, "suspended");

    s = started(ctx, monthly());
    m = signed_mandate(ctx, &s);
    act.reference = m.reference;
    GOOD(confirm_mandate(ctx, &act, NO_ONCE));
    CU_ASSERT_EQUAL(act.refusal, MANDATE_NOT_B2B); /* a Core one needs nobody's word */
}

TEST(debit_mandates, mandates_expire_after_36_months_with_a_warning_at_33)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    int32_t signed_on = ctx->today_on;
    struct mandate_watch watch;

    GOOD(watch_mandates(ctx, &watch));
    SAME_NUMBER(watch.expired + watch.warned, 0);
    ctx->today_on = mandate_warns_on(signed_on, DATE_NONE) - 1;
    GOOD(watch_mandates(ctx, &watch));
    CU_ASSERT_EQUAL(mandate_now(ctx, m.reference).warned_on, DATE_NONE);
    ctx->today_on++;
    GOOD(watch_mandates(ctx, &watch));
    CU_ASSERT_TRUE(watch.warned >= 1 && mandate_now(ctx, m.reference).warned_on == ctx->today_on);
    GOOD(watch_mandates(ctx, &watch));
    SAME_NUMBER(watch.warned, 0);
    ctx->today_on = mandate_expires_on(signed_on, DATE_NONE) - 1;
    GOOD(watch_mandates(ctx, &watch));
    SAME_TEXT(mandate_now(ctx, m.reference).state, "active");
    ctx->today_on++;
    GOOD(watch_mandates(ctx, &watch));
    CU_ASSERT_TRUE(watch.expired >= 1);
    SAME_TEXT(mandate_now(ctx, m.reference).state, "expired");
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_NUMBER(s.payment_method_id, 0);
    ctx->today_on = signed_on;
}

/* ---- documents ---- */

static void seal_account(struct ctx *ctx, int64_t method_id, const char *sealed)
{
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE payment_method SET token_sealed = '%s' WHERE id = %lld", sealed, (long long)method_id)));
}

static int32_t tries_of(struct ctx *ctx, const char *kind, int64_t ref_id)
{
    struct document_job *jobs;
    int32_t tries = -1; /* no job waits */
    size_t count;

    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE document_job SET next_try_at = '2020-01-01' WHERE kind = '%s' AND ref_id = %lld", kind, (long long)ref_id)));
    GOOD(claim_document_jobs(ctx, 1000, &jobs, &count));
    for (size_t i = 0; i < count; i++)
        if (strcmp(jobs[i].kind, kind) == 0 && jobs[i].ref_id == ref_id)
            tries = jobs[i].tries;
    return tries;
}

/* The item that names the contract; subject_id 0: none yet. */
static struct operator_item failed_document(struct ctx *ctx, const struct subscription *s)
{
    struct operator_item *items, none = {.subject_id = 0};
    size_t count;

    GOOD(open_operator_items(ctx, 10000, &items, &count));
    for (size_t i = 0; i < count; i++)
        if (strcmp(items[i].kind, "document_failed") == 0 && strcmp(items[i].subject_kind, ABOUT_SUBSCRIPTION) == 0 && items[i].subject_id == s->id)
            return items[i];
    return none;
}

/* The account's seal does not open, which no try makes better: after the fifth a person is told, of the contract whose mandate
 * it is, once. Tries go on, and what is mended is made. */
static void fails_until_mended(struct ctx *ctx, const struct subscription *s, const char *kind, int64_t ref_id, int64_t method_id)
{
    struct rendering state = {.signer = NULL};
    struct payment_method method;
    struct document document;

    GOOD(payment_method_by_id(ctx, method_id, &method));
    seal_account(ctx, method_id, "spoiled");
    for (int32_t tries = 0; tries < 5; tries++) {
        SAME_NUMBER(failed_document(ctx, s).subject_id, 0);
        SAME_NUMBER(tries_of(ctx, kind, ref_id), tries);
        GOOD(render_documents(ctx, &state));
    }
    SAME_NUMBER(failed_document(ctx, s).subject_id, s->id);
    CU_ASSERT_PTR_NOT_NULL(strstr(failed_document(ctx, s).detail, "payment_method_token"));
    SAME_NUMBER(tries_of(ctx, kind, ref_id), 5);
    GOOD(render_documents(ctx, &state));
    SAME_NUMBER(items_of(ctx, "document_failed", s->id), 1);
    seal_account(ctx, method_id, method.token_sealed);
    SAME_NUMBER(tries_of(ctx, kind, ref_id), 6);
    GOOD(render_documents(ctx, &state));
    GOOD(document_of(ctx, kind, ref_id, &document));
}

TEST(debit_mandates, a_document_that_fails_for_ever_names_the_contract_of_its_mandate)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    struct rendering state = {.signer = NULL};
    struct mandate_change change;

    fails_until_mended(ctx, &s, "mandate", m.payment_method_id, m.payment_method_id);
    s = started(ctx, monthly());
    m = signed_mandate(ctx, &s);
    GOOD(render_documents(ctx, &state));
    changed_account(ctx, m.reference, "NL91ABNA0417164300"); /* its paper has a number of its own */
    GOOD(last_mandate_change(ctx, m.payment_method_id, false, &change));
    fails_until_mended(ctx, &s, "mandate_amendment", change.id, m.payment_method_id);
}

/* Five codes an hour, whether for a mandate or for another account: nobody guesses one, or fills a mailbox. */
TEST(debit_mandates, codes_are_mailed_five_times_an_hour)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    struct mandate_start start = {.subscription_id = s.id, .use = USE_FROM_NOW, .holder = "Ada", .iban = THEIRS, .bic = "", .signed_name = "Ada", .agreed_text = "I authorise."};
    struct mandate_start change = {.holder = "Ada", .iban = "BE68539007547034", .bic = "", .signed_name = "Ada", .agreed_text = "Another account."};

    for (int i = 0; i < 4; i++)
        (void)begun(ctx, &s);
    GOOD(start_mandate(ctx, &start, NO_ONCE));
    CU_ASSERT_EQUAL(start.refusal, MANDATE_TOO_MANY);
    GOOD(start_mandate_change(ctx, m.reference, &change, NO_ONCE));
    CU_ASSERT_EQUAL(change.refusal, MANDATE_TOO_MANY);
    ctx->now += INT64_C(3600) * 1000000;
    GOOD(start_mandate_change(ctx, m.reference, &change, NO_ONCE));
    CU_ASSERT_EQUAL(change.refusal, MANDATE_NOT_REFUSED);
    ctx->now -= INT64_C(3600) * 1000000;
}
