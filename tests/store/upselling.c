/* upselling: changes of a running contract that the customer accepts as a quote: what was shown is what is invoiced, whatever
 * happened between. */
#include "contract.h"

#include "service/contract_quoting.h"
#include "service/quoted_change.h"
#include "service/signing.h"
#include "store/alternative.h"
#include "store/invoice.h"

static const struct amending_line eight[] = {{.act = AMENDING_SET, .slot = 1, .quantity_e4 = 80000}};
static const struct amending_line four[] = {{.act = AMENDING_SET, .slot = 1, .quantity_e4 = 40000}};

static struct contract_drafting proposed(const struct contract *c, const struct amending_line *lines, size_t count, enum amendment_when when)
{
    struct contract_drafting d = {.subscription_id = c->s.id, .owner_id = c->w.user_id};
    struct amending a = wished_lines(c, lines, count, when);

    GOOD(draft_upsell(c->ctx, &d, &a, NO_ONCE));
    CU_ASSERT_PTR_NULL(a.refusal);
    return d;
}

static struct offer loaded(struct ctx *ctx, int64_t quote_id)
{
    struct offer offer;

    GOOD(load_offer(ctx, quote_id, 0, &offer));
    return offer;
}

static enum quote_refusal sent(struct ctx *ctx, int64_t quote_id)
{
    struct quoting_result result;

    GOOD(send_quote(ctx, quote_id, "", NO_ONCE, &result));
    return result.refusal;
}

/* As somebody signs who has this offer on the page. */
static enum quote_refusal signed_as(struct ctx *ctx, const struct offer *offer)
{
    struct quote_signature form = {.offer = offer, .version = offer->version.version, .today_minor = offer->signing_minor, .signer_name = "Jeanne Roy",
                                   .signer_role = "", .consent_text = "Lu", .consent = true, .once = NO_ONCE};
    struct signing_result result;
    struct db_bytes pdf;
    char *sha256;

    GOOD(offer_document(ctx, offer, &pdf, &sha256));
    form.document_sha256 = sha256;
    GOOD(sign_quote(ctx, &form, &result));
    return result.refusal;
}

static struct offer accepted(struct ctx *ctx, const struct contract_drafting *d)
{
    struct offer offer;

    SAME_NUMBER(sent(ctx, d->quote_id), QUOTE_NOT_REFUSED);
    offer = loaded(ctx, d->quote_id);
    SAME_NUMBER(signed_as(ctx, &offer), QUOTE_NOT_REFUSED);
    return offer;
}

static struct invoice invoice_of(struct ctx *ctx, int64_t quote_id)
{
    struct sales_order order;
    struct invoice invoice;

    GOOD(order_of_quote(ctx, quote_id, &order));
    GOOD(invoice_of_order(ctx, order.id, &invoice));
    return invoice;
}

static int64_t items_open(struct ctx *ctx, const struct contract *c)
{
    struct counted { int64_t n; } counted;
    const struct column n[] = {COLUMN(I64, counted, n)};
    const struct statement items = {"test_items", "SELECT COUNT(*) AS n FROM operator_item WHERE kind = 'amendment_failed' AND subject_id = ? AND closed_at IS NULL",
                                    READS(counted, n)};

    GOOD(db_row(ctx, &items, PARAMS(P_I64(c->s.id)), &counted));
    return counted.n;
}

