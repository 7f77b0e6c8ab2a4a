#include "service/debiting.h"

#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/random.h"
#include "core/date.h"
#include "core/mandate.h"
#include "core/target_day.h"
#include "service/debit_terms.h"
#include "service/restoring.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/debit.h"
#include "store/history.h"
#include "store/mandate.h"
#include "store/outbox.h"
#include "store/payable.h"
#include "store/reconciliation.h"

enum { PLANNED = 200 };

struct planning {
    const struct receivable *receivable;
    int64_t payment_method_id;
    const char *token_sealed;        /* the account, where the caller has read it; NULL: read here, as the next */
    const struct debit_terms *terms; /* one for all that a run plans */
};

static const char *new_end_to_end_id(struct ctx *ctx)
{
    unsigned char bytes[14];

    random_bytes(bytes, sizeof bytes);
    return arena_printf(ctx->arena, "SDD%s", encode_hex(ctx->arena, bytes, sizeof bytes)); /* 31 characters, SEPA's alphabet */
}

static enum err tell_customer(struct ctx *ctx, const struct customer *customer, const struct mandate *m, const struct collection *c, int64_t attempt_id,
                              const struct receivable *receivable)
{
    struct mail mail = {.template = "sepa_prenotice", .customer_id = customer->id, .invoice_id = c->invoice_id, .subscription_id = receivable->subscription_id};
    char day[DATE_TEXT_BYTES];

    mail.language = customer->language;
    mail.to_address = customer->email;
    mail.to_name = customer->name;
    mail.params = history_params(ctx->arena, "on", date_iso(c->collect_on, day), "reference", m->reference, "creditor", m->creditor_id, "account",
                                 m->account_masked, "asked", arena_printf(ctx->arena, "%lld", (long long)receivable->open_minor), NULL);
    mail.dedup_key = arena_printf(ctx->arena, "sepa_prenotice %lld", (long long)attempt_id);
    return queue_mail(ctx, &mail);
}

/* The terms with the bank and the account, unless the caller knows them. */
static enum err read_terms(struct ctx *ctx, const struct planning *p, struct debit_terms *terms, const char **iban)
{
    struct payment_method method = {.id = p->payment_method_id, .token_sealed = p->token_sealed};

    if (p->terms != NULL)
        *terms = *p->terms;
    else
        TRY(ctx, debit_terms(ctx, terms));
    if (p->token_sealed == NULL)
        TRY(ctx, payment_method_by_id(ctx, p->payment_method_id, &method));
    return payment_method_token(ctx, &method, iban);
}

static enum err plan(struct ctx *ctx, void *arg)
{
    struct planning *p = arg;
    struct receivable receivable;
    struct payable payable = {.invoice_id = p->receivable->invoice_id, .customer_id = p->receivable->customer_id, .currency = p->receivable->currency,
                              .amount_minor = p->receivable->open_minor};
    struct attempt attempt = {.attempt_key = new_end_to_end_id(ctx), .kind = "sepa", .request_path = "", .request_body = "", .decline_code = "",
                              .message = "", .session_ref = "", .intent_ref = "", .redirect_url = ""};
    struct payable_tries tries;
    struct collection c;
    struct customer customer;
    struct debit_terms terms;
    struct target_terms bank;
    struct mandate m;
    struct collection_facts facts;
    enum collection_refusal refusal;
    const char *iban;

