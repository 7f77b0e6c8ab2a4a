#include "document/mime.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/hash.h"
#include "base/str.h"

enum {
    LINE_MAX = 76,   /* of encoded bodies, RFC 2045 */
    WORD_BYTES = 39, /* of text in one encoded word: with "Subject: " its line stays under 76 */
    ADDRESS_MAX = 254,
    BOUNDARY_BYTES = 24,
};

static bool has_control(const char *text)
{
    const unsigned char *c;

    for (c = (const unsigned char *)text; *c != '\0'; c++)
        if (*c < 0x20 || *c == 0x7f)
            return true;
    return false;
}

static bool is_ascii(const char *text)
{
    const unsigned char *c;

    for (c = (const unsigned char *)text; *c != '\0'; c++)
        if (*c >= 0x80)
            return false;
    return true;
}

/* A header value that may be sent: no line can be added through it. */
static enum err check_value(struct ctx *ctx, const char *name, const char *value)
{
    if (value == NULL)
        return OK;
    if (has_control(value))
        return FAIL(ctx, ERR_CORRUPT, "mail: %s holds a control character", name);
    if (!str_is_utf8(value, strlen(value)))
        return FAIL(ctx, ERR_CORRUPT, "mail: %s is not UTF-8", name);
    return OK;
}

/* One address as RFC 5321 writes it, without comments, quotes, lists or groups. */
static bool is_address(const char *text)
{
    const char *at = strrchr(text, '@');
    const char *c;

    if (at == NULL || at == text || at[1] == '\0' || strchr(text, '@') != at ||
        strlen(text) > ADDRESS_MAX)
        return false;
    for (c = text; *c != '\0'; c++)
        if (*c <= ' ' || *c >= 0x7f || strchr("\"(),:;<>[\\]", *c) != NULL)
            return false;
    return at[1] != '.' && at[1] != '-' && !str_ends(text, ".") && text[0] != '.';
}

static enum err check_address(struct ctx *ctx, const char *name, const char *value, bool required)
{
    if (str_empty(value) && !required)
        return OK;
    if (value == NULL || !is_address(value))
        return FAIL(ctx, ERR_CORRUPT, "mail: %s is not one plain address", name);
    return OK;
}

static enum err check_id(struct ctx *ctx, const char *name, const char *value, bool required)
{
    if (str_empty(value) && !required)
        return OK;
    if (value == NULL || !is_address(value))
        return FAIL(ctx, ERR_CORRUPT, "mail: %s is not a message id", name);
    return OK;
}

static bool is_type(const char *type)
{
    return type != NULL && type[0] != '\0' && strchr(type, '/') != NULL &&
           strspn(type, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/+.-") ==
               strlen(type);
}

static enum err check_mail(struct ctx *ctx, const struct mime_mail *mail)
{
    size_t i;

    TRY(ctx, check_value(ctx, "from name", mail->from_name));
    TRY(ctx, check_value(ctx, "to name", mail->to_name));
    TRY(ctx, check_value(ctx, "subject", mail->subject));
    TRY(ctx, check_address(ctx, "from", mail->from, true));
    TRY(ctx, check_address(ctx, "to", mail->to, true));
    TRY(ctx, check_address(ctx, "reply-to", mail->reply_to, false));
    TRY(ctx, check_id(ctx, "message-id", mail->message_id, true));
    TRY(ctx, check_id(ctx, "in-reply-to", mail->in_reply_to, false));
    if (str_empty(mail->text) || !str_is_utf8(mail->text, strlen(mail->text)) ||
        (mail->html != NULL && !str_is_utf8(mail->html, strlen(mail->html))))
        return FAIL(ctx, ERR_CORRUPT, "mail: text is missing or not UTF-8");
    for (i = 0; i < mail->attachment_count; i++) {
        TRY(ctx, check_value(ctx, "attachment name", mail->attachments[i].name));
        if (str_empty(mail->attachments[i].name) || !is_type(mail->attachments[i].type))
            return FAIL(ctx, ERR_CORRUPT, "mail: attachment without name or type");
    }
    return OK;
}

/* Text as RFC 2047 encoded words on folded lines; cut between characters. */
static void put_encoded_words(struct arena *arena, struct str *out, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        size_t bytes = left < WORD_BYTES ? left : WORD_BYTES;

        while (bytes < left && ((unsigned char)text[bytes] & 0xc0) == 0x80)
            bytes--;
        str_printf(out, "=?UTF-8?B?%s?=", encode_base64(arena, text, bytes));
        text += bytes;
        left -= bytes;
        if (left > 0)
            str_append(out, "\r\n ");
    }
}

