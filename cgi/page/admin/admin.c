#include "page/admin/admin.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "core/date.h"
#include "store/history.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

enum { TIMELINE_ROWS = 50, QUERY_BYTES_MAX = 200 };

struct once admin_once(const struct page *page, const char *to)
{
    return (struct once){page_once(page)[0] != '\0' ? page_once(page) : NULL, to};
}

const char *admin_money(const struct page *page, int64_t minor, const char *currency)
{
    return format_money(page->ctx->arena, page->ctx->language, minor, currency);
}

const char *admin_date(const struct page *page, int32_t on)
{
    return format_date(page->ctx->arena, page->ctx->language, on);
}

const char *admin_instant(const struct page *page, int64_t at)
{
    const char *zone = page->company.id != 0 ? page->company.time_zone : "UTC";

    return at == 0 ? "" : format_instant(page->ctx->arena, page->ctx->language, at, zone);
}

const char *admin_number(const struct page *page, int64_t n)
{
    return format_integer(page->ctx->arena, page->ctx->language, n);
}

void admin_badge(HDF *node, const char *kind, const char *label)
{
    hdf_text(node, "kind", kind);
    hdf_text(node, "label", label);
}

void admin_quote_badge(HDF *node, enum quote_state state)
{
    static const char *const kind[] = {
        [QUOTE_DRAFT] = "neutral",    [QUOTE_SENT] = "info",     [QUOTE_SIGNED] = "warn",
        [QUOTE_CONFIRMED] = "ok",     [QUOTE_DECLINED] = "bad",  [QUOTE_EXPIRED] = "warn",
        [QUOTE_REPLACED] = "neutral", [QUOTE_WITHDRAWN] = "neutral"};

    admin_badge(node, kind[state], tr(quote_state_text(state)));
}

const char *admin_query(const struct page *page, const char *name)
{
    const char *value = pair_value(&page->request->fields, name);

    return value == NULL || strlen(value) > QUERY_BYTES_MAX ? "" : str_trim(page->ctx->arena, value);
}

int64_t admin_query_id(const struct page *page, const char *name)
{
    long long id;

    return str_to_i64(admin_query(page, name), 0, INT64_MAX, &id) ? id : 0;
}

void admin_flash(struct page *page)
{
    static const struct {
        const char *did;
        const char *kind;
        const char *text;
    } flash[] = {
        {"saved", "ok", N_("Saved.")},
        {"sent", "ok", N_("The quote is on its way: the e-mail stands in the outbox.")},
        {"again", "ok", N_("A new link is on its way. Earlier links no longer work.")},
        {"revoked", "ok", N_("The link no longer works.")},
        {"withdrawn", "ok", N_("The quote was withdrawn.")},
        {"answered", "ok", N_("Your answer is on its way.")},
        {"checked", "ok", N_("The check of the VAT number was recorded.")},
        {"clock", "ok", N_("The test clock was moved. Renewals of the days in between are billed by the next batch run.")},
        {"reset", "ok", N_("If this address is known, an e-mail with a link is on its way. The link works once, for 15 minutes.")},
        {"password", "ok", N_("Your new password is set. Please sign in.")},
        {"out", "ok", N_("You are signed out.")},
    };
    const char *did = admin_query(page, "did");

    for (size_t i = 0; i < COUNT_OF(flash); i++)
        if (str_equal(did, flash[i].did))
            layout_flash(page_tree(page), flash[i].kind, tr(flash[i].text), NULL, NULL);
}

void admin_fact(HDF *summary, int *row, const char *label, const char *value)
{
    HDF *fact;

    if (str_empty(value))
        return;
    fact = hdf_row(summary, "rows", (*row)++);
    hdf_text(fact, "k", label);
    hdf_text(fact, "v", value);
}

/* ---- an offer's lines and totals ---- */

static void fill_line(const struct page *page, HDF *node, const struct offer *offer, const struct offer_line *line)
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
    hdf_text(node, "quantity", str_trim(arena, arena_printf(arena, "%s %s", format_quantity(arena, language, line->quantity_e4), as->unit)));
    hdf_text(node, "price", format_price(arena, language, as->unit_price_e4, offer->version.currency));
    if (as->discount_ppm != 0)
        hdf_text(node, "discount",
                 as->discount_periods != 0 && recurs
                     ? tr_fill(arena, "{discount} off {periods}", "discount", format_percent(arena, language, as->discount_ppm),
                               "periods", phrase_first_periods(arena, offer->recurrence, as->discount_periods), NULL)
                     : tr_fill(arena, "{discount} off", "discount", format_percent(arena, language, as->discount_ppm), NULL));
    if (as->quantity_editable)
        hdf_text(node, "editable", tr_fill(arena, "the customer may choose {min} to {max}", "min",
                                           format_quantity(arena, language, as->quantity_min_e4), "max",
                                           format_quantity(arena, language, as->quantity_max_e4), NULL));
    hdf_text(node, "vat", line->tax.category != 0 ? format_percent(arena, language, line->tax.rate_ppm) : "–");
    hdf_text(node, "total", admin_money(page, line->net_minor, offer->version.currency));
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

