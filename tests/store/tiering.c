/* tiering: price lists, and a tiered price from the list to the renewal's invoice, against a real database. */
#include "service/renewal_preview.h"
#include "support.h"

#include <string.h>

#include "core/date.h"
#include "service/cataloguing.h"
#include "service/couponing.h"
#include "service/customers.h"
#include "service/invoicing.h"
#include "service/listing.h"
#include "service/ordering.h"
#include "service/quoting.h"
#include "service/renewing.h"
#include "service/revising.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/seller_user.h"
#include "store/subscription.h"
#include "store/unit.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)
#define NO_ONCE (&(struct once){NULL, "/"})

/* A monthly plan and a product of its own price 12.00, sold to a customer of a segment. */
struct shop {
    int64_t customer_id, plan_id, product_id, user_id;
    const char *segment;
};

static struct shop open_shop(struct ctx *ctx)
{
    struct customer customer = {.is_company = true, .name = "Lune & fils", .contact_name = "", .email = "lune@lune.example",
        .phone = "", .street = "1 rue Basse", .street2 = "", .postal_code = "59000", .city = "Lille", .country = "FR",
        .siren = "", .vat_id = "", .language = "en", .state = "active", .segment = unique(ctx, "Resellers ")};
    struct seller_user user = {.email = arena_printf(ctx->arena, "p%lld@nord.example", (long long)store_unique()), .name = "Jeanne",
        .password = "x", .language = "fr"};
    struct plan plan = {.name = unique(ctx, "Monthly "), .every = {RECURRENCE_MONTH, 1}, .max_missed = 12, .dunning_rule_id = 1, .state = "active"};
    struct product product = {.code = unique(ctx, "P"), .name = "Licence", .description = "", .kind = "service", .unit = "user",
        .tax_class = "standard", .state = "active"};
    struct price own = {.currency = "EUR", .unit_price_e4 = 120000};
    struct customer_result made;
    struct catalogue_result saved;
    struct shop shop = {.segment = customer.segment};

    GOOD(change_customer(ctx, &customer, 0, NO_ONCE, &made));
    shop.customer_id = made.id;
    GOOD(insert_seller_user(ctx, &user));
    shop.user_id = user.id;
    GOOD(change_plan(ctx, &plan, NO_ONCE, &saved));
    shop.plan_id = own.plan_id = saved.id;
    GOOD(change_product(ctx, &product, &own, 1, NO_ONCE, &saved));
    shop.product_id = saved.id;
    return shop;
}

static struct pricelist_row make_list(struct ctx *ctx, const char *scope, const struct shop *shop)
{
    struct pricelist_row list = {.name = unique(ctx, "List "), .scope = scope, .segment = "", .country = "", .currency = "EUR",
                                 .priority = 100, .state = "active"};
    struct listing_result result;

    if (strcmp(scope, "customer") == 0)
        list.customer_id = shop->customer_id;
    if (strcmp(scope, "segment") == 0)
        list.segment = shop->segment;
    if (strcmp(scope, "country") == 0)
        list.country = "FR";
    GOOD(change_pricelist(ctx, &list, NO_ONCE, &result));
    return list;
}

static struct pricelist_price_row row_of(struct ctx *ctx, const struct pricelist_row *list, const struct shop *shop, int64_t min_e4,
                                         int64_t price_e4)
{
    return (struct pricelist_price_row){.pricelist_id = list->id, .product_id = shop->product_id, .plan_id = shop->plan_id,
        .min_quantity_e4 = min_e4, .from_on = ctx->today_on, .until_on = DATE_NONE, .price_model = "per_unit", .unit_price_e4 = price_e4,
        .tiers = ""};
}

static struct listing_result put(struct ctx *ctx, struct pricelist_price_row row)
{
    struct listing_result result;

    GOOD(change_pricelist_price(ctx, &row, NO_ONCE, &result));
    return result;
}

