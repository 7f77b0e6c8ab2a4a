#include "intake/customer_form.h"

#include <stddef.h>

#include "base/check.h"
#include "base/str.h"
#include "core/country.h"
#include "core/identifier.h"
#include "text/words.h"

static const struct field_option kind_option[] = {{"company", N_("A company or an organisation"), NULL},
                                                  {"person", N_("A private person"), NULL}};
static const struct field_option language_option[] = {{"fr", N_("French"), NULL}, {"en", N_("English"), NULL}};

const struct field customer_field[CUSTOMER_FIELDS] = {
    {.kind = FIELD_INTEGER, .name = "rev", .min = 0, .max = INT64_MAX, .offset = offsetof(struct customer_form, rev)},
    {.kind = FIELD_CHOICE, .name = "kind", .label = N_("The customer is"), .required = true, .options = kind_option,
     .option_count = COUNT_OF(kind_option), .offset = offsetof(struct customer_form, kind)},
    {.kind = FIELD_TEXT, .name = "name", .label = N_("Name"), .required = true, .max = 200, .autocomplete = "off",
     .missing = N_("Enter the customer's name"), .offset = offsetof(struct customer_form, name)},
    {.kind = FIELD_TEXT, .name = "contact", .label = N_("Contact person"), .max = 200, .autocomplete = "off",
     .offset = offsetof(struct customer_form, contact)},
    {.kind = FIELD_EMAIL, .name = "email", .label = N_("E-mail address"), .required = true, .max = 254, .autocomplete = "off",
     .hint = N_("Quotes and invoices are sent here."), .missing = N_("Enter the customer's e-mail address"),
     .offset = offsetof(struct customer_form, email)},
    {.kind = FIELD_TEXT, .name = "phone", .label = N_("Phone"), .max = 40, .autocomplete = "off",
     .offset = offsetof(struct customer_form, phone)},
    {.kind = FIELD_TEXT, .name = "street", .label = N_("Street and number"), .required = true, .max = 200, .autocomplete = "off",
     .missing = N_("Enter the street"), .offset = offsetof(struct customer_form, street)},
    {.kind = FIELD_TEXT, .name = "street2", .label = N_("Further address line"), .max = 200, .autocomplete = "off",
     .offset = offsetof(struct customer_form, street2)},
    {.kind = FIELD_TEXT, .name = "postal_code", .label = N_("Postal code"), .required = true, .max = 20, .autocomplete = "off",
     .missing = N_("Enter the postal code"), .offset = offsetof(struct customer_form, postal_code)},
    {.kind = FIELD_TEXT, .name = "city", .label = N_("Town"), .required = true, .max = 100, .autocomplete = "off",
     .missing = N_("Enter the town"), .offset = offsetof(struct customer_form, city)},
    {.kind = FIELD_CHOICE, .name = "country", .label = N_("Country"), .required = true, .max = 2,
     .missing = N_("Choose the country"), .offset = offsetof(struct customer_form, country)},
    {.kind = FIELD_TEXT, .name = "siren", .label = N_("SIREN number"), .max = 20, .hint = N_("Companies in France"),
     .autocomplete = "off", .offset = offsetof(struct customer_form, siren)},
    {.kind = FIELD_TEXT, .name = "vat_id", .label = N_("VAT number"), .max = 40, .hint = N_("Companies in the European Union"),
     .autocomplete = "off", .offset = offsetof(struct customer_form, vat_id)},
    {.kind = FIELD_CHOICE, .name = "language", .label = N_("Language"), .required = true, .options = language_option,
     .option_count = COUNT_OF(language_option), .offset = offsetof(struct customer_form, language)},
    {.kind = FIELD_TEXT, .name = "segment", .label = N_("Segment"), .max = 60, .autocomplete = "off",
     .hint = N_("Such as resellers: price lists can be for a segment"), .offset = offsetof(struct customer_form, segment)},
    {.kind = FIELD_CHECK, .name = "consolidated", .label = N_("One invoice for all that renews on the same day"),
     .offset = offsetof(struct customer_form, consolidated)},
    {.kind = FIELD_CHECK, .name = "archived", .label = N_("No new quotes for this customer"),
     .offset = offsetof(struct customer_form, archived)},
};

struct customer_form customer_form_of(const struct customer *c)
{
    return (struct customer_form){
        .rev = c->version_id, .kind = c->is_company ? "company" : "person", .name = c->name, .contact = c->contact_name,
        .email = c->email, .phone = c->phone, .street = c->street, .street2 = c->street2, .postal_code = c->postal_code,
        .city = c->city, .country = c->country, .siren = c->siren, .vat_id = c->vat_id, .language = c->language,
        .segment = c->segment, .consolidated = c->consolidated, .archived = str_equal(c->state, "archived")};
}

void customer_form_check(struct form *form, const struct customer_form *v, char vat_id[VAT_ID_BYTES])
{
    enum vat_id_verdict verdict;

    vat_id[0] = '\0';
    if (v->country[0] != '\0' && !country_known(v->country))
        form_error(form, "country", tr("Choose the country"));
    if (v->siren[0] != '\0' && !siren_ok(v->siren))
        form_error(form, "siren", tr("This is not a SIREN number: nine digits, the last one fits the others"));
    if (v->vat_id[0] == '\0')
        return;
    verdict = vat_id_normalise(v->vat_id, vat_id) ? vat_id_verdict(vat_id) : VAT_ID_WRONG_SHAPE;
    if (verdict != VAT_ID_WELL_FORMED)
        form_error(form, "vat_id", tr(vat_id_verdict_text(verdict)));
    else if (v->country[0] != '\0' && !vat_id_fits(vat_id, v->country))
        form_error(form, "vat_id", tr("This VAT number belongs to another country than the address"));
}

void customer_of_form(struct arena *arena, const struct customer_form *v, const char *vat_id, struct customer *customer)
{
    customer->is_company = str_equal(v->kind, "company");
    customer->name = v->name;
    customer->contact_name = v->contact;
    customer->email = v->email;
    customer->phone = v->phone;
    customer->street = v->street;
    customer->street2 = v->street2;
    customer->postal_code = v->postal_code;
    customer->city = v->city;
    customer->country = v->country;
    customer->siren = v->siren;
    customer->vat_id = arena_strdup(arena, vat_id);
    customer->language = v->language;
    customer->segment = v->segment;
    customer->consolidated = v->consolidated;
    customer->state = v->archived ? "archived" : "active";
}
