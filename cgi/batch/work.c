/* work: what time triggers, piece by piece or all of it, once or in a loop.
 *
 * Every piece claims what it does row by row, so several batches may run at once. The order of `run` is
 * the order in which money moves: first what was left open, then changes whose day has come, then new invoices, then
 * their payment, then the books, the documents and the mails. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/str.h"
#include "batch/job.h"
#include "batch/mail.h"
#include "core/date.h"
#include "document/pdf_sign.h"
#include "service/advances.h"
#include "service/amending.h"
#include "service/card_replacing.h"
#include "service/card_watching.h"
#include "service/collecting.h"
#include "service/crediting.h"
#include "service/debit_watching.h"
#include "service/deferring.h"
#include "service/gateway_events.h"
#include "service/mandating.h"
#include "service/dunning.h"
#include "service/house.h"
#include "service/paying.h"
#include "service/reconciling.h"
#include "service/refunding.h"
#include "service/renewing.h"
#include "service/rendering.h"
#include "service/restoring.h"
#include "service/returning.h"
#include "service/revising.h"
#include "service/vat_checking.h"
#include "store/company.h"
#include "store/db.h"
#include "store/housekeeping.h"
#include "store/tenant.h"
#include "store/vat_recheck.h"

struct piece {
    const char *name;
    enum err (*run)(struct job *job, int64_t *done, int64_t *failed);
    bool after_restore; /* also while the house is held (service/restoring) */
};

static struct job *watched; /* services know no job: their progress comes back through here */

static void show_renewing(const struct renewing *state)
{
    job_progress(watched, "invoices", state->invoices);
}

/* Most of the time nothing waits: one statement says so. */
static enum err run_janitor(struct job *job, int64_t *done, int64_t *failed)
{
    struct ctx *ctx = job->ctx;
    struct janitor_waits waits;
    int64_t purged;

    (void)failed;
    if (job->dry_run)
        return OK;
    TRY(ctx, janitor_waits(ctx, &waits));
    if (waits.attempts)
        TRY(ctx, check_attempts(ctx, job_stopped, done));
    if (waits.events)
        TRY(ctx, check_events(ctx, job_stopped, done));
    if (waits.setups)
        TRY(ctx, check_method_setups(ctx, job_stopped, done));
    if (waits.refunds)
        TRY(ctx, check_refunds(ctx, job_stopped, done));
    if (waits.returns)
        TRY(ctx, check_stray_returns(ctx, job_stopped, done));
    return purge_old_rows(ctx, &waits, &purged);
}

/* Before anything is billed: a number that is checked today counts today. */
static enum err run_vat(struct job *job, int64_t *done, int64_t *failed)
{
    struct ctx *ctx = job->ctx;
    struct vat_run run = {.stop = job_stopped};
    enum err err;

    if (ctx->tenant->vies_url[0] == '\0')
        return OK;
    if (job->dry_run) {
        TRY(ctx, count_due_vat_rechecks(ctx, &run.waiting));
        log_event(ctx, LOG_INFO, "vat", "due", arena_printf(ctx->arena, "%lld", (long long)run.waiting), "dry_run", "yes", NULL);
        return OK;
    }
    err = ask_due_vat_numbers(ctx, &run);
    *done = run.checked;
    *failed = run.waiting;
    job->findings |= run.invalid > 0; /* silence is no finding: it is asked again */
    if (run.checked + run.waiting > 0)
        log_event(ctx, LOG_INFO, "vat", "checked", arena_printf(ctx->arena, "%lld", (long long)run.checked),
                  "invalid", arena_printf(ctx->arena, "%lld", (long long)run.invalid),
                  "no_answer", arena_printf(ctx->arena, "%lld", (long long)run.waiting), NULL);
    return err;
}

static enum err run_amend(struct job *job, int64_t *done, int64_t *failed)
{
    struct amending_run state = {.dry_run = job->dry_run, .stop = job_stopped};
    enum err err = apply_amendments(job->ctx, &state);

    *done = state.applied;
    *failed = state.failed;
    job->findings |= state.failed > 0;
    return err;
}

