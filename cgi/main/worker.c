/* tacite-worker: answers pages for the tenants that nginx names.
 *
 *     tacite-worker --socket S --workers N --tenants DIR [--root DIR] [--assets DIR] [--socket-mode 0660]
 *     tacite-worker --routes
 *
 * DIR of tenants holds their configuration files; a request whose TACITE_TENANT lies elsewhere is
 * refused. Templates, words and assets are read before the children are made; anything wrong refuses
 * the start with file and line (exit 78). */
#include <dirent.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/guard.h"
#include "base/log.h"
#include "base/random.h"
#include "base/str.h"
#include "page/page.h"
#include "store/db.h"
#include "store/tenant.h"
#include "text/words.h"
#include "view/layout.h"
#include "view/render.h"
#include "web/fcgi.h"
#include "web/prefork.h"

enum { TENANTS_MAX = 500, REQUESTS_MAX = 500000, MEMORY_KB_MAX = 400 * 1024 };

struct open_tenant {
    const struct tenant *tenant;
    struct db *db;
};

struct worker {
    const char *tenants;
    struct arena *arena; /* of the process: configurations */
    struct open_tenant open[TENANTS_MAX];
    size_t open_count;
    long answered;
};

static struct open_tenant *find_tenant(struct worker *worker, const char *path)
{
    struct open_tenant *open;
    struct tenant *tenant;
    const char *message;

    for (size_t i = 0; i < worker->open_count; i++)
        if (strcmp(worker->open[i].tenant->path, path) == 0)
            return &worker->open[i];
    if (!str_starts(path, worker->tenants) || path[strlen(worker->tenants)] != '/' || strstr(path, "/../") != NULL ||
        worker->open_count == TENANTS_MAX)
        return NULL;
    if (tenant_load(worker->arena, path, &tenant, &message) != OK) {
        log_event(NULL, LOG_ERROR, "tenant.refused", "message", message, NULL);
        return NULL;
    }
    open = &worker->open[worker->open_count++];
    open->tenant = tenant;
    open->db = db_open(&tenant->database);
    return open;
}

/* Paths of links hold a token: it never reaches the log. */
static const char *logged_path(const char *path)
{
    return str_starts(path, "/l/") ? "/l/…" : path;
}

static void log_request(const struct ctx *ctx, const struct request *request, const struct response *response,
                        int64_t began)
{
    log_event(ctx, response->status >= 500 ? LOG_ERROR : LOG_INFO, "request", "method",
              request->method == METHOD_POST ? "POST" : request->method == METHOD_HEAD ? "HEAD" : "GET", "path",
              logged_path(request->path), "status", arena_printf(request->arena, "%d", response->status), "us",
              arena_printf(request->arena, "%lld", (long long)(clock_ticks() - began)), "tenant",
              ctx->tenant != NULL ? ctx->tenant->name : "", NULL);
}

static bool answer(const struct request *request, int refused, struct response *response, void *arg)
{
    struct worker *worker = arg;
    struct open_tenant *open = find_tenant(worker, request->tenant);
    int64_t began = clock_ticks();
    unsigned char id[8];
    struct rusage usage;
    struct ctx ctx = {.arena = request->arena, .now = clock_now(), .language = "en", .actor = "visitor",
                      .remote_addr = request->remote_addr, .user_agent = request->user_agent};

    random_bytes(id, sizeof id);
    ctx.request_id = encode_hex(request->arena, id, sizeof id);
    if (open == NULL) {
        response->status = 503;
        response->content_type = "text/plain; charset=utf-8";
        respond_header(response, "Retry-After", "60");
        str_append(&response->body, "This site is not set up.\n");
    } else {
        struct page page = {.ctx = &ctx, .tenant = open->tenant, .request = request, .response = response,
                            .session = "public"};

        ctx.tenant = open->tenant;
        ctx.db = open->db;
        answer_page(&page, refused);
    }
    log_request(&ctx, request, response, began);
    if (++worker->answered >= REQUESTS_MAX)
        return false;
    return worker->answered % 256 != 0 || getrusage(RUSAGE_SELF, &usage) != 0 || usage.ru_maxrss < MEMORY_KB_MAX;
}

