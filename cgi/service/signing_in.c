#include "service/signing_in.h"

#include <ctype.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/secret.h"
#include "base/str.h"
#include "service/common_passwords.h"
#include "store/db.h"
#include "store/history.h"
#include "store/link.h"
#include "store/outbox.h"
#include "store/session.h"
#include "store/tenant.h"
#include "store/throttle.h"

#define N_(text) text

enum {
    FREE_FAILURES = 5,
    WAIT_FIRST_S = 60,
    WAIT_LONGEST_S = 3600,
    ADDRESS_FAILURES_PER_HOUR = 30,
    RESETS_PER_HOUR = 3,
    RESET_MINUTES = 15,
    PASSWORD_CHARACTERS_MIN = 12,
    PASSWORD_BYTES_MAX = 128,
};
#define HOUR (3600 * CLOCK_SECOND)

static char *lower(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);

    for (char *c = copy; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

static int64_t account_wait_s(const struct failures *tries, int64_t now)
{
    int64_t wait = WAIT_FIRST_S;
    int64_t left;

    if (tries->count < FREE_FAILURES)
        return 0;
    for (int64_t n = FREE_FAILURES; n < tries->count && wait < WAIT_LONGEST_S; n++)
        wait *= 2;
    if (wait > WAIT_LONGEST_S)
        wait = WAIT_LONGEST_S;
    left = tries->last_at + wait * CLOCK_SECOND - now;
    return left <= 0 ? 0 : (left + CLOCK_SECOND - 1) / CLOCK_SECOND;
}

static enum err wait_of(struct ctx *ctx, const char *account, const char *address, int64_t *wait_s)
{
    struct failures by_account, by_address;

    TRY(ctx, failures_since(ctx, account, ctx->now - 24 * HOUR, &by_account));
    TRY(ctx, failures_since(ctx, address, ctx->now - HOUR, &by_address));
    *wait_s = account_wait_s(&by_account, ctx->now);
    if (by_address.count >= ADDRESS_FAILURES_PER_HOUR && *wait_s < WAIT_LONGEST_S)
        *wait_s = WAIT_LONGEST_S;
    return OK;
}

/* A hash that nothing matches, of the tenant's cost: an unknown account costs what a known one does. */
static const char *decoy(const struct ctx *ctx)
{
    return arena_printf(ctx->arena, "$scrypt$ln=%lld,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                                    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ctx->tenant->password_ln);
}

enum err check_sign_in(struct ctx *ctx, const char *email, const char *password,
                       struct sign_in_result *result)
{
    char *address = lower(ctx->arena, str_trim(ctx->arena, email));
    char *by_account = arena_printf(ctx->arena, "login/account/%s", address);
    char *by_client = arena_printf(ctx->arena, "login/client/%s", ctx->remote_addr);
    bool known, matches;
    enum err err;

    memset(result, 0, sizeof *result);
    TRY(ctx, wait_of(ctx, by_account, by_client, &result->retry_after_s));
    if (result->retry_after_s > 0) {
        result->verdict = SIGN_IN_WAIT;
        return note_audit(ctx, "login", address, "throttled");
    }
    TRY(ctx, count_failure(ctx, by_account));
    TRY(ctx, count_failure(ctx, by_client));
    err = seller_user_by_email(ctx, address, &result->user);
    if (err != OK && err != ERR_NOT_FOUND)
        return err_pass(ctx, err, __FILE__, __LINE__, "seller_user_by_email");
    known = err == OK && str_equal(result->user.state, "active");
    matches = password_matches(password, known ? result->user.password : decoy(ctx));
    result->verdict = known && matches ? SIGN_IN_OK : SIGN_IN_WRONG;
    if (result->verdict == SIGN_IN_WRONG)
        return note_audit(ctx, "login", address, "wrong");
    TRY(ctx, forget_failures(ctx, by_account));
    TRY(ctx, forget_failures(ctx, by_client));
    TRY(ctx, save_seller_sign_in(ctx, result->user.id));
    return note_audit(ctx, "login", address, "ok");
}

/* ---- a forgotten password ---- */

struct reset {
    const char *email;
    const char *token;
    const char *hash;
    const struct once *once;
    const char **url;
};

static enum err mail_reset(struct ctx *ctx, const struct seller_user *user)
{
    struct link link = {.kind = LINK_KIND_RESET, .object_id = user->id,
        .expires_at = ctx->now + RESET_MINUTES * 60 * CLOCK_SECOND};
    struct mail mail = {.template = "password_reset", .language = user->language, .to_address = user->email,
        .to_name = user->name};

    TRY(ctx, revoke_links(ctx, LINK_KIND_RESET, user->id));
    TRY(ctx, insert_mail_link(ctx, &mail, &link));
    mail.dedup_key = arena_printf(ctx->arena, "password_reset/%lld", (long long)link.id);
    return queue_mail(ctx, &mail);
}

static enum err request(struct ctx *ctx, void *arg)
{
    struct reset *reset = arg;
    char *address = lower(ctx->arena, str_trim(ctx->arena, reset->email));
    char *key = arena_printf(ctx->arena, "reset/%s", address);
    struct seller_user user;
    struct failures tries;
    enum err err;

    TRY(ctx, failures_since(ctx, key, ctx->now - HOUR, &tries));
    TRY(ctx, count_failure(ctx, key));
    err = seller_user_by_email(ctx, address, &user);
    if (err != OK && err != ERR_NOT_FOUND)
        return err_pass(ctx, err, __FILE__, __LINE__, "seller_user_by_email");
    if (err == OK && str_equal(user.state, "active") && tries.count < RESETS_PER_HOUR)
        TRY(ctx, mail_reset(ctx, &user));
    TRY(ctx, note_audit(ctx, "password.forgot", address, err == OK ? "known" : "unknown"));
    return spend_once(ctx, reset->once, "", reset->url);
}

enum err request_reset(struct ctx *ctx, const char *email, const struct once *once, const char **url)
{
    struct reset reset = {.email = email, .once = once, .url = url};

    return db_transaction(ctx, request, &reset);
}

static enum err living_link(struct ctx *ctx, const char *token, struct link *link)
{
    enum err err = link_by_token(ctx, token, link);

    if (err == OK && (link->kind != LINK_KIND_RESET || !link_lives(link, ctx->now)))
        return ERR_NOT_FOUND;
    return err;
}

enum err reset_user(struct ctx *ctx, const char *token, struct seller_user *user)
{
    struct link link;
    enum err err = living_link(ctx, token, &link);

    return err == OK ? seller_user_by_id(ctx, link.object_id, user) : err;
}

static enum err replace_password(struct ctx *ctx, void *arg)
{
    struct reset *reset = arg;
    struct seller_user user;
    struct link link;
    enum err err = living_link(ctx, reset->token, &link);

    if (err == OK)
        err = use_link_once(ctx, link.id);
    if (err == ERR_CONFLICT)
        err = ERR_NOT_FOUND;
    if (err != OK)
        return err;
    TRY(ctx, seller_user_by_id(ctx, link.object_id, &user));
    TRY(ctx, save_seller_password(ctx, user.id, reset->hash));
    TRY(ctx, end_seller_sessions_of(ctx, user.id));
    TRY(ctx, forget_failures(ctx, arena_printf(ctx->arena, "login/account/%s", user.email)));
    TRY(ctx, note_audit(ctx, "password.reset", user.email, "ok"));
    return spend_once(ctx, reset->once, "", reset->url);
}

enum err reset_password(struct ctx *ctx, const char *token, const char *password,
                        const struct once *once, const char **url)
{
    struct reset reset = {.token = token, .once = once, .url = url};

    reset.hash = password_hash(ctx->arena, password, (int)ctx->tenant->password_ln);
    return db_transaction(ctx, replace_password, &reset);
}

/* ---- what a password must be ---- */

/* The letters of the password without what is often put around a word: "Password2026!" -> "password". */
static void core_word(const char *password, char *word, size_t room)
{
    size_t from = 0, to = strlen(password), n = 0;

    while (from < to && !isalpha((unsigned char)password[from]))
        from++;
    while (to > from && !isalpha((unsigned char)password[to - 1]))
        to--;
    for (size_t i = from; i < to && n + 1 < room; i++)
        word[n++] = (char)tolower((unsigned char)password[i]);
    word[n] = '\0';
}

static bool same_word(const char *a, const char *b)
{
    while (*a != '\0' && tolower((unsigned char)*a) == *b) {
        a++;
        b++;
    }
    return *a == '\0' && *b == '\0';
}

static bool holds(const char *password, const char *word)
{
    return strlen(word) >= 4 && strcasestr(password, word) != NULL;
}

/* One character over and over, or a short piece repeated: "aaaaaaaaaaaa", "abcabcabcabc". */
static bool repeats(const char *password)
{
    size_t bytes = strlen(password);

    for (size_t piece = 1; piece <= 4 && piece < bytes; piece++)
        if (strncmp(password, password + piece, bytes - piece) == 0)
            return true;
    return false;
}

enum password_verdict password_verdict(const char *password, const char *email, const char *company)
{
    char word[PASSWORD_BYTES_MAX + 1];
    char mailbox[PASSWORD_BYTES_MAX + 1];
    size_t at = strcspn(email, "@");

    if (strlen(password) > PASSWORD_BYTES_MAX)
        return PASSWORD_LONG;
    if (str_length(password) < PASSWORD_CHARACTERS_MIN)
        return PASSWORD_SHORT;
    core_word(password, word, sizeof word);
    for (size_t i = 0; i < COUNT_OF(common_password); i++)
        if (same_word(password, common_password[i]) || same_word(word, common_password[i]))
            return PASSWORD_COMMON;
    if (repeats(password))
        return PASSWORD_COMMON;
    at = at < sizeof mailbox ? at : sizeof mailbox - 1;
    memcpy(mailbox, email, at);
    mailbox[at] = '\0';
    if (holds(password, "tacite") || holds(password, company) || holds(password, mailbox))
        return PASSWORD_CONTEXT;
    return PASSWORD_GOOD;
}

const char *password_verdict_text(enum password_verdict verdict)
{
    switch (verdict) {
    case PASSWORD_GOOD: return "";
    case PASSWORD_SHORT: return N_("Enter a password of at least 12 characters");
    case PASSWORD_LONG: return N_("Enter a password of at most 128 bytes");
    case PASSWORD_COMMON: return N_("This password is among those that are guessed first: choose another");
    case PASSWORD_CONTEXT: return N_("The password must not contain your name or the company's");
    }
    return "";
}
