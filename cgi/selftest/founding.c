#include "selftest/founding.h"

#include <inttypes.h>

#include "base/check.h"
#include "base/clock.h"
#include "service/cataloguing.h"
#include "service/debit_terms.h"
#include "service/house.h"
#include "store/company.h"
#include "store/seller_user.h"

static const struct once no_form = {NULL, "/"};

static const struct recurrence every[5] = {{RECURRENCE_MONTH, 1}, {RECURRENCE_QUARTER, 1}, {RECURRENCE_YEAR, 1}, {RECURRENCE_MONTH, 2},
                                           {RECURRENCE_WEEK, 2}};
/* What is sold by the fortnight costs less than by the year. */
static const int64_t price_e4[5] = {290000, 825000, 2990000, 560000, 150000};

static enum err found_company(struct life *life)
{
    struct ctx *ctx = life->scratch->job->ctx;
    struct debit_terms terms = {"FR72ZZZ123456", "pain.008.001.08", 1, 24, 5, false};
    const char *url;
    struct company company;
    struct house_result result;

    TRY(ctx, company_current(ctx, &company));
    company.legal_form = "SAS";
    company.capital = "20 000 EUR";
    company.siren = "123456782";
    company.register_city = "Lille";
    company.street = "8 rue de la Soie";
    company.postal_code = "59000";
    company.city = "Lille";
    company.late_penalty = "None.";
    company.terms = "Terms.";
    company.iban = FOUNDED_IBAN;
    company.bic = "AGRIFRPP";
    TRY(ctx, change_company(ctx, &company, company.id, &no_form, &result));
    return change_debit_terms(ctx, &terms, &no_form, &url);
}

static enum err found_catalogue(struct life *life)
{
    struct ctx *ctx = life->scratch->job->ctx;
    struct catalogue_result saved;

    for (int i = 0; i < 5; i++) {
        struct plan plan = {.name = arena_printf(ctx->arena, "Plan %d", i), .every = every[i], .max_missed = 1000, .customer_level = 2,
                            .customer_pause = true, .dunning_rule_id = 1, .debit_first = i == 3, .state = "active"};

        TRY(ctx, change_plan(ctx, &plan, &no_form, &saved));
        life->plan_id[i] = saved.id;
    }
    for (int p = 0; p < 2; p++) {
        struct product product = {.code = p == 0 ? "SEAT" : "SPACE", .name = p == 0 ? "Seat" : "Space", .description = "", .kind = "service",
                                  .unit = "", .timing = p == 0 ? "" : "arrears", .tax_class = "standard", .state = "active"};
        struct price price[5];

        for (int i = 0; i < 5; i++)
            price[i] = (struct price){.plan_id = life->plan_id[i], .currency = "EUR", .unit_price_e4 = price_e4[i] / (p + 1)};
        TRY(ctx, change_product(ctx, &product, price, 5, &no_form, &saved));
        life->product_id[p] = saved.id;
    }
    for (int paid = 0; paid < 2; paid++)
        for (int i = 0; i < 5; i++) {
            struct quote_template template = {.name = arena_printf(ctx->arena, "Template %d %d", paid, i), .plan_id = life->plan_id[i],
                .validity_days = 30, .acceptance = paid ? ACCEPTANCE_SIGNATURE_AND_PAYMENT : ACCEPTANCE_SIGNATURE, .note = "", .state = "active"};
            struct quote_template_line line[2];

            for (int p = 0; p < 2; p++)
                line[p] = (struct quote_template_line){.kind = LINE_RECURRING, .product_id = life->product_id[p], .description = "",
                    .quantity_e4 = (3 - p) * QUANTITY_ONE, .unit_price_e4 = TEMPLATE_LIST_PRICE, .quantity_min_e4 = (3 - p) * QUANTITY_ONE,
                    .quantity_max_e4 = (3 - p) * QUANTITY_ONE};
            /* What is billed afterwards waits for a period's end with every change: not in all of them. */
            TRY(ctx, change_template(ctx, &template, line, i == 1 ? 2 : 1, &no_form, &saved));
            life->template_id[paid][i] = saved.id;
        }
    return OK;
}

enum err found_life(struct life *life)
{
    struct ctx *ctx = life->scratch->job->ctx;
    struct seller_user *users;
    struct house house;
    size_t count;

    ctx->now = clock_now();
    TRY(ctx, set_today(ctx, &house));
    TRY(ctx, seller_users(ctx, &users, &count));
    CHECK(count == 1);
    life->user_id = users[0].id;
    ctx->actor = arena_printf(life->arena, "seller:%" PRId64, life->user_id);
    TRY(ctx, found_company(life));
    return found_catalogue(life);
}
