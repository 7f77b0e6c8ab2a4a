/* tax: which VAT (or sales tax) a line carries, and why.
 *
 * The rates are the caller's dated rows (table tax_rate): a row is valid from its day until the next
 * row of the same country, postal codes and class; of several that fit an address the one with the longest
 * beginning of a postal code counts. The decision follows decisions.md 7: reverse charge needs a
 * number that is well formed, of another member state than the seller's, and checked; until then VAT
 * is charged and the reason says so. Rules: directive 2006/112/EC art. 44, 58, 59c, 138, 146, 196; CGI
 * art. 294 and 296 for sales between France and its overseas departments.
 *
 * What a customer signed, or began to pay without signing, is what they are invoiced, to the cent: rates, threshold and
 * checks are read on that day and kept for each line (service/offer: agree_on_tax). Between that day and the invoice a
 * rate may change, another sale may pass the threshold, a number may be checked: the invoice stays as agreed, and where
 * the law of the tax point (art. 63 and 93) says otherwise, the seller is told by an operator item with the difference;
 * correcting it is a decision about the price that only they can make. Renewals are taxed on their own due day.
 *
 * A class other than the standard one that a place has no rate of takes the place's standard rate: classes do not mean
 * the same in every country, and too little VAT is the seller's loss. An exempt activity (art. 132 and 135 of the
 * directive, which every member state applies) is a class of its own: where a rate would count, none does; reverse
 * charge, export and what lies outside the scope go before it.
 *
 * A seller in the United States charges the sales tax of the customer's place; a row of 0 % says that none is
 * collected there. */
#ifndef TACITE_CORE_TAX_H
#define TACITE_CORE_TAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/territory.h"

/* UNTDID 5305, as EN 16931 uses it. */
enum tax_category {
    TAX_STANDARD = 1,    /* "S": a rate above zero, also a reduced one */
    TAX_ZERO,            /* "Z" */
    TAX_EXEMPT,          /* "E" */
    TAX_REVERSE_CHARGE,  /* "AE": services to a business in another member state */
    TAX_INTRA_EU_SUPPLY, /* "K": goods to a business in another member state */
    TAX_EXPORT,          /* "G": goods leaving the EU */
    TAX_OUTSIDE_SCOPE,   /* "O": services placed outside the EU */
};

enum tax_reason {
    TAX_REASON_DOMESTIC = 1,
    TAX_REASON_REVERSE_CHARGE,
    TAX_REASON_INTRA_EU_SUPPLY,
    TAX_REASON_VAT_ID_MISSING,   /* EU business without a well-formed number of its state: charged */
    TAX_REASON_VAT_ID_UNCHECKED, /* its number is not checked yet: charged */
    TAX_REASON_ORIGIN,           /* consumer elsewhere: the seller's rate (EU: seller below the threshold) */
    TAX_REASON_DESTINATION,      /* EU consumer, OSS: the customer's rate */
    TAX_REASON_EXPORT,
    TAX_REASON_OUTSIDE_EU,
    TAX_REASON_FRANCHISE,        /* the seller charges no VAT (CGI art. 293 B) */
    TAX_REASON_TERRITORY,        /* another part of the seller's state: its rate (Réunion) */
    TAX_REASON_NO_VAT_THERE,     /* a part of the seller's state where VAT is not applied (CGI art. 294) */
    TAX_REASON_SALES_TAX,        /* United States: the rate of the customer's place */
    TAX_REASON_NO_SALES_TAX,     /* none is collected there */
    /* Exempt activities: what is sold decides. The name of each is also the tax class of its products. */
    TAX_REASON_EXEMPT_HOSPITAL,
    TAX_REASON_EXEMPT_CARE,
    TAX_REASON_EXEMPT_WELFARE,
    TAX_REASON_EXEMPT_TRAINING,
    TAX_REASON_EXEMPT_LESSONS,
    TAX_REASON_EXEMPT_MEMBERS,
    TAX_REASON_EXEMPT_SPORT,
    TAX_REASON_EXEMPT_CULTURE,
    TAX_REASON_EXEMPT_INSURANCE,
    TAX_REASON_EXEMPT_FINANCE,
    TAX_REASON_EXEMPT_LETTING,
};
enum { TAX_REASON_LAST = TAX_REASON_EXEMPT_LETTING };

