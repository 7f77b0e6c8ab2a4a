/* reconciliation: where our books, the gateway and the bank differ, what to do about each, and the way back to normal
 * after a backup was restored. */
#include "core/reconciliation.h"

#include "base/check.h"
#include "base/str.h"
#include "page/admin/admin.h"
#include "page/admin/money_rows.h"
#include "service/difference_deciding.h"
#include "service/restoring.h"
#include "store/reconciliation.h"
#include "text/words.h"

enum { PAGE_ROWS = 50 };

static const struct money_view view[] = {
    {"", N_("To be dealt with"), ""},
    {"done", N_("Dealt with"), ""},
};

static const char *source_text(const char *source)
{
    return str_equal(source, "charge")    ? tr("Gateway")
           : str_equal(source, "refund")  ? tr("Gateway: refunds")
           : str_equal(source, "dispute") ? tr("Gateway: disputes")
           : str_equal(source, "debit")   ? tr("Direct debits")
           : str_equal(source, "bank")    ? tr("Bank account") : tr("Journal");
}

/* What a person does about it, in one sentence. */
static const char *advice(const struct difference_row *d)
{
    enum difference_cause cause = difference_cause_from_name(d->cause);

    if (str_equal(d->source, "bank"))
        return tr("Say on the page of the bank account which invoice this money pays.");
    if (str_equal(d->source, "debit"))
        return tr("What the account says of this file of debits is not what is counted as paid: take in what is missing of the bank's files, and see its entries.");
    if (str_equal(d->source, "books"))
        return tr("The journal does not say what the payment says: have it looked at before the month is closed.");
    if (str_equal(d->source, "refund_books"))
        return tr("The journal does not say what the refund says: have it looked at before the month is closed.");
    if (str_equal(d->source, "refund"))
        return cause == DIFFERENCE_MISSING_THERE ? tr("We have booked a refund that the gateway does not know: ask its support before another is made.")
                                                 : tr("The gateway gave this money back, and our books do not say so. Until it is dealt with nothing more is refunded to this customer.");
    if (str_equal(d->source, "dispute"))
        return cause == DIFFERENCE_MISSING_THERE ? tr("We have booked a dispute of which the gateway took nothing: ask its support.")
                                                 : tr("The customer's bank took this money back. If the next comparison does not book it, ask the gateway's support.");
    if (d->attempt_id != 0 && cause == DIFFERENCE_STATE)
        return tr("Ask the gateway again; what it says is settled at once.");
    if (cause == DIFFERENCE_MISSING_HERE)
        return tr("Say which invoice it paid, or give it back at the gateway. Until then nothing more is taken from this customer.");
    if (cause == DIFFERENCE_MISSING_THERE)
        return tr("The gateway does not know of a payment that we have booked: ask its support.");
    if (cause == DIFFERENCE_DOUBLED)
        return tr("Give one of the two back at the gateway. Until then nothing more is taken from this customer.");
    return tr("Compare with the gateway's own pages, and correct what is wrong there.");
}

static const char *sum(const struct page *page, int64_t minor, const char *currency)
{
    return currency[0] == '\0' ? "–" : page_money(page, minor, currency);
}

static const char *resolution_text(const char *resolution)
{
    return str_equal(resolution, "gone") ? tr("Gone by itself") : str_equal(resolution, "booked") ? tr("Booked") : tr("By a person");
}

static void difference_row(struct page *page, HDF *node, const struct difference_row *d)
{
    hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/reconciliation/%lld", (long long)d->id));
    hdf_text(node, "source", source_text(d->source));
    hdf_text(node, "who", d->customer_name[0] != '\0' ? d->customer_name : d->ref);
    hdf_text(node, "note", d->note);
    page_badge(hdf_node(node, "cause"), d->resolved_at != 0 ? "ok" : "bad", tr(difference_cause_text(difference_cause_from_name(d->cause))));
    hdf_text(node, "how", d->resolved_at != 0 ? resolution_text(d->resolution) : advice(d));
    hdf_text(node, "on", page_instant(page, d->happened_at));
    hdf_text(node, "ours", sum(page, d->ours_minor, d->ours_currency));
    hdf_text(node, "theirs", sum(page, d->theirs_minor, d->theirs_currency));
}

static enum err show_rows(struct page *page, HDF *hdf, bool past)
{
    struct difference_row *rows;
    size_t count;

