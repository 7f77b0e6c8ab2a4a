/* dunning_case: what service/dunning and service/dunning_steps do alike to a case: how it begins and ends, and what is written of it. */
#ifndef TACITE_SERVICE_DUNNING_CASE_H
#define TACITE_SERVICE_DUNNING_CASE_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/dunning.h"
#include "store/dunning.h"
#include "store/history.h"
#include "store/outbox.h"

/* An open case that counts its days from due_on; its steps are looked at today. */
struct dunning_case new_dunning_case(const struct ctx *ctx, const struct overdue *facts, int32_t due_on);
/* It ends today, in this state, and does nothing any more. */
void end_dunning_case(const struct ctx *ctx, struct dunning_case *c, const char *state);

/* What a group of cases writes about invoices and to customers: gathered, then written in three round trips. */
struct dunning_said {
    struct mail *mails;    /* all of them with a link to pay the invoice */
    int64_t *payable;      /* of each mail */
    size_t mail_count;
    struct activity *notes;
    size_t note_count;
};
/* With room for that many cases. */
struct dunning_said nothing_said(struct ctx *ctx, size_t cases);
/* kind: of an activity of the invoice. */
void say_note(const struct ctx *ctx, struct dunning_said *said, int64_t invoice_id, const char *kind);
/* The reminder of the step mail_step, and its note. */
void say_reminder(struct ctx *ctx, struct dunning_said *said, const struct case_in_hand *hand, const struct case_circumstance *reader,
                  const struct dunning_step *steps, size_t count, size_t mail_step);
/* In a transaction. A case that a payment had ended and that is open again repeats its steps: what was sent then is not sent anew. */
enum err write_said(struct ctx *ctx, const struct dunning_said *said) MUST_USE;

#endif
