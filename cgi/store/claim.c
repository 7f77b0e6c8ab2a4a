#include "store/claim.h"

#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/history.h"
#include "store/list.h"
#include "store/subscription.h"

static const struct column claim_column[] = {
    COLUMN(I64, receivable, invoice_id), COLUMN(I64, receivable, customer_id), COLUMN(ID, receivable, subscription_id),
    COLUMN(TEXT, receivable, currency), COLUMN(I64, receivable, total_minor), COLUMN(I64, receivable, open_minor),
    COLUMN(DATE, receivable, due_on), COLUMN(DATE, receivable, collect_on), COLUMN(I32, receivable, retries),
    COLUMN(TEXT, receivable, state), COLUMN(DATE, receivable, paid_on),
};
#define CLAIM_SELECT                                                                                                       \
    "SELECT invoice_id, customer_id, subscription_id, currency, total_minor, open_minor, due_on, collect_on, retries, state, " \
    "paid_on FROM receivable WHERE pending_of = ?"

struct answer {
    bool yes;
};
static const struct column answer_column[] = {COLUMN(BOOL, answer, yes)};

static const struct column asked_column[] = {
    COLUMN(I64, asked, invoice_id), COLUMN(BOOL, asked, is_claim), COLUMN(TEXT, asked, number), COLUMN(TEXT, asked, kind), COLUMN(DATE, asked, issued_on),
    COLUMN(DATE, asked, due_on), COLUMN(I64, asked, total_minor), COLUMN(TEXT, asked, currency), COLUMN(I64, asked, owed_minor),
    COLUMN(I64, asked, open_minor), COLUMN(DATE, asked, owed_on), COLUMN(DATE, asked, collect_on), COLUMN(DATE, asked, paid_on),
    COLUMN(I64, asked, deducted_minor), COLUMN(I64, asked, credit_minor), COLUMN(TEXT, asked, debited_by),
    COLUMN(TEXT, asked, debit_digits), COLUMN(DATE, asked, debit_on),
};

enum { OF, OF_LOCK, INSERT, SAVE, DROP, INVOICED, UNDER_WAY, TRIED_WITH, ADVANCE, ASKED };
static const struct statement statement[] = {
    [OF] = {"claim_of", CLAIM_SELECT, READS(receivable, claim_column)},
    [OF_LOCK] = {"claim_of_lock", CLAIM_SELECT " FOR UPDATE", READS(receivable, claim_column)},
    [INSERT] = {"claim_insert", "INSERT INTO receivable (invoice_id, customer_id, subscription_id, currency, total_minor, open_minor, due_on, "
                "collect_on, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending')", NOTHING},
    [SAVE] = {"claim_save", "UPDATE receivable SET total_minor = ?, open_minor = ?, collect_on = ? WHERE invoice_id = ? AND state = 'pending'", NOTHING},
    [DROP] = {"claim_drop", "UPDATE receivable SET state = 'dropped', open_minor = 0, collect_on = NULL WHERE invoice_id = ? AND state = 'pending'",
              NOTHING},
    [INVOICED] = {"claim_invoiced", "UPDATE receivable SET total_minor = ?, open_minor = ?, due_on = ?, collect_on = ?, state = ?, paid_on = ? "
                  "WHERE invoice_id = ? AND state = 'pending'", NOTHING},
    [UNDER_WAY] = {"claim_under_way", "SELECT EXISTS (SELECT 1 FROM payable p JOIN attempt a ON a.payable_id = p.id WHERE p.invoice_id = ? AND "
                   "(a.state IN ('ready', 'sending', 'unknown', 'pending') OR (a.state = 'operator' AND EXISTS (SELECT 1 FROM operator_item o WHERE "
                   "o.subject_kind = 'attempt' AND o.subject_id = a.id AND o.closed_at IS NULL)))) AS yes", READS(answer, answer_column)},
    [TRIED_WITH] = {"claim_tried_with", "SELECT EXISTS (SELECT 1 FROM payable p JOIN attempt a ON a.payable_id = p.id WHERE p.invoice_id = ? AND "
                    "a.payment_method_id = ?) AS yes", READS(answer, answer_column)},
    [ADVANCE] = {"claim_advance_left", "SELECT EXISTS (SELECT 1 FROM advance WHERE customer_id = ? AND currency = ? AND left_minor > 0) AS yes",
                 READS(answer, answer_column)},
    [ASKED] = {"asked_facts", "SELECT r.invoice_id, i.id IS NULL AS is_claim, IFNULL(i.number, s.number) AS number, IFNULL(i.kind, 'claim') AS kind, "
               "IFNULL(i.issued_on, r.due_on) AS issued_on, IFNULL(i.due_on, r.due_on) AS due_on, IFNULL(i.total_minor, r.total_minor) AS total_minor, r.currency, "
               "r.total_minor AS owed_minor, r.open_minor, r.due_on AS owed_on, r.collect_on, r.paid_on, "
               "CAST(IFNULL((SELECT SUM(u.amount_minor) FROM deposit_use u WHERE u.invoice_id = r.invoice_id), 0) AS SIGNED) AS deducted_minor, "
               "CAST(IFNULL((SELECT SUM(a.amount_minor) FROM credit_allocation a JOIN credit_note c ON c.invoice_id = a.credit_note_id "
               "WHERE a.invoice_id = r.invoice_id AND c.corrected_id <> a.invoice_id), 0) AS SIGNED) AS credit_minor, "
               "IF(a.kind IN ('off_session', 'sepa') OR r.collect_on IS NOT NULL, IFNULL(m.gateway, 'stripe'), '') AS debited_by, "
               "IFNULL(m.last4, '') AS debit_digits, d.collect_on AS debit_on "
               "FROM " ID_LIST "receivable r ON r.invoice_id = j.id "
               "LEFT JOIN invoice i ON i.id = r.invoice_id LEFT JOIN subscription s ON s.id = r.subscription_id "
               "LEFT JOIN payable y ON y.invoice_id = r.invoice_id LEFT JOIN attempt a ON a.payable_id = y.id AND a.state IN ('ready', 'sending', 'unknown', 'pending') "
               "LEFT JOIN collection d ON d.attempt_id = a.id "
               "LEFT JOIN payment_method m ON m.id = COALESCE(a.payment_method_id, d.payment_method_id, s.payment_method_id) "
               "AND m.customer_id = r.customer_id",
               READS(asked, asked_column)},
};
DB_STATEMENTS(claim, statement)

