/* refunds: one payment with all that happened to its money, the forms that give it back, and the transfers that wait. */
#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "core/iban.h"
#include "core/money.h"
#include "page/admin/admin.h"
#include "page/admin/money_rows.h"
#include "service/paying.h"
#include "service/refund_ordering.h"
#include "service/refund_transfers.h"
#include "service/refunding.h"
#include "service/returning.h"
#include "service/settling.h"
#include "store/claim.h"
#include "store/customer.h"
#include "store/form_token.h"
#include "store/payable.h"
#include "store/quote.h"
#include "store/refund.h"
#include "text/format.h"
#include "text/parse.h"
#include "text/words.h"

enum { PAGE_ROWS = 50, REASON_MAX = 300, SEND_BUDGET_MS = 5000, DECIDE_BUDGET_MS = 5000, PAYMENTS_MAX = 50 };

void refund_badge(HDF *node, enum refund_state state)
{
    page_badge(node, state == REFUND_SUCCEEDED ? "ok" : state == REFUND_FAILED ? "bad" : state == REFUND_CANCELLED ? "neutral" : "warn",
               tr(refund_state_text(state)));
}

static void link_row(HDF *facts, int *row, const char *label, const char *value, const char *href)
{
    HDF *node = hdf_row(facts, "rows", (*row)++);

    hdf_text(node, "k", label);
    hdf_text(node, "v", value);
    hdf_text(node, "href", href);
    hdf_text(node, "action", tr("View"));
    hdf_text(node, "object", value);
}

static enum err document_row(struct page *page, HDF *facts, int *row, const char *label, int64_t invoice_id)
{
    struct invoice invoice;

    if (invoice_id == 0)
        return OK;
    TRY(page->ctx, asked_invoice(page->ctx, invoice_id, &invoice));
    if (invoice_is_claim(&invoice))
        link_row(facts, row, tr("Subscription"), invoice.number, arena_printf(page->ctx->arena, "/admin/subscriptions/%s", invoice.number));
    else
        link_row(facts, row, label, invoice.number, arena_printf(page->ctx->arena, "/admin/invoices/%s", invoice.number));
    return OK;
}

void fill_refunds(struct page *page, HDF *hdf, const struct refund *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Refunds", (int)i);

        hdf_text(node, "at", page_instant(page, rows[i].created_at));
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/refunds/%lld", (long long)rows[i].id));
        hdf_text(node, "how", str_equal(rows[i].kind, "card") ? tr("To the card") : tr("By transfer"));
        hdf_text(node, "reason", rows[i].reason);
        hdf_text(node, "amount", page_money(page, rows[i].amount_minor, rows[i].currency));
        hdf_text(node, "why", rows[i].failure);
        refund_badge(hdf_node(node, "state"), rows[i].state);
    }
}

/* ---- one payment ---- */

struct subject {
    struct attempt attempt;
    struct payable payable;
    struct refundable payment; /* payment_id 0: no money came */
    struct customer customer;
};

static enum err load_subject(struct page *page, struct subject *s)
{
    int64_t id = admin_id(page->arg[0]);
    enum err err = id != 0 ? attempt_by_id(page->ctx, id, &s->attempt) : ERR_NOT_FOUND;

    if (err != OK)
        return err;
    TRY(page->ctx, payable_by_id(page->ctx, s->attempt.payable_id, &s->payable));
    TRY(page->ctx, customer_by_id(page->ctx, s->payable.customer_id, &s->customer));
    s->payment.payment_id = 0;
    err = refundable_of_attempt(page->ctx, id, &s->payment);
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err subject_rows(struct page *page, HDF *facts, int *row, const struct subject *s)
{
    struct allocated *paid;
    struct quote_version version;
    struct quote quote;
    size_t count = 0;

    link_row(facts, row, tr("Customer"), s->customer.name, arena_printf(page->ctx->arena, "/admin/customers/%s", s->customer.number));
    if (s->payment.payment_id != 0)
        TRY(page->ctx, allocated_by(page->ctx, s->payment.payment_id, &paid, &count));
    for (size_t i = 0; i < count; i++)
        link_row(facts, row, tr("Invoice"), paid[i].number, arena_printf(page->ctx->arena, "/admin/invoices/%s", paid[i].number));
    if (count == 0)
        TRY(page->ctx, document_row(page, facts, row, tr("Invoice"), s->payable.invoice_id));
    if (s->payable.quote_version_id == 0)
        return OK;
    TRY(page->ctx, quote_version_by_id(page->ctx, s->payable.quote_version_id, &version));
    TRY(page->ctx, quote_by_id(page->ctx, version.quote_id, &quote));
    link_row(facts, row, tr("Quote"), quote.number, arena_printf(page->ctx->arena, "/admin/quotes/%s", quote.number));
    return OK;
}

/* Money of nobody: what became of it, or the button that sends it back. */
static enum err fill_return(struct page *page, HDF *hdf, HDF *facts, int *row, const struct attempt *attempt)
{
    struct stray_return last;
    bool may;
    enum err err = stray_return_of(page->ctx, attempt->id, &last);

