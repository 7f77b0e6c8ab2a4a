#include "sandbox/api.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/str.h"
#include "gateway/json.h"
#include "sandbox/events.h"
#include "sandbox/objects.h"
#include "sandbox/records.h"
#include "web/router.h"

enum {
    PARAMS_IN_MAX = 200,
    KEY_BYTES_MAX = 255,
    METADATA_MAX = 50,
    METADATA_NAME_MAX = 40,
    METADATA_VALUE_MAX = 500,
    EXPANSIONS_MAX = 20
};

/* ---- parameters ---- */

const char *api_param(const struct api_call *call, const char *name)
{
    const char *value = pair_value(&call->params, name);

    return value != NULL ? value : "";
}

bool api_flag(const struct api_call *call, const char *name)
{
    return strcmp(api_param(call, name), "true") == 0;
}

/* "metadata[*]" fits any name in the brackets, "[#]" a number. */
static bool param_fits(const char *pattern, const char *name)
{
    while (*pattern != '\0' && *name != '\0') {
        if ((*pattern == '*' || *pattern == '#') && pattern[1] == ']') {
            size_t bytes = strcspn(name, "[]");

            if (bytes == 0 || (*pattern == '#' && (bytes > 3 || strspn(name, "0123456789") != bytes)))
                return false;
            pattern++;
            name += bytes;
        } else if (*pattern++ != *name++) {
            return false;
        }
    }
    return *pattern == '\0' && *name == '\0';
}

static bool param_known(const struct api_route *route, const char *name)
{
    if (strcmp(name, "expand[]") == 0 || param_fits("expand[#]", name))
        return true;
    for (size_t i = 0; i < COUNT_OF(route->params) && route->params[i] != NULL; i++)
        if (param_fits(route->params[i], name))
            return true;
    return false;
}

/* The name between the brackets of prefix[name], NULL when it is another parameter. */
static char *bracket_name(struct arena *arena, const char *prefix, const char *param)
{
    size_t bytes = strlen(prefix);

    if (strncmp(param, prefix, bytes) != 0 || param[bytes] != '[' || !str_ends(param, "]"))
        return NULL;
    return arena_strndup(arena, param + bytes + 1, strlen(param) - bytes - 2);
}

char *api_metadata(struct api_call *call, const char *prefix)
{
    json_t *object = json_object();
    char *text;
    char *kept;

    CHECK(object != NULL);
    for (size_t i = 0; i < call->params.count; i++) {
        const struct pair *pair = &call->params.items[i];
        char *name = bracket_name(call->ctx->arena, prefix, pair->name);

        if (name != NULL && pair->value[0] != '\0')
            CHECK(json_object_set_new(object, name, json_string(pair->value)) == 0);
    }
    text = json_dumps(object, JSON_SORT_KEYS | JSON_COMPACT);
    CHECK(text != NULL);
    kept = arena_strdup(call->ctx->arena, text);
    free(text);
    json_decref(object);
    return kept;
}

/* ---- answers ---- */

enum err api_refuse(struct api_call *call, int status, const char *code, const char *param,
                    const char *message)
{
    call->status = status;
    call->acted = false;
    call->body =
        object_text(call->ctx, error_object(call->ctx, "invalid_request_error", code, param, message));
    return OK;
}

enum err api_answer(struct api_call *call, int status, json_t *object, bool acted)
{
    size_t expansions = 0;

    for (size_t i = 0; i < call->params.count; i++) {
        bool known;

        if (!str_starts(call->params.items[i].name, "expand["))
            continue;
        if (++expansions > EXPANSIONS_MAX)
            return api_refuse(call, 400, "", "expand", "Too many expansions.");
        TRY(call->ctx, expand_object(call->ctx, call->sandbox, object, call->params.items[i].value, &known));
        if (!known && !acted)
            return api_refuse(call, 400, "", "expand",
                              arena_printf(call->ctx->arena, "This property cannot be expanded (%s).",
                                           call->params.items[i].value));
    }
    call->status = status;
    call->body = object_text(call->ctx, object);
    call->acted = acted;
    return OK;
}

