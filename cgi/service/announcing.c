#include "service/announcing.h"

#include "base/str.h"
#include "store/db.h"
#include "store/debit.h"
#include "store/history.h"

enum err awaits_announcement(struct ctx *ctx, const struct outbox_row *mail, bool *waits)
{
    *waits = false;
    if (!str_equal(mail->template, "sepa_prenotice") || !str_equal(mail->state, "dead"))
        return OK;
    return announced_debit_waits(ctx, mail->dedup_key, waits);
}

static enum err announce(struct ctx *ctx, void *arg)
{
    struct announcing *a = arg;
    const char *words = a->address != NULL ? a->address : "otherwise";
    struct outbox_row mail;
    bool waits;

    TRY(ctx, lock_mail(ctx, a->mail_id, &mail));
    TRY(ctx, awaits_announcement(ctx, &mail, &waits));
    a->stale = !waits;
    if (!waits)
        return OK;
    TRY(ctx, spend_once(ctx, a->once, "", &a->url));
    TRY(ctx, a->address != NULL ? revive_mail(ctx, mail.id, a->address) : mark_mail_told(ctx, mail.id));
    TRY(ctx, close_operator_items(ctx, "notice_dead", "outbox", mail.id));
    TRY(ctx, close_operator_items(ctx, "notice_late", ABOUT_INVOICE, mail.invoice_id));
    TRY(ctx, note_activity(ctx, ABOUT_INVOICE, mail.invoice_id, a->address != NULL ? "invoice.announced_again" : "invoice.announced_otherwise",
                           history_params(ctx->arena, "to", words, NULL)));
    return note_audit(ctx, "debit.announce", arena_printf(ctx->arena, "mail %lld %s", (long long)mail.id, words), "ok");
}

enum err announce_debit(struct ctx *ctx, struct announcing *announcing, const struct once *once)
{
    announcing->once = once;
    return db_transaction(ctx, announce, announcing);
}
