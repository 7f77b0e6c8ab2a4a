/* debit_terms: the seller's terms with the bank, and what core/target_day and core/mandate are asked by them: by the plan of a
 * collection (service/debiting) and again when its file is made (service/debit_files). */
#ifndef TACITE_SERVICE_DEBIT_TERMS_H
#define TACITE_SERVICE_DEBIT_TERMS_H

#include <stdint.h>

#include "base/ctx.h"
#include "core/mandate.h"
#include "core/target_day.h"
#include "service/once.h"
#include "store/debit.h"
#include "store/mandate.h"

/* Saves them, audited; the creditor identifier is checked by the caller. *url: where once leads. */
enum err change_debit_terms(struct ctx *ctx, const struct debit_terms *terms, const struct once *once, const char **url) MUST_USE;

/* By when the bank wants a file, as core/target_day counts. */
struct target_terms bank_terms(const struct debit_terms *terms);

/* The minute of the seller's day; on a test clock the day is as if it began now. */
int minute_now(struct ctx *ctx);

/* A collection of amount_minor under the mandate, told of on noticed_on with notice_days between; iban: of the account, city: of
 * the payer's address, "" when there is none. */
struct collection_facts collection_facts_of(const struct mandate *m, int64_t amount_minor, const char *currency, int32_t noticed_on, int notice_days,
                                            const char *iban, const char *city);

#endif