static void send_json(struct response *response, int status, const char *body)
{
    response->status = status;
    response->content_type = "application/json";
    response->body = str_new(response->arena);
    str_append(&response->body, body);
    str_append_char(&response->body, '\n');
}

static void send_error(struct ctx *ctx, struct response *response, int status, const char *type,
                       const char *code, const char *message)
{
    send_json(response, status, object_text(ctx, error_object(ctx, type, code, "", message)));
}

/* ---- the key in front of everything ---- */

static bool key_fits(const struct sandbox *sandbox, const char *given)
{
    struct hash a = hash_text(given);
    struct hash b = hash_text(sandbox->key);

    return hash_equal(a.bytes, b.bytes, sizeof a.bytes);
}

/* "Bearer <key>", or Basic with the key as the user's name. False after having answered 401. */
static bool authorised(struct ctx *ctx, const struct sandbox *sandbox, const struct request *request,
                       struct response *response)
{
    const char *header = request_param(request, "HTTP_AUTHORIZATION");
    unsigned char *plain;
    size_t bytes;

    if (strncasecmp(header, "Bearer ", 7) == 0 && key_fits(sandbox, str_trim(ctx->arena, header + 7)))
        return true;
    if (strncasecmp(header, "Basic ", 6) == 0 &&
        decode_base64(ctx->arena, str_trim(ctx->arena, header + 6), &plain, &bytes)) {
        char *user = arena_strndup(ctx->arena, (char *)plain, bytes);

        user[strcspn(user, ":")] = '\0';
        if (key_fits(sandbox, user))
            return true;
    }
    respond_header(response, "WWW-Authenticate", "Basic realm=\"tacite-sandbox\"");
    send_error(ctx, response, 401, "invalid_request_error", "",
               header[0] == '\0' ? "You did not provide an API key." : "Invalid API Key provided.");
    return false;
}

/* ---- the parameters of a route ---- */

static bool check_params(struct api_call *call, const struct api_route *route)
{
    struct arena *arena = call->ctx->arena;
    size_t metadata = 0;

    for (size_t i = 0; i < call->params.count; i++) {
        const char *name = call->params.items[i].name;
        const char *value = call->params.items[i].value;
        const char *bracket = strstr(name, "metadata][");
        char *meta = bracket != NULL ? arena_strndup(arena, bracket + 10, strcspn(bracket + 10, "]"))
                                     : bracket_name(arena, "metadata", name);

        if (!param_known(route, name))
            return (void)api_refuse(call, 400, "parameter_unknown", name,
                                    arena_printf(arena, "Received unknown parameter: %s", name)), false;
        for (size_t j = 0; j < i && strcmp(name, "expand[]") != 0; j++)
            if (strcmp(call->params.items[j].name, name) == 0)
                return (void)api_refuse(call, 400, "parameter_invalid", name,
                                        arena_printf(arena, "Parameter given twice: %s", name)), false;
        if (meta != NULL && (++metadata > 2 * METADATA_MAX || strlen(meta) > METADATA_NAME_MAX ||
                             str_length(value) > METADATA_VALUE_MAX))
            return (void)api_refuse(call, 400, "parameter_invalid", name,
                                    "Metadata holds at most 50 names of 40 and values of 500 characters."),
                   false;
    }
    return true;
}

static int by_text(const void *a, const void *b)
{
    const struct pair *left = a;
    const struct pair *right = b;
    int order = strcmp(left->name, right->name);

    return order != 0 ? order : strcmp(left->value, right->value);
}

/* Path and parameters in whatever order they came. */
static struct hash request_hash(struct ctx *ctx, const struct api_call *call)
{
    struct pair *sorted = arena_memdup(ctx->arena, call->params.items, call->params.count * sizeof *sorted);
    struct str text = str_new(ctx->arena);