/* 18 of 31 days of 36.00 in a month of 31 days, VAT 20 %. */
TEST(upselling, P09_a_proposed_change_is_invoiced_as_it_was_shown_on_the_day)
{
    struct contract c = contract_signed();
    int64_t share = share_of(&c, 3600, 18);
    int32_t end_on = c.s.due_on;
    struct contract_drafting d;
    struct amendment_row row;
    struct sales_order order;
    struct subscription same;
    struct invoice invoice;
    struct offer offer, after;

    days_left(&c, 18);
    d = proposed(&c, eight, 1, AMENDMENT_AT_ONCE);
    SAME_NUMBER(contract_now(&c).period_minor, 6000); /* nothing before it is accepted */
    SAME_NUMBER(contract_documents(&c), 1);
    offer = accepted(c.ctx, &d);
    SAME_NUMBER(offer.quote.kind, QUOTE_UPSELL);
    SAME_TEXT(offer.quote.contract_number, c.s.number);
    SAME_NUMBER(offer.line_count, 1);
    SAME_NUMBER(offer.effective_on, c.ctx->today_on);
    SAME_NUMBER(offer.totals.today.net_minor, share);
    SAME_NUMBER(offer.totals.period.net_minor, 9600);
    SAME_NUMBER(offer.totals.mrr_e4, 960000);
    SAME_NUMBER(offer.step_count, 1);
    SAME_NUMBER(offer.steps[0].days, 18);
    invoice = invoice_of(c.ctx, d.quote_id);
    SAME_NUMBER(invoice.net_minor, share);
    SAME_NUMBER(invoice.total_minor, offer.totals.today.gross_minor);
    SAME_NUMBER(invoice.vat_minor, offer.totals.today.vat_minor);
    SAME_NUMBER(invoice.subscription_id, c.s.id);
    GOOD(amendment_of_quote(c.ctx, d.quote_id, &row));
    SAME_TEXT(row.state, "applied");
    SAME_TEXT(row.quote_kind, "upsell");
    SAME_NUMBER(row.mrr_before_e4, 600000);
    SAME_NUMBER(row.mrr_after_e4, 960000);
    contract_now(&c);
    SAME_NUMBER(c.s.period_minor, 9600);
    SAME_NUMBER(c.s.mrr_e4, 960000);
    SAME_NUMBER(c.s.due_on, end_on);
    GOOD(order_of_quote(c.ctx, d.quote_id, &order));
    GOOD(subscription_of_order(c.ctx, order.id, &same));
    SAME_NUMBER(same.id, c.s.id); /* no second contract */
    after = loaded(c.ctx, d.quote_id); /* it goes on saying what was invoiced */
    CU_ASSERT_PTR_NULL(after.change);
    CU_ASSERT_PTR_NULL(after.change_refusal);
    SAME_NUMBER(after.totals.today.gross_minor, invoice.total_minor);
    SAME_NUMBER(after.totals.today.group_count, 1);
    SAME_NUMBER(after.effective_on, c.ctx->today_on);
    SAME_NUMBER(after.step_count, 1);
    SAME_NUMBER(contract_bills(&c), 9600);
    SAME_NUMBER(contract_net(&c), 6000 + share + 9600);
    SAME_NUMBER(contract_documents(&c), 3);
    books_are_sound(c.ctx);
}

TEST(upselling, another_day_is_computed_for_that_day_and_a_page_of_the_day_before_is_shown_again)
{
    struct contract c = contract_signed();
    int64_t share = share_of(&c, 3600, 17);
    struct contract_drafting d;
    struct offer yesterday, today;

    days_left(&c, 18);
    d = proposed(&c, eight, 1, AMENDMENT_AT_ONCE);
    SAME_NUMBER(sent(c.ctx, d.quote_id), QUOTE_NOT_REFUSED);
    yesterday = loaded(c.ctx, d.quote_id);
    c.ctx->today_on++;
    SAME_NUMBER(signed_as(c.ctx, &yesterday), QUOTE_HAS_CHANGED);
    today = loaded(c.ctx, d.quote_id);
    SAME_NUMBER(today.totals.today.net_minor, share);
    SAME_NUMBER(today.effective_on, c.ctx->today_on);
    SAME_NUMBER(signed_as(c.ctx, &today), QUOTE_NOT_REFUSED);
    SAME_NUMBER(invoice_of(c.ctx, d.quote_id).net_minor, share);
    books_are_sound(c.ctx);
}