    if (err == OK)
        page_fact(facts, row, tr("Sent back"), tr(refund_state_text(last.state)));
    else if (err != ERR_NOT_FOUND)
        return err;
    ctx_forget_error(page->ctx);
    TRY(page->ctx, stray_money_returnable(page->ctx, attempt, &may));
    hdf_flag(hdf, "Pay.stray", may);
    if (may)
        hdf_text(hdf, "Pay.press", tr_fill(page->ctx->arena, "Send {amount} back", "amount", page_money(page, attempt->amount_minor, attempt->currency), NULL));
    return OK;
}

enum err page_payment_return_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/payments/{ref}");
    struct return_order order = {.attempt_id = admin_id(page->arg[0])};
    struct attempt attempt;
    enum err err = order.attempt_id != 0 ? attempt_by_id(page->ctx, order.attempt_id, &attempt) : ERR_NOT_FOUND;

    if (err != OK)
        return err;
    err = order_stray_return(page->ctx, &order, &once);
    if (err != OK)
        return err;
    return order.refusal != NULL ? page_error(page, 409, tr(order.refusal)) : page_see(page, "%s", order.url);
}

static bool may_decide(const struct page *page, const struct attempt *attempt)
{
    return !str_equal(attempt->kind, "sepa") && attempt_may_be_decided(attempt->state, attempt->created_at, page->ctx->now);
}

enum err page_payment(struct page *page)
{
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    struct refund_outlook outlook;
    struct taken_back taken;
    struct refund *rows;
    struct subject s;
    size_t count;
    int row = 0;
    enum err err = load_subject(page, &s);

    if (err != OK)
        return err;
    attempt_badge(hdf_node(hdf, "Pay.state"), s.attempt.state);
    TRY(page->ctx, subject_rows(page, facts, &row, &s));
    page_fact(facts, &row, tr("Amount"), page_money(page, s.attempt.amount_minor, s.attempt.currency));
    page_fact(facts, &row, tr("When"), page_instant(page, s.attempt.created_at));
    if (s.payment.payment_id != 0) {
        page_fact(facts, &row, tr("Payment method"), s.payment.method_text);
        TRY(page->ctx, taken_back_of(page->ctx, s.payment.payment_id, &taken));
        if (taken.back_minor > 0)
            page_fact(facts, &row, tr("Refunded"), page_money(page, taken.back_minor, s.payment.currency));
        if (taken.held_minor > taken.back_minor)
            page_fact(facts, &row, tr("Refunds under way"), page_money(page, taken.held_minor - taken.back_minor, s.payment.currency));
        TRY(page->ctx, refund_outlook(page->ctx, &s.payment, &outlook));
        hdf_flag(hdf, "Pay.refundable", outlook.refusal == REFUND_NOT_REFUSED);
        TRY(page->ctx, refunds_of_payment(page->ctx, s.payment.payment_id, &rows, &count));
        fill_refunds(page, hdf, rows, count);
        TRY(page->ctx, fill_disputes(page, hdf, s.payment.payment_id));
    }
    TRY(page->ctx, fill_return(page, hdf, facts, &row, &s.attempt));
    hdf_flag(hdf, "Pay.undecided", may_decide(page, &s.attempt));
    page_fact(facts, &row, tr("Why"), s.attempt.decline_code);
    page_fact(facts, &row, tr("What was said"), s.attempt.message);
    page_fact(facts, &row, tr("Key"), s.attempt.attempt_key);
    page_fact(facts, &row, tr("Reference of the gateway"), s.attempt.intent_ref);
    hdf_number(hdf, "Pay.id", s.attempt.id);
    admin_flash(page);
    return page_show(page, 200,
                     tr_fill(page->ctx->arena, "Payment of {amount}", "amount", page_money(page, s.attempt.amount_minor, s.attempt.currency), NULL),
                     "admin/payment.cs");
}

/* ---- an attempt that the gateway keeps silent about ---- */

struct decide_form {
    const char *outcome;
    const char *reason;
};

