#include "store/customer.h"

#include "store/kept.h"

#include <string.h>

#include "base/hash.h"
#include "base/random.h"
#include "base/str.h"
#include "store/list.h"
#include "store/series.h"

#define CUSTOMER_PREFIX "C"

enum { SALT_BYTES = 16 };

static const struct column customer_column[] = {
    COLUMN(I64, customer, id),
    COLUMN(TEXT, customer, number),
    COLUMN(TEXT, customer, external_ref),
    COLUMN(TEXT, customer, state),
    COLUMN(BOOL, customer, consolidated),
    COLUMN(TEXT, customer, gateway_customer),
    COLUMN(DATE, customer, created_on),
    COLUMN(I64, customer, version_id),
    COLUMN(TEXT, customer, segment),
    COLUMN(BOOL, customer, is_company),
    COLUMN(TEXT, customer, name),
    COLUMN(TEXT, customer, contact_name),
    COLUMN(TEXT, customer, email),
    COLUMN(TEXT, customer, phone),
    COLUMN(TEXT, customer, street),
    COLUMN(TEXT, customer, street2),
    COLUMN(TEXT, customer, postal_code),
    COLUMN(TEXT, customer, city),
    COLUMN(TEXT, customer, country),
    COLUMN(TEXT, customer, siren),
    COLUMN(TEXT, customer, vat_id),
    COLUMN(TEXT, customer, language),
    COLUMN(BYTES, customer, personal_salt),
    COLUMN(HASH, customer, personal_digest),
    COLUMN(INSTANT, customer, changed_at),
};
#define CUSTOMER_COLUMNS                                                                           \
    "SELECT c.id, c.number, c.external_ref, c.state, c.consolidated, c.gateway_customer, c.created_on, v.id AS version_id, " \
    "IFNULL((SELECT s.name FROM segment s WHERE s.id = c.segment_id), '') AS segment, "            \
    "v.is_company, v.name, v.contact_name, v.email, v.phone, v.street, v.street2, v.postal_code, "  \
    "v.city, v.country, v.siren, v.vat_id, v.language, v.personal_salt, v.personal_digest, "        \
    "v.changed_at FROM "
#define CUSTOMERS CUSTOMER_COLUMNS "customer c "
#define VERSION "customer_version v ON v.id = c.current_version_id "
#define CURRENT "JOIN " VERSION

static const struct column list_column[] = {
    COLUMN(I64, customer_list_row, id),
    COLUMN(TEXT, customer_list_row, number),
    COLUMN(TEXT, customer_list_row, name),
    COLUMN(TEXT, customer_list_row, email),
    COLUMN(TEXT, customer_list_row, city),
    COLUMN(TEXT, customer_list_row, country),
    COLUMN(BOOL, customer_list_row, is_company),
    COLUMN(TEXT, customer_list_row, state),
    COLUMN(I64, customer_list_row, quote_count),
    COLUMN(I64, customer_list_row, subscription_count),
};

static const struct column name_column[] = {
    COLUMN(I64, customer_name, id),
    COLUMN(TEXT, customer_name, number),
    COLUMN(TEXT, customer_name, name),
    COLUMN(TEXT, customer_name, email),
};
/* By name, as the index has them; versions that are not the customer's any more are passed over. */
#define BY_NAME "customer_version v FORCE INDEX (by_name) STRAIGHT_JOIN customer c ON c.current_version_id = v.id "
/* Which are shown is decided before anything is counted for them. */
#define LIST_SELECT \
    "SELECT c.id, c.number, v.name, v.email, v.city, v.country, v.is_company, c.state, " \
    "(SELECT COUNT(*) FROM quote q WHERE q.customer_id = c.id) AS quote_count, " \
    "(SELECT COUNT(*) FROM subscription s WHERE s.customer_id = c.id AND s.state <> 'ended') AS subscription_count FROM "
#define LIST_REST "STRAIGHT_JOIN customer_version v ON v.id = x.id STRAIGHT_JOIN customer c ON c.id = v.customer_id ORDER BY v.name, v.customer_id"
#define LIKE_WORDS "(LOCATE(?, CONVERT(c.number USING utf8mb4)) > 0 OR LOCATE(?, v.name) > 0 OR LOCATE(?, v.email) > 0) "
#define NAMES "SELECT c.id, c.number, v.name, v.email FROM "

