/* revising: price revisions of many contracts: slice by slice, gone on with, of one contract, undone. */
#include "contract.h"

#include "store/history.h"
#include "store/outbox.h"
#include "store/revision.h"

enum { COPIES = 450, FULL_SLICE = 200 };

struct number_row {
    int64_t number;
};
static const struct column number_column[] = {{DB_I64, "number", 0, sizeof(int64_t)}};

/* The contract again, as if it had been imported; its id. */
static int64_t copy_of(struct ctx *ctx, const struct subscription *s, const char *currency)
{
    struct subscription_line *lines;
    struct subscription copy = *s;
    size_t count;

    copy.number = copy.external_ref = unique(ctx, "REV");
    copy.order_id = 0;
    copy.billed_until_on = s->started_on;
    copy.currency = currency;
    GOOD(insert_subscription(ctx, &copy));
    GOOD(subscription_lines(ctx, s->id, s->id + 1, &lines, &count));
    lines[0].subscription_id = copy.id;
    lines[0].quote_line_id = 0;
    lines[0].until_on = DATE_NONE;
    GOOD(insert_subscription_lines(ctx, lines, 1));
    return copy.id;
}

static struct price_revision ten_percent_of(const struct world *w)
{
    return (struct price_revision){.kind = "percent", .currency = "EUR", .product_id = w->licence_id, .change_ppm = 100000, .notice_days = 5, .reason = "Costs"};
}

static int64_t mails_of(struct ctx *ctx, const char *template, int64_t revision_id)
{
    static const struct statement counted = {"mails_of_revision", "SELECT COUNT(DISTINCT subscription_id) AS number FROM outbox WHERE dedup_key LIKE ?",
                                             READS(number_row, number_column)};
    struct number_row row;

    GOOD(db_row(ctx, &counted, PARAMS(P_TEXT(arena_printf(ctx->arena, "%s %lld %%", template, (long long)revision_id))), &row));
    return row.number;
}

static int64_t failures(struct ctx *ctx)
{
    static const struct statement counted = {"failed_revisions", "SELECT COUNT(*) AS number FROM operator_item WHERE kind = 'revision_failed' AND "
                                             "closed_at IS NULL", READS(number_row, number_column)};
    struct number_row row;

    GOOD(db_row(ctx, &counted, NO_PARAMS, &row));
    return row.number;
}

/* Those of this test never come to be billed. */
static void end_copies(struct ctx *ctx)
{
    GOOD(owner_runs(ctx, "UPDATE subscription SET state = 'ended', due_on = NULL, ends_on = started_on + INTERVAL 1 DAY WHERE external_ref LIKE 'REV%'"));
}

static int slices_left;

static bool after_some_slices(void)
{
    return slices_left-- == 0;
}

/* A price that cannot be read, where the contract had a good one. */
static void spoil(struct ctx *ctx, int64_t subscription_id)
{
    struct subscription_line *lines;
    size_t count;

    GOOD(subscription_lines(ctx, subscription_id, subscription_id + 1, &lines, &count));
    GOOD(close_subscription_line(ctx, lines[0].id, lines[0].from_on));
    lines[0].price_model = "volume";
    lines[0].tiers = "nonsense";
    GOOD(insert_subscription_lines(ctx, lines, 1));
}

/*  announced    a run that stops     a run to the end     undone
 *  200 lines    400                  450, one failed      none left; the price of before runs on   */
