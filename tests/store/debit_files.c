/* debit_files: the files of direct debits: what is in them, what a person says became of them, and what their days pay. */
#include "debit.h"

#include <stdio.h>

#include "core/target_day.h"
#include "document/pain008.h"
#include "schema.h"

TEST(debit_files, a_collection_goes_from_notice_to_money)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    int32_t began_on = ctx->today_on;
    struct collection_bytes bytes, again;
    struct invoice invoice;
    struct attempt attempt;
    struct collection c = planned(ctx, &s, &invoice, &attempt);
    int64_t settled = 0, file;

    SAME_TEXT(attempt_state_name(attempt.state), "ready");
    CU_ASSERT_TRUE(target_is_open(c.collect_on) && c.collect_on >= ctx->today_on + 5 && c.noticed_on == ctx->today_on);
    file = sent_file(ctx);
    SAME_TEXT(state_of(ctx, attempt.id), "pending");
    GOOD(collection_file_bytes(ctx, file, &bytes));
    GOOD(collection_file_bytes(ctx, file, &again));
    CU_ASSERT_TRUE(bytes.bytes.bytes == again.bytes.bytes && memcmp(bytes.bytes.data, again.bytes.data, bytes.bytes.bytes) == 0);
    CU_ASSERT_PTR_NOT_NULL(memmem(bytes.bytes.data, bytes.bytes.bytes, attempt.attempt_key, strlen(attempt.attempt_key)));
    CU_ASSERT_PTR_NOT_NULL(memmem(bytes.bytes.data, bytes.bytes.bytes, m.reference, strlen(m.reference)));
    CU_ASSERT_PTR_NOT_NULL(memmem(bytes.bytes.data, bytes.bytes.bytes, THEIRS, strlen(THEIRS)));
    CU_ASSERT_PTR_NULL(memmem(bytes.bytes.data, bytes.bytes.bytes, "AmdmntInd", 9));

    /* Not paid before the days of return are over, then paid once. */
    GOOD(settle_collections(ctx, &settled));
    SAME_TEXT(state_of(ctx, attempt.id), "pending");
    GOOD(collection_of(ctx, attempt.id, &c));
    ctx->today_on = c.settles_on;
    GOOD(settle_collections(ctx, &settled));
    SAME_TEXT(state_of(ctx, attempt.id), "succeeded");
    SAME_NUMBER(open_of(ctx, &invoice), 0);
    GOOD(settle_collections(ctx, &settled));
    SAME_NUMBER(settled, 1);
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

/* trust.md C23: nobody here sees what leaves the house, so silence pays nothing until somebody says that it left. */
TEST(debit_files, a_file_of_which_nobody_speaks_is_asked_about_and_pays_nothing)
{
    struct ctx *ctx = debit_ctx();
    int32_t began_on = ctx->today_on;
    struct sent_debit d = made_debit(ctx);
    struct collection_making making;
    struct debit_terms terms;
    int64_t settled = 0, file = d.c.file_id;

    GOOD(debit_terms(ctx, &terms));
    ctx->today_on = collection_file_by(&(struct target_terms){terms.lead_days, 0}, d.c.collect_on) - 1;
    GOOD(watch_collections(ctx));
    SAME_NUMBER(items_of(ctx, "file_unanswered", file), 0); /* there is still a day */
    ctx->today_on++;
    for (int i = 0; i < 2; i++)
        GOOD(watch_collections(ctx));
    SAME_NUMBER(items_of(ctx, "file_unanswered", file), 1);
    ctx->today_on = d.c.settles_on + 30;
    GOOD(settle_collections(ctx, &settled));
    SAME_NUMBER(settled, 0);
    SAME_TEXT(state_of(ctx, d.attempt.id), "pending");
    GOOD(make_collection_file(ctx, &making, NO_ONCE)); /* and it is in no other file */
    SAME_NUMBER(making.count, 0);

    for (int i = 0; i < 2; i++)
        SAME_NUMBER(answered(ctx, file, true), FILE_NOT_REFUSED);
    SAME_NUMBER(answered(ctx, file, false), FILE_ANSWERED);
    SAME_NUMBER(items_of(ctx, "file_unanswered", file), 0);
    GOOD(settle_collections(ctx, &settled));
    SAME_NUMBER(settled, 1);
    SAME_NUMBER(open_of(ctx, &d.invoice), 0);
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE collection_file_answer SET answer = 'never' WHERE file_id = %lld", (long long)file));
    as_owner_refused(ctx, arena_printf(ctx->arena, "DELETE FROM collection_file_answer WHERE file_id = %lld", (long long)file));
    books_are_sound(ctx);
    ctx->today_on = began_on;
}

