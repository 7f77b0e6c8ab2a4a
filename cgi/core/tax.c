#include "core/tax.h"

#include <string.h>

#include "base/check.h"

#define N_(text) text

static const char *const category_code[] = {"", "S", "Z", "E", "AE", "K", "G", "O"};
static const char *const reason_name[] = {"",          "domestic",    "reverse_charge", "intra_eu_supply",
                                          "vat_id_missing", "vat_id_unchecked", "origin", "destination",
                                          "export",    "outside_eu",  "franchise", "territory", "no_vat_there",
                                          "sales_tax", "no_sales_tax"};

bool tax_rate_at(const struct tax_rate *rates, size_t rate_count, const char *country, const char *postal_code,
                 const char *tax_class, int32_t on, int32_t *rate_ppm)
{
    char key[POSTAL_KEY_BYTES];
    const struct tax_rate *best = NULL;

    postal_key(postal_code, key);
    for (size_t i = 0; i < rate_count; i++) {
        const struct tax_rate *rate = &rates[i];
        size_t length = strlen(rate->postal_from);
        size_t best_length = best != NULL ? strlen(best->postal_from) : 0;

        if (rate->from_on > on || strcmp(rate->country, country) != 0 || strcmp(rate->tax_class, tax_class) != 0 ||
            !postal_within(key, rate->postal_from, rate->postal_until))
            continue;
        if (best == NULL || length > best_length || (length == best_length && rate->from_on > best->from_on))
            best = rate;
    }
    if (best == NULL)
        return false;
    *rate_ppm = best->rate_ppm;
    return true;
}

bool tax_rate_on(const struct tax_rate *rates, size_t rate_count, const char *country, const char *tax_class,
                 int32_t on, int32_t *rate_ppm)
{
    return tax_rate_at(rates, rate_count, country, "", tax_class, on, rate_ppm);
}

/* A sale whose two places are known. */
struct sale {
    const struct tax_rate *rates;
    size_t rate_count;
    const struct tax_facts *facts;
    struct territory seller;
    struct territory buyer;
    struct tax_decision *decision;
};

static bool decide(const struct sale *sale, enum tax_category category, enum tax_reason reason, const char *country)
{
    struct tax_decision *decision = sale->decision;

    decision->category = category;
    decision->reason = reason;
    decision->rate_ppm = 0;
    (void)memcpy(decision->country, country, 2);
    decision->country[2] = '\0';
    return true;
}

static bool charge(const struct sale *sale, const struct territory *at, const char *postal_code, enum tax_reason reason)
{
    int32_t rate_ppm = 0;

    if (!tax_rate_at(sale->rates, sale->rate_count, at->area, postal_code, sale->facts->tax_class, sale->facts->on, &rate_ppm))
        return false;
    (void)decide(sale, rate_ppm == 0 ? TAX_ZERO : TAX_STANDARD, reason, at->area);
    sale->decision->rate_ppm = rate_ppm;
    return true;
}

static const char *postal_of(const char *postal_code)
{
    return postal_code != NULL ? postal_code : "";
}

static bool charge_seller(const struct sale *sale, enum tax_reason reason)
{
    return charge(sale, &sale->seller, postal_of(sale->facts->seller_postal), reason);
}

static bool charge_buyer(const struct sale *sale, enum tax_reason reason)
{
    return charge(sale, &sale->buyer, postal_of(sale->facts->buyer_postal), reason);
}

static bool in_the_states(const struct territory *place)
{
    return strcmp(place->area, "US") == 0;
}

/* Sales tax is owed where the customer is; a place without collection is outside its scope. */
static bool decide_sales_tax(const struct sale *sale)
{
    if (!charge_buyer(sale, TAX_REASON_SALES_TAX))
        return false;
    if (sale->decision->rate_ppm == 0)
        return decide(sale, TAX_OUTSIDE_SCOPE, TAX_REASON_NO_SALES_TAX, sale->buyer.area);
    return true;
}

