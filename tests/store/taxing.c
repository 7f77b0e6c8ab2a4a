/* taxing: sales to consumers elsewhere, territories, settings and changing rates, against a real database. */
#include "support.h"

#include <string.h>

#include "core/date.h"
#include "service/cataloguing.h"
#include "service/crediting.h"
#include "service/customers.h"
#include "service/invoicing.h"
#include "service/ordering.h"
#include "service/quoting.h"
#include "service/renewing.h"
#include "service/tax_rates.h"
#include "store/agreed_tax.h"
#include "store/catalogue.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/seller_user.h"
#include "store/subscription.h"
#include "store/taxes.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)
#define NO_ONCE (&(struct once){NULL, "/"})

static void as_owner(struct ctx *ctx, const char *sql)
{
    GOOD(owner_runs(ctx, sql));
}

struct wanted {
    const char *country, *postal_code;
    bool is_company;
    enum line_kind kind;
    const char *tax_class;
    int64_t price_e4;
};

static struct offer offered(struct ctx *ctx, const struct wanted *w)
{
    struct customer customer = {.is_company = w->is_company, .name = "Kunde", .contact_name = "", .email = "kunde@kunde.example",
        .phone = "", .street = "Weg 1", .street2 = "", .postal_code = w->postal_code, .city = "Ort", .country = w->country,
        .siren = "", .vat_id = "", .language = "en", .state = "active"};
    struct customer_result made;
    struct seller_user user = {.email = arena_printf(ctx->arena, "t%lld@nord.example", (long long)store_unique()), .name = "Jeanne",
        .password = "x", .language = "fr"};
    struct plan plan = {.name = unique(ctx, "Plan "), .every = {RECURRENCE_MONTH, 1},
        .max_missed = 12, .dunning_rule_id = 1, .state = "active"};
    struct product product = {.code = unique(ctx, "T"), .name = "Abo", .description = "",
        .kind = "service", .unit = "", .tax_class = w->tax_class, .state = "active"};
    struct quote_template template = {.name = unique(ctx, "T "), .validity_days = 20,
        .acceptance = ACCEPTANCE_SIGNATURE, .note = "", .state = "active"};
    struct quote_template_line line = {.kind = w->kind, .description = "Abo", .quantity_e4 = 10000, .unit_price_e4 = w->price_e4,
        .quantity_min_e4 = 10000, .quantity_max_e4 = 10000};
    struct catalogue_result saved;
    struct quoting_result quote;
    struct offer offer;

    GOOD(change_customer(ctx, &customer, 0, NO_ONCE, &made));
    GOOD(insert_seller_user(ctx, &user));
    GOOD(insert_product(ctx, &product));
    line.product_id = product.id;
    if (w->kind == LINE_RECURRING) {
        GOOD(change_plan(ctx, &plan, NO_ONCE, &saved));
        template.plan_id = saved.id;
    }
    GOOD(change_template(ctx, &template, &line, 1, NO_ONCE, &saved));
    GOOD(create_quote(ctx, &(struct quote_start){made.id, user.id, saved.id}, NO_ONCE, &quote));
    GOOD(load_offer(ctx, quote.quote_id, 0, &offer));
    return offer;
}

/* As settling does: the offer is loaded, and taxed, in the transaction that issues. */
static enum err confirm(struct ctx *ctx, void *arg)
{
    struct confirming *c = arg;

    TRY(ctx, load_offer_version(ctx, c->offer.version.id, &c->offer));
    return confirm_order(ctx, &c->offer, &c->ids);
}

struct sold {
    struct invoice invoice;
    struct invoice_line_row line;
    struct subscription subscription;
};

static struct sold sold(struct ctx *ctx, const struct wanted *w)
{
    struct confirming c = {.offer = offered(ctx, w)};
    struct quoting_result sent;
    struct invoice_line_row *lines;
    struct sales_order order;
    struct sold result = {.invoice = {.id = 0}};
    size_t count;

