#include "service/debit_watching.h"

#include "core/target_day.h"
#include "service/debit_settling.h"
#include "service/debit_terms.h"
#include "store/db.h"
#include "store/debit.h"
#include "store/history.h"
#include "store/tenant.h"

enum { WATCHED = 200 };

struct watch {
    struct debits_wait waits; /* what is not among it is not read */
    bool answered;            /* a file, by what the bank said */
};

static enum err watch_files(struct ctx *ctx, const struct debit_terms *terms, bool *answered)
{
    struct target_terms bank = bank_terms(terms);
    struct collection_file *files;
    size_t count;

    TRY(ctx, unanswered_files(ctx, WATCHED, &files, &count));
    for (size_t i = 0; i < count; i++) {
        struct operator_item item = {.kind = "file_unanswered", .subject_kind = ABOUT_HOUSE, .subject_id = files[i].id, .amount_minor = files[i].sum_minor,
                                     .currency = "EUR", .detail = files[i].message_id, .opened_on = ctx->today_on};

        if (files[i].spoken) {
            TRY(ctx, insert_file_answer(ctx, files[i].id, "sent", "bank"));
            *answered = true;
            TRY(ctx, close_operator_items(ctx, item.kind, item.subject_kind, item.subject_id));
        } else if (collection_file_by(&bank, files[i].first_on) <= ctx->today_on) {
            TRY(ctx, open_operator_item(ctx, &item));
        }
    }
    return OK;
}

static enum err close_answered_notices(struct ctx *ctx)
{
    struct answered_notice *answered;
    size_t count;

    TRY(ctx, answered_notices(ctx, WATCHED, &answered, &count));
    for (size_t i = 0; i < count; i++)
        TRY(ctx, close_operator_items(ctx, "notice_dead", "outbox", answered[i].mail_id));
    return OK;
}

static enum err watch_notices(struct ctx *ctx, const struct debit_terms *terms)
{
    struct late_notice *late;
    size_t count;

    TRY(ctx, late_notices(ctx, ctx->today_on + terms->notice_days, WATCHED, &late, &count));
    for (size_t i = 0; i < count; i++) {
        const struct operator_item item = {.kind = "notice_late", .subject_kind = ABOUT_INVOICE, .subject_id = late[i].invoice_id,
                                           .amount_minor = late[i].amount_minor, .currency = late[i].currency, .detail = "", .opened_on = ctx->today_on};

        TRY(ctx, open_operator_item(ctx, &item));
    }
    return OK;
}

static enum err watch(struct ctx *ctx, void *arg)
{
    struct watch *w = arg;
    struct debit_terms terms;

    w->answered = false;
    TRY(ctx, debit_terms(ctx, &terms));
    if (w->waits.files)
        TRY(ctx, watch_files(ctx, &terms, &w->answered));
    if (w->waits.notices)
        TRY(ctx, close_answered_notices(ctx));
    return w->waits.late && tenant_announces(ctx->tenant) ? watch_notices(ctx, &terms) : OK;
}

static enum err watch_those(struct ctx *ctx, struct watch *w)
{
    enum err err;

    TRY(ctx, db_ready(ctx));
    err = db_transaction(ctx, watch, w);
    if (err != ERR_DUPLICATE) /* somebody answered in this very moment: the next run looks again */
        return err;
    ctx_forget_error(ctx);
    return OK;
}

enum err watch_collections(struct ctx *ctx)
{
    struct watch all = {.waits = {.files = true, .notices = true, .late = true}};

    return watch_those(ctx, &all);
}

enum err care_for_collections(struct ctx *ctx, int64_t *settled)
{
    struct watch w = {.answered = false};

    TRY(ctx, db_ready(ctx));
    TRY(ctx, debits_wait(ctx, &w.waits));
    if (w.waits.files || w.waits.notices || w.waits.late)
        TRY(ctx, watch_those(ctx, &w));
    return w.waits.settling || w.answered ? settle_collections(ctx, settled) : OK;
}
