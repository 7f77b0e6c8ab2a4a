/* invoices: the list, one invoice with what was tried to get it paid, its file, a new link to pay. */
#include "base/str.h"
#include "core/attempt.h"
#include "core/date.h"
#include "core/tax.h"
#include "page/admin/admin.h"
#include "page/admin/money_rows.h"
#include "service/attending.h"
#include "store/credit.h"
#include "store/deposit.h"
#include "store/customer.h"
#include "store/exchange.h"
#include "store/invoice.h"
#include "store/payable.h"
#include "store/subscription.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

enum { PAGE_ROWS = 50 };

enum err page_invoices(struct page *page)
{
    static const struct money_view view[] = {{"", N_("All invoices"), ""}, {"open", N_("Unpaid invoices"), "open"}, {"paid", N_("Paid invoices"), "paid"},
                                            {"credit", N_("Credit notes"), "credit"}};
    HDF *hdf = page_tree(page);
    const struct money_view *now = money_views(page, hdf, "/admin/invoices", view, COUNT_OF(view));
    struct invoice_list_row *rows;
    size_t count;

    if (now == NULL)
        return ERR_NOT_FOUND;
    TRY(page->ctx, invoice_list(page->ctx, now->filter, 0, 0, page_query_id(page, "before"), PAGE_ROWS + 1, &rows, &count));
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++)
        money_invoice_row(page, hdf_row(hdf, "Invoices", (int)i), &rows[i]);
    if (count == 0)
        hdf_text(hdf, "Empty.text", now->name[0] != '\0' ? tr("No invoice fits.") : tr("No invoice was issued yet."));
    if (count > PAGE_ROWS)
        money_pager(page, hdf, arena_printf(page->ctx->arena, "/admin/invoices?view=%s", now->name), rows[PAGE_ROWS - 1].id);
    return page_show(page, 200, tr("Invoices"), "admin/invoices.cs");
}

/* ---- one invoice ---- */

/* Every line of an invoice for several subscriptions is of one of them. */
static void fill_section(struct arena *arena, HDF *node, const char *number)
{
    hdf_text(node, "section", tr_fill(arena, "Subscription {number}", "number", number, NULL));
    hdf_text(node, "section_href", arena_printf(arena, "/admin/subscriptions/%s", number));
}

static const char *period_text(const struct page *page, const struct invoice_line_row *line)
{
    struct arena *arena = page->ctx->arena;

    if (line->period_from_on == DATE_NONE)
        return "";
    if (line->share_of_days != 0)
        return phrase_share(arena, page->ctx->language, (struct period){line->period_from_on, line->period_until_on}, line->share_of_days);
    return tr_fill(arena, "{from} to {until}", "from", page_date(page, line->period_from_on), "until", page_date(page, line->period_until_on - 1), NULL);
}

static enum err fill_lines(struct page *page, HDF *hdf, const struct invoice *invoice)
{
    struct arena *arena = page->ctx->arena;
    const char *language = page->ctx->language;
    struct invoice_line_row *lines;
    struct invoice_section *sections;
    struct invoice_tax_row *taxes;
    size_t count;
    size_t section_count, line_count;

