#include "service/revising.h"

#include <string.h>

#include "base/check.h"
#include "base/log.h"
#include "base/str.h"
#include "core/date.h"
#include "service/contract.h"
#include "service/tiering.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/history.h"
#include "store/outbox.h"

enum { SLICE_LINES = 200, COUNTED_AT_ONCE = 1000 };

struct act {
    struct price_revision *revision;
    int64_t id;
    const char *name;
    int32_t month_on;
    int64_t value_e4;
    const struct once *once;
    struct revising_result *result;
};

static enum err run(struct ctx *ctx, enum err (*fn)(struct ctx *, void *), struct act *act)
{
    enum err err;

    memset(act->result, 0, sizeof *act->result);
    err = db_transaction(ctx, fn, act);
    if ((err == ERR_CONFLICT || err == ERR_DUPLICATE) && act->result->stale) {
        ctx_forget_error(ctx);
        return OK;
    }
    return err;
}

/* A revision with the values of its index: each contract has a base of its own. */
struct judging {
    const struct price_revision *revision;
    struct price_index_value *values;
    size_t value_count;
};

static enum err judge_by(struct ctx *ctx, const struct price_revision *r, struct judging *judging)
{
    *judging = (struct judging){.revision = r};
    if (r->index_id == 0 || r->then_e4 != 0)
        return OK;
    return price_index_values(ctx, r->index_id, &judging->values, &judging->value_count);
}

/* The index of the contract's base: that of the seller's month for all, or its own, before that of the revision; 0: none. */
static int64_t base_of(const struct judging *judging, const struct subscription *s)
{
    const struct price_revision *r = judging->revision;

    if (r->then_e4 != 0)
        return r->then_e4;
    for (size_t i = 0; i < judging->value_count; i++)
        if (judging->values[i].month_on == s->index_on && s->index_on < r->now_on)
            return judging->values[i].value_e4;
    return 0;
}

/* What it makes of a line of a subscription. */
static enum err judge(struct ctx *ctx, const struct judging *judging, const struct subscription *s, const struct subscription_line *line,
                      struct revised *row)
{
    const struct price_revision *r = judging->revision;
    const struct revision revision = {.kind = revision_kind_from_name(r->kind), .change_ppm = r->change_ppm, .unit_price_e4 = r->unit_price_e4,
                                      .then_e4 = base_of(judging, s), .now_e4 = r->now_e4};
    struct schedule schedule = subscription_schedule(s);
    int32_t from_on = ctx->today_on + r->notice_days;

    if (r->at_anniversary)
        from_on = revision_anniversary_on(s->started_on, from_on);
    *row = (struct revised){.subscription = *s, .line = *line};
    TRY(ctx, subscription_line_rule(ctx, &row->line, &row->rule));
    row->effective_on = revision_effective_on(&schedule, s->next_index, from_on, 0);
    row->fits = revision_rule(&row->rule, &revision, &row->revised) && row->effective_on > line->from_on &&
                (s->ends_on == DATE_NONE || row->effective_on < s->ends_on);
    if (!row->fits)
        row->revised = row->rule;
    return OK;
}

static struct line_scope scope_of(const struct price_revision *r)
{
    struct line_scope scope = {.currency = r->currency, .product_id = r->product_id, .plan_id = r->plan_id, .index_id = r->index_id,
                               .customer_id = r->customer_id, .after_id = r->after_id, .until_id = r->until_id};

    if (r->subscription_id == 0)
        return scope;
    scope.after_id = r->after_id < r->subscription_id ? r->subscription_id - 1 : r->after_id;
    scope.until_id = r->subscription_id;
    return scope;
}

/* The subscriptions of lines that stand in their order, each once. */
static size_t ids_of(struct ctx *ctx, const struct subscription_line *lines, size_t count, int64_t **ids)
{
    size_t id_count = 0;

    *ids = ARENA_ARRAY(ctx->arena, int64_t, count + 1);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || lines[i].subscription_id != lines[i - 1].subscription_id)
            (*ids)[id_count++] = lines[i].subscription_id;
    return id_count;
}

/* ---- what it would do ---- */

