/* quoting: a quote from its template to the customer's answer, against a real database. */
#include "support.h"

#include <string.h>

#include "base/secret.h"
#include "base/clock.h"
#include "base/str.h"
#include "core/date.h"
#include "service/cataloguing.h"
#include "service/customers.h"
#include "service/costing.h"
#include "service/quoting.h"
#include "service/signing_in.h"
#include "store/history.h"
#include "store/link.h"
#include "store/outbox.h"
#include "store/product_cost.h"
#include "store/throttle.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)
#define NO_ONCE (&(struct once){NULL, "/"})

static struct customer make_customer(struct ctx *ctx, const char *country, const char *vat_id)
{
    struct customer customer = {.is_company = true, .name = "Roy SARL", .contact_name = "Ana Roy",
        .email = "ana@roy.example", .phone = "", .street = "1 rue Basse", .street2 = "", .postal_code = "59000",
        .city = "Lille", .country = country, .siren = "", .vat_id = vat_id, .language = "fr", .state = "active"};
    struct customer_result result;

    GOOD(change_customer(ctx, &customer, 0, NO_ONCE, &result));
    GOOD(customer_by_id(ctx, result.id, &customer));
    return customer;
}

static int64_t make_user(struct ctx *ctx)
{
    struct seller_user user = {.email = unique(ctx, "seller"), .name = "Jeanne Petit", .language = "fr"};

    user.email = arena_printf(ctx->arena, "%s@nord.example", user.email);
    user.password = password_hash(ctx->arena, "un mot de passe long", 10);
    GOOD(insert_seller_user(ctx, &user));
    return user.id;
}

/* Monthly licence 3 x 16.50 with 10 % off for 3 months, setup 80, an option of 12.00 a month. */
static int64_t make_template(struct ctx *ctx)
{
    struct plan plan = {.name = unique(ctx, "Mensuel "), .every = {RECURRENCE_MONTH, 1}, .max_missed = 2,
        .dunning_rule_id = 1, .state = "active"};
    struct product product = {.code = unique(ctx, "LIC"), .name = "Licence Pro", .description = "", .kind = "service",
        .unit = "utilisateur", .tax_class = "standard", .state = "active"};
    struct catalogue_result result;
    struct price list[1];
    struct quote_template template = {.name = unique(ctx, "Standard "), .validity_days = 22,
        .acceptance = ACCEPTANCE_SIGNATURE_AND_PAYMENT, .note = "Merci", .state = "active"};
    struct quote_template_line line[3];

    GOOD(change_plan(ctx, &plan, NO_ONCE, &result));
    list[0] = (struct price){.plan_id = plan.id, .currency = "EUR", .unit_price_e4 = 165000};
    GOOD(change_product(ctx, &product, list, 1, NO_ONCE, &result));
    template.plan_id = plan.id;
    line[0] = (struct quote_template_line){.kind = LINE_RECURRING, .product_id = product.id, .description = "",
        .quantity_e4 = 30000, .unit_price_e4 = TEMPLATE_LIST_PRICE, .discount_ppm = 100000, .discount_periods = 3,
        .quantity_editable = true, .quantity_min_e4 = 10000, .quantity_max_e4 = 100000};
    line[1] = (struct quote_template_line){.kind = LINE_SETUP, .description = "Mise en service", .quantity_e4 = 10000,
        .unit_price_e4 = 800000, .quantity_min_e4 = 10000, .quantity_max_e4 = 10000};
    line[2] = (struct quote_template_line){.kind = LINE_RECURRING, .is_option = true, .description = "Support",
        .quantity_e4 = 10000, .unit_price_e4 = 120000, .quantity_min_e4 = 10000, .quantity_max_e4 = 10000};
    GOOD(change_template(ctx, &template, line, 3, NO_ONCE, &result));
    return template.id;
}

static struct quoting_result make_quote(struct ctx *ctx)
{
    struct quote_start start = {.customer_id = make_customer(ctx, "FR", "").id, .owner_id = make_user(ctx), .template_id = make_template(ctx)};
    struct quoting_result result;

    GOOD(create_quote(ctx, &start, NO_ONCE, &result));
    return result;
}