static const struct field_option outcome_option[] = {
    {"paid", N_("It was paid: the gateway's own pages show the money"), N_("It is booked as received today, and what it was for is paid.")},
    {"not_paid", N_("Nothing was taken: the gateway's own pages show no such payment"), N_("What is still due may be asked for again.")},
};

static const struct field decide_field[] = {
    {.kind = FIELD_CHOICE, .name = "outcome", .label = N_("What you found"), .required = true, .options = outcome_option,
     .option_count = COUNT_OF(outcome_option), .missing = N_("Say whether it was paid"), .offset = offsetof(struct decide_form, outcome)},
    {.kind = FIELD_TEXT, .name = "reason", .label = N_("How you know"), .required = true, .max = REASON_MAX,
     .hint = N_("It stays in the history of this payment, with your name."), .missing = N_("Write how you know"),
     .offset = offsetof(struct decide_form, reason)},
};

static enum err show_decide_form(struct page *page, const struct subject *s, const struct form *form)
{
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    const char *title = tr("Say how this payment ended");
    int row = 0;

    TRY(page->ctx, subject_rows(page, facts, &row, s));
    page_fact(facts, &row, tr("Amount"), page_money(page, s->attempt.amount_minor, s->attempt.currency));
    page_fact(facts, &row, tr("When"), page_instant(page, s->attempt.created_at));
    page_fact(facts, &row, tr("Key"), s->attempt.attempt_key);
    page_fact(facts, &row, tr("Reference of the gateway"), s->attempt.intent_ref[0] != '\0' ? s->attempt.intent_ref : s->attempt.session_ref);
    hdf_number(hdf, "Pay.id", s->attempt.id);
    view_form(page->ctx, hdf, form);
    return form->error_count > 0 ? page_show_form(page, form, title, "admin/payment_decide.cs") : page_show(page, 200, title, "admin/payment_decide.cs");
}

enum err page_payment_decide(struct page *page)
{
    struct decide_form values = {"", ""};
    struct subject s;
    struct form form;
    enum err err = load_subject(page, &s);

    if (err != OK)
        return err;
    if (!may_decide(page, &s.attempt))
        return page_see(page, "/admin/payments/%lld", (long long)s.attempt.id);
    form_fill(&form, page->ctx, decide_field, COUNT_OF(decide_field), &values);
    return show_decide_form(page, &s, &form);
}

/* The gateway is asked once more: its own word goes before a person's. */
enum err page_payment_decide_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/payments/{ref}");
    struct attempt_decision decision = {.once = &once};
    struct decide_form values;
    enum attempt_state state;
    struct subject s;
    struct form form;
    enum err err = load_subject(page, &s);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, decide_field, &values))
        return OK;
    if (form.error_count > 0)
        return show_decide_form(page, &s, &form);
    if (may_decide(page, &s.attempt))
        TRY(page->ctx, ask_about_attempt(page->ctx, s.attempt.id, DECIDE_BUDGET_MS, &state));
    decision.paid = str_equal(values.outcome, "paid");
    decision.reason = values.reason;
    err = decide_attempt(page->ctx, s.attempt.id, &decision);
    if (err != OK)
        return err;
    return decision.refusal != NULL ? page_error(page, 409, tr(decision.refusal)) : page_see(page, "%s", decision.url);
}

/* ---- what people type ---- */

/* An amount above zero in the currency's digits; false after an error at the field. */
static bool read_amount(const struct page *page, struct form *form, const char *typed, const char *code, int64_t *minor)
{
    const struct currency *currency = currency_find(code);
    int digits = currency != NULL ? currency->digits : 2;
    enum parse_result result = parse_decimal(typed, page->ctx->language, digits, minor);

    if (str_empty(typed))
        return false;
    if (result == PARSE_OK && *minor > 0)
        return true;
    form_error(form, "amount",
               result == PARSE_OK ? tr(refund_refusal_text(REFUND_AMOUNT_ZERO))
               : result == PARSE_TOO_PRECISE
                   ? tr_fill(page->ctx->arena, "{label}: at most {digits} decimals", "label", tr("Amount"), "digits",
                             arena_printf(page->ctx->arena, "%d", digits), NULL)
                   : tr_fill(page->ctx->arena, "{label}: enter a number", "label", tr("Amount"), NULL));
    return false;
}

