/* quote_templates: what new quotes start from. Edited like a quote, without a customer. */
#include "base/str.h"
#include "page/admin/line_editor.h"
#include "service/cataloguing.h"
#include "text/phrase.h"
#include "text/words.h"

enum err page_templates(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct quote_template *list;
    struct plan plan;
    size_t count;

    admin_flash(page);
    TRY(page->ctx, quote_templates(page->ctx, false, &list, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/templates/%lld", (long long)list[i].id));
        hdf_text(node, "name", list[i].name);
        hdf_text(node, "valid", phrase_days(page->ctx->arena, list[i].validity_days));
        hdf_flag(node, "archived", str_equal(list[i].state, "archived"));
        hdf_text(node, "plan", tr("Nothing recurs"));
        if (list[i].plan_id != 0) {
            TRY(page->ctx, plan_by_id(page->ctx, list[i].plan_id, &plan));
            hdf_text(node, "plan", plan.name);
        }
    }
    if (count == 0) {
        hdf_text(hdf, "Empty.text", tr("There is no template yet. A template saves writing the same quote again."));
        hdf_text(hdf, "Empty.href", "/admin/templates/new");
        hdf_text(hdf, "Empty.action", tr("New template"));
    }
    return page_show(page, 200, tr("Quote templates"), "admin/templates.cs");
}

struct template_form {
    int64_t rev;
    const char *name;
    const char *plan;
    int64_t validity;
    const char *acceptance;
    const char *note;
    bool archived;
    struct line_form *lines;
    size_t line_count;
};

static const struct field_option acceptance_option[] = {
    {"signature_and_payment", N_("Signature, then payment online"), NULL},
    {"signature", N_("Signature: invoice to pay later"), NULL},
    {"payment", N_("Payment online"), NULL}};

static const struct field *template_fields(size_t *count)
{
    static struct field field[] = {
        {.kind = FIELD_INTEGER, .name = "rev", .min = 0, .max = INT32_MAX, .offset = offsetof(struct template_form, rev)},
        {.kind = FIELD_TEXT, .name = "name", .label = N_("Name"), .required = true, .max = 100,
         .missing = N_("Enter the template's name"), .offset = offsetof(struct template_form, name)},
        {.kind = FIELD_CHOICE, .name = "plan", .label = N_("Plan"), .max = 20, .offset = offsetof(struct template_form, plan)},
        {.kind = FIELD_INTEGER, .name = "validity", .label = N_("Valid for how many days"), .required = true, .min = 1, .max = 365,
         .missing = N_("Enter how long quotes are valid"), .offset = offsetof(struct template_form, validity)},
        {.kind = FIELD_CHOICE, .name = "acceptance", .label = N_("Accepted by"), .required = true, .options = acceptance_option,
         .option_count = COUNT_OF(acceptance_option), .offset = offsetof(struct template_form, acceptance)},
        {.kind = FIELD_MULTILINE, .name = "note", .label = N_("Note to the customer"), .max = 2000,
         .offset = offsetof(struct template_form, note)},
        {.kind = FIELD_CHECK, .name = "archived", .label = N_("No longer offered for new quotes"),
         .offset = offsetof(struct template_form, archived)},
        {.kind = FIELD_GROUP, .name = "line", .offset = offsetof(struct template_form, lines), .fields = line_field,
         .record_bytes = sizeof(struct line_form), .count_offset = offsetof(struct template_form, line_count),
         .records_max = EDITOR_LINES_MAX},
    };

    field[COUNT_OF(field) - 1].field_count = line_field_count;
    *count = COUNT_OF(field);
    return field;
}

/* A price from the list is an empty field. */
static void empty_list_prices(struct arena *arena, struct form *form, const struct line_form *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *name = arena_printf(arena, "line.%zu.price", i);

        for (size_t j = 0; lines[i].price_e4 == QUOTE_LINE_LIST_PRICE && j < form->typed.count; j++)
            if (str_equal(form->typed.items[j].name, name))
                form->typed.items[j].value = "";
    }
}

static void show_lines(struct page *page, struct form *form, const struct template_form *values)
{
    size_t count;
    const struct field *fields = template_fields(&count);

    form_fill(form, page->ctx, fields, count, values);
    empty_list_prices(page->ctx->arena, form, values->lines, values->line_count);
}

static enum err show_template(struct page *page, const struct form *form, int64_t id, int64_t rev)
{
    HDF *hdf = page_tree(page);
    struct shelf shelf;
    struct plan *list;
    const char *now = form_typed(form, "plan");
    size_t count;
    int row = 0;

    TRY(page->ctx, load_shelf(page, 0, NULL, &shelf));
    view_form(page->ctx, hdf, form);
    number_lines(hdf, form);
    TRY(page->ctx, fill_shelf(page, hdf, &shelf));
    TRY(page->ctx, plans(page->ctx, true, &list, &count));
    view_option(hdf, "plan", row++, "", tr("Nothing recurs"), false);
    for (size_t i = 0; i < count; i++) {
        char *value = arena_printf(page->ctx->arena, "%lld", (long long)list[i].id);

        view_option(hdf, "plan", row++, value, list[i].name, str_equal(value, now));
    }
    hdf_flag(hdf, "HasPlan", now != NULL && now[0] != '\0');
    hdf_flag(hdf, "IsTemplate", true);
    hdf_text(hdf, "Action", id == 0 ? "/admin/templates/new" : arena_printf(page->ctx->arena, "/admin/templates/%lld", (long long)id));
    hdf_number(hdf, "Token.rev", rev);
    hdf_flag(hdf, "Exists", id != 0);
    return page_show(page, form->error_count > 0 ? 422 : 200, id == 0 ? tr("New template") : tr("Edit template"),
                     "admin/template_edit.cs");
}

