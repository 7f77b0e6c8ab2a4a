/* quote_templates: what new quotes start from. Edited like a quote, without a customer; each edit is a new version. */
#include "base/str.h"
#include "page/admin/line_editor.h"
#include "page/admin/quote_words_form.h"
#include "page/admin/ticks.h"
#include "service/cataloguing.h"
#include "store/sales_journal.h"
#include "text/phrase.h"
#include "text/words.h"

enum err offered_template(struct page *page, const char *typed, struct quote_template *template)
{
    bool offered;
    enum err err = quote_template_by_id(page->ctx, admin_id(typed), template);

    if (err != OK)
        return err;
    TRY(page->ctx, quote_template_is_offered(page->ctx, template->id, page->seller.user_id, &offered));
    return offered && str_equal(template->state, "active") ? OK : ERR_NOT_FOUND;
}

static void add_name(struct str *names, const struct tickable *rows, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].id == id)
            str_printf(names, "%s%s", names->bytes > 0 ? ", " : "", rows[i].name);
}

/* Whom templates are offered to. */
struct offering {
    struct tickable *sellers;
    struct tickable *teams;
    struct quote_template_seller *by_seller;
    struct quote_template_team *by_team;
    size_t seller_count, team_count, by_seller_count, by_team_count;
};

/* template_id 0: of all. */
static enum err load_offering(struct page *page, int64_t template_id, struct offering *o)
{
    TRY(page->ctx, tickable_sellers(page, &o->sellers, &o->seller_count));
    TRY(page->ctx, tickable_teams(page, &o->teams, &o->team_count));
    TRY(page->ctx, quote_template_sellers(page->ctx, template_id, &o->by_seller, &o->by_seller_count));
    return quote_template_teams(page->ctx, template_id, &o->by_team, &o->by_team_count);
}

/* The names of teams and sellers; "" for everybody. */
static const char *offered_to(struct page *page, int64_t template_id, const struct offering *o)
{
    struct str names = str_new(page->ctx->arena);

    for (size_t i = 0; i < o->by_team_count; i++)
        if (o->by_team[i].template_id == template_id)
            add_name(&names, o->teams, o->team_count, o->by_team[i].team_id);
    for (size_t i = 0; i < o->by_seller_count; i++)
        if (o->by_seller[i].template_id == template_id)
            add_name(&names, o->sellers, o->seller_count, o->by_seller[i].seller_id);
    return names.text;
}

enum err page_templates(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct quote_template *list;
    struct offering offering;
    struct plan plan;
    size_t count;

    admin_flash(page);
    TRY(page->ctx, quote_templates(page->ctx, 0, &list, &count));
    TRY(page->ctx, load_offering(page, 0, &offering));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/templates/%lld", (long long)list[i].id));
        hdf_text(node, "name", list[i].name);
        hdf_text(node, "valid", phrase_days(page->ctx->arena, list[i].validity_days));
        hdf_text(node, "version", page_number(page, list[i].version));
        hdf_text(node, "for", offered_to(page, list[i].id, &offering));
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
    struct words_form words;
    const char *journal;
    const char *other_note;
    const char *other_header;
    const char *other_footer;
    const char *other_terms;
    const char *other_confirmation;
    int64_t deposit_ppm;
    int64_t deposit_amount; /* page/admin/amounts.h; with VAT */
    bool archived;
    struct tick_form *sellers;
    size_t seller_count;
    struct tick_form *teams;
    size_t team_count;
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
        WORDS_FIELDS(struct template_form),
        DEPOSIT_FIELDS(struct template_form),
        {.kind = FIELD_CHOICE, .name = "journal", .label = N_("Sales journal of its documents"), .max = 6, .offset = offsetof(struct template_form, journal)},
        {.kind = FIELD_MULTILINE, .name = "other_note", .label = N_("Note to the customer"), .max = 2000, .offset = offsetof(struct template_form, other_note)},
        {.kind = FIELD_MULTILINE, .name = "other_header", .label = N_("Text above the lines of the document"), .max = 500,
         .offset = offsetof(struct template_form, other_header)},
        {.kind = FIELD_MULTILINE, .name = "other_footer", .label = N_("Text at the end of the document"), .max = 500,
         .offset = offsetof(struct template_form, other_footer)},
        {.kind = FIELD_MULTILINE, .name = "other_terms", .label = N_("Particular terms"), .max = 10000, .offset = offsetof(struct template_form, other_terms)},
        {.kind = FIELD_MULTILINE, .name = "other_confirmation", .label = N_("Your words in the e-mail that confirms the order"), .max = 2000,
         .offset = offsetof(struct template_form, other_confirmation)},
        {.kind = FIELD_CHECK, .name = "archived", .label = N_("No longer offered for new quotes"),
         .offset = offsetof(struct template_form, archived)},
        TICKS_GROUP("seller", struct template_form, sellers, seller_count),
        TICKS_GROUP("team", struct template_form, teams, team_count),
        {.kind = FIELD_GROUP, .name = "line", .offset = offsetof(struct template_form, lines), .fields = line_field,
         .record_bytes = sizeof(struct line_form), .count_offset = offsetof(struct template_form, line_count),
         .records_max = EDITOR_LINES_MAX},
    };

    field[COUNT_OF(field) - 1].field_count = line_field_count;
    *count = COUNT_OF(field);
    return field;
}

