/* rekeying: everything that is sealed, sealed anew under the present key (master, with master.old beside it).
 *
 * Groups of rows, a transaction each; a row says by its key id whether it is done, so a run that was cut off goes on
 * where it was, and two at once do no harm. Nothing is lost: the old key stays in the key file until none is left. */
#ifndef TACITE_SERVICE_REKEYING_H
#define TACITE_SERVICE_REKEYING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

struct rekeying {
    bool dry_run;
    bool (*stop)(void);
    int64_t sealed;
    int64_t unreadable; /* under neither key: named in the log, left as they are */
};

enum err rekey_sealed_texts(struct ctx *ctx, struct rekeying *state) MUST_USE;

#endif
