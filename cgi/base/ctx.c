#include "base/ctx.h"

void ctx_forget_error(struct ctx *ctx)
{
    ctx->trail[0] = '\0';
}
