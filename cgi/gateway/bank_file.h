/* bank_file: what a bank sends back: statements (camt.053), notifications (camt.054), answers to a collection file
 * (pain.002).
 *
 * A file is read twice: first wholly, checking everything, then again to be told; nothing is told of a file that is
 * refused, and a refusal names line and reason. Checked above the XML itself: kind and version, amounts, currencies,
 * dates, codes, and that each statement's opening balance and booked entries give its closing balance (MON-31).
 * Entries that the bank booked as one batch are told one by one when their amounts add up, else as one. What the bank
 * kept of an entry for itself is told apart from its amount (core/bank_fee).
 *
 * camt.053 and camt.054 in the versions 02, 03, 04, 06 and 08, pain.002 in 03, 08, 10, 11 and 12. Only statements say
 * that money is there; notifications and answers tell of returns earlier. */
#ifndef TACITE_GATEWAY_BANK_FILE_H
#define TACITE_GATEWAY_BANK_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/err.h"

enum bank_file_kind { BANK_STATEMENT = 1, BANK_NOTIFICATION, BANK_ANSWER };

const char *bank_file_kind_name(enum bank_file_kind kind); /* "statement", as stored */

enum bank_refusal {
    BANK_NOT_REFUSED = 1,
    BANK_EMPTY,
    BANK_TOO_LARGE,
    BANK_MALFORMED,
    BANK_DOCTYPE,
    BANK_TOO_COMPLEX,
    BANK_WRONG_KIND, /* detail: the name space */
    BANK_WRONG_VERSION,
    BANK_MISSING, /* detail: the element */
    BANK_WRONG_AMOUNT,
    BANK_WRONG_CURRENCY,
    BANK_WRONG_DATE,
    BANK_FUTURE_DATE, /* booked later than tomorrow */
    BANK_WRONG_CODE,
    BANK_BALANCE, /* detail: the statement and what is missing, in minor units */
};

struct bank_refused {
    enum bank_refusal reason;
    int line;
    const char *detail; /* what was met, in the bank's words; may be "" */
};
const char *bank_refusal_text(enum bank_refusal reason); /* English msgid, without line and detail */

enum { BANK_KEY_BYTES = 33 };

struct bank_statement {
    const char *account; /* IBAN, or what the bank writes for it */
    const char *id;
    const char *number; /* of the bank's sequence; "" when it has none: a gap in them is worth a warning */
    const char *currency;
    bool has_balances;
    int64_t opening_minor;
    int64_t closing_minor;
    int32_t closed_on; /* DATE_NONE without balances */
};

/* One booked amount. */
struct bank_entry {
    int position; /* of the bank's entry in its statement, from 1 */
    int part;     /* of a split batch, from 1; 0 when the entry is whole */
    /* The same entry in any file has the same key; equal entries of one file are counted apart. */
    char key[BANK_KEY_BYTES];
    int64_t amount_minor; /* > 0: what the other side paid or got; booked is that less the fee of a credit, with the fee of a debit */
    int64_t fee_minor;    /* of the bank, within the entry; 0: none */
    bool is_fee;          /* the whole entry is the bank's fee; of a credit: one that it gives back */
    bool credit;
    bool reversal;
    const char *currency;
    int32_t booked_on;
    int32_t value_on; /* DATE_NONE when not told */
    const char *bank_ref;      /* AcctSvcrRef */
    const char *end_to_end_id; /* "" also for NOTPROVIDED */
    const char *mandate_reference;
    const char *message_id; /* of the collection file, as in Btch or Refs */
    const char *batch_id;   /* of the payment information, as in Btch or Refs */
    int batch_count;        /* collections that the bank booked as one here and does not list; 0: this is one */
    const char *name;       /* of the other side */
    const char *iban;       /* of the other side; "" when not told */
    const char *reference;  /* structured creditor reference */
    const char *text;       /* free text, lines joined by a blank */
    const char *return_code; /* "AC04"; "" : no return */
    const char *return_text;
};

enum bank_answer_level { ANSWER_FILE = 1, ANSWER_BATCH, ANSWER_COLLECTION };

struct bank_answer {
    enum bank_answer_level level;
    const char *message_id; /* of the file that is answered */
    const char *batch_id;   /* "" at the file's level */
    const char *end_to_end_id;
    const char *status; /* "RJCT", "ACCP", ... */
    const char *code;   /* reason; "" when none */
    const char *text;
};

struct bank_file {
    enum bank_file_kind kind;
    const char *version; /* "camt.053.001.08" */
    const char *message_id;
    int statements;
    int entries; /* booked ones, after splitting */
    int answers;
};

/* What is told, in the file's order: a statement before its entries. Strings live until the call returns. Each may be
 * NULL; an error ends the reading. */
struct bank_file_told {
    void *to;
    enum err (*statement)(struct ctx *ctx, void *to, const struct bank_statement *statement);
    enum err (*entry)(struct ctx *ctx, void *to, const struct bank_entry *entry);
    enum err (*answer)(struct ctx *ctx, void *to, const struct bank_answer *answer);
};

/* ctx->today_on is what "future" is measured by. refused->reason is BANK_NOT_REFUSED when everything was told. */
enum err bank_file_read(struct ctx *ctx, const void *data, size_t bytes, const struct bank_file_told *told,
                        struct bank_file *file, struct bank_refused *refused) MUST_USE;

#endif
