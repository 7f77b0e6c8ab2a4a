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

enum { GROUP = 20, LEASE_S = 600, FRESH_S = 5, DOCUMENT_PAUSE_S = 5, AWAY_S = 900, ERROR_BYTES_MAX = 200 };

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

/* "<a@b>" without its brackets. */
static char *bare_id(struct arena *arena, const char *id)
{
    size_t bytes = strlen(id);

    return id[0] == '<' && bytes > 2 ? arena_strndup(arena, id + 1, bytes - 2) : arena_strdup(arena, id);
}

/* ---- writing ---- */

/* A mail of a claimed group, on its way out. */
struct outgoing {
    const struct outbox_row *row;
    struct letter text;
    struct mime_attachment attachments[MAIL_ATTACHMENTS_MAX];
    bool ready;  /* its documents are there */
    bool failed; /* it cannot be written, and that is noted */
};

static enum err write_text(struct ctx *ctx, struct mail_facts *facts, struct outgoing *mail)
{
    const char *token;
    enum err err;

    TRY(ctx, outbox_token(ctx, mail->row, &token));
    ctx->kept = true; /* a mail only tells */
    err = mail_text_of(ctx, facts, mail->row, token, &mail->text);
    ctx->kept = false;
    return err == OK ? OK : err_pass(ctx, err, __FILE__, __LINE__, "mail_text_of");
}

/* The documents of one kind for all of them, into their attachments. */
static enum err attach_documents(struct ctx *ctx, struct outgoing *mails, size_t count, const char *kind)
{
    int64_t *wanted = ARENA_ARRAY(ctx->arena, int64_t, count * MAIL_ATTACHMENTS_MAX);
    struct stored_document *stored;
    size_t wanted_count = 0;
    size_t stored_count;

    for (size_t i = 0; i < count; i++)
        for (size_t a = 0; a < mails[i].text.attachment_count; a++)
            if (strcmp(mails[i].text.attachments[a].kind, kind) == 0)
                wanted[wanted_count++] = mails[i].text.attachments[a].ref_id;
    TRY(ctx, documents_of(ctx, kind, wanted, wanted_count, &stored, &stored_count));
    for (size_t i = 0; i < count; i++)
        for (size_t a = 0; a < mails[i].text.attachment_count; a++)
            for (size_t d = 0; d < stored_count; d++) {
                const struct mail_attachment *attached = &mails[i].text.attachments[a];

                if (attached->ref_id == stored[d].ref_id && strcmp(attached->kind, kind) == 0)
                    mails[i].attachments[a] = (struct mime_attachment){attached->name, "application/pdf", stored[d].bytes.data, stored[d].bytes.bytes};
            }
    return OK;
}

static bool carries(const struct outgoing *mails, size_t count, const char *kind)
{
    for (size_t i = 0; i < count; i++)
        for (size_t a = 0; a < mails[i].text.attachment_count; a++)
            if (strcmp(mails[i].text.attachments[a].kind, kind) == 0)
                return true;
    return false;
}

/* Each kind with the first mail that carries one. */
static enum err attach(struct ctx *ctx, struct outgoing *mails, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        memset(mails[i].attachments, 0, sizeof mails[i].attachments);
        mails[i].ready = true;
    }
    for (size_t i = 0; i < count; i++)
        for (size_t a = 0; a < mails[i].text.attachment_count; a++) {
            const char *kind = mails[i].text.attachments[a].kind;

            if (!carries(mails, i, kind) && (a == 0 || strcmp(mails[i].text.attachments[0].kind, kind) != 0))
                TRY(ctx, attach_documents(ctx, mails, count, kind));
            mails[i].ready = mails[i].ready && mails[i].attachments[a].data != NULL;
        }
    return OK;
}

static enum err write_mails(struct ctx *ctx, const struct outbox_row *rows, struct outgoing *mails, size_t count)
{
    struct mail_facts *facts = mail_facts_of(ctx, rows, count);

    for (size_t i = 0; i < count; i++)
        TRY(ctx, write_text(ctx, facts, &mails[i]));
    return attach(ctx, mails, count);
}

