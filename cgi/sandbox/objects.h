/* objects: the gateway's records as the API shows them (JSON). */
#ifndef TACITE_SANDBOX_OBJECTS_H
#define TACITE_SANDBOX_OBJECTS_H

#include <jansson.h>

#include "sandbox/cards.h"
#include "sandbox/records.h"
#include "sandbox/sandbox.h"

/* Every object below hangs on ctx->arena and is freed with it. */
json_t *customer_object(struct ctx *ctx, const struct gateway_customer *customer);
json_t *method_object(struct ctx *ctx, const struct gateway_method *method);
json_t *intent_object(struct ctx *ctx, const struct sandbox *sandbox, const struct gateway_intent *intent);
json_t *session_object(struct ctx *ctx, const struct sandbox *sandbox, const struct gateway_session *session);

/* {"object": "list" or "search_result", "data": […]} of these objects. */
/* more: there is a further page. */
json_t *list_page_object(struct ctx *ctx, const char *kind, const char *path, json_t *const *items, size_t count, bool more);
json_t *list_object(struct ctx *ctx, const char *kind, const char *path, json_t *const *items, size_t count);

/* {"error": {…}}; empty texts are left out. */
json_t *error_object(struct ctx *ctx, const char *type, const char *code, const char *param,
                     const char *message);

/* The error of a declined charge, with the intent and the card beside it. */
json_t *decline_object(struct ctx *ctx, const struct sandbox *sandbox, const struct gateway_intent *intent,
                       const struct gateway_method *method);

/* The object of a reference, by its prefix; ERR_NOT_FOUND when there is none. */
enum err object_of(struct ctx *ctx, const struct sandbox *sandbox, const char *ref, json_t **object) MUST_USE;

/* Puts the object in the place of the id at "payment_intent.payment_method" ("data." before it goes
 * through a list). *known is false for what cannot be expanded. */
enum err expand_object(struct ctx *ctx, const struct sandbox *sandbox, json_t *object, const char *path,
                       bool *known) MUST_USE;

char *object_text(struct ctx *ctx, const json_t *object);

#endif