    GOOD(send_quote(ctx, c.offer.quote.id, "", NO_ONCE, &sent));
    CU_ASSERT_EQUAL_FATAL(sent.refusal, QUOTE_NOT_REFUSED);
    GOOD(load_offer(ctx, c.offer.quote.id, 0, &c.offer));
    GOOD(db_transaction(ctx, sign_offer, &c.offer));
    GOOD(reserve_invoice_ids(ctx, 1, &c.ids));
    GOOD(db_transaction(ctx, confirm, &c));
    GOOD(order_of_quote(ctx, c.offer.quote.id, &order));
    GOOD(invoice_of_order(ctx, order.id, &result.invoice));
    GOOD(invoice_lines(ctx, result.invoice.id, &lines, &count));
    result.line = lines[0];
    if (w->kind == LINE_RECURRING)
        GOOD(subscription_of_order(ctx, order.id, &result.subscription));
    return result;
}

static void taxed(const struct sold *s, const char *category, int32_t rate_ppm, const char *reason, const char *vatex, const char *country)
{
    SAME_TEXT(s->line.tax_category, category);
    SAME_NUMBER(s->line.tax_rate_ppm, rate_ppm);
    SAME_TEXT(s->line.tax_reason, reason);
    SAME_TEXT(s->line.vatex, vatex);
    SAME_TEXT(s->line.tax_country, country);
}

static struct wanted consumer(int64_t price_e4)
{
    return (struct wanted){"DE", "10115", false, LINE_ONE_TIME, "standard", price_e4};
}

/* 9,999.99 and 10,000.00 at the seller's rate; the sale that goes to 10,000.01 and every later one at the customer's, also
 * the year after; the year after that starts again.
 *
 *     2026         9,999.99 | 10,000.00 | 10,000.01          2027  small                 2028  small
 *     FR 20 % ---------------------------| DE 19 % ----------------------- | FR 20 % ---------------> */
TEST(taxing, the_sale_that_crosses_the_threshold_takes_the_customers_rate)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    int year = date_civil(ctx->today_on).year;
    int64_t last, this;
    struct wanted w = consumer(90000000);
    struct sold s = sold(ctx, &w);

    taxed(&s, "S", 200000, "origin", "", "FR");
    w = consumer(9999900);
    s = sold(ctx, &w);
    taxed(&s, "S", 200000, "origin", "", "FR");
    w = consumer(100);
    s = sold(ctx, &w);
    taxed(&s, "S", 200000, "origin", "", "FR");
    GOOD(distance_totals(ctx, year, &last, &this));
    SAME_NUMBER(last, 0);
    SAME_NUMBER(this, 1000000);
    s = sold(ctx, &w);
    taxed(&s, "S", 190000, "destination", "", "DE");
    w.country = "FR";
    s = sold(ctx, &w);
    taxed(&s, "S", 200000, "domestic", "", "FR");
    GOOD(distance_totals(ctx, year, &last, &this));
    SAME_NUMBER(this, 1000001);
    ctx->today_on = date_from_civil(year + 1, 1, 1);
    w = consumer(100000);
    s = sold(ctx, &w);
    taxed(&s, "S", 190000, "destination", "", "DE");
    ctx->today_on = date_from_civil(year + 2, 1, 1);
    s = sold(ctx, &w);
    taxed(&s, "S", 200000, "origin", "", "FR");
    books_are_sound(ctx);
}

/* A group of renewals counts its own invoices: 8,900.00 before, then two of 600.00 on one day: the second crosses. */
TEST(taxing, renewals_of_one_day_cross_the_threshold_once)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct wanted w = consumer(6000000);
    struct renewing state = {0};
    struct invoice_list_row *rows;
    struct invoice_line_row *lines;
    struct sold first, second;
    int64_t last, before, after;
    size_t count, line_count;

    ctx->today_on = date_from_civil(date_civil(ctx->today_on).year + 2, 3, 1);
    w.kind = LINE_RECURRING;
    first = sold(ctx, &w);
    second = sold(ctx, &w);
    w = consumer(77000000);
    (void)sold(ctx, &w);
    GOOD(distance_totals(ctx, date_civil(ctx->today_on).year, &last, &before));
    SAME_NUMBER(before, 890000);
    ctx->today_on = date_add_months(ctx->today_on, 1);
    GOOD(renew_subscriptions(ctx, &state));
    GOOD(distance_totals(ctx, date_civil(ctx->today_on).year, &last, &after));
    SAME_NUMBER(after, 890000 + 120000);
    GOOD(invoice_list(ctx, "", 0, first.subscription.id, 0, 1, &rows, &count));
    GOOD(invoice_lines(ctx, rows[0].id, &lines, &line_count));
    SAME_TEXT(lines[0].tax_reason, "origin"); /* 9,500.00 */
    GOOD(invoice_list(ctx, "", 0, second.subscription.id, 0, 1, &rows, &count));
    GOOD(invoice_lines(ctx, rows[0].id, &lines, &line_count));
    SAME_TEXT(lines[0].tax_reason, "destination");
    books_are_sound(ctx);
}

