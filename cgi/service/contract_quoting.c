#include "service/contract_quoting.h"

#include <string.h>

#include "base/encode.h"
#include "base/hash.h"
#include "base/str.h"
#include "core/date.h"
#include "core/revision.h"
#include "service/contract.h"
#include "service/offer.h"
#include "service/quoted_change.h"
#include "service/quoting.h"
#include "store/history.h"
#include "store/series.h"
#include "text/format.h"
#include "text/words.h"

enum { VALIDITY_DAYS = 30 };

/* ---- the contract as a quote says it ---- */

struct quote_line contract_quote_line(const struct subscription *s, const struct subscription_line *from, int32_t on)
{
    struct schedule schedule = subscription_schedule(s);
    int32_t began_on = from->from_on > subscription_counted_from(s) ? from->from_on : subscription_counted_from(s);
    int32_t used = schedule_index(&schedule, on) - schedule_index(&schedule, began_on);
    struct quote_line line = {
        .kind = LINE_RECURRING, .timing = billing_timing_from_name(from->timing), .product_id = from->product_id,
        .description = from->description, .unit = from->unit, .quantity_e4 = from->quantity_e4, .unit_price_e4 = from->unit_price_e4,
        .price_model = from->price_model, .tiers = from->tiers, .tax_class = from->tax_class, .product_kind = from->product_kind,
        .quantity_min_e4 = from->quantity_e4, .quantity_max_e4 = from->quantity_e4};
    int32_t left;

    if (revision_discount_left(from->discount_periods, used < 0 ? 0 : used, &left)) {
        line.discount_ppm = from->discount_ppm;
        line.discount_minor = from->discount_minor;
        line.discount_periods = line.discount_ppm == 0 && line.discount_minor == 0 ? 0 : left;
    }
    meter_line(&line);
    return line;
}

struct discounts contract_quote_discounts(const struct subscription *s, int32_t on)
{
    struct schedule schedule = subscription_schedule(s);
    struct discounts now = subscription_discounts(s);
    int32_t used = schedule_index(&schedule, on) - schedule_index(&schedule, subscription_counted_from(s));

    return discounts_left(&now, used < 0 ? 0 : used);
}

const char *contract_digest(struct arena *arena, const struct subscription_line *lines, size_t count)
{
    struct str ids = str_new(arena);
    struct hash digest;

    for (size_t i = 0; i < count; i++)
        str_printf(&ids, "%lld ", (long long)lines[i].id);
    digest = hash_sha256(ids.text, ids.bytes);
    return encode_hex(arena, digest.bytes, sizeof digest.bytes);
}

/* ---- the draft of either kind ---- */

struct act {
    struct contract_drafting *drafting;
    struct amending *a; /* of an upsell */
    const struct once *once;
};

/* A draft of the contract on the day on which it changes. */
struct drafted {
    struct subscription s;
    struct quote quote;
    struct quote_version version;
    struct quote_line *lines;
    size_t line_count;
    int32_t on;
    const char *note;     /* English msgid; NULL: none */
    const char *activity; /* of the subscription */
};

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

static const char *in_words(struct ctx *ctx, const struct drafted *d)
{
    char *before = arena_strdup(ctx->arena, words_language());
    const char *text;

    words_use(d->version.language);
    text = tr_fill(ctx->arena, d->note, "number", d->s.number, "date", format_date(ctx->arena, d->version.language, d->on), NULL);
    words_use(before);
    return text;
}

static enum err store_draft(struct ctx *ctx, struct drafted *d, const struct act *act)
{
    struct quote_version *version = &d->version;
    struct quote *quote = &d->quote;
    struct customer customer;
    struct company company;
    struct plan plan;
    struct offer offer;
    char number[NUMBER_BYTES];

    TRY(ctx, company_current(ctx, &company));
    TRY(ctx, customer_by_id(ctx, d->s.customer_id, &customer));
    if (version->plan_id == 0)
        version->plan_id = d->s.plan_id;
    TRY(ctx, plan_by_id(ctx, version->plan_id, &plan));
    version->version = 1;
    version->acceptance = ACCEPTANCE_SIGNATURE;
    version->own = own_terms_of(&d->s, &plan);
    version->language = customer.language;
    version->currency = d->s.currency;
    version->journal = d->s.journal;
    version->valid_until_on = ctx->today_on + VALIDITY_DAYS;
    if (version->start_on != DATE_NONE && version->start_on <= version->valid_until_on)
        version->valid_until_on = version->start_on - 1;
    version->note = d->note != NULL ? in_words(ctx, d) : "";
    TRY(ctx, take_number(ctx, company.quote_prefix, number));
    quote->number = arena_strdup(ctx->arena, number);
    quote->customer_id = d->s.customer_id;
    quote->owner_id = d->s.owner_id != 0 ? d->s.owner_id : act->drafting->owner_id;
    quote->contract_id = d->s.id;
    TRY(ctx, insert_quote(ctx, quote));
    version->quote_id = quote->id;
    TRY(ctx, insert_quote_version(ctx, version));
    TRY(ctx, save_current_version(ctx, quote->id, version->id));
    TRY(ctx, insert_quote_lines(ctx, version->id, d->lines, d->line_count));
    TRY(ctx, load_offer_version(ctx, version->id, &offer));
    TRY(ctx, save_version_totals(ctx, version->id, offer.totals.today.gross_minor, offer.totals.period.net_minor));
    TRY(ctx, note_activity(ctx, ABOUT_QUOTE, quote->id, "quote.created", history_params(ctx->arena, "number", quote->number, NULL)));
    TRY(ctx, note_activity(ctx, ABOUT_SUBSCRIPTION, d->s.id, d->activity, history_params(ctx->arena, "number", quote->number, NULL)));
    TRY(ctx, note_audit(ctx, "quote.created", arena_printf(ctx->arena, "quote %s, %s of %s", quote->number, quote_kind_name(quote->kind), d->s.number), "ok"));
    act->drafting->number = quote->number;
    act->drafting->quote_id = quote->id;
    return spend_once(ctx, act->once, quote->number, &act->drafting->url);
}