static int64_t asked(struct ctx *ctx, const struct shop *shop, int64_t quantity_e4)
{
    struct price_lists lists;
    struct listed_price listed;
    int64_t net = -1;

    GOOD(load_price_lists(ctx, shop->customer_id, "EUR", ctx->today_on, &lists));
    if (!listed_price(&lists, shop->product_id, shop->plan_id, quantity_e4, &listed))
        return -1;
    CU_ASSERT_TRUE(price_rule_net(&listed.rule, quantity_e4, 0, currency_find("EUR"), &net));
    return net;
}

TEST(tiering, the_narrowest_list_decides_and_the_products_own_price_is_last)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct shop shop = open_shop(ctx), other = open_shop(ctx);
    struct pricelist_row list;

    SAME_NUMBER(asked(ctx, &shop, 10000), 1200);
    list = make_list(ctx, "default", &shop);
    (void)put(ctx, row_of(ctx, &list, &shop, 0, 110000));
    SAME_NUMBER(asked(ctx, &shop, 10000), 1100);
    list = make_list(ctx, "country", &shop);
    (void)put(ctx, row_of(ctx, &list, &shop, 0, 100000));
    SAME_NUMBER(asked(ctx, &shop, 10000), 1000);
    list = make_list(ctx, "segment", &shop);
    (void)put(ctx, row_of(ctx, &list, &shop, 0, 90000));
    SAME_NUMBER(asked(ctx, &shop, 10000), 900);
    list = make_list(ctx, "customer", &shop);
    (void)put(ctx, row_of(ctx, &list, &shop, 0, 80000));
    SAME_NUMBER(asked(ctx, &shop, 10000), 800);
    other.product_id = shop.product_id;
    other.plan_id = shop.plan_id;
    SAME_NUMBER(asked(ctx, &other, 10000), 1000); /* another customer of the country */
    other.customer_id = 0;
    SAME_NUMBER(asked(ctx, &(struct shop){.product_id = shop.product_id, .plan_id = 0}, 10000), -1);
}

TEST(tiering, two_prices_of_one_day_are_refused_and_the_other_row_is_named)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct shop shop = open_shop(ctx);
    struct pricelist_row list = make_list(ctx, "default", &shop);
    struct pricelist_price_row first = row_of(ctx, &list, &shop, 0, 110000), second = row_of(ctx, &list, &shop, 0, 100000), *rows;
    struct listing_result result;
    size_t count;

    first.until_on = ctx->today_on + 30;
    CU_ASSERT_PTR_NULL(put(ctx, first).clash);
    second.from_on = ctx->today_on + 29;
    result = put(ctx, second);
    CU_ASSERT_PTR_NOT_NULL_FATAL(result.clash);
    SAME_NUMBER(result.clash->unit_price_e4, 110000);
    CU_ASSERT_EQUAL(insert_pricelist_price(ctx, &second), ERR_DB); /* and by the database itself */
    ctx_forget_error(ctx);
    second.from_on = ctx->today_on + 30;
    CU_ASSERT_PTR_NULL(put(ctx, second).clash);
    GOOD(pricelist_prices(ctx, list.id, 0, &rows, &count));
    SAME_NUMBER(count, 2);
    rows[0].until_on = DATE_NONE;
    CU_ASSERT_EQUAL(save_pricelist_price(ctx, &rows[0]), ERR_DB);
    ctx_forget_error(ctx);
    second.min_quantity_e4 = 100000; /* another minimum is another price */
    second.from_on = ctx->today_on;
    CU_ASSERT_PTR_NULL(put(ctx, second).clash);
}

TEST(tiering, the_database_refuses_what_no_list_may_hold)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct shop shop = open_shop(ctx);
    struct pricelist_row list = make_list(ctx, "default", &shop), wrong = list;
    struct pricelist_price_row row;

    wrong.name = unique(ctx, "Wrong ");
    wrong.scope = "customer";
    CU_ASSERT_EQUAL(insert_pricelist(ctx, &wrong), ERR_DB);
    wrong.scope = "default";
    wrong.priority = 1001;
    CU_ASSERT_EQUAL(insert_pricelist(ctx, &wrong), ERR_DB);
    row = row_of(ctx, &list, &shop, 0, -1);
    CU_ASSERT_EQUAL(insert_pricelist_price(ctx, &row), ERR_DB);
    row = row_of(ctx, &list, &shop, INT64_C(10000000000000000), 1);
    CU_ASSERT_EQUAL(insert_pricelist_price(ctx, &row), ERR_DB);
    row = row_of(ctx, &list, &shop, 0, 1);
    row.until_on = row.from_on;
    CU_ASSERT_EQUAL(insert_pricelist_price(ctx, &row), ERR_DB);
    row = row_of(ctx, &list, &shop, 0, 1);
    row.price_model = "volume"; /* without tiers */
    CU_ASSERT_EQUAL(insert_pricelist_price(ctx, &row), ERR_DB);
    row.price_model = "flat";
    row.tiers = "*:1:0";
    CU_ASSERT_EQUAL(insert_pricelist_price(ctx, &row), ERR_DB);
    ctx_forget_error(ctx);
}

