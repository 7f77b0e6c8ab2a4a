#include "service/bank_gaps.h"

#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "core/statement_gap.h"
#include "store/bank.h"
#include "store/company.h"
#include "store/history.h"

enum { ROW_DAYS = 400 }; /* so far back statements are looked at */

static struct operator_item gap_item(const struct statement_in_row *row, const char *detail, int32_t today_on)
{
    return (struct operator_item){.kind = "statement_missing", .subject_kind = ABOUT_HOUSE, .subject_id = row->id, .currency = "", .detail = detail, .opened_on = today_on};
}

/* "2026-11-20 14 2026-11-23 17": days and numbers of those around the gap, "-" without a number. */
static const char *gap_detail(struct arena *arena, const struct statement_in_row *before, const struct statement_in_row *after)
{
    char from[DATE_TEXT_BYTES], until[DATE_TEXT_BYTES];

    return arena_printf(arena, "%s %s %s %s", date_iso(before->closed_on, from), before->number[0] != '\0' ? before->number : "-", date_iso(after->closed_on, until),
                        after->number[0] != '\0' ? after->number : "-");
}

/* Of one currency. A gap is told once, with the statement behind it: a person may say that nothing is missing. */
static enum err tell_gaps_of(struct ctx *ctx, int64_t import_id, const struct statement_in_row *rows, size_t count)
{
    struct told_statement *told = ARENA_ARRAY(ctx->arena, struct told_statement, count);
    struct operator_item *whole = ARENA_ARRAY(ctx->arena, struct operator_item, count);
    size_t whole_count = 0;
    long long number;

    for (size_t i = 0; i < count; i++)
        told[i] = (struct told_statement){rows[i].closed_on, str_to_i64(rows[i].number, 1, INT64_MAX, &number) ? number : 0, rows[i].opening_minor, rows[i].closing_minor};
    for (size_t i = 0; i < count; i++) {
        struct operator_item item = gap_item(&rows[i], "", ctx->today_on);

        if (!statement_gap_before(told, count, i)) {
            whole[whole_count++] = item;
            continue;
        }
        item.detail = gap_detail(ctx->arena, &rows[i - 1], &rows[i]);
        if (rows[i].import_id == import_id)
            TRY(ctx, open_operator_item(ctx, &item));
    }
    return close_operator_items_of(ctx, whole, whole_count);
}

enum err tell_statement_gaps(struct ctx *ctx, int64_t import_id)
{
    struct statement_in_row *rows;
    struct company company;
    size_t count, from = 0;

    TRY(ctx, company_current(ctx, &company));
    TRY(ctx, statements_in_a_row(ctx, company.iban, ctx->today_on - ROW_DAYS, &rows, &count));
    for (size_t i = 1; i <= count; i++)
        if (i == count || strcmp(rows[i].currency, rows[from].currency) != 0) {
            TRY(ctx, tell_gaps_of(ctx, import_id, rows + from, i - from));
            from = i;
        }
    return OK;
}
