#include "store/company.h"

#include "core/date.h"
#include "store/db.h"
#include "store/kept.h"
#include "store/tenant.h"

/* One list for reading and for writing, so that they cannot differ. */
#define COMPANY_TEXTS                                                                              \
    "name, legal_form, capital, siren, register_city, vat_id, street, street2, postal_code, city, " \
    "country, email, phone, website, language, currency, time_zone, vat_due, franchise, oss, "      \
    "prices_with_vat, vat_rounding, vat_recheck_days, payment_terms_days, "                         \
    "late_penalty, terms, iban, bic, quote_prefix, subscription_prefix, invoice_prefix, credit_prefix, mail_empty_invoices, deferral_method"

static const struct column company_column[] = {
    COLUMN(I64, company, id),
    COLUMN(TEXT, company, name),
    COLUMN(TEXT, company, legal_form),
    COLUMN(TEXT, company, capital),
    COLUMN(TEXT, company, siren),
    COLUMN(TEXT, company, register_city),
    COLUMN(TEXT, company, vat_id),
    COLUMN(TEXT, company, street),
    COLUMN(TEXT, company, street2),
    COLUMN(TEXT, company, postal_code),
    COLUMN(TEXT, company, city),
    COLUMN(TEXT, company, country),
    COLUMN(TEXT, company, email),
    COLUMN(TEXT, company, phone),
    COLUMN(TEXT, company, website),
    COLUMN(TEXT, company, language),
    COLUMN(TEXT, company, currency),
    COLUMN(TEXT, company, time_zone),
    COLUMN(TEXT, company, vat_due),
    COLUMN(BOOL, company, franchise),
    COLUMN(BOOL, company, oss),
    COLUMN(BOOL, company, prices_with_vat),
    COLUMN(TEXT, company, vat_rounding),
    COLUMN(I32, company, vat_recheck_days),
    COLUMN(I32, company, payment_terms_days),
    COLUMN(TEXT, company, late_penalty),
    COLUMN(TEXT, company, terms),
    COLUMN(TEXT, company, iban),
    COLUMN(TEXT, company, bic),
    COLUMN(TEXT, company, quote_prefix),
    COLUMN(TEXT, company, subscription_prefix),
    COLUMN(TEXT, company, invoice_prefix),
    COLUMN(TEXT, company, credit_prefix),
    COLUMN(BOOL, company, mail_empty_invoices),
    COLUMN(TEXT, company, deferral_method),
};

static const struct column house_column[] = {
    COLUMN(ID, house, company_id),
    COLUMN(DATE, house, test_clock_on),
    COLUMN(INSTANT, house, last_run_at),
    COLUMN(TEXT, house, time_zone),
};

enum { CURRENT, BY_ID, INSERT, HOUSE, MOVE_CLOCK, LAST_RUN };

static const struct statement statement[] = {
    [CURRENT] = {"company_current",
                 "SELECT id, " COMPANY_TEXTS " FROM company_version WHERE id > ? ORDER BY id DESC LIMIT 1",
                 READS(company, company_column)},
    [BY_ID] = {"company_by_id", "SELECT id, " COMPANY_TEXTS " FROM company_version WHERE id = ?",
               READS(company, company_column)},
    [INSERT] = {"company_insert",
                "INSERT INTO company_version (" COMPANY_TEXTS ", changed_at, changed_by) VALUES "
                "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                NOTHING},
    [HOUSE] = {"house_now",
               "SELECT c.id AS company_id, h.test_clock_on, h.last_run_at, c.time_zone FROM house h "
               "LEFT JOIN company_version c ON c.id = (SELECT MAX(id) FROM company_version) WHERE h.id = ?",
               READS(house, house_column)},
    [MOVE_CLOCK] = {"house_move_clock",
                    "UPDATE house SET test_clock_on = ? WHERE id = 1 AND "
                    "(test_clock_on IS NULL OR test_clock_on <= ?)",
                    NOTHING},
    [LAST_RUN] = {"house_last_run", "UPDATE house SET last_run_at = ? WHERE id = 1", NOTHING},
};
DB_STATEMENTS(company, statement)

enum err company_current(struct ctx *ctx, struct company *company)
{
    return kept_a_moment(ctx, &statement[CURRENT], 0, company);
}

enum err company_by_id(struct ctx *ctx, int64_t id, struct company *company)
{
    return kept_always(ctx, &statement[BY_ID], id, company); /* versions never change */
}

enum err save_company(struct ctx *ctx, struct company *c)
{
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_TEXT(c->name), P_TEXT(c->legal_form), P_TEXT(c->capital),
                            P_TEXT(c->siren), P_TEXT(c->register_city), P_TEXT(c->vat_id),
                            P_TEXT(c->street), P_TEXT(c->street2), P_TEXT(c->postal_code),
                            P_TEXT(c->city), P_TEXT(c->country), P_TEXT(c->email), P_TEXT(c->phone),
                            P_TEXT(c->website), P_TEXT(c->language), P_TEXT(c->currency),
                            P_TEXT(c->time_zone), P_TEXT(c->vat_due), P_BOOL(c->franchise),
                            P_BOOL(c->oss), P_BOOL(c->prices_with_vat), P_TEXT(c->vat_rounding != NULL ? c->vat_rounding : "rate"),
                            P_I64(c->vat_recheck_days != 0 ? c->vat_recheck_days : 30), P_I64(c->payment_terms_days),
                            P_TEXT(c->late_penalty), P_TEXT(c->terms), P_TEXT(c->iban),
                            P_TEXT(c->bic), P_TEXT(c->quote_prefix), P_TEXT(c->subscription_prefix),
                            P_TEXT(c->invoice_prefix),
                            P_TEXT(c->credit_prefix != NULL ? c->credit_prefix : "CN"), P_BOOL(c->mail_empty_invoices),
                            P_TEXT(c->deferral_method != NULL ? c->deferral_method : "days"), P_INSTANT(ctx->now), P_TEXT(ctx->actor)),
                     &c->id);
}

enum err house_now(struct ctx *ctx, struct house *house)
{
    return kept_a_moment(ctx, &statement[HOUSE], 1, house);
}

enum err set_today(struct ctx *ctx, struct house *house)
{
    const char *zone;

    TRY(ctx, house_now(ctx, house));
    if (ctx->tenant->test && house->test_clock_on != DATE_NONE) {
        ctx->today_on = house->test_clock_on;
        return OK;
    }
    zone = house->time_zone[0] != '\0' ? house->time_zone : "UTC";
    if (!date_of_instant(ctx->now, zone, &ctx->today_on))
        return FAIL(ctx, ERR_CONFIG, "unknown time zone %s", zone);
    return OK;
}

enum err move_test_clock(struct ctx *ctx, int32_t to_on)
{
    if (to_on < ctx->today_on)
        return ERR_CONFLICT;
    return db_write_one(ctx, &statement[MOVE_CLOCK], PARAMS(P_DATE(to_on), P_DATE(to_on)));
}

enum err save_last_run(struct ctx *ctx)
{
    return db_write(ctx, &statement[LAST_RUN], PARAMS(P_INSTANT(ctx->now)), NULL);
}
