#include "page/admin/admin.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "core/date.h"
#include "core/dispute.h"
#include "core/retry.h"
#include "page/offer_view.h"
#include "service/costing.h"
#include "store/history.h"
#include "store/pricelist.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

enum { TIMELINE_ROWS = 50 };

struct once admin_once(const struct page *page, const char *to)
{
    return (struct once){page_once(page)[0] != '\0' ? page_once(page) : NULL, to};
}

void admin_flash(struct page *page)
{
    static const struct {
        const char *did;
        const char *kind;
        const char *text;
    } flash[] = {
        {"saved", "ok", N_("Saved.")},
        {"sent", "ok", N_("The quote is on its way: the e-mail stands in the outbox.")},
        {"again", "ok", N_("A new link is on its way. Earlier links no longer work.")},
        {"revoked", "ok", N_("The link no longer works.")},
        {"withdrawn", "ok", N_("The quote was withdrawn.")},
        {"mandate_confirmed", "ok", N_("The confirmation is noted: debits begin.")},
        {"mandate_revoked", "ok", N_("The mandate is revoked. Nothing more is debited under it.")},
        {"released", "ok", N_("It goes on: the next run bills what was missed.")},
        {"handed_over", "ok", N_("The subscriptions are handed over.")},
        {"amended", "ok", N_("The change is made, or planned for its day.")},
        {"amend_undone", "ok", N_("The planned change was undone.")},
        {"end", "ok", N_("The end is planned. The customer gets an e-mail.")},
        {"reported", "ok", N_("The usage is noted: it is billed when its period is over.")},
        {"usage_undone", "ok", N_("The report was taken back.")},
        {"goeson", "ok", N_("It goes on. The customer gets an e-mail.")},
        {"credited", "ok", N_("The credit note is issued; it goes to the customer by e-mail with its PDF.")},
        {"refund", "ok", N_("The refund is ordered: what became of it stands here.")},
        {"paylink", "ok", N_("A link to pay is on its way: the e-mail stands in the outbox.")},
        {"done", "ok", N_("Done.")},
        {"file", "ok", N_("The file is made: download it and hand it to your bank.")},
        {"file_anew", "warn", N_("The file is made: download it and hand it to your bank. Debits whose announced day is long over are not in it: they are announced anew and wait for the next file.")},
        {"anew", "warn", N_("No file was made: the announced day of these debits is long over. They are announced anew, and wait below for a later file.")},
        {"file_sent", "ok", N_("Noted: the bank has the file.")},
        {"file_never", "ok", N_("Noted: the debits of the file are announced and collected anew by the next run.")},
        {"announced", "ok", N_("The e-mail is sent again by the next run.")},
        {"told", "ok", N_("Noted: the customer was told. The debit can leave.")},
        {"taken", "ok", N_("The file was taken in.")},
        {"booked", "ok", N_("The entry was dealt with.")},
        {"difference", "ok", N_("The difference was dealt with.")},
        {"normal", "ok", N_("Everything is back to normal: the next run of the batch bills and collects again.")},
        {"closed", "ok", N_("The period is closed. What comes for it now is booked on the first open day.")},
        {"answered", "ok", N_("Your answer is on its way.")},
        {"rate", "ok", N_("The rate was added. It counts within half a minute.")},
        {"asked", "ok", N_("VIES was asked: what it said stands beside the VAT number.")},
        {"checked", "ok", N_("The check of the VAT number was recorded.")},
        {"clock", "ok", N_("The test clock was moved. Renewals of the days in between are billed by the next batch run.")},
        {"reset", "ok", N_("If this address is known, an e-mail with a link is on its way. The link works once, for 15 minutes.")},
        {"password", "ok", N_("Your new password is set. Please sign in.")},
        {"out", "ok", N_("You are signed out.")},
    };
    const char *did = page_query(page, "did");

    for (size_t i = 0; i < COUNT_OF(flash); i++)
        if (str_equal(did, flash[i].did))
            layout_flash(page_tree(page), flash[i].kind, tr(flash[i].text), NULL, NULL);
}

