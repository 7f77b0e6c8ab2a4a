/* tenant: one seller's configuration: its database, keys, addresses.
 *
 * A tenant is a configuration file named by nginx (fastcgi_param TACITE_TENANT). Secrets stand in a
 * key file of mode 0400 beside it; the database owner's login in a third file that only `tacite-batch
 * migrate` and `tenant create` read; the seal's private key is read by the batch alone. */
#ifndef TACITE_STORE_TENANT_H
#define TACITE_STORE_TENANT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "store/db.h"

/* The file's keys are named in tenant.c, in the order of these members. */
struct tenant {
    const char *path;
    const char *name;            /* name: short, for logs, sealed places and keys of idempotency */
    const char *mode;            /* mode = test | live */
    bool test;                   /* test mode: has a test clock, shows links in the outbox */
    struct db_login database;    /* database.socket|host|port|name|user; password from the key file */
    const char *site_base;       /* site.base = https://abo.example.com, no slash at the end */
    const char *gateway_base;    /* gateway.base = https://api.stripe.com or the sandbox; "" none */
    const char *gateway_page;    /* gateway.page: origin of the hosted page, for form-action */
    const char *mail_smtp;       /* mail.smtp = smtp://host:25 | smtps://...; "" keeps mail in the outbox */
    const char *mail_user;       /* mail.user */
    const char *mail_from;       /* mail.from: sender's address; "" the company's */
    const char *vies_url;        /* vies.url: VIES' REST interface; "" sellers check VAT numbers themselves */
    const char *cookie_suffix;   /* cookie.suffix: tells instances on one host apart */
    const char *seal_certificate; /* seal.certificate: PEM; "" unsigned documents are never mailed */
    const char *seal_key;        /* seal.key: PEM, mode 0400 */
    const char *key_file;        /* key.file */
    const char *owner_file;      /* owner.file */
    const char *state_file;      /* state.file: what the batch has seen, kept beside the database; "" beside the configuration */
    long long password_ln;       /* password.ln: scrypt cost, 17 unless tests say less */
    /* from the key file */
    struct secret_key master;    /* master: 64 hex digits */
    const char *gateway_key;     /* gateway.key */
    const char *webhook_secret;  /* webhook.secret */
    const char *webhook_secret_old; /* webhook.secret.old, during a rotation */
    const char *mail_password;   /* mail.password */
    /* derived */
    struct secret_key csrf_key;  /* forms */
    struct secret_ring seal_data; /* encryption at rest; with master.old while keys are changed */
};

/* Reads configuration and key file. On ERR_CONFIG *message is "file:line: what". */
enum err tenant_load(struct arena *arena, const char *path, struct tenant **tenant,
                     const char **message) MUST_USE;

/* The owner's database login (user and password differ, the rest is the tenant's). */
enum err tenant_owner_login(struct arena *arena, const struct tenant *tenant,
                            struct db_login *login, const char **message) MUST_USE;

/* True when no debit may leave before the mail that announces it did: everywhere but in a test house that sends none. */
bool tenant_announces(const struct tenant *tenant);

/* The place of a sealed value: "demo/outbox/sealed/17". */
char *tenant_place(struct arena *arena, const struct tenant *tenant, const char *table,
                   const char *column, int64_t id);

#endif
