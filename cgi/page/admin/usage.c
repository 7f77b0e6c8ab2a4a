/* usage: what was used of a subscription's metered lines: reported, listed, taken back. */
#include "base/str.h"
#include "core/date.h"
#include "core/pricing.h"
#include "page/admin/admin.h"
#include "page/admin/money_rows.h"
#include "service/contract.h"
#include "service/metering.h"
#include "text/format.h"
#include "text/words.h"

enum { PAGE_ROWS = 50 };

struct usage_form {
    const char *line;
    int64_t quantity_e4;
    int32_t day_on;
    const char *reference;
};
static const struct field usage_field[] = {
    {.kind = FIELD_CHOICE, .name = "line", .label = N_("Line"), .required = true, .max = 10, .offset = offsetof(struct usage_form, line)},
    {.kind = FIELD_DECIMAL, .name = "quantity", .label = N_("Quantity used"), .required = true, .digits = 4, .min = 1,
     .max = QUANTITY_MAX_E4, .offset = offsetof(struct usage_form, quantity_e4)},
    {.kind = FIELD_DATE, .name = "day", .label = N_("Day"), .required = true, .offset = offsetof(struct usage_form, day_on)},
    {.kind = FIELD_TEXT, .name = "reference", .label = N_("Reference"), .max = 60,
     .hint = N_("Your own number of the report. One that was sent already changes nothing."), .offset = offsetof(struct usage_form, reference)},
};

static enum err fill_lines(struct page *page, HDF *hdf, const struct subscription *s, const char *chosen, const char **only)
{
    struct arena *arena = page->ctx->arena;
    struct subscription_line *lines;
    size_t count;
    int row = 0;

    *only = "";
    TRY(page->ctx, subscription_lines(page->ctx, s->id, s->id + 1, &lines, &count));
    for (size_t i = 0; i < count; i++) {
        const char *slot = arena_printf(arena, "%d", (int)lines[i].position);
        bool replaced = i + 1 < count && lines[i + 1].position == lines[i].position;

        if (!str_equal(lines[i].timing, "usage") || replaced)
            continue;
        *only = slot;
        view_option(hdf, "line", row++, slot,
                    str_empty(lines[i].unit) ? lines[i].description : arena_printf(arena, "%s (%s)", lines[i].description, lines[i].unit),
                    str_equal(slot, chosen));
    }
    return OK;
}

static void fill_record(const struct page *page, HDF *node, const struct subscription *s, const struct usage_record *record)
{
    struct arena *arena = page->ctx->arena;
    bool open = !str_equal(s->state, "ended") && record->epoch == s->epoch && record->period_index >= s->arrears_index;
    int64_t size_e4 = record->quantity_e4 < 0 ? -record->quantity_e4 : record->quantity_e4;
    const char *quantity = format_quantity(arena, page->ctx->language, size_e4);

    hdf_text(node, "on", page_date(page, record->used_on));
    hdf_text(node, "line", page_number(page, record->slot));
    hdf_text(node, "quantity", record->quantity_e4 < 0 ? arena_printf(arena, "\xE2\x88\x92%s", quantity) : quantity);
    hdf_text(node, "reference", record->reference);
    hdf_text(node, "reason", record->reason);
    hdf_text(node, "recorded", page_instant(page, record->recorded_at));
    if (record->corrects_id != 0)
        page_badge(hdf_node(node, "state"), "neutral", tr("Takes a report back"));
    else if (record->corrected)
        page_badge(hdf_node(node, "state"), "neutral", tr("Taken back"));
    else if (open)
        page_badge(hdf_node(node, "state"), "info", tr("Not billed yet"));
    else
        page_badge(hdf_node(node, "state"), "ok", tr("Billed"));
    if (open && !record->corrected && record->corrects_id == 0)
        hdf_text(node, "undo", arena_printf(arena, "/admin/subscriptions/%s/usage/%lld/undo", s->number, (long long)record->id));
}

static enum err show_usage(struct page *page, const struct subscription *s, struct form *form, const char *chosen)
{
    HDF *hdf = page_tree(page);
    struct usage_record *records;
    const char *only;
    size_t count;

    view_form(page->ctx, hdf, form);
    TRY(page->ctx, fill_lines(page, hdf, s, chosen, &only));
    if (only[0] == '\0')
        return ERR_NOT_FOUND;
    hdf_text(hdf, "Sub.number", s->number);
    TRY(page->ctx, usage_of(page->ctx, s->id, page_query_id(page, "before"), PAGE_ROWS + 1, &records, &count));
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++)
        fill_record(page, hdf_row(hdf, "Records", (int)i), s, &records[i]);
    if (count > PAGE_ROWS)
        money_pager(page, hdf, arena_printf(page->ctx->arena, "/admin/subscriptions/%s/usage?", s->number), records[PAGE_ROWS - 1].id);
    admin_flash(page);
    return page_show(page, form->error_count > 0 ? 422 : 200, tr_fill(page->ctx->arena, "Usage of subscription {number}", "number", s->number, NULL),
                     "admin/usage.cs");
}