TEST(quoting, a_template_gives_prices_from_the_list_and_totals)
{
    struct ctx *ctx = store_ctx();
    struct quoting_result made = make_quote(ctx);
    struct offer offer;

    GOOD(load_offer_by_number(ctx, made.number, 0, &offer));
    SAME_NUMBER(offer.line_count, 3);
    SAME_TEXT(offer.lines[0].as.description, "Licence Pro");
    SAME_NUMBER(offer.lines[0].as.unit_price_e4, 165000);
    SAME_NUMBER(offer.lines[0].net_minor, 4455);            /* 49.50 - 10 % */
    SAME_NUMBER(offer.totals.period.net_minor, 4455);
    SAME_NUMBER(offer.totals.period_after.net_minor, 4950);
    SAME_NUMBER(offer.totals.today.gross_minor, 14946);     /* (44.55 + 80) * 1.2 */
    SAME_NUMBER(offer.version.today_minor, 14946);
    SAME_NUMBER(offer.version.valid_until_on, ctx->today_on + 22);
    CU_ASSERT_EQUAL(offer.state_now, QUOTE_DRAFT);
}

TEST(quoting, sending_freezes_makes_a_link_and_one_mail)
{
    struct ctx *ctx = store_ctx();
    struct quoting_result made = make_quote(ctx), sent, again;
    struct outbox_row *mails;
    struct link link;
    struct offer offer;
    const char *token;
    size_t count;

    GOOD(send_quote(ctx, made.quote_id, "Bonjour", NO_ONCE, &sent));
    CU_ASSERT_EQUAL(sent.refusal, QUOTE_NOT_REFUSED);
    GOOD(load_offer(ctx, made.quote_id, 0, &offer));
    CU_ASSERT_EQUAL(offer.state_now, QUOTE_SENT);
    CU_ASSERT(offer.version.customer_version_id != 0 && offer.version.company_version_id != 0);
    SAME_NUMBER(offer.version.sent_on, ctx->today_on);
    GOOD(outbox_list(ctx, 0, 1, &mails, &count));
    SAME_TEXT(mails[0].template, "quote_sent");
    SAME_TEXT(history_param(ctx->arena, mails[0].params, "message"), "Bonjour");
    GOOD(outbox_token(ctx, &mails[0], &token));
    SAME_TEXT(token, sent.token);
    GOOD(link_by_token(ctx, sent.token, &link));
    SAME_NUMBER(link.object_id, made.quote_id);
    CU_ASSERT_TRUE(link_lives(&link, ctx->now + 51 * INT64_C(86400000000)));
    GOOD(send_quote(ctx, made.quote_id, "", NO_ONCE, &again));
    CU_ASSERT_EQUAL(again.refusal, QUOTE_IS_SENT);
    GOOD(send_quote_again(ctx, made.quote_id, "", NO_ONCE, &again));
    GOOD(link_by_token(ctx, sent.token, &link));
    CU_ASSERT_FALSE(link_lives(&link, ctx->now));
    GOOD(revoke_quote(ctx, made.quote_id, NO_ONCE, &sent));
    GOOD(link_by_token(ctx, again.token, &link));
    CU_ASSERT_FALSE(link_lives(&link, ctx->now));
}

static struct quote_draft draft_of(const struct offer *offer, struct quote_line *lines)
{
    for (size_t i = 0; i < offer->line_count; i++)
        lines[i] = offer->lines[i].as;
    return (struct quote_draft){.quote_id = offer->quote.id, .base_version = offer->version.version,
        .rev = offer->version.rev, .template_id = offer->version.template_id, .plan_id = offer->version.plan_id,
        .language = "fr", .valid_until_on = offer->version.valid_until_on, .start_on = DATE_NONE,
        .acceptance = offer->version.acceptance, .note = "v2", .lines = lines, .line_count = offer->line_count};
}

