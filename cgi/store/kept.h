/* kept: rows that never change, remembered for half a minute by each process.
 *
 * Versions (of the company) are inserted and never updated, so that a copy of one is as good as the row; half a
 * minute bounds what a restored backup could leave behind. Rates of VAT change by migration only. A hit costs no
 * statement: a page of the customer asks for its company twice. */
#ifndef TACITE_STORE_KEPT_H
#define TACITE_STORE_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/db.h"

/* As db_row with the one parameter id; *record's texts are copies in ctx->arena. Numbers, dates and texts only. */
enum err kept_row(struct ctx *ctx, const struct statement *statement, int64_t id, void *record) MUST_USE;

/* True when this process has met (what, id) on that day already: the caller may leave a repeatable write out. */
bool kept_seen(struct ctx *ctx, const char *what, int64_t id, int32_t on);

#endif
