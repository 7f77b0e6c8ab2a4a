#include "service/mailing.h"

#include <string.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/str.h"
#include "document/mime.h"
#include "gateway/smtp.h"
#include "store/db.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/tenant.h"

enum { GROUP = 20, LEASE_S = 600, DOCUMENT_PAUSE_S = 5, AWAY_S = 900, ERROR_BYTES_MAX = 200 };

int64_t mail_pause_s(int tries)
{
    static const int64_t pause_s[] = {900, 900, 1800, 3600, 7200, 14400, 28800, 86400, 86400};

    if (tries < 1)
        return pause_s[0];
    return tries < (int)(sizeof pause_s / sizeof pause_s[0]) ? pause_s[tries] : 0;
}

static enum err give_up(struct ctx *ctx, struct mailing *state, const struct outbox_row *row, const char *reason)
{
    const char *error = str_cut(ctx->arena, reason, ERROR_BYTES_MAX);
    bool announces = strcmp(row->template, "sepa_prenotice") == 0; /* its debit does not leave before somebody says how it is told */
    const struct operator_item item = {.kind = announces ? "notice_dead" : "mail_refused", .subject_kind = "outbox", .subject_id = row->id, .currency = "",
        .detail = error, .opened_on = ctx->today_on};

    state->dead++;
    TRY(ctx, mark_mail_dead(ctx, row->id, error));
    return open_operator_item(ctx, &item);
}

static enum err put_off(struct ctx *ctx, struct mailing *state, const struct outbox_row *row, const char *reason)
{
    int64_t pause_s = mail_pause_s(row->tries + 1);

    if (pause_s == 0)
        return give_up(ctx, state, row, reason);
    state->later++;
    return postpone_mail(ctx, row->id, str_cut(ctx->arena, reason, ERROR_BYTES_MAX), ctx->now + pause_s * CLOCK_SECOND);
}

/* The bytes of what is attached; *ready false when a document is still to be made. */
static enum err load_attachments(struct ctx *ctx, const struct letter *text, struct mime_attachment *attachments, bool *ready)
{
    struct document document;

    for (size_t i = 0; i < text->attachment_count; i++) {
        const struct mail_attachment *a = &text->attachments[i];
        enum err err = document_of(ctx, a->kind, a->ref_id, &document);

        if (err == ERR_NOT_FOUND) {
            ctx_forget_error(ctx);
            *ready = false;
            return OK;
        }
        if (err != OK)
            return err;
        attachments[i] = (struct mime_attachment){a->name, "application/pdf", document.bytes.data, document.bytes.bytes};
    }
    *ready = true;
    return OK;
}

/* "<a@b>" without its brackets. */
static char *bare_id(struct arena *arena, const char *id)
{
    size_t bytes = strlen(id);

    return id[0] == '<' && bytes > 2 ? arena_strndup(arena, id + 1, bytes - 2) : arena_strdup(arena, id);
}

struct message {
    bool needless; /* never to be sent */
    const char *from;
    char *bytes;
    size_t count;
    bool ready;
};

static enum err write_message(struct ctx *ctx, const struct mailing *state, const struct outbox_row *row, struct message *message)
{
    struct mime_attachment attachments[MAIL_ATTACHMENTS_MAX];
    struct mime_mail mail = {.to = row->to_address, .to_name = row->to_name, .attachments = attachments};
    struct letter text;
    const char *token;
    enum err err;

    TRY(ctx, outbox_token(ctx, row, &token));
    ctx->kept = true; /* a mail only tells */
    err = mail_text_of(ctx, row, token, &text);
    ctx->kept = false;
    if (err != OK)
        return err_pass(ctx, err, __FILE__, __LINE__, "mail_text_of");
    message->needless = text.needless;
    if (text.needless)
        return OK;
    TRY(ctx, load_attachments(ctx, &text, attachments, &message->ready));
    if (!message->ready)
        return OK;
    TRY(ctx, state->render(ctx, &text, &mail.text, &mail.html));
    message->from = ctx->tenant->mail_from[0] != '\0' ? ctx->tenant->mail_from : text.from;
    mail.from = message->from;
    mail.from_name = text.sender;
    mail.reply_to = str_equal(text.from, message->from) ? "" : text.from;
    mail.subject = text.subject;
    mail.message_id = bare_id(ctx->arena, row->message_id);
    mail.in_reply_to = text.thread;
    mail.sent_at = row->created_at; /* the same bytes on every try */
    mail.attachment_count = text.attachment_count;
    return mime_write(ctx, &mail, &message->bytes, &message->count);
}