static const struct column check_column[] = {
    COLUMN(I64, vat_check, id),
    COLUMN(I64, vat_check, customer_id),
    COLUMN(TEXT, vat_check, vat_id),
    COLUMN(BOOL, vat_check, valid),
    COLUMN(TEXT, vat_check, via),
    COLUMN(TEXT, vat_check, consultation),
    COLUMN(DATE, vat_check, checked_on),
    COLUMN(TEXT, vat_check, evidence),
    COLUMN(TEXT, vat_check, checked_by),
    COLUMN(INSTANT, vat_check, checked_at),
};
#define CHECK_COLUMNS "SELECT id, customer_id, vat_id, valid, via, consultation, checked_on, evidence, checked_by, checked_at FROM vat_check "

struct id_row {
    int64_t id;
};
static const struct column id_column[] = {COLUMN(I64, id_row, id)};

enum {
    OF_GATEWAY,
    BY_ID,
    BY_NUMBER,
    BY_REFERENCE,
    AFTER,
    BY_VERSION,
    BY_VERSIONS,
    IN_SLICE,
    LOCK,
    LIST,
    LIST_LIKE,
    NAMED,
    FIRST,
    LIKE,
    INSERT,
    VERSION_INSERT,
    VERSION_USE,
    STATE,
    GATEWAY,
    CHECK_OF,
    CHECKS,
    CHECK_INSERT,
};

