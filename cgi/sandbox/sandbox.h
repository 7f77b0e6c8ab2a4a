/* sandbox: a payment gateway for demo and tests that speaks the real one's API.
 *
 * It never takes money and refuses real card numbers and live keys. One answer function serves the
 * API (/v1/), the hosted pages (/pay/, /step/) and the pages that show what happened (/sandbox/). */
#ifndef TACITE_SANDBOX_SANDBOX_H
#define TACITE_SANDBOX_SANDBOX_H

#include "base/ctx.h"
#include "base/secret.h"
#include "store/db.h"
#include "web/request.h"
#include "web/response.h"

enum { DELIVERY_TIMEOUT_MS = 10000, HOLD_MS_MAX = 20000 };

struct sandbox {
    struct db_login database;
    const char *site_base;      /* as the browser sees it, without a slash at the end */
    const char *key;            /* sk_test_… */
    const char *webhook_url;
    const char *webhook_secret;
    long long webhook_late_ms;
    long long fault_timeout_ms;
    long long fault_status; /* the API refuses the key with this status: 401 or 403; 0 as it should */
    struct secret_key form_key; /* of the forms' csrf fields */
};

/* Reads the configuration; *message says path:line and what is wrong. The file holds secrets. */
enum err sandbox_load(struct arena *arena, const char *path, struct sandbox *sandbox,
                      const char **message) MUST_USE;

/* schema/sandbox.sql, then every statement is proved against it. */
enum err migrate_sandbox(struct ctx *ctx, const char *file) MUST_USE;

/* Answers one request; refused is 0 or the status that request_parse wants. ctx->db is connected on use. */
void answer_sandbox(struct ctx *ctx, const struct sandbox *sandbox, const struct request *request,
                    int refused, struct response *response);

/* The dispatcher's loop: delivers events, expires sessions, forgets old keys. Never returns. */
_Noreturn void dispatch_events(const struct sandbox *sandbox);

/* Keeps somebody waiting for as long as the configuration says. */
void hold_answer(const struct sandbox *sandbox);

#endif
