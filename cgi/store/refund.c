#include "store/refund.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "store/db.h"
#include "store/list.h"

static const struct column refund_column[] = {
    COLUMN(I64, refund, id), COLUMN(TEXT, refund, refund_key), COLUMN(TEXT, refund, kind), COLUMN(TEXT, refund, state_name),
    COLUMN(ID, refund, payment_id), COLUMN(ID, refund, credit_note_id), COLUMN(ID, refund, invoice_id), COLUMN(I64, refund, customer_id),
    COLUMN(I64, refund, amount_minor), COLUMN(TEXT, refund, currency), COLUMN(TEXT, refund, reason), COLUMN(TEXT, refund, request_body),
    COLUMN(TEXT, refund, refund_ref), COLUMN(TEXT, refund, iban_sealed), COLUMN(TEXT, refund, iban_key), COLUMN(TEXT, refund, iban_masked),
    COLUMN(TEXT, refund, account_name), COLUMN(TEXT, refund, failure), COLUMN(ID, refund, bank_entry_id), COLUMN(ID, refund, sender),
    COLUMN(INSTANT, refund, sending_at), COLUMN(INSTANT, refund, first_sent_at), COLUMN(INSTANT, refund, next_check_at),
    COLUMN(I32, refund, checks), COLUMN(DATE, refund, opened_on), COLUMN(DATE, refund, done_on), COLUMN(INSTANT, refund, created_at),
};
#define REFUND                                                                                                                    \
    "SELECT f.id, f.refund_key, f.kind, f.state AS state_name, f.payment_id, f.credit_note_id, f.invoice_id, f.customer_id, "     \
    "f.amount_minor, f.currency, f.reason, f.request_body, f.refund_ref, f.iban_sealed, f.iban_key, f.iban_masked, f.account_name, " \
    "f.failure, f.bank_entry_id, f.sender, f.sending_at, f.first_sent_at, f.next_check_at, f.checks, f.opened_on, f.done_on, "    \
    "f.created_at FROM refund f "

static const struct column taken_column[] = {COLUMN(I64, taken_back, held_minor), COLUMN(I64, taken_back, back_minor), COLUMN(BOOL, taken_back, under_way), COLUMN(BOOL, taken_back, disputed)};

static const struct column refundable_column[] = {
    COLUMN(I64, refundable, payment_id), COLUMN(ID, refundable, attempt_id), COLUMN(I64, refundable, customer_id),
    COLUMN(I64, refundable, amount_minor), COLUMN(TEXT, refundable, currency), COLUMN(TEXT, refundable, gateway),
    COLUMN(TEXT, refundable, intent_ref), COLUMN(TEXT, refundable, method_text), COLUMN(DATE, refundable, received_on),
};
#define REFUNDABLE                                                                                                              \
    "SELECT p.id AS payment_id, p.attempt_id, p.customer_id, p.amount_minor, p.currency, p.gateway, IFNULL(a.intent_ref, '') "    \
    "AS intent_ref, p.method_text, p.received_on FROM payment p LEFT JOIN attempt a ON a.id = p.attempt_id "

struct payer {
    int64_t place; /* in the list, from 1 */
    int64_t customer_id;
};
static const struct column payer_column[] = {COLUMN(I64, payer, place), COLUMN(I64, payer, customer_id)};

static const struct column allocated_column[] = {COLUMN(I64, allocated, invoice_id), COLUMN(TEXT, allocated, number), COLUMN(I64, allocated, amount_minor)};

static const struct column credit_column[] = {
    COLUMN(I64, customer_credit, credit_note_id), COLUMN(I64, customer_credit, customer_id), COLUMN(TEXT, customer_credit, currency),
    COLUMN(I64, customer_credit, total_minor), COLUMN(I64, customer_credit, left_minor),
};

struct flag_row {
    bool flag;
};
static const struct column flag_column[] = {COLUMN(BOOL, flag_row, flag)};