/* A refusal beside the field that it is about. */
static void tell_refusal(const struct page *page, struct form *form, const struct refund_order *order, const char *choice, int64_t most_minor,
                         const char *currency)
{
    bool amount = order->refusal == REFUND_ABOVE_PAYMENT || order->refusal == REFUND_ABOVE_CREDIT || order->refusal == REFUND_ABOVE_PAID;

    if (order->credit_refusal != CREDIT_NOT_REFUSED)
        form_error(form, choice, tr(credit_refusal_text(order->credit_refusal)));
    else if (amount)
        form_error(form, "amount", tr_fill(page->ctx->arena, "{why}: at most {amount}", "why", tr(refund_refusal_text(order->refusal)), "amount",
                                           page_money(page, most_minor, currency), NULL));
    else
        form_error(form, order->refusal == REFUND_AMOUNT_ZERO ? "amount" : order->refusal == REFUND_REASON_MISSING ? "reason" : choice,
                   tr(refund_refusal_text(order->refusal)));
}

static enum err show_closed(struct page *page, int status, enum refund_refusal refusal, const char *href)
{
    HDF *hdf = page_tree(page);

    hdf_text(hdf, "Empty.text", tr(refund_refusal_text(refusal)));
    hdf_text(hdf, "Empty.href", href);
    hdf_text(hdf, "Empty.action", tr("Back to the payment"));
    return page_show(page, status, tr("Refund"), "admin/refund_new.cs");
}

/* ---- a payment goes back ---- */

struct refund_form {
    const char *amount;
    const char *reason;
    const char *then;
};

static const struct field_option then_option[] = {
    {"note", N_("With a credit note over everything that is left of the invoice"), N_("The sale is taken back. The amount is what the note comes to.")},
    {"open", N_("Without a credit note: the invoice is open again by this amount"), N_("The customer still owes it, and can pay it otherwise.")},
};

static const struct field refund_field[] = {
    {.kind = FIELD_TEXT, .name = "amount", .label = N_("Amount"), .required = true, .max = 40, .missing = N_("Enter the amount that goes back"),
     .offset = offsetof(struct refund_form, amount)},
    {.kind = FIELD_TEXT, .name = "reason", .label = N_("Reason"), .required = true, .max = REASON_MAX, .hint = N_("The customer reads it in the e-mail."),
     .missing = N_("Enter the reason; the customer reads it"), .offset = offsetof(struct refund_form, reason)},
    {.kind = FIELD_CHOICE, .name = "then", .label = N_("What becomes of the invoice"), .required = true, .options = then_option,
     .option_count = COUNT_OF(then_option), .missing = N_("Choose what becomes of the invoice"), .offset = offsetof(struct refund_form, then)},
};

static const char *payment_href(const struct page *page, const struct subject *s)
{
    return arena_printf(page->ctx->arena, "/admin/payments/%lld", (long long)s->attempt.id);
}

static const char *plain_amount(const struct page *page, int64_t minor, const char *code)
{
    const struct currency *currency = currency_find(code);

    return format_input_decimal(page->ctx->arena, page->ctx->language, minor, currency != NULL ? currency->digits : 2,
                                currency != NULL ? currency->digits : 2);
}

static enum err show_refund_form(struct page *page, const struct subject *s, const struct refund_outlook *outlook, const struct form *form)
{
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    int row = 0;

    TRY(page->ctx, subject_rows(page, facts, &row, s));
    page_fact(facts, &row, tr("Payment"), tr_fill(page->ctx->arena, "{amount} on {date}", "amount",
                                               page_money(page, s->payment.amount_minor, s->payment.currency), "date",
                                               page_date(page, s->payment.received_on), NULL));
    page_fact(facts, &row, tr("Goes back to"), s->payment.method_text);
    page_fact(facts, &row, tr("Left to refund"), page_money(page, outlook->left_minor, s->payment.currency));
    page_fact(facts, &row, tr("A credit note over the rest comes to"),
              outlook->noted_minor > 0 ? page_money(page, outlook->noted_minor, s->payment.currency) : "");
    hdf_text(hdf, "Back.href", payment_href(page, s));
    hdf_text(hdf, "Back.text", tr("Back to the payment"));
    hdf_text(hdf, "Action", arena_printf(page->ctx->arena, "/admin/payments/%lld/refund", (long long)s->attempt.id));
    if (outlook->noted_minor > 0)
        hdf_text(hdf, "Credit.href", arena_printf(page->ctx->arena, "/admin/invoices/%s/credit", outlook->paid.number));
    view_form(page->ctx, hdf, form);
    hdf_text(hdf, "Form.amount.mode", "decimal");
    hdf_flag(hdf, "Form.amount.short", true);
    return form->error_count > 0 ? page_show_form(page, form, tr("Refund"), "admin/refund_new.cs")
                                 : page_show(page, 200, tr("Refund"), "admin/refund_new.cs");
}

