#include "store/outbox.h"

#include <string.h>

#include "base/check.h"
#include "base/encode.h"
#include "base/hash.h"
#include "base/random.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/link.h"
#include "store/tenant.h"

static const struct column outbox_column[] = {
    COLUMN(I64, outbox_row, id),
    COLUMN(TEXT, outbox_row, template),
    COLUMN(TEXT, outbox_row, language),
    COLUMN(TEXT, outbox_row, to_address),
    COLUMN(TEXT, outbox_row, to_name),
    COLUMN(ID, outbox_row, customer_id),
    COLUMN(ID, outbox_row, quote_id),
    COLUMN(ID, outbox_row, subscription_id),
    COLUMN(ID, outbox_row, invoice_id),
    COLUMN(ID, outbox_row, link_id),
    COLUMN(TEXT, outbox_row, params),
    COLUMN(TEXT, outbox_row, sealed),
    COLUMN(TEXT, outbox_row, dedup_key),
    COLUMN(TEXT, outbox_row, message_id),
    COLUMN(TEXT, outbox_row, state),
    COLUMN(I32, outbox_row, tries),
    COLUMN(INSTANT, outbox_row, next_try_at),
    COLUMN(TEXT, outbox_row, error),
    COLUMN(INSTANT, outbox_row, created_at),
    COLUMN(INSTANT, outbox_row, sent_at),
};
#define OUTBOX_COLUMNS                                                                             \
    "SELECT id, template, language, to_address, IFNULL((SELECT NULLIF(v.contact_name, '') FROM customer c JOIN customer_version v ON v.id = c.current_version_id " \
    "WHERE c.id = outbox.customer_id AND v.name = outbox.to_name), to_name) AS to_name, customer_id, quote_id, subscription_id, "  \
    "invoice_id, link_id, params, sealed, dedup_key, message_id, state, tries, next_try_at, error, " \
    "created_at, sent_at FROM outbox "

struct due_count {
    int64_t count;
};
static const struct column count_column[] = {COLUMN(I64, due_count, count)};

#define INSERT_MANY_SQL \
    "INSERT INTO outbox (template, language, to_address, to_name, customer_id, quote_id, subscription_id, invoice_id, link_id, params, dedup_key, " \
    "message_id, sealed, next_try_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM link WHERE token_hash = ?), ?, ?, ?, NULLIF(?, ''), ?, ?)"

enum { INSERT, INSERT_MANY, INSERT_ONCE, BY_ID, LOCK, REVIVE, TOLD, LIST, CLAIM, LEASE, COUNT_DUE, SENT, DEAD, NEEDLESS, POSTPONE, QUEUED, DUE };

struct flag_row {
    bool flag;
};
static const struct column flag_column[] = {COLUMN(BOOL, flag_row, flag)};

