#include "selftest/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/random.h"
#include "base/str.h"

enum { OPTIONS_MAX = 40 };

struct counted {
    int64_t count;
};
static const struct column counted_column[] = {COLUMN(I64, counted, count)};

/* An administrator's questions: doctor, who asks as the application, does not prove them. */
static const struct statement taken = {"selftest_taken",
    "SELECT (SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name IN (?, ?)) + "
    "(SELECT COUNT(*) FROM mysql.user WHERE user IN (?, ?, ?)) count", READS(counted, counted_column)};

static const char *gateway_name(const struct scratch *s)
{
    return arena_printf(s->arena, "tacite_%s_gateway", s->name);
}

/* ctx->db as the administrator. */
static enum err as_admin(struct scratch *s, enum err (*act)(struct scratch *s, struct ctx *ctx))
{
    struct ctx *ctx = s->job->ctx;
    struct db *kept = ctx->db;
    enum err err;

    ctx->db = db_open(&s->admin);
    err = db_ready(ctx);
    if (err == OK)
        err = act(s, ctx);
    db_close(ctx->db);
    ctx->db = kept;
    return err;
}

static enum err make_gateway(struct scratch *s, struct ctx *ctx)
{
    const char *database = gateway_name(s);
    struct counted there;

    TRY(ctx, db_row(ctx, &taken, PARAMS(P_TEXT(database), P_TEXT(arena_printf(ctx->arena, "tacite_%s", s->name)),
                                        P_TEXT(s->sandbox.database.user), P_TEXT(arena_printf(ctx->arena, "%s_owner", s->name)),
                                        P_TEXT(arena_printf(ctx->arena, "%s_app", s->name))), &there));
    if (there.count != 0)
        return FAIL(ctx, ERR_DUPLICATE, "tacite_%s, its gateway or its users are there already", s->name);
    s->made = true;
    TRY(ctx, db_run_script(ctx, arena_printf(ctx->arena, "CREATE DATABASE `%s` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", database)));
    TRY(ctx, db_run_script(ctx, arena_printf(ctx->arena, "CREATE USER '%s'@'localhost' IDENTIFIED BY '%s'", s->sandbox.database.user,
                                             s->sandbox.database.password)));
    return db_run_script(ctx, arena_printf(ctx->arena, "GRANT ALL ON `%s`.* TO '%s'@'localhost'", database, s->sandbox.database.user));
}

static enum err drop_all(struct scratch *s, struct ctx *ctx)
{
    TRY(ctx, db_run_script(ctx, arena_printf(ctx->arena, "DROP DATABASE IF EXISTS `%s`", gateway_name(s))));
    TRY(ctx, db_run_script(ctx, arena_printf(ctx->arena, "DROP DATABASE IF EXISTS `tacite_%s`", s->name)));
    return db_run_script(ctx, arena_printf(ctx->arena, "DROP USER IF EXISTS '%s'@'localhost', '%s_owner'@'localhost', '%s_app'@'localhost'",
                                           s->sandbox.database.user, s->name, s->name));
}

static const char *random_text(struct scratch *s)
{
    unsigned char bytes[20];

    random_bytes(bytes, sizeof bytes);
    return encode_hex(s->arena, bytes, sizeof bytes);
}

static enum err write_file(struct scratch *s, const char *name, const char *text, const char **path)
{
    struct ctx *ctx = s->job->ctx;
    FILE *file;

    *path = arena_printf(s->arena, "%s/%s", s->dir, name);
    file = fopen(*path, "we");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
        return FAIL(ctx, ERR_IO, "%s: %s", *path, strerror(errno));
    return OK;
}

/* The same way as a real seller's house is made. */
static enum err make_tenant(struct scratch *s)
{
    struct ctx *ctx = s->job->ctx;
    const char *password;
    const char *settings;
    const char *keys;
    const char *admin_password;
    const char *message = "";
    struct job job = *s->job;
    char *argv[OPTIONS_MAX];
    int argc = 0;
    int code;

    TRY(ctx, write_file(s, "password", arena_printf(ctx->arena, "%s\n", random_text(s)), &password));
    TRY(ctx, write_file(s, "admin", arena_printf(ctx->arena, "%s\n", s->admin.password), &admin_password));
    TRY(ctx, write_file(s, "settings", arena_printf(ctx->arena, "gateway.base = http://127.0.0.1:%d\ngateway.page = http://127.0.0.1:%d\n"
                                                    "mail.smtp = smtp://127.0.0.1:%d\npassword.ln = 10\n", s->world.gateway_port,
                                                    s->world.gateway_port, s->world.mail_port), &settings));
    TRY(ctx, write_file(s, "gateway.keys", arena_printf(ctx->arena, "gateway.key = %s\nwebhook.secret = %s\n", s->sandbox.key,
                                                        s->sandbox.webhook_secret), &keys));
    const char *const option[] = {"tenant", "create", "--dir", s->dir, "--name", s->name, "--test", "--site", "http://selftest.invalid",
        "--company", "Self-test", "--country", "FR", "--vat", "FR11123456782", "--currency", "EUR", "--language", "en", "--time-zone",
        "Europe/Paris", "--year-end", "6", "--email", "seller@selftest.example", "--user", "Self-test", "--password-file", password, "--database-socket",
        s->admin.socket, "--admin-user", s->admin.user, "--admin-password-file", admin_password, "--settings", settings, "--keys", keys};

