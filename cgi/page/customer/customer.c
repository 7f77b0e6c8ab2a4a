#include "page/customer/customer.h"

#include <string.h>

#include "base/str.h"
#include "store/claim.h"
#include "store/credit.h"
#include "store/deposit.h"
#include "store/payable.h"
#include "text/words.h"

struct once customer_once(const struct page *page, const char *to)
{
    return (struct once){page_once(page)[0] != '\0' ? page_once(page) : NULL, to};
}

enum err visible_offer(struct page *page, const char *number, struct offer *offer)
{
    enum err err = load_offer_by_number(page->ctx, number, 0, offer);

    if (err != OK)
        return err;
    /* A draft is nobody's but the seller's, whatever the visit holds. */
    if (offer->quote.state == QUOTE_DRAFT || !page_may(page, offer->quote.id, 0, offer->quote.customer_id))
        return ERR_NOT_FOUND;
    return OK;
}

enum err quote_of_order(struct page *page, int64_t order_id, int64_t customer_id, int64_t *quote_id)
{
    struct sales_order order;

    *quote_id = 0;
    if (order_id == 0)
        return OK;
    TRY(page->ctx, order_by_id(page->ctx, order_id, &order));
    if (order.customer_id == customer_id)
        *quote_id = order.quote_id;
    return OK;
}

enum err visible_subscription(struct page *page, const char *number, struct subscription *subscription)
{
    int64_t quote_id;
    enum err err = subscription_by_number(page->ctx, number, subscription);

    if (err != OK)
        return err;
    TRY(page->ctx, quote_of_order(page, subscription->order_id, subscription->customer_id, &quote_id));
    return page_may(page, quote_id, 0, subscription->customer_id) ? OK : ERR_NOT_FOUND;
}

static enum err may_see(struct page *page, const struct invoice *invoice)
{
    struct subscription subscription;
    struct credit_note note;
    struct deposit deposit;
    struct invoice corrected;
    int64_t order_id;
    int64_t quote_id;

    if (str_equal(invoice->kind, "credit_note")) { /* whoever may see the invoice may see what corrects it */
        TRY(page->ctx, credit_note_of(page->ctx, invoice->id, &note));
        return visible_invoice(page, note.corrected_number, &corrected);
    }
    order_id = invoice->order_id;
    if (str_equal(invoice->kind, "deposit")) {
        TRY(page->ctx, deposit_of(page->ctx, invoice->id, &deposit));
        order_id = deposit.order_id;
    }
    if (order_id == 0 && invoice->subscription_id != 0) {
        TRY(page->ctx, subscription_by_id(page->ctx, invoice->subscription_id, &subscription));
        order_id = subscription.order_id;
    }
    TRY(page->ctx, quote_of_order(page, order_id, invoice->customer_id, &quote_id));
    return page_may(page, quote_id, invoice->id, invoice->customer_id) ? OK : ERR_NOT_FOUND;
}

enum err visible_invoice(struct page *page, const char *number, struct invoice *invoice)
{
    enum err err = invoice_by_number(page->ctx, number, invoice);

    return err == OK ? may_see(page, invoice) : err;
}

enum err visible_asked(struct page *page, const char *ref, struct invoice *invoice)
{
    enum err err = asked_by_ref(page->ctx, ref, invoice);

    return err == OK ? may_see(page, invoice) : err;
}

int64_t grant_link(const struct page *page, const char *kind, int64_t object_id)
{
    for (size_t i = 0; i < page->visit.grant_count; i++)
        if (str_equal(page->visit.grants[i].kind, kind) && page->visit.grants[i].object_id == object_id)
            return page->visit.grants[i].link_id;
    return 0;
}

void add_document(HDF *hdf, int *row, const char *href, const char *name)
{
    HDF *node = hdf_row(hdf, "Documents", (*row)++);

    hdf_text(node, "href", href);
    hdf_text(node, "name", name);
    hdf_text(node, "type", "PDF");
}
