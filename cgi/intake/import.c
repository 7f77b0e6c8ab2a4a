#include "intake/import.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "core/date.h"
#include "intake/kinds.h"
#include "intake/product_form.h"
#include "store/db.h"
#include "store/history.h"
#include "store/import_file.h"
#include "text/words.h"

enum { GROUP_ITEMS = 200, IMPORT_NOTES_KEPT = IMPORT_PROBLEMS_KEPT / 2, VALUE_BYTES_TOLD = 80, REFERENCE_BYTES_MAX = 60 };

static const struct kind *const kinds[] = {
    [IMPORT_CUSTOMERS] = &customer_kind, [IMPORT_PRODUCTS] = &product_kind, [IMPORT_SUBSCRIPTIONS] = &subscription_kind, [IMPORT_USAGE] = &usage_kind};

const char *import_kind_name(enum import_kind kind)
{
    CHECK(kind >= IMPORT_CUSTOMERS && (int)kind <= IMPORT_KINDS);
    return kinds[kind]->name;
}

enum import_kind import_kind_from_name(const char *name)
{
    for (int i = IMPORT_CUSTOMERS; i <= IMPORT_KINDS; i++)
        if (str_equal(kinds[i]->name, name))
            return (enum import_kind)i;
    return 0;
}

const char *import_kind_text(enum import_kind kind)
{
    return kinds[kind]->text;
}

/* ---- problems ---- */

static const char *column_of(const struct reading *r, const char *field)
{
    for (size_t i = 0; i < r->column_count; i++)
        if (str_equal(r->field[i], field))
            return r->column[i];
    return field;
}

/* In the order of the file's lines: what concerns several of them is found last. */
static void tell(struct reading *r, int32_t line, const char *column, const char *value, const char *message, bool note)
{
    struct import_report *report = r->report;

    size_t at = report->kept_count;

    report->problem_count += !note;
    if (report->kept_count >= (note ? IMPORT_NOTES_KEPT : IMPORT_PROBLEMS_KEPT))
        return;
    for (; at > 0 && report->kept[at - 1].line > line; at--)
        report->kept[at] = report->kept[at - 1];
    report->kept[at] = (struct import_problem){line, arena_strdup(r->kept, column), str_cut(r->kept, value, VALUE_BYTES_TOLD),
                                               arena_strdup(r->kept, message), note};
    report->kept_count++;
}

static void tell_cell(struct reading *r, const struct csv_record *record, const char *field, const char *message, bool note)
{
    const char *value = cell_of(r, record, field);

    tell(r, record->line, column_of(r, field), value != NULL ? value : "", message, note);
}

void read_problem(struct reading *r, const struct csv_record *record, const char *field, const char *message)
{
    tell_cell(r, record, field, message, false);
}

void read_note(struct reading *r, const struct csv_record *record, const char *field, const char *message)
{
    tell_cell(r, record, field, message, true);
}

/* ---- cells ---- */

const char *cell_of(const struct reading *r, const struct csv_record *record, const char *field)
{
    for (size_t i = 0; i < r->column_count && i < record->count; i++)
        if (str_equal(r->field[i], field))
            return csv_plain(record->cells[i]);
    return NULL;
}

static const struct field *field_named(const struct field *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].kind != FIELD_GROUP && str_equal(fields[i].name, name))
            return &fields[i];
        else if (fields[i].kind == FIELD_GROUP && str_starts(name, fields[i].name) && name[strlen(fields[i].name)] == '.')
            return field_named(fields[i].fields, fields[i].field_count, strrchr(name, '.') + 1);
    return NULL;
}

static const char *values_of(struct arena *arena, const struct field *field)
{
    struct str all = str_new(arena);

    for (size_t i = 0; i < field->option_count; i++)
        str_printf(&all, "%s%s", i > 0 ? ", " : "", field->options[i].value);
    return all.text;
}

/* A cell as the form wants it typed; *message says why it cannot be. A file does not know the reader's language: a
 * comma in a number is its decimal mark, and nothing marks thousands. */
