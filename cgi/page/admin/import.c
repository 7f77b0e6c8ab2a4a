/* import: a file is checked, its report is looked at, then the same bytes are imported; samples and exports. */
#include <string.h>

#include "base/encode.h"
#include "base/str.h"
#include "intake/import.h"
#include "page/admin/admin.h"
#include "page/admin/money_rows.h"
#include "store/history.h"
#include "store/import_file.h"
#include "text/format.h"
#include "text/words.h"

enum { HEX_SHOWN = 16 };

static const struct {
    const char *text;
    const char *back;
} about[] = {
    [IMPORT_CUSTOMERS] = {N_("Names, addresses, VAT numbers"), "/admin/customers"},
    [IMPORT_PRODUCTS] = {N_("Products with their prices"), "/admin/products"},
    [IMPORT_SUBSCRIPTIONS] = {N_("Contracts that run in another system and go on here"), "/admin/subscriptions"},
    [IMPORT_USAGE] = {N_("What was used of lines that are billed by use"), "/admin/subscriptions"},
};

struct upload_form {
    const char *file;
};
static const struct field upload_field[] = {
    {.kind = FIELD_HIDDEN, .name = "file", .label = N_("CSV file"), .hint = N_("At most 5 MB and 10,000 rows"), .required = true,
     .missing = N_("Choose a CSV file"), .offset = offsetof(struct upload_form, file)},
};

static enum import_kind kind_of(const struct page *page)
{
    return import_kind_from_name(page->arg[0]);
}

static const char *title_of(const struct page *page, enum import_kind kind)
{
    return tr_fill(page->ctx->arena, "Import: {what}", "what", tr(import_kind_text(kind)), NULL);
}

enum err page_import(struct page *page)
{
    HDF *hdf = page_tree(page);

    for (int i = IMPORT_CUSTOMERS; i <= IMPORT_KINDS; i++) {
        HDF *row = hdf_row(hdf, "Kinds", i - 1);

        hdf_text(row, "href", arena_printf(page->ctx->arena, "/admin/import/%s", import_kind_name((enum import_kind)i)));
        hdf_text(row, "name", tr(import_kind_text((enum import_kind)i)));
        hdf_text(row, "text", tr(about[i].text));
    }
    return page_show(page, 200, tr("Import and export"), "admin/import.cs");
}

/* ---- the report ---- */

static void fill_problems(const struct page *page, HDF *hdf, const struct import_report *report)
{
    size_t problems = 0;

    for (size_t i = 0; i < report->kept_count; i++) {
        const struct import_problem *p = &report->kept[i];
        HDF *row = hdf_row(hdf, p->note ? "Notes" : "Problems", (int)(p->note ? i - problems : problems));

        problems += !p->note;
        hdf_text(row, "line", tr_fill(page->ctx->arena, "Line {line}", "line", page_number(page, p->line), NULL));
        hdf_text(row, "column", p->column);
        hdf_text(row, "value", p->value);
        hdf_text(row, "text", p->message);
    }
    if (report->problem_count > problems)
        hdf_text(hdf, "More", tr_fill(page->ctx->arena, "{count} more problems are not shown.", "count",
                                      page_number(page, (int64_t)(report->problem_count - problems)), NULL));
}

static void add_count(const struct page *page, HDF *hdf, int index, const char *label, int64_t count)
{
    HDF *tile = hdf_row(hdf, "Tiles", index);

    hdf_text(tile, "label", label);
    hdf_text(tile, "value", page_number(page, count));
}

static void fill_counts(const struct page *page, HDF *hdf, int64_t created, int64_t changed, int64_t unchanged)
{
    add_count(page, hdf, 0, tr("New"), created);
    add_count(page, hdf, 1, tr("Changed"), changed);
    add_count(page, hdf, 2, tr("Unchanged"), unchanged);
}

static void fill_balance(const struct page *page, HDF *hdf, const struct import_report *report)
{
    for (size_t i = 0; i < report->mrr_count; i++) {
        HDF *row = hdf_row(hdf, "Balance", (int)i);

        hdf_text(row, "currency", report->mrr[i].currency);
        hdf_text(row, "count", page_number(page, report->mrr[i].subscriptions));
        hdf_text(row, "mrr", page_mrr(page, report->mrr[i].mrr_e4, report->mrr[i].currency));
    }
}

