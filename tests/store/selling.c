/* selling: statements against the live schema, versions, drafts, numbers, links, outbox. */
#include "store/db_prove.h"
#include "support.h"

#include <string.h>

#include "base/clock.h"
#include "core/date.h"
#include "core/tax.h"
#include "store/catalogue.h"
#include "store/customer.h"
#include "store/form_token.h"
#include "store/history.h"
#include "store/link.h"
#include "store/outbox.h"
#include "store/quote.h"
#include "store/quote_template.h"
#include "store/seller_user.h"
#include "store/series.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)

TEST(selling, every_statement_fits_the_schema)
{
    struct ctx *ctx = store_ctx();

    for (const struct statement_table *t = db_statement_tables(); t != NULL; t = t->next)
        for (size_t i = 0; i < t->count; i++) {
            const char *message = "";

            if (t->statements[i].name == NULL)
                continue;
            if (db_prove(ctx, &t->statements[i], &message) != OK)
                SAME_TEXT(message, "");
        }
}

static struct customer new_customer(struct ctx *ctx)
{
    struct customer customer = {.number = unique(ctx, "C-T-"),
        .name = "Lumière & fils", .contact_name = "Léa", .email = "lea@lumiere.example", .phone = "",
        .street = "3 rue Haute", .street2 = "", .postal_code = "69001", .city = "Lyon", .country = "FR",
        .siren = "", .vat_id = "", .language = "fr", .is_company = true};

    GOOD(insert_customer(ctx, &customer));
    GOOD(insert_customer_version(ctx, &customer));
    return customer;
}

static int64_t new_user(struct ctx *ctx)
{
    struct seller_user user = {.email = arena_printf(ctx->arena, "u%lld@nord.example", (long long)store_unique()),
        .name = "Jeanne Petit", .password = "x", .language = "fr"};

    GOOD(insert_seller_user(ctx, &user));
    return user.id;
}

TEST(customer, a_change_is_a_new_version_and_the_old_one_stays)
{
    struct ctx *ctx = store_ctx();
    struct customer customer = new_customer(ctx);
    struct customer then, now;
    int64_t first = customer.version_id;
    unsigned char digest[32];

    customer.city = "Villeurbanne";
    GOOD(insert_customer_version(ctx, &customer));
    GOOD(customer_by_version(ctx, first, &then));
    GOOD(customer_by_number(ctx, customer.number, &now));
    SAME_TEXT(then.city, "Lyon");
    SAME_TEXT(now.city, "Villeurbanne");
    SAME_NUMBER(now.version_id, customer.version_id);
    SAME_NUMBER(now.personal_salt.bytes, 16);
    customer_digest(&then, digest);
    CU_ASSERT_EQUAL(memcmp(digest, then.personal_digest, 32), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(now.personal_digest, then.personal_digest, 32), 0);
}

TEST(customer, the_newest_check_of_a_vat_number_counts)
{
    struct ctx *ctx = store_ctx();
    struct customer customer = new_customer(ctx);
    struct vat_check check = {.customer_id = customer.id, .vat_id = "DE136695976", .valid = true,
        .checked_on = ctx->today_on, .evidence = "WAPIAAAA"}, found;

    CU_ASSERT_EQUAL(vat_check_of(ctx, customer.id, "DE136695976", &found), ERR_NOT_FOUND);
    GOOD(insert_vat_check(ctx, &check));
    check.valid = false;
    GOOD(insert_vat_check(ctx, &check));
    GOOD(vat_check_of(ctx, customer.id, "DE136695976", &found));
    CU_ASSERT_FALSE(found.valid);
    CU_ASSERT_EQUAL(vat_check_of(ctx, customer.id, "DE000000000", &found), ERR_NOT_FOUND);
}

static size_t named(struct ctx *ctx, const char *words, const char *name)
{
    struct customer_list_row *rows;
    struct customer_name *names;
    size_t count, name_count, found = 0;

    GOOD(customer_list(ctx, words, 500, 0, &rows, &count));
    GOOD(customers_like(ctx, words, 500, &names, &name_count));
    SAME_NUMBER(name_count, count);
    for (size_t i = 0; i < count; i++) {
        found += strcmp(rows[i].name, name) == 0;
        SAME_NUMBER(names[i].id, rows[i].id);
        if (i > 0)
            CU_ASSERT(strcmp(rows[i - 1].name, rows[i].name) <= 0);
    }
    return found;
}