    qsort(sorted, call->params.count, sizeof *sorted, by_text);
    str_append(&text, call->request->path);
    for (size_t i = 0; i < call->params.count; i++)
        str_printf(&text, "\n%s=%s", encode_percent(ctx->arena, sorted[i].name),
                   encode_percent(ctx->arena, sorted[i].value));
    return hash_sha256(text.text, text.bytes);
}

/* ---- running a handler ---- */

struct running {
    struct api_call *call;
    const struct api_route *route;
    bool replayed;
    bool differs;
};

static enum err run_call(struct ctx *ctx, void *arg)
{
    struct running *r = arg;
    struct api_call *call = r->call;
    struct hash hash = request_hash(ctx, call);
    struct kept_answer kept;
    enum err err = ERR_NOT_FOUND;

    call->acted = false;
    call->held_fault = NULL;
    call->fault = FAULT_NONE;
    if (call->key[0] != '\0')
        err = kept_answer_of(ctx, call->key, &kept);
    if (err == OK) {
        r->replayed = true;
        r->differs = !hash_equal(kept.request_hash, hash.bytes, sizeof hash.bytes);
        call->status = kept.status;
        call->body = kept.body;
        return OK;
    }
    if (err != ERR_NOT_FOUND)
        return err;
    TRY(ctx, r->route->run(call));
    if (call->fault == FAULT_ERROR_AFTER) {
        call->status = 500;
        call->body = object_text(
            ctx, error_object(ctx, "api_error", "", "", "An error occurred with our connection."));
    }
    if (!call->acted || call->key[0] == '\0')
        return OK;
    memcpy(kept.request_hash, hash.bytes, sizeof kept.request_hash);
    kept.status = call->status;
    kept.body = call->body;
    return keep_answer(ctx, call->key, &kept);
}

static enum err play_fault(struct api_call *call)
{
    struct ctx *ctx = call->ctx;
    int accepted = 0;
    int refused = 0;

    if (call->fault == FAULT_EVENT_FIRST)
        TRY(ctx, deliver_events(ctx, call->sandbox, clock_now(), &accepted, &refused));
    if (call->held_fault != NULL) {
        enum err err = note_played(ctx, call->held_fault);

        if (err != OK && err != ERR_DUPLICATE)
            return err;
    }
    if (call->held_fault != NULL || call->fault == FAULT_TIMEOUT_AFTER) {
        hold_answer(call->sandbox);
        call->status = 504;
        call->body = "";
    }
    return OK;
}

static enum err run_locked(struct running *r)
{
    struct api_call *call = r->call;
    struct ctx *ctx = call->ctx;
    bool got = true;
    char *name = NULL;
    enum err err;

    TRY(ctx, db_ready(ctx));
    if (call->key[0] != '\0') {
        struct hash hash = hash_text(call->key);

        name = arena_strndup(ctx->arena, encode_hex(ctx->arena, hash.bytes, sizeof hash.bytes), 40);
        TRY(ctx, lock_key(ctx, name, &got));
    }
    if (!got) {
        call->status = 409;
        call->body = object_text(ctx, error_object(ctx, "idempotency_error", "idempotency_key_in_use", "",
            "There is currently another in-progress request using this Idempotency-Key."));
        return OK;
    }
    err = db_transaction(ctx, run_call, r);
    if (err == ERR_CONFLICT && call->held_fault != NULL)
        err = (ctx_forget_error(ctx), OK); /* rolled back: nothing happened yet */
    if (err == OK && r->differs) {
        call->status = 400;
        call->body = object_text(ctx, error_object(ctx, "idempotency_error", "", "",
                                                   "Keys for idempotent requests can only be used with the "
                                                   "same parameters they were first used with."));
    }
    if (err == OK && call->held_fault != NULL)
        err = play_fault(call); /* under the lock: meanwhile the key is in use */
    if (name != NULL && err != ERR_DB_GONE) {
        enum err unlocked = unlock_key(ctx, name);

        err = err == OK ? unlocked : err;
    }
    if (err == OK && !r->replayed && call->held_fault == NULL)
        err = play_fault(call); /* the answer is kept already: a second request gets it */
    return err;
}

