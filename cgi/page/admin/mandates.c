/* mandates: a customer's direct debit mandates for the seller: what is offered, what is signed, what the customer's bank
 * confirmed, what is revoked. */
#include "base/str.h"
#include "core/date.h"
#include "page/admin/admin.h"
#include "page/mandate_view.h"
#include "service/mandating.h"
#include "store/customer.h"
#include "store/debit.h"
#include "text/words.h"

enum { MANDATES_MAX = 50 };

struct scheme_form {
    const char *scheme;
};
static const struct field_option scheme_option[] = {
    {"core", N_("SEPA Core"), N_("For everybody; the payer can have a debit back within 8 weeks")},
    {"b2b", N_("SEPA B2B, between businesses"), N_("No refund; the customer's bank must know the mandate before the first debit")},
};
static const struct field scheme_field[] = {
    {.kind = FIELD_CHOICE, .name = "scheme", .label = N_("The next mandate is"), .required = true, .options = scheme_option,
     .option_count = COUNT_OF(scheme_option), .offset = offsetof(struct scheme_form, scheme)},
};
struct confirm_form {
    int32_t on;
};
static const struct field confirm_field[] = {
    {.kind = FIELD_DATE, .name = "on", .label = N_("Confirmed on"), .required = true, .offset = offsetof(struct confirm_form, on)},
};
static enum err show_mandates(struct page *page, const struct customer *c, const struct form *form)
{
    HDF *hdf = page_tree(page);
    struct mandate *rows;
    size_t count;

    hdf_text(hdf, "Customer.number", c->number);
    hdf_text(hdf, "Customer.name", c->name);
    hdf_flag(hdf, "Customer.company", c->is_company);
    TRY(page->ctx, mandates_of_customer(page->ctx, c->id, MANDATES_MAX, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Mandates", (int)i);
        bool alive = str_equal(rows[i].state, "active") || str_equal(rows[i].state, "suspended");

        TRY(page->ctx, view_mandate(page, node, &rows[i], arena_printf(page->ctx->arena, "/admin/mandates/%s", rows[i].reference)));
        hdf_flag(node, "confirms", str_equal(rows[i].scheme, "b2b") && str_equal(rows[i].state, "active") && rows[i].confirmed_on == DATE_NONE);
        hdf_flag(node, "revokes", alive);
    }
    admin_flash(page);
    if (form->error_count > 0)
        return page_show_form(page, form, tr("Direct debit"), "admin/mandates.cs");
    view_form(page->ctx, hdf, form);
    return page_show(page, 200, tr("Direct debit"), "admin/mandates.cs");
}

enum err page_mandates(struct page *page)
{
    struct scheme_form values;
    struct customer c;
    struct form form;
    enum err err = customer_by_number(page->ctx, page->arg[0], &c);

    if (err != OK)
        return err;
    TRY(page->ctx, debit_scheme_of(page->ctx, c.id, &values.scheme));
    form_fill(&form, page->ctx, scheme_field, COUNT_OF(scheme_field), &values);
    return show_mandates(page, &c, &form);
}

enum err page_mandates_post(struct page *page)
{
    struct scheme_change change;
    struct scheme_form values;
    struct customer c;
    struct once once;
    struct form form;
    enum err err = customer_by_number(page->ctx, page->arg[0], &c);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, scheme_field, &values))
        return OK;
    if (form.error_count > 0)
        return show_mandates(page, &c, &form);
    once = admin_once(page, arena_printf(page->ctx->arena, "/admin/customers/%s/debit?did=saved", c.number));
    change = (struct scheme_change){.customer_id = c.id, .scheme = values.scheme};
    TRY(page->ctx, change_debit_scheme(page->ctx, &change, &once));
    if (change.refusal == MANDATE_NOT_REFUSED)
        return page_see(page, "%s", change.url);
    form_error(&form, "scheme", tr(mandate_refusal_text(change.refusal)));
    return show_mandates(page, &c, &form);
}

/* ---- one of them ---- */

