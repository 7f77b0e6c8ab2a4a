/* amending_quotes: contracts that go to other people of the house, and quotes that renew them. */
#include "contract.h"

#include "store/revision.h"

/* A pair of events: how many, and their sum. */
struct pair_of_events {
    int64_t count;
    int64_t sum_e4;
};

/* S24: three contracts of one person go to another; the house's totals stay, each leaves a pair of events of sum 0. */
TEST(amending_quotes, S24_three_contracts_are_handed_over_at_once)
{
    static const struct column sum_column[] = {COLUMN(I64, pair_of_events, count), COLUMN(I64, pair_of_events, sum_e4)};
    static const struct statement pair = {"test_pair", "SELECT COUNT(*) AS count, CAST(SUM(mrr_e4) AS SIGNED) AS sum_e4 FROM transfer_event "
                                          "WHERE subscription_id >= ?", READS(pair_of_events, sum_column)};
    static const struct statement change = {"test_event", "UPDATE transfer_event SET mrr_e4 = 0 WHERE side = 'to'", NOTHING};
    struct contract c = contract_begun();
    struct ctx *ctx = c.ctx;
    struct seller_user other = {.email = arena_printf(ctx->arena, "%s@nord.example", unique(ctx, "b")), .name = "Paul", .password = "x", .language = "fr"};
    struct house_figures before, after;
    struct pair_of_events events;
    struct handing handing = {.count = 3, .reason = "Tour"};
    int64_t ids[3];

    GOOD(insert_seller_user(ctx, &other));
    for (int i = 0; i < 3; i++)
        ids[i] = signed_up(ctx, &c.w).id;
    GOOD(house_figures(ctx, &before));
    handing.subscription_ids = ids;
    handing.owner_id = c.w.user_id;
    GOOD(hand_over(ctx, &handing, NO_ONCE));
    CU_ASSERT_PTR_NOT_NULL(handing.refusal); /* they are hers already */
    handing.owner_id = other.id;
    GOOD(hand_over(ctx, &handing, NO_ONCE));
    CU_ASSERT_PTR_NULL(handing.refusal);
    SAME_NUMBER(handing.handed, 3);
    GOOD(house_figures(ctx, &after));
    SAME_NUMBER(before.mrr_e4, after.mrr_e4);
    SAME_NUMBER(before.active, after.active);
    for (int i = 0; i < 3; i++) {
        struct subscription s;

        GOOD(subscription_by_id(ctx, ids[i], &s));
        SAME_NUMBER(s.owner_id, other.id);
    }
    GOOD(db_row(ctx, &pair, PARAMS(P_I64(ids[0])), &events));
    SAME_NUMBER(events.count, 6);
    SAME_NUMBER(events.sum_e4, 0);
    CU_ASSERT_EQUAL(db_write(ctx, &change, NULL, 0, NULL), ERR_DB);
    ctx_forget_error(ctx);
    books_are_sound(ctx);
}

/* ---- renewal quotes ---- */

static void accept(struct ctx *ctx, int64_t quote_id)
{
    struct quoting_result sent;
    struct confirming c;

    GOOD(send_quote(ctx, quote_id, "", NO_ONCE, &sent));
    SAME_NUMBER(sent.refusal, QUOTE_NOT_REFUSED);
    GOOD(load_offer(ctx, quote_id, 0, &c.offer));
    SAME_NUMBER(c.offer.totals.today.gross_minor, 0); /* nothing is due before the renewal */
    GOOD(reserve_invoice_ids(ctx, ORDER_IDS, &c.ids));
    GOOD(db_transaction(ctx, confirm_signed, &c));
}

static struct contract_drafting drafted(const struct contract *c)
{
    struct contract_drafting d = {.subscription_id = c->s.id, .owner_id = c->w.user_id};

    GOOD(draft_renewal(c->ctx, &d, NO_ONCE));
    CU_ASSERT_PTR_NULL(d.refusal);
    return d;
}

