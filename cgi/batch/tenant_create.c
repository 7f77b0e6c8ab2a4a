/* tenant_create: a new seller's house: configuration, keys, database with two users, schema, seal,
 * company and first user.
 *
 * What no option says is asked on the terminal. Files are written before the database is touched and
 * every later step may be repeated, so the same command again finishes a run that was cut off; one that
 * was cut off between two tables says that the new database must be dropped first. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/random.h"
#include "base/secret.h"
#include "base/str.h"
#include "batch/job.h"
#include "core/country.h"
#include "core/date.h"
#include "core/identifier.h"
#include "core/money.h"
#include "core/vat_id.h"
#include "document/pdf_sign.h"
#include "service/financial_years.h"
#include "service/house.h"
#include "service/signing_in.h"
#include "store/db.h"
#include "store/migration.h"
#include "store/seller_user.h"
#include "text/address.h"

enum question {
    ASK_NAME, ASK_SITE, ASK_COMPANY, ASK_COUNTRY, ASK_VAT, ASK_CURRENCY, ASK_LANGUAGE, ASK_ZONE, ASK_YEAR_END, ASK_EMAIL,
    ASK_USER, ASK_PASSWORD, QUESTIONS
};

struct answers {
    const char *text[QUESTIONS];
    char vat_id[VAT_ID_BYTES];
    int year_end; /* month, 1 to 12 */
};

/* Each gives "" or what is wrong. */
static const char *name_wrong(struct answers *a, const char *text)
{
    size_t bytes = strlen(text);

    (void)a;
    return bytes >= 1 && bytes <= 16 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == bytes
               ? "" : "wants 1 to 16 of a-z 0-9 _";
}
static const char *site_wrong(struct answers *a, const char *text)
{
    (void)a;
    return (str_starts(text, "https://") || str_starts(text, "http://")) && !str_ends(text, "/") &&
           strpbrk(text, " \"\\") == NULL ? "" : "wants https://host without a slash at the end";
}
static const char *filled_wrong(struct answers *a, const char *text)
{
    (void)a;
    return text[0] != '\0' && strlen(text) <= 200 ? "" : "wants 1 to 200 bytes";
}
static const char *country_wrong(struct answers *a, const char *text)
{
    (void)a;
    return country_known(text) ? "" : "wants a country's two letters, like FR";
}
static const char *vat_wrong(struct answers *a, const char *text)
{
    if (text[0] == '\0')
        return ""; /* the pages will say that it is missing */
    if (!vat_id_normalise(text, a->vat_id) || vat_id_verdict(a->vat_id) != VAT_ID_WELL_FORMED)
        return vat_id_verdict_text(vat_id_verdict(a->vat_id));
    return vat_id_fits(a->vat_id, a->text[ASK_COUNTRY]) ? "" : "belongs to another country";
}
static const char *currency_wrong(struct answers *a, const char *text)
{
    (void)a;
    return currency_find(text) != NULL ? "" : "wants a currency's three letters, like EUR";
}
static const char *language_wrong(struct answers *a, const char *text)
{
    (void)a;
    return str_equal(text, "fr") || str_equal(text, "en") ? "" : "wants fr or en";
}
static const char *zone_wrong(struct answers *a, const char *text)
{
    int32_t on;

    (void)a;
    return date_of_instant(0, text, &on) ? "" : "wants a time zone like Europe/Paris";
}
static const char *year_end_wrong(struct answers *a, const char *text)
{
    long long month;

    if (!str_to_i64(text, 1, 12, &month))
        return "wants a month, 1 to 12";
    a->year_end = (int)month;
    return "";
}
static const char *email_wrong(struct answers *a, const char *text)
{
    (void)a;
    return email_ok(text) ? "" : "wants a mail address";
}
static const char *password_wrong(struct answers *a, const char *text)
{
    return password_verdict_text(password_verdict(text, a->text[ASK_EMAIL], a->text[ASK_COMPANY]));
}

