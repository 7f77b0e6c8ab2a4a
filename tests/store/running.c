/* running: an order, its invoice, payment, renewals and books, against a real database. */
#include "service/deferring.h"
#include "support.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/hash.h"
#include "core/date.h"
#include "document/pdf_sign.h"
#include "service/crediting.h"
#include "service/booking.h"
#include "service/cataloguing.h"
#include "service/customers.h"
#include "service/invoicing.h"
#include "service/ordering.h"
#include "service/quoting.h"
#include "service/rendering.h"
#include "service/renewing.h"
#include "service/settling.h"
#include "service/signing.h"
#include "store/claim.h"
#include "store/deposit.h"
#include "store/alternative.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/journal.h"
#include "store/outbox.h"
#include "store/payable.h"
#include "store/revision.h"
#include "store/seller_user.h"
#include "store/subscription.h"
#include "store/tenant.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)
#define NO_ONCE (&(struct once){NULL, "/"})

static struct ctx *running_ctx(void)
{
    return store_ctx_of_newest_day();
}

static void move_to(struct ctx *ctx, int32_t on)
{
    ctx->today_on = on;
}

/* 2 x 30.00 a month and a setup of 100.00: 192.00 with VAT today, 72.00 a month. */
static struct offer sent_offer_with(struct ctx *ctx, enum quote_acceptance acceptance, int32_t deposit_ppm)
{
    struct customer customer = {.is_company = true, .name = "Lune & fils", .contact_name = "", .email = "lune@lune.example",
        .phone = "", .street = "1 rue Basse", .street2 = "", .postal_code = "59000", .city = "Lille", .country = "FR",
        .siren = "", .vat_id = "", .language = "fr", .state = "active"};
    struct customer_result made;
    struct seller_user user = {.email = unique(ctx, "s"), .name = "Jeanne", .password = "x", .language = "fr"};
    struct plan plan = {.name = unique(ctx, "Mensuel "), .every = {RECURRENCE_MONTH, 1}, .max_missed = 2, .dunning_rule_id = 1,
        .state = "active"};
    struct quote_template template = {.name = unique(ctx, "T "), .validity_days = 20, .acceptance = acceptance, .note = "",
        .state = "active"};
    struct quote_template_line line[2] = {
        {.kind = LINE_RECURRING, .description = "Licence", .quantity_e4 = 20000, .unit_price_e4 = 300000,
         .quantity_min_e4 = 20000, .quantity_max_e4 = 20000},
        {.kind = LINE_SETUP, .description = "Mise en service", .quantity_e4 = 10000, .unit_price_e4 = 1000000,
         .quantity_min_e4 = 10000, .quantity_max_e4 = 10000}};
    struct catalogue_result saved;
    struct quoting_result quote;
    struct offer offer;

    user.email = arena_printf(ctx->arena, "%s@nord.example", user.email);
    GOOD(change_customer(ctx, &customer, 0, NO_ONCE, &made));
    GOOD(insert_seller_user(ctx, &user));
    GOOD(change_plan(ctx, &plan, NO_ONCE, &saved));
    template.plan_id = saved.id;
    GOOD(change_template(ctx, &template, line, 2, NO_ONCE, &saved));
    GOOD(create_quote(ctx, &(struct quote_start){made.id, user.id, saved.id}, NO_ONCE, &quote));
    if (deposit_ppm > 0)
        GOOD(owner_runs(ctx, arena_printf(ctx->arena, "UPDATE quote_version SET deposit_ppm = %d WHERE quote_id = %lld", (int)deposit_ppm,
                                          (long long)quote.quote_id)));
    GOOD(send_quote(ctx, quote.quote_id, "", NO_ONCE, &quote));
    CU_ASSERT_EQUAL_FATAL(quote.refusal, QUOTE_NOT_REFUSED);
    GOOD(load_offer(ctx, quote.quote_id, 0, &offer));
    return offer;
}

static struct offer sent_offer(struct ctx *ctx, enum quote_acceptance acceptance)
{
    return sent_offer_with(ctx, acceptance, 0);
}

static enum err confirm(struct ctx *ctx, void *arg)
{
    struct confirming *c = arg;

    return confirm_order(ctx, &c->offer, &c->ids);
}

static struct subscription confirmed(struct ctx *ctx)
{
    struct confirming c = {.offer = sent_offer(ctx, ACCEPTANCE_SIGNATURE)};
    struct subscription subscription;
    struct sales_order order;

    GOOD(db_transaction(ctx, sign_offer, &c.offer));
    c.offer.quote.state = QUOTE_SIGNED;
    GOOD(reserve_invoice_ids(ctx, 1, &c.ids));
    GOOD(db_transaction(ctx, confirm, &c));
    /* a second time the database itself refuses */
    GOOD(reserve_invoice_ids(ctx, 1, &c.ids));
    CU_ASSERT_EQUAL(db_transaction(ctx, confirm, &c), ERR_DUPLICATE);
    ctx_forget_error(ctx);
    GOOD(order_of_quote(ctx, c.offer.quote.id, &order));
    GOOD(subscription_of_order(ctx, order.id, &subscription));
    return subscription;
}

