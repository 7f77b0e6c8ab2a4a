#include "service/exchanging.h"

#include <string.h>

#include "store/db.h"
#include "store/history.h"

struct act {
    const struct exchange_rate *rate;
    const struct ecb_rate *rates;
    size_t count;
    const struct once *once;
    struct exchanging_result *result;
};

static enum err finish(struct ctx *ctx, struct act *act, const char *subject)
{
    TRY(ctx, note_audit(ctx, "exchange_rate.added", subject, "ok"));
    return spend_once(ctx, act->once, "", &act->result->url);
}

static enum err add_one(struct ctx *ctx, void *arg)
{
    struct act *act = arg;

    TRY(ctx, insert_exchange_rate(ctx, act->rate));
    act->result->added = 1;
    return finish(ctx, act, act->rate->currency);
}

enum err add_exchange_rate(struct ctx *ctx, const struct exchange_rate *rate, const struct once *once, struct exchanging_result *result)
{
    struct act act = {.rate = rate, .once = once, .result = result};

    memset(result, 0, sizeof *result);
    return db_transaction(ctx, add_one, &act);
}

/* What a file says again is not entered again; what it says otherwise counts from now on. */
static enum err is_there(struct ctx *ctx, const struct exchange_rate *wanted, bool *there)
{
    struct exchange_rate rate;
    enum err err = exchange_rate_on(ctx, wanted->base, wanted->currency, wanted->rate_on, &rate);

    *there = err == OK && rate.rate_on == wanted->rate_on && rate.rate_e6 == wanted->rate_e6;
    if (err == ERR_NOT_FOUND)
        ctx_forget_error(ctx);
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err add_all(struct ctx *ctx, void *arg)
{
    struct act *act = arg;

    act->result->added = 0;
    for (size_t i = 0; i < act->count; i++) {
        const struct exchange_rate rate = {.base = "EUR", .currency = act->rates[i].currency, .rate_on = act->rates[i].on,
                                           .rate_e6 = act->rates[i].rate_e6, .source = "ECB"};
        bool there;

        TRY(ctx, is_there(ctx, &rate, &there));
        if (there)
            continue;
        TRY(ctx, insert_exchange_rate(ctx, &rate));
        act->result->added++;
    }
    return finish(ctx, act, "ECB");
}

enum err add_ecb_rates(struct ctx *ctx, const struct ecb_rate *rates, size_t count, const struct once *once, struct exchanging_result *result)
{
    struct act act = {.rates = rates, .count = count, .once = once, .result = result};

    memset(result, 0, sizeof *result);
    return db_transaction(ctx, add_all, &act);
}

enum err exchange_is_known(struct ctx *ctx, const char *base, const char *currency, bool *known)
{
    struct exchange_rate rate;
    enum err err;

    *known = strcmp(base, currency) == 0;
    if (*known)
        return OK;
    err = exchange_rate_on(ctx, base, currency, ctx->today_on, &rate);
    *known = err == OK && rate.rate_on >= ctx->today_on - EXCHANGE_STALE_DAYS;
    if (err == ERR_NOT_FOUND)
        ctx_forget_error(ctx);
    return err == ERR_NOT_FOUND ? OK : err;
}

/* That of the corrected invoice, else the newest one of the day of issue. */
/* ---- a document that is being issued ---- */

/* A note has the rate of its invoice; one on a document from before the books were converted stands as that one does. */
static enum err find_corrected(struct ctx *ctx, const struct invoice *corrected, struct document_exchange *x)
{
    enum err err = invoice_exchange_of(ctx, corrected->id, &x->row);

    if (err == ERR_NOT_FOUND)
        ctx_forget_error(ctx);
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err find_rate(struct ctx *ctx, const char *base, const struct invoice *invoice, struct document_exchange *x)
{
    struct exchange_rate rate;
    enum err err = exchange_rate_on(ctx, base, invoice->currency, invoice->issued_on, &rate);

    if (err == ERR_NOT_FOUND)
        return FAIL(ctx, ERR_LIMIT, "there is no exchange rate for %s", invoice->currency);
    if (err == OK)
        x->row = (struct invoice_exchange){.base = base, .rate_e6 = rate.rate_e6, .rate_on = rate.rate_on, .source = rate.source, .sealed = true};
    return err;
}

enum err find_exchange(struct ctx *ctx, const char *base, const struct invoice *invoice, const struct invoice *corrected,
                       struct document_exchange *x)
{
    *x = (struct document_exchange){.exchange = EXCHANGE_NONE};
    if (strcmp(base, invoice->currency) == 0)
        return OK;
    TRY(ctx, corrected != NULL ? find_corrected(ctx, corrected, x) : find_rate(ctx, base, invoice, x));
    if (x->row.rate_e6 == 0)
        return OK;
    x->row.invoice_id = invoice->id;
    if (x->row.sealed)
        x->exchange = exchange_between(invoice->currency, x->row.base, x->row.rate_e6);
    return OK;
}

struct chain_exchange *chain_exchange_of(struct arena *arena, const struct document_exchange *x)
{
    struct chain_exchange *said = ARENA_NEW(arena, struct chain_exchange);

