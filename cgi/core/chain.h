/* chain: issued documents, each sealed into the next: h(n) = SHA-256(h(n-1) || canonical record n).
 *
 * The record is text, one "name=value" a line in the order of struct chain_record below, numbers in
 * decimal, days as ISO, texts with backslash, CR and LF written \\ \r \n. It starts with its version,
 * so that a later format never changes an old digest. Personal data enters only as the salted digest
 * that the customer's version carries (erasing texts and salt leaves the chain verifiable). The first
 * record of a series follows 32 zero bytes. Rule: CGI art. 286 I 3° bis, trust.md INV-13. */
#ifndef TACITE_CORE_CHAIN_H
#define TACITE_CORE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/str.h"
#include "core/invoice.h"
#include "core/totals.h"

/* What an invoice deducts of a line of a deposit. */
struct chain_deduction {
    const char *number;   /* of the prepayment invoice */
    int32_t issued_on;
    enum tax_category category;
    int32_t rate_ppm;
    int64_t amount_minor; /* with VAT */
    int64_t net_minor;
    int64_t vat_minor;
};

/* Of a document in another currency than the house's: its rate, and what it is in the books. */
struct chain_exchange {
    const char *base;
    int64_t rate_e6;
    int32_t rate_on;
    const char *source;
    int64_t total_minor; /* less deposits deducted, as the VAT */
    int64_t vat_minor;
    const struct tax_group *groups; /* base and VAT in the house's currency; reasons do not stand here */
    size_t group_count;
};

struct chain_record {
    const char *series;
    int64_t sequence;
    const char *number;
    const char *kind; /* "invoice", "credit_note", "deposit" */
    int32_t issued_on;
    int32_t due_on;
    int64_t issued_at; /* UTC microseconds */
    const char *currency;
    const char *language;
    int64_t company_version_id;
    int64_t customer_version_id;
    struct hash personal_digest; /* of the customer's version */
    enum vat_due vat_due;
    const struct invoice_line *lines;
    size_t line_count;
    const struct totals *totals;
    const char *corrected_number; /* credit notes: the invoice, its day, and why; NULL else */
    int32_t corrected_on;
    const char *reason;
    const int32_t *corrected_positions; /* per line */
    const struct chain_deduction *deductions; /* of deposits, in the order in which they were paid */
    size_t deduction_count;
    const struct chain_exchange *exchange; /* NULL: in the house's currency, or from before rates were sealed */
};

/* Writes "name=value" as a line of a record: what would begin another line is written \\ \r \n. */
void chain_text(struct str *record, const char *name, const char *value);

/* Canonical text of a document; arena memory. */
char *chain_record_text(struct arena *arena, const struct chain_record *record);

extern const struct hash CHAIN_START; /* 32 zero bytes */

struct hash chain_digest(const struct hash *previous, const char *record_text);

/* One step of a verification. */
bool chain_link_holds(const struct hash *previous, const char *record_text,
                      const struct hash *digest);

/* Digest of personal data under a random salt: SHA-256(salt || text). */
struct hash personal_digest(const unsigned char *salt, size_t salt_bytes, const char *text);

#endif
