/* tax_calculator: one imagined sale: which VAT it would carry, and why. It changes nothing. */
#include <string.h>

#include "base/str.h"
#include "core/country.h"
#include "core/date.h"
#include "core/money.h"
#include "core/posting.h"
#include "intake/tax_classes.h"
#include "page/admin/admin.h"
#include "service/tax_rates.h"
#include "store/chart.h"
#include "text/format.h"
#include "text/words.h"

struct trial_form {
    const char *seller_country;
    const char *seller_postal;
    const char *buyer_country;
    const char *buyer_postal;
    const char *buyer;
    const char *vat_id;
    const char *kind;
    const char *tax_class;
    int32_t on;
    int64_t amount_e2;
    bool destination;
    bool franchise;
};
#define AT(member) .offset = offsetof(struct trial_form, member)

static const struct field_option buyer_option[] = {{"company", N_("A company or an organisation"), NULL},
                                                   {"person", N_("A private person"), NULL}};
static const struct field_option vat_option[] = {{"none", N_("None of their country"), NULL}, {"unchecked", N_("Not checked"), NULL},
                                                 {"checked", N_("Checked and valid"), NULL}};
static const struct field_option kind_option[] = {{"service", N_("Service"), NULL}, {"goods", N_("Goods"), NULL}};

static const struct field trial_field[] = {
    {.kind = FIELD_CHOICE, .name = "seller_country", .label = N_("Seller's country"), .required = true, .max = 2,
     .missing = N_("Choose the country"), AT(seller_country)},
    {.kind = FIELD_TEXT, .name = "seller_postal", .label = N_("Seller's postal code"), .max = 20, .autocomplete = "off", AT(seller_postal)},
    {.kind = FIELD_CHOICE, .name = "buyer_country", .label = N_("Customer's country"), .required = true, .max = 2,
     .missing = N_("Choose the country"), AT(buyer_country)},
    {.kind = FIELD_TEXT, .name = "buyer_postal", .label = N_("Customer's postal code"), .max = 20, .autocomplete = "off", AT(buyer_postal)},
    {.kind = FIELD_CHOICE, .name = "buyer", .label = N_("The customer is"), .required = true, .options = buyer_option,
     .option_count = COUNT_OF(buyer_option), AT(buyer)},
    {.kind = FIELD_CHOICE, .name = "vat_id", .label = N_("VAT number"), .required = true, .options = vat_option,
     .option_count = COUNT_OF(vat_option), AT(vat_id)},
    {.kind = FIELD_CHOICE, .name = "kind", .label = N_("What is sold"), .required = true, .options = kind_option,
     .option_count = COUNT_OF(kind_option), AT(kind)},
    {.kind = FIELD_CHOICE, .name = "class", .label = N_("Kind of rate"), .required = true, .options = tax_class_option,
     .option_count = TAX_CLASSES, AT(tax_class)},
    {.kind = FIELD_DATE, .name = "on", .label = N_("On"), .required = true, .missing = N_("Enter the day of the sale"), AT(on)},
    {.kind = FIELD_DECIMAL, .name = "amount", .label = N_("Amount"), .required = true, .digits = 2, .max = INT64_C(100000000000),
     .missing = N_("Enter the amount"), AT(amount_e2)},
    {.kind = FIELD_CHECK, .name = "destination", .label = N_("The customer's rate counts for consumers in other member states"),
     .hint = N_("The threshold is passed, or the one stop shop was chosen"), AT(destination)},
    {.kind = FIELD_CHECK, .name = "franchise", .label = N_("The seller charges no VAT (small business)"), AT(franchise)},
};

static struct tax_facts facts_of(const struct page *page, const struct trial_form *v)
{
    return (struct tax_facts){
        .seller_country = v->seller_country, .seller_postal = v->seller_postal, .buyer_country = v->buyer_country,
        .buyer_postal = v->buyer_postal, .tax_class = v->tax_class, .on = v->on, .buyer_is_company = str_equal(v->buyer, "company"),
        .vat_id_fits = !str_equal(v->vat_id, "none"), .vat_id_checked = str_equal(v->vat_id, "checked"),
        .goods = str_equal(v->kind, "goods"), .oss = v->destination, .seller_exempt = v->franchise,
        .included = page->company.id != 0 && page->company.prices_with_vat,
        .per_line = page->company.id != 0 && str_equal(page->company.vat_rounding, "line")};
}

/* Hundredths of the unit, as typed, in the currency's minor unit. */
static int64_t in_minor(int64_t amount_e2, const struct currency *currency)
{
    int64_t unit = 1;

    for (int i = 0; i < currency->digits; i++)
        unit *= 10;
    return money_scale(amount_e2, unit, 100, ROUND_HALF_AWAY);
}

static const char *area_text(const struct page *page, const struct territory *place)
{
    const char *area = format_country(page->ctx->arena, page->ctx->language, place->area);

    return place->name[0] != '\0' ? arena_printf(page->ctx->arena, "%s (%s)", tr(place->name), area) : area;
}

static const char *row_text(const struct page *page, const struct rate_entry *rate)
{
    struct arena *arena = page->ctx->arena;
    const char *where = format_country(arena, page->ctx->language, rate->country);

    return tr_fill(arena, "{place}, {class}, since {date}: {source}", "place",
                   rate->postal_from[0] != '\0' ? arena_printf(arena, "%s %s %s–%s", where, rate->region, rate->postal_from, rate->postal_until) : where,
                   "class", admin_tax_class(rate->tax_class), "date", page_date(page, rate->from_on), "source", rate->source, NULL);
}

