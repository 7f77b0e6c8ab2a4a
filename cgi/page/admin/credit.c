/* credit: the form of a credit note: everything that is left of an invoice or parts of its lines, what it comes to, then
 * the note itself. The first button only computes. */
#include "base/str.h"
#include "core/date.h"
#include "core/money.h"
#include "page/admin/admin.h"
#include "service/crediting.h"
#include "service/paying.h"
#include "text/format.h"
#include "text/parse.h"
#include "text/phrase.h"
#include "text/words.h"

enum { REASON_BYTES_MAX = 300 };

struct part_form {
    const char *amount;
    const char *quantity;
};

struct credit_form {
    const char *scope;
    const char *reason;
    const char *shown; /* the total that was shown when it was computed, in minor units */
    struct part_form *parts;
    size_t part_count;
};

static const struct field_option scope_option[] = {{"rest", N_("Everything that is left"), NULL}, {"lines", N_("Parts of the lines"), NULL}};

static const struct field part_field[] = {
    {.kind = FIELD_TEXT, .name = "amount", .label = N_("Amount"), .max = 40, .offset = offsetof(struct part_form, amount)},
    {.kind = FIELD_TEXT, .name = "quantity", .label = N_("or a quantity"), .max = 40, .offset = offsetof(struct part_form, quantity)},
};

static const struct field credit_field[] = {
    {.kind = FIELD_HIDDEN, .name = "shown", .max = 40, .offset = offsetof(struct credit_form, shown)},
    {.kind = FIELD_CHOICE, .name = "scope", .label = N_("What is credited"), .required = true, .options = scope_option,
     .option_count = COUNT_OF(scope_option), .missing = N_("Choose what is credited"), .offset = offsetof(struct credit_form, scope)},
    {.kind = FIELD_TEXT, .name = "reason", .label = N_("Reason"), .required = true, .max = REASON_BYTES_MAX,
     .hint = N_("It stands on the credit note."), .missing = N_("Enter the reason; it stands on the credit note"),
     .offset = offsetof(struct credit_form, reason)},
    {.kind = FIELD_GROUP, .name = "line", .fields = part_field, .field_count = COUNT_OF(part_field),
     .record_bytes = sizeof(struct part_form), .records_max = INVOICE_LINES_MAX, .offset = offsetof(struct credit_form, parts),
     .count_offset = offsetof(struct credit_form, part_count)},
};

/* ---- showing ---- */

static void fill_part(const struct page *page, HDF *hdf, const struct invoice *invoice, const struct creditable *c, size_t i)
{
    struct arena *arena = page->ctx->arena;
    HDF *node = hdf_row(hdf_node(hdf, "Form"), "line", (int)i);
    const struct invoice_line *line = &c->lines[i];
    int64_t left = credit_line_left(&c->credit[i]);

    hdf_number(node, "n", (int64_t)i + 1);
    hdf_text(node, "description", line->description);
    if (!period_is_none(line->period))
        hdf_text(node, "period", tr_fill(arena, "{from} to {until}", "from", page_date(page, line->period.from_on), "until",
                                         page_date(page, line->period.until_on - 1), NULL));
    hdf_text(node, left != 0 ? "amount.hint" : "left",
             tr_fill(arena, line->tax.included ? N_("{left} incl. VAT left of {amount}") : N_("{left} excl. VAT left of {amount}"),
                     "left", page_money(page, left, invoice->currency), "amount",
                     page_money(page, credit_line_priced(line), invoice->currency), NULL));
    hdf_flag(node, "open", left != 0);
    hdf_flag(node, "counted", line->quantity_e4 > QUANTITY_ONE);
    hdf_text(node, "quantity.hint", tr_fill(arena, "of {quantity}", "quantity",
                                            phrase_quantity(arena, page->ctx->language, line->quantity_e4, c->rows[i].unit, c->rows[i].unit_plural), NULL));
    for (int f = 0; f < 2; f++) {
        HDF *field = hdf_node(node, f == 0 ? "amount" : "quantity");

        hdf_text(field, "mode", "decimal");
        hdf_flag(field, "short", true);
        hdf_flag(field, "plain", true);
    }
}