/* The item that says so stays until a mail goes out again. */
static enum err tell_away(struct ctx *ctx, struct mailing *state, const char *reason)
{
    const struct operator_item item = {.kind = "mail_away", .subject_kind = ABOUT_HOUSE, .subject_id = 1, .currency = "",
        .detail = str_cut(ctx->arena, reason, ERROR_BYTES_MAX), .opened_on = ctx->today_on};

    state->away = true;
    return open_operator_item(ctx, &item);
}

static enum err server_away(struct ctx *ctx, struct mailing *state, const struct outbox_row *row, const char *reason)
{
    state->later++;
    TRY(ctx, postpone_mail(ctx, row->id, "", ctx->now + AWAY_S * CLOCK_SECOND));
    return tell_away(ctx, state, reason);
}

/* A test house shows its mails in the outbox; any other has customers who wait for theirs. */
static enum err no_server(struct ctx *ctx, struct mailing *state)
{
    int64_t due = 0;

    if (!ctx->tenant->test)
        TRY(ctx, count_due_mails(ctx, &due));
    return due > 0 ? tell_away(ctx, state, "mail.smtp") : OK;
}

static enum err delivered(struct ctx *ctx, struct mailing *state, const struct outbox_row *row)
{
    TRY(ctx, mark_mail_sent(ctx, row->id));
    return state->sent++ == 0 ? close_operator_items(ctx, "mail_away", ABOUT_HOUSE, 1) : OK;
}

static enum err deliver(struct ctx *ctx, struct mailing *state, const struct outbox_row *row)
{
    const struct smtp_server server = {ctx->tenant->mail_smtp, ctx->tenant->mail_user, ctx->tenant->mail_password};
    struct message message = {.ready = false};
    const char *detail = "";
    enum smtp_outcome outcome;

    TRY(ctx, write_message(ctx, state, row, &message));
    if (message.needless)
        return mark_mail_needless(ctx, row->id);
    if (!message.ready)
        return postpone_mail(ctx, row->id, "", ctx->now + DOCUMENT_PAUSE_S * CLOCK_SECOND);
    outcome = smtp_send(ctx, &server, message.from, row->to_address, message.bytes, message.count, &detail);
    crash_point("C17");
    log_event(ctx, outcome == SMTP_ACCEPTED ? LOG_INFO : LOG_WARNING, "mail", "id", arena_printf(ctx->arena, "%lld", (long long)row->id),
              "template", row->template, "result", outcome == SMTP_ACCEPTED ? "sent" : outcome == SMTP_LATER ? "later" : outcome == SMTP_AWAY ? "away" : "refused",
              "answer", detail, NULL);
    ctx->now = clock_now();
    if (outcome == SMTP_REFUSED)
        return give_up(ctx, state, row, detail);
    if (outcome == SMTP_LATER)
        return put_off(ctx, state, row, detail);
    return outcome == SMTP_AWAY ? server_away(ctx, state, row, detail) : delivered(ctx, state, row);
}

/* What is wrong with one mail stays with it: a document that is gone, a header that cannot be written. */
static enum err deliver_one(struct ctx *ctx, struct mailing *state, const struct outbox_row *row)
{
    enum err err = deliver(ctx, state, row);
    char *reason;

    if (err == OK || err == ERR_DB_GONE)
        return err;
    reason = arena_strdup(ctx->arena, ctx->trail);
    log_trail(ctx, "mail.failed");
    ctx_forget_error(ctx);
    return err == ERR_DB_RETRY ? postpone_mail(ctx, row->id, "", ctx->now + CLOCK_SECOND)
           : err == ERR_CORRUPT || err == ERR_NOT_FOUND ? give_up(ctx, state, row, reason)
                                                        : put_off(ctx, state, row, reason);
}

enum err send_mails(struct ctx *run, struct mailing *state)
{
    struct ctx item = *run;
    struct outbox_row *rows;
    size_t count = 1;
    enum err err = OK;

    if (run->tenant->mail_smtp[0] == '\0')
        return no_server(run, state);
    item.arena = arena_new();
    while (err == OK && count > 0 && !state->away && !(state->stop != NULL && state->stop())) {
        arena_reset(item.arena);
        item.now = clock_now();
        err = claim_mails(&item, GROUP, item.now + LEASE_S * CLOCK_SECOND, &rows, &count);
        for (size_t i = 0; err == OK && i < count && !state->away && !(state->stop != NULL && state->stop()); i++)
            err = deliver_one(&item, state, &rows[i]);
    }
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}
