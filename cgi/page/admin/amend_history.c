/* amend_history: changes on the page of their subscription: what waits, the quotes that would change it, what was changed, the
 * contract on any day. */
#include "page/admin/amend.h"

#include "base/str.h"
#include "core/amendment.h"
#include "core/date.h"
#include "page/amend_card.h"
#include "service/contract_then.h"
#include "store/amendment.h"
#include "store/quote.h"
#include "text/parse.h"
#include "text/phrase.h"
#include "text/words.h"

enum { CHANGES_ROWS = 50, PROPOSALS_ROWS = 20 };

static const char *kind_text(const char *kind)
{
    switch (amendment_kind_from_name(kind)) {
    case AMENDMENT_LINES: return tr("Change of lines or plan");
    case AMENDMENT_PAUSE: return tr("Pause");
    case AMENDMENT_RESUME: return tr("Resumption");
    case AMENDMENT_CLOSE: return tr("End");
    case AMENDMENT_RENEW: return tr("Early renewal");
    case AMENDMENT_REACTIVATE: return tr("Reactivation");
    case AMENDMENT_TRANSFER: return tr("Transfer");
    case AMENDMENT_DISCOUNT: return tr("Discount");
    }
    return kind;
}

static const char *state_text(const struct amendment_row *row)
{
    return str_equal(row->state, "applied") ? tr("Applied") : str_equal(row->state, "planned") ? tr("Planned")
           : str_equal(row->state, "undone") ? tr("Undone") : tr("Failed");
}

/* "Notice: 60 days. Minimum duration: 12 months." of a renewal. */
static enum err fill_terms(struct page *page, HDF *node, const struct amendment_row *row)
{
    struct arena *arena = page->ctx->arena;
    struct str text = str_new(arena);
    struct amendment_terms terms;
    enum err err = amendment_terms(page->ctx, row->id, &terms);

    if (err == ERR_NOT_FOUND) {
        ctx_forget_error(page->ctx);
        return OK;
    }
    TRY(page->ctx, err);
    str_append(&text, tr_fill(arena, "Notice: {duration}.", "duration", terms.notice_days > 0 ? phrase_days(arena, terms.notice_days) : tr("none"), NULL));
    if (terms.commitment_months > 0)
        str_printf(&text, " %s", tr_fill(arena, "Minimum duration: {duration}.", "duration", phrase_months(arena, terms.commitment_months), NULL));
    hdf_text(node, "terms", text.text);
    return OK;
}

static enum err fill_change(struct page *page, HDF *node, const struct subscription *s, const struct amendment_row *row)
{
    struct amendment_document *documents;
    const char *words;
    size_t count;

    if (row->quote_id != 0) {
        TRY(page->ctx, fill_terms(page, node, row));
        hdf_text(node, "quote", row->quote_number);
    }
    TRY(page->ctx, amend_discount_words(page, row, s, &words));
    if (words[0] != '\0')
        hdf_text(node, "terms", words);
    TRY(page->ctx, amendment_documents(page->ctx, row->id, &documents, &count));
    hdf_text(node, "on", page_date(page, row->effective_on));
    hdf_text(node, "text", str_equal(row->quote_kind, "renewal") ? tr("Renewal by quote") : row->quote_id != 0 ? tr("Change by quote") : kind_text(row->kind));
    hdf_text(node, "reason", row->quote_id != 0 ? "" : row->reason); /* the quote's number */
    hdf_text(node, "failure", row->failure[0] != '\0' ? tr(row->failure) : "");
    hdf_text(node, "before", page_mrr(page, row->mrr_before_e4, row->currency));
    hdf_text(node, "after", page_mrr(page, row->mrr_after_e4, row->currency));
    page_badge(hdf_node(node, "state"), str_equal(row->state, "applied") ? "ok" : str_equal(row->state, "planned") ? "info"
                                        : str_equal(row->state, "failed") ? "bad" : "neutral", state_text(row));
    for (size_t i = 0; i < count; i++) {
        HDF *document = hdf_row(node, "documents", (int)i);

        hdf_text(document, "href", arena_printf(page->ctx->arena, "/admin/invoices/%s", documents[i].number));
        hdf_text(document, "number", documents[i].number);
    }
    return OK;
}