TEST(running, of_alternatives_one_is_taken_and_the_others_end)
{
    struct ctx *ctx = running_ctx();
    struct confirming c = {.offer = sent_offer(ctx, ACCEPTANCE_SIGNATURE)};
    struct alternative *others;
    struct quoting_result second;
    struct quoting_result third;
    struct quoting_result refused;
    struct offer copy;
    struct quote quote;
    size_t count;

    GOOD(add_alternative(ctx, c.offer.quote.id, NO_ONCE, &second));
    GOOD(add_alternative(ctx, second.quote_id, NO_ONCE, &third)); /* of an alternative: the same group */
    GOOD(send_quote(ctx, third.quote_id, "", NO_ONCE, &refused));
    GOOD(load_offer(ctx, second.quote_id, 0, &copy));
    SAME_NUMBER(copy.line_count, c.offer.line_count);
    SAME_NUMBER(copy.totals.today.gross_minor, c.offer.totals.today.gross_minor);
    SAME_NUMBER(copy.quote.customer_id, c.offer.quote.customer_id);
    SAME_NUMBER(copy.version.valid_until_on, c.offer.version.valid_until_on);
    GOOD(alternatives(ctx, second.quote_id, &others, &count));
    SAME_NUMBER(count, 2);
    SAME_NUMBER(others[0].id, c.offer.quote.id);
    SAME_NUMBER(others[1].id, third.quote_id);

    GOOD(db_transaction(ctx, sign_offer, &c.offer));
    GOOD(add_alternative(ctx, c.offer.quote.id, NO_ONCE, &refused));
    SAME_NUMBER(refused.refusal, QUOTE_IS_SIGNED);
    GOOD(quote_by_id(ctx, c.offer.quote.id, &c.offer.quote));
    GOOD(reserve_invoice_ids(ctx, 1, &c.ids));
    GOOD(db_transaction(ctx, confirm, &c));
    GOOD(quote_by_id(ctx, c.offer.quote.id, &quote));
    SAME_NUMBER(quote.state, QUOTE_CONFIRMED);
    GOOD(quote_by_id(ctx, second.quote_id, &quote));
    SAME_NUMBER(quote.state, QUOTE_WITHDRAWN);
    GOOD(quote_by_id(ctx, third.quote_id, &quote));
    SAME_NUMBER(quote.state, QUOTE_WITHDRAWN);
    CU_ASSERT_EQUAL(join_alternatives(ctx, c.offer.quote.id, third.quote_id), ERR_DB); /* not its own alternative */
    ctx_forget_error(ctx);
    CU_ASSERT_EQUAL(join_alternatives(ctx, second.quote_id, sent_offer(ctx, ACCEPTANCE_SIGNATURE).quote.id), ERR_DB); /* nor of another group */
    ctx_forget_error(ctx);
}

TEST(running, an_order_is_confirmed_once_with_its_first_invoice)
{
    struct ctx *ctx = running_ctx();
    struct subscription s = confirmed(ctx);
    struct invoice_list_row *rows;
    struct receivable r;
    size_t count;

    SAME_TEXT(s.state, "active");
    SAME_NUMBER(s.next_index, 1);
    SAME_NUMBER(s.due_on, date_add_months(ctx->today_on, 1));
    SAME_NUMBER(s.period_minor, 6000);
    SAME_NUMBER(s.mrr_e4, 600000);
    GOOD(invoice_list(ctx, "", 0, s.id, 0, 10, &rows, &count));
    SAME_NUMBER(count, 1);
    SAME_NUMBER(rows[0].total_minor, 19200);
    GOOD(receivable_of(ctx, rows[0].id, &r));
    SAME_NUMBER(r.open_minor, 19200);
    books_are_sound(ctx);
}

TEST(running, renewals_bill_each_period_once)
{
    struct ctx *ctx = running_ctx();
    struct subscription s = confirmed(ctx), after;
    struct renewing state = {0};
    struct invoice_list_row *rows;
    size_t count;
    int32_t began_on = ctx->today_on;
    int64_t released;

    move_to(ctx, date_add_months(began_on, 1));
    GOOD(renew_subscriptions(ctx, &state));
    CU_ASSERT(state.invoices >= 1);
    SAME_NUMBER(state.failed, 0);
    GOOD(invoice_list(ctx, "", 0, s.id, 0, 10, &rows, &count));
    SAME_NUMBER(count, 2);
    SAME_NUMBER(rows[0].total_minor, 7200);
    GOOD(subscription_by_id(ctx, s.id, &after));
    SAME_NUMBER(after.next_index, 2);
    SAME_NUMBER(after.due_on, date_add_months(began_on, 2));
    state = (struct renewing){0};
    GOOD(renew_subscriptions(ctx, &state));
    SAME_NUMBER(state.invoices, 0);
    GOOD(recognise_revenue(ctx, &released));
    CU_ASSERT(released >= 1);
    GOOD(recognise_revenue(ctx, &released));
    SAME_NUMBER(released, 0);
    books_are_sound(ctx);
}

TEST(running, more_missed_periods_than_allowed_wait_for_a_person)
{
    struct ctx *ctx = running_ctx();
    struct subscription s = confirmed(ctx), after;
    struct renewing state = {0};
    int32_t began_on = ctx->today_on;

    move_to(ctx, date_add_months(began_on, 4));
    GOOD(renew_subscriptions(ctx, &state));
    GOOD(subscription_by_id(ctx, s.id, &after));
    SAME_NUMBER(after.held_on, ctx->today_on);
    SAME_NUMBER(after.due_on, DATE_NONE);
    SAME_NUMBER(after.next_index, 1);
    books_are_sound(ctx);
}

struct starting {
    struct payable payable;
    struct attempt attempt;
};

