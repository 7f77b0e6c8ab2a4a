#include "web/fcgi.h"

#include <fcgiapp.h>
#include <unistd.h>

#include "base/check.h"

enum { REQUEST_SECONDS_MAX = 25, DROPPED_BYTES_MAX = 8 * 1024 * 1024 };

/* What nobody reads is taken all the same, up to a bound: whoever is still sending would not hear the answer. */
static void drop_body(FCGX_Request *fcgi, size_t bytes)
{
    char drop[16 * 1024];
    size_t left = bytes < DROPPED_BYTES_MAX ? bytes : DROPPED_BYTES_MAX;
    int got = 1;

    for (; left > 0 && got > 0; left -= (size_t)got)
        got = FCGX_GetStr(drop, (int)(left < sizeof drop ? left : sizeof drop), fcgi->in);
}

/* 200, 413 without keeping a byte, or 400 when the client sent less than it announced. */
static int read_body(struct arena *arena, FCGX_Request *fcgi, struct request *request, size_t most)
{
    size_t bytes = 0;
    char *body;
    int got;

    if (request->content_length > most) {
        drop_body(fcgi, request->content_length);
        return 413;
    }
    body = arena_alloc(arena, request->content_length + 1);
    while (bytes < request->content_length &&
           (got = FCGX_GetStr(body + bytes, (int)(request->content_length - bytes), fcgi->in)) > 0)
        bytes += (size_t)got;
    body[bytes] = '\0';
    return request_take_body(request, body, bytes);
}

static void send(FCGX_Request *fcgi, const struct str *text)
{
    CHECK(text->bytes < 1 << 30);
    (void)FCGX_PutStr(text->text, (int)text->bytes, fcgi->out);
}

int serve_fcgi(int socket, const struct fcgi_handler *handler)
{
    struct arena *arena = arena_new();
    FCGX_Request fcgi;
    bool more = true;

    if (FCGX_Init() != 0 || FCGX_InitRequest(&fcgi, socket, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
        return 70;
    while (more && FCGX_Accept_r(&fcgi) == 0) {
        struct request request;
        struct response response = response_new(arena);
        struct str text;
        int status;

        (void)alarm(REQUEST_SECONDS_MAX); /* a request that hangs ends this process, not the site */
        status = request_parse(&request, arena, fcgi.envp);
        if (status == 200)
            status = read_body(arena, &fcgi, &request,
                               handler->body_max != NULL ? handler->body_max(&request) : BODY_BYTES_MAX);
        more = handler->answer(&request, status == 200 ? 0 : status, &response, handler->arg);
        text = response_text(&response, request.method == METHOD_HEAD);
        send(&fcgi, &text);
        FCGX_Finish_r(&fcgi);
        (void)alarm(0);
        arena_reset(arena);
    }
    FCGX_Free(&fcgi, 1);
    arena_free(arena);
    return 0;
}