    TRY(page->ctx, past ? past_differences(page->ctx, page_query_id(page, "before"), PAGE_ROWS + 1, &rows, &count)
                        : open_differences(page->ctx, page_query_id(page, "after"), PAGE_ROWS + 1, &rows, &count));
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++)
        difference_row(page, hdf_row(hdf, "Rows", (int)i), &rows[i]);
    if (count == 0)
        hdf_text(hdf, "Empty.text", past ? tr("No difference was dealt with yet.") : tr("Books, gateway and bank say the same."));
    if (count > PAGE_ROWS && past)
        money_pager(page, hdf, "/admin/reconciliation?view=done", rows[PAGE_ROWS - 1].id);
    else if (count > PAGE_ROWS)
        hdf_text(hdf, "Next", arena_printf(page->ctx->arena, "/admin/reconciliation?after=%lld", (long long)rows[PAGE_ROWS - 1].id));
    return OK;
}

static enum err show_restored(struct page *page, HDF *hdf)
{
    struct restored restored;

    TRY(page->ctx, restored_now(page->ctx, &restored));
    if (restored.since_at == 0)
        return OK;
    hdf_text(hdf, "Restored.since", tr_fill(page->ctx->arena, "The database was restored from a backup ({when}). Nothing is billed, numbered, collected or mailed until what happened since then is known again.",
                                            "when", page_instant(page, restored.since_at), NULL));
    hdf_flag(hdf, "Restored.reconciled", restored.reconciled);
    for (size_t i = 0; i < restored.number_count; i++)
        hdf_text(hdf_row(hdf, "Restored.numbers", (int)i), "text",
                 tr_fill(page->ctx->arena, "Documents up to {outside} left the house; here they end at {here}. Choose another prefix, so that no number is given twice.",
                         "outside", arena_printf(page->ctx->arena, "%s-%05lld", restored.numbers[i].series, (long long)restored.numbers[i].last_sequence),
                         "here", arena_printf(page->ctx->arena, "%s-%05lld", restored.numbers[i].series, (long long)restored.numbers[i].here_sequence), NULL));
    return OK;
}

struct leave_form {
    bool bank;
};
static const struct field leave_field[] = {
    {.kind = FIELD_CHECK, .name = "bank", .label = N_("All files of the bank since the backup have been taken in"), .offset = offsetof(struct leave_form, bank)},
};

static enum err show_list(struct page *page, const struct money_view *now, struct form *form)
{
    HDF *hdf = page_tree(page);
    struct restored_house house;

    TRY(page->ctx, restored_house(page->ctx, &house));
    hdf_text(hdf, "View", now == &view[0] ? "open" : "done");
    hdf_text(hdf, "Compared", house.reconciled_at == 0 ? tr("Not compared yet: the next run of the batch does it.")
                                                       : tr_fill(page->ctx->arena, "Last compared {when}.", "when", page_instant(page, house.reconciled_at), NULL));
    TRY(page->ctx, show_rows(page, hdf, now != &view[0]));
    TRY(page->ctx, show_restored(page, hdf));
    admin_flash(page);
    if (form->error_count > 0)
        return page_show_form(page, form, tr("Reconciliation"), "admin/reconciliation.cs");
    view_form(page->ctx, hdf, form);
    return page_show(page, 200, tr("Reconciliation"), "admin/reconciliation.cs");
}

enum err page_reconciliation(struct page *page)
{
    const struct money_view *now = money_views(page, page_tree(page), "/admin/reconciliation", view, COUNT_OF(view));
    struct leave_form values = {false};
    struct form form;

    form_fill(&form, page->ctx, leave_field, COUNT_OF(leave_field), &values);
    return now == NULL ? page_see(page, "/admin/reconciliation") : show_list(page, now, &form);
}

enum err page_reconciliation_post(struct page *page)
{
    const struct once once = admin_once(page, "/admin/reconciliation?did=normal");
    struct leave_form values;
    struct leaving leaving;
    struct form form;

    if (!PAGE_FORM(page, &form, leave_field, &values))
        return OK;
    leaving = (struct leaving){.bank_is_in = values.bank};
    TRY(page->ctx, leave_restored(page->ctx, &leaving, &once));
    if (leaving.refusal == LEAVE_NOT_REFUSED)
        return page_see(page, "%s", leaving.url);
    if (leaving.refusal == LEAVE_NOT_RESTORED)
        return page_error(page, 409, tr(leave_refusal_text(leaving.refusal)));
    form_error(&form, "bank", tr(leave_refusal_text(leaving.refusal)));
    (void)money_views(page, page_tree(page), "/admin/reconciliation", view, COUNT_OF(view));
    return show_list(page, &view[0], &form);
}

