/* debit_credits: what the bank credits for debits, when it is what was asked and when it is not. */
#include "debit.h"

#include "store/reconciliation.h"

/* A credit that names one debit and is not what was asked: nothing is paid, by it or by days; it waits, and an item says
 * what differs. The text names the invoice: no reason to book it. */
TEST(debit_credits, a_credit_pays_a_debit_only_as_asked)
{
    static const struct {
        int64_t differs_minor;
        const char *before; /* what the house knows of it: nothing, "paid", a return code after it was paid, "refused", "never" */
        const char *doubt, *state;
    } row[] = {
        {-1, "", "other_amount", "pending"},       {1, "", "other_amount", "pending"},     {-5000, "", "other_amount", "pending"}, {0, "paid", "again", "succeeded"},
        {-100, "paid", "again", "succeeded"},      {0, "AM04", "after_return", "reversed"},       {0, "refused", "refused", "declined"},  {0, "never", "never_sent", "declined"},
    };
    struct ctx *ctx = debit_ctx();

    for (size_t i = 0; i < COUNT_OF(row); i++) {
        bool never = strcmp(row[i].before, "never") == 0;
        struct sent_debit d = never ? made_debit(ctx) : sent_debit(ctx);
        int64_t owed = strcmp(row[i].before, "paid") == 0 ? 0 : d.asked;
        struct account_sums before;
        struct bank_imported result;
        char *entry;

        if (strcmp(row[i].before, "paid") == 0 || strcmp(row[i].before, "AM04") == 0)
            SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "CRDT", d.asked, d.asked, ctx->today_on - 3, d.attempt.attempt_key, "")).open, 0);
        if (strcmp(row[i].before, "AM04") == 0)
            SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "DBIT", d.asked, d.asked, ctx->today_on - 1, d.attempt.attempt_key, "AM04")).open, 0);
        if (strcmp(row[i].before, "refused") == 0)
            SAME_NUMBER(bank_told(ctx, TOLD_ANSWER, reject_of(ctx, d.attempt.attempt_key, "AM04")).collections, 1);
        if (never)
            SAME_NUMBER(answered(ctx, d.c.file_id, false), FILE_NOT_REFUSED);
        before = sums_now(ctx);
        entry = debit_entry(ctx, "CRDT", d.asked + row[i].differs_minor, d.asked + row[i].differs_minor, ctx->today_on, d.attempt.attempt_key, "");
        entry = arena_printf(ctx->arena, "%.*s<RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>", (int)(strlen(entry) - strlen("</TxDtls></NtryDtls></Ntry>")), entry, d.invoice.number);
        for (int told = 0; told < 2; told++) {
            result = bank_told(ctx, TOLD_STATEMENT, entry);
            CU_ASSERT_TRUE(result.fresh == 1 - told && result.open == 1 - told && result.matched == 0);
            SAME_TEXT(newest_entry(ctx).doubt, row[i].doubt);
            SAME_TEXT(newest_entry(ctx).state, "open");
            SAME_NUMBER(items_of(ctx, "debit_differs", newest_entry(ctx).id), 1);
            SAME_NUMBER(sums_now(ctx).bank_minor, before.bank_minor);
            days_pass(ctx);
            before = sums_now(ctx); /* other tests' debits are paid by their days */
            SAME_TEXT(state_of(ctx, d.attempt.id), row[i].state);
            SAME_NUMBER(open_of(ctx, &d.invoice), owed);
        }
        as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE bank_entry SET doubt = '', asked_minor = 0 WHERE id = %lld", (long long)newest_entry(ctx).id));
        as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE bank_entry SET state = 'matched', match_kind = 'number', invoice_id = %lld, resolved_at = NOW() WHERE id = %lld",
                                           (long long)d.invoice.id, (long long)newest_entry(ctx).id));
    }
    books_are_sound(ctx);
}