TEST(quoting, editing_what_was_sent_makes_a_version_that_replaces_it_when_sent)
{
    struct ctx *ctx = store_ctx();
    struct quoting_result made = make_quote(ctx), result;
    struct quote_line lines[3];
    struct quote_draft draft;
    struct offer offer, old;

    GOOD(send_quote(ctx, made.quote_id, "", NO_ONCE, &result));
    GOOD(load_offer_to_edit(ctx, made.number, &offer));
    draft = draft_of(&offer, lines);
    lines[0].quantity_e4 = 50000;
    GOOD(save_draft(ctx, &draft, NO_ONCE, &result));
    SAME_NUMBER(result.version, 2);
    GOOD(load_offer(ctx, made.quote_id, 0, &offer));
    SAME_NUMBER(offer.version.version, 1); /* the customer still holds version 1 */
    GOOD(save_draft(ctx, &draft, NO_ONCE, &result));
    CU_ASSERT_TRUE(result.stale);          /* a second editor of version 1 */
    GOOD(send_quote(ctx, made.quote_id, "", NO_ONCE, &result));
    CU_ASSERT_EQUAL(result.refusal, QUOTE_NOT_REFUSED);
    GOOD(load_offer(ctx, made.quote_id, 0, &offer));
    GOOD(load_offer(ctx, made.quote_id, 1, &old));
    SAME_NUMBER(offer.version.version, 2);
    SAME_NUMBER(offer.totals.period_after.net_minor, 8250);
    CU_ASSERT_EQUAL(old.state_now, QUOTE_REPLACED);
    CU_ASSERT_EQUAL(old.version.state, VERSION_REPLACED);
    SAME_TEXT(offer_number(ctx->arena, &offer), arena_printf(ctx->arena, "%s v2", made.number));
    GOOD(decline_quote(ctx, made.quote_id, 1, "", NO_ONCE, &result));
    CU_ASSERT_EQUAL(result.refusal, QUOTE_IS_REPLACED);
    GOOD(decline_quote(ctx, made.quote_id, 2, "Trop cher", NO_ONCE, &result));
    CU_ASSERT_EQUAL(result.refusal, QUOTE_NOT_REFUSED);
    GOOD(withdraw_quote(ctx, made.quote_id, NO_ONCE, &result));
    CU_ASSERT_EQUAL(result.refusal, QUOTE_NOT_REFUSED);
}

TEST(quoting, the_customers_choices_are_held_to_their_bounds)
{
    struct ctx *ctx = store_ctx();
    struct quoting_result made = make_quote(ctx), result;
    struct quote_choice choice[2];
    struct offer offer;

    GOOD(send_quote(ctx, made.quote_id, "", NO_ONCE, &result));
    GOOD(load_offer(ctx, made.quote_id, 0, &offer));
    choice[0] = (struct quote_choice){offer.lines[0].as.id, 0, true, 40000};
    choice[1] = (struct quote_choice){offer.lines[2].as.id, 0, true, 990000}; /* not editable: as offered */
    GOOD(save_choices(ctx, made.quote_id, 1, choice, 2, NO_ONCE, &result));
    GOOD(load_offer(ctx, made.quote_id, 0, &offer));
    SAME_NUMBER(offer.lines[0].quantity_e4, 40000);
    SAME_NUMBER(offer.lines[2].quantity_e4, 10000);
    CU_ASSERT_TRUE(offer.lines[2].counts);
    SAME_NUMBER(offer.totals.period.net_minor, 5940 + 1200);
    SAME_NUMBER(offer.version.period_minor, 5940 + 1200);
    choice[0].quantity_e4 = 110000; /* above the maximum */
    GOOD(save_choices(ctx, made.quote_id, 1, choice, 1, NO_ONCE, &result));
    GOOD(load_offer(ctx, made.quote_id, 0, &offer));
    SAME_NUMBER(offer.lines[0].quantity_e4, 30000);
    CU_ASSERT_FALSE(offer.lines[2].counts);
}

TEST(quoting, a_checked_vat_number_of_another_state_takes_the_vat_off)
{
    struct ctx *ctx = store_ctx();
    struct customer customer = make_customer(ctx, "DE", "DE136695976");
    struct vat_check_entry entry = {customer.id, true, ctx->today_on, "VIES 2026-11-23"};
    struct quote_start start = {.customer_id = customer.id, .owner_id = make_user(ctx), .template_id = make_template(ctx)};
    struct customer_result checked;
    struct quoting_result made;
    struct offer offer;

    GOOD(create_quote(ctx, &start, NO_ONCE, &made));
    GOOD(load_offer(ctx, made.quote_id, 0, &offer));
    CU_ASSERT_EQUAL(offer.lines[0].tax.reason, TAX_REASON_VAT_ID_UNCHECKED);
    SAME_NUMBER(offer.totals.today.vat_minor, 2491);
    GOOD(record_vat_check(ctx, &entry, NO_ONCE, &checked));
    GOOD(load_offer(ctx, made.quote_id, 0, &offer));
    CU_ASSERT_EQUAL(offer.lines[0].tax.reason, TAX_REASON_REVERSE_CHARGE);
    SAME_NUMBER(offer.totals.today.vat_minor, 0);
}

