#include "sandbox/sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/str.h"
#include "sandbox/api.h"
#include "sandbox/objects.h"
#include "sandbox/pages.h"
#include "sandbox/records.h"
#include "sandbox/reversals.h"
#include "text/words.h"
#include "view/layout.h"
#include "view/render.h"
#include "web/csrf.h"
#include "web/language.h"

enum { SCHEMA_BYTES_MAX = 1 << 20 };

/* ---- configuration and schema ---- */

enum err sandbox_load(struct arena *arena, const char *path, struct sandbox *sandbox, const char **message)
{
    static const struct config_key key[] = {
        {"database.socket", CONFIG_TEXT, true, NULL, offsetof(struct sandbox, database.socket), 0, 0},
        {"database.name", CONFIG_TEXT, true, NULL, offsetof(struct sandbox, database.name), 0, 0},
        {"database.user", CONFIG_TEXT, true, NULL, offsetof(struct sandbox, database.user), 0, 0},
        {"database.password", CONFIG_TEXT, true, NULL, offsetof(struct sandbox, database.password), 0, 0},
        {"site.base", CONFIG_TEXT, true, NULL, offsetof(struct sandbox, site_base), 0, 0},
        {"key.secret", CONFIG_TEXT, true, NULL, offsetof(struct sandbox, key), 0, 0},
        {"webhook.url", CONFIG_TEXT, true, NULL, offsetof(struct sandbox, webhook_url), 0, 0},
        {"webhook.secret", CONFIG_TEXT, true, NULL, offsetof(struct sandbox, webhook_secret), 0, 0},
        {"webhook.late_ms", CONFIG_INTEGER, false, "30000", offsetof(struct sandbox, webhook_late_ms), 0,
         3 * 86400000LL},
        {"fault.timeout_ms", CONFIG_INTEGER, false, "12000", offsetof(struct sandbox, fault_timeout_ms), 0,
         HOLD_MS_MAX},
        {"fault.status", CONFIG_INTEGER, false, "0", offsetof(struct sandbox, fault_status), 0, 403},
    };
    struct secret_key master;
    struct hash hash;

    memset(sandbox, 0, sizeof *sandbox);
    if (config_read(arena, path, true, key, COUNT_OF(key), sandbox, message) != OK)
        return ERR_CONFIG;
    *message = NULL;
    if (!str_starts(sandbox->key, "sk_test_"))
        *message = arena_printf(arena, "%s: key.secret wants a test key, sk_test_…", path);
    else if ((!str_starts(sandbox->site_base, "http://") && !str_starts(sandbox->site_base, "https://")) ||
             str_ends(sandbox->site_base, "/"))
        *message =
            arena_printf(arena, "%s: site.base wants http://host:port without a slash at the end", path);
    else if (!str_starts(sandbox->webhook_url, "http://") && !str_starts(sandbox->webhook_url, "https://"))
        *message = arena_printf(arena, "%s: webhook.url wants http://… or https://…", path);
    if (*message != NULL)
        return ERR_CONFIG;
    sandbox->database.host = "";
    hash = hash_text(sandbox->key);
    memcpy(master.bytes, hash.bytes, sizeof master.bytes);
    sandbox->form_key = secret_derive(&master, "sandbox forms");
    return OK;
}

/* Statements end with ";" at the end of a line; "--" starts a comment. */
static enum err run_schema(struct ctx *ctx, FILE *file)
{
    struct str text = str_new(ctx->arena);
    char line[1024];

    while (fgets(line, sizeof line, file) != NULL) {
        char *comment = strstr(line, "-- ");
        char *trimmed;

        if (comment != NULL)
            *comment = '\0';
        trimmed = str_trim(ctx->arena, line);
        if (trimmed[0] == '\0')
            continue;
        str_printf(&text, "%s\n", trimmed);
        if (!str_ends(trimmed, ";"))
            continue;
        text.text[text.bytes - 2] = '\0';
        TRY(ctx, db_run_script(ctx, text.text));
        text = str_new(ctx->arena);
    }
    return text.bytes == 0 ? OK : FAIL(ctx, ERR_CONFIG, "text after the last statement: %.60s", text.text);
}

enum err migrate_sandbox(struct ctx *ctx, const char *path)
{
    FILE *file = fopen(path, "re");
    const char *message;
    enum err err;

    if (file == NULL)
        return FAIL(ctx, ERR_IO, "%s: %s", path, strerror(errno));
    err = run_schema(ctx, file);
    (void)fclose(file);
    if (err != OK)
        return err;
    err = prove_records(ctx, &message);
    if (err == OK)
        err = prove_reversals(ctx, &message);
    if (err == OK)
        err = prove_disputes(ctx, &message);
    return err == OK ? OK : FAIL(ctx, ERR_DB, "the database does not fit the program: %s", message);
}

void hold_answer(const struct sandbox *sandbox)
{
    clock_sleep(sandbox->fault_timeout_ms * 1000);
}

/* ---- what pages share ---- */

static const struct layout_link nav_link[] = {
    {.label = N_("Overview"), .href = "/sandbox/"},
    {.label = N_("Test cards"), .href = "/sandbox/cards"},
    {.label = N_("Money taken"), .href = "/sandbox/ledger"},
    {.label = N_("Money back"), .href = "/sandbox/money-back"},
    {.label = N_("Disputes"), .href = "/sandbox/disputes"},
    {.label = N_("Webhooks"), .href = "/sandbox/events"},
};

void visit_language(struct visit *visit, const char *locale)
{
    char *code = arena_strndup(visit->ctx->arena, locale, 2);
    bool chosen;

    if (strlen(code) == 2 && strcmp(locale, "auto") != 0 && words_known(code))
        visit->ctx->language = code;
    else
        visit->ctx->language = language_of(visit->request, "sandbox_lang", "en", &chosen);
    words_use(visit->ctx->language);
}