static const struct column list_column[] = {
    COLUMN(I64, refund_list_row, id), COLUMN(TEXT, refund_list_row, kind), COLUMN(TEXT, refund_list_row, state),
    COLUMN(TEXT, refund_list_row, customer_number), COLUMN(TEXT, refund_list_row, customer_name), COLUMN(TEXT, refund_list_row, note_number),
    COLUMN(TEXT, refund_list_row, invoice_number), COLUMN(ID, refund_list_row, attempt_id), COLUMN(TEXT, refund_list_row, method_text),
    COLUMN(TEXT, refund_list_row, iban_masked), COLUMN(TEXT, refund_list_row, currency), COLUMN(I64, refund_list_row, amount_minor),
    COLUMN(TEXT, refund_list_row, failure), COLUMN(INSTANT, refund_list_row, created_at),
};
#define LISTED                                                                                                                \
    "SELECT f.id, f.kind, f.state, c.number AS customer_number, v.name AS customer_name, n.number AS note_number, i.number AS "   \
    "invoice_number, p.attempt_id, p.method_text, f.iban_masked, f.currency, f.amount_minor, f.failure, f.created_at "            \
    "FROM refund f STRAIGHT_JOIN customer c ON c.id = f.customer_id STRAIGHT_JOIN customer_version v ON v.id = c.current_version_id " \
    "LEFT JOIN invoice n ON n.id = f.credit_note_id LEFT JOIN invoice i ON i.id = f.invoice_id LEFT JOIN payment p ON p.id = f.payment_id "

enum {
    INSERT, BY_ID, BY_KEY, LOCK, MOVE, EVENT, OF_PAYMENT, OF_NOTE, ABOUT_AN_INVOICE, TO_CHECK, PUT_OFF, READY_ONES, TO_MATCH, TAKEN, PAYMENT, PAYMENT_OF_ATTEMPT,
    PAYMENT_OF_INTENT, PAYERS, PAYMENTS_OF_INVOICE, ALLOCATED, BACK, CREDIT_LOCK, LIST, WAITING, SEAL, OPENS,
};

