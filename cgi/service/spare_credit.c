#include "service/spare_credit.h"

#include <string.h>

#include "core/exchange.h"
#include "service/exchanging.h"

struct spare_credit {
    struct customer_credit row;
    bool is_new; /* of a note in this group */
    bool changed;
    struct exchange exchange;    /* of the note: how it stands in the books */
    int64_t standing_minor;      /* there, of a note in another currency: credit_standing */
    struct spare_credit *next;
};

enum { HOLDERS_AT_ONCE = 1000 };

static struct spare_credit *pool_add(struct ctx *ctx, struct credit_pool *pool, const struct customer_credit *row, bool is_new)
{
    struct spare_credit *spare = ARENA_NEW(ctx->arena, struct spare_credit);

    *spare = (struct spare_credit){.row = *row, .is_new = is_new};
    *pool->end = spare;
    pool->end = &spare->next;
    pool->count++;
    return spare;
}

static bool uses_credit(const struct invoice_work *work)
{
    return work->correction == NULL && !work->leaves_credit && work->deposit_of_order == 0 && work->totals.gross_minor > work->deducted_minor;
}

static enum err find_holders(struct ctx *ctx, struct credit_pool *pool, const struct invoice_work *works, size_t count)
{
    int64_t first = INT64_MAX;
    int64_t last = 0;

    for (size_t i = 0; i < count; i++)
        if (uses_credit(&works[i])) {
            first = works[i].customer_id < first ? works[i].customer_id : first;
            last = works[i].customer_id > last ? works[i].customer_id : last;
        }
    return last == 0 ? OK : credit_holders(ctx, first, last, HOLDERS_AT_ONCE, &pool->holders, &pool->holder_count);
}

static bool may_hold(const struct credit_pool *pool, int64_t customer_id)
{
    for (size_t i = 0; i < pool->holder_count; i++)
        if (pool->holders[i].customer_id == customer_id)
            return true;
    return pool->holder_count == HOLDERS_AT_ONCE;
}

/* How a note of before stands in the books. */
static enum err find_standing(struct ctx *ctx, struct spare_credit *s)
{
    struct invoice note;

    TRY(ctx, invoice_by_id(ctx, s->row.credit_note_id, &note));
    s->exchange = exchange_of_invoice(&note);
    return credit_standing(ctx, s->row.credit_note_id, &s->standing_minor);
}

/* What the customer has by now, once per customer and currency of a group. */
static enum err pool_fill(struct ctx *ctx, struct credit_pool *pool, const struct invoice_work *works, size_t which)
{
    const struct invoice_work *work = &works[which];
    struct customer_credit *rows;
    size_t count;

    if (!may_hold(pool, work->customer_id))
        return OK;
    for (size_t i = 0; i < which; i++)
        if (uses_credit(&works[i]) && works[i].customer_id == work->customer_id && strcmp(works[i].currency, work->currency) == 0)
            return OK;
    TRY(ctx, lock_spare_credits(ctx, work->customer_id, work->currency, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct spare_credit *spare = pool_add(ctx, pool, &rows[i], false);

        if (work->books.exchange.rate_e6 != 0)
            TRY(ctx, find_standing(ctx, spare));
    }
    return OK;
}

/* What leaves a note in the books. One from before they were converted does not stand in them: it is taken as the invoice's. */
static int64_t leaves(const struct invoice_work *work, const struct spare_credit *s, int64_t used_minor)
{
    return s->exchange.rate_e6 == 0 ? exchange_minor(&work->books.exchange, used_minor)
                                    : exchange_step(&s->exchange, s->standing_minor, s->standing_minor - used_minor);
}

/* Takes from the pool, oldest first, what the invoice asks for. */
static void pool_use(struct ctx *ctx, struct credit_pool *pool, struct invoice_work *work)
{
    for (struct spare_credit *s = pool->first; s != NULL && work_asks(work) > 0; s = s->next) {
        int64_t wanted = work_asks(work);
        int64_t used = s->row.left_minor < wanted ? s->row.left_minor : wanted;

        if (used == 0 || s->row.customer_id != work->customer_id || strcmp(s->row.currency, work->currency) != 0)
            continue;
        s->row.left_minor -= used;
        s->changed = true;
        work->credit_used_minor += used;
        work->credit_base_minor += leaves(work, s, used);
        s->standing_minor -= used;
        pool->uses[pool->use_count++] = (struct credit_allocation){
            .credit_note_id = s->row.credit_note_id, .invoice_id = work->invoice.id, .amount_minor = used, .used_on = ctx->today_on};
    }
}

enum err share_credit(struct ctx *ctx, struct invoice_work *works, size_t count, struct credit_pool *pool)
{
    *pool = (struct credit_pool){.count = 0};
    pool->end = &pool->first;
    TRY(ctx, find_holders(ctx, pool, works, count));
    for (size_t i = 0; i < count; i++) {
        const struct correction *c = works[i].correction;

        if (c != NULL) {
            struct spare_credit *spare = pool_add(ctx, pool, &(struct customer_credit){works[i].invoice.id, works[i].customer_id, works[i].currency,
                                                                                      works[i].invoice.total_minor, c->effect.kept_minor}, true);
            spare->exchange = works[i].books.exchange;
            spare->standing_minor = c->effect.kept_minor;
        } else if (uses_credit(&works[i])) {
            TRY(ctx, pool_fill(ctx, pool, works, i));
        }
    }
    if (pool->count == 0)
        return OK;
    pool->uses = ARENA_ARRAY(ctx->arena, struct credit_allocation, pool->count + 2 * count); /* each use empties one or ends one */
    for (size_t i = 0; i < count; i++) {
        const struct correction *c = works[i].correction;

        if (c != NULL && c->effect.set_off_minor > 0)
            pool->uses[pool->use_count++] = (struct credit_allocation){
                .credit_note_id = works[i].invoice.id, .invoice_id = c->corrected.id, .amount_minor = c->effect.set_off_minor,
                .used_on = ctx->today_on};
        else if (uses_credit(&works[i]))
            pool_use(ctx, pool, &works[i]);
    }
    return OK;
}

enum err save_credit(struct ctx *ctx, const struct credit_pool *pool)
{
    struct customer_credit *made = ARENA_ARRAY(ctx->arena, struct customer_credit, pool->count + 1);
    struct customer_credit *changed = ARENA_ARRAY(ctx->arena, struct customer_credit, pool->count + 1);
    size_t made_count = 0;
    size_t changed_count = 0;

    for (const struct spare_credit *s = pool->first; s != NULL; s = s->next)
        if (s->is_new)
            made[made_count++] = s->row;
        else if (s->changed)
            changed[changed_count++] = s->row;
    TRY(ctx, insert_customer_credits(ctx, made, made_count));
    TRY(ctx, save_customer_credits(ctx, changed, changed_count));
    return insert_credit_allocations(ctx, pool->uses, pool->use_count);
}
