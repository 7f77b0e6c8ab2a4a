#include "store/chart.h"

#include <string.h>

#include "base/check.h"
#include "core/date.h"
#include "store/db.h"
#include "store/financial_year.h"

static const struct column account_column[] = {
    COLUMN(TEXT, account, code), COLUMN(TEXT, account, name), COLUMN(TEXT, account, kind), COLUMN(I32, account, rev),
    COLUMN(BOOL, account, used), COLUMN(BOOL, account, has_role),
};
static const struct column chart_column[] = {
    COLUMN(TEXT, chart_row, role), COLUMN(TEXT, chart_row, account), COLUMN(DATE, chart_row, closed_until_on),
    COLUMN(DATE, chart_row, from_on), COLUMN(DATE, chart_row, until_on), COLUMN(BOOL, chart_row, opens),
};
static const struct column product_column[] = {COLUMN(I64, product_account, product_id), COLUMN(TEXT, product_account, account)};

#define ACCOUNT                                                                                                        \
    "SELECT a.code, a.name, a.kind, a.rev, EXISTS (SELECT 1 FROM journal_item i WHERE i.account = a.code) OR "           \
    "EXISTS (SELECT 1 FROM deferral d WHERE d.account = a.code AND d.next_on IS NOT NULL) OR "                            \
    "EXISTS (SELECT 1 FROM product p WHERE p.revenue_account = a.code) AS used, "                                      \
    "EXISTS (SELECT 1 FROM account_role r WHERE r.account = a.code) AS has_role FROM account a "

enum { LIST, BY_CODE, INSERT, RENAME, REMOVE, CHART, ROLE, OF_PRODUCTS };

static const struct statement statement[] = {
    [LIST] = {"accounts", ACCOUNT "ORDER BY a.code", READS(account, account_column)},
    [BY_CODE] = {"account_by_code", ACCOUNT "WHERE a.code = ?", READS(account, account_column)},
    [INSERT] = {"account_insert", "INSERT INTO account (code, name, kind) VALUES (?, ?, ?)", NOTHING},
    [RENAME] = {"account_rename", "UPDATE account SET name = ?, rev = rev + 1 WHERE code = ? AND rev = ?", NOTHING},
    [REMOVE] = {"account_delete", "DELETE FROM account WHERE code = ?", NOTHING},
    /* In one question, because whatever books asks it twice; not sorted, so that the database keeps no table of it. */
    [CHART] = {"chart", "SELECT role, account, (SELECT MAX(until_on) FROM closing) AS closed_until_on, NULL AS from_on, NULL AS until_on, 0 AS opens "
               "FROM account_role UNION ALL SELECT '', '', NULL, from_on, until_on, opens FROM financial_year", READS(chart_row, chart_column)},
    [OF_PRODUCTS] = {"product_accounts", "SELECT id AS product_id, revenue_account AS account FROM product WHERE revenue_account IS NOT NULL ORDER BY id",
                     READS(product_account, product_column)},
    [ROLE] = {"account_role_save", "UPDATE account_role SET account = ? WHERE role = ?", NOTHING},
};
DB_STATEMENTS(chart, statement)

enum err accounts(struct ctx *ctx, struct account **rows, size_t *count)
{
    return db_rows(ctx, &statement[LIST], NO_PARAMS, rows, count);
}

enum err account_by_code(struct ctx *ctx, const char *code, struct account *account)
{
    return db_row(ctx, &statement[BY_CODE], PARAMS(P_TEXT(code)), account);
}

enum err insert_account(struct ctx *ctx, const struct account *account)
{
    return db_write(ctx, &statement[INSERT], PARAMS(P_TEXT(account->code), P_TEXT(account->name), P_TEXT(account->kind)), NULL);
}

enum err rename_account(struct ctx *ctx, const struct account *account)
{
    return db_write_one(ctx, &statement[RENAME], PARAMS(P_TEXT(account->name), P_TEXT(account->code), P_I64(account->rev)));
}

enum err delete_account(struct ctx *ctx, const char *code)
{
    return db_write_one(ctx, &statement[REMOVE], PARAMS(P_TEXT(code)));
}

enum err product_accounts(struct ctx *ctx, struct product_account **rows, size_t *count)
{
    return db_rows(ctx, &statement[OF_PRODUCTS], NO_PARAMS, rows, count);
}

const char *product_account_of(const struct product_account *rows, size_t count, int64_t product_id)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (rows[middle].product_id < product_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && rows[low].product_id == product_id ? rows[low].account : NULL;
}

enum err chart_now(struct ctx *ctx, struct chart *chart)
{
    struct financial_year_row *years;
    struct chart_row *rows;
    size_t count;
    size_t year_count = 0;

    TRY(ctx, db_rows(ctx, &statement[CHART], NO_PARAMS, &rows, &count));
    years = ARENA_ARRAY(ctx->arena, struct financial_year_row, count + 1);
    *chart = (struct chart){.rows = rows, .open_from_on = DATE_NONE};
    for (size_t i = 0; i < count; i++)
        if (rows[i].role[0] == '\0') {
            years[year_count++] = (struct financial_year_row){rows[i].from_on, rows[i].until_on, rows[i].opens};
        } else {
            chart->open_from_on = rows[i].closed_until_on;
            rows[chart->count++] = rows[i];
        }
    chart->years = years_of_rows(ctx->arena, years, year_count);
    if (financial_years_open_on(&chart->years) > chart->open_from_on)
        chart->open_from_on = financial_years_open_on(&chart->years);
    return OK;
}

const char *chart_account(const struct chart *chart, const char *role_or_number)
{
    if (role_or_number[0] >= '0' && role_or_number[0] <= '9')
        return role_or_number;
    for (size_t i = 0; i < chart->count; i++)
        if (strcmp(chart->rows[i].role, role_or_number) == 0)
            return chart->rows[i].account;
    CHECK(!"a role that the chart does not know");
    return "";
}

enum err save_role(struct ctx *ctx, const char *role, const char *account)
{
    return db_write_one(ctx, &statement[ROLE], PARAMS(P_TEXT(account), P_TEXT(role)));
}