/* Lists go by the names of versions: those that are not the customer's any more are in none. */
TEST(customer, lists_are_by_the_name_that_a_customer_has_now)
{
    struct ctx *ctx = store_ctx();
    struct customer customer = new_customer(ctx);
    char *was = unique(ctx, "Aa "), *is = unique(ctx, "Zz ");
    struct customer_list_row *rows;
    struct customer_name *names;
    size_t count, all;

    (void)new_customer(ctx);
    customer.name = was;
    GOOD(insert_customer_version(ctx, &customer));
    SAME_NUMBER(named(ctx, "", was), 1);
    customer.name = is;
    GOOD(insert_customer_version(ctx, &customer));
    SAME_NUMBER(named(ctx, "", was), 0);
    SAME_NUMBER(named(ctx, "", is), 1);
    SAME_NUMBER(named(ctx, is, is), 1);
    SAME_NUMBER(named(ctx, customer.number, is), 1);
    SAME_NUMBER(named(ctx, was, was), 0);
    GOOD(customers_named(ctx, was, 10, &names, &count));
    SAME_NUMBER(count, 0);
    GOOD(customers_named(ctx, is, 10, &names, &count));
    SAME_NUMBER(count, 1);
    GOOD(customer_list(ctx, "", 500, 0, &rows, &all));
    GOOD(customer_list(ctx, "", 500, (int64_t)all - 1, &rows, &count));
    SAME_NUMBER(count, 1);
    SAME_TEXT(rows[0].name, is);
}

struct made {
    struct quote quote;
    struct quote_version version;
};

static enum err make_quote(struct ctx *ctx, void *arg)
{
    struct made *made = arg;
    char number[NUMBER_BYTES];
    struct quote_line lines[] = {
        {.kind = LINE_RECURRING, .description = "Licence", .unit = "utilisateur", .quantity_e4 = 30000,
         .unit_price_e4 = 165000, .tax_class = "standard", .product_kind = "service",
         .quantity_min_e4 = 10000, .quantity_max_e4 = 100000, .quantity_editable = true},
        {.kind = LINE_NOTE, .description = "Note", .unit = "", .quantity_e4 = 10000,
         .tax_class = "standard", .product_kind = "service", .quantity_min_e4 = 10000, .quantity_max_e4 = 10000}};

    TRY(ctx, take_number(ctx, "QT", number));
    made->quote.number = arena_strdup(ctx->arena, number);
    TRY(ctx, insert_quote(ctx, &made->quote));
    made->version.quote_id = made->quote.id;
    TRY(ctx, insert_quote_version(ctx, &made->version));
    TRY(ctx, save_current_version(ctx, made->quote.id, made->version.id));
    return replace_quote_lines(ctx, made->version.id, lines, 2);
}

static struct made new_quote(struct ctx *ctx)
{
    struct made made = {.quote = {.customer_id = new_customer(ctx).id, .owner_id = new_user(ctx)},
        .version = {.version = 1, .language = "fr", .currency = "EUR", .valid_until_on = ctx->today_on + 30,
                    .start_on = DATE_NONE, .acceptance = ACCEPTANCE_SIGNATURE_AND_PAYMENT, .note = ""}};

    GOOD(db_transaction(ctx, make_quote, &made));
    GOOD(quote_version_by_id(ctx, made.version.id, &made.version));
    return made;
}

TEST(quote, lines_and_choices_come_back_in_order)
{
    struct ctx *ctx = store_ctx();
    struct made made = new_quote(ctx);
    struct quote_line *lines;
    struct quote_choice *choices;
    size_t count;
    struct quote_choice choice;

    GOOD(quote_lines(ctx, made.version.id, &lines, &count));
    SAME_NUMBER(count, 2);
    CU_ASSERT_EQUAL(lines[0].kind, LINE_RECURRING);
    CU_ASSERT_TRUE(lines[0].quantity_editable);
    SAME_NUMBER(lines[1].position, 2);
    choice = (struct quote_choice){lines[0].id, made.version.id, true, 50000};
    GOOD(save_quote_choice(ctx, &choice));
    choice.quantity_e4 = 60000;
    GOOD(save_quote_choice(ctx, &choice));
    GOOD(quote_choices(ctx, made.version.id, &choices, &count));
    SAME_NUMBER(count, 1);
    SAME_NUMBER(choices[0].quantity_e4, 60000);
}

