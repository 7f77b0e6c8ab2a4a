#include "contract.h"
#include "service/deferring.h"
#include "service/renewing.h"

int64_t contract_product(struct ctx *ctx, const char *name, const struct price *list, size_t count)
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

struct world contract_world(struct ctx *ctx)
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
    w.licence_id = contract_product(ctx, "Licence", (struct price[]){{.plan_id = w.monthly_id, .currency = "EUR", .unit_price_e4 = 120000},
                                                            {.plan_id = w.yearly_id, .currency = "EUR", .unit_price_e4 = 1200000}}, 2);
    w.option_id = contract_product(ctx, "Sauvegarde", (struct price[]){{.plan_id = w.monthly_id, .currency = "EUR", .unit_price_e4 = 310000}}, 1);
    w.setup_id = contract_product(ctx, "Formation", (struct price[]){{.plan_id = 0, .currency = "EUR", .unit_price_e4 = 500000}}, 1);
    return w;
}

struct subscription signed_up_at(struct ctx *ctx, const struct world *w, int64_t price_e4)
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

struct subscription signed_up(struct ctx *ctx, const struct world *w)
{
    return signed_up_at(ctx, w, 120000);
}

struct contract contract_begun(void)
{
    struct contract c = {.ctx = store_ctx_of_newest_day()};

    c.w = contract_world(c.ctx);
    c.ctx->today_on = date_next_month(date_next_month(c.ctx->today_on)) + 14; /* a month of 31 or 30 or 28 days follows */
    return c;
}

void contract_signs(struct contract *c)
{
    c->s = signed_up(c->ctx, &c->w);
}

struct contract contract_signed(void)
{
    struct contract c = contract_begun();

    contract_signs(&c);
    return c;
}

void contract_with(struct contract *c, const struct more *more)
{
    static const struct statement insert = {"test_line", "INSERT INTO subscription_line (subscription_id, position, product_id, description, "
        "quantity_e4, tax_class, from_on, price_model, tiers, unit_price_e4, timing, discount_minor, discount_periods) "
        "SELECT s.id, 2, l.product_id, 'Stockage', ?, 'standard', s.started_on, IFNULL(?, 'per_unit'), IFNULL(?, ''), ?, IFNULL(?, 'advance'), ?, ? "
        "FROM subscription s JOIN subscription_line l ON l.subscription_id = s.id AND l.position = 1 WHERE s.id = ?", NOTHING};

    GOOD(db_write(c->ctx, &insert, PARAMS(P_I64(more->quantity_e4), P_TEXT(more->model), P_TEXT(more->tiers), P_I64(more->unit_price_e4), P_TEXT(more->timing),
                                          P_I64(more->discount_minor), P_I64(more->discount_periods), P_I64(c->s.id)), NULL));
    contract_renewed(c);
}

void contract_discounted(struct contract *c, const char *discounts)
{
    static const struct statement take_off = {"test_take_off", "UPDATE subscription SET discounts = ? WHERE id = ?", NOTHING};

    GOOD(db_write(c->ctx, &take_off, PARAMS(P_TEXT(discounts), P_I64(c->s.id)), NULL));
    contract_now(c);
}

void days_left(struct contract *c, int days)
{
    c->ctx->today_on = c->s.due_on - days;
}

int64_t share_of(const struct contract *c, int64_t minor, int days)
{
    return money_scale(minor, days, c->s.due_on - date_add_months(c->s.due_on, -1), ROUND_HALF_AWAY);
}

void contract_run(struct contract *c, int32_t on)
{
    struct amending_run amending = {0};
    struct renewing renewing = {0};
    int64_t released;

    c->ctx->today_on = on;
    GOOD(apply_amendments(c->ctx, &amending));
    SAME_NUMBER(amending.failed, 0);
    GOOD(renew_subscriptions(c->ctx, &renewing));
    SAME_NUMBER(renewing.failed, 0);
    GOOD(recognise_revenue(c->ctx, &released));
}

void contract_renewed(struct contract *c)
{
    contract_run(c, c->s.due_on);
    contract_now(c);
}

int64_t contract_bills(struct contract *c)
{
    int64_t before = contract_net(c);

    contract_run(c, contract_now(c).due_on);
    contract_now(c);
    return contract_net(c) - before;
}

struct amending wished(const struct subscription *s, enum amendment_kind kind, enum amendment_when when)
{
    return (struct amending){.subscription_id = s->id, .kind = kind, .when = when, .on = DATE_NONE, .resume_on = DATE_NONE, .reason = "",
                             .credit = true};
}

struct amending wished_lines(const struct contract *c, const struct amending_line *lines, size_t count, enum amendment_when when)
{
    struct amending a = wished(&c->s, AMENDMENT_LINES, when);

    a.lines = lines;
    a.line_count = count;
    return a;
}

void preview_then_make(struct ctx *ctx, struct amending *a)
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

struct amending contract_changed(struct contract *c, const struct amending_line *lines, size_t count, enum amendment_when when)
{
    struct amending a = wished_lines(c, lines, count, when);

    preview_then_make(c->ctx, &a);
    return a;
}

struct amending amend(struct contract *c, enum amendment_kind kind, enum amendment_when when)
{
    struct amending a = wished(&c->s, kind, when);

    preview_then_make(c->ctx, &a);
    return a;
}

struct subscription contract_now(struct contract *c)
{
    GOOD(subscription_by_id(c->ctx, c->s.id, &c->s));
    return c->s;
}

int64_t contract_net(const struct contract *c)
{
    struct invoice_list_row *rows;
    int64_t sum = 0;
    size_t count;

    GOOD(invoice_list(c->ctx, "", 0, c->s.id, 0, 100, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct invoice invoice;

        GOOD(invoice_by_id(c->ctx, rows[i].id, &invoice));
        sum += strcmp(invoice.kind, "invoice") == 0 ? invoice.net_minor : -invoice.net_minor;
    }
    return sum;
}

size_t contract_documents(const struct contract *c)
{
    struct invoice_list_row *rows;
    size_t count;

    GOOD(invoice_list(c->ctx, "", 0, c->s.id, 0, 100, &rows, &count));
    return count;
}
