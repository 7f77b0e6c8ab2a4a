/* recurrence: aligned first periods, lines in arrears, trials, terms and ends, from the quote to the books. */
#include "service/renewal_preview.h"
#include "support.h"

#include <string.h>

#include "core/date.h"
#include "service/cataloguing.h"
#include "service/contract.h"
#include "service/customers.h"
#include "service/ending.h"
#include "service/invoicing.h"
#include "service/offer.h"
#include "service/quoting.h"
#include "service/renewing.h"
#include "service/settling.h"
#include "store/sales_journal.h"
#include "store/history.h"
#include "store/inspection.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/payable.h"
#include "store/quote_template.h"
#include "store/renewal.h"
#include "store/seller_user.h"
#include "store/subscription.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)
#define NO_ONCE (&(struct once){NULL, "/"})

static char *unique(struct ctx *ctx, const char *stem)
{
    return arena_printf(ctx->arena, "%s%lld", stem, (long long)store_unique());
}

/* 31.00 a month as the plan says, 62.00 in arrears, a setup of 100.00. */
static int64_t sent_quote(struct ctx *ctx, struct plan plan, int32_t start_on)
{
    struct customer customer = {.is_company = true, .name = "Lune & fils", .contact_name = "", .email = "lune@lune.example",
        .phone = "", .street = "1 rue Basse", .street2 = "", .postal_code = "59000", .city = "Lille", .country = "FR",
        .siren = "", .vat_id = "", .language = "fr", .state = "active"};
    struct seller_user user = {.email = arena_printf(ctx->arena, "%s@nord.example", unique(ctx, "r")), .name = "Jeanne", .password = "x", .language = "fr"};
    struct quote_template template = {.name = unique(ctx, "R "), .validity_days = 20, .acceptance = ACCEPTANCE_SIGNATURE, .note = "", .state = "active"};
    struct quote_template_line line[3] = {
        {.kind = LINE_RECURRING, .description = "Licence", .quantity_e4 = 10000, .unit_price_e4 = 310000, .quantity_min_e4 = 10000, .quantity_max_e4 = 10000},
        {.kind = LINE_RECURRING, .timing = "arrears", .description = "Usage", .quantity_e4 = 10000, .unit_price_e4 = 620000, .quantity_min_e4 = 10000, .quantity_max_e4 = 10000},
        {.kind = LINE_SETUP, .description = "Mise en service", .quantity_e4 = 10000, .unit_price_e4 = 1000000, .quantity_min_e4 = 10000, .quantity_max_e4 = 10000}};
    struct customer_result made;
    struct catalogue_result saved;
    struct quoting_result quote;

    plan.name = unique(ctx, "Formule ");
    plan.max_missed = 1000;
    plan.dunning_rule_id = 1;
    plan.state = "active";
    GOOD(change_customer(ctx, &customer, 0, NO_ONCE, &made));
    GOOD(insert_seller_user(ctx, &user));
    GOOD(change_plan(ctx, &plan, NO_ONCE, &saved));
    template.plan_id = saved.id;
    GOOD(change_template(ctx, &template, line, 3, NO_ONCE, &saved));
    GOOD(create_quote(ctx, &(struct quote_start){made.id, user.id, saved.id}, NO_ONCE, &quote));
    if (start_on != DATE_NONE) {
        struct offer offer;
        struct quote_line *lines;
        struct quote_draft draft;

        GOOD(load_offer(ctx, quote.quote_id, 0, &offer));
        lines = ARENA_ARRAY(ctx->arena, struct quote_line, offer.line_count);
        for (size_t i = 0; i < offer.line_count; i++)
            lines[i] = offer.lines[i].as;
        draft = (struct quote_draft){.quote_id = quote.quote_id, .base_version = 1, .rev = offer.version.rev, .plan_id = offer.version.plan_id,
            .language = "fr", .valid_until_on = offer.version.valid_until_on, .start_on = start_on, .acceptance = offer.version.acceptance, .note = "",
            .lines = lines, .line_count = offer.line_count};
        GOOD(save_draft(ctx, &draft, NO_ONCE, &quote));
    }
    GOOD(send_quote(ctx, quote.quote_id, "", NO_ONCE, &quote));
    CU_ASSERT_EQUAL_FATAL(quote.refusal, QUOTE_NOT_REFUSED);
    return quote.quote_id;
}