static enum err accounts_text(const struct page *page, const struct tax_trial *trial, bool goods, const char **text)
{
    bool waits = page->company.id == 0 || str_equal(page->company.vat_due, "payment");
    const char *vat;
    struct chart chart;

    TRY(page->ctx, chart_now(page->ctx, &chart));
    *text = chart_account(&chart, posting_revenue_account(goods));
    if (trial->totals.vat_minor == 0)
        return OK;
    vat = chart_account(&chart, ACCOUNT_VAT);
    *text = waits ? arena_printf(page->ctx->arena, "%s, %s → %s", *text, chart_account(&chart, ACCOUNT_VAT_WAITING), vat)
                  : arena_printf(page->ctx->arena, "%s, %s", *text, vat);
    return OK;
}

static enum err fill_result(struct page *page, HDF *hdf, const struct trial_form *v, const struct tax_trial *trial, const char *currency)
{
    struct arena *arena = page->ctx->arena;
    HDF *result = hdf_node(hdf, "Result");
    const char *accounts;
    int row = 0;

    page_fact(result, &row, tr("Seller's territory"), area_text(page, &trial->seller));
    page_fact(result, &row, tr("Customer's territory"), area_text(page, &trial->buyer));
    if (!trial->decided) {
        hdf_text(result, "none", tr("The table holds no rate of this kind for that country and day: nothing could be sent or issued. Add the rate first."));
        return OK;
    }
    page_fact(result, &row, tr("Why"), tr(tax_reason_text(trial->tax.reason)));
    page_fact(result, &row, tr("Rate"), format_percent(arena, page->ctx->language, trial->tax.rate_ppm));
    if (trial->standard_instead)
        page_fact(result, &row, tr("Standard rate"), tr("This country has no rate of the kind: its standard rate counts"));
    if (trial->rate_found)
        page_fact(result, &row, tr("Comes from"), row_text(page, &trial->rate));
    page_fact(result, &row, tr("Category (EN 16931)"), tax_category_code(trial->tax.category));
    page_fact(result, &row, tr("Exemption code (VATEX)"), tax_vatex(trial->tax.reason));
    page_fact(result, &row, tr("Mention on the invoice"), tax_mention_text(trial->tax.reason)[0] != '\0' ? tr(tax_mention_text(trial->tax.reason)) : "");
    page_fact(result, &row, tr("Without VAT"), page_money(page, trial->totals.net_minor, currency));
    page_fact(result, &row, tr("VAT"), page_money(page, trial->totals.vat_minor, currency));
    page_fact(result, &row, tr("To be paid"), page_money(page, trial->totals.gross_minor, currency));
    TRY(page->ctx, accounts_text(page, trial, str_equal(v->kind, "goods"), &accounts));
    page_fact(result, &row, tr("Accounts"), accounts);
    if (trial->tax.distance)
        page_fact(result, &row, tr("Threshold"), tr("Counts for the threshold of consumers in other member states"));
    return OK;
}

static enum err show(struct page *page, const struct form *form)
{
    HDF *hdf = page_tree(page);

    view_form(page->ctx, hdf, form);
    page_countries_of(page, hdf, "seller_country", form_typed(form, "seller_country"));
    page_countries_of(page, hdf, "buyer_country", form_typed(form, "buyer_country"));
    admin_tax_views(page, hdf, "/admin/taxes/calculator");
    return page_show(page, form->error_count > 0 ? 422 : 200, tr("Tax calculator"), "admin/tax_calculator.cs");
}

enum err page_tax_calculator(struct page *page)
{
    const bool known = page->company.id != 0;
    struct trial_form v = {.seller_country = known ? page->company.country : "FR", .seller_postal = known ? page->company.postal_code : "",
        .buyer_country = "", .buyer_postal = "", .buyer = "company", .vat_id = "checked", .kind = "service", .tax_class = "standard",
        .on = page->ctx->today_on, .amount_e2 = 10000, .destination = known && page->company.oss, .franchise = known && page->company.franchise};
    const struct currency *currency = currency_find(known ? page->company.currency : "EUR");
    struct tax_facts facts;
    struct tax_trial trial;
    struct form form;
    int64_t amount_minor;

    if (pair_value(&page->request->fields, "buyer_country") == NULL) {
        form_fill(&form, page->ctx, trial_field, COUNT_OF(trial_field), &v);
        return show(page, &form);
    }
    if (!form_read(&form, page->ctx, trial_field, COUNT_OF(trial_field), &page->request->fields, &v))
        return page_error(page, 400, NULL);
    if (v.seller_country != NULL && v.seller_country[0] != '\0' && !country_known(v.seller_country))
        form_error(&form, "seller_country", tr("Choose the country"));
    if (v.buyer_country != NULL && v.buyer_country[0] != '\0' && !country_known(v.buyer_country))
        form_error(&form, "buyer_country", tr("Choose the country"));
    if (form.error_count > 0)
        return show(page, &form);
    facts = facts_of(page, &v);
    amount_minor = in_minor(v.amount_e2, currency);
    TRY(page->ctx, try_tax(page->ctx, &facts, amount_minor, &trial));
    TRY(page->ctx, fill_result(page, page_tree(page), &v, &trial, currency->code));
    return show(page, &form);
}
