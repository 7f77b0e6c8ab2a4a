/* refund_forms: money that goes back to a customer, of a payment or of a credit note's credit: the forms, and what is wrong in them. */
#include "base/check.h"
#include "base/str.h"
#include "core/iban.h"
#include "core/money.h"
#include "page/admin/admin.h"
#include "page/admin/money_rows.h"
#include "page/admin/payment.h"
#include "service/refund_ordering.h"
#include "service/refunding.h"
#include "store/customer.h"
#include "store/invoice.h"
#include "store/refund.h"
#include "text/format.h"
#include "text/parse.h"
#include "text/words.h"

enum { REASON_MAX = 300, SEND_BUDGET_MS = 5000, PAYMENTS_MAX = 50 };

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

static const char *payment_href(const struct page *page, const struct payment_subject *s)
{
    return arena_printf(page->ctx->arena, "/admin/payments/%lld", (long long)s->attempt.id);
}

static const char *plain_amount(const struct page *page, int64_t minor, const char *code)
{
    const struct currency *currency = currency_find(code);

    return format_input_decimal(page->ctx->arena, page->ctx->language, minor, currency != NULL ? currency->digits : 2,
                                currency != NULL ? currency->digits : 2);
}

static enum err show_refund_form(struct page *page, const struct payment_subject *s, const struct refund_outlook *outlook, const struct form *form)
{
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    int row = 0;

    TRY(page->ctx, fill_payment_subject(page, facts, &row, s));
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

static enum err load_refundable(struct page *page, struct payment_subject *s, struct refund_outlook *outlook)
{
    TRY(page->ctx, load_payment_subject(page, s));
    if (s->payment.payment_id == 0)
        return ERR_NOT_FOUND;
    return refund_outlook(page->ctx, &s->payment, outlook);
}

enum err page_payment_refund(struct page *page)
{
    struct refund_outlook outlook;
    struct refund_form values;
    struct payment_subject s;
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
    struct payment_subject s;
    struct form form;
    enum err err = load_refundable(page, &s, &outlook);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, refund_field, &v))
        return OK;
    TRY(page->ctx, pressed_before(page->ctx, &once)); /* a second press finds another world */
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

    page_link_fact(facts, &row, tr("Customer"), s->customer.name, arena_printf(arena, "/admin/customers/%s", s->customer.number));
    page_link_fact(facts, &row, tr("Corrects"), s->credit.corrected_number, arena_printf(arena, "/admin/invoices/%s", s->credit.corrected_number));
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
    TRY(page->ctx, pressed_before(page->ctx, &once)); /* a second press finds another world */
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
