#include "service/offer_paper.h"

#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "document/quote_sheet.h"
#include "service/amending_words.h"
#include "service/offer.h"
#include "service/offer_words.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

enum { FACTS_MAX = 8, TERMS_MAX = 12, TOTALS_MAX = TOTALS_GROUPS_MAX + DISCOUNTS_KEPT + 10, SECTIONS_MAX = 3 };

/* What writing needs at hand. */
struct pen {
    struct ctx *ctx;
    struct arena *arena;
    const struct offer *offer;
    const char *language;
};

enum err paper_house(struct ctx *ctx, const struct pdf_house **house)
{
    static const struct pdf_house *loaded;
    static struct arena *kept;

    if (loaded == NULL) {
        if (kept == NULL)
            kept = arena_new();
        TRY(ctx, pdf_house_load(ctx, kept, NULL, 0, &loaded));
    }
    *house = loaded;
    return OK;
}

static char *money(const struct pen *p, int64_t minor)
{
    return format_money(p->arena, p->language, minor, p->offer->version.currency);
}

static void add_line(struct str *s, const char *text)
{
    if (str_empty(text))
        return;
    if (s->bytes > 0)
        str_append_char(s, '\n');
    str_append(s, text);
}

char *paper_address(struct arena *arena, const char *language, const char *street, const char *street2,
                    const char *postal_code, const char *city, const char *country)
{
    struct str s = str_new(arena);

    add_line(&s, street);
    add_line(&s, street2);
    add_line(&s, str_trim(arena, arena_printf(arena, "%s %s", postal_code, city)));
    add_line(&s, format_country(arena, language, country));
    return s.text;
}

static char *joined(struct arena *arena, const char *first, const char *second)
{
    if (str_empty(second))
        return arena_strdup(arena, first);
    return str_empty(first) ? arena_strdup(arena, second) : arena_printf(arena, "%s, %s", first, second);
}

/* "SAS au capital de 10 000 €, SIREN 303 265 045, RCS Lille, VAT number FR…": C. com. R123-237. */
char *paper_legal_line(struct arena *arena, const struct company *c)
{
    char *line = joined(arena, c->name, c->legal_form);

    if (!str_empty(c->capital))
        line = joined(arena, line, tr_fill(arena, "capital {amount}", "amount", c->capital, NULL));
    if (!str_empty(c->siren))
        line = joined(arena, line, arena_printf(arena, "SIREN %s", c->siren));
    if (!str_empty(c->register_city))
        line = joined(arena, line, arena_printf(arena, "RCS %s", c->register_city));
    if (!str_empty(c->vat_id))
        line = joined(arena, line, tr_fill(arena, "VAT number {number}", "number", c->vat_id, NULL));
    return line;
}

char *paper_seller_text(struct arena *arena, const char *language, const struct company *c)
{
    struct str seller = str_new(arena);

    add_line(&seller, paper_address(arena, language, c->street, c->street2, c->postal_code, c->city, c->country));
    add_line(&seller, c->phone);
    add_line(&seller, c->email);
    add_line(&seller, c->website);
    return seller.text;
}

char *paper_buyer_text(struct arena *arena, const char *language, const struct customer *b)
{
    struct str buyer = str_new(arena);

    add_line(&buyer, b->is_company ? b->contact_name : "");
    add_line(&buyer, paper_address(arena, language, b->street, b->street2, b->postal_code, b->city, b->country));
    return buyer.text;
}

