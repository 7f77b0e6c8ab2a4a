#include "store/tenant.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/config.h"
#include "base/encode.h"
#include "base/str.h"

#define TEXT(name_, member, required_, fallback_)                                                  \
    {.name = (name_), .kind = CONFIG_TEXT, .required = (required_), .fallback = (fallback_),       \
     .offset = offsetof(struct tenant, member)}

static const struct config_key tenant_key[] = {
    TEXT("name", name, true, NULL),
    TEXT("mode", mode, true, NULL),
    TEXT("database.socket", database.socket, false, ""),
    TEXT("database.host", database.host, false, "127.0.0.1"),
    {.name = "database.port", .kind = CONFIG_INTEGER, .fallback = "3306",
     .offset = offsetof(struct tenant, database.port), .min = 1, .max = 65535},
    TEXT("database.name", database.name, true, NULL),
    TEXT("database.user", database.user, true, NULL),
    TEXT("site.base", site_base, true, NULL),
    TEXT("gateway.base", gateway_base, false, ""),
    TEXT("gateway.page", gateway_page, false, ""),
    TEXT("mail.smtp", mail_smtp, false, ""),
    TEXT("mail.user", mail_user, false, ""),
    TEXT("mail.from", mail_from, false, ""),
    TEXT("vies.url", vies_url, false, ""),
    TEXT("cookie.suffix", cookie_suffix, false, ""),
    TEXT("seal.certificate", seal_certificate, false, ""),
    TEXT("seal.key", seal_key, false, ""),
    TEXT("key.file", key_file, true, NULL),
    TEXT("owner.file", owner_file, false, ""),
    TEXT("state.file", state_file, false, ""),
    {.name = "password.ln", .kind = CONFIG_INTEGER, .fallback = "17",
     .offset = offsetof(struct tenant, password_ln), .min = 10, .max = 20},
};

struct keys {
    const char *master;
    const char *master_old;
    const char *database_password;
    const char *gateway_key;
    const char *webhook_secret;
    const char *webhook_secret_old;
    const char *mail_password;
};

#define SECRET(name_, member, required_)                                                           \
    {.name = (name_), .kind = CONFIG_TEXT, .required = (required_),                                \
     .offset = offsetof(struct keys, member)}

static const struct config_key secret_key_table[] = {
    SECRET("master", master, true),
    SECRET("master.old", master_old, false),
    SECRET("database.password", database_password, true),
    SECRET("gateway.key", gateway_key, false),
    SECRET("webhook.secret", webhook_secret, false),
    SECRET("webhook.secret.old", webhook_secret_old, false),
    SECRET("mail.password", mail_password, false),
};

struct owner {
    const char *user;
    const char *password;
};

static const struct config_key owner_key[] = {
    {.name = "owner.user", .kind = CONFIG_TEXT, .required = true, .offset = offsetof(struct owner, user)},
    {.name = "owner.password", .kind = CONFIG_TEXT, .required = true, .offset = offsetof(struct owner, password)},
};

/* The name enters idempotency keys and sealed places: short and plain. */
static bool name_ok(const char *name)
{
    size_t bytes = strlen(name);

    return bytes >= 1 && bytes <= 16 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == bytes;
}

static bool base_ok(const char *url)
{
    return (str_starts(url, "https://") || str_starts(url, "http://")) && !str_ends(url, "/");
}

/* Where the key stands with which `what` begins; 0 when the file does not hold it. */
static int line_of(const char *path, const char *what)
{
    size_t bytes = strcspn(what, " ");
    FILE *file = fopen(path, "re");
    char line[1024];
    int number = 0;
    int found = 0;

    while (file != NULL && found == 0 && fgets(line, sizeof line, file) != NULL) {
        const char *text = line + strspn(line, " \t");

        number++;
        if (strncmp(text, what, bytes) == 0 && strchr(" \t=", text[bytes]) != NULL)
            found = number;
    }
    if (file != NULL)
        (void)fclose(file);
    return found;
}