static const struct statement statement[] = {
    [BY_ID] = {"customer_by_id", CUSTOMERS CURRENT "WHERE c.id = ?",
               READS(customer, customer_column)},
    [BY_NUMBER] = {"customer_by_number", CUSTOMERS CURRENT "WHERE c.number = ?",
                   READS(customer, customer_column)},
    [BY_REFERENCE] = {"customer_by_reference", CUSTOMERS CURRENT "WHERE c.reference = ?",
                      READS(customer, customer_column)},
    [AFTER] = {"customers_after", CUSTOMERS CURRENT "WHERE c.id > ? ORDER BY c.id LIMIT ?",
               READS(customer, customer_column)},
    [BY_VERSION] = {"customer_by_version",
                    CUSTOMERS "JOIN customer_version v ON v.customer_id = c.id WHERE v.id = ?",
                    READS(customer, customer_column)},
    [BY_VERSIONS] = {"customers_by_versions", CUSTOMER_COLUMNS "(SELECT DISTINCT id AS version_id FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$')) j) l "
                     "STRAIGHT_JOIN customer_version v ON v.id = l.version_id STRAIGHT_JOIN customer c ON c.id = v.customer_id ORDER BY v.id",
                     READS(customer, customer_column)},
    [IN_SLICE] = {"customers_in_slice", CUSTOMER_COLUMNS SLICE "customer_version v ON v.id = person_id "
                  "STRAIGHT_JOIN customer c ON c.id = v.customer_id ORDER BY v.id", READS(customer, customer_column)},
    [LOCK] = {"customer_lock", CUSTOMERS CURRENT "WHERE c.id = ? FOR UPDATE",
              READS(customer, customer_column)},
    [LIST] = {"customer_list", LIST_SELECT "(SELECT v.id FROM " BY_NAME "ORDER BY v.name, v.customer_id LIMIT ? OFFSET ?) x " LIST_REST,
              READS(customer_list_row, list_column)},
    [LIST_LIKE] = {"customer_list_like", LIST_SELECT "(SELECT v.id FROM customer c STRAIGHT_JOIN " VERSION "WHERE " LIKE_WORDS
                   "ORDER BY v.name, c.id LIMIT ? OFFSET ?) x " LIST_REST, READS(customer_list_row, list_column)},
    [NAMED] = {"customers_named", NAMES "(SELECT id FROM customer_version WHERE name = ? UNION SELECT id FROM customer_version WHERE email = ?) x STRAIGHT_JOIN customer_version v "
               "ON v.id = x.id STRAIGHT_JOIN customer c ON c.id = v.customer_id AND c.current_version_id = v.id WHERE c.state = 'active' "
               "ORDER BY v.name, v.customer_id LIMIT ?", READS(customer_name, name_column)},
    [FIRST] = {"customers_first", NAMES BY_NAME "WHERE c.state = 'active' ORDER BY v.name, v.customer_id LIMIT ?", READS(customer_name, name_column)},
    [LIKE] = {"customers_like", NAMES "customer c STRAIGHT_JOIN " VERSION "WHERE c.state = 'active' AND " LIKE_WORDS "ORDER BY v.name, c.id LIMIT ?",
              READS(customer_name, name_column)},
    [INSERT] = {"customer_insert",
                "INSERT INTO customer (number, external_ref, created_at, created_on) SELECT ?, ?, ?, ? FROM DUAL "
                "WHERE NOT EXISTS (SELECT 1 FROM customer c WHERE c.reference = ?)", NOTHING},
    [VERSION_INSERT] = {"customer_version_insert",
                        "INSERT INTO customer_version (customer_id, is_company, name, contact_name, "
                        "email, phone, street, street2, postal_code, city, country, siren, vat_id, "
                        "language, personal_salt, personal_digest, changed_at, changed_by) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        NOTHING},
    [VERSION_USE] = {"customer_version_use",
                     "UPDATE customer SET current_version_id = ? WHERE id = ?", NOTHING},
    [STATE] = {"customer_state", "UPDATE customer SET state = ? WHERE id = ?", NOTHING},
    [OF_GATEWAY] = {"customer_of_gateway", "SELECT id FROM customer WHERE gateway_customer = ? ORDER BY id LIMIT 1", READS(id_row, id_column)},
    [GATEWAY] = {"customer_gateway", "UPDATE customer SET gateway_customer = ? WHERE id = ?", NOTHING},
    [CHECK_OF] = {"vat_check_of",
                  CHECK_COLUMNS "WHERE customer_id = ? AND vat_id = ? ORDER BY id DESC LIMIT 1",
                  READS(vat_check, check_column)},
    [CHECKS] = {"vat_checks", CHECK_COLUMNS "WHERE customer_id = ? ORDER BY id DESC LIMIT 50",
                READS(vat_check, check_column)},
    [CHECK_INSERT] = {"vat_check_insert",
                      "INSERT INTO vat_check (customer_id, vat_id, valid, via, consultation, checked_on, evidence, "
                      "checked_by, checked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      NOTHING},
};
DB_STATEMENTS(customer, statement)

enum err customer_by_id(struct ctx *ctx, int64_t id, struct customer *customer)
{
    return db_row(ctx, &statement[BY_ID], PARAMS(P_I64(id)), customer);
}

enum err customer_by_number(struct ctx *ctx, const char *number, struct customer *customer)
{
    return db_row(ctx, &statement[BY_NUMBER], PARAMS(P_TEXT(number)), customer);
}

enum err customer_by_reference(struct ctx *ctx, const char *reference, struct customer *customer)
{
    return db_row(ctx, &statement[BY_REFERENCE], PARAMS(P_TEXT(reference)), customer);
}

enum err customers_after(struct ctx *ctx, int64_t after_id, int32_t limit, struct customer **rows, size_t *count)
{
    return db_rows(ctx, &statement[AFTER], PARAMS(P_I64(after_id), P_I64(limit)), rows, count);
}

const char *customer_reference(const struct customer *customer)
{
    return str_empty(customer->external_ref) ? customer->number : customer->external_ref;
}

enum err customers_by_versions(struct ctx *ctx, const int64_t *version_ids, size_t id_count, struct customer **rows, size_t *count)
{
    return db_rows(ctx, &statement[BY_VERSIONS], PARAMS(P_TEXT(id_list(ctx->arena, version_ids, id_count))), rows, count);
}

enum err customer_by_version(struct ctx *ctx, int64_t version_id, struct customer *customer)
{
    return kept_row(ctx, &statement[BY_VERSION], version_id, customer);
}

enum err customers_in_slice(struct ctx *ctx, const struct slice *slice, struct customer **rows, size_t *count)
{
    return db_rows(ctx, &statement[IN_SLICE], SLICE_PARAMS(slice), rows, count);
}

enum err lock_customer(struct ctx *ctx, int64_t id, struct customer *customer)
{
    return db_row(ctx, &statement[LOCK], PARAMS(P_I64(id)), customer);
}

enum err customers_named(struct ctx *ctx, const char *words, int32_t limit, struct customer_name **rows, size_t *count)
{
    return db_rows(ctx, &statement[NAMED], PARAMS(P_TEXT(words), P_TEXT(words), P_I64(limit)), rows, count);
}

enum err customers_like(struct ctx *ctx, const char *words, int32_t limit, struct customer_name **rows, size_t *count)
{
    if (words[0] == '\0')
        return db_rows(ctx, &statement[FIRST], PARAMS(P_I64(limit)), rows, count);
    return db_rows(ctx, &statement[LIKE], PARAMS(P_TEXT(words), P_TEXT(words), P_TEXT(words), P_I64(limit)), rows, count);
}

enum err customer_list(struct ctx *ctx, const char *words, int32_t limit, int64_t from,
                       struct customer_list_row **rows, size_t *count)
{
    if (words[0] == '\0')
        return db_rows(ctx, &statement[LIST], PARAMS(P_I64(limit), P_I64(from)), rows, count);
    return db_rows(ctx, &statement[LIST_LIKE], PARAMS(P_TEXT(words), P_TEXT(words), P_TEXT(words), P_I64(limit), P_I64(from)), rows, count);
}

enum err insert_customer(struct ctx *ctx, struct customer *customer)
{
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_TEXT(customer->number),
                            P_TEXT(str_empty(customer->external_ref) ? NULL : customer->external_ref), P_INSTANT(ctx->now), P_DATE(ctx->today_on),
                            P_TEXT(customer->number)),
                     &customer->id);
}

