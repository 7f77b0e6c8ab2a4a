/* demo: a believable seller, made through the same services as the pages use: Atelier Nord of Lille,
 * which rents workshop software and machines to makers in France, Germany and Belgium. Names, numbers
 * and addresses are invented; VAT numbers are well formed and nobody's. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "batch/demo.h"
#include "core/date.h"
#include "core/money.h"
#include "service/cataloguing.h"
#include "service/couponing.h"
#include "service/customers.h"
#include "service/house.h"
#include "service/listing.h"
#include "service/quoting.h"
#include "store/db.h"
#include "store/product_cost.h"
#include "store/seller_user.h"
#include "store/unit.h"

static const struct once no_form = {NULL, "/"};

static const struct {
    const char *name;
    struct recurrence every;
    int32_t commitment_months;
} demo_plan[DEMO_PLANS] = {
    [PLAN_MONTH] = {"Mensuel", {RECURRENCE_MONTH, 1}, 0},
    [PLAN_QUARTER] = {"Trimestriel", {RECURRENCE_QUARTER, 1}, 0},
    [PLAN_YEAR] = {"Annuel", {RECURRENCE_YEAR, 1}, 12},
};

static const struct {
    const char *code;
    const char *name;
    const char *description;
    const char *kind;
    const char *unit;
    int64_t price_e4[DEMO_PLANS]; /* 0: not sold so */
    int64_t one_time_e4;
    int cost_percent; /* of each price */
} demo_product[DEMO_PRODUCTS] = {
    [ATELIER] = {"ATELIER", "Licence Atelier", "Planning, devis et suivi d'atelier, mises à jour comprises", "service", "utilisateur",
                 {290000, 825000, 2990000}, 0, 22},
    [SUPPORT] = {"SUPPORT", "Support prioritaire", "Réponse en deux heures ouvrées, par téléphone", "service", "forfait",
                 {190000, 540000, 1990000}, 0, 45},
    [STOCKAGE] = {"STOCK", "Stockage de plans", "Par tranche de 100 Go, sauvegardes en France", "service", "100 Go",
                  {50000, 142500, 540000}, 0, 30},
    [BORNE] = {"BORNE", "Location de borne d'atelier", "Écran tactile durci, échange en 48 h", "service", "borne",
               {245000, 700000, 2650000}, 0, 60},
    [MISE_EN_SERVICE] = {"MES", "Mise en service", "Reprise des données et paramétrage", "service", "forfait", {0, 0, 0}, 3500000, 70},
    [FORMATION] = {"FORM", "Formation", "Une demi-journée à distance, six personnes au plus", "service", "séance", {0, 0, 0}, 4200000, 55},
    [LECTEUR] = {"LECTEUR", "Lecteur de codes-barres", "Sans fil, avec socle", "goods", "pièce", {0, 0, 0}, 1290000, 80},
};

/* Units whose plural is another word. */
static const struct unit demo_unit[] = {
    {.name = "utilisateur", .plural = "utilisateurs", .numerator = 1, .denominator = 1, .code = "C62"},
    {.name = "forfait", .plural = "forfaits", .numerator = 1, .denominator = 1, .code = "LS"},
    {.name = "borne", .plural = "bornes", .numerator = 1, .denominator = 1, .code = "C62"},
    {.name = "séance", .plural = "séances", .numerator = 1, .denominator = 1, .code = "C62"},
    {.name = "pièce", .plural = "pièces", .numerator = 1, .denominator = 1, .code = "C62"},
};

