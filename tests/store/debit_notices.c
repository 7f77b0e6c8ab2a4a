/* debit_notices: the mail that announces a debit (trust.md C26): without it nothing leaves. */
#include "debit.h"

#include "base/str.h"
#include "core/target_day.h"
#include "service/announcing.h"
#include "service/mail_text.h"
#include "store/history.h"
#include "store/outbox.h"
#include "text/format.h"

/* trust.md C26: a notice that did not leave, or left late. */
TEST(debit_notices, no_debit_leaves_before_its_notice_and_a_late_one_is_told)
{
    struct ctx *ctx = debit_ctx();
    const struct tenant *kept = ctx->tenant;
    struct tenant mailing = *kept;
    struct subscription s = started(ctx, monthly());
    int32_t began_on = ctx->today_on;
    int64_t began_at = ctx->now;
    struct collection_making making;
    struct outbox_row *rows;
    struct invoice invoice;
    struct attempt attempt;
    struct collection c;
    int64_t mail_id = 0;
    size_t count;

    (void)signed_mandate(ctx, &s);
    c = planned(ctx, &s, &invoice, &attempt);
    GOOD(outbox_list(ctx, 0, 50, &rows, &count));
    for (size_t i = 0; i < count && mail_id == 0; i++)
        mail_id = strcmp(rows[i].template, "sepa_prenotice") == 0 ? rows[i].id : 0;
    mailing.mail_smtp = "smtp://127.0.0.1:1";
    mailing.test = false;
    ctx->tenant = &mailing;
    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    CU_ASSERT_TRUE(making.count == 0 && making.unnoticed >= 1 && making.left_out == 0);
    SAME_TEXT(state_of(ctx, attempt.id), "ready");
    GOOD(watch_collections(ctx));
    SAME_NUMBER(items_of(ctx, "notice_late", invoice.id), 0); /* it may still leave in time */
    ctx->today_on = c.collect_on - 2;
    for (int i = 0; i < 2; i++)
        GOOD(watch_collections(ctx));
    SAME_NUMBER(items_of(ctx, "notice_late", invoice.id), 1);

    /* It leaves three days late: the debit moves, so that the payer has the days that were agreed. */
    ctx->today_on = c.noticed_on + 3;
    ctx->now = (int64_t)ctx->today_on * INT64_C(86400000000) + INT64_C(43200000000);
    GOOD(mark_mail_sent(ctx, mail_id));
    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    SAME_NUMBER(making.unnoticed, 0);
    CU_ASSERT_TRUE(making.count >= 1);
    GOOD(collection_of(ctx, attempt.id, &c));
    CU_ASSERT_TRUE(c.collect_on >= ctx->today_on + 5 && target_is_open(c.collect_on));
    SAME_TEXT(state_of(ctx, attempt.id), "pending");
    ctx->tenant = kept;
    ctx->today_on = began_on;
    ctx->now = began_at;
}