static void add_row(struct revision_preview *preview, const struct revised *row, int64_t *counted_id)
{
    const struct recurrence every = {recurrence_unit_from_name(row->subscription.unit), row->subscription.count};

    if (preview->count < REVISION_SHOWN)
        preview->rows[preview->count++] = *row;
    preview->lines += row->fits;
    preview->stay += !row->fits;
    if (!row->fits)
        return;
    preview->subscriptions += row->subscription.id != *counted_id;
    *counted_id = row->subscription.id;
    if (str_equal(row->line.timing, "usage"))
        return; /* what will be used is not known */
    preview->month_before_e4 += revision_month_e4(&row->rule, row->line.quantity_e4, every);
    preview->month_after_e4 += revision_month_e4(&row->revised, row->line.quantity_e4, every);
}

/* The lines read, which may end within a subscription, and where the next ones begin. */
static enum err count_some(struct ctx *ctx, const struct judging *judging, struct subscription_line *lines, size_t count,
                           struct revision_preview *preview)
{
    struct subscription *subscriptions = NULL;
    int64_t counted_id = 0;
    int64_t *ids;
    size_t id_count = ids_of(ctx, lines, count, &ids);
    size_t found = 0;
    size_t at = 0;
    size_t line = 0;

    for (size_t first = 0; first < id_count; first += SUBSCRIPTIONS_MANY) {
        size_t some = id_count - first < SUBSCRIPTIONS_MANY ? id_count - first : SUBSCRIPTIONS_MANY;

        TRY(ctx, subscriptions_by_ids(ctx, &ids[first], some, &subscriptions, &found));
        for (at = 0; at < found; at++)
            for (; line < count && lines[line].subscription_id == subscriptions[at].id; line++) {
                struct revised row;

                TRY(ctx, judge(ctx, judging, &subscriptions[at], &lines[line], &row));
                add_row(preview, &row, &counted_id);
            }
    }
    return OK;
}

/* Cuts the last subscription off lines that fill a slice, unless it is the only one: false then, it has to be read whole. */
static bool cut_last(const struct subscription_line *lines, size_t *count, size_t full)
{
    int64_t last_id = lines[*count - 1].subscription_id;

    if (*count < full)
        return true;
    if (lines[0].subscription_id == last_id)
        return false;
    while (lines[*count - 1].subscription_id == last_id)
        --*count;
    return true;
}

enum err preview_revision(struct ctx *ctx, const struct price_revision *revision, struct revision_preview *preview)
{
    struct ctx item = *ctx;
    struct price_revision walked = *revision;
    struct judging judging;
    struct subscription_line *lines;
    struct line_scope scope;
    size_t count = 1;
    size_t read = COUNTED_AT_ONCE;
    enum err err;

    TRY(ctx, judge_by(ctx, revision, &judging));
    walked.after_id = 0; /* from the first subscription on */
    err = newest_subscription_id(ctx, &walked.until_id);

    *preview = (struct revision_preview){.rows = ARENA_ARRAY(ctx->arena, struct revised, REVISION_SHOWN)};
    while (err == OK && read == COUNTED_AT_ONCE && !preview->more) {
        item.arena = preview->count < REVISION_SHOWN ? ctx->arena : arena_new(); /* what is shown is kept */
        scope = scope_of(&walked);
        err = revisable_lines(&item, &scope, COUNTED_AT_ONCE, &lines, &count);
        read = count;
        if (err == OK && count > 0 && !cut_last(lines, &count, COUNTED_AT_ONCE)) {
            scope.until_id = lines[0].subscription_id;
            err = revisable_lines(&item, &scope, INT32_MAX, &lines, &count);
        }
        if (err == OK && count > 0) {
            walked.after_id = lines[count - 1].subscription_id;
            err = count_some(&item, &judging, lines, count, preview);
        }
        if (item.arena != ctx->arena)
            arena_free(item.arena);
        preview->more = preview->lines + preview->stay >= REVISION_COUNTED_MAX;
    }
    memcpy(ctx->trail, item.trail, sizeof ctx->trail);
    return err;
}

/* ---- doing it ---- */

