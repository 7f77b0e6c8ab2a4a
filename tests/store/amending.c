/* amending: changes of a contract against a real database: previewed, applied, planned, undone, billed on, in the books. */
#include "contract.h"
#include "service/deferring.h"
#include "service/renewal_preview.h"
#include "service/renewing.h"

static const struct amending_line eight[] = {{.act = AMENDING_SET, .slot = 1, .quantity_e4 = 80000}};
static const struct amending_line three[] = {{.act = AMENDING_SET, .slot = 1, .quantity_e4 = 30000}};

/* What ran is billed with the end, and counted as billed. */
TEST(amending, an_end_at_once_bills_what_runs_afterwards_and_counts_it)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct product storage = {.code = contract_name(ctx, "P"), .name = "Stockage", .description = "", .kind = "service", .unit = "", .timing = "arrears",
                              .tax_class = "standard", .state = "active"};
    struct price price = {.plan_id = w.monthly_id, .currency = "EUR", .unit_price_e4 = 310000};
    struct catalogue_result saved;
    struct subscription s;
    struct amending a;
    size_t count;

    GOOD(change_product(ctx, &storage, &price, 1, NO_ONCE, &saved));
    w.licence_id = saved.id;
    s = signed_on_the_fifteenth(ctx, &w);
    ctx->today_on += 10;
    a = wished(&s, AMENDMENT_CLOSE, AMENDMENT_AT_ONCE);
    a.agreed = true;
    preview_then_make(ctx, &a);
    CU_ASSERT_TRUE(contract_net(ctx, &s, &count) > 0);
    s = contract_now(ctx, &s);
    SAME_TEXT(s.state, "ended");
    SAME_NUMBER(s.arrears_index, 1);
    books_are_sound(ctx);
}

TEST(amending, P09_an_upsell_is_charged_its_share_and_billed_in_full_from_then_on)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s;
    struct amending a;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);
    int64_t share;
    size_t count;

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    ctx->today_on = end_on - 18;
    a = wished(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.lines = eight;
    a.line_count = 1;
    preview_then_make(ctx, &a);
    share = money_scale(3600, 18, end_on - begin_on, ROUND_HALF_AWAY);
    SAME_NUMBER(a.charged.net_minor, share);
    SAME_NUMBER(a.step_count, 1);
    SAME_NUMBER(a.steps[0].days, 18);
    s = contract_now(ctx, &s);
    SAME_NUMBER(s.period_minor, 9600);
    SAME_NUMBER(s.mrr_e4, 960000);
    SAME_NUMBER(s.due_on, end_on);
    contract_run(ctx, end_on);
    SAME_NUMBER(contract_net(ctx, &s, &count), 6000 + share + 9600);
    SAME_NUMBER(count, 3);
    books_are_sound(ctx);
}

TEST(amending, less_at_the_period_end_costs_nothing_and_can_be_undone_until_then)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s;
    struct amending a, again;
    struct undoing undoing;
    struct renewal_preview next;
    struct amendment_row *rows;
    size_t count;
    int32_t begin_on = fifteenth(ctx);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    a = wished(&s, AMENDMENT_LINES, AMENDMENT_AT_PERIOD_END);
    a.lines = three;
    a.line_count = 1;
    preview_then_make(ctx, &a);
    CU_ASSERT_TRUE(a.planned);
    SAME_NUMBER(contract_net(ctx, &s, &count), 6000);
    again = a;
    GOOD(make_amendment(ctx, &again, NO_ONCE));
    CU_ASSERT_PTR_NOT_NULL(again.refusal); /* one at a time */
    GOOD(undo_amendment(ctx, s.id, a.amendment_id, NO_ONCE, &undoing));
    CU_ASSERT_PTR_NULL(undoing.refusal);
    GOOD(undo_amendment(ctx, s.id, a.amendment_id, NO_ONCE, &undoing));
    CU_ASSERT_PTR_NOT_NULL(undoing.refusal);
    GOOD(make_amendment(ctx, &again, NO_ONCE));
    CU_ASSERT_PTR_NULL(again.refusal);
    s = contract_now(ctx, &s);
    SAME_NUMBER(s.period_minor, 6000);
    GOOD(preview_renewal(ctx, &s, &next)); /* the next invoice knows what waits */
    SAME_NUMBER(next.net_minor, 3600);
    contract_run(ctx, date_add_months(begin_on, 1));
    SAME_NUMBER(contract_now(ctx, &s).period_minor, 3600);
    SAME_NUMBER(contract_net(ctx, &s, &count), 6000 + 3600);
    GOOD(undo_amendment(ctx, s.id, again.amendment_id, NO_ONCE, &undoing));
    CU_ASSERT_PTR_NOT_NULL(undoing.refusal);
    GOOD(amendments_of(ctx, s.id, 10, &rows, &count));
    SAME_NUMBER(count, 2);
    SAME_TEXT(rows[0].state, "applied");
    SAME_TEXT(rows[1].state, "undone");
    SAME_NUMBER(rows[0].mrr_before_e4, 600000);
    SAME_NUMBER(rows[0].mrr_after_e4, 360000);
    books_are_sound(ctx);
}