    if (!x->row.sealed)
        return NULL;
    *said = (struct chain_exchange){.base = x->row.base, .rate_e6 = x->row.rate_e6, .rate_on = x->row.rate_on, .source = x->row.source,
                                    .total_minor = x->row.total_base_minor, .vat_minor = x->row.vat_base_minor, .groups = x->groups,
                                    .group_count = x->group_count};
    return said;
}

struct chain_exchange *stored_exchange(struct arena *arena, const struct invoice_exchange *row, const struct invoice_exchange_tax *taxes, size_t count)
{
    struct document_exchange *x = ARENA_NEW(arena, struct document_exchange);

    if (count > TOTALS_GROUPS_MAX)
        return NULL;
    x->row = *row;
    x->group_count = count;
    for (size_t i = 0; i < count; i++)
        x->groups[i] = (struct tax_group){.category = tax_category_from_code(taxes[i].tax_category), .rate_ppm = taxes[i].tax_rate_ppm,
                                          .base_minor = taxes[i].base_minor, .tax_minor = taxes[i].tax_minor};
    return chain_exchange_of(arena, x);
}

enum err keep_exchange(struct ctx *ctx, const struct document_exchange *x)
{
    struct invoice_exchange_tax taxes[TOTALS_GROUPS_MAX];

    if (x->row.invoice_id == 0)
        return OK;
    for (size_t i = 0; i < x->group_count; i++)
        taxes[i] = (struct invoice_exchange_tax){.invoice_id = x->row.invoice_id, .tax_category = tax_category_code(x->groups[i].category),
                                                 .tax_rate_ppm = x->groups[i].rate_ppm, .base_minor = x->groups[i].base_minor,
                                                 .tax_minor = x->groups[i].tax_minor};
    TRY(ctx, insert_invoice_exchange(ctx, &x->row));
    return insert_invoice_exchange_taxes(ctx, taxes, x->group_count);
}

/* ---- money ---- */

struct exchange exchange_of_invoice(const struct invoice *invoice)
{
    return invoice->books_rate_e6 == 0 ? EXCHANGE_NONE : exchange_between(invoice->currency, invoice->books, invoice->books_rate_e6);
}

enum err exchange_on(struct ctx *ctx, const struct exchange *document, int32_t on, int64_t minor, int64_t *base_minor)
{
    struct exchange_rate rate;
    enum err err;

    *base_minor = minor;
    if (document->rate_e6 == 0)
        return OK;
    err = exchange_rate_on(ctx, document->base->code, document->currency->code, on, &rate);
    if (err == ERR_NOT_FOUND)
        return FAIL(ctx, ERR_LIMIT, "there is no exchange rate for %s", document->currency->code);
    if (err != OK)
        return err;
    return exchange_to_base(minor, document->currency, rate.rate_e6, document->base, base_minor)
               ? OK : FAIL(ctx, ERR_LIMIT, "an amount in %s is out of bounds in %s", document->currency->code, document->base->code);
}

enum err exchange_payment(struct ctx *ctx, const struct exchange *document, int32_t on, struct posting_payment *p)
{
    int64_t open = p->invoice_total_minor - p->paid_before_minor;
    int64_t booked_minor;

    p->exchange = *document;
    TRY(ctx, exchange_on(ctx, document, on, p->amount_minor, &p->money_base_minor));
    TRY(ctx, exchange_on(ctx, document, on, p->amount_minor < open ? p->amount_minor : open, &booked_minor));
    p->above_base_minor = p->money_base_minor - booked_minor;
    return OK;
}

enum err exchange_money(struct ctx *ctx, const struct invoice *invoice, int32_t on, struct posting_payment *payment)
{
    struct exchange document = exchange_of_invoice(invoice);

    return exchange_payment(ctx, &document, on, payment);
}
