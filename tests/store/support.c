#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "service/booking.h"
#include "service/customers.h"
#include "service/deferring.h"
#include "service/invoicing.h"
#include "service/ordering.h"
#include "service/verifying.h"
#include "service/offer.h"
#include "service/once.h"
#include "store/inspection.h"
#include "store/invoice.h"
#include "store/journal.h"
#include "store/migration.h"
#include "store/subscription.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)

static struct arena *kept;
static struct tenant *tenant;

/* The newest is the database that there is. Connections of the others stay open: rows are remembered by connection (store/kept),
 * and no two may have one address. */
static struct test_house {
    const char *suite; /* that lives in it */
    struct db *db;
    struct test_house *before;
} *house;

static void give_up(const char *what, const char *detail)
{
    (void)fprintf(stderr, "store tests: %s %s\n", what, detail);
    exit(70);
}

static enum err empty_database(struct ctx *ctx, const char *name)
{
    TRY(ctx, db_run_script(ctx, arena_printf(ctx->arena, "DROP DATABASE `%s`", name)));
    TRY(ctx, db_run_script(ctx, arena_printf(ctx->arena, "CREATE DATABASE `%s` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", name)));
    return db_run_script(ctx, arena_printf(ctx->arena, "USE `%s`", name));
}

static void migrate(struct ctx *ctx)
{
    struct db_login owner;
    struct company company = {.name = "Atelier Nord", .legal_form = "SAS", .capital = "10 000 €",
        .siren = "303265045", .register_city = "Lille", .vat_id = "FR40303265045", .street = "1 rue du Test",
        .street2 = "", .postal_code = "59000", .city = "Lille", .country = "FR", .email = "contact@atelier-nord.example",
        .phone = "", .website = "", .language = "fr", .currency = "EUR", .time_zone = "Europe/Paris",
        .vat_due = "payment", .payment_terms_days = 30, .late_penalty = "", .terms = "Terms.", .iban = "", .bic = "",
        .quote_prefix = "Q", .subscription_prefix = "S", .invoice_prefix = "INV"};
    const char *message;
    int ran;

    if (tenant_owner_login(kept, tenant, &owner, &message) != OK)
        give_up("owner:", message);
    ctx->db = db_open(&owner);
    if (empty_database(ctx, tenant->database.name) != OK ||
        migrate_schema(ctx, "schema", &ran) != OK ||
        grant_rights(ctx, "schema/rights.tsv", owner.name, tenant->database.user, "localhost") != OK)
        give_up("house:", ctx->trail);
    db_close(ctx->db);
    ctx->db = house->db;
    if (save_company(ctx, &company) != OK)
        give_up("company:", ctx->trail);
}

static void load(void)
{
    const char *path = getenv("TACITE_TEST_TENANT");
    const char *message;

    if (path == NULL)
        give_up("TACITE_TEST_TENANT is not set:", "run tests/store/run");
    kept = arena_new();
    if (tenant_load(kept, path, &tenant, &message) != OK)
        give_up("tenant:", message);
}

static const char *suite_now(void)
{
    return CU_get_current_suite()->pName;
}

static bool is_housed(void)
{
    return house != NULL && strcmp(house->suite, suite_now()) == 0;
}

static void move_in(struct ctx *ctx)
{
    struct test_house *before = house;

    if (tenant == NULL)
        load();
    house = ARENA_NEW(kept, struct test_house);
    *house = (struct test_house){suite_now(), db_open(&tenant->database), before};
    ctx->tenant = tenant;
    migrate(ctx);
}

struct ctx *store_ctx(void)
{
    struct ctx *ctx = test_ctx();

    if (!is_housed())
        move_in(ctx);
    ctx->tenant = tenant;
    ctx->db = house->db;
    return ctx;
}

struct ctx *store_ctx_of_newest_day(void)
{
    struct ctx *ctx = store_ctx();
    struct invoice_list_row *rows;
    size_t count;

    GOOD(invoice_list(ctx, "", 0, 0, 0, 100, &rows, &count)); /* what was asked before it was invoiced has an older id */
    for (size_t i = 0; i < count; i++)
        if (rows[i].issued_on > ctx->today_on)
            ctx->today_on = rows[i].issued_on;
    return ctx;
}

struct ctx *store_other_ctx(void)
{
    struct ctx *other = ARENA_NEW(kept, struct ctx);

    *other = *store_ctx();
    other->arena = arena_new();
    other->db = db_open(&tenant->database);
    return other;
}