static enum err start(struct ctx *ctx, void *arg)
{
    struct starting *s = arg;

    TRY(ctx, ensure_payable(ctx, &s->payable));
    s->attempt.payable_id = s->payable.id;
    return insert_attempt(ctx, &s->attempt);
}

/* 30 % of 192.00: 57.60 are paid and invoiced, 134.40 asked for; whatever is credited afterwards, 4191 stands at nothing. */
TEST(running, a_deposit_settles_once_is_deducted_and_comes_back_with_its_invoice)
{
    struct ctx *ctx = running_ctx();
    struct offer offer = sent_offer_with(ctx, ACCEPTANCE_SIGNATURE_AND_PAYMENT, 300000);
    struct starting s = {
        .payable = {.quote_version_id = offer.version.id, .customer_id = offer.customer.id, .amount_minor = 5760, .currency = "EUR"},
        .attempt = {.number = 1, .attempt_key = unique(ctx, "test:deposit:"), .kind = "checkout", .amount_minor = 5760, .currency = "EUR",
                    .request_path = "/v1/checkout/sessions", .request_body = "x"}};
    struct gateway_answer answer = {.outcome = GATEWAY_SUCCEEDED, .session_ref = unique(ctx, "cs_"), .intent_ref = unique(ctx, "pi_"),
        .customer_ref = "cus_1", .amount_minor = 5760, .currency = "EUR", .decline_code = "", .advice_code = "", .message = "",
        .redirect_url = "", .method_ref = "", .brand = "visa", .last4 = "4242", .exp_month = 12, .exp_year = 2030};
    struct credit_request request = {.reason = "Geste"};
    enum attempt_state state;
    struct sales_order order;
    struct deposit deposit;
    struct deducted deducted;
    struct asked *asked;
    size_t count;
    struct invoice prepaid, invoice;
    struct receivable receivable;
    const char *url;
    int64_t left_minor;

    SAME_NUMBER(offer.order_minor, 19200);
    SAME_NUMBER(offer.deposit_minor, 5760);
    SAME_NUMBER(offer.signing_minor, 5760);
    GOOD(db_transaction(ctx, sign_offer, &offer));
    GOOD(db_transaction(ctx, start, &s));
    GOOD(attempt_by_id(ctx, s.attempt.id, &s.attempt));
    s.attempt.state = ATTEMPT_SENDING;
    GOOD(move_attempt(ctx, &s.attempt, ATTEMPT_READY, "sends", ""));
    GOOD(settle_answer(ctx, s.attempt.id, &answer, &state));
    GOOD(settle_answer(ctx, s.attempt.id, &answer, &state));
    CU_ASSERT_EQUAL(state, ATTEMPT_SUCCEEDED);
    GOOD(order_of_quote(ctx, offer.quote.id, &order));
    GOOD(deposit_of_order(ctx, order.id, &deposit));
    GOOD(invoice_by_id(ctx, deposit.invoice_id, &prepaid));
    SAME_TEXT(prepaid.kind, "deposit");
    SAME_TEXT(prepaid.vat_due, "payment");
    SAME_NUMBER(prepaid.net_minor, 4800);
    SAME_NUMBER(prepaid.vat_minor, 960);
    GOOD(receivable_of(ctx, prepaid.id, &receivable));
    SAME_NUMBER(receivable.open_minor, 0);
    GOOD(invoice_of_order(ctx, order.id, &invoice));
    SAME_NUMBER(invoice.total_minor, 19200);
    SAME_NUMBER(invoice.sequence, prepaid.sequence + 1);
    GOOD(receivable_of(ctx, invoice.id, &receivable));
    SAME_NUMBER(receivable.open_minor, 13440);
    GOOD(deducted_from(ctx, invoice.id, &deducted));
    SAME_NUMBER(deducted.total_minor, 5760);
    SAME_NUMBER(deducted.vat_minor, 960);
    GOOD(asked_facts(ctx, &invoice.id, 1, &asked, &count));
    SAME_NUMBER(count, 1);
    SAME_NUMBER(asked->deducted_minor, 5760);
    SAME_NUMBER(asked->credit_minor, 0);
    SAME_NUMBER(deposit.left_minor, 0);
    books_are_sound(ctx);

    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE deposit_use SET vat_minor = 0 WHERE deposit_id = %lld", (long long)prepaid.id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "DELETE FROM deposit WHERE invoice_id = %lld", (long long)prepaid.id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE deposit SET left_minor = 1 WHERE invoice_id = %lld", (long long)prepaid.id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "INSERT INTO deposit_use SELECT %lld, 1, MIN(id), 1, 1, 0 FROM invoice WHERE kind = 'invoice'",
                                       (long long)prepaid.id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE quote_version SET deposit_ppm = 1 WHERE id = %lld", (long long)offer.version.id));
    as_owner_refused(ctx, "INSERT INTO deposit (invoice_id, order_id, customer_id, currency, total_minor, left_minor) SELECT i.id, o.id, i.customer_id, "
                          "i.currency, i.total_minor, 0 FROM invoice i JOIN sales_order o WHERE i.kind = 'invoice' AND i.total_minor > 0 LIMIT 1");

    /* nothing of the deposit is left to credit; the invoice is credited wholly: 134.40 are set off, 57.60 come back */
    request.invoice_id = prepaid.id;
    GOOD(credit_invoice(ctx, &request, NO_ONCE, &url));
    CU_ASSERT_EQUAL(request.refusal, CREDIT_NOTHING_LEFT);
    request.invoice_id = invoice.id;
    GOOD(credit_invoice(ctx, &request, NO_ONCE, &url));
    CU_ASSERT_EQUAL(request.refusal, CREDIT_NOT_REFUSED);
    GOOD(receivable_of(ctx, invoice.id, &receivable));
    SAME_NUMBER(receivable.open_minor, 0);
    {
        struct credit_list_row *notes;

        GOOD(credit_notes_on(ctx, invoice.id, &notes, &count));
        SAME_NUMBER(count, 1);
        GOOD(credit_left_of(ctx, notes[0].id, &left_minor));
        SAME_NUMBER(notes[0].total_minor, 19200);
        SAME_NUMBER(left_minor, 5760);
    }
    books_are_sound(ctx);
}

