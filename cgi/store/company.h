/* company: the seller's own data, versioned, and the house's clock.
 *
 * A change inserts a row; the newest is today's company, and a document keeps the id of the one that
 * was true when it was made. */
#ifndef TACITE_STORE_COMPANY_H
#define TACITE_STORE_COMPANY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

struct company {
    int64_t id; /* of this version */
    const char *name;
    const char *legal_form;
    const char *capital;
    const char *siren;
    const char *register_city;
    const char *vat_id;
    const char *street;
    const char *street2;
    const char *postal_code;
    const char *city;
    const char *country;   /* ISO 3166 alpha-2 */
    const char *email;
    const char *phone;
    const char *website;
    const char *language;  /* of documents for customers without one, and of seller pages by default */
    const char *currency;
    const char *time_zone; /* IANA; decides "today" */
    const char *vat_due;   /* "payment" (services, the default) or "issue" (option débits) */
    bool franchise;        /* small business: charges no VAT (CGI art. 293 B) */
    bool oss;              /* option: consumers in other member states pay their country's VAT from the first sale on */
    bool prices_with_vat;  /* fixed, as vat_rounding, once a document was issued (the database refuses a change) */
    const char *vat_rounding; /* "rate" or "line" */
    int32_t vat_recheck_days; /* VAT numbers of customers are asked about again after so many days */
    int32_t payment_terms_days;
    const char *late_penalty;
    const char *terms;
    const char *iban;
    const char *bic;
    const char *quote_prefix;
    const char *subscription_prefix;
    const char *invoice_prefix;
    const char *credit_prefix; /* of credit notes */
    bool mail_empty_invoices;  /* invoices of nothing are mailed too; else they only stand in the portal */
    const char *deferral_method; /* how the invoices of this version spread what they defer (core/deferral.h) */
};

/* The newest version; ERR_NOT_FOUND in a house that has none yet. */
enum err company_current(struct ctx *ctx, struct company *company) MUST_USE;
enum err company_by_id(struct ctx *ctx, int64_t id, struct company *company) MUST_USE;

/* Inserts a new version and sets company->id. */
enum err save_company(struct ctx *ctx, struct company *company) MUST_USE;

struct house {
    int64_t company_id;     /* newest company_version, 0 when none */
    int32_t test_clock_on;  /* DATE_NONE on the real date */
    int64_t last_run_at;    /* of the batch, 0 never */
    const char *time_zone;  /* of the newest company, "" when none */
};
enum err house_now(struct ctx *ctx, struct house *house) MUST_USE;

/* Sets ctx->today_on: the test clock of a test tenant when it is set, else the civil day of ctx->now
 * in the company's time zone (UTC in a house without company). */
enum err set_today(struct ctx *ctx, struct house *house) MUST_USE;

/* Moves the test clock forward; ERR_CONFLICT when it would go back (also below the current day). */
enum err move_test_clock(struct ctx *ctx, int32_t to_on) MUST_USE;

/* Remembers the real instant of a batch run. */
enum err save_last_run(struct ctx *ctx) MUST_USE;

#endif