TEST(upselling, a_period_that_is_billed_meanwhile_is_the_one_that_the_change_is_computed_for)
{
    struct contract c = contract_signed();
    struct contract_drafting d;
    int64_t share;

    days_left(&c, 3);
    d = proposed(&c, eight, 1, AMENDMENT_AT_ONCE);
    SAME_NUMBER(sent(c.ctx, d.quote_id), QUOTE_NOT_REFUSED);
    contract_renewed(&c);
    days_left(&c, 20);
    share = share_of(&c, 3600, 20);
    {
        struct offer offer = loaded(c.ctx, d.quote_id);

        SAME_NUMBER(signed_as(c.ctx, &offer), QUOTE_NOT_REFUSED);
    }
    SAME_NUMBER(invoice_of(c.ctx, d.quote_id).net_minor, share);
    SAME_NUMBER(contract_bills(&c), 9600);
    books_are_sound(c.ctx);
}

/* What is sold once is invoiced when it is accepted, the change waits and can be undone. */
TEST(upselling, at_the_periods_end_it_waits_and_what_is_sold_once_is_invoiced_at_the_acceptance)
{
    struct contract c = contract_signed();
    const struct amending_line wish[] = {{.act = AMENDING_SET, .slot = 1, .quantity_e4 = 80000},
                                         {.act = AMENDING_ADD_ONCE, .product_id = c.w.setup_id, .quantity_e4 = 10000}};
    struct contract_drafting d;
    struct amendment_row waiting;
    struct undoing undoing;
    struct offer offer;

    days_left(&c, 18);
    d = proposed(&c, wish, 2, AMENDMENT_AT_PERIOD_END);
    offer = accepted(c.ctx, &d);
    SAME_NUMBER(offer.line_count, 2);
    CU_ASSERT_FALSE(offer.change_at_once);
    SAME_NUMBER(offer.effective_on, c.s.due_on);
    SAME_NUMBER(offer.totals.today.net_minor, 5000);
    SAME_NUMBER(invoice_of(c.ctx, d.quote_id).total_minor, offer.totals.today.gross_minor);
    GOOD(waiting_amendment(c.ctx, c.s.id, &waiting));
    SAME_NUMBER(waiting.quote_id, d.quote_id);
    SAME_NUMBER(waiting.effective_on, c.s.due_on);
    SAME_NUMBER(contract_now(&c).period_minor, 6000);
    SAME_NUMBER(contract_bills(&c), 9600);
    SAME_NUMBER(loaded(c.ctx, d.quote_id).totals.today.net_minor, 5000);
    /* taken back before its day, the contract is billed as it is */
    d = proposed(&c, four, 1, AMENDMENT_AT_PERIOD_END);
    (void)accepted(c.ctx, &d);
    GOOD(waiting_amendment(c.ctx, c.s.id, &waiting));
    GOOD(undo_amendment(c.ctx, c.s.id, waiting.id, NO_ONCE, &undoing));
    CU_ASSERT_PTR_NULL(undoing.refusal);
    SAME_NUMBER(contract_bills(&c), 9600);
    books_are_sound(c.ctx);
}

TEST(upselling, at_once_what_is_sold_once_stands_on_the_same_invoice)
{
    struct contract c = contract_signed();
    const struct amending_line wish[] = {{.act = AMENDING_ADD, .product_id = c.w.option_id, .quantity_e4 = 10000},
                                         {.act = AMENDING_ADD_ONCE, .product_id = c.w.setup_id, .quantity_e4 = 20000}};
    struct contract_drafting d;
    struct offer offer;
    int64_t share;

    days_left(&c, 10);
    share = share_of(&c, 3100, 10);
    d = proposed(&c, wish, 2, AMENDMENT_AT_ONCE);
    offer = accepted(c.ctx, &d);
    SAME_NUMBER(offer.totals.today.net_minor, share + 10000);
    SAME_NUMBER(invoice_of(c.ctx, d.quote_id).net_minor, share + 10000);
    SAME_NUMBER(contract_documents(&c), 2);
    SAME_NUMBER(contract_bills(&c), 9100);
    books_are_sound(c.ctx);
}