TEST(amending, less_now_gives_back_its_share_of_the_invoice)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s;
    struct amending a;
    struct credit_balance *balances;
    size_t count;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    ctx->today_on = end_on - 10;
    a = wished(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.lines = three;
    a.line_count = 1;
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.credited_net_minor, money_scale(money_scale(6000, 10, end_on - begin_on, ROUND_HALF_AWAY), 2, 5, ROUND_HALF_AWAY));
    GOOD(credit_balances(ctx, w.customer_id, &balances, &count));
    SAME_NUMBER(count, 0); /* its invoice was open: it asks less now */
    /* R11: back to five on the same day: nothing was changed, to the cent */
    a.lines = (const struct amending_line[]){{.act = AMENDING_SET, .slot = 1, .quantity_e4 = 50000}};
    preview_then_make(ctx, &a);
    SAME_NUMBER(contract_net(ctx, &s, &count), 6000);
    contract_run(ctx, end_on);
    SAME_NUMBER(contract_net(ctx, &s, &count), 12000);
    books_are_sound(ctx);
}

TEST(amending, options_come_and_go_and_a_thing_is_sold_once)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s;
    struct amending a;
    struct subscription_line *lines;
    size_t count;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    ctx->today_on = end_on - 10;
    a = wished(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.lines = (const struct amending_line[]){{.act = AMENDING_ADD, .product_id = w.option_id, .quantity_e4 = 10000},
                                             {.act = AMENDING_ADD_ONCE, .product_id = w.setup_id, .quantity_e4 = 20000}};
    a.line_count = 2;
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.charged.net_minor, money_scale(3100, 10, end_on - begin_on, ROUND_HALF_AWAY) + 10000);
    GOOD(subscription_lines(ctx, s.id, s.id + 1, &lines, &count));
    SAME_NUMBER(count, 2);
    SAME_NUMBER(contract_now(ctx, &s).period_minor, 9100);
    a.lines = (const struct amending_line[]){{.act = AMENDING_REMOVE, .slot = lines[1].position}};
    a.line_count = 1;
    preview_then_make(ctx, &a);
    SAME_NUMBER(contract_net(ctx, &s, &count), 6000 + 10000); /* the option came and went on one day */
    SAME_NUMBER(contract_now(ctx, &s).period_minor, 6000);
    contract_run(ctx, end_on);
    SAME_NUMBER(contract_net(ctx, &s, &count), 16000 + 6000);
    books_are_sound(ctx);
}

