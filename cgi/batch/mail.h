/* mail: sends what waits in the outbox, rendered in each reader's language. */
#ifndef TACITE_BATCH_MAIL_H
#define TACITE_BATCH_MAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

/* Until nothing is due or stop says so. Logs one line per mail. dry_run: *done is what would be tried.
 * *failed counts those that were given up. */
enum err run_mail(struct ctx *ctx, bool dry_run, bool (*stop)(void), int64_t *done, int64_t *failed) MUST_USE;

#endif
