/* debits: direct debits that wait for a file, the files for the bank, and the seller's terms with it. */
#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "core/iban.h"
#include "core/target_day.h"
#include "page/admin/admin.h"
#include "page/admin/money_rows.h"
#include "store/tenant.h"
#include "text/words.h"
#include "service/debit_answers.h"
#include "service/debit_files.h"
#include "service/debit_terms.h"

enum { WAITING_MAX = 200, PAGE_ROWS = 20 };

static bool waits_for_notice(const struct page *page, const struct collection_row *row)
{
    return !row->noticed && tenant_announces(page->ctx->tenant);
}

static enum err show_collections(struct page *page, int status, const char *problem)
{
    HDF *hdf = page_tree(page);
    struct collection_row *rows;
    struct collection_file *files;
    struct debit_terms terms;
    struct target_terms bank;
    size_t count, file_count;
    int64_t sum = 0;
    int32_t by_on;

    TRY(page->ctx, debit_terms(page->ctx, &terms));
    TRY(page->ctx, waiting_collections(page->ctx, date_from_civil(9999, 12, 31), WAITING_MAX, false, &rows, &count));
    TRY(page->ctx, collection_files(page->ctx, page_query_id(page, "before"), PAGE_ROWS + 1, &files, &file_count));
    bank = (struct target_terms){terms.lead_days, terms.cut_off_hour * 60};
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "customer", rows[i].customer_name);
        hdf_text(node, "number", rows[i].number);
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/invoices/%s", rows[i].number));
        hdf_text(node, "mandate", rows[i].reference);
        hdf_text(node, "on", page_date(page, rows[i].collect_on));
        by_on = collection_file_by(&bank, rows[i].collect_on);
        hdf_text(node, "by", waits_for_notice(page, &rows[i])
                                 ? tr("its notice has not left")
                                 : tr_fill(page->ctx->arena, by_on < page->ctx->today_on ? N_("late: the file was due by {date}") : N_("file by {date}"), "date",
                                           page_date(page, by_on), NULL));
        hdf_text(node, "amount", page_money(page, rows[i].amount_minor, "EUR"));
        sum += rows[i].amount_minor;
    }
    if (count > 0)
        hdf_text(hdf, "Press", tr_fill(page->ctx->arena, "Make the file of {amount}", "amount", page_money(page, sum, "EUR"), NULL));
    for (size_t i = 0; i < file_count && i < PAGE_ROWS; i++) {
        HDF *node = hdf_row(hdf, "Files", (int)i);

        hdf_text(node, "name", files[i].message_id);
        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/collections/%lld.xml", (long long)files[i].id));
        hdf_text(node, "version", files[i].version);
        hdf_text(node, "count", arena_printf(page->ctx->arena, "%d", files[i].collection_count));
        hdf_text(node, "on", page_date(page, files[i].first_on));
        hdf_text(node, "at", page_instant(page, files[i].made_at));
        hdf_text(node, "amount", page_money(page, files[i].sum_minor, "EUR"));
        if (files[i].answer[0] == '\0' && !files[i].spoken)
            hdf_text(node, "ask", arena_printf(page->ctx->arena, "/admin/collections/%lld/sent", (long long)files[i].id));
        else
            hdf_text(node, "sent", str_equal(files[i].answer, "never") ? tr("never sent") : tr("sent"));
    }
    hdf_flag(hdf, "Off", terms.creditor_id[0] == '\0');
    if (count == 0)
        hdf_text(hdf, "Nothing", tr("No direct debit waits for a file."));
    if (file_count > PAGE_ROWS)
        money_pager(page, hdf, "/admin/collections?all=1", files[PAGE_ROWS - 1].id);
    admin_flash(page);
    if (problem != NULL)
        layout_flash(hdf, "bad", problem, NULL, NULL);
    return page_show(page, status, tr("Direct debits"), "admin/collections.cs");
}

enum err page_collections(struct page *page)
{
    return show_collections(page, 200, NULL);
}

enum err page_collections_post(struct page *page)
{
    const struct once once = admin_once(page, "/admin/collections?did={ref}");
    struct collection_making making;