TEST(amending, P16_from_the_month_to_the_year_in_one_change)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s;
    struct amending a;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);
    size_t count;

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    ctx->today_on = end_on - 18;
    a = wished(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.plan_id = w.yearly_id;
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.credited_net_minor, money_scale(6000, 18, end_on - begin_on, ROUND_HALF_AWAY));
    SAME_NUMBER(a.charged.net_minor, 60000);
    s = contract_now(ctx, &s);
    SAME_TEXT(s.unit, "year");
    SAME_NUMBER(s.anchor_on, end_on - 18);
    SAME_NUMBER(s.due_on, date_add_months(end_on - 18, 12));
    SAME_NUMBER(s.mrr_e4, 500000);
    SAME_NUMBER(s.plan_id, w.yearly_id);
    contract_run(ctx, end_on);
    (void)contract_net(ctx, &s, &count);
    SAME_NUMBER(count, 3); /* the old period is not billed again */
    contract_run(ctx, date_add_months(end_on - 18, 12));
    SAME_NUMBER(contract_net(ctx, &s, &count), 6000 - a.credited_net_minor + 120000);
    books_are_sound(ctx);
    /* a line without a price in the plan is said, nothing is done */
    s = signed_up(ctx, &w);
    a = wished(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.lines = (const struct amending_line[]){{.act = AMENDING_ADD, .product_id = w.option_id, .quantity_e4 = 10000}};
    a.line_count = 1;
    preview_then_make(ctx, &a);
    a = wished(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.plan_id = w.yearly_id;
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    SAME_NUMBER(a.refused_at, AMENDING_AT_PLAN);
}

TEST(amending, P18_a_pause_banks_days_and_the_anchor_moves)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s;
    struct amending a;
    struct contract_on then;
    size_t count;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    ctx->today_on = end_on - 21;
    a = wished(&s, AMENDMENT_PAUSE, AMENDMENT_AT_ONCE);
    a.resume_on = end_on + 66;
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.banked_days, 21);
    s = contract_now(ctx, &s);
    SAME_TEXT(s.state, "paused");
    SAME_NUMBER(s.mrr_e4, 0);
    SAME_NUMBER(s.due_on, DATE_NONE);
    for (int32_t on = end_on; on < end_on + 66; on += 11)
        contract_run(ctx, on);
    (void)contract_net(ctx, &s, &count);
    SAME_NUMBER(count, 1);
    contract_run(ctx, end_on + 66); /* by itself */
    s = contract_now(ctx, &s);
    SAME_TEXT(s.state, "active");
    SAME_NUMBER(s.due_on, end_on + 66 + 21);
    SAME_NUMBER(s.mrr_e4, 600000);
    GOOD(contract_on(ctx, &s, end_on, &then));
    CU_ASSERT_TRUE(then.paused);
    SAME_NUMBER(then.mrr_e4, 0);
    GOOD(contract_on(ctx, &s, begin_on, &then));
    SAME_NUMBER(then.period_minor, 6000);
    SAME_NUMBER(then.line_count, 1);
    contract_run(ctx, end_on + 66 + 21);
    SAME_NUMBER(contract_net(ctx, &s, &count), 12000);
    books_are_sound(ctx);
}

TEST(amending, an_ended_one_goes_on_again_and_an_end_now_gives_back)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s;
    struct amending a;
    struct ending_result ending;
    size_t count;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    a = wished(&s, AMENDMENT_CLOSE, AMENDMENT_AT_PERIOD_END);
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    CU_ASSERT_PTR_NOT_NULL(a.refusal); /* a later end is service/ending's */
    GOOD(plan_end(ctx, &(struct end_request){.subscription_id = s.id, .ends_on = end_on, .once = NO_ONCE}, &ending));
    SAME_NUMBER(ending.refusal, SUBSCRIPTION_NOT_REFUSED);
    contract_run(ctx, end_on);
    s = contract_now(ctx, &s);
    SAME_TEXT(s.state, "ended");
    SAME_NUMBER(contract_net(ctx, &s, &count), 6000);
    /* back within 90 days, nothing for the time between */
    ctx->today_on = end_on + 40;
    a = amend(ctx, &s, AMENDMENT_REACTIVATE, AMENDMENT_AT_ONCE);
    contract_run(ctx, end_on + 40);
    s = contract_now(ctx, &s);
    SAME_TEXT(s.state, "active");
    SAME_NUMBER(s.due_on, date_add_months(end_on + 40, 1));
    SAME_NUMBER(contract_net(ctx, &s, &count), 12000);
    /* at once, with credit */
    ctx->today_on = s.due_on - 10;
    a = amend(ctx, &s, AMENDMENT_CLOSE, AMENDMENT_AT_ONCE);
    SAME_NUMBER(a.credited_net_minor, money_scale(6000, 10, s.due_on - end_on - 40, ROUND_HALF_AWAY));
    contract_run(ctx, s.due_on + 40);
    SAME_NUMBER(contract_net(ctx, &s, &count), 12000 - a.credited_net_minor);
    books_are_sound(ctx);
}