static void write_head(const struct pen *p, struct sheet_head *head)
{
    const struct offer *o = p->offer;
    const struct company *c = &o->company;
    const struct customer *b = &o->customer;
    struct sheet_fact *facts = ARENA_ARRAY(p->arena, struct sheet_fact, FACTS_MAX);
    int32_t on = o->version.sent_on != DATE_NONE ? o->version.sent_on : p->ctx->today_on;
    size_t n = 0;

    facts[n++] = (struct sheet_fact){tr("Date"), format_date_long(p->arena, p->language, on)};
    facts[n++] = (struct sheet_fact){
        tr("Valid until"), format_date_long(p->arena, p->language, o->version.valid_until_on)};
    facts[n++] = (struct sheet_fact){tr("Customer number"), b->number};
    facts[n++] = (struct sheet_fact){tr("Prepared by"), o->owner.name};
    *head = (struct sheet_head){
        .language = p->language,
        .title = tr_fill(p->arena, "Quote {number}", "number", offer_number(p->arena, o), NULL),
        .subtitle = o->quote.kind == QUOTE_NEW ? "" : arena_printf(p->arena, "%s %s", tr(quote_kind_text(o->quote.kind)), o->quote.contract_number),
        .created_at = o->version.sent_at != 0 ? o->version.sent_at : o->version.created_at,
        .seller_name = c->name,
        .seller_text = paper_seller_text(p->arena, p->language, c),
        .window = str_equal(b->country, "DE") ? SHEET_WINDOW_LEFT : SHEET_WINDOW_RIGHT,
        .return_line = arena_printf(p->arena, "%s, %s, %s %s", c->name, c->street, c->postal_code, c->city),
        .buyer_name = b->name,
        .buyer_text = paper_buyer_text(p->arena, p->language, b),
        .buyer_note = str_empty(b->vat_id)
                          ? ""
                          : tr_fill(p->arena, "VAT number {number}", "number", b->vat_id, NULL),
        .facts = facts,
        .fact_count = n,
        .footer = paper_legal_line(p->arena, c),
        .page_label = tr("Page {page}/{pages}"),
        .draft_mark = o->version.state == VERSION_DRAFT ? tr("Preview") : "",
    };
}

static const char *discount_detail(const struct pen *p, const struct offer_line *line)
{
    bool limited = line->as.discount_periods != 0 && p->offer->recurrence.unit != 0 && line->as.kind == LINE_RECURRING;

    if (line->as.discount_minor == 0 && (line->as.discount_ppm == 0 || !limited))
        return "";
    return phrase_discount(p->arena, p->language, line->as.discount_ppm, line->as.discount_minor, p->offer->version.currency,
                           limited ? p->offer->recurrence : (struct recurrence){0}, line->as.discount_periods);
}

/* How long a discount lasts, and the tiers of the price. */
static const char *discount_words(const struct pen *p, const struct offer_line *line)
{
    const char *discount = discount_detail(p, line);
    const char *price = phrase_price(p->arena, p->language, &line->rule, p->offer->version.currency);

    if (str_empty(price))
        return discount;
    return str_empty(discount) ? price : arena_printf(p->arena, "%s; %s", price, discount);
}

/* The unit price where one price holds for the whole quantity. */
static const char *line_price(const struct pen *p, const struct offer_line *line)
{
    struct price_part parts[PRICE_PARTS_MAX];

    if (line->rule.model == PRICE_GRADUATED || offer_line_parts(line, parts) == 0)
        return "–";
    return format_price(p->arena, p->language, parts[0].unit_price_e4, p->offer->version.currency);
}

static const char *line_detail(const struct pen *p, const struct offer_line *line)
{
    const char *discount = discount_words(p, line);
    const char *words = offer_line_words(p->arena, p->language, p->offer, line);

    return arena_printf(p->arena, "%s%s%s", discount, discount[0] != '\0' && words[0] != '\0' ? ", " : "", words);
}

static struct sheet_line write_line(const struct pen *p, const struct offer_line *line, const char *heading)
{
    const struct quote_line *as = &line->as;

    if (as->kind == LINE_NOTE)
        return (struct sheet_line){.section = heading, .description = as->description};
    return (struct sheet_line){
        .section = heading,
        .description = as->description,
        .detail = line_detail(p, line),
        .quantity = offer_line_metered(p->offer, line) ? tr("as used") : phrase_quantity(p->arena, p->language, line->quantity_e4, as->unit, as->unit_plural),
        .unit_price = line_price(p, line),
        .discount = as->discount_ppm == 0 ? "" : format_percent(p->arena, p->language, as->discount_ppm),
        .vat_rate = format_percent(p->arena, p->language, line->tax.rate_ppm),
        .total = offer_line_metered(p->offer, line) ? "–" : money(p, line->net_minor),
    };
}

enum place { PLACE_PERIOD, PLACE_ONCE, PLACE_OPTIONS };

/* Headings and notes stand with the line that follows them, at the end with the one before. */
static enum place place_of(const struct offer *o, size_t i)
{
    size_t at = i;

    while (at < o->line_count && (o->lines[at].as.kind == LINE_SECTION || o->lines[at].as.kind == LINE_NOTE))
        at++;
    while (at == o->line_count ||
           (at > 0 && (o->lines[at].as.kind == LINE_SECTION || o->lines[at].as.kind == LINE_NOTE)))
        at--;
    if (o->lines[at].as.is_option && !o->lines[at].chosen)
        return PLACE_OPTIONS;
    return o->lines[at].as.kind == LINE_RECURRING && o->recurrence.unit != 0 ? PLACE_PERIOD : PLACE_ONCE;
}