/* A price from the list and an amount that is not taken off are empty fields. */
static void empty_unset(struct arena *arena, struct form *form, const struct line_form *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *price = arena_printf(arena, "line.%zu.price", i);
        const char *off = arena_printf(arena, "line.%zu.off", i);

        for (size_t j = 0; j < form->typed.count; j++)
            if ((lines[i].price_e4 == QUOTE_LINE_LIST_PRICE && str_equal(form->typed.items[j].name, price)) ||
                (lines[i].off == 0 && str_equal(form->typed.items[j].name, off)))
                form->typed.items[j].value = "";
    }
}

static void show_lines(struct page *page, struct form *form, const struct template_form *values)
{
    size_t count;
    const struct field *fields = template_fields(&count);

    form_fill(form, page->ctx, fields, count, values);
    empty_unset(page->ctx->arena, form, values->lines, values->line_count);
    remember_prices(page, form, values->line_count);
}

/* Whom the form may offer it to, by name; one seller alone has nothing to choose. */
static enum err tell_offering(struct page *page, HDF *hdf)
{
    struct tickable *rows;
    size_t sellers, teams;

    TRY(page->ctx, tickable_sellers(page, &rows, &sellers));
    tell_ticks(page, hdf, "seller", rows, sellers);
    TRY(page->ctx, tickable_teams(page, &rows, &teams));
    tell_ticks(page, hdf, "team", rows, teams);
    hdf_flag(hdf, "Shared", sellers > 1 || teams > 0);
    return OK;
}

/* The language of the second texts: of those that there are, or the one that the house does not write in. */
static const char *other_language(const struct page *page, const struct quote_template *t)
{
    if (!str_empty(t->other_language))
        return t->other_language;
    return page->company.id != 0 && str_equal(page->company.language, "en") ? "fr" : "en";
}

/* Other: the language in words; the fields in it say so in their labels. */
static void tell_other(const struct page *page, HDF *hdf, const struct form *form, const char *language)
{
    const char *in = str_equal(language, "en") ? N_("{label}, in English") : N_("{label}, in French");
    struct arena *arena = page->ctx->arena;
    size_t count;
    const struct field *fields = template_fields(&count);

    hdf_text(hdf, "Other", str_equal(language, "en") ? tr("The same in English") : tr("The same in French"));
    for (size_t i = 0; i < count; i++)
        if (str_starts(fields[i].name, "other_"))
            hdf_text(hdf, arena_printf(arena, "Form.%s.label", fields[i].name), tr_fill(arena, in, "label", tr(fields[i].label), NULL));
    for (size_t i = 0; i < form_records(form, &fields[count - 1]); i++)
        hdf_text(hdf, arena_printf(arena, "Form.line.%zu.other.label", i), tr_fill(arena, in, "label", tr("Description"), NULL));
}

/* The sales journals of the house; one alone has nothing to choose. */
static enum err tell_journals(struct page *page, HDF *hdf, const char *now)
{
    struct sales_journal *rows;
    size_t count;

    TRY(page->ctx, sales_journals(page->ctx, &rows, &count));
    for (size_t i = 0; i < count; i++)
        view_option(hdf, "journal", (int)i, i == 0 ? "" : rows[i].code,
                    arena_printf(page->ctx->arena, "%s, %s", rows[i].code, rows[i].name[0] != '\0' ? rows[i].name : tr("Sales journal")),
                    now != NULL && str_equal(now, rows[i].code));
    hdf_flag(hdf, "Journals", count > 1);
    return OK;
}

/* One of them, or none is said. */
static enum err check_journal(struct page *page, struct form *form, const char *typed)
{
    struct sales_journal *rows;
    size_t count;
    bool known = str_empty(typed);

