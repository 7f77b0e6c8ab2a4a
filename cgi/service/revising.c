#include "service/revising.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "service/contract.h"
#include "service/tiering.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/history.h"
#include "store/outbox.h"

struct act {
    struct price_revision *revision;
    const char *currency;
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

static struct revision rule_of(const struct price_revision *r)
{
    return (struct revision){.kind = revision_kind_from_name(r->kind), .change_ppm = r->change_ppm, .unit_price_e4 = r->unit_price_e4,
                             .then_e4 = r->then_e4, .now_e4 = r->now_e4};
}

static enum err judge(struct ctx *ctx, const struct price_revision *r, struct revised *row)
{
    const struct revision revision = rule_of(r);
    struct schedule schedule;

    TRY(ctx, subscription_by_id(ctx, row->line.subscription_id, &row->subscription));
    TRY(ctx, subscription_line_rule(ctx, &row->line, &row->rule));
    schedule = subscription_schedule(&row->subscription);
    row->effective_on = revision_effective_on(&schedule, row->subscription.next_index, ctx->today_on, r->notice_days);
    row->fits = revision_rule(&row->rule, &revision, &row->revised) && row->effective_on > row->line.from_on &&
                (row->subscription.ends_on == DATE_NONE || row->effective_on < row->subscription.ends_on);
    if (!row->fits)
        row->revised = row->rule;
    return OK;
}

enum err preview_revision(struct ctx *ctx, const struct price_revision *revision, const char *currency, struct revised **rows,
                          size_t *count, bool *too_many)
{
    struct subscription_line *lines;

    TRY(ctx, revisable_lines(ctx, revision->product_id, revision->plan_id, revision->index_id, currency, REVISION_LINES_MAX + 1, &lines, count));
    *too_many = *count > REVISION_LINES_MAX;
    if (*too_many)
        *count = REVISION_LINES_MAX;
    *rows = ARENA_ARRAY(ctx->arena, struct revised, *count + 1);
    for (size_t i = 0; i < *count; i++) {
        (*rows)[i].line = lines[i];
        TRY(ctx, judge(ctx, revision, &(*rows)[i]));
    }
    return OK;
}

/* One mail a subscription, whatever the number of its lines. */
static enum err tell(struct ctx *ctx, const struct subscription *s, const char *template, int64_t revision_id, int32_t on)
{
    char date[DATE_TEXT_BYTES];
    struct customer customer;
    struct mail mail = {.template = template, .customer_id = s->customer_id, .subscription_id = s->id};

    TRY(ctx, customer_by_id(ctx, s->customer_id, &customer));
    mail.language = customer.language;
    mail.to_address = customer.email;
    mail.to_name = str_empty(customer.contact_name) ? customer.name : customer.contact_name;
    mail.params = history_params(ctx->arena, "revision", arena_printf(ctx->arena, "%lld", (long long)revision_id), "on", date_iso(on, date), NULL);
    mail.dedup_key = arena_printf(ctx->arena, "%s %lld %lld", template, (long long)revision_id, (long long)s->id);
    TRY(ctx, queue_mail(ctx, &mail));
    return note_activity(ctx, ABOUT_SUBSCRIPTION, s->id, str_equal(template, "price_revised") ? "subscription.price_revised" : "subscription.price_kept",
                         history_params(ctx->arena, "on", date, "revision", arena_printf(ctx->arena, "%lld", (long long)revision_id), NULL));
}

/* The old line ends, the new one begins; what is left of a limited discount goes over. */
static enum err replace(struct ctx *ctx, const struct revised *row, int64_t revision_id)
{
    struct schedule schedule = subscription_schedule(&row->subscription);
    int32_t began_on = row->line.from_on > subscription_billed_from(&row->subscription) ? row->line.from_on
                                                                                       : subscription_billed_from(&row->subscription);
    int32_t ordinal = schedule_index(&schedule, row->effective_on) - schedule_index(&schedule, began_on);
    struct subscription_line line = row->line;
    char tiers[TIERS_TEXT_BYTES];