/* A class that the customer's country has not: its standard rate, from the first sale to the renewals. */
TEST(taxing, a_reduced_class_of_one_country_is_the_standard_rate_of_another)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct wanted w = {"DE", "10115", false, LINE_RECURRING, "intermediate", 110000000};
    struct renewing state = {0};
    struct invoice_list_row *rows;
    struct invoice_line_row *lines;
    struct sold s;
    size_t count, line_count;

    ctx->today_on = date_from_civil(date_civil(ctx->today_on).year + 2, 2, 1);
    s = sold(ctx, &w); /* 11,000.00: above the threshold by itself */
    taxed(&s, "S", 190000, "destination", "", "DE");
    ctx->today_on = date_add_months(ctx->today_on, 1);
    GOOD(renew_subscriptions(ctx, &state));
    SAME_NUMBER(state.failed, 0);
    GOOD(invoice_list(ctx, "", 0, s.subscription.id, 0, 1, &rows, &count));
    GOOD(invoice_lines(ctx, rows[0].id, &lines, &line_count));
    CU_ASSERT_NOT_EQUAL(rows[0].id, s.invoice.id);
    SAME_NUMBER(lines[0].tax_rate_ppm, 190000);
    w.country = "FR";
    s = sold(ctx, &w);
    taxed(&s, "S", 100000, "domestic", "", "FR");
    books_are_sound(ctx);
}

/* What is exempt carries category E, its reason and its code, at home and for consumers elsewhere, in renewals too, and
 * counts for no threshold; the books follow. */
TEST(taxing, exempt_activities_are_invoiced_renewed_and_booked)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct wanted w = {"FR", "75001", true, LINE_RECURRING, "exempt_training", 1000000};
    struct wanted abroad = {"DE", "10115", false, LINE_ONE_TIME, "exempt_insurance", 110000000};
    struct renewing state = {0};
    struct invoice_list_row *rows;
    struct invoice_line_row *lines;
    struct invoice_tax_row *taxes;
    int64_t last, before, after;
    struct sold s = sold(ctx, &w);
    size_t count, line_count, tax_count;

    taxed(&s, "E", 0, "exempt_training", "VATEX-EU-132-1I", "FR");
    SAME_NUMBER(s.invoice.vat_minor, 0);
    SAME_NUMBER(s.invoice.total_minor, 10000);
    ctx->today_on = date_add_months(ctx->today_on, 1);
    GOOD(renew_subscriptions(ctx, &state));
    GOOD(invoice_list(ctx, "", 0, s.subscription.id, 0, 1, &rows, &count));
    CU_ASSERT_NOT_EQUAL(rows[0].id, s.invoice.id);
    GOOD(invoice_lines(ctx, rows[0].id, &lines, &line_count));
    SAME_TEXT(lines[0].vatex, "VATEX-EU-132-1I");
    GOOD(invoice_taxes(ctx, rows[0].id, &taxes, &tax_count));
    SAME_NUMBER(tax_count, 1);
    SAME_TEXT(taxes[0].tax_category, "E");
    SAME_TEXT(taxes[0].reason, "exempt_training");
    GOOD(distance_totals(ctx, date_civil(ctx->today_on).year, &last, &before));
    s = sold(ctx, &abroad);
    taxed(&s, "E", 0, "exempt_insurance", "VATEX-EU-135-1", "FR");
    GOOD(distance_totals(ctx, date_civil(ctx->today_on).year, &last, &after));
    SAME_NUMBER(after, before);
    books_are_sound(ctx);
}

TEST(taxing, territories_and_exports_carry_their_reason)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct wanted w = {"FR", "97400", true, LINE_ONE_TIME, "standard", 1000000};
    struct sold s = sold(ctx, &w);

    taxed(&s, "S", 85000, "territory", "", "RE");
    w.postal_code = "97300";
    s = sold(ctx, &w);
    taxed(&s, "O", 0, "no_vat_there", "VATEX-EU-O", "GF");
    w.country = "CH";
    w.postal_code = "8001";
    s = sold(ctx, &w);
    taxed(&s, "O", 0, "outside_eu", "VATEX-EU-O", "CH");
    books_are_sound(ctx);
}

