/* tacite-batch: everything that time triggers, and the work of whoever runs the house.
 *
 *     tacite-batch --tenant FILE [--root DIR] [--locale DIR] [--dry-run] COMMAND [options]
 *
 * One log line per event on stderr, as JSON; what a command was asked to tell on stdout; progress only
 * when a terminal watches. SIGTERM and SIGINT end it at its next safe place. Exit codes: batch/job.h. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/guard.h"
#include "base/log.h"
#include "base/random.h"
#include "base/str.h"
#include "batch/job.h"
#include "store/company.h"
#include "store/db.h"
#include "text/words.h"
#include "view/render.h"

enum need { NEEDS_NOTHING = 1, NEEDS_CONFIG, NEEDS_DATABASE, NEEDS_VIEW };

static const struct command {
    const char *name;
    const char *usage;
    const char *about;
    int (*run)(struct job *job);
    enum need need;
} command[] = {
    {"run", "[--loop SECONDS]", "everything that is due, in order; again every SECONDS", run_all_command, NEEDS_VIEW},
    {"vat", "", "ask VIES about the VAT numbers that are due", run_once_command, NEEDS_DATABASE},
    {"amend", "", "apply changes of subscriptions whose day has come", run_once_command, NEEDS_DATABASE},
    {"revise", "", "go on with revisions of prices that were announced or undone", run_once_command, NEEDS_DATABASE},
    {"renew", "", "bill every subscription that is due", run_once_command, NEEDS_DATABASE},
    {"dunning", "", "remind, try again, end: what the rules say of unpaid invoices", run_once_command, NEEDS_DATABASE},
    {"collect", "", "debit open invoices with stored cards, plan direct debits", run_once_command, NEEDS_DATABASE},
    {"deposits", "", "credit what is left of the deposits of ended subscriptions", run_once_command, NEEDS_DATABASE},
    {"advances", "", "pay open invoices from what customers paid above earlier ones", run_once_command, NEEDS_DATABASE},
    {"bank-import", "FILE", "take in a file of the bank: camt.053, camt.054, pain.002", bank_import_command, NEEDS_DATABASE},
    {"mandates", "", "mandates that were not used for 36 months expire; a person is warned three months before", run_once_command, NEEDS_DATABASE},
    {"settle", "", "count direct debits as paid when they can no longer come back", run_once_command, NEEDS_DATABASE},
    {"janitor", "", "ask about payments without an answer, remove what expired", run_once_command, NEEDS_DATABASE},
    {"reconcile", "", "compare our books with gateway and bank, now", run_once_command, NEEDS_DATABASE},
    {"after-restore", "[--done --bank-is-in]", "the database is a restored backup: hold everything until it is looked at; back to normal",
     after_restore_command, NEEDS_DATABASE},
    {"recognise", "", "book revenue that was deferred until now", run_once_command, NEEDS_DATABASE},
    {"render", "", "make and seal the documents that wait", run_once_command, NEEDS_DATABASE},
    {"mail", "", "send the mails that wait", run_once_command, NEEDS_VIEW},
    {"closing", "[--day D | --month M | --year Y]", "close what is over in the books: months and days, or the one that is named",
     closing_command, NEEDS_DATABASE},
    {"fec", "--year Y [--out FILE]", "the year's entries for the tax office (FEC)", fec_command, NEEDS_DATABASE},
    {"clock", "[--to DATE]", "the tenant's day; move the test clock forward", clock_command, NEEDS_DATABASE},
    {"doctor", "", "check settings, rights, schema, seal, services", doctor_command, NEEDS_DATABASE},
    {"verify", "[--documents]", "check the chain of documents and the rules of the books, tell a person", verify_command, NEEDS_DATABASE},
    {"migrate", "", "bring the schema to the newest version", migrate_command, NEEDS_CONFIG},
    {"seal", "[--rsa]", "make a certificate of our own for documents", seal_command, NEEDS_DATABASE},
    {"rekey", "", "seal everything anew under the present master key (master.old opens the rest)", rekey_command, NEEDS_DATABASE},
    {"tenant", "create --dir DIR [--test] [...]", "a new seller: files, database, company, first user; asks for what no option says",
     tenant_command, NEEDS_NOTHING},
    {"import", "KIND FILE", "customers, products, subscriptions or usage of a CSV file: checked as a whole, then written", import_command, NEEDS_DATABASE},
    {"export", "KIND", "all customers, products or running subscriptions as CSV", export_command, NEEDS_DATABASE},
    {"selftest", "--crash | --seeds N[-N] | --seed N [...]", "prove in a scratch house that no fault loses or doubles a cent", selftest_command, NEEDS_NOTHING},
    {"demo", "[--year]", "a believable company to try things with (test mode), with a year of trade behind it", demo_command, NEEDS_DATABASE},
};

static void print_help(FILE *out)
{
    (void)fputs("usage: tacite-batch --tenant FILE [--root DIR] [--locale DIR] [--dry-run] COMMAND\n\n", out);
    for (size_t i = 0; i < sizeof command / sizeof command[0]; i++)
        (void)fprintf(out, "  %-13s %-22s %s\n", command[i].name, command[i].usage, command[i].about);
    (void)fputs("\n--dry-run says what would be done and does nothing. Exit codes: 0 done, 1 something needs a look,\n"
                "64 usage, 69 the database is away, 70 our fault, 75 try again later, 78 configuration.\n", out);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof command / sizeof command[0]; i++)
        if (str_equal(command[i].name, name))
            return &command[i];
    return NULL;
}

/* Configuration, database, words and templates, as far as the command needs them. */
static int prepare(struct job *job, const struct command *wanted, const char *locale)
{
    struct ctx *ctx = job->ctx;
    struct arena *kept = arena_new(); /* outlives the resets of ctx->arena; freed by the process's end */
    struct tenant *tenant;
    struct house house;
    const char *message = "";
    enum err err;

    if (words_load(ctx, locale != NULL ? locale : arena_printf(kept, "%s/build/locale", job->root)) != OK)
        return job_exit(ctx, ERR_CONFIG);
    if (wanted->need == NEEDS_NOTHING)
        return 0;
    if (job->tenant_path == NULL) {
        (void)fprintf(stderr, "tacite-batch %s: --tenant FILE is needed\n", wanted->name);
        return EXIT_USAGE;
    }
    if (tenant_load(kept, job->tenant_path, &tenant, &message) != OK) {
        (void)fprintf(stderr, "tacite-batch: %s\n", message);
        return EXIT_CONFIG;
    }
    ctx->tenant = tenant;
    ctx->db = db_open(&tenant->database);
    if (wanted->need == NEEDS_CONFIG)
        return 0;
    if (wanted->need == NEEDS_VIEW && load_templates_of(ctx, arena_printf(kept, "%s/templates", job->root), "mail") != OK)
        return job_exit(ctx, ERR_CONFIG);
    err = db_ready(ctx);
    if (err == OK && wanted->run != seal_command)
        err = set_today(ctx, &house);
    /* A loop waits for its database; what runs once says that it is away. */
    return err == OK || (err == ERR_DB_GONE && wanted->run == run_all_command) ? 0 : job_exit(ctx, err);
}

