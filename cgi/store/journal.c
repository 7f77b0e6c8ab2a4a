#include "store/journal.h"

#include "base/check.h"

static const struct column entry_column[] = {
    COLUMN(I64, journal_entry, id), COLUMN(TEXT, journal_entry, series), COLUMN(I64, journal_entry, sequence),
    COLUMN(TEXT, journal_entry, journal), COLUMN(DATE, journal_entry, entry_on),
    COLUMN(TEXT, journal_entry, source_kind), COLUMN(I64, journal_entry, source_id),
    COLUMN(TEXT, journal_entry, reference), COLUMN(TEXT, journal_entry, currency),
    COLUMN(I32, journal_entry, item_count), COLUMN(I64, journal_entry, total_minor),
    COLUMN(INSTANT, journal_entry, posted_at), COLUMN(HASH, journal_entry, chain_previous),
    COLUMN(HASH, journal_entry, chain_digest), COLUMN(TEXT, journal_entry, foreign_currency),
};

#define ITEM_COLUMNS                                                                                                     \
    COLUMN(I64, journal_item, entry_id), COLUMN(I32, journal_item, position), COLUMN(TEXT, journal_item, account),       \
    COLUMN(ID, journal_item, customer_id), COLUMN(I64, journal_item, debit_minor),                                       \
    COLUMN(I64, journal_item, credit_minor), COLUMN(TEXT, journal_item, label), COLUMN(I64, journal_item, foreign_minor)
static const struct column item_column[] = {ITEM_COLUMNS};
static const struct column item_insert_column[] = {
    ITEM_COLUMNS, COLUMN(I32, journal_item, entry_items), COLUMN(I64, journal_item, entry_total_minor)};

static const struct column cause_column[] = {
    COLUMN(TEXT, journal_sum, currency), COLUMN(TEXT, journal_sum, foreign_currency), COLUMN(I64, journal_sum, base_minor),
    COLUMN(I64, journal_sum, foreign_minor), COLUMN(I64, journal_sum, debit_minor),
};

static const struct column series_column[] = {
    COLUMN(TEXT, journal_series, name), COLUMN(DATE, journal_series, from_on), COLUMN(DATE, journal_series, until_on), COLUMN(I64, journal_series, last_sequence),
    COLUMN(HASH, journal_series, chain_head), COLUMN(I64, journal_series, unsealed),
};

struct stray_row {
    int64_t sequence;
};
static const struct column stray_column[] = {COLUMN(I64, stray_row, sequence)};

enum { ENTRIES_INSERT, ITEMS_INSERT, SUM_OF, SERIES, ENTRIES_BETWEEN, ITEMS_SPAN, ITEMS_BETWEEN, STRAY };

