/* line_shares: of how many days those of an invoice line are a share, kept when it is issued and never changed. */
#include "contract.h"

#include "service/invoice_paper.h"

/* The newest document of the contract: its only line. */
static struct invoice_line_row newest_line(struct ctx *ctx, const struct subscription *s, const char *kind)
{
    struct invoice_list_row *documents;
    struct invoice_line_row *lines;
    size_t count;

    GOOD(invoice_list(ctx, kind, 0, s->id, 0, 1, &documents, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    GOOD(invoice_lines(ctx, documents[0].id, &lines, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    return lines[0];
}

static int32_t days_of(const struct invoice_line_row *line)
{
    return period_days((struct period){line->period_from_on, line->period_until_on});
}

TEST(line_shares, P09_more_less_and_less_of_a_share_say_their_days_of_the_whole_period)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s;
    struct invoice_line_row line;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    SAME_NUMBER(newest_line(ctx, &s, "").share_of_days, 0);
    ctx->today_on = end_on - 18;
    (void)change_quantity(ctx, &s, &(struct amending_line){.act = AMENDING_SET, .slot = 1, .quantity_e4 = 80000}, AMENDMENT_AT_ONCE);
    line = newest_line(ctx, &s, "open");
    SAME_NUMBER(line.share_of_days, end_on - begin_on);
    SAME_NUMBER(days_of(&line), 18);
    ctx->today_on = end_on - 10; /* what that one still holds, of a price of the whole period */
    (void)change_quantity(ctx, &s, &(struct amending_line){.act = AMENDING_SET, .slot = 1, .quantity_e4 = 70000}, AMENDMENT_AT_ONCE);
    line = newest_line(ctx, &s, "credit");
    SAME_NUMBER(line.share_of_days, end_on - begin_on);
    SAME_NUMBER(days_of(&line), 10);
    contract_run(ctx, end_on);
    SAME_NUMBER(newest_line(ctx, &s, "open").share_of_days, 0);
    books_are_sound(ctx); /* the chain holds what lines say */
}

TEST(line_shares, the_database_refuses_a_share_that_is_none)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w);
    struct invoice_line_row line = newest_line(ctx, &s, "");

    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE invoice_line SET share_of_days = 62 WHERE invoice_id = %lld", (long long)line.invoice_id));
    line.position = 2;
    line.share_of_days = days_of(&line); /* all its days are no share */
    CU_ASSERT_EQUAL(insert_invoice_lines(ctx, &line, 1), ERR_DB);
    ctx_forget_error(ctx);
    line.share_of_days = 62;
    line.period_from_on = line.period_until_on = DATE_NONE; /* nor is a line without days */
    CU_ASSERT_EQUAL(insert_invoice_lines(ctx, &line, 1), ERR_DB);
    ctx_forget_error(ctx);
}

/* A document that kept no share, as those that were issued before: its period stands on it as ever, and rendered again it is
 * the same. */
TEST(line_shares, a_document_without_one_is_rendered_the_same_each_time)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w);
    int64_t id = newest_line(ctx, &s, "").invoice_id;
    const struct invoice_papers *papers;
    struct db_bytes first, again;

    GOOD(load_invoice_papers(ctx, &id, 1, &papers));
    GOOD(render_invoice_pdf(ctx, papers, id, NULL, &first));
    ctx->today_on += 40;
    ctx->now += 40 * 86400000000;
    GOOD(load_invoice_papers(ctx, &id, 1, &papers));
    GOOD(render_invoice_pdf(ctx, papers, id, NULL, &again));
    CU_ASSERT_EQUAL_FATAL(first.bytes, again.bytes);
    CU_ASSERT_EQUAL(memcmp(first.data, again.data, first.bytes), 0);
}