static struct subscription started(struct ctx *ctx, struct plan plan, int32_t start_on)
{
    struct confirming c;
    struct subscription subscription;
    struct sales_order order;

    GOOD(load_offer(ctx, sent_quote(ctx, plan, start_on), 0, &c.offer));
    GOOD(reserve_invoice_ids(ctx, 1, &c.ids));
    GOOD(db_transaction(ctx, confirm_signed, &c));
    GOOD(order_of_quote(ctx, c.offer.quote.id, &order));
    GOOD(subscription_of_order(ctx, order.id, &subscription));
    return subscription;
}

static void run_on(struct ctx *ctx, int32_t on)
{
    struct renewing state = {0};

    ctx->today_on = on;
    GOOD(renew_subscriptions(ctx, &state));
    SAME_NUMBER(state.failed, 0);
}

/* What the newest invoices of a subscription came to, with VAT; newest first. */
static void invoiced(struct ctx *ctx, int64_t subscription_id, const int64_t *wanted, size_t count)
{
    struct invoice_list_row *rows;
    size_t found;

    GOOD(invoice_list(ctx, "", 0, subscription_id, 0, 100, &rows, &found));
    SAME_NUMBER(found, count);
    for (size_t i = 0; i < found && i < count; i++)
        SAME_NUMBER(rows[i].total_minor, wanted[i]);
}

/* The first day of the month after next: a day that nothing was issued on yet. */
static int32_t first_of_a_month(const struct ctx *ctx)
{
    return date_next_month(date_next_month(ctx->today_on));
}

static struct plan monthly(struct anchor anchor)
{
    return (struct plan){.every = {RECURRENCE_MONTH, 1}, .anchor = anchor};
}

/* Of the newest document: how many of its lines are a share of so many days; the others are of whole periods, or of none. */
static size_t shares_of(struct ctx *ctx, int64_t subscription_id, int days)
{
    struct invoice_list_row *documents;
    struct invoice_line_row *lines;
    size_t count, shares = 0;

    GOOD(invoice_list(ctx, "", 0, subscription_id, 0, 1, &documents, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    GOOD(invoice_lines(ctx, documents[0].id, &lines, &count));
    for (size_t i = 0; i < count; i++) {
        shares += lines[i].share_of_days == days;
        CU_ASSERT_TRUE(lines[i].share_of_days == days || lines[i].share_of_days == 0);
    }
    return shares;
}

TEST(recurrence, P07_an_aligned_start_asks_for_a_part_and_then_for_the_whole)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    int32_t month_on = first_of_a_month(ctx);
    struct civil civil = date_civil(month_on);
    int days = date_days_in_month(civil.year, civil.month);
    struct subscription s;
    struct offer offer;
    int64_t part = (3100 * (days - 14) * 2 + days) / (2 * days);
    int64_t arrears = (6200 * (days - 14) * 2 + days) / (2 * days);
    int64_t today = part + 10000;
    int64_t first = today + (today * 2 + 5) / 10;
    int64_t second = arrears + 3100 + ((arrears + 3100) * 2 + 5) / 10;

    ctx->today_on = month_on + 14; /* the 15th */
    GOOD(load_offer(ctx, sent_quote(ctx, monthly((struct anchor){ANCHOR_CALENDAR, 0}), DATE_NONE), 0, &offer));
    CU_ASSERT_TRUE(offer_first_is_partial(&offer));
    SAME_NUMBER(offer.lines[0].net_minor, 3100);
    SAME_NUMBER(offer.lines[0].first_minor, part);
    CU_ASSERT_FALSE(offer.lines[0].later);
    CU_ASSERT_TRUE(offer.lines[1].later);
    SAME_NUMBER(offer.totals.today.gross_minor, first);
    SAME_NUMBER(offer.totals.period.net_minor, 9300);
    s = started(ctx, monthly((struct anchor){ANCHOR_CALENDAR, 0}), DATE_NONE);
    SAME_NUMBER(s.anchor_on, month_on);
    SAME_NUMBER(s.started_on, month_on + 14);
    SAME_NUMBER(s.due_on, date_next_month(month_on));
    invoiced(ctx, s.id, (int64_t[]){first}, 1);
    SAME_NUMBER(shares_of(ctx, s.id, days), 1); /* what recurs in advance */
    run_on(ctx, s.due_on - 1);
    invoiced(ctx, s.id, (int64_t[]){first}, 1);
    {
        struct renewal_preview preview;

        GOOD(preview_renewal(ctx, &s, &preview));
        SAME_NUMBER(preview.total_minor, second);
        SAME_NUMBER(preview.due_on, s.due_on);
    }
    run_on(ctx, s.due_on);
    invoiced(ctx, s.id, (int64_t[]){second, first}, 2);
    run_on(ctx, s.due_on);
    invoiced(ctx, s.id, (int64_t[]){second, first}, 2);
    SAME_NUMBER(shares_of(ctx, s.id, days), 1); /* what comes afterwards, of the first period */
    run_on(ctx, date_add_months(month_on, 2));
    invoiced(ctx, s.id, (int64_t[]){11160, second, first}, 3);
    SAME_NUMBER(shares_of(ctx, s.id, days), 0);
    books_are_sound(ctx);
}

TEST(recurrence, a_planned_end_bills_the_last_period_in_arrears_and_ends)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct plan plan = monthly((struct anchor){ANCHOR_START, 0});
    struct subscription s;
    int32_t start_on = first_of_a_month(ctx);

    plan.term_count = 2; /* two periods, and not renewed */
    ctx->today_on = start_on;
    s = started(ctx, plan, DATE_NONE);
    SAME_NUMBER(s.term_until_on, date_add_months(start_on, 2));
    SAME_NUMBER(s.ends_on, date_add_months(start_on, 2));
    SAME_TEXT(s.end_reason, "term");
    run_on(ctx, date_add_months(start_on, 1));
    run_on(ctx, date_add_months(start_on, 2) - 1);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_TEXT(s.state, "active");
    SAME_NUMBER(s.due_on, date_add_months(start_on, 2));
    run_on(ctx, date_add_months(start_on, 2));
    invoiced(ctx, s.id, (int64_t[]){7440, 11160, 15720}, 3);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_TEXT(s.state, "ended");
    SAME_NUMBER(s.due_on, DATE_NONE);
    run_on(ctx, date_add_months(start_on, 4));
    invoiced(ctx, s.id, (int64_t[]){7440, 11160, 15720}, 3);
    books_are_sound(ctx);
}

