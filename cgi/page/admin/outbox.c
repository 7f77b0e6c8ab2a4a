/* outbox: the mail that was written, what became of it, and its text. */
#include "base/str.h"
#include "page/admin/admin.h"
#include "store/history.h"
#include "service/mail_text.h"
#include "store/outbox.h"
#include "text/words.h"
#include "view/letter_view.h"

enum { PAGE_ROWS = 50 };

static void state_badge(HDF *node, const char *state)
{
    if (str_equal(state, "sent"))
        page_badge(node, "ok", tr("Sent"));
    else if (str_equal(state, "dead"))
        page_badge(node, "bad", tr("Given up"));
    else if (str_equal(state, "needless"))
        page_badge(node, "neutral", tr("Not sent: paid meanwhile"));
    else
        page_badge(node, "info", tr("Waiting"));
}

enum err page_outbox(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct outbox_row *rows;
    size_t count;

    TRY(page->ctx, outbox_list(page->ctx, page_query_id(page, "before"), PAGE_ROWS + 1, &rows, &count));
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/outbox/%lld", (long long)rows[i].id));
        hdf_text(node, "what", tr(mail_template_text(rows[i].template)));
        hdf_text(node, "number", history_param(page->ctx->arena, rows[i].params, "number"));
        hdf_text(node, "to", rows[i].to_address);
        hdf_text(node, "at", page_instant(page, rows[i].sent_at != 0 ? rows[i].sent_at : rows[i].created_at));
        state_badge(node, rows[i].state);
    }
    if (count == 0)
        hdf_text(hdf, "Empty.text", tr("No e-mail was written yet."));
    if (count > PAGE_ROWS) {
        hdf_text(hdf, "Pager.text", tr("Newest first"));
        hdf_text(hdf, "Pager.next", arena_printf(page->ctx->arena, "/admin/outbox?before=%lld", (long long)rows[PAGE_ROWS - 1].id));
    }
    return page_show(page, 200, tr("Outbox"), "admin/outbox.cs");
}

enum err page_outbox_mail(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct outbox_row row;
    struct letter letter;
    const char *token = "";
    const char *plain;
    const char *html;
    HDF *facts;
    long long id;
    int n = 0;
    enum err err;

    if (!str_to_i64(page->arg[0], 1, INT64_MAX, &id))
        return ERR_NOT_FOUND;
    err = outbox_by_id(page->ctx, id, &row);
    if (err != OK)
        return err;
    facts = hdf_node(hdf, "Facts");
    page_fact(facts, &n, tr("To"), arena_printf(page->ctx->arena, "%s <%s>", row.to_name, row.to_address));
    page_fact(facts, &n, tr("About"), history_param(page->ctx->arena, row.params, "number"));
    page_fact(facts, &n, tr("Language"), str_equal(row.language, "fr") ? tr("French") : tr("English"));
    page_fact(facts, &n, tr("Written"), page_instant(page, row.created_at));
    page_fact(facts, &n, tr("Sent"), page_instant(page, row.sent_at));
    page_fact(facts, &n, tr("Tries"), page_number(page, row.tries));
    page_fact(facts, &n, tr("Last error"), row.error);
    hdf_text(hdf, "Mail.what", tr(mail_template_text(row.template)));
    state_badge(hdf_node(hdf, "Mail.state"), row.state);
    /* The link opens somebody else's page: only a house without real customers shows it. */
    if (page->tenant->test)
        TRY(page->ctx, outbox_token(page->ctx, &row, &token));
    if (token[0] != '\0')
        hdf_text(hdf, "Mail.link", arena_printf(page->ctx->arena, "/l/%s", token));
    TRY(page->ctx, mail_text_of(page->ctx, &row, token, &letter));
    TRY(page->ctx, view_letter(page->ctx, &letter, &plain, &html));
    hdf_text(hdf, "Mail.subject", letter.subject);
    hdf_text(hdf, "Mail.lang", letter.language);
    hdf_text(hdf, "Mail.text", plain);
    for (size_t i = 0; i < letter.attachment_count; i++)
        hdf_text(hdf_row(hdf, "Attached", (int)i), "name", letter.attachments[i].name);
    return page_show(page, 200, tr(mail_template_text(row.template)), "admin/outbox_mail.cs");
}