/* A notice that is refused for good keeps its debit here until a person says how the payer is told. */
TEST(debit_notices, a_debit_whose_notice_is_refused_waits_for_a_person_with_two_ways_out)
{
    struct ctx *ctx = debit_ctx();
    const struct tenant *kept = ctx->tenant;
    struct tenant mailing = *kept;
    struct subscription s = started(ctx, monthly());
    struct subscription other = started(ctx, monthly());
    struct announcing again = {.address = "payer@elsewhere.example"};
    struct announcing told = {.address = NULL};
    struct collection_making making;
    struct operator_item item = {.kind = "notice_dead", .subject_kind = "outbox", .currency = "", .detail = "550", .opened_on = ctx->today_on};
    struct outbox_row *rows;
    struct outbox_row mail;
    struct invoice invoice;
    struct attempt first, second;
    size_t count;
    bool waits;

    (void)signed_mandate(ctx, &s);
    (void)planned(ctx, &s, &invoice, &first);
    (void)signed_mandate(ctx, &other);
    (void)planned(ctx, &other, &invoice, &second);
    GOOD(outbox_list(ctx, 0, 50, &rows, &count));
    for (size_t i = 0; i < count; i++) { /* newest first: the other's */
        if (strcmp(rows[i].template, "sepa_prenotice") != 0 || again.mail_id != 0)
            continue;
        item.subject_id = rows[i].id;
        GOOD(awaits_announcement(ctx, &rows[i], &waits));
        CU_ASSERT_FALSE(waits); /* it may still leave */
        GOOD(mark_mail_dead(ctx, rows[i].id, "550 no such mailbox"));
        GOOD(open_operator_item(ctx, &item));
        *(told.mail_id == 0 ? &told.mail_id : &again.mail_id) = rows[i].id;
    }
    CU_ASSERT_NOT_EQUAL_FATAL(again.mail_id, 0);
    mailing.mail_smtp = "smtp://127.0.0.1:1";
    mailing.test = false;
    ctx->tenant = &mailing;
    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    SAME_TEXT(state_of(ctx, first.id), "ready");
    SAME_TEXT(state_of(ctx, second.id), "ready");

    GOOD(watch_collections(ctx));
    SAME_NUMBER(items_of(ctx, "notice_dead", again.mail_id), 1); /* it stays until somebody answers */
    GOOD(announce_debit(ctx, &again, NO_ONCE));
    CU_ASSERT_FALSE(again.stale);
    GOOD(outbox_by_id(ctx, again.mail_id, &mail));
    SAME_TEXT(mail.state, "waiting");
    SAME_TEXT(mail.to_address, "payer@elsewhere.example");
    SAME_NUMBER(mail.tries, 0);
    GOOD(announce_debit(ctx, &again, NO_ONCE));
    CU_ASSERT_TRUE(again.stale); /* it is on its way */

    GOOD(announce_debit(ctx, &told, NO_ONCE));
    CU_ASSERT_FALSE(told.stale);
    SAME_NUMBER(items_of(ctx, "notice_dead", told.mail_id), 0);
    GOOD(outbox_by_id(ctx, told.mail_id, &mail));
    SAME_TEXT(mail.state, "told");
    CU_ASSERT_EQUAL(mail.sent_at, ctx->now);
    GOOD(make_collection_file(ctx, &making, NO_ONCE));
    SAME_TEXT(state_of(ctx, first.id), "ready");
    SAME_TEXT(state_of(ctx, second.id), "pending"); /* it leaves: the payer knows */
    GOOD(announce_debit(ctx, &told, NO_ONCE));
    CU_ASSERT_TRUE(told.stale);
    item.subject_id = told.mail_id; /* an item whose debit is on its way otherwise closes by itself */
    GOOD(open_operator_item(ctx, &item));
    GOOD(watch_collections(ctx));
    SAME_NUMBER(items_of(ctx, "notice_dead", told.mail_id), 0);
    ctx->tenant = kept;
    (void)sent_file(ctx); /* nothing stays for the files of other tests */
}

/* What the invoice's own mail says of the payment, whenever it is written: nothing is asked of who is debited. */
static struct letter invoice_mail(struct ctx *ctx, const struct subscription *s, const struct invoice *invoice)
{
    struct outbox_row row = {.template = "invoice_new", .language = "en", .to_address = "a@b.example", .to_name = "A", .customer_id = s->customer_id,
                             .subscription_id = s->id, .invoice_id = invoice->id, .params = "{}", .sealed = "", .dedup_key = "", .message_id = "", .state = "waiting", .error = ""};
    struct letter letter;

    GOOD(mail_text_of(ctx, mail_facts_of(ctx, &row, 1), &row, "token", &letter));
    return letter;
}

static bool letter_says(const struct letter *letter, const char *words)
{
    for (size_t i = 0; i < letter->paragraph_count; i++)
        if (strstr(letter->paragraphs[i], words) != NULL)
            return true;
    return false;
}

static const char *debit_day(const struct letter *letter)
{
    for (size_t i = 0; i < letter->fact_count; i++)
        if (strcmp(letter->facts[i].label, "Debit on") == 0)
            return letter->facts[i].value;
    return "";
}

TEST(debit_notices, the_invoice_of_who_is_debited_asks_for_no_payment)
{
    struct ctx *ctx = debit_ctx();
    struct subscription s = started(ctx, monthly());
    struct invoice invoice;
    struct attempt attempt;
    struct invoice_list_row *rows;
    struct collection c;
    struct letter letter;
    size_t count;

    (void)signed_mandate(ctx, &s);
    c = planned(ctx, &s, &invoice, &attempt);
    letter = invoice_mail(ctx, &s, &invoice);
    CU_ASSERT_TRUE(str_empty(letter.button));
    CU_ASSERT_TRUE(letter_says(&letter, "We debit your account ending in 3000. There is nothing left to do."));
    SAME_TEXT(debit_day(&letter), format_date_long(ctx->arena, "en", c.collect_on));
    (void)sent_file(ctx);
    letter = invoice_mail(ctx, &s, &invoice);
    CU_ASSERT_TRUE(str_empty(letter.button) && letter_says(&letter, "We debit your account"));
    days_pass(ctx);
    letter = invoice_mail(ctx, &s, &invoice);
    CU_ASSERT_TRUE(str_empty(letter.button) && letter_says(&letter, "It is paid."));

    /* Who pays by transfer is asked, by a link. */
    s = started(ctx, monthly());
    GOOD(invoice_list(ctx, "", 0, s.id, 0, 1, &rows, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    GOOD(invoice_by_number(ctx, rows[0].number, &invoice));
    letter = invoice_mail(ctx, &s, &invoice);
    CU_ASSERT_TRUE(!str_empty(letter.button) && debit_day(&letter)[0] == '\0');
}