/* Less gives back what the seller said that it does. */
TEST(upselling, less_at_once_is_given_back_by_a_credit_note)
{
    struct contract c = contract_signed();
    struct contract_drafting d;
    struct offer offer;
    int64_t share;

    days_left(&c, 18);
    share = share_of(&c, 1200, 18);
    d = proposed(&c, four, 1, AMENDMENT_AT_ONCE);
    offer = accepted(c.ctx, &d);
    SAME_NUMBER(offer.totals.today.gross_minor, 0);
    CU_ASSERT_TRUE(offer.given_back_minor > 0);
    SAME_NUMBER(contract_net(&c), 6000 - share);
    SAME_NUMBER(loaded(c.ctx, d.quote_id).given_back_minor, offer.given_back_minor);
    SAME_NUMBER(contract_bills(&c), 4800);
    books_are_sound(c.ctx);
}

/* The seller's own price for a line that goes on is another line: the old one is given back, the new one charged. */
TEST(upselling, a_price_that_the_seller_edits_takes_the_lines_place)
{
    struct contract c = contract_signed();
    struct contract_drafting d;
    struct quoting_result saved;
    struct quote_line *lines;
    struct offer offer;
    int64_t asked;
    size_t count;

    days_left(&c, 18);
    d = proposed(&c, eight, 1, AMENDMENT_AT_ONCE);
    GOOD(load_offer_to_edit(c.ctx, d.number, &offer));
    GOOD(quote_lines(c.ctx, offer.version.id, &lines, &count));
    CU_ASSERT_TRUE(lines[0].contract_line_id != 0);
    lines[0].unit_price_e4 = 100000;
    GOOD(save_draft(c.ctx, &(struct quote_draft){.quote_id = d.quote_id, .base_version = 1, .rev = offer.version.rev, .plan_id = offer.version.plan_id,
        .own = offer.version.own, .language = "fr", .valid_until_on = offer.version.valid_until_on, .start_on = DATE_NONE,
        .acceptance = ACCEPTANCE_SIGNATURE, .note = "", .lines = lines, .line_count = count}, NO_ONCE, &saved));
    SAME_NUMBER(saved.refusal, QUOTE_NOT_REFUSED);
    offer = accepted(c.ctx, &d);
    SAME_NUMBER(offer.totals.period.net_minor, 8000);
    asked = share_of(&c, 8000, 18) - share_of(&c, 6000, 18);
    SAME_NUMBER(contract_net(&c), 6000 + asked);
    SAME_NUMBER(contract_bills(&c), 8000);
    books_are_sound(c.ctx);
}

TEST(upselling, a_contract_that_changed_otherwise_refuses_it_and_tells_the_seller)
{
    struct contract c = contract_signed();
    struct contract_drafting d, late;
    struct offer before, offer;

    days_left(&c, 18);
    d = proposed(&c, eight, 1, AMENDMENT_AT_ONCE);
    late = proposed(&c, four, 1, AMENDMENT_AT_ONCE);
    SAME_NUMBER(sent(c.ctx, d.quote_id), QUOTE_NOT_REFUSED);
    before = loaded(c.ctx, d.quote_id);
    contract_changed(&c, (const struct amending_line[]){{.act = AMENDING_ADD, .product_id = c.w.option_id, .quantity_e4 = 10000}}, 1, AMENDMENT_AT_ONCE);
    SAME_NUMBER(items_open(c.ctx, &c), 0);
    SAME_NUMBER(signed_as(c.ctx, &before), QUOTE_CONTRACT_DIFFERS); /* the page was open */
    SAME_NUMBER(items_open(c.ctx, &c), 1);
    offer = loaded(c.ctx, d.quote_id);
    CU_ASSERT_PTR_NULL(offer.change);
    CU_ASSERT_PTR_NOT_NULL(offer.change_refusal);
    SAME_NUMBER(offer.quote.state, QUOTE_SENT);
    SAME_NUMBER(sent(c.ctx, late.quote_id), QUOTE_CONTRACT_DIFFERS);
    SAME_NUMBER(contract_now(&c).period_minor, 9100);
    books_are_sound(c.ctx);
}

