#include "sandbox/events.h"

#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "gateway/http.h"
#include "gateway/json.h"
#include "gateway/webhook.h"
#include "sandbox/charging.h"
#include "sandbox/objects.h"
#include "sandbox/reversals.h"

enum { DETAIL_BYTES = 200 };

#define LEASE (30 * CLOCK_SECOND)
#define MINUTE (60 * CLOCK_SECOND)
#define HOUR (60 * MINUTE)
#define LOOK_STEP INT64_C(100000)
#define SWEEP_STEP (5 * CLOCK_SECOND)
#define ANSWERS_KEPT (24 * HOUR)

int64_t delivery_pause(int32_t tries)
{
    static const int64_t pause[] = {1 * CLOCK_SECOND, 2 * CLOCK_SECOND, 5 * CLOCK_SECOND, 15 * CLOCK_SECOND,
                                    MINUTE,           5 * MINUTE,       30 * MINUTE,      2 * HOUR,
                                    5 * HOUR,         10 * HOUR,        12 * HOUR,        12 * HOUR,
                                    12 * HOUR,        12 * HOUR};

    CHECK(tries >= 1);
    return (size_t)tries <= COUNT_OF(pause) ? pause[tries - 1] : 0;
}

enum err record_event(struct ctx *ctx, const struct sandbox *sandbox, const char *type, const json_t *object,
                      enum card_fault fault)
{
    struct gateway_happening event = {.ref = new_ref(ctx->arena, "evt_"), .type = type,
                                      .object_ref = json_text(object, "id"), .created_at = ctx->now};
    json_t *body =
        json_pack("{s:s, s:s, s:s, s:I, s:b, s:i, s:{s:s?, s:s?}, s:s, s:{s:O}}", "id", event.ref, "object",
                  "event", "api_version", "2024-06-20", "created", (json_int_t)(ctx->now / CLOCK_SECOND),
                  "livemode", 0, "pending_webhooks", 1, "request", "id", NULL, "idempotency_key", NULL,
                  "type", type, "data", "object", object);
    int64_t due_at = fault == FAULT_EVENT_LATE ? ctx->now + sandbox->webhook_late_ms * 1000 : ctx->now;

    CHECK(body != NULL);
    event.body = object_text(ctx, body);
    json_decref(body);
    TRY(ctx, insert_event(ctx, &event));
    TRY(ctx, insert_delivery(ctx, event.id, due_at));
    return fault == FAULT_EVENT_TWICE ? insert_delivery(ctx, event.id, due_at) : OK;
}

/* True when the receiver took it; *d says how it went. */
static bool send_event(struct ctx *ctx, const struct sandbox *sandbox, const struct gateway_happening *event,
                       struct delivery *d)
{
    size_t bytes = strlen(event->body);
    struct http_request request = {.method = "POST",
                                   .url = sandbox->webhook_url,
                                   .body = event->body,
                                   .body_bytes = bytes,
                                   .timeout_ms = DELIVERY_TIMEOUT_MS};
    struct http_answer answer;
    enum err err;

    request.headers[0] = "Content-Type: application/json; charset=utf-8";
    request.headers[1] =
        arena_printf(ctx->arena, "Stripe-Signature: %s",
                     webhook_sign(ctx->arena, event->body, bytes, sandbox->webhook_secret, clock_now()));
    err = http_send(ctx, &request, &answer);
    d->last_status = err == OK ? (int32_t)answer.status : 0;
    d->last_detail =
        err == OK ? "" : arena_strndup(ctx->arena, ctx->trail, strnlen(ctx->trail, DETAIL_BYTES));
    ctx_forget_error(ctx);
    return err == OK && answer.status >= 200 && answer.status < 300;
}

static enum err deliver_one(struct ctx *ctx, const struct sandbox *sandbox, struct due_delivery *due,
                            bool *accepted)
{
    const struct gateway_happening *event = &due->event;
    struct delivery *d = &due->delivery;
    int64_t pause;

    d->tries++; /* take_delivery did so in the database */
    *accepted = send_event(ctx, sandbox, event, d);
    pause = *accepted ? 0 : delivery_pause(d->tries);
    d->state = *accepted ? "done" : pause > 0 ? "due" : "failed";
    d->due_at = clock_now() + pause;
    log_event(ctx, *accepted ? LOG_INFO : LOG_WARNING, "webhook.sent", "event", event->ref, "type", event->type,
              "status", arena_printf(ctx->arena, "%d", d->last_status), "try",
              arena_printf(ctx->arena, "%d", d->tries), "detail", d->last_detail, NULL);
    return close_delivery(ctx, d, *accepted ? clock_now() : 0);
}

enum err deliver_events(struct ctx *ctx, const struct sandbox *sandbox, int64_t until_at, int *accepted,
                        int *refused)
{
    struct due_delivery *list;
    size_t count;
    enum err err;

    TRY(ctx, db_ready(ctx));
    TRY(ctx, deliveries_due(ctx, until_at, &list, &count));
    for (size_t i = 0; i < count; i++) {
        bool took = false;

        err = take_delivery(ctx, &list[i].delivery, clock_now() + LEASE);
        if (err == ERR_CONFLICT)
            continue; /* another process has it */
        if (err != OK)
            return err;
        err = deliver_one(ctx, sandbox, &list[i], &took);
        if (err != OK && err != ERR_CONFLICT)
            return err;
        *(took ? accepted : refused) += 1;
    }
    return OK;
}

static enum err sweep(struct ctx *ctx, const struct sandbox *sandbox)
{
    struct gateway_session *list;
    size_t count;

    TRY(ctx, db_ready(ctx));
    TRY(ctx, sessions_overdue(ctx, &list, &count));
    for (size_t i = 0; i < count; i++)
        TRY(ctx, expire_session(ctx, sandbox, list[i].ref, false, NULL));
    return forget_answers_before(ctx, ctx->now - ANSWERS_KEPT);
}

void dispatch_events(const struct sandbox *sandbox)
{
    struct ctx ctx = {.arena = arena_new(), .language = "en", .request_id = "", .actor = "dispatcher",
                      .db = db_open(&sandbox->database)};
    int64_t sweep_at = 0;

    for (;;) {
        int accepted = 0;
        int refused = 0;
        enum err err;

        ctx.now = clock_now();
        err = db_ready(&ctx);
        if (err == OK)
            err = turn_refunds(&ctx, sandbox, ctx.now);
        if (err == OK)
            err = deliver_events(&ctx, sandbox, ctx.now, &accepted, &refused);
        if (err == OK && ctx.now >= sweep_at) {
            err = sweep(&ctx, sandbox);
            sweep_at = ctx.now + SWEEP_STEP;
        }
        if (err != OK) {
            log_trail(&ctx, "dispatcher.failed");
            ctx_forget_error(&ctx);
        }
        arena_reset(ctx.arena);
        clock_sleep(err == OK ? LOOK_STEP : CLOCK_SECOND);
    }
}
