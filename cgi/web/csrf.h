/* csrf: forms that only our own pages can send, and that act once.
 *
 * The csrf field is an HMAC over the session and the day (yesterday's still holds); a request that a
 * browser marks as cross-site is refused whatever it carries. The once field is random and signed for
 * the session; its use is recorded by store/form_token. */
#ifndef TACITE_WEB_CSRF_H
#define TACITE_WEB_CSRF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"
#include "web/request.h"

char *csrf_token(struct arena *arena, const struct secret_key *key, const char *session, int64_t now);
bool csrf_holds(struct arena *arena, const struct secret_key *key, const char *session, int64_t now, const char *token);

/* The browser says where the request comes from: Sec-Fetch-Site, else Origin against site_base. True
 * when neither header is there. */
bool csrf_origin_ok(const struct request *request, const char *site_base);

char *once_token(struct arena *arena, const struct secret_key *key, const char *session);
bool once_holds(struct arena *arena, const struct secret_key *key, const char *session, const char *token);

#endif