int64_t rows_from(const struct page *page)
{
    long long from;

    return str_to_i64(page_query(page, "from"), 0, INT32_MAX, &from) ? from : 0;
}

void rows_pager(const struct page *page, HDF *hdf, const char *path, int64_t from, size_t size, size_t count)
{
    struct arena *arena = page->ctx->arena;
    int64_t shown = (int64_t)(count < size ? count : size);
    int64_t before = from > (int64_t)size ? from - (int64_t)size : 0;

    if (from == 0 && count <= size)
        return;
    hdf_text(hdf, "Pager.text", tr_fill(arena, "{from} to {to}", "from", page_number(page, shown > 0 ? from + 1 : from), "to",
                                        page_number(page, from + shown), NULL));
    if (from > 0)
        hdf_text(hdf, "Pager.prev", arena_printf(arena, "%s&from=%lld", path, (long long)before));
    if (count > size)
        hdf_text(hdf, "Pager.next", arena_printf(arena, "%s&from=%lld", path, (long long)(from + (int64_t)size)));
}

enum err admin_currencies(struct page *page, HDF *hdf, const char *first, const char *chosen)
{
    const char *own = page->company.id != 0 ? page->company.currency : "EUR";
    struct price_currency *rows;
    bool listed = false;
    size_t count;
    int row = 0;

    TRY(page->ctx, price_currencies(page->ctx, &rows, &count));
    if (first != NULL)
        view_option(hdf, "currency", row++, "", first, str_empty(chosen));
    for (size_t i = 0; i < count; i++) {
        view_option(hdf, "currency", row++, rows[i].currency, rows[i].currency, str_equal(rows[i].currency, chosen));
        listed = listed || str_equal(rows[i].currency, own);
    }
    if (!listed)
        view_option(hdf, "currency", row, own, own, str_equal(own, chosen));
    return OK;
}

/* "16.50 € (33 %)" */
static const char *margin_text(const struct page *page, const struct margin *margin, const char *currency)
{
    struct arena *arena = page->ctx->arena;
    const char *amount = page_money(page, margin->margin_minor, currency);
    int32_t ppm;

    if (!margin_rate(margin, &ppm))
        return amount;
    return arena_printf(arena, "%s (%s)", amount, format_percent(arena, page->ctx->language, ppm / 1000 * 1000)); /* to a tenth */
}

enum err admin_margins(const struct page *page, HDF *hdf, const struct offer *offer, const char *prefix)
{
    struct arena *arena = page->ctx->arena;
    const char *currency = offer->version.currency;
    HDF *node = hdf_node(hdf, "Margins");
    struct offer_margins m;
    int row = 0;

    TRY(page->ctx, offer_margins(page->ctx, offer, &m));
    if (m.period.known > 0)
        page_fact(node, &row, phrase_per(arena, offer->recurrence), margin_text(page, &m.period, currency));
    if (m.once.known > 0)
        page_fact(node, &row, tr("once"), margin_text(page, &m.once, currency));
    if (m.period.known + m.once.known > 0 && m.period.unknown + m.once.unknown > 0)
        page_fact(node, &row, tr("Lines without a known cost"), page_number(page, (int64_t)(m.period.unknown + m.once.unknown)));
    for (size_t i = 0; prefix != NULL && i < offer->line_count; i++)
        if (m.lines != NULL && m.lines[i].known > 0)
            hdf_text(hdf, arena_printf(arena, "%s.%zu.margin", prefix, i),
                     tr_fill(arena, "Costs {cost}, margin {margin}", "cost", page_money(page, m.lines[i].cost_minor, currency), "margin",
                             margin_text(page, &m.lines[i], currency), NULL));
    return OK;
}

void admin_offer(const struct page *page, HDF *node, const struct offer *offer)
{
    view_offer(page, node, offer, READER_SELLER);
}

int64_t admin_id(const char *text)
{
    long long id;

    return str_to_i64(text, 1, INT64_MAX, &id) ? id : 0;
}

/* ---- timeline ---- */

