/* advances: what customers paid above what was asked stands on 4191 and pays what is open next, before any debit. */
#ifndef TACITE_SERVICE_ADVANCES_H
#define TACITE_SERVICE_ADVANCES_H

#include <stdint.h>

#include "base/ctx.h"

/* Each advance that meets an open invoice of its customer pays it, in a transaction of its own, oldest invoice first, until
 * none meets one. *used grows by the payments that were made. */
enum err use_advances(struct ctx *ctx, int64_t *used) MUST_USE;

#endif
