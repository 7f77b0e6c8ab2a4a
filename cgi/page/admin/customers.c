/* customers: the list, one customer with everything that grew from them, and the form. */
#include <string.h>

#include "base/encode.h"
#include "base/str.h"
#include "core/date.h"
#include "core/vat_id.h"
#include "intake/customer_form.h"
#include "page/admin/admin.h"
#include "page/subscription_view.h"
#include "service/customers.h"
#include "store/credit.h"
#include "service/vat_checking.h"
#include "store/history.h"
#include "store/overview.h"
#include "store/tenant.h"
#include "store/vat_recheck.h"
#include "text/format.h"
#include "text/words.h"

enum { LIST_ROWS = 200, VIES_TIMEOUT_MS = 6000 };

enum err page_customers(struct page *page)
{
    HDF *hdf = page_tree(page);
    const char *words = page_query(page, "q");
    int64_t from = rows_from(page);
    struct customer_list_row *rows;
    size_t count;

    TRY(page->ctx, customer_list(page->ctx, words, LIST_ROWS + 1, from, &rows, &count));
    rows_pager(page, hdf, arena_printf(page->ctx->arena, "/admin/customers?q=%s", encode_percent(page->ctx->arena, words)), from, LIST_ROWS, count);
    hdf_text(hdf, "Filter.q", words);
    for (size_t i = 0; i < count && i < LIST_ROWS; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/customers/%s", rows[i].number));
        hdf_text(node, "name", rows[i].name);
        hdf_text(node, "number", rows[i].number);
        hdf_text(node, "email", rows[i].email);
        hdf_text(node, "place", arena_printf(page->ctx->arena, "%s, %s", rows[i].city,
                                             format_country(page->ctx->arena, page->ctx->language, rows[i].country)));
        hdf_text(node, "quotes", page_number(page, rows[i].quote_count));
        hdf_text(node, "subscriptions", page_number(page, rows[i].subscription_count));
        hdf_flag(node, "archived", str_equal(rows[i].state, "archived"));
    }
    if (count == 0) {
        hdf_text(hdf, "Empty.text", words[0] != '\0' ? tr("No customer fits.") : tr("There is no customer yet."));
        hdf_text(hdf, "Empty.href", words[0] != '\0' ? "/admin/customers" : "/admin/customers/new");
        hdf_text(hdf, "Empty.action", words[0] != '\0' ? tr("Show all customers") : tr("New customer"));
    }
    return page_show(page, 200, tr("Customers"), "admin/customers.cs");
}

/* ---- the form ---- */

static enum err show_form(struct page *page, const struct form *form, const char *number, int64_t version_id)
{
    HDF *hdf = page_tree(page);
    const char *now = form_typed(form, "country");

    view_form(page->ctx, hdf, form);
    page_countries(page, hdf, now);
    hdf_text(hdf, "Action", number == NULL ? "/admin/customers/new" : arena_printf(page->ctx->arena, "/admin/customers/%s/edit", number));
    hdf_text(hdf, "Back", number == NULL ? "/admin/customers" : arena_printf(page->ctx->arena, "/admin/customers/%s", number));
    hdf_flag(hdf, "Exists", number != NULL);
    if (version_id != 0)
        hdf_number(hdf, "Token.rev", version_id);
    return page_show(page, form->error_count > 0 ? 422 : 200, number == NULL ? tr("New customer") : tr("Edit customer"),
                     "admin/customer_edit.cs");
}

enum err page_customer_new(struct page *page)
{
    const struct customer_form values = {.kind = "company", .country = page->company.id != 0 ? page->company.country : "FR",
        .language = page->company.id != 0 ? page->company.language : "fr"};
    struct form form;

    form_fill(&form, page->ctx, customer_field, CUSTOMER_FIELDS, &values);
    return show_form(page, &form, NULL, 0);
}

enum err page_customer_edit(struct page *page)
{
    struct customer customer;
    struct customer_form values;
    struct form form;
    enum err err = customer_by_number(page->ctx, page->arg[0], &customer);

    if (err != OK)
        return err;
    values = customer_form_of(&customer);
    form_fill(&form, page->ctx, customer_field, CUSTOMER_FIELDS, &values);
    return show_form(page, &form, customer.number, customer.version_id);
}

/* before NULL: a new customer. */
static enum err save(struct page *page, const struct customer *before)
{
    struct once once = admin_once(page, "/admin/customers/{ref}?did=saved");
    struct customer customer = {.id = before != NULL ? before->id : 0};
    struct customer_result result;
    struct customer_form v;
    char vat_id[VAT_ID_BYTES];
    struct form form;

    if (!page_form(page, &form, customer_field, CUSTOMER_FIELDS, &v))
        return OK;
    customer_form_check(&form, &v, vat_id);
    if (form.error_count > 0)
        return show_form(page, &form, before != NULL ? before->number : NULL, v.rev);
    customer_of_form(page->ctx->arena, &v, vat_id, &customer);
    TRY(page->ctx, change_customer(page->ctx, &customer, before != NULL ? v.rev : 0, &once, &result));
    if (result.stale)
        return page_error(page, 409, tr("Somebody else changed this customer meanwhile. Please go back, reload the form and enter your changes again."));
    return page_see(page, "%s", result.url);
}

