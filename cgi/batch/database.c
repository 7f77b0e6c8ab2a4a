/* database: schema and rights, and the demo seal: what is done once per house or release. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "batch/job.h"
#include "document/pdf_sign.h"
#include "store/company.h"
#include "store/db.h"
#include "store/migration.h"

static enum err migrate(struct job *job, int *ran)
{
    struct ctx *ctx = job->ctx;
    struct db *application = ctx->db;
    const struct tenant *tenant = ctx->tenant;
    struct db_login login;
    const char *message = "";
    const char *folder = arena_printf(ctx->arena, "%s/schema", job->root);
    enum err err;

    if (tenant_owner_login(ctx->arena, tenant, &login, &message) != OK)
        return FAIL(ctx, ERR_CONFIG, "%s", message);
    ctx->db = db_open(&login);
    err = db_ready(ctx);
    if (err == OK)
        err = migrate_schema(ctx, folder, ran);
    if (err == OK)
        err = grant_rights(ctx, arena_printf(ctx->arena, "%s/rights.tsv", folder), tenant->database.name,
                           tenant->database.user, tenant->database.socket[0] != '\0' ? "localhost" : "%");
    db_close(ctx->db);
    ctx->db = application;
    return err;
}

int migrate_command(struct job *job)
{
    static const char *const options[] = {NULL};
    struct ctx *ctx = job->ctx;
    const char *missing = "";
    int ran = 0;
    enum err err;

    if (job_unknown(job, options) != NULL)
        return EXIT_USAGE;
    if (job->dry_run) {
        err = migration_state(ctx, arena_printf(ctx->arena, "%s/schema", job->root), &missing);
        if (err != OK)
            return job_exit(ctx, err);
        (void)printf("%s\n", missing[0] != '\0' ? missing : "nothing to do");
        return EXIT_DONE;
    }
    err = migrate(job, &ran);
    if (err != OK)
        return job_exit(ctx, err);
    log_event(ctx, LOG_INFO, "migrated", "files", arena_printf(ctx->arena, "%d", ran), NULL);
    return EXIT_DONE;
}

/* A certificate of our own making, so that documents of a demo or a test are sealed too. A real seller
 * puts the file of a certificate authority in its place. */
int seal_command(struct job *job)
{
    static const char *const options[] = {"--rsa", NULL};
    struct ctx *ctx = job->ctx;
    struct company company = {.name = "Tacite", .country = "FR"};
    struct certificate_order order = {
        .key = job_flag(job, "--rsa") ? CERTIFICATE_RSA_2048 : CERTIFICATE_ECDSA_P256,
        .from_at = ctx->now - 3600 * CLOCK_SECOND, .valid_days = 1095,
        .certificate_path = ctx->tenant->seal_certificate, .key_path = ctx->tenant->seal_key};
    enum err err;

    if (job_unknown(job, options) != NULL)
        return EXIT_USAGE;
    if (order.certificate_path[0] == '\0' || order.key_path[0] == '\0') {
        (void)fprintf(stderr, "%s: seal.certificate and seal.key are not set\n", ctx->tenant->path);
        return EXIT_CONFIG;
    }
    err = company_current(ctx, &company);
    if (err != OK && err != ERR_NOT_FOUND)
        return job_exit(ctx, err);
    order.organisation = company.name;
    order.country = company.country;
    err = create_demo_certificate(ctx, &order);
    if (err == ERR_DUPLICATE) {
        (void)fprintf(stderr, "tacite-batch seal: %s is there already\n", order.certificate_path);
        return EXIT_CONFIG;
    }
    return err == OK ? EXIT_DONE : job_exit(ctx, err);
}
