#include "service/invoice_paper.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "core/epc_qr.h"
#include "core/iban.h"
#include "core/money.h"
#include "core/rf_reference.h"
#include "core/tax.h"
#include "document/invoice_sheet.h"
#include "service/offer_paper.h"
#include "store/company.h"
#include "store/credit.h"
#include "store/customer.h"
#include "store/deposit.h"
#include "store/exchange.h"
#include "store/invoice.h"
#include "store/payable.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/qr.h"
#include "text/words.h"

#define N_(text) text

struct paper {
    struct arena *arena;
    const char *language;
    struct invoice invoice;
    struct company company;
    struct customer customer;
    struct invoice_facts facts;
    struct invoice_line_row *lines;
    size_t line_count;
    struct invoice_section *sections; /* of an invoice for several subscriptions */
    size_t section_count;
    struct invoice_tax_row *taxes;
    size_t tax_count;
    struct credit_note note;         /* of a credit note: what it corrects */
    struct credit_allocation *uses;  /* credit that paid at issue; of a note: what it was set against then */
    size_t use_count;
    int64_t used_minor;
    struct invoice_exchange exchange; /* of a document in another currency than the company's; invoice_id 0 none */
    struct deposit_use *deposits;    /* that it deducts */
    size_t deposit_count;
    int64_t deducted_minor;
    struct order_payment paid;       /* with the order itself */
};

static bool is_note(const struct paper *p)
{
    return p->note.invoice_id != 0;
}

static bool is_deposit(const struct paper *p)
{
    return strcmp(p->invoice.kind, "deposit") == 0;
}

/* What was to be paid when it was issued. */
static int64_t asked(const struct paper *p)
{
    return p->invoice.total_minor - p->deducted_minor - p->used_minor;
}

static char *money(const struct paper *p, int64_t minor)
{
    return format_money(p->arena, p->language, minor, p->invoice.currency);
}

static const char *period_text(const struct paper *p, const struct invoice_line_row *line)
{
    if (line->period_from_on == DATE_NONE)
        return "";
    if (line->share_of_days != 0)
        return phrase_share(p->arena, p->language, (struct period){line->period_from_on, line->period_until_on}, line->share_of_days);
    return tr_fill(p->arena, "From {from} to {to}", "from", format_date(p->arena, p->language, line->period_from_on), "to",
                   format_date(p->arena, p->language, line->period_until_on - 1), NULL);
}

/* The subscription that a line is of, as a heading, where there are several. */
static const char *section_text(const struct paper *p, int32_t position)
{
    for (size_t i = 0; i < p->section_count; i++)
        if (p->sections[i].position == position)
            return tr_fill(p->arena, "Subscription {number}", "number", p->sections[i].subscription_number, NULL);
    return "";
}

static void write_lines(const struct paper *p, struct invoice_sheet *sheet)
{
    struct sheet_line *lines = ARENA_ARRAY(p->arena, struct sheet_line, p->line_count + 1);
    int64_t running_minor = 0;
    bool discounted = false;

    for (size_t i = 0; i < p->line_count; i++) {
        const struct invoice_line_row *row = &p->lines[i];

        running_minor += row->net_minor;
        discounted = discounted || row->discount_ppm != 0 || row->allowance_minor != 0;
        lines[i] = (struct sheet_line){
            .section = section_text(p, row->position), .description = row->description, .detail = phrase_detail(p->arena, period_text(p, row), row->coupon),
            .quantity = phrase_quantity(p->arena, p->language, row->quantity_e4, row->unit, row->unit_plural),
            .unit_price = format_price(p->arena, p->language, row->unit_price_e4, p->invoice.currency),
            .discount = phrase_taken(p->arena, p->language, row->discount_ppm, row->allowance_minor, p->invoice.currency),
            .vat_rate = format_percent(p->arena, p->language, row->tax_rate_ppm), .total = money(p, row->net_minor),
            .running = money(p, running_minor)};
    }
    sheet->lines = lines;
    sheet->line_count = p->line_count;
    sheet->columns = (struct sheet_columns){
        .description = tr("Description"), .quantity = tr("Quantity"), .unit_price = tr("Price excl. VAT"),
        .discount = discounted ? tr("Discount") : "", .vat_rate = tr("VAT"), .total = tr("Total excl. VAT"),
        .carried_forward = tr("Carried forward"), .brought_forward = tr("Brought forward")};
}

