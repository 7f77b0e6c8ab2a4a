/* bank: what came from the seller's bank: entries that wait for a person, those that are done, the files. */
#include "base/check.h"
#include "base/str.h"
#include "core/attempt.h"
#include "core/debit_credit.h"
#include "page/admin/admin.h"
#include "page/admin/money_rows.h"
#include "service/bank_leftovers.h"
#include "service/banking.h"
#include "store/debit.h"
#include "store/invoice.h"
#include "text/words.h"

enum { PAGE_ROWS = 50, DEBIT_ROWS = 200 };

static const struct money_view view[] = {
    {"", N_("To be dealt with"), ""},
    {"done", N_("Dealt with"), ""},
    {"files", N_("Files"), ""},
};

static const char *from_whom(const struct page *page, const struct bank_entry_row *e)
{
    if (e->is_fee)
        return tr("Your bank");
    if (e->file_id != 0 && e->attempt_id == 0)
        return tr_fill(page->ctx->arena, "Several direct debits, {batch}", "batch", e->batch_id[0] != '\0' ? e->batch_id : e->bank_ref, NULL);
    if (e->name[0] == '\0')
        return e->account_masked[0] != '\0' ? e->account_masked : tr("Unknown payer");
    return e->account_masked[0] == '\0' ? e->name : arena_printf(page->ctx->arena, "%s · %s", e->name, e->account_masked);
}

static const char *what_text(const struct bank_entry_row *e)
{
    return e->text[0] != '\0' ? e->text : e->reference[0] != '\0' ? e->reference : e->end_to_end_id;
}

/* "" when the bank kept nothing of it. */
static const char *kept_text(const struct page *page, const struct bank_entry_row *e)
{
    int64_t kept_minor = e->fee_minor + e->kept_minor;

    return kept_minor == 0 ? "" : tr_fill(page->ctx->arena, "The bank kept {amount}", "amount", page_money(page, kept_minor, e->currency), NULL);
}

static void entry_row(const struct page *page, HDF *node, const struct bank_entry_row *e)
{
    hdf_text(node, "who", from_whom(page, e));
    hdf_text(node, "text", what_text(e));
    hdf_text(node, "on", page_date(page, e->booked_on));
    hdf_text(node, "amount", page_money(page, e->credit ? e->amount_minor : -e->amount_minor, e->currency));
    if (e->fee_minor + e->kept_minor > 0)
        hdf_text(node, "kept", kept_text(page, e));
    hdf_text(node, "doubt", tr(debit_verdict_text(debit_verdict_from_name(e->doubt))));
}

static const char *match_text(const char *kind)
{
    return str_equal(kind, "reference")            ? tr("By its reference")
           : str_equal(kind, "number")             ? tr("By the invoice's number")
           : str_equal(kind, "amount_and_account") ? tr("By account and amount")
           : str_equal(kind, "person")             ? tr("By a person")
                                                   : tr("No customer's payment");
}

static enum err show_open(struct page *page, HDF *hdf)
{
    struct bank_leftover *rows;
    size_t count;

    TRY(page->ctx, bank_leftovers(page->ctx, 0, PAGE_ROWS, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        entry_row(page, node, &rows[i].entry);
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/bank/%lld", (long long)rows[i].entry.id));
        for (size_t k = 0; k < rows[i].guess_count; k++)
            hdf_text(hdf_row(node, "guesses", (int)k), "number", rows[i].guess[k].number);
    }
    if (count == 0)
        hdf_text(hdf, "Empty.text", tr("Nothing waits: all money on the account fits an invoice."));
    return OK;
}

static enum err show_done(struct page *page, HDF *hdf)
{
    struct bank_entry_row *rows;
    size_t count;

    TRY(page->ctx, resolved_bank_entries(page->ctx, page_query_id(page, "before"), PAGE_ROWS + 1, &rows, &count));
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);
        struct invoice invoice;

        entry_row(page, node, &rows[i]);
        hdf_text(node, "how", rows[i].is_fee ? rows[i].credit ? tr("Bank fee given back") : tr("Bank fee") : match_text(rows[i].match_kind));
        if (rows[i].invoice_id == 0)
            continue;
        TRY(page->ctx, invoice_by_id(page->ctx, rows[i].invoice_id, &invoice));
        hdf_text(node, "number", invoice.number);
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/invoices/%s", invoice.number));
    }
    if (count == 0)
        hdf_text(hdf, "Empty.text", tr("No entry of the bank was dealt with yet."));
    if (count > PAGE_ROWS)
        money_pager(page, hdf, "/admin/bank?view=done", rows[PAGE_ROWS - 1].id);
    return OK;
}