TEST(running, money_settles_exactly_once_through_any_door)
{
    struct ctx *ctx = running_ctx();
    struct offer offer = sent_offer(ctx, ACCEPTANCE_SIGNATURE_AND_PAYMENT);
    char *key = unique(ctx, "test:attempt:");
    struct starting s = {
        .payable = {.quote_version_id = offer.version.id, .customer_id = offer.customer.id, .amount_minor = 19200, .currency = "EUR"},
        .attempt = {.number = 1, .attempt_key = key, .kind = "checkout", .amount_minor = 19200, .currency = "EUR",
                    .request_path = "/v1/checkout/sessions", .request_body = "x"}};
    struct gateway_answer answer = {.outcome = GATEWAY_SUCCEEDED, .session_ref = unique(ctx, "cs_"), .intent_ref = unique(ctx, "pi_"),
        .customer_ref = "cus_1", .amount_minor = 19200, .currency = "EUR", .decline_code = "", .advice_code = "", .message = "",
        .redirect_url = "", .method_ref = "pm_1", .brand = "visa", .last4 = "4242", .exp_month = 12, .exp_year = 2030};
    enum attempt_state state;
    struct sales_order order;
    struct subscription subscription;
    struct payment_method method;
    struct invoice invoice;
    struct receivable receivable;
    const char *token;

    GOOD(db_transaction(ctx, sign_offer, &offer));
    GOOD(db_transaction(ctx, start, &s));
    GOOD(attempt_by_id(ctx, s.attempt.id, &s.attempt));
    s.attempt.state = ATTEMPT_SENDING;
    GOOD(move_attempt(ctx, &s.attempt, ATTEMPT_READY, "sends", ""));
    GOOD(settle_answer(ctx, s.attempt.id, &answer, &state));
    CU_ASSERT_EQUAL(state, ATTEMPT_SUCCEEDED);
    GOOD(settle_answer(ctx, s.attempt.id, &answer, &state)); /* the webhook comes after the refresh */
    CU_ASSERT_EQUAL(state, ATTEMPT_SUCCEEDED);
    answer.outcome = GATEWAY_DECLINED; /* an old event arrives late: money that came stays */
    GOOD(settle_answer(ctx, s.attempt.id, &answer, &state));
    CU_ASSERT_EQUAL(state, ATTEMPT_SUCCEEDED);
    GOOD(order_of_quote(ctx, offer.quote.id, &order));
    GOOD(subscription_of_order(ctx, order.id, &subscription));
    GOOD(invoice_of_order(ctx, order.id, &invoice));
    GOOD(receivable_of(ctx, invoice.id, &receivable));
    SAME_NUMBER(receivable.open_minor, 0);
    SAME_TEXT(receivable.state, "paid");
    GOOD(payment_method_by_id(ctx, subscription.payment_method_id, &method));
    SAME_TEXT(method.last4, "4242");
    CU_ASSERT(strstr(method.token_sealed, "pm_1") == NULL);
    GOOD(payment_method_token(ctx, &method, &token));
    SAME_TEXT(token, "pm_1");
    books_are_sound(ctx);
}

TEST(running, money_for_a_withdrawn_quote_is_an_item_for_a_person)
{
    struct ctx *ctx = running_ctx();
    struct offer offer = sent_offer(ctx, ACCEPTANCE_SIGNATURE_AND_PAYMENT);
    struct starting s = {
        .payable = {.quote_version_id = offer.version.id, .customer_id = offer.customer.id, .amount_minor = 19200, .currency = "EUR"},
        .attempt = {.number = 1, .attempt_key = unique(ctx, "test:attempt:"), .kind = "checkout", .amount_minor = 19200,
                    .currency = "EUR", .request_path = "/v1/checkout/sessions", .request_body = "x"}};
    struct gateway_answer answer = {.outcome = GATEWAY_SUCCEEDED, .session_ref = unique(ctx, "cs_"), .intent_ref = unique(ctx, "pi_"),
        .customer_ref = "", .amount_minor = 19200, .currency = "EUR", .decline_code = "", .advice_code = "", .message = "",
        .redirect_url = "", .method_ref = "", .brand = "", .last4 = ""};
    struct quoting_result withdrawn;
    struct sales_order order;
    enum attempt_state state;

    GOOD(db_transaction(ctx, sign_offer, &offer));
    GOOD(db_transaction(ctx, start, &s));
    GOOD(attempt_by_id(ctx, s.attempt.id, &s.attempt));
    s.attempt.state = ATTEMPT_SENDING;
    GOOD(move_attempt(ctx, &s.attempt, ATTEMPT_READY, "sends", ""));
    GOOD(withdraw_quote(ctx, offer.quote.id, NO_ONCE, &withdrawn));
    CU_ASSERT_EQUAL(withdrawn.refusal, QUOTE_NOT_REFUSED);
    GOOD(settle_answer(ctx, s.attempt.id, &answer, &state));
    CU_ASSERT_EQUAL(state, ATTEMPT_OPERATOR);
    CU_ASSERT_EQUAL(order_of_quote(ctx, offer.quote.id, &order), ERR_NOT_FOUND);
    ctx_forget_error(ctx);
    books_are_sound(ctx);
}

