/* portal: what a customer has: subscriptions, cards, invoices. Shows everything that the visit's grants
 * open: a whole customer, or what grew from one quote. */
#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "core/subscription.h"
#include "page/customer/customer.h"
#include "page/subscription_view.h"
#include "service/card_replacing.h"
#include "service/gateway_request.h"
#include "service/renewal_preview.h"
#include "store/claim.h"
#include "store/credit.h"
#include "store/customer.h"
#include "store/debit.h"
#include "store/deposit.h"
#include "store/payable.h"
#include "store/quote.h"
#include "store/refund.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

enum { INVOICES_MAX = 50, OFFERS_MAX = 20 };

/* What went back of a credit note, or of an invoice that is open again. */
static enum err add_refunded(struct page *page, HDF *node, int64_t document_id, bool note, const char *currency)
{
    struct refund *rows;
    int64_t sum = 0;
    size_t count;

    TRY(page->ctx, note ? refunds_of_note(page->ctx, document_id, &rows, &count) : refunds_about_invoice(page->ctx, document_id, &rows, &count));
    for (size_t i = 0; i < count; i++)
        sum += rows[i].state == REFUND_SUCCEEDED && (note || rows[i].invoice_id == document_id) ? rows[i].amount_minor : 0;
    if (sum > 0)
        hdf_text(node, "refunded", tr_fill(page->ctx->arena, "Refunded: {amount}", "amount", page_money(page, sum, currency), NULL));
    return OK;
}

/* Of those that are open, what is known of their payment. */
static enum err open_facts(struct page *page, const struct invoice_list_row *rows, size_t count, struct asked **facts, size_t *fact_count)
{
    int64_t *ids = ARENA_ARRAY(page->ctx->arena, int64_t, count + 1);
    size_t open = 0;

    *fact_count = 0;
    for (size_t i = 0; i < count; i++)
        if (rows[i].open_minor > 0)
            ids[open++] = rows[i].id;
    return open == 0 ? OK : asked_facts(page->ctx, ids, open, facts, fact_count);
}

/* The day of the direct debit that pays an invoice; DATE_NONE without one. */
static int32_t debit_day(const struct asked *facts, size_t count, int64_t invoice_id)
{
    for (size_t i = 0; i < count; i++)
        if (facts[i].invoice_id == invoice_id)
            return facts[i].debit_on;
    return DATE_NONE;
}

static enum err add_invoices(struct page *page, HDF *hdf, int *row, int64_t customer_id, int64_t subscription_id)
{
    struct arena *arena = page->ctx->arena;
    struct invoice_list_row *rows;
    struct asked *facts = NULL;
    size_t fact_count;
    size_t count;

    TRY(page->ctx, invoice_list(page->ctx, "", customer_id, subscription_id, 0, INVOICES_MAX, &rows, &count));
    TRY(page->ctx, open_facts(page, rows, count, &facts, &fact_count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Invoices", (*row)++);
        int32_t debit_on = debit_day(facts, fact_count, rows[i].id);
        bool open = rows[i].open_minor > 0;
        bool late = open && rows[i].due_on < page->ctx->today_on;

        hdf_text(node, "number", rows[i].number);
        hdf_text(node, "on", page_date(page, rows[i].issued_on));
        hdf_text(node, "total", page_document_money(page, rows[i].state, rows[i].total_minor, rows[i].currency));
        if (str_equal(rows[i].state, "credit"))
            page_badge(hdf_node(node, "badge"), "info", tr_fill(arena, "Credit note for {number}", "number", rows[i].corrected_number, NULL));
        else if (str_equal(rows[i].state, "deposit"))
            page_badge(hdf_node(node, "badge"), "ok", tr("Deposit paid"));
        else if (debit_on != DATE_NONE)
            page_badge(hdf_node(node, "badge"), "info", tr_fill(arena, "Direct debit on {date}", "date", page_date(page, debit_on), NULL));
        else
            page_badge(hdf_node(node, "badge"), !open ? "ok" : late ? "bad" : "warn", !open ? tr("Paid") : late ? tr("Overdue") : tr("To pay"));
        if (open || str_equal(rows[i].state, "credit"))
            TRY(page->ctx, add_refunded(page, node, rows[i].id, str_equal(rows[i].state, "credit"), rows[i].currency));
        if (rows[i].has_pdf)
            hdf_text(node, "pdf", arena_printf(arena, "/my/invoices/%s.pdf", rows[i].number));
        if (open && debit_on == DATE_NONE) {
            hdf_text(node, "pay", arena_printf(arena, "/pay/%s", rows[i].number));
            hdf_text(node, "press", tr_fill(arena, "Pay {amount}", "amount", page_money(page, rows[i].open_minor, rows[i].currency), NULL));
        }
    }
    return OK;
}

static enum err add_subscription(struct page *page, HDF *hdf, int *row, const struct subscription *s)
{
    struct arena *arena = page->ctx->arena;
    HDF *node = hdf_row(hdf, "Subscriptions", (*row)++);
    struct recurrence every = {recurrence_unit_from_name(s->unit), s->count};
    struct renewal_preview next;
    const char *card;
    const char *card_state;
    int64_t left_minor;
    bool claimed;