/* Every line has its fields, whatever was typed. */
static void make_parts(struct page *page, const struct creditable *c, struct credit_form *values)
{
    values->parts = ARENA_ARRAY(page->ctx->arena, struct part_form, c->count + 1);
    values->part_count = c->count;
    for (size_t i = 0; i < c->count; i++)
        values->parts[i] = (struct part_form){"", ""};
}

static void total_row(HDF *total, int *row, const char *label, const char *value, bool strong)
{
    HDF *node = hdf_row(total, "rows", (*row)++);

    hdf_text(node, "k", label);
    hdf_text(node, "v", value);
    hdf_flag(node, "strong", strong);
}

static void total_term(HDF *total, int *row, const char *text)
{
    hdf_text(hdf_row(total, "terms", (*row)++), "text", text);
}

/* The arithmetic, and what becomes of the money. */
static void fill_preview(const struct page *page, HDF *hdf, const struct invoice_work *work)
{
    struct arena *arena = page->ctx->arena;
    const struct correction *c = work->correction;
    const char *currency = work->currency;
    HDF *total = hdf_node(hdf, "Total");
    int row = 0;
    int term = 0;

    hdf_text(total, "title", tr("What the credit note says"));
    for (size_t i = 0; i < work->line_count; i++)
        total_row(total, &row, work->lines[i].line.description, page_money(page, work->lines[i].line.net_minor, currency), false);
    total_row(total, &row, tr("Total excl. VAT"), page_money(page, c->totals.net_minor, currency), false);
    for (size_t i = 0; i < c->totals.group_count; i++)
        total_row(total, &row, tr_fill(arena, "VAT {rate} on {base}", "rate", format_percent(arena, page->ctx->language, c->totals.groups[i].rate_ppm),
                                       "base", page_money(page, c->totals.groups[i].base_minor, currency), NULL),
                  page_money(page, c->totals.groups[i].tax_minor, currency), false);
    if (c->totals.rounding_minor != 0)
        total_row(total, &row, tr("Rounding"), page_money(page, c->totals.rounding_minor, currency), false);
    total_row(total, &row, tr("Total incl. VAT"), page_money(page, c->totals.gross_minor, currency), true);
    if (c->effect.set_off_minor > 0)
        total_term(total, &term, tr_fill(arena, "{amount} is set against this invoice, of which {open} is open then.", "amount",
                                         page_money(page, c->effect.set_off_minor, currency), "open",
                                         page_money(page, c->effect.after.open_minor, currency), NULL));
    if (c->effect.kept_minor > 0)
        total_term(total, &term, tr_fill(arena, "{amount} becomes the customer's credit and pays the next invoice first.", "amount",
                                         page_money(page, c->effect.kept_minor, currency), NULL));
    total_term(total, &term, c->left_minor == 0
                                 ? tr("Nothing of the invoice is left to credit then.")
                                 : tr_fill(arena, "{amount} of the invoice can still be credited then.", "amount",
                                           page_money(page, c->left_minor, currency), NULL));
    hdf_text(hdf, "Issue.label", tr_fill(arena, "Issue the credit note of {amount}", "amount",
                                         page_money(page, c->totals.gross_minor, currency), NULL));
    hdf_number(hdf, "Issue.shown", c->totals.gross_minor);
}

static enum err show_credit(struct page *page, const struct invoice *invoice, const struct creditable *c, const struct form *form,
                            const struct invoice_work *preview)
{
    HDF *hdf = page_tree(page);

    view_form(page->ctx, hdf, form);
    hdf_text(hdf, "Inv.number", invoice->number);
    for (size_t i = 0; i < c->count; i++)
        fill_part(page, hdf, invoice, c, i);
    if (preview != NULL)
        fill_preview(page, hdf, preview);
    return page_show(page, form->error_count > 0 ? 422 : 200,
                     tr_fill(page->ctx->arena, "Credit note for invoice {number}", "number", invoice->number, NULL), "admin/credit.cs");
}

/* Nothing can be credited: words instead of a form. */
static enum err show_closed(struct page *page, const struct invoice *invoice, int status, enum credit_refusal refusal)
{
    HDF *hdf = page_tree(page);