static const struct {
    const char *option;
    const char *words;
    const char *fallback; /* what Enter means; NULL: an answer is needed */
    const char *(*wrong)(struct answers *a, const char *text);
    bool secret;
} question[QUESTIONS] = {
    [ASK_NAME] = {"--name", "Short name of the tenant", NULL, name_wrong, false},
    [ASK_SITE] = {"--site", "Address of its site", NULL, site_wrong, false},
    [ASK_COMPANY] = {"--company", "Company", NULL, filled_wrong, false},
    [ASK_COUNTRY] = {"--country", "Country", "FR", country_wrong, false},
    [ASK_VAT] = {"--vat", "VAT number (may follow later)", "", vat_wrong, false},
    [ASK_CURRENCY] = {"--currency", "Currency", "EUR", currency_wrong, false},
    [ASK_LANGUAGE] = {"--language", "Language, fr or en", "fr", language_wrong, false},
    [ASK_ZONE] = {"--time-zone", "Time zone", "Europe/Paris", zone_wrong, false},
    [ASK_YEAR_END] = {"--year-end", "Month with which the financial year ends, 1 to 12", "12", year_end_wrong, false},
    [ASK_EMAIL] = {"--email", "Mail address of the first user", NULL, email_wrong, false},
    [ASK_USER] = {"--user", "Name of the first user", NULL, filled_wrong, false},
    [ASK_PASSWORD] = {"--password-file", "Password (12 characters or more)", NULL, password_wrong, true},
};

static bool read_line(struct arena *arena, FILE *file, const char **text)
{
    char line[1024];

    if (fgets(line, sizeof line, file) == NULL)
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    *text = arena_strdup(arena, line);
    return true;
}

static bool ask_line(struct arena *arena, bool secret, const char **text)
{
    struct termios shown;
    struct termios hidden;
    bool quiet = secret && tcgetattr(STDIN_FILENO, &shown) == 0;
    bool read;

    if (quiet) {
        hidden = shown;
        hidden.c_lflag &= (tcflag_t)~ECHO;
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    read = read_line(arena, stdin, text);
    if (quiet) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        (void)fputc('\n', stderr);
    }
    return read;
}

/* A secret's option names the file that holds it: arguments are seen by everybody on the machine. */
static bool given_answer(const struct job *job, enum question q, const char **text)
{
    const char *given = job_option(job, question[q].option);
    FILE *file;
    bool read;

    if (given == NULL || !question[q].secret) {
        *text = given;
        return given != NULL;
    }
    file = fopen(given, "re");
    if (file == NULL)
        return false;
    read = read_line(job->ctx->arena, file, text);
    (void)fclose(file);
    return read;
}

static bool ask(struct job *job, enum question q, struct answers *a)
{
    struct arena *arena = job->ctx->arena;
    bool given = given_answer(job, q, &a->text[q]);
    const char *wrong;

    for (;;) {
        if (!given) {
            (void)fprintf(stderr, question[q].fallback != NULL && question[q].fallback[0] != '\0' ? "%s [%s]: " : "%s: ",
                          question[q].words, question[q].fallback);
            if (!ask_line(arena, question[q].secret, &a->text[q])) { /* nobody answers: as Enter does */
                a->text[q] = question[q].fallback;
                if (a->text[q] == NULL) {
                    (void)fprintf(stderr, "\ntacite-batch tenant create: %s is needed\n", question[q].option);
                    return false;
                }
            }
        }
        if (a->text[q][0] == '\0' && question[q].fallback != NULL)
            a->text[q] = question[q].fallback;
        if (q == ASK_EMAIL && mail_address(arena, a->text[q]) != NULL)
            a->text[q] = mail_address(arena, a->text[q]);
        wrong = question[q].wrong(a, a->text[q]);
        if (wrong[0] == '\0')
            return true;
        (void)fprintf(stderr, "%s: %s\n", question[q].words, wrong);
        if (given || !isatty(STDIN_FILENO))
            return false;
    }
}

/* Written whole or not at all; an existing file is kept: it holds the keys of what was made before. */
static enum err write_new_file(struct ctx *ctx, const char *path, const char *text, mode_t mode, bool *made)
{
    char *whole = arena_printf(ctx->arena, "%s.new", path);
    size_t bytes = strlen(text);
    int fd;

    *made = false;
    if (access(path, F_OK) == 0)
        return OK;
    (void)unlink(whole);
    fd = open(whole, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return FAIL(ctx, ERR_IO, "%s: %s", whole, strerror(errno));
    if (write(fd, text, bytes) != (ssize_t)bytes || fsync(fd) != 0 || close(fd) != 0 || rename(whole, path) != 0)
        return FAIL(ctx, ERR_IO, "%s: %s", path, strerror(errno));
    *made = true;
    return OK;
}

static char *random_hex(struct arena *arena, size_t bytes)
{
    unsigned char data[32];

    random_bytes(data, bytes);
    return encode_hex(arena, data, bytes);
}

/* Lines of a file to add to what we write: gateway keys, further settings. */
static enum err file_text(struct ctx *ctx, const char *path, const char **text)
{
    struct str out = str_new(ctx->arena);
    char line[2048];
    FILE *file;

