/* signing_in: who a seller is, proved by a password; and a forgotten one replaced.
 *
 * An account that failed five times waits 1 minute, then twice as long each time up to an hour; a
 * client's address has 30 failures an hour (SEC-33). A try is counted before the password is looked at
 * and taken back on success, so that parallel guesses cannot slip past. An unknown address does the same
 * work as a known one. The session itself is store/session.h's. */
#ifndef TACITE_SERVICE_SIGNING_IN_H
#define TACITE_SERVICE_SIGNING_IN_H

#include <stdbool.h>
#include <stdint.h>

#include "service/once.h"
#include "store/seller_user.h"

enum sign_in_verdict {
    SIGN_IN_OK = 1,
    SIGN_IN_WRONG,  /* unknown address, wrong password, disabled account: one answer */
    SIGN_IN_WAIT,   /* too many failures: retry_after_s */
};

struct sign_in_result {
    enum sign_in_verdict verdict;
    int64_t retry_after_s;
    struct seller_user user; /* when SIGN_IN_OK */
};

/* Takes the scrypt time outside of any transaction. */
enum err check_sign_in(struct ctx *ctx, const char *email, const char *password,
                       struct sign_in_result *result) MUST_USE;

/* Mails a link of 15 minutes and one use, when the address is an active account's; says nothing either
 * way. At most 3 an hour per account. */
enum err request_reset(struct ctx *ctx, const char *email, const struct once *once,
                       const char **url) MUST_USE;

/* The account that a reset link's token belongs to; ERR_NOT_FOUND when the link is dead. */
enum err reset_user(struct ctx *ctx, const char *token, struct seller_user *user) MUST_USE;

/* Sets the password, uses the link up and ends every session of the account. ERR_NOT_FOUND when the
 * link died meanwhile. */
enum err reset_password(struct ctx *ctx, const char *token, const char *password,
                        const struct once *once, const char **url) MUST_USE;

enum password_verdict {
    PASSWORD_GOOD = 1,
    PASSWORD_SHORT,    /* fewer than 12 characters */
    PASSWORD_LONG,     /* more than 128 bytes */
    PASSWORD_COMMON,   /* on the list, also with digits or signs around it */
    PASSWORD_CONTEXT,  /* holds the tenant's, the product's or the user's own name */
};
/* Rule: ASVS 6.2 (SEC-30): no composition rules. */
enum password_verdict password_verdict(const char *password, const char *email, const char *company);
const char *password_verdict_text(enum password_verdict verdict); /* English msgid, "" when good */

#endif
