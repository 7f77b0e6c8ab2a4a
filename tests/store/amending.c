/* amending: changes of a contract against a real database: previewed, applied, planned, undone, billed on, in the books. */
#include "support.h"

#include <string.h>

#include "core/date.h"
#include "service/amending.h"
#include "service/cataloguing.h"
#include "service/customers.h"
#include "service/ending.h"
#include "service/metering.h"
#include "service/revising.h"
#include "service/invoicing.h"
#include "service/quoting.h"
#include "service/renewal_quoting.h"
#include "service/renewing.h"
#include "service/settling.h"
#include "store/credit.h"
#include "store/invoice.h"
#include "store/seller_user.h"
#include "store/subscription.h"
#include "seeded.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)
#define NO_ONCE (&(struct once){NULL, "/"})

/* What a contract of these tests is made of. */
struct world {
    int64_t monthly_id;
    int64_t yearly_id;
    int64_t licence_id; /* 12.00 a month, 120.00 a year */
    int64_t option_id;  /* 31.00 a month, no price a year */
    int64_t setup_id;   /* 50.00 once */
    int64_t customer_id;
    int64_t user_id;
};

static char *unique(struct ctx *ctx, const char *stem)
{
    return arena_printf(ctx->arena, "%s%lld", stem, (long long)store_unique());
}

static int64_t product(struct ctx *ctx, const char *name, const struct price *list, size_t count)
{
    struct product p = {.code = unique(ctx, "P"), .name = name, .description = "", .kind = "service", .unit = "", .timing = "",
                        .tax_class = "standard", .state = "active"};
    struct price copy[2];
    struct catalogue_result saved;

    memcpy(copy, list, count * sizeof copy[0]);
    GOOD(change_product(ctx, &p, copy, count, NO_ONCE, &saved));
    return saved.id;
}

static int64_t plan(struct ctx *ctx, struct recurrence every)
{
    struct plan p = {.name = unique(ctx, "Formule "), .every = every, .max_missed = 1000, .dunning_rule_id = 1, .state = "active"};
    struct catalogue_result saved;

    GOOD(change_plan(ctx, &p, NO_ONCE, &saved));
    return saved.id;
}

static struct world make_world(struct ctx *ctx)
{
    struct customer customer = {.is_company = true, .name = "Lune & fils", .contact_name = "", .email = "lune@lune.example",
        .phone = "", .street = "1 rue Basse", .street2 = "", .postal_code = "59000", .city = "Lille", .country = "FR",
        .siren = "", .vat_id = "", .language = "fr", .state = "active"};
    struct seller_user user = {.email = arena_printf(ctx->arena, "%s@nord.example", unique(ctx, "a")), .name = "Jeanne", .password = "x", .language = "fr"};
    struct customer_result made;
    struct world w = {.monthly_id = plan(ctx, (struct recurrence){RECURRENCE_MONTH, 1}), .yearly_id = plan(ctx, (struct recurrence){RECURRENCE_YEAR, 1})};

    GOOD(change_customer(ctx, &customer, 0, NO_ONCE, &made));
    GOOD(insert_seller_user(ctx, &user));
    w.customer_id = made.id;
    w.user_id = user.id;
    w.licence_id = product(ctx, "Licence", (struct price[]){{.plan_id = w.monthly_id, .currency = "EUR", .unit_price_e4 = 120000},
                                                            {.plan_id = w.yearly_id, .currency = "EUR", .unit_price_e4 = 1200000}}, 2);
    w.option_id = product(ctx, "Sauvegarde", (struct price[]){{.plan_id = w.monthly_id, .currency = "EUR", .unit_price_e4 = 310000}}, 1);
    w.setup_id = product(ctx, "Formation", (struct price[]){{.plan_id = 0, .currency = "EUR", .unit_price_e4 = 500000}}, 1);
    return w;
}

/* 5 of the licence a month from today, at a price that the seller types. */
static struct subscription signed_up_at(struct ctx *ctx, const struct world *w, int64_t price_e4)
{
    struct quote_template template = {.name = unique(ctx, "A "), .plan_id = w->monthly_id, .validity_days = 20, .acceptance = ACCEPTANCE_SIGNATURE,
                                      .note = "", .state = "active"};
    struct quote_template_line line = {.kind = LINE_RECURRING, .product_id = w->licence_id, .description = "Licence", .quantity_e4 = 50000,
                                       .unit_price_e4 = price_e4, .quantity_min_e4 = 50000, .quantity_max_e4 = 50000};
    struct catalogue_result saved;
    struct quoting_result quote;
    struct subscription subscription;
    struct sales_order order;
    struct confirming c;

    GOOD(change_template(ctx, &template, &line, 1, NO_ONCE, &saved));
    GOOD(create_quote(ctx, &(struct quote_start){w->customer_id, w->user_id, saved.id}, NO_ONCE, &quote));
    GOOD(send_quote(ctx, quote.quote_id, "", NO_ONCE, &quote));
    GOOD(load_offer(ctx, quote.quote_id, 0, &c.offer));
    GOOD(reserve_invoice_ids(ctx, 1, &c.ids));
    GOOD(db_transaction(ctx, confirm_signed, &c));
    GOOD(order_of_quote(ctx, c.offer.quote.id, &order));
    GOOD(subscription_of_order(ctx, order.id, &subscription));
    return subscription;
}

static struct subscription signed_up(struct ctx *ctx, const struct world *w)
{
    return signed_up_at(ctx, w, 120000);
}

/* The 15th of the month after next: nothing was issued on it yet, and a month of 31 or 30 or 28 days follows. */
static int32_t fifteenth(const struct ctx *ctx)
{
    return date_next_month(date_next_month(ctx->today_on)) + 14;
}

static void run_on(struct ctx *ctx, int32_t on)
{
    struct amending_run amending = {0};
    struct renewing renewing = {0};
    int64_t released;

    ctx->today_on = on;
    GOOD(apply_amendments(ctx, &amending));
    SAME_NUMBER(amending.failed, 0);
    GOOD(renew_subscriptions(ctx, &renewing));
    SAME_NUMBER(renewing.failed, 0);
    GOOD(recognise_revenue(ctx, &released));
}

static struct amending wish(const struct subscription *s, enum amendment_kind kind, enum amendment_when when)
{
    return (struct amending){.subscription_id = s->id, .kind = kind, .when = when, .on = DATE_NONE, .resume_on = DATE_NONE, .reason = "",
                             .credit = true};
}