enum err insert_numbered_customer(struct ctx *ctx, struct customer *customer)
{
    char number[NUMBER_BYTES];
    enum err err;

    do {
        TRY(ctx, take_number(ctx, CUSTOMER_PREFIX, number));
        customer->number = arena_strdup(ctx->arena, number);
        err = insert_customer(ctx, customer);
    } while (err == ERR_CONFLICT);
    return err;
}

void customer_digest(const struct customer *customer, unsigned char digest[32])
{
    const char *const texts[] = {customer->name,   customer->contact_name, customer->email,
                                 customer->phone,  customer->street,       customer->street2,
                                 customer->postal_code, customer->city,    customer->country,
                                 customer->siren,  customer->vat_id};
    struct arena *arena = arena_new();
    struct str all = str_new(arena);
    struct hash hash;

    str_append_bytes(&all, customer->personal_salt.data, customer->personal_salt.bytes);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        str_printf(&all, "%zu:%s,", strlen(texts[i]), texts[i]); /* lengths: no two lists look alike */
    hash = hash_sha256(all.text, all.bytes);
    memcpy(digest, hash.bytes, sizeof hash.bytes);
    arena_free(arena);
}

enum err insert_customer_version(struct ctx *ctx, struct customer *c)
{
    unsigned char salt[SALT_BYTES];

    random_bytes(salt, sizeof salt);
    c->personal_salt.data = arena_memdup(ctx->arena, salt, sizeof salt);
    c->personal_salt.bytes = sizeof salt;
    customer_digest(c, c->personal_digest);
    TRY(ctx, db_insert(ctx, &statement[VERSION_INSERT],
                       PARAMS(P_I64(c->id), P_BOOL(c->is_company), P_TEXT(c->name),
                              P_TEXT(c->contact_name), P_TEXT(c->email), P_TEXT(c->phone),
                              P_TEXT(c->street), P_TEXT(c->street2), P_TEXT(c->postal_code),
                              P_TEXT(c->city), P_TEXT(c->country), P_TEXT(c->siren),
                              P_TEXT(c->vat_id), P_TEXT(c->language),
                              P_BYTES(c->personal_salt.data, c->personal_salt.bytes),
                              P_HASH(c->personal_digest), P_INSTANT(ctx->now), P_TEXT(ctx->actor)),
                       &c->version_id));
    return db_write_one(ctx, &statement[VERSION_USE], PARAMS(P_I64(c->version_id), P_I64(c->id)));
}

enum err save_customer_state(struct ctx *ctx, int64_t id, const char *state)
{
    return db_write_one(ctx, &statement[STATE], PARAMS(P_TEXT(state), P_I64(id)));
}

enum err customer_of_gateway(struct ctx *ctx, const char *gateway_customer, int64_t *id)
{
    struct id_row row = {0};
    enum err err = gateway_customer[0] == '\0' ? ERR_NOT_FOUND : db_row(ctx, &statement[OF_GATEWAY], PARAMS(P_TEXT(gateway_customer)), &row);

    *id = err == OK ? row.id : 0;
    return err == ERR_NOT_FOUND ? OK : err;
}

enum err save_gateway_customer(struct ctx *ctx, int64_t id, const char *gateway_customer)
{
    return db_write_one(ctx, &statement[GATEWAY], PARAMS(P_TEXT(gateway_customer), P_I64(id)));
}

enum err vat_check_of(struct ctx *ctx, int64_t customer_id, const char *vat_id, struct vat_check *check)
{
    return db_row(ctx, &statement[CHECK_OF], PARAMS(P_I64(customer_id), P_TEXT(vat_id)), check);
}

enum err vat_checks(struct ctx *ctx, int64_t customer_id, struct vat_check **checks, size_t *count)
{
    return db_rows(ctx, &statement[CHECKS], PARAMS(P_I64(customer_id)), checks, count);
}

enum err insert_vat_check(struct ctx *ctx, struct vat_check *check)
{
    return db_insert(ctx, &statement[CHECK_INSERT],
                     PARAMS(P_I64(check->customer_id), P_TEXT(check->vat_id), P_BOOL(check->valid),
                            P_TEXT(check->via != NULL ? check->via : "seller"),
                            P_TEXT(check->consultation != NULL ? check->consultation : ""), P_DATE(check->checked_on), P_TEXT(check->evidence), P_TEXT(ctx->actor),
                            P_INSTANT(ctx->now)),
                     &check->id);
}