int main(int argc, char **argv)
{
    struct ctx ctx = {.now = clock_now(), .language = "en", .request_id = "", .actor = "batch", .remote_addr = "",
                      .user_agent = ""};
    struct job job = {.ctx = &ctx, .root = "."};
    const char *locale = NULL;
    const struct command *wanted;
    unsigned char id[8];
    int code;
    int i;

    guard_memory();
    arena_keep_pages();
    ctx.arena = arena_new();
    random_bytes(id, sizeof id);
    ctx.request_id = encode_hex(arena_new(), id, sizeof id);
    for (i = 1; i < argc && argv[i][0] == '-'; i++) {
        if (str_equal(argv[i], "--help")) {
            print_help(stdout);
            return EXIT_DONE;
        }
        if (str_equal(argv[i], "--dry-run"))
            job.dry_run = true;
        else if (str_equal(argv[i], "--tenant") && i + 1 < argc)
            job.tenant_path = argv[++i];
        else if (str_equal(argv[i], "--root") && i + 1 < argc)
            job.root = argv[++i];
        else if (str_equal(argv[i], "--locale") && i + 1 < argc)
            locale = argv[++i];
        else
            break;
    }
    wanted = i < argc ? find_command(argv[i]) : NULL;
    if (wanted == NULL) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    job.argc = argc - i;
    job.argv = argv + i;
    for (int k = 1; k < job.argc; k++) {
        if (str_equal(job.argv[k], "--help")) {
            (void)printf("usage: tacite-batch --tenant FILE %s %s\n%s\n", wanted->name, wanted->usage, wanted->about);
            return EXIT_DONE;
        }
        if (str_equal(job.argv[k], "--dry-run")) { /* also after the command's name */
            job.dry_run = true;
            memmove(&job.argv[k], &job.argv[k + 1], (size_t)(job.argc - k) * sizeof *job.argv);
            job.argc--;
            k--;
        }
    }
    job_watch_signals();
    job.progress = isatty(STDERR_FILENO) != 0;
    code = prepare(&job, wanted, locale);
    if (code == 0)
        code = wanted->run(&job);
    if (ctx.db != NULL)
        db_close(ctx.db);
    return code;
}
