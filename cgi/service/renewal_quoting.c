#include "service/renewal_quoting.h"

#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "core/revision.h"
#include "service/contract.h"
#include "store/history.h"
#include "store/outbox.h"
#include "store/series.h"
#include "text/format.h"
#include "text/words.h"

enum { VALIDITY_DAYS = 30 };

/* The first boundary from a day on that is neither billed nor past. */
static int32_t boundary_from(const struct ctx *ctx, const struct subscription *s, int32_t from_on)
{
    struct schedule schedule = subscription_schedule(s);
    int32_t earliest_on = from_on > ctx->today_on + 1 ? from_on : ctx->today_on + 1;
    int32_t index = schedule_index(&schedule, earliest_on);

    if (schedule_boundary(&schedule, index) < earliest_on)
        index++;
    return schedule_boundary(&schedule, index > s->next_index ? index : s->next_index);
}

static int32_t renewal_day(const struct ctx *ctx, const struct subscription *s)
{
    return boundary_from(ctx, s, s->term_until_on != DATE_NONE ? s->term_until_on : ctx->today_on);
}

/* ---- the draft ---- */

struct act {
    struct renewal_drafting *drafting;
    const struct once *once;
};

/* The lines of the day, with the discounts that they will have left. */
static enum err lines_of_quote(struct ctx *ctx, const struct subscription *s, int32_t on, struct quote_line **lines, size_t *count)
{
    struct schedule schedule = subscription_schedule(s);
    struct subscription_line *all;
    size_t all_count;

    TRY(ctx, subscription_lines(ctx, s->id, s->id + 1, &all, &all_count));
    *lines = ARENA_ARRAY(ctx->arena, struct quote_line, all_count + 1);
    *count = 0;
    for (size_t i = 0; i < all_count; i++) {
        const struct subscription_line *from = &all[i];
        int32_t began_on = from->from_on > subscription_counted_from(s) ? from->from_on : subscription_counted_from(s);
        struct quote_line *line = &(*lines)[*count];
        int32_t left;

        if (!period_contains((struct period){from->from_on, from->until_on}, on))
            continue;
        *line = (struct quote_line){
            .position = (int32_t)++*count, .kind = LINE_RECURRING, .timing = billing_timing_from_name(from->timing), .product_id = from->product_id,
            .description = from->description, .unit = from->unit, .quantity_e4 = from->quantity_e4, .unit_price_e4 = from->unit_price_e4,
            .price_model = from->price_model, .tiers = from->tiers, .tax_class = from->tax_class, .product_kind = from->product_kind,
            .quantity_min_e4 = from->quantity_e4, .quantity_max_e4 = from->quantity_e4};
        if (revision_discount_left(from->discount_periods, schedule_index(&schedule, on) - schedule_index(&schedule, began_on), &left)) {
            line->discount_ppm = from->discount_ppm;
            line->discount_minor = from->discount_minor;
            line->discount_periods = line->discount_ppm == 0 && line->discount_minor == 0 ? 0 : left;
        }
        meter_line(line);
    }
    return OK;
}

/* What the document will have left: the seller's own, and what a coupon gave, which is not redeemed again. */
static const char *discounts_of_quote(struct ctx *ctx, const struct subscription *s, int32_t on)
{
    struct schedule schedule = subscription_schedule(s);
    struct discounts now = subscription_discounts(s);
    int32_t used = schedule_index(&schedule, on) - schedule_index(&schedule, subscription_counted_from(s));
    struct discounts left = discounts_left(&now, used < 0 ? 0 : used);
    char text[DISCOUNTS_TEXT_BYTES];

    return arena_strdup(ctx->arena, discounts_text(&left, text));
}

static const char *note_of_quote(struct ctx *ctx, const struct subscription *s, int32_t on, const char *language)
{
    char *before = arena_strdup(ctx->arena, words_language());
    const char *text;

    words_use(language);
    text = tr_fill(ctx->arena, "Renewal of subscription {number} from {date}.", "number", s->number, "date", format_date(ctx->arena, language, on), NULL);
    words_use(before);
    return text;
}

