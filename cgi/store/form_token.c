#include "store/form_token.h"

#include "base/check.h"
#include "base/hash.h"
#include "store/db.h"

struct result_row {
    const char *result_url;
};
static const struct column result_column[] = {COLUMN(TEXT, result_row, result_url)};

enum { RESULT, USE };

static const struct statement statement[] = {
    [RESULT] = {"form_token_result", "SELECT result_url FROM form_token WHERE token_hash = ?",
                READS(result_row, result_column)},
    [USE] = {"form_token_use", "INSERT INTO form_token (token_hash, result_url, used_at) VALUES (?, ?, ?)",
             NOTHING},
};
DB_STATEMENTS(form_token, statement)

enum err form_token_result(struct ctx *ctx, const char *token, const char **url)
{
    struct hash hash = hash_text(token);
    struct result_row row;
    enum err err = db_row(ctx, &statement[RESULT], PARAMS(P_HASH(hash.bytes)), &row);

    if (err == OK)
        *url = row.result_url;
    return err;
}

enum err use_form_token(struct ctx *ctx, const char *token, const char *result_url)
{
    struct hash hash = hash_text(token);

    CHECK(db_in_transaction(ctx) && token[0] != '\0');
    return db_write(ctx, &statement[USE],
                    PARAMS(P_HASH(hash.bytes), P_TEXT(result_url), P_INSTANT(ctx->now)), NULL);
}