TEST(quoting, a_form_that_was_sent_twice_acts_once)
{
    struct ctx *ctx = store_ctx();
    struct quote_start start = {.customer_id = make_customer(ctx, "FR", "").id, .owner_id = make_user(ctx)};
    struct once once = {unique(ctx, "token"), "/admin/quotes/{ref}/edit"};
    struct quoting_result first, second;
    struct quote_list_row *rows;
    struct quote_filter filter = {.state = "", .words = "", .customer_id = start.customer_id, .expires_by_on = DATE_NONE, .limit = 5};
    size_t count;

    GOOD(create_quote(ctx, &start, &once, &first));
    SAME_TEXT(first.url, arena_printf(ctx->arena, "/admin/quotes/%s/edit", first.number));
    CU_ASSERT_EQUAL(create_quote(ctx, &start, &once, &second), ERR_DUPLICATE);
    GOOD(quote_list(ctx, &filter, &rows, &count));
    SAME_NUMBER(count, 1);
    GOOD(send_quote(ctx, first.quote_id, "", NO_ONCE, &second));
    CU_ASSERT_EQUAL(second.refusal, QUOTE_HAS_NO_LINE);
}

TEST(quoting, the_document_is_the_same_bytes_each_time)
{
    struct ctx *ctx = store_ctx();
    struct quoting_result made = make_quote(ctx), result;
    struct db_bytes one, two;
    struct offer offer;

    GOOD(send_quote(ctx, made.quote_id, "", NO_ONCE, &result));
    GOOD(load_offer(ctx, made.quote_id, 0, &offer));
    GOOD(render_offer_pdf(ctx, &offer, &one));
    GOOD(load_offer(ctx, made.quote_id, 0, &offer));
    GOOD(render_offer_pdf(ctx, &offer, &two));
    SAME_NUMBER(one.bytes, two.bytes);
    CU_ASSERT_EQUAL(memcmp(one.data, two.data, one.bytes), 0);
    CU_ASSERT_EQUAL(memcmp(one.data, "%PDF-", 5), 0);
}

TEST(signing_in, five_failures_make_a_growing_wait)
{
    struct ctx *ctx = store_ctx();
    struct seller_user user;
    struct sign_in_result result;
    int64_t before = ctx->now;

    GOOD(seller_user_by_id(ctx, make_user(ctx), &user));
    ctx->remote_addr = unique(ctx, "client");
    GOOD(check_sign_in(ctx, user.email, "un mot de passe long", &result));
    CU_ASSERT_EQUAL(result.verdict, SIGN_IN_OK);
    for (int i = 0; i < 5; i++) {
        GOOD(check_sign_in(ctx, user.email, "wrong", &result));
        CU_ASSERT_EQUAL(result.verdict, SIGN_IN_WRONG);
    }
    GOOD(check_sign_in(ctx, user.email, "un mot de passe long", &result));
    CU_ASSERT_EQUAL(result.verdict, SIGN_IN_WAIT);
    SAME_NUMBER(result.retry_after_s, 60);
    ctx->now += 61 * CLOCK_SECOND;
    GOOD(check_sign_in(ctx, user.email, "wrong", &result));
    CU_ASSERT_EQUAL(result.verdict, SIGN_IN_WRONG);
    GOOD(check_sign_in(ctx, user.email, "wrong", &result));
    SAME_NUMBER(result.retry_after_s, 120);
    ctx->now += 121 * CLOCK_SECOND;
    GOOD(check_sign_in(ctx, arena_printf(ctx->arena, " %s ", user.email), "un mot de passe long", &result));
    CU_ASSERT_EQUAL(result.verdict, SIGN_IN_OK);
    GOOD(check_sign_in(ctx, "nobody@nord.example", "un mot de passe long", &result));
    CU_ASSERT_EQUAL(result.verdict, SIGN_IN_WRONG);
    ctx->now = before;
}

