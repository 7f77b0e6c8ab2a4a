/* rekey: the subcommand that seals everything anew after master was changed. */
#include <stdio.h>

#include "base/log.h"
#include "batch/job.h"
#include "service/rekeying.h"

int rekey_command(struct job *job)
{
    static const char *const options[] = {NULL};
    struct ctx *ctx = job->ctx;
    struct rekeying state = {.dry_run = job->dry_run, .stop = job_stopped};
    enum err err;

    if (job_unknown(job, options) != NULL)
        return EXIT_USAGE;
    err = rekey_sealed_texts(ctx, &state);
    if (err != OK)
        return job_exit(ctx, err);
    log_event(ctx, LOG_INFO, "rekey", "sealed", arena_printf(ctx->arena, "%lld", (long long)state.sealed), "unreadable",
              arena_printf(ctx->arena, "%lld", (long long)state.unreadable), "dry_run", job->dry_run ? "yes" : "no", NULL);
    if (state.unreadable == 0 && !job->dry_run && !job_stopped())
        (void)printf("everything is sealed under the present key: master.old can be removed from the key file\n");
    return state.unreadable > 0 ? EXIT_FINDINGS : EXIT_DONE;
}
