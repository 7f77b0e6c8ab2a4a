#include "service/closing.h"

#include <string.h>

#include "base/check.h"
#include "base/crash.h"
#include "core/chain.h"
#include "core/date.h"
#include "service/accruing.h"
#include "service/financial_years.h"
#include "store/company.h"
#include "store/db.h"
#include "store/financial_year.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/journal.h"

/* ---- may it be closed ---- */

static enum err judge(struct ctx *ctx, enum closing_kind kind, int32_t on, struct financial_years *years, struct closing_state *state,
                      struct closing_result *result)
{
    struct closing_facts facts = {.kind = kind, .today_on = ctx->today_on};

    TRY(ctx, financial_years(ctx, years));
    facts.period = closing_period(years, kind, on);
    *result = (struct closing_result){.period = facts.period, .earlier = closing_period(years, kind, facts.period.from_on - 1)};
    TRY(ctx, closing_state(ctx, state));
    facts.first_on = state->first_on;
    TRY(ctx, closing_of(ctx, closing_kind_name(kind), facts.period.from_on, &facts.done));
    TRY(ctx, closing_of(ctx, closing_kind_name(kind), result->earlier.from_on, &facts.earlier_done));
    TRY(ctx, open_work_before(ctx, facts.period.until_on, OPEN_WORK_TOLD, &result->open, &result->open_count));
    facts.open_count = result->open_count;
    result->verdict = closing_may(&facts);
    return OK;
}

enum err may_close(struct ctx *ctx, enum closing_kind kind, int32_t on, struct closing_result *result)
{
    struct financial_years years;
    struct closing_state state;

    return judge(ctx, kind, on, &years, &state, result);
}

enum err next_to_close(struct ctx *ctx, enum closing_kind kind, struct period *period)
{
    struct financial_years years;
    struct closing_state state;
    struct closing *rows;
    size_t count;

    *period = PERIOD_NONE;
    TRY(ctx, financial_years(ctx, &years));
    TRY(ctx, closing_state(ctx, &state));
    if (state.first_on == DATE_NONE)
        return OK;
    TRY(ctx, closings(ctx, closing_kind_name(kind), 0, 1, &rows, &count));
    *period = closing_period(&years, kind, count > 0 ? rows[0].until_on : state.first_on);
    return OK;
}

/* ---- closing ---- */

/* The sums of days in order, asked once for a span. */
struct sums {
    const struct day_sum *days;
    size_t count;
};

static void add_days(const struct sums *sums, struct period span, struct closing_totals *to)
{
    for (size_t i = 0; i < sums->count; i++) {
        const struct day_sum *d = &sums->days[i];

        if (period_contains(span, d->happened_on))
            closing_add(to, &(struct closing_totals){d->entry_count, d->debit_minor, d->credit_minor, d->sales_minor, d->absolute_minor});
    }
}

/* The same for VAT, upon what stood before. */
struct tax_sums {
    const struct closing_day_tax *days;
    size_t day_count;
    const struct closing_tax *before;
    size_t before_count;
    size_t groups; /* categories and rates there are at most: 0 not counted yet */
};

static bool known(const struct closing_tax *taxes, size_t count, const char *category, int32_t rate_ppm)
{
    for (size_t i = 0; i < count; i++)
        if (taxes[i].rate_ppm == rate_ppm && strcmp(taxes[i].category, category) == 0)
            return true;
    return false;
}

static size_t sum_taxes(struct arena *arena, struct tax_sums *sums, struct period period, struct closing_tax **taxes)
{
    if (sums->groups == 0) {
        struct closing_tax *seen = ARENA_ARRAY(arena, struct closing_tax, sums->day_count + 1);
        size_t count = 0;

        for (size_t i = 0; i < sums->day_count; i++)
            if (!known(seen, count, sums->days[i].category, sums->days[i].rate_ppm))
                seen[count++] = (struct closing_tax){.category = sums->days[i].category, .rate_ppm = sums->days[i].rate_ppm};
        sums->groups = sums->before_count + count + 1;
    }
    *taxes = ARENA_ARRAY(arena, struct closing_tax, sums->groups);
    return closing_taxes(sums->before, sums->before_count, sums->days, sums->day_count, period, *taxes);
}

