/* api: the gateway's API: bearer key, form-encoded parameters, JSON answers, idempotency keys.
 *
 * A handler first checks everything (api_refuse: nothing is kept, the key stays free) and then acts
 * (api_answer: kept under the key whatever the status). Acting and keeping are one transaction, so a
 * key and its effect exist together or not at all. */
#ifndef TACITE_SANDBOX_API_H
#define TACITE_SANDBOX_API_H

#include <jansson.h>
#include <stdbool.h>

#include "sandbox/cards.h"
#include "sandbox/sandbox.h"
#include "web/request.h"
#include "web/response.h"

struct api_call {
    struct ctx *ctx;
    const struct sandbox *sandbox;
    const struct request *request;
    const char *ref;        /* from the path, "" none */
    struct pairs params;    /* of the body, or of the query */
    const char *key;        /* idempotency key, "" none */
    int status;
    const char *body;
    bool acted;             /* the answer is kept under the key */
    const char *held_fault; /* a timeout before anything was done, remembered by this name; NULL none */
    enum card_fault fault;  /* to be played after COMMIT */
};

struct api_route {
    enum method method;
    const char *pattern;
    enum err (*run)(struct api_call *call);
    const char *params[24]; /* known parameters; "metadata[*]", "line_items[#][quantity]" */
};

/* The table in api_objects.c. */
const struct api_route *api_routes(size_t *count);

/* Wrong parameters and missing objects: not kept. */
enum err api_refuse(struct api_call *call, int status, const char *code, const char *param,
                    const char *message);

/* An object, expanded as asked for; `acted` says that something was changed. */
enum err api_answer(struct api_call *call, int status, json_t *object, bool acted) MUST_USE;

const char *api_param(const struct api_call *call, const char *name);              /* "" when absent */
bool api_flag(const struct api_call *call, const char *name);                      /* "true" */
/* Which page of a list is asked for; false: parameters that no page has. */
struct api_page {
    int64_t since_at;  /* created[gte], UTC microseconds; 1: from the beginning */
    size_t limit;      /* 1 to 100, 10 when not told */
    const char *after; /* starting_after; "" the first page */
};
bool api_page(const struct api_call *call, struct api_page *page);
char *api_metadata(struct api_call *call, const char *prefix); /* JSON text of prefix[name]=value */

/* Answers everything under /v1/. */
void answer_api(struct ctx *ctx, const struct sandbox *sandbox, const struct request *request,
                struct response *response);

#endif
