/* letter: the finished texts of one e-mail. A service writes it, the view shows it as plain text and as HTML,
 * the batch sends it. */
#ifndef TACITE_TEXT_LETTER_H
#define TACITE_TEXT_LETTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { MAIL_PARAGRAPHS_MAX = 5, MAIL_FACTS_MAX = 80, MAIL_ATTACHMENTS_MAX = 2, MAIL_FOOTER_MAX = 4 };

struct mail_fact {
    const char *label;
    const char *value; /* "": the label heads those that follow */
};

struct mail_attachment {
    const char *kind; /* of the stored document: "invoice", "quote_signed" */
    int64_t ref_id;
    const char *name; /* of the file */
};

struct letter {
    const char *language;
    const char *subject;
    const char *greeting;
    const char *paragraphs[MAIL_PARAGRAPHS_MAX];
    size_t paragraph_count;
    const char *quoted;         /* words of a person, "" none */
    struct mail_fact facts[MAIL_FACTS_MAX];
    size_t fact_count;
    const char *button;         /* its label, "" none */
    const char *href;           /* absolute */
    const char *after;          /* said below the button, "" nothing */
    const char *closing;
    const char *sender;         /* the company's name */
    const char *footer[MAIL_FOOTER_MAX]; /* who the company is, by law */
    size_t footer_count;
    struct mail_attachment attachments[MAIL_ATTACHMENTS_MAX];
    size_t attachment_count;
    const char *thread;         /* id that mails about the same document share, without <>; "" none */
    const char *from;           /* the address that the company answers at */
    bool needless;        /* it asks for what was paid meanwhile, or tells of nothing: not sent */
};

/* Facts as one text, for a mail that says later what was known when it was queued: a line each. What would begin another
 * line or part is written as a space. */
void letter_row(struct str *rows, const char *label, const char *value);
/* Reads them again; at most max, the others are left out. Gives how many. */
size_t letter_rows(struct arena *arena, const char *text, struct mail_fact *facts, size_t max);

#endif