static enum err load_taxes(struct ctx *ctx, int32_t from_on, int32_t until_on, const char *currency, struct tax_sums *sums)
{
    struct closing_day_tax *days;
    struct day_tax *rows;

    TRY(ctx, day_taxes(ctx, from_on, until_on, currency, &rows, &sums->day_count));
    days = ARENA_ARRAY(ctx->arena, struct closing_day_tax, sums->day_count + 1);
    for (size_t i = 0; i < sums->day_count; i++)
        days[i] = (struct closing_day_tax){rows[i].happened_on, rows[i].tax_category, rows[i].tax_rate_ppm, rows[i].base_minor, rows[i].tax_minor};
    sums->days = days;
    return OK;
}

static struct closing_tax *taxes_of(struct arena *arena, const struct closing_tax_row *rows, size_t count)
{
    struct closing_tax *taxes = ARENA_ARRAY(arena, struct closing_tax, count + 1);

    for (size_t i = 0; i < count; i++)
        taxes[i] = (struct closing_tax){rows[i].tax_category, rows[i].tax_rate_ppm, rows[i].base_minor, rows[i].tax_minor, rows[i].all_base_minor,
                                        rows[i].all_tax_minor};
    return taxes;
}

struct act {
    enum closing_kind kind;
    int32_t on;
    const struct once *once;
    struct closing_result *result;
};

/* What is being written: closings one after another, each sealed into the next. */
struct making {
    struct ctx *ctx;
    struct company company;
    struct financial_years years;
    struct sums sums;               /* from the beginning of the outermost period */
    struct closing_totals before;   /* of everything before that */
    int32_t sums_from_on;
    struct series_head head;
    struct closed *closed;          /* of the outermost period, already */
    size_t closed_count;
    struct closing *rows;
    size_t count;
    struct tax_sums taxes;          /* as sums and before, rate by rate */
    struct closing_tax_row *tax_rows;
    size_t tax_row_count;
    size_t tax_room;
};

static struct closing_record record_of(const struct closing *c, const struct closing_tax *taxes, size_t tax_count)
{
    return (struct closing_record){
        .version = c->version, .taxes = taxes, .tax_count = tax_count, .sequence = c->sequence, .kind = closing_kind_from_name(c->kind), .period = {c->from_on, c->until_on},
        .currency = c->currency, .in = {c->entry_count, c->debit_minor, c->credit_minor, c->sales_minor, 0},
        .all = {c->all_entry_count, c->all_debit_minor, c->all_credit_minor, c->all_sales_minor, c->all_absolute_minor},
        .closed_at = c->closed_at, .closed_by = c->closed_by};
}

static struct hash digest_of(struct arena *arena, const struct closing *c, const struct closing_tax *taxes, size_t tax_count,
                             const unsigned char before[HASH_BYTES])
{
    struct closing_record record = record_of(c, taxes, tax_count);
    struct hash previous;

    memcpy(previous.bytes, before, HASH_BYTES);
    return chain_digest(&previous, closing_record_text(arena, &record));
}

static void keep_taxes(struct making *m, int64_t sequence, const struct closing_tax *taxes, size_t count)
{
    if (m->tax_row_count + count > m->tax_room) {
        struct closing_tax_row *more = ARENA_ARRAY(m->ctx->arena, struct closing_tax_row, 2 * (m->tax_room + count));

        memcpy(more, m->tax_rows, m->tax_row_count * sizeof *more);
        m->tax_rows = more;
        m->tax_room = 2 * (m->tax_room + count);
    }
    for (size_t i = 0; i < count; i++)
        m->tax_rows[m->tax_row_count++] = (struct closing_tax_row){
            .sequence = sequence, .tax_category = taxes[i].category, .tax_rate_ppm = taxes[i].rate_ppm, .base_minor = taxes[i].base_minor,
            .tax_minor = taxes[i].tax_minor, .all_base_minor = taxes[i].all_base_minor, .all_tax_minor = taxes[i].all_tax_minor};
}