TEST(quote, two_savers_of_one_draft_cannot_both_win)
{
    struct ctx *ctx = store_ctx();
    struct made made = new_quote(ctx);
    struct quote_version mine = made.version, theirs = made.version;

    mine.note = "mine";
    theirs.note = "theirs";
    GOOD(save_quote_draft(ctx, &mine));
    SAME_NUMBER(mine.rev, made.version.rev + 1);
    CU_ASSERT_EQUAL(save_quote_draft(ctx, &theirs), ERR_CONFLICT);
}

TEST(quote, a_sent_version_is_no_longer_saved)
{
    struct ctx *ctx = store_ctx();
    struct made made = new_quote(ctx);
    struct customer customer;
    struct company company;
    struct quote_list_row *rows;
    struct quote_filter filter = {.state = "sent", .words = made.quote.number, .expires_by_on = DATE_NONE, .limit = 10};
    size_t count;

    GOOD(customer_by_id(ctx, made.quote.customer_id, &customer));
    GOOD(company_current(ctx, &company));
    made.version.customer_version_id = customer.version_id;
    made.version.company_version_id = company.id;
    GOOD(freeze_quote_version(ctx, &made.version));
    CU_ASSERT_EQUAL(save_quote_draft(ctx, &made.version), ERR_CONFLICT);
    CU_ASSERT_EQUAL(freeze_quote_version(ctx, &made.version), ERR_CONFLICT);
    GOOD(move_quote(ctx, made.quote.id, QUOTE_DRAFT, QUOTE_SENT));
    CU_ASSERT_EQUAL(move_quote(ctx, made.quote.id, QUOTE_DRAFT, QUOTE_SENT), ERR_CONFLICT);
    GOOD(quote_list(ctx, &filter, &rows, &count));
    SAME_NUMBER(count, 1);
    SAME_TEXT(rows[0].customer_name, "Lumière & fils");
    filter.expires_by_on = ctx->today_on + 29;
    GOOD(quote_list(ctx, &filter, &rows, &count));
    SAME_NUMBER(count, 0);
    filter.expires_by_on = ctx->today_on + 30;
    GOOD(quote_list(ctx, &filter, &rows, &count));
    SAME_NUMBER(count, 1);
}

TEST(catalogue, prices_are_one_per_plan_and_currency)
{
    struct ctx *ctx = store_ctx();
    struct plan plan = {.name = unique(ctx, "Mensuel "),
        .every = {RECURRENCE_MONTH, 1}, .max_missed = 2, .dunning_rule_id = 1, .state = "active"};
    struct product product = {.code = unique(ctx, "P"),
        .name = "Licence", .description = "", .kind = "service", .unit = "", .tax_class = "standard", .state = "active"};
    struct price *list;
    size_t count;

    GOOD(insert_plan(ctx, &plan));
    GOOD(insert_product(ctx, &product));
    GOOD(save_price(ctx, &(struct price){0, product.id, plan.id, "EUR", 165000}));
    GOOD(save_price(ctx, &(struct price){0, product.id, plan.id, "EUR", 170000}));
    GOOD(save_price(ctx, &(struct price){0, product.id, 0, "EUR", 990000}));
    GOOD(prices(ctx, product.id, &list, &count));
    SAME_NUMBER(count, 2);
    SAME_NUMBER(list[0].plan_id, 0);
    SAME_NUMBER(list[1].unit_price_e4, 170000);
    GOOD(delete_price(ctx, product.id, 0, "EUR"));
    GOOD(prices(ctx, product.id, &list, &count));
    SAME_NUMBER(count, 1);
    plan.rev = 1;
    GOOD(save_plan(ctx, &plan));
    CU_ASSERT_EQUAL(save_plan(ctx, &plan), ERR_CONFLICT);
}