/* It went back and comes again, days later: also when no statement said that it had come the first time. */
TEST(debit_credits, money_that_comes_again_after_a_return_is_for_a_person)
{
    struct ctx *ctx = debit_ctx();
    struct sent_debit d = sent_debit(ctx);
    struct bank_entry_row *open;
    struct bank_imported result;
    char *late, *back;
    size_t count;

    bank_paid(ctx, &d.attempt);
    back = debit_entry(ctx, "DBIT", d.asked, d.asked, ctx->today_on - 4, d.attempt.attempt_key, "AM04");
    SAME_NUMBER(bank_told(ctx, TOLD_NOTIFICATION, back).open, 0);
    SAME_TEXT(state_of(ctx, d.attempt.id), "reversed");
    late = debit_entry(ctx, "CRDT", d.asked, d.asked, ctx->today_on - 5, d.attempt.attempt_key, ""); /* the day before it went back: the statement is late */
    result = bank_told(ctx, TOLD_STATEMENT, arena_printf(ctx->arena, "%s%s", back, late));
    CU_ASSERT_TRUE(result.fresh == 2 && result.open == 0);
    result = bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "CRDT", d.asked, d.asked, ctx->today_on, d.attempt.attempt_key, ""));
    SAME_NUMBER(result.open, 1);
    SAME_TEXT(newest_entry(ctx).doubt, "after_return");
    SAME_NUMBER(open_of(ctx, &d.invoice), d.asked);

    /* All of it in one statement, last things first. */
    d = sent_debit(ctx);
    result = bank_told(ctx, TOLD_STATEMENT, arena_printf(ctx->arena, "%s%s%s", debit_entry(ctx, "CRDT", d.asked, d.asked, ctx->today_on, d.attempt.attempt_key, ""),
                                                          debit_entry(ctx, "DBIT", d.asked, d.asked, ctx->today_on - 4, d.attempt.attempt_key, "AM04"),
                                                          debit_entry(ctx, "CRDT", d.asked, d.asked, ctx->today_on - 5, d.attempt.attempt_key, "")));
    CU_ASSERT_TRUE(result.fresh == 3 && result.open == 1);
    GOOD(open_bank_entries(ctx, 0, 10000, &open, &count));
    SAME_TEXT(open[count - 1].doubt, "again");
    SAME_TEXT(state_of(ctx, d.attempt.id), "reversed");
    SAME_NUMBER(open_of(ctx, &d.invoice), d.asked);
    books_are_sound(ctx);
}

/* Three debits that the bank books as one, less one that it refused: nothing is paid before the house knows which; then the
 * other two are, and nothing waits any more. In either order, and when the bank does not say of how many it is. */
TEST(debit_credits, a_batch_is_paid_when_its_sum_is_explained)
{
    struct ctx *ctx = debit_ctx();

    for (int how = 0; how < 3; how++) {
        struct sent_debit d[3];
        struct account_sums before;
        struct bank_imported result;
        struct bank_entry_row entry;
        char *refusal;

        sent_batch(ctx, d, 3);
        before = sums_now(ctx);
        refusal = reject_of(ctx, d[1].attempt.attempt_key, "AM04");
        if (how == 1)
            SAME_NUMBER(bank_told(ctx, TOLD_ANSWER, refusal).collections, 1);
        result = bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, d[0].asked + d[2].asked, d[0].c.batch_id, how == 2 ? 0 : 3, ""));
        CU_ASSERT_TRUE(result.open == (how != 1) && result.matched == 0);
        if (how != 1) {
            entry = newest_entry(ctx);
            SAME_TEXT(entry.doubt, "other_amount");
            SAME_NUMBER(entry.asked_minor, 3 * d[0].asked);
            SAME_NUMBER(items_of(ctx, "debit_differs", entry.id), 1);
            days_pass(ctx);
            before = sums_now(ctx); /* other tests' debits are paid by their days */
            for (size_t i = 0; i < 3; i++)
                SAME_TEXT(state_of(ctx, d[i].attempt.id), "pending");
            SAME_NUMBER(answered(ctx, d[0].c.file_id, false), FILE_ANSWERED);
            result = bank_told(ctx, TOLD_ANSWER, refusal);
            SAME_NUMBER(result.collections, 2); /* the refused one, and the batch */
            GOOD(bank_entry_by_id(ctx, entry.id, &entry));
            SAME_TEXT(entry.state, "aside");
            SAME_NUMBER(items_of(ctx, "debit_differs", entry.id), 0);
        }
        for (size_t i = 0; i < 3; i++) {
            SAME_TEXT(state_of(ctx, d[i].attempt.id), i == 1 ? "declined" : "succeeded");
            SAME_NUMBER(open_of(ctx, &d[i].invoice), i == 1 ? d[i].asked : 0);
        }
        SAME_NUMBER(sums_now(ctx).bank_minor - before.bank_minor, 2 * d[0].asked);
        result = bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, d[0].asked + d[2].asked, d[0].c.batch_id, 3, "")); /* the same once more, as another entry */
        SAME_NUMBER(result.open, 1);
        SAME_TEXT(newest_entry(ctx).doubt, "again");
    }
    books_are_sound(ctx);
}

