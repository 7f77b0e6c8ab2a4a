#include "service/debit_settling.h"

#include <string.h>

#include "base/check.h"
#include "base/crash.h"
#include "core/attempt.h"
#include "core/debit_credit.h"
#include "core/mandate.h"
#include "core/return_code.h"
#include "gateway/stripe.h"
#include "service/settling.h"
#include "store/bank.h"
#include "store/db.h"
#include "store/debit.h"
#include "store/payable.h"

enum { SETTLED = 200 };

/* All of them as the gateway's answers are settled: in one transaction, or one by one when one of them cannot be.
 * *settled: of which the bank's word is done with; *moved: that it changed something for. */
static enum err settle_group(struct ctx *ctx, const struct debited *rows, size_t count, size_t *settled, size_t *moved)
{
    struct gateway_answer *answers = ARENA_ARRAY(ctx->arena, struct gateway_answer, count + 1);
    struct answered *answered = ARENA_ARRAY(ctx->arena, struct answered, count + 1);
    struct debited *over = ARENA_ARRAY(ctx->arena, struct debited, count + 1);

    *settled = *moved = 0;
    for (size_t i = 0; i < count; i++) {
        answers[i] = gateway_answer_of(GATEWAY_SUCCEEDED);
        answers[i].amount_minor = rows[i].amount_minor;
        answers[i].currency = rows[i].currency;
        answered[i] = (struct answered){.attempt_id = rows[i].attempt_id, .answer = &answers[i]};
    }
    TRY(ctx, settle_answers(ctx, answered, count));
    for (size_t i = 0; i < count; i++) {
        const struct debited *row = &rows[answered[i].answer - answers]; /* their order has changed */

        if (answered[i].state == 0)
            continue;
        *moved += answered[i].state != attempt_state_from_name(row->state);
        over[(*settled)++] = *row;
    }
    return end_collections(ctx, over, *settled); /* after a kill in between it is found settled, and only this is done */
}

/* ---- what a statement credits ---- */

static enum err load_credited(struct ctx *ctx, int64_t attempt_id, int64_t file_id, const char *batch_id, int64_t but_entry_id, struct handed_debit **rows, size_t *count)
{
    if (attempt_id == 0)
        return credited_debits(ctx, file_id, batch_id, but_entry_id, rows, count);
    *rows = ARENA_ARRAY(ctx->arena, struct handed_debit, 1);
    *count = 1;
    return credited_debit(ctx, attempt_id, but_entry_id, *rows);
}

static void add_said(int64_t *minor, int64_t more)
{
    if (__builtin_add_overflow(*minor, more, minor))
        *minor = INT64_MAX; /* more than anybody asked for */
}

/* What statements credited besides for each of these alone. */
static int64_t credited_alone(const struct debit_told *told, const struct handed_debit *rows, size_t count)
{
    int64_t minor = 0;

    for (size_t i = 0; i < count; i++) {
        add_said(&minor, rows[i].credited_minor);
        for (size_t k = 0; k < told->said_count; k++)
            if (told->said[k].attempt_id == rows[i].debited.attempt_id)
                add_said(&minor, told->said[k].amount_minor);
    }
    return minor;
}

/* And for several of the batch as one. */
static enum err credited_together(struct ctx *ctx, const struct debit_told *told, int64_t *minor)
{
    *minor = 0;
    if (told->file_id == 0)
        return OK;
    TRY(ctx, credited_as_one(ctx, told->file_id, told->batch_id, told->entry_id, minor));
    for (size_t k = 0; k < told->said_count; k++) {
        const struct debit_said *said = &told->said[k];

        if (said->attempt_id == 0 && said->file_id == told->file_id &&
            (told->batch_id[0] == '\0' || said->batch_id[0] == '\0' || strcmp(told->batch_id, said->batch_id) == 0))
            add_said(minor, said->amount_minor);
    }
    return OK;
}

static enum debit_verdict verdict_on(struct ctx *ctx, struct debit_told *told, const struct handed_debit *rows, size_t count, int64_t before_minor)
{
    const struct debit_credit credit = {told->amount_minor, told->currency, told->booked_on, before_minor};
    struct debit_asked *asked = ARENA_ARRAY(ctx->arena, struct debit_asked, count);

    for (size_t i = 0; i < count; i++)
        asked[i] = (struct debit_asked){attempt_state_from_name(rows[i].debited.state), rows[i].debited.amount_minor, rows[i].debited.currency, rows[i].given_up,
                                        rows[i].returned_on};
    return debit_verdict(asked, count, &credit, &told->asked_minor);
}

/* Those of which the bank has not spoken are paid. A run that was killed may have settled some and not yet said that their
 * days are over. */
