#include "page/offer_view.h"

#include "base/str.h"
#include "page/texts.h"
#include "service/offer_words.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

char *view_price(const struct page *page, const struct price_rule *rule, int64_t quantity_e4, const char *currency)
{
    struct price_part parts[PRICE_PARTS_MAX];

    if (rule->model == PRICE_GRADUATED || price_rule_parts(rule, quantity_e4, parts) == 0)
        return arena_strdup(page->ctx->arena, "–");
    return format_price(page->ctx->arena, page->ctx->language, parts[0].unit_price_e4, currency);
}

static void fill_line(const struct page *page, HDF *node, const struct offer *offer, const struct offer_line *line, enum reader reader)
{
    struct arena *arena = page->ctx->arena;
    const char *language = page->ctx->language;
    const struct quote_line *as = &line->as;
    bool recurs = as->kind == LINE_RECURRING && offer->recurrence.unit != 0;

    hdf_text(node, "description", as->description);
    hdf_flag(node, "heading", as->kind == LINE_SECTION);
    hdf_flag(node, "note", as->kind == LINE_NOTE);
    if (as->kind == LINE_SECTION || as->kind == LINE_NOTE)
        return;
    hdf_text(node, "per", recurs ? phrase_per(arena, offer->recurrence) : tr("once"));
    hdf_text(node, "quantity", offer_line_metered(offer, line) ? tr("as used") : phrase_quantity(arena, language, line->quantity_e4, as->unit, as->unit_plural));
    hdf_text(node, "price", view_price(page, &line->rule, line->quantity_e4, offer->version.currency));
    hdf_text(node, "tiers", phrase_price(arena, language, &line->rule, offer->version.currency));
    if (as->listed && as->pricelist_id != 0 && reader == READER_SELLER)
        hdf_text(node, "source", tr_fill(arena, "price list {name}", "name", as->pricelist_name, NULL));
    if (as->discount_ppm != 0 || as->discount_minor != 0)
        hdf_text(node, "discount", phrase_discount(arena, language, as->discount_ppm, as->discount_minor, offer->version.currency,
                                                   recurs ? offer->recurrence : (struct recurrence){0}, as->discount_periods));
    hdf_text(node, "words", offer_line_words(arena, language, offer, line));
    if (as->quantity_editable && reader == READER_SELLER)
        hdf_text(node, "editable", tr_fill(arena, "the customer may choose {min} to {max}", "min",
                                           format_quantity(arena, language, as->quantity_min_e4), "max",
                                           format_quantity(arena, language, as->quantity_max_e4), NULL));
    hdf_text(node, "vat", line->tax.category != 0 ? format_percent(arena, language, line->tax.rate_ppm) : "–");
    hdf_text(node, "total", offer_line_metered(offer, line) ? "–" : page_money(page, line->net_minor, offer->version.currency));
    hdf_flag(node, "option", as->is_option);
    hdf_flag(node, "chosen", as->is_option && line->chosen);
}

static void add_total(HDF *total, int *row, const char *label, const char *value, bool strong)
{
    HDF *node = hdf_row(total, "rows", (*row)++);

    hdf_text(node, "k", label);
    hdf_text(node, "v", value);
    hdf_flag(node, "strong", strong);
}

/* What is taken off the whole document, by whom, and how much of what is due today that is. */
static void add_discounts(const struct page *page, HDF *total, int *row, const struct offer *offer)
{
    struct arena *arena = page->ctx->arena;

    for (size_t i = 0; i < offer->discounts.count; i++) {
        const struct discount *d = &offer->discounts.of[i];
        const char *what = phrase_discount(arena, page->ctx->language, d->ppm, d->amount_minor, offer->version.currency, offer->recurrence, d->periods);

        add_total(total, row, d->code[0] == '\0' ? tr("Discount") : tr_fill(arena, "Coupon {code}", "code", d->code, NULL), what, false);
    }
    if (offer->totals.today_off_minor > 0)
        add_total(total, row, tr("Taken off today"), page_money(page, -offer->totals.today_off_minor, offer->version.currency), false);
}