    TRY(page->ctx, sales_journals(page->ctx, &rows, &count));
    for (size_t i = 1; i < count; i++)
        known = known || str_equal(rows[i].code, typed);
    if (!known)
        form_error(form, "journal", tr("Choose a journal of the list"));
    return OK;
}

static enum err show_template(struct page *page, const struct form *form, const struct quote_template *template, int64_t rev)
{
    int64_t id = template->id;
    HDF *hdf = page_tree(page);
    struct shelf shelf;
    struct plan *list;
    const char *now = form_typed(form, "plan");
    size_t count;
    int row = 0;

    TRY(page->ctx, load_shelf(page, 0, NULL, &shelf));
    view_form(page->ctx, hdf, form);
    number_lines(hdf, form);
    TRY(page->ctx, fill_shelf(page, hdf, form, &shelf));
    TRY(page->ctx, tell_offering(page, hdf));
    tell_variables(page, hdf);
    tell_other(page, hdf, form, other_language(page, template));
    TRY(page->ctx, tell_journals(page, hdf, form_typed(form, "journal")));
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
    if (id != 0)
        hdf_text(hdf, "History", arena_printf(page->ctx->arena, "/admin/templates/%lld/history", (long long)id));
    return page_show(page, form->error_count > 0 ? 422 : 200, id == 0 ? tr("New template") : tr("Edit template"),
                     "admin/template_edit.cs");
}

static enum err find_template(struct page *page, struct quote_template *template)
{
    *template = (struct quote_template){.name = "", .validity_days = 30, .acceptance = ACCEPTANCE_SIGNATURE_AND_PAYMENT,
        .note = "", .header = "", .footer = "", .terms = "", .confirmation = "", .journal = "", .other_language = "", .other_note = "", .other_header = "",
        .other_footer = "", .other_terms = "", .other_confirmation = "", .state = "active"};
    if (page->arg[0] == NULL || page->arg[0][0] == '\0')
        return OK;
    return quote_template_by_id(page->ctx, admin_id(page->arg[0]), template);
}

/* What the product says is shown, and left to it when it is stored again. */
static struct quote_line as_quote_line(const struct product *product, const struct quote_template_line *t)
{
    return (struct quote_line){.kind = t->kind, .timing = billing_timing_from_name(t->timing), .is_option = t->is_option, .product_id = t->product_id, .description = t->description,
        .other_description = t->other_description,
        .unit = !str_empty(t->unit) || product == NULL ? t->unit : product->unit,
        .tax_class = !str_empty(t->tax_class) ? t->tax_class : product != NULL ? product->tax_class : "standard",
        .product_kind = "service", .discount_minor = t->discount_minor, .quantity_e4 = t->quantity_e4, .unit_price_e4 = t->unit_price_e4,
        .discount_ppm = t->discount_ppm, .discount_periods = t->discount_periods, .quantity_editable = t->quantity_editable,
        .quantity_min_e4 = t->quantity_min_e4, .quantity_max_e4 = t->quantity_max_e4};
}

static struct quote_template_line as_template_line(const struct product *product, const struct quote_line *l)
{
    return (struct quote_template_line){.kind = l->kind, .timing = l->timing != 0 ? billing_timing_name(l->timing) : "", .is_option = l->is_option, .product_id = l->product_id,
        .description = l->description, .other_description = l->other_description, .quantity_e4 = l->quantity_e4, .unit_price_e4 = l->unit_price_e4, .discount_ppm = l->discount_ppm,
        .unit = product != NULL && str_equal(product->unit, l->unit) ? "" : l->unit,
        .tax_class = product != NULL && str_equal(product->tax_class, l->tax_class) ? "" : l->tax_class,
        .discount_minor = l->discount_minor, .discount_periods = l->discount_periods, .quantity_editable = l->quantity_editable, .quantity_min_e4 = l->quantity_min_e4,
        .quantity_max_e4 = l->quantity_max_e4};
}

static const char *own_currency(const struct page *page)
{
    return page->company.id != 0 ? page->company.currency : "EUR";
}

/* All sellers and teams, ticked where the template is offered to them. */
static enum err fill_offering(struct page *page, int64_t template_id, struct template_form *values)
{
    struct arena *arena = page->ctx->arena;
    struct offering o;
    int64_t *chosen;

    TRY(page->ctx, load_offering(page, template_id, &o));
    if (template_id == 0) /* a new one: to everybody */
        o.by_seller_count = o.by_team_count = 0;
    chosen = ARENA_ARRAY(arena, int64_t, o.by_seller_count + o.by_team_count + 1);
    for (size_t i = 0; i < o.by_seller_count; i++)
        chosen[i] = o.by_seller[i].seller_id;
    values->sellers = ticks_of(arena, o.sellers, o.seller_count, chosen, o.by_seller_count);
    values->seller_count = o.seller_count;
    for (size_t i = 0; i < o.by_team_count; i++)
        chosen[i] = o.by_team[i].team_id;
    values->teams = ticks_of(arena, o.teams, o.team_count, chosen, o.by_team_count);
    values->team_count = o.team_count;
    return OK;
}