static void add_closing(struct making *m, enum closing_kind kind, struct period period)
{
    struct closing *c = &m->rows[m->count++];
    struct closing_totals in = {0};
    struct closing_totals all = m->before;
    struct closing_tax *taxes;
    size_t tax_count = sum_taxes(m->ctx->arena, &m->taxes, period, &taxes);
    struct hash digest;

    add_days(&m->sums, period, &in);
    add_days(&m->sums, (struct period){m->sums_from_on, period.until_on}, &all);
    *c = (struct closing){
        .sequence = ++m->head.last_sequence, .version = CLOSING_VERSION, .kind = closing_kind_name(kind), .from_on = period.from_on, .until_on = period.until_on,
        .currency = m->company.currency, .entry_count = in.entry_count, .debit_minor = in.debit_minor, .credit_minor = in.credit_minor,
        .sales_minor = in.sales_minor, .all_entry_count = all.entry_count, .all_debit_minor = all.debit_minor,
        .all_credit_minor = all.credit_minor, .all_sales_minor = all.sales_minor, .all_absolute_minor = all.absolute_minor,
        .closed_at = m->ctx->now, .closed_by = m->ctx->actor};
    keep_taxes(m, c->sequence, taxes, tax_count);
    digest = digest_of(m->ctx->arena, c, taxes, tax_count, m->head.chain_head);
    memcpy(c->chain_previous, m->head.chain_head, HASH_BYTES);
    memcpy(c->chain_digest, digest.bytes, HASH_BYTES);
    memcpy(m->head.chain_head, digest.bytes, HASH_BYTES);
}

static bool is_closed(const struct making *m, enum closing_kind kind, struct period period)
{
    for (size_t i = 0; i < m->closed_count; i++)
        if (m->closed[i].from_on == period.from_on && strcmp(m->closed[i].kind, closing_kind_name(kind)) == 0)
            return true;
    return false;
}

/* The days of the span and then the period itself; months of a year one by one. */
static void add_period(struct making *m, enum closing_kind kind, struct period period, int32_t from_on)
{
    if (is_closed(m, kind, period))
        return;
    if (kind != CLOSING_DAY) {
        enum closing_kind part = kind == CLOSING_YEAR ? CLOSING_MONTH : CLOSING_DAY;
        struct period inner;

        for (int32_t on = from_on > period.from_on ? from_on : period.from_on; on < period.until_on; on = inner.until_on) {
            inner = closing_period(&m->years, part, on);
            add_period(m, part, inner, from_on);
        }
    }
    add_closing(m, kind, period);
}

static enum err sum_up(struct ctx *ctx, struct making *m, struct period period)
{
    struct day_sum *days;
    struct closing last;
    enum err err = closing_day_before(ctx, period.from_on, &last);

    if (err == OK)
        m->before = (struct closing_totals){last.all_entry_count, last.all_debit_minor, last.all_credit_minor,
                                            last.all_sales_minor, last.all_absolute_minor};
    else if (err != ERR_NOT_FOUND)
        return err;
    m->sums_from_on = period.from_on;
    TRY(ctx, day_sums(ctx, period.from_on, period.until_on, m->company.currency, &days, &m->sums.count));
    m->sums.days = days;
    if (err == OK && last.version == CLOSING_VERSION) {
        struct closing_tax_row *rows;

        TRY(ctx, closing_taxes_between(ctx, last.sequence, last.sequence, &rows, &m->taxes.before_count));
        m->taxes.before = taxes_of(ctx->arena, rows, m->taxes.before_count);
        return load_taxes(ctx, last.until_on, period.until_on, m->company.currency, &m->taxes);
    }
    return load_taxes(ctx, 0, period.until_on, m->company.currency, &m->taxes); /* the first closing that says its VAT */
}

