/* doctor: is this house fit to take money? And verify: are the books what was written?
 *
 * doctor prints one line per check: "ok", "warn" or "bad", tab, what. Bad is only what would lose money
 * or data; a shared server's settings that its tenant cannot change are warnings. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"
#include "batch/job.h"
#include "document/pdf_sign.h"
#include "service/booking.h"
#include "service/closing.h"
#include "service/deferring.h"
#include "service/verifying.h"
#include "service/restoring.h"
#include "store/company.h"
#include "store/db.h"
#include "store/db_prove.h"
#include "store/history.h"
#include "store/inspection.h"
#include "store/journal.h"
#include "store/migration.h"
#include "store/sealed.h"

struct report {
    int warnings;
    int bad;
};

enum verdict { VERDICT_OK = 1, VERDICT_WARN, VERDICT_BAD };

__attribute__((format(printf, 3, 4))) static void tell(struct report *report, enum verdict verdict, const char *format, ...)
{
    static const char *const word[] = {[VERDICT_OK] = "ok", [VERDICT_WARN] = "warn", [VERDICT_BAD] = "bad"};
    va_list args;

    report->warnings += verdict == VERDICT_WARN;
    report->bad += verdict == VERDICT_BAD;
    (void)printf("%s\t", word[verdict]);
    va_start(args, format);
    (void)vprintf(format, args);
    va_end(args);
    (void)putchar('\n');
}

static enum err check_server(struct ctx *ctx, struct report *report)
{
    struct server_facts f;

    TRY(ctx, server_facts_now(ctx, &f));
    tell(report, VERDICT_OK, "server %s, buffer pool %lld MB, flush method %s", f.version,
         (long long)(f.buffer_pool_bytes >> 20), f.flush_method);
    tell(report, f.flush_log_at_commit == 1 ? VERDICT_OK : VERDICT_BAD,
         "innodb_flush_log_at_trx_commit = %lld (1: a commit survives a power cut)", (long long)f.flush_log_at_commit);
    tell(report, f.doublewrite != 0 ? VERDICT_OK : VERDICT_WARN,
         "innodb_doublewrite = %lld (0 is safe on file systems without torn pages only)", (long long)f.doublewrite);
    tell(report, f.rollback_on_timeout == 1 ? VERDICT_OK : VERDICT_WARN,
         "innodb_rollback_on_timeout = %lld (we roll back ourselves)", (long long)f.rollback_on_timeout);
    tell(report, f.log_bin == 0 || f.sync_binlog == 1 ? VERDICT_OK : VERDICT_WARN, "log_bin = %lld, sync_binlog = %lld",
         (long long)f.log_bin, (long long)f.sync_binlog);
    tell(report, f.local_infile == 0 ? VERDICT_OK : VERDICT_WARN, "local_infile = %lld", (long long)f.local_infile);
    tell(report, strstr(f.sql_mode, "STRICT_") != NULL ? VERDICT_OK : VERDICT_BAD,
         "sql_mode %s (strict in our connections)", f.sql_mode);
    return OK;
}

static enum err check_schema(struct job *job, struct report *report)
{
    struct ctx *ctx = job->ctx;
    const char *missing;
    const char *excess;
    const char *lacking;
    size_t proved = 0;

    TRY(ctx, migration_state(ctx, arena_printf(ctx->arena, "%s/schema", job->root), &missing));
    tell(report, missing[0] == '\0' ? VERDICT_OK : VERDICT_BAD, "schema %s%s",
         missing[0] == '\0' ? "is up to date" : "lacks ", missing);
    TRY(ctx, compare_rights(ctx, arena_printf(ctx->arena, "%s/schema/rights.tsv", job->root), &excess, &lacking));
    tell(report, lacking[0] == '\0' ? VERDICT_OK : VERDICT_BAD, "%s%s",
         lacking[0] == '\0' ? "the application has the rights that it needs" : "the application lacks ", lacking);
    /* A user that may change issued documents is a risk, not a loss: shared servers often grant all. */
    tell(report, excess[0] == '\0' ? VERDICT_OK : VERDICT_WARN, "%s%.400s",
         excess[0] == '\0' ? "and no more than those" : "the application may also ", excess);
    for (const struct statement_table *t = db_statement_tables(); t != NULL; t = t->next)
        for (size_t i = 0; i < t->count; i++) {
            const char *message = "";

            if (t->statements[i].name == NULL)
                continue;
            if (db_prove(ctx, &t->statements[i], &message) == OK)
                proved++;
            else
                tell(report, VERDICT_BAD, "%s", message);
            ctx_forget_error(ctx);
        }
    tell(report, VERDICT_OK, "%zu statements fit the schema", proved);
    return OK;
}

