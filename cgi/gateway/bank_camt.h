/* bank_camt: statements (camt.053) and notifications (camt.054): accounts, balances, entries and their parts. What is
 * checked of them, and what is told apart, gateway/bank_file.h says. */
#ifndef TACITE_GATEWAY_BANK_CAMT_H
#define TACITE_GATEWAY_BANK_CAMT_H

#include <stdbool.h>

#include "gateway/bank_pass.h"

struct camt;

struct camt *camt_open(struct bank_pass *pass);
void camt_close(struct camt *reader);

/* Elements with their paths below that of the message: "Stmt/Ntry/Amt", "Ntfctn/Ntry/Amt". False stops: it is refused, or
 * pass->err. */
bool camt_begins(struct camt *reader, const char *path);
bool camt_leaf(struct camt *reader, const char *path, const char *text, const char *currency);
bool camt_ends(struct camt *reader, const char *path);

#endif
