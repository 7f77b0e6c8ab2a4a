#include "page/texts.h"

#include <string.h>

#include "base/str.h"
#include "core/money.h"
#include "store/invoice.h"
#include "text/format.h"
#include "text/words.h"

enum { QUERY_BYTES_MAX = 200 };

const char *page_money(const struct page *page, int64_t minor, const char *currency)
{
    return format_money(page->ctx->arena, page->ctx->language, minor, currency);
}

const char *page_date(const struct page *page, int32_t on)
{
    return format_date(page->ctx->arena, page->ctx->language, on);
}

const char *page_instant(const struct page *page, int64_t at)
{
    const char *zone = page->company.id != 0 ? page->company.time_zone : "UTC";

    return at == 0 ? "" : format_instant(page->ctx->arena, page->ctx->language, at, zone);
}

const char *page_pair(const struct page *page, const char *name, const char *value)
{
    return tr_fill(page->ctx->arena, "{name}: {value}", "name", name, "value", value, NULL);
}

const char *page_number(const struct page *page, int64_t n)
{
    return format_integer(page->ctx->arena, page->ctx->language, n);
}

void page_badge(HDF *node, const char *kind, const char *label)
{
    hdf_text(node, "kind", kind);
    hdf_text(node, "label", label);
}

void page_quote_badge(HDF *node, enum quote_state state)
{
    static const char *const kind[] = {
        [QUOTE_DRAFT] = "neutral",    [QUOTE_SENT] = "info",     [QUOTE_SIGNED] = "warn",
        [QUOTE_CONFIRMED] = "ok",     [QUOTE_DECLINED] = "bad",  [QUOTE_EXPIRED] = "warn",
        [QUOTE_REPLACED] = "neutral", [QUOTE_WITHDRAWN] = "neutral"};

    page_badge(node, kind[state], tr(quote_state_text(state)));
}

const char *page_query(const struct page *page, const char *name)
{
    const char *value = pair_value(&page->request->fields, name);

    return value == NULL || strlen(value) > QUERY_BYTES_MAX ? "" : str_trim(page->ctx->arena, value);
}

int64_t page_query_id(const struct page *page, const char *name)
{
    long long id;

    return str_to_i64(page_query(page, name), 0, INT64_MAX, &id) ? id : 0;
}

void page_fact(HDF *summary, int *row, const char *label, const char *value)
{
    HDF *fact;

    if (str_empty(value))
        return;
    fact = hdf_row(summary, "rows", (*row)++);
    hdf_text(fact, "k", label);
    hdf_text(fact, "v", value);
}

HDF *page_link_fact(HDF *summary, int *row, const char *label, const char *value, const char *href)
{
    HDF *fact = hdf_row(summary, "rows", (*row)++);

    hdf_text(fact, "k", label);
    hdf_text(fact, "v", value);
    hdf_text(fact, "href", href);
    hdf_text(fact, "action", tr("View"));
    hdf_text(fact, "object", value);
    return fact;
}

void page_countries(const struct page *page, HDF *hdf, const char *now)
{
    page_countries_of(page, hdf, "country", now);
}

void page_countries_of(const struct page *page, HDF *hdf, const char *field, const char *now)
{
    size_t count;
    const struct named_country *countries = format_countries(page->ctx->arena, page->ctx->language, &count);

    view_option(hdf, field, 0, "", tr("Choose the country"), false);
    for (size_t i = 0; i < count; i++)
        view_option(hdf, field, (int)i + 1, countries[i].code, countries[i].name, str_equal(countries[i].code, now));
}

void page_invoice_badge(const struct page *page, HDF *node, int64_t open_minor, int32_t due_on)
{
    bool late = open_minor > 0 && due_on < page->ctx->today_on;

    page_badge(node, open_minor == 0 ? "ok" : late ? "bad" : "warn", open_minor == 0 ? tr("Paid") : late ? tr("Overdue") : tr("Unpaid"));
}

void page_document_badge(const struct page *page, HDF *node, const char *state, int64_t open_minor, int32_t due_on)
{
    if (str_equal(state, "credit"))
        page_badge(node, "info", tr("Credit note"));
    else if (str_equal(state, "deposit"))
        page_badge(node, "info", tr("Deposit"));
    else
        page_invoice_badge(page, node, open_minor, due_on);
}

const char *page_document_money(const struct page *page, const char *state, int64_t minor, const char *currency)
{
    return page_money(page, str_equal(state, "credit") ? -minor : minor, currency);
}

enum err page_document(struct page *page, const char *kind, int64_t ref_id, const char *name)
{
    struct document document;
    enum err err = document_of(page->ctx, kind, ref_id, &document);

    if (err == ERR_NOT_FOUND)
        return page_error(page, 404, tr("This document is being made. Please load the page again in a minute."));
    if (err != OK)
        return err;
    respond_file(page->response, "application/pdf", arena_printf(page->ctx->arena, "%s.pdf", name), document.bytes.data,
                 document.bytes.bytes);
    return OK;
}

const char *page_mrr(const struct page *page, int64_t mrr_e4, const char *code)
{
    const struct currency *currency = currency_find(code);
    int64_t minor_units = 1;

    for (int i = 0; currency != NULL && i < currency->digits; i++)
        minor_units *= 10;
    return page_money(page, money_scale(mrr_e4, minor_units, 10000, ROUND_HALF_AWAY), code);
}
