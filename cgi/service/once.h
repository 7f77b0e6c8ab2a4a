/* once: the once-token of a form, spent in the transaction of what the form does (MON-10).
 *
 * A service that is called for the second time with the same token answers ERR_DUPLICATE without any
 * effect; the page then leads to form_token_result. */
#ifndef TACITE_SERVICE_ONCE_H
#define TACITE_SERVICE_ONCE_H

#include "base/ctx.h"

struct once {
    const char *token; /* of the form; NULL for callers that are no form (batch, tests) */
    const char *to;    /* where success leads; "{ref}" in it becomes the number of what was made */
};

/* Spends the token; *url (may be NULL) is `to` with ref filled in (arena). */
enum err spend_once(struct ctx *ctx, const struct once *once, const char *ref, const char **url) MUST_USE;

/* For what is refused: a form that comes for the second time finds its own work done. ERR_DUPLICATE, so that the page leads to
 * where the first one went; OK when the token (once may be NULL) was never spent. */
enum err pressed_before(struct ctx *ctx, const struct once *once) MUST_USE;

#endif
