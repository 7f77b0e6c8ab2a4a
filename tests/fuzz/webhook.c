/* The signature header in the first line, the body after it. What holds carries the body's own signature; what is
 * read as an event fits the columns that keep it. */
#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "fuzz.h"
#include "gateway/webhook.h"

static void fits(const char *text, size_t most)
{
    CHECK(strlen(text) <= most);
    for (const char *p = text; *p != '\0'; p++)
        CHECK(*p > 0x20 && *p < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char secret[] = "whsec_fuzz";
    struct ctx *ctx = fuzz_ctx();
    const uint8_t *line = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t head = line != NULL ? (size_t)(line - data) : size;
    const char *header = fuzz_text(ctx, data, head);
    const char *body = line != NULL ? (const char *)line + 1 : "";
    size_t bytes = line != NULL ? size - head - 1 : 0;
    struct webhook_event event;
    char *good = webhook_sign(ctx->arena, body, bytes, secret, ctx->now);

    CHECK(webhook_holds(ctx->arena, good, body, bytes, secret, "", ctx->now));
    CHECK(webhook_holds(ctx->arena, good, body, bytes, "whsec_new", secret, ctx->now));
    CHECK(!webhook_holds(ctx->arena, good, body, bytes, "whsec_other", "", ctx->now));
    CHECK(!webhook_holds(ctx->arena, good, body, bytes, secret, "", ctx->now + INT64_C(301) * 1000000));
    /* The corpus is signed by nobody: a header that holds would have been forged. */
    CHECK(!webhook_holds(ctx->arena, header, body, bytes, secret, "whsec_old", ctx->now));
    if (webhook_read(ctx, body, bytes, &event)) {
        CHECK(event.event_ref[0] != '\0' && event.type[0] != '\0');
        fits(event.event_ref, 255);
        fits(event.type, 80);
        fits(event.object_ref, 255);
        fits(event.attempt_key, 64);
    }
    return 0;
}
