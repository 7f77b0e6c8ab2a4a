#include "store/seller_user.h"

#include "store/db.h"
#include "store/kept.h"

static const struct column user_column[] = {
    COLUMN(I64, seller_user, id),
    COLUMN(TEXT, seller_user, email),
    COLUMN(TEXT, seller_user, name),
    COLUMN(TEXT, seller_user, password),
    COLUMN(TEXT, seller_user, language),
    COLUMN(TEXT, seller_user, state),
    COLUMN(INSTANT, seller_user, signed_in_at),
};
#define USER_COLUMNS "SELECT id, email, name, password, language, state, signed_in_at FROM seller_user "

enum { BY_ID, BY_EMAIL, LIST, INSERT, PASSWORD, SIGN_IN };

static const struct statement statement[] = {
    [BY_ID] = {"seller_user_by_id", USER_COLUMNS "WHERE id = ?", READS(seller_user, user_column)},
    [BY_EMAIL] = {"seller_user_by_email", USER_COLUMNS "WHERE email = ?",
                  READS(seller_user, user_column)},
    [LIST] = {"seller_users", USER_COLUMNS "ORDER BY name, id LIMIT 500",
              READS(seller_user, user_column)},
    [INSERT] = {"seller_user_insert",
                "INSERT INTO seller_user (email, name, password, language, created_at) "
                "VALUES (?, ?, ?, ?, ?)",
                NOTHING},
    [PASSWORD] = {"seller_user_password", "UPDATE seller_user SET password = ? WHERE id = ?", NOTHING},
    [SIGN_IN] = {"seller_user_sign_in", "UPDATE seller_user SET signed_in_at = ? WHERE id = ?", NOTHING},
};
DB_STATEMENTS(seller_user, statement)

enum err seller_user_by_id(struct ctx *ctx, int64_t id, struct seller_user *user)
{
    return kept_row(ctx, &statement[BY_ID], id, user);
}

enum err seller_user_by_email(struct ctx *ctx, const char *email, struct seller_user *user)
{
    return db_row(ctx, &statement[BY_EMAIL], PARAMS(P_TEXT(email)), user);
}

enum err seller_users(struct ctx *ctx, struct seller_user **users, size_t *count)
{
    return db_rows(ctx, &statement[LIST], NO_PARAMS, users, count);
}

enum err insert_seller_user(struct ctx *ctx, struct seller_user *user)
{
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_TEXT(user->email), P_TEXT(user->name), P_TEXT(user->password),
                            P_TEXT(user->language), P_INSTANT(ctx->now)),
                     &user->id);
}

enum err save_seller_password(struct ctx *ctx, int64_t id, const char *password)
{
    return db_write_one(ctx, &statement[PASSWORD], PARAMS(P_TEXT(password), P_I64(id)));
}

enum err save_seller_sign_in(struct ctx *ctx, int64_t id)
{
    return db_write_one(ctx, &statement[SIGN_IN], PARAMS(P_INSTANT(ctx->now), P_I64(id)));
}
