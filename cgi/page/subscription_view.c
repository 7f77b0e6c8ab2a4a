#include "page/subscription_view.h"

#include "base/str.h"
#include "core/date.h"
#include "core/period.h"
#include "core/subscription.h"
#include "page/offer_view.h"
#include "page/texts.h"
#include "service/ending.h"
#include "service/contract.h"
#include "service/renewal_preview.h"
#include "service/tiering.h"
#include "store/claim.h"
#include "store/deposit.h"
#include "store/dunning.h"
#include "store/payable.h"
#include "store/usage.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

void view_subscription_state(HDF *node, const char *state)
{
    enum subscription_state at = subscription_state_from_name(state);
    const char *kind = at == SUBSCRIPTION_ACTIVE || at == SUBSCRIPTION_TRIAL ? "ok"
                       : at == SUBSCRIPTION_PAST_DUE ? "bad" : at == SUBSCRIPTION_ENDED ? "neutral" : "info";

    page_badge(node, kind, tr(subscription_state_text(at)));
}

enum err view_method(struct page *page, int64_t method_id, const char **text, const char **state)
{
    struct payment_method method;
    char *brand;

    *text = *state = "";
    if (method_id == 0)
        return OK;
    TRY(page->ctx, payment_method_by_id(page->ctx, method_id, &method));
    *state = method.state;
    if (str_equal(method.gateway, "sepa")) {
        *text = tr_fill(page->ctx->arena, "Direct debit from the account ending in {digits}, mandate {reference}", "digits", method.last4,
                        "reference", method.source_ref, NULL);
        return OK;
    }
    brand = arena_strdup(page->ctx->arena, method.brand);
    if (brand[0] >= 'a' && brand[0] <= 'z')
        brand[0] = (char)(brand[0] - 32);
    *text = tr_fill(page->ctx->arena, "{brand} card ending in {digits}, valid until {month}/{year}", "brand", brand, "digits",
                    method.last4, "month", arena_printf(page->ctx->arena, "%02d", method.exp_month), "year",
                    arena_printf(page->ctx->arena, "%d", method.exp_year), NULL);
    *state = method.state;
    return OK;
}

struct subscription_line *subscription_lines_shown(struct arena *arena, const struct subscription_line *lines, size_t line_count, int32_t on,
                                                   size_t *count)
{
    struct subscription_line *shown = ARENA_ARRAY(arena, struct subscription_line, line_count + 1);
    int32_t last_on = DATE_NONE;

    *count = 0;
    for (size_t i = 0; i < line_count; i++) {
        const struct subscription_line *line = &lines[i];

        if (period_contains((struct period){line->from_on, line->until_on}, on))
            shown[(*count)++] = *line;
        if (line->until_on != DATE_NONE && line->until_on > line->from_on && line->until_on > last_on)
            last_on = line->until_on;
    }
    for (size_t i = 0; i < line_count && last_on != DATE_NONE && (*count == 0 || shown[0].until_on == last_on) && last_on <= on; i++)
        if (lines[i].until_on == last_on && lines[i].from_on < last_on)
            shown[(*count)++] = lines[i];
    return shown;
}

static enum err fill_lines(struct page *page, HDF *hdf, const struct subscription *s)
{
    struct arena *arena = page->ctx->arena;
    struct subscription_line *lines;
    struct usage_day *days;
    size_t day_count;
    bool anything = false;
    size_t count;

    TRY(page->ctx, subscription_lines(page->ctx, s->id, s->id + 1, &lines, &count));
    TRY(page->ctx, open_usage(page->ctx, s, 1, &days, &day_count));
    lines = subscription_lines_shown(arena, lines, count, page->ctx->today_on > s->started_on ? page->ctx->today_on : s->started_on, &count);
    for (size_t i = 0; i < count; i++) {
        struct standing_discount off;
        struct price_rule rule;
        bool metered;
        HDF *node;

        if (lines[i].until_on != DATE_NONE && lines[i].until_on <= page->ctx->today_on)
            continue;
        node = hdf_row(hdf, "Lines", (int)i);

        TRY(page->ctx, subscription_line_rule(page->ctx, &lines[i], &rule));

        hdf_text(node, "description",
                 lines[i].from_on > page->ctx->today_on
                     ? tr_fill(arena, "{product}, from {date}", "product", lines[i].description, "date", page_date(page, lines[i].from_on), NULL)
                 : lines[i].until_on != DATE_NONE
                     ? tr_fill(arena, "{product}, until {date}", "product", lines[i].description, "date", page_date(page, lines[i].until_on - 1), NULL)
                     : lines[i].description);
        metered = str_equal(lines[i].timing, "usage");
        hdf_text(node, "quantity",
                 phrase_quantity(arena, page->ctx->language,
                                 metered ? usage_in(days, day_count, s->id, lines[i].position, (struct period){lines[i].from_on, lines[i].until_on})
                                         : lines[i].quantity_e4,
                                 lines[i].unit, lines[i].unit_plural));
        hdf_text(node, "price", view_price(page, &rule, lines[i].quantity_e4, s->currency));
        hdf_text(node, "tiers", phrase_price(arena, page->ctx->language, &rule, s->currency));
        if (line_discount_standing(s, &lines[i], page->ctx->today_on, &off))
            hdf_text(node, "discount", view_discount(page, s, &off));
        if (str_equal(lines[i].timing, "arrears"))
            hdf_text(node, "timing", tr("billed at the end of each period"));
        if (metered)
            hdf_text(node, "timing", tr("per unit used, billed afterwards; the quantity is what was used and is not billed yet"));
        hdf_flag(hdf, "Sub.metered", metered || anything);
        anything = anything || metered;
    }
    return OK;
}