static enum err hold_journal(struct ctx *ctx, const struct financial_years *years, int32_t from_on, int32_t until_on)
{
    for (struct period year = financial_year_of(years, from_on); year.from_on < until_on; year = financial_year_of(years, year.until_on)) {
        char series[NUMBER_BYTES];
        struct series_head head;

        TRY(ctx, lock_series(ctx, financial_year_series(series, year), &head));
    }
    return OK;
}

/* The first month of the first year may have begun before it. */
static int32_t first_month_on(struct period period)
{
    struct civil civil = date_civil(period.from_on);

    return date_from_civil(civil.year, civil.month, 1);
}

/* A year's months, with the days before it of its first month, each with its closing; and the year. */
static size_t closings_at_most(struct period period)
{
    return (size_t)(period_days(period) + 31 + FINANCIAL_YEAR_MONTHS_MAX + 1 + 1);
}

static bool years_same(const struct financial_years *a, const struct financial_years *b)
{
    return a->count == b->count && (a->count == 0 || memcmp(a->rows, b->rows, a->count * sizeof a->rows[0]) == 0);
}

static enum err close_now(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct closing_result *result = act->result;
    struct making m = {.ctx = ctx};
    struct financial_years held;
    struct closing_state state;
    struct period period;

    TRY(ctx, financial_years(ctx, &held));
    period = closing_period(&held, act->kind, act->on);
    if (act->kind == CLOSING_YEAR && period.until_on <= ctx->today_on) { /* a closed year has its row */
        TRY(ctx, reach_financial_years(ctx, period, &held));
        period = closing_period(&held, act->kind, act->on);
    }
    TRY(ctx, closing_state(ctx, &state));
    if (state.first_on != DATE_NONE && state.first_on < period.until_on)
        TRY(ctx, hold_journal(ctx, &held, state.open_from_on != DATE_NONE && state.open_from_on < period.from_on ? state.open_from_on : period.from_on,
                              period.until_on));
    TRY(ctx, judge(ctx, act->kind, act->on, &m.years, &state, result));
    if (!years_same(&held, &m.years))
        return FAIL(ctx, ERR_DB_RETRY, "a year was moved meanwhile");
    if (result->verdict != CLOSING_MAY)
        return ERR_CONFLICT; /* rolled back: also the counters that the lock may have made */
    TRY(ctx, company_current(ctx, &m.company));
    TRY(ctx, sum_up(ctx, &m, period));
    m.rows = ARENA_ARRAY(ctx->arena, struct closing, closings_at_most(period));
    TRY(ctx, lock_series(ctx, CLOSING_SERIES, &m.head));
    TRY(ctx, closed_within(ctx, first_month_on(period), period.until_on, &m.closed, &m.closed_count));
    add_period(&m, act->kind, period, state.first_on);
    TRY(ctx, insert_closings(ctx, m.rows, m.count));
    TRY(ctx, insert_closing_taxes(ctx, m.tax_rows, m.tax_row_count));
    for (size_t i = 0; i < m.count; i++)
        if (closing_kind_from_name(m.rows[i].kind) == CLOSING_MONTH)
            TRY(ctx, insert_closed_balances(ctx, m.rows[i].until_on, m.rows[i].currency));
    crash_point("C27");
    TRY(ctx, save_series(ctx, CLOSING_SERIES, &m.head));
    result->made = m.count;
    TRY(ctx, note_audit(ctx, "books.close", arena_printf(ctx->arena, "%s %lld", closing_kind_name(act->kind), (long long)m.head.last_sequence), "ok"));
    return spend_once(ctx, act->once, closing_kind_name(act->kind), &result->url);
}