/* What is wrong with one mail stays with it: a document that is gone, a header that cannot be written. */
static enum err fail_one(struct ctx *ctx, struct mailing *state, const struct outbox_row *row, enum err err)
{
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

/* A group that cannot be written is written one by one. */
static enum err write_group(struct ctx *ctx, struct mailing *state, const struct outbox_row *rows, struct outgoing *mails, size_t count)
{
    enum err err = write_mails(ctx, rows, mails, count);

    if (err == OK || err == ERR_DB_GONE)
        return err;
    for (size_t i = 0; i < count; i++) {
        if (mails[i].failed)
            continue;
        ctx_forget_error(ctx);
        err = write_mails(ctx, &rows[i], &mails[i], 1);
        mails[i].failed = err != OK;
        TRY(ctx, fail_one(ctx, state, &rows[i], err));
    }
    return OK;
}

struct message {
    const char *from;
    char *bytes;
    size_t count;
};

static enum err write_message(struct ctx *ctx, const struct mailing *state, const struct outgoing *outgoing, struct message *message)
{
    const struct outbox_row *row = outgoing->row;
    const struct letter *text = &outgoing->text;
    struct mime_mail mail = {.to = row->to_address, .to_name = row->to_name, .attachments = outgoing->attachments,
                             .attachment_count = text->attachment_count};

    TRY(ctx, state->render(ctx, text, &mail.text, &mail.html));
    message->from = ctx->tenant->mail_from[0] != '\0' ? ctx->tenant->mail_from : text->from;
    mail.from = message->from;
    mail.from_name = text->sender;
    mail.reply_to = str_equal(text->from, message->from) ? "" : text->from;
    mail.subject = text->subject;
    mail.message_id = bare_id(ctx->arena, row->message_id);
    mail.in_reply_to = text->thread;
    mail.sent_at = row->created_at; /* the same bytes on every try */
    return mime_write(ctx, &mail, &message->bytes, &message->count);
}

/* ---- sending ---- */

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

static enum err deliver(struct ctx *ctx, struct mailing *state, const struct outgoing *mail)
{
    const struct smtp_server server = {ctx->tenant->mail_smtp, ctx->tenant->mail_user, ctx->tenant->mail_password};
    const struct outbox_row *row = mail->row;
    struct message message;
    const char *detail = "";
    enum smtp_outcome outcome;

    if (mail->text.needless)
        return mark_mail_needless(ctx, row->id);
    if (!mail->ready)
        return postpone_mail(ctx, row->id, "", ctx->now + DOCUMENT_PAUSE_S * CLOCK_SECOND);
    TRY(ctx, write_message(ctx, state, mail, &message));
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

static bool goes_on(const struct mailing *state)
{
    return !state->away && !(state->stop != NULL && state->stop());
}

/* Each is noted before the next one leaves. Texts say what is so when they leave: with a slow server they are written again. */
static enum err send_group(struct ctx *ctx, struct mailing *state, const struct outbox_row *rows, size_t count)
{
    struct outgoing *mails = ARENA_ARRAY(ctx->arena, struct outgoing, count);
    int64_t written_at = 0;

    for (size_t i = 0; i < count; i++)
        mails[i] = (struct outgoing){.row = &rows[i]};
    for (size_t i = 0; i < count && goes_on(state); i++) {
        if (ctx->now >= written_at + FRESH_S * CLOCK_SECOND) {
            TRY(ctx, write_group(ctx, state, &rows[i], &mails[i], count - i));
            written_at = ctx->now;
        }
        if (!mails[i].failed)
            TRY(ctx, fail_one(ctx, state, &rows[i], deliver(ctx, state, &mails[i])));
    }
    return OK;
}

enum err send_mails(struct ctx *run, struct mailing *state)
{
    struct ctx item = *run;
    struct outbox_row *rows;
    size_t count = GROUP;
    enum err err = OK;
    bool due;

    if (run->tenant->mail_smtp[0] == '\0')
        return no_server(run, state);
    TRY(run, db_ready(run));
    run->now = clock_now();
    TRY(run, mails_are_due(run, &due));
    if (!due)
        return OK;
    item.arena = arena_new();
    while (err == OK && count == GROUP && goes_on(state)) {
        arena_reset(item.arena);
        item.now = clock_now();
        err = claim_mails(&item, GROUP, item.now + LEASE_S * CLOCK_SECOND, &rows, &count);
        if (err == OK)
            err = send_group(&item, state, rows, count);
    }
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}
