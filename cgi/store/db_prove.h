/* db_prove: every statement against the live schema, for `tacite-batch doctor` and tests/store. */
#ifndef TACITE_STORE_DB_PROVE_H
#define TACITE_STORE_DB_PROVE_H

#include "store/db.h"

/* Of all store files that are linked in (DB_STATEMENTS). */
const struct statement_table *db_statement_tables(void);

/* Prepares the statement and compares its result with its column table: kinds and count. On a
 * difference *message says what (arena memory) and the result is ERR_DB. */
enum err db_prove(struct ctx *ctx, const struct statement *statement, const char **message) MUST_USE;

#endif
