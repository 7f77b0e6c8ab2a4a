/* tax: which VAT a line carries, and why.
 *
 * The rates are the caller's dated rows (table tax_rate): a row is valid from its day until the next
 * row of the same country and class. The decision follows decisions.md 7: reverse charge needs a
 * number that is well formed, of another member state than the seller's, and checked; until then VAT
 * is charged and the reason says so. Rules: directive 2006/112/EC art. 44, 58, 59c, 138, 146, 196. */
#ifndef TACITE_CORE_TAX_H
#define TACITE_CORE_TAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
    TAX_REASON_ORIGIN,           /* EU consumer, seller below the threshold: the seller's rate */
    TAX_REASON_DESTINATION,      /* EU consumer, OSS: the customer's rate */
    TAX_REASON_EXPORT,
    TAX_REASON_OUTSIDE_EU,
    TAX_REASON_FRANCHISE,        /* the seller charges no VAT (CGI art. 293 B) */
};

enum { TAX_CLASS_BYTES = 21 };

struct tax_rate {
    char country[3];
    char tax_class[TAX_CLASS_BYTES]; /* "standard", "intermediate", "reduced", "super_reduced", "zero" */
    int32_t from_on;
    int32_t rate_ppm;
};

struct tax_facts {
    const char *seller_country;
    const char *buyer_country;
    const char *tax_class;
    int32_t on;           /* day of the chargeable event */
    bool buyer_is_company;
    bool vat_id_fits;     /* vat_id_fits(buyer's number, buyer's country) */
    bool vat_id_checked;  /* valid by VIES or by a seller's recorded check */
    bool goods;           /* false: a service */
    bool oss;             /* the seller charges the customer's rate to consumers in the EU */
    bool seller_exempt;   /* small business without VAT */
};

struct tax_decision {
    enum tax_category category;
    int32_t rate_ppm;
    enum tax_reason reason;
    char country[3]; /* whose VAT; the buyer's under reverse charge */
};

/* False when the rows hold no rate for that country, class and day: then nothing may be issued. Rows
 * may be in any order. */
bool tax_decide(const struct tax_rate *rates, size_t rate_count, const struct tax_facts *facts,
                struct tax_decision *decision);

/* The rate of a day; false when there is none. */
bool tax_rate_on(const struct tax_rate *rates, size_t rate_count, const char *country,
                 const char *tax_class, int32_t on, int32_t *rate_ppm);

/* Code of UNTDID 5305 ("S", "AE") and back; 0 when unknown. */
const char *tax_category_code(enum tax_category category);
enum tax_category tax_category_from_code(const char *code);

/* Word for the database ("reverse_charge"), and back; 0 when unknown. */
const char *tax_reason_name(enum tax_reason reason);
enum tax_reason tax_reason_from_name(const char *name);

/* English msgid shown to the seller ("VAT is charged because the VAT number is not checked"). */
const char *tax_reason_text(enum tax_reason reason);

/* English msgid of the mention that the document must carry ("Reverse charge"); "" when none.
 * Rule: directive 2006/112/EC art. 226 (11) and (11a). */
const char *tax_mention_text(enum tax_reason reason);

#endif
