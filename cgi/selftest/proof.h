/* proof: whether a scratch house is as it must be (trust.md 1.3, I1 to I10).
 *
 * The rules that a real house is asked about too are those of store/inspection, service/invoicing and service/booking;
 * here come what only a still house keeps (everything that is due is done), what is reckoned by another than our own
 * calendar, and the gateway's book, which a real house sees through reconciliation alone. */
#ifndef TACITE_SELFTEST_PROOF_H
#define TACITE_SELFTEST_PROOF_H

#include "base/str.h"
#include "selftest/life.h"

/* Appends what is broken as "; I4 numbers have no gap: INV-2026"; nothing when all holds. */
enum err prove_life(struct life *life, struct str *broken) MUST_USE;

#endif