TEST(debit_files, a_file_that_never_leaves_is_given_up_and_its_debits_are_announced_anew)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    struct bank_imported result;
    struct collection_bytes bytes;
    struct receivable receivable;
    struct invoice invoice;
    struct attempt first, second;
    int64_t file;

    (void)planned(ctx, &s, &invoice, &first);
    file = made_file(ctx);
    GOOD(mandate_by_reference(ctx, m.reference, &m));
    CU_ASSERT_NOT_EQUAL(m.last_collected_on, DATE_NONE);
    SAME_NUMBER(answered(ctx, file, false), FILE_NOT_REFUSED);
    SAME_NUMBER(answered(ctx, file, true), FILE_ANSWERED);
    SAME_TEXT(state_of(ctx, first.id), "declined");
    GOOD(receivable_of(ctx, invoice.id, &receivable));
    SAME_NUMBER(receivable.open_minor, invoice.total_minor);
    SAME_NUMBER(receivable.collect_on, ctx->today_on);
    GOOD(mandate_by_reference(ctx, m.reference, &m));
    SAME_NUMBER(m.last_collected_on, DATE_NONE); /* nothing was collected under it */

    (void)planned(ctx, &s, &invoice, &second);
    CU_ASSERT_STRING_NOT_EQUAL(second.attempt_key, first.attempt_key);
    GOOD(collection_file_bytes(ctx, sent_file(ctx), &bytes));
    CU_ASSERT_PTR_NOT_NULL(memmem(bytes.bytes.data, bytes.bytes.bytes, second.attempt_key, strlen(second.attempt_key)));
    CU_ASSERT_PTR_NULL(memmem(bytes.bytes.data, bytes.bytes.bytes, first.attempt_key, strlen(first.attempt_key)));

    /* It was sent after all: the bank's money for it is nobody's, and waits for a person. */
    result = bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "CRDT", 777, 777, ctx->today_on, first.attempt_key, ""));
    CU_ASSERT_TRUE(result.collections == 0 && result.open == 1);
    SAME_TEXT(state_of(ctx, first.id), "declined");
    SAME_TEXT(state_of(ctx, second.id), "pending");
    books_are_sound(ctx);
}