static enum err show_files(struct page *page, HDF *hdf)
{
    struct bank_import *rows;
    size_t count;

    TRY(page->ctx, bank_imports(page->ctx, page_query_id(page, "before"), PAGE_ROWS + 1, &rows, &count));
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++) {
        HDF *node = hdf_row(hdf, "Files", (int)i);

        hdf_text(node, "name", rows[i].name);
        hdf_text(node, "version", rows[i].version);
        hdf_text(node, "at", page_instant(page, rows[i].imported_at));
        hdf_text(node, "counts", tr_fill(page->ctx->arena, "{entries} entries, {fresh} new, {matched} booked", "entries",
                                         arena_printf(page->ctx->arena, "%d", rows[i].entries), "fresh",
                                         arena_printf(page->ctx->arena, "%d", rows[i].fresh), "matched",
                                         arena_printf(page->ctx->arena, "%d", rows[i].matched), NULL));
        page_badge(hdf_node(node, "state"), str_equal(rows[i].state, "done") ? "ok" : "bad",
                   str_equal(rows[i].state, "done") ? tr("Taken in") : tr("Broken off: take it in again"));
    }
    if (count == 0)
        hdf_text(hdf, "Empty.text", tr("No file of the bank was taken in yet."));
    if (count > PAGE_ROWS)
        money_pager(page, hdf, "/admin/bank?view=files", rows[PAGE_ROWS - 1].id);
    return OK;
}

static enum err show_bank(struct page *page, const struct money_view *now, int status, const char *kind, const char *message)
{
    HDF *hdf = page_tree(page);

    hdf_text(hdf, "View", now->name[0] == '\0' ? "open" : now->name);
    TRY(page->ctx, now == &view[0] ? show_open(page, hdf) : now == &view[1] ? show_done(page, hdf) : show_files(page, hdf));
    admin_flash(page);
    if (message != NULL)
        layout_flash(hdf, kind, message, NULL, NULL);
    return page_show(page, status, tr("Bank account"), "admin/bank.cs");
}

enum err page_bank(struct page *page)
{
    const struct money_view *now = money_views(page, page_tree(page), "/admin/bank", view, COUNT_OF(view));

    return now == NULL ? page_see(page, "/admin/bank") : show_bank(page, now, 200, NULL, NULL);
}

/* ---- a file ---- */

static const char *refusal_text(const struct page *page, const struct bank_imported *imported)
{
    struct arena *arena = page->ctx->arena;

    if (imported->refusal == IMPORT_FILE)
        return tr_fill(arena, "Nothing was taken in. Line {line}: {reason} {detail}", "line", arena_printf(arena, "%d", imported->refused.line), "reason",
                       tr(bank_refusal_text(imported->refused.reason)), "detail", imported->refused.detail, NULL);
    return str_trim(arena, arena_printf(arena, "%s %s", tr(bank_import_refusal_text(imported->refusal)), imported->detail));
}

/* The very same bytes change nothing the second time, so that the form needs no token of its own. */
enum err page_bank_file_post(struct page *page)
{
    const struct upload *file = page_file(page, "file");
    struct bank_imported imported;

    if (!page_press(page))
        return OK;
    (void)money_views(page, page_tree(page), "/admin/bank", view, COUNT_OF(view));
    if (file == NULL)
        return show_bank(page, &view[0], 422, "bad", tr("Choose a file"));
    TRY(page->ctx, import_bank_file(page->ctx, tr("From this page"), file->data, file->bytes, false, &imported));
    if (imported.refusal != IMPORT_NOT_REFUSED)
        return show_bank(page, &view[0], 422, imported.refusal == IMPORT_KNOWN ? "warn" : "bad", refusal_text(page, &imported));
    return page_see(page, "/admin/bank?view=files&did=taken");
}

/* ---- one entry ---- */

struct entry_form {
    const char *invoice;
    const char *debit;
    const char *fee;
};
static const struct field entry_field[] = {
    {.kind = FIELD_TEXT, .name = "invoice", .label = N_("Number of another invoice"), .max = 40, .hint = N_("Such as INV-2026-00017"),
     .offset = offsetof(struct entry_form, invoice)},
    {.kind = FIELD_HIDDEN, .name = "debit", .max = 20, .offset = offsetof(struct entry_form, debit)},
    {.kind = FIELD_HIDDEN, .name = "fee", .max = 20, .offset = offsetof(struct entry_form, fee)},
};