/* The 27 member states, the United Kingdom, Switzerland and Norway each have a rate today; changes meet their day. */
TEST(catalogue, vat_rates_of_europe)
{
    static const char *const countries[] = {"AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR",
                                            "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"};
    static const struct {
        const char *country, *tax_class;
        int y, m, d;
        int32_t rate_ppm;
    } dated[] = {
        {"EE", "standard", 2025, 6, 30, 220000}, {"EE", "standard", 2025, 7, 1, 240000},  {"FI", "standard", 2024, 8, 31, 240000},
        {"FI", "standard", 2024, 9, 1, 255000},  {"RO", "standard", 2025, 7, 31, 190000}, {"RO", "standard", 2025, 8, 1, 210000},
        {"SK", "standard", 2024, 12, 31, 200000}, {"SK", "standard", 2025, 1, 1, 230000}, {"LU", "standard", 2023, 12, 31, 160000},
        {"LU", "standard", 2024, 1, 1, 170000},  {"CH", "standard", 2024, 1, 1, 81000},   {"LT", "intermediate", 2026, 1, 1, 120000},
        {"FI", "intermediate", 2025, 12, 31, 140000}, {"FI", "intermediate", 2026, 1, 1, 135000}, {"IE", "super_reduced", 2026, 1, 1, 48000},
    };
    struct ctx *ctx = store_ctx();
    struct tax_decision decision;
    struct tax_rate *rates;
    size_t count;
    int32_t rate;

    GOOD(tax_rates(ctx, &rates, &count));
    for (size_t i = 0; i < COUNT_OF(countries); i++) {
        const struct tax_facts facts = {.seller_country = countries[i], .buyer_country = countries[i], .tax_class = "standard",
                                        .on = date_from_civil(2026, 11, 23)};

        CU_ASSERT_TRUE(tax_decide(rates, count, &facts, &decision));
        CU_ASSERT_TRUE(decision.rate_ppm >= 80000 && decision.rate_ppm <= 270000);
        SAME_NUMBER(decision.reason, TAX_REASON_DOMESTIC);
    }
    for (size_t i = 0; i < COUNT_OF(dated); i++) {
        CU_ASSERT_TRUE(tax_rate_on(rates, count, dated[i].country, dated[i].tax_class, date_from_civil(dated[i].y, dated[i].m, dated[i].d), &rate));
        SAME_NUMBER(rate, dated[i].rate_ppm);
    }
    CU_ASSERT_FALSE(tax_rate_on(rates, count, "SK", "reduced", date_from_civil(2024, 12, 31), &rate));
}

TEST(catalogue, a_template_line_without_price_takes_the_list_price)
{
    struct ctx *ctx = store_ctx();
    struct quote_template template = {.name = unique(ctx, "Standard "),
        .validity_days = 30, .acceptance = ACCEPTANCE_SIGNATURE, .note = "", .state = "active"};
    struct quote_template_line line[] = {
        {.kind = LINE_ONE_TIME, .description = "a", .quantity_e4 = 10000, .unit_price_e4 = TEMPLATE_LIST_PRICE,
         .quantity_min_e4 = 10000, .quantity_max_e4 = 10000},
        {.kind = LINE_SETUP, .description = "b", .quantity_e4 = 10000, .unit_price_e4 = 0,
         .quantity_min_e4 = 10000, .quantity_max_e4 = 10000}}, *found;
    size_t count;

    template.version = 1;
    GOOD(insert_quote_template(ctx, &template));
    GOOD(insert_quote_template_version(ctx, &template, line, 2));
    GOOD(quote_template_lines(ctx, template.version_id, &found, &count));
    SAME_NUMBER(count, 2);
    SAME_NUMBER(found[0].unit_price_e4, TEMPLATE_LIST_PRICE);
    SAME_NUMBER(found[1].unit_price_e4, 0);
}

TEST(link, a_token_opens_until_it_is_revoked)
{
    struct ctx *ctx = store_ctx();
    struct link link = {.kind = LINK_KIND_RESET, .object_id = store_unique(), .expires_at = ctx->now + 60 * CLOCK_SECOND}, found;
    char *token;

    GOOD(insert_link(ctx, &link, &token));
    SAME_NUMBER(strlen(token), LINK_TOKEN_CHARACTERS);
    GOOD(link_by_token(ctx, token, &found));
    CU_ASSERT_TRUE(link_lives(&found, ctx->now));
    CU_ASSERT_FALSE(link_lives(&found, ctx->now + 60 * CLOCK_SECOND));
    GOOD(use_link_once(ctx, link.id));
    CU_ASSERT_EQUAL(use_link_once(ctx, link.id), ERR_CONFLICT);
    GOOD(revoke_links(ctx, LINK_KIND_RESET, link.object_id));
    GOOD(link_by_token(ctx, token, &found));
    CU_ASSERT_FALSE(link_lives(&found, ctx->now));
    token[0] = token[0] == 'A' ? 'B' : 'A';
    CU_ASSERT_EQUAL(link_by_token(ctx, token, &found), ERR_NOT_FOUND);
}

static enum err queue_twice(struct ctx *ctx, void *arg)
{
    struct mail *mail = arg;
    struct mail again = *mail;