/* The bank was never asked: the one debit that a mandate is for is still to come, announced anew; the first one is still the first. */
TEST(debit_files, a_file_that_never_leaves_uses_no_mandate_up)
{
    struct ctx *ctx = debit_ctx();
    struct subscription once = started(ctx, monthly()), first = started(ctx, monthly()), gone = started(ctx, monthly());
    struct mandate_start start[2] = {
        {.subscription_id = once.id, .use = USE_ONCE, .holder = "Ada", .iban = THEIRS, .bic = "", .signed_name = "Ada Morel", .agreed_text = "Once."},
        {.subscription_id = gone.id, .use = USE_ONCE, .holder = "Ada", .iban = THEIRS, .bic = "", .signed_name = "Ada Morel", .agreed_text = "Once."}};
    struct mandate recurrent = signed_mandate(ctx, &first), m;
    struct debit_terms terms;
    struct invoice invoice;
    struct attempt attempt;
    struct open_invoice *open;
    size_t count;
    int64_t file, again;

    GOOD(debit_terms(ctx, &terms));
    terms.mark_first = true;
    GOOD(save_debit_terms(ctx, &terms));
    for (size_t i = 0; i < 2; i++) {
        struct mandate_sign sign;

        GOOD(start_mandate(ctx, &start[i], NO_ONCE));
        sign = (struct mandate_sign){.reference = start[i].reference, .code = mailed_code(ctx, start[i].reference)};
        GOOD(sign_mandate(ctx, &sign, NO_ONCE));
        CU_ASSERT_EQUAL_FATAL(sign.refusal, MANDATE_NOT_REFUSED);
    }
    (void)planned(ctx, &first, &invoice, &attempt);
    file = made_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, file, "<SeqTp>OOFF</SeqTp>") && file_says(ctx, file, "<SeqTp>FRST</SeqTp>"));
    SAME_TEXT(mandate_now(ctx, start[0].reference).state, "used");
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE mandate SET state = 'active' WHERE reference = '%s'", start[0].reference)); /* nobody has said anything yet */
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE mandate SET state = 'revoked' WHERE reference = '%s'", start[1].reference)));

    SAME_NUMBER(answered(ctx, file, false), FILE_NOT_REFUSED);
    m = mandate_now(ctx, start[0].reference);
    SAME_TEXT(m.state, "active");
    CU_ASSERT_TRUE(m.last_collected_on == DATE_NONE && m.ended_on == DATE_NONE);
    GOOD(open_invoices_to_debit(ctx, once.id, &open, &count));
    SAME_NUMBER(count, 0); /* it is on its way again, told by a notice of its own */
    SAME_NUMBER(mandate_now(ctx, recurrent.reference).last_collected_on, DATE_NONE);
    (void)planned(ctx, &first, &invoice, &attempt);
    again = sent_file(ctx);
    CU_ASSERT_TRUE(file_says(ctx, again, "<SeqTp>OOFF</SeqTp>") && file_says(ctx, again, start[0].reference));
    CU_ASSERT_TRUE(file_says(ctx, again, "<SeqTp>FRST</SeqTp>") && file_says(ctx, again, recurrent.reference));
    CU_ASSERT_FALSE(file_says(ctx, again, start[1].reference)); /* revoked: whatever happened to its file */
    SAME_TEXT(mandate_now(ctx, start[0].reference).state, "used");
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE mandate SET state = 'active' WHERE reference = '%s'", start[0].reference));
    terms.mark_first = false;
    GOOD(save_debit_terms(ctx, &terms));
    books_are_sound(ctx);
}

/* What the bank speaks of was sent, whatever anybody says. */
TEST(debit_files, a_file_of_which_the_bank_speaks_is_never_given_up)
{
    struct ctx *ctx = debit_ctx();
    struct subscription one = started(ctx, monthly()), two = started(ctx, monthly());
    struct invoice invoice;
    struct attempt a, b;
    int64_t file;
    bool known;

    (void)signed_mandate(ctx, &one);
    (void)signed_mandate(ctx, &two);
    (void)planned(ctx, &one, &invoice, &a);
    (void)planned(ctx, &two, &invoice, &b);
    file = made_file(ctx);
    GOOD(return_collection(ctx, a.attempt_key, "AM04", &known));
    CU_ASSERT_TRUE(known);
    SAME_NUMBER(answered(ctx, file, false), FILE_ARRIVED);
    CU_ASSERT_NOT_EQUAL(owner_runs(ctx, arena_printf(ctx->arena, "INSERT INTO collection_file_answer VALUES (%lld, 'never', '2026-01-01', 'x', UTC_TIMESTAMP(6))",
                                                     (long long)file)), OK);
    ctx_forget_error(ctx);
    GOOD(watch_collections(ctx));
    SAME_NUMBER(items_of(ctx, "file_unanswered", file), 0);
    SAME_NUMBER(answered(ctx, file, false), FILE_ANSWERED); /* "sent", by the bank */
    SAME_TEXT(state_of(ctx, b.id), "pending");
}