const char *view_discount(const struct page *page, const struct subscription *s, const struct standing_discount *standing)
{
    struct arena *arena = page->ctx->arena;
    const struct discount *d = &standing->discount;
    const char *what = phrase_discount(arena, page->ctx->language, d->ppm, d->amount_minor, s->currency, (struct recurrence){0}, 0);

    if (standing->until_on != DATE_NONE && !str_equal(s->state, "paused")) /* its days come back after a pause */
        what = tr_fill(arena, "{discount} until {date}", "discount", what, "date", page_date(page, standing->until_on - 1), NULL);
    if (standing->bills > 0)
        what = tr_fill(arena, tr_plural("{discount}, on {n} more invoice", "{discount}, on {n} more invoices", standing->bills), "discount", what, "n",
                       page_number(page, standing->bills), NULL);
    return d->code[0] == '\0' ? what : tr_fill(arena, "Coupon {code}: {discount}", "code", d->code, "discount", what, NULL);
}

/* Of the whole contract, as they hold today. */
static enum err fill_discounts(struct page *page, HDF *facts, int *row, const struct subscription *s)
{
    struct standing_discount standing[DISCOUNTS_KEPT];
    struct subscription_line *lines;
    size_t line_count;
    size_t count;

    if (str_empty(s->discounts))
        return OK;
    TRY(page->ctx, subscription_lines(page->ctx, s->id, s->id + 1, &lines, &line_count));
    count = standing_discounts(s, lines, line_count, page->ctx->today_on, standing);
    for (size_t i = 0; i < count; i++)
        page_fact(facts, row, tr("Discount"), view_discount(page, s, &standing[i]));
    return OK;
}

void view_term(const struct page *page, HDF *facts, int *row, const struct subscription *s)
{
    struct arena *arena = page->ctx->arena;
    struct term term = subscription_term(s);
    struct recurrence every = {recurrence_unit_from_name(s->unit), s->count};

    if (s->commitment_until_on != DATE_NONE)
        page_fact(facts, row, tr("Committed until"), page_date(page, s->commitment_until_on - 1));
    if (s->term_until_on != DATE_NONE && (s->ends_on == DATE_NONE || !s->term_renews)) /* a planned end says it itself */
        page_fact(facts, row, tr("Term"),
                  tr_fill(arena, s->term_renews ? N_("until {date}, then tacitly renewed for {duration}") : N_("until {date}, then it ends"),
                          "date", page_date(page, s->term_until_on - 1), "duration",
                          phrase_term(arena, term.unit, term.count, every), NULL));
    if (s->notice_days > 0)
        page_fact(facts, row, tr("Notice"), phrase_days(arena, s->notice_days));
    if (s->term_until_on != DATE_NONE && s->term_renews && s->ends_on == DATE_NONE)
        page_fact(facts, row, tr("To end it then, tell it by"), page_date(page, term_notice_deadline(&term, s->term_until_on)));
}

/* The month of the clause's index at which the prices stand. */
static const char *index_text(const struct page *page, int32_t index_on)
{
    struct civil day;

    if (index_on == DATE_NONE)
        return tr("no value of the index was known");
    day = date_civil(index_on);
    return tr_fill(page->ctx->arena, "from the index of {month} on", "month", arena_printf(page->ctx->arena, "%d-%02d", day.year, day.month), NULL);
}