TEST(amending, an_early_renewal_is_billed_once_and_a_new_customer_gets_the_next_invoice)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx), other = contract_world(ctx);
    struct subscription s;
    struct amending a;
    struct invoice_list_row *rows;
    size_t count;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    a = amend(ctx, &s, AMENDMENT_RENEW, AMENDMENT_AT_ONCE);
    SAME_NUMBER(a.charged.net_minor, 6000);
    a = wished(&s, AMENDMENT_RENEW, AMENDMENT_AT_ONCE);
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    CU_ASSERT_PTR_NOT_NULL(a.refusal);
    a = wished(&s, AMENDMENT_TRANSFER, AMENDMENT_AT_ONCE);
    a.customer_id = other.customer_id;
    preview_then_make(ctx, &a);
    contract_run(ctx, end_on);
    SAME_NUMBER(contract_net(ctx, &s, &count), 12000);
    contract_run(ctx, date_add_months(begin_on, 2));
    SAME_NUMBER(contract_net(ctx, &s, &count), 18000);
    GOOD(invoice_list(ctx, "", other.customer_id, 0, 0, 10, &rows, &count));
    SAME_NUMBER(count, 1);
    books_are_sound(ctx);
}

TEST(amending, bad_wishes_are_refused_and_leave_nothing)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s;
    struct amending a;
    struct amendment_row *rows;
    size_t count;

    s = signed_on_the_fifteenth(ctx, &w);
    ctx->today_on = s.due_on;
    contract_run(ctx, s.due_on);
    a = wished(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.lines = (const struct amending_line[]){{.act = AMENDING_SET, .slot = 1, .quantity_e4 = 0}};
    a.line_count = 1;
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    SAME_NUMBER(a.refused_at, AMENDING_AT_LINE);
    a.lines = (const struct amending_line[]){{.act = AMENDING_ADD, .product_id = w.setup_id, .quantity_e4 = 10000}};
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    SAME_NUMBER(a.refused_at, AMENDING_AT_LINE); /* it has no price a month */
    a.lines = eight;
    a.when = AMENDMENT_ON_DATE;
    a.on = s.due_on - 1;
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    SAME_NUMBER(a.refused_at, AMENDING_AT_DAY);
    GOOD(amendments_of(ctx, s.id, 10, &rows, &count));
    SAME_NUMBER(count, 0);
    SAME_NUMBER(contract_net(ctx, &s, &count), 12000);
}

TEST(amending, the_database_refuses_what_must_not_be)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s;
    struct subscription_line *lines;
    struct amending a;
    size_t count;

    s = signed_on_the_fifteenth(ctx, &w);
    a = wished(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.lines = eight;
    a.line_count = 1;
    preview_then_make(ctx, &a);
    GOOD(subscription_lines(ctx, s.id, s.id + 1, &lines, &count));
    SAME_NUMBER(count, 2);
    SAME_NUMBER(lines[0].until_on, lines[0].from_on); /* it was there for no day, and stays */
    CU_ASSERT_EQUAL(end_lines(ctx, &(struct line_end){DATE_NONE, a.amendment_id, lines[0].id}, 1), ERR_DB); /* a closed line opens no more */
    ctx_forget_error(ctx);
    lines[1].from_on++;
    CU_ASSERT_EQUAL(insert_subscription_lines(ctx, &lines[1], 1), ERR_DB); /* two of one place at once */
    ctx_forget_error(ctx);
    CU_ASSERT_EQUAL(settle_amendment(ctx, &(struct amendment_row){.id = a.amendment_id, .state = "undone", .settled_at = 1, .failure = ""}), ERR_CONFLICT);
    ctx_forget_error(ctx);
}

/* ---- random lives ---- */

enum { LIVES = 8, LIFE_DAYS = 400 };

/* Something, often refused. The lines of a twin stand in the same slots. */
static struct amending any_wish(struct ctx *ctx, const struct world *w, const struct subscription *s, uint64_t *state)
{
    static const enum amendment_kind kinds[] = {AMENDMENT_PAUSE, AMENDMENT_RESUME, AMENDMENT_RESUME, AMENDMENT_RENEW, AMENDMENT_REACTIVATE,
                                                AMENDMENT_CLOSE};
    struct amending a = wished(s, AMENDMENT_LINES, seeded_between(state, 0, 2) == 0 ? AMENDMENT_AT_PERIOD_END : AMENDMENT_AT_ONCE);
    struct amending_line *line = ARENA_NEW(ctx->arena, struct amending_line);
    int64_t what = seeded_between(state, 0, 11);

