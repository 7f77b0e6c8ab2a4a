/* books: closings, and the file of the year for the tax office. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "batch/job.h"
#include "core/date.h"
#include "service/closing.h"
#include "service/reporting.h"
#include "store/financial_year.h"
#include "text/words.h"

/* ---- years ---- */

/* Of "2026" the financial year that ends in it, of "2026-06-30" the one that ends on that day. EXIT_DONE, or what is wrong was said. */
static int find_year(struct job *job, const char *text, struct period *year)
{
    struct financial_years years;
    struct period within;
    char day[DATE_TEXT_BYTES];
    size_t count;
    enum err err;

    if (!financial_year_end_from_text(text, &within))
        return EXIT_USAGE;
    err = financial_years(job->ctx, &years);
    if (err != OK)
        return job_exit(job->ctx, err);
    count = financial_years_ending(&years, within, year);
    if (count == 1)
        return EXIT_DONE;
    if (count == 0)
        (void)fprintf(stderr, "tacite-batch: no financial year ends in %s\n", text);
    else
        (void)fprintf(stderr, "tacite-batch: more than one financial year ends in %s: say its last day, such as %s\n", text,
                      date_iso(period_last_on(*year), day));
    return EXIT_FINDINGS;
}

/* "2026-10-31", "2026-10": the first day of it; a year by its end. */
static int find_span(struct job *job, enum closing_kind kind, const char *text, int32_t *on)
{
    struct period year;
    int code;

    if (kind != CLOSING_YEAR)
        return date_parse_iso(kind == CLOSING_DAY ? text : arena_printf(job->ctx->arena, "%s-01", text), on) ? EXIT_DONE : EXIT_USAGE;
    code = find_year(job, text, &year);
    *on = year.from_on;
    return code;
}

/* ---- closing ---- */

static void say_refusal(enum closing_kind kind, const struct closing_result *r)
{
    char from[DATE_TEXT_BYTES];
    char day[DATE_TEXT_BYTES];

    (void)printf("refused\t%s %s\t%s\n", closing_kind_name(kind), date_iso(r->period.from_on, from),
                 r->busy ? "somebody else is closing now" : closing_verdict_text(r->verdict));
    if (r->verdict == CLOSING_EARLIER_OPEN)
        (void)printf("open\t%s\t%s\n", closing_kind_name(kind), date_iso(r->earlier.from_on, from));
    for (size_t i = 0; i < r->open_count && r->verdict == CLOSING_WORK_OPEN; i++)
        (void)printf("open\t%s\t%s\t%s\n", r->open[i].kind, r->open[i].ref, date_iso(r->open[i].happened_on, day));
}

static enum err close_one(struct job *job, enum closing_kind kind, int32_t on, bool *refused)
{
    static const struct once no_form = {NULL, "/"};
    struct closing_result result;
    char from[DATE_TEXT_BYTES];

    TRY(job->ctx, job->dry_run ? may_close(job->ctx, kind, on, &result) : close_period(job->ctx, kind, on, &no_form, &result));
    *refused = result.busy || result.verdict != CLOSING_MAY;
    if (*refused)
        say_refusal(kind, &result);
    else
        (void)printf("%s\t%s %s\n", job->dry_run ? "would close" : "closed", closing_kind_name(kind), date_iso(result.period.from_on, from));
    return OK;
}

/* Every month that is over, then every day: a year is closed when somebody asks for it. */
static enum err close_all(struct job *job, bool *refused)
{
    for (enum closing_kind kind = CLOSING_MONTH; kind >= CLOSING_DAY && !*refused; kind--) {
        for (;;) {
            struct period next;

            TRY(job->ctx, next_to_close(job->ctx, kind, &next));
            if (period_is_none(next) || next.until_on > job->ctx->today_on || job_stopped())
                break;
            TRY(job->ctx, close_one(job, kind, next.from_on, refused));
            if (*refused || job->dry_run)
                break;
        }
    }
    return OK;
}

