#include "service/metering.h"

#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "core/pricing.h"
#include "service/contract.h"
#include "store/db.h"
#include "store/history.h"
#include "text/format.h"
#include "text/words.h"

#define N_(text) text

const char *usage_told(struct ctx *ctx, const char *language, const struct usage_report *report)
{
    int32_t on = report->refusal == USAGE_BEFORE_START ? report->starts_on : report->open_from_on;

    return tr_fill(ctx->arena, usage_refusal_text(report->refusal), "date", format_date(ctx->arena, language, on), NULL);
}

static struct usage_facts facts_of(const struct ctx *ctx, const struct subscription *s)
{
    return (struct usage_facts){.schedule = subscription_schedule(s), .billed_from_on = subscription_billed_from(s), .ended_on = s->ends_on,
                                .over = str_equal(s->state, "ended"), .arrears_index = s->arrears_index, .today_on = ctx->today_on};
}

/* The same report again changes nothing; anything else with its reference is refused. */
static enum err look_for_reference(struct ctx *ctx, struct usage_report *report)
{
    struct usage_record there;
    enum err err;

    if (str_empty(report->reference))
        return OK;
    err = usage_by_reference(ctx, report->reference, &there);
    if (err == ERR_NOT_FOUND) {
        ctx_forget_error(ctx);
        return OK;
    }
    TRY(ctx, err);
    report->repeated = there.subscription_id == report->subscription_id && there.slot == report->slot &&
                       there.used_on == report->used_on && there.quantity_e4 == report->quantity_e4 && !there.corrected;
    report->refusal = report->repeated ? USAGE_ACCEPTED : USAGE_REFERENCE_TAKEN;
    return OK;
}

enum err judge_usage(struct ctx *ctx, const struct subscription *s, struct usage_report *report)
{
    struct usage_facts facts = facts_of(ctx, s);
    struct subscription_line *lines;
    struct period *in_force;
    struct usage_day *days;
    size_t line_count;
    size_t day_count;
    size_t count = 0;
    int32_t index;

    report->open_from_on = usage_open_from(&facts);
    report->starts_on = facts.billed_from_on;
    report->repeated = false;
    report->refusal = (enum usage_refusal)0;
    TRY(ctx, look_for_reference(ctx, report));
    if (report->refusal != 0)
        return OK;
    TRY(ctx, subscription_lines(ctx, s->id, s->id + 1, &lines, &line_count));
    TRY(ctx, open_usage(ctx, s, 1, &days, &day_count));
    in_force = ARENA_ARRAY(ctx->arena, struct period, line_count + 1);
    for (size_t i = 0; i < line_count; i++)
        if (lines[i].position == report->slot && str_equal(lines[i].timing, "usage"))
            in_force[count++] = (struct period){lines[i].from_on, lines[i].until_on};
    index = schedule_index(&facts.schedule, report->used_on);
    report->refusal = usage_refusal(&facts, in_force, count, report->used_on, report->quantity_e4,
                                    usage_in(days, day_count, s->id, report->slot, schedule_period(&facts.schedule, index)));
    return OK;
}

enum err put_usage(struct ctx *ctx, struct usage_report *report)
{
    struct usage_record record = {.subscription_id = report->subscription_id, .slot = report->slot, .used_on = report->used_on,
                                  .quantity_e4 = report->quantity_e4, .reference = report->reference, .reason = ""};
    struct subscription s;
    struct schedule schedule;

    TRY(ctx, lock_subscription(ctx, report->subscription_id, &s));
    TRY(ctx, judge_usage(ctx, &s, report));
    if (report->refusal != USAGE_ACCEPTED || report->repeated)
        return OK;
    schedule = subscription_schedule(&s);
    record.epoch = s.epoch;
    record.period_index = schedule_index(&schedule, report->used_on);
    return insert_usage(ctx, &record);
}

struct act {
    struct usage_report *report;
    struct usage_undoing *undoing;
    const struct once *once;
};

static enum err report_one(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct subscription s;

    TRY(ctx, put_usage(ctx, act->report));
    if (act->report->refusal != USAGE_ACCEPTED)
        return OK;
    TRY(ctx, subscription_by_id(ctx, act->report->subscription_id, &s));
    return spend_once(ctx, act->once, s.number, &act->report->url);
}

enum err report_usage(struct ctx *ctx, struct usage_report *report, const struct once *once)
{
    struct act act = {.report = report, .once = once};

    return db_transaction(ctx, report_one, &act);
}

static enum err undo_one(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct usage_undoing *u = act->undoing;
    struct usage_record record;
    struct subscription s;

    u->refusal = NULL;
    TRY(ctx, lock_subscription(ctx, u->subscription_id, &s));
    TRY(ctx, usage_by_id(ctx, u->record_id, &record));
    if (record.subscription_id != s.id || record.corrects_id != 0)
        return FAIL(ctx, ERR_NOT_FOUND, "no report of %s", s.number);
    if (record.corrected)
        u->refusal = N_("This report was taken back already.");
    else if (str_equal(s.state, "ended") || record.epoch != s.epoch || record.period_index < s.arrears_index)
        u->refusal = N_("This report is billed: credit its invoice instead.");
    if (u->refusal != NULL)
        return OK;
    record.corrects_id = record.id;
    record.quantity_e4 = -record.quantity_e4;
    record.reference = "";
    record.reason = u->reason;
    TRY(ctx, insert_usage(ctx, &record));
    TRY(ctx, note_audit(ctx, "usage.taken_back", arena_printf(ctx->arena, "%s %lld", s.number, (long long)record.corrects_id), "ok"));
    return spend_once(ctx, act->once, s.number, &u->url);
}

enum err undo_usage(struct ctx *ctx, struct usage_undoing *undoing, const struct once *once)
{
    struct act act = {.undoing = undoing, .once = once};

    return db_transaction(ctx, undo_one, &act);
}

/* The periods that may hold usage, from the first that is not billed. */
static int32_t last_used_index(const struct subscription *s, const struct schedule *schedule, const struct usage_day *days, size_t day_count)
{
    int32_t last = s->arrears_index - 1;

    for (size_t i = 0; i < day_count; i++)
        if (days[i].subscription_id == s->id && schedule_index(schedule, days[i].used_on) > last)
            last = schedule_index(schedule, days[i].used_on);
    return last;
}

struct subscription_line *metered_lines(struct arena *arena, const struct subscription *s, const struct usage_day *days, size_t day_count,
                                        const struct subscription_line *lines, size_t count, size_t *metered_count)
{
    struct schedule schedule = subscription_schedule(s);
    int32_t last = last_used_index(s, &schedule, days, day_count);
    size_t periods = (size_t)(last - s->arrears_index + 1);
    struct subscription_line *out = ARENA_ARRAY(arena, struct subscription_line, count * (periods + 1) + 1);
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(lines[i].timing, "usage") != 0) {
            out[n++] = lines[i];
            continue;
        }
        for (int32_t k = s->arrears_index; k <= last; k++) {
            struct period part = period_overlap(schedule_period(&schedule, k), (struct period){lines[i].from_on, lines[i].until_on});
            int64_t used_e4 = usage_in(days, day_count, s->id, lines[i].position, part);

            if (used_e4 == 0)
                continue;
            out[n] = lines[i];
            out[n].used = true;
            out[n].used_in = k;
            out[n++].quantity_e4 = used_e4;
        }
    }
    *metered_count = n;
    return out;
}