    *line = (struct amending_line){.act = AMENDING_SET, .slot = (int32_t)seeded_between(state, 1, 3), .quantity_e4 = seeded_between(state, 1, 20) * 5000};
    a.lines = line;
    a.line_count = 1;
    if (what == 4)
        *line = (struct amending_line){.act = AMENDING_ADD, .product_id = w->option_id, .quantity_e4 = seeded_between(state, 1, 3) * 10000};
    if (what == 5)
        *line = (struct amending_line){.act = AMENDING_REMOVE, .slot = (int32_t)seeded_between(state, 1, 5)};
    if (what == 6) {
        a.plan_id = seeded_between(state, 0, 1) == 0 ? w->yearly_id : w->monthly_id;
        a.keep_anchor = seeded_between(state, 0, 1) == 0;
    }
    if (what > 6) {
        a.kind = kinds[seeded_between(state, 0, 5)];
        a.line_count = 0;
        if (a.kind != AMENDMENT_PAUSE && a.kind != AMENDMENT_CLOSE)
            a.when = AMENDMENT_AT_ONCE;
        if (a.kind == AMENDMENT_PAUSE && seeded_between(state, 0, 1) == 0)
            a.resume_on = ctx->today_on + (int32_t)seeded_between(state, 10, 90);
    }
    a.credit = true;
    return a;
}

/* Every document of a life in the order of its issue: net, VAT, kind. */
static void same_documents(struct ctx *ctx, const struct subscription *daily, const struct subscription *lazy)
{
    struct invoice_list_row *a, *b;
    size_t a_count, b_count;

    GOOD(invoice_list(ctx, "", 0, daily->id, 0, 1000, &a, &a_count));
    GOOD(invoice_list(ctx, "", 0, lazy->id, 0, 1000, &b, &b_count));
    SAME_NUMBER(a_count, b_count);
    for (size_t i = 0; i < a_count && i < b_count; i++) {
        struct invoice one, other;

        GOOD(invoice_by_id(ctx, a[i].id, &one));
        GOOD(invoice_by_id(ctx, b[i].id, &other));
        SAME_TEXT(one.kind, other.kind);
        SAME_NUMBER(one.net_minor, other.net_minor);
        SAME_NUMBER(one.total_minor, other.total_minor);
    }
}

struct released {
    int64_t invoice_id;
    int64_t left_minor;
};

static enum err sum_deferred(struct ctx *ctx, void *arg)
{
    struct released *r = arg;
    struct deferral *rows;
    size_t count;

    TRY(ctx, lock_deferrals_of(ctx, r->invoice_id, &rows, &count));
    for (size_t i = 0; i < count; i++)
        r->left_minor += rows[i].amount_minor - rows[i].recognised_minor;
    return OK;
}

/* Signed, changed, paused, ended, back again, for 400 days: a contract that is run every day and its twin that is run
 * only when something happens get the same documents to the cent. Every preview is what is issued. Then everything has
 * ended, nothing is deferred any more, and books, chains and numbers hold. */
