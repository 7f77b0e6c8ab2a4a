#include "service/restoring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/log.h"
#include "base/str.h"
#include "core/attempt.h"
#include "core/date.h"
#include "core/numbering.h"
#include "core/refund.h"
#include "store/company.h"
#include "store/db.h"
#include "store/history.h"
#include "store/payable.h"
#include "store/refund.h"
#include "store/stray_return.h"
#include "store/tenant.h"
#include "text/words.h"

enum { STATE_BYTES_MAX = 64 * 1024, ATTEMPTS_GROUP = 100 };

static const char first_line[] = "# Tacite: what was seen of the database; an older one is told by it. Written by the batch.\n";

const char *state_file_path(struct ctx *ctx)
{
    return ctx->tenant->state_file[0] != '\0' ? ctx->tenant->state_file : arena_printf(ctx->arena, "%s.state", ctx->tenant->path);
}

/* ---- the file ---- */

struct state {
    int64_t run; /* 0: there is no file, or it is none of ours */
    struct series_number *numbers;
    size_t count;
};

static void read_line(struct ctx *ctx, char *line, struct state *state)
{
    char *equals = strstr(line, " = ");
    long long number;

    if (equals == NULL || !str_to_i64(equals + 3, 1, INT64_MAX - 1, &number))
        return;
    *equals = '\0';
    if (strcmp(line, "run") == 0)
        state->run = number;
    else if (str_starts(line, "series ") && str_is_visible(line + 7, 40))
        state->numbers[state->count++] = (struct series_number){.series = arena_strdup(ctx->arena, line + 7), .last_sequence = number};
}

static void read_state(struct ctx *ctx, struct state *state)
{
    char *text = arena_alloc(ctx->arena, STATE_BYTES_MAX + 1);
    FILE *file = fopen(state_file_path(ctx), "re");
    size_t lines = 1;
    char *rest = NULL;
    size_t bytes;

    *state = (struct state){.run = 0};
    if (file == NULL)
        return;
    bytes = fread(text, 1, STATE_BYTES_MAX, file);
    (void)fclose(file);
    text[bytes] = '\0';
    if (!str_starts(text, first_line))
        return;
    for (const char *p = text; *p != '\0'; p++)
        lines += *p == '\n';
    state->numbers = ARENA_ARRAY(ctx->arena, struct series_number, lines);
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        read_line(ctx, line, state);
}

static bool write_all(int file, const char *text, size_t bytes)
{
    while (bytes > 0) {
        ssize_t done = write(file, text, bytes);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        text += done;
        bytes -= (size_t)done;
    }
    return true;
}

/* Whole under its name, or as it was. */
static enum err write_state(struct ctx *ctx, const struct str *text)
{
    const char *path = state_file_path(ctx);
    const char *fresh = arena_printf(ctx->arena, "%s.%ld", path, (long)getpid());
    int file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool written = file >= 0 && write_all(file, text->text, text->bytes) && fsync(file) == 0;

    if (file >= 0)
        written = close(file) == 0 && written;
    if (!written || rename(fresh, path) != 0) {
        enum err err = FAIL(ctx, ERR_IO, "%s: %s", path, strerror(errno));

        (void)unlink(fresh);
        return err;
    }
    return OK;
}

static bool among(const char *series, const struct series_number *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].series, series) == 0)
            return true;
    return false;
}

static int64_t higher(const struct series_number *number, const struct series_number *rows, size_t count)
{
    int64_t highest = number->last_sequence;

    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].series, number->series) == 0 && rows[i].last_sequence > highest)
            highest = rows[i].last_sequence;
    return highest;
}

enum err note_run_outside(struct ctx *ctx)
{
    struct str text = str_new(ctx->arena);
    struct series_number *numbers;
    struct state known;
    int64_t run;
    size_t count;

    TRY(ctx, count_run(ctx, 0, &run));
    TRY(ctx, document_numbers(ctx, &numbers, &count));
    read_state(ctx, &known);
    str_append(&text, first_line);
    str_printf(&text, "run = %lld\n", (long long)(run > known.run ? run : known.run));
    for (size_t i = 0; i < count; i++)
        str_printf(&text, "series %s = %lld\n", numbers[i].series, (long long)higher(&numbers[i], known.numbers, known.count));
    for (size_t i = 0; i < known.count; i++) /* what a restored database does not know stays known here */
        if (!among(known.numbers[i].series, numbers, count))
            str_printf(&text, "series %s = %lld\n", known.numbers[i].series, (long long)known.numbers[i].last_sequence);
    return write_state(ctx, &text);
}