static const struct statement statement[] = {
    [QUEUED] = {"outbox_queued", "SELECT EXISTS (SELECT 1 FROM outbox WHERE dedup_key = ?) AS flag", READS(flag_row, flag_column)},
    [DUE] = {"outbox_due", "SELECT EXISTS (SELECT 1 FROM outbox WHERE next_try_at <= ?) AS flag", READS(flag_row, flag_column)},
    [INSERT] = {"outbox_insert",
                "INSERT INTO outbox (template, language, to_address, to_name, customer_id, "
                "quote_id, subscription_id, invoice_id, link_id, params, dedup_key, message_id, "
                "sealed, next_try_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                NOTHING},
    [INSERT_MANY] = {"outbox_insert_many", INSERT_MANY_SQL, NOTHING},
    /* The one that is there stays as it is. */
    [INSERT_ONCE] = {"outbox_insert_once", INSERT_MANY_SQL " ON DUPLICATE KEY UPDATE id = id", NOTHING},
    [BY_ID] = {"outbox_by_id", OUTBOX_COLUMNS "WHERE id = ?", READS(outbox_row, outbox_column)},
    [LOCK] = {"outbox_lock", OUTBOX_COLUMNS "WHERE id = ? FOR UPDATE", READS(outbox_row, outbox_column)},
    [REVIVE] = {"outbox_revive", "UPDATE outbox SET state = 'waiting', to_address = ?, tries = 0, error = '', next_try_at = ? WHERE id = ? AND state = 'dead'", NOTHING},
    [TOLD] = {"outbox_told", "UPDATE outbox SET state = 'told', sent_at = ? WHERE id = ? AND state = 'dead'", NOTHING},
    [LIST] = {"outbox_list", OUTBOX_COLUMNS "WHERE id < ? ORDER BY id DESC LIMIT ?",
              READS(outbox_row, outbox_column)},
    [CLAIM] = {"outbox_claim",
               OUTBOX_COLUMNS "FORCE INDEX (due) WHERE next_try_at <= ? ORDER BY next_try_at, id LIMIT ? "
                              "FOR UPDATE SKIP LOCKED",
               READS(outbox_row, outbox_column)},
    [LEASE] = {"outbox_lease", "UPDATE outbox SET next_try_at = ? WHERE id = ? AND state = 'waiting'", NOTHING},
    [COUNT_DUE] = {"outbox_count_due", "SELECT COUNT(*) AS count FROM outbox WHERE next_try_at <= ?",
                   READS(due_count, count_column)},
    [SENT] = {"outbox_sent",
              "UPDATE outbox SET state = 'sent', sent_at = ?, next_try_at = NULL, sealed = NULL, error = '', "
              "tries = tries + 1 WHERE id = ? AND state = 'waiting'",
              NOTHING},
    [DEAD] = {"outbox_dead",
              "UPDATE outbox SET state = 'dead', next_try_at = NULL, sealed = NULL, error = ?, tries = tries + 1 "
              "WHERE id = ? AND state = 'waiting'",
              NOTHING},
    [NEEDLESS] = {"outbox_needless", "UPDATE outbox SET state = 'needless', next_try_at = NULL, sealed = NULL, error = '' WHERE id = ? AND state = 'waiting'",
                  NOTHING},
    [POSTPONE] = {"outbox_postpone",
                  "UPDATE outbox SET next_try_at = ?, error = ?, tries = tries + (? <> '') "
                  "WHERE id = ? AND state = 'waiting'",
                  NOTHING},
};
DB_STATEMENTS(outbox, statement)

/* By the Message-ID, which is drawn before the row has an id. */
char *outbox_seal_place(struct ctx *ctx, const char *message_id)
{
    return arena_printf(ctx->arena, "%s/outbox/sealed/%s", ctx->tenant->name, message_id);
}

static char *new_message_id(struct ctx *ctx)
{
    unsigned char random[16];

    random_bytes(random, sizeof random);
    return arena_printf(ctx->arena, "<%s@%s.tacite>", encode_hex(ctx->arena, random, sizeof random), ctx->tenant->name);
}

static const char *seal_token(struct ctx *ctx, const struct mail *m, const char *message_id)
{
    return m->token == NULL ? NULL
                            : secret_seal(ctx->arena, &ctx->tenant->seal_data, outbox_seal_place(ctx, message_id), m->token, strlen(m->token));
}

void mail_to_customer(struct mail *mail, const struct customer *customer)
{
    mail->language = customer->language;
    mail->to_address = customer->email;
    mail->to_name = customer->name;
    mail->customer_id = customer->id;
}

enum err insert_mail_link(struct ctx *ctx, struct mail *mail, struct link *link)
{
    char *token;

    TRY(ctx, insert_link(ctx, link, &token));
    mail->link_id = link->id;
    mail->token = token;
    return OK;
}

enum err queue_mail(struct ctx *ctx, struct mail *m)
{
    const char *message_id = new_message_id(ctx);
    enum err err;

    err = db_insert(ctx, &statement[INSERT],
                    PARAMS(P_TEXT(m->template), P_TEXT(m->language), P_TEXT(m->to_address),
                           P_TEXT(m->to_name), P_ID(m->customer_id), P_ID(m->quote_id),
                           P_ID(m->subscription_id), P_ID(m->invoice_id), P_ID(m->link_id),
                           P_TEXT(m->params != NULL ? m->params : "{}"), P_TEXT(m->dedup_key),
                           P_TEXT(message_id), P_TEXT(seal_token(ctx, m, message_id)), P_INSTANT(ctx->now), P_INSTANT(ctx->now)),
                    &m->id);
    if (err == ERR_DUPLICATE) {
        ctx_forget_error(ctx);
        m->id = 0;
        return OK;
    }
    return err;
}

struct mail_row {
    struct mail mail;
    unsigned char token_hash[32]; /* of no link at all when the mail has none */
    const char *message_id;
    const char *sealed;
    int64_t created_at;
};
#define MAIL(column_kind, member)                                                                  \
    {DB_##column_kind, #member, offsetof(struct mail_row, mail.member), sizeof(((struct mail_row *)0)->mail.member)}
static const struct column many_column[] = {
    MAIL(TEXT, template), MAIL(TEXT, language), MAIL(TEXT, to_address), MAIL(TEXT, to_name), MAIL(ID, customer_id),
    MAIL(ID, quote_id), MAIL(ID, subscription_id), MAIL(ID, invoice_id), COLUMN(HASH, mail_row, token_hash),
    MAIL(TEXT, params), MAIL(TEXT, dedup_key), COLUMN(TEXT, mail_row, message_id), COLUMN(TEXT, mail_row, sealed),
    COLUMN(INSTANT, mail_row, created_at), COLUMN(INSTANT, mail_row, created_at),
};

static enum err queue_many(struct ctx *ctx, int which, const struct mail *mails, size_t count)
{
    struct mail_row *rows = ARENA_ARRAY(ctx->arena, struct mail_row, count + 1);

    if (count == 0)
        return OK;
    for (size_t i = 0; i < count; i++) {
        const char *message_id = new_message_id(ctx);
        const char *sealed = seal_token(ctx, &mails[i], message_id);

        rows[i] = (struct mail_row){.mail = mails[i], .message_id = message_id, .sealed = sealed != NULL ? sealed : "", .created_at = ctx->now};
        if (mails[i].params == NULL)
            rows[i].mail.params = "{}";
        if (mails[i].token != NULL)
            memcpy(rows[i].token_hash, hash_text(mails[i].token).bytes, sizeof rows[i].token_hash);
    }
    return db_write_many(ctx, &statement[which], many_column, sizeof many_column / sizeof many_column[0], rows, sizeof rows[0], count);
}

enum err queue_mails(struct ctx *ctx, const struct mail *mails, size_t count)
{
    return queue_many(ctx, INSERT_MANY, mails, count);
}

enum err queue_mails_once(struct ctx *ctx, const struct mail *mails, size_t count)
{
    return queue_many(ctx, INSERT_ONCE, mails, count);
}

enum err mail_is_queued(struct ctx *ctx, const char *dedup_key, bool *queued)
{
    struct flag_row row;

    TRY(ctx, db_row(ctx, &statement[QUEUED], PARAMS(P_TEXT(dedup_key)), &row));
    *queued = row.flag;
    return OK;
}

enum err outbox_by_id(struct ctx *ctx, int64_t id, struct outbox_row *row)
{
    return db_row(ctx, &statement[BY_ID], PARAMS(P_I64(id)), row);
}

enum err outbox_list(struct ctx *ctx, int64_t before_id, int32_t limit, struct outbox_row **rows,
                     size_t *count)
{
    return db_rows(ctx, &statement[LIST],
                   PARAMS(P_I64(before_id > 0 ? before_id : INT64_MAX), P_I64(limit)), rows, count);
}

enum err outbox_token(struct ctx *ctx, const struct outbox_row *row, const char **token)
{
    unsigned char *data;
    size_t bytes;

    *token = "";
    if (row->sealed[0] == '\0')
        return OK;
    if (!secret_open(ctx->arena, &ctx->tenant->seal_data,
                     outbox_seal_place(ctx, row->message_id), row->sealed,
                     &data, &bytes))
        return FAIL(ctx, ERR_CORRUPT, "outbox %lld does not open", (long long)row->id);
    *token = (const char *)data;
    return OK;
}

struct lease {
    int64_t until_at;
    int64_t id;
};
static const struct column lease_column[] = {COLUMN(INSTANT, lease, until_at), COLUMN(I64, lease, id)};

struct claim {
    int32_t limit;
    int64_t lease_until_at;
    struct outbox_row **rows;
    size_t *count;
};

static enum err claim(struct ctx *ctx, void *arg)
{
    const struct claim *c = arg;
    struct lease *leases;

    TRY(ctx, db_rows(ctx, &statement[CLAIM], PARAMS(P_INSTANT(ctx->now), P_I64(c->limit)), c->rows, c->count));
    leases = ARENA_ARRAY(ctx->arena, struct lease, *c->count + 1);
    for (size_t i = 0; i < *c->count; i++)
        leases[i] = (struct lease){c->lease_until_at, (*c->rows)[i].id};
    return db_write_many(ctx, &statement[LEASE], lease_column, COUNT_OF(lease_column), leases, sizeof leases[0], *c->count);
}

enum err claim_mails(struct ctx *ctx, int32_t limit, int64_t lease_until_at, struct outbox_row **rows, size_t *count)
{
    struct claim c = {limit, lease_until_at, rows, count};

    return db_transaction(ctx, claim, &c);
}

enum err mails_are_due(struct ctx *ctx, bool *due)
{
    struct flag_row row;

    TRY(ctx, db_row(ctx, &statement[DUE], PARAMS(P_INSTANT(ctx->now)), &row));
    *due = row.flag;
    return OK;
}

enum err count_due_mails(struct ctx *ctx, int64_t *count)
{
    struct due_count row;

    TRY(ctx, db_row(ctx, &statement[COUNT_DUE], PARAMS(P_INSTANT(ctx->now)), &row));
    *count = row.count;
    return OK;
}

enum err mark_mail_sent(struct ctx *ctx, int64_t id)
{
    return db_write(ctx, &statement[SENT], PARAMS(P_INSTANT(ctx->now), P_I64(id)), NULL);
}

enum err mark_mail_dead(struct ctx *ctx, int64_t id, const char *error)
{
    return db_write(ctx, &statement[DEAD], PARAMS(P_TEXT(error), P_I64(id)), NULL);
}

enum err lock_mail(struct ctx *ctx, int64_t id, struct outbox_row *row)
{
    CHECK(db_in_transaction(ctx));
    return db_row(ctx, &statement[LOCK], PARAMS(P_I64(id)), row);
}

enum err revive_mail(struct ctx *ctx, int64_t id, const char *to_address)
{
    return db_write_one(ctx, &statement[REVIVE], PARAMS(P_TEXT(to_address), P_INSTANT(ctx->now), P_I64(id)));
}

enum err mark_mail_told(struct ctx *ctx, int64_t id)
{
    return db_write_one(ctx, &statement[TOLD], PARAMS(P_INSTANT(ctx->now), P_I64(id)));
}

enum err mark_mail_needless(struct ctx *ctx, int64_t id)
{
    return db_write(ctx, &statement[NEEDLESS], PARAMS(P_I64(id)), NULL);
}

enum err postpone_mail(struct ctx *ctx, int64_t id, const char *error, int64_t next_try_at)
{
    return db_write(ctx, &statement[POSTPONE],
                    PARAMS(P_INSTANT(next_try_at), P_TEXT(error), P_TEXT(error), P_I64(id)), NULL);
}