/* One mail a subscription, whatever the number of its lines. */
static enum err tell(struct ctx *ctx, const struct subscription *s, const char *template, int64_t revision_id, int32_t on)
{
    char date[DATE_TEXT_BYTES];
    struct customer customer;
    struct mail mail = {.template = template, .subscription_id = s->id};

    TRY(ctx, customer_by_id(ctx, s->customer_id, &customer));
    mail_to_customer(&mail, &customer);
    mail.params = history_params(ctx->arena, "revision", arena_printf(ctx->arena, "%lld", (long long)revision_id), "on", date_iso(on, date), NULL);
    mail.dedup_key = arena_printf(ctx->arena, "%s %lld %lld", template, (long long)revision_id, (long long)s->id);
    TRY(ctx, queue_mail(ctx, &mail));
    return note_activity(ctx, ABOUT_SUBSCRIPTION, s->id, str_equal(template, "price_revised") ? "subscription.price_revised" : "subscription.price_kept",
                         history_params(ctx->arena, "on", date, "revision", arena_printf(ctx->arena, "%lld", (long long)revision_id), NULL));
}

/* The old line ends, the new one begins; what is left of a limited discount goes over. */
static enum err replace(struct ctx *ctx, const struct revised *row, int64_t revision_id, struct subscription_line *line)
{
    struct schedule schedule = subscription_schedule(&row->subscription);
    int32_t began_on = row->line.from_on > subscription_billed_from(&row->subscription) ? row->line.from_on
                                                                                       : subscription_billed_from(&row->subscription);
    int32_t ordinal = schedule_index(&schedule, row->effective_on) - schedule_index(&schedule, began_on);
    char tiers[TIERS_TEXT_BYTES];

    *line = row->line;
    line->revision_id = revision_id;
    line->replaces_id = row->line.id;
    line->from_on = row->effective_on;
    line->unit_price_e4 = row->revised.unit_price_e4;
    line->tiers = arena_strdup(ctx->arena, tiers_text(&row->revised, tiers));
    if (!revision_discount_left(row->line.discount_periods, ordinal, &line->discount_periods)) {
        line->discount_periods = line->discount_ppm = 0;
        line->discount_minor = 0;
    }
    return close_subscription_line(ctx, row->line.id, row->effective_on);
}

/* One pass's next subscriptions, locked, with their lines as they are now. */
struct taken {
    bool only_one;       /* the next subscription alone */
    int64_t passed_id;   /* the last one; 0: none was left */
    size_t subscription_count;
    struct subscription *subscriptions;
    size_t line_count;
    struct subscription_line *lines;
    bool finished;
    int64_t taken;       /* subscriptions that changed */
};

static enum err read_slice(struct ctx *ctx, const struct price_revision *r, const struct line_scope *scope, int32_t limit, struct taken *slice)
{
    if (str_equal(r->state, "announcing"))
        return revisable_lines(ctx, scope, limit, &slice->lines, &slice->line_count);
    return revised_lines(ctx, r->id, scope->after_id, scope->until_id, limit, &slice->lines, &slice->line_count);
}

static enum err take_slice(struct ctx *ctx, const struct price_revision *r, struct taken *slice)
{
    struct line_scope scope = scope_of(r);
    int64_t *ids;

    TRY(ctx, read_slice(ctx, r, &scope, SLICE_LINES, slice));
    slice->finished = slice->line_count < SLICE_LINES && !slice->only_one;
    slice->passed_id = 0;
    slice->subscription_count = 0;
    if (slice->line_count == 0) {
        slice->finished = true;
        return OK;
    }
    (void)cut_last(slice->lines, &slice->line_count, SLICE_LINES); /* the only one is read whole below */
    slice->subscription_count = slice->only_one ? 1 : ids_of(ctx, slice->lines, slice->line_count, &ids);
    if (slice->only_one)
        ids = &slice->lines[0].subscription_id;
    slice->subscriptions = ARENA_ARRAY(ctx->arena, struct subscription, slice->subscription_count);
    for (size_t i = 0; i < slice->subscription_count; i++)
        TRY(ctx, lock_subscription(ctx, ids[i], &slice->subscriptions[i]));
    scope.until_id = slice->passed_id = ids[slice->subscription_count - 1];
    return read_slice(ctx, r, &scope, INT32_MAX, slice); /* nobody changes them any more */
}