/* Its terms go on unless the quote says otherwise; no commitment is asked for anew. */
static struct own_terms own_terms_of(const struct subscription *s, const struct plan *plan)
{
    struct contract_terms now = {term_unit_from_name(s->term_unit), s->term_count, s->term_renews, 0, s->notice_days};
    struct contract_terms plans = plan_terms(plan);
    struct own_terms own = terms_beside(&now, &plans);

    own.customer_end = own_answer_from_name(s->customer_end);
    own.close_days = s->close_days;
    return own;
}

static const char *not_renewable(const struct subscription *s)
{
    if (str_equal(s->state, "ended") || str_equal(s->state, "paused"))
        return N_("This is not possible in the subscription's present state.");
    return s->ends_on != DATE_NONE && !str_equal(s->end_reason, "term") ? N_("An end is already planned.") : NULL;
}

static enum err draft(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct renewal_drafting *d = act->drafting;
    struct quote_version version = {.version = 1, .acceptance = ACCEPTANCE_SIGNATURE};
    struct quote quote;
    struct subscription s;
    struct customer customer;
    struct company company;
    struct quote_line *lines;
    struct plan plan;
    struct offer offer;
    char number[NUMBER_BYTES];
    size_t count;

    TRY(ctx, lock_subscription(ctx, d->subscription_id, &s));
    d->refusal = not_renewable(&s);
    if (d->refusal != NULL)
        return OK;
    TRY(ctx, company_current(ctx, &company));
    TRY(ctx, customer_by_id(ctx, s.customer_id, &customer));
    version.start_on = renewal_day(ctx, &s);
    TRY(ctx, lines_of_quote(ctx, &s, version.start_on, &lines, &count));
    TRY(ctx, plan_by_id(ctx, s.plan_id, &plan));
    version.plan_id = s.plan_id;
    version.own = own_terms_of(&s, &plan);
    version.language = customer.language;
    version.currency = s.currency;
    version.journal = s.journal;
    version.valid_until_on = ctx->today_on + VALIDITY_DAYS < version.start_on ? ctx->today_on + VALIDITY_DAYS : version.start_on - 1;
    version.discounts = discounts_of_quote(ctx, &s, version.start_on);
    version.note = note_of_quote(ctx, &s, version.start_on, customer.language);
    TRY(ctx, take_number(ctx, company.quote_prefix, number));
    quote = (struct quote){.number = arena_strdup(ctx->arena, number), .customer_id = s.customer_id,
                           .owner_id = s.owner_id != 0 ? s.owner_id : d->owner_id, .renews_id = s.id};
    TRY(ctx, insert_quote(ctx, &quote));
    version.quote_id = quote.id;
    TRY(ctx, insert_quote_version(ctx, &version));
    TRY(ctx, save_current_version(ctx, quote.id, version.id));
    TRY(ctx, insert_quote_lines(ctx, version.id, lines, count));
    TRY(ctx, load_offer_version(ctx, version.id, &offer));
    TRY(ctx, save_version_totals(ctx, version.id, offer.totals.today.gross_minor, offer.totals.period.net_minor));
    TRY(ctx, note_activity(ctx, ABOUT_QUOTE, quote.id, "quote.created", history_params(ctx->arena, "number", quote.number, NULL)));
    TRY(ctx, note_activity(ctx, ABOUT_SUBSCRIPTION, s.id, "subscription.renewal_quote", history_params(ctx->arena, "number", quote.number, NULL)));
    TRY(ctx, note_audit(ctx, "quote.created", arena_printf(ctx->arena, "quote %s renews %s", quote.number, s.number), "ok"));
    d->number = quote.number;
    d->quote_id = quote.id;
    return spend_once(ctx, act->once, quote.number, &d->url);
}

enum err draft_renewal(struct ctx *ctx, struct renewal_drafting *drafting, const struct once *once)
{
    struct act act = {drafting, once};

    return db_transaction(ctx, draft, &act);
}

/* ---- accepted ---- */

/* The lines that begin on the day: what is in force then goes, whatever that is by then. */
static struct amendment_item_row *items_of_offer(struct ctx *ctx, const struct offer *offer, size_t *count)
{
    struct amendment_item_row *items = ARENA_ARRAY(ctx->arena, struct amendment_item_row, offer->line_count + 1);