static void check_seal(struct ctx *ctx, struct report *report)
{
    const struct tenant *tenant = ctx->tenant;
    const struct signer *signer;

    if (tenant->seal_certificate[0] == '\0')
        tell(report, VERDICT_WARN, "no seal: documents are not made, and mails that carry them wait");
    else if (signer_load(ctx, ctx->arena, tenant->seal_certificate, tenant->seal_key, &signer) != OK)
        tell(report, VERDICT_BAD, "seal: %s", ctx->trail);
    else if (signer->not_after_at < ctx->now + 30 * 86400 * CLOCK_SECOND)
        tell(report, VERDICT_WARN, "the seal of %s ends on %s", signer->name, clock_format(ctx->arena, signer->not_after_at));
    else
        tell(report, VERDICT_OK, "seal of %s", signer->name);
    ctx_forget_error(ctx);
}

static enum err check_keys(struct ctx *ctx, struct report *report)
{
    int64_t count;

    TRY(ctx, count_texts_to_seal(ctx, &count));
    if (count > 0)
        tell(report, VERDICT_WARN, "%lld sealed values are under an older key: run `tacite-batch rekey`", (long long)count);
    else if (ctx->tenant->seal_data.old_id[0] != '\0')
        tell(report, VERDICT_WARN, "master.old is not needed any more: remove it from %s", ctx->tenant->key_file);
    else
        tell(report, VERDICT_OK, "every sealed value is under the present key");
    return OK;
}

static void check_services(const struct tenant *tenant, struct report *report)
{
    bool secure = str_starts(tenant->site_base, "https://");

    tell(report, secure || tenant->test ? VERDICT_OK : VERDICT_BAD, "site %s in %s mode", tenant->site_base, tenant->mode);
    if (tenant->gateway_base[0] == '\0')
        tell(report, VERDICT_WARN, "no payment gateway: quotes are accepted by signature alone");
    else
        tell(report, tenant->gateway_key[0] != '\0' && tenant->webhook_secret[0] != '\0' ? VERDICT_OK : VERDICT_BAD,
             "gateway %s%s", tenant->gateway_base,
             tenant->gateway_key[0] == '\0' ? ", but no gateway.key" : tenant->webhook_secret[0] == '\0' ? ", but no webhook.secret" : "");
    tell(report, tenant->vies_url[0] != '\0' ? VERDICT_OK : VERDICT_WARN, "%s",
         tenant->vies_url[0] != '\0' ? tenant->vies_url : "no vies.url: VAT numbers are checked by the seller alone");
    tell(report, tenant->mail_smtp[0] != '\0' ? VERDICT_OK : tenant->test ? VERDICT_WARN : VERDICT_BAD, "%s",
         tenant->mail_smtp[0] != '\0' ? tenant->mail_smtp : "no mail server: mails stay in the outbox");
}

static enum err check_clock(struct ctx *ctx, struct report *report)
{
    struct house house;

    TRY(ctx, set_today(ctx, &house));
    if (house.last_run_at == 0)
        tell(report, VERDICT_WARN, "the batch never ran: start `tacite-batch run` from a timer or with --loop");
    else
        tell(report, house.last_run_at <= ctx->now + 300 * CLOCK_SECOND ? VERDICT_OK : VERDICT_BAD, "the batch last ran %s",
             clock_format(ctx->arena, house.last_run_at));
    return OK;
}

static enum err check_restored(struct ctx *ctx, struct report *report)
{
    struct restored restored;
    struct difference_row *rows;
    size_t count;

    TRY(ctx, restored_now(ctx, &restored));
    if (restored.since_at != 0)
        tell(report, VERDICT_BAD, "the database was restored from a backup: nothing is billed, numbered, collected or mailed since %s "
             "(tacite-batch after-restore says what is to do)", clock_format(ctx->arena, restored.since_at));
    if (access(state_file_path(ctx), W_OK) != 0)
        tell(report, VERDICT_WARN, "%s cannot be written: a restored backup would not be noticed", state_file_path(ctx));
    TRY(ctx, open_differences(ctx, 0, 1, &rows, &count));
    if (count > 0)
        tell(report, VERDICT_WARN, "books, gateway and bank differ: see /admin/reconciliation");
    return OK;
}

int doctor_command(struct job *job)
{
    static const char *const options[] = {NULL};
    struct report report = {0};
    struct ctx *ctx = job->ctx;
    enum err err;

    if (job_unknown(job, options) != NULL)
        return EXIT_USAGE;
    err = check_server(ctx, &report);
    if (err == OK)
        err = check_schema(job, &report);
    if (err == OK)
        err = check_clock(ctx, &report);
    if (err == OK)
        err = check_keys(ctx, &report);
    if (err == OK)
        err = check_restored(ctx, &report);
    if (err != OK)
        return job_exit(ctx, err);
    check_seal(ctx, &report);
    check_services(ctx->tenant, &report);
    (void)printf("%d bad, %d warnings\n", report.bad, report.warnings);
    return report.bad > 0 ? EXIT_FINDINGS : EXIT_DONE;
}

/* What is wrong, told as it is found; the first of it is what a person reads in "today". */
struct findings {
    int bad;
    const char *first; /* ctx->arena; "" none */
};