TEST(amending, random_lives_of_400_days_run_daily_or_lazily_come_to_the_same)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct arena *kept = ctx->arena;
    struct world w = contract_world(ctx);
    struct subscription daily[LIVES], lazy[LIVES];
    uint64_t state[LIVES];
    int32_t begin_on = fifteenth(ctx);
    int64_t made = 0;
    int64_t released = 0;
    struct amending_run run = {0};

    ctx->today_on = begin_on;
    for (int i = 0; i < LIVES; i++) {
        state[i] = (uint64_t)(i + 1) * 977;
        daily[i] = signed_up(ctx, &w);
        lazy[i] = signed_up(ctx, &w);
    }
    for (int32_t on = begin_on; on < begin_on + LIFE_DAYS; on++) {
        ctx->arena = arena_new();
        ctx->today_on = on;
        GOOD(apply_amendments(ctx, &run));
        GOOD(recognise_revenue(ctx, &released));
        for (int i = 0; i < LIVES; i++) {
            GOOD(renew_until(ctx, daily[i].id, on));
            while (seeded_between(&state[i], 0, 7) == 0) {
                struct amending a = any_wish(ctx, &w, &daily[i], &state[i]);
                struct amending twin = a;

                twin.subscription_id = lazy[i].id;
                GOOD(renew_until(ctx, lazy[i].id, on));
                GOOD(preview_amendment(ctx, &a));
                if (a.refusal == NULL)
                    preview_then_make(ctx, &a);
                GOOD(make_amendment(ctx, &twin, NO_ONCE));
                if (a.refusal == NULL && a.amendment_id != 0)
                    made++;
                SAME_TEXT(a.refusal == NULL ? "" : a.refusal, twin.refusal == NULL ? "" : twin.refusal);
                GOOD(renew_until(ctx, daily[i].id, on)); /* what it made due today */
                GOOD(renew_until(ctx, lazy[i].id, on));
            }
        }
        arena_free(ctx->arena);
        ctx->arena = kept;
    }
    for (int i = 0; i < LIVES; i++) {
        struct amending a = wished(&daily[i], AMENDMENT_CLOSE, AMENDMENT_AT_ONCE);
        struct amending twin = wished(&lazy[i], AMENDMENT_CLOSE, AMENDMENT_AT_ONCE);

        GOOD(renew_until(ctx, lazy[i].id, ctx->today_on));
        GOOD(make_amendment(ctx, &a, NO_ONCE));
        GOOD(make_amendment(ctx, &twin, NO_ONCE));
        same_documents(ctx, &daily[i], &lazy[i]);
    }
    SAME_NUMBER(run.failed % 2, 0); /* a planned change whose line is gone by its day fails, for both twins */
    CU_ASSERT_TRUE(made > LIVES * 6);
    if (made <= LIVES * 6)
        SAME_NUMBER(made, LIVES * 6);
    ctx->today_on += 500; /* the last paid day of a year is past */
    GOOD(apply_amendments(ctx, &run));
    GOOD(recognise_revenue(ctx, &released));
    for (int i = 0; i < LIVES; i++) {
        struct released r = {0};
        struct invoice_list_row *rows;
        size_t count;

        GOOD(invoice_list(ctx, "", 0, daily[i].id, 0, 1000, &rows, &count));
        for (size_t k = 0; k < count; k++) {
            r.invoice_id = rows[k].id;
            GOOD(db_transaction(ctx, sum_deferred, &r));
        }
        SAME_NUMBER(r.left_minor, 0);
    }
    books_are_sound(ctx);
}

/* An amount off a line for two periods: it pauses and resumes with what is left of it. */
TEST(amending, an_amount_off_pauses_and_resumes_with_its_line)
{
    static const struct statement take_off = {"test_amount_off", "INSERT INTO subscription_line (subscription_id, position, description, quantity_e4, "
        "unit_price_e4, tax_class, from_on, discount_minor, discount_periods) SELECT id, 9, 'Stockage', 10000, 200000, 'standard', started_on, 500, 2 "
        "FROM subscription WHERE id = ?", NOTHING};
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = contract_world(ctx);
    struct subscription s;
    struct subscription_line *lines;
    size_t count;
    int32_t begin_on = fifteenth(ctx);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    GOOD(db_write(ctx, &take_off, PARAMS(P_I64(s.id)), NULL));
    (void)amend(ctx, &s, AMENDMENT_PAUSE, AMENDMENT_AT_PERIOD_END);
    contract_run(ctx, date_add_months(begin_on, 1));
    ctx->today_on = date_add_months(begin_on, 3);
    (void)amend(ctx, &s, AMENDMENT_RESUME, AMENDMENT_AT_ONCE);
    s = contract_now(ctx, &s);
    SAME_NUMBER(s.period_minor, 6000 + 2000 - 500);
    GOOD(subscription_lines(ctx, s.id, s.id + 1, &lines, &count));
    SAME_NUMBER(lines[count - 1].discount_minor, 500);
    SAME_NUMBER(lines[count - 1].discount_periods, 1);
    contract_run(ctx, ctx->today_on);
    contract_run(ctx, date_add_months(begin_on, 4));
    SAME_NUMBER(contract_net(ctx, &s, &count), 6000 + 7500 + 8000);
    books_are_sound(ctx);
}
