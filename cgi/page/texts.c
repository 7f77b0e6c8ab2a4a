#include "page/texts.h"

#include <string.h>

#include "base/str.h"
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
