/* rows: the customer's pages. */
#include "page/areas.h"
#include "page/customer/customer.h"

enum { HOOK_BYTES_MAX = 256 * 1024 };

const struct route customer_routes[] = {
    {METHOD_GET, "/l/:token", page_link, ACCESS_PUBLIC, 0, 0, false},
    {METHOD_GET, "/link", page_link_new, ACCESS_PUBLIC, 0, 0, false},
    {METHOD_POST, "/link", page_link_new_post, ACCESS_PUBLIC, 0, 0, false},
    {METHOD_GET, "/legal/terms", page_terms, ACCESS_PUBLIC, 0, 0, false},
    {METHOD_GET, "/legal/notice", page_notice, ACCESS_PUBLIC, 0, 0, false},

    {METHOD_GET, "/q/:quote", page_quote, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/q/:quote", page_quote_post, ACCESS_VISIT, 500, 64 * 1024, false},
    {METHOD_GET, "/q/:quote.pdf", page_quote_pdf, ACCESS_VISIT, 0, 0, false},
    {METHOD_GET, "/q/:quote/signed.pdf", page_quote_signed_pdf, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/q/:quote/coupon", page_customer_coupon_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/q/:quote/ask", page_quote_ask_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_GET, "/q/:quote/decline", page_quote_decline, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/q/:quote/decline", page_quote_decline_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_GET, "/q/:quote/sign", page_sign, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/q/:quote/sign", page_sign_post, ACCESS_VISIT, 0, 0, false},

    {METHOD_GET, "/pay/:ref", page_pay, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/pay/:ref", page_pay_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_GET, "/pay/:ref/return", page_pay_return, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/pay/:ref/refresh", page_pay_refresh_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_GET, "/done/:ref", page_done, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/hook/stripe", page_hook, ACCESS_HOOK, 0, HOOK_BYTES_MAX, true},

    {METHOD_GET, "/my", page_my, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/my/leave", page_leave_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_GET, "/my/subscriptions/:subscription", page_my_subscription, ACCESS_VISIT, 0, 0, false},
    {METHOD_GET, "/my/subscriptions/:subscription/change", page_my_change, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/my/subscriptions/:subscription/change", page_my_change_post, ACCESS_VISIT, 400, 0, false},
    {METHOD_GET, "/my/subscriptions/:subscription/pause", page_my_pause, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/my/subscriptions/:subscription/pause", page_my_pause_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/my/subscriptions/:subscription/resume", page_my_resume_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/my/subscriptions/:subscription/undo", page_my_undo_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_GET, "/my/subscriptions/:subscription/card", page_my_card, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/my/subscriptions/:subscription/card", page_my_card_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/my/subscriptions/:subscription/card/refresh", page_my_card_refresh_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_GET, "/my/subscriptions/:subscription/mandate", page_my_mandate, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/my/subscriptions/:subscription/mandate", page_my_mandate_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_GET, "/my/subscriptions/:subscription/mandate/:mandate", page_my_mandate_code, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/my/subscriptions/:subscription/mandate/:mandate", page_my_mandate_code_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_GET, "/my/subscriptions/:subscription/mandate/:mandate.pdf", page_my_mandate_pdf, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/my/subscriptions/:subscription/mandate/:mandate/revoke", page_my_mandate_revoke_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_GET, "/my/subscriptions/:subscription/mandate/:mandate/account", page_my_mandate_account, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/my/subscriptions/:subscription/mandate/:mandate/account", page_my_mandate_account_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_GET, "/my/subscriptions/:subscription/mandate/:mandate/account/code", page_my_mandate_account_code, ACCESS_VISIT, 0, 0, false},
    {METHOD_POST, "/my/subscriptions/:subscription/mandate/:mandate/account/code", page_my_mandate_account_code_post, ACCESS_VISIT, 0, 0, false},
    {METHOD_GET, "/my/subscriptions/:subscription/mandate/:mandate/account/:change.pdf", page_my_mandate_change_pdf, ACCESS_VISIT, 0, 0, false},
    {METHOD_GET, "/my/invoices/:invoice.pdf", page_my_invoice_pdf, ACCESS_VISIT, 0, 0, false},
    {.pattern = NULL},
};
