/* tax_settings: what the seller chose about VAT. How amounts are computed is fixed once a document was issued. */
#include <string.h>

#include "base/str.h"
#include "page/admin/admin.h"
#include "service/house.h"
#include "text/words.h"

struct settings_form {
    int64_t rev;
    bool franchise;
    bool oss;
    const char *prices;
    const char *rounding;
    const char *vat_due;
    int64_t recheck_days;
};
#define AT(member) .offset = offsetof(struct settings_form, member)

static const struct field_option prices_option[] = {{"without", N_("Without VAT"), N_("It is added; usual between companies")},
                                                    {"with", N_("With VAT"), N_("What is shown is paid; usual for consumers")}};
static const struct field_option rounding_option[] = {
    {"rate", N_("Once per rate"), N_("The rule of electronic invoices (EN 16931)")},
    {"line", N_("Line by line"), N_("The rounded VAT of the lines is added up")}};
static const struct field_option due_option[] = {{"payment", N_("When the customer pays (services)"), NULL},
                                                 {"issue", N_("When the invoice is issued (goods, or the option for debits)"), NULL}};

static const struct field settings_field[] = {
    {.kind = FIELD_INTEGER, .name = "rev", .min = 0, .max = INT64_MAX, AT(rev)},
    {.kind = FIELD_CHECK, .name = "franchise", .label = N_("Small business: no VAT is charged (article 293 B of the CGI)"),
     .hint = N_("New documents carry the mention; documents that were issued keep what was true then."), AT(franchise)},
    {.kind = FIELD_CHECK, .name = "oss", .label = N_("Registered for the one stop shop: consumers in other member states pay their country's VAT"),
     .hint = N_("From the first sale on instead of above 10,000 euros a year. The choice binds for two calendar years (article 59c)."), AT(oss)},
    {.kind = FIELD_CHOICE, .name = "prices", .label = N_("Prices of the catalogue and of quotes"), .options = prices_option,
     .option_count = COUNT_OF(prices_option), AT(prices)},
    {.kind = FIELD_CHOICE, .name = "rounding", .label = N_("VAT is rounded"), .options = rounding_option,
     .option_count = COUNT_OF(rounding_option), AT(rounding)},
    {.kind = FIELD_CHOICE, .name = "vat_due", .label = N_("VAT becomes due"), .required = true, .options = due_option,
     .option_count = COUNT_OF(due_option), .hint = N_("An invoice keeps the rule of the day when it was issued, until it is paid."), AT(vat_due)},
    {.kind = FIELD_INTEGER, .name = "recheck_days", .label = N_("Days after which VAT numbers are checked with VIES again"), .required = true,
     .min = 1, .max = 366, AT(recheck_days)},
};

static enum err show(struct page *page, const struct form *form, int64_t rev)
{
    HDF *hdf = page_tree(page);
    bool fixed;

    TRY(page->ctx, amounts_are_fixed(page->ctx, &fixed));
    view_form(page->ctx, hdf, form);
    hdf_number(hdf, "Token.rev", rev);
    hdf_flag(hdf, "Fixed", fixed);
    if (fixed) {
        hdf_text(hdf, "Fixed.prices", page->company.prices_with_vat ? tr("With VAT") : tr("Without VAT"));
        hdf_text(hdf, "Fixed.rounding", str_equal(page->company.vat_rounding, "line") ? tr("Line by line") : tr("Once per rate"));
    }
    admin_tax_views(page, hdf, "/admin/taxes/settings");
    return page_show(page, form->error_count > 0 ? 422 : 200, tr("Tax settings"), "admin/tax_settings.cs");
}

enum err page_tax_settings(struct page *page)
{
    const struct company *c = &page->company;
    struct settings_form values;
    struct form form;

    if (c->id == 0) {
        HDF *hdf = page_tree(page);

        admin_tax_views(page, hdf, "/admin/taxes/settings");
        hdf_text(hdf, "Empty.text", tr("Enter the company first."));
        hdf_text(hdf, "Empty.href", "/admin/settings/company");
        hdf_text(hdf, "Empty.action", tr("Company"));
        return page_show(page, 200, tr("Tax settings"), "admin/tax_settings.cs");
    }
    values = (struct settings_form){.rev = c->id, .franchise = c->franchise, .oss = c->oss, .prices = c->prices_with_vat ? "with" : "without",
                                    .rounding = c->vat_rounding, .vat_due = c->vat_due, .recheck_days = c->vat_recheck_days};
    admin_flash(page);
    form_fill(&form, page->ctx, settings_field, COUNT_OF(settings_field), &values);
    return show(page, &form, c->id);
}

/* What is not on the form stays: fixed fields are only shown. */
static void take(struct company *company, const struct settings_form *v)
{
    company->franchise = v->franchise;
    company->oss = v->oss;
    if (v->prices[0] != '\0')
        company->prices_with_vat = str_equal(v->prices, "with");
    if (v->rounding[0] != '\0')
        company->vat_rounding = v->rounding;
    company->vat_due = v->vat_due;
    company->vat_recheck_days = (int32_t)v->recheck_days;
}

enum err page_tax_settings_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/taxes/settings?did=saved");
    struct company company = page->company;
    struct house_result result;
    struct settings_form v;
    struct form form;

    if (page->company.id == 0)
        return page_error(page, 409, tr("Enter the company first."));
    if (!PAGE_FORM(page, &form, settings_field, &v))
        return OK;
    if (v.franchise && v.oss)
        form_error(&form, "oss", tr("A small business that charges no VAT has no use for the one stop shop"));
    if (form.error_count > 0)
        return show(page, &form, v.rev);
    take(&company, &v);
    TRY(page->ctx, change_company(page->ctx, &company, v.rev, &once, &result));
    if (result.stale)
        return page_error(page, 409, NULL);
    if (result.fixed) {
        form_error(&form, "prices", tr("How amounts are computed is fixed since the first invoice was issued"));
        return show(page, &form, v.rev);
    }
    return page_see(page, "%s", result.url);
}