/* S20: the rate changes between two due days; the run comes after both.
 *
 *     start    due 1   change   due 2
 *     |--------|-------x--------|  run
 *     old      old              new        */
TEST(taxing, s20_a_rate_that_changes_mid_year_counts_on_the_day_when_each_period_was_due)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct wanted w = {"FR", "75001", false, LINE_RECURRING, "super_reduced", 1000000};
    struct rate_entry rate = {"FR", "", "", "", "super_reduced", 0, 25000, "test", DATE_NONE};
    struct renewing state = {0};
    struct invoice_list_row *rows;
    struct invoice_line_row *lines;
    struct sold s = sold(ctx, &w);
    size_t count, line_count;

    taxed(&s, "S", 21000, "domestic", "", "FR");
    rate.from_on = s.subscription.due_on + 1;
    GOOD(insert_rate(ctx, &rate));
    CU_ASSERT_EQUAL(insert_rate(ctx, &rate), ERR_DUPLICATE);
    ctx_forget_error(ctx);
    ctx->now += INT64_C(40000000); /* rates are remembered for half a minute */
    ctx->today_on = date_add_months(s.subscription.due_on, 1);
    GOOD(renew_subscriptions(ctx, &state));
    GOOD(invoice_list(ctx, "", 0, s.subscription.id, 0, 10, &rows, &count));
    SAME_NUMBER(count, 3);
    GOOD(invoice_lines(ctx, rows[1].id, &lines, &line_count));
    SAME_NUMBER(lines[0].tax_rate_ppm, 21000);
    GOOD(invoice_lines(ctx, rows[0].id, &lines, &line_count));
    SAME_NUMBER(lines[0].tax_rate_ppm, 25000);
    state = (struct renewing){0};
    GOOD(renew_subscriptions(ctx, &state));
    SAME_NUMBER(state.invoices, 0);
    books_are_sound(ctx);
}

/* Signed at the old rate or below the threshold, settled after the law changed: signed_minor is what is invoiced, and the
 * seller is told. */
static void settled_as_signed(struct ctx *ctx, struct offer signed_offer, int64_t signed_minor, int64_t law_minor)
{
    struct confirming c = {.offer = signed_offer};
    struct operator_item *items;
    struct invoice invoice;
    struct sales_order order;
    size_t count, told = 0;

    GOOD(load_offer(ctx, signed_offer.quote.id, 0, &c.offer)); /* as the page shows it meanwhile */
    SAME_NUMBER(c.offer.totals.today.gross_minor, signed_minor);
    CU_ASSERT_TRUE(c.offer.tax_differs);
    SAME_NUMBER(c.offer.law_today_minor, law_minor);
    GOOD(reserve_invoice_ids(ctx, 1, &c.ids));
    GOOD(db_transaction(ctx, confirm, &c));
    GOOD(order_of_quote(ctx, c.offer.quote.id, &order));
    GOOD(invoice_of_order(ctx, order.id, &invoice));
    SAME_NUMBER(invoice.total_minor, signed_minor);
    GOOD(open_operator_items(ctx, 1000, &items, &count));
    for (size_t i = 0; i < count; i++)
        if (strcmp(items[i].kind, "tax_differs") == 0 && items[i].subject_id == invoice.id) {
            SAME_NUMBER(items[i].amount_minor, law_minor - signed_minor);
            told++;
        }
    SAME_NUMBER(told, 1);
    books_are_sound(ctx);
}

static struct offer signed_offer(struct ctx *ctx, const struct wanted *w)
{
    struct offer offer = offered(ctx, w);
    struct quoting_result sent;

    GOOD(send_quote(ctx, offer.quote.id, "", NO_ONCE, &sent));
    GOOD(load_offer(ctx, offer.quote.id, 0, &offer));
    CU_ASSERT_FALSE(offer.tax_differs);
    GOOD(db_transaction(ctx, sign_offer, &offer));
    return offer;
}