enum err page_customer_new_post(struct page *page)
{
    return save(page, NULL);
}

enum err page_customer_edit_post(struct page *page)
{
    struct customer customer;
    enum err err = customer_by_number(page->ctx, page->arg[0], &customer);

    return err == OK ? save(page, &customer) : err;
}

/* ---- one customer ---- */

struct vat_form {
    const char *result;
    int32_t checked_on;
    const char *evidence;
};
static const struct field_option vat_option[] = {{"valid", N_("The number is valid"), NULL},
                                                 {"invalid", N_("The number is not valid"), NULL}};
static const struct field vat_field[] = {
    {.kind = FIELD_CHOICE, .name = "result", .label = N_("Result"), .required = true, .options = vat_option,
     .option_count = COUNT_OF(vat_option), .missing = N_("Choose the result of the check"), .offset = offsetof(struct vat_form, result)},
    {.kind = FIELD_DATE, .name = "checked", .label = N_("Checked on"), .required = true,
     .missing = N_("Enter the day of the check"), .offset = offsetof(struct vat_form, checked_on)},
    {.kind = FIELD_TEXT, .name = "evidence", .label = N_("Evidence"), .required = true, .max = 500,
     .hint = N_("The consultation number of VIES, or which document proves it"), .missing = N_("Enter what proves the check"),
     .offset = offsetof(struct vat_form, evidence)},
};

static void fill_details(const struct page *page, HDF *hdf, const struct customer *c)
{
    struct arena *arena = page->ctx->arena;
    HDF *facts = hdf_node(hdf, "Facts");
    int row = 0;

    page_fact(facts, &row, tr("The customer is"), c->is_company ? tr("A company or an organisation") : tr("A private person"));
    page_fact(facts, &row, tr("Contact person"), c->contact_name);
    page_fact(facts, &row, tr("E-mail address"), c->email);
    page_fact(facts, &row, tr("Phone"), c->phone);
    page_fact(facts, &row, tr("Address"),
               arena_printf(arena, "%s%s%s, %s %s, %s", c->street, c->street2[0] != '\0' ? ", " : "", c->street2, c->postal_code,
                            c->city, format_country(arena, page->ctx->language, c->country)));
    page_fact(facts, &row, tr("SIREN number"), c->siren);
    page_fact(facts, &row, tr("VAT number"), c->vat_id);
    page_fact(facts, &row, tr("Segment"), c->segment);
    page_fact(facts, &row, tr("Language"), str_equal(c->language, "fr") ? tr("French") : tr("English"));
}

/* VIES was asked and did not answer yet. */
static enum err fill_silence(struct page *page, HDF *hdf, const struct customer *customer)
{
    struct vat_recheck recheck;
    enum err err = vat_recheck_of(page->ctx, customer->id, &recheck);

    if (err == ERR_NOT_FOUND) {
        ctx_forget_error(page->ctx);
        return OK;
    }
    if (err == OK && recheck.tries > 0 && page->tenant->vies_url[0] != '\0')
        hdf_text(hdf, "Silence", tr_fill(page->ctx->arena, "VIES did not answer ({reason}). It is asked again automatically, next on {when}.",
                                         "reason", recheck.reason, "when", page_instant(page, recheck.next_try_at), NULL));
    return err;
}

static enum err fill_checks(struct page *page, HDF *hdf, const struct customer *customer)
{
    struct vat_check *checks;
    size_t count;

    TRY(page->ctx, vat_checks(page->ctx, customer->id, &checks, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Checks", (int)i);

        hdf_text(node, "number", checks[i].vat_id);
        page_badge(node, checks[i].valid ? "ok" : "bad", checks[i].valid ? tr("Valid") : tr("Not valid"));
        hdf_text(node, "on", str_equal(checks[i].via, "vies") ? page_instant(page, checks[i].checked_at)
                                                              : page_date(page, checks[i].checked_on));
        hdf_text(node, "evidence", checks[i].evidence);
    }
    hdf_flag(hdf, "MayCheck", vat_id_fits(customer->vat_id, customer->country));
    hdf_flag(hdf, "MayAsk", vat_id_fits(customer->vat_id, customer->country) && page->tenant->vies_url[0] != '\0');
    return fill_silence(page, hdf, customer);
}

static enum err fill_credit(struct page *page, HDF *hdf, const struct customer *customer)
{
    struct credit_balance *rows;
    size_t count;

    TRY(page->ctx, credit_balances(page->ctx, customer->id, &rows, &count));
    for (size_t i = 0; i < count; i++)
        hdf_text(hdf_row(hdf, "Credits", (int)i), "text",
                 tr_fill(page->ctx->arena, "This customer has a credit of {amount}. It pays the next invoice first.", "amount",
                         page_money(page, rows[i].left_minor, rows[i].currency), NULL));
    return OK;
}

static enum err fill_quotes(struct page *page, HDF *hdf, const struct customer *customer)
{
    const struct quote_filter filter = {.state = "", .words = "", .customer_id = customer->id, .expires_by_on = DATE_NONE, .limit = 50};
    struct quote_list_row *rows;
    size_t count;

