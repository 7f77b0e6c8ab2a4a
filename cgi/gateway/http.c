#include "gateway/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/str.h"

enum { RETRY_AFTER_S_MAX = 3600 };

struct taking {
    struct str body;
    struct http_answer *answer;
    struct arena *arena;
    struct curl_slist *headers;
};

/* One of many, until it is over. */
struct call {
    CURL *curl;
    struct taking taking;
    struct http_answer answer;
    void *tag;
    struct call *next; /* of those that may be used again, or of all that are on their way */
    struct call *before;
};

struct http_calls {
    CURLM *multi;
    struct call *open;
    struct call *free; /* with their handles */
};

static CURL *new_handle(void)
{
    static bool ready;
    CURL *curl;

    if (!ready)
        CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == 0);
    ready = true;
    curl = curl_easy_init();
    CHECK(curl != NULL);
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

/* The value when the line is the header name (with its colon), NULL otherwise. */
static const char *header_value(struct arena *arena, const char *line, size_t bytes, const char *name)
{
    size_t length = strlen(name);

    if (bytes <= length || strncasecmp(line, name, length) != 0)
        return NULL;
    return str_trim(arena, arena_strndup(arena, line + length, bytes - length));
}

static size_t take_header(char *data, size_t size, size_t count, void *arg)
{
    struct taking *taking = arg;
    const char *again = header_value(taking->arena, data, size * count, "stripe-should-retry:");
    const char *after = header_value(taking->arena, data, size * count, "retry-after:");
    long long seconds;

    if (again != NULL)
        taking->answer->should_retry = again;
    if (after != NULL && str_to_i64(after, 0, INT32_MAX, &seconds))
        taking->answer->retry_after_ms = (seconds < RETRY_AFTER_S_MAX ? seconds : RETRY_AFTER_S_MAX) * 1000;
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

static void set_up(CURL *curl, const struct http_request *request, struct arena *arena, struct http_answer *answer, struct taking *taking)
{
    memset(answer, 0, sizeof *answer);
    answer->should_retry = "";
    *taking = (struct taking){.body = str_new(arena), .answer = answer, .arena = arena};
    for (size_t i = 0; i < HTTP_HEADERS_MAX && request->headers[i] != NULL; i++)
        taking->headers = curl_slist_append(taking->headers, request->headers[i]);
    taking->headers = curl_slist_append(taking->headers, "Expect:");
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, taking->headers);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, request->timeout_ms < 5000 ? request->timeout_ms : 5000L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, request->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Tacite");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, taking);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, taking);
    if (strcmp(request->method, "POST") == 0) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_bytes);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body != NULL ? request->body : "");
    }
}

/* OK, ERR_NOT_SENT or ERR_TIMEOUT. */
static enum err take_end(CURL *curl, CURLcode code, struct taking *taking)
{
    curl_slist_free_all(taking->headers);
    if (code != CURLE_OK)
        return nothing_sent(curl, code) ? ERR_NOT_SENT : ERR_TIMEOUT;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &taking->answer->status);
    taking->answer->body = taking->body.text;
    taking->answer->body_bytes = taking->body.bytes;
    return OK;
}

enum err http_send(struct ctx *ctx, const struct http_request *request, struct http_answer *answer)
{
    static CURL *curl;
    static pid_t owner;
    struct taking taking;
    CURLcode code;
    enum err err;

    if (curl == NULL || owner != getpid()) { /* its connections are the parent's: two would read one answer */
        owner = getpid();
        curl = new_handle();
    }
    set_up(curl, request, ctx->arena, answer, &taking);
    code = curl_easy_perform(curl);
    err = take_end(curl, code, &taking);
    return err == OK ? OK : FAIL(ctx, err, "%s", curl_easy_strerror(code));
}

/* ---- many at once ---- */

struct http_calls *http_calls_new(void)
{
    struct http_calls *calls = calloc(1, sizeof *calls);

    CHECK(calls != NULL);
    curl_easy_cleanup(new_handle()); /* the library is ready */
    calls->multi = curl_multi_init();
    CHECK(calls->multi != NULL);
    return calls;
}

static void close_all(struct call *list)
{
    while (list != NULL) {
        struct call *next = list->next;

        curl_easy_cleanup(list->curl);
        free(list);
        list = next;
    }
}

void http_calls_free(struct http_calls *calls)
{
    for (struct call *call = calls->open; call != NULL; call = call->next) {
        CHECK(curl_multi_remove_handle(calls->multi, call->curl) == CURLM_OK);
        curl_slist_free_all(call->taking.headers);
    }
    close_all(calls->open);
    close_all(calls->free);
    CHECK(curl_multi_cleanup(calls->multi) == CURLM_OK);
    free(calls);
}

void http_calls_start(struct http_calls *calls, const struct http_request *request, struct arena *arena, void *tag)
{
    struct call *call = calls->free;

    if (call == NULL) {
        call = calloc(1, sizeof *call);
        CHECK(call != NULL);
        call->curl = new_handle();
    } else {
        calls->free = call->next;
    }
    call->tag = tag;
    set_up(call->curl, request, arena, &call->answer, &call->taking);
    curl_easy_setopt(call->curl, CURLOPT_PRIVATE, call);
    call->before = NULL;
    call->next = calls->open;
    if (call->next != NULL)
        call->next->before = call;
    calls->open = call;
    CHECK(curl_multi_add_handle(calls->multi, call->curl) == CURLM_OK);
}

static void set_free(struct http_calls *calls, struct call *call)
{
    if (call->before != NULL)
        call->before->next = call->next;
    else
        calls->open = call->next;
    if (call->next != NULL)
        call->next->before = call->before;
    CHECK(curl_multi_remove_handle(calls->multi, call->curl) == CURLM_OK);
    call->next = calls->free;
    calls->free = call;
}

bool http_calls_any(const struct http_calls *calls)
{
    return calls->open != NULL;
}

bool http_calls_next(struct http_calls *calls, int64_t wait_ms, struct http_done *done)
{
    struct call *call = NULL;
    CURLMsg *message;
    CURLcode code;
    int running;
    int left;

    CHECK(curl_multi_perform(calls->multi, &running) == CURLM_OK);
    message = curl_multi_info_read(calls->multi, &left);
    if (message == NULL && running > 0 && wait_ms > 0) {
        CHECK(curl_multi_poll(calls->multi, NULL, 0, (int)wait_ms, NULL) == CURLM_OK);
        CHECK(curl_multi_perform(calls->multi, &running) == CURLM_OK);
        message = curl_multi_info_read(calls->multi, &left);
    }
    if (message == NULL)
        return false;
    code = message->data.result; /* the message goes with its handle */
    CHECK(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&call) == CURLE_OK);
    *done = (struct http_done){.tag = call->tag, .err = take_end(call->curl, code, &call->taking),
                               .trouble = code == CURLE_OK ? "" : curl_easy_strerror(code)};
    done->answer = call->answer;
    set_free(calls, call);
    return true;
}