static int serve(int socket, void *arg)
{
    struct fcgi_handler handler = {answer, arg, page_body_max};

    return serve_fcgi(socket, &handler);
}

static int fail_start(const struct ctx *ctx)
{
    (void)fprintf(stderr, "tacite-worker: %s\n", ctx->trail);
    return 78;
}

/* Every configuration in the folder is read now, not at somebody's first request. */
static int check_tenants(const struct worker *worker)
{
    struct arena *arena = arena_new();
    DIR *dir = opendir(worker->tenants);
    struct dirent *entry;
    int code = dir != NULL ? 0 : 78;

    if (dir == NULL)
        (void)fprintf(stderr, "tacite-worker: %s: cannot be opened\n", worker->tenants);
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        struct tenant *tenant;
        const char *message;

        if (!str_ends(entry->d_name, ".conf"))
            continue;
        if (tenant_load(arena, arena_printf(arena, "%s/%s", worker->tenants, entry->d_name), &tenant, &message) != OK) {
            (void)fprintf(stderr, "tacite-worker: %s\n", message);
            code = 78;
        }
    }
    if (dir != NULL)
        (void)closedir(dir);
    arena_free(arena);
    return code;
}

int main(int argc, char **argv)
{
    static const struct option option[] = {
        {"socket", required_argument, NULL, 's'}, {"workers", required_argument, NULL, 'w'},
        {"tenants", required_argument, NULL, 't'}, {"root", required_argument, NULL, 'r'},
        {"assets", required_argument, NULL, 'a'}, {"locale", required_argument, NULL, 'l'},
        {"socket-mode", required_argument, NULL, 'm'}, {"routes", no_argument, NULL, 'R'}, {NULL, 0, NULL, 0}};
    struct worker *worker = calloc(1, sizeof *worker);
    struct prefork prefork = {.name = "tacite-worker", .socket_mode = 0660, .workers = 4, .child = serve};
    const char *root = ".";
    const char *assets = NULL;
    const char *locale = NULL;
    struct ctx ctx = {.language = "en", .request_id = "", .actor = "worker"};
    long long number;
    int letter;

    guard_memory();
    arena_keep_pages();
    CHECK(worker != NULL);
    worker->arena = ctx.arena = arena_new();
    while ((letter = getopt_long(argc, argv, "", option, NULL)) != -1)
        switch (letter) {
        case 's': prefork.socket = optarg; break;
        case 't': worker->tenants = optarg; break;
        case 'r': root = optarg; break;
        case 'a': assets = optarg; break;
        case 'l': locale = optarg; break;
        case 'm': prefork.socket_mode = (int)strtol(optarg, NULL, 8); break;
        case 'R': return print_routes();
        case 'w':
            if (!str_to_i64(optarg, 1, 64, &number))
                return 64;
            prefork.workers = (int)number;
            break;
        default: return 64;
        }
    if (optind != argc || prefork.socket == NULL || worker->tenants == NULL) {
        (void)fprintf(stderr, "usage: tacite-worker --socket S --workers N --tenants DIR [--root DIR] [--assets DIR] "
                              "[--locale DIR] [--socket-mode 0660] | --routes\n");
        return 64;
    }
    if (check_tenants(worker) != 0)
        return 78;
    if (load_templates(&ctx, arena_printf(ctx.arena, "%s/templates", root)) != OK ||
        words_load(&ctx, locale != NULL ? locale : arena_printf(ctx.arena, "%s/build/locale", root)) != OK ||
        load_assets(&ctx, arena_printf(ctx.arena, "%s/manifest.tsv", assets != NULL ? assets : arena_printf(ctx.arena, "%s/build/assets", root))) != OK)
        return fail_start(&ctx);
    prefork.arg = worker;
    return run_prefork(&prefork);
}