static size_t write_lines(const struct pen *p, enum place place, struct sheet_line *lines)
{
    const char *heading = "";
    size_t n = 0;

    for (size_t i = 0; i < p->offer->line_count; i++) {
        if (place_of(p->offer, i) != place)
            continue;
        if (p->offer->lines[i].as.kind == LINE_SECTION)
            heading = p->offer->lines[i].as.description;
        else
            lines[n++] = write_line(p, &p->offer->lines[i], heading);
    }
    return n;
}

static void add_total(struct sheet_total *totals, size_t *n, const char *label, const char *note,
                      const char *value, bool strong)
{
    totals[(*n)++] = (struct sheet_total){label, note, value, strong};
}

static void add_vat(const struct pen *p, const struct totals *t, struct sheet_total *totals, size_t *n)
{
    for (size_t i = 0; i < t->group_count; i++) {
        const struct tax_group *g = &t->groups[i];
        enum tax_reason *reasons = ARENA_ARRAY(p->arena, enum tax_reason, p->offer->line_count + 1);
        size_t count = 0;

        reasons[count++] = g->reason;
        for (size_t k = 0; k < p->offer->line_count; k++)
            if (p->offer->lines[k].counts && p->offer->lines[k].tax.category == g->category && p->offer->lines[k].tax.rate_ppm == g->rate_ppm)
                reasons[count++] = p->offer->lines[k].tax.reason;
        add_total(totals, n,
                  tr_fill(p->arena, "VAT {rate} of {base}", "rate",
                          format_percent(p->arena, p->language, g->rate_ppm), "base", money(p, g->base_minor), NULL),
                  phrase_mentions(p->arena, reasons, count), money(p, g->tax_minor), false);
    }
}

static void write_section(const struct pen *p, enum place place, struct quote_section *section)
{
    const struct quote_totals *t = &p->offer->totals;
    struct sheet_line *lines = ARENA_ARRAY(p->arena, struct sheet_line, p->offer->line_count);
    struct sheet_total *totals = ARENA_ARRAY(p->arena, struct sheet_total, 2);
    size_t n = 0;

    *section = (struct quote_section){.title = "", .note = "", .lines = lines, .totals = totals};
    section->line_count = write_lines(p, place, lines);
    switch (place) {
    case PLACE_PERIOD:
        section->title = phrase_every(p->arena, p->offer->recurrence);
        add_total(totals, &n, tr("Total excl. VAT"), phrase_per(p->arena, p->offer->recurrence),
                  money(p, t->period.net_minor), false);
        break;
    case PLACE_ONCE:
        section->title = tr("Once");
        add_total(totals, &n, tr("Total excl. VAT"), "", money(p, t->once.net_minor), false);
        break;
    case PLACE_OPTIONS:
        section->title = tr("Options not chosen");
        section->note = tr("Not part of the totals.");
        section->muted = true;
        break;
    }
    section->total_count = n;
}

static void add_discounts(const struct pen *p, struct sheet_total *totals, size_t *n)
{
    for (size_t i = 0; i < p->offer->discounts.count; i++) {
        const struct discount *d = &p->offer->discounts.of[i];

        add_total(totals, n, d->code[0] == '\0' ? tr("Discount") : tr_fill(p->arena, "Coupon {code}", "code", d->code, NULL), "",
                  phrase_discount(p->arena, p->language, d->ppm, d->amount_minor, p->offer->version.currency, p->offer->recurrence, d->periods), false);
    }
    if (p->offer->totals.today_off_minor > 0)
        add_total(totals, n, tr("Taken off today"), "", money(p, -p->offer->totals.today_off_minor), false);
}

