/* form_token: the once-token of a form, used up in the transaction of what the form does (MON-10).
 *
 * Every rendered POST form carries a random token. The first POST inserts its hash together with where
 * the answer led; a second one (double click, reload, two tabs of one page) finds that row and is led
 * to the same place instead of doing the act again. */
#ifndef TACITE_STORE_FORM_TOKEN_H
#define TACITE_STORE_FORM_TOKEN_H

#include "base/ctx.h"

/* Where the first use of the token led; ERR_NOT_FOUND when it was not used. */
enum err form_token_result(struct ctx *ctx, const char *token, const char **url) MUST_USE;

/* Uses the token up inside a transaction. ERR_DUPLICATE when somebody did before: roll back, then ask
 * form_token_result. An empty token is our own mistake. */
enum err use_form_token(struct ctx *ctx, const char *token, const char *result_url) MUST_USE;

#endif