static const struct statement statement[] = {
    [INSERT] = {"refund_insert", "INSERT INTO refund (refund_key, kind, state, payment_id, credit_note_id, invoice_id, customer_id, amount_minor, "
                "currency, reason, request_body, iban_sealed, iban_key, iban_masked, account_name, next_check_at, opened_on, actor, created_at) "
                "VALUES (?, ?, 'ready', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [BY_ID] = {"refund_by_id", REFUND "WHERE f.id = ?", READS(refund, refund_column)},
    [BY_KEY] = {"refund_by_key", REFUND "WHERE f.refund_key = ?", READS(refund, refund_column)},
    [LOCK] = {"refund_lock", REFUND "WHERE f.id = ? FOR UPDATE", READS(refund, refund_column)},
    [MOVE] = {"refund_move", "UPDATE refund SET state = ?, refund_ref = ?, iban_sealed = ?, failure = ?, bank_entry_id = ?, sender = ?, "
              "sending_at = ?, first_sent_at = ?, next_check_at = ?, checks = ?, done_on = ? WHERE id = ? AND state = ?", NOTHING},
    [EVENT] = {"refund_event_insert", "INSERT INTO refund_event (refund_id, from_state, to_state, event, detail, actor, at) "
               "VALUES (?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [OF_PAYMENT] = {"refunds_of_payment", REFUND "WHERE f.payment_id = ? ORDER BY f.id LIMIT 200", READS(refund, refund_column)},
    [OF_NOTE] = {"refunds_of_note", REFUND "WHERE f.credit_note_id = ? ORDER BY f.id LIMIT 200", READS(refund, refund_column)},
    [ABOUT_AN_INVOICE] = {"refunds_about_invoice", REFUND "WHERE f.invoice_id = ? OR f.credit_note_id IN (SELECT c.invoice_id FROM "
                          "credit_note c WHERE c.corrected_id = ?) ORDER BY f.id LIMIT 200", READS(refund, refund_column)},
    [TO_CHECK] = {"refunds_to_check", REFUND "FORCE INDEX (due) WHERE f.next_check_at IS NOT NULL AND f.id > ? AND (f.next_check_at <= ? OR "
                  "(f.state = 'sending' AND f.sender NOT IN (SELECT ID FROM information_schema.PROCESSLIST))) ORDER BY f.id LIMIT ?", READS(refund, refund_column)},
    [PUT_OFF] = {"refund_put_off", "UPDATE refund SET next_check_at = ? WHERE id = ? AND next_check_at IS NOT NULL", NOTHING},
    [READY_ONES] = {"refunds_ready", REFUND "WHERE f.state = 'ready' AND f.kind = 'card' ORDER BY f.id LIMIT ?", READS(refund, refund_column)},
    [TO_MATCH] = {"refunds_to_match", REFUND "WHERE f.state = 'ready' AND f.kind = 'transfer' AND f.iban_key = ? AND f.amount_minor = ? AND "
                  "f.currency = ? ORDER BY f.id LIMIT 2", READS(refund, refund_column)},
    [TAKEN] = {"taken_back_of", "SELECT CAST(f.held_minor + d.gone_minor AS SIGNED) AS held_minor, CAST(f.back_minor + d.gone_minor AS SIGNED) AS "
               "back_minor, f.under_way, d.disputed FROM (SELECT IFNULL(SUM(IF(holds = 1, amount_minor, 0)), 0) AS held_minor, IFNULL(SUM(IF(state = "
               "'succeeded', amount_minor, 0)), 0) AS back_minor, IFNULL(MAX(under_way), 0) = 1 AS under_way FROM refund WHERE payment_id = ?) f, "
               "(SELECT IFNULL(SUM(IF(out_on IS NOT NULL AND in_on IS NULL, amount_minor, 0)), 0) AS gone_minor, IFNULL(MAX(open_key), 0) = 1 AS disputed "
               "FROM dispute WHERE payment_id = ?) d", READS(taken_back, taken_column)},
    [PAYMENT] = {"refundable_payment", REFUNDABLE "WHERE p.id = ?", READS(refundable, refundable_column)},
    [PAYMENT_OF_ATTEMPT] = {"refundable_of_attempt", REFUNDABLE "WHERE p.attempt_id = ?", READS(refundable, refundable_column)},
    [PAYMENT_OF_INTENT] = {"refundable_of_intent", REFUNDABLE "WHERE a.intent_ref = ?", READS(refundable, refundable_column)},
    [PAYERS] = {"payers_of_intents", "SELECT j.place, p.customer_id FROM " KEY_LIST "attempt a ON a.intent_ref = " LISTED_KEY " JOIN payment p ON p.attempt_id = a.id",
                READS(payer, payer_column)},
    [PAYMENTS_OF_INVOICE] = {"refundables_of_invoice", REFUNDABLE "JOIN allocation x ON x.payment_id = p.id WHERE x.invoice_id = ? AND "
                             "p.gateway = 'stripe' ORDER BY p.id LIMIT 50", READS(refundable, refundable_column)},
    [ALLOCATED] = {"allocated_by", "SELECT x.invoice_id, i.number, CAST(x.amount_minor - IFNULL((SELECT SUM(b.amount_minor) FROM "
                   "allocation_back b WHERE b.payment_id = x.payment_id AND b.invoice_id = x.invoice_id), 0) AS SIGNED) AS amount_minor "
                   "FROM allocation x JOIN invoice i ON i.id = x.invoice_id WHERE x.payment_id = ? ORDER BY x.invoice_id LIMIT 100",
                   READS(allocated, allocated_column)},
    [BACK] = {"allocation_back_insert", "INSERT INTO allocation_back (cause, cause_id, payment_id, invoice_id, amount_minor, back_on) "
              "VALUES (?, ?, ?, ?, ?, ?)", NOTHING},
    [CREDIT_LOCK] = {"customer_credit_lock", "SELECT credit_note_id, customer_id, currency, total_minor, left_minor FROM customer_credit "
                     "WHERE credit_note_id = ? FOR UPDATE", READS(customer_credit, credit_column)},
    [LIST] = {"refund_list", LISTED "WHERE f.id < ? ORDER BY f.id DESC LIMIT ?", READS(refund_list_row, list_column)},
    [WAITING] = {"refunds_to_transfer", LISTED "WHERE f.state = 'ready' AND f.kind = 'transfer' AND f.id < ? ORDER BY f.id LIMIT ?",
                 READS(refund_list_row, list_column)},
    [SEAL] = {"refund_seal", "UPDATE refund SET iban_sealed = ? WHERE id = ?", NOTHING},
    [OPENS] = {"refund_opens", "SELECT COUNT(*) > 0 AS flag FROM refund WHERE invoice_id = ? AND state IN ('ready', 'sending', 'unknown', "
               "'pending')", READS(flag_row, flag_column)},
};
DB_STATEMENTS(refund, statement)

static enum err one(struct ctx *ctx, int which, const struct param *params, size_t count, struct refund *refund)
{
    enum err err = db_row(ctx, &statement[which], params, count, refund);

    if (err == OK)
        refund->state = refund_state_from_name(refund->state_name);
    return err;
}

static enum err many(struct ctx *ctx, int which, const struct param *params, size_t param_count, struct refund **rows, size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[which], params, param_count, rows, count));
    for (size_t i = 0; i < *count; i++)
        (*rows)[i].state = refund_state_from_name((*rows)[i].state_name);
    return OK;
}