static const char *typed_of(const struct reading *r, const struct field *field, const char *cell, const char **message)
{
    struct arena *arena = r->ctx->arena;
    char *text = str_trim(arena, cell);

    *message = NULL;
    if (text[0] == '\0')
        return "";
    if (field->kind == FIELD_DECIMAL || field->kind == FIELD_INTEGER) {
        for (char *p = text; *p != '\0'; p++) {
            if (*p != ',')
                continue;
            *p = '.';
            if (r->csv.separator == ',')
                *message = tr("Write decimals with a dot, and no thousands separator");
        }
    } else if (field->kind == FIELD_CHECK) {
        if (str_equal(text, "0"))
            return "";
        if (!str_equal(text, "1"))
            *message = tr("Write 1 for yes, 0 or nothing for no");
    } else if (field->kind == FIELD_CHOICE && field->options != NULL) {
        bool known = false;

        for (size_t i = 0; i < field->option_count; i++)
            known = known || str_equal(field->options[i].value, text);
        if (!known)
            *message = tr_fill(arena, "Write one of: {values}", "values", values_of(arena, field), NULL);
    }
    return text;
}

bool read_form(struct reading *r, const struct csv_record *record, struct form *base, void *values, struct form *form)
{
    const struct kind *kind = r->kind;
    const char *wrong[CSV_COLUMNS_MAX][2];
    size_t wrong_count = 0;

    for (size_t i = 0; i < base->typed.count; i++) {
        struct pair *pair = &base->typed.items[i];
        const char *cell = cell_of(r, record, pair->name);
        const char *message;

        if (cell == NULL)
            continue;
        pair->value = typed_of(r, field_named(kind->fields, kind->field_count, pair->name), cell, &message);
        if (message != NULL && wrong_count < CSV_COLUMNS_MAX) {
            wrong[wrong_count][0] = pair->name;
            wrong[wrong_count++][1] = message;
        }
    }
    if (!form_read(form, r->ctx, kind->fields, kind->field_count, &base->typed, values))
        return false;
    for (size_t i = 0; i < wrong_count; i++) { /* what was found first is what is told */
        for (size_t e = 0; e < form->error_count; e++)
            if (str_equal(form->errors[e].name, wrong[i][0]))
                form->errors[e].message = wrong[i][1];
        form_error(form, wrong[i][0], wrong[i][1]);
    }
    return true;
}

bool form_fine(struct reading *r, const struct csv_record *record, const struct form *form)
{
    for (size_t i = 0; i < form->error_count; i++)
        read_problem(r, record, form->errors[i].name, form->errors[i].message);
    return form->error_count == 0;
}

const struct plan *plan_named(const struct reading *r, const char *name)
{
    for (size_t i = 0; i < r->plan_count; i++)
        if (str_equal(r->plans[i].name, name))
            return &r->plans[i];
    return NULL;
}

const char *decimal_text(struct arena *arena, int64_t scaled, int digits)
{
    int64_t one = 1;
    char *text;
    size_t bytes;

    CHECK(scaled >= 0 && digits > 0);
    for (int i = 0; i < digits; i++)
        one *= 10;
    text = arena_printf(arena, "%lld.%0*lld", (long long)(scaled / one), digits, (long long)(scaled % one));
    for (bytes = strlen(text); text[bytes - 1] == '0'; bytes--)
        continue;
    text[text[bytes - 1] == '.' ? bytes - 1 : bytes] = '\0';
    return text;
}

const char *date_text(struct arena *arena, int32_t on)
{
    return on == DATE_NONE ? "" : date_iso(on, arena_alloc(arena, DATE_TEXT_BYTES));
}

/* ---- columns ---- */

/* Columns of products, one of each for selling it once ("price") and one for each plan ("price:Monthly"). */
static const struct amount_column {
    const char *name; /* of the column, and of the form's field in the group */
    const char *once; /* English msgids */
    const char *plan;
    const char *sample;
} amount_column[] = {
    {"price", N_("Price excl. VAT when it is sold once, in {currency}"), N_("Price excl. VAT per period of {plan}, in {currency}"), "350.00"},
    {"cost", N_("What it costs you when it is sold once, in {currency}"), N_("What it costs you per period of {plan}, in {currency}"), "120.00"},
};

