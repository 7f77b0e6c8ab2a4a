/* metering: the seller reports what was used; renewing bills it after each period.
 *
 * A report is judged (core/usage) and written with the contract's row locked, so that a period is either still open to
 * it or billed without it, never both. A reference that is there with the same content changes nothing. */
#ifndef TACITE_SERVICE_METERING_H
#define TACITE_SERVICE_METERING_H

#include "base/ctx.h"
#include "core/usage.h"
#include "service/once.h"
#include "store/subscription.h"
#include "store/usage.h"

struct usage_report {
    int64_t subscription_id;
    int32_t slot;
    int32_t used_on;
    int64_t quantity_e4;
    const char *reference;       /* "" none */
    /* the answer */
    enum usage_refusal refusal;
    int32_t open_from_on;        /* first day that reports are taken for */
    int32_t starts_on;           /* first day that is billed at all */
    bool repeated;               /* it was there: nothing changed */
    const char *url;
};

/* The refusal in the language of words, with its day. */
const char *usage_told(struct ctx *ctx, const char *language, const struct usage_report *report);

/* Judges only. */
enum err judge_usage(struct ctx *ctx, const struct subscription *s, struct usage_report *report) MUST_USE;
/* Judges and writes, in the caller's transaction. */
enum err put_usage(struct ctx *ctx, struct usage_report *report) MUST_USE;
/* The same in a transaction of its own. */
enum err report_usage(struct ctx *ctx, struct usage_report *report, const struct once *once) MUST_USE;

struct usage_undoing {
    int64_t subscription_id;
    int64_t record_id;
    const char *reason;
    const char *refusal;         /* English msgid; NULL: none */
    const char *url;
};
/* Takes a report back while its period is open. ERR_NOT_FOUND: no such report of this subscription. */
enum err undo_usage(struct ctx *ctx, struct usage_undoing *undoing, const struct once *once) MUST_USE;

/* The lines of a contract with a line for each open period in which a metered one was used, its quantity what was used;
 * a period without usage has none. Other lines as they are, in their order. */
struct subscription_line *metered_lines(struct arena *arena, const struct subscription *s, const struct usage_day *days, size_t day_count,
                                        const struct subscription_line *lines, size_t count, size_t *metered_count);

#endif
