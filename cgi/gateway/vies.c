#include "gateway/vies.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "gateway/http.h"
#include "gateway/json.h"

enum { REASON_BYTES = 40, NAME_BYTES = 200, CONSULTATION_BYTES = 60 };

static void no_answer(struct vies_answer *answer, const char *reason)
{
    *answer = (struct vies_answer){.verdict = VIES_NO_ANSWER, .consultation = "", .name = "", .reason = reason};
}

/* Capital letters and '_' only: it is stored as ASCII and shown to the seller. */
static const char *code_of(struct arena *arena, const char *text)
{
    size_t bytes = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

    return bytes > 0 && bytes <= REASON_BYTES && text[bytes] == '\0' ? arena_strdup(arena, text) : "UNKNOWN_ANSWER";
}

static bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

/* {"actionSucceed":false,"errorWrappers":[{"error":"MS_UNAVAILABLE"}]}; "" when the body is none of these. */
static const char *error_of(struct arena *arena, const json_t *object)
{
    const json_t *wrapper = json_array_get(json_at(object, "errorWrappers"), 0);
    const char *code = json_text(wrapper, "error");

    return wrapper == NULL ? "" : code_of(arena, code);
}

static bool about_state(const char *reason)
{
    return str_equal(reason, "MS_UNAVAILABLE") || str_starts(reason, "MS_MAX_CONCURRENT_REQ");
}

/* What a member state does not publish comes as "---". */
static const char *published(struct arena *arena, const char *text)
{
    return str_equal(text, "---") ? "" : str_cut(arena, text, NAME_BYTES);
}

void vies_read(struct ctx *ctx, long status, const char *body, size_t bytes, const char *vat_id, struct vies_answer *answer)
{
    json_t *object = json_read(ctx, body, bytes);
    const json_t *valid = object != NULL ? json_at(object, "valid") : NULL;
    const char *reason = object != NULL ? error_of(ctx->arena, object) : "";
    const char *consultation;

    if (reason[0] != '\0') {
        no_answer(answer, reason);
        answer->state_only = about_state(reason);
        return;
    }
    if (status != 200 || object == NULL || !json_is_boolean(valid) ||
        strncmp(json_text(object, "countryCode"), vat_id, 2) != 0 || strlen(json_text(object, "countryCode")) != 2 ||
        !str_equal(json_text(object, "vatNumber"), vat_id + 2)) {
        no_answer(answer, status >= 500 ? "SERVICE_UNAVAILABLE" : "UNKNOWN_ANSWER");
        return;
    }
    consultation = json_text(object, "requestIdentifier");
    *answer = (struct vies_answer){
        .verdict = json_is_true(valid) ? VIES_VALID : VIES_INVALID,
        .consultation = is_ascii(consultation) ? str_cut(ctx->arena, consultation, CONSULTATION_BYTES) : "",
        .name = published(ctx->arena, json_text(object, "name")), .reason = ""};
}

/* Both numbers are normalised: letters and digits, nothing to escape. */
static char *question_body(struct arena *arena, const struct vies_question *q, bool with_requester)
{
    if (!with_requester)
        return arena_printf(arena, "{\"countryCode\":\"%.2s\",\"vatNumber\":\"%s\"}", q->vat_id, q->vat_id + 2);
    return arena_printf(arena, "{\"countryCode\":\"%.2s\",\"vatNumber\":\"%s\",\"requesterMemberStateCode\":\"%.2s\","
                        "\"requesterNumber\":\"%s\"}", q->vat_id, q->vat_id + 2, q->requester, q->requester + 2);
}

static void ask(struct ctx *ctx, const struct vies_question *q, bool with_requester, struct vies_answer *answer)
{
    const char *body = question_body(ctx->arena, q, with_requester);
    struct http_request request = {
        .method = "POST", .url = arena_printf(ctx->arena, "%s/check-vat-number", q->base),
        .headers = {"Content-Type: application/json", "Accept: application/json"},
        .body = body, .body_bytes = strlen(body), .timeout_ms = q->timeout_ms};
    struct http_answer http;
    enum err err = http_send(ctx, &request, &http);

    if (err == OK) {
        vies_read(ctx, http.status, http.body, http.body_bytes, q->vat_id, answer);
        return;
    }
    ctx_forget_error(ctx);
    no_answer(answer, err == ERR_NOT_SENT ? "NOT_REACHED" : "TIMEOUT");
}

void vies_ask(struct ctx *ctx, const struct vies_question *question, struct vies_answer *answer)
{
    bool with_requester = question->requester[0] != '\0';

    CHECK(strlen(question->vat_id) > 2);
    ask(ctx, question, with_requester, answer);
    /* A seller whose own number VIES does not know yet still learns about the customer's. */
    if (with_requester && str_equal(answer->reason, "INVALID_REQUESTER_INFO"))
        ask(ctx, question, false, answer);
}