static const struct amending_line eight[] = {{.act = AMENDING_SET, .slot = 1, .quantity_e4 = 80000}};
static const struct amending_line three[] = {{.act = AMENDING_SET, .slot = 1, .quantity_e4 = 30000}};

/* What is previewed is done, to the cent, in VAT and in total. */
static void preview_then_make(struct ctx *ctx, struct amending *a)
{
    struct amending preview = *a;
    struct amendment_document *documents;
    size_t count;
    int64_t issued = 0;

    GOOD(preview_amendment(ctx, &preview));
    GOOD(make_amendment(ctx, a, NO_ONCE));
    CU_ASSERT_PTR_NULL(a->refusal);
    if (a->refusal != NULL)
        SAME_TEXT(a->refusal, "");
    SAME_NUMBER(preview.charged.gross_minor, a->charged.gross_minor);
    SAME_NUMBER(preview.charged.vat_minor, a->charged.vat_minor);
    SAME_NUMBER(preview.credited_minor, a->credited_minor);
    GOOD(amendment_documents(ctx, a->amendment_id, &documents, &count));
    for (size_t i = 0; i < count; i++)
        issued += strcmp(documents[i].kind, "invoice") == 0 ? documents[i].total_minor : -documents[i].total_minor;
    SAME_NUMBER(issued, preview.charged.gross_minor - preview.credited_minor);
}

static struct subscription reloaded(struct ctx *ctx, const struct subscription *s)
{
    struct subscription now;

    GOOD(subscription_by_id(ctx, s->id, &now));
    return now;
}

/* Net invoiced less credited of a subscription, and how many documents. */
static int64_t net_of(struct ctx *ctx, const struct subscription *s, size_t *count)
{
    struct invoice_list_row *rows;
    int64_t sum = 0;

    GOOD(invoice_list(ctx, "", 0, s->id, 0, 100, &rows, count));
    for (size_t i = 0; i < *count; i++) {
        struct invoice invoice;

        GOOD(invoice_by_id(ctx, rows[i].id, &invoice));
        sum += strcmp(invoice.kind, "invoice") == 0 ? invoice.net_minor : -invoice.net_minor;
    }
    return sum;
}

/* What ran is billed with the end, and counted as billed. */
TEST(amending, an_end_at_once_bills_what_runs_afterwards_and_counts_it)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct product storage = {.code = unique(ctx, "P"), .name = "Stockage", .description = "", .kind = "service", .unit = "", .timing = "arrears",
                              .tax_class = "standard", .state = "active"};
    struct price price = {.plan_id = w.monthly_id, .currency = "EUR", .unit_price_e4 = 310000};
    struct catalogue_result saved;
    struct subscription s;
    struct amending a;
    size_t count;

    GOOD(change_product(ctx, &storage, &price, 1, NO_ONCE, &saved));
    w.licence_id = saved.id;
    ctx->today_on = fifteenth(ctx);
    s = signed_up(ctx, &w);
    ctx->today_on += 10;
    a = wish(&s, AMENDMENT_CLOSE, AMENDMENT_AT_ONCE);
    a.agreed = true;
    preview_then_make(ctx, &a);
    CU_ASSERT_TRUE(net_of(ctx, &s, &count) > 0);
    s = reloaded(ctx, &s);
    SAME_TEXT(s.state, "ended");
    SAME_NUMBER(s.arrears_index, 1);
    books_are_sound(ctx);
}

TEST(amending, P09_an_upsell_is_charged_its_share_and_billed_in_full_from_then_on)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s;
    struct amending a;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);
    int64_t share;
    size_t count;

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    ctx->today_on = end_on - 18;
    a = wish(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.lines = eight;
    a.line_count = 1;
    preview_then_make(ctx, &a);
    share = money_scale(3600, 18, end_on - begin_on, ROUND_HALF_AWAY);
    SAME_NUMBER(a.charged.net_minor, share);
    SAME_NUMBER(a.step_count, 1);
    SAME_NUMBER(a.steps[0].days, 18);
    s = reloaded(ctx, &s);
    SAME_NUMBER(s.period_minor, 9600);
    SAME_NUMBER(s.mrr_e4, 960000);
    SAME_NUMBER(s.due_on, end_on);
    run_on(ctx, end_on);
    SAME_NUMBER(net_of(ctx, &s, &count), 6000 + share + 9600);
    SAME_NUMBER(count, 3);
    books_are_sound(ctx);
}

TEST(amending, less_at_the_period_end_costs_nothing_and_can_be_undone_until_then)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s;
    struct amending a, again;
    struct undoing undoing;
    struct renewal_preview next;
    struct amendment_row *rows;
    size_t count;
    int32_t begin_on = fifteenth(ctx);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    a = wish(&s, AMENDMENT_LINES, AMENDMENT_AT_PERIOD_END);
    a.lines = three;
    a.line_count = 1;
    preview_then_make(ctx, &a);
    CU_ASSERT_TRUE(a.planned);
    SAME_NUMBER(net_of(ctx, &s, &count), 6000);
    again = a;
    GOOD(make_amendment(ctx, &again, NO_ONCE));
    CU_ASSERT_PTR_NOT_NULL(again.refusal); /* one at a time */
    GOOD(undo_amendment(ctx, s.id, a.amendment_id, NO_ONCE, &undoing));
    CU_ASSERT_PTR_NULL(undoing.refusal);
    GOOD(undo_amendment(ctx, s.id, a.amendment_id, NO_ONCE, &undoing));
    CU_ASSERT_PTR_NOT_NULL(undoing.refusal);
    GOOD(make_amendment(ctx, &again, NO_ONCE));
    CU_ASSERT_PTR_NULL(again.refusal);
    s = reloaded(ctx, &s);
    SAME_NUMBER(s.period_minor, 6000);
    GOOD(preview_renewal(ctx, &s, &next)); /* the next invoice knows what waits */
    SAME_NUMBER(next.net_minor, 3600);
    run_on(ctx, date_add_months(begin_on, 1));
    SAME_NUMBER(reloaded(ctx, &s).period_minor, 3600);
    SAME_NUMBER(net_of(ctx, &s, &count), 6000 + 3600);
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
    struct world w = make_world(ctx);
    struct subscription s;
    struct amending a;
    struct credit_balance *balances;
    size_t count;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    ctx->today_on = end_on - 10;
    a = wish(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.lines = three;
    a.line_count = 1;
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.credited_net_minor, money_scale(money_scale(6000, 10, end_on - begin_on, ROUND_HALF_AWAY), 2, 5, ROUND_HALF_AWAY));
    GOOD(credit_balances(ctx, w.customer_id, &balances, &count));
    SAME_NUMBER(count, 0); /* its invoice was open: it asks less now */
    /* R11: back to five on the same day: nothing was changed, to the cent */
    a.lines = (const struct amending_line[]){{.act = AMENDING_SET, .slot = 1, .quantity_e4 = 50000}};
    preview_then_make(ctx, &a);
    SAME_NUMBER(net_of(ctx, &s, &count), 6000);
    run_on(ctx, end_on);
    SAME_NUMBER(net_of(ctx, &s, &count), 12000);
    books_are_sound(ctx);
}

