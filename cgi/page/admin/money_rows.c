#include "page/admin/money_rows.h"

#include "base/str.h"
#include "core/money.h"
#include "text/words.h"
#include "store/claim.h"

enum { INVOICES_MAX = 50 };

const struct money_view *money_views(struct page *page, HDF *hdf, const char *path, const struct money_view *views, size_t count)
{
    const char *name = page_query(page, "view");
    const struct money_view *now = NULL;

    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Views", (int)i);

        if (str_equal(name, views[i].name))
            now = &views[i];
        hdf_text(node, "name", tr(views[i].label));
        hdf_text(node, "href", views[i].name[0] == '\0' ? path : arena_printf(page->ctx->arena, "%s?view=%s", path, views[i].name));
        hdf_flag(node, "on", now == &views[i]);
    }
    return now;
}

void money_pager(const struct page *page, HDF *hdf, const char *path, int64_t before_id)
{
    hdf_text(hdf, "Pager.text", tr("Newest first"));
    hdf_text(hdf, "Pager.next", arena_printf(page->ctx->arena, "%s&before=%lld", path, (long long)before_id));
}

void money_invoice_row(const struct page *page, HDF *node, const struct invoice_list_row *row)
{
    hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/invoices/%s", row->number));
    hdf_text(node, "number", row->number);
    hdf_text(node, "customer", row->customer_name);
    hdf_text(node, "on", page_date(page, row->issued_on));
    hdf_text(node, "due", page_date(page, row->due_on));
    hdf_text(node, "total", page_document_money(page, row->state, row->total_minor, row->currency));
    if (row->open_minor > 0)
        hdf_text(node, "open", page_money(page, row->open_minor, row->currency));
    hdf_text(node, "corrects", row->corrected_number);
    page_document_badge(page, hdf_node(node, "state"), row->state, row->open_minor, row->due_on);
}

enum err money_invoices(struct page *page, HDF *hdf, int64_t customer_id, int64_t subscription_id)
{
    struct invoice_list_row *rows;
    size_t count;

    TRY(page->ctx, invoice_list(page->ctx, "", customer_id, subscription_id, 0, INVOICES_MAX, &rows, &count));
    for (size_t i = 0; i < count; i++)
        money_invoice_row(page, hdf_row(hdf, "Invoices", (int)i), &rows[i]);
    return OK;
}

enum err money_document_fact(struct page *page, HDF *facts, int *row, const char *label, int64_t invoice_id)
{
    struct invoice invoice;

    if (invoice_id == 0)
        return OK;
    TRY(page->ctx, asked_invoice(page->ctx, invoice_id, &invoice));
    if (invoice_is_claim(&invoice))
        page_link_fact(facts, row, tr("Subscription"), invoice.number, arena_printf(page->ctx->arena, "/admin/subscriptions/%s", invoice.number));
    else
        page_link_fact(facts, row, label, invoice.number, arena_printf(page->ctx->arena, "/admin/invoices/%s", invoice.number));
    return OK;
}