    *text = "";
    if (path == NULL)
        return OK;
    file = fopen(path, "re");
    if (file == NULL)
        return FAIL(ctx, ERR_CONFIG, "%s: %s", path, strerror(errno));
    while (fgets(line, sizeof line, file) != NULL)
        str_append(&out, line);
    (void)fclose(file);
    *text = out.text;
    return OK;
}

static enum err write_files(struct job *job, const struct answers *a, const char *dir, const char *path)
{
    struct ctx *ctx = job->ctx;
    struct arena *arena = ctx->arena;
    const char *name = a->text[ASK_NAME];
    const char *socket = job_option(job, "--database-socket");
    const char *settings;
    const char *keys;
    bool made;

    TRY(ctx, file_text(ctx, job_option(job, "--settings"), &settings));
    TRY(ctx, file_text(ctx, job_option(job, "--keys"), &keys));
    TRY(ctx, write_new_file(ctx, arena_printf(arena, "%s/%s.owner", dir, name),
                            arena_printf(arena, "owner.user = %s_owner\nowner.password = %s\n", name, random_hex(arena, 24)),
                            0400, &made));
    TRY(ctx, write_new_file(ctx, arena_printf(arena, "%s/%s.keys", dir, name),
                            arena_printf(arena, "# Without this file nothing sealed in the database opens: back it up apart.\n"
                                         "master = %s\ndatabase.password = %s\n%s", random_hex(arena, 32),
                                         random_hex(arena, 24), keys), 0400, &made));
    return write_new_file(ctx, path,
        arena_printf(arena, "name = %s\nmode = %s\nsite.base = %s\ndatabase.socket = %s\ndatabase.name = tacite_%s\n"
                     "database.user = %s_app\nkey.file = %s/%s.keys\nowner.file = %s/%s.owner\n"
                     "seal.certificate = %s/%s.seal.pem\nseal.key = %s/%s.seal.key\n%s",
                     name, job_flag(job, "--test") ? "test" : "live", a->text[ASK_SITE],
                     socket != NULL ? socket : "/run/mysqld/mysqld.sock", name, name, dir, name, dir, name, dir, name, dir, name,
                     settings), 0640, &made);
}

static enum err make_database(struct job *job, const struct tenant *tenant)
{
    struct ctx *ctx = job->ctx;
    struct db_login owner;
    struct db_login admin = tenant->database;
    const char *message = "";
    const char *password = "";
    const char *user = job_option(job, "--admin-user");
    enum err err;

    if (tenant_owner_login(ctx->arena, tenant, &owner, &message) != OK)
        return FAIL(ctx, ERR_CONFIG, "%s", message);
    TRY(ctx, file_text(ctx, job_option(job, "--admin-password-file"), &password));
    admin.name = "mysql";
    admin.user = user != NULL ? user : "root";
    admin.password = arena_strndup(ctx->arena, password, strcspn(password, "\r\n"));
    ctx->db = db_open(&admin);
    err = create_database(ctx, &(struct database_order){
        .database = tenant->database.name, .owner_user = owner.user, .owner_password = owner.password,
        .app_user = tenant->database.user, .app_password = tenant->database.password,
        .host = tenant->database.socket[0] != '\0' ? "localhost" : "%"});
    db_close(ctx->db);
    ctx->db = NULL;
    return err;
}

static enum err make_company(struct ctx *ctx, const struct answers *a)
{
    const struct once once = {NULL, "/"};
    struct house_result result;
    struct company company = {.name = a->text[ASK_COMPANY], .legal_form = "", .capital = "", .siren = "",
        .register_city = "", .vat_id = a->vat_id, .street = "", .street2 = "", .postal_code = "", .city = "",
        .country = a->text[ASK_COUNTRY], .email = a->text[ASK_EMAIL], .phone = "", .website = "",
        .language = a->text[ASK_LANGUAGE], .currency = a->text[ASK_CURRENCY], .time_zone = a->text[ASK_ZONE],
        .vat_due = "payment", .late_penalty = "", .terms = "", .iban = "", .bic = "", .quote_prefix = "Q",
        .subscription_prefix = "S", .invoice_prefix = "INV"};
    struct company there;
    enum err err = company_current(ctx, &there);

