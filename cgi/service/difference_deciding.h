/* difference_deciding: what a person does about a difference that reconciling found (service/reconciling). */
#ifndef TACITE_SERVICE_DIFFERENCE_DECIDING_H
#define TACITE_SERVICE_DIFFERENCE_DECIDING_H

#include <stdint.h>

#include "base/ctx.h"
#include "service/once.h"

enum decide_refusal {
    DECIDE_NOT_REFUSED = 1,
    DECIDE_DONE_BEFORE,
    DECIDE_NO_ANSWER,   /* the gateway does not say anything new */
    DECIDE_NO_INVOICE,  /* no invoice has that number */
    DECIDE_NOT_OPEN,    /* another sum is open on it, or it is in another currency */
    DECIDE_IN_PROGRESS, /* it is being paid another way */
};
const char *decide_refusal_text(enum decide_refusal refusal); /* English msgid */

struct deciding {
    int64_t id;                 /* of the difference */
    const char *invoice_number; /* of book_difference */
    enum decide_refusal refusal;
    const char *url;
};
/* Asks the gateway about our attempt, and settles what it says. */
enum err ask_about_difference(struct ctx *ctx, struct deciding *deciding, const struct once *once) MUST_USE;
/* A person's word: what the gateway took paid this invoice. It is settled as if we had asked for it. */
enum err book_difference(struct ctx *ctx, struct deciding *deciding, const struct once *once) MUST_USE;
/* Looked at; it is told no more. */
enum err set_difference_aside(struct ctx *ctx, struct deciding *deciding, const struct once *once) MUST_USE;

#endif
