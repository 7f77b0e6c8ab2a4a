#include "service/listing.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "store/db.h"
#include "store/history.h"
#include "store/quote.h"

/* ---- asking ---- */

/* The product's own price: the last of the default lists. */
static void own_price(const struct price *own, struct pricelist_price *price)
{
    *price = (struct pricelist_price){.list = {.scope = PRICELIST_DEFAULT, .priority = INT32_MAX}, .product_id = own->product_id,
        .plan_id = own->plan_id, .from_on = DATE_NONE, .until_on = DATE_NONE,
        .rule = {.model = PRICE_PER_UNIT, .unit_price_e4 = own->unit_price_e4}};
    CHECK(strlen(own->currency) < sizeof price->currency);
    memcpy(price->currency, own->currency, strlen(own->currency) + 1);
}

enum err load_lists_for(struct ctx *ctx, const struct price_asker *asker, const char *currency, int32_t on, struct price_lists *lists)
{
    struct pricelist_price_row *rows;
    struct price *own;
    size_t own_count;

    *lists = (struct price_lists){.asker = *asker, .currency = currency, .on = on};
    TRY(ctx, prices_for(ctx, asker, currency, on, &rows, &lists->row_count));
    TRY(ctx, prices(ctx, 0, &own, &own_count));
    lists->rows = rows;
    lists->prices = ARENA_ARRAY(ctx->arena, struct pricelist_price, lists->row_count + own_count + 1);
    for (size_t i = 0; i < lists->row_count; i++)
        pricelist_price_of(&rows[i], &lists->prices[i]);
    for (size_t i = 0; i < own_count; i++)
        own_price(&own[i], &lists->prices[lists->row_count + i]);
    lists->count = lists->row_count + own_count;
    return OK;
}

enum err load_list_units(struct ctx *ctx, struct price_lists *lists)
{
    struct unit *measures;

    if (lists->units != NULL)
        return OK;
    TRY(ctx, units(ctx, &measures, &lists->unit_count));
    lists->units = measures;
    return OK;
}

enum err load_price_lists(struct ctx *ctx, int64_t customer_id, const char *currency, int32_t on, struct price_lists *lists)
{
    struct price_asker asker = {.country = ""};

    if (customer_id != 0)
        TRY(ctx, asker_of_customer(ctx, customer_id, &asker));
    TRY(ctx, load_lists_for(ctx, &asker, currency, on, lists));
    return load_list_units(ctx, lists);
}

bool plan_price(const struct price_lists *lists, int64_t product_id, int64_t plan_id, int64_t quantity_e4, struct listed_price *listed)
{
    struct pricelist_question question = {.customer_id = lists->asker.customer_id, .segment_id = lists->asker.segment_id,
        .product_id = product_id, .plan_id = plan_id, .quantity_e4 = quantity_e4, .on = lists->on};
    const struct pricelist_price *found;

    CHECK(strlen(lists->currency) < sizeof question.currency && strlen(lists->asker.country) < sizeof question.country);
    memcpy(question.currency, lists->currency, strlen(lists->currency) + 1);
    memcpy(question.country, lists->asker.country, strlen(lists->asker.country) + 1);
    if (!pricelist_rule(lists->prices, lists->count, &question, &listed->rule, &found))
        return false;
    if (price_rule_refusal(&listed->rule, NULL) != TIER_ACCEPTED)
        return false;
    listed->pricelist_id = found->list.id;
    listed->row = found->list.id != 0 ? &lists->rows[found - lists->prices] : NULL;
    return true;
}

bool listed_price(const struct price_lists *lists, int64_t product_id, int64_t plan_id, int64_t quantity_e4,
                  struct listed_price *listed)
{
    return plan_price(lists, product_id, plan_id, quantity_e4, listed) ||
           (plan_id != 0 && plan_price(lists, product_id, 0, quantity_e4, listed));
}

/* A name that is no unit of the house converts to nothing but itself. */
static struct unit_ratio ratio_named(const struct price_lists *lists, const char *name, int64_t unknown)
{
    for (size_t i = 0; i < lists->unit_count; i++)
        if (str_equal(lists->units[i].name, name))
            return unit_ratio_of(&lists->units[i]);
    return (struct unit_ratio){unknown, 1, 1};
}

bool units_fit(const struct price_lists *lists, const char *from, const char *to)
{
    return str_equal(from, to) || units_convert(ratio_named(lists, from, -1), ratio_named(lists, to, -2));
}

bool price_in_unit(const struct price_lists *lists, int64_t price_e4, const char *from, const char *to, int64_t *converted_e4)
{
    *converted_e4 = price_e4;
    return str_equal(from, to) || unit_price(price_e4, ratio_named(lists, from, -1), ratio_named(lists, to, -2), converted_e4);
}