/* Each deposit with its number, date and VAT, then what is left rate by rate (trust.md 6.7, EN 16931 BT-113). */
static void write_deposits(const struct paper *p, struct sheet_total *totals, size_t *n)
{
    for (size_t i = 0; i < p->deposit_count; i++) {
        const struct deposit_use *d = &p->deposits[i];

        totals[(*n)++] = (struct sheet_total){
            tr_fill(p->arena, "Deposit {number} of {date}", "number", d->number, "date", format_date(p->arena, p->language, d->issued_on), NULL),
            tr_fill(p->arena, "of which VAT {rate} of {base}: {vat}", "rate", format_percent(p->arena, p->language, d->tax_rate_ppm), "base",
                    money(p, d->net_minor), "vat", money(p, d->vat_minor), NULL),
            money(p, -d->amount_minor), false};
    }
    for (size_t i = 0; p->deposit_count > 0 && i < p->tax_count; i++) {
        int64_t base_minor = p->taxes[i].base_minor;
        int64_t tax_minor = p->taxes[i].tax_minor;

        for (size_t k = 0; k < p->deposit_count; k++)
            if (p->deposits[k].tax_rate_ppm == p->taxes[i].tax_rate_ppm && strcmp(p->deposits[k].tax_category, p->taxes[i].tax_category) == 0) {
                base_minor -= p->deposits[k].net_minor;
                tax_minor -= p->deposits[k].vat_minor;
            }
        totals[(*n)++] = (struct sheet_total){
            tr_fill(p->arena, "Left: VAT {rate} of {base}", "rate", format_percent(p->arena, p->language, p->taxes[i].tax_rate_ppm), "base",
                    money(p, base_minor), NULL), "", money(p, tax_minor), false};
    }
}

/* Of one rate's group: its own reason, and those of its other lines (two exempt activities share a group). */
static const char *mentions_of(const struct paper *p, const struct invoice_tax_row *group)
{
    enum tax_reason *reasons = ARENA_ARRAY(p->arena, enum tax_reason, p->line_count + 1);
    size_t count = 0;

    reasons[count++] = tax_reason_from_name(group->reason);
    for (size_t i = 0; i < p->line_count; i++)
        if (p->lines[i].tax_rate_ppm == group->tax_rate_ppm && strcmp(p->lines[i].tax_category, group->tax_category) == 0)
            reasons[count++] = tax_reason_from_name(p->lines[i].tax_reason);
    return phrase_mentions(p->arena, reasons, count);
}

static void write_totals(const struct paper *p, struct invoice_sheet *sheet)
{
    struct sheet_total *totals = ARENA_ARRAY(p->arena, struct sheet_total, 2 * p->tax_count + p->deposit_count + p->use_count + 6);
    size_t n = 0;

    totals[n++] = (struct sheet_total){tr("Total excl. VAT"), "", money(p, p->invoice.net_minor), false};
    for (size_t i = 0; i < p->tax_count; i++)
        totals[n++] = (struct sheet_total){
            tr_fill(p->arena, "VAT {rate} of {base}", "rate", format_percent(p->arena, p->language, p->taxes[i].tax_rate_ppm),
                    "base", money(p, p->taxes[i].base_minor), NULL),
            mentions_of(p, &p->taxes[i]), money(p, p->taxes[i].tax_minor), false};
    if (p->invoice.rounding_minor != 0)
        totals[n++] = (struct sheet_total){tr("Rounding"), "", money(p, p->invoice.rounding_minor), false};
    totals[n++] = (struct sheet_total){tr("Total incl. VAT"), "", money(p, p->invoice.total_minor), true};
    if (p->exchange.invoice_id != 0) /* directive 2006/112, art. 230 */
        totals[n++] = (struct sheet_total){
            tr_fill(p->arena, p->deposit_count > 0 && p->exchange.sealed ? N_("VAT in {currency}, less that of deposits") : N_("VAT in {currency}"), "currency",
                    p->exchange.base, NULL),
            phrase_exchange(p->arena, p->language, p->exchange.base, p->invoice.currency, p->exchange.rate_e6, p->exchange.rate_on, p->exchange.source),
            format_money(p->arena, p->language, p->exchange.vat_base_minor, p->exchange.base), false};
    write_deposits(p, totals, &n);
    for (size_t i = 0; !is_note(p) && i < p->use_count; i++)
        totals[n++] = (struct sheet_total){tr_fill(p->arena, "Paid with credit note {number}", "number", p->uses[i].number, NULL), "",
                                           money(p, -p->uses[i].amount_minor), false};
    if (!is_note(p) && p->use_count + p->deposit_count > 0)
        totals[n++] = (struct sheet_total){tr("To pay"), "", money(p, asked(p)), true};
    sheet->totals = totals;
    sheet->total_count = n;
}

