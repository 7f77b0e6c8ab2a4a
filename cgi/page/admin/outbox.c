/* outbox: the mail that was written, what became of it, and its text. */
#include "base/str.h"
#include "page/admin/admin.h"
#include "store/history.h"
#include "store/outbox.h"
#include "text/words.h"

enum { PAGE_ROWS = 50 };

static const char *template_text(const char *template)
{
    static const struct {
        const char *template;
        const char *text;
    } name[] = {
        {"quote_sent", N_("Quote")},
        {"quote_replaced", N_("New version of a quote")},
        {"quote_declined", N_("Quote declined")},
        {"quote_question", N_("Question about a quote")},
        {"quote_answer", N_("Answer to a question")},
        {"quote_signed", N_("Quote signed")},
        {"order_confirm", N_("Order confirmed")},
        {"order_confirmed", N_("Order confirmed")},
        {"order_seller", N_("New order")},
        {"invoice_new", N_("Invoice")},
        {"receipt", N_("Receipt")},
        {"pay_failed", N_("Payment declined")},
        {"renewal_declined", N_("Payment declined")},
        {"link_new", N_("New link")},
        {"method_replaced", N_("Payment method replaced")},
        {"password_reset", N_("New password")},
    };

    for (size_t i = 0; i < COUNT_OF(name); i++)
        if (str_equal(template, name[i].template))
            return tr(name[i].text);
    return template;
}

static void state_badge(HDF *node, const char *state)
{
    if (str_equal(state, "sent"))
        page_badge(node, "ok", tr("Sent"));
    else if (str_equal(state, "dead"))
        page_badge(node, "bad", tr("Given up"));
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
        hdf_text(node, "what", template_text(rows[i].template));
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
    const char *token;
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
    page_fact(facts, &n, tr("Message"), history_param(page->ctx->arena, row.params, "message"));
    hdf_text(hdf, "Mail.what", template_text(row.template));
    state_badge(hdf_node(hdf, "Mail.state"), row.state);
    /* The link opens somebody else's page: only a house without real customers shows it. */
    if (page->tenant->test) {
        TRY(page->ctx, outbox_token(page->ctx, &row, &token));
        if (token[0] != '\0')
            hdf_text(hdf, "Mail.link", arena_printf(page->ctx->arena, "/l/%s", token));
    }
    return page_show(page, 200, template_text(row.template), "admin/outbox_mail.cs");
}