TEST(recurrence, a_term_is_tacitly_renewed_for_another)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct plan plan = monthly((struct anchor){ANCHOR_START, 0});
    struct subscription s;
    int32_t start_on = first_of_a_month(ctx);

    plan.term_unit = TERM_MONTHS;
    plan.term_count = 2;
    plan.term_renews = true;
    ctx->today_on = start_on;
    s = started(ctx, plan, DATE_NONE);
    SAME_NUMBER(s.ends_on, DATE_NONE);
    SAME_NUMBER(s.term_until_on, date_add_months(start_on, 2));
    run_on(ctx, date_add_months(start_on, 2));
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_NUMBER(s.term_until_on, date_add_months(start_on, 4));
    SAME_TEXT(s.state, "active");
}

TEST(recurrence, a_trial_is_free_and_billing_starts_at_its_end)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct plan plan = monthly((struct anchor){ANCHOR_START, 0});
    struct subscription s;
    int32_t start_on = first_of_a_month(ctx);
    int32_t end_on = start_on + 14;

    plan.trial_count = 14;
    ctx->today_on = start_on;
    s = started(ctx, plan, DATE_NONE);
    SAME_TEXT(s.state, "trial");
    SAME_NUMBER(s.trial_until_on, end_on);
    SAME_NUMBER(s.anchor_on, end_on);
    SAME_NUMBER(s.due_on, end_on - 3); /* the notice */
    invoiced(ctx, s.id, (int64_t[]){12000}, 1); /* the setup */
    run_on(ctx, end_on - 3);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_TEXT(s.state, "trial");
    SAME_NUMBER(s.due_on, end_on);
    run_on(ctx, end_on);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_TEXT(s.state, "active");
    SAME_NUMBER(s.next_index, 1);
    invoiced(ctx, s.id, (int64_t[]){3720, 12000}, 2);
    run_on(ctx, date_add_months(end_on, 1));
    invoiced(ctx, s.id, (int64_t[]){11160, 3720, 12000}, 3);
    books_are_sound(ctx);
}