/* ---- one kind: its columns and the form ---- */

static enum err show_kind(struct page *page, enum import_kind kind, const struct form *form, const struct import_report *report)
{
    HDF *hdf = page_tree(page);
    struct import_column *columns;
    size_t count;
    bool bad = report != NULL || form->error_count > 0;

    view_form(page->ctx, hdf, form);
    TRY(page->ctx, import_columns(page->ctx, kind, &columns, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *row = hdf_row(hdf, "Columns", (int)i);

        hdf_text(row, "name", columns[i].name);
        hdf_text(row, "text", columns[i].text);
        hdf_text(row, "values", columns[i].values);
        hdf_flag(row, "required", columns[i].required);
    }
    hdf_text(hdf, "Action", arena_printf(page->ctx->arena, "/admin/import/%s", import_kind_name(kind)));
    hdf_text(hdf, "About", tr(about[kind].text));
    hdf_text(hdf, "Kind", import_kind_name(kind));
    if (report != NULL)
        fill_problems(page, hdf, report);
    return page_show(page, bad ? 422 : 200, title_of(page, kind), "admin/import_kind.cs");
}

enum err page_import_kind(struct page *page)
{
    enum import_kind kind = kind_of(page);
    const struct upload_form nothing = {.file = ""};
    struct form form;

    if (kind == 0)
        return ERR_NOT_FOUND;
    form_fill(&form, page->ctx, upload_field, COUNT_OF(upload_field), &nothing);
    return show_kind(page, kind, &form, NULL);
}

static enum err check(struct page *page, enum import_kind kind, const char *data, size_t bytes, struct import_report *report)
{
    const struct import import = {.kind = kind, .data = data, .bytes = bytes, .rows_max = IMPORT_PAGE_ROWS, .dry_run = true};

    return run_import(page->ctx, &import, report);
}

enum err page_import_kind_post(struct page *page)
{
    enum import_kind kind = kind_of(page);
    const struct upload *upload = page_file(page, "file");
    const struct upload_form chosen = {.file = upload != NULL ? "1" : ""};
    struct import_file file = {.kind = page->arg[0]};
    struct import_report *report = ARENA_NEW(page->ctx->arena, struct import_report);
    struct pairs pairs = {ARENA_ARRAY(page->ctx->arena, struct pair, page->body.count + 1), 0};
    struct upload_form values;
    struct form form;

    if (kind == 0)
        return ERR_NOT_FOUND;
    /* A browser without a choice sends an empty file; a form without any is read in the same way. */
    for (size_t i = 0; i < page->body.count; i++)
        if (!str_equal(page->body.items[i].name, "file"))
            pairs.items[pairs.count++] = page->body.items[i];
    pairs.items[pairs.count++] = (struct pair){"file", chosen.file};
    page->body = pairs;
    if (!PAGE_FORM(page, &form, upload_field, &values))
        return OK;
    if (upload != NULL && upload->bytes > IMPORT_PAGE_BYTES)
        form_error(&form, "file", tr("The file is larger than 5 MB: import it with tacite-batch import, or in parts"));
    if (form.error_count > 0)
        return show_kind(page, kind, &form, NULL);
    TRY(page->ctx, check(page, kind, upload->data, upload->bytes, report));
    if (report->problem_count > 0) {
        form_error(&form, "file", tr("Nothing was imported: correct the file where it is wrong and choose it again."));
        return show_kind(page, kind, &form, report);
    }
    file.bytes.data = (const unsigned char *)upload->data;
    file.bytes.bytes = upload->bytes;
    TRY(page->ctx, insert_import_file(page->ctx, &file));
    return page_see(page, "/admin/import/%s/%lld", page->arg[0], (long long)file.id);
}

/* ---- one file: what it would do, and doing it ---- */

static enum err find_file(struct page *page, struct import_file *file)
{
    long long id;
    enum err err = str_to_i64(page->arg[1], 1, INT64_MAX, &id) ? import_file_by_id(page->ctx, id, file) : ERR_NOT_FOUND;