/* Inside one state. Between its parts goods are exported and services are taxed where the customer is. */
static bool decide_at_home(const struct sale *sale)
{
    bool same_area = strcmp(sale->seller.area, sale->buyer.area) == 0;

    if (in_the_states(&sale->seller))
        return decide_sales_tax(sale);
    if (!same_area && sale->facts->goods)
        return decide(sale, TAX_EXPORT, TAX_REASON_EXPORT, sale->buyer.area);
    if (sale->buyer.without_vat)
        return decide(sale, TAX_OUTSIDE_SCOPE, TAX_REASON_NO_VAT_THERE, sale->buyer.area);
    return charge_buyer(sale, same_area ? TAX_REASON_DOMESTIC : TAX_REASON_TERRITORY);
}

/* One of the two is outside the Union's VAT. */
static bool decide_abroad(const struct sale *sale, bool buyer_in_eu)
{
    if (sale->facts->goods)
        return decide(sale, TAX_EXPORT, TAX_REASON_EXPORT, sale->buyer.area);
    if (!sale->facts->buyer_is_company && buyer_in_eu && sale->facts->oss)
        return charge_buyer(sale, TAX_REASON_DESTINATION);
    /* Services to consumers elsewhere: art. 45 keeps most of them at the seller's place. */
    if (!sale->facts->buyer_is_company && !in_the_states(&sale->seller))
        return charge_seller(sale, TAX_REASON_ORIGIN);
    return decide(sale, TAX_OUTSIDE_SCOPE, TAX_REASON_OUTSIDE_EU, sale->buyer.area);
}

static bool decide_in_union(const struct sale *sale)
{
    const struct tax_facts *facts = sale->facts;

    if (!facts->buyer_is_company) {
        sale->decision->distance = true;
        return facts->oss ? charge_buyer(sale, TAX_REASON_DESTINATION) : charge_seller(sale, TAX_REASON_ORIGIN);
    }
    if (!facts->vat_id_fits)
        return charge_seller(sale, TAX_REASON_VAT_ID_MISSING);
    if (!facts->vat_id_checked)
        return charge_seller(sale, TAX_REASON_VAT_ID_UNCHECKED);
    return facts->goods ? decide(sale, TAX_INTRA_EU_SUPPLY, TAX_REASON_INTRA_EU_SUPPLY, sale->buyer.state)
                        : decide(sale, TAX_REVERSE_CHARGE, TAX_REASON_REVERSE_CHARGE, sale->buyer.state);
}

bool tax_decide(const struct tax_rate *rates, size_t rate_count, const struct tax_facts *facts,
                struct tax_decision *decision)
{
    struct sale sale = {.rates = rates, .rate_count = rate_count, .facts = facts, .decision = decision};
    bool seller_in_eu;
    bool buyer_in_eu;

    territory_of(facts->seller_country, postal_of(facts->seller_postal), &sale.seller);
    territory_of(facts->buyer_country, postal_of(facts->buyer_postal), &sale.buyer);
    *decision = (struct tax_decision){.included = facts->included, .per_line = facts->per_line};
    (void)memcpy(decision->buyer, facts->buyer_country, 2);
    if (facts->seller_exempt)
        return decide(&sale, TAX_EXEMPT, TAX_REASON_FRANCHISE, sale.seller.area);
    if (strcmp(sale.seller.state, sale.buyer.state) == 0)
        return decide_at_home(&sale);
    seller_in_eu = facts->goods ? sale.seller.eu_goods : sale.seller.eu_services;
    buyer_in_eu = facts->goods ? sale.buyer.eu_goods : sale.buyer.eu_services;
    return seller_in_eu && buyer_in_eu ? decide_in_union(&sale) : decide_abroad(&sale, buyer_in_eu);
}

bool distance_at_destination(int64_t last_year_minor, int64_t this_year_minor, int64_t sale_minor)
{
    return last_year_minor > DISTANCE_THRESHOLD_MINOR || this_year_minor + sale_minor > DISTANCE_THRESHOLD_MINOR;
}

const char *tax_category_code(enum tax_category category)
{
    CHECK(category >= TAX_STANDARD && category <= TAX_OUTSIDE_SCOPE);
    return category_code[category];
}

enum tax_category tax_category_from_code(const char *code)
{
    for (int i = TAX_STANDARD; i <= TAX_OUTSIDE_SCOPE; i++)
        if (strcmp(category_code[i], code) == 0)
            return (enum tax_category)i;
    return (enum tax_category)0;
}

