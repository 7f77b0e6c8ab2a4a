/* link: capability links (decisions.md 4). The mail holds a token of 256 random bits; the database
 * only its SHA-256. What a link opens is its kind and object; it dies by date, by use (login, reset)
 * or because it is revoked. */
#ifndef TACITE_STORE_LINK_H
#define TACITE_STORE_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

enum link_kind { LINK_KIND_QUOTE = 1, LINK_KIND_PAY, LINK_KIND_MANAGE, LINK_KIND_LOGIN, LINK_KIND_RESET };
enum { LINK_KINDS = LINK_KIND_RESET, LINK_TOKEN_CHARACTERS = 43 };

struct link {
    int64_t id;
    const char *kind_name;
    enum link_kind kind;
    int64_t object_id;   /* quote, invoice, customer, customer, seller_user */
    int64_t created_at;
    int64_t expires_at;
    int64_t used_at;     /* 0 never */
    int64_t revoked_at;  /* 0 not */
};

const char *link_kind_name(enum link_kind kind);

/* Usable at this instant: not expired, not revoked, and not used where one use is all. */
bool link_lives(const struct link *link, int64_t now);

/* A link to pay an invoice, for a year from now; not made yet. */
#define PAY_LINK_LIFE (INT64_C(365) * 86400 * 1000000) /* microseconds, at most; it ends 30 days after the payment (service/visiting) */
struct link pay_link(const struct ctx *ctx, int64_t invoice_id);

/* Makes a token (arena, base64url, 43 characters) and its row; sets link->id. */
enum err insert_link(struct ctx *ctx, struct link *link, char **token) MUST_USE;

/* The same for many, and for many of one kind, in one round trip; tokens[i] is of links[i] or objects[i]. Their ids stay unknown: who
 * refers to such a link finds it by its token's hash. */
enum err insert_link_list(struct ctx *ctx, const struct link *links, size_t count, char **tokens) MUST_USE;
enum err insert_links(struct ctx *ctx, enum link_kind kind, const int64_t *objects, size_t count, int64_t expires_at,
                      char **tokens) MUST_USE;

/* Any link of that token, dead ones too; ERR_NOT_FOUND also for what cannot be a token. */
enum err link_by_token(struct ctx *ctx, const char *token, struct link *link) MUST_USE;
enum err links_of(struct ctx *ctx, enum link_kind kind, int64_t object_id, struct link **links,
                  size_t *count) MUST_USE; /* newest first, at most 50 */

/* Revokes every living link of that kind and object, and with them the visits' grants. */
enum err revoke_links(struct ctx *ctx, enum link_kind kind, int64_t object_id) MUST_USE;

/* Marks a link used; ERR_CONFLICT when it was already: one of two racing uses wins. */
enum err use_link_once(struct ctx *ctx, int64_t id) MUST_USE;
/* Remembers the first use of a link that may be opened again; an access fact. */
enum err note_link_use(struct ctx *ctx, int64_t id) MUST_USE;

#endif