    *count = 0;
    for (size_t i = 0; i < offer->line_count; i++) {
        const struct offer_line *line = &offer->lines[i];

        if (line->counts && line->as.kind == LINE_RECURRING)
            items[(*count)++] = (struct amendment_item_row){
                .place = (int32_t)i + 1, .act = "add", .product_id = line->as.product_id, .product_kind = line->as.product_kind, .timing = billing_timing_name(line->as.timing),
                .description = line->as.description, .unit = line->as.unit, .unit_plural = line->as.unit_plural, .quantity_e4 = line->quantity_e4, .unit_price_e4 = line->as.unit_price_e4,
                .price_model = line->as.price_model != NULL ? line->as.price_model : "per_unit", .tiers = line->as.tiers != NULL ? line->as.tiers : "",
                .discount_ppm = line->as.discount_ppm, .discount_minor = line->as.discount_minor, .discount_periods = line->as.discount_periods,
                .tax_class = line->as.tax_class};
    }
    return items;
}

/* What the quote says of the contract's duration, whole: its plan's terms with its own. */
static const struct amendment_terms *terms_of_offer(struct ctx *ctx, const struct offer *offer)
{
    struct amendment_terms *terms = ARENA_NEW(ctx->arena, struct amendment_terms);

    *terms = (struct amendment_terms){.term_unit = offer->plan.term_unit_name, .term_count = offer->plan.term_count,
                                      .term_renews = offer->plan.term_renews, .commitment_months = offer->plan.commitment_months,
                                      .notice_days = offer->plan.notice_days, .customer_end = own_answer_name(offer->plan.own_end),
                                      .close_days = offer->plan.close_days};
    return terms;
}

static struct amending wish_of_offer(struct ctx *ctx, const struct offer *offer, const struct subscription *s)
{
    struct amending a = {.kind = AMENDMENT_LINES, .when = AMENDMENT_ON_DATE, .resume_on = DATE_NONE, .credit = true, .quote_id = offer->quote.id,
                         .discounts = &offer->discounts, .reason = offer->quote.number, .subscription_id = s->id,
                         .on = boundary_from(ctx, s, offer->started_on), .plan_id = offer->plan.id != s->plan_id ? offer->plan.id : 0};

    if (offer->plan.id != 0)
        a.terms = terms_of_offer(ctx, offer);
    a.items = items_of_offer(ctx, offer, &a.item_count);
    return a;
}

enum err preview_renewal_quote(struct ctx *ctx, const struct offer *offer, struct amending *a)
{
    struct subscription s;

    TRY(ctx, subscription_by_id(ctx, offer->quote.renews_id, &s));
    *a = wish_of_offer(ctx, offer, &s);
    return preview_amendment(ctx, a);
}

enum err renewal_lengthens_notice(struct ctx *ctx, int64_t subscription_id, int32_t start_on, int notice_days, bool *lengthens)
{
    struct subscription s;
    struct customer customer;
    struct schedule schedule;
    struct term term;

    TRY(ctx, subscription_by_id(ctx, subscription_id, &s));
    TRY(ctx, customer_by_id(ctx, s.customer_id, &customer));
    schedule = subscription_schedule(&s);
    term = subscription_term(&s);
    *lengthens = !term_notice_may_be(&term, &schedule, notice_days, boundary_from(ctx, &s, start_on != DATE_NONE ? start_on : ctx->today_on),
                                     !customer.is_company);
    return OK;
}

enum err plan_renewal(struct ctx *ctx, const struct offer *offer)
{
    struct amending a;
    struct operator_item item = {.kind = "amendment_failed", .subject_kind = "subscription", .subject_id = offer->quote.renews_id, .currency = "",
                                 .opened_on = ctx->today_on};
    struct subscription s;

    TRY(ctx, lock_subscription(ctx, offer->quote.renews_id, &s));
    a = wish_of_offer(ctx, offer, &s);
    if (s.customer_id == offer->quote.customer_id)
        TRY(ctx, plan_amendment(ctx, &a));
    else
        a.refusal = N_("The subscription has gone to another customer meanwhile.");
    if (a.refusal == NULL)
        return OK;
    item.detail = offer->quote.number;
    TRY(ctx, open_operator_item(ctx, &item));
    return note_activity(ctx, ABOUT_SUBSCRIPTION, s.id, "subscription.amendment_failed",
                         history_params(ctx->arena, "kind", "lines", "reason", a.refusal, NULL));
}