const char *tax_reason_name(enum tax_reason reason)
{
    CHECK(reason >= TAX_REASON_DOMESTIC && reason <= (enum tax_reason)TAX_REASON_LAST);
    return reason_name[reason];
}

enum tax_reason tax_reason_from_name(const char *name)
{
    for (int i = TAX_REASON_DOMESTIC; i <= TAX_REASON_LAST; i++)
        if (strcmp(reason_name[i], name) == 0)
            return (enum tax_reason)i;
    return (enum tax_reason)0;
}

const char *tax_reason_text(enum tax_reason reason)
{
    switch (reason) {
    case TAX_REASON_DOMESTIC: return N_("VAT of the seller's country");
    case TAX_REASON_REVERSE_CHARGE: return N_("No VAT: the customer owes it in their country (reverse charge)");
    case TAX_REASON_INTRA_EU_SUPPLY: return N_("No VAT: goods for a business in another member state");
    case TAX_REASON_VAT_ID_MISSING: return N_("VAT is charged because the customer has no VAT number of their country");
    case TAX_REASON_VAT_ID_UNCHECKED: return N_("VAT is charged because the customer's VAT number has not been checked");
    case TAX_REASON_ORIGIN: return N_("Consumer in another country: VAT of the seller's country");
    case TAX_REASON_DESTINATION: return N_("Consumer in another member state: VAT of their country");
    case TAX_REASON_EXPORT: return N_("No VAT: export of goods");
    case TAX_REASON_OUTSIDE_EU: return N_("No VAT: service outside the European Union");
    case TAX_REASON_FRANCHISE: return N_("No VAT: the seller charges none");
    case TAX_REASON_TERRITORY: return N_("VAT of the customer's territory");
    case TAX_REASON_NO_VAT_THERE: return N_("No VAT: it is not applied in the customer's territory");
    case TAX_REASON_SALES_TAX: return N_("Sales tax of the customer's place");
    case TAX_REASON_NO_SALES_TAX: return N_("No sales tax is collected at the customer's place");
    }
    return "";
}

const char *tax_mention_text(enum tax_reason reason)
{
    switch (reason) {
    case TAX_REASON_REVERSE_CHARGE: return N_("Reverse charge (article 196 of directive 2006/112/EC)");
    case TAX_REASON_INTRA_EU_SUPPLY: return N_("Exempt intra-Community supply (article 138 of directive 2006/112/EC)");
    case TAX_REASON_EXPORT: return N_("Exempt export (article 146 of directive 2006/112/EC)");
    case TAX_REASON_OUTSIDE_EU: return N_("Outside the scope of VAT (article 44 of directive 2006/112/EC)");
    case TAX_REASON_FRANCHISE: return N_("VAT not applicable, article 293 B of the CGI");
    case TAX_REASON_NO_VAT_THERE: return N_("VAT not applicable, article 294 of the CGI");
    case TAX_REASON_NO_SALES_TAX:
    case TAX_REASON_SALES_TAX:
    case TAX_REASON_TERRITORY:
    case TAX_REASON_DOMESTIC:
    case TAX_REASON_VAT_ID_MISSING:
    case TAX_REASON_VAT_ID_UNCHECKED:
    case TAX_REASON_ORIGIN:
    case TAX_REASON_DESTINATION: return "";
    }
    return "";
}

const char *tax_vatex(enum tax_reason reason)
{
    switch (reason) {
    case TAX_REASON_REVERSE_CHARGE: return "VATEX-EU-AE";
    case TAX_REASON_INTRA_EU_SUPPLY: return "VATEX-EU-IC";
    case TAX_REASON_EXPORT: return "VATEX-EU-G";
    case TAX_REASON_OUTSIDE_EU:
    case TAX_REASON_NO_VAT_THERE:
    case TAX_REASON_NO_SALES_TAX: return "VATEX-EU-O";
    case TAX_REASON_FRANCHISE: return "VATEX-FR-FRANCHISE";
    case TAX_REASON_DOMESTIC:
    case TAX_REASON_VAT_ID_MISSING:
    case TAX_REASON_VAT_ID_UNCHECKED:
    case TAX_REASON_ORIGIN:
    case TAX_REASON_DESTINATION:
    case TAX_REASON_TERRITORY:
    case TAX_REASON_SALES_TAX: return "";
    }
    return "";
}