    TRY(ctx, ensure_payable(ctx, &payable));
    TRY(ctx, payable_tries(ctx, payable.id, &tries));
    if (tries.taken) /* the customer is paying otherwise: look again tomorrow */
        return postpone_collection(ctx, p->receivable->invoice_id, ctx->today_on + 1);
    TRY(ctx, lock_receivable(ctx, p->receivable->invoice_id, &receivable));
    if (receivable.open_minor <= 0)
        return postpone_collection(ctx, receivable.invoice_id, DATE_NONE);
    TRY(ctx, read_terms(ctx, p, &terms, &iban));
    TRY(ctx, mandate_by_method(ctx, p->payment_method_id, &m));
    TRY(ctx, customer_by_id(ctx, receivable.customer_id, &customer));
    bank = bank_terms(&terms);
    c = (struct collection){.payment_method_id = p->payment_method_id, .invoice_id = receivable.invoice_id, .noticed_on = ctx->today_on,
                            .collect_on = collection_on(&bank, receivable.due_on, ctx->today_on, terms.notice_days, ctx->today_on, minute_now(ctx))};
    facts = collection_facts_of(&m, receivable.open_minor, receivable.currency, ctx->today_on, terms.notice_days, iban, customer.city);
    refusal = collection_may_be_made(&facts, c.collect_on);
    if (refusal == COLLECTION_NOT_CONFIRMED) /* somebody is asked for it: look again tomorrow */
        return postpone_collection(ctx, receivable.invoice_id, ctx->today_on + 1);
    TRY(ctx, postpone_collection(ctx, receivable.invoice_id, DATE_NONE));
    if (terms.creditor_id[0] == '\0' || refusal != COLLECTION_NOT_REFUSED)
        return note_activity(ctx, ABOUT_INVOICE, receivable.invoice_id, "invoice.not_collected",
                             history_params(ctx->arena, "reference", m.reference, NULL));
    attempt.number = tries.count + 1;
    attempt.payable_id = payable.id;
    attempt.amount_minor = receivable.open_minor;
    attempt.currency = receivable.currency;
    attempt.payment_method_id = p->payment_method_id;
    TRY(ctx, insert_attempt(ctx, &attempt));
    c.attempt_id = attempt.id;
    TRY(ctx, insert_collection(ctx, &c));
    return tell_customer(ctx, &customer, &m, &c, attempt.id, &receivable);
}

enum err plan_in_transaction(struct ctx *ctx, const struct receivable *receivable, int64_t payment_method_id)
{
    struct planning work = {.receivable = receivable, .payment_method_id = payment_method_id};

    return plan(ctx, &work);
}

enum err plan_collection(struct ctx *ctx, const struct receivable *receivable, int64_t payment_method_id)
{
    struct planning work = {.receivable = receivable, .payment_method_id = payment_method_id};

    return db_transaction(ctx, plan, &work);
}

static enum err plan_due(struct ctx *ctx, const struct due_by_mandate *due, const struct debit_terms *terms, bool any_stray)
{
    struct receivable receivable = {.invoice_id = due->invoice_id, .customer_id = due->customer_id, .subscription_id = due->subscription_id,
                                    .currency = due->currency, .open_minor = due->open_minor};
    struct planning work = {&receivable, due->payment_method_id, due->token_sealed, terms};
    bool stray = false;
    enum err err;

    if (any_stray)
        TRY(ctx, customer_has_stray_money(ctx, due->customer_id, &stray));
    if (stray)
        return OK;
    err = db_transaction(ctx, plan, &work);
    if (err == OK || err == ERR_DB_GONE || err == ERR_HELD)
        return err;
    log_trail(ctx, "charge.set_aside");
    ctx_forget_error(ctx);
    return postpone_collection(ctx, due->invoice_id, ctx->today_on + 1);
}

static enum err plan_some(struct ctx *ctx, int64_t *after_id, size_t *count)
{
    struct due_by_mandate *rows;
    struct debit_terms terms;
    bool any_stray;

    TRY(ctx, due_by_mandate(ctx, *after_id, PLANNED, &rows, count));
    if (*count == 0)
        return OK;
    TRY(ctx, any_stray_money(ctx, &any_stray));
    TRY(ctx, debit_terms(ctx, &terms));
    for (size_t i = 0; i < *count; i++) {
        *after_id = rows[i].invoice_id;
        TRY(ctx, plan_due(ctx, &rows[i], &terms, any_stray));
    }
    return OK;
}

enum err plan_due_collections(struct ctx *run)
{
    struct ctx item = *run;
    int64_t after_id = 0;
    size_t count = PLANNED;
    enum err err = db_ready(run);

    if (err == OK)
        err = refuse_while_restored(run);
    item.arena = arena_new();
    while (err == OK && count == PLANNED) {
        arena_reset(item.arena);
        err = plan_some(&item, &after_id, &count);
    }
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}