    TRY(page->ctx, invoice_lines(page->ctx, invoice->id, &lines, &count));
    TRY(page->ctx, invoice_sections(page->ctx, invoice->id, &sections, &section_count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Lines", (int)i);

        hdf_text(node, "description", lines[i].description);
        if (i < section_count && (i == 0 || !str_equal(sections[i].subscription_number, sections[i - 1].subscription_number)))
            fill_section(arena, node, sections[i].subscription_number);
        hdf_text(node, "period", phrase_detail(arena, period_text(page, &lines[i]), lines[i].coupon));
        hdf_text(node, "quantity", phrase_quantity(arena, language, lines[i].quantity_e4, lines[i].unit, lines[i].unit_plural));
        hdf_text(node, "price", format_price(arena, language, lines[i].unit_price_e4, invoice->currency));
        hdf_text(node, "discount", phrase_taken(arena, language, lines[i].discount_ppm, lines[i].allowance_minor, invoice->currency));
        hdf_text(node, "vat", format_percent(arena, language, lines[i].tax_rate_ppm));
        hdf_text(node, "total", page_money(page, lines[i].net_minor, invoice->currency));
    }
    line_count = count;
    TRY(page->ctx, invoice_taxes(page->ctx, invoice->id, &taxes, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Taxes", (int)i);
        enum tax_reason *reasons = ARENA_ARRAY(arena, enum tax_reason, line_count + 1);
        size_t reason_count = 0;

        reasons[reason_count++] = tax_reason_from_name(taxes[i].reason);
        for (size_t k = 0; k < line_count; k++)
            if (lines[k].tax_rate_ppm == taxes[i].tax_rate_ppm && str_equal(lines[k].tax_category, taxes[i].tax_category))
                reasons[reason_count++] = tax_reason_from_name(lines[k].tax_reason);
        hdf_text(node, "k", tr_fill(arena, "VAT {rate} on {base}", "rate", format_percent(arena, language, taxes[i].tax_rate_ppm), "base",
                                    page_money(page, taxes[i].base_minor, invoice->currency), NULL));
        hdf_text(node, "v", page_money(page, taxes[i].tax_minor, invoice->currency));
        hdf_text(node, "reason", phrase_mentions(arena, reasons, reason_count));
    }
    return OK;
}

void attempt_badge(HDF *node, enum attempt_state state)
{
    page_badge(node, state == ATTEMPT_SUCCEEDED ? "ok" : state == ATTEMPT_DECLINED || state == ATTEMPT_OPERATOR ? "bad"
                     : attempt_is_live(state) ? "warn" : "neutral", tr(attempt_state_text(state)));
}

/* The order that the document was paid with: of its deposit where it has one, else of its first invoice; 0 none. */
static int64_t signed_order(struct page *page, const struct invoice *invoice)
{
    bool is_deposit = str_equal(invoice->kind, "deposit");
    struct deposit deposit;
    enum err err;

    if (!is_deposit && invoice->order_id == 0)
        return 0;
    err = is_deposit ? deposit_of(page->ctx, invoice->id, &deposit) : deposit_of_order(page->ctx, invoice->order_id, &deposit);
    ctx_forget_error(page->ctx);
    return is_deposit ? (err == OK ? deposit.order_id : 0) : err == OK ? 0 : invoice->order_id;
}

/* Which card or account was asked, and by whom. */
static const char *how_text(const struct page *page, const struct attempt *attempt, const struct method_shown *methods, size_t count)
{
    const char *digits = "";

    if (str_equal(attempt->kind, "checkout"))
        return tr("Card, by the customer");
    for (size_t i = 0; i < count; i++)
        digits = methods[i].id == attempt->payment_method_id ? methods[i].last4 : digits;
    if (str_equal(attempt->kind, "sepa"))
        return digits[0] == '\0' ? tr("Direct debit") : tr_fill(page->ctx->arena, "Direct debit, account ending in {digits}", "digits", digits, NULL);
    return digits[0] == '\0' ? tr("Stored card") : tr_fill(page->ctx->arena, "Stored card ending in {digits}", "digits", digits, NULL);
}

/* The proof of what was asked from the gateway, under which key (trust.md 1.3). The deposit or the first invoice of an
 * order was paid as its quote: its attempts stand under the signed version. */
static enum err fill_attempts(struct page *page, HDF *hdf, const struct invoice *invoice)
{
    struct payable payable;
    struct sales_order order;
    int64_t order_id;
    struct method_shown *methods;
    struct attempt *rows;
    size_t count, shown;
    enum err err = payable_of(page->ctx, 0, invoice->id, &payable);

    if (err == ERR_NOT_FOUND && (order_id = signed_order(page, invoice)) != 0) {
        ctx_forget_error(page->ctx);
        TRY(page->ctx, order_by_id(page->ctx, order_id, &order));
        err = payable_of(page->ctx, order.version_id, 0, &payable);
    }
    if (err == ERR_NOT_FOUND) {
        ctx_forget_error(page->ctx);
        return OK;
    }
    if (err != OK)
        return err;
    TRY(page->ctx, attempts_of(page->ctx, payable.id, &rows, &count));
    TRY(page->ctx, methods_shown(page->ctx, rows, count, &methods, &shown));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Attempts", (int)i);

        hdf_text(node, "at", page_instant(page, rows[i].created_at));
        hdf_text(node, "how", how_text(page, &rows[i], methods, shown));
        attempt_badge(hdf_node(node, "state"), rows[i].state);
        hdf_text(node, "amount", page_money(page, rows[i].amount_minor, rows[i].currency));
        hdf_text(node, "key", rows[i].attempt_key);
        hdf_text(node, "ref", rows[i].intent_ref[0] != '\0' ? rows[i].intent_ref : rows[i].session_ref);
        hdf_text(node, "why", rows[i].decline_code);
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/payments/%lld", (long long)rows[i].id));
    }
    return OK;
}

static void link_fact(const struct page *page, HDF *facts, int *row, const char *label, const char *value, const char *number)
{
    HDF *fact = page_link_fact(facts, row, label, value, arena_printf(page->ctx->arena, "/admin/invoices/%s", number));

    hdf_text(fact, "object", number); /* the value has more in it */
}

static const char *number_and_money(const struct page *page, const char *number, int64_t minor, const char *currency)
{
    return page_pair(page, number, page_money(page, minor, currency));
}

/* What a credit note corrects and where its money went. */
/* The VAT in the company's currency, of a document in another one. */
static enum err fill_exchange(struct page *page, HDF *facts, int *row, const struct invoice *invoice)
{
    struct invoice_exchange x;
    enum err err = invoice_exchange_of(page->ctx, invoice->id, &x);

