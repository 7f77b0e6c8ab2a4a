/* settings: the company's own data. Documents that were made keep the version that was true then. */
#include <string.h>

#include "base/str.h"
#include "core/country.h"
#include "core/iban.h"
#include "core/identifier.h"
#include "core/numbering.h"
#include "core/vat_id.h"
#include "page/admin/admin.h"
#include "service/house.h"
#include "text/format.h"
#include "text/words.h"

struct company_form {
    int64_t rev;
    const char *name;
    const char *legal_form;
    const char *capital;
    const char *siren;
    const char *register_city;
    const char *vat_id;
    const char *street;
    const char *street2;
    const char *postal_code;
    const char *city;
    const char *country;
    const char *email;
    const char *phone;
    const char *website;
    const char *language;
    int64_t terms_days;
    const char *late_penalty;
    const char *terms;
    const char *iban;
    const char *bic;
    const char *quote_prefix;
    const char *subscription_prefix;
    const char *invoice_prefix;
    const char *credit_prefix;
    bool mail_empty;
};
#define AT(member) .offset = offsetof(struct company_form, member)

static const struct field_option language_option[] = {{"fr", N_("French"), NULL}, {"en", N_("English"), NULL}};

static const struct field company_field[] = {
    {.kind = FIELD_INTEGER, .name = "rev", .min = 0, .max = INT64_MAX, AT(rev)},
    {.kind = FIELD_TEXT, .name = "name", .label = N_("Company name"), .required = true, .max = 200, .autocomplete = "organization",
     .missing = N_("Enter the company's name"), AT(name)},
    {.kind = FIELD_TEXT, .name = "legal_form", .label = N_("Legal form"), .max = 60, .hint = N_("Such as SAS, GmbH"), AT(legal_form)},
    {.kind = FIELD_TEXT, .name = "capital", .label = N_("Share capital"), .max = 60, AT(capital)},
    {.kind = FIELD_TEXT, .name = "siren", .label = N_("SIREN number"), .max = 20, .hint = N_("Companies in France"), AT(siren)},
    {.kind = FIELD_TEXT, .name = "register_city", .label = N_("Town of the trade register"), .max = 100, AT(register_city)},
    {.kind = FIELD_TEXT, .name = "vat_id", .label = N_("VAT number"), .max = 40, AT(vat_id)},
    {.kind = FIELD_TEXT, .name = "street", .label = N_("Street and number"), .required = true, .max = 200,
     .autocomplete = "address-line1", .missing = N_("Enter the street"), AT(street)},
    {.kind = FIELD_TEXT, .name = "street2", .label = N_("Further address line"), .max = 200, .autocomplete = "address-line2", AT(street2)},
    {.kind = FIELD_TEXT, .name = "postal_code", .label = N_("Postal code"), .required = true, .max = 20, .autocomplete = "postal-code",
     .missing = N_("Enter the postal code"), AT(postal_code)},
    {.kind = FIELD_TEXT, .name = "city", .label = N_("Town"), .required = true, .max = 100, .autocomplete = "address-level2",
     .missing = N_("Enter the town"), AT(city)},
    {.kind = FIELD_CHOICE, .name = "country", .label = N_("Country"), .required = true, .max = 2, .missing = N_("Choose the country"), AT(country)},
    {.kind = FIELD_EMAIL, .name = "email", .label = N_("E-mail address"), .required = true, .max = 254, .autocomplete = "email",
     .hint = N_("Customers see it and answer to it."), .missing = N_("Enter the company's e-mail address"), AT(email)},
    {.kind = FIELD_TEXT, .name = "phone", .label = N_("Phone"), .max = 40, .autocomplete = "tel", AT(phone)},
    {.kind = FIELD_TEXT, .name = "website", .label = N_("Website"), .max = 200, .autocomplete = "url", AT(website)},
    {.kind = FIELD_CHOICE, .name = "language", .label = N_("Language of the house"), .required = true, .options = language_option,
     .option_count = COUNT_OF(language_option), AT(language)},
    {.kind = FIELD_INTEGER, .name = "terms_days", .label = N_("Days to pay an invoice"), .min = 0, .max = 60, AT(terms_days)},
    {.kind = FIELD_TEXT, .name = "late_penalty", .label = N_("Penalty for late payment"), .max = 500,
     .hint = N_("Printed on every invoice"), AT(late_penalty)},
    {.kind = FIELD_MULTILINE, .name = "terms", .label = N_("Terms of sale"), .max = 60000, AT(terms)},
    {.kind = FIELD_TEXT, .name = "iban", .label = N_("IBAN"), .max = 42, .hint = N_("For transfers: printed on invoices"), AT(iban)},
    {.kind = FIELD_TEXT, .name = "bic", .label = N_("BIC"), .max = 11, AT(bic)},
    {.kind = FIELD_TEXT, .name = "quote_prefix", .label = N_("Quotes"), .required = true, .max = NUMBER_PREFIX_MAX,
     .missing = N_("Enter a prefix"), AT(quote_prefix)},
    {.kind = FIELD_TEXT, .name = "subscription_prefix", .label = N_("Subscriptions"), .required = true, .max = NUMBER_PREFIX_MAX,
     .missing = N_("Enter a prefix"), AT(subscription_prefix)},
    {.kind = FIELD_TEXT, .name = "invoice_prefix", .label = N_("Invoices"), .required = true, .max = NUMBER_PREFIX_MAX,
     .missing = N_("Enter a prefix"), AT(invoice_prefix)},
    {.kind = FIELD_TEXT, .name = "credit_prefix", .label = N_("Credit notes"), .required = true, .max = NUMBER_PREFIX_MAX,
     .missing = N_("Enter a prefix"), AT(credit_prefix)},
    {.kind = FIELD_CHECK, .name = "mail_empty", .label = N_("Mail invoices of nothing too"),
     .hint = N_("Otherwise an invoice over 0 only stands in the portal"), AT(mail_empty)},
};