/* Revisions of prices that are larger than a page does at once. */
static enum err run_revise(struct job *job, int64_t *done, int64_t *failed)
{
    struct revising_run state = {.dry_run = job->dry_run, .stop = job_stopped};
    struct ctx *ctx = job->ctx;
    enum err err = go_on_revising(ctx, &state);

    *done = state.subscriptions;
    *failed = state.failed;
    job->findings |= state.failed > 0;
    if (state.subscriptions + state.failed > 0)
        log_event(ctx, LOG_INFO, "revise", "subscriptions", arena_printf(ctx->arena, "%lld", (long long)state.subscriptions),
                  "failed", arena_printf(ctx->arena, "%lld", (long long)state.failed), NULL);
    return err;
}

/* After changes whose day has come: what they say of a period counts for its bill. */
static enum err run_renew(struct job *job, int64_t *done, int64_t *failed)
{
    struct renewing state = {.dry_run = job->dry_run, .progress = show_renewing, .stop = job_stopped};
    struct ctx *ctx = job->ctx;
    enum err err;

    watched = job;
    TRY(ctx, run_amend(job, done, failed));
    err = renew_subscriptions(ctx, &state);
    *done = state.invoices;
    *failed += state.failed;
    job->findings |= state.failed > 0;
    if (state.invoices + state.asked + state.held + state.ended + state.failed > 0)
        log_event(ctx, LOG_INFO, "renew", "invoices", arena_printf(ctx->arena, "%lld", (long long)state.invoices),
                  "asked", arena_printf(ctx->arena, "%lld", (long long)state.asked),
                  "periods", arena_printf(ctx->arena, "%lld", (long long)state.periods),
                  "held", arena_printf(ctx->arena, "%lld", (long long)state.held),
                  "ended", arena_printf(ctx->arena, "%lld", (long long)state.ended),
                  "failed", arena_printf(ctx->arena, "%lld", (long long)state.failed),
                  "dry_run", job->dry_run ? "yes" : "no", NULL);
    return err;
}

/* What no invoice will deduct any more becomes the customer's credit. */
static enum err run_deposits(struct job *job, int64_t *done, int64_t *failed)
{
    (void)failed;
    return job->dry_run ? OK : give_back_deposits(job->ctx, job_stopped, done);
}

/* Before any debit: what a customer paid above earlier invoices pays the next ones. */
static enum err run_advances(struct job *job, int64_t *done, int64_t *failed)
{
    (void)failed;
    return job->dry_run ? OK : use_advances(job->ctx, done);
}

/* Direct debits whose days of return are over, and what a person must know of the others. */
static enum err run_settle(struct job *job, int64_t *done, int64_t *failed)
{
    (void)failed;
    if (job->dry_run)
        return OK;
    return care_for_collections(job->ctx, done);
}

/* Mandates that nobody used for too long, before anything is collected under them. */
static enum err run_mandates(struct job *job, int64_t *done, int64_t *failed)
{
    struct mandate_watch watch;

    (void)failed;
    if (job->dry_run)
        return OK;
    TRY(job->ctx, watch_mandates(job->ctx, &watch));
    *done = watch.expired + watch.warned;
    return OK;
}

static enum err run_collect(struct job *job, int64_t *done, int64_t *failed)
{
    struct collecting state = {.stop = job_stopped};
    struct ctx *ctx = job->ctx;
    enum err err;

    if (job->dry_run)
        return OK;
    err = collect_due(ctx, &state);
    *done = state.paid;
    *failed = state.declined + state.unknown + state.not_sent;
    if (*done + *failed > 0 || state.gateway_away)
        log_event(ctx, state.gateway_away ? LOG_WARNING : LOG_INFO, "collect", "paid", arena_printf(ctx->arena, "%lld", (long long)state.paid),
                  "declined", arena_printf(ctx->arena, "%lld", (long long)state.declined),
                  "unknown", arena_printf(ctx->arena, "%lld", (long long)state.unknown),
                  "not_sent", arena_printf(ctx->arena, "%lld", (long long)state.not_sent),
                  "gateway", state.gateway_away ? "away" : "there", NULL);
    return err;
}

