/* exchange: the rates of other currencies: the newest of each, one by hand, or all of the European Central Bank's file. */
#include "base/str.h"
#include "core/date.h"
#include "core/money.h"
#include "page/admin/admin.h"
#include "service/exchanging.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

struct rate_form {
    const char *currency;
    int32_t on;
    int64_t rate_e6;
    const char *source;
};
static const struct field rate_field[] = {
    {.kind = FIELD_TEXT, .name = "currency", .label = N_("Currency"), .required = true, .max = 3, .hint = N_("Three letters, such as USD"),
     .missing = N_("Enter the currency"), .offset = offsetof(struct rate_form, currency)},
    {.kind = FIELD_DATE, .name = "on", .label = N_("Published on"), .required = true, .missing = N_("Enter the day of the rate"),
     .offset = offsetof(struct rate_form, on)},
    {.kind = FIELD_DECIMAL, .name = "rate", .label = N_("Rate"), .digits = 6, .min = 1, .max = EXCHANGE_MAX_E6, .required = true,
     .missing = N_("Enter the rate"), .offset = offsetof(struct rate_form, rate_e6)},
    {.kind = FIELD_TEXT, .name = "source", .label = N_("Source"), .max = 100, .hint = N_("Where it is published: invoices name it"),
     .required = true, .missing = N_("Enter where the rate is published"), .offset = offsetof(struct rate_form, source)},
};

static const char *own_currency(const struct page *page)
{
    return page->company.id != 0 ? page->company.currency : "EUR";
}

/* message: why a file was refused; NULL. */
static enum err show_exchange(struct page *page, const struct form *form, const char *message)
{
    struct arena *arena = page->ctx->arena;
    HDF *hdf = page_tree(page);
    struct exchange_rate *rates;
    size_t count;

    view_form(page->ctx, hdf, form);
    TRY(page->ctx, exchange_rates_newest(page->ctx, own_currency(page), &rates, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "currency", rates[i].currency);
        hdf_text(node, "rate", arena_printf(arena, "1 %s = %s %s", rates[i].base, format_input_decimal(arena, page->ctx->language, rates[i].rate_e6, 6, 4), rates[i].currency));
        hdf_text(node, "on", page_date(page, rates[i].rate_on));
        hdf_text(node, "source", rates[i].source);
        hdf_flag(node, "stale", rates[i].rate_on < page->ctx->today_on - EXCHANGE_STALE_DAYS);
    }
    hdf_text(hdf, "Base", own_currency(page));
    hdf_flag(hdf, "Ecb", str_equal(own_currency(page), "EUR"));
    if (message != NULL)
        layout_flash(hdf, "bad", message, NULL, NULL);
    return page_show(page, form->error_count > 0 || message != NULL ? 422 : 200, tr("Exchange rates"), "admin/exchange.cs");
}

static void empty_form(struct page *page, struct form *form)
{
    const struct rate_form values = {.currency = "", .on = page->ctx->today_on, .source = ""};

    form_fill(form, page->ctx, rate_field, COUNT_OF(rate_field), &values);
    for (size_t i = 0; i < form->typed.count; i++)
        if (str_equal(form->typed.items[i].name, "rate"))
            form->typed.items[i].value = "";
}

enum err page_exchange(struct page *page)
{
    struct form form;

    admin_flash(page);
    empty_form(page, &form);
    return show_exchange(page, &form, NULL);
}

enum err page_exchange_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/exchange?did=saved");
    struct exchanging_result result;
    struct exchange_rate rate;
    struct rate_form v;
    struct form form;

    if (!PAGE_FORM(page, &form, rate_field, &v))
        return OK;
    if (!str_empty(v.currency) && currency_find(v.currency) == NULL)
        form_error(&form, "currency", tr("This currency is not known"));
    else if (str_equal(v.currency, own_currency(page)))
        form_error(&form, "currency", tr("This is your own currency"));
    if (v.on != DATE_NONE && v.on > page->ctx->today_on)
        form_error(&form, "on", tr("This day lies in the future"));
    if (form.error_count > 0)
        return show_exchange(page, &form, NULL);
    rate = (struct exchange_rate){.base = own_currency(page), .currency = v.currency, .rate_on = v.on, .rate_e6 = v.rate_e6, .source = v.source};
    TRY(page->ctx, add_exchange_rate(page->ctx, &rate, &once, &result));
    return page_see(page, "%s", result.url);
}

/* The file alone is asked for. */
enum err page_exchange_file_post(struct page *page)
{
    const struct upload *file = page_file(page, "file");
    struct once once = admin_once(page, "/admin/exchange?did=saved");
    struct arena *arena = page->ctx->arena;
    struct exchanging_result result;
    enum ecb_refusal refusal;
    struct ecb_rate *rates;
    struct form form;
    int32_t line;
    size_t count;

    if (!page_press(page))
        return OK;
    empty_form(page, &form);
    if (!str_equal(own_currency(page), "EUR"))
        return show_exchange(page, &form, tr("The European Central Bank's rates are against the euro, which is not your currency."));
    if (file == NULL)
        return show_exchange(page, &form, tr("Choose a file"));
    refusal = ecb_read(arena, file->data, file->bytes, &rates, &count, &line);
    if (refusal != ECB_NOT_REFUSED)
        return show_exchange(page, &form, tr_fill(arena, "Line {n}: {message}", "n", arena_printf(arena, "%d", (int)line), "message", tr(ecb_refusal_text(refusal)), NULL));
    TRY(page->ctx, add_ecb_rates(page->ctx, rates, count, &once, &result));
    return page_see(page, "%s", result.url);
}