    TRY(page->ctx, preview_renewal(page->ctx, s, &next));
    TRY(page->ctx, view_method(page, s->payment_method_id, &card, &card_state));
    hdf_text(node, "number", s->number);
    hdf_text(node, "href", arena_printf(arena, "/my/subscriptions/%s", s->number));
    hdf_text(node, "price", tr_fill(arena, "{amount} {period}, excl. VAT", "amount", page_money(page, s->period_minor, s->currency), "period",
                                    phrase_per(arena, every), NULL));
    view_subscription_state(hdf_node(node, "badge"), s->state);
    TRY(page->ctx, view_claim(page, hdf_node(node, "claim"), s, &claimed));
    if (next.due_on != DATE_NONE && !claimed)
        hdf_text(node, "next", tr_fill(arena, "Next invoice on {date}: {amount}", "date", page_date(page, next.due_on), "amount",
                                       page_money(page, next.total_minor, s->currency), NULL));
    TRY(page->ctx, deposit_left(page->ctx, s->id, &left_minor));
    if (left_minor > 0)
        hdf_text(node, "deposit", tr_fill(arena, "Your deposit of {amount} is deducted from it.", "amount", page_money(page, left_minor, s->currency), NULL));
    hdf_text(node, "card", card);
    return OK;
}

/* A quote that waits for its customer. */
static enum err add_offer(struct page *page, HDF *hdf, int64_t quote_id, int *quotes)
{
    struct offer offer;
    HDF *node;

    TRY(page->ctx, load_offer(page->ctx, quote_id, 0, &offer));
    if (offer.quote.state != QUOTE_SENT && offer.quote.state != QUOTE_SIGNED)
        return OK;
    node = hdf_row(hdf, "Quotes", (*quotes)++);
    hdf_text(node, "number", offer_number(page->ctx->arena, &offer));
    hdf_text(node, "href", arena_printf(page->ctx->arena, "/q/%s", offer.quote.number));
    hdf_text(node, "kind", tr(quote_kind_text(offer.quote.kind)));
    hdf_text(node, "contract", offer.quote.contract_number);
    hdf_text(node, "total", page_money(page, offer.totals.today.gross_minor, offer.version.currency));
    page_quote_badge(hdf_node(node, "badge"), offer.state_now);
    return OK;
}

/* Contracts that are on the page: several quotes may lead to one. */
struct shown {
    int64_t *ids;
    size_t count;
};

static bool is_shown(struct shown *shown, int64_t subscription_id)
{
    for (size_t i = 0; i < shown->count; i++)
        if (shown->ids[i] == subscription_id)
            return true;
    shown->ids[shown->count++] = subscription_id;
    return false;
}

/* A quote that still waits, or the subscription that grew from it or that it changed. */
static enum err add_quote(struct page *page, HDF *hdf, int64_t quote_id, struct shown *shown, int *quotes, int *subscriptions, int *invoices)
{
    struct sales_order order;
    struct subscription s;
    struct invoice invoice;
    enum err err;