static enum err run_dunning_piece(struct job *job, int64_t *done, int64_t *failed)
{
    struct dunning_run state = {.dry_run = job->dry_run, .stop = job_stopped};
    struct ctx *ctx = job->ctx;
    enum err err = run_dunning(ctx, &state);

    *done = state.opened + state.acted;
    *failed = state.failed;
    job->findings |= state.failed > 0;
    if (state.opened + state.acted + state.failed > 0)
        log_event(ctx, LOG_INFO, "dunning", "opened", arena_printf(ctx->arena, "%lld", (long long)state.opened),
                  "acted", arena_printf(ctx->arena, "%lld", (long long)state.acted),
                  "closed", arena_printf(ctx->arena, "%lld", (long long)state.closed),
                  "failed", arena_printf(ctx->arena, "%lld", (long long)state.failed),
                  "dry_run", job->dry_run ? "yes" : "no", NULL);
    return err;
}

static enum err run_recognise(struct job *job, int64_t *done, int64_t *failed)
{
    (void)failed;
    return job->dry_run ? OK : recognise_revenue(job->ctx, done);
}

/* Documents leave sealed or not at all. */
static enum err run_render(struct job *job, int64_t *done, int64_t *failed)
{
    static const struct signer *signer;
    static struct arena *kept;
    const struct tenant *tenant = job->ctx->tenant;
    struct rendering state = {.stop = job_stopped};
    enum err err;

    if (job->dry_run || job->no_documents || tenant->seal_certificate[0] == '\0')
        return OK;
    if (signer == NULL && job->signer == NULL) {
        if (kept == NULL)
            kept = arena_new();
        TRY(job->ctx, signer_load(job->ctx, kept, tenant->seal_certificate, tenant->seal_key, &signer));
    }
    state.signer = job->signer != NULL ? job->signer : signer;
    err = render_documents(job->ctx, &state);
    *done = state.rendered;
    *failed = state.failed;
    job->findings |= state.failed > 0;
    return err;
}

static enum err run_mails(struct job *job, int64_t *done, int64_t *failed)
{
    TRY(job->ctx, run_mail(job->ctx, job->dry_run, job_stopped, done, failed));
    job->findings |= *failed > 0;
    return OK;
}

static enum err run_cards(struct job *job, int64_t *done, int64_t *failed)
{
    (void)failed;
    return job->dry_run ? OK : tell_ending_cards(job->ctx, done);
}

/* By itself once a day; when it is named, always. */
static enum err run_reconcile(struct job *job, int64_t *done, int64_t *failed)
{
    struct ctx *ctx = job->ctx;
    struct reconciling state = {.always = str_equal(job->argv[0], "reconcile")};
    enum err err;

    if (job->dry_run)
        return OK;
    err = reconcile_money(ctx, &state);
    if (!state.due)
        return err;
    *done = state.settled + state.gone;
    job->findings |= state.open > 0;
    log_event(ctx, state.open > 0 ? LOG_WARNING : LOG_INFO, "reconcile", "facts", arena_printf(ctx->arena, "%d", state.facts),
              "settled", arena_printf(ctx->arena, "%d", state.settled), "open", arena_printf(ctx->arena, "%d", state.open),
              "gone", arena_printf(ctx->arena, "%d", state.gone), NULL);
    if (err == ERR_GATEWAY && !state.always) { /* away today: the next run asks again, the rest goes on */
        ctx_forget_error(ctx);
        ++*failed;
        return OK;
    }
    return err;
}

/* Those that take no money, give no number and tell nobody anything go on in a house that was restored. */
static const struct piece piece[] = {
    {"janitor", run_janitor, false},     {"reconcile", run_reconcile, true},  {"vat", run_vat, true},        {"amend", run_amend, false},
    {"revise", run_revise, false},
    {"renew", run_renew, false},         {"recognise", run_recognise, false}, {"deposits", run_deposits, false}, {"advances", run_advances, false},
    {"settle", run_settle, false},       {"mandates", run_mandates, false},   {"dunning", run_dunning_piece, false}, {"collect", run_collect, false},
    {"cards", run_cards, false},         {"render", run_render, false},       {"mail", run_mails, false},
};