static enum err load_refundable(struct page *page, struct subject *s, struct refund_outlook *outlook)
{
    TRY(page->ctx, load_subject(page, s));
    if (s->payment.payment_id == 0)
        return ERR_NOT_FOUND;
    return refund_outlook(page->ctx, &s->payment, outlook);
}

enum err page_payment_refund(struct page *page)
{
    struct refund_outlook outlook;
    struct refund_form values;
    struct subject s;
    struct form form;
    enum err err = load_refundable(page, &s, &outlook);

    if (err != OK)
        return err;
    if (outlook.refusal != REFUND_NOT_REFUSED)
        return show_closed(page, 200, outlook.refusal, payment_href(page, &s));
    values = (struct refund_form){plain_amount(page, outlook.left_minor, s.payment.currency), "", ""};
    form_fill(&form, page->ctx, refund_field, COUNT_OF(refund_field), &values);
    return show_refund_form(page, &s, &outlook, &form);
}

/* A second press finds another world: it is led to where the first one went. */
static enum err pressed_again(struct page *page)
{
    const char *url;
    enum err err = form_token_result(page->ctx, page_once(page), &url);

    return err == OK ? ERR_DUPLICATE : err == ERR_NOT_FOUND ? OK : err;
}

/* The order stands: it is sent at once; what that leaves open the batch pursues. */
static enum err send_and_see(struct page *page, const struct refund_order *order)
{
    enum refund_state state;

    TRY(page->ctx, pursue_refund(page->ctx, order->refund_id, SEND_BUDGET_MS, &state));
    return order->url != NULL ? page_see(page, "%s", order->url) : page_see(page, "/admin/refunds/%lld", (long long)order->refund_id);
}

enum err page_payment_refund_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/refunds/{ref}?did=refund");
    struct refund_order order = {.refusal = REFUND_NOT_REFUSED, .iban = "", .account_name = ""};
    struct refund_outlook outlook;
    struct refund_form v;
    struct subject s;
    struct form form;
    enum err err = load_refundable(page, &s, &outlook);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, refund_field, &v))
        return OK;
    TRY(page->ctx, pressed_again(page));
    if (outlook.refusal != REFUND_NOT_REFUSED)
        return show_closed(page, 422, outlook.refusal, payment_href(page, &s));
    (void)read_amount(page, &form, v.amount, s.payment.currency, &order.amount_minor);
    if (form.error_count > 0)
        return show_refund_form(page, &s, &outlook, &form);
    order.payment_id = s.payment.payment_id;
    order.invoice_id = outlook.paid.invoice_id;
    order.with_note = str_equal(v.then, "note");
    order.reason = v.reason;
    TRY(page->ctx, order_refund(page->ctx, &order, &once));
    if (order.refund_id != 0)
        return send_and_see(page, &order);
    tell_refusal(page, &form, &order, "then", order.refusal == REFUND_ABOVE_PAID ? outlook.paid_minor : outlook.left_minor, s.payment.currency);
    return show_refund_form(page, &s, &outlook, &form);
}

/* ---- a credit note's money goes back ---- */

struct credit_refund_form {
    const char *amount;
    const char *reason;
    const char *how; /* "transfer", or the id of a payment */
    const char *iban;
    const char *name;
};

static const struct field credit_refund_field[] = {
    {.kind = FIELD_TEXT, .name = "amount", .label = N_("Amount"), .required = true, .max = 40, .missing = N_("Enter the amount that goes back"),
     .offset = offsetof(struct credit_refund_form, amount)},
    {.kind = FIELD_TEXT, .name = "reason", .label = N_("Reason"), .required = true, .max = REASON_MAX, .hint = N_("The customer reads it in the e-mail."),
     .missing = N_("Enter the reason; the customer reads it"), .offset = offsetof(struct credit_refund_form, reason)},
    {.kind = FIELD_CHOICE, .name = "how", .label = N_("How it goes back"), .required = true, .missing = N_("Choose how it goes back"),
     .offset = offsetof(struct credit_refund_form, how)},
    {.kind = FIELD_TEXT, .name = "iban", .label = N_("IBAN of the customer"), .max = 60, .hint = N_("For a transfer only. It is kept sealed until the transfer is made."),
     .offset = offsetof(struct credit_refund_form, iban)},
    {.kind = FIELD_TEXT, .name = "name", .label = N_("Holder of the account"), .max = 140, .offset = offsetof(struct credit_refund_form, name)},
};

struct note_subject {
    struct invoice note;
    struct credit_note credit;
    struct customer customer;
    int64_t left_minor;
    struct refundable *payments;
    int64_t payment_left[PAYMENTS_MAX];
    size_t count;
};