TEST(taxing, a_rate_that_changes_between_signature_and_settlement_changes_no_amount)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct wanted w = {"FR", "75001", false, LINE_ONE_TIME, "intermediate", 1000000};
    struct rate_entry rate = {"FR", "", "", "", "intermediate", ctx->today_on + 1, 120000, "test", DATE_NONE};
    struct offer offer = signed_offer(ctx, &w);

    GOOD(insert_rate(ctx, &rate));
    ctx->now += INT64_C(400000000); /* rates are remembered for half a minute */
    ctx->today_on++;
    settled_as_signed(ctx, offer, 11000, 11200);
}

TEST(taxing, a_threshold_that_is_passed_between_signature_and_settlement_changes_no_amount)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct wanted w = consumer(1000000), big = consumer(99990000);
    struct offer offer;

    ctx->today_on = date_from_civil(date_civil(ctx->today_on).year + 2, 5, 1); /* a year after one without such sales */
    offer = signed_offer(ctx, &w);
    (void)sold(ctx, &big);
    settled_as_signed(ctx, offer, 12000, 11900);
}

TEST(taxing, what_was_signed_is_never_changed_and_no_rate_or_check_is)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct wanted w = {"FR", "75001", false, LINE_ONE_TIME, "standard", 1000000};
    struct offer offer = signed_offer(ctx, &w);
    struct agreed_tax *agreed;
    size_t count;

    GOOD(agreed_taxes(ctx, offer.version.id, &agreed, &count));
    SAME_NUMBER(count, 1);
    agreed[0].tax_rate_ppm = 100000;
    CU_ASSERT_EQUAL(save_agreed_tax(ctx, &agreed[0]), ERR_DB);
    ctx_forget_error(ctx);
    as_owner_refused(ctx, "UPDATE tax_rate SET rate_ppm = 1 WHERE country = 'FR'");
    as_owner_refused(ctx, "DELETE FROM tax_rate WHERE country = 'FR'");
    GOOD(insert_vat_check(ctx, &(struct vat_check){.customer_id = offer.customer.id, .vat_id = "DE136695976", .valid = true,
                                                   .checked_on = ctx->today_on, .evidence = "paper"}));
    as_owner_refused(ctx, "UPDATE vat_check SET valid = 0");
    as_owner_refused(ctx, "DELETE FROM vat_check");
}

/* Without a signature, beginning to pay is agreeing; who begins again on another day agrees to that day's VAT. */
TEST(taxing, beginning_to_pay_agrees_and_the_page_shows_the_day)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct wanted w = {"FR", "75001", false, LINE_ONE_TIME, "reduced", 1000000};
    struct rate_entry rate = {"FR", "", "", "", "reduced", ctx->today_on + 1, 60000, "test", DATE_NONE};
    struct offer offer = offered(ctx, &w);
    struct quoting_result sent;

    GOOD(send_quote(ctx, offer.quote.id, "", NO_ONCE, &sent));
    GOOD(load_offer(ctx, offer.quote.id, 0, &offer));
    GOOD(agree_on_tax(ctx, &offer));
    GOOD(insert_rate(ctx, &rate));
    ctx->now += INT64_C(4000000000);
    ctx->today_on++;
    GOOD(load_offer(ctx, offer.quote.id, 0, &offer));
    SAME_NUMBER(offer.totals.today.gross_minor, 10600);
    GOOD(load_offer_agreed(ctx, offer.version.id, &offer));
    SAME_NUMBER(offer.totals.today.gross_minor, 10550);
    CU_ASSERT_TRUE(offer.tax_differs);
    GOOD(load_offer(ctx, offer.quote.id, 0, &offer));
    GOOD(agree_on_tax(ctx, &offer));
    GOOD(load_offer_agreed(ctx, offer.version.id, &offer));
    SAME_NUMBER(offer.totals.today.gross_minor, 10600);
    CU_ASSERT_FALSE(offer.tax_differs);
}