/* As one when days had counted it as paid already; gross, with what went back after it; in two parts; with the bank's charges;
 * and with details that do not add up. */
TEST(debit_credits, a_batch_as_banks_book_it)
{
    struct ctx *ctx = debit_ctx();
    struct sent_debit d[2];
    struct bank_imported result;
    char *back;

    sent_batch(ctx, d, 2);
    days_pass(ctx);
    SAME_NUMBER(open_of(ctx, &d[0].invoice) + open_of(ctx, &d[1].invoice), 0);
    result = bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, 2 * d[0].asked, d[0].c.batch_id, 2, ""));
    CU_ASSERT_TRUE(result.open == 0 && result.matched == 0);

    sent_batch(ctx, d, 2);
    back = debit_entry(ctx, "DBIT", d[0].asked, d[0].asked, ctx->today_on, d[0].attempt.attempt_key, "AM04");
    SAME_NUMBER(bank_told(ctx, TOLD_NOTIFICATION, back).open, 0);
    SAME_TEXT(state_of(ctx, d[0].attempt.id), "declined");
    result = bank_told(ctx, TOLD_STATEMENT, arena_printf(ctx->arena, "%s%s", back, batch_entry(ctx, 2 * d[0].asked, d[0].c.batch_id, 2, "")));
    SAME_NUMBER(result.open, 0);
    CU_ASSERT_TRUE(open_of(ctx, &d[0].invoice) == d[0].asked && open_of(ctx, &d[1].invoice) == 0);

    sent_batch(ctx, d, 2);
    SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, d[0].asked, d[0].c.batch_id, 2, "")).open, 1);
    SAME_NUMBER(open_of(ctx, &d[0].invoice), d[0].asked);
    result = bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, d[1].asked, d[0].c.batch_id, 2, ""));
    SAME_NUMBER(result.open, 0);
    SAME_TEXT(newest_entry(ctx).state, "aside");
    SAME_NUMBER(open_of(ctx, &d[0].invoice) + open_of(ctx, &d[1].invoice), 0);

    sent_batch(ctx, d, 2);
    {
        struct account_sums before = sums_now(ctx), after;
        char *entry = batch_entry(ctx, 2 * d[0].asked - 180, d[0].c.batch_id, 2, ""), *at = strstr(entry, "<NtryDtls>");

        result = bank_told(ctx, TOLD_STATEMENT, arena_printf(ctx->arena, "%.*s<Chrgs><Rcrd><Amt Ccy=\"EUR\">1.80</Amt><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>%s", (int)(at - entry), entry, at));
        after = sums_now(ctx);
        SAME_NUMBER(result.open, 0);
        SAME_NUMBER(open_of(ctx, &d[0].invoice) + open_of(ctx, &d[1].invoice), 0);
        SAME_NUMBER(after.bank_minor - before.bank_minor, 2 * d[0].asked - 180);
        SAME_NUMBER(after.fees_minor - before.fees_minor, 180);
    }

    sent_batch(ctx, d, 2);
    result = bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, 2 * d[0].asked - 180, d[0].c.batch_id, 0,
        arena_printf(ctx->arena, "<TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs><Amt Ccy=\"EUR\">%lld.%02d</Amt></TxDtls><TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs><Amt Ccy=\"EUR\">%lld.%02d</Amt></TxDtls>",
                     d[0].attempt.attempt_key, (long long)d[0].asked / 100, (int)(d[0].asked % 100), d[1].attempt.attempt_key, (long long)d[1].asked / 100, (int)(d[1].asked % 100))));
    SAME_NUMBER(result.open, 1);
    SAME_TEXT(newest_entry(ctx).doubt, "other_amount");
    SAME_NUMBER(open_of(ctx, &d[0].invoice) + open_of(ctx, &d[1].invoice), 2 * d[0].asked);
    books_are_sound(ctx);
}