static void write_totals(const struct pen *p, struct quote_sheet *sheet)
{
    const struct offer *o = p->offer;
    const struct quote_totals *t = &o->totals;
    struct sheet_total *totals = ARENA_ARRAY(p->arena, struct sheet_total, TOTALS_MAX);
    size_t n = 0;

    add_discounts(p, totals, &n);
    add_total(totals, &n, tr("Due today excl. VAT"), "", money(p, t->today.net_minor), false);
    add_vat(p, &t->today, totals, &n);
    add_total(totals, &n, tr("Due today incl. VAT"), "", money(p, t->today.gross_minor), o->deposit_minor == 0);
    if (o->given_back_minor > 0)
        add_total(totals, &n, tr("Given back by credit note, incl. VAT"), "", money(p, -o->given_back_minor), false);
    if (o->deposit_minor > 0) {
        if (o->order_minor != t->today.gross_minor)
            add_total(totals, &n, tr("The order with its first period, incl. VAT"), "", money(p, o->order_minor), false);
        add_total(totals, &n, offer_deposit_label(p->arena, p->language, o), tr("Deducted from the first invoices."), money(p, o->deposit_minor), true);
        add_total(totals, &n, tr("Invoiced after it, incl. VAT"), "", money(p, o->order_minor - o->deposit_minor), false);
    }
    if (o->recurrence.unit != 0 && t->period.gross_minor > 0) {
        add_total(totals, &n,
                  tr_fill(p->arena, "Then {period}, incl. VAT", "period",
                          phrase_per(p->arena, o->recurrence), NULL),
                  t->discount_periods == 0 ? "" : phrase_first_periods(p->arena, o->recurrence, t->discount_periods),
                  money(p, t->period.gross_minor), true);
        if (t->discount_periods > 0)
            add_total(totals, &n,
                      tr_fill(p->arena, "Afterwards {period}, incl. VAT", "period",
                              phrase_per(p->arena, o->recurrence), NULL),
                      "", money(p, t->period_after.gross_minor), true);
    }
    sheet->totals = totals;
    sheet->total_count = n;
}

static void add_term(struct sheet_block *terms, size_t *n, const char *title, const char *text)
{
    if (!str_empty(text))
        terms[(*n)++] = (struct sheet_block){title, text};
}

static bool recurs(const struct offer *o)
{
    for (size_t i = 0; i < o->line_count; i++)
        if (o->lines[i].counts && o->lines[i].as.kind == LINE_RECURRING && o->plan.id != 0)
            return true;
    return false;
}

/* How it will be paid: what is paid with the order, and how the rest and what recurs are. */
static const char *payment_text(const struct pen *p)
{
    const struct offer *o = p->offer;
    bool at_once = o->company.payment_terms_days == 0;
    const char *within = phrase_days(p->arena, o->company.payment_terms_days);

    if (!quote_needs_payment(o->facts.acceptance))
        return at_once ? tr("On invoice, on receipt.") : tr_fill(p->arena, "On invoice, within {duration}.", "duration", within, NULL);
    if (o->deposit_minor == 0)
        return recurs(o) ? tr("By card, when the order is placed and at each renewal.") : tr("By card, when the order is placed.");
    if (recurs(o))
        return tr("The deposit by card, when the order is placed; the rest and each renewal by the same card, without any action of yours.");
    return at_once ? tr("The deposit by card, when the order is placed; the rest on invoice, on receipt.")
                   : tr_fill(p->arena, "The deposit by card, when the order is placed; the rest on invoice, within {duration}.", "duration", within, NULL);
}

static const char *rules_text(const struct pen *p)
{
    struct str s = str_new(p->arena);
    const char *rules[OFFER_RULES_MAX];
    size_t count = offer_rules(p->arena, p->language, p->offer, rules);

    for (size_t i = 0; i < count; i++)
        add_line(&s, rules[i]);
    return s.text;
}

/* "3 x Licence, 28/01/2027 to 14/02/2027: 20.90": what is charged and given back with a change at once. */
static const char *steps_text(const struct pen *p)
{
    struct str s = str_new(p->arena);

    for (size_t i = 0; i < p->offer->step_count; i++) {
        const struct amending_step *step = &p->offer->steps[i];
        const char *span = amending_span_text(p->arena, p->language, step->period);

        const char *what = amending_what(p->arena, p->language, step->description, step->quantity_e4);

        add_line(&s, tr_fill(p->arena, "{what}: {amount}", "what", str_empty(span) ? what : arena_printf(p->arena, "%s, %s", what, span), "amount",
                             money(p, step->minor), NULL));
    }
    return s.text;
}