TEST(upselling, a_paused_or_ended_contract_refuses_it)
{
    struct contract c = contract_signed();
    struct contract_drafting d;
    struct offer offer;

    days_left(&c, 18);
    d = proposed(&c, eight, 1, AMENDMENT_AT_ONCE);
    SAME_NUMBER(sent(c.ctx, d.quote_id), QUOTE_NOT_REFUSED);
    (void)amend(&c, AMENDMENT_PAUSE, AMENDMENT_AT_ONCE);
    offer = loaded(c.ctx, d.quote_id);
    SAME_NUMBER(signed_as(c.ctx, &offer), QUOTE_CONTRACT_DIFFERS);
    SAME_TEXT(contract_now(&c).state, "paused");
    books_are_sound(c.ctx);
}

/* Of two that were proposed one is taken, the other is withdrawn. */
TEST(upselling, one_of_two_alternatives_is_taken)
{
    struct contract c = contract_signed();
    struct contract_drafting d;
    struct quoting_result made;
    struct alternative *other;
    size_t count;
    struct offer offer;

    days_left(&c, 18);
    d = proposed(&c, eight, 1, AMENDMENT_AT_ONCE);
    GOOD(add_alternative(c.ctx, d.quote_id, NO_ONCE, &made));
    SAME_NUMBER(made.refusal, QUOTE_NOT_REFUSED);
    GOOD(alternatives(c.ctx, d.quote_id, &other, &count));
    SAME_NUMBER(count, 1);
    SAME_NUMBER(sent(c.ctx, other->id), QUOTE_NOT_REFUSED);
    SAME_NUMBER(loaded(c.ctx, other->id).quote.kind, QUOTE_UPSELL);
    offer = accepted(c.ctx, &d);
    CU_ASSERT_TRUE(offer.change_at_once);
    SAME_NUMBER(loaded(c.ctx, other->id).quote.state, QUOTE_WITHDRAWN);
    SAME_NUMBER(contract_now(&c).period_minor, 9600);
    books_are_sound(c.ctx);
}

/* For a day that is past by the time: the day of the acceptance. */
TEST(upselling, a_day_that_came_before_the_acceptance_is_that_of_the_acceptance)
{
    struct contract c = contract_signed();
    struct contract_drafting d = {.subscription_id = c.s.id, .owner_id = c.w.user_id};
    struct amending a = wished_lines(&c, eight, 1, AMENDMENT_ON_DATE);
    struct offer offer;

    days_left(&c, 25);
    a.on = c.s.due_on - 20;
    GOOD(draft_upsell(c.ctx, &d, &a, NO_ONCE));
    CU_ASSERT_PTR_NULL(a.refusal);
    SAME_NUMBER(sent(c.ctx, d.quote_id), QUOTE_NOT_REFUSED);
    offer = loaded(c.ctx, d.quote_id);
    SAME_NUMBER(offer.effective_on, a.on);
    SAME_NUMBER(offer.totals.today.gross_minor, 0); /* it would wait */
    GOOD(owner_runs(c.ctx, arena_printf(c.ctx->arena, "UPDATE quote_version SET valid_until_on = valid_until_on + INTERVAL 20 DAY WHERE quote_id = %lld", (long long)d.quote_id)));
    days_left(&c, 15);
    offer = loaded(c.ctx, d.quote_id);
    SAME_NUMBER(offer.effective_on, c.ctx->today_on);
    SAME_NUMBER(signed_as(c.ctx, &offer), QUOTE_NOT_REFUSED);
    SAME_NUMBER(invoice_of(c.ctx, d.quote_id).net_minor, share_of(&c, 3600, 15));
    books_are_sound(c.ctx);
}