TEST(amending, options_come_and_go_and_a_thing_is_sold_once)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s;
    struct amending a;
    struct subscription_line *lines;
    size_t count;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    ctx->today_on = end_on - 10;
    a = wish(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.lines = (const struct amending_line[]){{.act = AMENDING_ADD, .product_id = w.option_id, .quantity_e4 = 10000},
                                             {.act = AMENDING_ADD_ONCE, .product_id = w.setup_id, .quantity_e4 = 20000}};
    a.line_count = 2;
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.charged.net_minor, money_scale(3100, 10, end_on - begin_on, ROUND_HALF_AWAY) + 10000);
    GOOD(subscription_lines(ctx, s.id, s.id + 1, &lines, &count));
    SAME_NUMBER(count, 2);
    SAME_NUMBER(reloaded(ctx, &s).period_minor, 9100);
    a.lines = (const struct amending_line[]){{.act = AMENDING_REMOVE, .slot = lines[1].position}};
    a.line_count = 1;
    preview_then_make(ctx, &a);
    SAME_NUMBER(net_of(ctx, &s, &count), 6000 + 10000); /* the option came and went on one day */
    SAME_NUMBER(reloaded(ctx, &s).period_minor, 6000);
    run_on(ctx, end_on);
    SAME_NUMBER(net_of(ctx, &s, &count), 16000 + 6000);
    books_are_sound(ctx);
}

TEST(amending, P16_from_the_month_to_the_year_in_one_change)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s;
    struct amending a;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);
    size_t count;

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    ctx->today_on = end_on - 18;
    a = wish(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.plan_id = w.yearly_id;
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.credited_net_minor, money_scale(6000, 18, end_on - begin_on, ROUND_HALF_AWAY));
    SAME_NUMBER(a.charged.net_minor, 60000);
    s = reloaded(ctx, &s);
    SAME_TEXT(s.unit, "year");
    SAME_NUMBER(s.anchor_on, end_on - 18);
    SAME_NUMBER(s.due_on, date_add_months(end_on - 18, 12));
    SAME_NUMBER(s.mrr_e4, 500000);
    SAME_NUMBER(s.plan_id, w.yearly_id);
    run_on(ctx, end_on);
    (void)net_of(ctx, &s, &count);
    SAME_NUMBER(count, 3); /* the old period is not billed again */
    run_on(ctx, date_add_months(end_on - 18, 12));
    SAME_NUMBER(net_of(ctx, &s, &count), 6000 - a.credited_net_minor + 120000);
    books_are_sound(ctx);
    /* a line without a price in the plan is said, nothing is done */
    s = signed_up(ctx, &w);
    a = wish(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.lines = (const struct amending_line[]){{.act = AMENDING_ADD, .product_id = w.option_id, .quantity_e4 = 10000}};
    a.line_count = 1;
    preview_then_make(ctx, &a);
    a = wish(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.plan_id = w.yearly_id;
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    SAME_NUMBER(a.refused_at, AMENDING_AT_PLAN);
}

TEST(amending, P18_a_pause_banks_days_and_the_anchor_moves)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s;
    struct amending a;
    struct contract_on then;
    size_t count;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    ctx->today_on = end_on - 21;
    a = wish(&s, AMENDMENT_PAUSE, AMENDMENT_AT_ONCE);
    a.resume_on = end_on + 66;
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.banked_days, 21);
    s = reloaded(ctx, &s);
    SAME_TEXT(s.state, "paused");
    SAME_NUMBER(s.mrr_e4, 0);
    SAME_NUMBER(s.due_on, DATE_NONE);
    for (int32_t on = end_on; on < end_on + 66; on += 11)
        run_on(ctx, on);
    (void)net_of(ctx, &s, &count);
    SAME_NUMBER(count, 1);
    run_on(ctx, end_on + 66); /* by itself */
    s = reloaded(ctx, &s);
    SAME_TEXT(s.state, "active");
    SAME_NUMBER(s.due_on, end_on + 66 + 21);
    SAME_NUMBER(s.mrr_e4, 600000);
    GOOD(contract_on(ctx, &s, end_on, &then));
    CU_ASSERT_TRUE(then.paused);
    SAME_NUMBER(then.mrr_e4, 0);
    GOOD(contract_on(ctx, &s, begin_on, &then));
    SAME_NUMBER(then.period_minor, 6000);
    SAME_NUMBER(then.line_count, 1);
    run_on(ctx, end_on + 66 + 21);
    SAME_NUMBER(net_of(ctx, &s, &count), 12000);
    books_are_sound(ctx);
}

TEST(amending, an_ended_one_goes_on_again_and_an_end_now_gives_back)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s;
    struct amending a;
    struct ending_result ending;
    size_t count;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    a = wish(&s, AMENDMENT_CLOSE, AMENDMENT_AT_PERIOD_END);
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    CU_ASSERT_PTR_NOT_NULL(a.refusal); /* a later end is service/ending's */
    GOOD(plan_end(ctx, &(struct end_request){.subscription_id = s.id, .ends_on = end_on, .once = NO_ONCE}, &ending));
    SAME_NUMBER(ending.refusal, SUBSCRIPTION_NOT_REFUSED);
    run_on(ctx, end_on);
    s = reloaded(ctx, &s);
    SAME_TEXT(s.state, "ended");
    SAME_NUMBER(net_of(ctx, &s, &count), 6000);
    /* back within 90 days, nothing for the time between */
    ctx->today_on = end_on + 40;
    a = wish(&s, AMENDMENT_REACTIVATE, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    run_on(ctx, end_on + 40);
    s = reloaded(ctx, &s);
    SAME_TEXT(s.state, "active");
    SAME_NUMBER(s.due_on, date_add_months(end_on + 40, 1));
    SAME_NUMBER(net_of(ctx, &s, &count), 12000);
    /* at once, with credit */
    ctx->today_on = s.due_on - 10;
    a = wish(&s, AMENDMENT_CLOSE, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.credited_net_minor, money_scale(6000, 10, s.due_on - end_on - 40, ROUND_HALF_AWAY));
    run_on(ctx, s.due_on + 40);
    SAME_NUMBER(net_of(ctx, &s, &count), 12000 - a.credited_net_minor);
    books_are_sound(ctx);
}

