#include "service/couponing.h"

#include <string.h>

#include "base/str.h"
#include "core/discount.h"
#include "service/offer.h"
#include "store/db.h"
#include "store/history.h"

struct act {
    struct coupon *coupon;
    int64_t quote_id;
    const char *code;
    bool by_seller;
    const struct once *once;
    struct couponing_result *result;
};

/* A refusal that the database speaks leaves the transaction as a failure. */
static enum err run(struct ctx *ctx, enum err (*fn)(struct ctx *, void *), struct act *act)
{
    enum err err;

    *act->result = (struct couponing_result){.coupon = COUPON_ACCEPTED, .quote = QUOTE_NOT_REFUSED};
    err = db_transaction(ctx, fn, act);
    if ((err == ERR_DUPLICATE && (act->result->taken || act->result->coupon != COUPON_ACCEPTED)) || (err == ERR_CONFLICT && act->result->stale)) {
        ctx_forget_error(ctx);
        return OK;
    }
    return err;
}

static enum err coupon_change(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct coupon *c = act->coupon;
    struct coupon now;
    enum err err;

    if (c->id != 0) {
        TRY(ctx, lock_coupon(ctx, c->id, &now));
        act->result->too_few = c->max_redemptions != 0 && c->max_redemptions < now.redeemed;
        if (act->result->too_few)
            return OK;
    }
    err = c->id == 0 ? insert_coupon(ctx, c) : save_coupon(ctx, c);
    act->result->taken = err == ERR_DUPLICATE;
    act->result->stale = err == ERR_CONFLICT;
    if (err != OK)
        return err;
    act->result->id = c->id;
    TRY(ctx, note_audit(ctx, "coupon.changed", c->code, "ok"));
    return spend_once(ctx, act->once, arena_printf(ctx->arena, "%lld", (long long)c->id), &act->result->url);
}

enum err change_coupon(struct ctx *ctx, struct coupon *coupon, const struct once *once, struct couponing_result *result)
{
    struct act act = {.coupon = coupon, .once = once, .result = result};

    return run(ctx, coupon_change, &act);
}

/* The quote under its lock; refused once it is signed, declined, over. */
static enum err open_quote(struct ctx *ctx, struct act *act, struct offer *offer)
{
    struct quote quote;
    enum err err = lock_quote(ctx, act->quote_id, &quote);

    if (err != OK)
        return err;
    TRY(ctx, load_offer(ctx, act->quote_id, 0, offer));
    if (!(act->by_seller && offer->quote.state == QUOTE_DRAFT))
        act->result->quote = quote_may_be_changed(&offer->facts);
    return OK;
}

/* The totals that lists show, with or without the coupon; and the trace. */
static enum err finish(struct ctx *ctx, struct act *act, const char *kind, const char *code)
{
    struct offer offer;

    TRY(ctx, load_offer(ctx, act->quote_id, 0, &offer));
    TRY(ctx, save_version_totals(ctx, offer.version.id, offer.totals.today.gross_minor, offer.totals.period.net_minor));
    TRY(ctx, note_activity(ctx, ABOUT_QUOTE, offer.quote.id, kind, history_params(ctx->arena, "code", code, NULL)));
    TRY(ctx, note_audit(ctx, kind, arena_printf(ctx->arena, "quote %s", offer.quote.number), "ok"));
    return spend_once(ctx, act->once, offer.quote.number, &act->result->url);
}

static struct coupon_facts facts_of(const struct ctx *ctx, const struct coupon *c, const char *currency)
{
    return (struct coupon_facts){.active = str_equal(c->state, "active"), .by_amount = c->amount_minor > 0, .same_currency = str_equal(c->currency, currency),
                                 .from_on = c->from_on, .until_on = c->until_on, .today_on = ctx->today_on, .max_redemptions = c->max_redemptions,
                                 .redeemed = c->redeemed};
}

static enum coupon_refusal refusal_of(const struct ctx *ctx, const struct coupon *c, const struct offer *offer)
{
    struct coupon_facts facts = facts_of(ctx, c, offer->version.currency);

    facts.full = offer->discounts.count >= DISCOUNTS_MAX || offer->quote.kind == QUOTE_UPSELL; /* the contract keeps its own */
    return coupon_refusal(&facts);
}

/* As it is copied to whatever it is entered on. code: normalised, at most 40 bytes. */
static struct discount taken_by(const struct coupon *c, const char *code)
{
    struct discount discount = {.ppm = c->ppm, .amount_minor = c->amount_minor, .periods = c->periods};

    memcpy(discount.code, code, strlen(code) + 1);
    return discount;
}