TEST(upselling, it_is_accepted_once_however_often_it_is_signed)
{
    struct contract c = contract_signed();
    struct contract_drafting d;
    struct confirming again;
    struct offer offer;

    days_left(&c, 18);
    d = proposed(&c, eight, 1, AMENDMENT_AT_ONCE);
    offer = accepted(c.ctx, &d);
    SAME_NUMBER(signed_as(c.ctx, &offer), QUOTE_IS_CONFIRMED);
    again.offer = offer; /* whatever the code does, the row refuses a second order */
    again.offer.quote.state = QUOTE_SIGNED;
    GOOD(reserve_invoice_ids(c.ctx, ORDER_IDS, &again.ids));
    CU_ASSERT_NOT_EQUAL(db_transaction(c.ctx, confirm_signed, &again), OK);
    ctx_forget_error(c.ctx);
    SAME_NUMBER(contract_documents(&c), 2);
    SAME_NUMBER(contract_now(&c).period_minor, 9600);
    books_are_sound(c.ctx);
}

/* A discount for some periods goes on as it is, though fewer are left by then. */
TEST(upselling, discounts_of_line_and_contract_stay_as_they_are)
{
    struct contract c = contract_signed();
    struct contract_drafting d;
    struct offer offer;
    int64_t share;

    contract_with(&c, &(struct more){.quantity_e4 = 10000, .unit_price_e4 = 310000, .discount_minor = 500, .discount_periods = 4});
    contract_discounted(&c, "100000:0:5:"); /* 10 % for five periods */
    days_left(&c, 3);
    d = proposed(&c, eight, 1, AMENDMENT_AT_ONCE);
    contract_renewed(&c);
    days_left(&c, 18);
    share = share_of(&c, 3240, 18); /* 3 x 12.00 less 10 %; the other line is as it was */
    offer = accepted(c.ctx, &d);
    SAME_NUMBER(offer.discounts.count, 1);
    SAME_NUMBER(offer.discounts.of[0].periods, 3);
    SAME_NUMBER(offer.totals.today.net_minor, share);
    SAME_NUMBER(invoice_of(c.ctx, d.quote_id).net_minor, share);
    SAME_NUMBER(contract_bills(&c), 10980); /* (96.00 + 31.00 - 5.00) less 10 % */
    books_are_sound(c.ctx);
}