TEST(amending, an_early_renewal_is_billed_once_and_a_new_customer_gets_the_next_invoice)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx), other = make_world(ctx);
    struct subscription s;
    struct amending a;
    struct invoice_list_row *rows;
    size_t count;
    int32_t begin_on = fifteenth(ctx);
    int32_t end_on = date_add_months(begin_on, 1);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    a = wish(&s, AMENDMENT_RENEW, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.charged.net_minor, 6000);
    a = wish(&s, AMENDMENT_RENEW, AMENDMENT_AT_ONCE);
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    CU_ASSERT_PTR_NOT_NULL(a.refusal);
    a = wish(&s, AMENDMENT_TRANSFER, AMENDMENT_AT_ONCE);
    a.customer_id = other.customer_id;
    preview_then_make(ctx, &a);
    run_on(ctx, end_on);
    SAME_NUMBER(net_of(ctx, &s, &count), 12000);
    run_on(ctx, date_add_months(begin_on, 2));
    SAME_NUMBER(net_of(ctx, &s, &count), 18000);
    GOOD(invoice_list(ctx, "", other.customer_id, 0, 0, 10, &rows, &count));
    SAME_NUMBER(count, 1);
    books_are_sound(ctx);
}

TEST(amending, bad_wishes_are_refused_and_leave_nothing)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s;
    struct amending a;
    struct amendment_row *rows;
    size_t count;

    ctx->today_on = fifteenth(ctx);
    s = signed_up(ctx, &w);
    ctx->today_on = s.due_on;
    run_on(ctx, s.due_on);
    a = wish(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
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
    SAME_NUMBER(net_of(ctx, &s, &count), 12000);
}

