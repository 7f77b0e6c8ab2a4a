/* ctx: what every piece of work carries: its memory, its clocks, its tenant, its error trail.
 *
 * One ctx lives for a request, a batch item or a test case. It is passed, never global. Everything in
 * it is borrowed. */
#ifndef TACITE_BASE_CTX_H
#define TACITE_BASE_CTX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct db;       /* store/db.h */
struct tenant;   /* store/tenant.h: configuration, keys, company */
struct gateway;  /* gateway/stripe.h */

enum { TRAIL_BYTES = 2048 };

struct ctx {
    struct arena *arena;     /* reset when this piece of work is done */
    int64_t now;             /* real clock, UTC microseconds since 1970 (clock_now) */
    int32_t today_on;        /* civil business date of the tenant, or its test clock (core/date.h) */
    const struct tenant *tenant;
    struct db *db;
    const char *language;    /* "en", "fr": of whoever reads what this work produces */
    const char *request_id;  /* on the error page, in the log; "" outside requests */
    const char *actor;       /* for audit and timeline: "seller:3", "customer:17", "batch", "gateway" */
    const char *remote_addr; /* the client's address, "" outside requests */
    const char *user_agent;
    bool kept;               /* rows that hardly ever change may be half a minute old (store/kept.h): where something is only shown */
    char trail[TRAIL_BYTES]; /* error trail, oldest first; "" when nothing failed */
};

/* Forgets the trail: the failure was handled. */
void ctx_forget_error(struct ctx *ctx);

#endif
