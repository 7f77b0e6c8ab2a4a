/* payment: one payment with all that happened to its money, sent back when it is nobody's, decided when the gateway keeps silent. */
#include "page/admin/payment.h"

#include "base/str.h"
#include "page/admin/admin.h"
#include "page/admin/money_rows.h"
#include "service/paying.h"
#include "service/refund_ordering.h"
#include "service/returning.h"
#include "service/settling.h"
#include "store/customer.h"
#include "store/payable.h"
#include "store/quote.h"
#include "store/refund.h"
#include "text/words.h"

enum { REASON_MAX = 300, DECIDE_BUDGET_MS = 5000 };

enum err load_payment_subject(struct page *page, struct payment_subject *s)
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

enum err fill_payment_subject(struct page *page, HDF *facts, int *row, const struct payment_subject *s)
{
    struct allocated *paid;
    struct quote_version version;
    struct quote quote;
    size_t count = 0;

    page_link_fact(facts, row, tr("Customer"), s->customer.name, arena_printf(page->ctx->arena, "/admin/customers/%s", s->customer.number));
    if (s->payment.payment_id != 0)
        TRY(page->ctx, allocated_by(page->ctx, s->payment.payment_id, &paid, &count));
    for (size_t i = 0; i < count; i++)
        page_link_fact(facts, row, tr("Invoice"), paid[i].number, arena_printf(page->ctx->arena, "/admin/invoices/%s", paid[i].number));
    if (count == 0)
        TRY(page->ctx, money_document_fact(page, facts, row, tr("Invoice"), s->payable.invoice_id));
    if (s->payable.quote_version_id == 0)
        return OK;
    TRY(page->ctx, quote_version_by_id(page->ctx, s->payable.quote_version_id, &version));
    TRY(page->ctx, quote_by_id(page->ctx, version.quote_id, &quote));
    page_link_fact(facts, row, tr("Quote"), quote.number, arena_printf(page->ctx->arena, "/admin/quotes/%s", quote.number));
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
    struct payment_subject s;
    size_t count;
    int row = 0;
    enum err err = load_payment_subject(page, &s);

    if (err != OK)
        return err;
    attempt_badge(hdf_node(hdf, "Pay.state"), s.attempt.state);
    TRY(page->ctx, fill_payment_subject(page, facts, &row, &s));
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

static enum err show_decide_form(struct page *page, const struct payment_subject *s, const struct form *form)
{
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    const char *title = tr("Say how this payment ended");
    int row = 0;

    TRY(page->ctx, fill_payment_subject(page, facts, &row, s));
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
    struct payment_subject s;
    struct form form;
    enum err err = load_payment_subject(page, &s);

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
    struct payment_subject s;
    struct form form;
    enum err err = load_payment_subject(page, &s);

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