TEST(amending, the_database_refuses_what_must_not_be)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s;
    struct subscription_line *lines;
    struct amending a;
    size_t count;

    ctx->today_on = fifteenth(ctx);
    s = signed_up(ctx, &w);
    a = wish(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
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
    struct amending a = wish(s, AMENDMENT_LINES, seeded_between(state, 0, 2) == 0 ? AMENDMENT_AT_PERIOD_END : AMENDMENT_AT_ONCE);
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
    struct world w = make_world(ctx);
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
        struct amending a = wish(&daily[i], AMENDMENT_CLOSE, AMENDMENT_AT_ONCE);
        struct amending twin = wish(&lazy[i], AMENDMENT_CLOSE, AMENDMENT_AT_ONCE);

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
    struct world w = make_world(ctx);
    struct subscription s;
    struct subscription_line *lines;
    struct amending a;
    size_t count;
    int32_t begin_on = fifteenth(ctx);

    ctx->today_on = begin_on;
    s = signed_up(ctx, &w);
    GOOD(db_write(ctx, &take_off, PARAMS(P_I64(s.id)), NULL));
    a = wish(&s, AMENDMENT_PAUSE, AMENDMENT_AT_PERIOD_END);
    preview_then_make(ctx, &a);
    run_on(ctx, date_add_months(begin_on, 1));
    ctx->today_on = date_add_months(begin_on, 3);
    a = wish(&s, AMENDMENT_RESUME, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    s = reloaded(ctx, &s);
    SAME_NUMBER(s.period_minor, 6000 + 2000 - 500);
    GOOD(subscription_lines(ctx, s.id, s.id + 1, &lines, &count));
    SAME_NUMBER(lines[count - 1].discount_minor, 500);
    SAME_NUMBER(lines[count - 1].discount_periods, 1);
    run_on(ctx, ctx->today_on);
    run_on(ctx, date_add_months(begin_on, 4));
    SAME_NUMBER(net_of(ctx, &s, &count), 6000 + 7500 + 8000);
    books_are_sound(ctx);
}

/* ---- every kind of price ---- */

/* One more line of a contract before its second period, which bills it. */
struct more {
    int64_t quantity_e4;
    const char *model; /* NULL: a price for each */
    const char *tiers;
    int64_t unit_price_e4;
    const char *timing; /* NULL: in advance */
    int64_t discount_minor;
    int32_t discount_periods;
};

static struct subscription with_line(struct ctx *ctx, const struct subscription *s, const struct more *more)
{
    static const struct statement insert = {"test_line", "INSERT INTO subscription_line (subscription_id, position, product_id, description, "
        "quantity_e4, tax_class, from_on, price_model, tiers, unit_price_e4, timing, discount_minor, discount_periods) "
        "SELECT s.id, 2, l.product_id, 'Stockage', ?, 'standard', s.started_on, IFNULL(?, 'per_unit'), IFNULL(?, ''), ?, IFNULL(?, 'advance'), ?, ? "
        "FROM subscription s JOIN subscription_line l ON l.subscription_id = s.id AND l.position = 1 WHERE s.id = ?", NOTHING};

    GOOD(db_write(ctx, &insert, PARAMS(P_I64(more->quantity_e4), P_TEXT(more->model), P_TEXT(more->tiers), P_I64(more->unit_price_e4), P_TEXT(more->timing),
                                       P_I64(more->discount_minor), P_I64(more->discount_periods), P_I64(s->id)), NULL));
    run_on(ctx, s->due_on);
    return reloaded(ctx, s);
}

static const struct more at_ten_cents = {.quantity_e4 = 10000, .unit_price_e4 = 1000, .timing = "usage"};

static void discount_document(struct ctx *ctx, struct subscription *s, const char *discounts)
{
    static const struct statement take_off = {"test_take_off", "UPDATE subscription SET discounts = ? WHERE id = ?", NOTHING};

    GOOD(db_write(ctx, &take_off, PARAMS(P_TEXT(discounts), P_I64(s->id)), NULL));
    *s = reloaded(ctx, s);
}

static struct amending set(const struct subscription *s, const struct amending_line *line, enum amendment_when when)
{
    struct amending a = wish(s, AMENDMENT_LINES, when);

    a.lines = line;
    a.line_count = 1;
    return a;
}

TEST(amending, tiers_are_charged_and_given_back_by_what_they_cost)
{
    const struct amending_line fifteen = {.act = AMENDING_SET, .slot = 2, .quantity_e4 = 150000};
    const struct amending_line back = {.act = AMENDING_SET, .slot = 2, .quantity_e4 = 80000};
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s;
    struct amending a;
    int32_t days;
    int64_t before;
    int64_t share;
    size_t count;

    ctx->today_on = fifteenth(ctx);
    s = signed_up(ctx, &w);
    /* 10.00 each up to 10, then 5.00 each: 8 cost 80.00, 15 cost 125.00 */
    s = with_line(ctx, &s, &(struct more){.quantity_e4 = 80000, .model = "graduated", .tiers = "100000:100000:0;*:50000:0"});
    before = net_of(ctx, &s, &count);
    SAME_NUMBER(before, 6000 + 6000 + 8000);
    days = s.due_on - ctx->today_on;
    ctx->today_on = s.due_on - 10;
    a = set(&s, &fifteen, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    share = money_scale(4500, 10, days, ROUND_HALF_AWAY);
    SAME_NUMBER(a.charged.net_minor, share);
    SAME_NUMBER(reloaded(ctx, &s).period_minor, 6000 + 12500);
    a = set(&s, &back, AMENDMENT_AT_ONCE); /* the day comes to nothing */
    preview_then_make(ctx, &a);
    SAME_NUMBER(net_of(ctx, &s, &count), before);
    a = set(&s, &fifteen, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    ctx->today_on = s.due_on - 4;
    a = set(&s, &back, AMENDMENT_AT_ONCE); /* 45 of 125 of what both invoices hold for 4 days */
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.credited_net_minor, money_scale(money_scale(8000, 4, days, ROUND_HALF_AWAY) + money_scale(share, 4, 10, ROUND_HALF_AWAY), 4500, 12500, ROUND_HALF_AWAY));
    before = net_of(ctx, &s, &count);
    run_on(ctx, s.due_on);
    SAME_NUMBER(net_of(ctx, &s, &count), before + 6000 + 8000);
    books_are_sound(ctx);
}

TEST(amending, more_can_cost_less_where_the_volume_prices_it)
{
    const struct amending_line ten = {.act = AMENDING_SET, .slot = 2, .quantity_e4 = 100000};
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s;
    struct amending a;
    int32_t days;
    size_t count;
    int64_t before;

    ctx->today_on = fifteenth(ctx);
    s = signed_up(ctx, &w);
    s = with_line(ctx, &s, &(struct more){.quantity_e4 = 90000, .model = "volume", .tiers = "90000:120000:0;*:100000:0"}); /* 9 at 12.00, 10 at 10.00 */
    days = s.due_on - ctx->today_on;
    ctx->today_on = s.due_on - 10;
    a = set(&s, &ten, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.charged.net_minor, 0);
    SAME_NUMBER(a.credited_net_minor, money_scale(money_scale(10800, 10, days, ROUND_HALF_AWAY), 800, 10800, ROUND_HALF_AWAY));
    before = net_of(ctx, &s, &count);
    run_on(ctx, s.due_on);
    SAME_NUMBER(net_of(ctx, &s, &count), before + 6000 + 10000);
    books_are_sound(ctx);
}

TEST(amending, an_amount_off_a_line_counts_once_and_goes_on)
{
    const struct amending_line two = {.act = AMENDING_SET, .slot = 2, .quantity_e4 = 20000};
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s;
    struct amending a;
    int32_t days;
    size_t count;

    ctx->today_on = fifteenth(ctx);
    s = signed_up(ctx, &w);
    s = with_line(ctx, &s, &(struct more){.quantity_e4 = 10000, .unit_price_e4 = 200000, .discount_minor = 500, .discount_periods = 3}); /* the first of the three went by unbilled */
    SAME_NUMBER(net_of(ctx, &s, &count), 6000 + 6000 + 1500);
    days = s.due_on - ctx->today_on;
    ctx->today_on = s.due_on - 10;
    a = set(&s, &two, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.charged.net_minor, money_scale(2000, 10, days, ROUND_HALF_AWAY));
    run_on(ctx, s.due_on);
    s = reloaded(ctx, &s);
    SAME_NUMBER(s.period_minor, 6000 + 3500); /* the last of three */
    run_on(ctx, s.due_on);
    SAME_NUMBER(reloaded(ctx, &s).period_minor, 6000 + 4000);
    books_are_sound(ctx);
}

TEST(amending, discounts_of_the_document_are_taken_off_and_do_not_restart)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s;
    struct amending a;
    int32_t days;
    size_t count;
    int64_t before;

    ctx->today_on = fifteenth(ctx);
    s = signed_up(ctx, &w);
    discount_document(ctx, &s, "100000:0:3:;0:500:0:"); /* 10 % for three periods, then 5.00 for ever */
    run_on(ctx, s.due_on);
    s = reloaded(ctx, &s);
    before = net_of(ctx, &s, &count);
    SAME_NUMBER(before, 6000 + 5400 - 500);
    days = s.due_on - ctx->today_on;
    ctx->today_on = s.due_on - 10;
    a = set(&s, eight, AMENDMENT_AT_ONCE); /* 36.00 less 10 %; the amount was taken already */
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.charged.net_minor, money_scale(3240, 10, days, ROUND_HALF_AWAY));
    SAME_NUMBER(reloaded(ctx, &s).period_minor, 8640 - 500);
    /* a pause uses no period up: the third of three comes after it */
    a = wish(&s, AMENDMENT_PAUSE, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    ctx->today_on += 70;
    a = wish(&s, AMENDMENT_RESUME, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    s = reloaded(ctx, &s);
    before = net_of(ctx, &s, &count);
    run_on(ctx, s.due_on);
    SAME_NUMBER(net_of(ctx, &s, &count), before + 8640 - 500);
    s = reloaded(ctx, &s);
    run_on(ctx, s.due_on);
    SAME_NUMBER(net_of(ctx, &s, &count), before + 8640 - 500 + 9600 - 500);
    books_are_sound(ctx);
}

/* P11 with 5.00 off the document: the amount goes over to the line that takes the other's place. */
TEST(amending, P11_with_an_amount_off_the_document_is_still_the_direct_difference)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s;
    struct amending a;
    int64_t dear_id;
    int32_t days;

    dear_id = product(ctx, "Pro", (struct price[]){{.plan_id = w.monthly_id, .currency = "EUR", .unit_price_e4 = 790000}}, 1);
    ctx->today_on = fifteenth(ctx);
    s = signed_up(ctx, &w);
    discount_document(ctx, &s, "0:500:0:");
    run_on(ctx, s.due_on);
    s = reloaded(ctx, &s);
    days = s.due_on - ctx->today_on;
    ctx->today_on = s.due_on - 18;
    a = wish(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.lines = (const struct amending_line[]){{.act = AMENDING_REMOVE, .slot = 1}, {.act = AMENDING_ADD, .product_id = dear_id, .quantity_e4 = 10000}};
    a.line_count = 2;
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.credited_net_minor, money_scale(5500, 18, days, ROUND_HALF_AWAY));
    SAME_NUMBER(a.charged.net_minor, money_scale(7400, 18, days, ROUND_HALF_AWAY));
    SAME_NUMBER(reloaded(ctx, &s).period_minor, 7400);
    books_are_sound(ctx);
}

TEST(amending, an_announced_price_goes_on_in_the_changed_line_and_can_still_be_undone)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct price_revision revision = {.kind = "percent", .product_id = w.licence_id, .change_ppm = 100000, .notice_days = 5, .reason = "x"};
    struct revising_result revised;
    struct subscription s;
    struct amending a;
    size_t count;
    int64_t before;
    int32_t days;

    ctx->today_on = fifteenth(ctx);
    s = signed_up(ctx, &w);
    days = s.due_on - ctx->today_on;
    ctx->today_on += 2;
    GOOD(announce_revision(ctx, &revision, "EUR", NO_ONCE, &revised));
    CU_ASSERT_FALSE(revised.none);
    ctx->today_on = s.due_on - 10;
    a = set(&s, eight, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.announced_on, s.due_on);
    SAME_NUMBER(a.charged.net_minor, money_scale(3600, 10, days, ROUND_HALF_AWAY));
    a = set(&s, three, AMENDMENT_AT_PERIOD_END); /* on the very day of the new price */
    preview_then_make(ctx, &a);
    before = net_of(ctx, &s, &count);
    run_on(ctx, s.due_on);
    SAME_NUMBER(net_of(ctx, &s, &count), before + 3960); /* 3 at 13.20 */
    /* undone before its day: the line goes on at the old price, in the new quantity */
    s = signed_up(ctx, &w);
    ctx->today_on += 2;
    GOOD(announce_revision(ctx, &revision, "EUR", NO_ONCE, &revised));
    a = set(&s, eight, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    GOOD(undo_revision(ctx, revised.id, NO_ONCE, &revised));
    CU_ASSERT_FALSE(revised.stale);
    before = net_of(ctx, &s, &count);
    run_on(ctx, s.due_on);
    SAME_NUMBER(net_of(ctx, &s, &count), before + 9600);
    /* a pause takes it along: from the first boundary after it */
    s = reloaded(ctx, &s);
    ctx->today_on += 2;
    GOOD(announce_revision(ctx, &revision, "EUR", NO_ONCE, &revised));
    a = wish(&s, AMENDMENT_PAUSE, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    ctx->today_on += 10;
    a = wish(&s, AMENDMENT_RESUME, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    s = reloaded(ctx, &s);
    SAME_NUMBER(s.period_minor, 9600);
    SAME_NUMBER(a.announced_on, s.due_on);
    before = net_of(ctx, &s, &count);
    run_on(ctx, s.due_on);
    SAME_NUMBER(net_of(ctx, &s, &count), before + 10560);
    books_are_sound(ctx);
}

static void report(struct ctx *ctx, const struct subscription *s, int32_t on, int64_t quantity_e4)
{
    struct usage_report r = {.subscription_id = s->id, .slot = 2, .used_on = on, .quantity_e4 = quantity_e4, .reference = ""};

    GOOD(report_usage(ctx, &r, NO_ONCE));
    SAME_NUMBER(r.refusal, USAGE_ACCEPTED);
}

TEST(amending, what_was_used_is_billed_at_a_pause_an_end_and_another_recurrence)
{
    static const enum amendment_kind kinds[] = {AMENDMENT_PAUSE, AMENDMENT_CLOSE, AMENDMENT_LINES};
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);

    for (size_t i = 0; i < 3; i++) {
        struct subscription s;
        struct amending a;
        size_t count;
        int64_t before;

        ctx->today_on = fifteenth(ctx);
        s = signed_up(ctx, &w);
        s = with_line(ctx, &s, &at_ten_cents);
        ctx->today_on += 8;
        report(ctx, &s, ctx->today_on - 3, 1200000);
        report(ctx, &s, ctx->today_on, 300000); /* the day itself too */
        before = net_of(ctx, &s, &count);
        a = wish(&s, kinds[i], AMENDMENT_AT_ONCE);
        a.credit = false;
        a.plan_id = kinds[i] == AMENDMENT_LINES ? w.yearly_id : 0;
        preview_then_make(ctx, &a);
        SAME_NUMBER(a.charged.net_minor, 1500 + (kinds[i] == AMENDMENT_LINES ? 60000 + 12000 : 0)); /* the plan prices the product in advance */
        if (kinds[i] == AMENDMENT_PAUSE) { /* and not again */
            ctx->today_on += 30;
            a = wish(&s, AMENDMENT_RESUME, AMENDMENT_AT_ONCE);
            preview_then_make(ctx, &a);
            s = reloaded(ctx, &s);
            report(ctx, &s, ctx->today_on, 100000);
            run_on(ctx, s.due_on);
            SAME_NUMBER(net_of(ctx, &s, &count), before + 1500 + 6000 + 100);
        }
        books_are_sound(ctx);
    }
}

TEST(amending, a_metered_line_has_no_quantity_and_does_not_go_with_the_day_s_usage)
{
    const struct amending_line two = {.act = AMENDING_SET, .slot = 2, .quantity_e4 = 20000};
    const struct amending_line gone = {.act = AMENDING_REMOVE, .slot = 2};
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s;
    struct amending a;
    int64_t before;
    size_t count;

    ctx->today_on = fifteenth(ctx);
    s = signed_up(ctx, &w);
    s = with_line(ctx, &s, &at_ten_cents);
    ctx->today_on += 8;
    a = set(&s, &two, AMENDMENT_AT_ONCE);
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    SAME_NUMBER(a.refused_at, AMENDING_AT_LINE);
    report(ctx, &s, ctx->today_on, 300000);
    a = set(&s, &gone, AMENDMENT_AT_ONCE);
    GOOD(make_amendment(ctx, &a, NO_ONCE));
    SAME_NUMBER(a.refused_at, AMENDING_AT_DAY);
    ctx->today_on++;
    a = set(&s, &gone, AMENDMENT_AT_ONCE);
    preview_then_make(ctx, &a);
    before = net_of(ctx, &s, &count);
    run_on(ctx, s.due_on);
    SAME_NUMBER(net_of(ctx, &s, &count), before + 6000 + 300);
    books_are_sound(ctx);
}

/* P24 through the batch: one unit for 10 days, two for 11, three for the rest, billed afterwards. */
TEST(amending, P24_quantities_in_arrears_come_to_the_rounded_whole)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s;
    int32_t begin_on;
    int32_t days;
    int64_t before;
    size_t count;

    ctx->today_on = fifteenth(ctx);
    s = signed_up(ctx, &w);
    s = with_line(ctx, &s, &(struct more){.quantity_e4 = 10000, .unit_price_e4 = 1000000, .timing = "arrears"});
    begin_on = ctx->today_on;
    days = s.due_on - begin_on;
    before = net_of(ctx, &s, &count);
    for (int i = 2; i <= 3; i++) {
        const struct amending_line line = {.act = AMENDING_SET, .slot = 2, .quantity_e4 = i * 10000};
        struct amending a = set(&s, &line, AMENDMENT_AT_ONCE);

        ctx->today_on = begin_on + (i == 2 ? 10 : 21);
        preview_then_make(ctx, &a);
        SAME_NUMBER(a.step_count, 0);
    }
    run_on(ctx, s.due_on);
    SAME_NUMBER(net_of(ctx, &s, &count), before + 6000 + (int64_t)((10000 * 10 + 20000 * 11 + 30000 * (days - 21) + days / 2) / days));
    books_are_sound(ctx);
}

/* S24: three contracts of one person go to another; the house's totals stay, each leaves a pair of events of sum 0. */
TEST(amending, S24_three_contracts_are_handed_over_at_once)
{
    static const struct column sum_column[] = {COLUMN(I64, released, invoice_id), COLUMN(I64, released, left_minor)};
    static const struct statement pair = {"test_pair", "SELECT COUNT(*) AS invoice_id, CAST(SUM(mrr_e4) AS SIGNED) AS left_minor FROM transfer_event "
                                          "WHERE subscription_id >= ?", READS(released, sum_column)};
    static const struct statement change = {"test_event", "UPDATE transfer_event SET mrr_e4 = 0 WHERE side = 'to'", NOTHING};
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct seller_user other = {.email = arena_printf(ctx->arena, "%s@nord.example", unique(ctx, "b")), .name = "Paul", .password = "x", .language = "fr"};
    struct house_figures before, after;
    struct released events;
    struct handing handing = {.count = 3, .reason = "Tour"};
    int64_t ids[3];

    GOOD(insert_seller_user(ctx, &other));
    ctx->today_on = fifteenth(ctx);
    for (int i = 0; i < 3; i++)
        ids[i] = signed_up(ctx, &w).id;
    GOOD(house_figures(ctx, &before));
    handing.subscription_ids = ids;
    handing.owner_id = w.user_id;
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
    SAME_NUMBER(events.invoice_id, 6);
    SAME_NUMBER(events.left_minor, 0);
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
    GOOD(reserve_invoice_ids(ctx, 1, &c.ids));
    GOOD(db_transaction(ctx, confirm_signed, &c));
}

static struct renewal_drafting drafted(struct ctx *ctx, const struct world *w, const struct subscription *s)
{
    struct renewal_drafting d = {.subscription_id = s->id, .owner_id = w->user_id};

    GOOD(draft_renewal(ctx, &d, NO_ONCE));
    CU_ASSERT_PTR_NULL(d.refusal);
    return d;
}

/* Edits the draft's first line to a quantity and a price. */
static void edit_draft(struct ctx *ctx, const struct renewal_drafting *d, int64_t quantity_e4, int64_t price_e4, const char *discounts)
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

TEST(amending, R12_a_renewal_quote_takes_the_lines_place_on_the_boundary)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct subscription s, again;
    struct renewal_drafting d;
    struct amendment_row waiting;
    struct undoing undoing;
    struct sales_order order;
    struct amending a;
    struct contract_on then;
    int32_t boundary_on;
    int64_t before;
    size_t count;

    ctx->today_on = fifteenth(ctx);
    s = signed_up(ctx, &w);
    discount_document(ctx, &s, "0:500:4:CODE");
    boundary_on = s.due_on;
    ctx->today_on += 3;
    d = drafted(ctx, &w, &s);
    edit_draft(ctx, &d, 100000, 110000, "100000:0:2:"); /* 10 at 11.00, 10 % for two periods */
    accept(ctx, d.quote_id);
    GOOD(waiting_amendment(ctx, s.id, &waiting));
    SAME_NUMBER(waiting.effective_on, boundary_on);
    SAME_NUMBER(waiting.quote_id, d.quote_id);
    GOOD(order_of_quote(ctx, d.quote_id, &order));
    GOOD(subscription_of_order(ctx, order.id, &again));
    SAME_NUMBER(again.id, s.id); /* no second contract */
    a = wish(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE); /* what is added meanwhile goes with the others */
    a.lines = (const struct amending_line[]){{.act = AMENDING_ADD, .product_id = w.option_id, .quantity_e4 = 10000}};
    a.line_count = 1;
    preview_then_make(ctx, &a);
    before = net_of(ctx, &s, &count);
    run_on(ctx, boundary_on);
    SAME_NUMBER(net_of(ctx, &s, &count), before + 9900);
    s = reloaded(ctx, &s);
    SAME_NUMBER(s.period_minor, 9900);
    SAME_NUMBER(s.due_on, date_add_months(boundary_on, 1));
    run_on(ctx, s.due_on);
    run_on(ctx, date_add_months(boundary_on, 2)); /* the discount is over */
    SAME_NUMBER(net_of(ctx, &s, &count), before + 9900 + 9900 + 11000);
    GOOD(contract_on(ctx, &s, boundary_on - 1, &then));
    SAME_NUMBER(then.period_minor, 6000 + 3100 - 500);
    GOOD(contract_on(ctx, &s, boundary_on, &then));
    SAME_NUMBER(then.period_minor, 9900);
    /* undone before its day, nothing changes */
    s = reloaded(ctx, &s);
    d = drafted(ctx, &w, &s);
    accept(ctx, d.quote_id);
    GOOD(waiting_amendment(ctx, s.id, &waiting));
    GOOD(undo_amendment(ctx, s.id, waiting.id, NO_ONCE, &undoing));
    CU_ASSERT_PTR_NULL(undoing.refusal);
    before = net_of(ctx, &s, &count);
    run_on(ctx, s.due_on);
    SAME_NUMBER(net_of(ctx, &s, &count), before + 11000);
    books_are_sound(ctx);
}

