/* amending_prices: changes of a contract with every kind of price: tiers, amounts off, announced prices, in arrears, by use. */
#include "contract.h"

#include "store/unit.h"

static const struct amending_line eight[] = {{.act = AMENDING_SET, .slot = 1, .quantity_e4 = 80000}};
static const struct amending_line three[] = {{.act = AMENDING_SET, .slot = 1, .quantity_e4 = 30000}};

static const struct more at_ten_cents = {.quantity_e4 = 10000, .unit_price_e4 = 1000, .timing = "usage"};

TEST(amending_prices, tiers_are_charged_and_given_back_by_what_they_cost)
{
    const struct amending_line fifteen = {.act = AMENDING_SET, .slot = 2, .quantity_e4 = 150000};
    const struct amending_line back = {.act = AMENDING_SET, .slot = 2, .quantity_e4 = 80000};
    struct contract c = contract_signed();
    struct amending a;
    int64_t before;
    int64_t share;

    /* 10.00 each up to 10, then 5.00 each: 8 cost 80.00, 15 cost 125.00 */
    contract_with(&c, &(struct more){.quantity_e4 = 80000, .model = "graduated", .tiers = "100000:100000:0;*:50000:0"});
    before = contract_net(&c);
    SAME_NUMBER(before, 6000 + 6000 + 8000);
    days_left(&c, 10);
    a = contract_changed(&c, &fifteen, 1, AMENDMENT_AT_ONCE);
    share = share_of(&c, 4500, 10);
    SAME_NUMBER(a.charged.net_minor, share);
    SAME_NUMBER(contract_now(&c).period_minor, 6000 + 12500);
    a = contract_changed(&c, &back, 1, AMENDMENT_AT_ONCE); /* the day comes to nothing */
    SAME_NUMBER(contract_net(&c), before);
    a = contract_changed(&c, &fifteen, 1, AMENDMENT_AT_ONCE);
    days_left(&c, 4);
    a = contract_changed(&c, &back, 1, AMENDMENT_AT_ONCE); /* 45 of 125 of what both invoices hold for 4 days */
    SAME_NUMBER(a.credited_net_minor, money_scale(share_of(&c, 8000, 4) + money_scale(share, 4, 10, ROUND_HALF_AWAY), 4500, 12500, ROUND_HALF_AWAY));
    SAME_NUMBER(contract_bills(&c), 6000 + 8000);
    books_are_sound(c.ctx);
}

TEST(amending_prices, more_can_cost_less_where_the_volume_prices_it)
{
    const struct amending_line ten = {.act = AMENDING_SET, .slot = 2, .quantity_e4 = 100000};
    struct contract c = contract_signed();
    struct amending a;

    contract_with(&c, &(struct more){.quantity_e4 = 90000, .model = "volume", .tiers = "90000:120000:0;*:100000:0"}); /* 9 at 12.00, 10 at 10.00 */
    days_left(&c, 10);
    a = contract_changed(&c, &ten, 1, AMENDMENT_AT_ONCE);
    SAME_NUMBER(a.charged.net_minor, 0);
    SAME_NUMBER(a.credited_net_minor, money_scale(share_of(&c, 10800, 10), 800, 10800, ROUND_HALF_AWAY));
    SAME_NUMBER(contract_bills(&c), 6000 + 10000);
    books_are_sound(c.ctx);
}

TEST(amending_prices, an_amount_off_a_line_counts_once_and_goes_on)
{
    const struct amending_line two = {.act = AMENDING_SET, .slot = 2, .quantity_e4 = 20000};
    struct contract c = contract_signed();
    struct amending a;

    contract_with(&c, &(struct more){.quantity_e4 = 10000, .unit_price_e4 = 200000, .discount_minor = 500, .discount_periods = 3}); /* the first of the three went by unbilled */
    SAME_NUMBER(contract_net(&c), 6000 + 6000 + 1500);
    days_left(&c, 10);
    a = contract_changed(&c, &two, 1, AMENDMENT_AT_ONCE);
    SAME_NUMBER(a.charged.net_minor, share_of(&c, 2000, 10));
    contract_renewed(&c);
    SAME_NUMBER(c.s.period_minor, 6000 + 3500); /* the last of three */
    contract_renewed(&c);
    SAME_NUMBER(c.s.period_minor, 6000 + 4000);
    books_are_sound(c.ctx);
}

