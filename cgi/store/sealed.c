#include "store/sealed.h"

#include "base/check.h"
#include "base/secret.h"
#include "store/db.h"
#include "store/outbox.h"
#include "store/tenant.h"

static const struct column text_column[] = {COLUMN(I64, sealed_text, id), COLUMN(TEXT, sealed_text, sealed), COLUMN(TEXT, sealed_text, ref)};

struct count_row {
    int64_t count;
};
static const struct column count_column[] = {COLUMN(I64, count_row, count)};

enum { METHOD_READ, METHOD_COUNT, METHOD_SAVE, MAIL_READ, MAIL_COUNT, MAIL_SAVE, REFUND_READ, REFUND_COUNT, REFUND_SAVE };

static const struct statement statement[] = {
    [METHOD_READ] = {"payment_methods_to_seal", "SELECT id, token_sealed AS sealed, '' AS ref FROM payment_method WHERE id > ? AND "
                     "token_sealed <> '' AND LEFT(token_sealed, 12) <> ? ORDER BY id LIMIT ?", READS(sealed_text, text_column)},
    [METHOD_COUNT] = {"payment_methods_to_seal_count", "SELECT COUNT(*) AS count FROM payment_method WHERE token_sealed <> '' AND "
                      "LEFT(token_sealed, 12) <> ?", READS(count_row, count_column)},
    [METHOD_SAVE] = {"payment_method_seal_anew", "UPDATE payment_method SET token_sealed = ? WHERE id = ? AND token_sealed = ?", NOTHING},
    [MAIL_READ] = {"outbox_to_seal", "SELECT id, sealed, message_id AS ref FROM outbox WHERE id > ? AND sealed IS NOT NULL AND "
                   "LEFT(sealed, 12) <> ? ORDER BY id LIMIT ?", READS(sealed_text, text_column)},
    [MAIL_COUNT] = {"outbox_to_seal_count", "SELECT COUNT(*) AS count FROM outbox WHERE sealed IS NOT NULL AND LEFT(sealed, 12) <> ?",
                    READS(count_row, count_column)},
    [MAIL_SAVE] = {"outbox_seal_anew", "UPDATE outbox SET sealed = ? WHERE id = ? AND sealed = ?", NOTHING},
    [REFUND_READ] = {"refunds_to_seal", "SELECT id, iban_sealed AS sealed, '' AS ref FROM refund WHERE id > ? AND iban_sealed <> '' AND "
                     "LEFT(iban_sealed, 12) <> ? ORDER BY id LIMIT ?", READS(sealed_text, text_column)},
    [REFUND_COUNT] = {"refunds_to_seal_count", "SELECT COUNT(*) AS count FROM refund WHERE iban_sealed <> '' AND LEFT(iban_sealed, 12) <> ?",
                      READS(count_row, count_column)},
    [REFUND_SAVE] = {"refund_seal_anew", "UPDATE refund SET iban_sealed = ? WHERE id = ? AND iban_sealed = ?", NOTHING},
};
DB_STATEMENTS(sealed, statement)

static char *method_place(struct ctx *ctx, const struct sealed_text *row)
{
    return tenant_place(ctx->arena, ctx->tenant, "payment_method", "token_sealed", row->id);
}

static char *mail_place(struct ctx *ctx, const struct sealed_text *row)
{
    return outbox_seal_place(ctx, row->ref);
}

static char *refund_place(struct ctx *ctx, const struct sealed_text *row)
{
    return tenant_place(ctx->arena, ctx->tenant, "refund", "iban_sealed", row->id);
}

static const struct kind {
    const char *name;
    int read, count, save;
    char *(*place)(struct ctx *ctx, const struct sealed_text *row);
} kind_table[] = {
    {"payment_method.token_sealed", METHOD_READ, METHOD_COUNT, METHOD_SAVE, method_place},
    {"outbox.sealed", MAIL_READ, MAIL_COUNT, MAIL_SAVE, mail_place},
    {"refund.iban_sealed", REFUND_READ, REFUND_COUNT, REFUND_SAVE, refund_place},
};

size_t sealed_kinds(void)
{
    return COUNT_OF(kind_table);
}

const char *sealed_kind_name(size_t kind)
{
    return kind_table[kind].name;
}

enum err texts_to_seal(struct ctx *ctx, size_t kind, int64_t after_id, int32_t limit, struct sealed_text **rows, size_t *count)
{
    return db_rows(ctx, &statement[kind_table[kind].read],
                   PARAMS(P_I64(after_id), P_TEXT(secret_prefix(ctx->arena, &ctx->tenant->seal_data)), P_I64(limit)), rows, count);
}

enum err count_texts_to_seal(struct ctx *ctx, int64_t *count)
{
    const char *prefix = secret_prefix(ctx->arena, &ctx->tenant->seal_data);

    *count = 0;
    for (size_t kind = 0; kind < sealed_kinds(); kind++) {
        struct count_row row;

        TRY(ctx, db_row(ctx, &statement[kind_table[kind].count], PARAMS(P_TEXT(prefix)), &row));
        *count += row.count;
    }
    return OK;
}

char *sealed_place(struct ctx *ctx, size_t kind, const struct sealed_text *row)
{
    return kind_table[kind].place(ctx, row);
}

enum err seal_anew(struct ctx *ctx, size_t kind, const struct sealed_text *row, const char *sealed)
{
    return db_write(ctx, &statement[kind_table[kind].save], PARAMS(P_TEXT(sealed), P_I64(row->id), P_TEXT(row->sealed)), NULL);
}