/* what begins with the key's name: the message names the line where it stands. */
static enum err refuse(struct arena *arena, const struct tenant *tenant, const char *what,
                       const char **message)
{
    *message = arena_printf(arena, "%s:%d: %s", tenant->path, line_of(tenant->path, what), what);
    return ERR_CONFIG;
}

static bool key_of(struct arena *arena, const char *hex, struct secret_key *key)
{
    unsigned char *bytes;
    size_t count;

    if (!decode_hex(arena, hex, &bytes, &count) || count != SECRET_KEY_BYTES)
        return false;
    memcpy(key->bytes, bytes, SECRET_KEY_BYTES);
    return true;
}

enum err tenant_load(struct arena *arena, const char *path, struct tenant **out, const char **message)
{
    struct tenant *tenant = ARENA_NEW(arena, struct tenant);
    struct keys keys;
    struct secret_key old;
    enum err err;

    err = config_read(arena, path, false, tenant_key, COUNT_OF(tenant_key), tenant, message);
    if (err != OK)
        return err;
    tenant->path = arena_strdup(arena, path);
    if (!name_ok(tenant->name))
        return refuse(arena, tenant, "name wants 1 to 16 of a-z 0-9 _", message);
    if (!str_equal(tenant->mode, "test") && !str_equal(tenant->mode, "live"))
        return refuse(arena, tenant, "mode wants test or live", message);
    tenant->test = str_equal(tenant->mode, "test");
    if (!base_ok(tenant->site_base))
        return refuse(arena, tenant, "site.base wants http(s)://host without a slash at the end", message);
    if (tenant->gateway_base[0] != '\0' && !base_ok(tenant->gateway_base))
        return refuse(arena, tenant, "gateway.base wants http(s)://host without a slash at the end", message);
    if (tenant->vies_url[0] != '\0' && !base_ok(tenant->vies_url))
        return refuse(arena, tenant, "vies.url wants http(s)://host/path without a slash at the end", message);
    err = config_read(arena, tenant->key_file, true, secret_key_table, COUNT_OF(secret_key_table),
                      &keys, message);
    if (err != OK)
        return err;
    if (!key_of(arena, keys.master, &tenant->master) || (keys.master_old[0] != '\0' && !key_of(arena, keys.master_old, &old))) {
        *message = arena_printf(arena, "%s: master and master.old want 64 hex digits", tenant->key_file);
        return ERR_CONFIG;
    }
    tenant->database.password = keys.database_password;
    tenant->gateway_key = keys.gateway_key;
    tenant->webhook_secret = keys.webhook_secret;
    tenant->webhook_secret_old = keys.webhook_secret_old;
    tenant->mail_password = keys.mail_password;
    tenant->csrf_key = secret_derive(&tenant->master, "csrf");
    tenant->seal_data = secret_ring_of(&tenant->master, keys.master_old[0] != '\0' ? &old : NULL, "data");
    *out = tenant;
    return OK;
}

enum err tenant_owner_login(struct arena *arena, const struct tenant *tenant, struct db_login *login,
                            const char **message)
{
    struct owner owner;
    enum err err;

    if (tenant->owner_file[0] == '\0')
        return refuse(arena, tenant, "owner.file is not set", message);
    err = config_read(arena, tenant->owner_file, true, owner_key, COUNT_OF(owner_key), &owner, message);
    if (err != OK)
        return err;
    *login = tenant->database;
    login->user = owner.user;
    login->password = owner.password;
    return OK;
}

bool tenant_announces(const struct tenant *tenant)
{
    return !tenant->test || tenant->mail_smtp[0] != '\0';
}

char *tenant_place(struct arena *arena, const struct tenant *tenant, const char *table,
                   const char *column, int64_t id)
{
    return arena_printf(arena, "%s/%s/%s/%lld", tenant->name, table, column, (long long)id);
}
