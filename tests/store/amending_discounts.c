/* amending_discounts: a discount of a running contract against a real database: foreseen, planned, billed, undone, by a coupon
 * that is counted once, and what held on any day. */
#include "contract.h"

#include "service/couponing.h"
#include "service/renewal_preview.h"
#include "service/contract.h"
#include "store/coupon.h"
#include "store/db.h"

static const struct discount ten = {.ppm = 100000};

static struct amending wished_discount(const struct subscription *s, struct discount own, const char *coupon)
{
    struct amending a = wished(s, AMENDMENT_DISCOUNT, AMENDMENT_AT_PERIOD_END);

    a.own = own;
    a.coupon = coupon;
    return a;
}

static struct amending ended(const struct subscription *s, const struct discount *ends, size_t count)
{
    struct amending a = wished(s, AMENDMENT_DISCOUNT, AMENDMENT_AT_PERIOD_END);

    a.ends = ends;
    a.end_count = count;
    return a;
}

static struct coupon new_coupon(struct ctx *ctx, struct coupon coupon)
{
    struct couponing_result result;

    coupon.code = contract_name(ctx, "DEAL-");
    coupon.currency = coupon.currency != NULL ? coupon.currency : "EUR";
    coupon.from_on = coupon.from_on != 0 ? coupon.from_on : ctx->today_on;
    coupon.until_on = coupon.until_on != 0 ? coupon.until_on : DATE_NONE;
    coupon.state = "active";
    GOOD(change_coupon(ctx, &coupon, NO_ONCE, &result));
    return coupon;
}

static int32_t redeemed(struct ctx *ctx, const struct coupon *coupon)
{
    struct coupon now;

    GOOD(coupon_by_id(ctx, coupon->id, &now));
    return now.redeemed;
}

/* The newest invoice: its total, and net. */
static int64_t newest_total(struct ctx *ctx, const struct subscription *s)
{
    struct invoice_list_row *rows;
    size_t count;

    GOOD(invoice_list(ctx, "", 0, s->id, 0, 1, &rows, &count));
    return rows[0].total_minor;
}

TEST(amending_discounts, one_for_two_periods_is_in_the_next_two_bills_as_foreseen)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w);
    int32_t begin_on = ctx->today_on;
    struct amending a = wished_discount(&s, (struct discount){.ppm = 200000, .periods = 2}, ""), preview = a;
    struct renewal_preview next;
    struct invoice_list_row *rows;
    struct invoice_line_row *lines;
    struct contract_on then;
    struct amendment_row row;
    size_t count;

    ctx->today_on += 10;
    GOOD(preview_amendment(ctx, &preview));
    SAME_NUMBER(preview.bill_count, AMENDING_BILLS);
    SAME_NUMBER(preview.bills[0].before_minor, 7200);
    SAME_NUMBER(preview.bills[0].after_minor, 5760);
    SAME_NUMBER(preview.bills[2].after_minor, 7200);
    preview_then_make(ctx, &a);
    CU_ASSERT_TRUE(a.planned);
    SAME_NUMBER(a.effective_on, date_add_months(begin_on, 1));
    s = contract_now(ctx, &s);
    SAME_TEXT(s.discounts, "");
    SAME_NUMBER(s.period_minor, 6000);
    GOOD(preview_renewal(ctx, &s, &next));
    SAME_NUMBER(next.total_minor, 5760);
    for (int period = 1; period <= 3; period++) {
        contract_run(ctx, date_add_months(begin_on, period));
        SAME_NUMBER(newest_total(ctx, &s), preview.bills[period - 1].after_minor);
        s = contract_now(ctx, &s);
        SAME_NUMBER(s.period_minor, period < 3 ? 4800 : 6000);
        SAME_NUMBER(s.mrr_e4, period < 3 ? 480000 : 600000);
        GOOD(invoice_list(ctx, "", 0, s.id, 0, 1, &rows, &count));
        GOOD(invoice_lines(ctx, rows[0].id, &lines, &count));
        SAME_NUMBER(lines[0].allowance_minor, period < 3 ? 1200 : 0);
    }
    GOOD(amendment_by_id(ctx, a.amendment_id, &row));
    SAME_TEXT(row.state, "applied");
    SAME_NUMBER(row.mrr_before_e4, 600000);
    SAME_NUMBER(row.mrr_after_e4, 480000);
    for (int period = 0; period <= 3; period++) {
        GOOD(contract_on(ctx, &s, date_add_months(begin_on, period) + 3, &then));
        SAME_NUMBER(then.discounts.count, period == 1 || period == 2);
        SAME_NUMBER(then.mrr_e4, period == 1 || period == 2 ? 480000 : 600000);
    }
    books_are_sound(ctx);
}

