/* disputes: one disputed payment, and what a lost one becomes. */
#include "base/str.h"
#include "core/date.h"
#include "core/dispute.h"
#include "page/admin/admin.h"
#include "page/admin/money_rows.h"
#include "service/disputing.h"
#include "store/customer.h"
#include "store/dispute.h"
#include "text/words.h"

struct choice_form {
    const char *then;
};
static const struct field_option then_option[] = {
    {"open", N_("The invoice is open again"), N_("The customer owes it, and can pay it otherwise.")},
    {"bad", N_("It is written off as a bad debt"), N_("Nothing more is asked of the customer. What becomes of its VAT is your accountant's to say.")},
};
static const struct field choice_field[] = {
    {.kind = FIELD_CHOICE, .name = "then", .label = N_("What becomes of the invoice"), .required = true, .options = then_option,
     .option_count = COUNT_OF(then_option), .missing = N_("Choose what becomes of the invoice"), .offset = offsetof(struct choice_form, then)},
};

void dispute_badge(HDF *node, enum dispute_state state)
{
    page_badge(node, state == DISPUTE_WON ? "ok" : state == DISPUTE_OPEN ? "warn" : state == DISPUTE_LOST ? "bad" : "neutral",
               tr(dispute_state_text(state)));
}

enum err fill_disputes(struct page *page, HDF *hdf, int64_t payment_id)
{
    struct dispute *rows;
    size_t count;

    TRY(page->ctx, disputes_of_payment(page->ctx, payment_id, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Disputes", (int)i);

        hdf_text(node, "on", page_date(page, rows[i].opened_on));
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/disputes/%lld", (long long)rows[i].id));
        hdf_text(node, "reason", tr(dispute_reason_text(rows[i].reason)));
        hdf_text(node, "by", rows[i].state == DISPUTE_OPEN ? page_instant(page, rows[i].answer_by) : "");
        hdf_text(node, "amount", page_money(page, rows[i].amount_minor, rows[i].currency));
        dispute_badge(hdf_node(node, "state"), rows[i].state);
    }
    return OK;
}

static enum err show_dispute(struct page *page, const struct dispute *d, const struct form *form, int status)
{
    struct arena *arena = page->ctx->arena;
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    struct customer customer;
    struct invoice invoice;
    int row = 0;

    TRY(page->ctx, customer_by_id(page->ctx, d->customer_id, &customer));
    dispute_badge(hdf_node(hdf, "Case.state"), d->state);
    page_link_fact(facts, &row, tr("Customer"), customer.name, arena_printf(arena, "/admin/customers/%s", customer.number));
    if (d->invoice_id != 0) {
        TRY(page->ctx, invoice_by_id(page->ctx, d->invoice_id, &invoice));
        page_link_fact(facts, &row, tr("Invoice"), invoice.number, arena_printf(arena, "/admin/invoices/%s", invoice.number));
    }
    page_link_fact(facts, &row, tr("Payment"), page_money(page, d->amount_minor, d->currency), arena_printf(arena, "/admin/payments/%lld", (long long)d->attempt_id));
    page_fact(facts, &row, tr("Reason of the bank"), tr(dispute_reason_text(d->reason)));
    page_fact(facts, &row, tr("Answer at the gateway by"), d->state == DISPUTE_OPEN ? page_instant(page, d->answer_by) : "");
    page_fact(facts, &row, tr("Disputed on"), page_date(page, d->opened_on));
    page_fact(facts, &row, tr("The money left on"), page_date(page, d->out_on));
    page_fact(facts, &row, tr("It came again on"), page_date(page, d->in_on));
    page_fact(facts, &row, tr("Decided on"), page_date(page, d->ended_on));
    page_fact(facts, &row, tr("Reference of the gateway"), d->dispute_ref);
    hdf_number(hdf, "Case.id", d->id);
    hdf_flag(hdf, "Case.open", d->state == DISPUTE_OPEN);
    hdf_flag(hdf, "Case.lost", d->state == DISPUTE_LOST);
    view_form(page->ctx, hdf, form);
    admin_flash(page);
    return form->error_count > 0 ? page_show_form(page, form, tr("Dispute"), "admin/dispute.cs")
                                 : page_show(page, status, tr("Dispute"), "admin/dispute.cs");
}

static enum err load(struct page *page, struct dispute *d)
{
    int64_t id = admin_id(page->arg[0]);

    return id != 0 ? dispute_by_id(page->ctx, id, d) : ERR_NOT_FOUND;
}

enum err page_dispute(struct page *page)
{
    struct choice_form values = {""};
    struct dispute d;
    struct form form;
    enum err err = load(page, &d);

    if (err != OK)
        return err;
    form_fill(&form, page->ctx, choice_field, COUNT_OF(choice_field), &values);
    return show_dispute(page, &d, &form, 200);
}

enum err page_dispute_post(struct page *page)
{
    struct dispute_choice choice;
    struct choice_form v;
    struct dispute d;
    struct form form;
    struct once once;
    enum err err = load(page, &d);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, choice_field, &v))
        return OK;
    if (form.error_count > 0)
        return show_dispute(page, &d, &form, 422);
    once = admin_once(page, arena_printf(page->ctx->arena, "/admin/disputes/%lld?did=saved", (long long)d.id));
    err = choose_dispute(page->ctx, d.id, str_equal(v.then, "open"), &once, &choice);
    if (err != OK)
        return err;
    if (choice.stale)
        return page_error(page, 409, NULL);
    if (!choice.refused)
        return page_see(page, "%s", choice.url);
    form_error(&form, "then", choice.of_deposit ? tr("A deposit is not open again: write the amount off, or credit the deposit") : tr("The invoice was credited since: it cannot be open again by this amount"));
    return show_dispute(page, &d, &form, 422);
}
