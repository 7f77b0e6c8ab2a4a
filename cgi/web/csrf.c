#include "web/csrf.h"

#include <string.h>

#include "base/encode.h"
#include "base/hash.h"
#include "base/random.h"

enum { ONCE_BYTES = 16, MAC_CHARS = 22 };

static char *mac(struct arena *arena, const struct secret_key *key, const char *session, const char *what)
{
    char *text = arena_printf(arena, "%s|%s", what, session);
    struct hash hash = hash_hmac(key->bytes, sizeof key->bytes, text, strlen(text));

    return arena_strndup(arena, encode_base64url(arena, hash.bytes, sizeof hash.bytes), MAC_CHARS);
}

static char *of_day(struct arena *arena, const struct secret_key *key, const char *session, int64_t day)
{
    return mac(arena, key, session, arena_printf(arena, "csrf %lld", (long long)day));
}

static int64_t day_of(int64_t now)
{
    return now / (INT64_C(86400) * 1000000);
}

static bool same(const char *a, const char *b)
{
    return strlen(a) == strlen(b) && hash_equal(a, b, strlen(a));
}

char *csrf_token(struct arena *arena, const struct secret_key *key, const char *session, int64_t now)
{
    return of_day(arena, key, session, day_of(now));
}

bool csrf_holds(struct arena *arena, const struct secret_key *key, const char *session, int64_t now, const char *token)
{
    return same(token, of_day(arena, key, session, day_of(now))) ||
           same(token, of_day(arena, key, session, day_of(now) - 1));
}

bool csrf_origin_ok(const struct request *request, const char *site_base)
{
    const char *site = request_param(request, "HTTP_SEC_FETCH_SITE");
    const char *origin = request_param(request, "HTTP_ORIGIN");

    if (strcmp(site, "cross-site") == 0)
        return false;
    /* "null" is sent where the referrer policy hides the origin of a form: the token decides then */
    return origin[0] == '\0' || strcmp(origin, "null") == 0 || strcmp(origin, site_base) == 0;
}

char *once_token(struct arena *arena, const struct secret_key *key, const char *session)
{
    unsigned char random[ONCE_BYTES];
    char *text;

    random_bytes(random, sizeof random);
    text = encode_base64url(arena, random, sizeof random);
    return arena_printf(arena, "%s.%s", text, mac(arena, key, session, arena_printf(arena, "once %s", text)));
}

bool once_holds(struct arena *arena, const struct secret_key *key, const char *session, const char *token)
{
    const char *dot = strchr(token, '.');
    char *text;

    if (dot == NULL || dot - token != MAC_CHARS)
        return false;
    text = arena_strndup(arena, token, (size_t)(dot - token));
    return same(dot + 1, mac(arena, key, session, arena_printf(arena, "once %s", text)));
}
