/* dunning: what is done about an invoice that stays unpaid, and when (product.md 7.1).
 *
 * A rule is a list of steps: so many days after the due day, one action. The clock is the due day, never the day of
 * the run: of what a late run finds due, the customer gets one mail (the last), one try and one task; the close waits
 * for the next day when something else is still done first, so that nobody is closed by an outage without a word.
 *
 *   30.00 due 1 June, mails 0, 3, 10, tries 3, 7, 12, close 15: a try of 8 June that succeeds ends the case; never
 *   paid, it is closed on 16 June.
 *
 * The invoice's own mail asks for the payment: where it is due on the day it was issued, no reminder follows on the heels
 * of that mail, unless it is the one that announces the close.
 *
 * Payment in full ends a case whatever its step. A payment under way, or a dispute, lets it stand still: the steps that
 * became due meanwhile are taken when it moves again, and nobody falls behind while it does. */
#ifndef TACITE_CORE_DUNNING_H
#define TACITE_CORE_DUNNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dunning_action {
    DUNNING_RETRY = 1, /* the stored method is charged again */
    DUNNING_MAIL,      /* a reminder with a link to pay */
    DUNNING_TASK,      /* the seller is asked to call */
    DUNNING_BLOCK,     /* the customer can change nothing but pay */
    DUNNING_CLOSE,     /* the subscription ends, reason: unpaid */
};

/* "retry", "mail", "task", "block", "close"; 0 when unknown. */
const char *dunning_action_name(enum dunning_action action);
enum dunning_action dunning_action_from_name(const char *name);

enum { DUNNING_STEPS_MAX = 20, DUNNING_OFFSET_MAX = 365, DUNNING_RETRIES_MAX = 4 };

struct dunning_step {
    int32_t offset_days; /* after the due day; 0 is the due day itself */
    enum dunning_action action;
};

/* In the order in which they are told; the index says which step. */
enum dunning_refusal {
    DUNNING_FINE = 0,
    DUNNING_TOO_MANY_STEPS,
    DUNNING_OFFSET_WRONG,     /* not 0..365 */
    DUNNING_ORDER_WRONG,      /* before the step above it */
    DUNNING_STEP_TWICE,       /* the same action on the same day */
    DUNNING_TOO_MANY_RETRIES, /* card schemes cap them (CRD-03) */
    DUNNING_AFTER_CLOSE,      /* nothing follows a close */
    DUNNING_CLOSE_SILENT,     /* a close without a mail before it */
};

/* English msgid. */
const char *dunning_refusal_text(enum dunning_refusal refusal);

/* A rule's steps where the contract says itself when it is closed (core/term.h): close_days after the due day, or never.
 * What the rule would do on that day or later falls away, and a close that no mail would come before is announced on the
 * due day. out has room for count + 2; returns how many. CLOSE_BY_RULE: the rule as it is. */
size_t dunning_steps_closing(const struct dunning_step *steps, size_t count, int close_days, struct dunning_step *out);

/* *wrong is the first step that is refused; undefined when fine. */
enum dunning_refusal dunning_rule_check(const struct dunning_step *steps, size_t count, size_t *wrong);

struct dunning_facts {
    const struct dunning_step *steps; /* a rule that was checked */
    size_t count;
    size_t done;          /* steps behind it, taken or passed over */
    int32_t due_on;
    int32_t asked_on;     /* the day of the mail that asked for the payment first; DATE_NONE: none did */
    int32_t today_on;
    int32_t last_step_on; /* day of the last step taken; DATE_NONE: none yet */
    bool paid;            /* nothing is open */
    bool standing_still;  /* a payment is under way or disputed */
    bool can_retry;       /* a stored method that may be charged */
    bool can_close;       /* a subscription that still runs */
};

enum dunning_verdict {
    DUNNING_WAITS = 1, /* next_on: look again */
    DUNNING_ACTS,
    DUNNING_ENDS_PAID,
    DUNNING_ENDS_DONE, /* no step is left */
};

struct dunning_decision {
    enum dunning_verdict verdict;
    bool retry, mail, task, block, close;
    size_t mail_step;  /* which, when mail */
    size_t done;       /* steps behind it after this decision */
    int32_t next_on;   /* when to look again; DATE_NONE when it ends */
};

struct dunning_decision dunning_decide(const struct dunning_facts *facts);

/* The day of the close that the mail of this step announces, because it is the last one before it; DATE_NONE when another
 * mail comes before the close, or none follows. */
int32_t dunning_announced_close_on(const struct dunning_step *steps, size_t count, size_t mail_step, int32_t due_on);

/* Whether a step does anything for the case, as things stand: one that cannot, or need not, is passed over. Of the facts,
 * today_on, last_step_on, paid and standing_still are not looked at. */
bool dunning_step_applies(const struct dunning_facts *facts, size_t at);
/* The index of the next one that does; count when none is left. */
size_t dunning_next_step(const struct dunning_facts *facts);

/* The day of the next new try, when the stored method may be charged again; DATE_NONE when none is left. */
int32_t dunning_next_retry_on(const struct dunning_step *steps, size_t count, size_t done, int32_t due_on);

/* Minutes after midnight, 08:00 to 17:59, when the case's steps are taken: spread by its id, so that the reminders
 * and charges of a month's first day do not leave all at once. */
int dunning_minute(int64_t case_id);

#endif