    TRY(page->ctx, add_offer(page, hdf, quote_id, quotes));
    err = order_of_quote(page->ctx, quote_id, &order);
    if (err == ERR_NOT_FOUND)
        return OK;
    if (err != OK)
        return err;
    err = subscription_of_order(page->ctx, order.id, &s);
    if (err == OK) {
        if (is_shown(shown, s.id))
            return OK;
        if (s.customer_id == order.customer_id) /* else it is another's by now */
            TRY(page->ctx, add_subscription(page, hdf, subscriptions, &s));
        return add_invoices(page, hdf, invoices, order.customer_id, s.id);
    }
    if (err != ERR_NOT_FOUND)
        return err;
    TRY(page->ctx, invoice_of_order(page->ctx, order.id, &invoice));
    hdf_text(hdf_row(hdf, "Quotes", (*quotes)++), "number", invoice.number);
    return OK;
}

static enum err add_customer(struct page *page, HDF *hdf, int64_t customer_id, int *quotes, int *subscriptions, int *invoices)
{
    struct waiting_quote *offers;
    struct subscription *rows;
    struct credit_balance *credits;
    struct customer customer;
    size_t count;

    TRY(page->ctx, customer_by_id(page->ctx, customer_id, &customer));
    hdf_text(hdf, "Me.name", customer.name);
    TRY(page->ctx, credit_balances(page->ctx, customer_id, &credits, &count));
    for (size_t i = 0; i < count; i++)
        hdf_text(hdf_row(hdf, "Credits", (int)i), "text",
                 tr_fill(page->ctx->arena, "You have a credit of {amount}. It pays your next invoice first.", "amount",
                         page_money(page, credits[i].left_minor, credits[i].currency), NULL));
    TRY(page->ctx, quotes_waiting(page->ctx, customer_id, OFFERS_MAX, &offers, &count));
    for (size_t i = 0; i < count; i++)
        TRY(page->ctx, add_offer(page, hdf, offers[i].id, quotes));
    TRY(page->ctx, subscriptions_of_customer(page->ctx, customer_id, &rows, &count));
    for (size_t i = 0; i < count; i++)
        TRY(page->ctx, add_subscription(page, hdf, subscriptions, &rows[i]));
    return add_invoices(page, hdf, invoices, customer_id, 0);
}

static bool manages(const struct page *page, int64_t customer_id)
{
    return page_may(page, 0, 0, customer_id);
}

/* What a link to pay leads to, for who may see no more: an invoice, or what is asked for before there is one. */
static enum err add_asked(struct page *page, HDF *hdf, int64_t invoice_id, int *row)
{
    struct arena *arena = page->ctx->arena;
    struct invoice invoice;
    enum err err = asked_invoice(page->ctx, invoice_id, &invoice);
    bool claim;
    HDF *node;

    if (err == ERR_NOT_FOUND) { /* asked for no more */
        ctx_forget_error(page->ctx);
        return OK;
    }
    TRY(page->ctx, err);
    if (manages(page, invoice.customer_id))
        return OK;
    claim = invoice_is_claim(&invoice);
    node = hdf_row(hdf, "Invoices", (*row)++);
    hdf_text(node, "number", claim ? tr_fill(arena, "Renewal of {number}", "number", invoice.number, NULL) : invoice.number);
    hdf_text(node, "on", page_date(page, invoice.issued_on));
    hdf_text(node, "total", page_money(page, invoice.total_minor, invoice.currency));
    hdf_text(node, "pay", arena_printf(arena, "/pay/%s", claim ? claim_ref(page->ctx, invoice_id) : invoice.number));
    hdf_text(node, "press", tr("View"));
    return OK;
}

enum err page_my(struct page *page)
{
    HDF *hdf = page_tree(page);
    int subscriptions = 0;
    int invoices = 0;
    int quotes = 0;
    struct shown shown = {ARENA_ARRAY(page->ctx->arena, int64_t, page->visit.grant_count + 1), 0};

