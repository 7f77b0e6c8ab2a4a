/* verifying: the documents of a series, read again slice by slice, against numbers and chain. */
#ifndef TACITE_SERVICE_VERIFYING_H
#define TACITE_SERVICE_VERIFYING_H

#include <stdint.h>

#include "base/ctx.h"

/* Verifies numbers and chain of a series, and what its documents say of their customers; *bad names the first wrong
 * document ("" none). Memory is that of one slice. */
enum err verify_chain(struct ctx *ctx, const char *series, const char **bad, int64_t *verified) MUST_USE;

#endif
