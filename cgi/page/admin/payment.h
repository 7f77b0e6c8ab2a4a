/* payment: one payment as several pages of the seller show it. */
#ifndef TACITE_PAGE_ADMIN_PAYMENT_H
#define TACITE_PAGE_ADMIN_PAYMENT_H

#include "page/page.h"
#include "store/customer.h"
#include "store/payable.h"
#include "store/refund.h"

struct payment_subject {
    struct attempt attempt;
    struct payable payable;
    struct refundable payment; /* payment_id 0: no money came */
    struct customer customer;
};

/* The attempt that the address names; ERR_NOT_FOUND when there is none. */
enum err load_payment_subject(struct page *page, struct payment_subject *s) MUST_USE;
/* Facts.rows: whose it is and what it was for, each with its link. */
enum err fill_payment_subject(struct page *page, HDF *facts, int *row, const struct payment_subject *s) MUST_USE;

#endif