/* What became of a note's money when it was issued. */
static void write_note_payment(const struct paper *p, struct invoice_sheet *sheet)
{
    struct str s = str_new(p->arena);
    int64_t left = p->invoice.total_minor - p->used_minor;

    sheet->payment.title = tr("Settlement");
    if (p->used_minor > 0)
        str_printf(&s, "%s\n", tr_fill(p->arena, "{amount} is set against invoice {number}.", "amount", money(p, p->used_minor), "number",
                                       p->note.corrected_number, NULL));
    if (left > 0)
        str_append(&s, tr_fill(p->arena, "{amount} is your credit and pays your next invoice first.", "amount", money(p, left), NULL));
    sheet->payment.text = str_trim(p->arena, s.text);
}

/* Gateways take no currency of three decimals (core/quote.h, QUOTE_NOT_CHARGED). */
static bool cards_are_charged(const struct paper *p)
{
    const struct currency *currency = currency_find(p->invoice.currency);

    return currency != NULL && currency->digits <= 2;
}

/* What was paid with the order; the payment's card is said where it is known. */
static const char *paid_text(const struct paper *p)
{
    const char *on = format_date_long(p->arena, p->language, p->paid.received_on);

    return p->paid.method_text[0] != '\0' ? tr_fill(p->arena, "Paid on {date} by card ({card}). Nothing to pay.", "date", on, "card", p->paid.method_text, NULL)
                                          : tr_fill(p->arena, "Paid on {date} by card. Nothing to pay.", "date", on, NULL);
}

/* The reference leads the payment to the invoice by itself; the code fills in the transfer. */
static void write_transfer(const struct paper *p, struct invoice_sheet *sheet, const char *due)
{
    char iban[IBAN_GROUPED_BYTES], rf[RF_BYTES] = "", grouped[RF_GROUPED_BYTES];
    struct epc_transfer transfer = {p->company.bic, p->company.name, p->company.iban, asked(p), rf, p->invoice.number};
    bool known = rf_reference_make(p->invoice.number, rf);
    const char *code = strcmp(p->invoice.currency, "EUR") == 0 ? epc_qr_text(p->arena, &transfer) : NULL;
    struct qr qr;

    sheet->payment.text = tr_fill(p->arena, cards_are_charged(p) ? N_("By card with the link in our e-mail, or by transfer to {iban} with the reference {number}. Due on {date}.")
                                                                 : N_("By transfer to {iban} with the reference {number}. Due on {date}."),
                                  "iban", iban_grouped(p->company.iban, iban), "number", known ? rf_reference_grouped(rf, grouped) : p->invoice.number,
                                  "date", due, NULL);
    if (code != NULL && qr_make(p->arena, code, &qr))
        sheet->symbol = (struct sheet_symbol){qr.dark, qr.size};
}

/* One way to pay, never two: paid already, collected by itself, or for the customer to pay. The document is frozen: what
 * happened after issue is not on it. */