TEST(revising, many_contracts_slice_by_slice_gone_on_with_and_undone)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx), other = contract_world(ctx);
    struct subscription s = signed_up(ctx, &w), behind = signed_up(ctx, &other);
    struct price_revision revision = ten_percent_of(&w), second = ten_percent_of(&other);
    struct revising_run run = {.stop = after_some_slices};
    struct revision_preview preview;
    struct revising_result result;
    struct subscription_line *lines;
    int64_t last_id = 0;
    size_t count;

    for (int i = 0; i < COPIES; i++)
        last_id = copy_of(ctx, &s, "EUR");
    ctx->today_on += 2;
    GOOD(preview_revision(ctx, &revision, &preview));
    SAME_NUMBER(preview.lines, COPIES + 1);
    SAME_NUMBER(preview.subscriptions, COPIES + 1);
    SAME_NUMBER(preview.count, REVISION_SHOWN);
    SAME_NUMBER(preview.month_before_e4, (COPIES + 1) * INT64_C(600000)); /* 5 at 12.00 */
    SAME_NUMBER(preview.month_after_e4, (COPIES + 1) * INT64_C(660000));
    CU_ASSERT_FALSE(preview.more);

    GOOD(announce_revision(ctx, &revision, NO_ONCE, &result));
    GOOD(price_revision_by_id(ctx, result.id, &revision));
    SAME_TEXT(revision.state, "announcing");
    CU_ASSERT_TRUE(revision.lines > 0 && revision.lines < FULL_SLICE);
    SAME_NUMBER(revision.foreseen, COPIES + 1);
    GOOD(announce_revision(ctx, &second, NO_ONCE, &result)); /* waits for its turn */
    GOOD(price_revision_by_id(ctx, second.id, &second));
    SAME_NUMBER(second.lines, 0);
    CU_ASSERT_EQUAL(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE price_revision SET after_id = 0 WHERE id = %lld", (long long)revision.id)), ERR_DB);
    CU_ASSERT_EQUAL(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE price_revision SET change_ppm = 1 WHERE id = %lld", (long long)revision.id)), ERR_DB);
    ctx_forget_error(ctx);

    slices_left = 1;
    GOOD(go_on_revising(ctx, &run));
    SAME_NUMBER(run.subscriptions, FULL_SLICE - 1); /* the last of a full slice comes with the next one */
    (void)copy_of(ctx, &s, "EUR"); /* signed meanwhile: keeps its price */
    spoil(ctx, last_id);
    run = (struct revising_run){0};
    GOOD(go_on_revising(ctx, &run));
    SAME_NUMBER(run.failed, 1);
    SAME_NUMBER(failures(ctx), 1);
    GOOD(price_revision_by_id(ctx, revision.id, &revision));
    SAME_TEXT(revision.state, "announced");
    SAME_NUMBER(revision.lines, COPIES);
    SAME_NUMBER(mails_of(ctx, "price_revised", revision.id), COPIES);
    GOOD(price_revision_by_id(ctx, second.id, &second));
    SAME_TEXT(second.state, "announced");
    SAME_NUMBER(second.lines, 1);
    run = (struct revising_run){0};
    GOOD(go_on_revising(ctx, &run));
    SAME_NUMBER(run.subscriptions, 0);

    GOOD(undo_revision(ctx, revision.id, NO_ONCE, &result));
    CU_ASSERT_FALSE(result.over || result.stale);
    GOOD(price_revision_by_id(ctx, revision.id, &revision));
    SAME_TEXT(revision.state, "undoing");
    GOOD(go_on_revising(ctx, &run));
    GOOD(price_revision_by_id(ctx, revision.id, &revision));
    SAME_TEXT(revision.state, "undone");
    SAME_NUMBER(revision.lines, 0);
    SAME_NUMBER(mails_of(ctx, "price_kept", revision.id), COPIES);
    GOOD(subscription_lines(ctx, s.id, s.id + 1, &lines, &count));
    SAME_NUMBER(count, 1);
    SAME_NUMBER(lines[0].until_on, DATE_NONE);
    (void)behind;
    end_copies(ctx);
    books_are_sound(ctx);
}

TEST(revising, one_contract_one_customer_one_currency)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s = signed_up(ctx, &w);
    struct price_revision revision = ten_percent_of(&w);
    struct revision_preview preview;
    struct revising_result result;
    int64_t twin_id = copy_of(ctx, &s, "EUR");
    int64_t dollars_id = copy_of(ctx, &s, "USD");

    ctx->today_on += 2;
    revision.customer_id = w.customer_id;
    GOOD(preview_revision(ctx, &revision, &preview));
    SAME_NUMBER(preview.lines, 2);
    revision.customer_id = w.customer_id + 1000000;
    GOOD(preview_revision(ctx, &revision, &preview));
    SAME_NUMBER(preview.lines, 0);
    revision.customer_id = 0;
    revision.currency = "USD";
    GOOD(preview_revision(ctx, &revision, &preview));
    SAME_NUMBER(preview.lines, 1);
    SAME_NUMBER(preview.rows[0].subscription.id, dollars_id);
    revision.currency = "EUR";
    revision.subscription_id = twin_id;
    GOOD(announce_revision(ctx, &revision, NO_ONCE, &result));
    GOOD(price_revision_by_id(ctx, result.id, &revision));
    SAME_TEXT(revision.state, "announced");
    SAME_NUMBER(revision.lines, 1);
    SAME_NUMBER(mails_of(ctx, "price_revised", revision.id), 1);
    GOOD(announce_revision(ctx, &revision, NO_ONCE, &result));
    CU_ASSERT_TRUE(result.none); /* it is changed already, and the others are not asked */
    end_copies(ctx);
}

