#include "service/gateway_request.h"

#include "base/encode.h"
#include "base/random.h"
#include "store/tenant.h"

enum { KEY_BYTES = 16 };

struct stripe house_gateway(const struct ctx *ctx)
{
    return (struct stripe){ctx->tenant->gateway_base, ctx->tenant->gateway_key};
}

char *new_request_key(struct ctx *ctx)
{
    unsigned char random[KEY_BYTES];

    random_bytes(random, sizeof random);
    return arena_printf(ctx->arena, "%s-%s", ctx->tenant->name, encode_hex(ctx->arena, random, sizeof random));
}
