/* taxes: the dated rates by country, one country's with their sources, adding one, and sales to consumers in other
 * member states with their threshold. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "core/country.h"
#include "core/date.h"
#include "intake/tax_classes.h"
#include "page/admin/admin.h"
#include "service/tax_rates.h"
#include "store/taxes.h"
#include "text/format.h"
#include "text/words.h"

void admin_tax_views(const struct page *page, HDF *hdf, const char *path)
{
    static const struct {
        const char *href;
        const char *name;
    } view[] = {{"/admin/taxes", N_("Rates")}, {"/admin/taxes/calculator", N_("Calculator")},
                {"/admin/taxes/distance", N_("Consumers in other countries")}, {"/admin/taxes/settings", N_("Tax settings")}};

    (void)page;
    for (size_t i = 0; i < COUNT_OF(view); i++) {
        HDF *node = hdf_row(hdf, "Views", (int)i);

        hdf_text(node, "href", view[i].href);
        hdf_text(node, "name", tr(view[i].name));
        hdf_flag(node, "on", str_equal(view[i].href, path));
    }
}

static const char *country_name(const struct page *page, const char *code)
{
    return format_country(page->ctx->arena, page->ctx->language, code);
}

static bool is_whole(const struct rate_entry *entry)
{
    return entry->postal_from[0] == '\0';
}

/* ---- every country ---- */

static bool in_force(const struct rate_entry *entry, int32_t on)
{
    return entry->from_on <= on && (entry->until_on == DATE_NONE || on < entry->until_on);
}

/* A country's rates of today; the others are parts of it or other days. */
static void fill_country(const struct page *page, HDF *node, const struct rate_entry *entries, size_t count)
{
    size_t parts = 0;

    hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/taxes/rates/%s", entries[0].country));
    hdf_text(node, "name", country_name(page, entries[0].country));
    hdf_text(node, "code", entries[0].country);
    for (size_t i = 0; i < count; i++) {
        parts += !is_whole(&entries[i]) && in_force(&entries[i], page->ctx->today_on);
        if (is_whole(&entries[i]) && in_force(&entries[i], page->ctx->today_on))
            hdf_text(node, entries[i].tax_class, format_percent(page->ctx->arena, page->ctx->language, entries[i].rate_ppm));
    }
    if (parts > 0)
        hdf_text(node, "parts", tr_fill(page->ctx->arena, "{n} by postal code", "n", page_number(page, (int64_t)parts), NULL));
}

/* The country's row, when it has rates: they stand together. */
static void add_country(const struct page *page, HDF *hdf, const char *code, const struct rate_entry *entries, size_t count, int *row)
{
    size_t first = 0;
    size_t own = 0;

    while (first < count && !str_equal(entries[first].country, code))
        first++;
    while (first + own < count && str_equal(entries[first + own].country, code))
        own++;
    if (own > 0)
        fill_country(page, hdf_row(hdf, "Rows", (*row)++), &entries[first], own);
}

enum err page_taxes(struct page *page)
{
    HDF *hdf = page_tree(page);
    size_t country_count;
    const struct named_country *countries = format_countries(page->ctx->arena, page->ctx->language, &country_count);
    struct rate_entry *entries;
    size_t count;
    int row = 0;

    TRY(page->ctx, rate_entries(page->ctx, "", &entries, &count));
    admin_flash(page);
    admin_tax_views(page, hdf, "/admin/taxes");
    for (size_t i = 0; i < country_count; i++)
        add_country(page, hdf, countries[i].code, entries, count, &row);
    add_country(page, hdf, "IC", entries, count, &row); /* a code that is no country's */
    return page_show(page, 200, tr("Taxes"), "admin/taxes.cs");
}

/* ---- one country ---- */

static const char *place_text(const struct page *page, const struct rate_entry *e)
{
    const char *codes = str_equal(e->postal_from, e->postal_until)
                            ? e->postal_from : arena_printf(page->ctx->arena, "%s–%s", e->postal_from, e->postal_until);

    if (is_whole(e))
        return e->region[0] != '\0' ? e->region : tr("The whole country");
    if (e->region[0] == '\0')
        return tr_fill(page->ctx->arena, "Postal codes {codes}", "codes", codes, NULL);
    return tr_fill(page->ctx->arena, "{region}, postal codes {codes}", "region", e->region, "codes", codes, NULL);
}

