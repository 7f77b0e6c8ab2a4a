/* import: files of customers, products, running subscriptions and usage from the shell, and all rows as files. */
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "batch/job.h"
#include "intake/import.h"
#include "text/format.h"

#define FILE_BYTES_MAX ((size_t)256 * 1024 * 1024)

/* The whole file, malloc'ed; NULL with *message. */
static char *read_file(const char *path, size_t *bytes, const char **message)
{
    FILE *file = fopen(path, "rb");
    char *data = NULL;
    size_t room = 0;

    *bytes = 0;
    *message = "cannot be read";
    if (file == NULL)
        return NULL;
    do {
        char *more;

        room = room == 0 ? 64 * 1024 : room * 2;
        more = room <= FILE_BYTES_MAX ? realloc(data, room) : NULL;
        if (more == NULL) {
            *message = "is too large";
            break;
        }
        data = more;
        *bytes += fread(data + *bytes, 1, room - *bytes, file);
    } while (*bytes == room);
    if (*bytes == room || ferror(file) != 0) {
        free(data);
        data = NULL;
    }
    (void)fclose(file);
    return data;
}

static void show_progress(void *arg, int64_t rows)
{
    if (rows % 100 == 0)
        job_progress(arg, "import", rows);
}

/* One line per fact, tab-separated: for people and for scripts. */
static void print_report(const struct ctx *ctx, const struct import_report *report, bool written)
{
    for (size_t i = 0; i < report->kept_count; i++) {
        const struct import_problem *p = &report->kept[i];

        (void)printf("%s\tline %d\t%s\t%s\t%s\n", p->note ? "note" : "problem", (int)p->line, p->column, p->value, p->message);
    }
    (void)printf("%s\t%lld rows\t%lld new\t%lld changed\t%lld unchanged\t%zu problems\n", written ? "imported" : "checked",
                 (long long)report->rows, (long long)report->created, (long long)report->changed, (long long)report->unchanged,
                 report->problem_count);
    for (size_t i = 0; i < report->mrr_count; i++)
        (void)printf("mrr\t%s\t%lld subscriptions\t%s\n", report->mrr[i].currency, (long long)report->mrr[i].subscriptions,
                     format_price(ctx->arena, "en", report->mrr[i].mrr_e4, report->mrr[i].currency));
}

int import_command(struct job *job)
{
    enum import_kind kind = job->argc == 3 ? import_kind_from_name(job->argv[1]) : 0;
    struct import_report *report = ARENA_NEW(job->ctx->arena, struct import_report);
    struct import import = {.kind = kind, .dry_run = job->dry_run, .stop = job_stopped, .progress = show_progress, .arg = job};
    const char *message;
    char *data;
    enum err err;

    if (kind == 0) {
        (void)fprintf(stderr, "usage: tacite-batch import customers|products|subscriptions|usage FILE\n");
        return EXIT_USAGE;
    }
    data = read_file(job->argv[2], &import.bytes, &message);
    if (data == NULL) {
        (void)fprintf(stderr, "tacite-batch import: %s %s\n", job->argv[2], message);
        return EXIT_USAGE;
    }
    import.data = data;
    err = run_import(job->ctx, &import, report);
    job_progress_end(job);
    if (err == OK)
        print_report(job->ctx, report, !job->dry_run && report->problem_count == 0);
    free(data);
    return err != OK ? job_exit(job->ctx, err) : report->problem_count > 0 ? EXIT_FINDINGS : EXIT_DONE;
}

int export_command(struct job *job)
{
    enum import_kind kind = job->argc == 2 ? import_kind_from_name(job->argv[1]) : 0;
    struct str table = str_new(job->ctx->arena);
    enum err err;

    if (kind == 0) {
        (void)fprintf(stderr, "usage: tacite-batch export customers|products|subscriptions|usage\n");
        return EXIT_USAGE;
    }
    err = export_rows(job->ctx, kind, &table);
    if (err == OK && (fwrite(table.text, 1, table.bytes, stdout) != table.bytes || fflush(stdout) != 0))
        err = FAIL(job->ctx, ERR_IO, "the table cannot be written");
    return err == OK ? EXIT_DONE : job_exit(job->ctx, err);
}