static enum err show_company(struct page *page, const struct form *form, int64_t rev)
{
    HDF *hdf = page_tree(page);
    const char *now = form_typed(form, "country");

    view_form(page->ctx, hdf, form);
    page_countries(page, hdf, now);
    hdf_number(hdf, "Token.rev", rev);
    if (page->company.id != 0) {
        hdf_text(hdf, "Fixed.currency", page->company.currency);
        hdf_text(hdf, "Fixed.zone", page->company.time_zone);
    }
    return page_show(page, form->error_count > 0 ? 422 : 200, tr("Company"), "admin/company.cs");
}

enum err page_company(struct page *page)
{
    const struct company *c = &page->company;
    struct company_form values = {.language = "fr", .quote_prefix = "Q", .subscription_prefix = "S",
                                  .invoice_prefix = "INV", .credit_prefix = "CN"};
    struct form form;

    if (c->id != 0)
        values = (struct company_form){.rev = c->id, .name = c->name, .legal_form = c->legal_form, .capital = c->capital,
            .siren = c->siren, .register_city = c->register_city, .vat_id = c->vat_id, .street = c->street, .street2 = c->street2,
            .postal_code = c->postal_code, .city = c->city, .country = c->country, .email = c->email, .phone = c->phone,
            .website = c->website, .language = c->language, .terms_days = c->payment_terms_days,
            .late_penalty = c->late_penalty, .terms = c->terms, .iban = c->iban, .bic = c->bic, .quote_prefix = c->quote_prefix,
            .subscription_prefix = c->subscription_prefix, .invoice_prefix = c->invoice_prefix, .credit_prefix = c->credit_prefix,
            .mail_empty = c->mail_empty_invoices};
    admin_flash(page);
    form_fill(&form, page->ctx, company_field, COUNT_OF(company_field), &values);
    return show_company(page, &form, values.rev);
}

static char *compact(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);
    char *out = copy;

    for (const char *in = copy; *in != '\0'; in++)
        if (*in != ' ')
            *out++ = *in >= 'a' && *in <= 'z' ? (char)(*in - 'a' + 'A') : *in;
    *out = '\0';
    return copy;
}

