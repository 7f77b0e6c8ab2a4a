#include "service/deducting.h"

#include <string.h>

#include "base/check.h"
#include "core/chain.h"
#include "core/deposit.h"
#include "service/exchanging.h"
#include "service/issued.h"
#include "store/deposit.h"

struct pooled_deposit {
    struct deposit row;
    const struct invoice *invoice;
    struct credit_line *lines;
    const char *const *accounts; /* per line; NULL: not booked yet, the role's */
    size_t count;
    struct deducted rest; /* of a deposit in another currency: what is left of it, as deposit_rest says */
    bool is_new;  /* of this group */
    bool changed;
    struct pooled_deposit *next;
};

static struct pooled_deposit *pool_add(struct ctx *ctx, struct deduction_pool *pool)
{
    struct pooled_deposit *d = ARENA_NEW(ctx->arena, struct pooled_deposit);

    *pool->end = d;
    pool->end = &d->next;
    pool->count++;
    return d;
}

enum err add_deducted(struct ctx *ctx, int64_t deposit_id, struct credit_line *lines, size_t count)
{
    struct deposit_use *uses;
    size_t use_count;

    TRY(ctx, uses_of_deposit(ctx, deposit_id, &uses, &use_count));
    for (size_t i = 0; i < use_count; i++) {
        CHECK(uses[i].position >= 1 && (size_t)uses[i].position <= count);
        lines[uses[i].position - 1].before_minor += uses[i].amount_minor;
    }
    return OK;
}

/* A deposit of before, locked, with all that is gone of its lines. */
static enum err pool_load(struct ctx *ctx, struct deduction_pool *pool, int64_t deposit_id)
{
    struct invoice *invoice = ARENA_NEW(ctx->arena, struct invoice);
    struct credited_line *credited;
    struct invoice_line_row *rows;
    struct invoice_line *lines;
    struct pooled_deposit *d;
    struct deposit locked;
    const char **accounts;
    size_t credited_count;
    size_t count;

    TRY(ctx, deposit_lock(ctx, deposit_id, &locked));
    if (locked.left_minor == 0)
        return OK;
    TRY(ctx, invoice_by_id(ctx, deposit_id, invoice));
    TRY(ctx, issued_lines(ctx, invoice, &rows, &lines, &count));
    TRY(ctx, credited_lines(ctx, deposit_id, &credited, &credited_count));
    d = pool_add(ctx, pool);
    d->row = locked;
    d->invoice = invoice;
    d->count = count;
    if (invoice->books_rate_e6 != 0)
        TRY(ctx, deposit_rest(ctx, deposit_id, &d->rest));
    d->lines = ARENA_ARRAY(ctx->arena, struct credit_line, count + 1);
    accounts = ARENA_ARRAY(ctx->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        d->lines[i].line = &lines[i];
        accounts[i] = rows[i].account;
    }
    d->accounts = accounts;
    for (size_t i = 0; i < credited_count; i++)
        d->lines[credited[i].position - 1].before_minor = credited[i].priced_minor;
    return add_deducted(ctx, deposit_id, d->lines, count);
}

static void pool_new(struct ctx *ctx, struct deduction_pool *pool, const struct invoice_work *work)
{
    struct pooled_deposit *d = pool_add(ctx, pool);

    d->row = (struct deposit){.invoice_id = work->invoice.id, .order_id = work->deposit_of_order,
                              .subscription_id = work->subscription_id, .customer_id = work->customer_id, .currency = work->currency,
                              .total_minor = work->invoice.total_minor, .left_minor = work->invoice.total_minor};
    d->invoice = &work->invoice;
    d->rest = (struct deducted){work->invoice.total_minor, work->invoice.vat_minor};
    d->is_new = true;
    d->count = work->line_count;
    d->lines = ARENA_ARRAY(ctx->arena, struct credit_line, d->count);
    for (size_t i = 0; i < d->count; i++)
        d->lines[i].line = &work->lines[i].line;
}

static bool deducts(const struct invoice_work *work)
{
    return work->correction == NULL && work->deposit_of_order == 0 && work->totals.gross_minor > 0;
}