static enum err load_note(struct page *page, struct note_subject *s)
{
    enum err err = invoice_by_number(page->ctx, page->arg[0], &s->note);

    if (err != OK)
        return err;
    if (!str_equal(s->note.kind, "credit_note"))
        return ERR_NOT_FOUND;
    TRY(page->ctx, credit_note_of(page->ctx, s->note.id, &s->credit));
    TRY(page->ctx, customer_by_id(page->ctx, s->note.customer_id, &s->customer));
    TRY(page->ctx, credit_left_of(page->ctx, s->note.id, &s->left_minor));
    TRY(page->ctx, refundables_of_invoice(page->ctx, s->credit.corrected_id, &s->payments, &s->count));
    CHECK(s->count <= PAYMENTS_MAX);
    for (size_t i = 0; i < s->count; i++) {
        struct refund_outlook outlook;

        TRY(page->ctx, refund_outlook(page->ctx, &s->payments[i], &outlook));
        s->payment_left[i] = outlook.refusal == REFUND_NOT_REFUSED ? outlook.left_minor : 0;
    }
    return OK;
}

static enum err show_note_form(struct page *page, const struct note_subject *s, const struct form *form, const char *how)
{
    struct arena *arena = page->ctx->arena;
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    int row = 0;
    int option = 0;

    link_row(facts, &row, tr("Customer"), s->customer.name, arena_printf(arena, "/admin/customers/%s", s->customer.number));
    link_row(facts, &row, tr("Corrects"), s->credit.corrected_number, arena_printf(arena, "/admin/invoices/%s", s->credit.corrected_number));
    page_fact(facts, &row, tr("Left of this credit"), page_money(page, s->left_minor, s->note.currency));
    hdf_text(hdf, "Back.href", arena_printf(arena, "/admin/invoices/%s", s->note.number));
    hdf_text(hdf, "Back.text", tr("Back to the credit note"));
    hdf_text(hdf, "Action", arena_printf(arena, "/admin/invoices/%s/refund", s->note.number));
    view_form(page->ctx, hdf, form);
    for (size_t i = 0; i < s->count; i++) {
        const char *value = arena_printf(arena, "%lld", (long long)s->payments[i].payment_id);

        if (s->payment_left[i] > 0)
            view_option(hdf, "how", option++, value,
                        tr_fill(arena, "To the card that paid: {card}, up to {amount}", "card", s->payments[i].method_text, "amount",
                                page_money(page, s->payment_left[i], s->payments[i].currency), NULL), str_equal(how, value));
    }
    view_option(hdf, "how", option, "transfer", tr("By a transfer that you make at your bank"), str_equal(how, "transfer"));
    hdf_text(hdf, "Form.amount.mode", "decimal");
    hdf_flag(hdf, "Form.amount.short", true);
    return form->error_count > 0 ? page_show_form(page, form, tr("Refund a credit"), "admin/refund_new.cs")
                                 : page_show(page, 200, tr("Refund a credit"), "admin/refund_new.cs");
}

static enum err show_used_up(struct page *page, const struct note_subject *s, int status)
{
    HDF *hdf = page_tree(page);

    hdf_text(hdf, "Empty.text", tr("Nothing is left of this credit."));
    hdf_text(hdf, "Empty.href", arena_printf(page->ctx->arena, "/admin/invoices/%s", s->note.number));
    hdf_text(hdf, "Empty.action", tr("Back to the credit note"));
    return page_show(page, status, tr("Refund a credit"), "admin/refund_new.cs");
}

enum err page_credit_refund(struct page *page)
{
    struct credit_refund_form values;
    struct note_subject s;
    struct form form;
    enum err err = load_note(page, &s);

    if (err != OK)
        return err;
    if (s.left_minor <= 0)
        return show_used_up(page, &s, 200);
    values = (struct credit_refund_form){plain_amount(page, s.left_minor, s.note.currency), s.credit.reason, "", "", s.customer.name};
    form_fill(&form, page->ctx, credit_refund_field, COUNT_OF(credit_refund_field), &values);
    return show_note_form(page, &s, &form, "");
}

static void read_account(const struct page *page, struct form *form, const struct credit_refund_form *v, struct refund_order *order)
{
    char *iban = arena_alloc(page->ctx->arena, IBAN_BYTES);
    enum iban_verdict verdict = iban_normalise(v->iban, iban) ? iban_verdict_sepa(iban) : IBAN_WRONG_CHARACTERS;

    if (str_empty(v->iban))
        form_error(form, "iban", tr("Enter the IBAN that the money goes to"));
    else if (verdict != IBAN_WELL_FORMED)
        form_error(form, "iban", tr(iban_verdict_text(verdict)));
    if (str_empty(v->name))
        form_error(form, "name", tr("Enter the holder of the account"));
    order->iban = iban;
    order->account_name = v->name;
}