TEST(taxing, rates_that_are_added_from_a_page)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct wanted w = {"FR", "75001", false, LINE_ONE_TIME, "standard", 1000000};
    struct rate_addition a = {.rate = {.country = "FR", .region = "", .postal_from = "", .postal_until = "", .tax_class = "standard",
                                       .from_on = ctx->today_on, .rate_ppm = 210000, .source = "test"},
                              .until_on = ctx->today_on + 1};
    struct rate_added added;
    struct rate_entry *rows;
    struct sold s = sold(ctx, &w);
    size_t before, after;

    taxed(&s, "S", 200000, "domestic", "", "FR");
    GOOD(rate_entries(ctx, "FR", &rows, &before));
    GOOD(add_rate(ctx, &a, NO_ONCE, &added)); /* invoices of today carry 20 % */
    SAME_NUMBER(added.refusal, RATE_NOT_REFUSED);
    CU_ASSERT(added.touched >= 1);
    CU_ASSERT_PTR_NULL(added.url);
    GOOD(rate_entries(ctx, "FR", &rows, &after));
    SAME_NUMBER(after, before);
    a.rate.from_on = date_add_months(ctx->today_on, 600);
    a.until_on = a.rate.from_on + 10;
    GOOD(add_rate(ctx, &a, NO_ONCE, &added));
    SAME_NUMBER(added.touched, 0);
    CU_ASSERT_PTR_NOT_NULL(added.url);
    GOOD(rate_entries(ctx, "FR", &rows, &after));
    SAME_NUMBER(after, before + 2);
    for (size_t i = 0; i < after; i++)
        if (rows[i].from_on == a.until_on)
            SAME_NUMBER(rows[i].rate_ppm, 200000); /* the one before it again */
    GOOD(add_rate(ctx, &a, NO_ONCE, &added));
    SAME_NUMBER(added.refusal, RATE_DAY_TAKEN);
}

TEST(taxing, without_a_rate_nothing_is_sent)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct wanted w = {"FR", "75001", false, LINE_ONE_TIME, "nowhere", 1000000};
    struct offer offer = offered(ctx, &w);
    struct quoting_result sent;

    CU_ASSERT_FALSE(offer.priced);
    CU_ASSERT_TRUE(offer.lines[0].tax_missing);
    GOOD(send_quote(ctx, offer.quote.id, "", NO_ONCE, &sent));
    CU_ASSERT_NOT_EQUAL(sent.refusal, QUOTE_NOT_REFUSED);
}

TEST(taxing, postal_codes_of_two_rates_do_not_overlap)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct rate_entry rate = {"US", "US-CA", "900", "961", "standard", 0, 72500, "test", DATE_NONE};

    GOOD(insert_rate(ctx, &rate));
    rate.from_on = 20000;
    GOOD(insert_rate(ctx, &rate)); /* a later rate of the same codes */
    rate.postal_from = "950";
    rate.postal_until = "999";
    CU_ASSERT_EQUAL(insert_rate(ctx, &rate), ERR_DB);
    ctx_forget_error(ctx);
    rate.postal_from = rate.postal_until = "90210"; /* a longer beginning stands inside */
    GOOD(insert_rate(ctx, &rate));
    rate.postal_from = "902";
    CU_ASSERT_EQUAL(insert_rate(ctx, &rate), ERR_DB); /* of two lengths */
    ctx_forget_error(ctx);
}

TEST(taxing, a_small_business_charges_none_and_needs_no_number)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct wanted w = {"FR", "75001", false, LINE_ONE_TIME, "standard", 1000000};
    struct company company, before;
    const char *lacks[4];
    struct sold s;

    GOOD(company_current(ctx, &before));
    company = before;
    company.franchise = true;
    company.vat_id = "";
    SAME_NUMBER(company_lacks(&company, lacks, 4), 0);
    GOOD(save_company(ctx, &company));
    s = sold(ctx, &w);
    taxed(&s, "E", 0, "franchise", "VATEX-FR-FRANCHISE", "FR");
    SAME_NUMBER(s.invoice.total_minor, 10000);
    GOOD(save_company(ctx, &before));
    books_are_sound(ctx);
}

TEST(taxing, how_amounts_are_computed_is_fixed_once_a_document_was_issued)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct company company;

    GOOD(company_current(ctx, &company));
    company.prices_with_vat = true;
    CU_ASSERT_EQUAL(save_company(ctx, &company), ERR_DB);
    ctx_forget_error(ctx);
    company.prices_with_vat = false;
    company.vat_rounding = "line";
    CU_ASSERT_EQUAL(save_company(ctx, &company), ERR_DB);
    ctx_forget_error(ctx);
    company.vat_rounding = "rate";
    GOOD(save_company(ctx, &company));
}

/* A house whose prices are with VAT: 9.99 is paid, 8.33 + 1.67 - 0.01 is booked; a month later the same. The database
 * would refuse the change in a house that has issued: here its owner lets it pass. */