/* ---- entering ---- */

struct entering {
    const char *why;
    const struct state *state;
    bool entered;
};

/* What is READY in an old database may have been sent since: it is asked about, and never begun anew. */
static enum err doubt_attempts(struct ctx *ctx)
{
    struct attempt *attempts;
    size_t count;

    do {
        TRY(ctx, ready_attempts(ctx, ATTEMPTS_GROUP, &attempts, &count));
        for (size_t i = 0; i < count; i++) {
            struct attempt attempt;

            TRY(ctx, lock_attempt(ctx, attempts[i].id, &attempt));
            CHECK(attempt_next(ATTEMPT_READY, ATTEMPT_PICKED, &attempt.state) == ATTEMPT_MOVES);
            attempt.sending_at = ctx->now;
            TRY(ctx, move_attempt(ctx, &attempt, ATTEMPT_READY, attempt_event_name(ATTEMPT_PICKED), "restored"));
            CHECK(attempt_next(ATTEMPT_SENDING, ATTEMPT_NO_ANSWER, &attempt.state) == ATTEMPT_MOVES);
            attempt.sending_at = 0;
            attempt.next_check_at = ctx->now;
            TRY(ctx, move_attempt(ctx, &attempt, ATTEMPT_SENDING, attempt_event_name(ATTEMPT_NO_ANSWER), "restored"));
        }
    } while (count == ATTEMPTS_GROUP);
    return OK;
}

/* The same of refunds: as if it was sent when it was ordered. Within a day the same key is sent again, which refunds once;
 * after that it is looked for at the gateway, and what is not there has failed: whoever still wants it orders another. */
static enum err doubt_refunds(struct ctx *ctx)
{
    struct refund *rows;
    size_t count;

    do {
        TRY(ctx, ready_refunds(ctx, ATTEMPTS_GROUP, &rows, &count));
        for (size_t i = 0; i < count; i++) {
            struct refund f;

            TRY(ctx, lock_refund(ctx, rows[i].id, &f));
            CHECK(refund_next(REFUND_READY, REFUND_PICKED, &f.state) == REFUND_MOVES);
            f.first_sent_at = f.created_at;
            f.sending_at = ctx->now;
            TRY(ctx, move_refund(ctx, &f, REFUND_READY, refund_event_name(REFUND_PICKED), "restored"));
            CHECK(refund_next(REFUND_SENDING, REFUND_NO_ANSWER, &f.state) == REFUND_MOVES);
            f.sending_at = 0;
            f.next_check_at = ctx->now;
            TRY(ctx, move_refund(ctx, &f, REFUND_SENDING, refund_event_name(REFUND_NO_ANSWER), "restored"));
        }
    } while (count == ATTEMPTS_GROUP);
    return OK;
}

static enum err doubt_stray_returns(struct ctx *ctx)
{
    struct stray_return *rows;
    size_t count;

    do {
        TRY(ctx, ready_stray_returns(ctx, ATTEMPTS_GROUP, &rows, &count));
        for (size_t i = 0; i < count; i++) {
            rows[i].state = REFUND_UNKNOWN;
            rows[i].first_sent_at = rows[i].created_at;
            rows[i].next_check_at = ctx->now;
            TRY(ctx, save_stray_return(ctx, &rows[i]));
        }
    } while (count == ATTEMPTS_GROUP);
    return OK;
}

static enum err enter(struct ctx *ctx, void *arg)
{
    struct entering *entering = arg;
    struct restored_house house;
    struct operator_item item = {.kind = "after_restore", .subject_kind = ABOUT_HOUSE, .subject_id = 1, .currency = NULL, .detail = entering->why,
                                 .opened_on = ctx->today_on};
    int64_t run;

    entering->entered = false;
    TRY(ctx, restored_house(ctx, &house));
    if (house.restored_at != 0)
        return OK;
    TRY(ctx, save_restored_at(ctx, ctx->now));
    TRY(ctx, count_run(ctx, entering->state->run, &run)); /* from now on the two agree again */
    for (size_t i = 0; i < entering->state->count; i++)
        TRY(ctx, note_outside_number(ctx, entering->state->numbers[i].series, entering->state->numbers[i].last_sequence));
    TRY(ctx, doubt_attempts(ctx));
    TRY(ctx, doubt_refunds(ctx));
    TRY(ctx, doubt_stray_returns(ctx));
    TRY(ctx, open_operator_item(ctx, &item));
    TRY(ctx, note_audit(ctx, "database.restored", "house", "ok"));
    entering->entered = true;
    return OK;
}

