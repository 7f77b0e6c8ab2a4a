/* rekeying: sealed texts change their key while processes die fifty times; no text is lost, none opens elsewhere. */
#include "support.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/secret.h"
#include "seeded.h"
#include "service/rekeying.h"
#include "store/payable.h"
#include "store/sealed.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)

enum { METHODS = 1200, DEATHS = 50 };

static const struct secret_key second = {{2, 2}}; /* the first is that of the tests' tenant */

/* A tenant of the same name whose keys are these. */
static struct ctx *with_keys(struct ctx *ctx, const struct secret_key *master, const struct secret_key *old)
{
    struct tenant *tenant = ARENA_NEW(ctx->arena, struct tenant);

    *tenant = *ctx->tenant;
    tenant->seal_data = secret_ring_of(master, old, "data");
    ctx->tenant = tenant;
    return ctx;
}

static char *token_of(struct ctx *ctx, int i)
{
    return arena_printf(ctx->arena, "pm_%d", i);
}

static void opens(struct ctx *ctx, const int64_t *ids, bool wanted)
{
    for (int i = 0; i < METHODS; i++) {
        struct payment_method method;
        const char *token = "";

        GOOD(payment_method_by_id(ctx, ids[i], &method));
        if ((payment_method_token(ctx, &method, &token) == OK) != wanted || (wanted && strcmp(token, token_of(ctx, i)) != 0)) {
            SAME_NUMBER(i, -1);
            return;
        }
        ctx_forget_error(ctx);
    }
}

/* One run that dies after so many microseconds (0: never), or comes to its end. */
static bool rekeyed_by_process(int dies_after)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        struct ctx *other = store_other_ctx();
        struct rekeying state = {0};

        (void)with_keys(other, &second, &other->tenant->master);
        (void)setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = dies_after}, NULL); /* the signal kills */
        _exit(rekey_sealed_texts(other, &state) == OK ? 0 : 70);
    }
    CU_ASSERT_FATAL(pid > 0 && waitpid(pid, &status, 0) == pid);
    CU_ASSERT_TRUE((WIFEXITED(status) && WEXITSTATUS(status) == 0) || (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM));
    return WIFEXITED(status);
}

TEST(rekeying, survives_fifty_deaths)
{
    struct ctx *ctx = store_ctx();
    const struct secret_key *first = &ctx->tenant->master;
    struct customer customer = new_business(ctx);
    int64_t *ids = ARENA_ARRAY(ctx->arena, int64_t, METHODS);
    struct rekeying again = {0};
    struct payment_method a, b;
    uint64_t state = 1;
    const char *token;
    int deaths = 0;
    int64_t left;

    for (int i = 0; i < METHODS; i++) {
        struct payment_method method = {.customer_id = customer.id, .source_ref = unique(ctx, "seti_"),
                                        .brand = "visa", .last4 = "4242", .exp_month = 12, .exp_year = 2030};

        GOOD(store_payment_method(ctx, &method, token_of(ctx, i)));
        ids[i] = method.id;
    }
    opens(ctx, ids, true);
    for (int i = 0; i < DEATHS; i++)
        deaths += !rekeyed_by_process((int)seeded_between(&state, 200, 9000));
    CU_ASSERT(deaths > DEATHS / 2);
    opens(with_keys(ctx, &second, first), ids, true); /* in the middle of it both keys serve */
    CU_ASSERT_TRUE(rekeyed_by_process(0));
    opens(with_keys(ctx, &second, NULL), ids, true);
    opens(with_keys(ctx, first, NULL), ids, false);
    with_keys(ctx, &second, NULL);
    GOOD(rekey_sealed_texts(ctx, &again));
    SAME_NUMBER(again.sealed, 0);
    SAME_NUMBER(again.unreadable, 0);
    GOOD(count_texts_to_seal(ctx, &left));
    SAME_NUMBER(left, 0);
    /* A text that is copied to another row does not open there. */
    GOOD(payment_method_by_id(ctx, ids[0], &a));
    GOOD(payment_method_by_id(ctx, ids[1], &b));
    a.token_sealed = b.token_sealed;
    CU_ASSERT_EQUAL(payment_method_token(ctx, &a, &token), ERR_CORRUPT);
    ctx_forget_error(ctx);
    /* And back, for the tests that follow. */
    GOOD(rekey_sealed_texts(with_keys(ctx, first, &second), &again));
    CU_ASSERT(again.sealed >= METHODS);
    SAME_NUMBER(again.unreadable, 0);
}