TEST(amending_prices, discounts_of_the_document_are_taken_off_and_do_not_restart)
{
    struct contract c = contract_signed();
    struct amending a;

    contract_discounted(&c, "100000:0:3:;0:500:0:"); /* 10 % for three periods, then 5.00 for ever */
    contract_renewed(&c);
    SAME_NUMBER(contract_net(&c), 6000 + 5400 - 500);
    days_left(&c, 10);
    a = contract_changed(&c, eight, 1, AMENDMENT_AT_ONCE); /* 36.00 less 10 %; the amount was taken already */
    SAME_NUMBER(a.charged.net_minor, share_of(&c, 3240, 10));
    SAME_NUMBER(contract_now(&c).period_minor, 8640 - 500);
    /* a pause uses no period up: the third of three comes after it */
    a = amend(&c, AMENDMENT_PAUSE, AMENDMENT_AT_ONCE);
    c.ctx->today_on += 70;
    a = amend(&c, AMENDMENT_RESUME, AMENDMENT_AT_ONCE);
    SAME_NUMBER(contract_bills(&c), 8640 - 500);
    SAME_NUMBER(contract_bills(&c), 9600 - 500);
    books_are_sound(c.ctx);
}

/* P11 with 5.00 off the document: the amount goes over to the line that takes the other's place. */
TEST(amending_prices, P11_with_an_amount_off_the_document_is_still_the_direct_difference)
{
    struct contract c = contract_begun();
    struct amending a;
    int64_t dear_id;

    dear_id = contract_product(c.ctx, "Pro", (struct price[]){{.plan_id = c.w.monthly_id, .currency = "EUR", .unit_price_e4 = 790000}}, 1);
    contract_signs(&c);
    contract_discounted(&c, "0:500:0:");
    contract_renewed(&c);
    days_left(&c, 18);
    a = contract_changed(&c, (const struct amending_line[]){{.act = AMENDING_REMOVE, .slot = 1},
                                                            {.act = AMENDING_ADD, .product_id = dear_id, .quantity_e4 = 10000}}, 2, AMENDMENT_AT_ONCE);
    SAME_NUMBER(a.credited_net_minor, share_of(&c, 5500, 18));
    SAME_NUMBER(a.charged.net_minor, share_of(&c, 7400, 18));
    SAME_NUMBER(contract_now(&c).period_minor, 7400);
    books_are_sound(c.ctx);
}

TEST(amending_prices, an_announced_price_goes_on_in_the_changed_line_and_can_still_be_undone)
{
    struct contract c = contract_signed();
    struct price_revision revision = {.kind = "percent", .currency = "EUR", .product_id = c.w.licence_id, .change_ppm = 100000, .notice_days = 5, .reason = "x"};
    struct revising_result revised;
    struct amending a;

    c.ctx->today_on += 2;
    GOOD(announce_revision(c.ctx, &revision, NO_ONCE, &revised));
    CU_ASSERT_FALSE(revised.none);
    days_left(&c, 10);
    a = contract_changed(&c, eight, 1, AMENDMENT_AT_ONCE);
    SAME_NUMBER(a.announced_on, c.s.due_on);
    SAME_NUMBER(a.charged.net_minor, share_of(&c, 3600, 10));
    a = contract_changed(&c, three, 1, AMENDMENT_AT_PERIOD_END); /* on the very day of the new price */
    SAME_NUMBER(contract_bills(&c), 3960); /* 3 at 13.20 */
    /* undone before its day: the line goes on at the old price, in the new quantity */
    c.s = signed_up(c.ctx, &c.w);
    c.ctx->today_on += 2;
    GOOD(announce_revision(c.ctx, &revision, NO_ONCE, &revised));
    a = contract_changed(&c, eight, 1, AMENDMENT_AT_ONCE);
    GOOD(undo_revision(c.ctx, revised.id, NO_ONCE, &revised));
    CU_ASSERT_FALSE(revised.stale);
    SAME_NUMBER(contract_bills(&c), 9600);
    /* a pause takes it along: from the first boundary after it */
    c.ctx->today_on += 2;
    GOOD(announce_revision(c.ctx, &revision, NO_ONCE, &revised));
    a = amend(&c, AMENDMENT_PAUSE, AMENDMENT_AT_ONCE);
    c.ctx->today_on += 10;
    a = amend(&c, AMENDMENT_RESUME, AMENDMENT_AT_ONCE);
    contract_now(&c);
    SAME_NUMBER(c.s.period_minor, 9600);
    SAME_NUMBER(a.announced_on, c.s.due_on);
    SAME_NUMBER(contract_bills(&c), 10560);
    books_are_sound(c.ctx);
}