static enum err fill_facts(struct page *page, HDF *hdf, int64_t deposit_minor, const struct subscription *s, const struct renewal_preview *next, const char *card,
                       const char *card_state)
{
    struct arena *arena = page->ctx->arena;
    HDF *facts = hdf_node(hdf, "Facts");
    struct schedule schedule = subscription_schedule(s);
    HDF *method;
    int row = 0;

    page_fact(facts, &row, tr("Price"), tr_fill(arena, "{amount} {period}, excl. VAT", "amount", page_money(page, s->period_minor, s->currency),
                                                "period", phrase_per(arena, (struct recurrence){recurrence_unit_from_name(s->unit), s->count}), NULL));
    TRY(page->ctx, fill_discounts(page, facts, &row, s));
    if (next->due_on != DATE_NONE)
        page_fact(facts, &row, tr("Next invoice"),
                  tr_fill(arena, "{date}: {amount} incl. VAT", "date", page_date(page, next->due_on), "amount",
                          page_money(page, next->total_minor, s->currency), NULL));
    if (deposit_minor > 0)
        page_fact(facts, &row, tr("Deposit that it deducts"), page_money(page, deposit_minor, s->currency));
    page_fact(facts, &row, tr("Since"), page_date(page, s->started_on));
    if (s->trial_until_on != DATE_NONE)
        page_fact(facts, &row, tr("Free trial until"), page_date(page, s->trial_until_on - 1));
    page_fact(facts, &row, tr("Periods begin"), phrase_begins(arena, &schedule));
    if (s->index_id != 0)
        page_fact(facts, &row, tr("Indexation"), index_text(page, s->index_on));
    view_term(page, facts, &row, s);
    if (s->ends_on != DATE_NONE)
        page_fact(facts, &row, tr("Last day"), page_date(page, s->ends_on - 1));
    if (page->tenant->gateway_base[0] == '\0')
        return OK;
    method = hdf_row(facts, "rows", row);
    hdf_text(method, "k", tr("Payment method"));
    hdf_text(method, "v", card[0] == '\0' ? tr("None: a link to pay goes out with each invoice.")
                          : str_equal(card_state, "refused") ? tr_fill(arena, "{card}: refused by the bank", "card", card, NULL) : card);
    return OK;
}

enum err view_claim(struct page *page, HDF *hdf, const struct subscription *s, bool *claimed)
{
    struct arena *arena = page->ctx->arena;
    struct receivable claim;
    struct dunning_case c;
    const char *amount;
    bool under_way;
    enum err err = claim_of(page->ctx, s->id, &claim);

    *claimed = err == OK;
    if (err == ERR_NOT_FOUND)
        ctx_forget_error(page->ctx);
    if (err != OK)
        return err == ERR_NOT_FOUND ? OK : err;
    TRY(page->ctx, claim_is_under_way(page->ctx, claim.invoice_id, &under_way));
    amount = page_money(page, claim.open_minor, claim.currency);
    if (under_way || claim.collect_on != DATE_NONE) {
        hdf_text(hdf, "text", tr_fill(arena, "{amount} for the next period are being debited. The invoice comes with the payment.", "amount", amount, NULL));
        return OK;
    }
    hdf_text(hdf, "text", tr_fill(arena, claim.due_on < page->ctx->today_on
                                             ? N_("The next period is not paid: {amount}, which were to be paid by {date}. The invoice comes with the payment.")
                                             : N_("The next period is not paid yet: {amount}, to be paid by {date}. The invoice comes with the payment."),
                                  "amount", amount, "date", page_date(page, claim.due_on), NULL));
    hdf_text(hdf, "pay", arena_printf(arena, "/pay/%s", claim_ref(page->ctx, claim.invoice_id)));
    hdf_text(hdf, "press", tr_fill(arena, "Pay {amount}", "amount", amount, NULL));
    err = dunning_case_of(page->ctx, claim.invoice_id, &c);
    if (err == OK)
        hdf_text(hdf, "reminders", arena_printf(arena, "/admin/dunning/%s", claim_ref(page->ctx, claim.invoice_id)));
    else if (err == ERR_NOT_FOUND)
        ctx_forget_error(page->ctx);
    return err == ERR_NOT_FOUND ? OK : err;
}

enum err view_subscription(struct page *page, HDF *hdf, const struct subscription *s, const char **card)
{
    struct renewal_preview next;
    const char *card_state;
    int64_t deposit_minor;
    bool claimed;

    TRY(page->ctx, preview_renewal(page->ctx, s, &next));
    TRY(page->ctx, view_claim(page, hdf_node(hdf, "Claim"), s, &claimed));
    if (claimed)
        next.due_on = DATE_NONE;
    TRY(page->ctx, view_method(page, s->payment_method_id, card, &card_state));
    hdf_text(hdf, "Sub.number", s->number);
    view_subscription_state(hdf_node(hdf, "Sub.badge"), s->state);
    TRY(page->ctx, deposit_left(page->ctx, s->id, &deposit_minor));
    TRY(page->ctx, fill_facts(page, hdf, deposit_minor, s, &next, *card, card_state));
    return fill_lines(page, hdf, s);
}

void view_end(struct page *page, const struct subscription *s, const struct end_outlook *outlook, const char *earliest)
{
    HDF *facts = hdf_node(page_tree(page), "Facts");
    int row = 0;

    hdf_text(page_tree(page), "Sub.number", s->number);
    if (outlook->billed_until_on != DATE_NONE)
        page_fact(facts, &row, tr("Billed until"), page_date(page, outlook->billed_until_on - 1));
    view_term(page, facts, &row, s);
    page_fact(facts, &row, earliest, page_date(page, outlook->earliest_on - 1));
}
