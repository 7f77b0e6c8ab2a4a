#include "service/cataloguing.h"

#include <string.h>

#include "store/db.h"
#include "store/history.h"
#include "store/unit.h"

struct act {
    struct product *product;
    struct price *prices;
    struct plan *plan;
    struct unit *unit;
    struct quote_template *template;
    const struct quote_template_line *lines;
    size_t count;
    const struct once *once;
    struct catalogue_result *result;
};

/* A taken name must leave the transaction as a failure, so that it is rolled back; a form
 * that was sent twice is ERR_DUPLICATE without `taken` and goes to the caller. */
static enum err run(struct ctx *ctx, enum err (*fn)(struct ctx *, void *), struct act *act)
{
    enum err err;

    memset(act->result, 0, sizeof *act->result);
    err = db_transaction(ctx, fn, act);
    if ((err == ERR_DUPLICATE && act->result->taken) || (err == ERR_CONFLICT && act->result->stale)) {
        ctx_forget_error(ctx);
        return OK;
    }
    return err;
}

static enum err judge(struct act *act, enum err err)
{
    act->result->taken = err == ERR_DUPLICATE;
    act->result->stale = err == ERR_CONFLICT;
    return err;
}

static enum err finish(struct ctx *ctx, struct act *act, int64_t id, const char *action)
{
    char *ref = arena_printf(ctx->arena, "%lld", (long long)id);

    act->result->id = id;
    TRY(ctx, note_audit(ctx, action, ref, "ok"));
    return spend_once(ctx, act->once, ref, &act->result->url);
}

enum err put_product(struct ctx *ctx, struct product *p, struct price *list, size_t count)
{
    enum err err = p->id == 0 ? insert_product(ctx, p) : save_product(ctx, p);

    if (err != OK)
        return err;
    TRY(ctx, unit_named(ctx, p->unit));
    for (size_t i = 0; i < count; i++) {
        struct price *price = &list[i];

        price->product_id = p->id;
        if (price->unit_price_e4 == PRICE_REMOVED)
            TRY(ctx, delete_price(ctx, p->id, price->plan_id, price->currency));
        else
            TRY(ctx, save_price(ctx, price));
    }
    return OK;
}

static enum err product_change(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    enum err err = judge(act, put_product(ctx, act->product, act->prices, act->count));

    return err == OK ? finish(ctx, act, act->product->id, "product.changed") : err;
}

enum err change_product(struct ctx *ctx, struct product *product, struct price *prices_, size_t count,
                        const struct once *once, struct catalogue_result *result)
{
    struct act act = {.product = product, .prices = prices_, .count = count, .once = once, .result = result};

    return run(ctx, product_change, &act);
}

static enum err plan_change(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct plan *p = act->plan;
    enum err err = judge(act, p->id == 0 ? insert_plan(ctx, p) : save_plan(ctx, p));

    return err == OK ? finish(ctx, act, p->id, "plan.changed") : err;
}

enum err change_plan(struct ctx *ctx, struct plan *plan, const struct once *once,
                     struct catalogue_result *result)
{
    struct act act = {.plan = plan, .once = once, .result = result};

    return run(ctx, plan_change, &act);
}

static enum err template_change(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct quote_template *t = act->template;
    enum err err = judge(act, t->id == 0 ? insert_quote_template(ctx, t) : save_quote_template(ctx, t));

    if (err != OK)
        return err;
    TRY(ctx, replace_quote_template_lines(ctx, t->id, act->lines, act->count));
    return finish(ctx, act, t->id, "quote_template.changed");
}

enum err change_template(struct ctx *ctx, struct quote_template *template,
                         const struct quote_template_line *lines, size_t count,
                         const struct once *once, struct catalogue_result *result)
{
    struct act act = {.template = template, .lines = lines, .count = count, .once = once, .result = result};

    return run(ctx, template_change, &act);
}

/* A base that others convert to, or that has a base itself, is refused by the database: told as `misplaced`. */
static enum err base_fits(struct ctx *ctx, struct act *act)
{
    struct unit *rows;
    size_t count;

    TRY(ctx, units(ctx, &rows, &count));
    for (size_t i = 0; i < count && act->unit->base_id != 0; i++)
        act->result->misplaced |= (rows[i].id == act->unit->base_id && (rows[i].base_id != 0 || rows[i].id == act->unit->id)) ||
                                  (act->unit->id != 0 && rows[i].base_id == act->unit->id);
    return OK;
}

static enum err unit_change(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct unit *u = act->unit;
    enum err err;

    act->result->misplaced = false;
    TRY(ctx, base_fits(ctx, act));
    if (act->result->misplaced)
        return OK;
    err = judge(act, u->id == 0 ? insert_unit(ctx, u) : save_unit(ctx, u));
    return err == OK ? finish(ctx, act, u->id, "unit.changed") : err;
}

enum err change_unit(struct ctx *ctx, struct unit *unit, const struct once *once, struct catalogue_result *result)
{
    struct act act = {.unit = unit, .once = once, .result = result};

    return run(ctx, unit_change, &act);
}
