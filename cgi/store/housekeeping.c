#include "store/housekeeping.h"

#include "base/clock.h"
#include "store/db.h"
#include "store/import_file.h"

enum { TOKENS, TRIES, SESSIONS, VISITS, FILES, PURGES, WAITS = PURGES, RUN_INSERT, RUNS };

static const int kept_hours[PURGES] = {[TOKENS] = 48, [TRIES] = 48, [SESSIONS] = 24 * 14, [VISITS] = 13, [FILES] = IMPORT_FILE_HOURS};

static const struct column waits_column[] = {
    COLUMN(BOOL, janitor_waits, attempts), COLUMN(BOOL, janitor_waits, events), COLUMN(BOOL, janitor_waits, setups), COLUMN(BOOL, janitor_waits, refunds),
    COLUMN(BOOL, janitor_waits, returns), COLUMN(BOOL, janitor_waits, tokens), COLUMN(BOOL, janitor_waits, tries), COLUMN(BOOL, janitor_waits, sessions),
    COLUMN(BOOL, janitor_waits, visits), COLUMN(BOOL, janitor_waits, files)};

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
    [WAITS] = {"janitor_waits",
        "SELECT EXISTS (SELECT 1 FROM attempt WHERE next_check_at <= ?) OR EXISTS (SELECT 1 FROM attempt WHERE next_check_at IS NOT NULL AND state = 'sending') attempts, "
        "EXISTS (SELECT 1 FROM gateway_event WHERE next_try_at <= ?) events, EXISTS (SELECT 1 FROM method_setup WHERE next_check_at <= ?) setups, "
        "EXISTS (SELECT 1 FROM refund WHERE next_check_at <= ?) OR EXISTS (SELECT 1 FROM refund WHERE next_check_at IS NOT NULL AND state = 'sending') refunds, "
        "EXISTS (SELECT 1 FROM stray_return WHERE next_check_at <= ?) returns, EXISTS (SELECT 1 FROM form_token WHERE used_at < ?) tokens, "
        "EXISTS (SELECT 1 FROM throttle WHERE window_at < ?) tries, EXISTS (SELECT 1 FROM seller_session WHERE created_at < ?) sessions, "
        "EXISTS (SELECT 1 FROM visit WHERE created_at < ?) visits, EXISTS (SELECT 1 FROM import_file WHERE uploaded_at < ?) files",
        READS(janitor_waits, waits_column)},
    [RUN_INSERT] = {"job_run_insert", "INSERT INTO job_run (job, today_on, started_at, ended_at, done, failed) "
                                      "VALUES (?, ?, ?, ?, ?, ?)", NOTHING},
    [RUNS] = {"job_runs", "SELECT MAX(id) AS id, job, today_on, MIN(started_at) AS started_at, MAX(ended_at) AS ended_at, "
                          "CAST(SUM(done) AS SIGNED) AS done, CAST(SUM(failed) AS SIGNED) AS failed FROM (SELECT * FROM job_run ORDER BY id DESC LIMIT 200) r "
                          "GROUP BY today_on, job ORDER BY 1 DESC LIMIT ?", READS(job_run, run_column)},
};
DB_STATEMENTS(housekeeping, statement)

static struct param kept_since(const struct ctx *ctx, int purge)
{
    return P_INSTANT(ctx->now - kept_hours[purge] * 3600 * CLOCK_SECOND);
}

enum err janitor_waits(struct ctx *ctx, struct janitor_waits *waits)
{
    const struct param now = P_INSTANT(ctx->now);

    return db_row(ctx, &statement[WAITS], PARAMS(now, now, now, now, now, kept_since(ctx, TOKENS), kept_since(ctx, TRIES), kept_since(ctx, SESSIONS),
                                                 kept_since(ctx, VISITS), kept_since(ctx, FILES)), waits);
}

enum err purge_old_rows(struct ctx *ctx, const struct janitor_waits *waits, int64_t *purged)
{
    const bool wanted[PURGES] = {[TOKENS] = waits->tokens, [TRIES] = waits->tries, [SESSIONS] = waits->sessions, [VISITS] = waits->visits,
                                 [FILES] = waits->files};
    int64_t count;

    *purged = 0;
    for (int i = 0; i < PURGES; i++) {
        if (!wanted[i])
            continue;
        TRY(ctx, db_write(ctx, &statement[i], PARAMS(kept_since(ctx, i)), &count));
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