enum err enter_restored(struct ctx *ctx, const char *why)
{
    struct state state;
    struct entering entering = {why, &state, false};

    read_state(ctx, &state);
    TRY(ctx, db_ready(ctx));
    TRY(ctx, db_transaction(ctx, enter, &entering));
    if (entering.entered)
        log_event(ctx, LOG_WARNING, "database.restored", "why", why, NULL);
    return OK;
}

enum err notice_restore(struct ctx *ctx, bool *held)
{
    struct restored_house house;
    struct state state;

    read_state(ctx, &state); /* before the database: another batch counts there first, and writes the file afterwards */
    TRY(ctx, restored_house(ctx, &house));
    if (state.run > house.run_count) { /* the row may be a moment old: what follows decides */
        ctx->kept = false;
        TRY(ctx, restored_house(ctx, &house));
    }
    *held = house.restored_at != 0;
    if (*held || state.run <= house.run_count)
        return OK;
    *held = true;
    return enter_restored(ctx, arena_printf(ctx->arena, "run %lld of %lld", (long long)house.run_count, (long long)state.run));
}

enum err refuse_while_restored(struct ctx *ctx)
{
    struct restored_house house;

    TRY(ctx, restored_house(ctx, &house));
    return house.restored_at == 0 ? OK : FAIL(ctx, ERR_HELD, "the database was restored from a backup");
}

/* ---- leaving ---- */

/* The series that today's documents would continue. */
static enum err coming_series(struct ctx *ctx, char series[2][NUMBER_BYTES])
{
    struct company company;
    int year = date_civil(ctx->today_on).year;
    enum err err = company_current(ctx, &company);

    series[0][0] = series[1][0] = '\0';
    if (err == ERR_NOT_FOUND)
        return OK;
    if (err != OK)
        return err;
    (void)number_series(series[0], company.invoice_prefix, year);
    (void)number_series(series[1], company.credit_prefix, year);
    return OK;
}

enum err restored_now(struct ctx *ctx, struct restored *restored)
{
    char series[2][NUMBER_BYTES];
    struct restored_house house;
    struct series_number *rows;
    size_t count;

    *restored = (struct restored){.since_at = 0};
    TRY(ctx, restored_house(ctx, &house));
    if (house.restored_at == 0)
        return OK;
    restored->since_at = house.restored_at;
    restored->reconciled = house.reconciled_at >= house.restored_at;
    TRY(ctx, coming_series(ctx, series));
    TRY(ctx, outside_numbers(ctx, &rows, &count));
    restored->numbers = ARENA_ARRAY(ctx->arena, struct series_number, count + 1);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].series, series[0]) == 0 || strcmp(rows[i].series, series[1]) == 0)
            restored->numbers[restored->number_count++] = rows[i];
    return OK;
}

const char *leave_refusal_text(enum leave_refusal refusal)
{
    switch (refusal) {
    case LEAVE_NOT_REFUSED: return "";
    case LEAVE_NOT_RESTORED: return N_("Everything is back to normal already.");
    case LEAVE_NOT_RECONCILED: return N_("The gateway has not been asked about everything yet.");
    case LEAVE_NUMBERS: return N_("The next number may have been given already: choose another prefix for it in your settings.");
    case LEAVE_BANK: return N_("Take in the files of your bank first, and say so.");
    }
    return "";
}

struct leave_work {
    struct leaving *leaving;
    const struct once *once;
};

static enum err leave(struct ctx *ctx, void *arg)
{
    struct leave_work *work = arg;
    struct leaving *leaving = work->leaving;
    struct restored restored;

    TRY(ctx, restored_now(ctx, &restored));
    leaving->refusal = restored.since_at == 0          ? LEAVE_NOT_RESTORED
                       : !restored.reconciled         ? LEAVE_NOT_RECONCILED
                       : restored.number_count > 0    ? LEAVE_NUMBERS
                       : !leaving->bank_is_in         ? LEAVE_BANK
                                                      : LEAVE_NOT_REFUSED;
    if (leaving->refusal != LEAVE_NOT_REFUSED)
        return OK;
    TRY(ctx, save_restored_at(ctx, 0));
    TRY(ctx, close_operator_items(ctx, "after_restore", ABOUT_HOUSE, 1));
    TRY(ctx, note_audit(ctx, "database.normal", "house", "ok"));
    return spend_once(ctx, work->once, "", &leaving->url);
}

enum err leave_restored(struct ctx *ctx, struct leaving *leaving, const struct once *once)
{
    struct leave_work work = {leaving, once};

    TRY(ctx, db_ready(ctx));
    return db_transaction(ctx, leave, &work);
}