static enum err pay_debits(struct ctx *ctx, const struct debited *pending, size_t count, int32_t *moved)
{
    for (size_t i = 0; i < count; i += SETTLED) {
        size_t some = count - i < SETTLED ? count - i : SETTLED, settled, now;

        TRY(ctx, settle_group(ctx, pending + i, some, &settled, &now));
        if (settled < some)
            return FAIL(ctx, ERR_DB_RETRY, "%zu of %zu collections are not settled", some - settled, some);
        *moved += (int32_t)now;
    }
    return OK;
}

/* Whatever statements credited besides. What came for the batch of a single debit as one is also of that debit only when the
 * batch would be more than full with it. */
static enum err credited_before(struct ctx *ctx, const struct debit_told *told, const struct handed_debit *rows, size_t count, int64_t *minor)
{
    struct debit_told batch = *told;
    struct handed_debit *all;
    int64_t together, whole;
    size_t all_count;

    *minor = credited_alone(told, rows, count);
    TRY(ctx, credited_together(ctx, told, &together));
    if (told->attempt_id != 0 && together > 0) {
        TRY(ctx, credited_debits(ctx, told->file_id, told->batch_id, told->entry_id, &all, &all_count));
        whole = credited_alone(told, all, all_count);
        add_said(&whole, together);
        add_said(&whole, told->amount_minor);
        (void)verdict_on(ctx, &batch, all, all_count, 0);
        if (whole <= batch.asked_minor)
            together = 0;
    }
    add_said(minor, together);
    return OK;
}

static enum err judge(struct ctx *ctx, struct debit_told *told, struct handed_debit **rows, size_t *count)
{
    TRY(ctx, load_credited(ctx, told->attempt_id, told->file_id, told->batch_id, told->entry_id, rows, count));
    if (told->attempt_id != 0) {
        told->file_id = (*rows)[0].file_id;
        told->batch_id = (*rows)[0].batch_id;
    }
    TRY(ctx, credited_before(ctx, told, *rows, *count, &told->before_minor));
    told->moved = 0;
    told->verdict = verdict_on(ctx, told, *rows, *count, told->before_minor);
    return OK;
}

enum err judge_credit(struct ctx *ctx, struct debit_told *told)
{
    struct handed_debit *rows;
    size_t count;

    return judge(ctx, told, &rows, &count);
}

enum err settle_credit(struct ctx *ctx, struct debit_told *told)
{
    struct debited *pending, *paid;
    struct handed_debit *rows;
    size_t count, pending_count = 0, paid_count = 0;

    TRY(ctx, db_ready(ctx));
    TRY(ctx, judge(ctx, told, &rows, &count));
    pending = ARENA_ARRAY(ctx->arena, struct debited, count);
    paid = ARENA_ARRAY(ctx->arena, struct debited, count);
    for (size_t i = 0; i < count; i++)
        switch (attempt_state_from_name(rows[i].debited.state)) {
        case ATTEMPT_PENDING: pending[pending_count++] = rows[i].debited; break;
        case ATTEMPT_SUCCEEDED: paid[paid_count++] = rows[i].debited; break;
        default: break;
        }
    if (told->verdict != DEBIT_AS_ASKED)
        return end_collections(ctx, pending, pending_count);
    TRY(ctx, pay_debits(ctx, pending, pending_count, &told->moved));
    TRY(ctx, end_collections(ctx, paid, paid_count));
    crash_point("B01"); /* paid; the entry that credits them, and what the bank kept of it, are not yet booked */
    return OK;
}

enum err resume_debits(struct ctx *ctx, int64_t attempt_id, int64_t file_id, const char *batch_id)
{
    struct handed_debit *rows;
    size_t count;

    TRY(ctx, load_credited(ctx, attempt_id, file_id, batch_id, 0, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (rows[i].file_id != 0)
            TRY(ctx, resume_collection(ctx, rows[i].debited.attempt_id, collection_settles_on(sepa_scheme_from_name(rows[i].scheme), rows[i].collect_on)));
    return OK;
}

enum err close_debit_by_hand(struct ctx *ctx, int64_t attempt_id)
{
    struct attempt attempt;

    TRY(ctx, lock_attempt(ctx, attempt_id, &attempt));
    if (attempt.state != ATTEMPT_PENDING)
        return OK;
    CHECK(attempt_next(attempt.state, ATTEMPT_DECLINES, &attempt.state) == ATTEMPT_MOVES);
    return move_attempt(ctx, &attempt, ATTEMPT_PENDING, attempt_event_name(ATTEMPT_DECLINES), "booked by a person");
}

enum err settle_collections(struct ctx *run, int64_t *settled)
{
    struct ctx item = *run;
    enum err err = db_ready(run);
    size_t done = 1;

    item.arena = arena_new();
    while (err == OK && done > 0) { /* what cannot be settled stays; a group of nothing else is the last */
        struct debited *rows;
        size_t count;
        size_t moved = 0;

        arena_reset(item.arena);
        done = 0;
        err = settled_collections(&item, SETTLED, &rows, &count);
        if (err == OK && count > 0)
            err = settle_group(&item, rows, count, &done, &moved);
        *settled += (int64_t)moved;
    }
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}