enum { TAX_CLASS_BYTES = 21 };

/* Classes that have rates: the standard one first, NULL at the end. */
extern const char *const tax_rate_class[];

struct tax_rate {
    char country[3];
    char tax_class[TAX_CLASS_BYTES]; /* one of tax_rate_class */
    int32_t from_on;
    int32_t rate_ppm;
    char postal_from[POSTAL_KEY_BYTES];  /* beginnings of postal codes, of one length; "" the whole country */
    char postal_until[POSTAL_KEY_BYTES];
};

struct tax_facts {
    const char *seller_country;
    const char *seller_postal; /* postal codes; NULL: not known */
    const char *buyer_country;
    const char *buyer_postal;
    const char *tax_class;
    int32_t on;           /* day of the chargeable event */
    bool buyer_is_company;
    bool vat_id_fits;     /* vat_id_fits(buyer's number, buyer's country) */
    bool vat_id_checked;  /* valid by VIES or by a seller's recorded check */
    bool goods;           /* false: a service */
    bool oss;             /* consumers in the EU pay their country's rate: the threshold is passed, or the option */
    bool seller_exempt;   /* small business without VAT */
    bool included;        /* the seller's prices are with VAT */
    bool per_line;        /* VAT is rounded line by line */
};

struct tax_decision {
    enum tax_category category;
    int32_t rate_ppm;
    enum tax_reason reason;
    char country[3]; /* whose VAT; the buyer's under reverse charge */
    char buyer[3];   /* the customer's country as typed */
    bool distance;   /* counts for the threshold of art. 59c: a consumer in another member state */
    bool included;   /* how amounts are computed with it: core/totals */
    bool per_line;
};

/* False when the rows hold no rate for that country and day: then nothing may be issued. Rows
 * may be in any order. */
bool tax_decide(const struct tax_rate *rates, size_t rate_count, const struct tax_facts *facts,
                struct tax_decision *decision);

/* The rate of a day and a place; false when there is none. tax_rate_on: of the whole country. */
bool tax_rate_at(const struct tax_rate *rates, size_t rate_count, const char *country, const char *postal_code,
                 const char *tax_class, int32_t on, int32_t *rate_ppm);
bool tax_rate_on(const struct tax_rate *rates, size_t rate_count, const char *country,
                 const char *tax_class, int32_t on, int32_t *rate_ppm);

/* Code of UNTDID 5305 ("S", "AE") and back; 0 when unknown. */
const char *tax_category_code(enum tax_category category);
enum tax_category tax_category_from_code(const char *code);

/* The exemption that a tax class is, 0 when it is one of rates. */
enum tax_reason tax_exemption(const char *tax_class);

/* Word for the database ("reverse_charge"), and back; 0 when unknown. */
const char *tax_reason_name(enum tax_reason reason);
enum tax_reason tax_reason_from_name(const char *name);

/* English msgid shown to the seller ("VAT is charged because the VAT number is not checked"). */
const char *tax_reason_text(enum tax_reason reason);

/* English msgid of the mention that the document must carry ("Reverse charge"); "" when none.
 * Rule: directive 2006/112/EC art. 226 (11) and (11a). */
const char *tax_mention_text(enum tax_reason reason);

/* Code of the VATEX list (EN 16931 BT-121) that says why no VAT is charged; "" where some is. */
const char *tax_vatex(enum tax_reason reason);

/* Consumers in other member states (art. 59c): the customer's rate applies from the sale on that takes the year above
 * the threshold, and in a year that follows one above it. Amounts in cents of euros, without VAT; sale: this one. */
#define DISTANCE_THRESHOLD_MINOR INT64_C(1000000)
#define DISTANCE_WARNING_MINOR INT64_C(900000)
bool distance_at_destination(int64_t last_year_minor, int64_t this_year_minor, int64_t sale_minor);

#endif