TEST(recurrence, a_trial_without_a_card_stops_where_the_plan_says_so)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct plan plan = monthly((struct anchor){ANCHOR_CALENDAR, 0});
    struct subscription s;
    int32_t start_on = first_of_a_month(ctx);

    plan.trial_count = 1;
    plan.trial_unit = "month";
    plan.trial_end = "stop";
    ctx->today_on = start_on;
    s = started(ctx, plan, DATE_NONE);
    SAME_NUMBER(s.trial_until_on, date_next_month(start_on));
    run_on(ctx, s.trial_until_on);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_TEXT(s.state, "ended");
    SAME_TEXT(s.end_reason, "trial");
    SAME_NUMBER(s.ends_on, date_next_month(start_on));
    run_on(ctx, date_add_months(start_on, 3));
    invoiced(ctx, s.id, (int64_t[]){12000}, 1);
    books_are_sound(ctx);
}

TEST(recurrence, a_start_in_the_future_waits)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    int32_t start_on = first_of_a_month(ctx);
    struct subscription s;

    ctx->today_on = start_on - 10;
    s = started(ctx, monthly((struct anchor){ANCHOR_START, 0}), start_on);
    SAME_TEXT(s.state, "pending");
    SAME_NUMBER(s.due_on, start_on);
    run_on(ctx, start_on);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_TEXT(s.state, "active");
    SAME_NUMBER(s.due_on, date_add_months(start_on, 1));
    invoiced(ctx, s.id, (int64_t[]){15720}, 1);
}

/* What must never be, whatever the code does. A statement is prepared once for its address: each has one of its own. */
static void refused(struct ctx *ctx, const char *sql)
{
    static struct statement wrong[40];
    static size_t count;

    CU_ASSERT_FATAL(count < COUNT_OF(wrong));
    wrong[count] = (struct statement){.name = "recurrence_wrong", .sql = sql};
    CU_ASSERT_NOT_EQUAL(db_write(ctx, &wrong[count++], NO_PARAMS, NULL), OK);
    ctx_forget_error(ctx);
}

TEST(recurrence, rules_that_do_not_go_together_are_refused_by_the_database)
{
    struct ctx *ctx = store_ctx();

    refused(ctx, "UPDATE plan SET anchor = 'month_day', anchor_day = 32 WHERE unit = 'month' LIMIT 1");
    refused(ctx, "UPDATE plan SET anchor = 'month_day', anchor_day = 0 WHERE unit = 'month' LIMIT 1");
    refused(ctx, "UPDATE plan SET anchor = 'weekday', anchor_day = 1 WHERE unit = 'month' LIMIT 1");
    refused(ctx, "UPDATE plan SET anchor = 'start', anchor_day = 3 WHERE unit = 'month' LIMIT 1");
    refused(ctx, "UPDATE plan SET trial_count = -1 WHERE unit = 'month' LIMIT 1");
    refused(ctx, "UPDATE subscription SET ends_on = DATE_SUB(started_on, INTERVAL 1 DAY) LIMIT 1");
    refused(ctx, "UPDATE subscription SET trial_until_on = started_on LIMIT 1");
    refused(ctx, "UPDATE subscription SET term_count = 12, term_until_on = NULL LIMIT 1");
    refused(ctx, "INSERT INTO billing_period (subscription_id, line_group, from_on, until_on, period_index, invoice_id) "
                 "SELECT subscription_id, 2, from_on, until_on, period_index, invoice_id FROM billing_period LIMIT 1");
    refused(ctx, "INSERT INTO billing_period (subscription_id, line_group, from_on, until_on, period_index, invoice_id) "
                 "SELECT subscription_id, line_group, from_on, until_on, period_index + 1000, invoice_id FROM billing_period LIMIT 1");
    refused(ctx, "INSERT INTO billing_period (subscription_id, line_group, from_on, until_on, period_index, invoice_id) "
                 "SELECT subscription_id, line_group, DATE_SUB(from_on, INTERVAL 1 DAY), until_on, period_index, invoice_id FROM billing_period LIMIT 1");
}

static struct subscription for_customer(struct ctx *ctx, int64_t customer_id, struct plan plan)
{
    struct subscription s = started(ctx, plan, DATE_NONE);
    static const struct statement statement = {.name = "recurrence_move", .sql = "UPDATE subscription SET customer_id = ? WHERE id = ?"};

    GOOD(db_write_one(ctx, &statement, PARAMS(P_I64(customer_id), P_I64(s.id))));
    return s;
}