/* The bank did not keep the end-to-end id of a part of a batch, and the text names the invoice: it is no transfer. All parts
 * together are what was asked; alone it is for a person. */
TEST(debit_credits, a_part_of_a_batch_without_its_id_is_no_transfer)
{
    struct ctx *ctx = debit_ctx();
    struct sent_debit d[2];
    struct bank_imported result;
    char *part[2];

    for (int both = 0; both < 2; both++) {
        sent_batch(ctx, d, 2);
        for (int i = 0; i < 2; i++) {
            char *lost = debit_entry(ctx, "CRDT", d[i].asked, d[i].asked, ctx->today_on, i == 0 ? "LOST" : d[1].attempt.attempt_key, "");
            char *at = strstr(lost, "<NtryDtls>") + strlen("<NtryDtls>"), *end = strstr(lost, "</TxDtls>");

            part[i] = arena_printf(ctx->arena, "%.*s<Btch><PmtInfId>%s</PmtInfId></Btch>%.*s<RmtInf><Ustrd>%s</Ustrd></RmtInf>%s", (int)(at - lost), lost, d[i].c.batch_id, (int)(end - at), at,
                                   d[i].invoice.number, end);
        }
        result = bank_told(ctx, TOLD_STATEMENT, arena_printf(ctx->arena, "%s%s", part[0], both ? part[1] : ""));
        CU_ASSERT_TRUE(result.open == !both && result.matched == 0);
        for (int i = 0; i < 2; i++) {
            SAME_TEXT(state_of(ctx, d[i].attempt.id), both ? "succeeded" : "pending");
            SAME_NUMBER(open_of(ctx, &d[i].invoice), both ? 0 : d[i].asked);
        }
        if (both)
            continue;
        result = bank_told(ctx, TOLD_STATEMENT, part[1]); /* in a later file */
        CU_ASSERT_TRUE(result.open == 0 && result.matched == 0);
        SAME_NUMBER(open_of(ctx, &d[0].invoice) + open_of(ctx, &d[1].invoice), 0);
        SAME_TEXT(newest_entry(ctx).doubt, "");
        SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "CRDT", d[0].asked, d[0].asked, ctx->today_on, d[0].attempt.attempt_key, "")).open, 1);
        SAME_TEXT(newest_entry(ctx).doubt, "again"); /* the batch is full */
    }
    books_are_sound(ctx);
}

