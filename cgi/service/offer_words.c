#include "service/offer_words.h"

#include "base/str.h"
#include "core/amendment.h"
#include "core/date.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

#define N_(text) text

char *offer_line_words(struct arena *arena, const char *language, const struct offer *offer, const struct offer_line *line)
{
    struct str out = str_new(arena);

    if (line->as.kind != LINE_RECURRING || offer->plan.id == 0)
        return arena_strdup(arena, "");
    if (offer_line_metered(offer, line))
        return arena_strdup(arena, tr("per unit used, billed afterwards"));
    if (offer_first_is_partial(offer) && offer->priced)
        str_append(&out, tr_fill(arena, "first from {from} to {until}: {amount}", "from", format_date(arena, language, offer->first.from_on),
                                 "until", format_date(arena, language, period_last_on(offer->first)), "amount",
                                 format_money(arena, language, line->first_minor, offer->version.currency), NULL));
    if (line->as.timing == BILLING_ARREARS)
        str_printf(&out, "%s%s", out.bytes > 0 ? ", " : "", tr("billed at the end of each period"));
    return out.text;
}

/* All lines that may come, also options left aside. */
static void timings(const struct offer *offer, bool *advance, bool *arrears)
{
    *advance = *arrears = false;
    for (size_t i = 0; i < offer->line_count; i++)
        if (offer->lines[i].as.kind == LINE_RECURRING)
            *(offer->lines[i].as.timing == BILLING_ADVANCE ? advance : arrears) = true;
}

static const char *renewal(struct arena *arena, const struct offer *offer)
{
    bool advance;
    bool arrears;

    timings(offer, &advance, &arrears);
    return tr_fill(arena, advance && arrears ? N_("Renewed {period} and billed in advance, or at the end of each period where a line says so, until it is cancelled.")
                          : arrears ? N_("Renewed {period} and billed at the end of each period, until it is cancelled.")
                                    : N_("Renewed and billed in advance, {period}, until it is cancelled."),
                   "period", phrase_per(arena, offer->recurrence), NULL);
}

/* Its days are known where the start is fixed; else they are those of the confirmation, and the document says the same on
 * every day. */
static const char *trial(struct arena *arena, const char *language, const struct offer *offer)
{
    const struct plan *plan = &offer->plan;
    const char *duration = str_equal(plan->trial_unit, "month") ? phrase_months(arena, plan->trial_count) : phrase_days(arena, plan->trial_count);
    bool stops = str_equal(plan->trial_end, "stop");

    if (offer->version.start_on == DATE_NONE)
        return tr_fill(arena, stops ? N_("Free trial of {duration}; without a payment method it stops then.")
                                    : N_("Free trial of {duration}, then it is billed."), "duration", duration, NULL);
    return tr_fill(arena, stops ? N_("Free trial of {duration}, until {date}; without a payment method it stops then.")
                                : N_("Free trial of {duration}, until {date}, then it is billed."),
                   "duration", duration, "date", format_date(arena, language, offer->billed_from_on - 1), NULL);
}

const char *offer_effect_text(struct arena *arena, const char *language, const struct offer *offer)
{
    const char *date = offer->effective_on != DATE_NONE ? format_date(arena, language, offer->effective_on) : "";
    bool open = offer->quote.state != QUOTE_CONFIRMED && offer->quote.state != QUOTE_SIGNED;
    enum amendment_when when = amendment_when_from_name(offer->quote.takes_effect);

    if (date[0] == '\0')
        return date;
    if (open && when == AMENDMENT_AT_PERIOD_END)
        return tr_fill(arena, "Takes effect with the next period that is not invoiced yet: {date}.", "date", date, NULL);
    if (open && offer->change_at_once)
        return tr_fill(arena, "Takes effect on the day on which the quote is accepted; the amounts are those of {date}.", "date", date, NULL);
    return tr_fill(arena, "Takes effect on {date}.", "date", date, NULL);
}

/* A change says nothing of the contract but what it changes. */
static size_t change_rules(struct arena *arena, const char *language, const struct offer *offer, const char *rules[OFFER_RULES_MAX])
{
    const char *effect = offer_effect_text(arena, language, offer);
    size_t n = 0;

    if (effect[0] != '\0')
        rules[n++] = effect;
    rules[n++] = tr_fill(arena, "Everything else that was agreed for subscription {number} stays as it is.", "number", offer->quote.contract_number, NULL);
    return n;
}

size_t offer_rules(struct arena *arena, const char *language, const struct offer *offer, const char *rules[OFFER_RULES_MAX])
{
    const struct plan *plan = &offer->plan;
    size_t n = 0;

    if (plan->id == 0)
        return 0;
    if (offer->quote.kind == QUOTE_UPSELL)
        return change_rules(arena, language, offer, rules);
    rules[n++] = renewal(arena, offer);
    if (plan->anchor.rule != ANCHOR_START)
        rules[n++] = tr_fill(arena, "Periods begin {when}; the first is billed by its share.", "when",
                             phrase_anchor(arena, plan->anchor, offer->recurrence), NULL);
    if (plan->trial_count > 0)
        rules[n++] = trial(arena, language, offer);
    if (plan->term_count > 0)
        rules[n++] = tr_fill(arena, plan->term_renews ? N_("Fixed term of {duration}, tacitly renewed for the same duration.")
                                                      : N_("Fixed term of {duration}, after which it ends."),
                             "duration", phrase_term(arena, plan->term_unit, plan->term_count, offer->recurrence), NULL);
    if (plan->commitment_months > 0)
        rules[n++] = tr_fill(arena, "Minimum duration: {duration}.", "duration", phrase_months(arena, plan->commitment_months), NULL);
    if (plan->notice_days > 0)
        rules[n++] = tr_fill(arena, "Notice before the end: {duration}.", "duration", phrase_days(arena, plan->notice_days), NULL);
    if (plan->debit_first)
        rules[n++] = tr("A renewal is debited first; its invoice comes with the payment.");
    if (plan->own_end == ANSWER_YES) /* what only the plan says may change with it */
        rules[n++] = tr("You end it by yourself online, without writing to us.");
    return n;
}

const char *offer_deposit_label(struct arena *arena, const char *language, const struct offer *offer)
{
    if (offer->version.deposit_ppm == 0)
        return tr("Deposit at the signature, incl. VAT");
    return tr_fill(arena, "Deposit of {percent} at the signature, incl. VAT", "percent",
                   format_percent(arena, language, offer->version.deposit_ppm), NULL);
}
