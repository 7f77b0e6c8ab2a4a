#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/migration.h"

static struct arena *kept;
static struct tenant *tenant;
static struct db *db;

static void give_up(const char *what, const char *detail)
{
    (void)fprintf(stderr, "store tests: %s %s\n", what, detail);
    exit(70);
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
    if (migrate_schema(ctx, "schema", &ran) != OK ||
        grant_rights(ctx, "schema/rights.tsv", owner.name, tenant->database.user, "localhost") != OK)
        give_up("migrate:", ctx->trail);
    db_close(ctx->db);
    ctx->db = db;
    if (company_current(ctx, &company) == ERR_NOT_FOUND && save_company(ctx, &company) != OK)
        give_up("company:", ctx->trail);
}

static void load(struct ctx *ctx)
{
    const char *path = getenv("TACITE_TEST_TENANT");
    const char *message;

    if (path == NULL)
        give_up("TACITE_TEST_TENANT is not set:", "run tests/store/run");
    kept = arena_new();
    if (tenant_load(kept, path, &tenant, &message) != OK)
        give_up("tenant:", message);
    db = db_open(&tenant->database);
    ctx->tenant = tenant;
    migrate(ctx);
}

struct ctx *store_ctx(void)
{
    struct ctx *ctx = test_ctx();

    if (tenant == NULL)
        load(ctx);
    ctx->tenant = tenant;
    ctx->db = db;
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