TEST(running, a_journal_that_others_write_to_is_verified_as_far_as_it_was_read)
{
    struct ctx *ctx = running_ctx();
    struct journal_series *series;
    const char *bad;
    size_t count;
    int64_t verified;

    (void)confirmed(ctx);
    GOOD(journal_series(ctx, &series, &count));
    (void)confirmed(ctx);
    for (size_t i = 0; i < count; i++) {
        GOOD(verify_journal(ctx, &series[i], &bad, &verified));
        SAME_TEXT(bad, "");
        SAME_NUMBER(verified, series[i].last_sequence);
    }
}

/* The case's clock stands still, the rendering loop reads the real one: a certificate must span both. */
static int days_since(int64_t at)
{
    return (int)((clock_now() - at) / (86400 * CLOCK_SECOND));
}

static const struct signer *a_signer(struct ctx *ctx)
{
    char *stem = arena_printf(ctx->arena, "/tmp/tacite-seal-%d-%lld", (int)getpid(), (long long)store_unique());
    struct certificate_order order = {.key = CERTIFICATE_ECDSA_P256, .organisation = "Essai", .country = "FR",
        .from_at = ctx->now - CLOCK_SECOND * 60, .valid_days = days_since(ctx->now) + 2, .certificate_path = arena_printf(ctx->arena, "%s.pem", stem),
        .key_path = arena_printf(ctx->arena, "%s.key", stem)};
    const struct signer *signer;

    GOOD(create_demo_certificate(ctx, &order));
    GOOD(signer_load(ctx, ctx->arena, order.certificate_path, order.key_path, &signer));
    (void)unlink(order.certificate_path);
    (void)unlink(order.key_path);
    return signer;
}

static struct invoice_list_row first_invoice(struct ctx *ctx, const struct subscription *s)
{
    struct invoice_list_row *rows;
    size_t count;

    GOOD(invoice_list(ctx, "", 0, s->id, 0, 10, &rows, &count));
    CU_ASSERT_FATAL(count > 0);
    return rows[0];
}

TEST(running, issued_invoices_become_sealed_files)
{
    struct ctx *ctx = running_ctx();
    struct subscription s = confirmed(ctx);
    struct rendering state = {.signer = a_signer(ctx)};
    struct document document;

    GOOD(render_documents(ctx, &state));
    CU_ASSERT(state.rendered >= 1);
    SAME_NUMBER(state.failed, 0);
    CU_ASSERT_TRUE(first_invoice(ctx, &s).has_pdf);
    GOOD(document_of(ctx, "invoice", first_invoice(ctx, &s).id, &document));
    CU_ASSERT(document.bytes.bytes > 5000 && memcmp(document.bytes.data, "%PDF-", 5) == 0);
    state.rendered = 0;
    GOOD(render_documents(ctx, &state));
    SAME_NUMBER(state.rendered, 0);
}

TEST(running, a_document_that_cannot_be_written_holds_none_of_its_group)
{
    struct ctx *ctx = running_ctx();
    struct subscription s[3];
    struct rendering state = {.signer = a_signer(ctx)};
    static const unsigned char digest[HASH_BYTES] = {1};
    struct document document;

    GOOD(render_documents(ctx, &state));
    state.rendered = 0;
    for (size_t i = 0; i < COUNT_OF(s); i++)
        s[i] = confirmed(ctx);
    GOOD(insert_document(ctx, "invoice", first_invoice(ctx, &s[1]).id, digest, "x", 1)); /* a row that is in its way */
    GOOD(render_documents(ctx, &state));
    CU_ASSERT(state.rendered >= 2);
    SAME_NUMBER(state.failed, 1);
    for (size_t i = 0; i < COUNT_OF(s); i++) {
        GOOD(document_of(ctx, "invoice", first_invoice(ctx, &s[i]).id, &document));
        CU_ASSERT_TRUE(i == 1 ? document.bytes.bytes == 1 : document.bytes.bytes > 5000);
    }
    state = (struct rendering){.signer = state.signer};
    GOOD(render_documents(ctx, &state)); /* it waits for its next try */
    SAME_NUMBER(state.rendered + state.failed, 0);
}

/* ---- the plan is edited after a quote was sent ---- */

static void edit_plan(struct ctx *ctx, int64_t plan_id)
{
    struct catalogue_result saved;
    struct plan plan;

    GOOD(plan_by_id(ctx, plan_id, &plan));
    plan = (struct plan){.id = plan.id, .rev = plan.rev, .name = unique(ctx, "Autre "), .every = {RECURRENCE_YEAR, 1},
        .anchor = {ANCHOR_CALENDAR, 0}, .timing = BILLING_ARREARS, .trial_unit = "day", .trial_count = 14, .trial_card = true,
        .trial_end = "stop", .term_unit = TERM_PERIODS, .term_count = 2, .term_renews = true, .commitment_months = 24,
        .notice_days = 60, .max_missed = 9, .no_pause = true, .dunning_rule_id = 1, .state = "archived"};
    GOOD(price_index_named(ctx, "Syntec", &plan.index_id));
    GOOD(change_plan(ctx, &plan, NO_ONCE, &saved));
    CU_ASSERT_EQUAL_FATAL(saved.id, plan_id);
}