enum err page_tax_country(struct page *page)
{
    HDF *hdf = page_tree(page);
    const char *country = page->arg[0];
    struct rate_entry *entries;
    size_t count;

    if (strlen(country) != 2)
        return ERR_NOT_FOUND;
    TRY(page->ctx, rate_entries(page->ctx, country, &entries, &count));
    if (count == 0)
        return ERR_NOT_FOUND;
    admin_flash(page);
    hdf_text(hdf, "Country.name", country_name(page, country));
    hdf_text(hdf, "Country.code", country);
    for (size_t i = 0; i < count && i < HDF_ROWS_MAX; i++) {
        const struct rate_entry *e = &entries[i];
        HDF *node = hdf_row(hdf, "Rows", (int)i);
        bool now = in_force(e, page->ctx->today_on);

        hdf_text(node, "place", place_text(page, e));
        hdf_text(node, "class", admin_tax_class(e->tax_class));
        hdf_text(node, "rate", format_percent(page->ctx->arena, page->ctx->language, e->rate_ppm));
        hdf_text(node, "from", page_date(page, e->from_on));
        hdf_text(node, "until", page_date(page, e->until_on));
        hdf_text(node, "source", e->source);
        page_badge(node, now ? "ok" : e->from_on > page->ctx->today_on ? "info" : "neutral",
                   now ? tr("Now") : e->from_on > page->ctx->today_on ? tr("Later") : tr("Earlier"));
    }
    return page_show(page, 200, country_name(page, country), "admin/tax_country.cs");
}

/* ---- adding a rate ---- */

struct rate_form {
    const char *country;
    const char *region;
    const char *postal_from;
    const char *postal_until;
    const char *tax_class;
    int64_t percent_e4;
    int32_t from_on;
    int32_t until_on;
    const char *source;
    bool confirmed;
};
#define AT(member) .offset = offsetof(struct rate_form, member)

static const struct field rate_field[] = {
    {.kind = FIELD_CHOICE, .name = "country", .label = N_("Country"), .required = true, .max = 2, .missing = N_("Choose the country"),
     AT(country)},
    {.kind = FIELD_TEXT, .name = "region", .label = N_("Region"), .max = 10, .hint = N_("ISO 3166-2, such as US-CA; empty for the whole country"),
     .autocomplete = "off", AT(region)},
    {.kind = FIELD_TEXT, .name = "postal_from", .label = N_("First postal code, or its beginning"), .max = 10,
     .hint = N_("900 stands for 90000 to 90099; empty for the whole country"), .autocomplete = "off", AT(postal_from)},
    {.kind = FIELD_TEXT, .name = "postal_until", .label = N_("Last postal code, or its beginning"), .max = 10,
     .hint = N_("As long as the first one; empty: the same"), .autocomplete = "off", AT(postal_until)},
    {.kind = FIELD_CHOICE, .name = "class", .label = N_("Kind of rate"), .required = true, .options = tax_class_option,
     .option_count = RATE_CLASSES, AT(tax_class)},
    {.kind = FIELD_DECIMAL, .name = "rate", .label = N_("Rate in percent"), .required = true, .digits = 4, .max = 1000000,
     .missing = N_("Enter the rate; 0 when nothing is charged"), AT(percent_e4)},
    {.kind = FIELD_DATE, .name = "from", .label = N_("Valid from"), .required = true, .missing = N_("Enter the first day of the rate"),
     .hint = N_("Until the next rate of the same kind begins"), AT(from_on)},
    {.kind = FIELD_DATE, .name = "until", .label = N_("Ends before"),
     .hint = N_("For a rate that counts for a time: the day from which the one before it counts again"), AT(until_on)},
    {.kind = FIELD_TEXT, .name = "source", .label = N_("Source"), .required = true, .max = 200,
     .hint = N_("The law or the official page that says so"), .missing = N_("Enter where the rate comes from"), .autocomplete = "off", AT(source)},
    {.kind = FIELD_CHECK, .name = "confirmed", .label = N_("Add it; the documents stay as they are"), AT(confirmed)},
};