/* A quote of a template whose line takes the list's price; the customer may choose 1 to 100. */
static struct quoting_result quote_of(struct ctx *ctx, const struct shop *shop, int64_t quantity_e4)
{
    struct quote_template template = {.name = unique(ctx, "T "), .plan_id = shop->plan_id, .validity_days = 20,
        .acceptance = ACCEPTANCE_SIGNATURE, .note = "", .state = "active"};
    struct quote_template_line line = {.kind = LINE_RECURRING, .product_id = shop->product_id, .description = "",
        .quantity_e4 = quantity_e4, .unit_price_e4 = TEMPLATE_LIST_PRICE, .quantity_editable = true, .quantity_min_e4 = 10000,
        .quantity_max_e4 = 1000000};
    struct catalogue_result saved;
    struct quoting_result quote;

    GOOD(change_template(ctx, &template, &line, 1, NO_ONCE, &saved));
    GOOD(create_quote(ctx, &(struct quote_start){shop->customer_id, shop->user_id, saved.id}, NO_ONCE, &quote));
    return quote;
}

static void choose(struct ctx *ctx, const struct quoting_result *quote, int64_t quantity_e4, struct offer *offer)
{
    struct quoting_result result;

    GOOD(load_offer(ctx, quote->quote_id, 0, offer));
    GOOD(save_choices(ctx, quote->quote_id, 1, &(struct quote_choice){offer->lines[0].as.id, offer->version.id, true, quantity_e4}, 1, NO_ONCE, &result));
    CU_ASSERT_EQUAL(result.refusal, QUOTE_NOT_REFUSED);
    GOOD(load_offer(ctx, quote->quote_id, 0, offer));
}

TEST(tiering, a_quantity_that_the_customer_changes_gets_the_price_of_its_minimum)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct shop shop = open_shop(ctx);
    struct pricelist_row list = make_list(ctx, "segment", &shop);
    struct quoting_result quote, sent;
    struct offer offer;

    (void)put(ctx, row_of(ctx, &list, &shop, 100000, 100000)); /* from 10 on 10.00; below, the product's own 12.00 */
    (void)put(ctx, row_of(ctx, &list, &shop, 500000, 80000));
    quote = quote_of(ctx, &shop, 30000);
    GOOD(load_offer(ctx, quote.quote_id, 0, &offer));
    SAME_NUMBER(offer.lines[0].net_minor, 3600);
    SAME_TEXT(offer.lines[0].as.tiers, "99999:120000:0;499999:100000:0;*:80000:0");
    GOOD(send_quote(ctx, quote.quote_id, "", NO_ONCE, &sent));
    (void)put(ctx, row_of(ctx, &list, &shop, 20000, 10000)); /* what changes now changes no offer */
    choose(ctx, &quote, 95000, &offer);
    SAME_NUMBER(offer.lines[0].net_minor, 11400);
    choose(ctx, &quote, 100000, &offer);
    SAME_NUMBER(offer.lines[0].net_minor, 10000);
    choose(ctx, &quote, 600000, &offer);
    SAME_NUMBER(offer.lines[0].net_minor, 48000);
    SAME_NUMBER(offer.totals.mrr_e4, 4800000);
}

static enum err confirm(struct ctx *ctx, void *arg)
{
    struct confirming *c = arg;