__attribute__((format(printf, 3, 4))) static void find_bad(struct ctx *ctx, struct findings *findings, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = arena_vprintf(ctx->arena, format, args);
    va_end(args);
    (void)printf("bad\t%s\n", text);
    if (findings->bad++ == 0)
        findings->first = text;
}

static enum err verify_series(struct job *job, int64_t *verified, struct findings *findings)
{
    struct ctx *ctx = job->ctx;
    struct series_name *series;
    size_t count;

    *verified = 0;
    TRY(ctx, issued_series(ctx, &series, &count));
    for (size_t i = 0; i < count && !job_stopped(); i++) {
        const char *wrong = "";
        int64_t documents = 0;

        TRY(ctx, verify_chain(ctx, series[i].name, &wrong, &documents));
        *verified += documents;
        job_progress(job, "documents", *verified);
        if (wrong[0] != '\0')
            find_bad(ctx, findings, "series %s: %s is not what was issued, or what stood before it is gone", series[i].name, wrong);
    }
    job_progress_end(job);
    return OK;
}

static enum err verify_books(struct job *job, int64_t *verified, struct findings *findings)
{
    struct ctx *ctx = job->ctx;
    struct journal_series *series;
    size_t count;

    *verified = 0;
    TRY(ctx, journal_series(ctx, &series, &count));
    for (size_t i = 0; i < count && !job_stopped(); i++) {
        const char *wrong;
        int64_t entries;

        TRY(ctx, verify_journal(ctx, &series[i], &wrong, &entries));
        *verified += entries;
        job_progress(job, "entries", *verified);
        if (wrong[0] != '\0')
            find_bad(ctx, findings, "%s is not what was booked, or what stood before it is gone", wrong);
    }
    job_progress_end(job);
    return OK;
}

static enum err verify_spread(struct job *job, int64_t *verified, struct findings *findings)
{
    const char *wrong;

    TRY(job->ctx, verify_deferrals(job->ctx, &wrong, verified));
    if (wrong[0] != '\0')
        find_bad(job->ctx, findings, "what is recognised of %s is not what its method says of the days that are over", wrong);
    return OK;
}

static enum err verify_closed(struct job *job, int64_t *verified, struct findings *findings)
{
    const char *wrong;

    TRY(job->ctx, verify_closings(job->ctx, &wrong, verified));
    if (wrong[0] != '\0')
        find_bad(job->ctx, findings, "%s is not what was closed, or its days are not what they were then", wrong);
    return OK;
}

static enum err verify_rules(struct ctx *ctx, bool documents, size_t *rules, struct findings *findings)
{
    struct broken_rule *broken;
    size_t count;

    TRY(ctx, find_broken_rules(ctx, &broken, &count, rules));
    for (size_t i = 0; i < count; i++)
        find_bad(ctx, findings, "%s: not true of %s", broken[i].rule, broken[i].ref);
    if (!documents)
        return OK;
    ++*rules;
    TRY(ctx, find_altered_documents(ctx, &broken, &count));
    for (size_t i = 0; i < count; i++)
        find_bad(ctx, findings, "%s: not true of %s", broken[i].rule, broken[i].ref);
    return OK;
}

/* An item for a person, which goes by itself once all is well. */
static enum err tell_person(struct ctx *ctx, void *arg)
{
    const struct findings *findings = arg;
    struct operator_item item = {.kind = "books_broken", .subject_kind = "house", .subject_id = 1, .currency = "",
                                 .detail = str_cut(ctx->arena, findings->first, 500), .opened_on = ctx->today_on};

    return findings->bad > 0 ? open_operator_item(ctx, &item) : close_operator_items(ctx, item.kind, item.subject_kind, item.subject_id);
}

int verify_command(struct job *job)
{
    static const char *const options[] = {"--documents", NULL};
    struct ctx *ctx = job->ctx;
    struct findings findings = {0, ""};
    size_t rules = 0;
    int64_t verified = 0;
    int64_t entries = 0;
    int64_t closed = 0;
    int64_t spread = 0;
    enum err err;

    if (job_unknown(job, options) != NULL)
        return EXIT_USAGE;
    err = verify_series(job, &verified, &findings);
    if (err == OK)
        err = verify_books(job, &entries, &findings);
    if (err == OK)
        err = verify_closed(job, &closed, &findings);
    if (err == OK)
        err = verify_spread(job, &spread, &findings);
    if (err == OK)
        err = verify_rules(ctx, job_flag(job, "--documents"), &rules, &findings);
    if (err == OK && !job->dry_run && !job_stopped())
        err = db_transaction(ctx, tell_person, &findings);
    if (err != OK)
        return job_exit(ctx, err);
    (void)printf("%lld documents, %lld journal entries, %lld closings, %lld schedules and %zu rules verified, %d bad\n", (long long)verified,
                 (long long)entries, (long long)closed, (long long)spread, rules, findings.bad);
    return findings.bad > 0 ? EXIT_FINDINGS : EXIT_DONE;
}