enum err claim_of(struct ctx *ctx, int64_t subscription_id, struct receivable *claim)
{
    return db_row(ctx, &statement[OF], PARAMS(P_I64(subscription_id)), claim);
}

enum err lock_claim_of(struct ctx *ctx, int64_t subscription_id, struct receivable *claim)
{
    return db_row(ctx, &statement[OF_LOCK], PARAMS(P_I64(subscription_id)), claim);
}

enum err insert_claim(struct ctx *ctx, const struct receivable *c)
{
    return db_write(ctx, &statement[INSERT],
                    PARAMS(P_I64(c->invoice_id), P_I64(c->customer_id), P_I64(c->subscription_id), P_TEXT(c->currency), P_I64(c->total_minor),
                           P_I64(c->open_minor), P_DATE(c->due_on), P_DATE(c->collect_on)), NULL);
}

enum err save_claim(struct ctx *ctx, const struct receivable *c)
{
    return db_write_one(ctx, &statement[SAVE], PARAMS(P_I64(c->total_minor), P_I64(c->open_minor), P_DATE(c->collect_on), P_I64(c->invoice_id)));
}

enum err drop_claim(struct ctx *ctx, int64_t invoice_id)
{
    return db_write_one(ctx, &statement[DROP], PARAMS(P_I64(invoice_id)));
}

enum err save_claim_invoiced(struct ctx *ctx, const struct receivable *r)
{
    return db_write_one(ctx, &statement[INVOICED],
                        PARAMS(P_I64(r->total_minor), P_I64(r->open_minor), P_DATE(r->due_on), P_DATE(r->collect_on), P_TEXT(r->state),
                               P_DATE(r->paid_on), P_I64(r->invoice_id)));
}

static enum err ask(struct ctx *ctx, int which, const struct param *params, size_t count, bool *yes)
{
    struct answer answer;

    TRY(ctx, db_row(ctx, &statement[which], params, count, &answer));
    *yes = answer.yes;
    return OK;
}

enum err claim_is_under_way(struct ctx *ctx, int64_t invoice_id, bool *yes)
{
    return ask(ctx, UNDER_WAY, PARAMS(P_I64(invoice_id)), yes);
}

enum err claim_was_tried_with(struct ctx *ctx, int64_t invoice_id, int64_t payment_method_id, bool *yes)
{
    return ask(ctx, TRIED_WITH, PARAMS(P_I64(invoice_id), P_I64(payment_method_id)), yes);
}

enum err advance_is_left(struct ctx *ctx, int64_t customer_id, const char *currency, bool *yes)
{
    return ask(ctx, ADVANCE, PARAMS(P_I64(customer_id), P_TEXT(currency)), yes);
}

enum err asked_invoice(struct ctx *ctx, int64_t id, struct invoice *invoice)
{
    enum err err = invoice_by_id(ctx, id, invoice);
    struct subscription subscription;
    struct customer customer;
    struct receivable claim;

    if (err != ERR_NOT_FOUND)
        return err;
    ctx_forget_error(ctx);
    err = receivable_of(ctx, id, &claim);
    if (err != OK)
        return err;
    TRY(ctx, subscription_by_id(ctx, claim.subscription_id, &subscription));
    TRY(ctx, customer_by_id(ctx, claim.customer_id, &customer));
    *invoice = (struct invoice){.id = id, .series = "", .number = subscription.number, .kind = "claim", .customer_id = claim.customer_id,
                                .customer_version_id = customer.version_id, .subscription_id = claim.subscription_id,
                                .issued_on = claim.due_on, .due_on = claim.due_on, .language = customer.language,
                                .currency = claim.currency, .total_minor = claim.total_minor, .vat_due = ""};
    return OK;
}

enum err asked_facts(struct ctx *ctx, const int64_t *invoice_ids, size_t id_count, struct asked **rows, size_t *count)
{
    return db_rows(ctx, &statement[ASKED], PARAMS(P_TEXT(id_list(ctx->arena, invoice_ids, id_count))), rows, count);
}

bool invoice_is_claim(const struct invoice *invoice)
{
    return strcmp(invoice->kind, "claim") == 0;
}

void claim_subject(const struct receivable *receivable, const char **kind, int64_t *id)
{
    bool pending = strcmp(receivable->state, "pending") == 0;

    *kind = pending ? ABOUT_SUBSCRIPTION : ABOUT_INVOICE;
    *id = pending ? receivable->subscription_id : receivable->invoice_id;
}

const char *claim_ref(struct ctx *ctx, int64_t invoice_id)
{
    return arena_printf(ctx->arena, "R-%lld", (long long)invoice_id);
}

enum err asked_by_ref(struct ctx *ctx, const char *ref, struct invoice *invoice)
{
    long long id;

    if (strncmp(ref, "R-", 2) != 0 || !str_to_i64(ref + 2, 1, INT64_MAX, &id))
        return invoice_by_number(ctx, ref, invoice);
    return asked_invoice(ctx, id, invoice);
}
