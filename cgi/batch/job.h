/* job: one run of a subcommand of tacite-batch.
 *
 * A command is a row of the table in main/batch.c: a name, what it takes, and a function that gives the
 * process's exit code: 0 done, 1 done but something needs a look, 64 usage, 69 database away,
 * 70 our own fault, 75 try again later, 78 configuration. It logs one line per event on stderr; what it
 * was asked to tell goes to stdout. */
#ifndef TACITE_BATCH_JOB_H
#define TACITE_BATCH_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/tenant.h"

enum exit_code {
    EXIT_DONE = 0,
    EXIT_FINDINGS = 1,
    EXIT_USAGE = 64,
    EXIT_AWAY = 69,
    EXIT_FAULT = 70,
    EXIT_LATER = 75,
    EXIT_CONFIG = 78,
};

struct signer; /* document/pdf_sign.h */

struct job {
    struct ctx *ctx;      /* tenant and database are set for commands that need them */
    const char *tenant_path; /* --tenant */
    const char *root;     /* --root: schema/ and templates/ */
    bool dry_run;
    bool progress;        /* a terminal is watching */
    bool quiet;           /* what was made is not told */
    bool no_documents;    /* they are left to a later run, which seals them on its own day */
    const struct signer *signer; /* of documents; NULL: the tenant's own seal */
    bool findings;        /* done, but something was set aside for a person */
    int argc;             /* the command's own arguments */
    char **argv;
};

/* SIGTERM and SIGINT ask the process to end. */
void job_watch_signals(void);

/* True once the process was asked to end: a command stops at its next safe place. */
bool job_stopped(void);

/* Writes "  renew 1,200" over the same line of the terminal; nothing without one. */
void job_progress(const struct job *job, const char *what, int64_t count);
void job_progress_end(const struct job *job);

/* Logs the trail and gives the exit code that the error means. */
int job_exit(const struct ctx *ctx, enum err err);

/* An option's value: "--to" in "--to 2026-12-01" or "--to=2026-12-01"; NULL when absent. */
const char *job_option(const struct job *job, const char *name);
bool job_flag(const struct job *job, const char *name);
/* The first argument that no option of the list (ended by NULL) explains; NULL when all are known. Names
 * that take a value end in "=". */
const char *job_unknown(const struct job *job, const char *const *options);

/* The commands. */
int run_once_command(struct job *job);       /* batch/work.c: one piece of work, named by argv[0] */
int run_all_command(struct job *job);        /* batch/work.c */
int run_due(struct job *job);                /* batch/work.c: once, everything that is due; its exit code */
int bank_import_command(struct job *job);    /* batch/bank.c */
int migrate_command(struct job *job);        /* batch/database.c */
int doctor_command(struct job *job);         /* batch/doctor.c */
int verify_command(struct job *job);         /* batch/doctor.c */
int clock_command(struct job *job);          /* batch/work.c */
int after_restore_command(struct job *job);  /* batch/work.c */
int tenant_command(struct job *job);         /* batch/tenant_create.c */
int seal_command(struct job *job);           /* batch/database.c */
int import_command(struct job *job);         /* batch/import.c */
int export_command(struct job *job);         /* batch/import.c */
int closing_command(struct job *job);        /* batch/books.c */
int fec_command(struct job *job);            /* batch/books.c */
int rekey_command(struct job *job);          /* batch/rekey.c */
int demo_command(struct job *job);           /* batch/demo.c */
int selftest_command(struct job *job);       /* batch/selftest.c */

#endif