static const char *document_sha256(struct ctx *ctx, const struct offer *offer)
{
    struct db_bytes pdf;
    struct hash hash;

    GOOD(render_offer_pdf(ctx, offer, &pdf));
    hash = hash_sha256(pdf.data, pdf.bytes);
    return encode_hex(ctx->arena, &hash, sizeof hash);
}

static void same_offer(struct ctx *ctx, const struct offer *was)
{
    struct offer is;

    GOOD(load_offer(ctx, was->quote.id, 0, &is));
    SAME_TEXT(is.plan.name, was->plan.name);
    SAME_NUMBER(is.recurrence.unit, was->recurrence.unit);
    SAME_NUMBER(is.plan.trial_count, was->plan.trial_count);
    SAME_NUMBER(is.started_on, was->started_on);
    SAME_NUMBER(is.totals.today.gross_minor, was->totals.today.gross_minor);
    SAME_NUMBER(is.totals.period.net_minor, was->totals.period.net_minor);
    SAME_TEXT(document_sha256(ctx, &is), document_sha256(ctx, was));
}

/* Signs what `shown` says as its customer does. */
static enum quote_refusal sign_shown(struct ctx *ctx, const struct offer *shown, const char *sha256)
{
    struct quote_signature signature = {.version = shown->version.version, .document_sha256 = sha256,
        .today_minor = shown->totals.today.gross_minor, .signer_name = "Ana Lune", .signer_role = "", .consent_text = "Bon pour accord",
        .consent = true, .once = NO_ONCE};
    struct signing_result result;
    struct offer now;

    GOOD(load_offer(ctx, shown->quote.id, 0, &now));
    signature.offer = &now;
    GOOD(sign_quote(ctx, &signature, &result));
    return result.refusal;
}

static struct gateway_answer paid_answer(struct ctx *ctx, int64_t amount_minor)
{
    return (struct gateway_answer){.outcome = GATEWAY_SUCCEEDED, .session_ref = unique(ctx, "cs_"), .intent_ref = unique(ctx, "pi_"),
        .customer_ref = unique(ctx, "cus_"), .amount_minor = amount_minor, .currency = "EUR", .decline_code = "", .advice_code = "",
        .message = "", .redirect_url = "", .method_ref = unique(ctx, "pm_"), .brand = "visa", .last4 = "4242", .exp_month = 12, .exp_year = 2030};
}

/* Begins a payment and lets it succeed. */
static enum attempt_state pay_offer(struct ctx *ctx, const struct offer *offer, int64_t amount_minor)
{
    struct starting s = {
        .payable = {.quote_version_id = offer->version.id, .customer_id = offer->customer.id, .amount_minor = amount_minor, .currency = "EUR"},
        .attempt = {.number = 1, .attempt_key = unique(ctx, "test:attempt:"), .kind = "checkout", .amount_minor = amount_minor,
                    .currency = "EUR", .request_path = "/v1/checkout/sessions", .request_body = "x"}};
    struct gateway_answer answer = paid_answer(ctx, amount_minor);
    enum attempt_state state;

    GOOD(db_transaction(ctx, start, &s));
    GOOD(attempt_by_id(ctx, s.attempt.id, &s.attempt));
    s.attempt.state = ATTEMPT_SENDING;
    GOOD(move_attempt(ctx, &s.attempt, ATTEMPT_READY, "sends", ""));
    edit_plan(ctx, offer->plan.id); /* while the customer is at the gateway */
    GOOD(settle_answer(ctx, s.attempt.id, &answer, &state));
    return state;
}

static size_t open_items(struct ctx *ctx)
{
    struct operator_item *items;
    size_t count;

    GOOD(open_operator_items(ctx, 1000, &items, &count));
    return count;
}

/* Monthly from the start day, in advance, without trial, term, commitment, notice or index: as sent_offer's plan was. */
static void runs_as_sent(struct ctx *ctx, const struct offer *sent, int64_t total_minor)
{
    struct subscription s;
    struct sales_order order;
    struct invoice invoice;

    GOOD(order_of_quote(ctx, sent->quote.id, &order));
    GOOD(subscription_of_order(ctx, order.id, &s));
    GOOD(invoice_of_order(ctx, order.id, &invoice));
    SAME_NUMBER(invoice.total_minor, total_minor);
    SAME_TEXT(s.unit, "month");
    SAME_NUMBER(s.count, 1);
    SAME_NUMBER(s.plan_id, sent->plan.id);
    SAME_NUMBER(s.anchor_on, s.started_on);
    SAME_NUMBER(s.month_day, sent->schedule.month_day);
    SAME_NUMBER(s.trial_until_on, DATE_NONE);
    SAME_NUMBER(s.term_until_on, DATE_NONE);
    SAME_NUMBER(s.commitment_until_on, DATE_NONE);
    SAME_NUMBER(s.notice_days, 0);
    SAME_NUMBER(s.index_id, 0);
    SAME_NUMBER(s.max_missed, 2);
    SAME_NUMBER(s.period_minor, 6000);
    SAME_NUMBER(s.due_on, date_add_months(s.started_on, 1));
}

