/* refunds: the list of what goes back, and one refund: asked about, or a transfer that a person makes or withdraws. */
#include "base/str.h"
#include "core/date.h"
#include "core/iban.h"
#include "page/admin/admin.h"
#include "page/admin/money_rows.h"
#include "service/refund_transfers.h"
#include "service/refunding.h"
#include "store/customer.h"
#include "store/refund.h"
#include "text/words.h"

enum { PAGE_ROWS = 50, ASK_BUDGET_MS = 5000 };

void refund_badge(HDF *node, enum refund_state state)
{
    page_badge(node, state == REFUND_SUCCEEDED ? "ok" : state == REFUND_FAILED ? "bad" : state == REFUND_CANCELLED ? "neutral" : "warn",
               tr(refund_state_text(state)));
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

/* ---- the list ---- */

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

/* ---- one refund ---- */

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
    page_link_fact(facts, &row, tr("Customer"), customer.name, arena_printf(arena, "/admin/customers/%s", customer.number));
    TRY(page->ctx, money_document_fact(page, facts, &row, tr("Credit note"), f->credit_note_id));
    TRY(page->ctx, money_document_fact(page, facts, &row, tr("Invoice that is open again"), f->invoice_id));
    page_fact(facts, &row, tr("Amount"), page_money(page, f->amount_minor, f->currency));
    page_fact(facts, &row, tr("Reason"), f->reason);
    if (f->payment_id != 0) {
        TRY(page->ctx, refundable_payment(page->ctx, f->payment_id, &payment));
        page_link_fact(facts, &row, tr("To the card that paid"), payment.method_text,
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
        TRY(page->ctx, pursue_refund(page->ctx, refund.id, ASK_BUDGET_MS, &state));
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
