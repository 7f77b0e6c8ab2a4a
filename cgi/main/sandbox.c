/* tacite-sandbox: plays the payment gateway, for demo and tests.
 *
 *     tacite-sandbox --config FILE --socket S --workers N [--root DIR] [--assets DIR] [--locale DIR]
 *                    [--socket-mode 0660]
 *     tacite-sandbox --config FILE --migrate [--root DIR]
 *
 * A FastCGI program behind nginx like the worker; one more child delivers webhooks. It wants at least two
 * workers, because whoever receives a webhook asks back before it answers. Exit codes: 64 usage, 69 no
 * socket or no database, 78 a wrong file. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/guard.h"
#include "base/log.h"
#include "base/random.h"
#include "base/str.h"
#include "core/date.h"
#include "sandbox/sandbox.h"
#include "text/words.h"
#include "view/layout.h"
#include "view/render.h"
#include "web/fcgi.h"
#include "web/prefork.h"

enum { REQUESTS_MAX = 500000 };

struct program {
    struct sandbox sandbox;
    struct db *db;
    long answered;
};

static const char usage[] =
    "usage: tacite-sandbox --config FILE --socket S --workers N [--root DIR] [--assets DIR] [--locale DIR]\n"
    "                      [--socket-mode 0660]\n"
    "       tacite-sandbox --config FILE --migrate [--root DIR]\n"
    "\n"
    "  --config FILE       database, keys, webhook (mode 0400)\n"
    "  --socket S          FastCGI socket, for nginx\n"
    "  --workers N         2..64 children; default 4\n"
    "  --root DIR          where templates/ and schema/ are; default .\n"
    "  --assets DIR        static files with manifest.tsv; default ROOT/build/assets\n"
    "  --locale DIR        compiled catalogues; default ROOT/build/locale\n"
    "  --socket-mode M     default 0660\n"
    "  --migrate           bring the database up to schema/sandbox.sql, then end\n";

static bool answer(const struct request *request, int refused, struct response *response, void *arg)
{
    struct program *program = arg;
    int64_t began = clock_ticks();
    unsigned char id[8];
    struct ctx ctx = {.arena = request->arena,
                      .now = clock_now(),
                      .language = "en",
                      .actor = "sandbox",
                      .remote_addr = request->remote_addr,
                      .user_agent = request->user_agent,
                      .db = program->db};

    ctx.today_on = (int32_t)(ctx.now / (86400 * CLOCK_SECOND));
    random_bytes(id, sizeof id);
    ctx.request_id = encode_hex(request->arena, id, sizeof id);
    answer_sandbox(&ctx, &program->sandbox, request, refused, response);
    log_event(&ctx, response->status >= 500 ? LOG_ERROR : LOG_INFO, "request", "method",
              request->method == METHOD_POST   ? "POST"
              : request->method == METHOD_HEAD ? "HEAD"
                                               : "GET",
              "path", request->path, "status", arena_printf(request->arena, "%d", response->status), "us",
              arena_printf(request->arena, "%lld", (long long)(clock_ticks() - began)), NULL);
    return ++program->answered < REQUESTS_MAX;
}

static int serve(int socket, void *arg)
{
    struct program *program = arg;
    struct fcgi_handler handler = {answer, arg, NULL};

    program->db = db_open(&program->sandbox.database);
    return serve_fcgi(socket, &handler);
}

static int dispatch(void *arg)
{
    const struct program *program = arg;

    dispatch_events(&program->sandbox);
}

static int migrate(struct ctx *ctx, const struct sandbox *sandbox, const char *root)
{
    enum err err;

    ctx->db = db_open(&sandbox->database);
    err = migrate_sandbox(ctx, arena_printf(ctx->arena, "%s/schema/sandbox.sql", root));
    db_close(ctx->db);
    if (err == OK)
        return 0;
    (void)fprintf(stderr, "tacite-sandbox: %s\n", ctx->trail);
    return err == ERR_DB_GONE ? 69 : 78;
}

static const char *or_below(struct arena *arena, const char *given, const char *root, const char *folder)
{
    return given != NULL ? given : arena_printf(arena, "%s/%s", root, folder);
}

int main(int argc, char **argv)
{
    static const struct option option[] = {
        {"config", required_argument, NULL, 'c'}, {"socket", required_argument, NULL, 's'},
        {"workers", required_argument, NULL, 'w'}, {"root", required_argument, NULL, 'r'},
        {"assets", required_argument, NULL, 'a'}, {"locale", required_argument, NULL, 'l'},
        {"socket-mode", required_argument, NULL, 'm'}, {"migrate", no_argument, NULL, 'M'},
        {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    static struct program program;
    struct prefork prefork = {.name = "tacite-sandbox", .socket_mode = 0660, .workers = 4, .child = serve,
                              .extra = dispatch, .arg = &program};
    struct ctx ctx = {.arena = arena_new(), .language = "en", .request_id = "", .actor = "sandbox"};
    const char *config = NULL;
    const char *root = ".";
    const char *assets = NULL;
    const char *locale = NULL;
    const char *message;
    bool only_migrate = false;
    long long number;
    int letter;

    guard_memory();
    arena_keep_pages();
    while ((letter = getopt_long(argc, argv, "", option, NULL)) != -1)
        switch (letter) {
        case 'c': config = optarg; break;
        case 's': prefork.socket = optarg; break;
        case 'r': root = optarg; break;
        case 'a': assets = optarg; break;
        case 'l': locale = optarg; break;
        case 'm': prefork.socket_mode = (int)strtol(optarg, NULL, 8); break;
        case 'M': only_migrate = true; break;
        case 'h': return fputs(usage, stdout) < 0 ? 70 : 0;
        case 'w':
            if (!str_to_i64(optarg, 2, 64, &number)) {
                (void)fprintf(stderr, "tacite-sandbox: --workers wants 2..64\n");
                return 64;
            }
            prefork.workers = (int)number;
            break;
        default: (void)fputs(usage, stderr); return 64;
        }
    if (optind != argc || config == NULL || (prefork.socket == NULL && !only_migrate)) {
        (void)fputs(usage, stderr);
        return 64;
    }
    if (sandbox_load(ctx.arena, config, &program.sandbox, &message) != OK) {
        (void)fprintf(stderr, "tacite-sandbox: %s\n", message);
        return 78;
    }
    if (only_migrate)
        return migrate(&ctx, &program.sandbox, root);
    if (load_templates(&ctx, arena_printf(ctx.arena, "%s/templates", root)) != OK ||
        words_load(&ctx, or_below(ctx.arena, locale, root, "build/locale")) != OK ||
        load_assets(&ctx, arena_printf(ctx.arena, "%s/manifest.tsv",
                                       or_below(ctx.arena, assets, root, "build/assets"))) != OK) {
        (void)fprintf(stderr, "tacite-sandbox: %s\n", ctx.trail);
        return 78;
    }
    return run_prefork(&prefork);
}
