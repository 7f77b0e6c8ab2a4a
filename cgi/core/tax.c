#include "core/tax.h"

#include <string.h>

#include "base/check.h"

#define N_(text) text

static const char *const category_code[] = {"", "S", "Z", "E", "AE", "K", "G", "O"};
const char *const tax_rate_class[] = {"standard", "intermediate", "reduced", "super_reduced", "zero", NULL};

/* In the order of enum tax_reason. */
static const struct about {
    const char *name;
    const char *text;
    const char *mention;
    const char *vatex;
} about[] = {
    {"", "", "", ""},
    {"domestic", N_("VAT of the seller's country"), "", ""},
    {"reverse_charge", N_("No VAT: the customer owes it in their country (reverse charge)"),
     N_("Reverse charge (article 196 of directive 2006/112/EC)"), "VATEX-EU-AE"},
    {"intra_eu_supply", N_("No VAT: goods for a business in another member state"),
     N_("Exempt intra-Community supply (article 138 of directive 2006/112/EC)"), "VATEX-EU-IC"},
    {"vat_id_missing", N_("VAT is charged because the customer has no VAT number of their country"), "", ""},
    {"vat_id_unchecked", N_("VAT is charged because the customer's VAT number has not been checked"), "", ""},
    {"origin", N_("Consumer in another country: VAT of the seller's country"), "", ""},
    {"destination", N_("Consumer in another member state: VAT of their country"), "", ""},
    {"export", N_("No VAT: export of goods"), N_("Exempt export (article 146 of directive 2006/112/EC)"), "VATEX-EU-G"},
    {"outside_eu", N_("No VAT: service outside the European Union"),
     N_("Outside the scope of VAT (article 44 of directive 2006/112/EC)"), "VATEX-EU-O"},
    {"franchise", N_("No VAT: the seller charges none"), N_("VAT not applicable, article 293 B of the CGI"), "VATEX-FR-FRANCHISE"},
    {"territory", N_("VAT of the customer's territory"), "", ""},
    {"no_vat_there", N_("No VAT: it is not applied in the customer's territory"), N_("VAT not applicable, article 294 of the CGI"), "VATEX-EU-O"},
    {"sales_tax", N_("Sales tax of the customer's place"), "", ""},
    {"no_sales_tax", N_("No sales tax is collected at the customer's place"), "", "VATEX-EU-O"},
    {"exempt_hospital", N_("Exempt: hospital care"), N_("Exempt from VAT: hospital care (article 132(1)(b) of directive 2006/112/EC)"), "VATEX-EU-132-1B"},
    {"exempt_care", N_("Exempt: medical care"), N_("Exempt from VAT: medical care (article 132(1)(c) of directive 2006/112/EC)"), "VATEX-EU-132-1C"},
    {"exempt_welfare", N_("Exempt: social welfare"), N_("Exempt from VAT: social welfare (article 132(1)(g) of directive 2006/112/EC)"), "VATEX-EU-132-1G"},
    {"exempt_training", N_("Exempt: education and vocational training"),
     N_("Exempt from VAT: education and training (article 132(1)(i) of directive 2006/112/EC)"), "VATEX-EU-132-1I"},
    {"exempt_lessons", N_("Exempt: private lessons"), N_("Exempt from VAT: private lessons (article 132(1)(j) of directive 2006/112/EC)"), "VATEX-EU-132-1J"},
    {"exempt_members", N_("Exempt: services of an association to its members"),
     N_("Exempt from VAT: services to members (article 132(1)(l) of directive 2006/112/EC)"), "VATEX-EU-132-1L"},
    {"exempt_sport", N_("Exempt: sport, by a non-profit body"), N_("Exempt from VAT: sport (article 132(1)(m) of directive 2006/112/EC)"), "VATEX-EU-132-1M"},
    {"exempt_culture", N_("Exempt: culture, by a recognised body"), N_("Exempt from VAT: culture (article 132(1)(n) of directive 2006/112/EC)"), "VATEX-EU-132-1N"},
    {"exempt_insurance", N_("Exempt: insurance and its brokerage"), N_("Exempt from VAT: insurance (article 135(1)(a) of directive 2006/112/EC)"), "VATEX-EU-135-1"},
    {"exempt_finance", N_("Exempt: credit, payments, securities"),
     N_("Exempt from VAT: financial services (article 135(1)(b) to (g) of directive 2006/112/EC)"), "VATEX-EU-135-1"},
    {"exempt_letting", N_("Exempt: letting of immovable property"), N_("Exempt from VAT: letting (article 135(1)(l) of directive 2006/112/EC)"), "VATEX-EU-135-1"},
};
_Static_assert(sizeof about / sizeof about[0] == TAX_REASON_LAST + 1, "each reason has its row");

static bool is_reason(enum tax_reason reason)
{
    return reason >= TAX_REASON_DOMESTIC && reason <= (enum tax_reason)TAX_REASON_LAST;
}

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

/* The class's rate, or that of the standard class where the place has none. An unknown class has no rate anywhere. */
static bool find_rate(const struct sale *sale, const char *area, const char *postal_code, int32_t *rate_ppm)
{
    const struct tax_facts *facts = sale->facts;

    if (tax_rate_at(sale->rates, sale->rate_count, area, postal_code, facts->tax_class, facts->on, rate_ppm))
        return true;
    for (size_t i = 1; tax_rate_class[i] != NULL; i++)
        if (strcmp(tax_rate_class[i], facts->tax_class) == 0)
            return tax_rate_at(sale->rates, sale->rate_count, area, postal_code, tax_rate_class[0], facts->on, rate_ppm);
    return false;
}

static bool charge(const struct sale *sale, const struct territory *at, const char *postal_code, enum tax_reason reason)
{
    enum tax_reason exempt = tax_exemption(sale->facts->tax_class);
    int32_t rate_ppm = 0;

    if (exempt != 0) {
        sale->decision->distance = false; /* no rate depends on it */
        return decide(sale, TAX_EXEMPT, exempt, at->area);
    }
    if (!find_rate(sale, at->area, postal_code, &rate_ppm))
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
    if (sale->decision->category == TAX_ZERO)
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
    CHECK(is_reason(reason));
    return about[reason].name;
}

enum tax_reason tax_reason_from_name(const char *name)
{
    for (int i = TAX_REASON_DOMESTIC; i <= TAX_REASON_LAST; i++)
        if (strcmp(about[i].name, name) == 0)
            return (enum tax_reason)i;
    return (enum tax_reason)0;
}

enum tax_reason tax_exemption(const char *tax_class)
{
    enum tax_reason reason = tax_reason_from_name(tax_class);

    return reason >= TAX_REASON_EXEMPT_HOSPITAL ? reason : (enum tax_reason)0;
}

const char *tax_reason_text(enum tax_reason reason)
{
    return is_reason(reason) ? about[reason].text : "";
}

const char *tax_mention_text(enum tax_reason reason)
{
    return is_reason(reason) ? about[reason].mention : "";
}

const char *tax_vatex(enum tax_reason reason)
{
    return is_reason(reason) ? about[reason].vatex : "";
}