TEST(amending_discounts, changed_and_removed_it_is_known_for_every_day)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w);
    int32_t begin_on = ctx->today_on;
    static const int64_t mrr[] = {600000, 540000, 550000, 600000};
    const struct discount five = {.amount_minor = 500};
    struct standing_discount standing[DISCOUNTS_KEPT];
    struct contract_on then;
    struct amending a;
    size_t count;

    a = wished_discount(&s, ten, NULL);
    preview_then_make(ctx, &a);
    contract_run(ctx, date_add_months(begin_on, 1));
    s = contract_now(ctx, &s);
    SAME_NUMBER(standing_discounts(&s, NULL, 0, ctx->today_on, standing), 1);
    SAME_NUMBER(standing[0].until_on, DATE_NONE);
    a = wished_discount(&s, five, NULL);
    a.ends = &ten;
    a.end_count = 1;
    preview_then_make(ctx, &a);
    contract_run(ctx, date_add_months(begin_on, 2));
    s = contract_now(ctx, &s);
    a = ended(&s, &five, 1);
    preview_then_make(ctx, &a);
    contract_run(ctx, date_add_months(begin_on, 3));
    SAME_NUMBER(contract_net(ctx, &s, &count), 6000 + 5400 + 5500 + 6000);
    s = contract_now(ctx, &s);
    SAME_NUMBER(standing_discounts(&s, NULL, 0, ctx->today_on, standing), 0);
    for (int period = 0; period <= 3; period++) {
        GOOD(contract_on(ctx, &s, date_add_months(begin_on, period), &then));
        SAME_NUMBER(then.mrr_e4, mrr[period]);
        GOOD(contract_on(ctx, &s, date_add_months(begin_on, period + 1) - 1, &then));
        SAME_NUMBER(then.mrr_e4, mrr[period]);
    }
    books_are_sound(ctx);
}

/* On the day on which a period ends, what is billed afterwards of it keeps its discount. */
TEST(amending_discounts, what_is_billed_afterwards_keeps_what_held)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w);
    struct amending a;
    int64_t before;
    size_t count;

    s = contract_with(ctx, &s, &(struct more){.quantity_e4 = 10000, .unit_price_e4 = 1000000, .timing = "arrears"});
    contract_discounted(ctx, &s, "100000:0:0:");
    before = contract_net(ctx, &s, &count);
    ctx->today_on = s.due_on; /* before the batch of the day */
    a = ended(&s, &ten, 1);
    preview_then_make(ctx, &a);
    CU_ASSERT_FALSE(a.planned);
    contract_run(ctx, ctx->today_on);
    SAME_NUMBER(contract_net(ctx, &s, &count), before + 9000 + 6000);
    s = contract_now(ctx, &s);
    contract_run(ctx, s.due_on);
    SAME_NUMBER(contract_net(ctx, &s, &count), before + 9000 + 6000 + 10000 + 6000);
    books_are_sound(ctx);
}

TEST(amending_discounts, a_period_that_was_invoiced_early_is_left_alone)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w);
    int32_t begin_on = ctx->today_on;
    struct amending a = wished_discount(&s, ten, NULL);
    struct amending_run run = {0};
    struct amendment_row row;
    size_t count;

    preview_then_make(ctx, &a);
    (void)amend(ctx, &s, AMENDMENT_RENEW, AMENDMENT_AT_ONCE);
    ctx->today_on = date_add_months(begin_on, 1);
    GOOD(apply_amendments(ctx, &run)); /* it waits */
    GOOD(amendment_by_id(ctx, a.amendment_id, &row));
    SAME_TEXT(row.state, "planned");
    contract_run(ctx, ctx->today_on);
    contract_run(ctx, date_add_months(begin_on, 2));
    GOOD(amendment_by_id(ctx, a.amendment_id, &row));
    SAME_TEXT(row.state, "applied");
    SAME_NUMBER(contract_net(ctx, &s, &count), 6000 + 6000 + 5400);
    books_are_sound(ctx);
}