enum err page_usage(struct page *page)
{
    struct usage_form values = {.line = "", .day_on = page->ctx->today_on, .reference = ""};
    struct subscription s;
    struct form form;
    enum err err = subscription_by_number(page->ctx, page->arg[0], &s);

    if (err != OK)
        return err;
    form_fill(&form, page->ctx, usage_field, COUNT_OF(usage_field), &values);
    for (size_t i = 0; i < form.typed.count; i++)
        if (str_equal(form.typed.items[i].name, "quantity"))
            form.typed.items[i].value = "";
    return show_usage(page, &s, &form, "");
}

enum err page_usage_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/subscriptions/{ref}/usage?did=reported");
    struct usage_report report;
    struct usage_form values;
    struct subscription s;
    struct form form;
    long long slot = 0;
    enum err err = subscription_by_number(page->ctx, page->arg[0], &s);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, usage_field, &values))
        return OK;
    if (values.line != NULL && !str_to_i64(values.line, 1, INT32_MAX, &slot))
        form_error(&form, "line", tr("Choose a line"));
    if (form.error_count == 0) {
        report = (struct usage_report){.subscription_id = s.id, .slot = (int32_t)slot, .used_on = values.day_on,
                                       .quantity_e4 = values.quantity_e4, .reference = values.reference};
        err = report_usage(page->ctx, &report, &once);
        if (err != OK)
            return err;
        if (report.refusal == USAGE_ACCEPTED)
            return page_see(page, "%s", report.url);
        form_error(&form, usage_refusal_place(report.refusal), usage_told(page->ctx, page->ctx->language, &report));
    }
    return show_usage(page, &s, &form, values.line != NULL ? values.line : "");
}

/* ---- taking one back ---- */

struct undo_form {
    const char *reason;
};
static const struct field undo_field[] = {
    {.kind = FIELD_TEXT, .name = "reason", .label = N_("Why is it taken back?"), .required = true, .max = 300,
     .offset = offsetof(struct undo_form, reason)},
};

static enum err show_undo(struct page *page, const struct subscription *s, const struct usage_record *record, const struct form *form)
{
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    int row = 0;

    view_form(page->ctx, hdf, form);
    hdf_text(hdf, "Sub.number", s->number);
    hdf_text(hdf, "Action", arena_printf(page->ctx->arena, "/admin/subscriptions/%s/usage/%lld/undo", s->number, (long long)record->id));
    page_fact(facts, &row, tr("Day"), page_date(page, record->used_on));
    page_fact(facts, &row, tr("Quantity used"), format_quantity(page->ctx->arena, page->ctx->language, record->quantity_e4));
    if (record->reference[0] != '\0')
        page_fact(facts, &row, tr("Reference"), record->reference);
    return page_show(page, form->error_count > 0 ? 422 : 200, tr("Take a report back"), "admin/usage_undo.cs");
}

static enum err record_of_page(struct page *page, struct subscription *s, struct usage_record *record)
{
    long long id;
    enum err err = subscription_by_number(page->ctx, page->arg[0], s);

    if (err != OK || !str_to_i64(page->arg[1], 1, INT64_MAX, &id))
        return err != OK ? err : ERR_NOT_FOUND;
    err = usage_by_id(page->ctx, id, record);
    return err != OK ? err : record->subscription_id == s->id && record->corrects_id == 0 ? OK : ERR_NOT_FOUND;
}

enum err page_usage_undo(struct page *page)
{
    const struct undo_form nothing = {.reason = ""};
    struct usage_record record;
    struct subscription s;
    struct form form;
    enum err err = record_of_page(page, &s, &record);

    if (err != OK)
        return err;
    form_fill(&form, page->ctx, undo_field, COUNT_OF(undo_field), &nothing);
    return show_undo(page, &s, &record, &form);
}

enum err page_usage_undo_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/subscriptions/{ref}/usage?did=usage_undone");
    struct usage_undoing undoing;
    struct usage_record record;
    struct undo_form values;
    struct subscription s;
    struct form form;
    enum err err = record_of_page(page, &s, &record);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, undo_field, &values))
        return OK;
    if (form.error_count == 0) {
        undoing = (struct usage_undoing){.subscription_id = s.id, .record_id = record.id, .reason = values.reason};
        err = undo_usage(page->ctx, &undoing, &once);
        if (err != OK)
            return err;
        if (undoing.refusal == NULL)
            return page_see(page, "%s", undoing.url);
        form_error(&form, "reason", tr(undoing.refusal));
    }
    return show_undo(page, &s, &record, &form);
}
