#include "service/exchanging.h"

#include <string.h>

#include "base/check.h"
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
static enum err find_rate(struct ctx *ctx, const char *base, const struct invoice *invoice, int64_t corrected_id, struct invoice_exchange *x)
{
    struct exchange_rate rate;
    enum err err = corrected_id != 0 ? invoice_exchange_of(ctx, corrected_id, x) : ERR_NOT_FOUND;

    if (err == OK || err != ERR_NOT_FOUND)
        return err;
    err = exchange_rate_on(ctx, base, invoice->currency, invoice->issued_on, &rate);
    if (err == OK)
        *x = (struct invoice_exchange){.base = base, .rate_e6 = rate.rate_e6, .rate_on = rate.rate_on, .source = rate.source};
    return err;
}

enum err keep_exchange(struct ctx *ctx, const struct company *company, const struct invoice *invoice, int64_t corrected_id)
{
    const struct currency *base = currency_find(company->currency);
    const struct currency *currency = currency_find(invoice->currency);
    struct invoice_exchange x;
    enum err err;

    if (strcmp(company->currency, invoice->currency) == 0)
        return OK;
    CHECK(base != NULL && currency != NULL);
    err = find_rate(ctx, company->currency, invoice, corrected_id, &x);
    if (err == ERR_NOT_FOUND && invoice->vat_minor == 0) {
        ctx_forget_error(ctx);
        return OK;
    }
    if (err == ERR_NOT_FOUND)
        return FAIL(ctx, ERR_LIMIT, "there is no exchange rate for %s", invoice->currency);
    if (err != OK)
        return err;
    x.invoice_id = invoice->id;
    if (!exchange_to_base(invoice->vat_minor, currency, x.rate_e6, base, &x.vat_base_minor))
        return FAIL(ctx, ERR_LIMIT, "the VAT of an invoice in %s is out of bounds in %s", invoice->currency, company->currency);
    return insert_invoice_exchange(ctx, &x);
}
