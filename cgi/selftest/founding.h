/* founding: the seller of a scratch house, its plans, products and templates; through the services of the pages. */
#ifndef TACITE_SELFTEST_FOUNDING_H
#define TACITE_SELFTEST_FOUNDING_H

#include "selftest/life.h"

#define FOUNDED_IBAN "FR7630006000011234567890189" /* the account on which the house is paid */

/* Once in a house. */
enum err found_life(struct life *life) MUST_USE;

#endif