TEST(debit_files, what_was_paid_otherwise_stays_out_of_the_file)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly()), t = started(ctx, monthly());
    struct invoice paid, other;
    struct attempt a, b;
    struct collection_making making;

    (void)signed_mandate(ctx, &s);
    (void)signed_mandate(ctx, &t);
    (void)planned(ctx, &s, &paid, &a);
    (void)planned(ctx, &t, &other, &b);
    transferred(ctx, paid.total_minor, paid.number);
    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    CU_ASSERT_TRUE(making.count == 1 && making.left_out == 1);
    SAME_TEXT(state_of(ctx, a.id), "not_sent");
    SAME_TEXT(state_of(ctx, b.id), "pending");
    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    CU_ASSERT_TRUE(making.count == 0 && making.file_id == 0);
    books_are_sound(ctx);
}

/* What a seller downloads is what the schemas allow: a first debit, one under a mandate that was changed, both versions. */
TEST(debit_files, files_that_are_made_are_valid_by_their_schemas)
{
    struct ctx *ctx = debit_ctx();
    bool skipped = false;

    for (int version = PAIN008_001_08; version <= PAIN008_001_02; version++) {
        const char *name = pain008_version_name((enum pain008_version)version);
        struct debit_terms terms = {"FR72ZZZ123456", name, 1, 24, 5, version == PAIN008_001_02};
        struct subscription s = started(ctx, monthly()), other = started(ctx, monthly());
        struct collection_bytes file;
        struct mandate m;
        struct invoice invoice;
        struct attempt first, second;
        bool known;
        int says;

        GOOD(save_debit_terms(ctx, &terms));
        (void)signed_mandate(ctx, &s);
        m = signed_mandate(ctx, &other);
        (void)planned(ctx, &other, &invoice, &second);
        (void)sent_file(ctx);
        changed_account(ctx, m.reference, "NL91ABNA0417164300");
        GOOD(return_collection(ctx, second.attempt_key, "AM04", &known));
        (void)planned(ctx, &s, &invoice, &first);
        (void)planned(ctx, &other, &invoice, &second);
        file = file_bytes(ctx, made_file(ctx));
        CU_ASSERT_PTR_NOT_NULL(memmem(file.bytes.data, file.bytes.bytes, first.attempt_key, strlen(first.attempt_key)));
        CU_ASSERT_PTR_NOT_NULL(memmem(file.bytes.data, file.bytes.bytes, second.attempt_key, strlen(second.attempt_key)));
        CU_ASSERT_PTR_NOT_NULL(memmem(file.bytes.data, file.bytes.bytes, "<AmdmntInd>true", 15));
        says = schema_says(name, file.bytes.data, file.bytes.bytes);
        skipped |= says < 0;
        if (says == 0)
            SAME_TEXT(name, "valid");
    }
    if (skipped)
        printf("skipped: no ../shared/data/iso20022/xsd ... ");
}

/* A file that is made weeks late debits nobody on a day that nobody told: what it would take is announced anew. A few days are a
 * weekend with holidays. */
TEST(debit_files, a_debit_whose_day_is_long_over_is_announced_anew)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct mandate m = signed_mandate(ctx, &s);
    int32_t began_on = ctx->today_on;
    struct collection_making making;
    struct attempt before, after, *rows;
    struct invoice invoice;
    struct payable payable;
    struct collection c = planned(ctx, &s, &invoice, &before);
    int32_t first_on = c.collect_on;
    size_t count;

    ctx->today_on = first_on + 30;
    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    SAME_NUMBER(making.count, 0);
    SAME_NUMBER(making.anew, 1);
    SAME_TEXT(state_of(ctx, before.id), "not_sent");
    GOOD(payable_of(ctx, 0, invoice.id, &payable));
    GOOD(attempts_of(ctx, payable.id, &rows, &count));
    SAME_NUMBER(count, 2);
    after = rows[1];
    GOOD(collection_of(ctx, after.id, &c));
    CU_ASSERT_TRUE(c.noticed_on == ctx->today_on && c.collect_on >= ctx->today_on + 5);
    GOOD(make_collection_file(ctx, &making, NO_ONCE)); /* its notice stands: it leaves, on the day that was told */
    SAME_NUMBER(making.count, 1);
    SAME_NUMBER(making.anew, 0);
    SAME_TEXT(state_of(ctx, after.id), "pending");
    (void)m;
    ctx->today_on = began_on;
}