static enum err load_entry(struct page *page, struct bank_leftover *left)
{
    struct bank_leftover *rows;
    long long id;
    size_t count;

    if (!str_to_i64(page->arg[0], 1, INT64_MAX, &id))
        return ERR_NOT_FOUND;
    TRY(page->ctx, bank_leftovers(page->ctx, id - 1, 1, &rows, &count));
    if (count == 1 && rows[0].entry.id == id) {
        *left = rows[0];
        return OK;
    }
    *left = (struct bank_leftover){.guess_count = 0};
    return bank_entry_by_id(page->ctx, id, &left->entry);
}

/* Money that came for debits of ours otherwise than asked: what they were. */
static enum err show_debits(struct page *page, HDF *hdf, const struct bank_entry_row *e)
{
    struct handed_debit *rows;
    size_t count;

    hdf_flag(hdf, "Entry.several", e->attempt_id == 0);
    if (e->attempt_id != 0)
        return OK;
    TRY(page->ctx, credited_debits(page->ctx, e->file_id, e->batch_id, e->id, &rows, &count));
    for (size_t i = 0; i < count && i < DEBIT_ROWS; i++) {
        HDF *node = hdf_row(hdf, "Debits", (int)i);
        enum attempt_state state = attempt_state_from_name(rows[i].debited.state);
        struct invoice invoice;
        enum err err = invoice_by_id(page->ctx, rows[i].invoice_id, &invoice);

        if (err != OK && err != ERR_NOT_FOUND)
            return err;
        if (err == ERR_NOT_FOUND) /* asked first, not invoiced yet */
            ctx_forget_error(page->ctx);
        hdf_text(node, "number", err == OK ? invoice.number : "");
        hdf_text(node, "key", rows[i].debited.attempt_key);
        hdf_text(node, "id", arena_printf(page->ctx->arena, "%lld", (long long)rows[i].debited.attempt_id));
        hdf_text(node, "amount", page_money(page, rows[i].debited.amount_minor, rows[i].debited.currency));
        hdf_text(node, "state", tr(attempt_state_text(state)));
        hdf_flag(node, "waits", state == ATTEMPT_PENDING);
    }
    if (count > DEBIT_ROWS)
        hdf_text(hdf, "Entry.more", tr_fill(page->ctx->arena, "And {count} more: take in the bank's answer (pain.002) that names those it refused.", "count",
                                            arena_printf(page->ctx->arena, "%zu", count - DEBIT_ROWS), NULL));
    return OK;
}

/* What is missing of a batch may be a fee that no file tells. */
static enum err show_fee(struct page *page, HDF *hdf, const struct bank_entry_row *e)
{
    int64_t fee_minor;

    TRY(page->ctx, fee_of_leftover(page->ctx, e, &fee_minor));
    if (fee_minor == 0)
        return OK;
    hdf_text(hdf, "Fee.minor", arena_printf(page->ctx->arena, "%lld", (long long)fee_minor));
    hdf_text(hdf, "Fee.text",
             tr_fill(page->ctx->arena, "{amount} are missing, at most 2% of what was asked. If the bank kept them as its fee without telling it in a file, the debits are paid as they were asked and {amount} stand with the bank's charges.",
                     "amount", page_money(page, fee_minor, e->currency), NULL));
    hdf_text(hdf, "Fee.button", tr_fill(page->ctx->arena, "Book {amount} as the bank's fee", "amount", page_money(page, fee_minor, e->currency), NULL));
    return OK;
}

static enum err show_entry(struct page *page, const struct bank_leftover *left, struct form *form)
{
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    const struct bank_entry_row *e = &left->entry;
    int row = 0;