    TRY(ctx, load_offer_version(ctx, c->offer.version.id, &c->offer));
    return confirm_order(ctx, &c->offer, &c->ids);
}

static void billed(struct ctx *ctx, int64_t invoice_id, const struct offer *offer)
{
    struct invoice_line_row *lines;
    size_t count;
    int64_t net = 0;

    GOOD(invoice_lines(ctx, invoice_id, &lines, &count));
    SAME_NUMBER(count, 3);
    SAME_TEXT(lines[0].description, "Licence, up to 10");
    SAME_NUMBER(lines[0].quantity_e4, 100000);
    SAME_NUMBER(lines[0].unit_price_e4, 100000);
    SAME_TEXT(lines[1].description, "Licence, above 10");
    SAME_NUMBER(lines[1].quantity_e4, 23333);
    SAME_NUMBER(lines[1].unit_price_e4, 80005);
    SAME_NUMBER(lines[1].net_minor, 1867); /* 18.667... */
    SAME_TEXT(lines[2].description, "Licence, fixed fee above 10");
    SAME_NUMBER(lines[2].net_minor, 500);
    for (size_t i = 0; i < count; i++)
        net += lines[i].net_minor;
    SAME_NUMBER(net, 12367);
    SAME_NUMBER(net, offer->totals.period.net_minor);
    CU_ASSERT_TRUE(lines[0].subscription_line_id == lines[2].subscription_line_id);
}

/* List -> quote -> signature -> subscription -> first invoice -> renewal: one price, whatever the list says later. */
TEST(tiering, a_graduated_price_is_frozen_and_billed_tier_by_tier)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct shop shop = open_shop(ctx);
    struct pricelist_row list = make_list(ctx, "default", &shop);
    struct pricelist_price_row row = row_of(ctx, &list, &shop, 0, 0);
    struct confirming c;
    struct quoting_result quote, sent;
    struct subscription s;
    struct subscription_line *agreed;
    struct renewal_preview preview;
    struct renewing state = {0};
    struct invoice_list_row *rows;
    struct pricelist_price_row *prices;
    struct listing_result removed;
    struct sales_order order;
    size_t count;

    row.price_model = "graduated";
    row.tiers = "100000:100000:0;*:80005:50000";
    (void)put(ctx, row);
    quote = quote_of(ctx, &shop, 50000);
    GOOD(send_quote(ctx, quote.quote_id, "", NO_ONCE, &sent));
    choose(ctx, &quote, 123333, &c.offer);
    SAME_NUMBER(c.offer.lines[0].net_minor, 12367);
    SAME_NUMBER(c.offer.lines[0].net_minor, asked(ctx, &shop, 123333)); /* the preview said so */
    GOOD(db_transaction(ctx, sign_offer, &c.offer));
    GOOD(reserve_invoice_ids(ctx, 1, &c.ids));
    GOOD(db_transaction(ctx, confirm, &c));
    GOOD(order_of_quote(ctx, c.offer.quote.id, &order));
    GOOD(subscription_of_order(ctx, order.id, &s));
    SAME_NUMBER(s.period_minor, 12367);
    SAME_NUMBER(s.mrr_e4, 1236676); /* exact, rounded once: 100 + 18.66756665 + 5 */
    GOOD(subscription_lines(ctx, s.id, s.id + 1, &agreed, &count));
    SAME_NUMBER(count, 1);
    SAME_TEXT(agreed[0].price_model, "graduated");
    SAME_TEXT(agreed[0].tiers, "100000:100000:0;*:80005:50000");
    GOOD(invoice_list(ctx, "", 0, s.id, 0, 1, &rows, &count));
    billed(ctx, rows[0].id, &c.offer);

    /* the list changes, and then loses its price */
    GOOD(pricelist_prices(ctx, list.id, 0, &prices, &count));
    prices[0].tiers = "*:1:0";
    (void)put(ctx, prices[0]);
    GOOD(remove_pricelist_price(ctx, list.id, prices[0].id, NO_ONCE, &removed));
    SAME_NUMBER(asked(ctx, &shop, 10000), 1200);
    GOOD(preview_renewal(ctx, &s, &preview));
    SAME_NUMBER(preview.net_minor, 12367);
    ctx->today_on = preview.due_on;
    GOOD(renew_subscriptions(ctx, &state));
    GOOD(invoice_list(ctx, "", 0, s.id, 0, 1, &rows, &count));
    SAME_NUMBER(rows[0].total_minor, preview.total_minor);
    billed(ctx, rows[0].id, &c.offer);
    books_are_sound(ctx);
}