TEST(signing_in, a_reset_link_works_once)
{
    struct ctx *ctx = store_ctx();
    struct seller_user user;
    struct sign_in_result result;
    struct outbox_row *mails;
    const char *token, *url;
    size_t count;

    GOOD(seller_user_by_id(ctx, make_user(ctx), &user));
    ctx->remote_addr = unique(ctx, "client");
    GOOD(request_reset(ctx, user.email, NO_ONCE, &url));
    GOOD(outbox_list(ctx, 0, 1, &mails, &count));
    SAME_TEXT(mails[0].to_address, user.email);
    GOOD(outbox_token(ctx, &mails[0], &token));
    GOOD(reset_password(ctx, token, "an entirely new one", NO_ONCE, &url));
    CU_ASSERT_EQUAL(reset_password(ctx, token, "an entirely new two", NO_ONCE, &url), ERR_NOT_FOUND);
    GOOD(check_sign_in(ctx, user.email, "an entirely new one", &result));
    CU_ASSERT_EQUAL(result.verdict, SIGN_IN_OK);
}

TEST(signing_in, passwords_are_long_and_not_common)
{
    CU_ASSERT_EQUAL(password_verdict("Password2026!", "a@b.example", "Nord"), PASSWORD_COMMON);
    CU_ASSERT_EQUAL(password_verdict("short", "a@b.example", "Nord"), PASSWORD_SHORT);
    CU_ASSERT_EQUAL(password_verdict("abcabcabcabcabc", "a@b.example", "Nord"), PASSWORD_COMMON);
    CU_ASSERT_EQUAL(password_verdict("123456789012", "a@b.example", "Nord"), PASSWORD_COMMON);
    CU_ASSERT_EQUAL(password_verdict("jeanne aime le vent", "jeanne@b.example", "Nord"), PASSWORD_CONTEXT);
    CU_ASSERT_EQUAL(password_verdict("quatre chevaux lents", "jp@b.example", "Nord"), PASSWORD_GOOD);
}

/* ---- templates in versions ---- */

TEST(templates, an_edit_is_a_version_and_a_stale_one_is_none)
{
    struct ctx *ctx = store_ctx();
    struct quote_template template, first;
    struct quote_template_line *lines;
    struct catalogue_result result;
    struct quote_template *versions;
    size_t count;

    GOOD(quote_template_by_id(ctx, make_template(ctx), &template));
    first = template;
    GOOD(quote_template_lines(ctx, template.version_id, &lines, &count));
    SAME_NUMBER(count, 3);
    GOOD(change_template(ctx, &template, lines, 3, NO_ONCE, &result)); /* says the same */
    SAME_NUMBER(template.version, 1);
    template.rev++;
    template.own = (struct own_terms){.duration = DURATION_FIXED, .unit = TERM_MONTHS, .count = 12, .has_notice = true};
    lines[0].discount_ppm = 0;
    lines[0].discount_minor = 250;
    GOOD(change_template(ctx, &template, lines, 2, NO_ONCE, &result));
    SAME_NUMBER(template.version, 2);
    GOOD(change_template(ctx, &first, lines, 1, NO_ONCE, &result)); /* by somebody who saw the first */
    CU_ASSERT_TRUE(result.stale);
    GOOD(quote_template_versions(ctx, template.id, &versions, &count));
    SAME_NUMBER(count, 2);
    SAME_NUMBER(versions[0].own.count, 12);
    CU_ASSERT_TRUE(versions[0].own.has_notice && !versions[0].own.has_commitment);
    GOOD(quote_template_lines(ctx, versions[0].version_id, &lines, &count));
    SAME_NUMBER(count, 2);
    SAME_NUMBER(lines[0].discount_minor, 250);
    GOOD(quote_template_lines(ctx, versions[1].version_id, &lines, &count));
    SAME_NUMBER(count, 3);
    SAME_NUMBER(quote_template_version(ctx, template.id, 3, &first), ERR_NOT_FOUND);
    ctx_forget_error(ctx);
}

TEST(templates, the_database_refuses_what_must_not_be)
{
    struct ctx *ctx = store_ctx();
    struct quoting_result made = make_quote(ctx);
    struct quoting_result sent;
    struct offer offer;
    long long id, version;

    GOOD(send_quote(ctx, made.quote_id, "", NO_ONCE, &sent));
    GOOD(load_offer(ctx, made.quote_id, 0, &offer));
    id = (long long)offer.version.id;
    version = (long long)offer.version.template_id;
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE quote_version SET note = 'another' WHERE id = %lld", id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE quote_version SET terms = 'another' WHERE id = %lld", id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE quote_version SET duration = 'fixed' WHERE id = %lld", id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE quote_version SET template_version = 9 WHERE id = %lld", id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE quote_template_version SET validity_days = 1 WHERE template_id = %lld", version));
    as_owner_refused(ctx, arena_printf(ctx->arena, "DELETE FROM quote_template_version WHERE template_id = %lld", version));
    as_owner_refused(ctx, "UPDATE quote_template_line SET quantity_e4 = 1");
    as_owner_refused(ctx, "DELETE FROM quote_template_line");
    as_owner_refused(ctx, arena_printf(ctx->arena, "INSERT INTO quote_template_version (template_id, version, validity_days, acceptance, duration, created_at, created_by) "
                                       "VALUES (%lld, 7, 30, 'signature', 'fixed', NOW(6), 'x')", version));
    as_owner_refused(ctx, arena_printf(ctx->arena, "INSERT INTO quote_line_cost (line_id, unit_cost_e4) VALUES (%lld, -1)", (long long)offer.lines[0].as.id));
}