    if (err == OK)
        page_fact(facts, row, tr_fill(page->ctx->arena, "VAT in {currency}", "currency", x.base, NULL),
                  arena_printf(page->ctx->arena, "%s (%s)", page_money(page, x.vat_base_minor, x.base),
                               phrase_exchange(page->ctx->arena, page->ctx->language, x.base, invoice->currency, x.rate_e6, x.rate_on, x.source)));
    if (err == ERR_NOT_FOUND)
        ctx_forget_error(page->ctx);
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err fill_note(struct page *page, HDF *hdf, HDF *facts, int *row, const struct invoice *invoice)
{
    struct credit_note note;
    struct credit_allocation *uses;
    int64_t left;
    size_t count;

    TRY(page->ctx, credit_note_of(page->ctx, invoice->id, &note));
    TRY(page->ctx, uses_of_credit(page->ctx, invoice->id, &uses, &count));
    TRY(page->ctx, credit_left_of(page->ctx, invoice->id, &left));
    page_badge(hdf_node(hdf, "Inv.state"), "info", tr("Credit note"));
    page_fact(facts, row, tr("Date"), page_date(page, invoice->issued_on));
    link_fact(page, facts, row, tr("Corrects"),
              tr_fill(page->ctx->arena, "Invoice {number} of {date}", "number", note.corrected_number, "date",
                      page_date(page, note.corrected_on), NULL), note.corrected_number);
    page_fact(facts, row, tr("Reason"), note.reason);
    page_fact(facts, row, tr("Total incl. VAT"), page_money(page, invoice->total_minor, invoice->currency));
    TRY(page->ctx, fill_exchange(page, facts, row, invoice));
    for (size_t i = 0; i < count; i++)
        link_fact(page, facts, row, tr("Set against"), number_and_money(page, uses[i].number, uses[i].amount_minor, invoice->currency),
                  uses[i].number);
    hdf_flag(hdf, "Inv.refundable", left > 0);
    if (left > 0)
        page_fact(facts, row, tr("Customer's credit"),
                  tr_fill(page->ctx->arena, "{amount}, for the next invoice", "amount", page_money(page, left, invoice->currency), NULL));
    return OK;
}

/* Where a deposit was deducted; *left: with VAT, what no invoice has taken and no note has given back. */
static enum err fill_uses(struct page *page, HDF *facts, int *row, const struct invoice *invoice, int64_t *left)
{
    struct deposit deposit;
    struct deposit_use *uses;
    size_t count;

    TRY(page->ctx, deposit_of(page->ctx, invoice->id, &deposit));
    TRY(page->ctx, uses_of_deposit(page->ctx, invoice->id, &uses, &count));
    for (size_t i = 0; i < count; i++) {
        int64_t minor = uses[i].amount_minor;

        while (i + 1 < count && uses[i + 1].invoice_id == uses[i].invoice_id)
            minor += uses[++i].amount_minor;
        link_fact(page, facts, row, tr("Deducted from"), number_and_money(page, uses[i].used_by, minor, invoice->currency), uses[i].used_by);
    }
    page_fact(facts, row, tr("Left to deduct"), page_money(page, deposit.left_minor, invoice->currency));
    *left = deposit.left_minor;
    return OK;
}

static enum err fill_credits(struct page *page, HDF *hdf, HDF *facts, int *row, const struct invoice *invoice)
{
    struct credit_list_row *notes;
    struct credit_allocation *uses;
    int64_t left = invoice->total_minor;
    size_t count;

