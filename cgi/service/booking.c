#include "service/booking.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/chain.h"
#include "core/date.h"
#include "core/entry_chain.h"
#include "service/financial_years.h"
#include "store/chart.h"
#include "store/invoice.h"
#include "store/journal.h"

enum { BOOKED_AT_ONCE = 1000 };

/* The rows of a slice of a group, filled year by year. */
struct rows {
    struct chart chart;
    struct journal_entry *entries;
    struct journal_item *items;
    size_t entry_count;
    size_t item_count;
};

/* What comes too late for its period is dated the first day that is open. */
static int32_t day_of(const struct chart *chart, const struct booking *booking)
{
    return booking->on < chart->open_from_on ? chart->open_from_on : booking->on;
}

static struct period year_of(const struct chart *chart, const struct booking *booking)
{
    return financial_year_of(&chart->years, day_of(chart, booking));
}

/* The first year that begins after `after` and that something is booked in; PERIOD_NONE: there is none. */
static struct period next_year(const struct chart *chart, const struct booking *bookings, size_t count, int32_t after)
{
    struct period next = PERIOD_NONE;

    for (size_t i = 0; i < count; i++) {
        struct period year = bookings[i].item_count == 0 ? PERIOD_NONE : year_of(chart, &bookings[i]);

        if (year.from_on > after && (period_is_none(next) || year.from_on < next.from_on))
            next = year;
    }
    return next;
}

/* The days that are booked, from the first to the last; PERIOD_NONE: there are none. */
static struct period days_of(const struct chart *chart, const struct booking *bookings, size_t count)
{
    struct period days = PERIOD_NONE;

    for (size_t i = 0; i < count; i++) {
        int32_t on = day_of(chart, &bookings[i]);

        if (bookings[i].item_count == 0)
            continue;
        days.from_on = period_is_none(days) || on < days.from_on ? on : days.from_on;
        days.until_on = on >= days.until_on ? on + 1 : days.until_on;
    }
    return days;
}

/* The link of an entry: what its row and its items say, behind what stood before it. */
static struct hash entry_digest(struct arena *arena, const struct journal_entry *entry, const struct journal_item *items,
                                const unsigned char before[HASH_BYTES])
{
    struct entry_record_item record_item[POSTINGS_MAX];
    struct entry_record record = {
        .series = entry->series, .sequence = entry->sequence, .journal = entry->journal, .entry_on = entry->entry_on,
        .source_kind = entry->source_kind, .source_id = entry->source_id, .reference = entry->reference,
        .currency = entry->currency, .foreign = str_empty(entry->foreign_currency) ? NULL : entry->foreign_currency, .total_minor = entry->total_minor, .posted_at = entry->posted_at,
        .items = record_item, .item_count = (size_t)entry->item_count};
    struct hash previous;

    CHECK(record.item_count <= POSTINGS_MAX);
    for (size_t i = 0; i < record.item_count; i++)
        record_item[i] = (struct entry_record_item){items[i].account, items[i].customer_id, items[i].debit_minor, items[i].credit_minor,
                                                    items[i].foreign_minor, items[i].label == NULL ? "" : items[i].label};
    memcpy(previous.bytes, before, HASH_BYTES);
    return chain_digest(&previous, entry_record_text(arena, &record));
}

static void seal_entry(struct ctx *ctx, struct journal_entry *entry, const struct journal_item *items, struct series_head *head)
{
    struct hash digest = entry_digest(ctx->arena, entry, items, head->chain_head);

    memcpy(entry->chain_previous, head->chain_head, HASH_BYTES);
    memcpy(entry->chain_digest, digest.bytes, HASH_BYTES);
    memcpy(head->chain_head, digest.bytes, HASH_BYTES);
}

static void add_entry(struct ctx *ctx, struct rows *rows, const struct booking *b, const char *series, struct series_head *head)
{
    struct journal_entry *entry = &rows->entries[rows->entry_count++];
    struct journal_item *items = &rows->items[rows->item_count];

    *entry = (struct journal_entry){
        .id = b->entry_id, .series = series, .sequence = ++head->last_sequence, .journal = b->journal,
        .entry_on = day_of(&rows->chart, b),
        .source_kind = b->source_kind, .source_id = b->source_id, .reference = b->reference, .currency = b->currency, .foreign_currency = b->foreign,
        .item_count = (int32_t)b->item_count, .total_minor = b->total_minor, .posted_at = ctx->now};
    for (size_t i = 0; i < b->item_count; i++) {
        const struct posting *posting = &b->items[i];

        items[i] = (struct journal_item){
            .entry_id = b->entry_id, .position = (int32_t)i + 1,
            .account = chart_account(&rows->chart, posting->account),
            .customer_id = strcmp(posting->account, ACCOUNT_CUSTOMER) == 0 ? b->customer_id : 0,
            .debit_minor = posting->debit_minor, .credit_minor = posting->credit_minor,
            .label = posting_label_name(posting->label), .foreign_minor = posting->foreign_minor,
            .entry_items = entry->item_count, .entry_total_minor = entry->total_minor};
    }
    rows->item_count += b->item_count;
    seal_entry(ctx, entry, items, head);
}