enum err page_template_edit(struct page *page)
{
    struct quote_template_line *stored = NULL;
    struct quote_template template;
    struct shelf shelf;
    struct template_form values;
    struct quote_line *lines;
    struct form form;
    size_t count = 0;
    enum err err = find_template(page, &template);

    if (err != OK)
        return err;
    admin_flash(page);
    TRY(page->ctx, load_shelf(page, 0, NULL, &shelf));
    if (template.id != 0)
        TRY(page->ctx, quote_template_lines(page->ctx, template.version_id, &stored, &count));
    lines = ARENA_ARRAY(page->ctx->arena, struct quote_line, count);
    for (size_t i = 0; i < count; i++) {
        const struct product *product;

        TRY(page->ctx, shelf_product(page, &shelf, stored[i].product_id, &product));
        lines[i] = as_quote_line(product, &stored[i]);
    }
    values = (struct template_form){.rev = template.rev, .name = template.name,
        .plan = template.plan_id == 0 ? "" : arena_printf(page->ctx->arena, "%lld", (long long)template.plan_id),
        .validity = template.validity_days, .acceptance = quote_acceptance_name(template.acceptance),
        .archived = str_equal(template.state, "archived"), .lines = lines_to_form(page->ctx->arena, lines, count, own_currency(page)), .line_count = count,
        .words = {.note = template.note, .header = template.header, .footer = template.footer, .terms = template.terms,
                  .confirmation = template.confirmation, .no_confirm_mail = template.no_confirm_mail},
        .journal = template.journal, .other_note = template.other_note, .other_header = template.other_header, .other_footer = template.other_footer,
        .other_terms = template.other_terms, .other_confirmation = template.other_confirmation, .deposit_ppm = template.deposit_ppm, .deposit_amount = amount_to_type(template.deposit_minor, own_currency(page))};
    words_of_terms(&values.words, &template.own);
    TRY(page->ctx, fill_offering(page, template.id, &values));
    TRY(page->ctx, show_products(page, values.lines, values.line_count, 0));
    show_lines(page, &form, &values);
    empty_plan_terms(&form, &template.own);
    empty_no_deposit(&form, values.deposit_ppm, values.deposit_amount);
    return show_template(page, &form, &template, template.rev);
}

/* To whom the form offers it. Who or what is not there is left out. */
static enum err read_offering(struct page *page, const struct template_form *v, struct quote_template *template)
{
    struct tickable *rows;
    size_t count;

    TRY(page->ctx, tickable_sellers(page, &rows, &count));
    template->seller_ids = ticked(page->ctx->arena, rows, count, v->sellers, v->seller_count, &template->seller_count);
    TRY(page->ctx, tickable_teams(page, &rows, &count));
    template->team_ids = ticked(page->ctx->arena, rows, count, v->teams, v->team_count, &template->team_count);
    return OK;
}

/* The plan that was chosen; id 0: none, or one with an error of its own. */
static enum err read_plan(struct page *page, struct form *form, const char *typed, struct plan *plan)
{
    enum err err;

    *plan = (struct plan){.id = 0};
    if (typed[0] == '\0')
        return OK;
    err = plan_by_id(page->ctx, admin_id(typed), plan);
    if (err == ERR_NOT_FOUND)
        form_error(form, "plan", tr("Choose a plan of the list"));
    return err == ERR_NOT_FOUND ? OK : err;
}

static void check_other(struct page *page, struct form *form, const struct template_form *v)
{
    check_variables(page, form, "other_note", v->other_note);
    check_variables(page, form, "other_header", v->other_header);
    check_variables(page, form, "other_footer", v->other_footer);
    check_variables(page, form, "other_terms", v->other_terms);
    check_variables(page, form, "other_confirmation", v->other_confirmation);
}

/* Something is written in the other language. */
static bool has_other(const struct template_form *v, const struct quote_line *lines, size_t count)
{
    bool any = !str_empty(v->other_note) || !str_empty(v->other_header) || !str_empty(v->other_footer) || !str_empty(v->other_terms) ||
               !str_empty(v->other_confirmation);

    for (size_t i = 0; i < count; i++)
        any = any || !str_empty(lines[i].other_description);
    return any;
}