    TRY(page->ctx, credits_used_on(page->ctx, invoice->id, &uses, &count));
    for (size_t i = 0; i < count; i++)
        if (!uses[i].own)
            link_fact(page, facts, row, tr("Paid with credit of"),
                      number_and_money(page, uses[i].number, uses[i].amount_minor, invoice->currency), uses[i].number);
    TRY(page->ctx, credit_notes_on(page->ctx, invoice->id, &notes, &count));
    for (size_t i = 0; i < count; i++) {
        link_fact(page, facts, row, tr("Credit note"), number_and_money(page, notes[i].number, notes[i].total_minor, notes[i].currency),
                  notes[i].number);
        left -= notes[i].total_minor;
    }
    if (str_equal(invoice->kind, "deposit"))
        TRY(page->ctx, fill_uses(page, facts, row, invoice, &left));
    hdf_flag(hdf, "Inv.creditable", left > 0);
    return OK;
}

/* The deposits that an invoice deducts, line by line, and what it asked for. */
static enum err fill_deductions(struct page *page, HDF *hdf, HDF *facts, int *row, const struct invoice *invoice)
{
    struct arena *arena = page->ctx->arena;
    struct deposit_use *uses;
    int64_t asked = invoice->total_minor;
    size_t count;

    TRY(page->ctx, deposits_used_on(page->ctx, invoice->id, &uses, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Deposits", (int)i);

        hdf_text(node, "k", tr_fill(arena, "Deposit {number} of {date}", "number", uses[i].number, "date", page_date(page, uses[i].issued_on), NULL));
        hdf_text(node, "v", page_money(page, -uses[i].amount_minor, invoice->currency));
        hdf_text(node, "reason", tr_fill(arena, "of which VAT {rate} of {base}: {vat}", "rate",
                                         format_percent(arena, page->ctx->language, uses[i].tax_rate_ppm), "base",
                                         page_money(page, uses[i].net_minor, invoice->currency), "vat",
                                         page_money(page, uses[i].vat_minor, invoice->currency), NULL));
        if (i == 0 || uses[i].deposit_id != uses[i - 1].deposit_id)
            link_fact(page, facts, row, tr("Deducts the deposit"), uses[i].number, uses[i].number);
        asked -= uses[i].amount_minor;
    }
    if (count > 0)
        hdf_text(hdf, "Inv.asked", page_money(page, asked, invoice->currency));
    return OK;
}

static enum err fill_invoice(struct page *page, HDF *hdf, HDF *facts, int *row, const struct invoice *invoice)
{
    struct receivable receivable;

    TRY(page->ctx, receivable_of(page->ctx, invoice->id, &receivable));
    if (str_equal(invoice->kind, "deposit"))
        page_badge(hdf_node(hdf, "Inv.state"), "info", tr("Deposit"));
    else
        page_invoice_badge(page, hdf_node(hdf, "Inv.state"), receivable.open_minor, receivable.due_on);
    hdf_flag(hdf, "Inv.open", receivable.open_minor > 0);
    page_fact(facts, row, tr("Issued on"), page_date(page, invoice->issued_on));
    page_fact(facts, row, tr("Due on"), page_date(page, invoice->due_on));
    page_fact(facts, row, tr("Total incl. VAT"), page_money(page, invoice->total_minor, invoice->currency));
    TRY(page->ctx, fill_exchange(page, facts, row, invoice));
    TRY(page->ctx, fill_deductions(page, hdf, facts, row, invoice));
    TRY(page->ctx, fill_credits(page, hdf, facts, row, invoice));
    if (receivable.open_minor > 0)
        page_fact(facts, row, tr("Still open"), page_money(page, receivable.open_minor, receivable.currency));
    page_fact(facts, row, tr("Paid on"), page_date(page, receivable.paid_on));
    page_fact(facts, row, tr("Next debit of the stored card"), page_date(page, receivable.collect_on));
    return OK;
}

static enum err show_invoice(struct page *page, const struct invoice *invoice, int status, const char *problem)
{
    struct arena *arena = page->ctx->arena;
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    bool note = str_equal(invoice->kind, "credit_note");
    struct customer customer;
    struct refund *refunds;
    size_t count;
    bool has_pdf;
    int row = 0;

