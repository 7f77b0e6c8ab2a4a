#include "store/mandate.h"

#include <string.h>

#include "base/check.h"
#include "base/secret.h"
#include "core/date.h"
#include "store/db.h"
#include "store/list.h"
#include "store/tenant.h"

static const struct column mandate_column[] = {
    COLUMN(I64, mandate, payment_method_id), COLUMN(I64, mandate, customer_id), COLUMN(I64, mandate, subscription_id),
    COLUMN(TEXT, mandate, reference), COLUMN(TEXT, mandate, scheme), COLUMN(BOOL, mandate, one_off), COLUMN(BOOL, mandate, collects_open),
    COLUMN(TEXT, mandate, state), COLUMN(TEXT, mandate, holder), COLUMN(TEXT, mandate, bic), COLUMN(TEXT, mandate, account_key),
    COLUMN(TEXT, mandate, account_masked), COLUMN(TEXT, mandate, creditor_id), COLUMN(TEXT, mandate, creditor_name),
    COLUMN(TEXT, mandate, language), COLUMN(ID, mandate, company_version_id), COLUMN(ID, mandate, customer_version_id),
    COLUMN(HASH, mandate, code_digest), COLUMN(INSTANT, mandate, code_until), COLUMN(I32, mandate, code_tries),
    COLUMN(TEXT, mandate, agreed_text), COLUMN(TEXT, mandate, signed_name), COLUMN(DATE, mandate, signed_on), COLUMN(INSTANT, mandate, signed_at),
    COLUMN(TEXT, mandate, remote_addr), COLUMN(TEXT, mandate, user_agent), COLUMN(DATE, mandate, confirmed_on),
    COLUMN(DATE, mandate, last_collected_on), COLUMN(TEXT, mandate, collected_key), COLUMN(DATE, mandate, warned_on), COLUMN(DATE, mandate, ended_on),
    COLUMN(INSTANT, mandate, created_at),
};
#define MANDATE_FIELDS                                                                                                      \
    "SELECT payment_method_id, customer_id, subscription_id, reference, scheme, one_off, collects_open, state, holder, bic, " \
    "account_key, account_masked, creditor_id, creditor_name, language, company_version_id, customer_version_id, code_digest, " \
    "code_until, code_tries, agreed_text, signed_name, signed_on, signed_at, remote_addr, user_agent, confirmed_on, "       \
    "last_collected_on, collected_key, warned_on, ended_on, created_at FROM "
#define MANDATE_SELECT MANDATE_FIELDS "mandate "

/* What changes of one, as the statement takes it. */
static const struct column saved_column[] = {
    COLUMN(TEXT, mandate, state), COLUMN(DATE, mandate, signed_on), COLUMN(INSTANT, mandate, signed_at), COLUMN(I32, mandate, code_tries),
    COLUMN(DATE, mandate, confirmed_on), COLUMN(DATE, mandate, last_collected_on), COLUMN(TEXT, mandate, collected_key),
    COLUMN(TEXT, mandate, creditor_id), COLUMN(TEXT, mandate, creditor_name), COLUMN(DATE, mandate, warned_on), COLUMN(DATE, mandate, ended_on),
    COLUMN(I64, mandate, payment_method_id),
};

static const struct column change_column[] = {
    COLUMN(I64, mandate_change, id), COLUMN(I64, mandate_change, payment_method_id), COLUMN(TEXT, mandate_change, holder),
    COLUMN(TEXT, mandate_change, bic), COLUMN(TEXT, mandate_change, account_key), COLUMN(TEXT, mandate_change, account_masked),
    COLUMN(TEXT, mandate_change, before_masked), COLUMN(TEXT, mandate_change, token_sealed), COLUMN(HASH, mandate_change, code_digest),
    COLUMN(INSTANT, mandate_change, code_until), COLUMN(I32, mandate_change, code_tries), COLUMN(TEXT, mandate_change, agreed_text),
    COLUMN(TEXT, mandate_change, signed_name), COLUMN(DATE, mandate_change, signed_on), COLUMN(INSTANT, mandate_change, signed_at),
    COLUMN(TEXT, mandate_change, remote_addr), COLUMN(TEXT, mandate_change, user_agent), COLUMN(INSTANT, mandate_change, created_at),
};
#define CHANGE_SELECT                                                                                                          \
    "SELECT id, payment_method_id, holder, bic, account_key, account_masked, before_masked, token_sealed, code_digest, code_until, " \
    "code_tries, agreed_text, signed_name, signed_on, signed_at, remote_addr, user_agent, created_at FROM mandate_amendment "