/* A button changed the lines: shown again, and stored only by saving, which makes a version. */
static enum err show_unsaved(struct page *page, struct form *form, struct template_form *v, const struct quote_line *lines, size_t count,
                             const struct quote_template *template)
{
    v->lines = lines_to_form(page->ctx->arena, lines, count, own_currency(page));
    v->line_count = count;
    TRY(page->ctx, show_products(page, v->lines, count, 0));
    show_lines(page, form, v);
    empty_plan_terms(form, &template->own);
    empty_no_deposit(form, v->deposit_ppm, v->deposit_amount);
    layout_flash(page_tree(page), "info", tr("Not saved yet: save the template when its lines are as they should be."), NULL, NULL);
    return show_template(page, form, template, v->rev);
}

enum err page_template_edit_post(struct page *page)
{
    struct quote_line lines[EDITOR_LINES_MAX];
    struct quote_template_line stored[EDITOR_LINES_MAX];
    struct catalogue_result result;
    struct quote_template template;
    struct template_form v;
    struct deposit_terms deposit;
    struct shelf shelf;
    struct plan plan;
    struct once once;
    struct form form;
    const struct field *fields;
    size_t count, kept = 0, focus;
    enum err err = find_template(page, &template);

    if (err != OK)
        return err;
    fields = template_fields(&count);
    if (!page_form(page, &form, fields, count, &v))
        return OK;
    TRY(page->ctx, load_shelf(page, 0, NULL, &shelf));
    TRY(page->ctx, read_lines(page, &form, &shelf, v.lines, v.line_count, admin_id(v.plan), true, lines, &count));
    TRY(page->ctx, read_plan(page, &form, v.plan, &plan));
    template.own = read_own_terms(page, &form, &v.words, plan.id != 0 ? &plan : NULL);
    deposit = read_deposit_terms(page, &form, v.deposit_ppm, v.deposit_amount, own_currency(page),
                                 quote_needs_payment(quote_acceptance_from_name(v.acceptance)));
    check_words(page, &form, &v.words);
    check_other(page, &form, &v);
    TRY(page->ctx, check_journal(page, &form, v.journal));
    for (size_t i = 0; i < count; i++) {
        check_variables(page, &form, arena_printf(page->ctx->arena, "line.%zu.description", i), lines[i].description);
        check_variables(page, &form, arena_printf(page->ctx->arena, "line.%zu.other", i), lines[i].other_description);
    }
    if (form.error_count > 0)
        return show_template(page, &form, &template, v.rev);
    if (edit_lines(form.button, lines, &count, &focus))
        return show_unsaved(page, &form, &v, lines, count, &template);
    for (size_t i = 0; i < count; i++)
        if (!line_is_blank(&lines[i])) {
            const struct product *product;

            TRY(page->ctx, shelf_product(page, &shelf, lines[i].product_id, &product));
            if (lines[i].unit_price_e4 == QUOTE_LINE_LIST_PRICE && lines[i].product_id == 0)
                lines[i].unit_price_e4 = 0;
            stored[kept++] = as_template_line(product, &lines[i]);
        }
    template.rev = (int32_t)v.rev;
    template.name = v.name;
    template.plan_id = admin_id(v.plan);
    template.validity_days = (int32_t)v.validity;
    template.acceptance = quote_acceptance_from_name(v.acceptance);
    template.note = v.words.note;
    template.header = v.words.header;
    template.footer = v.words.footer;
    template.terms = v.words.terms;
    template.confirmation = v.words.confirmation;
    template.no_confirm_mail = v.words.no_confirm_mail;
    template.other_language = other_language(page, &template);
    template.other_note = v.other_note;
    template.other_header = v.other_header;
    template.other_footer = v.other_footer;
    template.other_terms = v.other_terms;
    template.other_confirmation = v.other_confirmation;
    if (!has_other(&v, lines, count))
        template.other_language = "";
    template.journal = v.journal;
    template.deposit_ppm = deposit.ppm;
    template.deposit_minor = deposit.minor;
    TRY(page->ctx, read_offering(page, &v, &template));
    template.state = v.archived ? "archived" : "active";
    once = admin_once(page, "/admin/templates?did=saved");
    err = change_template(page->ctx, &template, stored, kept, &once, &result);
    if (err != OK)
        return err;
    if (result.stale)
        return page_error(page, 409, NULL);
    if (result.taken) {
        form_error(&form, "name", tr("Another template has this name"));
        template.id = admin_id(page->arg[0]);
        return show_template(page, &form, &template, v.rev);
    }
    return page_see(page, "%s", result.url);
}
