/* throttle: failures of a key (an account, a client's address) with the instant of the last one, for
 * waits that grow. Plain counters per window are in session.h; keys are hashed in both. */
#ifndef TACITE_STORE_THROTTLE_H
#define TACITE_STORE_THROTTLE_H

#include <stdint.h>

#include "base/ctx.h"

struct failures {
    int64_t count;
    int64_t last_at; /* 0: none */
};

/* Failures of the key since an instant. The key is any text, such as "login/account/jeanne@…". */
enum err failures_since(struct ctx *ctx, const char *key, int64_t since_at, struct failures *failures) MUST_USE;
/* Counts one more, at ctx->now. */
enum err count_failure(struct ctx *ctx, const char *key) MUST_USE;
/* Forgets every failure of the key. */
enum err forget_failures(struct ctx *ctx, const char *key) MUST_USE;

#endif
