#include "web/fcgi.h"

#include <fcgiapp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"

enum { REQUEST_SECONDS_MAX = 25 };

/* Reads at most one byte more than is ever allowed, so that "too large" can be told. */
static char *read_body(struct arena *arena, FCGX_Request *fcgi, size_t *bytes)
{
    const char *length = FCGX_GetParam("CONTENT_LENGTH", fcgi->envp);
    long wanted = length != NULL ? strtol(length, NULL, 10) : 0;
    char *body;
    int got;

    *bytes = 0;
    if (wanted <= 0 || wanted > BODY_BYTES_MAX)
        return arena_strdup(arena, "");
    body = arena_alloc(arena, (size_t)wanted + 1);
    while (*bytes < (size_t)wanted && (got = FCGX_GetStr(body + *bytes, (int)((size_t)wanted - *bytes), fcgi->in)) > 0)
        *bytes += (size_t)got;
    return body;
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
        size_t bytes;
        char *body;
        int status;

        (void)alarm(REQUEST_SECONDS_MAX); /* a request that hangs ends this process, not the site */
        body = read_body(arena, &fcgi, &bytes);
        status = request_parse(&request, arena, fcgi.envp, body, bytes);
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
