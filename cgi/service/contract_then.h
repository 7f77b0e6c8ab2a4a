/* contract_then: the contract on any day, from its lines and from what was kept of terms, periods and discounts before. */
#ifndef TACITE_SERVICE_CONTRACT_THEN_H
#define TACITE_SERVICE_CONTRACT_THEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/discount.h"
#include "core/term.h"
#include "store/subscription.h"

/* The contract on a day: its lines, whether it was paused, its price for a period and a month. */
struct contract_on {
    const struct subscription_line *lines;
    size_t line_count;
    bool paused;
    bool running;
    int64_t period_minor;
    int64_t mrr_e4;
    const char *unit; /* its recurrence then */
    int32_t count;
    struct term term; /* its duration, commitment and notice then */
    struct discounts discounts; /* of the document, that held then */
};
enum err contract_on(struct ctx *ctx, const struct subscription *s, int32_t on, struct contract_on *c) MUST_USE;

#endif