TEST(recurrence, renewals_of_one_customer_and_day_are_one_invoice_where_asked)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    int32_t start_on = first_of_a_month(ctx);
    struct plan plan = monthly((struct anchor){ANCHOR_CALENDAR, 0});
    struct subscription first, second, later;
    struct customer customer;
    struct customer_result result;
    struct invoice_section *sections;
    struct invoice_list_row *rows;
    size_t count;

    ctx->today_on = start_on;
    first = started(ctx, plan, DATE_NONE);
    second = for_customer(ctx, first.customer_id, plan);
    ctx->today_on = start_on + 9;
    later = for_customer(ctx, first.customer_id, monthly((struct anchor){ANCHOR_START, 0})); /* the 10th: another day */
    GOOD(customer_by_id(ctx, first.customer_id, &customer));
    customer.consolidated = true;
    GOOD(change_customer(ctx, &customer, customer.version_id, NO_ONCE, &result));
    GOOD(subscription_by_id(ctx, second.id, &second));
    CU_ASSERT_TRUE(second.consolidated);
    run_on(ctx, date_next_month(start_on));
    GOOD(invoice_list(ctx, "", first.customer_id, 0, 0, 100, &rows, &count));
    SAME_NUMBER(rows[0].total_minor, 2 * 11160);
    GOOD(invoice_sections(ctx, rows[0].id, &sections, &count));
    SAME_NUMBER(count, 4);
    SAME_TEXT(sections[0].subscription_number, first.number);
    SAME_TEXT(sections[2].subscription_number, second.number);
    invoiced(ctx, first.id, (int64_t[]){22320, 15720}, 2);
    invoiced(ctx, second.id, (int64_t[]){22320, 15720}, 2); /* each shows it */
    run_on(ctx, date_next_month(start_on));
    invoiced(ctx, second.id, (int64_t[]){22320, 15720}, 2);
    run_on(ctx, date_next_month(start_on) + 9);
    invoiced(ctx, later.id, (int64_t[]){11160, 15720}, 2);
    /* two months late: one invoice a due day, as if each day had been run */
    run_on(ctx, date_add_months(start_on, 3));
    invoiced(ctx, second.id, (int64_t[]){22320, 22320, 22320, 15720}, 4);
    books_are_sound(ctx);
    GOOD(customer_by_id(ctx, first.customer_id, &customer));
    customer.consolidated = false;
    GOOD(change_customer(ctx, &customer, customer.version_id, NO_ONCE, &result));
    run_on(ctx, date_add_months(start_on, 4));
    invoiced(ctx, second.id, (int64_t[]){11160, 22320, 22320, 22320, 15720}, 5);
    books_are_sound(ctx);
}

TEST(recurrence, one_invoice_for_all_is_one_for_each_sales_journal)
{
    static const struct statement into = {"test_journal", "UPDATE subscription SET journal = ? WHERE id = ?", NOTHING};
    struct ctx *ctx = store_ctx_of_newest_day();
    int32_t start_on = first_of_a_month(ctx);
    struct plan plan = monthly((struct anchor){ANCHOR_CALENDAR, 0});
    char *code = arena_printf(ctx->arena, "V%lld", (long long)(store_unique() % 10000));
    struct subscription s[4];
    struct customer customer;
    struct customer_result result;
    struct invoice_list_row *rows;
    struct booked_journal booked;
    size_t count;
    int64_t in_own = 0;
    int64_t in_sales = 0;

    GOOD(insert_sales_journal(ctx, &(struct sales_journal){.code = code, .name = "Ventes en ligne"}));
    ctx->today_on = start_on;
    s[0] = started(ctx, plan, DATE_NONE);
    for (int i = 1; i < 4; i++)
        s[i] = for_customer(ctx, s[0].customer_id, plan);
    GOOD(db_write(ctx, &into, PARAMS(P_TEXT(code), P_I64(s[1].id)), NULL)); /* between two of the usual one, and the last says it itself */
    GOOD(db_write(ctx, &into, PARAMS(P_TEXT(SALES_JOURNAL), P_I64(s[3].id)), NULL));
    GOOD(customer_by_id(ctx, s[0].customer_id, &customer));
    customer.consolidated = true;
    GOOD(change_customer(ctx, &customer, customer.version_id, NO_ONCE, &result));
    run_on(ctx, date_next_month(start_on));
    GOOD(invoice_list(ctx, "", s[0].customer_id, 0, 0, 100, &rows, &count));
    SAME_NUMBER(count, 1 + 2); /* the first one, and one for each journal */
    for (size_t i = 0; i < 2; i++) {
        GOOD(journal_of_invoice(ctx, rows[i].id, &booked));
        *(strcmp(booked.journal, code) == 0 ? &in_own : &in_sales) += rows[i].total_minor;
    }
    SAME_NUMBER(in_own, 11160);
    SAME_NUMBER(in_sales, 3 * 11160);
    books_are_sound(ctx);
}

