#include "service/advances.h"

#include <string.h>

#include "base/check.h"
#include "core/posting.h"
#include "service/allocating.h"
#include "service/booking.h"
#include "store/bank.h"
#include "store/db.h"
#include "store/history.h"
#include "store/invoice.h"

enum { GROUP = 200 }; /* that are looked up at once */

struct advance_work {
    struct advance_match match;
    int64_t journal_id;
    bool used;
};

static enum err use(struct ctx *ctx, void *arg)
{
    struct advance_work *w = arg;
    struct receivable receivable;
    struct advance advance;
    struct booking booking;
    int64_t amount, use_id, above;

    w->used = false;
    TRY(ctx, lock_receivable(ctx, w->match.invoice_id, &receivable));
    TRY(ctx, lock_advance(ctx, w->match.payment_id, &advance));
    amount = advance.left_minor < receivable.open_minor ? advance.left_minor : receivable.open_minor;
    if (amount <= 0)
        return OK;
    TRY(ctx, allocate_payment(ctx, w->match.payment_id, w->match.invoice_id, amount, ACCOUNT_ADVANCE, &booking, &above));
    CHECK(above == 0);
    TRY(ctx, use_advance(ctx, &advance, w->match.invoice_id, amount, &use_id));
    booking.source_kind = "advance";
    booking.source_id = use_id;
    booking.journal = "OD";
    booking.entry_id = w->journal_id;
    w->used = true;
    TRY(ctx, note_activity(ctx, ABOUT_INVOICE, w->match.invoice_id, receivable.open_minor == amount ? "invoice.paid" : "invoice.advance",
                           history_params(ctx->arena, "number", booking.reference, NULL)));
    return book_entries(ctx, &booking, 1);
}

enum err use_advances(struct ctx *run, int64_t *used)
{
    struct ctx item = *run;
    enum err err = db_ready(run);
    bool more = true;

    item.arena = arena_new();
    while (err == OK && more) {
        struct advance_match *rows;
        size_t count;

        more = false;
        arena_reset(item.arena);
        err = advances_to_use(&item, GROUP, &rows, &count);
        for (size_t i = 0; err == OK && i < count; i++) {
            struct advance_work work = {.match = rows[i]};

            err = reserve_ids(&item, "journal_entry", 1, &work.journal_id);
            if (err == OK)
                err = db_transaction(&item, use, &work);
            more |= work.used;
            *used += work.used;
        }
    }
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}