static enum err run_piece(struct job *job, const struct piece *one)
{
    struct ctx *ctx = job->ctx;
    struct house house;
    struct job_run run = {.job = one->name};
    int64_t done = 0;
    int64_t failed = 0;
    bool held;
    enum err err;

    arena_reset(ctx->arena);
    ctx_forget_error(ctx);
    ctx->now = run.started_at = clock_now();
    crash_point("C01");
    TRY(ctx, db_ready(ctx));
    crash_point("C02"); /* no lock is held: who claims rows holds them as long as his connection */
    ctx->kept = true; /* the pieces of a run follow each other closely */
    err = set_today(ctx, &house);
    if (err == OK)
        err = notice_restore(ctx, &held); /* a second late, perhaps: what takes money asks in its own transaction */
    ctx->kept = false;
    if (err != OK)
        return err;
    if (house.company_id == 0)
        return OK; /* nobody sells here yet */
    if (house.last_run_at > ctx->now + 300 * CLOCK_SECOND)
        return FAIL(ctx, ERR_CONFLICT, "this machine's clock is %lld s behind the last run: set it, then run again",
                    (long long)((house.last_run_at - ctx->now) / CLOCK_SECOND));
    if (held && !one->after_restore) {
        job->findings = true;
        return OK;
    }
    err = one->run(job, &done, &failed);
    job_progress_end(job);
    if (err == OK && !job->dry_run && done + failed > 0) {
        run.today_on = ctx->today_on;
        run.ended_at = clock_now();
        run.done = (int32_t)done;
        run.failed = (int32_t)failed;
        crash_point("C30");
        TRY(ctx, note_job_run(ctx, &run));
    }
    return err;
}

/* Without the file a restored backup is not noticed; the work itself is done all the same. */
static void note_outside(struct job *job)
{
    if (note_run_outside(job->ctx) == OK)
        return;
    log_trail(job->ctx, "state_file.not_written");
    ctx_forget_error(job->ctx);
}

int run_once_command(struct job *job)
{
    static const char *const options[] = {NULL};
    const char *name = job->argv[0];
    const char *unknown = job_unknown(job, options);
    enum err err = ERR_NOT_FOUND;

    if (unknown != NULL) {
        (void)fprintf(stderr, "tacite-batch %s: %s is not an option\n", name, unknown);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < sizeof piece / sizeof piece[0]; i++)
        if (strcmp(piece[i].name, name) == 0)
            err = run_piece(job, &piece[i]);
    if (err == OK && !job->dry_run)
        err = save_last_run(job->ctx);
    if (err == OK && !job->dry_run)
        note_outside(job);
    return err != OK ? job_exit(job->ctx, err) : job->findings ? EXIT_FINDINGS : EXIT_DONE;
}

/* Every piece is tried, whatever happened to those before it. */
static int run_pieces(struct job *job)
{
    int code = EXIT_DONE;

    job->findings = false;
    for (size_t i = 0; i < sizeof piece / sizeof piece[0] && !job_stopped(); i++) {
        enum err err = run_piece(job, &piece[i]);

        if (err == OK)
            continue;
        code = job_exit(job->ctx, err);
        if (err == ERR_DB_GONE || err == ERR_CONFLICT)
            return code;
    }
    return code == EXIT_DONE && job->findings ? EXIT_FINDINGS : code;
}

int run_due(struct job *job)
{
    int code = run_pieces(job);

    job->ctx->now = clock_now();
    if (code != EXIT_AWAY && code != EXIT_LATER && save_last_run(job->ctx) != OK)
        log_trail(job->ctx, "run.not_noted");
    return code;
}

