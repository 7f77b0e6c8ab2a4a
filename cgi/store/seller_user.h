/* seller_user: the people who sell. Passwords are scrypt texts (base/secret.h). */
#ifndef TACITE_STORE_SELLER_USER_H
#define TACITE_STORE_SELLER_USER_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct seller_user {
    int64_t id;
    const char *email;    /* lower case */
    const char *name;
    const char *password; /* "$scrypt$..." */
    const char *language;
    const char *state;    /* "active", "disabled" */
    int64_t signed_in_at; /* 0 never */
};

enum err seller_user_by_id(struct ctx *ctx, int64_t id, struct seller_user *user) MUST_USE;
enum err seller_user_by_email(struct ctx *ctx, const char *email, struct seller_user *user) MUST_USE;
enum err seller_users(struct ctx *ctx, struct seller_user **users, size_t *count) MUST_USE;
enum err insert_seller_user(struct ctx *ctx, struct seller_user *user) MUST_USE; /* sets id */
enum err save_seller_password(struct ctx *ctx, int64_t id, const char *password) MUST_USE;
enum err save_seller_sign_in(struct ctx *ctx, int64_t id) MUST_USE;

#endif
