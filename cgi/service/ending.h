/* ending: a planned end of a subscription, and taking it back while it has not come.
 *
 * An end is a date on a running contract (product.md 4.1, 5.1 R9): what is billed is served, nothing is billed for
 * later days, lines in arrears are billed on that day, and the batch ends the contract then. The customer ends it
 * alone where the quote gave that right, or else the plan does: never earlier than commitment, term and notice allow. */
#ifndef TACITE_SERVICE_ENDING_H
#define TACITE_SERVICE_ENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/subscription.h"
#include "service/once.h"
#include "store/subscription.h"

/* What a page tells about ending a subscription today. */
struct end_outlook {
    int32_t billed_until_on;    /* end of what is billed in advance; DATE_NONE when nothing is */
    int32_t earliest_on;        /* the earliest end that commitment, term and notice allow, and billing */
    int32_t notice_deadline_on; /* last day to tell the end of the present term; DATE_NONE without term */
};
enum err end_outlook(struct ctx *ctx, const struct subscription *s, struct end_outlook *outlook) MUST_USE;

struct end_request {
    int64_t subscription_id;
    int32_t ends_on;           /* first day without service */
    bool by_customer;          /* refused where the contract does not let them */
    bool agreed;               /* an end that commitment, term or notice do not allow was agreed with the customer */
    const struct once *once;
};
struct ending_result {
    enum subscription_refusal refusal;
    bool forbidden;            /* customers do not end, or do not undo, this one by themselves */
    const char *url;           /* where once leads */
};

/* Whether customers plan its end by themselves. */
enum err customer_may_end(struct ctx *ctx, const struct subscription *s, bool *may) MUST_USE;
/* Whether they may take back the end that is planned: they told it. */
bool customer_planned_end(const struct subscription *s);

/* Plans the end, tells the customer by mail and the timeline. */
enum err plan_end(struct ctx *ctx, const struct end_request *request, struct ending_result *result) MUST_USE;
/* Takes it back: it goes on, to the end of its term where that is not renewed. */
enum err undo_end(struct ctx *ctx, const struct end_request *request, struct ending_result *result) MUST_USE; /* ends_on is not read */

#endif