/* Of the order, or of a subscription that the invoice bills. */
static bool belongs(const struct deposit *d, const struct invoice_work *work)
{
    if (!deducts(work) || d->customer_id != work->customer_id || strcmp(d->currency, work->currency) != 0)
        return false;
    if (d->order_id == work->order_id || (d->subscription_id != 0 && d->subscription_id == work->subscription_id))
        return true;
    for (size_t i = 0; i < work->period_count; i++)
        if (d->subscription_id != 0 && work->periods[i].subscription_id == d->subscription_id)
            return true;
    return false;
}

/* Those that an invoice of the group may deduct; deposits are few, most groups have none. */
static enum err pool_before(struct ctx *ctx, struct deduction_pool *pool, const struct invoice_work *works, size_t count)
{
    struct deposit *spare;
    int64_t first = INT64_MAX;
    int64_t last = 0;
    size_t spare_count;

    for (size_t i = 0; i < count; i++)
        if (deducts(&works[i])) {
            first = works[i].customer_id < first ? works[i].customer_id : first;
            last = works[i].customer_id > last ? works[i].customer_id : last;
        }
    if (last == 0)
        return OK;
    TRY(ctx, spare_deposits(ctx, first, last, &spare, &spare_count));
    for (size_t i = 0; i < spare_count; i++)
        for (size_t k = 0; k < count; k++)
            if (belongs(&spare[i], &works[k])) {
                TRY(ctx, pool_load(ctx, pool, spare[i].invoice_id));
                break;
            }
    return OK;
}

/* What stands on 4191 of a deposit is its rest less the VAT in it, by the deposit's own rate. One from before the books were
 * converted does not stand in them: it is taken as the invoice's. */
static void leave(const struct invoice_work *work, struct pooled_deposit *d, struct deduction *out)
{
    struct exchange own = exchange_of_invoice(d->invoice);
    const struct exchange *x = own.rate_e6 != 0 ? &own : &work->books.exchange;
    struct deducted after = {d->rest.total_minor - out->amount_minor, d->rest.vat_minor - out->vat_minor};

    out->base_minor = exchange_step(x, d->rest.total_minor, after.total_minor) - exchange_step(x, d->rest.vat_minor, after.vat_minor);
    d->rest = after;
}

static enum err take(struct ctx *ctx, struct invoice_work *work, struct pooled_deposit *d, struct deposit_room *room)
{
    int64_t taken = deposit_take(d->lines, d->count, room);
    struct totals totals;

    if (taken == 0)
        return OK;
    if (!credit_totals(d->lines, d->count, &totals))
        return FAIL(ctx, ERR_LIMIT, "the amount of a deposit is out of bounds");
    for (size_t i = 0; i < d->count; i++) {
        struct credit_line *line = &d->lines[i];
        struct deduction *out = &work->deductions[work->deduction_count];

        if (line->now_minor == 0)
            continue;
        *out = (struct deduction){.deposit = d->invoice, .account = d->accounts != NULL ? d->accounts[i] : NULL, .tax = line->line->tax,
                                  .position = (int32_t)i + 1, .amount_minor = line->now_minor};
        for (size_t g = 0; g < totals.group_count; g++) /* a deposit has one line a rate */
            if (totals.groups[g].category == out->tax.category && totals.groups[g].rate_ppm == out->tax.rate_ppm) {
                out->net_minor = totals.groups[g].base_minor;
                out->vat_minor = totals.groups[g].tax_minor;
            }
        leave(work, d, out);
        work->deducted_vat_minor += out->vat_minor;
        work->deduction_count++;
        line->before_minor += line->now_minor;
        line->now_minor = 0;
    }
    work->deducted_minor += taken;
    d->row.left_minor -= taken;
    d->changed = true;
    return OK;
}

static enum err deduct(struct ctx *ctx, struct invoice_work *work, struct deduction_pool *pool)
{
    struct invoice_line *lines = ARENA_ARRAY(ctx->arena, struct invoice_line, work->line_count + 1);
    struct deposit_room room;
    size_t most = 0;