static const char *amount_column_name(struct arena *arena, const struct amount_column *column, const struct plan *plan)
{
    return plan == NULL ? column->name : arena_printf(arena, "%s:%s", column->name, plan->name);
}

/* The form's field of a column of this name; NULL when there is none. */
static const char *field_of_column(const struct reading *r, const char *name)
{
    for (size_t i = 0; i < r->kind->column_count; i++)
        if (str_equal(r->kind->columns[i].name, name))
            return r->kind->columns[i].name;
    for (size_t k = 0; r->kind->prices && k < COUNT_OF(amount_column); k++)
        for (size_t i = 0; i <= r->plan_count && i < PRODUCT_PRICES_MAX; i++)
            if (str_equal(amount_column_name(r->kept, &amount_column[k], i == 0 ? NULL : &r->plans[i - 1]), name))
                return arena_printf(r->kept, "price.%zu.%s", i, amount_column[k].name);
    return NULL;
}

static enum err open_reading(struct reading *r, struct ctx *ctx, enum import_kind kind)
{
    r->ctx = ctx;
    r->kept = ctx->arena;
    r->kind = kinds[kind];
    TRY(ctx, company_current(ctx, &r->company));
    return plans(ctx, false, &r->plans, &r->plan_count);
}

static bool required_column(const struct reading *r, const struct column_text *column)
{
    const struct field *field = field_named(r->kind->fields, r->kind->field_count, column->name);

    return column->required || (field != NULL && field->required);
}

static struct import_column describe(const struct reading *r, const struct column_text *column, size_t sample)
{
    const struct field *field = field_named(r->kind->fields, r->kind->field_count, column->name);
    struct import_column out = {.name = column->name, .values = "", .required = required_column(r, column),
                                .sample = column->sample[sample]};

    out.text = column->text != NULL ? tr(column->text)
               : field->hint != NULL ? arena_printf(r->kept, "%s. %s", tr(field->label), tr(field->hint)) : tr(field->label);
    if (field == NULL)
        return out;
    if (field->kind == FIELD_CHOICE && field->options != NULL)
        out.values = values_of(r->kept, field);
    else if (field->kind == FIELD_CHECK)
        out.values = "1, 0";
    else if (field->kind == FIELD_DATE)
        out.values = tr("a day like 2026-12-31");
    else if (field->kind == FIELD_DECIMAL || field->kind == FIELD_INTEGER)
        out.values = tr("a number");
    return out;
}

static void list_columns(const struct reading *r, size_t sample, struct import_column **columns, size_t *count)
{
    const struct kind *kind = r->kind;

    *columns = ARENA_ARRAY(r->kept, struct import_column, kind->column_count + COUNT_OF(amount_column) * (r->plan_count + 1));
    *count = 0;
    for (size_t i = 0; i < kind->column_count; i++)
        (*columns)[(*count)++] = describe(r, &kind->columns[i], sample);
    for (size_t k = 0; kind->prices && k < COUNT_OF(amount_column); k++)
        for (size_t i = 0; i <= r->plan_count && i < PRODUCT_PRICES_MAX && *count < CSV_COLUMNS_MAX; i++) {
            const struct amount_column *column = &amount_column[k];
            const struct plan *plan = i == 0 ? NULL : &r->plans[i - 1];

            (*columns)[(*count)++] = (struct import_column){
                .name = amount_column_name(r->kept, column, plan), .values = tr("a number"), .sample = i == sample ? column->sample : "",
                .text = tr_fill(r->kept, plan == NULL ? column->once : column->plan, "plan", plan == NULL ? "" : plan->name, "currency",
                                r->company.currency, NULL)};
        }
}

enum err import_columns(struct ctx *ctx, enum import_kind kind, struct import_column **columns, size_t *count)
{
    struct reading r = {0};

    TRY(ctx, open_reading(&r, ctx, kind));
    list_columns(&r, 0, columns, count);
    return OK;
}