/* A closing holds the same series, and so does whoever moves a year: what came between our first look and the lock is seen now. */
static enum err still_open(struct ctx *ctx, const struct chart *before, struct period year)
{
    struct period same;
    struct chart now;

    TRY(ctx, chart_now(ctx, &now));
    if (now.open_from_on != before->open_from_on)
        return FAIL(ctx, ERR_DB_RETRY, "a period was closed meanwhile");
    same = period_is_none(year) ? year : financial_year_of(&now.years, year.from_on);
    return same.from_on == year.from_on && same.until_on == year.until_on ? OK : FAIL(ctx, ERR_DB_RETRY, "a year was moved meanwhile");
}

static size_t item_total(const struct booking *bookings, size_t count)
{
    size_t items = 0;

    for (size_t i = 0; i < count; i++)
        items += bookings[i].item_count;
    return items;
}

/* Those of one year, a slice of them. */
static enum err book_slice(struct ctx *ctx, struct rows *rows, const struct booking *bookings, size_t count, struct period year,
                           const char *series, struct series_head *head)
{
    rows->entry_count = rows->item_count = 0;
    rows->entries = ARENA_ARRAY(ctx->arena, struct journal_entry, count + 1);
    rows->items = ARENA_ARRAY(ctx->arena, struct journal_item, item_total(bookings, count) + 1);
    for (size_t i = 0; i < count; i++)
        if (bookings[i].item_count > 0 && period_contains(year, day_of(&rows->chart, &bookings[i])))
            add_entry(ctx, rows, &bookings[i], series, head);
    TRY(ctx, insert_journal_entries(ctx, rows->entries, rows->entry_count));
    return insert_journal_items(ctx, rows->items, rows->item_count);
}

/* What a year's entries need goes slice by slice: a bank's statement may book 50,000 of them. */
static enum err book_year(struct ctx *ctx, struct rows *rows, const struct booking *bookings, size_t count, struct period year)
{
    char series[NUMBER_BYTES];
    struct series_head head;
    struct ctx slice = *ctx;
    enum err err = OK;

    TRY(ctx, lock_series(ctx, financial_year_series(series, year), &head));
    TRY(ctx, still_open(ctx, &rows->chart, year));
    slice.arena = arena_new();
    for (size_t i = 0; err == OK && i < count; i += BOOKED_AT_ONCE) {
        arena_reset(slice.arena);
        err = book_slice(&slice, rows, bookings + i, count - i < BOOKED_AT_ONCE ? count - i : BOOKED_AT_ONCE, year, series, &head);
    }
    memcpy(ctx->trail, slice.trail, sizeof ctx->trail);
    arena_free(slice.arena);
    return err == OK ? save_series(ctx, series, &head) : err;
}

void booking_items(struct arena *arena, struct booking *booking, const struct posting_list *list)
{
    booking->items = arena_memdup(arena, list->items, list->count * sizeof list->items[0]);
    booking->item_count = list->count;
    booking->total_minor = list->total_minor;
}

void booking_currencies(struct booking *booking, const char *currency, const struct exchange *exchange)
{
    booking->currency = exchange->rate_e6 == 0 ? currency : exchange->base->code;
    booking->foreign = exchange->rate_e6 == 0 ? NULL : exchange->currency->code;
}

enum err book_entries_by(struct ctx *ctx, const struct chart *chart, const struct booking *bookings, size_t count)
{
    struct rows rows = {.chart = *chart};
    struct period days = days_of(chart, bookings, count);

    CHECK(db_in_transaction(ctx));
    if (period_is_none(days))
        return still_open(ctx, chart, PERIOD_NONE);
    if (!financial_years_have(&chart->years, days.from_on) || !financial_years_have(&chart->years, period_last_on(days)))
        TRY(ctx, reach_financial_years(ctx, days, &rows.chart.years));
    for (struct period year = next_year(&rows.chart, bookings, count, DATE_NONE); !period_is_none(year);
         year = next_year(&rows.chart, bookings, count, year.from_on))
        TRY(ctx, book_year(ctx, &rows, bookings, count, year));
    return OK;
}

enum err book_entries(struct ctx *ctx, const struct booking *bookings, size_t count)
{
    struct chart chart;

