#include "page/mandate_view.h"

#include "base/str.h"
#include "core/date.h"
#include "core/mandate.h"
#include "core/return_code.h"
#include "page/texts.h"
#include "store/invoice.h"
#include "text/words.h"

static const char *day_or(struct page *page, int32_t on, const char *none)
{
    return on == DATE_NONE ? none : page_date(page, on);
}

/* Until when the last debit can be taken back (SEP-06). */
static const char *refund_text(struct page *page, const struct mandate *m)
{
    enum sepa_scheme scheme = sepa_scheme_from_name(m->scheme);

    if (scheme == SCHEME_B2B)
        return tr("None for debits that were allowed: the mandate is between businesses");
    if (m->last_collected_on == DATE_NONE)
        return tr("8 weeks without a reason, 13 months for a debit that was not allowed");
    return tr_fill(page->ctx->arena, "The last debit: until {date} without a reason, until {later} if it was not allowed", "date",
                   page_date(page, refund_until_on(scheme, true, m->last_collected_on) - 1), "later",
                   page_date(page, refund_until_on(scheme, false, m->last_collected_on) - 1), NULL);
}

enum err view_mandate(struct page *page, HDF *node, const struct mandate *m, const char *papers)
{
    enum mandate_state state = mandate_state_from_name(m->state);
    HDF *facts = hdf_node(node, "Facts");
    struct mandate_change *changes;
    size_t count;
    bool paper;
    int row = 0;

    TRY(page->ctx, document_exists(page->ctx, "mandate", m->payment_method_id, &paper));
    hdf_flag(node, "Mandate.paper", paper);
    hdf_text(node, "Mandate.reference", m->reference);
    page_badge(hdf_node(node, "Mandate.badge"), state == MANDATE_ACTIVE ? "ok" : state == MANDATE_SUSPENDED ? "bad" : "neutral", tr(mandate_state_text(state)));
    page_fact(facts, &row, tr("Scheme"), str_equal(m->scheme, "b2b") ? tr("SEPA B2B, between businesses") : tr("SEPA Core"));
    page_fact(facts, &row, tr("Payment"), m->one_off ? tr("One-off") : tr("Recurrent"));
    page_fact(facts, &row, tr("Account holder"), m->holder);
    page_fact(facts, &row, tr("Account"), m->account_masked);
    page_fact(facts, &row, tr("Creditor"), arena_printf(page->ctx->arena, "%s, %s", m->creditor_name, m->creditor_id));
    page_fact(facts, &row, tr("Signed by"), m->signed_name);
    page_fact(facts, &row, tr("Signed on"), day_or(page, m->signed_on, ""));
    if (str_equal(m->scheme, "b2b"))
        page_fact(facts, &row, tr("Known to the payer's bank since"), day_or(page, m->confirmed_on, tr("not yet: nothing is debited before")));
    page_fact(facts, &row, tr("Last debit"), day_or(page, m->last_collected_on, tr("none yet")));
    if (m->ended_on != DATE_NONE)
        page_fact(facts, &row, tr("Ended on"), page_date(page, m->ended_on));
    else if (m->signed_on != DATE_NONE)
        page_fact(facts, &row, tr("Expires without a debit on"), page_date(page, mandate_expires_on(m->signed_on, m->last_collected_on)));
    page_fact(facts, &row, tr("Refunds by the bank"), refund_text(page, m));
    TRY(page->ctx, mandate_changes(page->ctx, m->payment_method_id, &changes, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *change = hdf_row(node, "Changes", (int)i);

        TRY(page->ctx, document_exists(page->ctx, "mandate_amendment", changes[i].id, &paper));
        if (paper)
            hdf_text(change, "href", arena_printf(page->ctx->arena, "%s/%lld.pdf", papers, (long long)changes[i].id));
        hdf_text(change, "text", tr_fill(page->ctx->arena, "{date}: account {before} became {after}", "date", page_date(page, changes[i].signed_on), "before",
                                         changes[i].before_masked, "after", changes[i].account_masked, NULL));
    }
    return OK;
}