    return err == OK && !str_equal(file->kind, page->arg[0]) ? ERR_NOT_FOUND : err;
}

static enum err show_file(struct page *page, const struct import_file *file, enum import_kind kind)
{
    struct import_report *report = ARENA_NEW(page->ctx->arena, struct import_report);
    HDF *hdf = page_tree(page);
    bool done = str_equal(file->state, "done");

    hdf_text(hdf, "Action", arena_printf(page->ctx->arena, "/admin/import/%s/%lld", file->kind, (long long)file->id));
    hdf_text(hdf, "Back", arena_printf(page->ctx->arena, "/admin/import/%s", file->kind));
    hdf_text(hdf, "List", about[kind].back);
    hdf_text(hdf, "Digest", str_cut(page->ctx->arena, encode_hex(page->ctx->arena, file->digest, sizeof file->digest), HEX_SHOWN));
    hdf_text(hdf, "Uploaded", page_instant(page, file->uploaded_at));
    hdf_flag(hdf, "Done", done);
    if (done) {
        fill_counts(page, hdf, file->created, file->changed, file->unchanged);
        return page_show(page, 200, title_of(page, kind), "admin/import_file.cs");
    }
    TRY(page->ctx, check(page, kind, (const char *)file->bytes.data, file->bytes.bytes, report));
    fill_counts(page, hdf, report->created, report->changed, report->unchanged);
    fill_balance(page, hdf, report);
    fill_problems(page, hdf, report);
    hdf_flag(hdf, "May", report->problem_count == 0);
    return page_show(page, 200, title_of(page, kind), "admin/import_file.cs");
}

enum err page_import_file(struct page *page)
{
    enum import_kind kind = kind_of(page);
    struct import_file file;
    enum err err = kind != 0 ? find_file(page, &file) : ERR_NOT_FOUND;

    return err == OK ? show_file(page, &file, kind) : err;
}

enum err page_import_file_post(struct page *page)
{
    enum import_kind kind = kind_of(page);
    struct import_report *report = ARENA_NEW(page->ctx->arena, struct import_report);
    struct import_file file;
    enum err err = kind != 0 ? find_file(page, &file) : ERR_NOT_FOUND;

    if (err != OK)
        return err;
    if (str_equal(file.state, "checked")) {
        const struct import import = {.kind = kind, .data = (const char *)file.bytes.data, .bytes = file.bytes.bytes,
                                      .rows_max = IMPORT_PAGE_ROWS, .file_id = file.id};

        err = run_import(page->ctx, &import, report);
        if (err == ERR_CONFLICT) { /* pressed twice, or something changed meanwhile: the page tells where it stands */
            ctx_forget_error(page->ctx);
            err = OK;
        }
    }
    return err == OK ? page_see(page, "/admin/import/%s/%lld", file.kind, (long long)file.id) : err;
}

/* ---- files to take away ---- */

static enum err send_table(struct page *page, const char *name, const struct str *table)
{
    respond_file(page->response, "text/csv; charset=utf-8", name, table->text, table->bytes);
    return OK;
}

enum err page_import_sample(struct page *page)
{
    enum import_kind kind = kind_of(page);
    struct str table = str_new(page->ctx->arena);

    if (kind == 0)
        return ERR_NOT_FOUND;
    TRY(page->ctx, import_sample(page->ctx, kind, &table));
    return send_table(page, arena_printf(page->ctx->arena, "%s-sample.csv", page->arg[0]), &table);
}

enum err page_export(struct page *page)
{
    enum import_kind kind = kind_of(page);
    struct str table = str_new(page->ctx->arena);

    if (kind == 0)
        return ERR_NOT_FOUND;
    TRY(page->ctx, export_rows(page->ctx, kind, &table));
    TRY(page->ctx, note_audit(page->ctx, "export", page->arg[0], "ok"));
    return send_table(page, arena_printf(page->ctx->arena, "%s.csv", page->arg[0]), &table);
}