/* A person ends it: booked on its invoice the debit comes to nothing and its later return is a person's too; set aside its days count again. */
TEST(debit_credits, a_person_decides_about_money_that_differs)
{
    struct ctx *ctx = debit_ctx();
    struct sent_debit d = sent_debit(ctx), batch[2];
    struct resolving r = {.invoice_number = d.invoice.number};
    struct bank_imported result;

    SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "CRDT", d.asked - 500, d.asked - 500, ctx->today_on, d.attempt.attempt_key, "")).open, 1);
    r.entry_id = newest_entry(ctx).id;
    GOOD(resolve_entry(ctx, &r, NO_ONCE));
    SAME_TEXT(resolve_refusal_text(r.refusal), "");
    SAME_NUMBER(open_of(ctx, &d.invoice), 500);
    SAME_TEXT(state_of(ctx, d.attempt.id), "declined");
    SAME_NUMBER(items_of(ctx, "debit_differs", r.entry_id), 0);
    result = bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "DBIT", d.asked - 500, d.asked - 500, ctx->today_on, d.attempt.attempt_key, "MD06"));
    CU_ASSERT_TRUE(result.open == 1 && result.collections == 0);

    sent_batch(ctx, batch, 2);
    SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, 2 * batch[0].asked - 180, batch[0].c.batch_id, 2, "")).open, 1);
    r = (struct resolving){.entry_id = newest_entry(ctx).id, .invoice_number = batch[0].invoice.number};
    GOOD(resolve_entry(ctx, &r, NO_ONCE));
    CU_ASSERT_EQUAL(r.refusal, RESOLVE_SEVERAL);
    r.invoice_number = "";
    GOOD(resolve_entry(ctx, &r, NO_ONCE));
    CU_ASSERT_EQUAL(r.refusal, RESOLVE_NOT_REFUSED);
    SAME_NUMBER(open_of(ctx, &batch[0].invoice), batch[0].asked);
    days_pass(ctx);
    SAME_NUMBER(open_of(ctx, &batch[0].invoice) + open_of(ctx, &batch[1].invoice), 0);
    books_are_sound(ctx);
}

/* "-": the list does not have this file. */
static const char *fact_of(struct ctx *ctx, int64_t file_id, enum err (*read)(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count))
{
    struct collection_file file;
    struct money_row *rows;
    size_t count;

    GOOD(collection_file_by_id(ctx, file_id, &file));
    GOOD(read(ctx, ctx->now - INT64_C(10) * 86400 * 1000000, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].fact_key, file.message_id) == 0)
            return arena_printf(ctx->arena, "%s %lld %s", rows[i].state, (long long)rows[i].amount_minor, rows[i].currency);
    return "-";
}

static int64_t fee_offered(struct ctx *ctx, const struct bank_entry_row *entry)
{
    int64_t fee_minor;

    GOOD(fee_of_leftover(ctx, entry, &fee_minor));
    return fee_minor;
}

/* A batch that comes short of a little, without a word: a person says that the bank kept it. The debits are paid as asked, what
 * is missing stands on 627, once, and what comes for them later is for a person. */
TEST(debit_credits, what_the_bank_kept_of_a_batch_is_booked_by_a_person)
{
    struct ctx *ctx = debit_ctx();
    struct sent_debit d[2];
    struct fee_keeping k;
    struct resolving r;
    struct bank_entry_row entry;
    struct account_sums before;

    sent_batch(ctx, d, 2);
    before = sums_now(ctx);
    SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, 2 * d[0].asked - 180, d[0].c.batch_id, 2, "")).open, 1);
    entry = newest_entry(ctx);
    SAME_NUMBER(fee_offered(ctx, &entry), 180);
    k = (struct fee_keeping){.entry_id = entry.id, .fee_minor = 179}; /* another one than is missing */
    GOOD(book_batch_fee(ctx, &k, NO_ONCE));
    CU_ASSERT_EQUAL(k.refusal, RESOLVE_NO_FEE);
    SAME_NUMBER(open_of(ctx, &d[0].invoice), d[0].asked);
    k.fee_minor = 180;
    GOOD(book_batch_fee(ctx, &k, NO_ONCE));
    CU_ASSERT_EQUAL(k.refusal, RESOLVE_NOT_REFUSED);
    for (int again = 0; again < 2; again++) {
        GOOD(bank_entry_by_id(ctx, entry.id, &entry));
        SAME_TEXT(entry.state, "aside");
        SAME_NUMBER(entry.kept_minor, 180);
        SAME_NUMBER(items_of(ctx, "debit_differs", entry.id), 0);
        SAME_NUMBER(open_of(ctx, &d[0].invoice) + open_of(ctx, &d[1].invoice), 0);
        SAME_NUMBER(sums_now(ctx).bank_minor - before.bank_minor, 2 * d[0].asked - 180);
        SAME_NUMBER(sums_now(ctx).fees_minor - before.fees_minor, 180);
        k.refusal = RESOLVE_NOT_REFUSED;
        GOOD(book_batch_fee(ctx, &k, NO_ONCE));
        CU_ASSERT_EQUAL(k.refusal, RESOLVE_DONE_BEFORE);
        r = (struct resolving){.entry_id = entry.id, .invoice_number = ""};
        GOOD(resolve_entry(ctx, &r, NO_ONCE));
        CU_ASSERT_EQUAL(r.refusal, RESOLVE_DONE_BEFORE);
    }
    SAME_TEXT(fact_of(ctx, d[0].c.file_id, debits_credited_since), "taken 24000 EUR"); /* as it was asked and paid */
    SAME_TEXT(fact_of(ctx, d[0].c.file_id, debits_paid_since), "taken 24000 EUR");
    SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, 180, d[0].c.batch_id, 2, "")).open, 1); /* the bank gives it back after all */
    SAME_TEXT(newest_entry(ctx).doubt, "again");
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE bank_entry SET kept_minor = 0 WHERE id = %lld", (long long)entry.id));
    books_are_sound(ctx);
}