/* Its prices stand at the month of the revision from now on. */
static enum err move_base(struct ctx *ctx, const struct price_revision *r, const struct subscription *s, int64_t then_e4)
{
    const struct revision_base base = {.revision_id = r->id, .subscription_id = s->id, .before_on = s->index_on, .then_e4 = then_e4};

    if (r->index_id == 0)
        return OK;
    TRY(ctx, insert_revision_base(ctx, &base));
    return save_subscription_index(ctx, s->id, r->now_on);
}

static enum err move_base_back(struct ctx *ctx, const struct price_revision *r, const struct subscription *s)
{
    struct revision_base base;
    enum err err;

    if (r->index_id == 0 || s->index_on != r->now_on)
        return OK; /* a renewal or another revision moved it on */
    err = revision_base_of(ctx, r->id, s->id, &base);
    if (err == ERR_NOT_FOUND) { /* of an earlier version */
        ctx_forget_error(ctx);
        return OK;
    }
    TRY(ctx, err);
    return save_subscription_index(ctx, s->id, base.before_on);
}

static enum err announce_slice(struct ctx *ctx, const struct price_revision *r, struct taken *slice)
{
    struct subscription_line *opened = ARENA_ARRAY(ctx->arena, struct subscription_line, slice->line_count + 1);
    struct judging judging;
    size_t opened_count = 0;
    size_t line = 0;

    TRY(ctx, judge_by(ctx, r, &judging));
    for (size_t i = 0; i < slice->subscription_count; i++) {
        const struct subscription *s = &slice->subscriptions[i];
        int32_t told_on = DATE_NONE;

        for (; line < slice->line_count && slice->lines[line].subscription_id == s->id; line++) {
            struct revised row;

            TRY(ctx, judge(ctx, &judging, s, &slice->lines[line], &row));
            if (!row.fits)
                continue;
            TRY(ctx, replace(ctx, &row, r->id, &opened[opened_count++]));
            told_on = row.effective_on;
        }
        slice->taken += told_on != DATE_NONE;
        if (told_on == DATE_NONE)
            continue;
        TRY(ctx, move_base(ctx, r, s, base_of(&judging, s)));
        TRY(ctx, tell(ctx, s, "price_revised", r->id, told_on));
    }
    return opened_count == 0 ? OK : insert_subscription_lines(ctx, opened, opened_count);
}

/* A bill has it, or an amendment went on from it: it stays. */
static enum err is_bound(struct ctx *ctx, const struct subscription *s, const struct subscription_line *line, bool *bound)
{
    struct schedule schedule = subscription_schedule(s);
    int32_t billed = str_equal(line->timing, "advance") ? s->next_index : s->arrears_index;
    struct subscription_line before;

    *bound = line->until_on != DATE_NONE || schedule_index(&schedule, line->from_on) < billed;
    if (*bound)
        return OK;
    TRY(ctx, subscription_line_by_id(ctx, line->replaces_id, &before));
    *bound = before.until_on != line->from_on;
    return OK;
}

static enum err undo_slice(struct ctx *ctx, const struct price_revision *r, struct taken *slice)
{
    size_t line = 0;

    for (size_t i = 0; i < slice->subscription_count; i++) {
        const struct subscription *s = &slice->subscriptions[i];
        int32_t kept_on = DATE_NONE;

        for (; line < slice->line_count && slice->lines[line].subscription_id == s->id; line++) {
            bool bound;

            TRY(ctx, is_bound(ctx, s, &slice->lines[line], &bound));
            if (bound)
                continue;
            TRY(ctx, undo_subscription_line(ctx, &slice->lines[line]));
            kept_on = slice->lines[line].from_on;
        }
        slice->taken += kept_on != DATE_NONE;
        if (kept_on == DATE_NONE)
            continue;
        TRY(ctx, move_base_back(ctx, r, s));
        TRY(ctx, tell(ctx, s, "price_kept", r->id, kept_on));
    }
    return OK;
}

/* The next slice of an unfinished revision whose row is locked. */
static enum err go_on(struct ctx *ctx, struct price_revision *r, struct taken *slice)
{
    bool announcing = str_equal(r->state, "announcing");

