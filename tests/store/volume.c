/* volume: ten thousand documents issued by processes at once, some of which fail or die: no gap, no double, one chain.
 *
 * The last file by name: the other tests verify the books again and again, and need not read these too. */
#include "support.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/date.h"
#include "seeded.h"
#include "service/invoicing.h"
#include "service/verifying.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)

enum { ISSUERS = 4, DOCUMENTS = 10000, GROUP_MAX = 20, KILLED = 9, GAVE_UP = 70 };

/* Shared by the issuers. */
struct tally {
    atomic_int tried;     /* documents that were given a number in a transaction */
    atomic_int committed; /* of which the transaction says that they stay */
    atomic_int aborted;
    atomic_int killed;
};

struct issue {
    const struct company *company;
    const struct customer *buyer;
    struct invoice_work works[GROUP_MAX];
    struct work_line lines[GROUP_MAX];
    struct invoice_ids ids;
    size_t count;
    int fate; /* of 1000: under 150 the transaction is given up, under 155 its process dies in it */
};

static void fill(struct issue *issue, uint64_t *state)
{
    issue->count = seeded_between(state, 0, 9) < 7 ? 1 : (size_t)seeded_between(state, 2, GROUP_MAX);
    issue->fate = (int)seeded_between(state, 0, 999);
    for (size_t i = 0; i < issue->count; i++) {
        int64_t net_minor = seeded_between(state, 0, 100000);

        issue->lines[i] = (struct work_line){
            .line = {.kind = LINE_ONE_TIME, .description = "Mise en service", .period = PERIOD_NONE, .quantity_e4 = 10000,
                     .unit_price_e4 = net_minor * 100, .net_minor = net_minor,
                     .tax = {TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, "FR", .buyer = "FR"}},
            .unit = ""};
        issue->works[i] = (struct invoice_work){
            .customer_id = issue->buyer->id, .customer_version_id = issue->buyer->version_id,
            .personal_digest = issue->buyer->personal_digest, .language = "fr", .currency = "EUR",
            .collect_on = DATE_NONE, .lines = &issue->lines[i], .line_count = 1};
    }
}

static enum err issue_group(struct ctx *ctx, void *arg)
{
    struct issue *issue = arg;

    TRY(ctx, issue_invoices(ctx, issue->company, issue->works, issue->count, &issue->ids));
    if (issue->fate < 150)
        return FAIL(ctx, ERR_CONFLICT, "given up");
    if (issue->fate < 155)
        _exit(KILLED);
    return OK;
}

/* A process of its own: its connection, its arena; it ends by _exit, so nothing of the parent's is closed. */
static _Noreturn void issue_until_done(struct ctx *ctx, struct issue *issue, struct tally *tally, uint64_t seed)
{
    uint64_t state = seed;

    while (atomic_load(&tally->tried) < DOCUMENTS) {
        enum err err;

        fill(issue, &state);
        atomic_fetch_add(&tally->tried, (int)issue->count);
        if (reserve_invoice_ids(ctx, issue->count, &issue->ids) != OK)
            _exit(GAVE_UP);
        err = db_transaction(ctx, issue_group, issue);
        if (err == OK)
            atomic_fetch_add(&tally->committed, (int)issue->count);
        else if (err == ERR_CONFLICT && issue->fate < 150)
            atomic_fetch_add(&tally->aborted, (int)issue->count);
        else
            _exit(GAVE_UP);
        arena_reset(ctx->arena);
    }
    _exit(0);
}

static pid_t start_issuer(const struct company *company, const struct customer *buyer, struct tally *tally, uint64_t seed)
{
    static struct issue issue;
    pid_t pid = fork();

    if (pid == 0) {
        struct ctx *ctx = store_other_ctx();

        ctx->today_on = date_from_civil(2071, 3, 15); /* a series of its own */
        issue = (struct issue){.company = company, .buyer = buyer};
        issue_until_done(ctx, &issue, tally, seed);
    }
    return pid;
}

TEST(volume, ten_thousand_issues_at_once_with_random_aborts_leave_no_gap)
{
    struct ctx *ctx = store_ctx();
    struct customer buyer = new_business(ctx);
    struct tally *tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct company company;
    const char *bad;
    int64_t verified;
    uint64_t seed = 0;
    int running = 0;

    CU_ASSERT_FATAL(tally != MAP_FAILED);
    memset(tally, 0, sizeof *tally);
    GOOD(company_current(ctx, &company));
    while (running < ISSUERS && start_issuer(&company, &buyer, tally, ++seed) > 0)
        running++;
    SAME_NUMBER(running, ISSUERS);
    while (running > 0) {
        int status;

        CU_ASSERT_FATAL(wait(&status) > 0);
        running--;
        if (WIFEXITED(status) && WEXITSTATUS(status) == KILLED) {
            atomic_fetch_add(&tally->killed, 1);
            if (start_issuer(&company, &buyer, tally, ++seed) > 0)
                running++;
        } else {
            CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
    }
    CU_ASSERT(atomic_load(&tally->tried) >= DOCUMENTS);
    CU_ASSERT(atomic_load(&tally->aborted) > DOCUMENTS / 20);
    CU_ASSERT(atomic_load(&tally->killed) > 0);
    /* The chain counts 1, 2, 3… and ends at the counter; as many documents stay as were committed. */
    GOOD(verify_chain(ctx, "INV-2071", &bad, &verified));
    SAME_TEXT(bad, "");
    SAME_NUMBER(verified, atomic_load(&tally->committed));
    books_are_sound(ctx);
    (void)munmap(tally, sizeof *tally);
}