/* Plain when it is short ASCII that cannot be taken for an encoded word. */
static void put_unstructured(struct arena *arena, struct str *out, const char *text)
{
    if (is_ascii(text) && strlen(text) <= 60 && strstr(text, "=?") == NULL)
        str_append(out, text);
    else
        put_encoded_words(arena, out, text);
}

static void put_mailbox(struct arena *arena, struct str *out, const char *header, const char *name,
                        const char *address)
{
    str_printf(out, "%s: ", header);
    if (str_empty(name)) {
        str_printf(out, "<%s>\r\n", address);
        return;
    }
    if (is_ascii(name) && strlen(name) <= 60 && strstr(name, "=?") == NULL) {
        const char *c;

        str_append_char(out, '"');
        for (c = name; *c != '\0'; c++) {
            if (*c == '"' || *c == '\\')
                str_append_char(out, '\\');
            str_append_char(out, *c);
        }
        str_append_char(out, '"');
    } else {
        put_encoded_words(arena, out, name);
    }
    str_printf(out, "\r\n <%s>\r\n", address);
}

/* "Mon, 23 Nov 2026 10:00:00 +0000", in English whatever the locale. */
static void put_date(struct str *out, int64_t at)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(at / CLOCK_SECOND);
    struct tm tm;

    CHECK(gmtime_r(&seconds, &tm) != NULL);
    str_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday], tm.tm_mday,
               months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Quoted-printable: lines end in CRLF, no line longer than 76, no blank at a line's end. */
static void put_quoted(struct str *out, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    const unsigned char *c = (const unsigned char *)text;
    char line[LINE_MAX + 2];
    size_t column = 0;

    for (; *c != '\0'; c++) {
        bool line_end = c[1] == '\0' || c[1] == '\n' || (c[1] == '\r' && c[2] == '\n');
        bool coded = *c >= 0x7f || *c == '=' || (*c < 0x20 && *c != '\t') || ((*c == ' ' || *c == '\t') && line_end);

        if (*c == '\r' && c[1] == '\n')
            continue;
        if (*c != '\n' && column + (coded ? 3 : 1) > LINE_MAX - 1) {
            memcpy(line + column, "=\r\n", 3);
            str_append_bytes(out, line, column + 3);
            column = 0;
        }
        if (*c == '\n') {
            memcpy(line + column, "\r\n", 2);
            str_append_bytes(out, line, column + 2);
            column = 0;
        } else if (coded) {
            line[column++] = '=';
            line[column++] = hex[*c >> 4];
            line[column++] = hex[*c & 15];
        } else {
            line[column++] = (char)*c;
        }
    }
    memcpy(line + column, "\r\n", 2);
    str_append_bytes(out, line, column + 2);
}

static void put_base64(struct arena *arena, struct str *out, const void *data, size_t bytes)
{
    const char *text = encode_base64(arena, data, bytes);
    size_t left = strlen(text);
    char *place = str_extend(out, left + (left + LINE_MAX - 1) / LINE_MAX * 2);

    while (left > 0) {
        size_t now = left < LINE_MAX ? left : LINE_MAX;

        memcpy(place, text, now);
        memcpy(place + now, "\r\n", 2);
        place += now + 2;
        text += now;
        left -= now;
    }
}

static void put_text_part(struct str *out, const char *subtype, const char *text)
{
    str_printf(out,
               "Content-Type: text/%s; charset=utf-8\r\n"
               "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
               subtype);
    put_quoted(out, text);
}

