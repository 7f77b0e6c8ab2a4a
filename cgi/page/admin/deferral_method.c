/* deferral_method: how deferred revenue is spread, with an example of what each method does to a year. */
#include "core/date.h"
#include "core/deferral.h"
#include "page/admin/admin.h"
#include "page/admin/books.h"
#include "service/house.h"
#include "text/words.h"

struct method_form {
    int64_t rev;
    const char *method;
};

static const struct field_option method_option[] = {
    {"days", N_("By days"), N_("Each day of the period brings the same.")},
    {"months", N_("By months"), N_("Each month brings the same; the first and the last by their share of days.")},
    {"whole_months", N_("By whole months"), N_("Each month brings the same; the first counts in full, none is added at the end.")}};

static const struct field method_field[] = {
    {.kind = FIELD_INTEGER, .name = "rev", .min = 0, .max = INT64_MAX, .offset = offsetof(struct method_form, rev)},
    {.kind = FIELD_CHOICE, .name = "method", .label = N_("Deferred revenue is spread"), .required = true, .options = method_option,
     .option_count = COUNT_OF(method_option), .missing = N_("Choose how deferred revenue is spread"), .offset = offsetof(struct method_form, method)},
};

const char *deferral_method_text(const char *method)
{
    for (size_t i = 0; i < COUNT_OF(method_option); i++)
        if (str_equal(method_option[i].value, method))
            return tr(method_option[i].label);
    return "";
}

enum { EXAMPLE_MINOR = 120000, EXAMPLE_MONTHS = 13 };

/* A year of 1,200 from the 15th of this month on, month by month, under each method. */
static void show_example(struct page *page, HDF *hdf)
{
    struct civil civil = date_civil(page->ctx->today_on);
    int32_t from_on = date_from_civil(civil.year, civil.month, 15);
    struct period year = {from_on, date_add_months(from_on, 12)};
    const char *currency = books_currency(page);

    hdf_text(hdf, "Example.text",
             tr_fill(page->ctx->arena, "{amount} for a year from {from} to {until}, invoiced on its first day:", "amount",
                     page_money(page, EXAMPLE_MINOR, currency), "from", page_date(page, year.from_on), "until", page_date(page, period_last_on(year)), NULL));
    for (size_t k = 0; k < COUNT_OF(method_option); k++) {
        enum deferral_method method = deferral_method_from_name(method_option[k].value);
        struct deferral_month months[EXAMPLE_MONTHS];
        size_t count = deferral_months(method, EXAMPLE_MINOR, deferral_span(method, year), months, EXAMPLE_MONTHS);

        hdf_text(hdf_row(hdf, "Methods", (int)k), "label", tr(method_option[k].label));
        for (size_t i = 0; i < EXAMPLE_MONTHS; i++) {
            struct civil month = date_civil(date_add_months(date_from_civil(civil.year, civil.month, 1), (int)i));
            HDF *row = hdf_row(hdf, "Rows", (int)i);

            hdf_text(row, "month", arena_printf(page->ctx->arena, "%02d/%04d", month.month, month.year));
            hdf_text(hdf_row(row, "amounts", (int)k), "amount", i < count ? page_money(page, months[i].amount_minor, currency) : "");
            hdf_text(hdf_row(row, "amounts", (int)k), "label", tr(method_option[k].label));
        }
    }
}

static enum err show(struct page *page, const struct form *form, int64_t rev)
{
    HDF *hdf = page_tree(page);

    view_form(page->ctx, hdf, form);
    hdf_number(hdf, "Token.rev", rev);
    show_example(page, hdf);
    return page_show(page, form->error_count > 0 ? 422 : 200, tr("Method of deferral"), "admin/deferral_method.cs");
}

enum err page_deferral_method(struct page *page)
{
    const struct company *c = &page->company;
    struct form form;

    if (c->id == 0) {
        HDF *hdf = page_tree(page);

        hdf_text(hdf, "Empty.text", tr("Enter the company first."));
        hdf_text(hdf, "Empty.href", "/admin/settings/company");
        hdf_text(hdf, "Empty.action", tr("Company"));
        return page_show(page, 200, tr("Method of deferral"), "admin/deferral_method.cs");
    }
    form_fill(&form, page->ctx, method_field, COUNT_OF(method_field), &(struct method_form){c->id, c->deferral_method});
    return show(page, &form, c->id);
}

enum err page_deferral_method_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/deferred?did=saved");
    struct company company = page->company;
    struct house_result result;
    struct method_form v;
    struct form form;

    if (page->company.id == 0)
        return page_error(page, 409, tr("Enter the company first."));
    if (!PAGE_FORM(page, &form, method_field, &v))
        return OK;
    if (form.error_count > 0)
        return show(page, &form, v.rev);
    company.deferral_method = v.method;
    TRY(page->ctx, change_company(page->ctx, &company, v.rev, &once, &result));
    return result.stale ? page_error(page, 409, NULL) : page_see(page, "%s", result.url);
}
