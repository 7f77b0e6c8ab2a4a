/* language: which language a visitor reads. */
#ifndef TACITE_WEB_LANGUAGE_H
#define TACITE_WEB_LANGUAGE_H

#include "web/request.h"

/* ?lang=, cookie "lang<suffix>", Accept-Language, the fallback: the first that we know. *chosen says
 * that it came from ?lang= and the cookie should be set. */
const char *language_of(const struct request *request, const char *cookie, const char *fallback, bool *chosen);

#endif