TEST(running, a_plan_that_is_edited_changes_no_quote_that_was_sent)
{
    struct ctx *ctx = running_ctx();
    struct offer offer = sent_offer(ctx, ACCEPTANCE_SIGNATURE_AND_PAYMENT);
    const char *shown = document_sha256(ctx, &offer);
    size_t items = open_items(ctx);

    edit_plan(ctx, offer.plan.id); /* between sending and signing */
    same_offer(ctx, &offer);
    CU_ASSERT_EQUAL(sign_shown(ctx, &offer, shown), QUOTE_NOT_REFUSED);
    SAME_NUMBER(open_items(ctx), items + 1); /* signed, unpaid */
    edit_plan(ctx, offer.plan.id); /* between signing and paying */
    offer.quote.state = QUOTE_SIGNED;
    same_offer(ctx, &offer);
    CU_ASSERT_EQUAL(pay_offer(ctx, &offer, 19200), ATTEMPT_SUCCEEDED);
    SAME_NUMBER(open_items(ctx), items);
    runs_as_sent(ctx, &offer, 19200);
    books_are_sound(ctx);
}

TEST(running, a_plan_that_is_edited_changes_no_quote_that_is_paid_without_a_signature)
{
    struct ctx *ctx = running_ctx();
    struct offer offer = sent_offer(ctx, ACCEPTANCE_PAYMENT);
    size_t items = open_items(ctx);

    edit_plan(ctx, offer.plan.id);
    same_offer(ctx, &offer);
    CU_ASSERT_EQUAL(pay_offer(ctx, &offer, 19200), ATTEMPT_SUCCEEDED);
    SAME_NUMBER(open_items(ctx), items);
    runs_as_sent(ctx, &offer, 19200);
    books_are_sound(ctx);
}

TEST(running, a_draft_follows_the_plan_and_so_does_a_new_version_of_what_was_sent)
{
    struct ctx *ctx = running_ctx();
    struct offer sent = sent_offer(ctx, ACCEPTANCE_SIGNATURE), draft, now;
    struct quote_line *lines = ARENA_ARRAY(ctx->arena, struct quote_line, sent.line_count);
    struct quote_draft changes = {.quote_id = sent.quote.id, .base_version = 1, .rev = sent.version.rev, .plan_id = sent.plan.id,
        .language = "fr", .valid_until_on = sent.version.valid_until_on, .start_on = DATE_NONE, .acceptance = ACCEPTANCE_SIGNATURE,
        .note = "", .lines = lines, .line_count = sent.line_count};
    struct quoting_result result;
    struct plan frozen;

    for (size_t i = 0; i < sent.line_count; i++)
        lines[i] = sent.lines[i].as;
    GOOD(save_draft(ctx, &changes, NO_ONCE, &result));
    edit_plan(ctx, sent.plan.id);
    same_offer(ctx, &sent); /* what the customer holds */
    GOOD(load_offer_to_edit(ctx, sent.quote.number, &draft));
    SAME_NUMBER(draft.version.version, 2);
    SAME_NUMBER(draft.recurrence.unit, RECURRENCE_YEAR);
    SAME_NUMBER(draft.plan.trial_count, 14);
    CU_ASSERT_EQUAL(plan_as_sent(ctx, draft.version.id, &frozen), ERR_NOT_FOUND);
    ctx_forget_error(ctx);
    GOOD(send_quote(ctx, sent.quote.id, "", NO_ONCE, &result));
    CU_ASSERT_EQUAL(result.refusal, QUOTE_NOT_REFUSED);
    GOOD(load_offer(ctx, sent.quote.id, 0, &now));
    SAME_NUMBER(now.version.version, 2);
    SAME_NUMBER(now.recurrence.unit, RECURRENCE_YEAR);
    SAME_TEXT(now.plan.index_name, "Syntec");
    SAME_NUMBER(now.plan.max_missed, 9);
    GOOD(load_offer_version(ctx, sent.version.id, &now)); /* the replaced one stays what it was */
    SAME_NUMBER(now.recurrence.unit, RECURRENCE_MONTH);
    SAME_NUMBER(now.totals.today.gross_minor, sent.totals.today.gross_minor);
    GOOD(add_alternative(ctx, sent.quote.id, NO_ONCE, &result)); /* a copy is a draft: of the plan as it is */
    edit_plan(ctx, sent.plan.id);
    GOOD(load_offer(ctx, result.quote_id, 0, &draft));
    CU_ASSERT_EQUAL(draft.version.state, VERSION_DRAFT);
    GOOD(plan_by_id(ctx, sent.plan.id, &frozen));
    SAME_TEXT(draft.plan.name, frozen.name);
}