/* What days had counted as paid already, and what a person named as refused first. */
TEST(debit_credits, a_fee_of_a_batch_whose_debits_are_paid_or_refused_already)
{
    struct ctx *ctx = debit_ctx();
    struct sent_debit d[3];
    struct account_sums before;
    struct debit_refusing refusing;
    struct fee_keeping k;
    struct bank_entry_row entry;

    sent_batch(ctx, d, 2);
    days_pass(ctx);
    before = sums_now(ctx);
    SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, 2 * d[0].asked - 30, d[0].c.batch_id, 2, "")).open, 1);
    k = (struct fee_keeping){.entry_id = newest_entry(ctx).id, .fee_minor = 30};
    GOOD(book_batch_fee(ctx, &k, NO_ONCE));
    CU_ASSERT_EQUAL(k.refusal, RESOLVE_NOT_REFUSED);
    SAME_NUMBER(sums_now(ctx).bank_minor - before.bank_minor, -30);
    SAME_NUMBER(sums_now(ctx).fees_minor - before.fees_minor, 30);

    sent_batch(ctx, d, 3);
    before = sums_now(ctx);
    SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, 2 * d[0].asked - 30, d[0].c.batch_id, 3, "")).open, 1);
    entry = newest_entry(ctx);
    SAME_NUMBER(fee_offered(ctx, &entry), 0); /* one of them is missing too */
    refusing = (struct debit_refusing){.entry_id = entry.id, .attempt_id = d[1].attempt.id};
    GOOD(refuse_debit(ctx, &refusing, NO_ONCE));
    SAME_NUMBER(fee_offered(ctx, &entry), 30);
    k = (struct fee_keeping){.entry_id = entry.id, .fee_minor = 30};
    GOOD(book_batch_fee(ctx, &k, NO_ONCE));
    CU_ASSERT_EQUAL(k.refusal, RESOLVE_NOT_REFUSED);
    SAME_NUMBER(sums_now(ctx).bank_minor - before.bank_minor, 2 * d[0].asked - 30);
    SAME_NUMBER(open_of(ctx, &d[1].invoice), d[1].asked);
    SAME_NUMBER(open_of(ctx, &d[0].invoice) + open_of(ctx, &d[2].invoice), 0);
    books_are_sound(ctx);
}

/* More than a small share, more than was asked, one debit alone, in a currency of its own: nothing is offered, and what is
 * claimed all the same books nothing. */