static void check(struct form *form, const struct company_form *v, char vat_id[VAT_ID_BYTES], const char *iban, const char *bic)
{
    enum vat_id_verdict verdict;

    vat_id[0] = '\0';
    if (v->country[0] != '\0' && !country_known(v->country))
        form_error(form, "country", tr("Choose the country"));
    if (v->siren[0] != '\0' && !siren_ok(v->siren))
        form_error(form, "siren", tr("This is not a SIREN number: nine digits, the last one fits the others"));
    if (v->vat_id[0] != '\0') {
        verdict = vat_id_normalise(v->vat_id, vat_id) ? vat_id_verdict(vat_id) : VAT_ID_WRONG_SHAPE;
        if (verdict != VAT_ID_WELL_FORMED)
            form_error(form, "vat_id", tr(vat_id_verdict_text(verdict)));
        else if (v->country[0] != '\0' && !vat_id_fits(vat_id, v->country))
            form_error(form, "vat_id", tr("This VAT number belongs to another country than the address"));
    }
    if (iban[0] != '\0' && iban_verdict_sepa(iban) != IBAN_WELL_FORMED)
        form_error(form, "iban", tr(iban_verdict_text(iban_verdict_sepa(iban))));
    if (bic[0] != '\0' && !bic_ok(bic))
        form_error(form, "bic", tr("A BIC has 8 or 11 letters and digits, for example AGRIFRPP"));
    if (v->quote_prefix[0] != '\0' && !number_prefix_ok(v->quote_prefix))
        form_error(form, "quote_prefix", tr("A prefix has capital letters and digits and starts with a letter"));
    if (v->subscription_prefix[0] != '\0' && !number_prefix_ok(v->subscription_prefix))
        form_error(form, "subscription_prefix", tr("A prefix has capital letters and digits and starts with a letter"));
    if (v->invoice_prefix[0] != '\0' && !number_prefix_ok(v->invoice_prefix))
        form_error(form, "invoice_prefix", tr("A prefix has capital letters and digits and starts with a letter"));
    if (str_equal(v->quote_prefix, v->invoice_prefix) || str_equal(v->quote_prefix, v->subscription_prefix) ||
        str_equal(v->subscription_prefix, v->invoice_prefix))
        form_error(form, "invoice_prefix", tr("Each kind of document needs a prefix of its own"));
    if (v->credit_prefix[0] != '\0' && !number_prefix_ok(v->credit_prefix))
        form_error(form, "credit_prefix", tr("A prefix has capital letters and digits and starts with a letter"));
    else if (v->credit_prefix[0] != '\0' && (str_equal(v->credit_prefix, v->invoice_prefix) || str_equal(v->credit_prefix, v->quote_prefix) ||
                                             str_equal(v->credit_prefix, v->subscription_prefix)))
        form_error(form, "credit_prefix", tr("Each kind of document needs a prefix of its own"));
}

enum err page_company_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/settings/company?did=saved");
    struct company company = {.currency = "EUR", .time_zone = "Europe/Paris", .vat_due = "payment", .vat_rounding = "rate"};
    struct house_result result;
    struct company_form v;
    char vat_id[VAT_ID_BYTES];
    char *iban;
    struct form form;

    if (!PAGE_FORM(page, &form, company_field, &v))
        return OK;
    iban = compact(page->ctx->arena, v.iban);
    check(&form, &v, vat_id, iban, compact(page->ctx->arena, v.bic));
    if (form.error_count > 0)
        return show_company(page, &form, v.rev);
    if (page->company.id != 0)
        company = page->company; /* with what stands on other pages: taxes, currency, time zone */
    company.name = v.name;
    company.legal_form = v.legal_form;
    company.capital = v.capital;
    company.siren = v.siren;
    company.register_city = v.register_city;
    company.vat_id = vat_id;
    company.street = v.street;
    company.street2 = v.street2;
    company.postal_code = v.postal_code;
    company.city = v.city;
    company.country = v.country;
    company.email = v.email;
    company.phone = v.phone;
    company.website = v.website;
    company.language = v.language;
    company.payment_terms_days = (int32_t)v.terms_days;
    company.late_penalty = v.late_penalty;
    company.terms = v.terms;
    company.iban = iban;
    company.bic = compact(page->ctx->arena, v.bic);
    company.quote_prefix = v.quote_prefix;
    company.subscription_prefix = v.subscription_prefix;
    company.invoice_prefix = v.invoice_prefix;
    company.credit_prefix = v.credit_prefix;
    company.mail_empty_invoices = v.mail_empty;
    TRY(page->ctx, change_company(page->ctx, &company, v.rev, &once, &result));
    if (result.stale)
        return page_error(page, 409, NULL);
    return page_see(page, "%s", result.url);
}