TEST(taxing, prices_with_vat_from_the_quote_to_the_books)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct wanted w = {"FR", "75001", false, LINE_RECURRING, "standard", 99900};
    struct renewing state = {0};
    struct company company, before;
    struct invoice_list_row *rows;
    struct credit_part part = {.position = 1, .amount_minor = 500, .period = PERIOD_NONE};
    struct credit_request request = {.reason = "Geste", .parts = &part, .part_count = 1};
    struct invoice renewed, notes[2];
    struct offer offer;
    struct sold s;
    const char *url;
    size_t count;

    GOOD(company_current(ctx, &before));
    company = before;
    company.prices_with_vat = true;
    as_owner(ctx, "DROP TRIGGER company_version_amounts");
    GOOD(save_company(ctx, &company));
    offer = offered(ctx, &w);
    SAME_NUMBER(offer.totals.today.gross_minor, 999);
    SAME_NUMBER(offer.totals.today.net_minor, 833);
    SAME_NUMBER(offer.totals.mrr_e4, 83250);
    s = sold(ctx, &w);
    SAME_NUMBER(s.invoice.net_minor, 833);
    SAME_NUMBER(s.invoice.vat_minor, 167);
    SAME_NUMBER(s.invoice.rounding_minor, -1);
    SAME_NUMBER(s.invoice.total_minor, 999);
    SAME_NUMBER(s.line.net_minor, 833);
    SAME_NUMBER(s.line.priced_minor, 999);
    ctx->today_on = s.subscription.due_on;
    GOOD(renew_subscriptions(ctx, &state));
    GOOD(invoice_list(ctx, "", 0, s.subscription.id, 0, 10, &rows, &count));
    SAME_NUMBER(count, 2);
    GOOD(invoice_by_id(ctx, rows[0].id, &renewed));
    SAME_NUMBER(renewed.total_minor, 999);
    SAME_NUMBER(renewed.rounding_minor, -1);
    request.invoice_id = renewed.id; /* 5.00 with VAT, then the 4.99 that are left: together the invoice to the cent */
    GOOD(credit_invoice(ctx, &request, NO_ONCE, &url));
    CU_ASSERT_EQUAL_FATAL(request.refusal, CREDIT_NOT_REFUSED);
    request.part_count = 0;
    GOOD(credit_invoice(ctx, &request, NO_ONCE, &url));
    CU_ASSERT_EQUAL_FATAL(request.refusal, CREDIT_NOT_REFUSED);
    GOOD(invoice_list(ctx, "credit", 0, s.subscription.id, 0, 10, &rows, &count));
    SAME_NUMBER(count, 2);
    GOOD(invoice_by_id(ctx, rows[0].id, &notes[0]));
    GOOD(invoice_by_id(ctx, rows[1].id, &notes[1]));
    SAME_NUMBER(notes[1].total_minor, 500);
    SAME_NUMBER(notes[0].total_minor, 499);
    SAME_NUMBER(notes[0].net_minor + notes[1].net_minor, 833);
    SAME_NUMBER(notes[0].vat_minor + notes[1].vat_minor, 167);
    SAME_NUMBER(notes[0].rounding_minor + notes[1].rounding_minor, -1);
    books_are_sound(ctx);
    GOOD(save_company(ctx, &before));
}

TEST(taxing, a_credit_note_takes_a_sale_at_a_distance_back)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct wanted wanted = consumer(1000000);
    struct credit_part part = {.position = 1, .amount_minor = 4000, .period = PERIOD_NONE};
    struct credit_request request = {.reason = "Rupture", .parts = &part, .part_count = 1};
    int year = date_civil(ctx->today_on).year;
    int64_t last, before, after;
    struct sold s;
    const char *url;

    GOOD(distance_totals(ctx, year, &last, &before));
    s = sold(ctx, &wanted);
    request.invoice_id = s.invoice.id;
    GOOD(credit_invoice(ctx, &request, NO_ONCE, &url));
    CU_ASSERT_EQUAL_FATAL(request.refusal, CREDIT_NOT_REFUSED);
    GOOD(distance_totals(ctx, year, &last, &after));
    SAME_NUMBER(after, before + 10000 - 4000);
    request.part_count = 0;
    GOOD(credit_invoice(ctx, &request, NO_ONCE, &url));
    GOOD(distance_totals(ctx, year, &last, &after));
    SAME_NUMBER(after, before);
    books_are_sound(ctx);
}
