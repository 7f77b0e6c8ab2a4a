/* words: the languages' catalogues, loaded from locale/<lang>.mo into a hash per language.
 *
 * The current language is set at the start of a request or of a mail; tr() is then a lookup. English
 * is the msgid itself. The pseudo-language "qq" wraps every translated text in ⟦…⟧, so that a test
 * can see text that never passed tr(). */
#ifndef TACITE_TEXT_WORDS_H
#define TACITE_TEXT_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct ctx;

/* Loads every language of the folder ("locale" or its compiled place). Once per process. */
enum err words_load(struct ctx *ctx, const char *folder) MUST_USE;

bool words_known(const char *language);   /* "en", "fr" (and "qq") */

/* From now on tr() answers in this language; unknown falls back to English. */
void words_use(const char *language);
const char *words_language(void);

/* Marks a text for extraction where it is only named; tr() translates it where it is shown. */
#define N_(text) text

/* The text in the current language; the msgid itself when it has no translation. */
const char *tr(const char *msgid) __attribute__((format_arg(1)));

/* Plural form for n (fr: 0 and 1 singular; en: 1 singular). */
const char *tr_plural(const char *one, const char *other, int64_t n);

/* tr(msgid) with {name} placeholders replaced by name/value pairs ended by NULL:
 * tr_fill(arena, "Pay {amount} by {date}", "amount", amount, "date", date, NULL). */
char *tr_fill(struct arena *arena, const char *msgid, ...) __attribute__((sentinel));

#endif