/* What the months that end in the period earned before its invoice is booked before they are closed. A closing that is
 * refused accrues nothing. */
static enum err accrue_period(struct ctx *ctx, enum closing_kind kind, int32_t on)
{
    struct closing_result result;
    struct financial_years years;
    struct closing_state state;
    int64_t count;

    TRY(ctx, judge(ctx, kind, on, &years, &state, &result));
    if (result.verdict != CLOSING_MAY)
        return OK;
    for (int32_t until_on = date_next_month(state.open_from_on != DATE_NONE ? state.open_from_on : state.first_on);
         until_on <= result.period.until_on; until_on = date_next_month(until_on))
        TRY(ctx, accrue_month(ctx, until_on, &count));
    return OK;
}

enum err close_period(struct ctx *ctx, enum closing_kind kind, int32_t on, const struct once *once, struct closing_result *result)
{
    struct act act = {kind, on, once, result};
    bool got;
    enum err err;

    *result = (struct closing_result){.busy = true};
    TRY(ctx, db_ready(ctx));
    TRY(ctx, lock_closings(ctx, &got));
    if (!got)
        return OK;
    err = accrue_period(ctx, kind, on);
    if (err == OK)
        err = db_transaction(ctx, close_now, &act);
    if (err == ERR_CONFLICT && result->verdict != CLOSING_MAY) {
        ctx_forget_error(ctx);
        err = OK;
    }
    if (err != ERR_DB_GONE)
        TRY(ctx, unlock_closings(ctx));
    return err;
}

/* ---- verification ---- */

enum { VERIFIED_AT_ONCE = 1000 };

static bool totals_same(const struct closing_totals *a, const struct closing_totals *b, bool absolute)
{
    return a->entry_count == b->entry_count && a->debit_minor == b->debit_minor && a->credit_minor == b->credit_minor &&
           a->sales_minor == b->sales_minor && (!absolute || a->absolute_minor == b->absolute_minor);
}

/* Totals up to each day that something happened on: a span is the difference of two. */
static struct closing_totals until_of(const struct sums *sums, const struct closing_totals *running, int32_t until_on)
{
    size_t low = 0;
    size_t high = sums->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (sums->days[middle].happened_on < until_on)
            low = middle + 1;
        else
            high = middle;
    }
    return running[low];
}

/* What a closing says of VAT is what its days' documents say. */
static bool taxes_hold(struct arena *arena, const struct closing *c, struct tax_sums *sums, const struct closing_tax *stored, size_t count)
{
    struct closing_tax *taxes;
    size_t found;

    if (c->version < 2)
        return count == 0;
    found = sum_taxes(arena, sums, (struct period){c->from_on, c->until_on}, &taxes);
    for (size_t i = 0; i < found && found == count; i++)
        if (strcmp(taxes[i].category, stored[i].category) != 0 || taxes[i].rate_ppm != stored[i].rate_ppm ||
            taxes[i].base_minor != stored[i].base_minor || taxes[i].tax_minor != stored[i].tax_minor ||
            taxes[i].all_base_minor != stored[i].all_base_minor || taxes[i].all_tax_minor != stored[i].all_tax_minor)
            return false;
    return found == count;
}

static bool closing_holds(struct arena *arena, const struct closing *c, const struct closing_tax *taxes, size_t tax_count, const struct sums *sums,
                          const struct closing_totals *running, const struct series_head *walk)
{
    struct closing_record record = record_of(c, taxes, tax_count);
    struct closing_totals from = until_of(sums, running, c->from_on);
    struct closing_totals until = until_of(sums, running, c->until_on);
    struct closing_totals in = until;
    struct hash digest = digest_of(arena, c, taxes, tax_count, walk->chain_head);

    in.entry_count -= from.entry_count;
    in.debit_minor -= from.debit_minor;
    in.credit_minor -= from.credit_minor;
    in.sales_minor -= from.sales_minor;
    return c->sequence == walk->last_sequence + 1 && record.kind != 0 && memcmp(c->chain_previous, walk->chain_head, HASH_BYTES) == 0 &&
           memcmp(c->chain_digest, digest.bytes, HASH_BYTES) == 0 && totals_same(&record.in, &in, false) && totals_same(&record.all, &until, true);
}

