#include "service/cataloguing.h"

#include <string.h>

#include "base/str.h"
#include "store/db.h"
#include "store/history.h"
#include "store/product_cost.h"
#include "store/seller_team.h"
#include "store/unit.h"

struct act {
    struct product *product;
    struct price *prices;
    struct plan *plan;
    struct unit *unit;
    struct seller_team *team;
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
    for (size_t i = 0; i < p->cost_count; i++) {
        struct product_cost *cost = &p->costs[i];

        cost->product_id = p->id;
        if (cost->unit_cost_e4 == COST_REMOVED)
            TRY(ctx, delete_product_cost(ctx, p->id, cost->plan_id, cost->currency));
        else
            TRY(ctx, save_product_cost(ctx, cost));
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

static const char *word(const char *text)
{
    return text == NULL ? "" : text;
}

static void append_line(struct str *out, const struct quote_template_line *l)
{
    str_printf(out, "\x1e%s\x1f%s\x1f%d\x1f%lld\x1f%s\x1f%s\x1f%s\x1f%lld\x1f%lld\x1f%d\x1f%lld\x1f%d\x1f%s\x1f%d\x1f%lld\x1f%lld",
               line_kind_name(l->kind), word(l->timing), l->is_option, (long long)l->product_id, l->description, word(l->other_description), word(l->unit),
               (long long)l->quantity_e4, (long long)l->unit_price_e4, (int)l->discount_ppm, (long long)l->discount_minor,
               (int)l->discount_periods, word(l->tax_class), l->quantity_editable, (long long)l->quantity_min_e4, (long long)l->quantity_max_e4);
}

/* Everything that a version says, for comparing: texts hold no control characters but line ends. */
static const char *what_it_says(struct arena *arena, const struct quote_template *t, const struct quote_template_line *lines, size_t count)
{
    const struct own_terms *own = &t->own;
    bool fixed = own->duration == DURATION_FIXED;
    struct str out = str_new(arena);

    str_printf(&out, "%lld\x1f%d\x1f%s\x1f%s\x1f%s\x1f%d\x1f%d\x1f%d\x1f%d\x1f%s\x1f%d\x1f%d\x1f%lld", (long long)t->plan_id, (int)t->validity_days,
               quote_acceptance_name(t->acceptance), duration_name(own->duration), fixed ? term_unit_name(own->unit) : "",
               fixed ? own->count : 0, fixed && own->renews, own->has_commitment ? own->commitment_months : -1,
               own->has_notice ? own->notice_days : -1, own_answer_name(own->customer_end), own->close_days, (int)t->deposit_ppm,
               (long long)t->deposit_minor);
    str_printf(&out, "\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%d", word(t->note), word(t->header), word(t->footer), word(t->terms),
               word(t->confirmation), t->no_confirm_mail);
    str_printf(&out, "\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s", word(t->other_language), word(t->other_note), word(t->other_header), word(t->other_footer),
               word(t->other_terms), word(t->other_confirmation));
    str_printf(&out, "\x1f%s", word(t->journal));
    for (size_t i = 0; i < count; i++)
        append_line(&out, &lines[i]);
    return out.text;
}

/* The newest version's number, and whether what is to be saved says something else. */
static enum err compare(struct ctx *ctx, const struct act *act, int32_t *newest, bool *differs)
{
    struct quote_template before;
    struct quote_template_line *lines;
    size_t count;

    TRY(ctx, quote_template_by_id(ctx, act->template->id, &before));
    TRY(ctx, quote_template_lines(ctx, before.version_id, &lines, &count));
    *newest = before.version;
    *differs = strcmp(what_it_says(ctx->arena, &before, lines, count),
                      what_it_says(ctx->arena, act->template, act->lines, act->count)) != 0;
    return OK;
}

static enum err template_change(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct quote_template *t = act->template;
    bool differs = true;
    int32_t newest = 0;
    enum err err;

    if (t->id != 0)
        TRY(ctx, compare(ctx, act, &newest, &differs));
    t->version = newest + differs;
    err = judge(act, t->id == 0 ? insert_quote_template(ctx, t) : save_quote_template(ctx, t));
    if (err != OK)
        return err;
    if (differs)
        TRY(ctx, insert_quote_template_version(ctx, t, act->lines, act->count));
    TRY(ctx, replace_quote_template_sellers(ctx, t->id, t->seller_ids, t->seller_count));
    TRY(ctx, replace_quote_template_teams(ctx, t->id, t->team_ids, t->team_count));
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

static enum err team_change(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct seller_team *team = act->team;
    enum err err = judge(act, team->id == 0 ? insert_seller_team(ctx, team) : save_seller_team(ctx, team));

    if (err != OK)
        return err;
    TRY(ctx, replace_seller_team_members(ctx, team->id, team->seller_ids, team->seller_count));
    return finish(ctx, act, team->id, "seller_team.changed");
}

enum err change_team(struct ctx *ctx, struct seller_team *team, const struct once *once, struct catalogue_result *result)
{
    struct act act = {.team = team, .once = once, .result = result};

    return run(ctx, team_change, &act);
}
