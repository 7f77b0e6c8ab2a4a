/* bank_pain002: the answer of a bank to a collection file (pain.002), about the whole, a batch, a collection. */
#ifndef TACITE_GATEWAY_BANK_PAIN002_H
#define TACITE_GATEWAY_BANK_PAIN002_H

#include <stdbool.h>

#include "gateway/bank_pass.h"

struct pain002;

struct pain002 *pain002_open(struct bank_pass *pass);
void pain002_close(struct pain002 *reader);

/* Elements with their paths below that of the message: "OrgnlGrpInfAndSts/GrpSts". False stops: it is refused, or pass->err. */
void pain002_begins(struct pain002 *reader, const char *path);
void pain002_leaf(struct pain002 *reader, const char *path, const char *text);
bool pain002_ends(struct pain002 *reader, const char *path);

#endif
