/* address: mail addresses as they travel. */
#ifndef TACITE_TEXT_ADDRESS_H
#define TACITE_TEXT_ADDRESS_H

#include "base/arena.h"

/* What was typed as an address that every mail server takes: an international domain in its ASCII form (IDNA 2008,
 * UTS 46), the rest as it was. NULL: not one plain address (core/identifier's email_ok), or no such domain can be. */
const char *mail_address(struct arena *arena, const char *typed);

#endif