TEST(recurrence, a_bad_one_of_a_consolidated_customer_is_set_aside_and_the_others_are_billed)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    static const struct statement spoil = {.name = "recurrence_spoil", .sql = "INSERT INTO subscription_line (subscription_id, position, description, "
                                    "quantity_e4, unit_price_e4, tax_class, from_on) SELECT id, 99, 'x', 10000, 10000, 'nowhere', started_on FROM subscription WHERE id = ?"};
    int32_t start_on = first_of_a_month(ctx);
    struct plan plan = monthly((struct anchor){ANCHOR_CALENDAR, 0});
    struct renewing state = {0};
    struct subscription first, second;
    struct customer customer;
    struct customer_result result;

    ctx->today_on = start_on;
    first = started(ctx, plan, DATE_NONE);
    second = for_customer(ctx, first.customer_id, plan);
    GOOD(customer_by_id(ctx, first.customer_id, &customer));
    customer.consolidated = true;
    GOOD(change_customer(ctx, &customer, customer.version_id, NO_ONCE, &result));
    GOOD(db_write(ctx, &spoil, PARAMS(P_I64(first.id)), NULL));
    ctx->today_on = date_next_month(start_on);
    GOOD(renew_subscriptions(ctx, &state));
    SAME_NUMBER(state.failed, 1);
    invoiced(ctx, first.id, (int64_t[]){15720}, 1);
    invoiced(ctx, second.id, (int64_t[]){11160, 15720}, 2);
    GOOD(subscription_by_id(ctx, first.id, &first));
    SAME_TEXT(first.hold_reason, "error");
    books_are_sound(ctx);
}

TEST(recurrence, an_end_is_planned_refused_where_it_must_be_and_taken_back)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct plan plan = monthly((struct anchor){ANCHOR_START, 0});
    struct end_outlook outlook;
    struct end_request request = {.once = NO_ONCE};
    struct ending_result result;
    struct subscription s;
    int32_t start_on = first_of_a_month(ctx);

    plan.commitment_months = 3;
    plan.notice_days = 15;
    ctx->today_on = start_on;
    s = started(ctx, plan, DATE_NONE);
    GOOD(end_outlook(ctx, &s, &outlook));
    SAME_NUMBER(outlook.billed_until_on, date_add_months(start_on, 1));
    SAME_NUMBER(outlook.earliest_on, date_add_months(start_on, 3));
    SAME_NUMBER(outlook.notice_deadline_on, DATE_NONE);
    request.subscription_id = s.id;
    request.ends_on = date_add_months(start_on, 2);
    GOOD(plan_end(ctx, &request, &result));
    SAME_NUMBER(result.refusal, SUBSCRIPTION_UNDER_COMMITMENT);
    request.agreed = true;
    request.ends_on = date_add_months(start_on, 1) - 1;
    GOOD(plan_end(ctx, &request, &result));
    SAME_NUMBER(result.refusal, SUBSCRIPTION_END_TOO_EARLY);
    request.ends_on = date_add_months(start_on, 1) + 10; /* inside the second month */
    GOOD(plan_end(ctx, &request, &result));
    SAME_NUMBER(result.refusal, SUBSCRIPTION_NOT_REFUSED);
    GOOD(plan_end(ctx, &request, &result));
    SAME_NUMBER(result.refusal, SUBSCRIPTION_END_IS_PLANNED);
    GOOD(undo_end(ctx, &(struct end_request){.subscription_id = s.id, .once = NO_ONCE}, &result));
    SAME_NUMBER(result.refusal, SUBSCRIPTION_NOT_REFUSED);
    GOOD(undo_end(ctx, &(struct end_request){.subscription_id = s.id, .once = NO_ONCE}, &result));
    SAME_NUMBER(result.refusal, SUBSCRIPTION_END_NOT_PLANNED);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_NUMBER(s.ends_on, DATE_NONE);
    SAME_NUMBER(s.due_on, date_add_months(start_on, 1));
    GOOD(plan_end(ctx, &request, &result));
    run_on(ctx, date_add_months(start_on, 1));
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_TEXT(s.state, "active");
    SAME_NUMBER(s.due_on, request.ends_on);
    run_on(ctx, request.ends_on);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_TEXT(s.state, "ended");
    GOOD(undo_end(ctx, &(struct end_request){.subscription_id = s.id, .once = NO_ONCE}, &result));
    SAME_NUMBER(result.refusal, SUBSCRIPTION_IS_ENDED);
    {
        struct invoice_list_row *rows;
        size_t count;
        struct civil civil = date_civil(date_add_months(start_on, 1));
        int days = date_days_in_month(civil.year, civil.month);
        int64_t part = (3100 * 10 * 2 + days) / (2 * days), arrears = (6200 * 10 * 2 + days) / (2 * days);

        GOOD(invoice_list(ctx, "", 0, s.id, 0, 10, &rows, &count));
        SAME_NUMBER(count, 3);
        SAME_NUMBER(rows[0].total_minor, arrears + (arrears * 2 + 5) / 10);
        SAME_NUMBER(rows[1].total_minor, part + 6200 + ((part + 6200) * 2 + 5) / 10);
    }
    books_are_sound(ctx);
}