    for (size_t i = 0; i < page->visit.grant_count; i++) {
        const struct grant *grant = &page->visit.grants[i];
        struct quote quote;

        if (str_equal(grant->kind, "manage")) {
            TRY(page->ctx, add_customer(page, hdf, grant->object_id, &quotes, &subscriptions, &invoices));
        } else if (str_equal(grant->kind, "quote")) {
            TRY(page->ctx, quote_by_id(page->ctx, grant->object_id, &quote));
            if (!manages(page, quote.customer_id))
                TRY(page->ctx, add_quote(page, hdf, quote.id, &shown, &quotes, &subscriptions, &invoices));
        } else {
            TRY(page->ctx, add_asked(page, hdf, grant->object_id, &invoices));
        }
    }
    return page_show(page, 200, tr("Your subscriptions"), "portal/my.cs");
}

/* ---- one subscription ---- */

/* A new card takes the place of the old one wherever that one pays: said before it is done. */
static enum err other_users(struct page *page, HDF *hdf, const struct subscription *s)
{
    struct str numbers = str_new(page->ctx->arena);
    struct method_user *users;
    struct payment_method method;
    size_t count;

    if (s->payment_method_id == 0 || str_equal(s->state, "ended"))
        return OK;
    TRY(page->ctx, payment_method_by_id(page->ctx, s->payment_method_id, &method));
    if (!str_equal(method.gateway, "stripe"))
        return OK;
    TRY(page->ctx, method_users(page->ctx, s->payment_method_id, &users, &count));
    for (size_t i = 0; i < count; i++)
        if (users[i].id != s->id && users[i].customer_id == s->customer_id && !users[i].ended)
            str_printf(&numbers, "%s%s", numbers.bytes > 0 ? ", " : "", users[i].number);
    if (numbers.bytes > 0)
        hdf_text(hdf, "Sub.also", tr_fill(page->ctx->arena, "A new card also pays for your other subscriptions with this card: {numbers}", "numbers", numbers.text, NULL));
    return OK;
}

enum err page_my_subscription(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct debit_terms terms;
    struct subscription s;
    const char *card;
    bool debited = false;
    int row = 0;
    enum err err = visible_subscription(page, page->arg[0], &s);

    if (err != OK)
        return err;
    TRY(page->ctx, view_subscription(page, hdf, &s, &card));
    hdf_flag(hdf, "Sub.pays", page->tenant->gateway_base[0] != '\0' && !str_equal(s.state, "ended"));
    TRY(page->ctx, other_users(page, hdf, &s));
    TRY(page->ctx, debit_terms(page->ctx, &terms));
    hdf_flag(hdf, "Sub.debits", terms.creditor_id[0] != '\0' && page->company.iban[0] != '\0' && str_equal(s.currency, "EUR") &&
                                    !str_equal(s.state, "ended"));
    if (s.payment_method_id != 0) {
        struct payment_method method;

        TRY(page->ctx, payment_method_by_id(page->ctx, s.payment_method_id, &method));
        debited = str_equal(method.gateway, "sepa");
        if (debited)
            hdf_text(hdf, "Sub.mandate", method.source_ref);
    }
    hdf_text(hdf, "Sub.press", debited ? tr("Pay by card instead") : card[0] != '\0' ? tr("Replace the card") : tr("Store a card"));
    hdf_text(hdf, "Sub.contact", page->company.email);
    TRY(page->ctx, customer_changes(page, hdf, &s));
    TRY(page->ctx, customer_ends(page, hdf, &s));
    TRY(page->ctx, customer_reserves(page, hdf, &s));
    TRY(page->ctx, add_invoices(page, hdf, &row, s.customer_id, s.id));
    if (str_equal(page_query(page, "did"), "changed"))
        layout_flash(hdf, "ok", tr("Your change is noted. You get an e-mail about it."), NULL, NULL);
    if (str_equal(page_query(page, "did"), "undone"))
        layout_flash(hdf, "ok", tr("The planned change was undone."), NULL, NULL);
    if (str_equal(page_query(page, "did"), "ended"))
        layout_flash(hdf, "ok", tr("The end of your subscription is noted. An e-mail confirms it."), NULL, NULL);
    if (str_equal(page_query(page, "did"), "goeson"))
        layout_flash(hdf, "ok", tr("Your subscription goes on as before."), NULL, NULL);
    if (str_equal(page_query(page, "did"), "mandate"))
        layout_flash(hdf, "ok", tr("Your mandate is signed: the next invoices are debited from your account."), NULL, NULL);
    if (str_equal(page_query(page, "did"), "card"))
        layout_flash(hdf, "ok", tr("Your card is stored for the next invoices."), NULL, NULL);
    if (str_equal(page_query(page, "did"), "reserve"))
        layout_flash(hdf, "ok", tr("Your other card pays when the card of this subscription will not any more."), NULL, NULL);
    if (str_equal(page_query(page, "did"), "noreserve"))
        layout_flash(hdf, "ok", tr("Only the card of this subscription pays it from now on."), NULL, NULL);
    if (page->tenant->gateway_page[0] != '\0')
        page->response->form_hosts = page->tenant->gateway_page;
    return page_show(page, 200, tr_fill(page->ctx->arena, "Subscription {number}", "number", s.number, NULL), "portal/subscription.cs");
}

/* ---- its card ---- */

enum err page_my_card_post(struct page *page)
{
    struct subscription s;
    struct customer customer;
    const char *url;
    enum err err = visible_subscription(page, page->arg[0], &s);

