/* units: the units of measure and how they convert. */
#include "base/str.h"
#include "page/admin/admin.h"
#include "service/cataloguing.h"
#include "store/unit.h"
#include "core/pricing.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

struct unit_form {
    int64_t rev;
    const char *name;
    const char *plural;
    const char *base;
    int64_t numerator;
    int64_t denominator;
    const char *code;
};
static const struct field unit_field[] = {
    {.kind = FIELD_INTEGER, .name = "rev", .min = 0, .max = INT32_MAX, .offset = offsetof(struct unit_form, rev)},
    {.kind = FIELD_TEXT, .name = "name", .label = N_("Name"), .required = true, .max = 20, .autocomplete = "off",
     .hint = N_("Such as user, hour, piece"), .missing = N_("Enter the unit's name"), .offset = offsetof(struct unit_form, name)},
    {.kind = FIELD_TEXT, .name = "plural", .label = N_("Several of it"), .max = 20, .autocomplete = "off",
     .hint = N_("Such as users, hours, pieces; empty: the same word. Documents name it: it cannot be changed later"), .offset = offsetof(struct unit_form, plural)},
    {.kind = FIELD_CHOICE, .name = "base", .label = N_("Is counted in"), .max = 20, .offset = offsetof(struct unit_form, base)},
    {.kind = FIELD_INTEGER, .name = "numerator", .label = N_("Times"), .min = 1, .max = UNIT_RATIO_MAX,
     .hint = N_("A day of 8 hours: 8"), .offset = offsetof(struct unit_form, numerator)},
    {.kind = FIELD_INTEGER, .name = "denominator", .label = N_("Divided by"), .min = 1, .max = UNIT_RATIO_MAX,
     .hint = N_("A minute, counted in hours: 1 divided by 60"), .offset = offsetof(struct unit_form, denominator)},
    {.kind = FIELD_TEXT, .name = "code", .label = N_("Code on electronic invoices"), .required = true, .max = 3, .autocomplete = "off",
     .hint = N_("UN/ECE recommendation 20: C62 one, HUR hour, DAY day, MON month, KGM kilogram, E34 gigabyte"),
     .missing = N_("Enter a code; C62 fits whatever is counted"), .offset = offsetof(struct unit_form, code)},
};

/* "1 day = 8 hours", "60 minutes = 1 hour". */
static const char *ratio_text(const struct page *page, const struct unit *u)
{
    struct arena *arena = page->ctx->arena;
    const char *language = page->ctx->language;

    return u->base_id == 0 ? ""
                           : arena_printf(arena, "%s = %s", phrase_quantity(arena, language, u->denominator * QUANTITY_ONE, u->name, u->plural),
                                          phrase_quantity(arena, language, u->numerator * QUANTITY_ONE, u->base_name, u->base_plural));
}