/* What is paid at the signature, and what is left of the order. */
static void add_deposit(const struct page *page, HDF *total, int *row, const struct offer *offer)
{
    const char *currency = offer->version.currency;

    if (offer->deposit_minor == 0)
        return;
    if (offer->order_minor != offer->totals.today.gross_minor)
        add_total(total, row, tr("The order with its first period, incl. VAT"), page_money(page, offer->order_minor, currency), false);
    add_total(total, row, offer_deposit_label(page->ctx->arena, page->ctx->language, offer), page_money(page, offer->deposit_minor, currency), true);
    add_total(total, row, tr("Invoiced after it, incl. VAT"), page_money(page, offer->order_minor - offer->deposit_minor, currency), false);
}

/* Why VAT is what it is, where that is not plain: once per reason. */
static void add_reasons(HDF *total, int *row, const struct offer *offer)
{
    const struct totals *today = &offer->totals.today;
    bool told[TAX_REASON_LAST + 1] = {[TAX_REASON_DOMESTIC] = true};

    for (size_t i = 0; i < today->group_count + offer->line_count; i++) {
        const struct offer_line *line = i < today->group_count ? NULL : &offer->lines[i - today->group_count];
        enum tax_reason reason = line == NULL ? today->groups[i].reason : line->tax.reason;

        if ((line != NULL && (!line->counts || line->later || line->tax.category != TAX_EXEMPT)) || told[reason])
            continue;
        told[reason] = true;
        hdf_text(hdf_row(total, "terms", (*row)++), "text", tr(tax_reason_text(reason)));
    }
}

static void add_terms(const struct page *page, HDF *total, const struct offer *offer)
{
    const char *rules[OFFER_RULES_MAX];
    size_t count = offer_rules(page->ctx->arena, page->ctx->language, offer, rules);
    int row = 0;

    for (size_t i = 0; i < count; i++)
        hdf_text(hdf_row(total, "terms", row++), "text", rules[i]);
    add_reasons(total, &row, offer);
}

static void fill_total(const struct page *page, HDF *total, const struct offer *offer, enum reader reader)
{
    struct arena *arena = page->ctx->arena;
    const char *currency = offer->version.currency;
    const struct quote_totals *t = &offer->totals;
    int row = 0;

    hdf_text(total, "title", reader == READER_SELLER ? tr("Totals") : tr("To pay"));
    if (!offer->priced) {
        hdf_text(hdf_row(total, "terms", 0), "text", tr("A price or a VAT rate is missing."));
        return;
    }
    add_discounts(page, total, &row, offer);
    add_total(total, &row, tr("Due today excl. VAT"), page_money(page, t->today.net_minor, currency), false);
    for (size_t i = 0; i < t->today.group_count; i++)
        add_total(total, &row,
                  tr_fill(arena, "VAT {rate}", "rate", format_percent(arena, page->ctx->language, t->today.groups[i].rate_ppm), NULL),
                  page_money(page, t->today.groups[i].tax_minor, currency), false);
    add_total(total, &row, tr("Due today incl. VAT"), page_money(page, t->today.gross_minor, currency), offer->deposit_minor == 0);
    if (offer->given_back_minor > 0)
        add_total(total, &row, tr("Given back by credit note, incl. VAT"), page_money(page, -offer->given_back_minor, currency), false);
    add_deposit(page, total, &row, offer);
    if (offer->recurrence.unit != 0 && t->period.net_minor != 0) {
        add_total(total, &row,
                  tr_fill(arena, "Then {period}, excl. VAT", "period", phrase_per(arena, offer->recurrence), NULL),
                  page_money(page, t->period.net_minor, currency), true);
        if (t->discount_periods > 0)
            add_total(total, &row, tr("After the discount, excl. VAT"), page_money(page, t->period_after.net_minor, currency), false);
        if (reader == READER_SELLER)
            add_total(total, &row, tr("Monthly recurring revenue"),
                      page_mrr(page, t->mrr_e4, currency), false);
    }
    add_terms(page, total, offer);
}

void view_offer(const struct page *page, HDF *node, const struct offer *offer, enum reader reader)
{
    for (size_t i = 0; i < offer->line_count; i++)
        fill_line(page, hdf_row(node, "Lines", (int)i), offer, &offer->lines[i], reader);
    fill_total(page, hdf_node(node, "Total"), offer, reader);
}