static const struct demo_customer demo_customer[] = {
    {{.is_company = true, .name = "Menuiserie Lefèvre & fils", .contact_name = "Camille Lefèvre", .email = "camille@menuiserie-lefevre.example",
      .phone = "+33 3 20 55 01 18", .street = "14 rue des Arbalétriers", .postal_code = "59800", .city = "Lille", .country = "FR",
      .siren = "732829320", .vat_id = "FR44732829320", .language = "fr"}, false},
    {{.is_company = true, .name = "Fonderie d'Armor", .contact_name = "Yann Le Goff", .email = "yann@fonderie-armor.example",
      .street = "3 quai du Port", .postal_code = "29200", .city = "Brest", .country = "FR", .siren = "552100554", .vat_id = "", .language = "fr"}, false},
    {{.is_company = false, .name = "Inès Marchand", .contact_name = "", .email = "ines.marchand@courriel.example", .street = "27 rue Mercière",
      .postal_code = "69002", .city = "Lyon", .country = "FR", .siren = "", .vat_id = "", .language = "fr"}, false},
    {{.is_company = true, .name = "Holzwerk Bergmann GmbH", .contact_name = "Jonas Bergmann", .email = "jonas@holzwerk-bergmann.example",
      .street = "Lindenstraße 8", .postal_code = "50674", .city = "Köln", .country = "DE", .siren = "", .vat_id = "DE136695976",
      .language = "en"}, true},
    {{.is_company = true, .name = "Ateliers de la Senne SRL", .contact_name = "Sofie Peeters", .email = "sofie@ateliers-senne.example",
      .street = "52 rue de Flandre", .postal_code = "1000", .city = "Bruxelles", .country = "BE", .siren = "", .vat_id = "BE0123456749",
      .language = "fr"}, true},
};
enum { CUSTOMERS = sizeof demo_customer / sizeof demo_customer[0] };

static enum err make_company(struct ctx *ctx)
{
    struct company company;
    struct house_result result;

    TRY(ctx, company_current(ctx, &company));
    company.name = "Atelier Nord";
    company.legal_form = "SAS";
    company.capital = "20 000 €";
    company.siren = "123456782";
    company.register_city = "Lille Métropole";
    company.vat_id = "FR11123456782";
    company.street = "8 rue de la Soie";
    company.postal_code = "59000";
    company.city = "Lille";
    company.country = "FR";
    company.email = "bonjour@atelier-nord.example";
    company.phone = "+33 3 20 00 00 42";
    company.website = "https://atelier-nord.example";
    company.payment_terms_days = 0;
    company.late_penalty = "En cas de retard : pénalités de trois fois le taux d'intérêt légal et indemnité forfaitaire de 40 € pour frais de recouvrement.";
    company.terms = "1. Objet\nLes présentes conditions régissent la vente d'abonnements et de services par Atelier Nord.\n\n"
        "2. Durée et renouvellement\nL'abonnement se renouvelle par tacite reconduction à la fin de chaque période. Il peut être "
        "résilié à tout moment depuis l'espace client, avec effet à la fin de la période en cours.\n\n"
        "3. Prix et paiement\nLes prix s'entendent hors taxes. Chaque période est facturée d'avance et payable comptant.\n\n"
        "4. Données\nLes données confiées sont hébergées en France et restituées sur simple demande à la fin du contrat.";
    company.iban = "FR7630006000011234567890189";
    company.bic = "AGRIFRPP";
    return change_company(ctx, &company, company.id, &no_form, &result);
}

static enum err make_catalogue(struct ctx *ctx, struct demo *demo)
{
    struct catalogue_result result;

    for (int i = 0; i < DEMO_PLANS; i++) {
        struct plan plan = {.name = demo_plan[i].name, .every = demo_plan[i].every, .commitment_months = demo_plan[i].commitment_months,
                            .notice_days = 0, .max_missed = 2, .customer_level = 2, .customer_pause = true, .customer_end = true, .dunning_rule_id = 1, .state = "active"};

        TRY(ctx, change_plan(ctx, &plan, &no_form, &result));
        demo->plan_id[i] = result.id;
    }
    for (size_t i = 0; i < sizeof demo_unit / sizeof demo_unit[0]; i++) {
        struct unit unit = demo_unit[i];

        TRY(ctx, change_unit(ctx, &unit, &no_form, &result));
    }
    for (int i = 0; i < DEMO_PRODUCTS; i++) {
        struct product product = {.code = demo_product[i].code, .name = demo_product[i].name, .description = demo_product[i].description,
                                  .kind = demo_product[i].kind, .unit = demo_product[i].unit, .tax_class = "standard", .state = "active"};
        struct price price[DEMO_PLANS + 1];
        struct product_cost cost[DEMO_PLANS + 1];
        size_t count = 0;

        for (int p = 0; p < DEMO_PLANS; p++)
            if (demo_product[i].price_e4[p] > 0)
                price[count++] = (struct price){.plan_id = demo->plan_id[p], .currency = "EUR", .unit_price_e4 = demo_product[i].price_e4[p]};
        if (demo_product[i].one_time_e4 > 0)
            price[count++] = (struct price){.currency = "EUR", .unit_price_e4 = demo_product[i].one_time_e4};
        for (size_t p = 0; p < count; p++)
            cost[p] = (struct product_cost){.plan_id = price[p].plan_id, .currency = price[p].currency,
                                            .unit_cost_e4 = price[p].unit_price_e4 * demo_product[i].cost_percent / 100};
        product.costs = cost;
        product.cost_count = count;
        TRY(ctx, change_product(ctx, &product, price, count, &no_form, &result));
        demo->product_id[i] = result.id;
    }
    return OK;
}