enum err page_units(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct unit *rows;
    size_t count;

    admin_flash(page);
    TRY(page->ctx, units(page->ctx, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/units/%lld", (long long)rows[i].id));
        hdf_text(node, "name", rows[i].name);
        hdf_text(node, "plural", rows[i].plural);
        hdf_text(node, "ratio", ratio_text(page, &rows[i]));
        hdf_text(node, "code", rows[i].code);
    }
    if (count == 0) {
        hdf_text(hdf, "Empty.text", tr("There is no unit yet. Products bring theirs, or make one."));
        hdf_text(hdf, "Empty.href", "/admin/units/new");
        hdf_text(hdf, "Empty.action", tr("New unit"));
    }
    return page_show(page, 200, tr("Units"), "admin/units.cs");
}

/* "new" or an id. */
static enum err find_unit(struct page *page, struct unit *unit)
{
    *unit = (struct unit){.name = "", .plural = "", .numerator = 1, .denominator = 1, .code = "C62"};
    if (page->arg[0] == NULL || page->arg[0][0] == '\0')
        return OK;
    return unit_by_id(page->ctx, admin_id(page->arg[0]), unit);
}

static enum err show_unit(struct page *page, const struct form *form, const struct unit *unit, int64_t rev)
{
    HDF *hdf = page_tree(page);
    struct unit *rows;
    size_t count;
    int row = 0;

    TRY(page->ctx, units(page->ctx, &rows, &count));
    view_form(page->ctx, hdf, form);
    view_option(hdf, "base", row++, "", tr("Itself"), false);
    for (size_t i = 0; i < count; i++) {
        const char *value = arena_printf(page->ctx->arena, "%lld", (long long)rows[i].id);

        if (rows[i].base_id == 0 && rows[i].id != unit->id)
            view_option(hdf, "base", row++, value, rows[i].name, str_equal(value, form_typed(form, "base")));
    }
    hdf_text(hdf, "Action", unit->id == 0 ? "/admin/units/new" : arena_printf(page->ctx->arena, "/admin/units/%lld", (long long)unit->id));
    if (unit->id != 0)
        hdf_number(hdf, "Token.rev", rev);
    hdf_flag(hdf, "Exists", unit->id != 0);
    hdf_text(hdf, "Unit.name", unit->name);
    return page_show(page, form->error_count > 0 ? 422 : 200, unit->id == 0 ? tr("New unit") : tr("Edit unit"), "admin/unit_edit.cs");
}

enum err page_unit_edit(struct page *page)
{
    struct unit_form values;
    struct unit unit;
    struct form form;
    enum err err = find_unit(page, &unit);

    if (err != OK)
        return err;
    values = (struct unit_form){.rev = unit.rev, .name = unit.name, .plural = unit.plural, .numerator = unit.numerator, .denominator = unit.denominator, .code = unit.code,
        .base = unit.base_id == 0 ? "" : arena_printf(page->ctx->arena, "%lld", (long long)unit.base_id)};
    form_fill(&form, page->ctx, unit_field, COUNT_OF(unit_field), &values);
    return show_unit(page, &form, &unit, unit.rev);
}

static bool code_ok(const char *code)
{
    size_t bytes = 0;

    for (; code[bytes] != '\0'; bytes++)
        if (!((code[bytes] >= 'A' && code[bytes] <= 'Z') || (code[bytes] >= '0' && code[bytes] <= '9')))
            return false;
    return bytes == 2 || bytes == 3;
}

static enum err read_unit(struct page *page, struct form *form, const struct unit_form *v, struct unit *unit)
{
    struct unit base;
    enum err err = str_empty(v->base) ? OK : admin_id(v->base) != 0 ? unit_by_id(page->ctx, admin_id(v->base), &base) : ERR_NOT_FOUND;

    if (err == ERR_NOT_FOUND)
        form_error(form, "base", tr("Choose a unit of the list"));
    else if (err != OK)
        return err;
    if (v->code[0] != '\0' && !code_ok(v->code))
        form_error(form, "code", tr("A code has two or three capital letters or digits"));
    unit->rev = (int32_t)v->rev;
    unit->base_id = str_empty(v->base) ? 0 : admin_id(v->base);
    unit->numerator = unit->base_id == 0 || v->numerator == 0 ? 1 : v->numerator;
    unit->denominator = unit->base_id == 0 || v->denominator == 0 ? 1 : v->denominator;
    unit->code = v->code;
    if (unit->id == 0)
        unit->name = v->name;
    else if (v->name[0] != '\0' && !str_equal(v->name, unit->name))
        form_error(form, "name", tr("Products and lines name this unit: make a new one instead"));
    if (str_empty(unit->plural))
        unit->plural = v->plural;
    else if (!str_equal(v->plural, unit->plural))
        form_error(form, "plural", tr("Documents name this unit by this word: make a new one instead"));
    return OK;
}

enum err page_unit_edit_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/units?did=saved");
    struct catalogue_result result;
    struct unit_form v;
    struct unit unit;
    struct form form;
    enum err err = find_unit(page, &unit);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, unit_field, &v))
        return OK;
    TRY(page->ctx, read_unit(page, &form, &v, &unit));
    if (form.error_count > 0)
        return show_unit(page, &form, &unit, v.rev);
    err = change_unit(page->ctx, &unit, &once, &result);
    if (err != OK)
        return err;
    if (result.stale)
        return page_error(page, 409, NULL);
    if (result.taken)
        form_error(&form, "name", tr("Another unit has this name"));
    if (result.misplaced)
        form_error(&form, "base", tr("Other units are counted in this one: it stays counted in itself"));
    if (form.error_count > 0)
        return show_unit(page, &form, &unit, v.rev);
    return page_see(page, "%s", result.url);
}