static void write_payment(const struct paper *p, struct invoice_sheet *sheet)
{
    const char *due = format_date_long(p->arena, p->language, p->invoice.due_on);

    sheet->payment.title = tr("Payment");
    if (is_deposit(p))
        sheet->payment.text = tr_fill(p->arena, "Paid on {date}. The next invoices of the order deduct it.", "date",
                                      format_date_long(p->arena, p->language, p->invoice.issued_on), NULL);
    else if (asked(p) == 0)
        sheet->payment.text = p->used_minor > 0 ? tr("Paid with your credit. Nothing to pay.")
                              : p->deducted_minor > 0 ? tr("Paid with your deposit. Nothing to pay.") : tr("Nothing to pay.");
    else if (p->paid.amount_minor >= asked(p))
        sheet->payment.text = paid_text(p);
    else if (p->facts.debited)
        sheet->payment.text = tr_fill(p->arena, "By SEPA direct debit, without any action of yours: we tell you of the day before. Due on {date}.", "date",
                                      due, NULL);
    else if (p->facts.method_id != 0)
        sheet->payment.text = tr_fill(p->arena, "By card, without any action of yours. Due on {date}.", "date", due, NULL);
    else if (p->company.iban[0] != '\0')
        write_transfer(p, sheet, due);
    else
        sheet->payment.text = tr_fill(p->arena, cards_are_charged(p) ? N_("By card with the link in our e-mail. Due on {date}.") : N_("Due on {date}."), "date", due,
                                      NULL);
}

/* Mentions: C. com. L441-9 and L441-10, CGI annexe II 242 nonies A (trust.md 6.7). */
static const char *legal_text(const struct paper *p)
{
    struct str s = str_new(p->arena);

    if (strcmp(p->invoice.vat_due, "issue") == 0 && strcmp(p->company.country, "FR") == 0)
        str_printf(&s, "%s\n", tr("VAT is due on issue (option for debits)."));
    if (p->customer.is_company && !is_note(p) && !is_deposit(p)) {
        str_printf(&s, "%s\n", tr("No discount for early payment."));
        str_printf(&s, "%s\n", p->company.late_penalty[0] != '\0' ? p->company.late_penalty
                   : tr("Late payment: penalties at three times the legal interest rate, and a fixed sum of 40 euros for recovery costs."));
    }
    return s.text;
}

static void write_head(const struct paper *p, struct sheet_head *head)
{
    const struct company *c = &p->company;
    const struct customer *b = &p->customer;
    struct sheet_fact *facts = ARENA_ARRAY(p->arena, struct sheet_fact, 8);
    struct str note = str_new(p->arena);
    size_t n = 0;

    facts[n++] = (struct sheet_fact){is_note(p) ? tr("Date") : tr("Issued on"), format_date_long(p->arena, p->language, p->invoice.issued_on)};
    if (is_note(p)) {
        facts[n++] = (struct sheet_fact){tr("Corrects invoice"),
            tr_fill(p->arena, "{number} of {date}", "number", p->note.corrected_number, "date",
                    format_date_long(p->arena, p->language, p->note.corrected_on), NULL)};
    } else if (is_deposit(p)) {
        facts[n++] = (struct sheet_fact){tr("Deposit received on"), format_date_long(p->arena, p->language, p->invoice.issued_on)};
    } else {
        facts[n++] = (struct sheet_fact){tr("Due on"), format_date_long(p->arena, p->language, p->invoice.due_on)};
    }
    facts[n++] = (struct sheet_fact){tr("Customer number"), b->number};
    if (p->facts.subscription_number[0] != '\0' && p->section_count == 0)
        facts[n++] = (struct sheet_fact){tr("Subscription"), p->facts.subscription_number};
    facts[n++] = (struct sheet_fact){tr("Nature of the operation"), tr("Provision of services")};
    if (b->vat_id[0] != '\0')
        str_append(&note, tr_fill(p->arena, "VAT number {number}", "number", b->vat_id, NULL));
    if (b->siren[0] != '\0')
        str_printf(&note, "%sSIREN %s", note.bytes > 0 ? "\n" : "", b->siren);
    for (size_t i = 0; i < p->line_count; i++)
        if (strcmp(p->lines[i].nature, "goods") == 0)
            facts[n - 1].value = tr("Provision of services and delivery of goods");
    *head = (struct sheet_head){
        .language = p->language, .title = tr_fill(p->arena, is_note(p) ? N_("Credit note {number}") : is_deposit(p) ? N_("Deposit invoice {number}") : N_("Invoice {number}"), "number", p->invoice.number, NULL),
        .subtitle = "", .created_at = p->invoice.issued_at, .seller_name = c->name,
        .seller_text = paper_seller_text(p->arena, p->language, c),
        .window = strcmp(b->country, "DE") == 0 ? SHEET_WINDOW_LEFT : SHEET_WINDOW_RIGHT,
        .return_line = arena_printf(p->arena, "%s, %s, %s %s", c->name, c->street, c->postal_code, c->city),
        .buyer_name = b->name, .buyer_text = paper_buyer_text(p->arena, p->language, b), .buyer_note = note.text,
        .facts = facts, .fact_count = n, .footer = paper_legal_line(p->arena, c), .page_label = tr("Page {page}/{pages}"),
        .draft_mark = ""};
}