/* What resellers pay: the software by the number of posts, support as one price for all of them. */
static enum err make_price_list(struct ctx *ctx, const struct demo *demo)
{
    struct pricelist_row list = {.name = "Revendeurs", .scope = "segment", .segment = "Revendeurs", .country = "", .currency = "EUR",
                                 .priority = 100, .state = "active"};
    struct pricelist_price_row price[] = {
        {.product_id = demo->product_id[ATELIER], .plan_id = demo->plan_id[PLAN_MONTH], .price_model = "volume",
         .tiers = "90000:260000:0;490000:230000:0;*:200000:0"},
        {.product_id = demo->product_id[SUPPORT], .plan_id = demo->plan_id[PLAN_MONTH], .price_model = "flat", .unit_price_e4 = 150000, .tiers = ""},
    };
    struct listing_result result;

    TRY(ctx, change_pricelist(ctx, &list, &no_form, &result));
    for (size_t i = 0; i < COUNT_OF(price); i++) {
        price[i].pricelist_id = list.id;
        price[i].from_on = ctx->today_on;
        price[i].until_on = DATE_NONE;
        TRY(ctx, change_pricelist_price(ctx, &price[i], &no_form, &result));
    }
    return OK;
}

static enum err make_coupon(struct ctx *ctx)
{
    struct coupon coupon = {.code = "BIENVENUE", .ppm = 100000, .currency = "EUR", .periods = 3, .from_on = ctx->today_on, .until_on = DATE_NONE,
                            .max_redemptions = 100, .once_per_customer = true, .state = "active"};
    struct couponing_result result;

    return change_coupon(ctx, &coupon, &no_form, &result);
}

enum err make_demo_customer(struct ctx *ctx, const struct demo_customer *made, int64_t *customer_id)
{
    struct customer customer = made->is;
    struct customer_result result;

    customer.street2 = "";
    customer.phone = customer.phone != NULL ? customer.phone : "";
    customer.state = "active";
    TRY(ctx, change_customer(ctx, &customer, 0, &no_form, &result));
    *customer_id = result.id;
    return !made->vat_checked ? OK : record_vat_check(ctx, &(struct vat_check_entry){.customer_id = result.id, .valid = true, .checked_on = ctx->today_on,
                                                       .evidence = "Copie de l'avis d'immatriculation"}, &no_form, &result);
}

static struct quote_template_line line_of(const struct demo *demo, enum demo_product product, enum line_kind kind, int64_t quantity)
{
    return (struct quote_template_line){.kind = kind, .product_id = demo->product_id[product], .description = "",
        .quantity_e4 = quantity * QUANTITY_ONE, .unit_price_e4 = TEMPLATE_LIST_PRICE, .quantity_min_e4 = quantity * QUANTITY_ONE,
        .quantity_max_e4 = quantity * QUANTITY_ONE};
}

enum err make_demo_template(struct ctx *ctx, const struct demo *demo, const struct demo_template *made, int64_t *template_id)
{
    struct quote_template template = {.name = made->name, .plan_id = demo->plan_id[made->plan], .validity_days = 30,
        .acceptance = made->acceptance, .state = "active",
        .note = "Mise en service sous dix jours ouvrés après votre accord. Une question ? Posez-la sur cette page, nous répondons le jour même.",
        .header = "Bonjour {contact}, voici notre proposition pour {customer}.", .footer = "{seller} reste à votre disposition jusqu'au {valid_until}.",
        .confirmation = "Notre équipe vous appelle sous deux jours ouvrés pour fixer la date de mise en service."};
    struct quote_template_line line[5] = {
        line_of(demo, ATELIER, LINE_RECURRING, 3), line_of(demo, BORNE, LINE_RECURRING, 1),
        line_of(demo, SUPPORT, LINE_RECURRING, 1), line_of(demo, MISE_EN_SERVICE, LINE_SETUP, 1),
        line_of(demo, LECTEUR, LINE_ONE_TIME, 1)};
    struct catalogue_result result;