static enum err load(struct page *page, struct mandate *m, struct customer *c)
{
    enum err err = mandate_by_reference(page->ctx, page->arg[0], m);

    if (err == OK && str_equal(m->state, "draft"))
        err = ERR_NOT_FOUND;
    return err == OK ? customer_by_id(page->ctx, m->customer_id, c) : err;
}

static const char *back_to(struct page *page, const struct customer *c, const char *did)
{
    return arena_printf(page->ctx->arena, "/admin/customers/%s/debit?did=%s", c->number, did);
}

static enum err show_confirm(struct page *page, const struct mandate *m, const struct customer *c, const struct form *form)
{
    HDF *hdf = page_tree(page);

    hdf_text(hdf, "Customer.number", c->number);
    hdf_text(hdf, "Customer.name", c->name);
    TRY(page->ctx, view_mandate(page, hdf, m, ""));
    if (form->error_count > 0)
        return page_show_form(page, form, tr("Confirmation of the customer's bank"), "admin/mandate_confirm.cs");
    view_form(page->ctx, hdf, form);
    return page_show(page, 200, tr("Confirmation of the customer's bank"), "admin/mandate_confirm.cs");
}

enum err page_mandate_confirm(struct page *page)
{
    struct confirm_form values = {page->ctx->today_on};
    struct customer c;
    struct mandate m;
    struct form form;
    enum err err = load(page, &m, &c);

    if (err != OK)
        return err;
    form_fill(&form, page->ctx, confirm_field, COUNT_OF(confirm_field), &values);
    return show_confirm(page, &m, &c, &form);
}

enum err page_mandate_confirm_post(struct page *page)
{
    struct confirm_form values;
    struct mandate_act act;
    struct customer c;
    struct mandate m;
    struct once once;
    struct form form;
    enum err err = load(page, &m, &c);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, confirm_field, &values))
        return OK;
    if (form.error_count == 0 && (values.on < m.signed_on || values.on > page->ctx->today_on))
        form_error(&form, "on", tr("A day from the signature to today"));
    if (form.error_count > 0)
        return show_confirm(page, &m, &c, &form);
    once = admin_once(page, back_to(page, &c, "mandate_confirmed"));
    act = (struct mandate_act){.reference = m.reference, .on = values.on};
    TRY(page->ctx, confirm_mandate(page->ctx, &act, &once));
    return act.refusal == MANDATE_NOT_REFUSED ? page_see(page, "%s", act.url) : page_error(page, 409, tr(mandate_refusal_text(act.refusal)));
}

enum err page_mandate_revoke_post(struct page *page)
{
    struct mandate_act act;
    struct customer c;
    struct mandate m;
    struct once once;
    enum err err = load(page, &m, &c);

    if (err != OK)
        return err;
    if (!page_press(page))
        return OK;
    once = admin_once(page, back_to(page, &c, "mandate_revoked"));
    act = (struct mandate_act){.reference = m.reference};
    TRY(page->ctx, revoke_mandate(page->ctx, &act, &once));
    return act.refusal == MANDATE_NOT_REFUSED ? page_see(page, "%s", act.url) : page_error(page, 409, tr(mandate_refusal_text(act.refusal)));
}

enum err page_mandate_pdf(struct page *page)
{
    struct customer c;
    struct mandate m;
    enum err err = load(page, &m, &c);

    return err == OK ? page_document(page, "mandate", m.payment_method_id, m.reference) : err;
}

enum err page_mandate_change_pdf(struct page *page)
{
    struct mandate_change change;
    struct customer c;
    struct mandate m;
    long long id;
    enum err err = load(page, &m, &c);

    if (err == OK)
        err = str_to_i64(page->arg[1], 1, INT64_MAX, &id) ? mandate_change_by_id(page->ctx, id, &change) : ERR_NOT_FOUND;
    if (err == OK && (change.payment_method_id != m.payment_method_id || change.signed_at == 0))
        err = ERR_NOT_FOUND;
    return err == OK ? page_document(page, "mandate_amendment", change.id, m.reference) : err;
}
