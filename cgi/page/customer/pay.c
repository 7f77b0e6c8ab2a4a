/* pay: to the gateway's page and back; the status of a payment; the end of an order. A GET only reads:
 * whoever presses "Refresh" asks the gateway and settles, as webhook and batch do. */
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "core/date.h"
#include "core/epc_qr.h"
#include "core/iban.h"
#include "core/retry.h"
#include "core/rf_reference.h"
#include "gateway/webhook.h"
#include "page/customer/customer.h"
#include "service/gateway_events.h"
#include "service/paying.h"
#include "service/renewal_preview.h"
#include "store/claim.h"
#include "store/customer.h"
#include "store/deposit.h"
#include "store/payable.h"
#include "text/qr.h"
#include "text/words.h"

/* What a reference names: the offer or the invoice that is to be paid. */
struct due {
    bool is_quote;
    struct offer offer;
    struct invoice invoice;
    struct customer customer;
    const char *ref;
    int32_t due_on;       /* of an invoice, or of what is asked for before it */
    int64_t amount_minor; /* what is still open */
    const char *currency;
    int64_t version_id;   /* one of these two */
    int64_t invoice_id;
    bool payable;         /* may be started now */
    bool paid;
    struct card_future card;
    int32_t debit_on;     /* a direct debit pays it on this day; DATE_NONE without one */
    const char *debit_digits;
    const char *refusal;  /* English msgid, "" */
};

static enum err load_quote_due(struct page *page, struct due *due)
{
    enum quote_refusal refusal = quote_may_be_paid(&due->offer.facts);

    due->is_quote = true;
    due->customer = due->offer.customer;
    due->amount_minor = due->offer.signing_minor;
    due->currency = due->offer.version.currency;
    due->version_id = due->offer.version.id;
    due->paid = due->offer.quote.state == QUOTE_CONFIRMED;
    due->payable = refusal == QUOTE_NOT_REFUSED;
    due->refusal = quote_refusal_text(refusal);
    due->card.kept = due->offer.recurrence.unit != 0;
    (void)page;
    return OK;
}

/* A direct debit that is announced or under way: whoever paid as well would pay twice. */
static enum err load_debit(struct page *page, struct due *due)
{
    struct asked *asked;
    size_t count;

    TRY(page->ctx, asked_facts(page->ctx, &due->invoice_id, 1, &asked, &count));
    if (count == 1 && due->payable) {
        due->debit_on = asked->debit_on;
        due->debit_digits = asked->debit_digits;
    }
    return OK;
}

static enum err load_due(struct page *page, struct due *due)
{
    struct receivable receivable;
    enum err err = visible_offer(page, page->arg[0], &due->offer);

    due->ref = page->arg[0];
    due->refusal = "";
    due->is_quote = due->payable = due->paid = false;
    due->version_id = due->invoice_id = 0;
    due->debit_on = DATE_NONE;
    due->card = (struct card_future){.kept = false};
    if (err == OK)
        return load_quote_due(page, due);
    if (err == ERR_NOT_FOUND)
        err = visible_asked(page, page->arg[0], &due->invoice);
    if (err == OK && str_equal(due->invoice.kind, "credit_note")) /* nobody owes it */
        return ERR_NOT_FOUND;
    if (err != OK)
        return err;
    ctx_forget_error(page->ctx);
    TRY(page->ctx, receivable_of(page->ctx, due->invoice.id, &receivable));
    TRY(page->ctx, customer_by_id(page->ctx, due->invoice.customer_id, &due->customer));
    due->due_on = receivable.due_on;
    due->amount_minor = receivable.open_minor;
    due->currency = receivable.currency;
    due->invoice_id = due->invoice.id;
    due->paid = receivable.open_minor == 0;
    due->payable = receivable.open_minor > 0;
    TRY(page->ctx, card_future_of(page->ctx, due->invoice_id, &due->card));
    return load_debit(page, due);
}

/* Debit first: there is no document yet. */
static bool is_claim(const struct due *due)
{
    return !due->is_quote && invoice_is_claim(&due->invoice);
}

/* The browser must be let through to the gateway's page: CSP form-action. */
static void allow_gateway(struct page *page)
{
    page->response->form_hosts = page->tenant->gateway_page[0] != '\0' ? page->tenant->gateway_page : page->tenant->gateway_base;
}

