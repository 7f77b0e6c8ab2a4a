#include "contract.h"
#include "service/deferring.h"
#include "service/renewing.h"

char *contract_name(struct ctx *ctx, const char *stem)
{
    return arena_printf(ctx->arena, "%s%lld", stem, (long long)store_unique());
}

int64_t contract_product(struct ctx *ctx, const char *name, const struct price *list, size_t count)
{
    struct product p = {.code = contract_name(ctx, "P"), .name = name, .description = "", .kind = "service", .unit = "", .timing = "",
                        .tax_class = "standard", .state = "active"};
    struct price copy[2];
    struct catalogue_result saved;

    memcpy(copy, list, count * sizeof copy[0]);
    GOOD(change_product(ctx, &p, copy, count, NO_ONCE, &saved));
    return saved.id;
}

static int64_t plan(struct ctx *ctx, struct recurrence every)
{
    struct plan p = {.name = contract_name(ctx, "Formule "), .every = every, .max_missed = 1000, .dunning_rule_id = 1, .state = "active"};
    struct catalogue_result saved;

    GOOD(change_plan(ctx, &p, NO_ONCE, &saved));
    return saved.id;
}

struct world contract_world(struct ctx *ctx)
{
    struct customer customer = {.is_company = true, .name = "Lune & fils", .contact_name = "", .email = "lune@lune.example",
        .phone = "", .street = "1 rue Basse", .street2 = "", .postal_code = "59000", .city = "Lille", .country = "FR",
        .siren = "", .vat_id = "", .language = "fr", .state = "active"};
    struct seller_user user = {.email = arena_printf(ctx->arena, "%s@nord.example", contract_name(ctx, "a")), .name = "Jeanne", .password = "x", .language = "fr"};
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

/* 5 of the licence a month from today, at a price that the seller types. */
struct subscription signed_up_at(struct ctx *ctx, const struct world *w, int64_t price_e4)
{
    struct quote_template template = {.name = contract_name(ctx, "A "), .plan_id = w->monthly_id, .validity_days = 20, .acceptance = ACCEPTANCE_SIGNATURE,
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

/* The 15th of the month after next: nothing was issued on it yet, and a month of 31 or 30 or 28 days follows. */
int32_t fifteenth(const struct ctx *ctx)
{
    return date_next_month(date_next_month(ctx->today_on)) + 14;
}

struct subscription signed_on_the_fifteenth(struct ctx *ctx, const struct world *w)
{
    ctx->today_on = fifteenth(ctx);
    return signed_up(ctx, w);
}

void contract_run(struct ctx *ctx, int32_t on)
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

struct amending wished(const struct subscription *s, enum amendment_kind kind, enum amendment_when when)
{
    return (struct amending){.subscription_id = s->id, .kind = kind, .when = when, .on = DATE_NONE, .resume_on = DATE_NONE, .reason = "",
                             .credit = true};
}

/* What is previewed is done, to the cent, in VAT and in total. */
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

struct subscription contract_now(struct ctx *ctx, const struct subscription *s)
{
    struct subscription now;

    GOOD(subscription_by_id(ctx, s->id, &now));
    return now;
}

/* Net invoiced less credited of a subscription, and how many documents. */
int64_t contract_net(struct ctx *ctx, const struct subscription *s, size_t *count)
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

struct subscription contract_with(struct ctx *ctx, const struct subscription *s, const struct more *more)
{
    static const struct statement insert = {"test_line", "INSERT INTO subscription_line (subscription_id, position, product_id, description, "
        "quantity_e4, tax_class, from_on, price_model, tiers, unit_price_e4, timing, discount_minor, discount_periods) "
        "SELECT s.id, 2, l.product_id, 'Stockage', ?, 'standard', s.started_on, IFNULL(?, 'per_unit'), IFNULL(?, ''), ?, IFNULL(?, 'advance'), ?, ? "
        "FROM subscription s JOIN subscription_line l ON l.subscription_id = s.id AND l.position = 1 WHERE s.id = ?", NOTHING};

    GOOD(db_write(ctx, &insert, PARAMS(P_I64(more->quantity_e4), P_TEXT(more->model), P_TEXT(more->tiers), P_I64(more->unit_price_e4), P_TEXT(more->timing),
                                       P_I64(more->discount_minor), P_I64(more->discount_periods), P_I64(s->id)), NULL));
    contract_run(ctx, s->due_on);
    return contract_now(ctx, s);
}

void contract_discounted(struct ctx *ctx, struct subscription *s, const char *discounts)
{
    static const struct statement take_off = {"test_take_off", "UPDATE subscription SET discounts = ? WHERE id = ?", NOTHING};

    GOOD(db_write(ctx, &take_off, PARAMS(P_TEXT(discounts), P_I64(s->id)), NULL));
    *s = contract_now(ctx, s);
}

struct amending wished_quantity(const struct subscription *s, const struct amending_line *line, enum amendment_when when)
{
    struct amending a = wished(s, AMENDMENT_LINES, when);

    a.lines = line;
    a.line_count = 1;
    return a;
}

struct amending change_quantity(struct ctx *ctx, const struct subscription *s, const struct amending_line *line, enum amendment_when when)
{
    struct amending a = wished_quantity(s, line, when);

    preview_then_make(ctx, &a);
    return a;
}

struct amending amend(struct ctx *ctx, const struct subscription *s, enum amendment_kind kind, enum amendment_when when)
{
    struct amending a = wished(s, kind, when);

    preview_then_make(ctx, &a);
    return a;
}

struct subscription contract_renewed(struct ctx *ctx, const struct subscription *s)
{
    contract_run(ctx, s->due_on);
    return contract_now(ctx, s);
}