    line.revision_id = revision_id;
    line.replaces_id = row->line.id;
    line.from_on = row->effective_on;
    line.unit_price_e4 = row->revised.unit_price_e4;
    line.tiers = tiers_text(&row->revised, tiers);
    if (!revision_discount_left(row->line.discount_periods, ordinal, &line.discount_periods)) {
        line.discount_periods = line.discount_ppm = 0;
        line.discount_minor = 0;
    }
    TRY(ctx, close_subscription_line(ctx, row->line.id, row->effective_on));
    return insert_subscription_lines(ctx, &line, 1);
}

static enum err announce(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct revised *rows;
    size_t count;
    int64_t told = 0;

    TRY(ctx, preview_revision(ctx, act->revision, act->currency, &rows, &count, &act->result->too_many));
    act->result->none = true;
    for (size_t i = 0; i < count; i++)
        act->result->none = act->result->none && !rows[i].fits;
    if (act->result->none || act->result->too_many)
        return OK;
    TRY(ctx, insert_price_revision(ctx, act->revision));
    for (size_t i = 0; i < count; i++) {
        struct subscription now;
        enum err err;

        if (!rows[i].fits)
            continue;
        TRY(ctx, lock_subscription(ctx, rows[i].subscription.id, &now));
        act->result->stale = now.next_index != rows[i].subscription.next_index; /* it was billed meanwhile */
        err = act->result->stale ? ERR_CONFLICT : replace(ctx, &rows[i], act->revision->id);
        act->result->stale = err == ERR_CONFLICT;
        if (err != OK)
            return err;
        if (rows[i].subscription.id != told)
            TRY(ctx, tell(ctx, &rows[i].subscription, "price_revised", act->revision->id, rows[i].effective_on));
        told = rows[i].subscription.id;
    }
    act->result->id = act->revision->id;
    TRY(ctx, note_audit(ctx, "price.revised", arena_printf(ctx->arena, "revision %lld", (long long)act->revision->id), "ok"));
    return spend_once(ctx, act->once, arena_printf(ctx->arena, "%lld", (long long)act->revision->id), &act->result->url);
}

enum err announce_revision(struct ctx *ctx, struct price_revision *revision, const char *currency, const struct once *once,
                           struct revising_result *result)
{
    struct act act = {.revision = revision, .currency = currency, .once = once, .result = result};

    return run(ctx, announce, &act);
}

enum err revision_rows(struct ctx *ctx, int64_t id, struct revised **rows, size_t *count)
{
    struct subscription_line *lines;

    TRY(ctx, revised_lines(ctx, id, &lines, count));
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
    struct subscription_line *lines;
    size_t count;
    int64_t told = 0;
    enum err err;

    TRY(ctx, revised_lines(ctx, act->id, &lines, &count));
    for (size_t i = 0; i < count; i++)
        act->result->over = act->result->over || lines[i].from_on <= ctx->today_on;
    if (act->result->over)
        return OK;
    err = undo_price_revision(ctx, act->id);
    for (size_t i = 0; i < count && err == OK; i++) {
        struct subscription s;

        TRY(ctx, lock_subscription(ctx, lines[i].subscription_id, &s));
        err = undo_subscription_line(ctx, &lines[i]);
        if (err == OK && s.id != told)
            TRY(ctx, tell(ctx, &s, "price_kept", act->id, lines[i].from_on));
        told = s.id;
    }
    act->result->stale = err == ERR_CONFLICT;
    if (err != OK)
        return err;
    TRY(ctx, note_audit(ctx, "price.revision_undone", arena_printf(ctx->arena, "revision %lld", (long long)act->id), "ok"));
    return spend_once(ctx, act->once, arena_printf(ctx->arena, "%lld", (long long)act->id), &act->result->url);
}

enum err undo_revision(struct ctx *ctx, int64_t id, const struct once *once, struct revising_result *result)
{
    struct act act = {.id = id, .once = once, .result = result};

    return run(ctx, undo, &act);
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
