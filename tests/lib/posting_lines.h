/* posting_lines: lines of documents as the tests of the books write them. */
#ifndef TACITE_TESTS_POSTING_LINES_H
#define TACITE_TESTS_POSTING_LINES_H

#include "core/posting.h"

#define POSTING_LINE(account_, label_, net, deferred) {.account = (account_), .label = (label_), .net_minor = (net), .deferred_minor = (deferred)}
#define ADD_LINE(lines, account, label, net, deferred) \
    posting_lines_add(lines, &(struct posting_line)POSTING_LINE(account, label, net, deferred))
#define IN_ONE_CURRENCY ((struct posting_bases){.converts = false})

#endif
