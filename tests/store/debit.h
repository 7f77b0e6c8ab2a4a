/* debit: a contract of 100.00 a month that pays by SEPA direct debit, for tests of what becomes of it: its mandate, its
 * collection, the file that goes to the bank and what the bank says of it. Reads the database as it is now. */
#ifndef TACITE_TESTS_DEBIT_H
#define TACITE_TESTS_DEBIT_H

#include "contract.h"

#include "service/bank_leftovers.h"
#include "service/banking.h"
#include "service/debit_answers.h"
#include "service/debit_files.h"
#include "service/debit_returns.h"
#include "service/debit_settling.h"
#include "service/debit_watching.h"
#include "service/debiting.h"
#include "service/mandating.h"
#include "store/bank.h"
#include "store/debit.h"
#include "store/payable.h"

#define OURS "FR7630006000011234567890189" /* the house's account */
#define THEIRS "DE89370400440532013000"    /* the payer's */

/* store_ctx_of_newest_day() of a house that debits: notice of five days, one day for the file, 24 days of return. */
struct ctx *debit_ctx(void);

/* ---- who pays ---- */

struct plan monthly(void);
/* A subscription of that plan, signed today, its first invoice open: 120.00 with VAT. */
struct subscription started(struct ctx *ctx, struct plan plan);
/* A mandate for all that comes, typed and not signed. */
struct mandate_start begun(struct ctx *ctx, const struct subscription *s);
/* The newest code for this mandate, as its customer reads it in the mail. */
const char *mailed_code(struct ctx *ctx, const char *reference);
/* The subscription is read again: it pays by mandate. */
struct mandate signed_mandate(struct ctx *ctx, struct subscription *s);
struct mandate mandate_now(struct ctx *ctx, const char *reference);
/* Another account for a mandate: typed, signed with its own code. */
void changed_account(struct ctx *ctx, const char *reference, const char *iban);

/* ---- what is asked ---- */

/* The newest invoice of a subscription that pays by mandate, planned for collection. */
struct collection planned(struct ctx *ctx, const struct subscription *s, struct invoice *invoice, struct attempt *attempt);
int64_t open_of(struct ctx *ctx, const struct invoice *invoice);
const char *state_of(struct ctx *ctx, int64_t attempt_id);
/* How many open items of this kind a person has about it. */
int items_of(struct ctx *ctx, const char *kind, int64_t subject_id);

/* ---- what leaves ---- */

/* A file of all that waits, of which nobody has said anything; its id. */
int64_t made_file(struct ctx *ctx);
/* A person says that the bank has it, or never will. */
enum file_refusal answered(struct ctx *ctx, int64_t file_id, bool sent);
/* A file that the bank has. */
int64_t sent_file(struct ctx *ctx);
struct collection_bytes file_bytes(struct ctx *ctx, int64_t id);
bool file_says(struct ctx *ctx, int64_t id, const char *text);
/* Sixty days go by for what is settled by days, and come back. What is held is not paid by them. */
void days_pass(struct ctx *ctx);

/* One debit of a new subscription. */
struct sent_debit {
    struct invoice invoice;
    struct attempt attempt;
    struct collection c;
    int64_t asked; /* minor units */
};
/* In a file of which nobody has said anything; in one that the bank has. */
struct sent_debit made_debit(struct ctx *ctx);
struct sent_debit sent_debit(struct ctx *ctx);
/* `count` debits of one batch, in a file that the bank has. */
void sent_batch(struct ctx *ctx, struct sent_debit *d, size_t count);

/* ---- what the bank says ---- */

enum told { TOLD_ANSWER = 1, TOLD_NOTIFICATION, TOLD_STATEMENT }; /* pain.002, camt.054, camt.053 */

/* One entry about a direct debit of ours: sign "CRDT" or "DBIT"; code "" is no return; what is above `asked` is the bank's. */
char *debit_entry(struct ctx *ctx, const char *sign, int64_t minor, int64_t asked, int32_t on, const char *end_to_end_id, const char *code);
/* A batch that the bank booked as one, today; count 0: it does not say of how many. */
char *batch_entry(struct ctx *ctx, int64_t minor, const char *batch_id, int count, const char *details);
/* For an answer: the bank refuses one debit. */
char *reject_of(struct ctx *ctx, const char *end_to_end_id, const char *code);
/* A file with these entries, or with the reject of one debit, is taken in; its bytes are new each time. */
struct bank_imported bank_told(struct ctx *ctx, enum told how, const char *said);
/* A transfer of this amount pays an invoice, today. */
void transferred(struct ctx *ctx, int64_t minor, const char *number);
/* The bank credits what was asked, without a file. */
void bank_paid(struct ctx *ctx, const struct attempt *attempt);
/* The youngest entry, whether it waits or not. */
struct bank_entry_row newest_entry(struct ctx *ctx);

/* What stands on 512 and on 627, and how many returns were booked. */
struct account_sums {
    int64_t bank_minor, fees_minor, returns;
};
struct account_sums sums_now(struct ctx *ctx);

#endif