int run_all_command(struct job *job)
{
    static const char *const options[] = {"--loop=", NULL};
    const char *unknown = job_unknown(job, options);
    const char *loop = job_option(job, "--loop");
    long long seconds = 0;
    int64_t saved_at = 0;
    int code;

    if (unknown != NULL || (loop != NULL && !str_to_i64(loop, 1, 86400, &seconds))) {
        (void)fprintf(stderr, "tacite-batch run: --loop wants 1 to 86400 seconds\n");
        return EXIT_USAGE;
    }
    for (;;) {
        code = run_pieces(job);
        /* A loop that finds nothing must not write every second. */
        if (!job->dry_run && code != EXIT_AWAY && (loop == NULL || clock_now() - saved_at > 60 * CLOCK_SECOND)) {
            job->ctx->now = saved_at = clock_now();
            if (code != EXIT_LATER && save_last_run(job->ctx) != OK)
                log_trail(job->ctx, "run.not_noted");
            note_outside(job);
        }
        if (loop == NULL || job_stopped())
            return loop == NULL ? code : EXIT_DONE;
        for (long long i = 0; i < seconds * 10 && !job_stopped(); i++)
            clock_sleep(CLOCK_SECOND / 10);
    }
}

int after_restore_command(struct job *job)
{
    static const char *const options[] = {"--done", "--bank-is-in", NULL};
    const struct once once = {NULL, "/"};
    struct leaving leaving = {.bank_is_in = job_flag(job, "--bank-is-in")};
    struct ctx *ctx = job->ctx;
    struct restored restored;
    enum err err = OK;

    if (job_unknown(job, options) != NULL)
        return EXIT_USAGE;
    if (!job_flag(job, "--done") && !job->dry_run)
        err = enter_restored(ctx, "by hand");
    else if (!job->dry_run)
        err = leave_restored(ctx, &leaving, &once);
    if (err == OK)
        err = restored_now(ctx, &restored);
    if (err != OK)
        return job_exit(ctx, err);
    if (restored.since_at == 0) {
        (void)printf("back to normal: the database bills, numbers and collects\n");
        return EXIT_DONE;
    }
    (void)printf("held since %s: nothing is billed, numbered, collected or mailed\n", clock_format(ctx->arena, restored.since_at));
    (void)printf("%s\tthe gateway was asked about everything\n", restored.reconciled ? "done" : "to do");
    for (size_t i = 0; i < restored.number_count; i++)
        (void)printf("to do\tseries %s ends at %lld here and at %lld outside: choose another prefix in the settings\n", restored.numbers[i].series,
                     (long long)restored.numbers[i].here_sequence, (long long)restored.numbers[i].last_sequence);
    (void)printf("to do\ttake in the bank's files, then: tacite-batch after-restore --done --bank-is-in\n");
    return EXIT_FINDINGS;
}

int clock_command(struct job *job)
{
    static const char *const options[] = {"--to=", NULL};
    struct ctx *ctx = job->ctx;
    const char *to = job_option(job, "--to");
    const struct once once = {NULL, "/"};
    struct house_result result;
    struct house house;
    char text[DATE_TEXT_BYTES];
    int32_t to_on;
    enum err err;

    if (job_unknown(job, options) != NULL || (to != NULL && !date_parse_iso(to, &to_on))) {
        (void)fprintf(stderr, "tacite-batch clock: --to wants a date like 2026-12-01\n");
        return EXIT_USAGE;
    }
    if (!ctx->tenant->test) {
        (void)fprintf(stderr, "tacite-batch clock: a live tenant has no test clock\n");
        return EXIT_CONFIG;
    }
    err = set_today(ctx, &house);
    if (err == OK && to != NULL) {
        if (to_on < ctx->today_on) {
            (void)fprintf(stderr, "tacite-batch clock: today is %s already; the clock only goes forward\n",
                          date_iso(ctx->today_on, text));
            return EXIT_CONFIG;
        }
        if (!job->dry_run)
            err = advance_clock(ctx, to_on, &once, &result);
    }
    if (err != OK)
        return job_exit(ctx, err);
    (void)printf("%s\n", date_iso(job->dry_run && to != NULL ? to_on : ctx->today_on, text));
    return EXIT_DONE;
}