static void report(const struct contract *c, int32_t on, int64_t quantity_e4)
{
    struct usage_report r = {.subscription_id = c->s.id, .slot = 2, .used_on = on, .quantity_e4 = quantity_e4, .reference = ""};

    GOOD(report_usage(c->ctx, &r, NO_ONCE));
    SAME_NUMBER(r.refusal, USAGE_ACCEPTED);
}

TEST(amending_prices, what_was_used_is_billed_at_a_pause_an_end_and_another_recurrence)
{
    static const enum amendment_kind kinds[] = {AMENDMENT_PAUSE, AMENDMENT_CLOSE, AMENDMENT_LINES};

    for (size_t i = 0; i < 3; i++) {
        struct contract c = contract_signed();
        struct amending a;

        contract_with(&c, &at_ten_cents);
        c.ctx->today_on += 8;
        report(&c, c.ctx->today_on - 3, 1200000);
        report(&c, c.ctx->today_on, 300000); /* the day itself too */
        a = wished(&c.s, kinds[i], AMENDMENT_AT_ONCE);
        a.credit = false;
        a.plan_id = kinds[i] == AMENDMENT_LINES ? c.w.yearly_id : 0;
        preview_then_make(c.ctx, &a);
        SAME_NUMBER(a.charged.net_minor, 1500 + (kinds[i] == AMENDMENT_LINES ? 60000 + 12000 : 0)); /* the plan prices the product in advance */
        if (kinds[i] == AMENDMENT_PAUSE) { /* and not again */
            c.ctx->today_on += 30;
            a = amend(&c, AMENDMENT_RESUME, AMENDMENT_AT_ONCE);
            report(&c, c.ctx->today_on, 100000);
            SAME_NUMBER(contract_bills(&c), 6000 + 100);
        }
        books_are_sound(c.ctx);
    }
}

TEST(amending_prices, a_metered_line_has_no_quantity_and_does_not_go_with_the_day_s_usage)
{
    const struct amending_line two = {.act = AMENDING_SET, .slot = 2, .quantity_e4 = 20000};
    const struct amending_line gone = {.act = AMENDING_REMOVE, .slot = 2};
    struct contract c = contract_signed();
    struct amending a;

    contract_with(&c, &at_ten_cents);
    c.ctx->today_on += 8;
    a = wished_lines(&c, &two, 1, AMENDMENT_AT_ONCE);
    GOOD(make_amendment(c.ctx, &a, NO_ONCE));
    SAME_NUMBER(a.refused_at, AMENDING_AT_LINE);
    report(&c, c.ctx->today_on, 300000);
    a = wished_lines(&c, &gone, 1, AMENDMENT_AT_ONCE);
    GOOD(make_amendment(c.ctx, &a, NO_ONCE));
    SAME_NUMBER(a.refused_at, AMENDING_AT_DAY);
    c.ctx->today_on++;
    a = contract_changed(&c, &gone, 1, AMENDMENT_AT_ONCE);
    SAME_NUMBER(contract_bills(&c), 6000 + 300);
    books_are_sound(c.ctx);
}

/* P24 through the batch: one unit for 10 days, two for 11, three for the rest, billed afterwards. */
TEST(amending_prices, P24_quantities_in_arrears_come_to_the_rounded_whole)
{
    struct contract c = contract_signed();
    int32_t begin_on;
    int32_t days;

    contract_with(&c, &(struct more){.quantity_e4 = 10000, .unit_price_e4 = 1000000, .timing = "arrears"});
    begin_on = c.ctx->today_on;
    days = c.s.due_on - begin_on;
    for (int i = 2; i <= 3; i++) {
        const struct amending_line line = {.act = AMENDING_SET, .slot = 2, .quantity_e4 = i * 10000};
        struct amending a = wished_lines(&c, &line, 1, AMENDMENT_AT_ONCE);

        c.ctx->today_on = begin_on + (i == 2 ? 10 : 21);
        preview_then_make(c.ctx, &a);
        SAME_NUMBER(a.step_count, 0);
    }
    SAME_NUMBER(contract_bills(&c), 6000 + (int64_t)((10000 * 10 + 20000 * 11 + 30000 * (days - 21) + days / 2) / days));
    books_are_sound(c.ctx);
}