TEST(amending, a_renewal_quote_keeps_the_sellers_discount_and_the_coupons)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct renewal_drafting d;
    struct quoting_result saved;
    struct subscription s;
    struct offer offer;
    int32_t boundary_on;
    int64_t before;
    size_t count;

    ctx->today_on = fifteenth(ctx);
    s = signed_up(ctx, &w);
    discount_document(ctx, &s, "100000:0:3:;0:500:4:CODE"); /* 10 % for three periods, 5.00 for four */
    boundary_on = s.due_on;
    ctx->today_on += 3;
    d = drafted(ctx, &w, &s);
    GOOD(load_offer_to_edit(ctx, d.number, &offer));
    SAME_TEXT(offer.version.discounts, "100000:0:2:;0:500:3:CODE");
    /* a third one has no room: what would not fit is not saved */
    GOOD(save_draft(ctx, &(struct quote_draft){.quote_id = d.quote_id, .base_version = 1, .rev = offer.version.rev, .plan_id = offer.version.plan_id,
        .language = "fr", .valid_until_on = offer.version.valid_until_on, .start_on = offer.version.start_on, .acceptance = ACCEPTANCE_SIGNATURE,
        .note = "", .discounts = "100000:0:2:;0:500:3:CODE;0:100:0:"}, NO_ONCE, &saved));
    CU_ASSERT_TRUE(saved.stale);
    accept(ctx, d.quote_id);
    before = net_of(ctx, &s, &count);
    run_on(ctx, boundary_on);
    SAME_NUMBER(net_of(ctx, &s, &count), before + 4900); /* 60.00 - 10 % - 5.00 */
    SAME_TEXT(reloaded(ctx, &s).discounts, "100000:0:2:;0:500:3:CODE");
    run_on(ctx, date_add_months(boundary_on, 1));
    run_on(ctx, date_add_months(boundary_on, 2));
    SAME_NUMBER(net_of(ctx, &s, &count), before + 4900 + 4900 + 5500); /* the first is over */
    run_on(ctx, date_add_months(boundary_on, 3));
    SAME_NUMBER(net_of(ctx, &s, &count), before + 4900 + 4900 + 5500 + 6000);
    books_are_sound(ctx);
}

