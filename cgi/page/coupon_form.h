/* coupon_form: entering and removing a coupon, the same on the customer's page and on the seller's. */
#ifndef TACITE_PAGE_COUPON_FORM_H
#define TACITE_PAGE_COUPON_FORM_H

#include "page/page.h"
#include "service/offer.h"
#include "service/once.h"

/* Coupon.{action, entered} and Form.coupon, when the offer may take one: it is open and coupons exist. form: the one
 * that was refused, NULL else. */
enum err view_coupon(struct page *page, HDF *hdf, const struct offer *offer, bool by_seller, const char *action,
                     const struct form *form) MUST_USE;

/* The POST. *again: the form stands with its error, show the page again; else the answer is made. */
enum err post_coupon(struct page *page, const struct offer *offer, bool by_seller, const struct once *once, struct form *form,
                     bool *again) MUST_USE;

#endif