/* P06 through the store: in arrears from the 1st, 100.00 becomes 200.00 on the 15th of a month of 31 days. Nothing moves on
 * the day; the month is billed in two parts, and the next one whole. */
TEST(amending_prices, P06_another_price_in_arrears_is_billed_in_its_parts)
{
    struct contract c = contract_begun();
    struct product service = {.code = unique(c.ctx, "P"), .name = "Stockage", .description = "", .kind = "service", .unit = "", .timing = "arrears",
                              .tax_class = "standard", .state = "active"};
    struct price price = {.plan_id = c.w.monthly_id, .currency = "EUR", .unit_price_e4 = 200000};
    struct amending_line lines[2] = {{.act = AMENDING_REMOVE, .slot = 1}, {.act = AMENDING_ADD, .quantity_e4 = 10000}};
    struct catalogue_result saved;
    struct amending a;
    int32_t month_on = date_next_month(c.ctx->today_on);

    while (date_next_month(month_on) - month_on != 31)
        month_on = date_next_month(month_on);
    GOOD(change_product(c.ctx, &service, &price, 1, NO_ONCE, &saved));
    c.w.licence_id = saved.id; /* five at 20.00 */
    service = (struct product){.code = unique(c.ctx, "P"), .name = "Stockage rapide", .description = "", .kind = "service", .unit = "", .timing = "arrears",
                               .tax_class = "standard", .state = "active"};
    price.unit_price_e4 = 2000000;
    GOOD(change_product(c.ctx, &service, &price, 1, NO_ONCE, &saved));
    lines[1].product_id = saved.id;
    c.ctx->today_on = month_on;
    c.s = signed_up_at(c.ctx, &c.w, 200000);
    SAME_NUMBER(contract_net(&c), 0);
    c.ctx->today_on = month_on + 14;
    a = contract_changed(&c, lines, 2, AMENDMENT_AT_ONCE);
    SAME_NUMBER(a.step_count, 0);
    SAME_NUMBER(contract_net(&c), 0);
    contract_run(&c, date_next_month(month_on));
    SAME_NUMBER(contract_net(&c), 4516 + 10968);
    contract_run(&c, date_add_months(month_on, 2));
    SAME_NUMBER(contract_net(&c), 4516 + 10968 + 20000);
    books_are_sound(c.ctx);
}

/* What is counted in a unit says it in the plural on the quote, the contract and its invoices; its words stay. */
TEST(amending_prices, a_unit_has_a_plural_on_every_document)
{
    static const struct statement rename = {"test_unit", "UPDATE subscription_line SET unit = ? WHERE subscription_id = ?", NOTHING};
    struct contract c = contract_signed();
    struct unit unit = {.name = unique(c.ctx, "u"), .plural = "", .numerator = 1, .denominator = 1, .code = "C62"};
    struct catalogue_result saved;
    struct subscription_line *lines;
    struct invoice_list_row *invoices;
    struct invoice_line_row *billed;
    struct contract_drafting drafted = {.owner_id = c.w.user_id};
    struct quote_line *offered;
    struct offer offer;
    size_t count;
    char *several = unique(c.ctx, "s");
    bool told = false;

    contract_with(&c, &(struct more){.quantity_e4 = 120000, .model = "flat", .unit_price_e4 = 900000});
    GOOD(db_write(c.ctx, &rename, PARAMS(P_TEXT(unit.name), P_I64(c.s.id)), NULL));
    GOOD(subscription_lines(c.ctx, c.s.id, c.s.id + 1, &lines, &count));
    SAME_TEXT(lines[0].unit_plural, ""); /* of a unit that nobody has made */
    GOOD(change_unit(c.ctx, &unit, NO_ONCE, &saved));
    GOOD(unit_by_name(c.ctx, unit.name, &unit));
    unit.plural = several; /* said later, once */
    GOOD(change_unit(c.ctx, &unit, NO_ONCE, &saved));
    GOOD(unit_by_name(c.ctx, unit.name, &unit));
    SAME_TEXT(unit.plural, several);
    as_owner_refused(c.ctx, arena_printf(c.ctx->arena, "UPDATE unit SET plural = 'x' WHERE id = %lld", (long long)unit.id));
    as_owner_refused(c.ctx, arena_printf(c.ctx->arena, "UPDATE unit SET name = 'x' WHERE id = %lld", (long long)unit.id));
    GOOD(subscription_lines(c.ctx, c.s.id, c.s.id + 1, &lines, &count));
    SAME_TEXT(lines[0].unit_plural, several);
    contract_run(&c, c.s.due_on);
    GOOD(invoice_list(c.ctx, "", 0, c.s.id, 0, 1, &invoices, &count));
    GOOD(invoice_lines(c.ctx, invoices[0].id, &billed, &count));
    SAME_TEXT(billed[0].unit_plural, several);
    for (size_t i = 0; i < count; i++)
        told = told || strstr(billed[i].description, arena_printf(c.ctx->arena, "12 %s", several)) != NULL; /* one price for twelve */
    CU_ASSERT_TRUE(told);
    drafted.subscription_id = c.s.id;
    GOOD(draft_renewal(c.ctx, &drafted, NO_ONCE));
    GOOD(load_offer_to_edit(c.ctx, drafted.number, &offer));
    GOOD(quote_lines(c.ctx, offer.version.id, &offered, &count));
    SAME_TEXT(offered[0].unit_plural, several);
    books_are_sound(c.ctx);
}

