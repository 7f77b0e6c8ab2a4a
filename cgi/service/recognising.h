/* recognising: revenue that an invoice deferred becomes revenue when its days are over: 487 to 7xx, month by month, up to
 * 200 releases in one transaction. */
#ifndef TACITE_SERVICE_RECOGNISING_H
#define TACITE_SERVICE_RECOGNISING_H

#include <stdint.h>

#include "base/ctx.h"

/* Books every release that is due on ctx->today_on. *count entries. */
enum err recognise_revenue(struct ctx *ctx, int64_t *count) MUST_USE;

#endif