TEST(running, the_terms_of_what_was_sent_are_never_changed)
{
    struct ctx *ctx = running_ctx();
    struct offer offer = sent_offer(ctx, ACCEPTANCE_SIGNATURE);
    struct offer other = sent_offer(ctx, ACCEPTANCE_SIGNATURE);
    struct quoting_result result;
    struct quote_version version;

    CU_ASSERT_EQUAL(freeze_plan(ctx, offer.version.id, &offer.plan), ERR_DB);
    ctx_forget_error(ctx);
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE quote_version_terms SET notice_days = 1 WHERE version_id = %lld", (long long)offer.version.id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "DELETE FROM quote_version_terms WHERE version_id = %lld", (long long)offer.version.id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE quote_version SET plan_id = %lld WHERE id = %lld", (long long)other.plan.id, (long long)offer.version.id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE quote_version SET plan_id = NULL WHERE id = %lld", (long long)offer.version.id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "UPDATE quote_version SET state = 'draft' WHERE id = %lld", (long long)offer.version.id));
    as_owner_refused(ctx, arena_printf(ctx->arena, "INSERT INTO quote_version (quote_id, version, state, language, currency, valid_until_on, acceptance, created_at) "
                                       "SELECT quote_id, 9, 'sent', language, currency, valid_until_on, acceptance, created_at FROM quote_version WHERE id = %lld", (long long)offer.version.id));
    /* a draft is not sent without its plan's terms, and not with those of another */
    GOOD(add_alternative(ctx, offer.quote.id, NO_ONCE, &result));
    GOOD(quote_draft(ctx, result.quote_id, &version));
    version.customer_version_id = offer.version.customer_version_id;
    version.company_version_id = offer.version.company_version_id;
    CU_ASSERT_EQUAL(freeze_quote_version(ctx, &version), ERR_DB);
    ctx_forget_error(ctx);
    CU_ASSERT_EQUAL(freeze_plan(ctx, version.id, &other.plan), ERR_DB);
    ctx_forget_error(ctx);
    GOOD(freeze_plan(ctx, version.id, &offer.plan));
    GOOD(freeze_quote_version(ctx, &version));
}

/* ---- what the database refuses of an entry ---- */

#define FORGED_ITEM_OF(items, total, position, debit, credit, foreign) \
    "INSERT INTO journal_item (entry_id, position, account, debit_minor, credit_minor, foreign_minor, entry_items, entry_total_minor) " \
    "SELECT MAX(e.id), " position ", (SELECT MIN(code) FROM account), " debit ", " credit ", " foreign ", " items ", " total " FROM journal_entry e"
#define FORGED_ITEM(position, debit, credit, foreign) FORGED_ITEM_OF("2", "100", position, debit, credit, foreign)

/* An entry of two items of 1.00 each way, with these: how many of them stand before one is refused. Taken back all the same. */
static int items_that_stand(struct ctx *ctx, const char *const *items, int count)
{
    struct db *application = ctx->db;
    struct db_login owner;
    const char *message;
    int stand = 0;

    GOOD(tenant_owner_login(ctx->arena, ctx->tenant, &owner, &message));
    ctx->db = db_open(&owner);
    GOOD(db_run_script(ctx, "START TRANSACTION"));
    GOOD(db_run_script(ctx, "INSERT INTO financial_year (from_on, until_on) SELECT IFNULL(MAX(until_on), '2026-01-01'), "
                            "IFNULL(MAX(until_on), '2026-01-01') + INTERVAL 1 YEAR FROM financial_year"));
    GOOD(db_run_script(ctx, "INSERT INTO journal_entry (id, series, sequence, journal, entry_on, source_kind, source_id, reference, currency, item_count, "
                            "total_minor, posted_at) SELECT (SELECT IFNULL(MAX(id), 0) + 1000 FROM journal_entry), series, 1, 'OD', from_on, 'deferral', 1, 'x', "
                            "'EUR', 2, 100, NOW(6) FROM financial_year ORDER BY from_on DESC LIMIT 1"));
    while (stand < count && db_run_script(ctx, items[stand]) == OK)
        stand++;
    ctx_forget_error(ctx);
    db_close(ctx->db); /* which takes it back */
    ctx->db = application;
    return stand;
}
#define STAND(...) \
    items_that_stand(ctx, (const char *const[]){__VA_ARGS__}, (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)))

TEST(running, an_entry_that_does_not_balance_is_refused_with_its_last_item)
{
    struct ctx *ctx = running_ctx();

    CU_ASSERT_EQUAL(STAND(FORGED_ITEM("1", "100", "0", "0"), FORGED_ITEM("2", "0", "100", "0")), 2);
    CU_ASSERT_EQUAL(STAND(FORGED_ITEM("1", "100", "0", "0"), FORGED_ITEM("2", "0", "99", "0")), 1);
    CU_ASSERT_EQUAL(STAND(FORGED_ITEM("1", "90", "0", "0"), FORGED_ITEM("2", "0", "90", "0")), 1);
    CU_ASSERT_EQUAL(STAND(FORGED_ITEM("2", "100", "0", "0")), 0);
    CU_ASSERT_EQUAL(STAND(FORGED_ITEM("1", "100", "0", "0"), FORGED_ITEM("2", "0", "100", "0"), FORGED_ITEM("3", "0", "0", "0")), 2);
    CU_ASSERT_EQUAL(STAND(FORGED_ITEM("1", "100", "0", "0"), FORGED_ITEM("2", "0", "100", "0"), FORGED_ITEM_OF("4", "100", "3", "0", "0", "0")), 2);
    CU_ASSERT_EQUAL(STAND(FORGED_ITEM_OF("3", "100", "1", "100", "0", "0")), 0); /* what an item says of its entry is true */
    CU_ASSERT_EQUAL(STAND(FORGED_ITEM_OF("2", "90", "1", "90", "0", "0")), 0);
    CU_ASSERT_EQUAL(STAND(FORGED_ITEM_OF("2", "NULL", "1", "100", "0", "0")), 0);
    CU_ASSERT_EQUAL(STAND(FORGED_ITEM("1", "100", "0", "5"), FORGED_ITEM("2", "0", "100", "-5")), 0);
}
