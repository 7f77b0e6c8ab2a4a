/* err: the world's failures, and the trail that they leave.
 *
 * A function that can fail because of the world (database gone, gateway silent, disk full) returns
 * enum err, which must be used. The first failure writes a line into the trail in ctx, every TRY on
 * the way up adds its place. The log gets the trail, the visitor a polite page with an id.
 *
 *     TRY(ctx, db_quote_by_number(ctx, number, &quote));
 *     return FAIL(ctx, ERR_GATEWAY, "answer is not JSON");
 *
 * A request that is refused ("this quote has expired") is not an error: see the refusal enums in
 * core/. */
#ifndef TACITE_BASE_ERR_H
#define TACITE_BASE_ERR_H

struct ctx;

enum err {
    OK = 1,             /* zero is no valid state */
    ERR_NOT_FOUND,      /* the row, file or remote object is not there */
    ERR_DUPLICATE,      /* a UNIQUE constraint refused: somebody did it before */
    ERR_CONFLICT,       /* the state changed meanwhile; WHERE state = old matched no row */
    ERR_DB_RETRY,       /* 1020, 1205, 1213: db_transaction runs the function again */
    ERR_DB_GONE,        /* the database is away: 503 with Retry-After */
    ERR_DB,             /* any other database error */
    ERR_GATEWAY,        /* outside service answered something unusable */
    ERR_TIMEOUT,        /* outside service did not answer: the outcome is unknown */
    ERR_NOT_SENT,       /* nothing left this machine: safe to try again */
    ERR_CONFIG,         /* configuration wrong */
    ERR_IO,             /* file or socket */
    ERR_CORRUPT,        /* bytes that we wrote ourselves do not decrypt, verify or parse */
    ERR_LIMIT,          /* a named maximum was reached */
    ERR_HELD,           /* the database was restored from a backup: nothing is billed or taken until it is looked at */
    ERR_TEMPLATE,       /* a template is missing or does not render */
};

#define MUST_USE __attribute__((warn_unused_result))

/* Records what failed and where; gives the error back so that it can be returned. */
enum err err_fail(struct ctx *ctx, enum err err, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Adds one place to the trail. */
enum err err_pass(struct ctx *ctx, enum err err, const char *file, int line, const char *call);

const char *err_name(enum err err);

#define FAIL(ctx, err, ...) err_fail((ctx), (err), __FILE__, __LINE__, __VA_ARGS__)

#define TRY(ctx, call)                                                                             \
    do {                                                                                           \
        enum err try_err_ = (call);                                                                \
        if (try_err_ != OK)                                                                        \
            return err_pass((ctx), try_err_, __FILE__, __LINE__, #call);                           \
    } while (0)

#endif
