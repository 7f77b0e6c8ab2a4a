#include "store/unit.h"

#include "base/str.h"
#include "store/db.h"

static const struct column unit_column[] = {
    COLUMN(I64, unit, id), COLUMN(TEXT, unit, name), COLUMN(TEXT, unit, plural), COLUMN(ID, unit, base_id), COLUMN(TEXT, unit, base_name), COLUMN(TEXT, unit, base_plural),
    COLUMN(I64, unit, numerator), COLUMN(I64, unit, denominator), COLUMN(TEXT, unit, code), COLUMN(I32, unit, rev),
};
#define UNITS                                                                                                   \
    "SELECT u.id, u.name, u.plural, u.base_id, IFNULL(b.name, '') AS base_name, IFNULL(b.plural, '') AS base_plural, u.numerator, u.denominator, u.code, u.rev " \
    "FROM unit u LEFT JOIN unit b ON b.id = u.base_id "

enum { ALL, BY_ID, BY_NAME, INSERT, SAVE, NAMED };
static const struct statement statement[] = {
    [ALL] = {"units", UNITS "ORDER BY IFNULL(b.name, u.name), u.base_id IS NOT NULL, u.name LIMIT 1000", READS(unit, unit_column)},
    [BY_ID] = {"unit_by_id", UNITS "WHERE u.id = ?", READS(unit, unit_column)},
    [BY_NAME] = {"unit_by_name", UNITS "WHERE u.name = ?", READS(unit, unit_column)},
    [INSERT] = {"unit_insert", "INSERT INTO unit (name, plural, base_id, numerator, denominator, code) VALUES (?, ?, ?, ?, ?, ?)", NOTHING},
    [SAVE] = {"unit_save", "UPDATE unit SET plural = ?, base_id = ?, numerator = ?, denominator = ?, code = ?, rev = rev + 1 WHERE id = ? AND rev = ?",
              NOTHING},
    [NAMED] = {"unit_named", "INSERT IGNORE INTO unit (name) VALUES (?)", NOTHING},
};
DB_STATEMENTS(unit, statement)

struct unit_ratio unit_ratio_of(const struct unit *unit)
{
    return (struct unit_ratio){unit->base_id != 0 ? unit->base_id : unit->id, unit->numerator, unit->denominator};
}

enum err units(struct ctx *ctx, struct unit **rows, size_t *count)
{
    return db_rows(ctx, &statement[ALL], NO_PARAMS, rows, count);
}

enum err unit_by_id(struct ctx *ctx, int64_t id, struct unit *unit)
{
    return db_row(ctx, &statement[BY_ID], PARAMS(P_I64(id)), unit);
}

enum err unit_by_name(struct ctx *ctx, const char *name, struct unit *unit)
{
    return db_row(ctx, &statement[BY_NAME], PARAMS(P_TEXT(name)), unit);
}

enum err insert_unit(struct ctx *ctx, struct unit *u)
{
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_TEXT(u->name), P_TEXT(u->plural != NULL ? u->plural : ""), P_ID(u->base_id), P_I64(u->numerator), P_I64(u->denominator), P_TEXT(u->code)), &u->id);
}

enum err save_unit(struct ctx *ctx, const struct unit *u)
{
    return db_write_one(ctx, &statement[SAVE],
                        PARAMS(P_TEXT(u->plural != NULL ? u->plural : ""), P_ID(u->base_id), P_I64(u->numerator), P_I64(u->denominator), P_TEXT(u->code), P_I64(u->id), P_I64(u->rev)));
}

enum err unit_named(struct ctx *ctx, const char *name)
{
    return str_empty(name) ? OK : db_write(ctx, &statement[NAMED], PARAMS(P_TEXT(name)), NULL);
}