/* The Canary Islands have rates and a code that ISO reserves without listing it. */
static bool area_known(const char *code)
{
    return country_known(code) || str_equal(code, "IC");
}

static enum err show_form(struct page *page, const struct form *form, bool touched)
{
    HDF *hdf = page_tree(page);
    const char *now = form_typed(form, "country");
    size_t listed;

    view_form(page->ctx, hdf, form);
    page_countries(page, hdf, now != NULL ? now : "");
    (void)format_countries(page->ctx->arena, page->ctx->language, &listed);
    view_option(hdf, "country", (int)listed + 1, "IC", country_name(page, "IC"), now != NULL && str_equal(now, "IC"));
    hdf_flag(hdf, "Touched", touched);
    return page_show(page, form->error_count > 0 ? 422 : 200, tr("Add a rate"), "admin/tax_rate_new.cs");
}

enum err page_tax_rate_new(struct page *page)
{
    const struct rate_form values = {.country = page_query(page, "country"), .tax_class = "standard", .from_on = DATE_NONE, .until_on = DATE_NONE};
    struct form form;

    form_fill(&form, page->ctx, rate_field, COUNT_OF(rate_field), &values);
    for (size_t i = 0; i < form.typed.count; i++) /* nothing is typed for them yet: 0 % would be an answer */
        if (str_equal(form.typed.items[i].name, "rate"))
            form.typed.items[i].value = "";
    return show_form(page, &form, false);
}

static const char *field_of(enum rate_refusal refusal)
{
    switch (refusal) {
    case RATE_UNTIL_TOO_EARLY:
    case RATE_SPAN_TAKEN:
    case RATE_NOTHING_BEFORE: return "until";
    case RATE_CODES_UNEVEN: return "postal_until";
    case RATE_CODES_OVERLAP: return "postal_from";
    case RATE_NO_WHOLE: return "class";
    case RATE_DAY_TAKEN:
    case RATE_NOT_REFUSED: return "from";
    }
    return "from";
}

/* What single fields cannot see; gives the codes as they are compared. */
static void check(struct form *form, const struct rate_form *v, char from[POSTAL_KEY_BYTES], char until[POSTAL_KEY_BYTES])
{
    postal_key(v->postal_from, from);
    postal_key(v->postal_until[0] != '\0' ? v->postal_until : v->postal_from, until);
    if (v->country[0] != '\0' && !area_known(v->country))
        form_error(form, "country", tr("Choose the country"));
    for (const char *p = v->region; *p != '\0'; p++)
        if (*p < '-' || *p > 'Z')
            form_error(form, "region", tr("A region is written in capital letters, like US-CA"));
    if (v->postal_from[0] != '\0' && from[0] == '\0')
        form_error(form, "postal_from", tr("A postal code has letters and digits"));
    if (v->postal_from[0] == '\0' && v->postal_until[0] != '\0')
        form_error(form, "postal_from", tr("Enter the first postal code too"));
    if (v->tax_class != NULL && str_equal(v->tax_class, "zero") && v->percent_e4 > 0)
        form_error(form, "rate", tr("A zero rate is 0 %"));
}

