/* outbox: the mail that was written, what became of it, and its text. */
#include "base/check.h"
#include "base/str.h"
#include "page/admin/admin.h"
#include "store/history.h"
#include "service/announcing.h"
#include "service/mail_text.h"
#include "store/claim.h"
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
    else if (str_equal(state, "told"))
        page_badge(node, "ok", tr("Told otherwise"));
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

/* ---- an announcement that was refused ---- */

struct announce_form {
    const char *how;
    const char *email;
};
static const struct field_option how_option[] = {
    {"again", N_("Send the e-mail again"), N_("To the address below; correct it on the customer's page too.")},
    {"told", N_("The customer was told otherwise"), N_("By letter or telephone, today: the days until the debit count from now on.")},
};
static const struct field announce_field[] = {
    {.kind = FIELD_CHOICE, .name = "how", .label = N_("How is this debit announced?"), .required = true, .missing = N_("Say how the customer is told."),
     .options = how_option, .option_count = COUNT_OF(how_option), .offset = offsetof(struct announce_form, how)},
    {.kind = FIELD_EMAIL, .name = "email", .label = N_("E-mail address"), .max = 254, .offset = offsetof(struct announce_form, email)},
};

static enum err load_mail(struct page *page, struct outbox_row *row)
{
    long long id;

    return str_to_i64(page->arg[0], 1, INT64_MAX, &id) ? outbox_by_id(page->ctx, id, row) : ERR_NOT_FOUND;
}

/* form NULL: as the page is opened. */
static enum err show_mail(struct page *page, const struct outbox_row *mail, const struct form *form)
{
    HDF *hdf = page_tree(page);
    const struct outbox_row row = *mail;
    struct announce_form values = {"", row.to_address};
    struct form fresh;
    bool waits;
    struct letter letter;
    const char *token = "";
    const char *plain;
    const char *html;
    HDF *facts;
    int n = 0;

    TRY(page->ctx, awaits_announcement(page->ctx, &row, &waits));
    facts = hdf_node(hdf, "Facts");
    page_fact(facts, &n, tr("To"), arena_printf(page->ctx->arena, "%s <%s>", row.to_name, row.to_address));
    page_fact(facts, &n, tr("About"), history_param(page->ctx->arena, row.params, "number"));
    page_fact(facts, &n, tr("Language"), str_equal(row.language, "fr") ? tr("French") : tr("English"));
    page_fact(facts, &n, tr("Written"), page_instant(page, row.created_at));
    page_fact(facts, &n, tr("Sent on"), page_instant(page, row.sent_at));
    page_fact(facts, &n, tr("Tries"), page_number(page, row.tries));
    page_fact(facts, &n, tr("Last error"), row.error);
    hdf_text(hdf, "Mail.what", tr(mail_template_text(row.template)));
    state_badge(hdf_node(hdf, "Mail.state"), row.state);
    /* The link opens somebody else's page: only a house without real customers shows it. */
    if (page->tenant->test)
        TRY(page->ctx, outbox_token(page->ctx, &row, &token));
    if (token[0] != '\0')
        hdf_text(hdf, "Mail.link", arena_printf(page->ctx->arena, "/l/%s", token));
    TRY(page->ctx, mail_text_of(page->ctx, mail_facts_of(page->ctx, &row, 1), &row, token, &letter));
    TRY(page->ctx, view_letter(page->ctx, &letter, &plain, &html));
    hdf_text(hdf, "Mail.subject", letter.subject);
    hdf_text(hdf, "Mail.lang", letter.language);
    hdf_text(hdf, "Mail.text", plain);
    for (size_t i = 0; i < letter.attachment_count; i++)
        hdf_text(hdf_row(hdf, "Attached", (int)i), "name", letter.attachments[i].name);
    admin_flash(page);
    if (waits) {
        struct invoice invoice;

        TRY(page->ctx, asked_invoice(page->ctx, row.invoice_id, &invoice));
        hdf_text(hdf, "Announce.action", arena_printf(page->ctx->arena, "/admin/outbox/%lld", (long long)row.id));
        hdf_text(hdf, "Announce.number", invoice.number);
        hdf_text(hdf, "Announce.href", arena_printf(page->ctx->arena, "/admin/%s/%s", invoice_is_claim(&invoice) ? "subscriptions" : "invoices", invoice.number));
        if (form != NULL)
            return page_show_form(page, form, tr(mail_template_text(row.template)), "admin/outbox_mail.cs");
        form_fill(&fresh, page->ctx, announce_field, COUNT_OF(announce_field), &values);
        view_form(page->ctx, hdf, &fresh);
    }
    return page_show(page, 200, tr(mail_template_text(row.template)), "admin/outbox_mail.cs");
}

enum err page_outbox_mail(struct page *page)
{
    struct outbox_row row;
    enum err err = load_mail(page, &row);

    return err != OK ? err : show_mail(page, &row, NULL);
}

enum err page_outbox_mail_post(struct page *page)
{
    struct announcing announcing = {.mail_id = 0};
    struct announce_form values;
    struct outbox_row row;
    struct once once;
    struct form form;
    bool waits, again;
    enum err err = load_mail(page, &row);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, announce_field, &values))
        return OK;
    TRY(page->ctx, awaits_announcement(page->ctx, &row, &waits));
    again = str_equal(values.how, "again");
    if (waits && again && values.email[0] == '\0' && form.error_count == 0)
        form_error(&form, "email", tr("Enter an e-mail address."));
    if (waits && form.error_count > 0)
        return show_mail(page, &row, &form);
    announcing.mail_id = row.id;
    announcing.address = again ? values.email : NULL;
    once = admin_once(page, arena_printf(page->ctx->arena, "/admin/outbox/%lld?did=%s", (long long)row.id, again ? "announced" : "told"));
    TRY(page->ctx, announce_debit(page->ctx, &announcing, &once));
    if (announcing.stale)
        return page_error(page, 409, tr("Nothing waits for this e-mail any more."));
    return page_see(page, "%s", announcing.url);
}