TEST(debit_credits, what_is_no_small_fee_of_a_batch_is_booked_by_nobody)
{
    static const int64_t differs[] = {-481, 180, -12000};
    struct ctx *ctx = debit_ctx();
    struct account_sums before;
    struct sent_debit d[2];
    struct fee_keeping k;
    struct bank_entry_row entry;

    for (size_t i = 0; i < COUNT_OF(differs) + 1; i++) {
        bool single = i == COUNT_OF(differs);

        sent_batch(ctx, d, 2);
        before = sums_now(ctx);
        SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT,
                              single ? debit_entry(ctx, "CRDT", d[0].asked - 30, d[0].asked - 30, ctx->today_on, d[0].attempt.attempt_key, "")
                                     : batch_entry(ctx, 2 * d[0].asked + differs[i], d[0].c.batch_id, 2, "")).open, 1);
        entry = newest_entry(ctx);
        SAME_NUMBER(fee_offered(ctx, &entry), 0);
        k = (struct fee_keeping){.entry_id = entry.id, .fee_minor = single ? 30 : -differs[i]};
        GOOD(book_batch_fee(ctx, &k, NO_ONCE));
        CU_ASSERT_EQUAL(k.refusal, RESOLVE_NO_FEE);
        GOOD(bank_entry_by_id(ctx, entry.id, &entry));
        SAME_TEXT(entry.state, "open");
        SAME_NUMBER(open_of(ctx, &d[0].invoice), d[0].asked);
        SAME_NUMBER(sums_now(ctx).bank_minor, before.bank_minor);
        SAME_NUMBER(sums_now(ctx).fees_minor, before.fees_minor);
        as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE bank_entry SET state = 'aside', resolved_at = NOW(), kept_minor = 12000 WHERE id = %lld", (long long)entry.id));
    }
    books_are_sound(ctx);
}

/* What the account says of a file of debits, and what is counted as paid: what a person compares every day. */
TEST(debit_credits, a_file_of_debits_is_compared_with_the_account)
{
    struct ctx *ctx = debit_ctx();
    int32_t began_on = ctx->today_on;
    struct sent_debit d[2], far;
    char *back;
    bool known;

#define SAYS(of, theirs, ours) SAME_TEXT(fact_of(ctx, (of).c.file_id, debits_credited_since), theirs), SAME_TEXT(fact_of(ctx, (of).c.file_id, debits_paid_since), ours)
    sent_batch(ctx, d, 2);
    SAYS(d[0], "-", "-");
    SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, batch_entry(ctx, 2 * d[0].asked, d[0].c.batch_id, 2, "")).open, 0);
    SAYS(d[0], "taken 24000 EUR", "taken 24000 EUR");
    /* It went back: notification and statement are one return. */
    back = debit_entry(ctx, "DBIT", d[0].asked, d[0].asked, ctx->today_on, d[0].attempt.attempt_key, "AM04");
    (void)bank_told(ctx, TOLD_NOTIFICATION, back);
    SAYS(d[0], "taken 12000 EUR", "taken 12000 EUR");
    (void)bank_told(ctx, TOLD_STATEMENT, back);
    SAYS(d[0], "taken 12000 EUR", "taken 12000 EUR");
    /* The account was credited again, and a person put it aside: the books miss it, as long as it is there. */
    (void)bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "CRDT", d[0].asked, d[0].asked, ctx->today_on + 1, d[0].attempt.attempt_key, ""));
    SAYS(d[0], "taken 24000 EUR", "operator 12000 EUR");
    {
        struct resolving r = {.entry_id = newest_entry(ctx).id, .invoice_number = ""};

        GOOD(resolve_entry(ctx, &r, NO_ONCE));
    }
    SAYS(d[0], "taken 24000 EUR", "taken 12000 EUR");

    /* Paid by days: nothing is said against it before statements reach beyond. */
    far = sent_debit(ctx);
    GOOD(collection_of(ctx, far.attempt.id, &far.c));
    ctx->today_on = far.c.settles_on;
    days_pass(ctx);
    SAYS(far, "-", "unknown 12000 EUR");
    ctx->today_on = far.c.collect_on + 8;
    SAME_NUMBER(bank_told(ctx, TOLD_STATEMENT, debit_entry(ctx, "CRDT", 100, 100, far.c.collect_on + 8, contract_name(ctx, "SOMEBODY"), "")).open, 1);
    SAYS(far, "-", "taken 12000 EUR");
    GOOD(return_collection(ctx, far.attempt.attempt_key, "AM04", &known));
    SAYS(far, "-", "unknown 0 EUR");
#undef SAYS
    ctx->today_on = began_on;
    books_are_sound(ctx);
}