    TRY(ctx, queue_mail(ctx, mail));
    TRY(ctx, queue_mail(ctx, &again));
    SAME_NUMBER(again.id, 0);
    return OK;
}

TEST(outbox, one_mail_per_cause_and_its_token_is_sealed)
{
    struct ctx *ctx = store_ctx();
    struct mail mail = {.template = "quote_sent", .language = "fr", .to_address = "lea@lumiere.example", .to_name = "Léa",
        .params = history_params(ctx->arena, "number", "Q-1", "words", "a\"b\\c\n", NULL), .token = "secret-token",
        .dedup_key = unique(ctx, "t/")};
    struct outbox_row row;
    const char *token;

    GOOD(db_transaction(ctx, queue_twice, &mail));
    GOOD(outbox_by_id(ctx, mail.id, &row));
    CU_ASSERT_PTR_NULL(strstr(row.sealed, "secret-token"));
    GOOD(outbox_token(ctx, &row, &token));
    SAME_TEXT(token, "secret-token");
    SAME_TEXT(history_param(ctx->arena, row.params, "words"), "a\"b\\c\n");
    SAME_TEXT(history_param(ctx->arena, row.params, "absent"), "");
    row.message_id = "<other@store.tacite>"; /* a sealed value copied to another row */
    CU_ASSERT_EQUAL(outbox_token(ctx, &row, &token), ERR_CORRUPT);
}

static enum err use_token(struct ctx *ctx, void *arg)
{
    return use_form_token(ctx, arg, "/first");
}

TEST(form_token, the_second_use_finds_where_the_first_led)
{
    struct ctx *ctx = store_ctx();
    char *token = unique(ctx, "once-");
    const char *url;

    CU_ASSERT_EQUAL(form_token_result(ctx, token, &url), ERR_NOT_FOUND);
    GOOD(db_transaction(ctx, use_token, token));
    CU_ASSERT_EQUAL(db_transaction(ctx, use_token, token), ERR_DUPLICATE);
    GOOD(form_token_result(ctx, token, &url));
    SAME_TEXT(url, "/first");
}

TEST(history, an_open_item_is_opened_once)
{
    struct ctx *ctx = store_ctx();
    struct operator_item item = {.kind = "renewal_declined", .subject_kind = "invoice", .subject_id = store_unique(),
        .amount_minor = 11880, .currency = "EUR", .detail = "Card declined"}, *items;
    size_t count, mine = 0;

    GOOD(open_operator_item(ctx, &item));
    GOOD(open_operator_item(ctx, &item));
    GOOD(open_operator_items(ctx, 500, &items, &count));
    for (size_t i = 0; i < count; i++)
        mine += items[i].subject_id == item.subject_id;
    SAME_NUMBER(mine, 1);
    GOOD(close_operator_items(ctx, item.kind, item.subject_kind, item.subject_id));
    GOOD(open_operator_items(ctx, 500, &items, &count));
    for (size_t i = 0; i < count; i++)
        CU_ASSERT_NOT_EQUAL(items[i].subject_id, item.subject_id);
}

/* What a customer's page shows may be half a minute old; what decides never is. */
TEST(kept, rows_are_remembered_only_where_that_is_allowed)
{
    struct ctx *ctx = store_ctx();
    struct plan plan = {.name = unique(ctx, "Annuel "),
        .every = {RECURRENCE_YEAR, 1}, .max_missed = 2, .dunning_rule_id = 1, .state = "active"};
    const char *before = plan.name;
    struct plan seen;

    GOOD(insert_plan(ctx, &plan));
    ctx->kept = true;
    GOOD(plan_by_id(ctx, plan.id, &seen));
    SAME_TEXT(seen.name, before);
    plan.name = unique(ctx, "Annuel ");
    plan.rev = seen.rev;
    GOOD(save_plan(ctx, &plan));
    GOOD(plan_by_id(ctx, plan.id, &seen));
    SAME_TEXT(seen.name, before);
    SAME_NUMBER(seen.every.unit, RECURRENCE_YEAR);
    ctx->kept = false;
    GOOD(plan_by_id(ctx, plan.id, &seen));
    SAME_TEXT(seen.name, plan.name);
    ctx->kept = true;
    ctx->now += 31 * INT64_C(1000000);
    GOOD(plan_by_id(ctx, plan.id, &seen));
    SAME_TEXT(seen.name, plan.name);
    CU_ASSERT_EQUAL(plan_by_id(ctx, INT64_MAX, &seen), ERR_NOT_FOUND);
    ctx->kept = false;
}