/*  10 days before the boundary    the boundary        the next
 *  25.00 less 10 %, its share     less 10 %           the whole price: the discount was for two periods   */
TEST(amending_prices, a_line_is_added_at_the_sellers_price_with_a_discount_for_two_periods)
{
    struct contract c = contract_signed();
    const struct amending_line own = {.act = AMENDING_ADD, .product_id = c.w.option_id, .quantity_e4 = 10000, .own_price = true, .unit_price_e4 = 250000,
                                      .discount_ppm = 100000, .discount_periods = 2};
    struct amending a;

    days_left(&c, 10);
    a = contract_changed(&c, &own, 1, AMENDMENT_AT_ONCE);
    SAME_NUMBER(a.charged.net_minor, share_of(&c, 2250, 10));
    SAME_NUMBER(contract_now(&c).period_minor, 6000 + 2250);
    SAME_NUMBER(contract_bills(&c), 6000 + 2250);
    SAME_NUMBER(contract_bills(&c), 6000 + 2500);
    books_are_sound(c.ctx);
}

TEST(amending_prices, an_amount_off_what_is_added_waits_with_it_and_is_undone_with_it)
{
    struct contract c = contract_signed();
    const struct amending_line own = {.act = AMENDING_ADD, .product_id = c.w.option_id, .quantity_e4 = 20000, .own_price = true, .unit_price_e4 = 0};
    const struct amending_line less = {.act = AMENDING_ADD, .product_id = c.w.option_id, .quantity_e4 = 10000, .discount_minor = 600};
    const struct amending_line once = {.act = AMENDING_ADD_ONCE, .product_id = c.w.setup_id, .quantity_e4 = 10000, .own_price = true, .unit_price_e4 = 400000,
                                       .discount_minor = 1500, .discount_periods = 7};
    struct subscription_line *lines;
    struct undoing undoing;
    struct amending a;
    size_t count;

    c.ctx->today_on += 2;
    a = contract_changed(&c, &once, 1, AMENDMENT_AT_ONCE); /* 40.00 less 15.00 */
    SAME_NUMBER(a.charged.net_minor, 2500);
    SAME_NUMBER(contract_net(&c), 6000 + 2500);
    a = contract_changed(&c, &less, 1, AMENDMENT_AT_PERIOD_END); /* 31.00 less 6.00 from the boundary on */
    SAME_NUMBER(a.after.period_minor, 6000 + 2500);
    GOOD(undo_amendment(c.ctx, c.s.id, a.amendment_id, NO_ONCE, &undoing));
    CU_ASSERT_PTR_NULL(undoing.refusal);
    a = contract_changed(&c, &less, 1, AMENDMENT_AT_PERIOD_END);
    SAME_NUMBER(contract_bills(&c), 6000 + 2500);
    a = contract_changed(&c, &own, 1, AMENDMENT_AT_ONCE); /* free of charge is a price */
    SAME_NUMBER(a.charged.net_minor, 0);
    GOOD(subscription_lines(c.ctx, c.s.id, c.s.id + 1, &lines, &count));
    SAME_NUMBER(count, 3);
    SAME_NUMBER(lines[1].discount_minor, 600);
    SAME_NUMBER(lines[2].unit_price_e4, 0);
    books_are_sound(c.ctx);
}
