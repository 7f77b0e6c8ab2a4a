/* debit_answers: a person says that the bank has a file of direct debits, or never will. What the bank says first stands. */
#ifndef TACITE_SERVICE_DEBIT_ANSWERS_H
#define TACITE_SERVICE_DEBIT_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "service/once.h"

enum file_refusal {
    FILE_NOT_REFUSED = 1,
    FILE_ANSWERED, /* somebody said otherwise before */
    FILE_ARRIVED,  /* the bank has spoken of one of its debits: it was sent */
};
const char *file_refusal_text(enum file_refusal refusal); /* English msgid */

/* A person's word about a file. sent: it was handed over. Else it never will be: its debits are given up, and what is still
 * owed is announced and collected anew, also under a mandate that only this file had used up. */
struct file_answer {
    int64_t file_id;
    bool sent;
    enum file_refusal refusal;
    const char *url;
};
/* ERR_NOT_FOUND: no such file. */
enum err answer_for_file(struct ctx *ctx, struct file_answer *answer, const struct once *once) MUST_USE;

#endif
