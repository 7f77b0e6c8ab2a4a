#include "service/refund_transfers.h"

#include "base/secret.h"
#include "service/refund_settling.h"
#include "store/db.h"
#include "store/invoice.h"
#include "store/tenant.h"

enum err refund_iban(struct ctx *ctx, const struct refund *refund, const char **iban)
{
    unsigned char *data;
    size_t bytes;

    if (!secret_open(ctx->arena, &ctx->tenant->seal_data,
                     tenant_place(ctx->arena, ctx->tenant, "refund", "iban_sealed", refund->id), refund->iban_sealed, &data, &bytes))
        return FAIL(ctx, ERR_CORRUPT, "the account of refund %lld does not open", (long long)refund->id);
    *iban = (const char *)data;
    return OK;
}

static enum err by_person(struct ctx *ctx, struct refund_settling *s, struct refund_result *result)
{
    struct refund f;

    TRY(ctx, db_ready(ctx));
    TRY(ctx, refund_by_id(ctx, s->refund_id, &f));
    if (refund_by_gateway(&f))
        return ERR_NOT_FOUND;
    TRY(ctx, reserve_ids(ctx, "journal_entry", 1, &s->entry_id));
    TRY(ctx, db_transaction(ctx, settle_refund, s));
    *result = (struct refund_result){s->verdict == REFUND_MOVES ? REFUND_NOT_REFUSED : REFUND_CHANGED, s->url};
    return OK;
}

enum err mark_refund_made(struct ctx *ctx, int64_t refund_id, int32_t on, const struct once *once, struct refund_result *result)
{
    struct refund_settling s = {.refund_id = refund_id, .event = REFUND_MADE, .on = on, .once = once};

    return by_person(ctx, &s, result);
}

enum err withdraw_refund(struct ctx *ctx, int64_t refund_id, const struct once *once, struct refund_result *result)
{
    struct refund_settling s = {.refund_id = refund_id, .event = REFUND_WITHDRAWN, .on = ctx->today_on, .once = once};

    return by_person(ctx, &s, result);
}

enum err match_refund_transfer(struct ctx *ctx, const struct bank_entry_row *entry, int64_t journal_id, struct booking *booking, bool *matched)
{
    struct refund_settling s = {.event = REFUND_MADE, .bank_entry_id = entry->id, .on = entry->booked_on, .entry_id = journal_id, .books_outside = true};
    struct refund *rows;
    size_t count;

    *matched = false;
    if (entry->credit || entry->account_key[0] == '\0')
        return OK;
    TRY(ctx, refunds_to_match(ctx, entry->account_key, entry->amount_minor, entry->currency, &rows, &count));
    if (count == 0)
        return OK;
    s.refund_id = rows[0].id; /* equal ones are equal: the oldest */
    TRY(ctx, settle_refund(ctx, &s));
    *matched = s.verdict == REFUND_MOVES;
    *booking = s.booking;
    return OK;
}