    TRY(page->ctx, customer_by_version(page->ctx, invoice->customer_version_id, &customer));
    TRY(page->ctx, document_exists(page->ctx, "invoice", invoice->id, &has_pdf));
    hdf_text(hdf, "Inv.number", invoice->number);
    hdf_text(hdf, "Inv.customer", customer.name);
    hdf_text(hdf, "Inv.customer_href", arena_printf(arena, "/admin/customers/%s", customer.number));
    hdf_flag(hdf, "Inv.pdf", has_pdf);
    TRY(page->ctx, note ? fill_note(page, hdf, facts, &row, invoice) : fill_invoice(page, hdf, facts, &row, invoice));
    if (invoice->subscription_id != 0) {
        struct subscription s;

        TRY(page->ctx, subscription_by_id(page->ctx, invoice->subscription_id, &s));
        page_link_fact(facts, &row, tr("Subscription"), s.number, arena_printf(arena, "/admin/subscriptions/%s", s.number));
    }
    hdf_text(hdf, "Inv.net", page_money(page, invoice->net_minor, invoice->currency));
    if (invoice->rounding_minor != 0)
        hdf_text(hdf, "Inv.rounding", page_money(page, invoice->rounding_minor, invoice->currency));
    hdf_text(hdf, "Inv.total", page_money(page, invoice->total_minor, invoice->currency));
    TRY(page->ctx, fill_lines(page, hdf, invoice));
    TRY(page->ctx, fill_attempts(page, hdf, invoice));
    TRY(page->ctx, note ? refunds_of_note(page->ctx, invoice->id, &refunds, &count) : refunds_about_invoice(page->ctx, invoice->id, &refunds, &count));
    fill_refunds(page, hdf, refunds, count);
    TRY(page->ctx, admin_timeline(page, hdf, ABOUT_INVOICE, invoice->id));
    admin_flash(page);
    if (problem != NULL)
        layout_flash(hdf, "bad", problem, NULL, NULL);
    return page_show(page, status, tr_fill(arena, note ? N_("Credit note {number}") : N_("Invoice {number}"), "number", invoice->number, NULL),
                     "admin/invoice.cs");
}

enum err page_invoice(struct page *page)
{
    struct invoice invoice;
    enum err err = invoice_by_number(page->ctx, page->arg[0], &invoice);

    return err == OK ? show_invoice(page, &invoice, 200, NULL) : err;
}

enum err page_invoice_pdf(struct page *page)
{
    struct invoice invoice;
    enum err err = invoice_by_number(page->ctx, page->arg[0], &invoice);

    return err == OK ? page_document(page, "invoice", invoice.id, invoice.number) : err;
}

enum err page_invoice_link_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/invoices/{ref}?did=paylink");
    struct attending_result result;
    struct invoice invoice;
    enum err err = invoice_by_number(page->ctx, page->arg[0], &invoice);

    if (err != OK)
        return err;
    if (str_equal(invoice.kind, "credit_note"))
        return ERR_NOT_FOUND;
    TRY(page->ctx, send_pay_link(page->ctx, invoice.id, &once, &result));
    return result.refusal != NULL ? show_invoice(page, &invoice, 422, tr(result.refusal)) : page_see(page, "%s", result.url);
}

/* ---- payments ---- */

enum err page_payments(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct payment_list_row *rows;
    size_t count;

    TRY(page->ctx, payment_list(page->ctx, page_query_id(page, "before"), PAGE_ROWS + 1, &rows, &count));
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);
        bool invoice = rows[i].invoice_number[0] != '\0';
        bool asked = rows[i].asked_number[0] != '\0';
        const char *number = invoice ? rows[i].invoice_number : asked ? rows[i].asked_number : rows[i].quote_number;

        hdf_text(node, "customer", rows[i].customer_name);
        hdf_text(node, "number", number);
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/%s/%s", invoice ? "invoices" : asked ? "subscriptions" : "quotes", number));
        hdf_text(node, "payment", arena_printf(page->ctx->arena, "/admin/payments/%lld", (long long)rows[i].id));
        hdf_text(node, "at", page_instant(page, rows[i].created_at));
        hdf_text(node, "how", rows[i].method_text[0] != '\0'            ? rows[i].method_text
                              : str_equal(rows[i].kind, "checkout") ? tr("Card, by the customer")
                              : str_equal(rows[i].kind, "sepa")     ? tr("Direct debit") : tr("Stored card"));
        hdf_text(node, "why", rows[i].decline_code);
        attempt_badge(hdf_node(node, "state"), attempt_state_from_name(rows[i].state));
        hdf_text(node, "amount", page_money(page, rows[i].amount_minor, rows[i].currency));
    }
    if (count == 0)
        hdf_text(hdf, "Empty.text", tr("Nobody has paid anything yet."));
    if (count > PAGE_ROWS)
        money_pager(page, hdf, "/admin/payments?all=1", rows[PAGE_ROWS - 1].id);
    return page_show(page, 200, tr("Payments"), "admin/payments.cs");
}
