#include "service/once.h"

#include <string.h>

#include "store/form_token.h"

enum err spend_once(struct ctx *ctx, const struct once *once, const char *ref, const char **url)
{
    const char *place = strstr(once->to, "{ref}");
    const char *to = once->to;

    if (place != NULL)
        to = arena_printf(ctx->arena, "%.*s%s%s", (int)(place - once->to), once->to, ref, place + 5);
    if (url != NULL)
        *url = to;
    return once->token == NULL ? OK : use_form_token(ctx, once->token, to);
}

enum err pressed_before(struct ctx *ctx, const struct once *once)
{
    const char *url;
    enum err err = once == NULL || once->token == NULL ? ERR_NOT_FOUND : form_token_result(ctx, once->token, &url);

    if (err == OK)
        return ERR_DUPLICATE;
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_forget_error(ctx);
    return OK;
}
