/* debit: SEPA direct debit: the seller's terms, collections, their files, and payments that went back. */
#ifndef TACITE_STORE_DEBIT_H
#define TACITE_STORE_DEBIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/db.h"
#include "store/mandate.h"

/* What waits of direct debits, in one statement; notices: of a debit that is dead or late. True may be too much, false is not. */
struct debits_wait {
    bool files;    /* handed to nobody yet, as far as anybody said */
    bool notices;
    bool late;
    bool settling; /* days of return that are over */
};
enum err debits_wait(struct ctx *ctx, struct debits_wait *waits) MUST_USE;

/* Debits that are announced and in no file for the bank yet. */
struct debits_to_hand {
    int64_t count;
    int64_t sum_minor; /* euros */
    int32_t first_on;  /* DATE_NONE when there is none */
};
enum err debits_to_hand(struct ctx *ctx, struct debits_to_hand *waiting) MUST_USE;

struct debit_terms {
    const char *creditor_id; /* "": nothing is collected by direct debit */
    const char *version;     /* "pain.008.001.08" */
    int32_t lead_days;
    int32_t cut_off_hour;
    int32_t notice_days;
    bool mark_first; /* FRST on a mandate's first collection */
};
enum err debit_terms(struct ctx *ctx, struct debit_terms *terms) MUST_USE;
enum err save_debit_terms(struct ctx *ctx, const struct debit_terms *terms) MUST_USE;

struct collection {
    int64_t attempt_id;
    int64_t payment_method_id;
    int64_t invoice_id;
    int32_t noticed_on;
    int32_t collect_on;
    int64_t file_id; /* 0: not handed over */
    const char *batch_id;
    const char *sequence; /* "RCUR"; "" as long as it is not handed over */
    int32_t settles_on;
    const char *return_code;
};
/* What is due for a debit and paid by mandate, by invoice, above after_id. */
struct due_by_mandate {
    int64_t invoice_id;
    int64_t customer_id;
    int64_t subscription_id;
    int64_t payment_method_id;
    const char *currency;
    int64_t open_minor;
    const char *token_sealed; /* of the account */
};
enum err due_by_mandate(struct ctx *ctx, int64_t after_id, int32_t limit, struct due_by_mandate **rows, size_t *count) MUST_USE;

enum err insert_collection(struct ctx *ctx, const struct collection *collection) MUST_USE;
enum err collection_of(struct ctx *ctx, int64_t attempt_id, struct collection *collection) MUST_USE;
/* collect_on, file_id, batch_id, sequence, settles_on, return_code. */
enum err save_collection(struct ctx *ctx, const struct collection *collection) MUST_USE;
enum err save_collections(struct ctx *ctx, const struct collection *rows, size_t count) MUST_USE;
/* One that the bank has, and what it is of. */
struct debited {
    int64_t attempt_id;
    const char *attempt_key;
    const char *state; /* of the attempt */
    int64_t amount_minor;
    const char *currency;
};
/* Pending ones that count as paid by today. */
enum err settled_collections(struct ctx *ctx, int32_t limit, struct debited **rows, size_t *count) MUST_USE;
/* Of a batch in a file, or with batch_id "" of the whole file with this message id; only those not settled, by days or by the bank. */
enum err collections_of_batch(struct ctx *ctx, const char *message_id, const char *batch_id, struct debited **rows, size_t *count) MUST_USE;
/* Days count for them no more: they are over, or the bank has spoken of them otherwise than asked. */
enum err end_collections(struct ctx *ctx, const struct debited *rows, size_t count) MUST_USE;
/* A pending one counts its days again, until that day. */
enum err resume_collection(struct ctx *ctx, int64_t attempt_id, int32_t settles_on) MUST_USE;

/* A debit of ours as a statement's credit finds it. */
struct handed_debit {
    struct debited debited; /* first: a row of these is one of those */
    int64_t file_id;        /* 0: in no file */
    const char *batch_id;
    int64_t invoice_id;
    const char *scheme;
    int32_t collect_on;
    bool given_up;          /* its file never left */
    int32_t returned_on;    /* first day on which the account says that it went back; DATE_NONE */
    int64_t credited_minor; /* what statements credited for it alone, besides the entry that is asked about */
};
/* One; but_entry_id: the entry that is asked about, 0 while it has no row. */
enum err credited_debit(struct ctx *ctx, int64_t attempt_id, int64_t but_entry_id, struct handed_debit *row) MUST_USE;
/* All of a batch ("": of the whole file) whatever became of them, in the order of their ids. */
enum err credited_debits(struct ctx *ctx, int64_t file_id, const char *batch_id, int64_t but_entry_id, struct handed_debit **rows, size_t *count) MUST_USE;
/* The file of a batch, or with batch_id "" that of the message; 0: none of ours. */
enum err file_of_batch(struct ctx *ctx, const char *message_id, const char *batch_id, int64_t *file_id) MUST_USE;