TEST(recurrence, a_trial_binds_to_nothing)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct plan plan = monthly((struct anchor){ANCHOR_START, 0});
    struct end_outlook outlook;
    struct end_request request = {.once = NO_ONCE};
    struct ending_result result;
    struct subscription s;

    plan.trial_count = 14;
    plan.commitment_months = 12;
    plan.notice_days = 30;
    ctx->today_on = first_of_a_month(ctx);
    s = started(ctx, plan, DATE_NONE);
    GOOD(end_outlook(ctx, &s, &outlook));
    SAME_NUMBER(outlook.billed_until_on, DATE_NONE);
    SAME_NUMBER(outlook.earliest_on, s.trial_until_on);
    request.subscription_id = s.id;
    request.ends_on = s.trial_until_on + 1;
    GOOD(plan_end(ctx, &request, &result));
    SAME_NUMBER(result.refusal, SUBSCRIPTION_UNDER_COMMITMENT);
    request.ends_on = s.trial_until_on;
    GOOD(plan_end(ctx, &request, &result));
    SAME_NUMBER(result.refusal, SUBSCRIPTION_NOT_REFUSED);
    run_on(ctx, s.trial_until_on);
    GOOD(subscription_by_id(ctx, s.id, &s));
    SAME_TEXT(s.state, "ended");
    SAME_TEXT(s.end_reason, "told");
    invoiced(ctx, s.id, (int64_t[]){12000}, 1);
    books_are_sound(ctx);
}

TEST(recurrence, the_period_that_was_signed_for_is_billed_when_the_money_comes_on_another_day)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    int32_t signed_on = first_of_a_month(ctx) + 19;
    int64_t quote_id;
    struct offer offer;
    struct offer then;

    ctx->today_on = signed_on;
    quote_id = sent_quote(ctx, monthly((struct anchor){ANCHOR_CALENDAR, 0}), DATE_NONE);
    GOOD(load_offer(ctx, quote_id, 0, &offer));
    ctx->today_on = signed_on + 2; /* not signed: each day has its own part */
    GOOD(load_offer(ctx, quote_id, 0, &then));
    CU_ASSERT(then.totals.today.gross_minor < offer.totals.today.gross_minor);
    GOOD(save_priced_on(ctx, offer.version.id, signed_on)); /* a payment that began */
    GOOD(load_offer(ctx, quote_id, 0, &then));
    CU_ASSERT(then.totals.today.gross_minor < offer.totals.today.gross_minor); /* too long ago */
    GOOD(load_offer_agreed(ctx, offer.version.id, &then)); /* its money came */
    SAME_NUMBER(then.totals.today.gross_minor, offer.totals.today.gross_minor);
    SAME_NUMBER(then.started_on, signed_on);
    ctx->today_on = signed_on + 1;
    GOOD(load_offer(ctx, quote_id, 0, &then)); /* over midnight */
    SAME_NUMBER(then.totals.today.gross_minor, offer.totals.today.gross_minor);
    GOOD(move_quote(ctx, quote_id, QUOTE_SENT, QUOTE_SIGNED));
    ctx->today_on = signed_on + 8;
    GOOD(load_offer(ctx, quote_id, 0, &then));
    SAME_NUMBER(then.totals.today.gross_minor, offer.totals.today.gross_minor);
}
