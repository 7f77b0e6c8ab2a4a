/* line_shares: of how many days those of an invoice line are a share, kept when it is issued and never changed. */
#include "contract.h"

#include "service/invoice_paper.h"

/* The newest document of the contract: its only line. */
static struct invoice_line_row newest_line(const struct contract *c, const char *kind)
{
    struct invoice_list_row *documents;
    struct invoice_line_row *lines;
    size_t count;

    GOOD(invoice_list(c->ctx, kind, 0, c->s.id, 0, 1, &documents, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    GOOD(invoice_lines(c->ctx, documents[0].id, &lines, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    return lines[0];
}

static int32_t days_of(const struct invoice_line_row *line)
{
    return period_days((struct period){line->period_from_on, line->period_until_on});
}

TEST(line_shares, P09_more_less_and_less_of_a_share_say_their_days_of_the_whole_period)
{
    struct contract c = contract_signed();
    struct invoice_line_row line;
    int32_t begin_on = c.s.started_on, end_on = c.s.due_on;

    SAME_NUMBER(newest_line(&c, "").share_of_days, 0);
    days_left(&c, 18);
    contract_changed(&c, &(struct amending_line){.act = AMENDING_SET, .slot = 1, .quantity_e4 = 80000}, 1, AMENDMENT_AT_ONCE);
    line = newest_line(&c, "open");
    SAME_NUMBER(line.share_of_days, end_on - begin_on);
    SAME_NUMBER(days_of(&line), 18);
    days_left(&c, 10); /* what that one still holds, of a price of the whole period */
    contract_changed(&c, &(struct amending_line){.act = AMENDING_SET, .slot = 1, .quantity_e4 = 70000}, 1, AMENDMENT_AT_ONCE);
    line = newest_line(&c, "credit");
    SAME_NUMBER(line.share_of_days, end_on - begin_on);
    SAME_NUMBER(days_of(&line), 10);
    contract_run(&c, end_on);
    SAME_NUMBER(newest_line(&c, "open").share_of_days, 0);
    books_are_sound(c.ctx); /* the chain holds what lines say */
}

TEST(line_shares, the_database_refuses_a_share_that_is_none)
{
    struct contract c = contract_signed();
    struct invoice_line_row line = newest_line(&c, "");

    as_owner_refused(c.ctx, arena_printf(c.ctx->arena, "UPDATE invoice_line SET share_of_days = 62 WHERE invoice_id = %lld", (long long)line.invoice_id));
    line.position = 2;
    line.share_of_days = days_of(&line); /* all its days are no share */
    CU_ASSERT_EQUAL(insert_invoice_lines(c.ctx, &line, 1), ERR_DB);
    ctx_forget_error(c.ctx);
    line.share_of_days = 62;
    line.period_from_on = line.period_until_on = DATE_NONE; /* nor is a line without days */
    CU_ASSERT_EQUAL(insert_invoice_lines(c.ctx, &line, 1), ERR_DB);
    ctx_forget_error(c.ctx);
}

/* A document that kept no share, as those that were issued before: its period stands on it as ever, and rendered again it is
 * the same. */
TEST(line_shares, a_document_without_one_is_rendered_the_same_each_time)
{
    struct contract c = contract_signed();
    int64_t id = newest_line(&c, "").invoice_id;
    const struct invoice_papers *papers;
    struct db_bytes first, again;

    GOOD(load_invoice_papers(c.ctx, &id, 1, &papers));
    GOOD(render_invoice_pdf(c.ctx, papers, id, NULL, &first));
    c.ctx->today_on += 40;
    c.ctx->now += 40 * 86400000000;
    GOOD(load_invoice_papers(c.ctx, &id, 1, &papers));
    GOOD(render_invoice_pdf(c.ctx, papers, id, NULL, &again));
    CU_ASSERT_EQUAL_FATAL(first.bytes, again.bytes);
    CU_ASSERT_EQUAL(memcmp(first.data, again.data, first.bytes), 0);
}