    if (err != OK)
        return err;
    if (!page_press(page))
        return OK;
    TRY(page->ctx, customer_by_id(page->ctx, s.customer_id, &customer));
    TRY(page->ctx, start_method_setup(page->ctx, s.id, customer.email, customer.gateway_customer, s.currency,
                                      arena_printf(page->ctx->arena, "%s/my/subscriptions/%s/card", page->tenant->site_base, s.number),
                                      page->ctx->language, &url));
    if (url == NULL)
        return page_error(page, 503, tr("The payment service cannot be reached at the moment. The card that we have stays. Please try again in a few minutes."));
    page->response->form_hosts = page->tenant->gateway_page;
    respond_see(page->response, url);
    return OK;
}

/* The page that the gateway leads back to; the stored card stays until the new one is confirmed. */
enum err page_my_card(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct subscription s;
    enum err err = visible_subscription(page, page->arg[0], &s);

    if (err != OK)
        return err;
    hdf_text(hdf, "Sub.number", s.number);
    hdf_flag(hdf, "Cancelled", str_equal(page_query(page, "cancel"), "1"));
    if (page->tenant->gateway_page[0] != '\0')
        page->response->form_hosts = page->tenant->gateway_page;
    return page_show(page, 200, tr("Your new card"), "portal/card.cs");
}

enum err page_my_card_refresh_post(struct page *page)
{
    struct subscription s;
    struct method_setup setup;
    bool done;
    enum err err = visible_subscription(page, page->arg[0], &s);

    if (err != OK)
        return err;
    if (!page_press(page))
        return OK;
    TRY(page->ctx, refresh_method_setup(page->ctx, s.id, WEB_BUDGET_MS, &done));
    err = last_method_setup(page->ctx, s.id, &setup); /* the webhook may have been faster */
    if (err != OK)
        return err;
    return str_equal(setup.state, "done") ? page_see(page, "/my/subscriptions/%s?did=card", s.number)
                                          : page_see(page, "/my/subscriptions/%s/card%s", s.number, str_equal(setup.state, "expired") ? "?cancel=1" : "");
}

/* ---- documents ---- */

enum err page_my_invoice_pdf(struct page *page)
{
    struct invoice invoice;
    enum err err = visible_invoice(page, page->arg[0], &invoice);

    return err == OK ? page_document(page, "invoice", invoice.id, invoice.number) : err;
}
