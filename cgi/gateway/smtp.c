#include "gateway/smtp.h"

#include <curl/curl.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"

struct source {
    const char *data;
    size_t left;
};

static size_t give(char *buffer, size_t size, size_t count, void *arg)
{
    struct source *source = arg;
    size_t bytes = size * count < source->left ? size * count : source->left;

    memcpy(buffer, source->data, bytes);
    source->data += bytes;
    source->left -= bytes;
    return bytes;
}

/* How far a mail came: nothing that is said before its recipient is about the mail, but for its size. */
static int see_command(CURL *curl, curl_infotype type, char *data, size_t bytes, void *arg)
{
    bool *named = arg;

    (void)curl;
    if (type == CURLINFO_HEADER_OUT && bytes >= 4 && memcmp(data, "RCPT", 4) == 0)
        *named = true;
    return 0;
}

enum { SMTP_TOO_LARGE = 552 }; /* RFC 1870: the answer to a MAIL FROM that names a size */

static enum smtp_outcome outcome_of(CURLcode code, long answer, bool named)
{
    if (code == CURLE_OK)
        return SMTP_ACCEPTED;
    if (!named)
        return answer == SMTP_TOO_LARGE ? SMTP_REFUSED : SMTP_AWAY;
    return answer >= 500 ? SMTP_REFUSED : SMTP_LATER;
}

/* One for the process: the next mail goes over the connection of the one before when that ended well. */
static CURL *kept_handle(void)
{
    static CURL *curl;
    static pid_t owner;

    if (curl == NULL || owner != getpid()) { /* a parent's connection stays the parent's */
        owner = getpid();
        curl = curl_easy_init();
        CHECK(curl != NULL);
    }
    return curl;
}

enum smtp_outcome smtp_send(struct ctx *ctx, const struct smtp_server *server, const char *from, const char *to,
                            const void *message, size_t bytes, const char **detail)
{
    struct source source = {message, bytes};
    struct curl_slist *recipients = curl_slist_append(NULL, arena_printf(ctx->arena, "<%s>", to));
    CURL *curl = kept_handle();
    CURLcode code;
    bool named = false;
    long answer = 0;

    CHECK(recipients != NULL);
    curl_easy_setopt(curl, CURLOPT_URL, server->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(server->user[0] != '\0' ? CURLUSESSL_ALL : CURLUSESSL_TRY)); /* a password never goes in the clear */
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
    if (server->user[0] != '\0') {
        curl_easy_setopt(curl, CURLOPT_USERNAME, server->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password);
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, arena_printf(ctx->arena, "<%s>", from));
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, &source);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, see_command); /* sees the login too: it keeps nothing */
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &named);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    *detail = arena_printf(ctx->arena, "%s (%ld)", curl_easy_strerror(code), answer);
    curl_easy_reset(curl); /* keeps the connection, forgets what was this mail's */
    curl_slist_free_all(recipients);
    return outcome_of(code, answer, named);
}