static const char *null_if_empty(const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : text;
}

enum err insert_refund(struct ctx *ctx, struct refund *f)
{
    f->state = REFUND_READY;
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_TEXT(f->refund_key), P_TEXT(f->kind), P_ID(f->payment_id), P_ID(f->credit_note_id), P_ID(f->invoice_id),
                            P_I64(f->customer_id), P_I64(f->amount_minor), P_TEXT(f->currency), P_TEXT(f->reason), P_TEXT(f->request_body),
                            P_TEXT(f->iban_sealed), P_TEXT(f->iban_key), P_TEXT(f->iban_masked), P_TEXT(f->account_name),
                            P_INSTANT(f->next_check_at), P_DATE(ctx->today_on), P_TEXT(ctx->actor), P_INSTANT(ctx->now)), &f->id);
}

enum err save_refund_iban(struct ctx *ctx, int64_t id, const char *sealed)
{
    return db_write_one(ctx, &statement[SEAL], PARAMS(P_TEXT(sealed), P_I64(id)));
}

enum err refund_by_id(struct ctx *ctx, int64_t id, struct refund *refund)
{
    return one(ctx, BY_ID, PARAMS(P_I64(id)), refund);
}

enum err refund_by_key(struct ctx *ctx, const char *key, struct refund *refund)
{
    return key[0] == '\0' ? ERR_NOT_FOUND : one(ctx, BY_KEY, PARAMS(P_TEXT(key)), refund);
}

enum err lock_refund(struct ctx *ctx, int64_t id, struct refund *refund)
{
    CHECK(db_in_transaction(ctx));
    return one(ctx, LOCK, PARAMS(P_I64(id)), refund);
}

enum err move_refund(struct ctx *ctx, const struct refund *f, enum refund_state from, const char *event, const char *detail)
{
    TRY(ctx, db_write_one(ctx, &statement[MOVE],
                          PARAMS(P_TEXT(refund_state_name(f->state)), P_TEXT(null_if_empty(f->refund_ref)), P_TEXT(f->iban_sealed),
                                 P_TEXT(str_cut(ctx->arena, f->failure, 250)), P_ID(f->bank_entry_id), P_ID(f->sender),
                                 P_INSTANT(f->sending_at), P_INSTANT(f->first_sent_at), P_INSTANT(f->next_check_at), P_I64(f->checks),
                                 P_DATE(f->done_on), P_I64(f->id), P_TEXT(refund_state_name(from)))));
    return db_write(ctx, &statement[EVENT],
                    PARAMS(P_I64(f->id), P_TEXT(refund_state_name(from)), P_TEXT(refund_state_name(f->state)), P_TEXT(event),
                           P_TEXT(str_cut(ctx->arena, detail, 250)), P_TEXT(ctx->actor), P_INSTANT(ctx->now)), NULL);
}

enum err refunds_of_payment(struct ctx *ctx, int64_t payment_id, struct refund **rows, size_t *count)
{
    return many(ctx, OF_PAYMENT, PARAMS(P_I64(payment_id)), rows, count);
}

enum err refunds_of_note(struct ctx *ctx, int64_t credit_note_id, struct refund **rows, size_t *count)
{
    return many(ctx, OF_NOTE, PARAMS(P_I64(credit_note_id)), rows, count);
}

enum err refunds_about_invoice(struct ctx *ctx, int64_t invoice_id, struct refund **rows, size_t *count)
{
    return many(ctx, ABOUT_AN_INVOICE, PARAMS(P_I64(invoice_id), P_I64(invoice_id)), rows, count);
}

enum err refund_opens(struct ctx *ctx, int64_t invoice_id, bool *opens)
{
    struct flag_row row;