/* ---- what a group of documents needs, a statement a table ---- */

struct invoice_papers {
    struct invoice *invoices;
    struct invoice_facts *facts;
    struct customer *customers; /* versions, each once */
    struct invoice_line_row *lines;
    struct invoice_tax_row *taxes;
    struct order_payment *payments;
    size_t invoice_count, fact_count, customer_count, line_count, tax_count, payment_count;
};

enum err load_invoice_papers(struct ctx *ctx, const int64_t *ids, size_t count, const struct invoice_papers **out)
{
    struct invoice_papers *group = ARENA_NEW(ctx->arena, struct invoice_papers);
    int64_t *versions;

    *out = group;
    if (count == 0)
        return OK;
    TRY(ctx, invoices_listed(ctx, ids, count, &group->invoices, &group->invoice_count));
    TRY(ctx, invoice_facts_listed(ctx, ids, count, &group->facts, &group->fact_count));
    TRY(ctx, invoice_lines_listed(ctx, ids, count, &group->lines, &group->line_count));
    TRY(ctx, invoice_taxes_listed(ctx, ids, count, &group->taxes, &group->tax_count));
    TRY(ctx, order_payments(ctx, ids, count, &group->payments, &group->payment_count));
    versions = ARENA_ARRAY(ctx->arena, int64_t, group->invoice_count + 1);
    for (size_t i = 0; i < group->invoice_count; i++)
        versions[i] = group->invoices[i].customer_version_id;
    return customers_by_versions(ctx, versions, group->invoice_count, &group->customers, &group->customer_count);
}

/* The document's rows are neighbours in the group's arrays. */
static void take_rows(const struct invoice_papers *group, int64_t invoice_id, struct paper *p)
{
    size_t i = 0;

    while (i < group->line_count && group->lines[i].invoice_id != invoice_id)
        i++;
    for (p->lines = group->lines + i; i < group->line_count && group->lines[i].invoice_id == invoice_id; i++)
        p->line_count++;
    i = 0;
    while (i < group->tax_count && group->taxes[i].invoice_id != invoice_id)
        i++;
    for (p->taxes = group->taxes + i; i < group->tax_count && group->taxes[i].invoice_id == invoice_id; i++)
        p->tax_count++;
    p->paid = (struct order_payment){.received_on = DATE_NONE, .method_text = ""};
    for (i = 0; i < group->payment_count; i++)
        if (group->payments[i].invoice_id == invoice_id)
            p->paid = group->payments[i];
}

static enum err take_invoice(struct ctx *ctx, const struct invoice_papers *group, int64_t invoice_id, struct paper *p)
{
    bool known = false;
    size_t place = 0;

