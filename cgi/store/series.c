#include "store/series.h"

#include "base/check.h"
#include "core/date.h"
#include "store/db.h"

struct sequence_row {
    int64_t last_sequence;
};
static const struct column sequence_column[] = {COLUMN(I64, sequence_row, last_sequence)};

enum { STEP };

static const struct statement statement[] = {
    [STEP] = {"series_step",
              "INSERT INTO series (name, last_sequence) VALUES (?, 1) "
              "ON DUPLICATE KEY UPDATE last_sequence = last_sequence + 1 RETURNING last_sequence",
              READS(sequence_row, sequence_column)},
};
DB_STATEMENTS(series, statement)

enum err take_number(struct ctx *ctx, const char *prefix, char number[NUMBER_BYTES])
{
    int year = date_civil(ctx->today_on).year;
    struct sequence_row row;
    char name[NUMBER_BYTES];

    CHECK(db_in_transaction(ctx));
    (void)number_series(name, prefix, year);
    TRY(ctx, db_row(ctx, &statement[STEP], PARAMS(P_TEXT(name)), &row));
    (void)number_format(number, prefix, year, row.last_sequence);
    return OK;
}