static void put_alternative(struct str *out, const struct mime_mail *mail, const char *boundary)
{
    if (str_empty(mail->html)) {
        put_text_part(out, "plain", mail->text);
        return;
    }
    str_printf(out, "Content-Type: multipart/alternative; boundary=\"a%s\"\r\n\r\n--a%s\r\n",
               boundary, boundary);
    put_text_part(out, "plain", mail->text);
    str_printf(out, "--a%s\r\n", boundary);
    put_text_part(out, "html", mail->html);
    str_printf(out, "--a%s--\r\n", boundary);
}

/* A short plain name stands as it is, any other goes out in the numbered pieces of RFC 2231. */
static void put_file_name(struct arena *arena, struct str *out, const char *name)
{
    const char *encoded = encode_percent(arena, name);
    size_t left = strlen(encoded);
    int piece = 0;

    if (is_ascii(name) && strlen(name) <= 60 && strpbrk(name, "\"\\/") == NULL) {
        str_printf(out, ";\r\n filename=\"%s\"", name);
        return;
    }
    while (left > 0) {
        size_t now = left < 50 ? left : 50;

        while (now < left && (encoded[now - 1] == '%' || encoded[now - 2] == '%'))
            now--;
        str_printf(out, ";\r\n filename*%d*=%s%.*s", piece, piece == 0 ? "utf-8''" : "", (int)now,
                   encoded);
        encoded += now;
        left -= now;
        piece++;
    }
}

static void put_attachment(struct arena *arena, struct str *out,
                           const struct mime_attachment *attachment)
{
    str_printf(out,
               "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n"
               "Content-Disposition: attachment",
               attachment->type);
    put_file_name(arena, out, attachment->name);
    str_append(out, "\r\n\r\n");
    put_base64(arena, out, attachment->data, attachment->bytes);
}

static void put_headers(struct arena *arena, struct str *out, const struct mime_mail *mail)
{
    put_date(out, mail->sent_at);
    put_mailbox(arena, out, "From", mail->from_name, mail->from);
    put_mailbox(arena, out, "To", mail->to_name, mail->to);
    if (!str_empty(mail->reply_to))
        str_printf(out, "Reply-To: <%s>\r\n", mail->reply_to);
    str_append(out, "Subject: ");
    put_unstructured(arena, out, mail->subject == NULL ? "" : mail->subject);
    str_printf(out, "\r\nMessage-ID: <%s>\r\n", mail->message_id);
    if (!str_empty(mail->in_reply_to))
        str_printf(out, "In-Reply-To: <%s>\r\nReferences: <%s>\r\n", mail->in_reply_to,
                   mail->in_reply_to);
    str_append(out, "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n");
}

enum err mime_write(struct ctx *ctx, const struct mime_mail *mail, char **message, size_t *bytes)
{
    struct str out = str_new(ctx->arena);
    struct hash hash;
    const char *boundary;
    size_t i;

    TRY(ctx, check_mail(ctx, mail));
    /* Bodies are quoted-printable or base64: a line of them cannot hold "=_", so no boundary. */
    hash = hash_text(mail->message_id);
    boundary = arena_printf(ctx->arena, "=_%.*s", BOUNDARY_BYTES,
                            encode_hex(ctx->arena, hash.bytes, HASH_BYTES));
    put_headers(ctx->arena, &out, mail);
    if (mail->attachment_count == 0) {
        put_alternative(&out, mail, boundary);
    } else {
        str_printf(&out, "Content-Type: multipart/mixed; boundary=\"m%s\"\r\n\r\n--m%s\r\n",
                   boundary, boundary);
        put_alternative(&out, mail, boundary);
        for (i = 0; i < mail->attachment_count; i++) {
            str_printf(&out, "--m%s\r\n", boundary);
            put_attachment(ctx->arena, &out, &mail->attachments[i]);
        }
        str_printf(&out, "--m%s--\r\n", boundary);
    }
    *message = out.text;
    *bytes = out.bytes;
    return OK;
}
