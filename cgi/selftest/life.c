#include "selftest/life.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "selftest/acts.h"
#include "service/house.h"

struct newest {
    int64_t id;
};
static const struct column newest_column[] = {COLUMN(I64, newest, id)};

struct under_way {
    int64_t attempts;
    int64_t mails;
    int64_t documents;
};
static const struct column under_way_column[] = {COLUMN(I64, under_way, attempts), COLUMN(I64, under_way, mails), COLUMN(I64, under_way, documents)};

enum { NEWEST, UNDER_WAY };

static const struct statement statement[] = {
    [NEWEST] = {"selftest_newest", "SELECT IFNULL(MAX(id), 0) AS id FROM subscription", READS(newest, newest_column)},
    [UNDER_WAY] = {"selftest_under_way",
        "SELECT (SELECT COUNT(*) FROM attempt WHERE state IN ('ready', 'sending', 'unknown') AND kind <> 'sepa') + "
        "(SELECT COUNT(*) FROM refund WHERE state IN ('ready', 'sending', 'unknown') AND kind = 'card') attempts, "
        "(SELECT COUNT(*) FROM outbox WHERE state = 'waiting') mails, (SELECT COUNT(*) FROM document_job) documents", READS(under_way, under_way_column)},
};
DB_STATEMENTS(selftest_life, statement)

const char *life_act_name(enum life_act act)
{
    static const char *const name[] = {[ACT_SUBSCRIBE] = "subscribe", [ACT_CARD] = "card", [ACT_MANDATE] = "mandate", [ACT_MORE] = "more",
        [ACT_LESS] = "less", [ACT_PLAN] = "plan", [ACT_PAUSE] = "pause", [ACT_RESUME] = "resume", [ACT_CLOSE] = "close",
        [ACT_REACTIVATE] = "reactivate", [ACT_RENEW] = "renew", [ACT_DISCOUNT] = "discount", [ACT_PAY] = "pay", [ACT_TRANSFER] = "transfer", [ACT_FILE] = "file",
        [ACT_BANK] = "bank", [ACT_CREDIT] = "credit", [ACT_REFUND] = "refund", [ACT_CLOSING] = "closing", [ACT_BATCH] = "batch", [ACT_EVENTS] = "events"};

    return name[act];
}

int64_t life_between(struct life *life, int64_t min, int64_t max)
{
    return random_between(&life->seed, min, max);
}

static enum err begin_act(struct life *life)
{
    struct ctx *ctx = life->scratch->job->ctx;
    struct house house;

    arena_reset(ctx->arena);
    ctx_forget_error(ctx);
    ctx->now = clock_now();
    ctx->actor = arena_printf(ctx->arena, "seller:%" PRId64, life->user_id);
    TRY(ctx, db_ready(ctx));
    return set_today(ctx, &house);
}

enum err begin_life(struct life *life, uint64_t seed)
{
    struct ctx *ctx = life->scratch->job->ctx;
    struct newest newest;

    life->seed = seed;
    life->after_id = 0;
    memset(life->done, 0, sizeof life->done);
    memset(life->met, 0, sizeof life->met);
    arena_reset(life->arena);
    life->story = str_new(life->arena);
    TRY(ctx, begin_act(life));
    TRY(ctx, db_row(ctx, &statement[NEWEST], NO_PARAMS, &newest));
    life->after_id = newest.id;
    return OK;
}

/* ---- one act ---- */

/* What a page would answer with "try again": the world's failures, a full disk among them, never ours. */
static bool may_fail(enum err err)
{
    return err == ERR_DB_GONE || err == ERR_DB_RETRY || err == ERR_CONFLICT || err == ERR_TIMEOUT || err == ERR_NOT_SENT || err == ERR_GATEWAY ||
           err == ERR_DUPLICATE || err == ERR_DB;
}

static enum err act_once(struct life *life, enum life_act act)
{
    enum err err = begin_act(life);

    return err == OK ? do_act(life, act) : err;
}

bool life_acts(struct life *life, enum life_act act)
{
    struct ctx *ctx = life->scratch->job->ctx;
    enum err err = act_once(life, act);

    if (err == OK)
        life->done[act]++;
    else if (err == ERR_NOT_FOUND && ctx->trail[0] == '\0')
        life->refused[act]++;
    else if (may_fail(err))
        life->failed[act]++;
    else {
        str_printf(&life->story, "; %s failed: %s %s", life_act_name(act), err_name(err), ctx->trail);
        return false;
    }
    return true;
}

/* ---- rest ---- */

static enum err look(struct life *life, struct under_way *left)
{
    TRY(life->scratch->job->ctx, begin_act(life));
    return db_row(life->scratch->job->ctx, &statement[UNDER_WAY], NO_PARAMS, left);
}

bool life_comes_to_rest(struct life *life)
{
    struct under_way left = {0};

    commit_plan(NULL);
    life->scratch->world.shared->gateway_rarity = 0;
    life->scratch->world.shared->mail_rarity = 0;
    for (int i = 0; i < 10; i++) {
        enum err err = begin_act(life);

        if (err == OK)
            err = bring_every_event(life);
        if (err == OK || err == ERR_NOT_FOUND)
            err = act_once(life, ACT_BATCH);
        if (err == OK)
            err = look(life, &left);
        if (err != OK) {
            str_printf(&life->story, "; no rest: %s %s", err_name(err), life->scratch->job->ctx->trail);
            return false;
        }
        if (i > 0 && left.attempts == 0 && left.mails == 0 && left.documents == 0)
            return true;
        life->scratch->world.shared->ahead += 25 * 3600 * CLOCK_SECOND; /* the gateway's day, after which it knows what it never saw */
    }
    str_printf(&life->story, "; never at rest: %" PRId64 " attempts, %" PRId64 " mails, %" PRId64 " documents", left.attempts, left.mails, left.documents);
    return false;
}