/* ---- one of them ---- */

struct decide_form {
    const char *invoice;
};
static const struct field decide_field[] = {
    {.kind = FIELD_TEXT, .name = "invoice", .label = N_("Number of the invoice that it paid"), .max = 40, .hint = N_("Such as INV-2026-00017"),
     .offset = offsetof(struct decide_form, invoice)},
};

static enum err show_one(struct page *page, const struct difference_row *d, struct form *form)
{
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    bool open = d->resolved_at == 0;
    int row = 0;

    page_fact(facts, &row, tr("Difference"), tr(difference_cause_text(difference_cause_from_name(d->cause))));
    page_fact(facts, &row, tr("Compared with"), source_text(d->source));
    page_fact(facts, &row, tr("Here"), sum(page, d->ours_minor, d->ours_currency));
    page_fact(facts, &row, tr("There"), sum(page, d->theirs_minor, d->theirs_currency));
    page_fact(facts, &row, tr("Customer"), d->customer_name);
    page_fact(facts, &row, tr("Reference"), d->ref);
    page_fact(facts, &row, tr("Text"), d->note);
    page_fact(facts, &row, tr("When"), page_instant(page, d->happened_at));
    page_fact(facts, &row, tr("Found"), page_instant(page, d->found_at));
    if (!open)
        page_fact(facts, &row, tr("Dealt with"), arena_printf(page->ctx->arena, "%s, %s", resolution_text(d->resolution), page_instant(page, d->resolved_at)));
    hdf_text(hdf, "Difference.id", page->arg[0]);
    hdf_text(hdf, "Difference.advice", open ? advice(d) : "");
    hdf_flag(hdf, "Difference.open", open);
    hdf_flag(hdf, "Difference.ask", open && d->attempt_id != 0 && str_equal(d->cause, "state"));
    hdf_flag(hdf, "Difference.book", open && str_equal(d->source, "charge") && str_equal(d->cause, "missing_here"));
    hdf_flag(hdf, "Difference.bank", open && str_equal(d->source, "bank"));
    if (form->error_count > 0)
        return page_show_form(page, form, tr("Difference"), "admin/difference.cs");
    view_form(page->ctx, hdf, form);
    return page_show(page, 200, tr("Difference"), "admin/difference.cs");
}

enum err page_difference(struct page *page)
{
    struct decide_form values = {""};
    struct difference_row row;
    struct form form;
    enum err err = difference_by_id(page->ctx, admin_id(page->arg[0]), &row);

    if (err != OK)
        return err;
    form_fill(&form, page->ctx, decide_field, COUNT_OF(decide_field), &values);
    return show_one(page, &row, &form);
}

enum err page_difference_post(struct page *page)
{
    const struct once once = admin_once(page, "/admin/reconciliation?did=difference");
    struct decide_form values;
    struct deciding deciding;
    struct difference_row row;
    struct form form;
    enum err err = difference_by_id(page->ctx, admin_id(page->arg[0]), &row);
    bool ask, aside;

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, decide_field, &values))
        return OK;
    ask = str_equal(form.button, "ask");
    aside = str_equal(form.button, "aside");
    if (!ask && !aside && (!str_equal(row.source, "charge") || !str_equal(row.cause, "missing_here")))
        return page_error(page, 400, NULL);
    if (!ask && !aside && str_empty(values.invoice))
        form_error(&form, "invoice", tr("Enter the number of the invoice"));
    if (form.error_count == 0) {
        deciding = (struct deciding){.id = row.id, .invoice_number = values.invoice};
        TRY(page->ctx, ask ? ask_about_difference(page->ctx, &deciding, &once) : aside ? set_difference_aside(page->ctx, &deciding, &once)
                                                                                         : book_difference(page->ctx, &deciding, &once));
        if (deciding.refusal == DECIDE_NOT_REFUSED)
            return page_see(page, "%s", deciding.url);
        if (deciding.refusal == DECIDE_DONE_BEFORE)
            return page_error(page, 409, tr(decide_refusal_text(deciding.refusal)));
        form_error(&form, "invoice", tr(decide_refusal_text(deciding.refusal)));
    }
    return show_one(page, &row, &form);
}