    if (!page_press(page))
        return OK;
    TRY(page->ctx, make_collection_file(page->ctx, &making, &once));
    if (making.count > 0 || making.anew > 0)
        return page_see(page, "%s", making.url);
    return show_collections(page, 422, making.unnoticed > 0 ? tr("Nothing can leave yet: the e-mails that announce these debits have not left.")
                                                            : tr("Nothing is left to collect: what waited was paid or credited, or its mandate is gone."));
}

/* The same bytes each time. */
enum err page_collection_file(struct page *page)
{
    struct collection_bytes file;
    long long id;
    enum err err = str_to_i64(page->arg[0], 1, INT64_MAX, &id) ? collection_file_bytes(page->ctx, id, &file) : ERR_NOT_FOUND;

    if (err == OK)
        respond_file(page->response, "application/xml", arena_printf(page->ctx->arena, "%s.xml", file.message_id), file.bytes.data, file.bytes.bytes);
    return err;
}

/* ---- was it sent? ---- */

struct sent_form {
    const char *answer;
};
static const struct field_option sent_option[] = {
    {"sent", N_("Yes, the bank has it"), N_("Its debits count as paid when the bank says so, or when they can no longer come back.")},
    {"never", N_("No, and it never will"), N_("Its debits are given up; what is still owed is announced and collected anew, in another file.")},
};
static const struct field sent_field[] = {
    {.kind = FIELD_CHOICE, .name = "answer", .label = N_("Was this file handed to the bank?"), .required = true, .missing = N_("Say whether the bank has it."),
     .options = sent_option, .option_count = COUNT_OF(sent_option), .offset = offsetof(struct sent_form, answer)},
};

static enum err load_file(struct page *page, struct collection_file *file)
{
    long long id;

    return str_to_i64(page->arg[0], 1, INT64_MAX, &id) ? collection_file_by_id(page->ctx, id, file) : ERR_NOT_FOUND;
}

static enum err show_sent(struct page *page, const struct collection_file *file, const struct form *form)
{
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    int row = 0;

    hdf_text(hdf, "File.name", file->message_id);
    hdf_text(hdf, "File.href", arena_printf(page->ctx->arena, "/admin/collections/%lld.xml", (long long)file->id));
    hdf_text(hdf, "File.action", arena_printf(page->ctx->arena, "/admin/collections/%lld/sent", (long long)file->id));
    page_fact(facts, &row, tr("Made"), page_instant(page, file->made_at));
    page_fact(facts, &row, tr("First debit on"), page_date(page, file->first_on));
    page_fact(facts, &row, tr("Debits"), arena_printf(page->ctx->arena, "%d", file->collection_count));
    page_fact(facts, &row, tr("Amount"), page_money(page, file->sum_minor, "EUR"));
    if (form->error_count > 0)
        return page_show_form(page, form, tr("Was the file sent?"), "admin/collection_sent.cs");
    view_form(page->ctx, hdf, form);
    return page_show(page, 200, tr("Was the file sent?"), "admin/collection_sent.cs");
}

enum err page_collection_sent(struct page *page)
{
    struct sent_form values = {""};
    struct collection_file file;
    struct form form;
    enum err err = load_file(page, &file);

    if (err != OK)
        return err;
    if (file.answer[0] != '\0')
        return page_see(page, "/admin/collections");
    form_fill(&form, page->ctx, sent_field, COUNT_OF(sent_field), &values);
    return show_sent(page, &file, &form);
}

enum err page_collection_sent_post(struct page *page)
{
    struct collection_file file;
    struct sent_form values;
    struct file_answer answer;
    struct once once;
    struct form form;
    enum err err = load_file(page, &file);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, sent_field, &values))
        return OK;
    if (form.error_count > 0)
        return show_sent(page, &file, &form);
    answer = (struct file_answer){.file_id = file.id, .sent = str_equal(values.answer, "sent")};
    once = admin_once(page, answer.sent ? "/admin/collections?did=file_sent" : "/admin/collections?did=file_never");
    TRY(page->ctx, answer_for_file(page->ctx, &answer, &once));
    if (answer.refusal == FILE_NOT_REFUSED)
        return page_see(page, "%s", answer.url);
    if (answer.refusal == FILE_ANSWERED)
        return page_error(page, 409, tr(file_refusal_text(answer.refusal)));
    form_error(&form, "answer", tr(file_refusal_text(answer.refusal)));
    return show_sent(page, &file, &form);
}