/* What waits for a file, with everything that the file says. */
struct collection_row {
    int64_t attempt_id;
    const char *attempt_key;
    int64_t amount_minor;
    int64_t payment_method_id;
    int64_t invoice_id;
    const char *number; /* of the invoice */
    const char *customer_name;
    const char *reference;
    const char *scheme;
    const char *holder;
    const char *bic;
    int32_t signed_on;
    int32_t last_collected_on;
    const char *mandate_state;
    int32_t noticed_on;
    int32_t collect_on;
    const char *street;
    const char *postal_code;
    const char *city;
    const char *country;
    const char *token_sealed;
    bool final; /* its subscription has ended, and nothing else of it is open */
    bool noticed;      /* the mail that tells the payer has left */
    int64_t noticed_at; /* when; 0 when not, or no longer kept */
};
/* In order of their days; locked when asked for. */
enum err waiting_collections(struct ctx *ctx, int32_t until_on, int32_t limit, bool lock, struct collection_row **rows, size_t *count) MUST_USE;

struct collection_file {
    int64_t id;
    const char *message_id;
    const char *version;
    int32_t collection_count;
    int64_t sum_minor;
    int32_t first_on;
    int64_t made_at;
    const char *actor;
    const char *answer; /* "sent", "never"; "" nobody has said yet */
    int32_t answered_on;
    bool spoken; /* the bank has booked or refused one of its debits, as asked or otherwise */
};
enum err insert_collection_file(struct ctx *ctx, struct collection_file *file, const void *data, size_t bytes) MUST_USE;
enum err collection_files(struct ctx *ctx, int64_t before_id, int32_t limit, struct collection_file **rows, size_t *count) MUST_USE;
enum err collection_file_by_id(struct ctx *ctx, int64_t id, struct collection_file *file) MUST_USE;
/* Of which nobody has said whether they were handed over; oldest first. */
enum err unanswered_files(struct ctx *ctx, int32_t limit, struct collection_file **rows, size_t *count) MUST_USE;
/* ERR_DUPLICATE: somebody was faster. */
enum err insert_file_answer(struct ctx *ctx, int64_t file_id, const char *answer, const char *actor) MUST_USE;
/* A mandate's last collection is the newest that was not given up, and another account that was told since is told again. */
enum err forget_collections_given_up(struct ctx *ctx, int64_t file_id) MUST_USE;
/* Collections of a file that was given up, under mandates for one debit that serve again. */
struct spared_debit {
    int64_t payment_method_id;
    int64_t invoice_id;
};
enum err spared_one_offs(struct ctx *ctx, int64_t file_id, struct spared_debit **rows, size_t *count) MUST_USE;

/* Announced to nobody in time: the mail has not left, and the debit is nearer than notice_until_on. */
struct late_notice {
    int64_t invoice_id;
    int64_t amount_minor;
    const char *currency;
    int32_t collect_on;
};
enum err late_notices(struct ctx *ctx, int32_t notice_until_on, int32_t limit, struct late_notice **rows, size_t *count) MUST_USE;
/* Announcements that a person is still asked about, and that no debit waits for any more: paid otherwise, or given up. */
struct answered_notice {
    int64_t mail_id;
};
enum err answered_notices(struct ctx *ctx, int32_t limit, struct answered_notice **rows, size_t *count) MUST_USE;
/* Whether the debit that this mail announces (its dedup_key) still waits for a file. */
enum err announced_debit_waits(struct ctx *ctx, const char *notice_key, bool *waits) MUST_USE;

struct collection_bytes {
    struct db_bytes bytes;
    const char *message_id;
};
enum err collection_file_bytes(struct ctx *ctx, int64_t id, struct collection_bytes *file) MUST_USE;

struct returned_payment {
    int64_t payment_id;
    int64_t amount_minor;
};
enum err payment_of_attempt(struct ctx *ctx, int64_t attempt_id, struct returned_payment *payment) MUST_USE;
/* What a payment paid, by invoice; no more is added until the transaction ends. */
struct paid_part {
    int64_t invoice_id;
    int64_t amount_minor;
};
enum err lock_parts_of_payment(struct ctx *ctx, int64_t payment_id, struct paid_part **rows, size_t *count) MUST_USE;
enum err insert_payment_return(struct ctx *ctx, int64_t payment_id, int64_t amount_minor, const char *code) MUST_USE;

#endif