    TRY(ctx, db_row(ctx, &statement[OPENS], PARAMS(P_I64(invoice_id)), &row));
    *opens = row.flag;
    return OK;
}

enum err refunds_to_check(struct ctx *ctx, int64_t after_id, int32_t limit, struct refund **rows, size_t *count)
{
    return many(ctx, TO_CHECK, PARAMS(P_I64(after_id), P_INSTANT(ctx->now), P_I64(limit)), rows, count);
}

enum err put_off_refund(struct ctx *ctx, int64_t id, int64_t until_at)
{
    return db_write(ctx, &statement[PUT_OFF], PARAMS(P_INSTANT(until_at), P_I64(id)), NULL);
}

enum err ready_refunds(struct ctx *ctx, int32_t limit, struct refund **rows, size_t *count)
{
    return many(ctx, READY_ONES, PARAMS(P_I64(limit)), rows, count);
}

enum err refunds_to_match(struct ctx *ctx, const char *iban_key, int64_t amount_minor, const char *currency, struct refund **rows, size_t *count)
{
    return many(ctx, TO_MATCH, PARAMS(P_TEXT(iban_key), P_I64(amount_minor), P_TEXT(currency)), rows, count);
}

enum err taken_back_of(struct ctx *ctx, int64_t payment_id, struct taken_back *taken)
{
    return db_row(ctx, &statement[TAKEN], PARAMS(P_I64(payment_id), P_I64(payment_id)), taken);
}

enum err refundable_payment(struct ctx *ctx, int64_t payment_id, struct refundable *payment)
{
    return db_row(ctx, &statement[PAYMENT], PARAMS(P_I64(payment_id)), payment);
}

enum err refundable_of_attempt(struct ctx *ctx, int64_t attempt_id, struct refundable *payment)
{
    return db_row(ctx, &statement[PAYMENT_OF_ATTEMPT], PARAMS(P_I64(attempt_id)), payment);
}

enum err refundable_of_intent(struct ctx *ctx, const char *intent_ref, struct refundable *payment)
{
    return intent_ref[0] == '\0' ? ERR_NOT_FOUND : db_row(ctx, &statement[PAYMENT_OF_INTENT], PARAMS(P_TEXT(intent_ref)), payment);
}

enum err payers_of_intents(struct ctx *ctx, const char *const *intent_refs, size_t count, int64_t *customer_ids)
{
    struct payer *rows;
    size_t found;

    TRY(ctx, db_rows(ctx, &statement[PAYERS], PARAMS(P_TEXT(key_list(ctx->arena, intent_refs, count))), &rows, &found));
    memset(customer_ids, 0, count * sizeof *customer_ids);
    for (size_t i = 0; i < found; i++)
        customer_ids[rows[i].place - 1] = rows[i].customer_id;
    return OK;
}

enum err refundables_of_invoice(struct ctx *ctx, int64_t invoice_id, struct refundable **rows, size_t *count)
{
    return db_rows(ctx, &statement[PAYMENTS_OF_INVOICE], PARAMS(P_I64(invoice_id)), rows, count);
}

enum err allocated_by(struct ctx *ctx, int64_t payment_id, struct allocated **rows, size_t *count)
{
    return db_rows(ctx, &statement[ALLOCATED], PARAMS(P_I64(payment_id)), rows, count);
}

enum err insert_allocation_back(struct ctx *ctx, const struct allocation_back *b)
{
    return db_write(ctx, &statement[BACK],
                    PARAMS(P_TEXT(b->cause), P_I64(b->cause_id), P_I64(b->payment_id), P_I64(b->invoice_id), P_I64(b->amount_minor),
                           P_DATE(b->back_on)), NULL);
}

enum err lock_customer_credit(struct ctx *ctx, int64_t credit_note_id, struct customer_credit *credit)
{
    CHECK(db_in_transaction(ctx));
    return db_row(ctx, &statement[CREDIT_LOCK], PARAMS(P_I64(credit_note_id)), credit);
}

enum err refund_list(struct ctx *ctx, bool waiting, int64_t before_id, int32_t limit, struct refund_list_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[waiting ? WAITING : LIST], PARAMS(P_I64(before_id != 0 ? before_id : INT64_MAX), P_I64(limit)), rows, count);
}