TEST(amending_discounts, a_pause_takes_none_of_its_periods)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w);
    int32_t begin_on = ctx->today_on;
    struct amending a = wished_discount(&s, (struct discount){.ppm = 100000, .periods = 2}, NULL);
    struct contract_on then;
    size_t count;

    preview_then_make(ctx, &a);
    contract_run(ctx, date_add_months(begin_on, 1));
    s = contract_now(ctx, &s);
    (void)amend(ctx, &s, AMENDMENT_PAUSE, AMENDMENT_AT_PERIOD_END);
    contract_run(ctx, date_add_months(begin_on, 2));
    ctx->today_on = date_add_months(begin_on, 4);
    (void)amend(ctx, &s, AMENDMENT_RESUME, AMENDMENT_AT_ONCE);
    contract_run(ctx, ctx->today_on);
    s = contract_now(ctx, &s);
    SAME_TEXT(s.discounts, "100000:0:1:");
    contract_run(ctx, date_add_months(begin_on, 5));
    SAME_NUMBER(contract_net(ctx, &s, &count), 6000 + 5400 + 5400 + 6000);
    GOOD(contract_on(ctx, &s, begin_on, &then));
    SAME_NUMBER(then.mrr_e4, 600000);
    GOOD(contract_on(ctx, &s, date_add_months(begin_on, 1), &then));
    SAME_NUMBER(then.mrr_e4, 540000);
    books_are_sound(ctx);
}

TEST(amending_discounts, a_coupon_is_counted_once_and_given_back_when_the_change_is_undone)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx), v = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w), t = signed_up(ctx, &v);
    struct coupon coupon = new_coupon(ctx, (struct coupon){.ppm = 250000, .periods = 3, .max_redemptions = 1, .once_per_customer = true});
    struct amending a = wished_discount(&s, (struct discount){0}, coupon.code), b = wished_discount(&t, (struct discount){0}, coupon.code), preview = a;
    struct coupon_redemption forced = {.amendment_id = 0, .coupon_id = coupon.id, .customer_id = v.customer_id, .discount = "250000:0:3:X"};
    struct coupon_redemption *used;
    struct undoing undoing;
    size_t count;

    GOOD(preview_amendment(ctx, &preview));
    SAME_NUMBER(redeemed(ctx, &coupon), 0); /* looking is not using */
    preview_then_make(ctx, &a);
    SAME_NUMBER(redeemed(ctx, &coupon), 1);
    GOOD(coupon_redemptions(ctx, coupon.id, &used, &count));
    SAME_NUMBER(count, 1);
    SAME_TEXT(used[0].subscription_number, s.number);
    SAME_TEXT(used[0].quote_number, "");
    GOOD(make_amendment(ctx, &b, NO_ONCE));
    SAME_NUMBER(b.refused_at, AMENDING_AT_COUPON);
    SAME_TEXT(b.refusal, coupon_refusal_text(COUPON_NONE_LEFT));
    CU_ASSERT_EQUAL(delete_redemption_of_amendment(ctx, a.amendment_id), ERR_DB); /* it waits: it keeps its coupon */
    ctx_forget_error(ctx);
    GOOD(undo_amendment(ctx, s.id, a.amendment_id, NO_ONCE, &undoing));
    SAME_NUMBER(redeemed(ctx, &coupon), 0);
    GOOD(make_amendment(ctx, &b, NO_ONCE));
    CU_ASSERT_PTR_NULL(b.refusal);
    SAME_NUMBER(redeemed(ctx, &coupon), 1);
    forced.amendment_id = a.amendment_id; /* undone: whatever the code does */
    CU_ASSERT_EQUAL(insert_redemption(ctx, &forced), ERR_DB);
    ctx_forget_error(ctx);
    forced.amendment_id = b.amendment_id;
    CU_ASSERT_EQUAL(insert_redemption(ctx, &forced), ERR_DUPLICATE);
    ctx_forget_error(ctx);
    contract_run(ctx, date_add_months(ctx->today_on, 1));
    t = contract_now(ctx, &t);
    SAME_TEXT(t.discounts, arena_printf(ctx->arena, "250000:0:3+1:%s", coupon.code));
    SAME_NUMBER(contract_net(ctx, &t, &count), 6000 + 4500);
    CU_ASSERT_EQUAL(delete_redemption_of_amendment(ctx, b.amendment_id), ERR_DB);
    ctx_forget_error(ctx);
    SAME_NUMBER(redeemed(ctx, &coupon), 1);
    books_are_sound(ctx);
}

