#include "store/housekeeping.h"

#include "base/clock.h"
#include "store/db.h"
#include "store/import_file.h"

enum { TOKENS, TRIES, SESSIONS, VISITS, FILES, PURGES, RUN_INSERT = PURGES, RUNS };

static const struct column run_column[] = {
    COLUMN(I64, job_run, id),             COLUMN(TEXT, job_run, job),         COLUMN(DATE, job_run, today_on),
    COLUMN(INSTANT, job_run, started_at), COLUMN(INSTANT, job_run, ended_at), COLUMN(I32, job_run, done),
    COLUMN(I32, job_run, failed)};

static const struct statement statement[] = {
    [TOKENS] = {"purge_form_tokens", "DELETE FROM form_token WHERE used_at < ? LIMIT 10000", NOTHING},
    [TRIES] = {"purge_tries", "DELETE FROM throttle WHERE window_at < ? LIMIT 10000", NOTHING},
    [SESSIONS] = {"purge_sessions", "DELETE FROM seller_session WHERE created_at < ? LIMIT 10000", NOTHING},
    [VISITS] = {"purge_visits", "DELETE FROM visit WHERE created_at < ? LIMIT 10000", NOTHING},
    [FILES] = {"purge_import_files", "DELETE FROM import_file WHERE uploaded_at < ? LIMIT 100", NOTHING},
    [RUN_INSERT] = {"job_run_insert", "INSERT INTO job_run (job, today_on, started_at, ended_at, done, failed) "
                                      "VALUES (?, ?, ?, ?, ?, ?)", NOTHING},
    [RUNS] = {"job_runs", "SELECT MAX(id) AS id, job, today_on, MIN(started_at) AS started_at, MAX(ended_at) AS ended_at, "
                          "CAST(SUM(done) AS SIGNED) AS done, CAST(SUM(failed) AS SIGNED) AS failed FROM (SELECT * FROM job_run ORDER BY id DESC LIMIT 200) r "
                          "GROUP BY today_on, job ORDER BY 1 DESC LIMIT ?", READS(job_run, run_column)},
};
DB_STATEMENTS(housekeeping, statement)

enum err purge_old_rows(struct ctx *ctx, int64_t *purged)
{
    static const int hours[PURGES] = {[TOKENS] = 48, [TRIES] = 48, [SESSIONS] = 24 * 14, [VISITS] = 13, [FILES] = IMPORT_FILE_HOURS};
    int64_t count;

    *purged = 0;
    for (int i = 0; i < PURGES; i++) {
        TRY(ctx, db_write(ctx, &statement[i], PARAMS(P_INSTANT(ctx->now - hours[i] * 3600 * CLOCK_SECOND)), &count));
        *purged += count;
    }
    return OK;
}

enum err note_job_run(struct ctx *ctx, const struct job_run *run)
{
    return db_write(ctx, &statement[RUN_INSERT],
                    PARAMS(P_TEXT(run->job), P_DATE(run->today_on), P_INSTANT(run->started_at), P_INSTANT(run->ended_at),
                           P_I64(run->done), P_I64(run->failed)), NULL);
}

enum err job_runs(struct ctx *ctx, int32_t limit, struct job_run **rows, size_t *count)
{
    return db_rows(ctx, &statement[RUNS], PARAMS(P_I64(limit)), rows, count);
}