    TRY(page->ctx, quote_list(page->ctx, &filter, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Quotes", (int)i);
        const struct quote_facts facts = {.state = rows[i].state, .version_is_current = true,
            .valid_until_on = rows[i].valid_until_on, .today_on = page->ctx->today_on};

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/quotes/%s", rows[i].number));
        hdf_text(node, "number", rows[i].number);
        page_quote_badge(node, quote_state_now(&facts));
        hdf_text(node, "amount", page_money(page, rows[i].today_minor, rows[i].currency));
        hdf_text(node, "on", page_date(page, rows[i].created_on));
    }
    return OK;
}

static enum err fill_contracts(struct page *page, HDF *hdf, const struct customer *customer)
{
    struct customer_subscription *subscriptions;
    struct customer_invoice *invoices;
    size_t count;

    TRY(page->ctx, customer_subscriptions(page->ctx, customer->id, &subscriptions, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Subscriptions", (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/subscriptions/%s", subscriptions[i].number));
        hdf_text(node, "number", subscriptions[i].number);
        hdf_text(node, "plan", subscriptions[i].plan_name);
        view_subscription_state(node, subscriptions[i].state);
        hdf_text(node, "amount", page_money(page, subscriptions[i].period_minor, subscriptions[i].currency));
        hdf_text(node, "next", page_date(page, subscriptions[i].due_on));
    }
    TRY(page->ctx, customer_invoices(page->ctx, customer->id, &invoices, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Invoices", (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/invoices/%s", invoices[i].number));
        hdf_text(node, "number", invoices[i].number);
        page_document_badge(page, node, invoices[i].state, invoices[i].open_minor, invoices[i].due_on);
        hdf_text(node, "amount", page_document_money(page, invoices[i].state, invoices[i].total_minor, invoices[i].currency));
        hdf_text(node, "on", page_date(page, invoices[i].issued_on));
    }
    return OK;
}

static enum err show_customer(struct page *page, const struct customer *customer, const struct form *form)
{
    HDF *hdf = page_tree(page);

    view_form(page->ctx, hdf, form);
    hdf_text(hdf, "Customer.name", customer->name);
    hdf_text(hdf, "Customer.number", customer->number);
    hdf_flag(hdf, "Customer.archived", str_equal(customer->state, "archived"));
    fill_details(page, hdf, customer);
    TRY(page->ctx, fill_credit(page, hdf, customer));
    TRY(page->ctx, fill_checks(page, hdf, customer));
    TRY(page->ctx, fill_quotes(page, hdf, customer));
    TRY(page->ctx, fill_contracts(page, hdf, customer));
    TRY(page->ctx, admin_timeline(page, hdf, ABOUT_CUSTOMER, customer->id));
    return page_show(page, form->error_count > 0 ? 422 : 200, customer->name, "admin/customer.cs");
}

enum err page_customer(struct page *page)
{
    const struct vat_form values = {"valid", page->ctx->today_on, ""};
    struct customer customer;
    struct form form;
    enum err err = customer_by_number(page->ctx, page->arg[0], &customer);

    if (err != OK)
        return err;
    admin_flash(page);
    form_fill(&form, page->ctx, vat_field, COUNT_OF(vat_field), &values);
    return show_customer(page, &customer, &form);
}

enum err page_customer_vat_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/customers/{ref}?did=checked");
    struct customer_result result;
    struct vat_check_entry entry;
    struct customer customer;
    struct vat_form values;
    struct form form;
    enum err err = customer_by_number(page->ctx, page->arg[0], &customer);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, vat_field, &values))
        return OK;
    if (values.checked_on != DATE_NONE && values.checked_on > page->ctx->today_on)
        form_error(&form, "checked", tr("The day of the check lies in the future"));
    if (form.error_count > 0)
        return show_customer(page, &customer, &form);
    entry = (struct vat_check_entry){customer.id, str_equal(values.result, "valid"), values.checked_on, values.evidence};
    TRY(page->ctx, record_vat_check(page->ctx, &entry, &once, &result));
    if (result.no_vat_id)
        return page_error(page, 409, tr("The customer has no VAT number of their country any more."));
    return page_see(page, "%s", result.url);
}

enum err page_customer_vies_post(struct page *page)
{
    static const struct field none[] = {{.kind = FIELD_INTEGER, .name = "rev", .min = 0, .max = INT64_MAX}};
    struct once once = admin_once(page, "/admin/customers/{ref}?did=asked#vat");
    struct vat_asking result;
    struct customer customer;
    int64_t values;
    struct form form;
    enum err err = customer_by_number(page->ctx, page->arg[0], &customer);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, none, &values))
        return OK;
    if (page->tenant->vies_url[0] == '\0')
        return page_error(page, 409, tr("VIES is not set up for this house: record your own check instead."));
    TRY(page->ctx, ask_about_customer(page->ctx, customer.id, VIES_TIMEOUT_MS, &once, &result));
    if (result.url == NULL)
        return page_error(page, 409, tr("The customer has no VAT number of their country any more."));
    return page_see(page, "%s", result.url);
}
