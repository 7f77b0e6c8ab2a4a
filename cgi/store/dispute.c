#include "store/dispute.h"

#include "store/db.h"

static const struct column dispute_column[] = {
    COLUMN(I64, dispute, id), COLUMN(TEXT, dispute, dispute_ref), COLUMN(I64, dispute, payment_id), COLUMN(ID, dispute, attempt_id),
    COLUMN(I64, dispute, customer_id), COLUMN(ID, dispute, invoice_id), COLUMN(ID, dispute, subscription_id), COLUMN(I64, dispute, amount_minor),
    COLUMN(TEXT, dispute, currency), COLUMN(TEXT, dispute, reason), COLUMN(TEXT, dispute, status), COLUMN(TEXT, dispute, state_name),
    COLUMN(INSTANT, dispute, answer_by), COLUMN(DATE, dispute, out_on), COLUMN(DATE, dispute, in_on), COLUMN(DATE, dispute, opened_on),
    COLUMN(DATE, dispute, ended_on),
};
#define DISPUTE                                                                                                                 \
    "SELECT d.id, d.dispute_ref, d.payment_id, p.attempt_id, d.customer_id, d.invoice_id, d.subscription_id, d.amount_minor, "    \
    "d.currency, d.reason, d.status, d.state AS state_name, d.answer_by, d.out_on, d.in_on, d.opened_on, d.ended_on "             \
    "FROM dispute d JOIN payment p ON p.id = d.payment_id "

struct flag_row {
    bool flag;
};
static const struct column flag_column[] = {COLUMN(BOOL, flag_row, flag)};

enum { INSERT, BY_ID, LOCK, SAVE, OF_PAYMENT, OF_SUBSCRIPTION };

static const struct statement statement[] = {
    [INSERT] = {"dispute_insert", "INSERT INTO dispute (dispute_ref, payment_id, customer_id, invoice_id, subscription_id, amount_minor, currency, "
                "reason, status, state, answer_by, opened_on, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, ?, ?)", NOTHING},
    [BY_ID] = {"dispute_by_id", DISPUTE "WHERE d.id = ?", READS(dispute, dispute_column)},
    [LOCK] = {"dispute_lock", DISPUTE "WHERE d.dispute_ref = ? FOR UPDATE", READS(dispute, dispute_column)},
    [SAVE] = {"dispute_save", "UPDATE dispute SET status = ?, state = ?, answer_by = ?, out_on = ?, in_on = ?, ended_on = ? WHERE id = ?", NOTHING},
    [OF_PAYMENT] = {"disputes_of_payment", DISPUTE "WHERE d.payment_id = ? ORDER BY d.id LIMIT 50", READS(dispute, dispute_column)},
    [OF_SUBSCRIPTION] = {"subscription_is_disputed", "SELECT EXISTS (SELECT 1 FROM dispute WHERE subscription_id = ? AND open_key = 1) AS flag",
                         READS(flag_row, flag_column)},
};
DB_STATEMENTS(dispute, statement)

enum err insert_dispute(struct ctx *ctx, struct dispute *d)
{
    d->state = DISPUTE_OPEN;
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_TEXT(d->dispute_ref), P_I64(d->payment_id), P_I64(d->customer_id), P_ID(d->invoice_id), P_ID(d->subscription_id),
                            P_I64(d->amount_minor), P_TEXT(d->currency), P_TEXT(d->reason), P_TEXT(d->status), P_INSTANT(d->answer_by),
                            P_DATE(ctx->today_on), P_INSTANT(ctx->now)), &d->id);
}

static enum err one(struct ctx *ctx, int which, const struct param *params, size_t count, struct dispute *dispute)
{
    enum err err = db_row(ctx, &statement[which], params, count, dispute);

    if (err == OK)
        dispute->state = dispute_state_from_name(dispute->state_name);
    return err;
}

enum err dispute_by_id(struct ctx *ctx, int64_t id, struct dispute *dispute)
{
    return one(ctx, BY_ID, PARAMS(P_I64(id)), dispute);
}

enum err lock_dispute(struct ctx *ctx, const char *ref, struct dispute *dispute)
{
    return one(ctx, LOCK, PARAMS(P_TEXT(ref)), dispute);
}

enum err save_dispute(struct ctx *ctx, const struct dispute *d)
{
    return db_write_one(ctx, &statement[SAVE],
                        PARAMS(P_TEXT(d->status), P_TEXT(dispute_state_name(d->state)), P_INSTANT(d->answer_by), P_DATE(d->out_on), P_DATE(d->in_on),
                               P_DATE(d->ended_on), P_I64(d->id)));
}

enum err disputes_of_payment(struct ctx *ctx, int64_t payment_id, struct dispute **rows, size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[OF_PAYMENT], PARAMS(P_I64(payment_id)), rows, count));
    for (size_t i = 0; i < *count; i++)
        (*rows)[i].state = dispute_state_from_name((*rows)[i].state_name);
    return OK;
}

enum err subscription_is_disputed(struct ctx *ctx, int64_t subscription_id, bool *disputed)
{
    struct flag_row row;

    TRY(ctx, db_row(ctx, &statement[OF_SUBSCRIPTION], PARAMS(P_I64(subscription_id)), &row));
    *disputed = row.flag;
    return OK;
}
