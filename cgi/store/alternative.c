#include "store/alternative.h"

#include "base/check.h"
#include "store/db.h"

static const struct column alternative_column[] = {
    COLUMN(I64, alternative, id),
    COLUMN(TEXT, alternative, number),
    COLUMN(TEXT, alternative, state_name),
    COLUMN(DATE, alternative, valid_until_on),
    COLUMN(I64, alternative, today_minor),
    COLUMN(I64, alternative, period_minor),
    COLUMN(TEXT, alternative, currency),
};
struct root_row {
    int64_t id;
};
static const struct column root_column[] = {COLUMN(I64, root_row, id)};

enum { OTHERS, ROOT, JOIN };

static const struct statement statement[] = {
    [OTHERS] = {"alternatives",
                "SELECT q.id, q.number, q.state AS state_name, v.valid_until_on, v.today_minor, v.period_minor, v.currency "
                "FROM quote me JOIN quote q ON q.customer_id = me.customer_id AND q.id <> me.id AND "
                "(q.id = me.alternative_of OR q.alternative_of = IFNULL(me.alternative_of, me.id)) "
                "JOIN quote_version v ON v.id = q.current_version_id WHERE me.id = ? ORDER BY q.id LIMIT 100",
                READS(alternative, alternative_column)},
    [ROOT] = {"alternative_root", "SELECT IFNULL(alternative_of, id) AS id FROM quote WHERE id = ?",
              READS(root_row, root_column)},
    [JOIN] = {"alternative_join", "UPDATE quote SET alternative_of = ? WHERE id = ?", NOTHING},
};
DB_STATEMENTS(alternative, statement)

enum err alternatives(struct ctx *ctx, int64_t quote_id, struct alternative **rows, size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[OTHERS], PARAMS(P_I64(quote_id)), rows, count));
    for (size_t i = 0; i < *count; i++) {
        (*rows)[i].state = quote_state_from_name((*rows)[i].state_name);
        CHECK((*rows)[i].state != 0);
    }
    return OK;
}

enum err join_alternatives(struct ctx *ctx, int64_t id, int64_t quote_id)
{
    struct root_row root;

    TRY(ctx, db_row(ctx, &statement[ROOT], PARAMS(P_I64(quote_id)), &root));
    return db_write_one(ctx, &statement[JOIN], PARAMS(P_I64(root.id), P_I64(id)));
}