    if (err != ERR_NOT_FOUND)
        return err;
    ctx_forget_error(ctx);
    /* A French VAT number ends in the company's SIREN. */
    if (str_starts(a->vat_id, "FR") && strlen(a->vat_id) == 13 && siren_ok(a->vat_id + 4))
        company.siren = a->vat_id + 4;
    return change_company(ctx, &company, 0, &once, &result);
}

static char *lower(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);

    for (char *c = copy; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

static enum err make_user(struct ctx *ctx, const struct answers *a)
{
    struct seller_user user = {.email = lower(ctx->arena, a->text[ASK_EMAIL]), .name = a->text[ASK_USER],
                               .language = a->text[ASK_LANGUAGE], .state = "active"};
    struct seller_user there;
    enum err err = seller_user_by_email(ctx, user.email, &there);

    if (err != ERR_NOT_FOUND)
        return err;
    ctx_forget_error(ctx);
    user.password = password_hash(ctx->arena, a->text[ASK_PASSWORD], (int)ctx->tenant->password_ln);
    return insert_seller_user(ctx, &user);
}

static enum err make_house(struct job *job, const struct answers *a)
{
    struct ctx *ctx = job->ctx;
    struct house house;
    int code;

    TRY(ctx, make_database(job, ctx->tenant));
    ctx->db = db_open(&ctx->tenant->database);
    job->argc = 1;
    code = migrate_command(job);
    if (code == EXIT_CONFIG) /* MariaDB cannot take tables back: a cut migration is for a person */
        return FAIL(ctx, ERR_CONFIG, "the new database was left half made: DROP DATABASE %s, then run this again",
                    ctx->tenant->database.name);
    if (code != EXIT_DONE)
        return FAIL(ctx, ERR_DB, "the schema could not be made");
    TRY(ctx, db_ready(ctx));
    TRY(ctx, set_today(ctx, &house));
    TRY(ctx, make_company(ctx, a));
    TRY(ctx, begin_financial_years(ctx, a->year_end));
    return make_user(ctx, a);
}

static enum err create_tenant(struct job *job, const struct answers *a, const char *dir)
{
    struct ctx *ctx = job->ctx;
    char *path = arena_printf(ctx->arena, "%s/%s.conf", dir, a->text[ASK_NAME]);
    struct tenant *tenant;
    const char *message = "";

    TRY(ctx, write_files(job, a, dir, path));
    if (tenant_load(ctx->arena, path, &tenant, &message) != OK)
        return FAIL(ctx, ERR_CONFIG, "%s", message);
    ctx->tenant = tenant;
    TRY(ctx, make_house(job, a));
    /* The first seal is our own; its owner may put a certificate of an authority in its place. */
    if (access(tenant->seal_certificate, F_OK) != 0 && seal_command(job) != EXIT_DONE)
        return FAIL(ctx, ERR_IO, "the seal could not be made");
    if (!job->quiet)
        (void)printf("%s\n", path);
    return OK;
}

int tenant_command(struct job *job)
{
    static const char *const options[] = {
        "--name=", "--site=", "--company=", "--country=", "--vat=", "--currency=", "--language=", "--time-zone=", "--year-end=",
        "--email=", "--user=", "--password-file=", "--dir=", "--database-socket=", "--admin-user=", "--admin-password-file=",
        "--settings=", "--keys=", "--test", NULL};
    struct answers a = {.vat_id = ""};
    const char *dir = job_option(job, "--dir");
    const char *unknown;
    enum err err;

    if (job->argc < 2 || !str_equal(job->argv[1], "create")) {
        (void)fprintf(stderr, "tacite-batch tenant: wants `create`\n");
        return EXIT_USAGE;
    }
    job->argc--;
    job->argv++;
    unknown = job_unknown(job, options);
    if (unknown != NULL) {
        (void)fprintf(stderr, "tacite-batch tenant create: %s is not an option\n", unknown);
        return EXIT_USAGE;
    }
    if (dir == NULL || dir[0] != '/') {
        (void)fprintf(stderr, "tacite-batch tenant create: --dir wants the absolute path of the tenants' folder\n");
        return EXIT_USAGE;
    }
    for (int q = 0; q < QUESTIONS; q++)
        if (!ask(job, (enum question)q, &a))
            return EXIT_USAGE;
    err = create_tenant(job, &a, dir);
    return err == OK ? EXIT_DONE : job_exit(job->ctx, err);
}