/* Why VAT is what it is, where that is not plain: once per reason. */
static void add_reasons(HDF *total, const struct totals *today)
{
    int row = 0;

    for (size_t i = 0; i < today->group_count; i++) {
        enum tax_reason reason = today->groups[i].reason;
        bool told = reason == TAX_REASON_DOMESTIC;

        for (size_t j = 0; j < i; j++)
            told |= today->groups[j].reason == reason;
        if (!told)
            hdf_text(hdf_row(total, "terms", row++), "text", tr(tax_reason_text(reason)));
    }
}

static void fill_total(const struct page *page, HDF *total, const struct offer *offer)
{
    struct arena *arena = page->ctx->arena;
    const char *currency = offer->version.currency;
    const struct quote_totals *t = &offer->totals;
    int row = 0;

    hdf_text(total, "title", tr("Totals"));
    if (!offer->priced) {
        hdf_text(hdf_row(total, "terms", 0), "text", tr("A price or a VAT rate is missing."));
        return;
    }
    add_total(total, &row, tr("Due today excl. VAT"), admin_money(page, t->today.net_minor, currency), false);
    for (size_t i = 0; i < t->today.group_count; i++)
        add_total(total, &row,
                  tr_fill(arena, "VAT {rate}", "rate", format_percent(arena, page->ctx->language, t->today.groups[i].rate_ppm), NULL),
                  admin_money(page, t->today.groups[i].tax_minor, currency), false);
    add_total(total, &row, tr("Due today incl. VAT"), admin_money(page, t->today.gross_minor, currency), true);
    if (offer->recurrence.unit != 0 && t->period.net_minor != 0) {
        add_total(total, &row,
                  tr_fill(arena, "Then {period}, excl. VAT", "period", phrase_per(arena, offer->recurrence), NULL),
                  admin_money(page, t->period.net_minor, currency), true);
        if (t->discount_periods > 0)
            add_total(total, &row, tr("After the discount, excl. VAT"), admin_money(page, t->period_after.net_minor, currency), false);
        add_total(total, &row, tr("Monthly recurring revenue"),
                  format_price(arena, page->ctx->language, t->mrr_e4, currency), false);
    }
    add_reasons(total, &t->today);
}

void admin_offer(const struct page *page, HDF *node, const struct offer *offer)
{
    for (size_t i = 0; i < offer->line_count; i++)
        fill_line(page, hdf_row(node, "Lines", (int)i), offer, &offer->lines[i]);
    fill_total(page, hdf_node(node, "Total"), offer);
}

/* ---- timeline ---- */

static const char *activity_text(struct arena *arena, const struct activity *a)
{
    static const struct {
        const char *kind;
        const char *text;
        const char *param; /* what {x} is; NULL none */
    } said[] = {
        {"quote.created", N_("Quote created"), NULL},
        {"quote.version_opened", N_("Version {x} opened"), "version"},
        {"quote.sent", N_("Sent to {x}"), "to"},
        {"quote.sent_again", N_("New link sent to {x}"), "to"},
        {"quote.link_revoked", N_("Link revoked"), NULL},
        {"quote.withdrawn", N_("Withdrawn"), NULL},
        {"quote.declined", N_("Declined. {x}"), "reason"},
        {"quote.question", N_("Question: {x}"), "text"},
        {"quote.answer", N_("Answer: {x}"), "text"},
        {"quote.changed_by_customer", N_("The customer changed options or quantities"), NULL},
        {"quote.signed", N_("Signed by {x}"), "name"},
        {"quote.viewed", N_("Viewed by the customer"), NULL},
        {"quote.confirmed", N_("Confirmed: the order exists"), NULL},
        {"customer.created", N_("Customer created"), NULL},
        {"customer.changed", N_("Details changed"), NULL},
        {"customer.vat_checked", N_("VAT number {x} checked"), "vat_id"},
    };

    for (size_t i = 0; i < COUNT_OF(said); i++)
        if (str_equal(a->kind, said[i].kind))
            return said[i].param == NULL
                       ? tr(said[i].text)
                       : tr_fill(arena, said[i].text, "x", history_param(arena, a->params, said[i].param), NULL);
    return a->kind;
}

static const char *actor_text(const char *actor)
{
    if (str_starts(actor, "seller:"))
        return tr("Seller");
    if (str_starts(actor, "batch"))
        return tr("Automatic");
    if (str_starts(actor, "gateway"))
        return tr("Payment gateway");
    return tr("Customer");
}

enum err admin_timeline(struct page *page, HDF *node, const char *subject_kind, int64_t subject_id)
{
    struct activity *rows;
    size_t count;

    TRY(page->ctx, activities(page->ctx, subject_kind, subject_id, TIMELINE_ROWS, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *row = hdf_row(node, "Timeline", (int)i);

        hdf_text(row, "when", admin_instant(page, rows[i].at));
        hdf_text(row, "iso", clock_format(page->ctx->arena, rows[i].at));
        hdf_text(row, "text", activity_text(page->ctx->arena, &rows[i]));
        hdf_text(row, "who", actor_text(rows[i].actor));
    }
    return OK;
}