static void append_header(const struct reading *r, struct str *out)
{
    const char *cells[CSV_COLUMNS_MAX];
    struct import_column *columns;
    size_t count;

    list_columns(r, 0, &columns, &count);
    for (size_t i = 0; i < count; i++)
        cells[i] = columns[i].name;
    str_append(out, "\xEF\xBB\xBF"); /* spreadsheets take it for UTF-8 only with the mark */
    csv_append(out, ';', cells, count);
}

enum err import_sample(struct ctx *ctx, enum import_kind kind, struct str *out)
{
    struct reading r = {0};

    TRY(ctx, open_reading(&r, ctx, kind));
    append_header(&r, out);
    for (size_t sample = 0; sample < 2; sample++) {
        const char *cells[CSV_COLUMNS_MAX];
        struct import_column *columns;
        size_t count;

        list_columns(&r, sample, &columns, &count);
        for (size_t i = 0; i < count; i++)
            cells[i] = str_equal(columns[i].name, "plan") && r.plan_count > 0 ? r.plans[0].name : columns[i].sample;
        csv_append(out, ';', cells, count);
    }
    return OK;
}

enum err export_rows(struct ctx *ctx, enum import_kind kind, struct str *out)
{
    struct ctx some = *ctx;
    struct reading r = {0};
    int64_t after_id = 0;
    bool more = true;
    enum err err = OK;

    TRY(ctx, open_reading(&r, ctx, kind));
    append_header(&r, out);
    some.arena = arena_new();
    r.ctx = &some;
    while (err == OK && more) {
        arena_reset(some.arena);
        err = r.kind->export_some(&r, &after_id, &more, out);
    }
    memcpy(ctx->trail, some.trail, sizeof ctx->trail);
    arena_free(some.arena);
    return err;
}

/* ---- reading ---- */

/* A fault of the table itself: nothing after it can be understood. */
static void tell_fault(struct reading *r, enum csv_state state, const struct csv_record *record)
{
    size_t column = (size_t)record->fault_column;

    tell(r, record->fault_line, column <= r->column_count ? r->column[column - 1] : arena_printf(r->kept, "%zu", column), "",
         tr(csv_state_text(state)), false);
}

static bool read_header(struct reading *r)
{
    struct csv_record record;
    enum csv_state state = csv_next(&r->csv, r->kept, &record);

    if (state == CSV_END)
        tell(r, 1, "", "", tr("The file is empty"), false);
    else if (state != CSV_RECORD)
        tell_fault(r, state, &record);
    for (size_t i = 0; state == CSV_RECORD && i < record.count; i++) {
        const char *name = str_trim(r->kept, csv_plain(record.cells[i]));
        const char *field = field_of_column(r, name);

        if (field == NULL)
            tell(r, record.line, name, name, tr("There is no column of this name"), false);
        for (size_t other = 0; field != NULL && other < i; other++)
            if (str_equal(r->field[other], field))
                tell(r, record.line, name, name, tr("This column stands twice"), false);
        r->column[i] = name;
        r->field[i] = field != NULL ? field : "";
        r->column_count = i + 1;
    }
    for (size_t i = 0; state == CSV_RECORD && i < r->kind->column_count; i++)
        if (required_column(r, &r->kind->columns[i]) && cell_of(r, &record, r->kind->columns[i].name) == NULL)
            tell(r, record.line, r->kind->columns[i].name, "", tr("This column is missing"), false);
    return r->report->problem_count == 0;
}

static const char *reference_of(const struct reading *r, const struct csv_record *record)
{
    return str_trim(r->ctx->arena, cell_of(r, record, r->kind->reference));
}

/* The next item; CSV_END after the last, or a fault, which is told. */
static enum csv_state next_item(struct reading *r, struct item *item)
{
    struct arena *arena = r->ctx->arena;
    size_t most = r->kind->many_lines ? ITEM_RECORDS_MAX : 1;
    struct csv_record *records = ARENA_ARRAY(arena, struct csv_record, most);
    enum csv_state state = csv_next(&r->csv, arena, &records[0]);

