/* kept: rows that hardly ever change, remembered for half a minute by each process.
 *
 * Versions (of the company, of a sent quote with its lines and terms, of a customer) are inserted and never updated
 * but for their state, which pages read from elsewhere. Where ctx->kept says so (a customer's page that only shows)
 * they, and the owner beside them, come from memory; whatever decides or writes reads the database. Half a minute
 * bounds what a restored backup or a renamed owner leaves behind. */
#ifndef TACITE_STORE_KEPT_H
#define TACITE_STORE_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/db.h"

/* As db_row and db_rows with the one parameter id. Texts and bytes are copies in ctx->arena. kept_always remembers
 * whatever ctx->kept says: for rows that never change at all. */
enum err kept_row(struct ctx *ctx, const struct statement *statement, int64_t id, void *record) MUST_USE;
enum err kept_rows(struct ctx *ctx, const struct statement *statement, int64_t id, void *rows, size_t *count) MUST_USE;
enum err kept_always(struct ctx *ctx, const struct statement *statement, int64_t id, void *record) MUST_USE;

/* As kept_row for one second: for a row that does change, where a page that only shows may lag by that much. */
enum err kept_a_moment(struct ctx *ctx, const struct statement *statement, int64_t id, void *record) MUST_USE;

/* True when this process has met (what, id) on that day already: the caller may leave a repeatable write out. */
bool kept_seen(struct ctx *ctx, const char *what, int64_t id, int32_t on);

#endif