enum err page_credit_refund_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/refunds/{ref}?did=refund");
    struct refund_order order = {.refusal = REFUND_NOT_REFUSED, .iban = "", .account_name = ""};
    struct credit_refund_form v;
    struct note_subject s;
    struct form form;
    int64_t most;
    bool known;
    enum err err = load_note(page, &s);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, credit_refund_field, &v))
        return OK;
    TRY(page->ctx, pressed_again(page));
    if (s.left_minor <= 0)
        return show_used_up(page, &s, 422);
    most = s.left_minor;
    known = str_empty(v.how) || str_equal(v.how, "transfer");
    (void)read_amount(page, &form, v.amount, s.note.currency, &order.amount_minor);
    for (size_t i = 0; i < s.count; i++)
        if (s.payment_left[i] > 0 && s.payments[i].payment_id == admin_id(v.how)) {
            known = true;
            order.payment_id = s.payments[i].payment_id;
            most = s.payment_left[i] < most ? s.payment_left[i] : most;
        }
    if (!known)
        form_error(&form, "how", tr("Choose how it goes back"));
    if (str_equal(v.how, "transfer"))
        read_account(page, &form, &v, &order);
    if (form.error_count > 0)
        return show_note_form(page, &s, &form, v.how);
    order.credit_note_id = s.note.id;
    order.reason = v.reason;
    TRY(page->ctx, order_refund(page->ctx, &order, &once));
    if (order.refund_id != 0)
        return send_and_see(page, &order);
    tell_refusal(page, &form, &order, "how", most, s.note.currency);
    return show_note_form(page, &s, &form, v.how);
}

/* ---- the list, and one refund ---- */