/* Locks the coupon: entries of one code come one after the other, and the constraint never has to speak. */
static enum err redeem(struct ctx *ctx, struct act *act, const struct offer *offer, int64_t coupon_id, const char *code)
{
    struct discounts one = {.count = 1};
    struct coupon_redemption redemption = {.quote_id = offer->quote.id, .coupon_id = coupon_id, .customer_id = offer->quote.customer_id};
    struct coupon c;
    char text[DISCOUNTS_TEXT_BYTES];
    enum err err;

    TRY(ctx, lock_coupon(ctx, coupon_id, &c));
    TRY(ctx, release_redemptions(ctx, c.id));
    TRY(ctx, lock_coupon(ctx, coupon_id, &c));
    act->result->coupon = refusal_of(ctx, &c, offer);
    if (act->result->coupon != COUPON_ACCEPTED)
        return OK;
    one.of[0] = taken_by(&c, code);
    redemption.discount = discounts_text(&one, text);
    redemption.once_key = c.once_per_customer ? offer->quote.customer_id : 0;
    err = insert_redemption(ctx, &redemption);
    if (err == ERR_DUPLICATE)
        act->result->coupon = COUPON_HAD_ALREADY; /* the quote itself has none: this was looked at */
    return err == OK ? finish(ctx, act, "quote.coupon_entered", code) : err;
}

static enum err enter(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    char *code = arena_strdup(ctx->arena, act->code);
    struct coupon found;
    struct offer offer;
    enum err err = open_quote(ctx, act, &offer);

    act->result->coupon = COUPON_ACCEPTED;
    if (err != OK || act->result->quote != QUOTE_NOT_REFUSED)
        return err;
    act->result->has_one = !str_empty(offer.quote.coupon);
    if (act->result->has_one)
        return OK;
    act->result->coupon = COUPON_UNKNOWN;
    if (!coupon_code_normalise(code))
        return OK;
    err = coupon_by_code(ctx, code, &found);
    if (err != OK)
        return err == ERR_NOT_FOUND ? OK : err;
    return redeem(ctx, act, &offer, found.id, code);
}

enum err enter_coupon(struct ctx *ctx, int64_t quote_id, const char *code, bool by_seller, const struct once *once,
                      struct couponing_result *result)
{
    struct act act = {.quote_id = quote_id, .code = code, .by_seller = by_seller, .once = once, .result = result};

    return run(ctx, enter, &act);
}

/* ---- by a change of a contract ---- */

enum err look_at_coupon(struct ctx *ctx, bool writes, struct coupon_taking *t)
{
    char *code = arena_strdup(ctx->arena, t->code);
    struct coupon_standing standing;
    struct coupon_facts facts;
    struct coupon c;
    enum err err;

    t->refusal = COUPON_UNKNOWN;
    if (!coupon_code_normalise(code))
        return OK;
    err = coupon_by_code(ctx, code, &c);
    if (err == ERR_NOT_FOUND) {
        ctx_forget_error(ctx);
        return OK;
    }
    TRY(ctx, err);
    TRY(ctx, lock_coupon(ctx, c.id, &c));
    if (writes) {
        TRY(ctx, release_redemptions(ctx, c.id));
        TRY(ctx, lock_coupon(ctx, c.id, &c));
    }
    TRY(ctx, coupon_standing(ctx, c.id, t->customer_id, &standing));
    c.redeemed -= standing.free;
    facts = facts_of(ctx, &c, t->currency);
    facts.had_by_customer = c.once_per_customer && standing.had;
    t->refusal = coupon_refusal(&facts);
    t->discount = taken_by(&c, code);
    t->coupon_id = c.id;
    t->once_key = c.once_per_customer ? t->customer_id : 0;
    return OK;
}

enum err count_coupon(struct ctx *ctx, const struct coupon_taking *t, int64_t amendment_id)
{
    const struct discounts one = {.count = 1, .of = {t->discount}};
    char text[DISCOUNTS_TEXT_BYTES];

    return insert_redemption(ctx, &(struct coupon_redemption){.amendment_id = amendment_id, .coupon_id = t->coupon_id, .customer_id = t->customer_id,
                                                              .once_key = t->once_key, .discount = discounts_text(&one, text)});
}

static enum err take_back(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct offer offer;
    enum err err = open_quote(ctx, act, &offer);

    if (err != OK || act->result->quote != QUOTE_NOT_REFUSED)
        return err;
    err = delete_redemption(ctx, act->quote_id);
    act->result->stale = err == ERR_CONFLICT; /* it had none any more */
    return err == OK ? finish(ctx, act, "quote.coupon_removed", offer.discounts.count > 0 ? offer.discounts.of[offer.discounts.count - 1].code : "") : err;
}

enum err remove_coupon(struct ctx *ctx, int64_t quote_id, bool by_seller, const struct once *once, struct couponing_result *result)
{
    struct act act = {.quote_id = quote_id, .by_seller = by_seller, .once = once, .result = result};

    return run(ctx, take_back, &act);
}