static enum err fill_then(struct page *page, HDF *hdf, const struct subscription *s)
{
    const char *typed = page_query(page, "on");
    struct contract_on then;
    HDF *node = hdf_node(hdf, "Then");
    int row = 0;
    int32_t on;

    hdf_text(node, "value", typed);
    if (typed[0] == '\0')
        return OK;
    if (parse_date(typed, page->ctx->language, &on) != PARSE_OK) {
        hdf_text(node, "err", tr("Enter a date, for example 31/12/2026"));
        return OK;
    }
    TRY(page->ctx, contract_on(page->ctx, s, on, &then));
    hdf_text(node, "text", then.paused ? tr("Paused on that day.") : !then.running ? tr("Not running on that day.")
                           : tr_fill(page->ctx->arena, "{amount} {period}, excl. VAT", "amount", page_money(page, then.period_minor, s->currency), "period",
                                     phrase_per(page->ctx->arena, (struct recurrence){recurrence_unit_from_name(then.unit), then.count}), NULL));
    hdf_text(node, "mrr", page_mrr(page, then.mrr_e4, s->currency));
    if (then.term.notice_days > 0)
        page_fact(node, &row, tr("Notice"), phrase_days(page->ctx->arena, then.term.notice_days));
    if (then.term.commitment_until_on != DATE_NONE)
        page_fact(node, &row, tr("Committed until"), page_date(page, then.term.commitment_until_on - 1));
    for (size_t i = 0; i < then.discounts.count; i++) {
        const struct discount *d = &then.discounts.of[i];

        page_fact(node, &row, tr("Discount"), phrase_given(page->ctx->arena, page->ctx->language, d->code, d->ppm, d->amount_minor, s->currency,
                                                          (struct recurrence){0}, 0));
    }
    for (size_t i = 0; i < then.line_count; i++)
        hdf_text(hdf_row(node, "lines", (int)i), "text", amend_what(page, then.lines[i].description, then.lines[i].quantity_e4));
    return OK;
}

/* The quotes that would change it, and wait for their customer or for the seller. */
static enum err fill_proposals(struct page *page, HDF *hdf, const struct subscription *s)
{
    struct quote_list_row *rows;
    size_t count;

    TRY(page->ctx, quotes_of_contract(page->ctx, s->id, PROPOSALS_ROWS, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const struct quote_facts facts = {.state = rows[i].state, .version_is_current = true, .valid_until_on = rows[i].valid_until_on,
                                          .today_on = page->ctx->today_on};
        HDF *node = hdf_row(hdf, "Proposals", (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/quotes/%s", rows[i].number));
        hdf_text(node, "number", rows[i].number);
        hdf_text(node, "kind", tr(quote_kind_text(quote_kind_from_name(rows[i].kind_name))));
        page_quote_badge(hdf_node(node, "state"), quote_state_now(&facts));
        hdf_text(node, "period", page_money(page, rows[i].period_minor, rows[i].currency));
        hdf_text(node, "until", page_date(page, rows[i].valid_until_on));
    }
    return OK;
}

enum err amend_fill_subscription(struct page *page, HDF *hdf, const struct subscription *s)
{
    struct amendment_row *rows;
    size_t count;

    TRY(page->ctx, amendments_of(page->ctx, s->id, CHANGES_ROWS, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const char *words;

        TRY(page->ctx, fill_change(page, hdf_row(hdf, "Changes", (int)i), s, &rows[i]));
        if (!str_equal(rows[i].state, "planned"))
            continue;
        TRY(page->ctx, amend_discount_words(page, &rows[i], s, &words));
        hdf_text(hdf, "Planned.text", arena_printf(page->ctx->arena, "%s%s%s", tr_fill(page->ctx->arena, "Planned for {date}: {what}.", "date",
                                                   page_date(page, rows[i].effective_on), "what", kind_text(rows[i].kind), NULL),
                                                   words[0] != '\0' ? " " : "", words));
        hdf_text(hdf, "Planned.action", arena_printf(page->ctx->arena, "/admin/subscriptions/%s/amendments/%lld/undo", s->number, (long long)rows[i].id));
    }
    TRY(page->ctx, fill_proposals(page, hdf, s));
    hdf_text(hdf, "Amend.href", arena_printf(page->ctx->arena, "/admin/subscriptions/%s/amend", s->number));
    return fill_then(page, hdf, s);
}
