#include "batch/job.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

bool job_stopped(void)
{
    return stopped != 0;
}

void job_progress(const struct job *job, const char *what, int64_t count)
{
    if (job->progress)
        (void)fprintf(stderr, "\r%s %lld\033[K", what, (long long)count);
}

void job_progress_end(const struct job *job)
{
    if (job->progress)
        (void)fprintf(stderr, "\r\033[K");
}

int job_exit(const struct ctx *ctx, enum err err)
{
    log_trail(ctx, "batch.failed");
    switch (err) {
    case ERR_DB_GONE: return EXIT_AWAY;
    case ERR_DB_RETRY:
    case ERR_CONFLICT:
    case ERR_TIMEOUT:
    case ERR_HELD:
    case ERR_NOT_SENT:
    case ERR_GATEWAY: return EXIT_LATER;
    case ERR_CONFIG: return EXIT_CONFIG;
    default: return EXIT_FAULT;
    }
}

const char *job_option(const struct job *job, const char *name)
{
    size_t bytes = strlen(name);

    for (int i = 1; i < job->argc; i++) {
        if (str_equal(job->argv[i], name))
            return i + 1 < job->argc ? job->argv[i + 1] : "";
        if (str_starts(job->argv[i], name) && job->argv[i][bytes] == '=')
            return job->argv[i] + bytes + 1;
    }
    return NULL;
}

bool job_flag(const struct job *job, const char *name)
{
    for (int i = 1; i < job->argc; i++)
        if (str_equal(job->argv[i], name))
            return true;
    return false;
}

const char *job_unknown(const struct job *job, const char *const *options)
{
    for (int i = 1; i < job->argc; i++) {
        const char *const *option;

        for (option = options; *option != NULL; option++) {
            size_t bytes = strlen(*option);
            bool takes_value = str_ends(*option, "=");

            if (!takes_value && str_equal(job->argv[i], *option))
                break;
            if (takes_value && str_starts(job->argv[i], *option))
                break;
            if (takes_value && strlen(job->argv[i]) == bytes - 1 && memcmp(job->argv[i], *option, bytes - 1) == 0) {
                i++;
                break;
            }
        }
        if (*option == NULL)
            return job->argv[i];
    }
    return NULL;
}

void job_watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN); /* a gateway or mail server that hangs up */
}
