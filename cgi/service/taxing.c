#include "service/taxing.h"

#include <string.h>

#include "core/date.h"
#include "core/totals.h"
#include "core/vat_id.h"
#include "store/catalogue.h"
#include "store/db.h"
#include "store/taxes.h"

enum err load_taxing(struct ctx *ctx, const struct company *company, struct taxing *taxing)
{
    struct tax_rate *rates;

    *taxing = (struct taxing){.company = company};
    TRY(ctx, tax_rates(ctx, &rates, &taxing->rate_count));
    taxing->rates = rates;
    return OK;
}

void taxing_begin(struct taxing *taxing)
{
    taxing->known = false;
}

int64_t tax_distance_net(const char *currency, const struct tax_line *lines, size_t count)
{
    int64_t net_minor = 0;

    if (strcmp(currency, "EUR") != 0)
        return 0;
    for (size_t i = 0; i < count; i++)
        if (lines[i].decided && lines[i].tax.distance)
            net_minor += priced_net(&lines[i].tax, lines[i].priced_minor);
    return net_minor;
}

void tax_sale_made(struct taxing *taxing, const char *currency, const struct tax_line *lines, size_t count)
{
    taxing->this_year_minor += tax_distance_net(currency, lines, count);
}

/* True when every line has its decision; *distance: one of them is for a consumer in another member state. */
static bool decide_lines(const struct taxing *taxing, const struct tax_buyer *buyer, int32_t on, bool oss, struct tax_line *lines,
                         size_t count, bool *distance)
{
    struct tax_facts facts = {
        .seller_country = taxing->company->country, .seller_postal = taxing->company->postal_code,
        .buyer_country = buyer->country, .buyer_postal = buyer->postal_code, .on = on,
        .buyer_is_company = buyer->is_company, .vat_id_fits = vat_id_fits(buyer->vat_id, buyer->country),
        .vat_id_checked = buyer->vat_checked, .oss = oss, .seller_exempt = taxing->company->franchise,
        .included = taxing->company->prices_with_vat, .per_line = strcmp(taxing->company->vat_rounding, "line") == 0};
    bool complete = true;

    *distance = false;
    for (size_t i = 0; i < count; i++) {
        facts.tax_class = lines[i].tax_class;
        facts.goods = lines[i].goods;
        lines[i].decided = tax_decide(taxing->rates, taxing->rate_count, &facts, &lines[i].tax);
        complete = complete && lines[i].decided;
        *distance = *distance || lines[i].tax.distance;
    }
    return complete;
}

enum err tax_sale(struct ctx *ctx, struct taxing *taxing, const struct tax_buyer *buyer, const char *currency, int32_t on,
                  struct tax_line *lines, size_t count, bool *complete)
{
    bool distance;

    *complete = decide_lines(taxing, buyer, on, taxing->company->oss, lines, count, &distance);
    if (!distance || taxing->company->oss)
        return OK;
    if (!taxing->known)
        TRY(ctx, distance_totals(ctx, date_civil(ctx->today_on).year, &taxing->last_year_minor, &taxing->this_year_minor));
    taxing->known = true;
    if (distance_at_destination(taxing->last_year_minor, taxing->this_year_minor, tax_distance_net(currency, lines, count)))
        *complete = decide_lines(taxing, buyer, on, true, lines, count, &distance);
    return OK;
}

bool tax_missing(struct arena *arena, const char *trail, const char **tax_class, const char **country)
{
    static const char before[] = "no VAT rate: ";
    const char *at = strstr(trail, before);
    const char *space;

    if (at == NULL)
        return false;
    at += strlen(before);
    space = strchr(at, ' ');
    if (space == NULL || strlen(space) < 3)
        return false;
    *tax_class = arena_strndup(arena, at, (size_t)(space - at));
    *country = arena_strndup(arena, space + 1, 2);
    return true;
}