    for (struct pooled_deposit *d = pool->first; d != NULL; d = d->next)
        most += belongs(&d->row, work) ? d->count : 0;
    if (most == 0)
        return OK;
    for (size_t i = 0; i < work->line_count; i++)
        lines[i] = work->lines[i].line;
    if (!deposit_room(lines, work->line_count, &room))
        return FAIL(ctx, ERR_LIMIT, "the amount of an invoice is out of bounds");
    work->deductions = ARENA_ARRAY(ctx->arena, struct deduction, most);
    for (struct pooled_deposit *d = pool->first; d != NULL; d = d->next)
        if (belongs(&d->row, work))
            TRY(ctx, take(ctx, work, d, &room));
    return OK;
}

enum err share_deposits(struct ctx *ctx, struct invoice_work *works, size_t count, struct deduction_pool *pool)
{
    *pool = (struct deduction_pool){.count = 0};
    pool->end = &pool->first;
    TRY(ctx, pool_before(ctx, pool, works, count));
    for (size_t i = 0; i < count; i++)
        if (works[i].deposit_of_order != 0)
            pool_new(ctx, pool, &works[i]);
    for (size_t i = 0; pool->count > 0 && i < count; i++)
        if (deducts(&works[i]))
            TRY(ctx, deduct(ctx, &works[i], pool));
    return OK;
}

enum err save_deductions(struct ctx *ctx, const struct invoice_work *works, size_t count, const struct deduction_pool *pool)
{
    struct deposit *made = ARENA_ARRAY(ctx->arena, struct deposit, pool->count + 1);
    struct deposit *changed = ARENA_ARRAY(ctx->arena, struct deposit, pool->count + count + 1);
    struct deposit_use *uses;
    size_t made_count = 0;
    size_t changed_count = 0;
    size_t use_count = 0;

    for (size_t i = 0; i < count; i++)
        use_count += works[i].deduction_count;
    uses = ARENA_ARRAY(ctx->arena, struct deposit_use, use_count + 1);
    use_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct correction *c = works[i].correction;

        for (size_t k = 0; k < works[i].deduction_count; k++) {
            const struct deduction *d = &works[i].deductions[k];

            uses[use_count++] = (struct deposit_use){.deposit_id = d->deposit->id, .position = d->position, .invoice_id = works[i].invoice.id,
                                                     .amount_minor = d->amount_minor, .net_minor = d->net_minor, .vat_minor = d->vat_minor};
        }
        if (c != NULL && c->deposit.invoice_id != 0) {
            changed[changed_count] = c->deposit;
            changed[changed_count++].left_minor -= works[i].invoice.total_minor;
        }
    }
    for (const struct pooled_deposit *d = pool->first; d != NULL; d = d->next)
        if (d->is_new)
            made[made_count++] = d->row;
        else if (d->changed)
            changed[changed_count++] = d->row;
    TRY(ctx, insert_deposits(ctx, made, made_count));
    TRY(ctx, insert_deposit_uses(ctx, uses, use_count));
    return save_deposits(ctx, changed, changed_count);
}

struct chain_deduction *work_deductions(struct ctx *ctx, const struct invoice_work *work)
{
    struct chain_deduction *rows = ARENA_ARRAY(ctx->arena, struct chain_deduction, work->deduction_count + 1);

    for (size_t i = 0; i < work->deduction_count; i++) {
        const struct deduction *d = &work->deductions[i];

        rows[i] = (struct chain_deduction){d->deposit->number, d->deposit->issued_on, d->tax.category, d->tax.rate_ppm,
                                           d->amount_minor, d->net_minor, d->vat_minor};
    }
    return rows;
}

struct chain_deduction *stored_deductions(struct arena *arena, const struct deposit_use *uses, size_t count)
{
    struct chain_deduction *rows = ARENA_ARRAY(arena, struct chain_deduction, count + 1);

    for (size_t i = 0; i < count; i++)
        rows[i] = (struct chain_deduction){uses[i].number, uses[i].issued_on, tax_category_from_code(uses[i].tax_category),
                                           uses[i].tax_rate_ppm, uses[i].amount_minor, uses[i].net_minor, uses[i].vat_minor};
    return rows;
}