/* A product priced by the hour, from 16 hours on cheaper, on a line in days of 8 hours. */
TEST(tiering, a_line_in_another_unit_has_the_same_price)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct shop shop = open_shop(ctx);
    struct pricelist_row list = make_list(ctx, "default", &shop);
    struct unit hour, day = {.name = unique(ctx, "day"), .numerator = 8, .denominator = 1, .code = "DAY"}, wrong;
    struct catalogue_result saved;
    struct price_lists lists;
    struct quote_line line = {.kind = LINE_RECURRING, .product_id = shop.product_id, .quantity_e4 = 15000};
    char *name = unique(ctx, "hour");

    GOOD(unit_named(ctx, name));
    GOOD(unit_by_name(ctx, name, &hour));
    SAME_TEXT(hour.code, "C62");
    day.base_id = hour.id;
    GOOD(change_unit(ctx, &day, NO_ONCE, &saved));
    CU_ASSERT_FALSE(saved.misplaced);
    wrong = (struct unit){.name = unique(ctx, "week"), .base_id = day.id, .numerator = 5, .denominator = 1, .code = "WEE"};
    GOOD(change_unit(ctx, &wrong, NO_ONCE, &saved)); /* a base has no base itself */
    CU_ASSERT_TRUE(saved.misplaced);
    CU_ASSERT_EQUAL(insert_unit(ctx, &wrong), ERR_DB);
    ctx_forget_error(ctx);
    (void)put(ctx, row_of(ctx, &list, &shop, 0, 600000));
    (void)put(ctx, row_of(ctx, &list, &shop, 160000, 500000));
    GOOD(load_price_lists(ctx, shop.customer_id, "EUR", ctx->today_on, &lists));
    line.unit = day.name;
    CU_ASSERT_TRUE(list_line_price(ctx, &lists, shop.plan_id, name, &line));
    SAME_TEXT(line.tiers, "19999:4800000:0;*:4000000:0"); /* from 2 days on */
    line.unit = "user"; /* does not convert */
    CU_ASSERT_FALSE(list_line_price(ctx, &lists, shop.plan_id, name, &line));
}