static void fill_due(const struct page *page, HDF *hdf, const struct due *due)
{
    struct arena *arena = page->ctx->arena;
    const char *amount = page_money(page, due->amount_minor, due->currency);

    hdf_text(hdf, "Pay.ref", due->ref);
    hdf_text(hdf, "Pay.amount", amount);
    hdf_text(hdf, "Pay.press", tr_fill(arena, "Pay {amount}", "amount", amount, NULL));
    hdf_flag(hdf, "Pay.quote", due->is_quote);
    hdf_text(hdf, "Pay.what", due->is_quote ? tr_fill(arena, "Quote {number}", "number", offer_number(arena, &due->offer), NULL)
                              : is_claim(due) ? tr_fill(arena, "Renewal of {number}", "number", due->invoice.number, NULL)
                                              : tr_fill(arena, "Invoice {number}", "number", due->invoice.number, NULL));
    hdf_flag(hdf, "Pay.claim", is_claim(due));
    if (!due->is_quote && !due->paid && due->debit_on == DATE_NONE)
        hdf_text(hdf, "Pay.by", tr_fill(arena, "To be paid by {date}.", "date", page_date(page, due->due_on), NULL));
    hdf_flag(hdf, "Pay.no_card", !stripe_takes(due->currency, due->amount_minor));
    hdf_text(hdf, "Pay.contact", page->company.email);
    if (!is_claim(due))
        hdf_text(hdf, "Pay.pdf", due->is_quote ? arena_printf(arena, "/q/%s.pdf", due->ref) : arena_printf(arena, "/my/invoices/%s.pdf", due->invoice.number));
    hdf_flag(hdf, "Pay.renews", due->card.kept);
    hdf_flag(hdf, "Pay.debited", due->card.debited && !due->card.kept);
    hdf_text(hdf, "Pay.seller", due->is_quote ? due->offer.company.name : page->company.name);
    if (due->is_quote && due->offer.quote.state == QUOTE_SIGNED) {
        hdf_text(hdf_row(hdf, "Steps", 0), "t", tr("Read"));
        hdf_text(hdf_row(hdf, "Steps", 0), "st", "done");
        hdf_text(hdf_row(hdf, "Steps", 1), "t", tr("Sign"));
        hdf_text(hdf_row(hdf, "Steps", 1), "st", "done");
        hdf_text(hdf_row(hdf, "Steps", 2), "t", tr("Pay"));
        hdf_text(hdf_row(hdf, "Steps", 2), "st", "current");
    }
}

/* How to pay an invoice by transfer: reference and QR code. The amount is what is open now. */
static void fill_transfer(const struct page *page, HDF *hdf, const struct due *due)
{
    const struct company *company = &page->company;
    struct arena *arena = page->ctx->arena;
    char iban[IBAN_GROUPED_BYTES], rf[RF_BYTES], grouped[RF_GROUPED_BYTES];
    struct epc_transfer transfer = {company->bic, company->name, company->iban, due->amount_minor, rf, due->ref};
    HDF *facts = hdf_node(hdf, "Transfer");
    const char *code;
    struct qr qr;
    int row = 0;

    if (due->is_quote || is_claim(due) || company->iban[0] == '\0' || !str_equal(due->currency, "EUR"))
        return;
    if (!rf_reference_make(due->ref, rf))
        rf[0] = '\0';
    page_fact(facts, &row, tr("Payee"), company->name);
    page_fact(facts, &row, tr("IBAN"), iban_grouped(company->iban, iban));
    page_fact(facts, &row, tr("BIC"), company->bic);
    page_fact(facts, &row, tr("Amount"), page_money(page, due->amount_minor, due->currency));
    page_fact(facts, &row, tr("Reference"), rf[0] != '\0' ? rf_reference_grouped(rf, grouped) : due->ref);
    hdf_flag(hdf, "Pay.transfer", true);
    code = epc_qr_text(arena, &transfer);
    if (code == NULL || !qr_make(arena, code, &qr))
        return;
    hdf_text(hdf, "Qr.size", arena_printf(arena, "%d", qr.size + 2 * QR_QUIET));
    hdf_text(hdf, "Qr.path", qr_path(arena, &qr));
}

static enum err show_pay(struct page *page, const struct due *due, const char *problem)
{
    HDF *hdf = page_tree(page);