static enum err find_template(struct page *page, struct quote_template *template)
{
    *template = (struct quote_template){.name = "", .validity_days = 30, .acceptance = ACCEPTANCE_SIGNATURE_AND_PAYMENT, .note = "", .state = "active"};
    if (page->arg[0] == NULL || page->arg[0][0] == '\0')
        return OK;
    return quote_template_by_id(page->ctx, admin_id(page->arg[0]), template);
}

static struct quote_line as_quote_line(const struct quote_template_line *t)
{
    return (struct quote_line){.kind = t->kind, .timing = billing_timing_from_name(t->timing), .is_option = t->is_option, .product_id = t->product_id, .description = t->description,
        .unit = "", .tax_class = "standard", .product_kind = "service", .quantity_e4 = t->quantity_e4, .unit_price_e4 = t->unit_price_e4,
        .discount_ppm = t->discount_ppm, .discount_periods = t->discount_periods, .quantity_editable = t->quantity_editable,
        .quantity_min_e4 = t->quantity_min_e4, .quantity_max_e4 = t->quantity_max_e4};
}

static struct quote_template_line as_template_line(const struct quote_line *l)
{
    return (struct quote_template_line){.kind = l->kind, .timing = l->timing != 0 ? billing_timing_name(l->timing) : "", .is_option = l->is_option, .product_id = l->product_id,
        .description = l->description, .quantity_e4 = l->quantity_e4, .unit_price_e4 = l->unit_price_e4, .discount_ppm = l->discount_ppm,
        .discount_periods = l->discount_periods, .quantity_editable = l->quantity_editable, .quantity_min_e4 = l->quantity_min_e4,
        .quantity_max_e4 = l->quantity_max_e4};
}

enum err page_template_edit(struct page *page)
{
    struct quote_template_line *stored = NULL;
    struct quote_template template;
    struct template_form values;
    struct quote_line *lines;
    struct form form;
    size_t count = 0;
    enum err err = find_template(page, &template);

    if (err != OK)
        return err;
    admin_flash(page);
    if (template.id != 0)
        TRY(page->ctx, quote_template_lines(page->ctx, template.id, &stored, &count));
    lines = ARENA_ARRAY(page->ctx->arena, struct quote_line, count);
    for (size_t i = 0; i < count; i++)
        lines[i] = as_quote_line(&stored[i]);
    values = (struct template_form){.rev = template.rev, .name = template.name,
        .plan = template.plan_id == 0 ? "" : arena_printf(page->ctx->arena, "%lld", (long long)template.plan_id),
        .validity = template.validity_days, .acceptance = quote_acceptance_name(template.acceptance), .note = template.note,
        .archived = str_equal(template.state, "archived"), .lines = lines_to_form(page->ctx->arena, lines, count, page->company.id != 0 ? page->company.currency : "EUR"), .line_count = count};
    show_lines(page, &form, &values);
    return show_template(page, &form, template.id, template.rev);
}

enum err page_template_edit_post(struct page *page)
{
    struct quote_line lines[EDITOR_LINES_MAX];
    struct quote_template_line stored[EDITOR_LINES_MAX];
    struct catalogue_result result;
    struct quote_template template;
    struct template_form v;
    struct shelf shelf;
    struct once once;
    struct form form;
    const struct field *fields;
    size_t count, kept = 0, focus;
    bool more;
    enum err err = find_template(page, &template);

    if (err != OK)
        return err;
    fields = template_fields(&count);
    if (!page_form(page, &form, fields, count, &v))
        return OK;
    TRY(page->ctx, load_shelf(page, 0, NULL, &shelf));
    read_lines(page, &form, &shelf, v.lines, v.line_count, admin_id(v.plan), true, lines, &count);
    if (v.plan[0] != '\0') {
        struct plan plan;

        err = plan_by_id(page->ctx, admin_id(v.plan), &plan);
        if (err == ERR_NOT_FOUND)
            form_error(&form, "plan", tr("Choose a plan of the list"));
        else if (err != OK)
            return err_pass(page->ctx, err, __FILE__, __LINE__, "plan_by_id");
    }
    if (form.error_count > 0)
        return show_template(page, &form, template.id, v.rev);
    more = edit_lines(form.button, lines, &count, &focus);
    for (size_t i = 0; i < count; i++)
        if (more || !line_is_blank(&lines[i])) {
            if (lines[i].unit_price_e4 == QUOTE_LINE_LIST_PRICE && lines[i].product_id == 0)
                lines[i].unit_price_e4 = 0;
            stored[kept++] = as_template_line(&lines[i]);
        }
    template.rev = (int32_t)v.rev;
    template.name = v.name;
    template.plan_id = admin_id(v.plan);
    template.validity_days = (int32_t)v.validity;
    template.acceptance = quote_acceptance_from_name(v.acceptance);
    template.note = v.note;
    template.state = v.archived ? "archived" : "active";
    once = admin_once(page, !more ? "/admin/templates?did=saved"
                            : focus == 0 ? "/admin/templates/{ref}#lines"
                                         : arena_printf(page->ctx->arena, "/admin/templates/{ref}#line-%zu", focus));
    err = change_template(page->ctx, &template, stored, kept, &once, &result);
    if (err != OK)
        return err;
    if (result.stale)
        return page_error(page, 409, NULL);
    if (result.taken) {
        form_error(&form, "name", tr("Another template has this name"));
        return show_template(page, &form, admin_id(page->arg[0]), v.rev);
    }
    return page_see(page, "%s", result.url);
}
