/* bank: takes in a file of the bank from the command line. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "batch/job.h"
#include "service/banking.h"
#include "text/words.h"

static int refuse(const struct bank_imported *imported, const char *path)
{
    if (imported->refusal == IMPORT_FILE)
        (void)fprintf(stderr, "%s:%d: %s%s%s\n", path, imported->refused.line, tr(bank_refusal_text(imported->refused.reason)),
                      imported->refused.detail[0] != '\0' ? " " : "", imported->refused.detail);
    else
        (void)fprintf(stderr, "%s: %s%s%s\n", path, tr(bank_import_refusal_text(imported->refusal)), imported->detail[0] != '\0' ? " " : "",
                      imported->detail);
    return imported->refusal == IMPORT_KNOWN ? EXIT_DONE : EXIT_FINDINGS;
}

int bank_import_command(struct job *job)
{
    const char *path = job->argc == 2 ? job->argv[1] : NULL;
    struct bank_imported imported;
    struct stat about;
    const char *name;
    void *data;
    enum err err;
    int file;

    if (path == NULL || path[0] == '-') {
        (void)fprintf(stderr, "tacite-batch bank-import: one FILE is wanted\n");
        return EXIT_USAGE;
    }
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
        (void)fprintf(stderr, "tacite-batch bank-import: %s cannot be read\n", path);
        if (file >= 0)
            (void)close(file);
        return EXIT_USAGE;
    }
    data = about.st_size == 0 ? NULL : mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    (void)close(file);
    if (data == MAP_FAILED)
        return job_exit(job->ctx, FAIL(job->ctx, ERR_IO, "%s cannot be mapped", path));
    name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
    err = import_bank_file(job->ctx, name, data == NULL ? "" : data, (size_t)about.st_size, job->dry_run, &imported);
    if (data != NULL)
        (void)munmap(data, (size_t)about.st_size);
    if (err != OK)
        return job_exit(job->ctx, err);
    if (imported.refusal != IMPORT_NOT_REFUSED)
        return refuse(&imported, path);
    log_event(job->ctx, LOG_INFO, "bank.import", "kind", bank_file_kind_name(imported.file.kind), "entries",
              arena_printf(job->ctx->arena, "%d", imported.file.entries), "fresh", arena_printf(job->ctx->arena, "%d", imported.fresh),
              "matched", arena_printf(job->ctx->arena, "%d", imported.matched), "open", arena_printf(job->ctx->arena, "%d", imported.open),
              "dry_run", job->dry_run ? "yes" : "no", NULL);
    (void)printf("%d\t%d\t%d\t%d\n", imported.file.entries, imported.fresh, imported.matched, imported.open);
    return imported.open > 0 ? EXIT_FINDINGS : EXIT_DONE;
}
