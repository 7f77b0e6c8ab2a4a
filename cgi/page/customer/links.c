/* links: coming in through a mailed link, asking for a new one, leaving; terms and legal notice. */
#include <string.h>

#include "base/str.h"
#include "page/admin/admin.h"
#include "page/customer/customer.h"
#include "service/offer_paper.h"
#include "service/visiting.h"
#include "text/words.h"

static char *visit_cookie(const struct page *page)
{
    return arena_printf(page->ctx->arena, "__Host-visit%s", page->tenant->cookie_suffix);
}

/* ---- a new link ---- */

struct link_form {
    const char *email;
    const char *number;
};
static const struct field link_field[] = {
    {.kind = FIELD_EMAIL, .name = "email", .label = N_("E-mail address"), .required = true, .max = 254, .autocomplete = "email",
     .hint = N_("The one that our e-mails go to."), .missing = N_("Enter your e-mail address"), .offset = offsetof(struct link_form, email)},
    {.kind = FIELD_TEXT, .name = "number", .label = N_("Number of a document"), .required = true, .max = 40,
     .hint = N_("Of a quote, an invoice or a subscription, such as Q-2026-00042."), .missing = N_("Enter the number of a document"),
     .offset = offsetof(struct link_form, number)},
};

static enum err show_link_form(struct page *page, const struct form *form, bool dead, int status)
{
    HDF *hdf = page_tree(page);

    view_form(page->ctx, hdf, form);
    hdf_flag(hdf, "Dead", dead);
    if (str_equal(page_query(page, "did"), "link"))
        layout_flash(hdf, "ok", tr("If the address and the number belong together, an e-mail with a link is on its way. The link works once, for 15 minutes."),
                     NULL, NULL);
    return page_show(page, status, dead ? tr("This link no longer works") : tr("Get a new link"), "portal/link.cs");
}

static enum err show_dead(struct page *page)
{
    const struct link_form values = {"", ""};
    struct form form;

    form_fill(&form, page->ctx, link_field, COUNT_OF(link_field), &values);
    return show_link_form(page, &form, true, 404);
}

enum err page_link(struct page *page)
{
    struct opened opened;

    if (page->request->method == METHOD_HEAD) /* mail scanners look before people do */
        return page_see(page, "/link");
    TRY(page->ctx, open_link(page->ctx, page->arg[0], pair_value(&page->request->cookies, visit_cookie(page)), &opened));
    switch (opened.opening) {
    case OPENING_DONE:
        respond_cookie(page->response, visit_cookie(page), opened.cookie, -1);
        return page_see(page, "%s", opened.path);
    case OPENING_RESET: return open_reset_link(page, page->arg[0]);
    case OPENING_TOO_MANY: return page_error(page, 429, NULL);
    case OPENING_DEAD: break;
    }
    return show_dead(page);
}

enum err page_link_new(struct page *page)
{
    const struct link_form values = {"", ""};
    struct form form;

    form_fill(&form, page->ctx, link_field, COUNT_OF(link_field), &values);
    return show_link_form(page, &form, false, 200);
}

enum err page_link_new_post(struct page *page)
{
    struct once once = customer_once(page, "/link?did=link");
    struct link_form values;
    struct form form;
    const char *url;

    if (!PAGE_FORM(page, &form, link_field, &values))
        return OK;
    if (form.error_count > 0)
        return show_link_form(page, &form, false, 422);
    TRY(page->ctx, request_link(page->ctx, values.email, values.number, &once, &url));
    return page_see(page, "%s", url);
}

enum err page_leave_post(struct page *page)
{
    TRY(page->ctx, end_visit(page->ctx, page->visit.id));
    respond_cookie(page->response, visit_cookie(page), "", 0);
    return page_see(page, "/link");
}

/* ---- legal pages ---- */

enum err page_terms(struct page *page)
{
    HDF *hdf = page_tree(page);

    hdf_text(hdf, "Text", page->company.id != 0 ? page->company.terms : "");
    return page_show(page, 200, tr("Terms of sale"), "legal/text.cs");
}

/* Who runs this site: LCEN art. 6 III (France), directive 2000/31/EC art. 5. */
enum err page_notice(struct page *page)
{
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    const struct company *c = &page->company;
    int row = 0;

    if (c->id != 0) {
        page_fact(facts, &row, tr("Company"), str_trim(page->ctx->arena, arena_printf(page->ctx->arena, "%s %s", c->name, c->legal_form)));
        page_fact(facts, &row, tr("Address"),
                  paper_address(page->ctx->arena, page->ctx->language, c->street, c->street2, c->postal_code, c->city, c->country));
        page_fact(facts, &row, tr("Share capital"), c->capital);
        page_fact(facts, &row, tr("SIREN number"), c->siren);
        page_fact(facts, &row, tr("Town of the trade register"), c->register_city);
        page_fact(facts, &row, tr("VAT number"), c->vat_id);
        page_fact(facts, &row, tr("E-mail address"), c->email);
        page_fact(facts, &row, tr("Phone"), c->phone);
        page_fact(facts, &row, tr("Website"), c->website);
    }
    return page_show(page, 200, tr("Legal notice"), "legal/text.cs");
}