    allow_gateway(page);
    fill_due(page, hdf, due);
    fill_transfer(page, hdf, due);
    if (due->is_quote && due->offer.quote.state == QUOTE_SIGNED && str_empty(problem))
        layout_flash(hdf, "ok", tr("Your signature is recorded."), NULL, NULL);
    if (!str_empty(problem))
        layout_flash(hdf, "bad", problem, NULL, NULL);
    return page_show(page, 200, tr_fill(page->ctx->arena, "Pay {amount}", "amount", page_money(page, due->amount_minor, due->currency), NULL),
                     "quote/pay.cs");
}

static enum err show_debit(struct page *page, const struct due *due)
{
    HDF *hdf = page_tree(page);
    const char *words = due->debit_on >= page->ctx->today_on ? N_("We debit your account ending in {digits} on {date}. You have nothing to do.")
                                                             : N_("We debited your account ending in {digits} on {date}; your bank has some days to answer. You have nothing to do.");

    fill_due(page, hdf, due);
    hdf_text(hdf, "Debit.text", tr_fill(page->ctx->arena, words, "digits", due->debit_digits, "date", page_date(page, due->debit_on), NULL));
    return page_show(page, 200, tr_fill(page->ctx->arena, "Direct debit of {amount}", "amount", page_money(page, due->amount_minor, due->currency), NULL),
                     "quote/pay.cs");
}

enum err page_pay(struct page *page)
{
    struct due due;
    enum err err = load_due(page, &due);

    if (err != OK)
        return err;
    if (due.paid)
        return page_see(page, "/done/%s", due.ref);
    if (!due.payable)
        return page_error(page, 409, tr(due.refusal));
    if (due.debit_on != DATE_NONE)
        return show_debit(page, &due);
    return show_pay(page, &due, "");
}

enum err page_pay_post(struct page *page)
{
    struct payment_started started;
    struct payment_start start;
    struct due due;
    enum err err = load_due(page, &due);

    if (err != OK)
        return err;
    if (!page_press(page))
        return OK;
    if (due.paid)
        return page_see(page, "/done/%s", due.ref);
    if (!due.payable)
        return page_error(page, 409, tr(due.refusal));
    if (due.debit_on != DATE_NONE)
        return page_see(page, "/pay/%s", due.ref);
    start = (struct payment_start){
        .quote_version_id = due.version_id, .priced_on = due.is_quote ? due.offer.started_on : DATE_NONE, .invoice_id = due.invoice_id, .customer_id = due.customer.id,
        .customer_email = due.customer.email, .gateway_customer = due.customer.gateway_customer, .amount_minor = due.amount_minor,
        .currency = due.currency, .description = arena_printf(page->ctx->arena, "%s %s", page->company.name, due.is_quote ? due.ref : due.invoice.number),
        .return_url = arena_printf(page->ctx->arena, "%s/pay/%s/return", page->tenant->site_base, due.ref),
        .language = page->ctx->language};
    TRY(page->ctx, start_payment(page->ctx, &start, &started));
    if (started.refusal == PAYABLE_IS_PAID)
        return page_see(page, "/done/%s", due.ref);
    if (started.refusal == PAYABLE_NOT_REFUSED) {
        allow_gateway(page);
        respond_see(page->response, started.url);
        return OK;
    }
    if (started.refusal == PAYABLE_IN_PROGRESS)
        return page_see(page, "/pay/%s/return", due.ref);
    if (started.refusal == PAYABLE_CHANGED)
        return page_error(page, 409, tr(payable_refusal_text(started.refusal)));
    if (started.refusal == PAYABLE_REFUSED)
        return show_pay(page, &due, tr(payable_refusal_text(started.refusal)));
    return show_pay(page, &due, tr("The payment service cannot be reached at the moment. Nothing was charged. Please try again in a few minutes."));
}

/* ---- coming back ---- */

static enum err show_return(struct page *page, const struct due *due, const struct gateway_answer *answer)
{
    HDF *hdf = page_tree(page);
    bool cancelled = str_equal(page_query(page, "cancel"), "1");
    const char *title = tr("Your payment is being confirmed");