int64_t store_unique(void)
{
    static int64_t next;

    return ++next + (int64_t)getpid() * 100000;
}

char *unique(struct ctx *ctx, const char *stem)
{
    return arena_printf(ctx->arena, "%s%lld", stem, (long long)store_unique());
}

enum err owner_runs(struct ctx *ctx, const char *sql)
{
    struct db *application = ctx->db;
    struct db_login owner;
    const char *message;
    enum err err;

    GOOD(tenant_owner_login(ctx->arena, ctx->tenant, &owner, &message));
    ctx->db = db_open(&owner);
    err = db_run_script(ctx, sql);
    db_close(ctx->db);
    ctx->db = application;
    return err;
}

void as_owner_refused(struct ctx *ctx, const char *sql)
{
    CU_ASSERT_EQUAL(owner_runs(ctx, sql), ERR_DB);
    ctx_forget_error(ctx);
}

enum err sign_offer(struct ctx *ctx, void *arg)
{
    struct offer *offer = arg;
    struct signature signature = {.quote_id = offer->quote.id, .version_id = offer->version.id, .signer_name = "Ana Lune",
        .signer_role = "", .signer_email = "lune@lune.example", .consent_text = "Bon pour accord", .choices = "{}",
        .today_minor = offer->totals.today.gross_minor, .currency = "EUR", .language = "fr", .remote_addr = "127.0.0.1",
        .user_agent = "test", .signed_at = ctx->now, .signed_on = ctx->today_on};

    TRY(ctx, agree_on_tax(ctx, offer));
    TRY(ctx, insert_signature(ctx, &signature));
    return move_quote(ctx, offer->quote.id, QUOTE_SENT, QUOTE_SIGNED);
}

enum err confirm_signed(struct ctx *ctx, void *arg)
{
    struct confirming *c = arg;

    TRY(ctx, move_quote(ctx, c->offer.quote.id, QUOTE_SENT, QUOTE_SIGNED));
    c->offer.quote.state = QUOTE_SIGNED;
    return confirm_order(ctx, &c->offer, &c->ids);
}

enum err issue_one(struct ctx *ctx, void *arg)
{
    struct issuing *issuing = arg;
    struct company company;

    TRY(ctx, company_current(ctx, &company));
    return issue_invoices(ctx, &company, &issuing->work, 1, &issuing->ids);
}

struct customer new_business(struct ctx *ctx)
{
    struct customer customer = {.is_company = true, .name = "Lune & fils", .contact_name = "", .email = "lune@lune.example",
        .phone = "", .street = "1 rue Basse", .street2 = "", .postal_code = "59000", .city = "Lille", .country = "FR",
        .siren = "", .vat_id = "", .language = "fr", .state = "active"};
    struct customer_result made;

    GOOD(change_customer(ctx, &customer, 0, &(struct once){NULL, "/"}, &made));
    GOOD(customer_by_id(ctx, made.id, &customer));
    return customer;
}

void books_are_sound(struct ctx *ctx)
{
    struct broken_rule *broken;
    struct series_name *series;
    struct journal_series *journals;
    size_t count, rules;
    int64_t verified;
    const char *spread;

    GOOD(find_broken_rules(ctx, &broken, &count, &rules));
    CU_ASSERT(rules >= 10);
    for (size_t i = 0; i < count; i++)
        SAME_TEXT(arena_printf(ctx->arena, "%s: %s", broken[i].rule, broken[i].ref), "");
    GOOD(issued_series(ctx, &series, &count));
    for (size_t i = 0; i < count; i++) {
        const char *bad;

        GOOD(verify_chain(ctx, series[i].name, &bad, &verified));
        SAME_TEXT(bad, "");
        CU_ASSERT(verified > 0);
    }
    GOOD(journal_series(ctx, &journals, &count));
    for (size_t i = 0; i < count; i++) {
        const char *bad;

        GOOD(verify_journal(ctx, &journals[i], &bad, &verified));
        SAME_TEXT(bad, "");
        SAME_NUMBER(verified, journals[i].last_sequence);
    }
    GOOD(verify_deferrals(ctx, &spread, &verified));
    SAME_TEXT(spread, "");
}

static void all_of_it_is_sound(void)
{
    if (is_housed())
        books_are_sound(store_ctx());
    else
        CU_PASS("none of its tests wanted a house");
}

__attribute__((constructor)) static void prove_each_house(void)
{
    test_after_each_suite("all_of_it_is_sound", all_of_it_is_sound);
}
