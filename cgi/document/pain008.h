/* pain008: collections as a file for the seller's bank (ISO 20022 pain.008.001.08 or, for banks that still ask for it,
 * .02).
 *
 * One batch per due day, sequence type, scheme and creditor account; number and sum of the transactions stand at both
 * levels. Addresses are structured (town and country at least) or absent: unstructured ones are refused since
 * 15 November 2026. Names and texts are transliterated to the SEPA character set. The same input gives the same
 * bytes: whoever stores the file stores what the bank gets. */
#ifndef TACITE_DOCUMENT_PAIN008_H
#define TACITE_DOCUMENT_PAIN008_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/err.h"
#include "core/mandate.h"

enum pain008_version { PAIN008_001_08 = 1, PAIN008_001_02 };

const char *pain008_version_name(enum pain008_version version); /* "pain.008.001.08" */

struct pain008_address {
    const char *street; /* with the house's number; may be "" */
    const char *postal_code;
    const char *town;    /* "" : no address at all */
    const char *country; /* ISO 3166 */
};

struct pain008_collection {
    const char *end_to_end_id; /* unique for ever: the statement brings it back */
    int64_t amount_minor;      /* euro cents, 1..COLLECTION_MAX_MINOR */
    const char *mandate_reference;
    int32_t signed_on;
    struct mandate_amendment amendment;
    const char *debtor_name;
    struct pain008_address debtor_address;
    const char *iban;
    const char *bic;  /* "" inside the EEA */
    const char *text; /* on the payer's statement, at most 140 characters; may be "" */
};

struct pain008_batch {
    const char *id; /* PmtInfId */
    enum sepa_scheme scheme;
    enum sequence_type sequence;
    int32_t collection_on;
    const char *creditor_name;
    struct pain008_address creditor_address;
    const char *creditor_id;
    const char *iban;
    const char *bic; /* of the seller's bank; "" told as NOTPROVIDED */
    bool one_booking; /* the bank books the batch as one entry */
    const struct pain008_collection *collections;
    size_t count; /* at least 1 */
};

struct pain008_file {
    enum pain008_version version;
    const char *message_id;
    int64_t created_at; /* UTC microseconds */
    const struct pain008_batch *batches;
    size_t count; /* at least 1 */
};

/* The file and, when asked for, the sum of its collections. ERR_CORRUPT: an identifier, amount, account or name that
 * a bank would refuse, or the same end-to-end identifier twice; nothing is repaired but characters. */
enum err pain008_write(struct ctx *ctx, const struct pain008_file *file, char **text, size_t *bytes, int64_t *sum_minor) MUST_USE;

#endif