/* When, and how long. */
static void add_times(const struct pen *p, struct sheet_block *terms, size_t *n)
{
    const struct offer *o = p->offer;

    if (o->quote.kind == QUOTE_UPSELL) {
        add_term(terms, n, tr_fill(p->arena, "Change of subscription {number}", "number", o->quote.contract_number, NULL), rules_text(p));
        add_term(terms, n, tr("Charged and given back, excl. VAT"), steps_text(p));
        return;
    }
    add_term(terms, n, tr("Start"),
             o->version.start_on == DATE_NONE ? tr("On the day the order is confirmed.")
                                              : format_date_long(p->arena, p->language, o->version.start_on));
    if (o->plan.id == 0)
        return;
    add_term(terms, n, tr("Duration and renewal"), rules_text(p));
    if (o->plan.index_id != 0)
        add_term(terms, n, tr("Indexation"),
                 tr_fill(p->arena, "The prices may be revised by the index {index}: new price = price * index of the revision / index of the last revision, or of the start. Each revision is announced in advance.",
                         "index", o->plan.index_name, NULL));
}

static void write_terms(const struct pen *p, struct quote_sheet *sheet)
{
    const struct offer *o = p->offer;
    struct sheet_block *terms = ARENA_ARRAY(p->arena, struct sheet_block, TERMS_MAX);
    size_t n = 0;

    add_term(terms, &n, tr("Note"), o->words.note);
    add_times(p, terms, &n);
    add_term(terms, &n, tr("Payment"), payment_text(p));
    add_term(terms, &n, tr("Particular terms"), o->words.terms);
    add_term(terms, &n, tr("Terms"), o->company.terms);
    add_term(terms, &n, "", o->words.footer);
    sheet->terms = terms;
    sheet->term_count = n;
}

static void write_columns(const struct pen *p, struct sheet_columns *columns)
{
    bool discounted = false;

    for (size_t i = 0; i < p->offer->line_count; i++)
        discounted |= p->offer->lines[i].as.discount_ppm != 0;
    *columns = (struct sheet_columns){
        .description = tr("Description"),
        .quantity = tr("Quantity"),
        .unit_price = tr("Price excl. VAT"),
        .discount = discounted ? tr("Discount") : "",
        .vat_rate = tr("VAT"),
        .total = tr("Total excl. VAT"),
        .carried_forward = "",
        .brought_forward = "",
    };
}

static void write_acceptance(const struct pen *p, struct quote_sheet *sheet)
{
    const char **fields;

    if (!quote_needs_signature(p->offer->facts.acceptance))
        return;
    fields = ARENA_ARRAY(p->arena, const char *, 3);
    fields[0] = tr("Name and role");
    fields[1] = tr("Date");
    fields[2] = tr("Signature");
    sheet->acceptance = (struct sheet_block){tr("Accepted"),
        tr("Accept online with the link in our e-mail, or sign below and return this page.")};
    sheet->acceptance_fields = fields;
    sheet->acceptance_field_count = 3;
}

static void write_sheet(const struct pen *p, struct quote_sheet *sheet)
{
    struct quote_section *sections = ARENA_ARRAY(p->arena, struct quote_section, SECTIONS_MAX);
    size_t n = 0;

    *sheet = (struct quote_sheet){.intro = p->offer->words.header, .sections = sections};
    write_head(p, &sheet->head);
    write_columns(p, &sheet->columns);
    for (int place = PLACE_PERIOD; place <= PLACE_OPTIONS; place++) {
        write_section(p, (enum place)place, &sections[n]);
        n += sections[n].line_count > 0;
    }
    sheet->section_count = n;
    write_totals(p, sheet);
    write_terms(p, sheet);
    write_acceptance(p, sheet);
}

enum err offer_sheet(struct ctx *ctx, const struct offer *offer, const char *language,
                     struct quote_sheet *sheet)
{
    const struct pen pen = {ctx, ctx->arena, offer, language};
    char *before = arena_strdup(ctx->arena, words_language());

    words_use(language);
    write_sheet(&pen, sheet);
    words_use(before);
    return OK;
}

enum err render_offer_pdf(struct ctx *ctx, const struct offer *offer, struct db_bytes *pdf)
{
    const struct pdf_house *house;
    struct quote_sheet sheet;
    struct pdf_file file;

    TRY(ctx, paper_house(ctx, &house));
    TRY(ctx, offer_sheet(ctx, offer, offer->version.language, &sheet));
    TRY(ctx, pdf_finish(quote_sheet_draw(ctx, house, &sheet), NULL, &file));
    pdf->data = file.data;
    pdf->bytes = file.bytes;
    return OK;
}
