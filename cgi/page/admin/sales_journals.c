/* sales_journals: the journals in which sales are booked; one is added and then stays as it is. */
#include "store/sales_journal.h"

#include "base/str.h"
#include "page/admin/admin.h"
#include "service/charting.h"
#include "text/words.h"

struct journal_form {
    const char *code;
    const char *name;
};
static const struct field journal_field[] = {
    {.kind = FIELD_TEXT, .name = "code", .label = N_("Code"), .required = true, .max = 6, .hint = N_("Such as VE. It is never changed."),
     .missing = N_("Enter the journal's code"), .offset = offsetof(struct journal_form, code)},
    {.kind = FIELD_TEXT, .name = "name", .label = N_("Name"), .required = true, .max = 60, .missing = N_("Enter the journal's name"),
     .offset = offsetof(struct journal_form, name)},
};

static enum err show_journals(struct page *page, const struct form *form)
{
    HDF *hdf = page_tree(page);
    struct sales_journal *rows;
    size_t count;

    TRY(page->ctx, sales_journals(page->ctx, &rows, &count));
    view_form(page->ctx, hdf, form);
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "code", rows[i].code);
        hdf_text(node, "name", rows[i].name[0] != '\0' ? rows[i].name : tr("Sales journal"));
    }
    return page_show(page, form->error_count > 0 ? 422 : 200, tr("Sales journals"), "admin/sales_journals.cs");
}

enum err page_sales_journals(struct page *page)
{
    struct form form;

    admin_flash(page);
    form_fill(&form, page->ctx, journal_field, COUNT_OF(journal_field), &(struct journal_form){"", ""});
    return show_journals(page, &form);
}

enum err page_sales_journals_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/accounts/journals?did=saved");
    struct charting_result result;
    struct journal_form v;
    struct form form;
    enum err err;

    if (!PAGE_FORM(page, &form, journal_field, &v))
        return OK;
    if (v.code[0] != '\0' && !sales_journal_code_ok(v.code))
        form_error(&form, "code", tr("A code has 2 to 6 capital letters and digits, and begins with a letter; AN is taken"));
    if (form.error_count > 0)
        return show_journals(page, &form);
    err = add_sales_journal(page->ctx, &(struct sales_journal){v.code, v.name}, &once, &result);
    if (err != OK)
        return err;
    if (result.taken) {
        form_error(&form, "code", tr("Another journal has this code"));
        return show_journals(page, &form);
    }
    return page_see(page, "%s", result.url);
}
