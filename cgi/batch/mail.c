#include "batch/mail.h"

#include "service/mailing.h"
#include "store/outbox.h"
#include "view/letter_view.h"

enum err run_mail(struct ctx *ctx, bool dry_run, bool (*stop)(void), int64_t *done, int64_t *failed)
{
    struct mailing state = {.render = view_letter, .stop = stop};

    if (dry_run)
        return count_due_mails(ctx, done);
    TRY(ctx, send_mails(ctx, &state));
    *done = state.sent;
    *failed = state.dead + state.away;
    return OK;
}