int closing_command(struct job *job)
{
    static const char *const options[] = {"--day=", "--month=", "--year=", NULL};
    static const char *const name[] = {[CLOSING_DAY] = "--day", [CLOSING_MONTH] = "--month", [CLOSING_YEAR] = "--year"};
    const char *text = NULL;
    enum closing_kind kind = CLOSING_DAY;
    int given = 0;
    int32_t on = DATE_NONE;
    bool refused = false;
    enum err err;
    int code = EXIT_DONE;

    for (enum closing_kind k = CLOSING_DAY; k <= CLOSING_YEAR; k++)
        if (job_option(job, name[k]) != NULL) {
            text = job_option(job, name[k]);
            kind = k;
            given++;
        }
    if (job_unknown(job, options) != NULL || given > 1)
        code = EXIT_USAGE;
    else if (given == 1)
        code = find_span(job, kind, text, &on);
    if (code == EXIT_USAGE)
        (void)fprintf(stderr, "tacite-batch closing: one of --day 2026-10-31, --month 2026-10, --year 2026 (a financial year by its end, or its last day: "
                      "--year 2026-06-30), or none for all that is over\n");
    if (code != EXIT_DONE)
        return code;
    err = given == 0 ? close_all(job, &refused) : close_one(job, kind, on, &refused);
    return err != OK ? job_exit(job->ctx, err) : refused ? EXIT_FINDINGS : EXIT_DONE;
}

/* ---- the file of the year ---- */

struct output {
    FILE *file;
    bool failed;
};

static void write_piece(void *arg, const char *data, size_t bytes)
{
    struct output *out = arg;

    if (out->file == NULL) /* a dry run counts */
        return;
    out->failed |= fwrite(data, 1, bytes, out->file) != bytes;
}

/* Written beside its name and moved there when it is whole. */
static int write_file(struct job *job, struct fec *fec, const char *path)
{
    struct output out = {.failed = false};
    char *part;
    enum err err;

    fec->write = write_piece;
    fec->arg = &out;
    if (path == NULL || job->dry_run) {
        out.file = job->dry_run ? NULL : stdout;
        err = write_fec(job->ctx, fec);
        return err != OK ? job_exit(job->ctx, err) : EXIT_DONE;
    }
    part = arena_printf(job->ctx->arena, "%s.part", path);
    out.file = fopen(part, "we");
    if (out.file == NULL) {
        (void)fprintf(stderr, "tacite-batch fec: %s cannot be written\n", part);
        return EXIT_CONFIG;
    }
    err = write_fec(job->ctx, fec);
    out.failed |= fclose(out.file) != 0;
    if (err == OK && fec->refusal == NULL && !out.failed && rename(part, path) == 0)
        return EXIT_DONE;
    (void)remove(part);
    if (err != OK)
        return job_exit(job->ctx, err);
    if (fec->refusal == NULL) {
        (void)fprintf(stderr, "tacite-batch fec: %s could not be written whole\n", path);
        return EXIT_CONFIG;
    }
    return EXIT_DONE;
}

int fec_command(struct job *job)
{
    static const char *const options[] = {"--year=", "--out=", "--charset=", NULL};
    const char *charset = job_option(job, "--charset");
    const char *out = job_option(job, "--out");
    const char *year_text = job_option(job, "--year");
    struct fec fec = {.charset = charset == NULL || strcmp(charset, "iso-8859-15") == 0 ? FEC_ISO_8859_15 : FEC_UTF_8};
    int code;

    if (job_unknown(job, options) != NULL || year_text == NULL || (charset != NULL && fec.charset == FEC_UTF_8 && strcmp(charset, "utf-8") != 0))
        code = EXIT_USAGE;
    else
        code = find_year(job, year_text, &fec.year);
    if (code == EXIT_USAGE)
        (void)fprintf(stderr, "tacite-batch fec: --year 2026 (the financial year that ends in it) or its last day, --year 2026-06-30; [--out FILE] "
                      "[--charset iso-8859-15 | utf-8]\n");
    if (code != EXIT_DONE)
        return code;
    code = write_file(job, &fec, out);
    if (code == EXIT_DONE && fec.refusal != NULL) {
        (void)fprintf(stderr, "tacite-batch fec: %s%s%s\n", fec.refusal, fec.detail[0] != '\0' ? ": " : "", fec.detail);
        return EXIT_FINDINGS;
    }
    if (code == EXIT_DONE && out != NULL)
        (void)printf("%s\t%lld entries\t%lld lines\n", fec.name, (long long)fec.entries, (long long)fec.lines);
    return code;
}