    CHECK(db_in_transaction(ctx));
    if (item_total(bookings, count) == 0)
        return OK;
    TRY(ctx, chart_now(ctx, &chart));
    return book_entries_by(ctx, &chart, bookings, count);
}

enum { VERIFIED_AT_ONCE = 4000 };

/* Where a verification stands. */
struct walk {
    struct period year;
    int64_t sequence;
    unsigned char head[HASH_BYTES];
    const char *bad; /* in the walk's arena; NULL none */
};

static bool entry_holds(struct arena *arena, const struct journal_entry *entry, const struct journal_item *items,
                        size_t item_count, const struct walk *walk)
{
    struct hash digest;
    int64_t debit = 0;
    int64_t credit = 0;
    int64_t foreign = 0;

    if (!period_contains(walk->year, entry->entry_on))
        return false;
    if (entry->item_count < 0 || (size_t)entry->item_count != item_count || item_count > POSTINGS_MAX)
        return false;
    for (size_t i = 0; i < item_count; i++) {
        if (items[i].position != (int32_t)i + 1)
            return false;
        debit += items[i].debit_minor;
        credit += items[i].credit_minor;
        foreign += items[i].foreign_minor;
    }
    if (debit != entry->total_minor || credit != entry->total_minor || foreign != 0)
        return false;
    digest = entry_digest(arena, entry, items, walk->head);
    return memcmp(entry->chain_previous, walk->head, HASH_BYTES) == 0 &&
           memcmp(entry->chain_digest, digest.bytes, HASH_BYTES) == 0;
}

static const char *entry_name(struct arena *arena, const char *series, int64_t sequence)
{
    return arena_printf(arena, "%s entry %lld", series, (long long)sequence);
}

/* The first item of an entry, by binary search: items are in the order of entry ids. */
static size_t first_item(const struct journal_item *items, size_t count, int64_t entry_id)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (items[middle].entry_id < entry_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The next entries in one go; *count 0 when there are no more up to the counter. */
static enum err walk_on(struct ctx *ctx, const char *series, int64_t until, struct walk *walk, size_t *count)
{
    struct journal_entry *entries;
    struct journal_item *items;
    size_t item_count;
    size_t next = 0;

    /* Bounded on both sides: a span without an upper end makes the database read the whole year each time. */
    TRY(ctx, journal_entries_between(ctx, series, walk->sequence,
                                     until - walk->sequence > VERIFIED_AT_ONCE ? walk->sequence + VERIFIED_AT_ONCE : until, &entries, count));
    if (*count == 0)
        return OK; /* the end, or all of them are gone: the caller sees where the walk stands */
    TRY(ctx, journal_items_of(ctx, entries, *count, &items, &item_count));
    for (size_t i = 0; i < *count; i++) {
        const struct journal_entry *entry = &entries[i];
        size_t first = next < item_count && items[next].entry_id == entry->id ? next : first_item(items, item_count, entry->id);

        next = first;
        while (next < item_count && items[next].entry_id == entry->id)
            next++;
        if (entry->sequence != walk->sequence + 1)
            walk->bad = entry_name(ctx->arena, series, walk->sequence + 1); /* the one that is gone */
        else if (!entry_holds(ctx->arena, entry, &items[first], next - first, walk))
            walk->bad = arena_printf(ctx->arena, "%s (%s)", entry_name(ctx->arena, series, entry->sequence), entry->reference);
        if (walk->bad != NULL)
            return OK;
        walk->sequence = entry->sequence;
        memcpy(walk->head, entry->chain_digest, HASH_BYTES);
    }
    return OK;
}

enum err verify_journal(struct ctx *run, const struct journal_series *series, const char **bad, int64_t *verified)
{
    struct ctx part = *run;
    struct walk walk = {.year = {series->from_on, series->until_on}, .sequence = series->unsealed};
    size_t count = 1;
    int64_t stray = 0;
    enum err err = OK;

    part.arena = arena_new();
    while (err == OK && count > 0 && walk.bad == NULL) {
        arena_reset(part.arena);
        err = walk_on(&part, series->name, series->last_sequence, &walk, &count);
    }
    if (err == OK)
        err = journal_stray(&part, series->name, &stray);
    *verified = walk.sequence - series->unsealed;
    if (walk.bad != NULL)
        *bad = arena_strdup(run->arena, walk.bad);
    else if (err == OK && (walk.sequence != series->last_sequence || memcmp(walk.head, series->chain_head, HASH_BYTES) != 0))
        *bad = entry_name(run->arena, series->name, walk.sequence + 1); /* the end is cut off */
    else if (stray != 0)
        *bad = entry_name(run->arena, series->name, stray);
    else
        *bad = "";
    memcpy(run->trail, part.trail, sizeof run->trail);
    arena_free(part.arena);
    return err;
}
