#include "store/financial_year.h"

#include <stdlib.h>

#include "base/check.h"
#include "store/db.h"

static const struct column year_column[] = {
    COLUMN(DATE, financial_year_row, from_on), COLUMN(DATE, financial_year_row, until_on), COLUMN(BOOL, financial_year_row, opens),
};
static const struct column state_column[] = {
    COLUMN(DATE, financial_year_state, last_entry_on), COLUMN(DATE, financial_year_state, closed_until_on),
};
static const struct column book_column[] = {
    COLUMN(DATE, book_year, from_on), COLUMN(DATE, book_year, until_on), COLUMN(TEXT, book_year, series), COLUMN(I64, book_year, entry_count),
};

enum { LIST, INSERT, MOVE, REMOVE, STATE, BOOKS };

static const struct statement statement[] = {
    [LIST] = {"financial_years", "SELECT from_on, until_on, opens FROM financial_year ORDER BY from_on", READS(financial_year_row, year_column)},
    [INSERT] = {"financial_years_insert", "INSERT INTO financial_year (from_on, until_on, opens) VALUES (?, ?, ?)", NOTHING},
    [MOVE] = {"financial_year_move", "UPDATE financial_year SET until_on = ? WHERE from_on = ?", NOTHING},
    [REMOVE] = {"financial_years_delete", "DELETE FROM financial_year WHERE from_on >= ? ORDER BY from_on DESC", NOTHING},
    [STATE] = {"financial_year_state", "SELECT (SELECT MAX(entry_on) FROM journal_entry) AS last_entry_on, "
               "(SELECT MAX(until_on) FROM closing WHERE kind = 'year') AS closed_until_on", READS(financial_year_state, state_column)},
    [BOOKS] = {"book_years", "SELECT y.from_on, y.until_on, y.series, s.last_sequence AS entry_count FROM financial_year y JOIN series s ON s.name = y.series "
               "WHERE s.last_sequence > 0 ORDER BY y.from_on DESC", READS(book_year, book_column)},
};
DB_STATEMENTS(financial_year, statement)

static int by_beginning(const void *a, const void *b)
{
    int32_t left = ((const struct period *)a)->from_on;
    int32_t right = ((const struct period *)b)->from_on;

    return left < right ? -1 : left > right;
}

struct financial_years years_of_rows(struct arena *arena, const struct financial_year_row *rows, size_t count)
{
    struct period *periods = ARENA_ARRAY(arena, struct period, count + 1);
    bool opens = false;

    for (size_t i = 0; i < count; i++) {
        periods[i] = (struct period){rows[i].from_on, rows[i].until_on};
        opens |= rows[i].opens;
    }
    qsort(periods, count, sizeof periods[0], by_beginning);
    return (struct financial_years){.rows = periods, .count = count, .opens = opens};
}

enum err financial_years(struct ctx *ctx, struct financial_years *years)
{
    struct financial_year_row *rows;
    size_t count;

    TRY(ctx, db_rows(ctx, &statement[LIST], NO_PARAMS, &rows, &count));
    *years = years_of_rows(ctx->arena, rows, count);
    return OK;
}

enum err insert_financial_years(struct ctx *ctx, const struct financial_year_row *rows, size_t count)
{
    return db_write_many(ctx, &statement[INSERT], year_column, COUNT_OF(year_column), rows, sizeof rows[0], count);
}

enum err move_financial_year(struct ctx *ctx, int32_t from_on, int32_t until_on)
{
    return db_write_one(ctx, &statement[MOVE], PARAMS(P_DATE(until_on), P_DATE(from_on)));
}

enum err delete_financial_years(struct ctx *ctx, int32_t from_on)
{
    return db_write(ctx, &statement[REMOVE], PARAMS(P_DATE(from_on)), NULL);
}

enum err financial_year_state(struct ctx *ctx, struct financial_year_state *state)
{
    return db_row(ctx, &statement[STATE], NO_PARAMS, state);
}

enum err book_years(struct ctx *ctx, struct book_year **rows, size_t *count)
{
    return db_rows(ctx, &statement[BOOKS], NO_PARAMS, rows, count);
}