    hdf_text(hdf, "Inv.number", invoice->number);
    hdf_text(hdf, "Empty.text", tr(credit_refusal_text(refusal)));
    hdf_flag(hdf, "Paying", refusal == CREDIT_PAYMENT_LIVE);
    hdf_text(hdf, "Empty.href", arena_printf(page->ctx->arena, "/admin/invoices/%s", invoice->number));
    hdf_text(hdf, "Empty.action", tr("Back to the invoice"));
    return page_show(page, status, tr_fill(page->ctx->arena, "Credit note for invoice {number}", "number", invoice->number, NULL), "admin/credit.cs");
}

static bool closed(enum credit_refusal refusal)
{
    return refusal == CREDIT_NOTHING_LEFT || refusal == CREDIT_PAYMENT_LIVE;
}

/* The invoice of the address, when it is one; ERR_NOT_FOUND else. */
static enum err load_invoice(struct page *page, struct invoice *invoice, struct creditable *c)
{
    enum err err = invoice_by_number(page->ctx, page->arg[0], invoice);

    if (err != OK)
        return err;
    if (str_equal(invoice->kind, "credit_note"))
        return ERR_NOT_FOUND;
    return load_creditable(page->ctx, invoice, c);
}

enum err page_invoice_credit(struct page *page)
{
    struct credit_form values = {.scope = "rest", .reason = "", .shown = ""};
    struct credit_request all = {.reason = ""};
    struct invoice_work work;
    struct invoice invoice;
    struct creditable c;
    struct form form;
    enum err err = load_invoice(page, &invoice, &c);

    if (err != OK)
        return err;
    all.invoice_id = invoice.id;
    TRY(page->ctx, preview_credit_note(page->ctx, &all, &work));
    if (closed(all.refusal))
        return show_closed(page, &invoice, 200, all.refusal);
    make_parts(page, &c, &values);
    form_fill(&form, page->ctx, credit_field, COUNT_OF(credit_field), &values);
    return show_credit(page, &invoice, &c, &form, NULL);
}

/* ---- what was typed ---- */

static const char *part_name(const struct page *page, size_t i, const char *field)
{
    return arena_printf(page->ctx->arena, "line.%zu.%s", i, field);
}

static bool read_decimal(const struct page *page, struct form *form, size_t i, const char *field, const char *label, const char *typed,
                         int digits, int64_t *value)
{
    struct arena *arena = page->ctx->arena;
    enum parse_result result = parse_decimal(typed, page->ctx->language, digits, value);

    if (result == PARSE_OK && *value > 0)
        return true;
    form_error(form, part_name(page, i, field),
               result == PARSE_OK            ? tr("Enter an amount above zero")
               : result == PARSE_TOO_PRECISE ? tr_fill(arena, "{label}: at most {digits} decimals", "label", label, "digits",
                                                       arena_printf(arena, "%d", digits), NULL)
                                             : tr_fill(arena, "{label}: enter a number", "label", label, NULL));
    return false;
}

static void too_much(const struct page *page, struct form *form, size_t i, const char *field, const struct invoice *invoice,
                     const struct creditable *c)
{
    form_error(form, part_name(page, i, field),
               tr_fill(page->ctx->arena, "At most {amount} is left of this line", "amount",
                       page_money(page, credit_line_left(&c->credit[i]), invoice->currency), NULL));
}

/* One line's part; false: none was typed, or it was wrong. */
static bool read_part(const struct page *page, struct form *form, const struct invoice *invoice, const struct creditable *c, size_t i,
                      const struct part_form *typed, struct credit_part *part)
{
    const struct currency *currency = currency_find(invoice->currency);
    const struct invoice_line *line = &c->lines[i];

    *part = (struct credit_part){.position = c->rows[i].position, .period = PERIOD_NONE};
    if (str_empty(typed->amount) && str_empty(typed->quantity))
        return false;
    if (!str_empty(typed->amount) && !str_empty(typed->quantity)) {
        form_error(form, part_name(page, i, "quantity"), tr("Enter an amount or a quantity, not both"));
        return false;
    }
    if (!str_empty(typed->amount)) {
        if (!read_decimal(page, form, i, "amount", tr("Amount"), typed->amount, currency != NULL ? currency->digits : 2, &part->amount_minor))
            return false;
        if (credit_line_priced(line) < 0)
            part->amount_minor = -part->amount_minor;
        return true;
    }
    if (!read_decimal(page, form, i, "quantity", tr("Quantity"), typed->quantity, 4, &part->quantity_e4))
        return false;
    if (part->quantity_e4 > line->quantity_e4) {
        form_error(form, part_name(page, i, "quantity"),
                   tr_fill(page->ctx->arena, "At most {quantity} stands on the line", "quantity",
                           format_quantity(page->ctx->arena, page->ctx->language, line->quantity_e4), NULL));
        return false;
    }
    part->amount_minor = credit_of_quantity(&c->credit[i], part->quantity_e4);
    if (part->amount_minor == 0)
        form_error(form, part_name(page, i, "quantity"), tr("Enter an amount above zero"));
    return part->amount_minor != 0;
}