TEST(upselling, another_plan_is_proposed_like_other_quantities)
{
    struct contract c = contract_signed();
    struct amending a = wished(&c.s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    struct contract_drafting d = {.subscription_id = c.s.id, .owner_id = c.w.user_id};
    struct offer offer;

    days_left(&c, 18);
    a.plan_id = c.w.yearly_id;
    GOOD(draft_upsell(c.ctx, &d, &a, NO_ONCE));
    CU_ASSERT_PTR_NULL(a.refusal);
    offer = accepted(c.ctx, &d);
    SAME_NUMBER(offer.plan.id, c.w.yearly_id);
    SAME_NUMBER(offer.totals.today.net_minor, 60000);
    SAME_NUMBER(contract_net(&c), 6000 - share_of(&c, 6000, 18) + 60000);
    contract_now(&c);
    SAME_TEXT(c.s.unit, "year");
    SAME_NUMBER(c.s.plan_id, c.w.yearly_id);
    books_are_sound(c.ctx);
}

/* What the seller leaves to the customer is in the preview, in what is signed and in the change. */
TEST(upselling, the_customer_chooses_quantity_and_option)
{
    struct contract c = contract_signed();
    struct quote_choice choices[2];
    struct contract_drafting d;
    struct quoting_result saved;
    struct quote_line *lines;
    struct quote_line all[2];
    struct offer offer;
    int64_t share;
    size_t count;

    days_left(&c, 18);
    d = proposed(&c, eight, 1, AMENDMENT_AT_ONCE);
    GOOD(load_offer_to_edit(c.ctx, d.number, &offer));
    GOOD(quote_lines(c.ctx, offer.version.id, &lines, &count));
    all[0] = all[1] = lines[0];
    all[0].quantity_editable = true;
    all[0].quantity_min_e4 = 50000;
    all[0].quantity_max_e4 = 100000;
    all[1].contract_line_id = 0;
    all[1].product_id = c.w.option_id;
    all[1].description = "Sauvegarde";
    all[1].unit_price_e4 = 310000;
    all[1].quantity_e4 = all[1].quantity_min_e4 = all[1].quantity_max_e4 = 10000;
    all[1].is_option = true;
    GOOD(save_draft(c.ctx, &(struct quote_draft){.quote_id = d.quote_id, .base_version = 1, .rev = offer.version.rev, .plan_id = offer.version.plan_id,
        .own = offer.version.own, .language = "fr", .valid_until_on = offer.version.valid_until_on, .start_on = DATE_NONE,
        .acceptance = ACCEPTANCE_SIGNATURE, .note = "", .lines = all, .line_count = 2}, NO_ONCE, &saved));
    SAME_NUMBER(saved.refusal, QUOTE_NOT_REFUSED);
    SAME_NUMBER(sent(c.ctx, d.quote_id), QUOTE_NOT_REFUSED);
    offer = loaded(c.ctx, d.quote_id);
    SAME_NUMBER(offer.totals.today.net_minor, share_of(&c, 3600, 18));
    for (size_t i = 0; i < 2; i++)
        choices[i] = (struct quote_choice){offer.lines[i].as.id, offer.version.id, true, i == 0 ? 60000 : 10000};
    GOOD(save_choices(c.ctx, d.quote_id, 1, choices, 2, NO_ONCE, &saved));
    SAME_NUMBER(saved.refusal, QUOTE_NOT_REFUSED);
    offer = loaded(c.ctx, d.quote_id);
    share = share_of(&c, 1200, 18) + share_of(&c, 3100, 18);
    SAME_NUMBER(offer.totals.today.net_minor, share);
    SAME_NUMBER(offer.totals.period.net_minor, 7200 + 3100);
    SAME_NUMBER(signed_as(c.ctx, &offer), QUOTE_NOT_REFUSED);
    SAME_NUMBER(invoice_of(c.ctx, d.quote_id).net_minor, share);
    SAME_NUMBER(contract_bills(&c), 10300);
    books_are_sound(c.ctx);
}

/* Both ways of making a change come to the same, to the cent. */
static void same_by_hand(const struct more *more, const struct amending_line *lines, size_t count, enum amendment_when when, int days)
{
    struct contract c = contract_signed();
    struct contract_drafting d;
    struct amending by_hand;
    struct offer offer;

    contract_with(&c, more);
    days_left(&c, days);
    by_hand = wished_lines(&c, lines, count, when);
    GOOD(preview_amendment(c.ctx, &by_hand));
    CU_ASSERT_PTR_NULL(by_hand.refusal);
    d = proposed(&c, lines, count, when);
    offer = accepted(c.ctx, &d);
    SAME_NUMBER(offer.totals.today.gross_minor, by_hand.planned ? 0 : by_hand.charged.gross_minor);
    SAME_NUMBER(offer.given_back_minor, by_hand.planned ? 0 : by_hand.credited_minor);
    SAME_NUMBER(offer.effective_on, by_hand.effective_on);
    SAME_NUMBER(offer.change->after.period_minor, by_hand.after.period_minor);
    SAME_NUMBER(offer.change->after.mrr_e4, by_hand.after.mrr_e4);
    if (!by_hand.planned)
        SAME_NUMBER(contract_now(&c).period_minor, by_hand.after.period_minor);
    SAME_NUMBER(contract_bills(&c), by_hand.after.period_minor);
    books_are_sound(c.ctx);
}

TEST(upselling, tiers_amounts_off_and_lines_that_go_come_to_what_the_same_change_by_hand_does)
{
    const struct more graduated = {.quantity_e4 = 40000, .model = "graduated", .tiers = "30000:100000:0;*:80000:0"};
    const struct more off = {.quantity_e4 = 10000, .unit_price_e4 = 310000, .discount_minor = 500};
    const struct amending_line more_tiers[] = {{.act = AMENDING_SET, .slot = 2, .quantity_e4 = 70000}};
    const struct amending_line both[] = {{.act = AMENDING_SET, .slot = 1, .quantity_e4 = 90000}, {.act = AMENDING_REMOVE, .slot = 2}};
    const struct amending_line doubled[] = {{.act = AMENDING_SET, .slot = 2, .quantity_e4 = 20000}};

    same_by_hand(&graduated, more_tiers, 1, AMENDMENT_AT_ONCE, 18);
    same_by_hand(&graduated, more_tiers, 1, AMENDMENT_AT_PERIOD_END, 18);
    same_by_hand(&graduated, both, 2, AMENDMENT_AT_ONCE, 11);
    same_by_hand(&off, doubled, 1, AMENDMENT_AT_ONCE, 7);
    same_by_hand(&off, both, 2, AMENDMENT_AT_ONCE, 29);
}

TEST(upselling, what_must_never_be_is_refused_by_the_schema)
{
    struct contract c = contract_signed();
    struct contract other = {.ctx = c.ctx, .w = c.w};
    struct contract_drafting d;
    struct amending nothing = wished_lines(&c, (const struct amending_line[]){{.act = AMENDING_SET, .slot = 1, .quantity_e4 = 50000}}, 1, AMENDMENT_AT_ONCE);
    struct contract_drafting refused = {.subscription_id = c.s.id, .owner_id = c.w.user_id};
    long long quote_id;

    contract_signs(&other);
    days_left(&c, 18);
    GOOD(draft_upsell(c.ctx, &refused, &nothing, NO_ONCE));
    CU_ASSERT_PTR_NOT_NULL(nothing.refusal); /* it changes nothing: no quote is made */
    SAME_NUMBER(refused.quote_id, 0);
    d = proposed(&c, eight, 1, AMENDMENT_AT_ONCE);
    quote_id = (long long)d.quote_id;
    as_owner_refused(c.ctx, arena_printf(c.ctx->arena, "UPDATE quote SET kind = 'renewal', takes_effect = NULL, made_from = NULL, made_from_on = NULL, gives_back = 0 WHERE id = %lld", quote_id));
    as_owner_refused(c.ctx, arena_printf(c.ctx->arena, "UPDATE quote SET takes_effect = 'period_end' WHERE id = %lld", quote_id));
    as_owner_refused(c.ctx, arena_printf(c.ctx->arena, "UPDATE quote SET contract_id = %lld WHERE id = %lld", (long long)other.s.id, quote_id));
    as_owner_refused(c.ctx, arena_printf(c.ctx->arena, "INSERT INTO quote_line (version_id, position, kind, description, quantity_e4, unit_price_e4, tax_class, contract_line_id) "
        "SELECT v.id, 9, 'recurring', 'x', 10000, 1, 'standard', (SELECT MIN(id) FROM subscription_line WHERE subscription_id = %lld) FROM quote_version v WHERE v.quote_id = %lld",
        (long long)other.s.id, quote_id));
    as_owner_refused(c.ctx, arena_printf(c.ctx->arena, "UPDATE quote_line l JOIN quote_version v ON v.id = l.version_id SET l.contract_line_id = NULL WHERE v.quote_id = %lld", quote_id));
    CU_ASSERT_EQUAL(owner_runs(c.ctx, arena_printf(c.ctx->arena, "INSERT INTO quote_line (version_id, position, kind, description, quantity_e4, unit_price_e4, tax_class, contract_line_id) "
        "SELECT v.id, 9, 'recurring', 'x', 10000, 1, 'standard', (SELECT MIN(id) FROM subscription_line WHERE subscription_id = %lld) FROM quote_version v WHERE v.quote_id = %lld",
        (long long)c.s.id, quote_id)), ERR_DUPLICATE); /* it goes on once */
    ctx_forget_error(c.ctx);
    books_are_sound(c.ctx);
}