/* 3 x 12.00 a month for 2 periods less 10 %, and a coupon of 5.00 off each invoice: what is signed, billed and renewed. */
TEST(tiering, discounts_of_the_document_reach_every_invoice)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct shop shop = open_shop(ctx);
    struct quoting_result quote = quote_of(ctx, &shop, 30000), saved, sent;
    struct coupon coupon = {.code = unique(ctx, "FIVE-"), .amount_minor = 500, .currency = "EUR", .from_on = ctx->today_on, .until_on = DATE_NONE,
        .max_redemptions = 1, .once_per_customer = true, .state = "active"};
    struct couponing_result couponed;
    struct quote_draft draft;
    struct confirming c;
    struct subscription s;
    struct renewing state = {0};
    struct invoice_list_row *rows;
    struct invoice_line_row *lines;
    struct sales_order order;
    size_t count;

    GOOD(change_coupon(ctx, &coupon, NO_ONCE, &couponed));
    GOOD(load_offer(ctx, quote.quote_id, 0, &c.offer));
    draft = (struct quote_draft){.quote_id = quote.quote_id, .base_version = 1, .rev = c.offer.version.rev, .plan_id = shop.plan_id, .language = "en",
        .valid_until_on = ctx->today_on + 20, .start_on = DATE_NONE, .acceptance = ACCEPTANCE_SIGNATURE, .note = "", .discounts = "100000:0:2:",
        .lines = &c.offer.lines[0].as, .line_count = 1};
    GOOD(save_draft(ctx, &draft, NO_ONCE, &saved));
    CU_ASSERT_FALSE(saved.stale);
    GOOD(send_quote(ctx, quote.quote_id, "", NO_ONCE, &sent));
    GOOD(enter_coupon(ctx, quote.quote_id, "no such code", false, NO_ONCE, &couponed));
    SAME_NUMBER(couponed.coupon, COUPON_UNKNOWN);
    GOOD(enter_coupon(ctx, quote.quote_id, coupon.code, false, NO_ONCE, &couponed));
    SAME_NUMBER(couponed.coupon, COUPON_ACCEPTED);
    GOOD(load_offer(ctx, quote.quote_id, 0, &c.offer));
    SAME_NUMBER(c.offer.totals.today.net_minor, 3600 - 360 - 500);
    SAME_NUMBER(c.offer.version.period_minor, 2740);
    SAME_NUMBER(c.offer.totals.period_after.net_minor, 3100);
    GOOD(db_transaction(ctx, sign_offer, &c.offer));
    GOOD(reserve_invoice_ids(ctx, 1, &c.ids));
    GOOD(db_transaction(ctx, confirm, &c));
    GOOD(remove_coupon(ctx, quote.quote_id, true, NO_ONCE, &couponed));
    CU_ASSERT_NOT_EQUAL(couponed.quote, QUOTE_NOT_REFUSED); /* what was signed keeps it; so says the database too */
    CU_ASSERT_EQUAL(delete_redemption(ctx, quote.quote_id), ERR_DB);
    ctx_forget_error(ctx);
    GOOD(order_of_quote(ctx, c.offer.quote.id, &order));
    GOOD(subscription_of_order(ctx, order.id, &s));
    SAME_TEXT(s.discounts, arena_printf(ctx->arena, "100000:0:2:;0:500:0:%s", coupon.code));
    SAME_NUMBER(s.mrr_e4, 274000);
    for (int period = 0; period < 4; period++) {
        int64_t net = period < 2 ? 2740 : 3100;
        struct renewal_preview preview;

        GOOD(invoice_list(ctx, "", 0, s.id, 0, 1, &rows, &count));
        GOOD(invoice_lines(ctx, rows[0].id, &lines, &count));
        SAME_NUMBER(lines[0].net_minor, net);
        SAME_NUMBER(lines[0].allowance_minor, 3600 - net);
        GOOD(subscription_by_id(ctx, s.id, &s));
        GOOD(preview_renewal(ctx, &s, &preview));
        SAME_NUMBER(preview.net_minor, period < 1 ? 2740 : 3100);
        ctx->today_on = preview.due_on;
        GOOD(renew_subscriptions(ctx, &state));
    }
    books_are_sound(ctx);
}

TEST(tiering, the_last_coupon_goes_to_one_and_comes_back_from_what_came_to_nothing)
{
    struct ctx *ctx = store_ctx_of_newest_day(), *other = store_other_ctx();
    struct shop shop = open_shop(ctx), second = open_shop(ctx);
    struct quoting_result a = quote_of(ctx, &shop, 30000), b = quote_of(ctx, &second, 30000), again = quote_of(ctx, &shop, 10000), sent;
    struct coupon coupon = {.code = unique(ctx, "LAST-"), .ppm = 500000, .currency = "EUR", .from_on = ctx->today_on, .until_on = ctx->today_on + 1,
        .max_redemptions = 1, .once_per_customer = true, .state = "active"};
    struct coupon_redemption forced;
    struct couponing_result result;

    GOOD(change_coupon(ctx, &coupon, NO_ONCE, &result));
    GOOD(send_quote(ctx, a.quote_id, "", NO_ONCE, &sent));
    GOOD(send_quote(ctx, b.quote_id, "", NO_ONCE, &sent));
    GOOD(enter_coupon(ctx, a.quote_id, coupon.code, false, NO_ONCE, &result));
    SAME_NUMBER(result.coupon, COUPON_ACCEPTED);
    other->today_on = ctx->today_on;
    GOOD(enter_coupon(other, b.quote_id, coupon.code, false, NO_ONCE, &result));
    SAME_NUMBER(result.coupon, COUPON_NONE_LEFT);
    forced = (struct coupon_redemption){.quote_id = b.quote_id, .coupon_id = coupon.id, .customer_id = second.customer_id, .discount = "500000:0:0:X"};
    CU_ASSERT_EQUAL(insert_redemption(ctx, &forced), ERR_DB); /* whatever the code does */
    ctx_forget_error(ctx);
    GOOD(decline_quote(ctx, a.quote_id, 1, "", NO_ONCE, &sent));
    GOOD(enter_coupon(other, b.quote_id, coupon.code, false, NO_ONCE, &result));
    SAME_NUMBER(result.coupon, COUPON_ACCEPTED);
    coupon.max_redemptions = 0;
    coupon.rev = 1;
    GOOD(change_coupon(ctx, &coupon, NO_ONCE, &result));
    GOOD(enter_coupon(ctx, again.quote_id, coupon.code, true, NO_ONCE, &result)); /* the declined one gave the customer theirs back */
    SAME_NUMBER(result.coupon, COUPON_ACCEPTED);
    again = quote_of(ctx, &shop, 10000);
    GOOD(enter_coupon(ctx, again.quote_id, coupon.code, true, NO_ONCE, &result));
    SAME_NUMBER(result.coupon, COUPON_HAD_ALREADY);
    coupon.rev = 2;
    coupon.max_redemptions = 1;
    GOOD(change_coupon(ctx, &coupon, NO_ONCE, &result));
    CU_ASSERT_TRUE(result.too_few);
}

