/* mail: sends what waits in the outbox, rendered in each reader's language. */
#ifndef TACITE_BATCH_MAIL_H
#define TACITE_BATCH_MAIL_H

#include <stdbool.h>

#include "base/ctx.h"

/* Until nothing is due or stop says so. Logs one line per mail. dry_run: counts what is due. */
enum err run_mail(struct ctx *ctx, bool dry_run, bool (*stop)(void)) MUST_USE;

#endif