/* A parameter as people read it: days and money in their language. */
static const char *said_value(const struct page *page, const struct activity *a, const char *name)
{
    const char *value = history_param(page->ctx->arena, a->params, name);
    const char *currency = history_param(page->ctx->arena, a->params, "currency");
    long long minor;
    int32_t on;

    if (currency[0] != '\0' && str_equal(name, "amount") && str_to_i64(value, INT64_MIN, INT64_MAX, &minor))
        return page_money(page, minor, currency);
    if (str_equal(a->kind, "invoice.disputed"))
        return tr(dispute_reason_text(value));
    if (str_equal(a->kind, "invoice.declined"))
        return value[0] == '\0' ? "" : tr(decline_code_text(value));
    return date_parse_iso(value, &on) ? page_date(page, on) : value;
}

static const char *activity_text(const struct page *page, const struct activity *a)
{
    static const struct {
        const char *kind;
        const char *text;
        const char *param; /* what {x} is; NULL none */
    } said[] = {
        {"quote.discount_left_out", N_("The subscription's second discount is not on this quote: grant it in its lines, or add a coupon."), NULL},
        {"quote.created", N_("Quote created"), NULL},
        {"quote.version_opened", N_("Version {x} opened"), "version"},
        {"quote.sent", N_("Sent to {x}"), "to"},
        {"quote.sent_again", N_("New link sent to {x}"), "to"},
        {"quote.link_revoked", N_("Link revoked"), NULL},
        {"quote.withdrawn", N_("Withdrawn"), NULL},
        {"quote.alternative", N_("Made as an alternative to {x}"), "number"},
        {"quote.superseded", N_("Withdrawn: the customer took {x}"), "number"},
        {"quote.declined", N_("Declined. {x}"), "reason"},
        {"quote.question", N_("Question: {x}"), "text"},
        {"quote.answer", N_("Answer: {x}"), "text"},
        {"quote.changed_by_customer", N_("The customer changed options or quantities"), NULL},
        {"quote.coupon_entered", N_("Coupon {x} entered"), "code"},
        {"quote.coupon_removed", N_("Coupon {x} removed"), "code"},
        {"quote.signed", N_("Signed by {x}"), "name"},
        {"quote.viewed", N_("Viewed by the customer"), NULL},
        {"quote.confirmed", N_("Confirmed: the order exists"), NULL},
        {"subscription.started", N_("The subscription began"), NULL},
        {"subscription.imported", N_("Taken over from another system as {x}"), "reference"},
        {"subscription.asked", N_("The next period is asked for, before it is invoiced"), NULL},
        {"subscription.held", N_("Held: {x} periods were missed"), "missed"},
        {"subscription.released", N_("Released: what was missed is billed"), NULL},
        {"subscription.renewal_quote", N_("Renewal quote {x} made"), "number"},
        {"subscription.upsell_quote", N_("Change proposed with quote {x}"), "number"},
        {"subscription.amended", N_("Changed with effect on {x}"), "on"},
        {"subscription.amendment_planned", N_("A change is planned for {x}"), "on"},
        {"subscription.amendment_undone", N_("The change planned for {x} was undone"), "on"},
        {"subscription.amendment_failed", N_("A planned change could not be made"), NULL},
        {"subscription.trial_ended", N_("The trial is over: billing begins"), NULL},
        {"subscription.term_renewed", N_("Tacitly renewed until {x}"), "until"},
        {"subscription.price_revised", N_("New prices announced from {x} on"), "on"},
        {"subscription.price_kept", N_("The new prices of {x} were undone"), "on"},
        {"subscription.ended", N_("The subscription has ended"), NULL},
        {"subscription.end_planned", N_("Its end is planned: {x} is the first day without it"), "on"},
        {"subscription.end_undone", N_("The planned end was taken back"), NULL},
        {"method.replaced", N_("New card ending in {x}"), "last4"},
        {"method.reserve", N_("The customer allows the card ending in {x} in reserve"), "last4"},
        {"method.reserve_end", N_("The customer no longer allows the card ending in {x}"), "last4"},
        {"invoice.paid", N_("Paid"), NULL},
        {"invoice.part_paid", N_("Partly paid"), NULL},
        {"invoice.advance", N_("Partly paid from what the customer had paid above earlier invoices"), NULL},
        {"invoice.returned", N_("Direct debit returned: {x}"), "code"},
        {"invoice.never_sent", N_("Not debited: file {x} was never handed to the bank"), "file"},
        {"invoice.announced_again", N_("The debit is announced again, to {x}"), "to"},
        {"invoice.announced_otherwise", N_("The customer was told of the debit by letter or telephone"), NULL},
        {"invoice.not_collected", N_("Not collected: mandate {x} does not allow it"), "reference"},
        {"mandate.signed", N_("Mandate {x} signed"), "reference"},
        {"mandate.changed", N_("Mandate {x}: another account signed"), "reference"},
        {"mandate.confirmed", N_("Mandate {x} confirmed by the customer's bank"), "reference"},
        {"mandate.revoked", N_("Mandate {x} revoked"), "reference"},
        {"mandate.expired", N_("Mandate {x} expired: not used for 36 months"), "reference"},
        {"invoice.credited", N_("Credit note {x} issued"), "number"},
        {"credit_note.issued", N_("Issued for invoice {x}"), "invoice"},
        {"invoice.disputed", N_("Disputed by the card's bank: {x}"), "reason"},
        {"invoice.dispute_won", N_("The dispute was won"), NULL},
        {"invoice.dispute_lost", N_("The dispute was lost"), NULL},
        {"invoice.refunded", N_("Refunded: {x}"), "amount"},
        {"invoice.refund_failed", N_("A refund failed: {x}"), "amount"},
        {"invoice.refund_withdrawn", N_("A refund was withdrawn: {x}"), "amount"},
        {"invoice.declined", N_("Debit declined: {x}"), "code"},
        {"invoice.link_sent", N_("Link to pay sent to {x}"), "to"},
        {"dunning.opened", N_("Unpaid: what the rule says begins"), NULL},
        {"dunning.mail", N_("Reminder sent"), NULL},
        {"dunning.retry", N_("The stored card is tried again"), NULL},
        {"dunning.blocked", N_("Changes are blocked until it is paid"), NULL},
        {"dunning.paid", N_("Paid: no more reminders"), NULL},
        {"dunning.stopped", N_("Reminders stopped: {x}"), "reason"},
        {"subscription.past_due", N_("Past due"), NULL},
        {"subscription.caught_up", N_("Everything is paid again"), NULL},
        {"subscription.given_up", N_("Ended: an invoice stayed unpaid"), NULL},
        {"customer.created", N_("Customer created"), NULL},
        {"customer.changed", N_("Details changed"), NULL},
        {"customer.vies_valid", N_("VIES: VAT number {x} is valid"), "vat_id"},
        {"customer.vies_invalid", N_("VIES: VAT number {x} is not valid"), "vat_id"},
        {"customer.vat_checked", N_("VAT number {x} checked"), "vat_id"},
    };

    for (size_t i = 0; i < COUNT_OF(said); i++)
        if (str_equal(a->kind, said[i].kind))
            return said[i].param == NULL
                       ? tr(said[i].text)
                       : tr_fill(page->ctx->arena, said[i].text, "x", said_value(page, a, said[i].param), NULL);
    return a->kind;
}

static const char *actor_text(const char *actor)
{
    if (str_starts(actor, "seller:"))
        return tr("Seller");
    if (str_starts(actor, "batch"))
        return tr("Automatic");
    if (str_starts(actor, "gateway"))
        return tr("Payment gateway");
    return tr("Customer");
}

enum err admin_timeline(struct page *page, HDF *node, const char *subject_kind, int64_t subject_id)
{
    struct activity *rows;
    size_t count;

    TRY(page->ctx, activities(page->ctx, subject_kind, subject_id, TIMELINE_ROWS, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *row = hdf_row(node, "Timeline", (int)i);

        hdf_text(row, "when", page_instant(page, rows[i].at));
        hdf_text(row, "iso", clock_format(page->ctx->arena, rows[i].at));
        hdf_text(row, "text", activity_text(page, &rows[i]));
        hdf_text(row, "who", actor_text(rows[i].actor));
    }
    return OK;
}