/* ---- a renewal ---- */

/* The lines of the day, with the discounts that they will have left. */
static enum err lines_of_renewal(struct ctx *ctx, struct drafted *d)
{
    struct subscription_line *all;
    size_t count;

    TRY(ctx, subscription_lines(ctx, d->s.id, d->s.id + 1, &all, &count));
    d->lines = ARENA_ARRAY(ctx->arena, struct quote_line, count + 1);
    for (size_t i = 0; i < count; i++)
        if (period_contains((struct period){all[i].from_on, all[i].until_on}, d->on))
            d->lines[d->line_count++] = contract_quote_line(&d->s, &all[i], d->on);
    return OK;
}

static const char *not_renewable(const struct subscription *s)
{
    if (str_equal(s->state, "ended") || str_equal(s->state, "paused"))
        return N_("This is not possible in the subscription's present state.");
    return s->ends_on != DATE_NONE && !str_equal(s->end_reason, "term") ? N_("An end is already planned.") : NULL;
}

static enum err renewal(struct ctx *ctx, void *arg)
{
    const struct act *act = arg;
    struct drafted d = {.quote = {.kind = QUOTE_RENEWAL}, .note = N_("Renewal of subscription {number} from {date}."), .activity = "subscription.renewal_quote"};
    struct discounts discounts;
    char text[DISCOUNTS_TEXT_BYTES];

    TRY(ctx, lock_subscription(ctx, act->drafting->subscription_id, &d.s));
    act->drafting->refusal = not_renewable(&d.s);
    if (act->drafting->refusal != NULL)
        return OK;
    d.on = d.version.start_on = renewal_boundary(ctx, &d.s, d.s.term_until_on != DATE_NONE ? d.s.term_until_on : ctx->today_on);
    discounts = contract_quote_discounts(&d.s, d.on);
    d.version.discounts = arena_strdup(ctx->arena, discounts_text(&discounts, text)); /* a coupon is not redeemed again */
    TRY(ctx, lines_of_renewal(ctx, &d));
    return store_draft(ctx, &d, act);
}

enum err draft_renewal(struct ctx *ctx, struct contract_drafting *drafting, const struct once *once)
{
    struct act act = {drafting, NULL, once};

    return db_transaction(ctx, renewal, &act);
}

/* ---- a change that is proposed ---- */

/* As it would be after the change: what goes on names the contract's line, with another quantity perhaps. */
static void lines_of_upsell(struct ctx *ctx, struct drafted *d, const struct amending *a, const struct subscription_line *now, size_t now_count)
{
    d->lines = ARENA_ARRAY(ctx->arena, struct quote_line, a->after_line_count + a->made_count + 1);
    for (size_t i = 0; i < a->after_line_count; i++) {
        const struct subscription_line *after = &a->after_lines[i];
        struct quote_line *line = &d->lines[d->line_count++];

        *line = contract_quote_line(&a->after, after, d->on);
        for (size_t k = 0; k < now_count; k++)
            if (now[k].position == after->position) {
                *line = contract_quote_line(&d->s, &now[k], d->on);
                line->contract_line_id = now[k].id;
                line->quantity_e4 = line->quantity_min_e4 = line->quantity_max_e4 = after->quantity_e4;
            }
    }
    for (size_t i = 0; i < a->made_count; i++) {
        const struct amendment_item_row *item = &a->made[i];

        if (str_equal(item->act, "once"))
            d->lines[d->line_count++] = (struct quote_line){
                .kind = LINE_ONE_TIME, .product_id = item->product_id, .description = item->description, .unit = item->unit,
                .quantity_e4 = item->quantity_e4, .unit_price_e4 = item->unit_price_e4, .tax_class = item->tax_class,
                .product_kind = item->product_kind, .discount_ppm = item->discount_ppm, .discount_minor = item->discount_minor,
                .quantity_min_e4 = item->quantity_e4, .quantity_max_e4 = item->quantity_e4};
    }
}

static enum err upsell(struct ctx *ctx, void *arg)
{
    const struct act *act = arg;
    struct amending *a = act->a;
    struct drafted d = {.activity = "subscription.upsell_quote"};
    const struct subscription_line *now;
    size_t count;

    TRY(ctx, preview_amendment(ctx, a));
    if (a->refusal != NULL)
        return OK;
    TRY(ctx, contract_to_amend(ctx, a, &now, &count));
    d.s = a->before;
    d.on = a->effective_on;
    d.version.plan_id = a->plan_id;
    d.version.start_on = a->when == AMENDMENT_ON_DATE ? a->on : DATE_NONE;
    d.quote = (struct quote){.kind = QUOTE_UPSELL, .takes_effect = amendment_when_name(a->when), .gives_back = a->credit, .keep_anchor = a->keep_anchor,
                             .made_from_on = d.on, .made_from = contract_digest(ctx->arena, now, count)};
    lines_of_upsell(ctx, &d, a, now, count);
    return store_draft(ctx, &d, act);
}

enum err draft_upsell(struct ctx *ctx, struct contract_drafting *drafting, struct amending *a, const struct once *once)
{
    struct act act = {drafting, a, once};

    return db_transaction(ctx, upsell, &act);
}
