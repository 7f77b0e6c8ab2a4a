/* customer: who buys, versioned, and the recorded checks of VAT numbers.
 *
 * A change inserts a version; documents keep the id of the version that was true when they were made.
 * personal_digest is SHA-256 over the salt and the personal texts: it enters the invoice chain, so
 * that texts and salt can be erased and the chain still verifies. */
#ifndef TACITE_STORE_CUSTOMER_H
#define TACITE_STORE_CUSTOMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/db.h"
#include "store/slice.h"

struct customer {
    int64_t id;
    const char *number;           /* "C-2026-00001" */
    const char *external_ref;     /* how another system named them; "" or NULL none */
    const char *state;            /* "active", "archived" */
    bool consolidated;            /* wants one invoice for all that renews on a day */
    const char *gateway_customer; /* "" until the gateway knows them */
    int32_t created_on;
    int64_t version_id;
    const char *segment;          /* the segment's name, "" none; NULL when saved: stays as it is */
    /* the version's */
    bool is_company;
    const char *name;
    const char *contact_name;
    const char *email;
    const char *phone;
    const char *street;
    const char *street2;
    const char *postal_code;
    const char *city;
    const char *country;          /* ISO 3166 alpha-2 */
    const char *siren;
    const char *vat_id;           /* normalised */
    const char *language;
    struct db_bytes personal_salt;
    unsigned char personal_digest[32];
    int64_t changed_at;
};

struct customer_list_row {
    int64_t id;
    const char *number;
    const char *name;
    const char *email;
    const char *city;
    const char *country;
    bool is_company;
    const char *state;
    int64_t quote_count;
    int64_t subscription_count;   /* that are not ended */
};

struct customer_name {
    int64_t id;
    const char *number;
    const char *name;
    const char *email;
};

struct vat_check {
    int64_t id;
    int64_t customer_id;
    const char *vat_id;
    bool valid;
    const char *via;          /* "seller" or "vies"; NULL when inserting: "seller" */
    const char *consultation; /* the number that VIES gave; NULL when inserting: none */
    int32_t checked_on;
    const char *evidence;
    const char *checked_by;
    int64_t checked_at;
};

/* As of today. */
enum err customer_by_id(struct ctx *ctx, int64_t id, struct customer *customer) MUST_USE;
enum err customer_by_number(struct ctx *ctx, const char *number, struct customer *customer) MUST_USE;
/* By external_ref, or by number where there is none: a reference means one customer. */
enum err customer_by_reference(struct ctx *ctx, const char *reference, struct customer *customer) MUST_USE;
/* As the version says. */
enum err customer_by_version(struct ctx *ctx, int64_t version_id, struct customer *customer) MUST_USE;
/* Each version once, however often it is listed. */
enum err customers_by_versions(struct ctx *ctx, const int64_t *version_ids, size_t id_count, struct customer **rows, size_t *count) MUST_USE;
/* The versions that the documents of a slice name, by version; one that several name stands there as often. */
enum err customers_in_slice(struct ctx *ctx, const struct slice *slice, struct customer **rows, size_t *count) MUST_USE;
enum err lock_customer(struct ctx *ctx, int64_t id, struct customer *customer) MUST_USE;
/* words: part of number, name or mail address; "" all. By name, from the from-th on, counted from 0. */
enum err customer_list(struct ctx *ctx, const char *words, int32_t limit, int64_t from,
                       struct customer_list_row **rows, size_t *count) MUST_USE;

/* Active ones, by name: whose name or mail address is this; likewise part of it, or of the number ("" all). */
enum err customers_named(struct ctx *ctx, const char *words, int32_t limit, struct customer_name **rows, size_t *count) MUST_USE;
enum err customers_like(struct ctx *ctx, const char *words, int32_t limit, struct customer_name **rows, size_t *count) MUST_USE;

/* By id, above after_id: for files of all. */
enum err customers_after(struct ctx *ctx, int64_t after_id, int32_t limit, struct customer **rows, size_t *count) MUST_USE;
const char *customer_reference(const struct customer *customer);

/* Inserts the customer row alone (number, external_ref, state active); sets id. ERR_CONFLICT when the number is
 * somebody's reference. */
enum err insert_customer(struct ctx *ctx, struct customer *customer) MUST_USE;
/* The same under the next number that is nobody's reference: a gap in the numbers of customers means nothing. */
enum err insert_numbered_customer(struct ctx *ctx, struct customer *customer) MUST_USE;
/* Inserts a version with a new salt and digest, makes it current; sets version_id. */
enum err insert_customer_version(struct ctx *ctx, struct customer *customer) MUST_USE;
enum err save_customer_state(struct ctx *ctx, int64_t id, const char *state) MUST_USE;
enum err customer_of_gateway(struct ctx *ctx, const char *gateway_customer, int64_t *id) MUST_USE; /* 0: nobody's, or "" */
enum err save_gateway_customer(struct ctx *ctx, int64_t id, const char *gateway_customer) MUST_USE;

/* The newest check of exactly this number; ERR_NOT_FOUND when it was never checked. */
enum err vat_check_of(struct ctx *ctx, int64_t customer_id, const char *vat_id,
                      struct vat_check *check) MUST_USE;
enum err vat_checks(struct ctx *ctx, int64_t customer_id, struct vat_check **checks,
                    size_t *count) MUST_USE; /* newest first */
enum err insert_vat_check(struct ctx *ctx, struct vat_check *check) MUST_USE;

/* The digest of a version's personal texts under its salt. */
void customer_digest(const struct customer *customer, unsigned char digest[32]);

#endif