struct scheme_row {
    const char *scheme;
};
static const struct column open_column[] = {
    COLUMN(I64, open_invoice, id), COLUMN(TEXT, open_invoice, number), COLUMN(I64, open_invoice, open_minor)};
static const struct column scheme_column[] = {COLUMN(TEXT, scheme_row, scheme)};

enum {
    METHOD_INSERT, METHOD_SEAL, INSERT, BY_METHOD, LOCK, LOCK_MANY, LOCK_REFERENCE, BY_REFERENCE, OF_CUSTOMER, SAVE, IDLE, OPEN, SCHEME_OF, SCHEME_SAVE,
    CHANGE_INSERT, CHANGE_SEAL, CHANGE_LAST, CHANGE_LAST_LOCK, CHANGE_BY_ID, CHANGES, CHANGE_SAVE, ACCOUNT_SAVE, METHOD_ANEW,
};


static const struct statement statement[] = {
    [METHOD_INSERT] = {"sepa_method_insert", "INSERT INTO payment_method (customer_id, gateway, source_ref, token_sealed, brand, last4, created_at) "
                       "VALUES (?, 'sepa', ?, '', 'SEPA', ?, ?)", NOTHING},
    [METHOD_SEAL] = {"sepa_method_seal", "UPDATE payment_method SET token_sealed = ? WHERE id = ?", NOTHING},
    [INSERT] = {"mandate_insert", "INSERT INTO mandate (payment_method_id, customer_id, subscription_id, reference, scheme, one_off, collects_open, "
                "state, holder, bic, account_key, account_masked, creditor_id, creditor_name, language, company_version_id, customer_version_id, "
                "code_digest, code_until, agreed_text, signed_name, remote_addr, user_agent, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, 'draft', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [BY_METHOD] = {"mandate_by_method", MANDATE_SELECT "WHERE payment_method_id = ?", READS(mandate, mandate_column)},
    [LOCK] = {"mandate_lock", MANDATE_SELECT "WHERE payment_method_id = ? FOR UPDATE", READS(mandate, mandate_column)},
    [LOCK_MANY] = {"mandates_lock", MANDATE_FIELDS ID_LIST "mandate m ON m.payment_method_id = j.id ORDER BY m.payment_method_id FOR UPDATE",
                   READS(mandate, mandate_column)},
    [LOCK_REFERENCE] = {"mandate_lock_reference", MANDATE_SELECT "WHERE reference = ? FOR UPDATE", READS(mandate, mandate_column)},
    [BY_REFERENCE] = {"mandate_by_reference", MANDATE_SELECT "WHERE reference = ?", READS(mandate, mandate_column)},
    [OF_CUSTOMER] = {"mandates_of_customer", MANDATE_SELECT "WHERE customer_id = ? AND state <> 'draft' ORDER BY payment_method_id DESC LIMIT ?",
                     READS(mandate, mandate_column)},
    [SAVE] = {"mandate_save", "UPDATE mandate SET state = ?, signed_on = ?, signed_at = ?, code_tries = ?, confirmed_on = ?, last_collected_on = ?, "
              "collected_key = ?, creditor_id = ?, creditor_name = ?, warned_on = ?, ended_on = ? WHERE payment_method_id = ?", NOTHING},
    [IDLE] = {"mandates_idle", MANDATE_SELECT "WHERE state IN ('active', 'suspended') AND IFNULL(last_collected_on, signed_on) <= ? AND "
              "(warned_on IS NULL OR IFNULL(last_collected_on, signed_on) <= ?) AND payment_method_id > ? ORDER BY payment_method_id LIMIT ?",
              READS(mandate, mandate_column)},
    [OPEN] = {"open_invoices_to_debit", "SELECT r.invoice_id AS id, i.number, r.open_minor FROM receivable r JOIN invoice i ON i.id = r.invoice_id "
              "JOIN subscription s ON s.id = r.subscription_id AND s.customer_id = r.customer_id WHERE r.subscription_id = ? AND r.state = 'open' AND r.currency = 'EUR' AND NOT EXISTS (SELECT 1 FROM payable p JOIN attempt a ON "
              "a.payable_id = p.id AND a.live = 1 WHERE p.invoice_id = r.invoice_id) ORDER BY r.due_on, r.invoice_id", READS(open_invoice, open_column)},
    [SCHEME_OF] = {"debit_scheme_of", "SELECT debit_scheme AS scheme FROM customer WHERE id = ?", READS(scheme_row, scheme_column)},
    [SCHEME_SAVE] = {"debit_scheme_save", "UPDATE customer SET debit_scheme = ? WHERE id = ?", NOTHING},
    [CHANGE_INSERT] = {"mandate_change_insert", "INSERT INTO mandate_amendment (payment_method_id, holder, bic, account_key, account_masked, before_masked, "
                       "code_digest, code_until, agreed_text, signed_name, remote_addr, user_agent, created_at) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [CHANGE_SEAL] = {"mandate_change_seal", "UPDATE mandate_amendment SET token_sealed = ? WHERE id = ?", NOTHING},
    [CHANGE_LAST] = {"mandate_change_last", CHANGE_SELECT "WHERE payment_method_id = ? ORDER BY id DESC LIMIT 1", READS(mandate_change, change_column)},
    [CHANGE_LAST_LOCK] = {"mandate_change_last_lock", CHANGE_SELECT "WHERE payment_method_id = ? ORDER BY id DESC LIMIT 1 FOR UPDATE",
                          READS(mandate_change, change_column)},
    [CHANGE_BY_ID] = {"mandate_change_by_id", CHANGE_SELECT "WHERE id = ?", READS(mandate_change, change_column)},
    [CHANGES] = {"mandate_changes", CHANGE_SELECT "WHERE payment_method_id = ? AND signed_at IS NOT NULL ORDER BY id", READS(mandate_change, change_column)},
    [CHANGE_SAVE] = {"mandate_change_save", "UPDATE mandate_amendment SET code_tries = ?, signed_on = ?, signed_at = ?, token_sealed = IF(? IS NULL, "
                     "token_sealed, '') WHERE id = ?", NOTHING},
    [ACCOUNT_SAVE] = {"mandate_account_save", "UPDATE mandate SET holder = ?, bic = ?, account_key = ?, account_masked = ? WHERE payment_method_id = ?", NOTHING},
    [METHOD_ANEW] = {"sepa_method_anew", "UPDATE payment_method SET token_sealed = ?, last4 = ?, state = 'active' WHERE id = ?", NOTHING},
};
DB_STATEMENTS(mandate, statement)

static const char *last_four(const char *iban)
{
    size_t bytes = strlen(iban);

    return iban + (bytes > 4 ? bytes - 4 : 0);
}

static const char *seal(struct ctx *ctx, const char *table, int64_t id, const char *iban)
{
    return secret_seal(ctx->arena, &ctx->tenant->seal_data, tenant_place(ctx->arena, ctx->tenant, table, "token_sealed", id), iban, strlen(iban));
}

enum err insert_mandate(struct ctx *ctx, struct mandate *m, const char *iban)
{
    TRY(ctx, db_insert(ctx, &statement[METHOD_INSERT], PARAMS(P_I64(m->customer_id), P_TEXT(m->reference), P_TEXT(last_four(iban)), P_INSTANT(ctx->now)),
                       &m->payment_method_id));
    TRY(ctx, db_write(ctx, &statement[METHOD_SEAL], PARAMS(P_TEXT(seal(ctx, "payment_method", m->payment_method_id, iban)), P_I64(m->payment_method_id)), NULL));
    return db_write(ctx, &statement[INSERT],
                    PARAMS(P_I64(m->payment_method_id), P_I64(m->customer_id), P_I64(m->subscription_id), P_TEXT(m->reference), P_TEXT(m->scheme),
                           P_BOOL(m->one_off), P_BOOL(m->collects_open), P_TEXT(m->holder), P_TEXT(m->bic), P_TEXT(m->account_key),
                           P_TEXT(m->account_masked), P_TEXT(m->creditor_id), P_TEXT(m->creditor_name), P_TEXT(m->language),
                           P_ID(m->company_version_id), P_ID(m->customer_version_id), P_HASH(m->code_digest), P_INSTANT(m->code_until),
                           P_TEXT(m->agreed_text), P_TEXT(m->signed_name), P_TEXT(m->remote_addr), P_TEXT(m->user_agent), P_INSTANT(ctx->now)), NULL);
}

enum err mandate_by_method(struct ctx *ctx, int64_t id, struct mandate *mandate)
{
    return db_row(ctx, &statement[BY_METHOD], PARAMS(P_I64(id)), mandate);
}

enum err lock_mandate(struct ctx *ctx, int64_t id, struct mandate *mandate)
{
    return db_row(ctx, &statement[LOCK], PARAMS(P_I64(id)), mandate);
}

enum err lock_mandates_of(struct ctx *ctx, const int64_t *ids, size_t count, struct mandate **rows, size_t *found)
{
    CHECK(db_in_transaction(ctx));
    return db_rows(ctx, &statement[LOCK_MANY], PARAMS(P_TEXT(id_list(ctx->arena, ids, count))), rows, found);
}

enum err lock_mandate_by_reference(struct ctx *ctx, const char *reference, struct mandate *mandate)
{
    return db_row(ctx, &statement[LOCK_REFERENCE], PARAMS(P_TEXT(reference)), mandate);
}

enum err mandate_by_reference(struct ctx *ctx, const char *reference, struct mandate *mandate)
{
    return db_row(ctx, &statement[BY_REFERENCE], PARAMS(P_TEXT(reference)), mandate);
}

enum err mandates_of_customer(struct ctx *ctx, int64_t customer_id, int32_t limit, struct mandate **rows, size_t *count)
{
    return db_rows(ctx, &statement[OF_CUSTOMER], PARAMS(P_I64(customer_id), P_I64(limit)), rows, count);
}

enum err save_mandate(struct ctx *ctx, const struct mandate *m)
{
    return db_write_one(ctx, &statement[SAVE],
                        PARAMS(P_TEXT(m->state), P_DATE(m->signed_on), P_INSTANT(m->signed_at), P_I64(m->code_tries), P_DATE(m->confirmed_on),
                               P_DATE(m->last_collected_on), P_TEXT(m->collected_key), P_TEXT(m->creditor_id), P_TEXT(m->creditor_name),
                               P_DATE(m->warned_on), P_DATE(m->ended_on), P_I64(m->payment_method_id)));
}

enum err save_mandates(struct ctx *ctx, const struct mandate *rows, size_t count)
{
    return db_write_many(ctx, &statement[SAVE], saved_column, COUNT_OF(saved_column), rows, sizeof rows[0], count);
}

enum err idle_mandates(struct ctx *ctx, int32_t warns_on, int32_t ends_on, int64_t after_id, int32_t limit, struct mandate **rows, size_t *count)
{
    return db_rows(ctx, &statement[IDLE], PARAMS(P_DATE(warns_on), P_DATE(ends_on), P_I64(after_id), P_I64(limit)), rows, count);
}

enum err open_invoices_to_debit(struct ctx *ctx, int64_t subscription_id, struct open_invoice **rows, size_t *count)
{
    return db_rows(ctx, &statement[OPEN], PARAMS(P_I64(subscription_id)), rows, count);
}

enum err debit_scheme_of(struct ctx *ctx, int64_t customer_id, const char **scheme)
{
    struct scheme_row row;

    TRY(ctx, db_row(ctx, &statement[SCHEME_OF], PARAMS(P_I64(customer_id)), &row));
    *scheme = row.scheme;
    return OK;
}

enum err save_debit_scheme(struct ctx *ctx, int64_t customer_id, const char *scheme)
{
    return db_write_one(ctx, &statement[SCHEME_SAVE], PARAMS(P_TEXT(scheme), P_I64(customer_id)));
}

/* ---- another account ---- */

enum err insert_mandate_change(struct ctx *ctx, struct mandate_change *c, const char *iban)
{
    TRY(ctx, db_insert(ctx, &statement[CHANGE_INSERT],
                       PARAMS(P_I64(c->payment_method_id), P_TEXT(c->holder), P_TEXT(c->bic), P_TEXT(c->account_key), P_TEXT(c->account_masked),
                              P_TEXT(c->before_masked), P_HASH(c->code_digest), P_INSTANT(c->code_until), P_TEXT(c->agreed_text),
                              P_TEXT(c->signed_name), P_TEXT(c->remote_addr), P_TEXT(c->user_agent), P_INSTANT(ctx->now)), &c->id));
    return db_write(ctx, &statement[CHANGE_SEAL], PARAMS(P_TEXT(seal(ctx, "mandate_amendment", c->id, iban)), P_I64(c->id)), NULL);
}

enum err last_mandate_change(struct ctx *ctx, int64_t payment_method_id, bool lock, struct mandate_change *change)
{
    return db_row(ctx, &statement[lock ? CHANGE_LAST_LOCK : CHANGE_LAST], PARAMS(P_I64(payment_method_id)), change);
}

enum err mandate_change_by_id(struct ctx *ctx, int64_t id, struct mandate_change *change)
{
    return db_row(ctx, &statement[CHANGE_BY_ID], PARAMS(P_I64(id)), change);
}

enum err mandate_changes(struct ctx *ctx, int64_t payment_method_id, struct mandate_change **rows, size_t *count)
{
    return db_rows(ctx, &statement[CHANGES], PARAMS(P_I64(payment_method_id)), rows, count);
}

enum err save_mandate_change(struct ctx *ctx, const struct mandate_change *c)
{
    return db_write_one(ctx, &statement[CHANGE_SAVE],
                        PARAMS(P_I64(c->code_tries), P_DATE(c->signed_on), P_INSTANT(c->signed_at), P_INSTANT(c->signed_at), P_I64(c->id)));
}

enum err apply_mandate_change(struct ctx *ctx, const struct mandate_change *c)
{
    unsigned char *iban;
    size_t bytes;

    CHECK(db_in_transaction(ctx));
    if (!secret_open(ctx->arena, &ctx->tenant->seal_data, tenant_place(ctx->arena, ctx->tenant, "mandate_amendment", "token_sealed", c->id),
                     c->token_sealed, &iban, &bytes))
        return FAIL(ctx, ERR_CORRUPT, "amendment %lld does not open", (long long)c->id);
    TRY(ctx, db_write_one(ctx, &statement[ACCOUNT_SAVE], PARAMS(P_TEXT(c->holder), P_TEXT(c->bic), P_TEXT(c->account_key), P_TEXT(c->account_masked),
                                                                P_I64(c->payment_method_id))));
    return db_write_one(ctx, &statement[METHOD_ANEW],
                        PARAMS(P_TEXT(seal(ctx, "payment_method", c->payment_method_id, (const char *)iban)), P_TEXT(last_four((const char *)iban)),
                               P_I64(c->payment_method_id)));
}