enum err page_tax_rate_new_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/taxes/rates/{ref}?did=rate");
    char from[POSTAL_KEY_BYTES];
    char until[POSTAL_KEY_BYTES];
    struct rate_addition addition;
    struct rate_added added;
    struct rate_form v;
    struct form form;

    if (!PAGE_FORM(page, &form, rate_field, &v))
        return OK;
    check(&form, &v, from, until);
    if (form.error_count > 0)
        return show_form(page, &form, v.confirmed);
    addition = (struct rate_addition){
        .rate = {.country = v.country, .region = v.region, .postal_from = from, .postal_until = until, .tax_class = v.tax_class,
                 .from_on = v.from_on, .rate_ppm = (int32_t)v.percent_e4, .source = v.source},
        .until_on = v.until_on, .confirmed = v.confirmed};
    TRY(page->ctx, add_rate(page->ctx, &addition, &once, &added));
    if (added.url != NULL)
        return page_see(page, "%s", added.url);
    if (added.refusal != RATE_NOT_REFUSED)
        form_error(&form, field_of(added.refusal), tr(rate_refusal_text(added.refusal)));
    else
        form_error(&form, "from", tr_fill(page->ctx->arena, tr_plural("One invoice was issued on these days with the rate of before. It is not changed: check what the law asks for, then tick the box to add the rate.",
                                            "{n} invoices were issued on these days with the rate of before. They are not changed: check what the law asks for, then tick the box to add the rate.",
                                                                      added.touched), "n", page_number(page, added.touched), NULL));
    return show_form(page, &form, added.touched > 0);
}

/* ---- consumers in other member states ---- */

static void fill_sums(const struct page *page, HDF *hdf, int year, int64_t last_minor, int64_t this_minor)
{
    HDF *facts = hdf_node(hdf, "Facts");
    struct arena *arena = page->ctx->arena;
    int row = 0;
    bool passed = distance_at_destination(last_minor, this_minor, 0);
    int64_t left = DISTANCE_THRESHOLD_MINOR - this_minor;

    page_fact(facts, &row, arena_printf(arena, "%d", year), page_money(page, this_minor, "EUR"));
    page_fact(facts, &row, arena_printf(arena, "%d", year - 1), page_money(page, last_minor, "EUR"));
    page_fact(facts, &row, tr("Threshold for a year"), page_money(page, DISTANCE_THRESHOLD_MINOR, "EUR"));
    if (!passed)
        page_fact(facts, &row, tr("Left until the threshold"), page_money(page, left, "EUR"));
    if (page->company.oss)
        page_badge(hdf_node(hdf, "Where"), "info", tr("The customer's rate from the first sale on: you chose it"));
    else if (passed)
        page_badge(hdf_node(hdf, "Where"), "warn", tr("Above the threshold: the customer's rate counts"));
    else if (this_minor >= DISTANCE_WARNING_MINOR)
        page_badge(hdf_node(hdf, "Where"), "warn", tr("Near the threshold: your own rate still counts"));
    else
        page_badge(hdf_node(hdf, "Where"), "ok", tr("Below the threshold: your own rate counts"));
}

enum err page_tax_distance(struct page *page)
{
    HDF *hdf = page_tree(page);
    int now = date_civil(page->ctx->today_on).year;
    int64_t asked = page_query_id(page, "year");
    int year = asked >= 2000 && asked <= now ? (int)asked : now;
    struct distance_row *rows;
    int64_t last_minor, this_minor;
    size_t count;

    TRY(page->ctx, distance_totals(page->ctx, year, &last_minor, &this_minor));
    TRY(page->ctx, distance_rows(page->ctx, date_from_civil(year, 1, 1), date_from_civil(year + 1, 1, 1), &rows, &count));
    admin_tax_views(page, hdf, "/admin/taxes/distance");
    fill_sums(page, hdf, year, last_minor, this_minor);
    hdf_text(hdf, "Year.now", arena_printf(page->ctx->arena, "%d", year));
    hdf_text(hdf, "Year.before", arena_printf(page->ctx->arena, "%d", year - 1));
    if (year < now)
        hdf_text(hdf, "Year.after", arena_printf(page->ctx->arena, "%d", year + 1));
    for (size_t i = 0; i < count && i < HDF_ROWS_MAX; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "country", country_name(page, rows[i].country));
        hdf_text(node, "whose", country_name(page, rows[i].tax_country));
        hdf_text(node, "rate", format_percent(page->ctx->arena, page->ctx->language, rows[i].rate_ppm));
        hdf_text(node, "base", page_money(page, rows[i].base_minor, "EUR"));
        hdf_text(node, "tax", page_money(page, rows[i].tax_minor, "EUR"));
    }
    return page_show(page, 200, tr("Consumers in other countries"), "admin/tax_distance.cs");
}