bool list_line_price(struct ctx *ctx, const struct price_lists *lists, int64_t plan_id, const char *product_unit, struct quote_line *line)
{
    struct unit_ratio sold = {0, 1, 1};
    struct unit_ratio priced = {0, 1, 1};
    struct listed_price listed;
    char tiers[TIERS_TEXT_BYTES];
    int64_t quantity_e4;

    if (!str_equal(line->unit, product_unit)) {
        sold = ratio_named(lists, line->unit, -1);
        priced = ratio_named(lists, product_unit, -2);
    }
    if (!unit_quantity(line->quantity_e4, sold, priced, &quantity_e4) ||
        !listed_price(lists, line->product_id, line->kind == LINE_RECURRING ? plan_id : 0, quantity_e4, &listed) ||
        !unit_rule(&listed.rule, priced, sold, &listed.rule))
        return false;
    line->listed = true;
    line->pricelist_id = listed.pricelist_id;
    line->pricelist_name = listed.row != NULL ? listed.row->list_name : "";
    line->price_model = price_model_name(listed.rule.model);
    line->tiers = arena_strdup(ctx->arena, tiers_text(&listed.rule, tiers));
    line->unit_price_e4 = price_model_has_tiers(listed.rule.model) ? 0 : listed.rule.unit_price_e4;
    return true;
}

/* ---- changing ---- */

struct act {
    struct pricelist_row *list;
    struct pricelist_price_row *price;
    int64_t pricelist_id;
    int64_t price_id;
    const struct once *once;
    struct listing_result *result;
};

/* A refusal leaves the transaction as a failure, so that nothing of it stays. */
static enum err run(struct ctx *ctx, enum err (*fn)(struct ctx *, void *), struct act *act)
{
    enum err err;

    memset(act->result, 0, sizeof *act->result);
    err = db_transaction(ctx, fn, act);
    if ((err == ERR_DUPLICATE && act->result->taken) || (err == ERR_CONFLICT && (act->result->stale || act->result->clash != NULL))) {
        ctx_forget_error(ctx);
        return OK;
    }
    return err;
}

static enum err finish(struct ctx *ctx, struct act *act, int64_t pricelist_id, const char *action, const char *subject)
{
    char *ref = arena_printf(ctx->arena, "%lld", (long long)pricelist_id);

    act->result->id = pricelist_id;
    TRY(ctx, note_audit(ctx, action, subject, "ok"));
    return spend_once(ctx, act->once, ref, &act->result->url);
}

static enum err list_change(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct pricelist_row *l = act->list;
    enum err err;

    TRY(ctx, segment_named(ctx, str_equal(l->scope, "segment") ? l->segment : "", &l->segment_id));
    err = l->id == 0 ? insert_pricelist(ctx, l) : save_pricelist(ctx, l);
    act->result->taken = err == ERR_DUPLICATE;
    act->result->stale = err == ERR_CONFLICT;
    if (err != OK)
        return err;
    return finish(ctx, act, l->id, "pricelist.changed", arena_printf(ctx->arena, "pricelist %lld", (long long)l->id));
}

enum err change_pricelist(struct ctx *ctx, struct pricelist_row *row, const struct once *once, struct listing_result *result)
{
    struct act act = {.list = row, .once = once, .result = result};

    return run(ctx, list_change, &act);
}

/* Which row has a day in common with the one to be written. */
static enum err find_clash(struct ctx *ctx, struct act *act)
{
    struct pricelist_price_row *rows;
    struct pricelist_price wanted;
    size_t count;

    pricelist_price_of(act->price, &wanted);
    TRY(ctx, pricelist_prices(ctx, act->price->pricelist_id, act->price->product_id, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct pricelist_price other;

        pricelist_price_of(&rows[i], &other);
        if (other.id != wanted.id && pricelist_prices_overlap(&wanted, &other)) {
            act->result->clash = &rows[i];
            return ERR_CONFLICT;
        }
    }
    return OK;
}

static enum err price_change(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct pricelist_price_row *p = act->price;
    struct pricelist_row list;
    enum err err = lock_pricelist(ctx, p->pricelist_id, &list);

    act->result->clash = NULL;
    if (err != OK)
        return err;
    p->scope = list.scope;
    p->currency = list.currency;
    p->country = list.country;
    err = find_clash(ctx, act);
    if (err != OK)
        return err;
    if (p->id == 0)
        TRY(ctx, insert_pricelist_price(ctx, p));
    else
        TRY(ctx, save_pricelist_price(ctx, p));
    return finish(ctx, act, p->pricelist_id, "pricelist.price_changed",
                  arena_printf(ctx->arena, "pricelist %lld price %lld", (long long)p->pricelist_id, (long long)p->id));
}

enum err change_pricelist_price(struct ctx *ctx, struct pricelist_price_row *row, const struct once *once,
                                struct listing_result *result)
{
    struct act act = {.price = row, .once = once, .result = result};

    return run(ctx, price_change, &act);
}

static enum err price_remove(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    enum err err = delete_pricelist_price(ctx, act->pricelist_id, act->price_id);

    act->result->stale = err == ERR_CONFLICT; /* somebody removed it before */
    if (err != OK)
        return err;
    return finish(ctx, act, act->pricelist_id, "pricelist.price_removed",
                  arena_printf(ctx->arena, "pricelist %lld price %lld", (long long)act->pricelist_id, (long long)act->price_id));
}

enum err remove_pricelist_price(struct ctx *ctx, int64_t pricelist_id, int64_t id, const struct once *once,
                                struct listing_result *result)
{
    struct act act = {.pricelist_id = pricelist_id, .price_id = id, .once = once, .result = result};

    return run(ctx, price_remove, &act);
}