    if (state != CSV_RECORD) {
        if (state != CSV_END)
            tell_fault(r, state, &records[0]);
        return state;
    }
    *item = (struct item){.records = records, .record_count = 1, .reference = reference_of(r, &records[0])};
    while (r->kind->many_lines) {
        struct csv ahead = r->csv;
        struct csv_record next;

        if (csv_next(&ahead, arena, &next) != CSV_RECORD || !str_equal(reference_of(r, &next), item->reference))
            break;
        if (item->record_count == most) {
            read_problem(r, &next, r->kind->reference, tr("A subscription has too many lines"));
            break;
        }
        records[item->record_count++] = next;
        r->csv = ahead;
    }
    return CSV_RECORD;
}

static enum err judge(struct reading *r, struct item *item)
{
    item->fate = FATE_BAD;
    if (item->reference[0] == '\0')
        read_problem(r, &item->records[0], r->kind->reference, tr("The reference is missing"));
    else if (strlen(item->reference) > REFERENCE_BYTES_MAX)
        read_problem(r, &item->records[0], r->kind->reference, tr("The reference is too long"));
    else
        return r->kind->read(r, item);
    return OK;
}

struct seen {
    const char *reference;
    int32_t line;
};

static int by_reference(const void *a, const void *b)
{
    const struct seen *x = a;
    const struct seen *y = b;
    int order = strcmp(x->reference, y->reference);

    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static void tell_twins(struct reading *r, struct seen *seen, size_t count)
{
    qsort(seen, count, sizeof *seen, by_reference);
    for (size_t i = 1; i < count; i++)
        if (seen[i].reference[0] != '\0' && str_equal(seen[i].reference, seen[i - 1].reference))
            tell(r, seen[i].line, r->kind->reference, seen[i].reference,
                 tr_fill(r->kept, "Line {line} has this reference too", "line", arena_printf(r->kept, "%d", (int)seen[i - 1].line), NULL),
                 false);
}

static void count_mrr(struct import_report *report, const struct subscription *s)
{
    size_t i = 0;

    while (i < report->mrr_count && !str_equal(report->mrr[i].currency, s->currency))
        i++;
    if (i == IMPORT_CURRENCIES_MAX)
        return;
    if (i == report->mrr_count) {
        CHECK(strlen(s->currency) < sizeof report->mrr[i].currency);
        memcpy(report->mrr[report->mrr_count++].currency, s->currency, strlen(s->currency) + 1);
    }
    report->mrr[i].subscriptions++;
    report->mrr[i].mrr_e4 += s->mrr_e4;
}

static void count_fate(struct import_report *report, const struct item *item)
{
    report->rows++;
    report->created += item->fate == FATE_NEW;
    report->changed += item->fate == FATE_CHANGED;
    report->unchanged += item->fate == FATE_UNCHANGED;
    if (item->fate != FATE_BAD && item->subscription.currency != NULL)
        count_mrr(report, &item->subscription);
}

/* Reads everything, writes nothing. */
static enum err check_all(struct reading *r, const struct import *import)
{
    size_t room = 1024;
    size_t count = 0;
    struct seen *seen = ARENA_ARRAY(r->kept, struct seen, room);
    struct item item;

    for (;;) {
        arena_reset(r->ctx->arena);
        if (next_item(r, &item) != CSV_RECORD)
            break;
        if (import->rows_max > 0 && r->report->rows == import->rows_max) {
            tell(r, item.records[0].line, "", "",
                 tr_fill(r->kept, "There are more than {most} rows: import them with tacite-batch import, or in parts", "most",
                         arena_printf(r->kept, "%lld", (long long)import->rows_max), NULL), false);
            break;
        }
        if (count == room) {
            struct seen *more = ARENA_ARRAY(r->kept, struct seen, room * 2);

            memcpy(more, seen, room * sizeof *more);
            seen = more;
            room *= 2;
        }
        seen[count++] = (struct seen){arena_strdup(r->kept, item.reference), item.records[0].line};
        TRY(r->ctx, judge(r, &item));
        count_fate(r->report, &item);
        if (import->progress != NULL)
            import->progress(import->arg, r->report->rows);
        if (import->stop != NULL && import->stop())
            return FAIL(r->ctx, ERR_TIMEOUT, "asked to stop while the file was checked: nothing was imported");
    }
    tell_twins(r, seen, count);
    return OK;
}

struct group {
    struct reading *reading;
    const struct import *import;
    struct csv from;
    struct import_report before;
    bool last;
};

/* A group of rows in one transaction; repeatable, since it begins where the reader stood. */
static enum err write_group(struct ctx *ctx, void *arg)
{
    struct group *group = arg;
    struct reading *r = group->reading;
    struct item item;

    r->csv = group->from;
    *r->report = group->before;
    if (group->import->file_id != 0)
        TRY(ctx, lock_import_file(ctx, group->import->file_id));
    for (int i = 0; i < GROUP_ITEMS; i++) {
        group->last = next_item(r, &item) != CSV_RECORD;
        if (group->last)
            break;
        TRY(ctx, judge(r, &item));
        if (r->report->problem_count > 0) /* what was fine when it was checked is not any more */
            return FAIL(ctx, ERR_CONFLICT, "line %d was changed meanwhile: import the file again", (int)item.records[0].line);
        if (item.fate != FATE_UNCHANGED)
            TRY(ctx, r->kind->write(r, &item));
        count_fate(r->report, &item);
    }
    if (group->import->file_id == 0)
        return OK;
    return count_import_file(ctx, group->import->file_id, r->report->created - group->before.created,
                             r->report->changed - group->before.changed);
}

struct ending {
    const struct import *import;
    const struct import_report *report;
    const char *kind;
};

static enum err note_end(struct ctx *ctx, void *arg)
{
    const struct ending *end = arg;
    const struct import_report *report = end->report;

    if (end->import->file_id != 0)
        TRY(ctx, finish_import_file(ctx, end->import->file_id, report->rows));
    return note_audit(ctx, "import", arena_printf(ctx->arena, "%s +%lld ~%lld", end->kind, (long long)report->created,
                                                  (long long)report->changed), "ok");
}

static enum err write_all(struct reading *r, const struct import *import, struct csv first)
{
    struct import_report *report = r->report;
    struct group group = {.reading = r, .import = import, .from = first, .before = *report};
    struct ending end = {import, report, r->kind->name};

    group.before.rows = group.before.created = group.before.changed = group.before.unchanged = 0;
    group.before.mrr_count = 0;
    memset(group.before.mrr, 0, sizeof group.before.mrr);
    group.before.kept_count = 0; /* notes are told again */
    while (!group.last) {
        arena_reset(r->ctx->arena);
        TRY(r->ctx, db_transaction(r->ctx, write_group, &group));
        group.from = r->csv;
        group.before = *report;
        if (import->progress != NULL)
            import->progress(import->arg, report->rows);
        if (!group.last && import->stop != NULL && import->stop())
            return FAIL(r->ctx, ERR_TIMEOUT, "asked to stop after %lld rows: import the file again for the rest", (long long)report->rows);
    }
    return report->created + report->changed > 0 || import->file_id != 0 ? db_transaction(r->ctx, note_end, &end) : OK;
}

enum err run_import(struct ctx *ctx, const struct import *import, struct import_report *report)
{
    struct ctx item = *ctx;
    struct reading r = {.report = report};
    struct csv first;
    enum err err;

    memset(report, 0, sizeof *report);
    TRY(ctx, open_reading(&r, ctx, import->kind));
    r.csv = csv_open(import->data, import->bytes);
    item.arena = arena_new();
    r.ctx = &item;
    err = OK;
    if (read_header(&r)) {
        first = r.csv;
        err = check_all(&r, import);
        if (err == OK && !import->dry_run && report->problem_count == 0)
            err = write_all(&r, import, first);
    }
    memcpy(ctx->trail, item.trail, sizeof ctx->trail);
    arena_free(item.arena);
    return err;
}