TEST(amending, a_renewal_quote_renews_a_term_that_would_end)
{
    static const struct statement term = {"test_term", "UPDATE subscription SET term_unit = 'month', term_count = 2, term_renews = 0, term_until_on = ?, "
                                          "ends_on = ?, end_reason = 'term' WHERE id = ?", NOTHING};
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct renewal_drafting d;
    struct subscription s;
    int32_t begin_on;
    int32_t ends_on;
    int64_t before;
    size_t count;

    begin_on = ctx->today_on = fifteenth(ctx);
    s = signed_up(ctx, &w);
    ends_on = date_add_months(begin_on, 2);
    GOOD(db_write(ctx, &term, PARAMS(P_DATE(ends_on), P_DATE(ends_on), P_I64(s.id)), NULL));
    run_on(ctx, s.due_on);
    s = reloaded(ctx, &s);
    d = drafted(ctx, &w, &s);
    accept(ctx, d.quote_id);
    s = reloaded(ctx, &s);
    SAME_NUMBER(s.ends_on, ends_on); /* until then it could be undone */
    before = net_of(ctx, &s, &count);
    run_on(ctx, ends_on);
    s = reloaded(ctx, &s);
    SAME_TEXT(s.state, "active");
    SAME_NUMBER(s.term_until_on, date_add_months(begin_on, 4));
    SAME_NUMBER(s.ends_on, date_add_months(begin_on, 4));
    SAME_NUMBER(net_of(ctx, &s, &count), before + 6000);
    run_on(ctx, date_add_months(begin_on, 3));
    run_on(ctx, date_add_months(begin_on, 4));
    SAME_TEXT(reloaded(ctx, &s).state, "ended");
    SAME_NUMBER(net_of(ctx, &s, &count), before + 12000);
    books_are_sound(ctx);
}

