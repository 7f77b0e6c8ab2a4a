#include "store/vat_recheck.h"

#include "store/db.h"

static const struct column recheck_column[] = {
    COLUMN(I64, vat_recheck, customer_id), COLUMN(INSTANT, vat_recheck, next_try_at), COLUMN(I32, vat_recheck, tries),
    COLUMN(TEXT, vat_recheck, reason),
};
struct due_row {
    int64_t due;
};
static const struct column due_column[] = {COLUMN(I64, due_row, due)};
static const struct column breaker_column[] = {COLUMN(I32, breaker, failures), COLUMN(INSTANT, breaker, open_until)};

enum { OF, DUE, DUE_COUNT, SAVE, DELETE, BREAKER, BREAKER_SAVE, BREAKERS_CLOSE };

static const struct statement statement[] = {
    [OF] = {"vat_recheck_of", "SELECT customer_id, next_try_at, tries, reason FROM vat_recheck WHERE customer_id = ?",
            READS(vat_recheck, recheck_column)},
    [DUE] = {"vat_recheck_due",
             "SELECT customer_id, next_try_at, tries, reason FROM vat_recheck WHERE next_try_at <= ? "
             "ORDER BY next_try_at, customer_id LIMIT 1 FOR UPDATE SKIP LOCKED",
             READS(vat_recheck, recheck_column)},
    [DUE_COUNT] = {"vat_recheck_due_count", "SELECT COUNT(*) AS due FROM vat_recheck WHERE next_try_at <= ?",
                   READS(due_row, due_column)},
    [SAVE] = {"vat_recheck_save",
              "INSERT INTO vat_recheck (customer_id, next_try_at, tries, reason) VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE "
              "next_try_at = VALUES(next_try_at), tries = VALUES(tries), reason = VALUES(reason)", NOTHING},
    [DELETE] = {"vat_recheck_delete", "DELETE FROM vat_recheck WHERE customer_id = ?", NOTHING},
    [BREAKER] = {"vies_breaker", "SELECT failures, open_until FROM vies_breaker WHERE country = ?", READS(breaker, breaker_column)},
    [BREAKER_SAVE] = {"vies_breaker_save",
                      "INSERT INTO vies_breaker (country, failures, open_until) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE "
                      "failures = VALUES(failures), open_until = VALUES(open_until)", NOTHING},
    [BREAKERS_CLOSE] = {"vies_breakers_close", "DELETE FROM vies_breaker WHERE country IN ('', ?)", NOTHING},
};
DB_STATEMENTS(vat_recheck, statement)

enum err vat_recheck_of(struct ctx *ctx, int64_t customer_id, struct vat_recheck *row)
{
    return db_row(ctx, &statement[OF], PARAMS(P_I64(customer_id)), row);
}

enum err lock_due_vat_recheck(struct ctx *ctx, struct vat_recheck *row)
{
    return db_row(ctx, &statement[DUE], PARAMS(P_INSTANT(ctx->now)), row);
}

enum err count_due_vat_rechecks(struct ctx *ctx, int64_t *count)
{
    struct due_row row;

    TRY(ctx, db_row(ctx, &statement[DUE_COUNT], PARAMS(P_INSTANT(ctx->now)), &row));
    *count = row.due;
    return OK;
}

enum err save_vat_recheck(struct ctx *ctx, const struct vat_recheck *row)
{
    return db_write(ctx, &statement[SAVE],
                    PARAMS(P_I64(row->customer_id), P_INSTANT(row->next_try_at), P_I64(row->tries), P_TEXT(row->reason)), NULL);
}

enum err delete_vat_recheck(struct ctx *ctx, int64_t customer_id)
{
    return db_write(ctx, &statement[DELETE], PARAMS(P_I64(customer_id)), NULL);
}

enum err vies_breaker(struct ctx *ctx, const char *country, struct breaker *breaker)
{
    enum err err = db_row(ctx, &statement[BREAKER], PARAMS(P_TEXT(country)), breaker);

    if (err == ERR_NOT_FOUND) {
        *breaker = (struct breaker){.failures = 0};
        return OK;
    }
    return err;
}

enum err save_vies_breaker(struct ctx *ctx, const char *country, const struct breaker *breaker)
{
    return db_write(ctx, &statement[BREAKER_SAVE],
                    PARAMS(P_TEXT(country), P_I64(breaker->failures), P_INSTANT(breaker->open_until)), NULL);
}

enum err close_vies_breakers(struct ctx *ctx, const char *country)
{
    return db_write(ctx, &statement[BREAKERS_CLOSE], PARAMS(P_TEXT(country)), NULL);
}