static const struct statement statement[] = {
    [ENTRIES_INSERT] = {"journal_entries_insert", "INSERT INTO journal_entry (id, series, sequence, journal, entry_on, source_kind, "
                        "source_id, reference, currency, item_count, total_minor, posted_at, chain_previous, chain_digest, foreign_currency) VALUES "
                        "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [ITEMS_INSERT] = {"journal_items_insert", "INSERT INTO journal_item (entry_id, position, account, customer_id, "
                      "debit_minor, credit_minor, label, foreign_minor, entry_items, entry_total_minor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [SUM_OF] = {"journal_sum_of", "SELECT e.currency, e.foreign_currency, CAST(SUM(i.credit_minor - i.debit_minor) AS SIGNED) AS base_minor, "
                "CAST(-SUM(i.foreign_minor) AS SIGNED) AS foreign_minor, CAST(SUM(i.debit_minor) AS SIGNED) AS debit_minor FROM journal_entry e JOIN journal_item i ON i.entry_id = e.id "
                "WHERE e.source_kind = ? AND e.source_id = ? AND i.label = ? GROUP BY e.currency, e.foreign_currency", READS(journal_sum, cause_column)},
    [SERIES] = {"journal_series", "SELECT s.name, y.from_on, y.until_on, s.last_sequence, s.chain_head, IFNULL(u.last_sequence, 0) AS unsealed "
                "FROM series s LEFT JOIN financial_year y ON y.series = s.name LEFT JOIN journal_unsealed u ON u.series = s.name WHERE s.name LIKE '" JOURNAL_SERIES "%' ORDER BY s.name",
                READS(journal_series, series_column)},
    [ENTRIES_BETWEEN] = {"journal_entries_between", "SELECT id, series, sequence, journal, entry_on, source_kind, source_id, reference, "
                       "currency, item_count, total_minor, posted_at, chain_previous, chain_digest, foreign_currency FROM journal_entry "
                       "FORCE INDEX (one_number) WHERE series = ? AND sequence > ? AND sequence <= ? ORDER BY sequence", READS(journal_entry, entry_column)},
    /* Two ways to the same lines: by a span of ids where the entries' ids are neighbours, else entry by entry. */
    [ITEMS_SPAN] = {"journal_items_span", "SELECT entry_id, position, account, customer_id, debit_minor, credit_minor, label, foreign_minor "
                    "FROM journal_item WHERE entry_id BETWEEN ? AND ? ORDER BY entry_id, position", READS(journal_item, item_column)},
    [ITEMS_BETWEEN] = {"journal_items_between", "SELECT i.entry_id, i.position, i.account, i.customer_id, i.debit_minor, "
                       "i.credit_minor, i.label, i.foreign_minor FROM journal_entry e JOIN journal_item i ON i.entry_id = e.id "
                       "WHERE e.series = ? AND e.sequence > ? AND e.sequence <= ? ORDER BY i.entry_id, i.position",
                       READS(journal_item, item_column)},
    [STRAY] = {"journal_stray", "SELECT e.sequence FROM series s JOIN journal_entry e ON e.series = s.name AND "
               "e.sequence > s.last_sequence WHERE s.name = ? ORDER BY e.sequence LIMIT 1", READS(stray_row, stray_column)},
};
DB_STATEMENTS(journal, statement)

enum err insert_journal_entries(struct ctx *ctx, const struct journal_entry *rows, size_t count)
{
    return db_write_many(ctx, &statement[ENTRIES_INSERT], entry_column, COUNT_OF(entry_column), rows, sizeof rows[0], count);
}

enum err insert_journal_items(struct ctx *ctx, const struct journal_item *rows, size_t count)
{
    return db_write_many(ctx, &statement[ITEMS_INSERT], item_insert_column, COUNT_OF(item_insert_column), rows, sizeof rows[0], count);
}

enum err journal_sum_of(struct ctx *ctx, const char *source_kind, int64_t source_id, const char *label, struct journal_sum *sum)
{
    enum err err = db_row(ctx, &statement[SUM_OF], PARAMS(P_TEXT(source_kind), P_I64(source_id), P_TEXT(label)), sum);

    if (err == ERR_NOT_FOUND)
        *sum = (struct journal_sum){.currency = "", .foreign_currency = ""};
    return err == ERR_NOT_FOUND ? OK : err;
}

enum err journal_series(struct ctx *ctx, struct journal_series **rows, size_t *count)
{
    return db_rows(ctx, &statement[SERIES], NO_PARAMS, rows, count);
}

enum err journal_entries_between(struct ctx *ctx, const char *series, int64_t after, int64_t until, struct journal_entry **rows,
                                 size_t *count)
{
    return db_rows(ctx, &statement[ENTRIES_BETWEEN], PARAMS(P_TEXT(series), P_I64(after), P_I64(until)), rows, count);
}

enum err journal_stray(struct ctx *ctx, const char *series, int64_t *sequence)
{
    struct stray_row row;
    enum err err = db_row(ctx, &statement[STRAY], PARAMS(P_TEXT(series)), &row);

    *sequence = err == OK ? row.sequence : 0;
    return err == ERR_NOT_FOUND ? OK : err;
}

/* Ids are handed out in blocks: entries that follow each other are neighbours but for where blocks meet. */
static bool span_is_dense(const struct journal_entry *entries, size_t count, int64_t *low, int64_t *high)
{
    *low = *high = entries[0].id;
    for (size_t i = 1; i < count; i++) {
        *low = entries[i].id < *low ? entries[i].id : *low;
        *high = entries[i].id > *high ? entries[i].id : *high;
    }
    return (uint64_t)(*high - *low) < 2 * count;
}

enum err journal_items_of(struct ctx *ctx, const struct journal_entry *entries, size_t entry_count, struct journal_item **rows,
                          size_t *count)
{
    int64_t low;
    int64_t high;

    CHECK(entry_count > 0);
    if (span_is_dense(entries, entry_count, &low, &high))
        return db_rows(ctx, &statement[ITEMS_SPAN], PARAMS(P_I64(low), P_I64(high)), rows, count);
    return db_rows(ctx, &statement[ITEMS_BETWEEN],
                   PARAMS(P_TEXT(entries[0].series), P_I64(entries[0].sequence - 1), P_I64(entries[entry_count - 1].sequence)), rows, count);
}