/* Two connections at once: the count is the database's. */
TEST(amending_discounts, the_last_coupon_goes_to_one_of_two)
{
    struct ctx *ctx = store_ctx_of_newest_day(), *other = store_other_ctx();
    struct world w = contract_world(ctx), v = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w), t = signed_up(ctx, &v);
    struct coupon coupon = new_coupon(ctx, (struct coupon){.amount_minor = 700, .max_redemptions = 1});
    struct amending a = wished_discount(&s, (struct discount){0}, coupon.code), b = wished_discount(&t, (struct discount){0}, coupon.code), seen = b;

    other->today_on = ctx->today_on;
    GOOD(preview_amendment(other, &seen));
    CU_ASSERT_PTR_NULL(seen.refusal);
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    CU_ASSERT_PTR_NULL(a.refusal);
    GOOD(make_amendment(other, &b, NO_ONCE));
    SAME_TEXT(b.refusal, coupon_refusal_text(COUPON_NONE_LEFT));
    SAME_NUMBER(redeemed(ctx, &coupon), 1);
    b = wished_discount(&t, ten, NULL);
    GOOD(make_amendment(ctx, &b, NO_ONCE));
    CU_ASSERT_PTR_NULL(b.refusal);
    GOOD(insert_amendment_discounts(ctx, &(struct amendment_discount_row){.amendment_id = b.amendment_id, .place = 2, .act = "begin", .amount_minor = 700,
                                                                          .code = coupon.code}, 1));
    CU_ASSERT_EQUAL(insert_redemption(ctx, &(struct coupon_redemption){.amendment_id = b.amendment_id, .coupon_id = coupon.id, .customer_id = v.customer_id,
                                                                       .discount = "0:700:0:X"}), ERR_DB); /* one above its limit, whatever the code does */
    ctx_forget_error(ctx);
    SAME_NUMBER(redeemed(ctx, &coupon), 1);
}

static void refused(struct ctx *ctx, struct amending a, enum amending_place at, const char *words)
{
    struct amending preview = a;

    GOOD(preview_amendment(ctx, &preview));
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    SAME_NUMBER(a.refused_at, at);
    SAME_NUMBER(preview.refused_at, at);
    CU_ASSERT_PTR_NOT_NULL_FATAL(a.refusal);
    SAME_TEXT(a.refusal, words);
    SAME_TEXT(preview.refusal, words);
}