    allow_gateway(page);
    fill_due(page, hdf, due);
    switch (answer->outcome) {
    case GATEWAY_DECLINED:
    case GATEWAY_EXPIRED:
    case GATEWAY_OPEN:
    case GATEWAY_ABSENT:
    case GATEWAY_ACTION:
    case GATEWAY_REFUSED:
    case GATEWAY_NOT_SENT:
        title = tr("The payment was not made");
        hdf_flag(hdf, "Again", true);
        if (answer->decline_code[0] != '\0')
            hdf_text(hdf, "Reason", tr(decline_text(decline_class_of(answer->decline_code, answer->advice_code))));
        else if (cancelled)
            hdf_text(hdf, "Reason", tr("You came back before paying."));
        break;
    case GATEWAY_SUCCEEDED: hdf_flag(hdf, "Arrived", true); break;
    case GATEWAY_PROCESSING:
    case GATEWAY_DENIED:
    case GATEWAY_UNKNOWN: break;
    }
    hdf_flag(hdf, "Signed", due->is_quote && due->offer.quote.state == QUOTE_SIGNED);
    return page_show(page, 200, title, "quote/return.cs");
}

enum err page_pay_return(struct page *page)
{
    struct gateway_answer answer = {.outcome = GATEWAY_UNKNOWN, .decline_code = "", .advice_code = ""};
    struct due due;
    enum err err = load_due(page, &due);

    if (err != OK)
        return err;
    if (due.paid)
        return page_see(page, "/done/%s", due.ref);
    err = peek_payment(page->ctx, due.version_id, due.invoice_id, &answer);
    if (err == ERR_NOT_FOUND) { /* no attempt yet */
        ctx_forget_error(page->ctx);
        return page_see(page, "/pay/%s", due.ref);
    }
    if (err != OK)
        return err;
    return show_return(page, &due, &answer);
}

enum err page_pay_refresh_post(struct page *page)
{
    enum attempt_state state;
    struct due due;
    enum err err = load_due(page, &due);

    if (err != OK)
        return err;
    if (!page_press(page))
        return OK;
    if (due.paid)
        return page_see(page, "/done/%s", due.ref);
    TRY(page->ctx, refresh_payment(page->ctx, due.version_id, due.invoice_id, &state));
    return page_see(page, state == ATTEMPT_SUCCEEDED ? "/done/%s" : "/pay/%s/return", due.ref);
}

/* ---- the end ---- */

/* The plan wants a card before the trial, and none was stored with a payment. */
static bool asks_for_card(const struct page *page, const struct offer *offer, const struct subscription *s)
{
    return offer->plan.trial_card && s->trial_until_on != DATE_NONE && s->payment_method_id == 0 &&
           page->tenant->gateway_base[0] != '\0' && !str_equal(s->state, "ended");
}

/* A signature was enough: its invoice is still to be paid. */
static enum err fill_owed(struct page *page, HDF *hdf, const struct offer *offer, const struct invoice *invoice)
{
    struct arena *arena = page->ctx->arena;
    struct receivable owed;

    if (offer->facts.acceptance != ACCEPTANCE_SIGNATURE)
        return OK;
    TRY(page->ctx, receivable_of(page->ctx, invoice->id, &owed));
    if (owed.open_minor <= 0)
        return OK;
    hdf_text(hdf, "Done.owed", tr_fill(arena, "Invoice {number} of {amount} is to be paid by {date}.", "number", invoice->number, "amount",
                                       page_money(page, owed.open_minor, owed.currency), "date", page_date(page, owed.due_on), NULL));
    hdf_text(hdf, "Done.pay", arena_printf(arena, "/pay/%s", invoice->number));
    hdf_text(hdf, "Done.press", tr_fill(arena, "Pay {amount}", "amount", page_money(page, owed.open_minor, owed.currency), NULL));
    return OK;
}

static enum err fill_order(struct page *page, HDF *hdf, const struct offer *offer)
{
    struct arena *arena = page->ctx->arena;
    struct sales_order order;
    struct subscription subscription;
    struct renewal_preview next;
    struct invoice prepaid = {.id = 0};
    struct invoice invoice;
    struct deposit deposit;
    int row = 0;
    enum err err;

