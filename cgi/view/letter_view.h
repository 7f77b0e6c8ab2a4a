/* letter_view: the two bodies of an e-mail, plain text and HTML, from the same finished texts. */
#ifndef TACITE_VIEW_LETTER_VIEW_H
#define TACITE_VIEW_LETTER_VIEW_H

#include "base/ctx.h"
#include "text/letter.h"

/* templates/mail/mail.{txt,html}.cs, in the letter's language. Both are arena memory. */
enum err view_letter(struct ctx *ctx, const struct letter *letter, const char **plain, const char **html) MUST_USE;

#endif