/* Edits the draft's first line to a quantity and a price. */
static void edit_draft(struct ctx *ctx, const struct contract_drafting *d, int64_t quantity_e4, int64_t price_e4, const char *discounts)
{
    struct quoting_result saved;
    struct offer offer;
    struct quote_line *lines;
    size_t count;

    GOOD(load_offer_to_edit(ctx, d->number, &offer));
    GOOD(quote_lines(ctx, offer.version.id, &lines, &count));
    lines[0].quantity_e4 = lines[0].quantity_min_e4 = lines[0].quantity_max_e4 = quantity_e4;
    lines[0].unit_price_e4 = price_e4;
    GOOD(save_draft(ctx, &(struct quote_draft){.quote_id = d->quote_id, .base_version = 1, .rev = offer.version.rev, .customer_id = offer.quote.customer_id,
        .plan_id = offer.version.plan_id, .language = "fr", .valid_until_on = offer.version.valid_until_on, .start_on = offer.version.start_on,
        .acceptance = ACCEPTANCE_SIGNATURE, .note = "", .discounts = discounts, .lines = lines, .line_count = count}, NO_ONCE, &saved));
    SAME_NUMBER(saved.refusal, QUOTE_NOT_REFUSED);
}

TEST(amending_quotes, R12_a_renewal_quote_takes_the_lines_place_on_the_boundary)
{
    struct contract c = contract_signed();
    struct subscription again;
    struct contract_drafting d;
    struct amendment_row waiting;
    struct undoing undoing;
    struct sales_order order;
    struct contract_on then;
    int32_t boundary_on;

    contract_discounted(&c, "0:500:4:CODE");
    boundary_on = c.s.due_on;
    c.ctx->today_on += 3;
    d = drafted(&c);
    edit_draft(c.ctx, &d, 100000, 110000, "100000:0:2:"); /* 10 at 11.00, 10 % for two periods */
    accept(c.ctx, d.quote_id);
    GOOD(waiting_amendment(c.ctx, c.s.id, &waiting));
    SAME_NUMBER(waiting.effective_on, boundary_on);
    SAME_NUMBER(waiting.quote_id, d.quote_id);
    GOOD(order_of_quote(c.ctx, d.quote_id, &order));
    GOOD(subscription_of_order(c.ctx, order.id, &again));
    SAME_NUMBER(again.id, c.s.id); /* no second contract */
    /* what is added meanwhile goes with the others */
    contract_changed(&c, (const struct amending_line[]){{.act = AMENDING_ADD, .product_id = c.w.option_id, .quantity_e4 = 10000}}, 1, AMENDMENT_AT_ONCE);
    SAME_NUMBER(contract_bills(&c), 9900);
    SAME_NUMBER(c.s.period_minor, 9900);
    SAME_NUMBER(c.s.due_on, date_add_months(boundary_on, 1));
    SAME_NUMBER(contract_bills(&c), 9900);
    SAME_NUMBER(contract_bills(&c), 11000); /* the discount is over */
    GOOD(contract_on(c.ctx, &c.s, boundary_on - 1, &then));
    SAME_NUMBER(then.period_minor, 6000 + 3100 - 500);
    GOOD(contract_on(c.ctx, &c.s, boundary_on, &then));
    SAME_NUMBER(then.period_minor, 9900);
    /* undone before its day, nothing changes */
    d = drafted(&c);
    accept(c.ctx, d.quote_id);
    GOOD(waiting_amendment(c.ctx, c.s.id, &waiting));
    GOOD(undo_amendment(c.ctx, c.s.id, waiting.id, NO_ONCE, &undoing));
    CU_ASSERT_PTR_NULL(undoing.refusal);
    SAME_NUMBER(contract_bills(&c), 11000);
    books_are_sound(c.ctx);
}

/* The month that a day lies in, or one so many months later. */
static int32_t month_of(int32_t on, int later)
{
    struct civil day = date_civil(date_add_months(on, later));

    return date_from_civil(day.year, day.month, 1);
}