    line[0].quantity_editable = true;
    line[0].quantity_min_e4 = QUANTITY_ONE;
    line[0].quantity_max_e4 = 50 * QUANTITY_ONE;
    line[0].discount_ppm = 100000; /* 10 % for three periods */
    line[0].discount_periods = 3;
    line[2].is_option = true;
    TRY(ctx, change_template(ctx, &template, line, 5, &no_form, &result));
    *template_id = result.id;
    return OK;
}

static enum err make_quotes(struct ctx *ctx, const struct demo *demo, const char **token)
{
    static const struct demo_template template[] = {
        {"Atelier connecté", PLAN_MONTH, ACCEPTANCE_SIGNATURE_AND_PAYMENT},
        {"Atelier connecté, à l'année", PLAN_YEAR, ACCEPTANCE_SIGNATURE},
    };
    int64_t customer_id[CUSTOMERS];
    int64_t template_id[COUNT_OF(template)];
    static const struct { int customer; int template; bool sent; } made[] = {
        {1, 1, true}, {2, 0, false}, {3, 1, true}, {4, 0, true}, {0, 0, true}};

    for (size_t i = 0; i < CUSTOMERS; i++)
        TRY(ctx, make_demo_customer(ctx, &demo_customer[i], &customer_id[i]));
    for (size_t i = 0; i < COUNT_OF(template); i++)
        TRY(ctx, make_demo_template(ctx, demo, &template[i], &template_id[i]));
    for (size_t i = 0; i < COUNT_OF(made); i++) {
        struct quote_start start = {customer_id[made[i].customer], demo->user_id, template_id[made[i].template]};
        struct quoting_result result;

        TRY(ctx, create_quote(ctx, &start, &no_form, &result));
        if (!made[i].sent)
            continue;
        TRY(ctx, send_quote(ctx, result.quote_id, "Suite à notre échange, voici notre offre. Bien à vous, l'équipe d'Atelier Nord.",
                            &no_form, &result));
        if (result.refusal != QUOTE_NOT_REFUSED)
            return FAIL(ctx, ERR_CONFIG, "a demo quote could not be sent: refusal %d", (int)result.refusal);
        *token = result.token; /* the last one's is told */
    }
    return OK;
}

static enum err make_demo(struct job *job, bool year, struct demo *demo, const char **token)
{
    struct ctx *ctx = job->ctx;
    struct seller_user *users;
    size_t count;
    char *actor;

    TRY(ctx, seller_users(ctx, &users, &count));
    if (count == 0)
        return FAIL(ctx, ERR_CONFIG, "no user: run `tacite-batch tenant create` first");
    demo->user_id = users[0].id;
    actor = arena_printf(ctx->arena, "seller:%lld", (long long)demo->user_id);
    ctx->actor = actor;
    if (year)
        TRY(ctx, begin_demo_year(ctx));
    TRY(ctx, make_company(ctx));
    TRY(ctx, make_catalogue(ctx, demo));
    TRY(ctx, make_price_list(ctx, demo));
    TRY(ctx, make_coupon(ctx));
    if (year)
        TRY(ctx, live_demo_year(job, demo));
    return make_quotes(ctx, demo, token);
}

int demo_command(struct job *job)
{
    static const char *const options[] = {"--year", NULL};
    struct ctx *ctx = job->ctx;
    struct demo demo = {.user_id = 0};
    struct product *there;
    size_t count;
    const char *token = "";
    enum err err;

    if (job_unknown(job, options) != NULL)
        return EXIT_USAGE;
    if (!ctx->tenant->test) {
        (void)fprintf(stderr, "tacite-batch demo: %s is a live tenant\n", ctx->tenant->name);
        return EXIT_CONFIG;
    }
    err = products_after(ctx, 0, 1, &there, &count);
    if (err == OK && count > 0) {
        (void)fprintf(stderr, "tacite-batch demo: this house has products already\n");
        return EXIT_CONFIG;
    }
    if (err == OK)
        err = make_demo(job, job_flag(job, "--year"), &demo, &token);
    if (err != OK)
        return job_exit(ctx, err);
    (void)printf("%s/l/%s\n", ctx->tenant->site_base, token);
    return EXIT_DONE;
}
