/* bank_gaps: statements of the bank that never came (MON-31): told by the next one, told no more when they come. */
#ifndef TACITE_SERVICE_BANK_GAPS_H
#define TACITE_SERVICE_BANK_GAPS_H

#include <stdint.h>

#include "base/ctx.h"

/* After an import: looks at the account's statements of the last 400 days, each currency by itself (core/statement_gap). An
 * item stands with the statement behind a gap; a gap is told only with the import that brought that one, because a person
 * may have said that nothing is missing. */
enum err tell_statement_gaps(struct ctx *ctx, int64_t import_id) MUST_USE;

#endif