/* ---- terms ---- */

struct terms_form {
    const char *creditor_id;
    const char *version;
    int64_t lead_days;
    int64_t cut_off_hour;
    int64_t notice_days;
    bool mark_first;
};
#define AT(member) .offset = offsetof(struct terms_form, member)

static const struct field_option version_option[] = {{"pain.008.001.08", "pain.008.001.08", NULL}, {"pain.008.001.02", "pain.008.001.02", NULL}};
static const struct field terms_field[] = {
    {.kind = FIELD_TEXT, .name = "creditor_id", .label = N_("SEPA creditor identifier"), .max = 60,
     .hint = N_("Your bank gives it, for example FR72ZZZ123456. Without it nothing is collected."), AT(creditor_id)},
    {.kind = FIELD_CHOICE, .name = "version", .label = N_("Version of the file"), .required = true, .options = version_option,
     .option_count = COUNT_OF(version_option), .hint = N_("As your bank asks for"), AT(version)},
    {.kind = FIELD_INTEGER, .name = "lead_days", .label = N_("Banking days that the bank needs"), .required = true, .min = 1, .max = 5, AT(lead_days)},
    {.kind = FIELD_INTEGER, .name = "cut_off_hour", .label = N_("Files count for the day until this hour"), .required = true, .min = 1, .max = 24, AT(cut_off_hour)},
    {.kind = FIELD_INTEGER, .name = "notice_days", .label = N_("Days between notice and debit"), .required = true, .min = 1, .max = 14,
     .hint = N_("14, unless your terms of sale agree on fewer"), AT(notice_days)},
    {.kind = FIELD_CHECK, .name = "mark_first", .label = N_("My bank still wants the first debit of a mandate marked (FRST)"),
     .hint = N_("Banks have not needed it since November 2016"), AT(mark_first)},
};

static enum err show_terms(struct page *page, const struct form *form)
{
    HDF *hdf = page_tree(page);

    hdf_flag(hdf, "NoAccount", page->company.iban[0] == '\0');
    admin_flash(page);
    if (form->error_count > 0)
        return page_show_form(page, form, tr("Direct debit settings"), "admin/debit_terms.cs");
    view_form(page->ctx, hdf, form);
    return page_show(page, 200, tr("Direct debit settings"), "admin/debit_terms.cs");
}

enum err page_debit_terms(struct page *page)
{
    struct debit_terms terms;
    struct terms_form values;
    struct form form;

    TRY(page->ctx, debit_terms(page->ctx, &terms));
    values = (struct terms_form){terms.creditor_id, terms.version, terms.lead_days, terms.cut_off_hour, terms.notice_days, terms.mark_first};
    form_fill(&form, page->ctx, terms_field, COUNT_OF(terms_field), &values);
    return show_terms(page, &form);
}

enum err page_debit_terms_post(struct page *page)
{
    const struct once once = admin_once(page, "/admin/settings/debit?did=saved");
    char creditor_id[CREDITOR_ID_BYTES] = "";
    struct terms_form values;
    struct debit_terms terms;
    struct form form;
    const char *url;

    if (!PAGE_FORM(page, &form, terms_field, &values))
        return OK;
    if (!str_empty(values.creditor_id)) {
        enum creditor_id_verdict verdict = creditor_id_normalise(values.creditor_id, creditor_id) ? creditor_id_verdict(creditor_id) : CREDITOR_ID_WRONG_SHAPE;

        if (verdict != CREDITOR_ID_WELL_FORMED)
            form_error(&form, "creditor_id", tr(creditor_id_verdict_text(verdict)));
    }
    if (form.error_count > 0)
        return show_terms(page, &form);
    terms = (struct debit_terms){creditor_id, values.version, (int32_t)values.lead_days, (int32_t)values.cut_off_hour, (int32_t)values.notice_days,
                                 values.mark_first};
    TRY(page->ctx, change_debit_terms(page->ctx, &terms, &once, &url));
    return page_see(page, "%s", url);
}