static enum err show(struct visit *visit, HDF *hdf, const char *name, const struct layout *layout)
{
    layout_fill(visit->ctx, hdf, layout);
    visit->response->body = str_new(visit->response->arena);
    return view_page(visit->ctx, hdf, name, &visit->response->body);
}

enum err show_plain(struct visit *visit, HDF *hdf, const char *name, const char *title)
{
    struct layout layout = {
        .title = title, .company = tr("Test payment"), .path = visit->request->path, .user = ""};

    return show(visit, hdf, name, &layout);
}

enum err show_listed(struct visit *visit, HDF *hdf, const char *name, const char *title)
{
    struct layout layout = {.title = title,
                            .company = tr("Payment sandbox"),
                            .path = visit->request->path,
                            .user = "",
                            .nav = nav_link,
                            .nav_count = COUNT_OF(nav_link),
                            .language_links = true};

    if (pair_value(&visit->request->fields, "lang") != NULL) /* what was chosen stays chosen */
        respond_cookie(visit->response, "sandbox_lang", visit->ctx->language, 365 * 86400);
    return show(visit, hdf, name, &layout);
}

enum err show_message(struct visit *visit, int status, const char *title, const char *text, const char *href,
                      const char *action)
{
    HDF *hdf = hdf_new(visit->ctx);

    visit->response->status = status;
    hdf_text(hdf, "Message.text", text);
    if (href != NULL) {
        hdf_text(hdf, "Message.href", href);
        hdf_text(hdf, "Message.action", action);
    }
    return show_plain(visit, hdf, "sandbox/message.cs", title);
}

void put_csrf(struct visit *visit, HDF *hdf, const char *subject)
{
    hdf_text(hdf, "Token.csrf",
             csrf_token(visit->ctx->arena, &visit->sandbox->form_key, subject, visit->ctx->now));
}

bool csrf_fits(const struct visit *visit, const char *subject, const char *token)
{
    return csrf_origin_ok(visit->request, visit->sandbox->site_base) && token != NULL &&
           csrf_holds(visit->ctx->arena, &visit->sandbox->form_key, subject, visit->ctx->now, token);
}

/* ---- routes ---- */

struct page_route {
    const char *pattern;
    enum err (*get)(struct visit *visit);
    enum err (*post)(struct visit *visit);
};

static enum err page_root(struct visit *visit)
{
    respond_see(visit->response, "/sandbox/");
    return OK;
}

static const struct page_route route[] = {
    {"/", page_root, NULL},
    {"/pay/:session", page_card, page_card_post},
    {"/step/:intent", page_step, page_step_post},
    {"/sandbox/", page_index, NULL},
    {"/sandbox/cards", page_cards, NULL},
    {"/sandbox/ledger", page_ledger, NULL},
    {"/sandbox/ledger.tsv", page_ledger_tsv, NULL},
    {"/sandbox/disputes", page_disputes, page_disputes_post},
    {"/sandbox/money-back", page_money_back, NULL},
    {"/sandbox/money-back.tsv", page_money_back_tsv, NULL},
    {"/sandbox/events", page_events, NULL},
    {"/sandbox/deliver", NULL, page_deliver},
};

static enum err show_status(struct visit *visit, int status)
{
    switch (status) {
    case 404:
        return show_message(visit, 404, tr("Page not found"), tr("There is nothing at this address."),
                            "/sandbox/", tr("Overview"));
    case 503:
        respond_header(visit->response, "Retry-After", "5");
        return show_message(visit, 503, tr("The payment page is away for a moment"),
                            tr("Nothing was charged. Please try again in a moment."), NULL, NULL);
    default:
        return show_message(visit, status, tr("The request could not be read"),
                            tr("Please go back and try again."), NULL, NULL);
    }
}

static enum err run_page(struct visit *visit)
{
    for (size_t i = 0; i < COUNT_OF(route); i++) {
        if (!route_matches(visit->ctx->arena, route[i].pattern, visit->request->path, visit->arg))
            continue;
        if (visit->request->method == METHOD_POST)
            return route[i].post != NULL ? route[i].post(visit) : show_status(visit, 405);
        return route[i].get != NULL ? route[i].get(visit) : show_status(visit, 405);
    }
    return show_status(visit, 404);
}

static void answer_page(struct visit *visit, int refused)
{
    enum err err;

    visit_language(visit, "auto");
    err = refused != 0 ? show_status(visit, refused) : run_page(visit);
    if (err == OK)
        return;
    log_trail(visit->ctx, "page.failed");
    ctx_forget_error(visit->ctx);
    visit->response->header_count = 0;
    err = err == ERR_DB_GONE || err == ERR_DB_RETRY
              ? show_status(visit, 503)
              : show_message(visit, 500, tr("Something went wrong"), tr("Please go back and try again."),
                             NULL, NULL);
    if (err != OK) {
        log_trail(visit->ctx, "page.failed");
        visit->response->status = 500;
        visit->response->body = str_new(visit->response->arena);
    }
}

void answer_sandbox(struct ctx *ctx, const struct sandbox *sandbox, const struct request *request,
                    int refused, struct response *response)
{
    struct visit visit = {.ctx = ctx, .sandbox = sandbox, .request = request, .response = response};

    if (!str_starts(request->path, "/v1/")) {
        answer_page(&visit, refused);
        return;
    }
    if (refused == 0) {
        answer_api(ctx, sandbox, request, response);
        return;
    }
    response->status = refused;
    response->content_type = "application/json";
    str_append(&response->body,
               object_text(ctx, error_object(ctx, "invalid_request_error", "", "", "Invalid request.")));
}