static void read_parts(const struct page *page, struct form *form, const struct invoice *invoice, const struct creditable *c,
                       const struct credit_form *v, struct credit_request *request)
{
    struct credit_part *parts = ARENA_ARRAY(page->ctx->arena, struct credit_part, c->count + 1);
    bool rest = str_equal(v->scope, "rest");
    bool typed = false;

    for (size_t i = 0; i < v->part_count; i++) {
        typed = typed || !str_empty(v->parts[i].amount) || !str_empty(v->parts[i].quantity);
        if (!rest && read_part(page, form, invoice, c, i, &v->parts[i], &parts[request->part_count]))
            request->part_count++;
    }
    request->parts = parts;
    if (rest && typed)
        form_error(form, "scope", tr("Amounts are entered at the lines: choose the parts of the lines, or empty them"));
    if (!rest && !typed && form->error_count == 0)
        form_error(form, "scope", tr(credit_refusal_text(CREDIT_NOTHING_CHOSEN)));
}

static void tell_refusal(const struct page *page, struct form *form, const struct invoice *invoice, const struct creditable *c,
                         const struct credit_form *v, const struct credit_request *request)
{
    size_t i = (size_t)request->refused_position - 1;

    if (request->refused_position > 0 && i < v->part_count)
        too_much(page, form, i, str_empty(v->parts[i].amount) ? "quantity" : "amount", invoice, c);
    else
        form_error(form, "scope", tr(credit_refusal_text(request->refusal)));
}

enum err page_invoice_credit_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/invoices/{ref}?did=credited");
    struct credit_request request = {.refusal = CREDIT_NOT_REFUSED};
    struct invoice_work work;
    struct credit_form v;
    struct invoice invoice;
    struct creditable c;
    struct form form;
    const char *url;
    enum err err = load_invoice(page, &invoice, &c);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, credit_field, &v))
        return OK;
    if (str_equal(form.button, "close")) {
        TRY(page->ctx, cancel_payment(page->ctx, 0, invoice.id));
        return page_see(page, "/admin/invoices/%s/credit", invoice.number);
    }
    if (v.part_count > c.count)
        return page_error(page, 400, NULL);
    request.invoice_id = invoice.id;
    request.reason = v.reason;
    if (!str_empty(v.scope))
        read_parts(page, &form, &invoice, &c, &v, &request);
    TRY(page->ctx, preview_credit_note(page->ctx, &request, &work));
    if (closed(request.refusal))
        return show_closed(page, &invoice, 422, request.refusal);
    if (form.error_count > 0)
        return show_credit(page, &invoice, &c, &form, NULL);
    if (request.refusal != CREDIT_NOT_REFUSED) {
        tell_refusal(page, &form, &invoice, &c, &v, &request);
        return show_credit(page, &invoice, &c, &form, NULL);
    }
    /* What is issued is what was shown: a total that moved meanwhile is shown first. */
    if (!str_equal(form.button, "issue") ||
        !str_equal(v.shown, arena_printf(page->ctx->arena, "%lld", (long long)work.correction->totals.gross_minor)))
        return show_credit(page, &invoice, &c, &form, &work);
    TRY(page->ctx, credit_invoice(page->ctx, &request, &once, &url));
    if (closed(request.refusal))
        return show_closed(page, &invoice, 422, request.refusal);
    if (url != NULL)
        return page_see(page, "%s", url);
    tell_refusal(page, &form, &invoice, &c, &v, &request);
    return show_credit(page, &invoice, &c, &form, NULL);
}