struct line_now {
    int64_t unit_price_e4;
    int32_t from_on, until_on;
};
static struct line_now line_at(struct ctx *ctx, const struct subscription *s, size_t i, size_t wanted)
{
    struct subscription_line *lines;
    size_t count;

    GOOD(subscription_lines(ctx, s->id, s->id + 1, &lines, &count));
    SAME_NUMBER(count, wanted);
    return (struct line_now){lines[i].unit_price_e4, lines[i].from_on, lines[i].until_on};
}

static int64_t newest_net(struct ctx *ctx, const struct subscription *s)
{
    struct invoice_list_row *rows;
    struct invoice_line_row *lines;
    size_t count;
    int64_t net = 0;

    GOOD(invoice_list(ctx, "", 0, s->id, 0, 1, &rows, &count));
    GOOD(invoice_lines(ctx, rows[0].id, &lines, &count));
    for (size_t i = 0; i < count; i++)
        net += lines[i].net_minor;
    return net;
}

/*   start      +1 month    +2 months     announced on the start with 40 days of notice: from the second month on
 *   |-12.00-----|-12.00------|-13.20--   the discount of 50 % for 3 periods goes on where it was                    */
TEST(tiering, a_revision_is_announced_undone_and_takes_effect_on_a_boundary)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct shop shop = open_shop(ctx);
    struct quoting_result quote = quote_of(ctx, &shop, 10000), sent;
    struct price_revision revision = {.kind = "percent", .currency = "EUR", .product_id = shop.product_id, .change_ppm = 100000, .notice_days = 40, .reason = "Costs"};
    struct revising_result result;
    struct confirming c;
    struct quote_draft draft;
    struct subscription s;
    struct renewing state = {0};
    struct outbox_row *mails;
    struct sales_order order;
    struct quote_line line;
    int32_t second_on;
    size_t count;

    GOOD(load_offer(ctx, quote.quote_id, 0, &c.offer));
    line = c.offer.lines[0].as;
    line.discount_ppm = 500000;
    line.discount_periods = 3;
    draft = (struct quote_draft){.quote_id = quote.quote_id, .base_version = 1, .rev = c.offer.version.rev, .plan_id = shop.plan_id, .language = "en",
        .valid_until_on = ctx->today_on + 20, .start_on = DATE_NONE, .acceptance = ACCEPTANCE_SIGNATURE, .note = "", .lines = &line, .line_count = 1};
    GOOD(save_draft(ctx, &draft, NO_ONCE, &sent));
    GOOD(send_quote(ctx, quote.quote_id, "", NO_ONCE, &sent));
    GOOD(load_offer(ctx, quote.quote_id, 0, &c.offer));
    GOOD(db_transaction(ctx, sign_offer, &c.offer));
    GOOD(reserve_invoice_ids(ctx, 1, &c.ids));
    GOOD(db_transaction(ctx, confirm, &c));
    GOOD(order_of_quote(ctx, c.offer.quote.id, &order));
    GOOD(subscription_of_order(ctx, order.id, &s));
    second_on = date_add_months(s.started_on, 2);

    GOOD(announce_revision(ctx, &revision, NO_ONCE, &result));
    CU_ASSERT_FALSE(result.none || result.stale);
    SAME_NUMBER(line_at(ctx, &s, 0, 2).until_on, second_on);
    SAME_NUMBER(line_at(ctx, &s, 1, 2).unit_price_e4, 132000);
    SAME_NUMBER(line_at(ctx, &s, 1, 2).from_on, second_on);
    GOOD(outbox_list(ctx, 0, 1, &mails, &count));
    SAME_TEXT(mails[0].template, "price_revised");
    GOOD(announce_revision(ctx, &revision, NO_ONCE, &result)); /* one at a time */
    CU_ASSERT_TRUE(result.none);
    GOOD(price_revision_by_id(ctx, revision.id, &revision));
    SAME_NUMBER(revision.lines, 1);
    GOOD(undo_revision(ctx, revision.id, NO_ONCE, &result));
    CU_ASSERT_FALSE(result.over || result.stale);
    SAME_NUMBER(line_at(ctx, &s, 0, 1).until_on, DATE_NONE);
    GOOD(outbox_list(ctx, 0, 1, &mails, &count));
    SAME_TEXT(mails[0].template, "price_kept");
    GOOD(undo_revision(ctx, revision.id, NO_ONCE, &result));
    CU_ASSERT_TRUE(result.stale);

    revision.id = 0;
    GOOD(announce_revision(ctx, &revision, NO_ONCE, &result));
    for (int month = 1; month <= 3; month++) {
        struct renewal_preview preview;

        GOOD(subscription_by_id(ctx, s.id, &s));
        GOOD(preview_renewal(ctx, &s, &preview));
        ctx->today_on = s.due_on;
        GOOD(renew_subscriptions(ctx, &state));
        SAME_NUMBER(newest_net(ctx, &s), preview.net_minor);
        GOOD(subscription_by_id(ctx, s.id, &s));
        SAME_NUMBER(newest_net(ctx, &s), month == 1 ? 600 : month == 2 ? 660 : 1320); /* half price for three periods in all */
        SAME_NUMBER(s.period_minor, newest_net(ctx, &s));
        SAME_NUMBER(s.mrr_e4, s.period_minor * 100);
    }
    GOOD(undo_revision(ctx, result.id, NO_ONCE, &result));
    CU_ASSERT_TRUE(result.over);
    books_are_sound(ctx);
}

