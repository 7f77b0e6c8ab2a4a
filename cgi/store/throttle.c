#include "store/throttle.h"

#include "base/hash.h"
#include "store/db.h"

static const struct column failures_column[] = {
    COLUMN(I64, failures, count),
    COLUMN(INSTANT, failures, last_at),
};

enum { SINCE, COUNT, FORGET };

static const struct statement statement[] = {
    [SINCE] = {"throttle_since",
               "SELECT CAST(IFNULL(SUM(tries), 0) AS SIGNED) AS count, MAX(window_at) AS last_at "
               "FROM throttle WHERE key_hash = ? AND window_at >= ?",
               READS(failures, failures_column)},
    [COUNT] = {"throttle_count",
               "INSERT INTO throttle (key_hash, window_at, tries) VALUES (?, ?, 1) "
               "ON DUPLICATE KEY UPDATE tries = tries + 1",
               NOTHING},
    [FORGET] = {"throttle_forget", "DELETE FROM throttle WHERE key_hash = ?", NOTHING},
};
DB_STATEMENTS(throttle, statement)

enum err failures_since(struct ctx *ctx, const char *key, int64_t since_at, struct failures *failures)
{
    struct hash hash = hash_text(key);

    return db_row(ctx, &statement[SINCE], PARAMS(P_HASH(hash.bytes), P_INSTANT(since_at)), failures);
}

enum err count_failure(struct ctx *ctx, const char *key)
{
    struct hash hash = hash_text(key);

    return db_write(ctx, &statement[COUNT], PARAMS(P_HASH(hash.bytes), P_INSTANT(ctx->now)), NULL);
}

enum err forget_failures(struct ctx *ctx, const char *key)
{
    struct hash hash = hash_text(key);

    return db_write(ctx, &statement[FORGET], PARAMS(P_HASH(hash.bytes)), NULL);
}