    page_fact(facts, &row, tr("Amount"), page_money(page, e->credit ? e->amount_minor : -e->amount_minor, e->currency));
    page_fact(facts, &row, tr("Bank fee"), kept_text(page, e));
    page_fact(facts, &row, tr("What differs"), tr(debit_verdict_text(debit_verdict_from_name(e->doubt))));
    page_fact(facts, &row, tr("Asked by direct debit"), e->doubt[0] != '\0' ? page_money(page, e->asked_minor, e->currency) : "");
    page_fact(facts, &row, tr("Booked on"), page_date(page, e->booked_on));
    page_fact(facts, &row, tr("From"), from_whom(page, e));
    page_fact(facts, &row, tr("Text"), e->text);
    page_fact(facts, &row, tr("Reference"), e->reference);
    page_fact(facts, &row, tr("Payer's reference"), e->end_to_end_id);
    page_fact(facts, &row, tr("Bank's reference"), e->bank_ref);
    page_fact(facts, &row, tr("Reason of the return"), e->return_code);
    hdf_text(hdf, "Entry.id", page->arg[0]);
    hdf_flag(hdf, "Entry.credit", e->credit);
    hdf_flag(hdf, "Entry.doubt", e->doubt[0] != '\0');
    if (e->doubt[0] != '\0')
        TRY(page->ctx, show_debits(page, hdf, e));
    TRY(page->ctx, show_fee(page, hdf, e));
    for (size_t i = 0; i < left->guess_count; i++) {
        HDF *node = hdf_row(hdf, "Guesses", (int)i);
        const struct bank_claim *claim = &left->guess[i];

        hdf_text(node, "number", claim->number);
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/invoices/%s", claim->number));
        hdf_text(node, "customer", claim->customer_name);
        hdf_text(node, "open", page_money(page, claim->open_minor, claim->currency));
    }
    if (form->error_count > 0)
        return page_show_form(page, form, tr("Entry on the bank account"), "admin/bank_entry.cs");
    view_form(page->ctx, hdf, form);
    return page_show(page, 200, tr("Entry on the bank account"), "admin/bank_entry.cs");
}

enum err page_bank_entry(struct page *page)
{
    struct entry_form values = {"", "", ""};
    struct bank_leftover left;
    struct form form;
    enum err err = load_entry(page, &left);

    if (err != OK)
        return err;
    if (!str_equal(left.entry.state, "open"))
        return page_see(page, "/admin/bank?view=done");
    form_fill(&form, page->ctx, entry_field, COUNT_OF(entry_field), &values);
    return show_entry(page, &left, &form);
}

/* The bank's word about one debit of a batch, typed by a person who read it elsewhere. */
static enum err refuse_one(struct page *page, const struct bank_entry_row *e, const char *debit)
{
    const struct once once = admin_once(page, arena_printf(page->ctx->arena, "/admin/bank/%lld", (long long)e->id));
    struct debit_refusing refusing = {.entry_id = e->id};
    long long id = 0;

    refusing.attempt_id = str_to_i64(debit, 1, INT64_MAX, &id) ? id : 0;
    TRY(page->ctx, refuse_debit(page->ctx, &refusing, &once));
    if (refusing.refusal != RESOLVE_NOT_REFUSED)
        return page_error(page, 409, tr(resolve_refusal_text(refusing.refusal)));
    return page_see(page, "%s", refusing.url);
}

static enum err book_fee(struct page *page, const struct bank_entry_row *e, const char *fee)
{
    const struct once once = admin_once(page, "/admin/bank?did=booked");
    struct fee_keeping keeping = {.entry_id = e->id};
    long long minor = 0;

    keeping.fee_minor = str_to_i64(fee, 1, INT64_MAX, &minor) ? minor : 0;
    TRY(page->ctx, book_batch_fee(page->ctx, &keeping, &once));
    if (keeping.refusal != RESOLVE_NOT_REFUSED)
        return page_error(page, 409, tr(resolve_refusal_text(keeping.refusal)));
    return page_see(page, "%s", keeping.url);
}

enum err page_bank_entry_post(struct page *page)
{
    const struct once once = admin_once(page, "/admin/bank?did=booked");
    struct entry_form values;
    struct bank_leftover left;
    struct resolving resolving;
    struct form form;
    enum err err = load_entry(page, &left);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, entry_field, &values))
        return OK;
    if (str_equal(form.button, "refused"))
        return refuse_one(page, &left.entry, values.debit);
    if (str_equal(form.button, "fee"))
        return book_fee(page, &left.entry, values.fee);
    if (!str_equal(form.button, "aside") && str_empty(values.invoice))
        form_error(&form, "invoice", tr("Enter the number of the invoice"));
    if (form.error_count == 0) {
        resolving = (struct resolving){.entry_id = left.entry.id, .invoice_number = str_equal(form.button, "aside") ? "" : values.invoice};
        TRY(page->ctx, resolve_entry(page->ctx, &resolving, &once));
        if (resolving.refusal == RESOLVE_NOT_REFUSED)
            return page_see(page, "%s", resolving.url);
        if (resolving.refusal == RESOLVE_DONE_BEFORE)
            return page_error(page, 409, tr(resolve_refusal_text(resolving.refusal)));
        form_error(&form, "invoice", tr(resolve_refusal_text(resolving.refusal)));
    }
    return show_entry(page, &left, &form);
}
