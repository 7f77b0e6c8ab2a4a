#include "service/reserving.h"

#include <string.h>

#include "core/card.h"
#include "core/reserve.h"
#include "store/db.h"
#include "store/history.h"
#include "store/reserve.h"

static struct reserve_card facts_of(const struct subscription_card *card)
{
    return (struct reserve_card){.active = strcmp(card->state, "active") == 0, .refused = strcmp(card->state, "refused") == 0,
                                 .decline_code = card->decline_code, .exp_year = card->exp_year, .exp_month = card->exp_month};
}

/* The reserve that pays, among the cards of one subscription; NULL: its own does, or nothing. */
static const struct subscription_card *choose(struct ctx *ctx, const struct subscription_card *cards, size_t count)
{
    struct reserve_card *reserves = ARENA_ARRAY(ctx->arena, struct reserve_card, count + 1);
    struct reserve_card own;
    int place;

    if (count < 2 || !cards[0].own || strcmp(cards[0].gateway, "stripe") != 0)
        return NULL;
    own = facts_of(&cards[0]);
    for (size_t i = 1; i < count; i++)
        reserves[i - 1] = facts_of(&cards[i]);
    place = reserve_choice(&own, reserves, count - 1, ctx->today_on);
    return place == RESERVE_NONE ? NULL : &cards[1 + place];
}

static const struct subscription_card *choice_for(struct ctx *ctx, const struct subscription_card *cards, size_t count, int64_t subscription_id)
{
    size_t from = 0, to;

    while (from < count && cards[from].subscription_id != subscription_id)
        from++;
    for (to = from; to < count && cards[to].subscription_id == subscription_id;)
        to++;
    return choose(ctx, cards + from, to - from);
}

static bool is_over(const struct ctx *ctx, const struct charge *c)
{
    return c->method_id != 0 && c->subscription_id != 0 && strcmp(c->gateway, "stripe") == 0 &&
           (strcmp(c->method_state, "refused") == 0 || card_is_expired(c->exp_year, c->exp_month, ctx->today_on));
}

enum err take_reserves(struct ctx *ctx, struct charge *charges, size_t count)
{
    int64_t *ids = ARENA_ARRAY(ctx->arena, int64_t, count + 1);
    struct subscription_card *cards;
    size_t over = 0, found;

    for (size_t i = 0; i < count; i++)
        if (is_over(ctx, &charges[i]))
            ids[over++] = charges[i].subscription_id;
    if (over == 0)
        return OK;
    TRY(ctx, cards_of_subscriptions(ctx, ids, over, &cards, &found));
    for (size_t i = 0; i < count; i++) {
        const struct subscription_card *card = is_over(ctx, &charges[i]) ? choice_for(ctx, cards, found, charges[i].subscription_id) : NULL;

        if (card == NULL)
            continue;
        charges[i].method_id = card->method_id;
        charges[i].gateway = card->gateway;
        charges[i].method_state = card->state;
        charges[i].token_sealed = card->token_sealed;
        charges[i].brand = card->brand;
        charges[i].exp_month = card->exp_month;
        charges[i].exp_year = card->exp_year;
    }
    return OK;
}

enum err reserve_follows(struct ctx *ctx, int64_t subscription_id, bool *follows)
{
    struct subscription_card *cards;
    size_t count;

    *follows = false;
    if (subscription_id == 0)
        return OK;
    TRY(ctx, cards_of_subscriptions(ctx, &subscription_id, 1, &cards, &count));
    *follows = choose(ctx, cards, count) != NULL;
    return OK;
}

struct changing {
    struct reserve_act *act;
    const struct once *once;
};

static enum err change(struct ctx *ctx, void *arg)
{
    struct changing *w = arg;
    struct reserve_act *act = w->act;
    enum err err;

    TRY(ctx, spend_once(ctx, w->once, act->subscription_number, &act->url));
    if (act->allows)
        err = insert_reserve_card(ctx, act->subscription_id, act->method_id, act->words, ctx->language);
    else
        err = withdraw_reserve_card(ctx, act->subscription_id, act->method_id);
    if (err == ERR_DUPLICATE) { /* allowed already, in another window */
        ctx_forget_error(ctx);
        return OK;
    }
    if (err != OK)
        return err;
    TRY(ctx, note_audit(ctx, act->allows ? "reserve.allow" : "reserve.end", act->subscription_number, "ok"));
    return note_activity(ctx, ABOUT_SUBSCRIPTION, act->subscription_id, act->allows ? "method.reserve" : "method.reserve_end",
                         history_params(ctx->arena, "last4", act->last4, NULL));
}

enum err change_reserve(struct ctx *ctx, struct reserve_act *act, const struct once *once)
{
    struct changing work = {act, once};

    return db_transaction(ctx, change, &work);
}