/* P06 through the store: in arrears from the 1st, 100.00 becomes 200.00 on the 15th of a month of 31 days. Nothing moves on
 * the day; the month is billed in two parts, and the next one whole. */
TEST(amending, P06_another_price_in_arrears_is_billed_in_its_parts)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct world w = make_world(ctx);
    struct product service = {.code = unique(ctx, "P"), .name = "Stockage", .description = "", .kind = "service", .unit = "", .timing = "arrears",
                              .tax_class = "standard", .state = "active"};
    struct price price = {.plan_id = w.monthly_id, .currency = "EUR", .unit_price_e4 = 200000};
    struct amending_line lines[2] = {{.act = AMENDING_REMOVE, .slot = 1}, {.act = AMENDING_ADD, .quantity_e4 = 10000}};
    struct catalogue_result saved;
    struct subscription s;
    struct amending a;
    int32_t month_on = date_next_month(ctx->today_on);
    size_t count;

    while (date_next_month(month_on) - month_on != 31)
        month_on = date_next_month(month_on);
    GOOD(change_product(ctx, &service, &price, 1, NO_ONCE, &saved));
    w.licence_id = saved.id; /* five at 20.00 */
    service = (struct product){.code = unique(ctx, "P"), .name = "Stockage rapide", .description = "", .kind = "service", .unit = "", .timing = "arrears",
                               .tax_class = "standard", .state = "active"};
    price.unit_price_e4 = 2000000;
    GOOD(change_product(ctx, &service, &price, 1, NO_ONCE, &saved));
    lines[1].product_id = saved.id;
    ctx->today_on = month_on;
    s = signed_up_at(ctx, &w, 200000);
    SAME_NUMBER(net_of(ctx, &s, &count), 0);
    ctx->today_on = month_on + 14;
    a = wish(&s, AMENDMENT_LINES, AMENDMENT_AT_ONCE);
    a.lines = lines;
    a.line_count = 2;
    preview_then_make(ctx, &a);
    SAME_NUMBER(a.step_count, 0);
    SAME_NUMBER(net_of(ctx, &s, &count), 0);
    run_on(ctx, date_next_month(month_on));
    SAME_NUMBER(net_of(ctx, &s, &count), 4516 + 10968);
    run_on(ctx, date_add_months(month_on, 2));
    SAME_NUMBER(net_of(ctx, &s, &count), 4516 + 10968 + 20000);
    books_are_sound(ctx);
}