TEST(amending_quotes, a_renewal_stands_at_the_index_that_was_known_when_it_was_accepted)
{
    struct contract c = contract_begun();
    struct price_index_value value = {.value_e4 = 1000000};
    struct contract_drafting d;
    int32_t signed_at;

    GOOD(price_index_named(c.ctx, unique(c.ctx, "ICC "), &value.index_id));
    GOOD(owner_runs(c.ctx, arena_printf(c.ctx->arena, "UPDATE plan SET index_id = %lld WHERE id = %lld", (long long)value.index_id, (long long)c.w.monthly_id)));
    contract_signs(&c);
    SAME_NUMBER(contract_now(&c).index_on, DATE_NONE); /* no value was known */
    signed_at = month_of(c.ctx->today_on, 0);
    value.month_on = signed_at;
    GOOD(insert_price_index_value(c.ctx, &value));
    c.ctx->today_on += 3;
    d = drafted(&c);
    edit_draft(c.ctx, &d, 100000, 110000, "");
    accept(c.ctx, d.quote_id);
    value.month_on = month_of(signed_at, 1);
    GOOD(insert_price_index_value(c.ctx, &value)); /* after it */
    contract_run(&c, c.s.due_on);
    SAME_NUMBER(contract_now(&c).period_minor, 11000);
    SAME_NUMBER(contract_now(&c).index_on, signed_at);
    books_are_sound(c.ctx);
}

TEST(amending_quotes, a_renewal_quote_keeps_the_sellers_discount_and_the_coupons)
{
    struct contract c = contract_signed();
    struct contract_drafting d;
    struct quoting_result saved;
    struct offer offer;

    contract_discounted(&c, "100000:0:3:;0:500:4:CODE"); /* 10 % for three periods, 5.00 for four */
    c.ctx->today_on += 3;
    d = drafted(&c);
    GOOD(load_offer_to_edit(c.ctx, d.number, &offer));
    SAME_TEXT(offer.version.discounts, "100000:0:2:;0:500:3:CODE");
    /* a third one has no room: what would not fit is not saved */
    GOOD(save_draft(c.ctx, &(struct quote_draft){.quote_id = d.quote_id, .base_version = 1, .rev = offer.version.rev, .plan_id = offer.version.plan_id,
        .language = "fr", .valid_until_on = offer.version.valid_until_on, .start_on = offer.version.start_on, .acceptance = ACCEPTANCE_SIGNATURE,
        .note = "", .discounts = "100000:0:2:;0:500:3:CODE;0:100:0:"}, NO_ONCE, &saved));
    CU_ASSERT_TRUE(saved.stale);
    accept(c.ctx, d.quote_id);
    SAME_NUMBER(contract_bills(&c), 4900); /* 60.00 - 10 % - 5.00 */
    SAME_TEXT(c.s.discounts, "100000:0:2:;0:500:3:CODE");
    SAME_NUMBER(contract_bills(&c), 4900);
    SAME_NUMBER(contract_bills(&c), 5500); /* the first is over */
    SAME_NUMBER(contract_bills(&c), 6000);
    books_are_sound(c.ctx);
}

TEST(amending_quotes, a_renewal_quote_renews_a_term_that_would_end)
{
    static const struct statement term = {"test_term", "UPDATE subscription SET term_unit = 'month', term_count = 2, term_renews = 0, term_until_on = ?, "
                                          "ends_on = ?, end_reason = 'term' WHERE id = ?", NOTHING};
    struct contract c = contract_signed();
    struct contract_drafting d;
    int32_t begin_on = c.s.started_on;
    int32_t ends_on = date_add_months(begin_on, 2);

    GOOD(db_write(c.ctx, &term, PARAMS(P_DATE(ends_on), P_DATE(ends_on), P_I64(c.s.id)), NULL));
    contract_renewed(&c);
    d = drafted(&c);
    accept(c.ctx, d.quote_id);
    contract_now(&c);
    SAME_NUMBER(c.s.ends_on, ends_on); /* until then it could be undone */
    SAME_NUMBER(c.s.due_on, ends_on);
    SAME_NUMBER(contract_bills(&c), 6000);
    SAME_TEXT(c.s.state, "active");
    SAME_NUMBER(c.s.term_until_on, date_add_months(begin_on, 4));
    SAME_NUMBER(c.s.ends_on, date_add_months(begin_on, 4));
    SAME_NUMBER(contract_bills(&c), 6000);
    SAME_NUMBER(contract_bills(&c), 0);
    SAME_TEXT(c.s.state, "ended");
    books_are_sound(c.ctx);
}

/* Its terms are what the quote says: gives the refusal. */
static enum quote_refusal terms_draft(struct ctx *ctx, const struct contract_drafting *d, const struct own_terms *own, int32_t start_on)
{
    struct quoting_result saved;
    struct offer offer;
    struct quote_line *lines;
    size_t count;