    TRY(page->ctx, order_of_quote(page->ctx, offer->quote.id, &order));
    err = subscription_of_order(page->ctx, order.id, &subscription);
    if (err == OK && subscription.customer_id == order.customer_id) { /* else it is another's by now */
        TRY(page->ctx, preview_renewal(page->ctx, &subscription, &next));
        hdf_text(hdf, "Done.number", subscription.number);
        hdf_text(hdf, "Done.href", arena_printf(arena, "/my/subscriptions/%s", subscription.number));
        if (asks_for_card(page, offer, &subscription))
            hdf_text(hdf, "Done.ask", tr_fill(arena, "Please store a card now: nothing is debited before the trial ends on {date}.", "date",
                                              page_date(page, subscription.trial_until_on), NULL));
        if (next.due_on != DATE_NONE)
            hdf_text(hdf, "Done.next", tr_fill(arena, "The next invoice comes on {date}: {amount}.", "date", page_date(page, next.due_on),
                                               "amount", page_money(page, next.total_minor, subscription.currency), NULL));
    } else if (err != OK && err != ERR_NOT_FOUND) {
        return err;
    }
    err = deposit_of_order(page->ctx, order.id, &deposit);
    if (err == OK)
        TRY(page->ctx, invoice_by_id(page->ctx, deposit.invoice_id, &prepaid));
    else if (err != ERR_NOT_FOUND)
        return err;
    err = invoice_of_order(page->ctx, order.id, &invoice); /* none when nothing was due at the start */
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    hdf_text(hdf, "Done.mail", tr_fill(arena, "We have sent the confirmation to {address}.", "address", offer->customer.email, NULL));
    add_document(hdf, &row, arena_printf(arena, "/q/%s/signed.pdf", offer->quote.number), tr("Signed quote"));
    if (prepaid.id != 0)
        add_document(hdf, &row, arena_printf(arena, "/my/invoices/%s.pdf", prepaid.number),
                     tr_fill(arena, "Deposit invoice {number}", "number", prepaid.number, NULL));
    if (err == OK) {
        add_document(hdf, &row, arena_printf(arena, "/my/invoices/%s.pdf", invoice.number),
                     tr_fill(arena, "Invoice {number}", "number", invoice.number, NULL));
        TRY(page->ctx, fill_owed(page, hdf, offer, &invoice));
    }
    if (!quote_needs_signature(offer->facts.acceptance))
        hdf_text(hdf_row(hdf, "Documents", 0), "href", arena_printf(arena, "/q/%s.pdf", offer->quote.number));
    return OK;
}

enum err page_done(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct due due;
    int row = 0;
    enum err err = load_due(page, &due);

    if (err != OK)
        return err;
    if (!due.paid) /* signed and not paid yet: lead on */
        return due.is_quote && due.offer.quote.state == QUOTE_SENT ? page_see(page, "/q/%s", due.ref) : page_see(page, "/pay/%s", due.ref);
    if (due.is_quote) {
        TRY(page->ctx, fill_order(page, hdf, &due.offer));
        return page_show(page, 200, tr("Thank you, your order is confirmed"), "quote/done.cs");
    }
    add_document(hdf, &row, arena_printf(page->ctx->arena, "/my/invoices/%s.pdf", due.invoice.number),
                 tr_fill(page->ctx->arena, "Invoice {number}", "number", due.invoice.number, NULL));
    hdf_text(hdf, "Done.number", due.invoice.number);
    hdf_text(hdf, "Done.mail", tr_fill(page->ctx->arena, "We send a receipt to {address}.", "address", due.customer.email, NULL));
    return page_show(page, 200, tr("Thank you, the invoice is paid"), "quote/done.cs");
}

/* ---- the gateway's door ---- */

enum err page_hook(struct page *page)
{
    const struct request *request = page->request;
    struct webhook_event event;
    enum err err;

    page->response->content_type = "text/plain; charset=utf-8";
    page->response->status = 400;
    if (page->tenant->webhook_secret[0] == '\0' || request->body_bytes > WEBHOOK_BODY_BYTES_MAX ||
        !webhook_holds(page->ctx->arena, request_param(request, "HTTP_STRIPE_SIGNATURE"), request->body, request->body_bytes,
                       page->tenant->webhook_secret, page->tenant->webhook_secret_old, page->ctx->now) ||
        !webhook_read(page->ctx, request->body, request->body_bytes, &event)) {
        log_event(page->ctx, LOG_WARNING, "hook.refused", NULL);
        ctx_forget_error(page->ctx);
        str_append(&page->response->body, "refused\n");
        return OK;
    }
    page->ctx->actor = "gateway";
    err = receive_event(page->ctx, &event);
    if (err != OK && err != ERR_GATEWAY)
        return err;
    /* It is stored: what the gateway could not be asked about now, the batch asks later. */
    if (err == ERR_GATEWAY)
        log_trail(page->ctx, "hook.later");
    ctx_forget_error(page->ctx);
    page->response->status = 200;
    str_append(&page->response->body, "ok\n");
    return OK;
}