    while (place < group->invoice_count && group->invoices[place].id != invoice_id)
        place++;
    if (place == group->invoice_count)
        return FAIL(ctx, ERR_NOT_FOUND, "no document has the id %lld", (long long)invoice_id);
    CHECK(group->fact_count == group->invoice_count && group->facts[place].invoice_id == invoice_id); /* both in the order of ids */
    p->invoice = group->invoices[place];
    p->facts = group->facts[place];
    for (size_t i = 0; i < group->customer_count && !known; i++)
        if ((known = group->customers[i].version_id == p->invoice.customer_version_id))
            p->customer = group->customers[i];
    CHECK(known);
    take_rows(group, invoice_id, p);
    return OK;
}

/* The document is frozen: only what credit did when it was issued is on it. A note is set against its own invoice then,
 * an invoice is paid by other notes. */
static enum err load_credit(struct ctx *ctx, struct paper *p)
{
    bool note = strcmp(p->invoice.kind, "credit_note") == 0;
    struct credit_allocation *rows;
    size_t count;

    if (!note && !p->facts.has_credit)
        return OK;
    if (note) {
        TRY(ctx, credit_note_of(ctx, p->invoice.id, &p->note));
        TRY(ctx, uses_of_credit(ctx, p->invoice.id, &rows, &count));
    } else {
        TRY(ctx, credits_used_on(ctx, p->invoice.id, &rows, &count));
    }
    p->uses = rows;
    for (size_t i = 0; i < count; i++)
        if (rows[i].own == note) {
            p->used_minor += rows[i].amount_minor;
            p->uses[p->use_count++] = rows[i];
        }
    return OK;
}

static enum err load_exchange(struct ctx *ctx, struct paper *p)
{
    enum err err = strcmp(p->invoice.currency, p->company.currency) == 0 ? ERR_NOT_FOUND : invoice_exchange_of(ctx, p->invoice.id, &p->exchange);

    if (err == ERR_NOT_FOUND)
        ctx_forget_error(ctx);
    return err == ERR_NOT_FOUND ? OK : err;
}

/* The rare rest is read document by document, where the facts say that there is any. */
static enum err load_paper(struct ctx *ctx, const struct invoice_papers *group, int64_t invoice_id, struct paper *p)
{
    memset(p, 0, sizeof *p);
    p->arena = ctx->arena;
    TRY(ctx, take_invoice(ctx, group, invoice_id, p));
    p->language = p->invoice.language;
    TRY(ctx, company_by_id(ctx, p->invoice.company_version_id, &p->company));
    if (p->facts.has_sections)
        TRY(ctx, invoice_sections(ctx, invoice_id, &p->sections, &p->section_count));
    TRY(ctx, load_credit(ctx, p));
    TRY(ctx, load_exchange(ctx, p));
    if (p->facts.has_deposits)
        TRY(ctx, deposits_used_on(ctx, invoice_id, &p->deposits, &p->deposit_count));
    for (size_t i = 0; i < p->deposit_count; i++)
        p->deducted_minor += p->deposits[i].amount_minor;
    return OK;
}

enum err render_invoice_pdf(struct ctx *ctx, const struct invoice_papers *group, int64_t invoice_id, const struct signer *signer,
                            struct db_bytes *pdf)
{
    const struct pdf_house *house;
    struct invoice_sheet sheet = {.intro = ""};
    struct pdf_file file;
    struct paper p;
    char *before = arena_strdup(ctx->arena, words_language());

    TRY(ctx, paper_house(ctx, &house));
    TRY(ctx, load_paper(ctx, group, invoice_id, &p));
    words_use(p.language);
    write_head(&p, &sheet.head);
    if (is_note(&p))
        sheet.intro = tr_fill(p.arena, "Reason: {reason}", "reason", p.note.reason, NULL);
    write_lines(&p, &sheet);
    write_totals(&p, &sheet);
    if (is_note(&p))
        write_note_payment(&p, &sheet);
    else
        write_payment(&p, &sheet);
    sheet.legal = legal_text(&p);
    words_use(before);
    TRY(ctx, pdf_finish(invoice_sheet_draw(ctx, house, &sheet), signer, &file));
    *pdf = (struct db_bytes){file.data, file.bytes};
    return OK;
}