TEST(tiering, the_database_keeps_lines_that_were_agreed_or_billed)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    static const struct statement agreed = {.name = "line_delete", .sql = "DELETE FROM subscription_line WHERE revision_id IS NULL LIMIT 1"};
    static const struct statement billed = {.name = "billed_delete", .sql = "DELETE FROM subscription_line WHERE revision_id IS NOT NULL AND "
                                    "id IN (SELECT subscription_line_id FROM invoice_line) LIMIT 1"};
    struct price_index_value value = {.month_on = date_from_civil(2026, 1, 2), .value_e4 = 1};

    CU_ASSERT_EQUAL(db_write(ctx, &agreed, NO_PARAMS, NULL), ERR_DB);
    CU_ASSERT_EQUAL(db_write(ctx, &billed, NO_PARAMS, NULL), ERR_DB);
    GOOD(price_index_named(ctx, unique(ctx, "Syntec "), &value.index_id));
    CU_ASSERT_EQUAL(insert_price_index_value(ctx, &value), ERR_DB); /* not the first of a month */
    value.month_on = date_from_civil(2026, 1, 1);
    GOOD(insert_price_index_value(ctx, &value));
    CU_ASSERT_EQUAL(insert_price_index_value(ctx, &value), ERR_DUPLICATE);
    ctx_forget_error(ctx);
}