static enum err running_totals(struct ctx *ctx, int32_t until_on, const char *currency, struct sums *sums, struct closing_totals **running)
{
    struct day_sum *days;

    TRY(ctx, day_sums(ctx, 0, until_on, currency, &days, &sums->count));
    sums->days = days;
    *running = ARENA_ARRAY(ctx->arena, struct closing_totals, sums->count + 1);
    for (size_t i = 0; i < sums->count; i++) {
        (*running)[i + 1] = (*running)[i];
        add_days(&(struct sums){&days[i], 1}, (struct period){days[i].happened_on, days[i].happened_on + 1}, &(*running)[i + 1]);
    }
    return OK;
}

static const char *closing_name(struct arena *arena, const struct closing *c)
{
    char from[DATE_TEXT_BYTES];

    return arena_printf(arena, "closing %lld (%s %s)", (long long)c->sequence, c->kind, date_iso(c->from_on, from));
}

enum err verify_closings(struct ctx *ctx, const char **bad, int64_t *verified)
{
    struct series_head walk = {.last_sequence = 0};
    struct series_head head;
    struct closing_state state;
    struct closing_totals *running;
    struct tax_sums tax_sums = {.day_count = 0};
    struct closing_tax_row *tax_rows;
    struct closing_tax *taxes;
    struct sums sums;
    struct closing *rows;
    size_t tax_count;
    size_t count;

    *bad = "";
    *verified = 0;
    TRY(ctx, closing_state(ctx, &state));
    TRY(ctx, read_series(ctx, CLOSING_SERIES, &head));
    TRY(ctx, closings_after(ctx, 0, 1, &rows, &count));
    if (count == 0) {
        *bad = head.last_sequence == 0 ? "" : "closing 1";
        return OK;
    }
    TRY(ctx, running_totals(ctx, state.open_from_on, rows[0].currency, &sums, &running));
    TRY(ctx, load_taxes(ctx, 0, state.open_from_on, rows[0].currency, &tax_sums));
    do {
        TRY(ctx, closings_after(ctx, walk.last_sequence, VERIFIED_AT_ONCE, &rows, &count));
        TRY(ctx, closing_taxes_between(ctx, walk.last_sequence + 1, walk.last_sequence + VERIFIED_AT_ONCE, &tax_rows, &tax_count));
        taxes = taxes_of(ctx->arena, tax_rows, tax_count);
        for (size_t i = 0, first = 0, until = 0; i < count; i++, first = until) {
            while (until < tax_count && tax_rows[until].sequence <= rows[i].sequence)
                until++;
            if (!closing_holds(ctx->arena, &rows[i], &taxes[first], until - first, &sums, running, &walk) ||
                !taxes_hold(ctx->arena, &rows[i], &tax_sums, &taxes[first], until - first)) {
                *bad = rows[i].sequence == walk.last_sequence + 1 ? closing_name(ctx->arena, &rows[i])
                                                                 : arena_printf(ctx->arena, "closing %lld", (long long)walk.last_sequence + 1);
                return OK;
            }
            walk.last_sequence = rows[i].sequence;
            memcpy(walk.chain_head, rows[i].chain_digest, HASH_BYTES);
            ++*verified;
        }
    } while (count == VERIFIED_AT_ONCE);
    if (head.last_sequence != walk.last_sequence || memcmp(head.chain_head, walk.chain_head, HASH_BYTES) != 0)
        *bad = arena_printf(ctx->arena, "closing %lld", (long long)walk.last_sequence + 1); /* the end is cut off */
    return OK;
}