static bool read_params(struct api_call *call)
{
    const struct request *request = call->request;

    if (request->method != METHOD_POST) {
        call->params = request->fields;
        return true;
    }
    if (request->body_bytes > 0 && !str_starts(request->content_type, "application/x-www-form-urlencoded"))
        return false;
    return pairs_parse(call->ctx->arena, request->body, request->body_bytes, PARAMS_IN_MAX, &call->params);
}

static bool key_ok(const char *key)
{
    for (const char *p = key; *p != '\0'; p++)
        if (*p < 0x20 || *p > 0x7e)
            return false;
    return strlen(key) <= KEY_BYTES_MAX;
}

static const struct api_route *find_route(struct api_call *call)
{
    size_t count;
    const struct api_route *route = api_routes(&count);
    const char *arg[ROUTE_ARGS];
    enum method method = call->request->method == METHOD_HEAD ? METHOD_GET : call->request->method;

    for (size_t i = 0; i < count; i++)
        if (route[i].method == method &&
            route_matches(call->ctx->arena, route[i].pattern, call->request->path, arg)) {
            call->ref = arg[0];
            return &route[i];
        }
    return NULL;
}

static void answer_route(struct api_call *call, const struct api_route *route, struct response *response)
{
    struct ctx *ctx = call->ctx;
    struct running running = {.call = call, .route = route};
    enum err err = OK;

    if (!read_params(call)) {
        (void)api_refuse(call, 400, "", "", "Invalid request: the parameters are not form-encoded.");
    } else if (!key_ok(call->key)) {
        (void)api_refuse(call, 400, "", "", "An idempotency key has at most 255 printable characters.");
        call->key = "";
    } else if (check_params(call, route)) {
        err = run_locked(&running);
    }
    if (err != OK) {
        log_trail(ctx, "api.failed");
        respond_header(response, "Retry-After", "5");
        send_error(ctx, response, err == ERR_DB_GONE || err == ERR_DB_RETRY ? 503 : 500, "api_error", "",
                   "The sandbox cannot answer now.");
        return;
    }
    if (call->key[0] != '\0')
        respond_header(response, "Idempotency-Key", call->key);
    if (running.replayed && !running.differs)
        respond_header(response, "Idempotent-Replayed", "true");
    send_json(response, call->status, call->body);
}

void answer_api(struct ctx *ctx, const struct sandbox *sandbox, const struct request *request,
                struct response *response)
{
    struct api_call call = {.ctx = ctx,
                            .sandbox = sandbox,
                            .request = request,
                            .ref = "",
                            .key = "",
                            .body = "",
                            .fault = FAULT_NONE};
    const struct api_route *route;

    respond_header(response, "Request-Id", arena_printf(ctx->arena, "req_%s", ctx->request_id));
    if (!authorised(ctx, sandbox, request, response))
        return;
    if (sandbox->fault_status != 0) {
        send_error(ctx, response, (int)sandbox->fault_status, "invalid_request_error", sandbox->fault_status == 401 ? "api_key_expired" : "",
                   "The API key was revoked, or may not do this.");
        return;
    }
    route = find_route(&call);
    if (route == NULL) {
        send_error(ctx, response, 404, "invalid_request_error", "",
                   arena_printf(ctx->arena, "Unrecognized request URL (%s: %s).",
                                request->method == METHOD_POST ? "POST" : "GET", request->path));
        return;
    }
    if (request->method == METHOD_POST)
        call.key = request_param(request, "HTTP_IDEMPOTENCY_KEY");
    answer_route(&call, route, response);
}
