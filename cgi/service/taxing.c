#include "service/taxing.h"

#include "core/vat_id.h"
#include "store/catalogue.h"

enum err load_taxing(struct ctx *ctx, const struct company *company, struct taxing *taxing)
{
    struct tax_rate *rates;

    *taxing = (struct taxing){.company = company};
    TRY(ctx, tax_rates(ctx, &rates, &taxing->rate_count));
    taxing->rates = rates;
    return OK;
}

bool tax_line(const struct taxing *taxing, const struct tax_buyer *buyer, const char *tax_class, bool goods, int32_t on,
              struct tax_decision *decision)
{
    const struct tax_facts facts = {
        .seller_country = taxing->company->country,
        .buyer_country = buyer->country,
        .tax_class = tax_class,
        .on = on,
        .buyer_is_company = buyer->is_company,
        .vat_id_fits = vat_id_fits(buyer->vat_id, buyer->country),
        .vat_id_checked = buyer->vat_checked,
        .goods = goods,
    };

    return tax_decide(taxing->rates, taxing->rate_count, &facts, decision);
}