TEST(templates, own_terms_reach_the_contract_and_the_plan_stays)
{
    struct ctx *ctx = store_ctx();
    struct quoting_result made = make_quote(ctx), saved, sent;
    struct quote_line lines[3];
    struct quote_draft draft;
    struct plan as_sent, plan;
    struct offer offer;

    GOOD(load_offer_to_edit(ctx, made.number, &offer));
    draft = draft_of(&offer, lines);
    draft.own = (struct own_terms){.duration = DURATION_FIXED, .unit = TERM_PERIODS, .count = 6, .has_commitment = true, .commitment_months = 4,
                                   .has_notice = true, .notice_days = 15};
    draft.note = "For {customer}, {unknown}";
    GOOD(save_draft(ctx, &draft, NO_ONCE, &saved));
    GOOD(load_offer_to_edit(ctx, made.number, &offer));
    SAME_NUMBER(offer.plan.term_count, 6);
    SAME_TEXT(offer.words.note, "For Roy SARL, {unknown}");
    SAME_TEXT(offer.version.note, "For {customer}, {unknown}");
    GOOD(send_quote(ctx, made.quote_id, "", NO_ONCE, &sent));
    CU_ASSERT_EQUAL(sent.refusal, QUOTE_NOT_REFUSED);
    GOOD(plan_as_sent(ctx, offer.version.id, &as_sent));
    SAME_NUMBER(as_sent.term_count, 6);
    CU_ASSERT_FALSE(as_sent.term_renews);
    SAME_NUMBER(as_sent.commitment_months, 4);
    SAME_NUMBER(as_sent.notice_days, 15);
    GOOD(plan_by_id(ctx, offer.plan.id, &plan));
    SAME_NUMBER(plan.term_count, 0);
    SAME_NUMBER(plan.notice_days, 0);
}

TEST(costing, a_margin_follows_the_products_until_the_quote_is_sent)
{
    struct ctx *ctx = store_ctx();
    struct quoting_result made = make_quote(ctx), sent;
    struct product_cost cost = {.currency = "EUR", .unit_cost_e4 = 100000};
    struct offer_margins m;
    struct offer offer;

    GOOD(load_offer_by_number(ctx, made.number, 0, &offer));
    GOOD(offer_margins(ctx, &offer, &m));
    SAME_NUMBER(m.period.known, 0);
    cost.product_id = offer.lines[0].as.product_id;
    GOOD(save_product_cost(ctx, &cost)); /* once: for the plan too, as long as that has none */
    GOOD(offer_margins(ctx, &offer, &m));
    SAME_NUMBER(m.lines[0].cost_minor, 3000);
    SAME_NUMBER(m.period.margin_minor, 4455 - 3000);
    SAME_NUMBER(m.once.unknown, 1); /* the setup is no product */
    cost.plan_id = offer.plan.id;
    cost.unit_cost_e4 = 123456;
    GOOD(save_product_cost(ctx, &cost));
    cost.currency = "USD"; /* another currency's cost is none here */
    cost.unit_cost_e4 = 1;
    GOOD(save_product_cost(ctx, &cost));
    GOOD(offer_margins(ctx, &offer, &m));
    SAME_NUMBER(m.period.cost_minor, 3704); /* 3 at 12.3456 */
    GOOD(send_quote(ctx, made.quote_id, "", NO_ONCE, &sent));
    GOOD(delete_product_cost(ctx, cost.product_id, cost.plan_id, "EUR"));
    GOOD(load_offer(ctx, made.quote_id, 0, &offer));
    GOOD(offer_margins(ctx, &offer, &m));
    SAME_NUMBER(m.period.cost_minor, 3704);
}
