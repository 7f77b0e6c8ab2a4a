#include "core/tax.h"

#include <string.h>

#include "base/check.h"
#include "core/country.h"

#define N_(text) text

static const char *const category_code[] = {"", "S", "Z", "E", "AE", "K", "G", "O"};
static const char *const reason_name[] = {"",          "domestic",    "reverse_charge", "intra_eu_supply",
                                          "vat_id_missing", "vat_id_unchecked", "origin", "destination",
                                          "export",    "outside_eu",  "franchise"};

bool tax_rate_on(const struct tax_rate *rates, size_t rate_count, const char *country, const char *tax_class,
                 int32_t on, int32_t *rate_ppm)
{
    int32_t newest = INT32_MIN;

    for (size_t i = 0; i < rate_count; i++)
        if (rates[i].from_on <= on && rates[i].from_on > newest && strcmp(rates[i].country, country) == 0 &&
            strcmp(rates[i].tax_class, tax_class) == 0) {
            newest = rates[i].from_on;
            *rate_ppm = rates[i].rate_ppm;
        }
    return newest != INT32_MIN;
}

static bool decide(struct tax_decision *decision, enum tax_category category, enum tax_reason reason,
                   const char *country)
{
    decision->category = category;
    decision->reason = reason;
    decision->rate_ppm = 0;
    (void)memcpy(decision->country, country, 2);
    decision->country[2] = '\0';
    return true;
}

static bool charge(const struct tax_rate *rates, size_t rate_count, const struct tax_facts *facts,
                   const char *country, enum tax_reason reason, struct tax_decision *decision)
{
    int32_t rate_ppm = 0;

    if (!tax_rate_on(rates, rate_count, country, facts->tax_class, facts->on, &rate_ppm))
        return false;
    (void)decide(decision, rate_ppm == 0 ? TAX_ZERO : TAX_STANDARD, reason, country);
    decision->rate_ppm = rate_ppm;
    return true;
}

bool tax_decide(const struct tax_rate *rates, size_t rate_count, const struct tax_facts *facts,
                struct tax_decision *decision)
{
    const char *seller = country_vat(facts->seller_country);
    const char *buyer = country_vat(facts->buyer_country);

    if (facts->seller_exempt)
        return decide(decision, TAX_EXEMPT, TAX_REASON_FRANCHISE, seller);
    if (strcmp(seller, buyer) == 0)
        return charge(rates, rate_count, facts, seller, TAX_REASON_DOMESTIC, decision);
    if (!country_in_eu(buyer)) {
        if (facts->goods)
            return decide(decision, TAX_EXPORT, TAX_REASON_EXPORT, buyer);
        /* Services to consumers outside the EU: art. 45 keeps most of them at the seller's place. */
        if (!facts->buyer_is_company)
            return charge(rates, rate_count, facts, seller, TAX_REASON_ORIGIN, decision);
        return decide(decision, TAX_OUTSIDE_SCOPE, TAX_REASON_OUTSIDE_EU, buyer);
    }
    if (!facts->buyer_is_company)
        return facts->oss ? charge(rates, rate_count, facts, buyer, TAX_REASON_DESTINATION, decision)
                          : charge(rates, rate_count, facts, seller, TAX_REASON_ORIGIN, decision);
    if (!facts->vat_id_fits)
        return charge(rates, rate_count, facts, seller, TAX_REASON_VAT_ID_MISSING, decision);
    if (!facts->vat_id_checked)
        return charge(rates, rate_count, facts, seller, TAX_REASON_VAT_ID_UNCHECKED, decision);
    return facts->goods ? decide(decision, TAX_INTRA_EU_SUPPLY, TAX_REASON_INTRA_EU_SUPPLY, buyer)
                        : decide(decision, TAX_REVERSE_CHARGE, TAX_REASON_REVERSE_CHARGE, buyer);
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
    CHECK(reason >= TAX_REASON_DOMESTIC && reason <= TAX_REASON_FRANCHISE);
    return reason_name[reason];
}

enum tax_reason tax_reason_from_name(const char *name)
{
    for (int i = TAX_REASON_DOMESTIC; i <= TAX_REASON_FRANCHISE; i++)
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
    case TAX_REASON_DOMESTIC:
    case TAX_REASON_VAT_ID_MISSING:
    case TAX_REASON_VAT_ID_UNCHECKED:
    case TAX_REASON_ORIGIN:
    case TAX_REASON_DESTINATION: return "";
    }
    return "";
}