TEST(amending_discounts, what_is_refused_stands_at_its_place)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w);
    struct coupon once = new_coupon(ctx, (struct coupon){.ppm = 100000, .once_per_customer = true});
    struct coupon more = new_coupon(ctx, (struct coupon){.ppm = 100000});
    struct coupon dollars = new_coupon(ctx, (struct coupon){.amount_minor = 500, .currency = "USD"});
    struct coupon later = new_coupon(ctx, (struct coupon){.ppm = 100000, .from_on = ctx->today_on + 1});
    struct coupon over = new_coupon(ctx, (struct coupon){.ppm = 100000, .from_on = ctx->today_on - 9, .until_on = ctx->today_on});
    const struct discount none = {0};
    struct discount had = {.ppm = 100000};
    struct amending a;

    refused(ctx, wished_discount(&s, (struct discount){.amount_minor = 6001}, NULL), AMENDING_AT_DISCOUNT, "This is more than the subscription bills for a period.");
    refused(ctx, wished_discount(&s, (struct discount){.ppm = 1000001}, NULL), AMENDING_AT_DISCOUNT,
            amendment_refusal_text(AMENDMENT_DISCOUNT_OUT_OF_BOUNDS));
    refused(ctx, wished_discount(&s, none, NULL), AMENDING_AT_FORM, amendment_refusal_text(AMENDMENT_CHANGES_NOTHING));
    refused(ctx, wished_discount(&s, none, "NO-SUCH-CODE"), AMENDING_AT_COUPON, coupon_refusal_text(COUPON_UNKNOWN));
    refused(ctx, wished_discount(&s, none, "été"), AMENDING_AT_COUPON, coupon_refusal_text(COUPON_UNKNOWN));
    refused(ctx, wished_discount(&s, none, dollars.code), AMENDING_AT_COUPON, coupon_refusal_text(COUPON_OTHER_CURRENCY));
    refused(ctx, wished_discount(&s, none, later.code), AMENDING_AT_COUPON, coupon_refusal_text(COUPON_NOT_YET));
    refused(ctx, wished_discount(&s, none, over.code), AMENDING_AT_COUPON, coupon_refusal_text(COUPON_OVER));
    a = wished_discount(&s, (struct discount){.amount_minor = 6000}, once.code); /* all that it bills, and a code */
    preview_then_make(ctx, &a);
    contract_run(ctx, a.effective_on);
    s = contract_now(ctx, &s);
    SAME_NUMBER(s.mrr_e4, 0);
    refused(ctx, wished_discount(&s, none, more.code), AMENDING_AT_COUPON, amendment_refusal_text(AMENDMENT_COUPON_STANDS));
    refused(ctx, wished_discount(&s, ten, NULL), AMENDING_AT_DISCOUNT, amendment_refusal_text(AMENDMENT_DISCOUNTS_FULL));
    memcpy(had.code, once.code, strlen(once.code) + 1);
    a = wished_discount(&s, none, once.code);
    a.ends = &had;
    a.end_count = 1;
    refused(ctx, a, AMENDING_AT_COUPON, "The customer has used this code before");
    a = ended(&s, &had, 1);
    preview_then_make(ctx, &a);
    refused(ctx, ended(&s, &had, 1), AMENDING_AT_FORM, "Another change is planned already. Undo it first.");
}

TEST(amending_discounts, the_database_refuses_what_must_not_be)
{
    static const struct statement forget = {"test_forget_wish", "DELETE FROM amendment_discount WHERE amendment_id = ?", NOTHING};
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s = signed_on_the_fifteenth(ctx, &w);
    static const struct amending_line three[] = {{.act = AMENDING_SET, .slot = 1, .quantity_e4 = 30000}};
    struct amending lines = wished_quantity(&s, three, AMENDMENT_AT_ONCE), a = wished_discount(&s, ten, NULL);
    struct amendment_discount_row row = {.place = 1, .act = "begin", .ppm = 1000, .code = ""};

    preview_then_make(ctx, &lines);
    preview_then_make(ctx, &a);
    row.amendment_id = lines.amendment_id; /* of another kind */
    CU_ASSERT_EQUAL(insert_amendment_discounts(ctx, &row, 1), ERR_DB);
    ctx_forget_error(ctx);
    CU_ASSERT_EQUAL(insert_past_discounts(ctx, &s, lines.amendment_id, ctx->today_on), ERR_DB);
    ctx_forget_error(ctx);
    row.amendment_id = a.amendment_id;
    row.place = 2;
    row.amount_minor = 1; /* both */
    CU_ASSERT_EQUAL(insert_amendment_discounts(ctx, &row, 1), ERR_DB);
    ctx_forget_error(ctx);
    row = (struct amendment_discount_row){.amendment_id = a.amendment_id, .place = 2, .act = "end", .ppm = 1000, .periods = 3, .code = ""};
    CU_ASSERT_EQUAL(insert_amendment_discounts(ctx, &row, 1), ERR_DB);
    ctx_forget_error(ctx);
    CU_ASSERT_EQUAL(db_write(ctx, &forget, PARAMS(P_I64(a.amendment_id)), NULL), ERR_DB);
    ctx_forget_error(ctx);
}
