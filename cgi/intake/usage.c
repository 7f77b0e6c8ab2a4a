/* usage: a file's rows of what was used, each a report of one line on one day (service/metering). */
#include "base/check.h"
#include "core/date.h"
#include "core/pricing.h"
#include "intake/kinds.h"
#include "service/metering.h"
#include "text/words.h"

enum { EXPORT_ROWS = 500 };

struct usage_row {
    const char *subscription;
    int64_t line;
    int32_t day_on;
    int64_t quantity_e4;
    const char *reference;
};

static const struct field usage_field[] = {
    {.kind = FIELD_TEXT, .name = "subscription", .label = N_("Subscription"), .required = true, .max = 60, .offset = offsetof(struct usage_row, subscription)},
    {.kind = FIELD_INTEGER, .name = "line", .label = N_("Line"), .min = 0, .max = PRICE_LINES_MAX, .offset = offsetof(struct usage_row, line)},
    {.kind = FIELD_DATE, .name = "day", .label = N_("Day"), .required = true, .offset = offsetof(struct usage_row, day_on)},
    {.kind = FIELD_DECIMAL, .name = "quantity", .label = N_("Quantity used"), .required = true, .digits = 4, .min = 1,
     .max = QUANTITY_MAX_E4, .offset = offsetof(struct usage_row, quantity_e4)},
    {.kind = FIELD_TEXT, .name = "reference", .label = N_("Reference"), .required = true, .max = 60, .offset = offsetof(struct usage_row, reference)},
};

static const struct column_text column[] = {
    {"subscription", {"S-00001", "S-00001"}, N_("Its number or its reference in the other system"), false},
    {"line", {"2", ""}, N_("Place of the line in the subscription; nothing: the only one that is billed by use"), false},
    {"day", {"2026-11-03", "2026-11-04"}, NULL, false},
    {"quantity", {"12.5", "0.75"}, NULL, false},
    {"reference", {"meter-1-3", "meter-1-4"}, N_("Your own number of the report. One that was sent already changes nothing."), false},
};

/* The only line that is billed by use; 0 when there is none or more than one. */
static enum err only_slot(struct reading *r, const struct subscription *s, int32_t *slot)
{
    struct subscription_line *lines;
    size_t count;
    bool more = false;

    *slot = 0;
    TRY(r->ctx, subscription_lines(r->ctx, s->id, s->id + 1, &lines, &count));
    for (size_t i = 0; i < count; i++)
        if (str_equal(lines[i].timing, "usage")) {
            more = more || (*slot != 0 && *slot != lines[i].position);
            *slot = lines[i].position;
        }
    if (more)
        *slot = 0;
    return OK;
}

static enum err find_subscription(struct reading *r, const char *name, struct subscription *s, bool *found)
{
    enum err err = subscription_by_reference(r->ctx, name, s);

    if (err == ERR_NOT_FOUND)
        err = subscription_by_number(r->ctx, name, s);
    *found = err == OK;
    if (err == ERR_NOT_FOUND)
        ctx_forget_error(r->ctx);
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err read(struct reading *r, struct item *item)
{
    const struct usage_row nothing = {.subscription = "", .day_on = DATE_NONE, .reference = ""};
    struct subscription s;
    struct usage_row v;
    struct form base;
    struct form form;
    bool found = false;

    form_fill(&base, r->ctx, usage_field, COUNT_OF(usage_field), &nothing);
    for (size_t i = 0; i < base.typed.count; i++)
        base.typed.items[i].value = "";
    CHECK(read_form(r, &item->records[0], &base, &v, &form));
    if (form.error_count == 0)
        TRY(r->ctx, find_subscription(r, v.subscription, &s, &found));
    if (form.error_count == 0 && !found)
        form_error(&form, "subscription", tr("No subscription has this number or reference"));
    if (found) {
        item->usage = (struct usage_report){.subscription_id = s.id, .slot = (int32_t)v.line, .used_on = v.day_on, .quantity_e4 = v.quantity_e4,
                                            .reference = v.reference};
        if (v.line == 0)
            TRY(r->ctx, only_slot(r, &s, &item->usage.slot));
        TRY(r->ctx, judge_usage(r->ctx, &s, &item->usage));
        if (item->usage.refusal != USAGE_ACCEPTED)
            form_error(&form, usage_refusal_place(item->usage.refusal), usage_told(r->ctx, r->ctx->language, &item->usage));
    }
    if (form_fine(r, &item->records[0], &form))
        item->fate = item->usage.repeated ? FATE_UNCHANGED : FATE_NEW;
    return OK;
}

/* Checked row by row; only all rows together may be more than a period holds. */
static enum err write(struct reading *r, struct item *item)
{
    TRY(r->ctx, put_usage(r->ctx, &item->usage));
    return item->usage.refusal == USAGE_ACCEPTED
               ? OK : FAIL(r->ctx, ERR_CONFLICT, "report %s was refused: %s", item->reference, usage_refusal_text(item->usage.refusal));
}

/* Reports that stand: what was taken back is not there, and corrections are none. */
static enum err export_some(struct reading *r, int64_t *after_id, bool *more, struct str *out)
{
    struct arena *arena = r->ctx->arena;
    struct usage_record *rows;
    struct subscription s;
    size_t count;

    TRY(r->ctx, usage_after(r->ctx, *after_id, EXPORT_ROWS, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        *after_id = rows[i].id;
        if (rows[i].corrects_id != 0 || rows[i].corrected)
            continue;
        TRY(r->ctx, subscription_by_id(r->ctx, rows[i].subscription_id, &s));
        csv_append(out, ';', (const char *const[]){str_empty(s.external_ref) ? s.number : s.external_ref,
                                                   arena_printf(arena, "%d", (int)rows[i].slot), date_text(arena, rows[i].used_on),
                                                   decimal_text(arena, rows[i].quantity_e4, 4), rows[i].reference}, COUNT_OF(column));
    }
    *more = count == EXPORT_ROWS;
    return OK;
}

const struct kind usage_kind = {
    .name = "usage", .text = N_("Usage"), .fields = usage_field, .field_count = COUNT_OF(usage_field), .columns = column,
    .column_count = COUNT_OF(column), .reference = "reference", .read = read, .write = write, .export_some = export_some};