static int32_t months_ago(const struct ctx *ctx, int months)
{
    struct civil day = date_civil(date_add_months(ctx->today_on, -months));

    return date_from_civil(day.year, day.month, 1);
}

static int64_t price_then(struct ctx *ctx, const struct subscription *s, int32_t *from_on)
{
    struct subscription_line *lines;
    size_t count;

    GOOD(subscription_lines(ctx, s->id, s->id + 1, &lines, &count));
    if (from_on != NULL)
        *from_on = lines[count - 1].from_on;
    return lines[count - 1].unit_price_e4;
}

static int32_t indexed_on(struct ctx *ctx, const struct subscription *s)
{
    struct subscription now;

    GOOD(subscription_by_id(ctx, s->id, &now));
    return now.index_on;
}

/*  signed at the index of  100     104     107.12        revised to 107.12
 *                          first   second  third         first: x 1.0712, second: x 1.03, third: as it is */
TEST(revising, each_contract_is_indexed_from_the_month_that_it_was_signed_at)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct price_revision revision = {.kind = "index", .currency = "EUR", .product_id = w.licence_id, .now_e4 = 1071200, .now_on = months_ago(ctx, 0),
                                      .notice_days = 5, .reason = "Clause"};
    struct price_index_value value = {.month_on = months_ago(ctx, 6), .value_e4 = 1000000};
    struct revision_base base;
    struct revision_preview preview;
    struct revising_result result;
    struct subscription first, second, third;
    int32_t from_on;

    GOOD(price_index_named(ctx, unique(ctx, "Syntec "), &value.index_id));
    revision.index_id = value.index_id;
    GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE plan SET index_id = %lld WHERE id = %lld", (long long)value.index_id, (long long)w.monthly_id)));
    GOOD(insert_price_index_value(ctx, &value));
    first = signed_up(ctx, &w);
    SAME_NUMBER(indexed_on(ctx, &first), value.month_on);
    value = (struct price_index_value){.index_id = value.index_id, .month_on = months_ago(ctx, 1), .value_e4 = 1040000};
    GOOD(insert_price_index_value(ctx, &value));
    second = signed_up(ctx, &w);
    value = (struct price_index_value){.index_id = value.index_id, .month_on = months_ago(ctx, 0), .value_e4 = 1071200};
    GOOD(insert_price_index_value(ctx, &value));
    third = signed_up(ctx, &w);
    ctx->today_on += 2;

    GOOD(preview_revision(ctx, &revision, &preview));
    SAME_NUMBER(preview.lines, 2);
    SAME_NUMBER(preview.stay, 1); /* signed at the month of the revision */
    GOOD(announce_revision(ctx, &revision, NO_ONCE, &result));
    SAME_NUMBER(price_then(ctx, &first, &from_on), 128544);
    SAME_NUMBER(from_on, first.due_on);
    SAME_NUMBER(price_then(ctx, &second, NULL), 123600);
    SAME_NUMBER(price_then(ctx, &third, NULL), 120000);
    SAME_NUMBER(indexed_on(ctx, &first), months_ago(ctx, 0));
    GOOD(revision_base_of(ctx, result.id, first.id, &base));
    SAME_NUMBER(base.then_e4, 1000000);
    SAME_NUMBER(base.before_on, months_ago(ctx, 6));
    GOOD(announce_revision(ctx, &revision, NO_ONCE, &result)); /* its prices stand at that month by now */
    CU_ASSERT_TRUE(result.none);
    GOOD(undo_revision(ctx, base.revision_id, NO_ONCE, &result));
    SAME_NUMBER(indexed_on(ctx, &first), months_ago(ctx, 6));
    SAME_NUMBER(indexed_on(ctx, &second), months_ago(ctx, 1));

    revision.then_e4 = 1040000; /* one month for all, as the seller says */
    GOOD(preview_revision(ctx, &revision, &preview));
    SAME_NUMBER(preview.lines, 3);
    SAME_NUMBER(preview.rows[0].revised.unit_price_e4, 123600);
    revision.then_e4 = 0;
    revision.at_anniversary = true;
    GOOD(announce_revision(ctx, &revision, NO_ONCE, &result));
    SAME_NUMBER(price_then(ctx, &first, &from_on), 128544);
    SAME_NUMBER(from_on, date_add_months(first.started_on, 12));
    CU_ASSERT_EQUAL(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE subscription SET index_id = NULL WHERE id = %lld", (long long)first.id)), ERR_DB);
    ctx_forget_error(ctx);
    books_are_sound(ctx);
}
