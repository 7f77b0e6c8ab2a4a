/* closing: closes days, months and years of the books, and verifies that what was closed is still so.
 *
 * One transaction under the named lock: the journal's series of the years in question are held, so that nobody books
 * meanwhile; what is refused says why and names what is in the way. Closing a month closes the days in it that are
 * open, closing a year its months. */
#ifndef TACITE_SERVICE_CLOSING_H
#define TACITE_SERVICE_CLOSING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/closing.h"
#include "service/once.h"
#include "store/closing.h"

enum { OPEN_WORK_TOLD = 20 };

struct closing_result {
    enum closing_verdict verdict; /* CLOSING_MAY: it is closed now */
    bool busy;                    /* somebody else closes at this moment; verdict says nothing */
    struct period period;
    struct period earlier;        /* CLOSING_EARLIER_OPEN: which one */
    struct open_work *open;       /* CLOSING_WORK_OPEN: what, oldest first, at most OPEN_WORK_TOLD */
    size_t open_count;
    size_t made;                  /* closings written: the period and what was open in it */
    const char *url;
};

/* Closes the day, month or year that `on` is in. A refusal leaves nothing behind. */
enum err close_period(struct ctx *ctx, enum closing_kind kind, int32_t on, const struct once *once, struct closing_result *result) MUST_USE;

/* The same without doing it: what close_period would say now. */
enum err may_close(struct ctx *ctx, enum closing_kind kind, int32_t on, struct closing_result *result) MUST_USE;

/* The first period of that kind that is not closed; PERIOD_NONE when nothing was ever booked. */
enum err next_to_close(struct ctx *ctx, enum closing_kind kind, struct period *period) MUST_USE;

/* Walks the chain of closings and compares each with the journal and the documents of its days. *bad names the first
 * that is not what was closed ("" none). */
enum err verify_closings(struct ctx *ctx, const char **bad, int64_t *verified) MUST_USE;

#endif