    TRY(ctx, take_slice(ctx, r, slice));
    TRY(ctx, announcing ? announce_slice(ctx, r, slice) : undo_slice(ctx, r, slice));
    if (slice->passed_id != 0)
        r->after_id = slice->passed_id;
    return save_price_revision(ctx, r, !slice->finished ? r->state : announcing ? "announced" : "undone");
}

static enum err announce(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct price_revision *r = act->revision;
    struct taken slice = {0};
    struct revision_preview preview;
    int64_t unfinished;

    TRY(ctx, preview_revision(ctx, r, &preview));
    act->result->none = preview.lines == 0;
    if (act->result->none)
        return OK;
    r->state = "announcing";
    r->after_id = 0;
    r->foreseen = preview.lines;
    TRY(ctx, newest_subscription_id(ctx, &r->until_id));
    TRY(ctx, unfinished_price_revision(ctx, &unfinished));
    TRY(ctx, insert_price_revision(ctx, r));
    if (unfinished == 0) /* else its turn comes after the others' */
        TRY(ctx, go_on(ctx, r, &slice));
    act->result->id = r->id;
    TRY(ctx, note_audit(ctx, "price.revised", arena_printf(ctx->arena, "revision %lld", (long long)r->id), "ok"));
    return spend_once(ctx, act->once, arena_printf(ctx->arena, "%lld", (long long)r->id), &act->result->url);
}

enum err announce_revision(struct ctx *ctx, struct price_revision *revision, const struct once *once, struct revising_result *result)
{
    struct act act = {.revision = revision, .once = once, .result = result};

    return run(ctx, announce, &act);
}

enum err revision_rows(struct ctx *ctx, int64_t id, int64_t after_id, int64_t until_id, int32_t limit, struct revised **rows, size_t *count)
{
    struct subscription_line *lines;

    TRY(ctx, revised_lines(ctx, id, after_id, until_id, limit, &lines, count));
    *rows = ARENA_ARRAY(ctx->arena, struct revised, *count + 1);
    for (size_t i = 0; i < *count; i++) {
        struct revised *row = &(*rows)[i];

        row->effective_on = lines[i].from_on;
        row->fits = true;
        TRY(ctx, subscription_by_id(ctx, lines[i].subscription_id, &row->subscription));
        TRY(ctx, subscription_line_by_id(ctx, lines[i].replaces_id, &row->line));
        TRY(ctx, subscription_line_rule(ctx, &row->line, &row->rule));
        TRY(ctx, subscription_line_rule(ctx, &lines[i], &row->revised));
    }
    return OK;
}

static enum err undo(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct taken slice = {0};
    struct price_revision r;
    int64_t unfinished;
    int32_t first_on;

    TRY(ctx, lock_price_revision(ctx, act->id, &r));
    TRY(ctx, price_revision_first_on(ctx, act->id, &first_on));
    act->result->stale = str_equal(r.state, "undoing") || str_equal(r.state, "undone");
    act->result->over = !act->result->stale && first_on != DATE_NONE && first_on <= ctx->today_on;
    if (act->result->over || act->result->stale)
        return OK;
    TRY(ctx, unfinished_price_revision(ctx, &unfinished));
    r.after_id = 0;
    TRY(ctx, save_price_revision(ctx, &r, "undoing"));
    if (unfinished == 0 || unfinished == r.id)
        TRY(ctx, go_on(ctx, &r, &slice));
    TRY(ctx, note_audit(ctx, "price.revision_undone", arena_printf(ctx->arena, "revision %lld", (long long)act->id), "ok"));
    return spend_once(ctx, act->once, arena_printf(ctx->arena, "%lld", (long long)act->id), &act->result->url);
}

enum err undo_revision(struct ctx *ctx, int64_t id, const struct once *once, struct revising_result *result)
{
    struct act act = {.id = id, .once = once, .result = result};

    return run(ctx, undo, &act);
}

/* ---- the batch ---- */

struct pass {
    int64_t id;
    struct taken slice;
};

static bool is_unfinished(const struct price_revision *r)
{
    return str_equal(r->state, "announcing") || str_equal(r->state, "undoing");
}

