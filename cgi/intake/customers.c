/* customers: a file's rows of customers. */
#include "base/check.h"
#include "intake/customer_form.h"
#include "intake/kinds.h"
#include "service/customers.h"
#include "text/words.h"

enum { EXPORT_ROWS = 500 };

static const struct column_text column[] = {
    {"reference", {"K-1001", "K-1002"}, N_("How the other system names the customer, or our number. It tells whether the customer is there."), true},
    {"kind", {"company", "person"}, NULL, false},
    {"name", {"Example GmbH", "Ada Example"}, NULL, false},
    {"contact", {"Bea Example", ""}, NULL, false},
    {"email", {"bea@example.com", "ada@example.org"}, NULL, false},
    {"phone", {"+49 30 5550100", ""}, NULL, false},
    {"street", {"Lindenweg 1", "2 rue Haute"}, NULL, false},
    {"street2", {"", ""}, NULL, false},
    {"postal_code", {"10115", "69001"}, NULL, false},
    {"city", {"Berlin", "Lyon"}, NULL, false},
    {"country", {"DE", "FR"}, N_("Country: two letters of ISO 3166"), false},
    {"siren", {"", ""}, NULL, false},
    {"vat_id", {"", ""}, NULL, false},
    {"language", {"en", "fr"}, N_("Language of quotes, invoices and e-mails"), false},
    {"consolidated", {"0", "0"}, NULL, false},
    {"archived", {"0", "0"}, NULL, false},
};

static bool same(const struct customer *a, const struct customer *b)
{
    const char *const pairs[][2] = {
        {a->name, b->name}, {a->contact_name, b->contact_name}, {a->email, b->email}, {a->phone, b->phone},
        {a->street, b->street}, {a->street2, b->street2}, {a->postal_code, b->postal_code}, {a->city, b->city},
        {a->country, b->country}, {a->siren, b->siren}, {a->vat_id, b->vat_id}, {a->language, b->language},
        {a->state, b->state}};

    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        if (!str_equal(pairs[i][0], pairs[i][1]))
            return false;
    return a->is_company == b->is_company && a->consolidated == b->consolidated;
}

static enum err read(struct reading *r, struct item *item)
{
    struct customer before = {.is_company = true, .country = r->company.country, .language = r->company.language};
    enum err err = customer_by_reference(r->ctx, item->reference, &before);
    struct customer_form values = customer_form_of(&before);
    struct form base;
    struct form form;
    char vat_id[VAT_ID_BYTES];

    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    form_fill(&base, r->ctx, customer_field, CUSTOMER_FIELDS, &values);
    CHECK(read_form(r, &item->records[0], &base, &values, &form));
    customer_form_check(&form, &values, vat_id);
    if (!form_fine(r, &item->records[0], &form))
        return OK;
    item->customer = before;
    customer_of_form(r->ctx->arena, &values, vat_id, &item->customer);
    item->shown_version_id = before.version_id;
    item->fate = before.id == 0 ? FATE_NEW : same(&before, &item->customer) ? FATE_UNCHANGED : FATE_CHANGED;
    if (item->fate == FATE_NEW)
        item->customer.external_ref = item->reference;
    return OK;
}

static enum err write(struct reading *r, struct item *item)
{
    bool stale;

    TRY(r->ctx, put_customer(r->ctx, &item->customer, item->shown_version_id, &stale));
    return stale ? ERR_DB_RETRY : OK;
}

static enum err export_some(struct reading *r, int64_t *after_id, bool *more, struct str *out)
{
    struct customer *rows;
    size_t count;

    TRY(r->ctx, customers_after(r->ctx, *after_id, EXPORT_ROWS, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const struct customer *c = &rows[i];
        const char *const cells[] = {customer_reference(c), c->is_company ? "company" : "person", c->name, c->contact_name,
            c->email, c->phone, c->street, c->street2, c->postal_code, c->city, c->country, c->siren, c->vat_id, c->language,
            c->consolidated ? "1" : "0", str_equal(c->state, "archived") ? "1" : "0"};

        _Static_assert(COUNT_OF(cells) == COUNT_OF(column), "a cell per column");
        csv_append(out, ';', cells, COUNT_OF(cells));
        *after_id = c->id;
    }
    *more = count == EXPORT_ROWS;
    return OK;
}

const struct kind customer_kind = {
    .name = "customers", .text = N_("Customers"), .fields = customer_field, .field_count = CUSTOMER_FIELDS, .columns = column,
    .column_count = COUNT_OF(column), .reference = "reference", .read = read, .write = write, .export_some = export_some};