    CHECK(COUNT_OF(option) <= OPTIONS_MAX);
    for (; argc < (int)COUNT_OF(option); argc++)
        argv[argc] = arena_strdup(s->arena, option[argc]);
    job.argc = argc;
    job.argv = argv;
    job.quiet = true;
    code = tenant_command(&job);
    if (code != EXIT_DONE)
        return FAIL(ctx, ERR_CONFIG, "the scratch house cannot be made (%d)", code);
    if (tenant_load(s->arena, arena_printf(s->arena, "%s/%s.conf", s->dir, s->name), &s->tenant, &message) != OK)
        return FAIL(ctx, ERR_CONFIG, "%s", message);
    db_close(ctx->db); /* tenant create left its own */
    ctx->tenant = s->tenant;
    ctx->db = db_open(&s->tenant->database);
    return OK;
}

static enum err make_book(struct scratch *s)
{
    struct ctx *ctx = s->job->ctx;
    struct db *kept = ctx->db;
    enum err err;

    ctx->db = s->gateway = db_open(&s->sandbox.database);
    err = migrate_sandbox(ctx, arena_printf(ctx->arena, "%s/schema/sandbox.sql", s->job->root));
    ctx->db = kept;
    return err;
}

static enum err make(struct scratch *s, int number)
{
    struct ctx *ctx = s->job->ctx;
    const char *folder = getenv("TMPDIR");
    const char *socket = job_option(s->job, "--database-socket");
    const char *user = job_option(s->job, "--admin-user");
    const char *password_file = job_option(s->job, "--admin-password-file");
    const struct signer *seal;
    char password[256] = "";
    char *dir;

    if (password_file != NULL) {
        FILE *file = fopen(password_file, "re");

        if (file == NULL || fgets(password, sizeof password, file) == NULL)
            return FAIL(ctx, ERR_CONFIG, "%s cannot be read", password_file);
        (void)fclose(file);
        password[strcspn(password, "\r\n")] = '\0';
    }
    s->admin = (struct db_login){.socket = socket != NULL ? socket : "/run/mysqld/mysqld.sock", .host = "", .name = "mysql",
                                 .user = user != NULL ? user : "root", .password = arena_strdup(s->arena, password)};
    s->name = arena_printf(s->arena, "selftest%d", number);
    if (!world_open(&s->world))
        return FAIL(ctx, ERR_IO, "no port on loopback: %s", strerror(errno));
    s->sandbox = (struct sandbox){.database = {.socket = s->admin.socket, .host = "", .name = gateway_name(s),
                                               .user = arena_printf(s->arena, "%s_gateway", s->name), .password = random_text(s)},
                                  .site_base = arena_printf(s->arena, "http://127.0.0.1:%d", s->world.gateway_port),
                                  .key = arena_printf(s->arena, "sk_test_%s", random_text(s)), .webhook_url = "http://127.0.0.1:1/",
                                  .webhook_secret = arena_printf(s->arena, "whsec_%s", random_text(s))};
    dir = arena_printf(s->arena, "%s/tacite-selftest.XXXXXX", folder != NULL ? folder : "/tmp");
    TRY(ctx, as_admin(s, make_gateway));
    if (mkdtemp(dir) == NULL)
        return FAIL(ctx, ERR_IO, "%s: %s", dir, strerror(errno));
    s->dir = dir;
    clock_simulate(&s->world.shared->ahead); /* the world's too */
    world_start(&s->world, &s->sandbox); /* before there is any connection, so that it keeps none of ours */
    TRY(ctx, make_book(s));
    TRY(ctx, make_tenant(s));
    TRY(ctx, signer_load(ctx, s->arena, s->tenant->seal_certificate, s->tenant->seal_key, &seal));
    s->seal = *seal;
    s->seal.not_after_at = INT64_MAX;
    return OK;
}

enum err make_scratch(struct scratch *s, struct job *job, int number)
{
    enum err err;

    *s = (struct scratch){.job = job, .arena = arena_new(), .dir = ""};
    err = make(s, number);
    if (err != OK) {
        char *trail = arena_strdup(s->arena, job->ctx->trail);

        remove_scratch(s);
        (void)snprintf(job->ctx->trail, sizeof job->ctx->trail, "%s", trail);
    }
    return err;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

void remove_scratch(struct scratch *s)
{
    struct ctx *ctx = s->job->ctx;

    if (s->world.shared != NULL)
        world_close(&s->world);
    db_close(s->gateway);
    db_close(ctx->db);
    ctx->db = NULL;
    ctx->tenant = NULL;
    if (s->made && !s->keep && as_admin(s, drop_all) != OK)
        (void)fprintf(stderr, "tacite-batch selftest: tacite_%s could not be removed: %s\n", s->name, ctx->trail);
    ctx_forget_error(ctx);
    if (s->dir[0] != '\0' && !s->keep)
        (void)nftw(s->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    arena_free(s->arena);
}

void leave_scratch(struct scratch *s)
{
    db_leave(s->job->ctx->db);
    db_leave(s->gateway);
}