static enum err pass_slice(struct ctx *ctx, void *arg)
{
    struct pass *pass = arg;
    struct price_revision r;

    pass->slice = (struct taken){.only_one = pass->slice.only_one};
    TRY(ctx, lock_price_revision(ctx, pass->id, &r));
    if (!is_unfinished(&r))
        return OK; /* another batch was faster */
    return go_on(ctx, &r, &pass->slice);
}

/* A subscription that fails is left as it is, and a person looks. */
static enum err pass_over(struct ctx *ctx, void *arg)
{
    struct pass *pass = arg;
    struct operator_item item = {.kind = "revision_failed", .subject_kind = "subscription", .currency = "", .detail = "", .opened_on = ctx->today_on};
    struct price_revision r;

    TRY(ctx, lock_price_revision(ctx, pass->id, &r));
    if (!is_unfinished(&r))
        return OK;
    TRY(ctx, take_slice(ctx, &r, &pass->slice));
    if (pass->slice.passed_id == 0)
        return OK;
    item.subject_id = r.after_id = pass->slice.passed_id;
    TRY(ctx, open_operator_item(ctx, &item));
    return save_price_revision(ctx, &r, r.state);
}

/* True: its own fault, and not the database's that is away or busy. Told in the log. */
static bool own_failure(struct ctx *ctx, enum err err)
{
    if (err == OK || err == ERR_DB_GONE || err == ERR_DB_RETRY)
        return false;
    log_trail(ctx, "revision.failed");
    ctx_forget_error(ctx);
    return true;
}

static enum err pass_one(struct ctx *ctx, struct pass *pass, struct revising_run *run)
{
    enum err err;

    pass->slice.only_one = true;
    err = db_transaction(ctx, pass_slice, pass);
    if (!own_failure(ctx, err)) {
        run->subscriptions += err == OK ? pass->slice.taken : 0;
        return err;
    }
    run->failed++;
    return db_transaction(ctx, pass_over, pass);
}

/* A slice that fails is tried again subscription by subscription, so that one never stops the others. */
static enum err pass_on(struct ctx *ctx, int64_t id, struct revising_run *run)
{
    struct pass pass = {.id = id};
    int64_t failed_id;
    enum err err = db_transaction(ctx, pass_slice, &pass);

    if (err == OK)
        run->subscriptions += pass.slice.taken;
    if (!own_failure(ctx, err))
        return err;
    failed_id = pass.slice.passed_id; /* the last one of the slice */
    do
        err = pass_one(ctx, &pass, run);
    while (err == OK && pass.slice.passed_id != 0 && pass.slice.passed_id < failed_id);
    return err;
}

enum err go_on_revising(struct ctx *ctx, struct revising_run *run)
{
    struct ctx item = *ctx;
    int64_t id = 0;
    enum err err = unfinished_price_revision(ctx, &id);

    if (err != OK || run->dry_run)
        return err;
    item.arena = arena_new();
    while (err == OK && id != 0 && (run->stop == NULL || !run->stop())) {
        arena_reset(item.arena);
        err = pass_on(&item, id, run);
        if (err == OK)
            err = unfinished_price_revision(&item, &id);
    }
    memcpy(ctx->trail, item.trail, sizeof ctx->trail);
    arena_free(item.arena);
    return err;
}

static enum err enter_value(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct price_index_value value = {.month_on = act->month_on, .value_e4 = act->value_e4};
    enum err err;

    TRY(ctx, price_index_named(ctx, act->name, &value.index_id));
    err = insert_price_index_value(ctx, &value);
    act->result->stale = err == ERR_DUPLICATE;
    if (err != OK)
        return err;
    TRY(ctx, note_audit(ctx, "index.value_entered", act->name, "ok"));
    return spend_once(ctx, act->once, "", &act->result->url);
}

enum err enter_index_value(struct ctx *ctx, const char *name, int32_t month_on, int64_t value_e4, const struct once *once,
                           struct revising_result *result)
{
    struct act act = {.name = name, .month_on = month_on, .value_e4 = value_e4, .once = once, .result = result};

    return run(ctx, enter_value, &act);
}