static void fill_list(struct page *page, HDF *hdf, const char *list, const struct refund_list_row *rows, size_t count)
{
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++) {
        HDF *node = hdf_row(hdf, list, (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/refunds/%lld", (long long)rows[i].id));
        hdf_text(node, "customer", rows[i].customer_name);
        hdf_text(node, "number", rows[i].note_number[0] != '\0' ? rows[i].note_number : rows[i].invoice_number);
        hdf_text(node, "how", rows[i].attempt_id != 0 ? rows[i].method_text : rows[i].iban_masked);
        hdf_text(node, "at", page_instant(page, rows[i].created_at));
        hdf_text(node, "amount", page_money(page, rows[i].amount_minor, rows[i].currency));
        hdf_text(node, "why", rows[i].failure);
        refund_badge(hdf_node(node, "state"), refund_state_from_name(rows[i].state));
    }
}

enum err page_refunds(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct refund_list_row *rows;
    size_t count, waiting;

    TRY(page->ctx, refund_list(page->ctx, true, 0, PAGE_ROWS, &rows, &waiting));
    fill_list(page, hdf, "Waiting", rows, waiting);
    TRY(page->ctx, refund_list(page->ctx, false, page_query_id(page, "before"), PAGE_ROWS + 1, &rows, &count));
    fill_list(page, hdf, "Rows", rows, count);
    if (count == 0) {
        hdf_text(hdf, "Empty.text", tr("Nothing was refunded yet. A refund begins on a payment's page or on a credit note."));
        hdf_text(hdf, "Empty.href", "/admin/payments");
        hdf_text(hdf, "Empty.action", tr("Payments"));
    }
    if (count > PAGE_ROWS)
        money_pager(page, hdf, "/admin/refunds?all=1", rows[PAGE_ROWS - 1].id);
    return page_show(page, 200, tr("Refunds"), "admin/refunds.cs");
}

struct made_form {
    int32_t on;
};
static const struct field made_field[] = {
    {.kind = FIELD_DATE, .name = "on", .label = N_("Made on"), .hint = N_("Empty: today"), .offset = offsetof(struct made_form, on)},
};

static enum err show_refund_page(struct page *page, const struct refund *f, const struct form *form, int status, const char *problem)
{
    struct arena *arena = page->ctx->arena;
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    bool transfer = str_equal(f->kind, "transfer");
    struct refundable payment;
    struct customer customer;
    const char *iban;
    char *grouped;
    int row = 0;

    TRY(page->ctx, customer_by_id(page->ctx, f->customer_id, &customer));
    refund_badge(hdf_node(hdf, "Back.state"), f->state);
    link_row(facts, &row, tr("Customer"), customer.name, arena_printf(arena, "/admin/customers/%s", customer.number));
    TRY(page->ctx, document_row(page, facts, &row, tr("Credit note"), f->credit_note_id));
    TRY(page->ctx, document_row(page, facts, &row, tr("Invoice that is open again"), f->invoice_id));
    page_fact(facts, &row, tr("Amount"), page_money(page, f->amount_minor, f->currency));
    page_fact(facts, &row, tr("Reason"), f->reason);
    if (f->payment_id != 0) {
        TRY(page->ctx, refundable_payment(page->ctx, f->payment_id, &payment));
        link_row(facts, &row, tr("To the card that paid"), payment.method_text,
                 arena_printf(arena, "/admin/payments/%lld", (long long)payment.attempt_id));
    }
    if (f->iban_sealed[0] != '\0') {
        TRY(page->ctx, refund_iban(page->ctx, f, &iban));
        grouped = arena_alloc(arena, IBAN_GROUPED_BYTES);
        page_fact(facts, &row, tr("To the account"), iban_grouped(iban, grouped));
    } else if (transfer) {
        page_fact(facts, &row, tr("To the account"), f->iban_masked);
    }
    page_fact(facts, &row, tr("Holder of the account"), f->account_name);
    page_fact(facts, &row, tr("Ordered"), page_instant(page, f->created_at));
    page_fact(facts, &row, tr("Made on"), page_date(page, f->done_on));
    page_fact(facts, &row, tr("Why it failed"), f->failure);
    page_fact(facts, &row, tr("Asked again"), f->next_check_at != 0 && !transfer ? page_instant(page, f->next_check_at) : "");
    page_fact(facts, &row, tr("Key"), transfer ? "" : f->refund_key);
    page_fact(facts, &row, tr("Reference of the gateway"), f->refund_ref);
    hdf_number(hdf, "Back.id", f->id);
    hdf_flag(hdf, "Back.waits", transfer && f->state == REFUND_READY);
    hdf_flag(hdf, "Back.asks", !transfer && (f->state == REFUND_READY || f->state == REFUND_UNKNOWN || f->state == REFUND_PENDING));
    view_form(page->ctx, hdf, form);
    admin_flash(page);
    if (problem != NULL)
        layout_flash(hdf, "bad", problem, NULL, NULL);
    if (form->error_count > 0)
        return page_show_form(page, form, tr("Refund"), "admin/refund.cs");
    return page_show(page, status, tr_fill(arena, "Refund of {amount}", "amount", page_money(page, f->amount_minor, f->currency), NULL),
                     "admin/refund.cs");
}

static enum err load_refund(struct page *page, struct refund *refund)
{
    int64_t id = admin_id(page->arg[0]);

    return id != 0 ? refund_by_id(page->ctx, id, refund) : ERR_NOT_FOUND;
}

enum err page_refund(struct page *page)
{
    struct made_form values = {DATE_NONE};
    struct refund refund;
    struct form form;
    enum err err = load_refund(page, &refund);

    if (err != OK)
        return err;
    form_fill(&form, page->ctx, made_field, COUNT_OF(made_field), &values);
    return show_refund_page(page, &refund, &form, 200, NULL);
}

enum err page_refund_post(struct page *page)
{
    struct refund refund;
    struct made_form v;
    struct form form;
    struct once once;
    struct refund_result result;
    enum refund_state state;
    enum err err = load_refund(page, &refund);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, made_field, &v))
        return OK;
    if (str_equal(form.button, "ask")) {
        TRY(page->ctx, pursue_refund(page->ctx, refund.id, SEND_BUDGET_MS, &state));
        return page_see(page, "/admin/refunds/%lld", (long long)refund.id);
    }
    if (v.on != DATE_NONE && (v.on > page->ctx->today_on || v.on < refund.opened_on))
        form_error(&form, "on", tr("Enter a day from the order of the refund until today"));
    if (form.error_count > 0)
        return show_refund_page(page, &refund, &form, 422, NULL);
    once = admin_once(page, arena_printf(page->ctx->arena, "/admin/refunds/%lld?did=saved", (long long)refund.id));
    if (str_equal(form.button, "withdraw"))
        err = withdraw_refund(page->ctx, refund.id, &once, &result);
    else
        err = mark_refund_made(page->ctx, refund.id, v.on == DATE_NONE ? page->ctx->today_on : v.on, &once, &result);
    if (err != OK)
        return err;
    if (result.url != NULL)
        return page_see(page, "%s", result.url);
    TRY(page->ctx, refund_by_id(page->ctx, refund.id, &refund));
    return show_refund_page(page, &refund, &form, 409, tr(refund_refusal_text(result.refusal)));
}