    GOOD(load_offer_to_edit(ctx, d->number, &offer));
    GOOD(quote_lines(ctx, offer.version.id, &lines, &count));
    GOOD(save_draft(ctx, &(struct quote_draft){.quote_id = d->quote_id, .base_version = 1, .rev = offer.version.rev, .customer_id = offer.quote.customer_id,
        .plan_id = offer.version.plan_id, .own = *own, .language = "fr", .valid_until_on = offer.version.valid_until_on, .start_on = start_on,
        .acceptance = ACCEPTANCE_SIGNATURE, .note = "", .discounts = "", .lines = lines, .line_count = count}, NO_ONCE, &saved));
    SAME_NUMBER(saved.refusal, QUOTE_NOT_REFUSED);
    GOOD(send_quote(ctx, d->quote_id, "", NO_ONCE, &saved));
    return saved.refusal;
}

static void confirm_quote(struct ctx *ctx, int64_t quote_id)
{
    struct confirming c;

    GOOD(load_offer(ctx, quote_id, 0, &c.offer));
    GOOD(reserve_invoice_ids(ctx, ORDER_IDS, &c.ids));
    GOOD(db_transaction(ctx, confirm_signed, &c));
}

/* Terms that only this contract has, from the day it began. */
static void bind_contract(struct contract *c, int months, int notice_days)
{
    static const struct statement bind = {"test_bind", "UPDATE subscription SET term_unit = 'month', term_count = ?, term_renews = 1, term_until_on = ?, "
                                          "notice_days = ?, close_days = 9 WHERE id = ?", NOTHING};

    GOOD(db_write(c->ctx, &bind, PARAMS(P_I64(months), P_DATE(date_add_months(c->s.started_on, months)), P_I64(notice_days), P_I64(c->s.id)), NULL));
    contract_now(c);
}

TEST(amending_quotes, a_renewal_quote_gives_the_contract_its_terms_from_its_day_on)
{
    const struct own_terms own = {.duration = DURATION_FIXED, .unit = TERM_MONTHS, .count = 6, .renews = true, .has_commitment = true,
                                  .commitment_months = 12, .has_notice = true, .notice_days = 60, .customer_end = ANSWER_YES, .close_days = 20};
    struct contract c = contract_signed();
    struct contract_drafting d;
    struct offer offer;
    struct amending a;
    struct contract_on then;
    struct amendment_row waiting;
    struct undoing undoing;
    int32_t day_on = date_add_months(c.s.started_on, 2); /* where the first term ends */

    bind_contract(&c, 2, 30);
    c.ctx->today_on += 3;
    d = drafted(&c);
    GOOD(load_offer_to_edit(c.ctx, d.number, &offer)); /* it begins with what the contract has, not its plan */
    SAME_NUMBER(offer.plan.notice_days, 30);
    SAME_NUMBER(offer.plan.term_count, 2);
    SAME_NUMBER(offer.plan.commitment_months, 0);
    SAME_NUMBER(offer.plan.close_days, 9);
    SAME_NUMBER(offer.version.start_on, day_on);
    SAME_NUMBER(terms_draft(c.ctx, &d, &own, day_on), QUOTE_NOT_REFUSED);
    GOOD(load_offer(c.ctx, d.quote_id, 0, &offer));
    GOOD(preview_renewal_quote(c.ctx, &offer, &a)); /* the card: before and after */
    CU_ASSERT_PTR_NULL(a.refusal);
    SAME_NUMBER(a.before.notice_days, 30);
    SAME_NUMBER(a.after.notice_days, 60);
    SAME_NUMBER(a.after.commitment_until_on, date_add_months(day_on, 12));
    confirm_quote(c.ctx, d.quote_id);
    contract_now(&c);
    SAME_NUMBER(c.s.notice_days, 30); /* nothing before its day */
    /* undone, the next run leaves everything as it was */
    GOOD(waiting_amendment(c.ctx, c.s.id, &waiting));
    GOOD(undo_amendment(c.ctx, c.s.id, waiting.id, NO_ONCE, &undoing));
    CU_ASSERT_PTR_NULL(undoing.refusal);
    contract_run(&c, c.s.due_on);
    contract_now(&c);
    d = drafted(&c);
    SAME_NUMBER(terms_draft(c.ctx, &d, &own, day_on), QUOTE_NOT_REFUSED);
    confirm_quote(c.ctx, d.quote_id);
    contract_run(&c, day_on);
    contract_now(&c);
    SAME_NUMBER(c.s.notice_days, 60);
    SAME_NUMBER(c.s.term_count, 6);
    SAME_NUMBER(c.s.term_from_on, day_on);
    SAME_NUMBER(c.s.term_until_on, date_add_months(day_on, 6));
    SAME_NUMBER(c.s.commitment_until_on, date_add_months(day_on, 12));
    SAME_TEXT(c.s.customer_end, "yes");
    SAME_NUMBER(c.s.close_days, 20);
    GOOD(contract_on(c.ctx, &c.s, day_on - 1, &then)); /* each day has its terms */
    SAME_NUMBER(then.term.notice_days, 30);
    SAME_NUMBER(then.term.count, 2);
    SAME_NUMBER(then.term.commitment_until_on, DATE_NONE);
    GOOD(contract_on(c.ctx, &c.s, day_on, &then));
    SAME_NUMBER(then.term.notice_days, 60);
    SAME_NUMBER(then.term.commitment_until_on, date_add_months(day_on, 12));
    for (int month = 1; month <= 6; month++) /* the new term renews itself, from its own first day */
        contract_run(&c, date_add_months(day_on, month));
    SAME_NUMBER(contract_now(&c).term_until_on, date_add_months(day_on, 12));
    GOOD(waiting_amendment(c.ctx, c.s.id, &waiting) == ERR_NOT_FOUND ? OK : ERR_CONFLICT);
    ctx_forget_error(c.ctx);
    as_owner_refused(c.ctx, arena_printf(c.ctx->arena, "UPDATE subscription_terms SET notice_days = 1 WHERE subscription_id = %lld", (long long)c.s.id));
    as_owner_refused(c.ctx, arena_printf(c.ctx->arena, "DELETE FROM subscription_terms WHERE subscription_id = %lld", (long long)c.s.id));
    as_owner_refused(c.ctx, "UPDATE amendment_terms SET notice_days = 1");
    as_owner_refused(c.ctx, arena_printf(c.ctx->arena, "INSERT INTO amendment_terms SELECT MAX(id), 'month', 0, 0, 0, 0, 'plan', 0 FROM amendment WHERE subscription_id = %lld",
                                       (long long)c.s.id));
    books_are_sound(c.ctx);
}

