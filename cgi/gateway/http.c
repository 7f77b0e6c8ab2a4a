#include "gateway/http.h"

#include <curl/curl.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/str.h"

struct taking {
    struct str body;
    struct http_answer *answer;
    struct arena *arena;
};

static CURL *handle(void)
{
    static CURL *curl;
    static pid_t owner;

    if (curl == NULL || owner != getpid()) { /* its connections are the parent's: two would read one answer */
        CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == 0);
        owner = getpid();
        curl = curl_easy_init();
        CHECK(curl != NULL);
    }
    curl_easy_reset(curl);
    return curl;
}

static size_t take_body(char *data, size_t size, size_t count, void *arg)
{
    struct taking *taking = arg;
    size_t bytes = size * count;

    if (taking->body.bytes + bytes > HTTP_ANSWER_BYTES_MAX)
        return 0;
    str_append_bytes(&taking->body, data, bytes);
    return bytes;
}

static size_t take_header(char *data, size_t size, size_t count, void *arg)
{
    struct taking *taking = arg;
    static const char name[] = "stripe-should-retry:";

    if (size * count > sizeof name && strncasecmp(data, name, sizeof name - 1) == 0)
        taking->answer->should_retry =
            str_trim(taking->arena, arena_strndup(taking->arena, data + sizeof name - 1, size * count - sizeof name + 1));
    return size * count;
}

/* Whether a failure happened before anything could be sent. */
static bool nothing_sent(CURL *curl, CURLcode code)
{
    curl_off_t connected_us = 0;

    if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT || code == CURLE_URL_MALFORMAT ||
        code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR)
        return true;
    return code == CURLE_OPERATION_TIMEDOUT &&
           curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected_us) == CURLE_OK && connected_us == 0;
}

enum err http_send(struct ctx *ctx, const struct http_request *request, struct http_answer *answer)
{
    CURL *curl = handle();
    struct taking taking = {.body = str_new(ctx->arena), .answer = answer, .arena = ctx->arena};
    struct curl_slist *headers = NULL;
    CURLcode code;

    memset(answer, 0, sizeof *answer);
    answer->should_retry = "";
    for (size_t i = 0; i < HTTP_HEADERS_MAX && request->headers[i] != NULL; i++)
        headers = curl_slist_append(headers, request->headers[i]);
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, request->timeout_ms < 5000 ? request->timeout_ms : 5000L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, request->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Tacite");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &taking);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &taking);
    if (strcmp(request->method, "POST") == 0) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_bytes);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body != NULL ? request->body : "");
    }
    code = curl_easy_perform(curl);
    curl_slist_free_all(headers);
    if (code != CURLE_OK)
        return FAIL(ctx, nothing_sent(curl, code) ? ERR_NOT_SENT : ERR_TIMEOUT, "%s", curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
    answer->body = taking.body.text;
    answer->body_bytes = taking.body.bytes;
    return OK;
}