TEST(amending_quotes, a_consumers_notice_does_not_grow_within_the_term)
{
    struct own_terms own = {.duration = DURATION_FIXED, .unit = TERM_MONTHS, .count = 4, .renews = true, .has_notice = true, .notice_days = 31};
    struct contract c = contract_signed();
    struct contract_drafting d;
    struct customer customer;
    struct customer_result changed;
    struct offer offer;
    struct amending a;
    int32_t begin_on = c.s.started_on;

    bind_contract(&c, 4, 30);
    GOOD(customer_by_id(c.ctx, c.w.customer_id, &customer));
    customer.is_company = false;
    GOOD(change_customer(c.ctx, &customer, customer.version_id, NO_ONCE, &changed));
    d = drafted(&c);
    SAME_NUMBER(terms_draft(c.ctx, &d, &own, c.s.due_on), QUOTE_NOTICE_GROWS); /* in the middle of the term */
    GOOD(load_offer_to_edit(c.ctx, d.number, &offer));
    GOOD(preview_renewal_quote(c.ctx, &offer, &a));
    SAME_TEXT(a.refusal, quote_refusal_text(QUOTE_NOTICE_GROWS));
    SAME_NUMBER(terms_draft(c.ctx, &d, &own, date_add_months(begin_on, 4)), QUOTE_NOT_REFUSED); /* with the next one */
    confirm_quote(c.ctx, d.quote_id);
    for (int month = 1; month <= 4; month++)
        contract_run(&c, date_add_months(begin_on, month));
    SAME_NUMBER(contract_now(&c).notice_days, 31);
    own.notice_days = 10; /* a shorter one may come at any time */
    contract_now(&c);
    d = drafted(&c);
    SAME_NUMBER(terms_draft(c.ctx, &d, &own, c.s.due_on), QUOTE_NOT_REFUSED);
    confirm_quote(c.ctx, d.quote_id);
    contract_run(&c, c.s.due_on);
    SAME_NUMBER(contract_now(&c).notice_days, 10);
    books_are_sound(c.ctx);
}
