/* sign_in: signing in and out, and a new password for a forgotten one. */
#include <stdio.h>

#include "base/str.h"
#include "page/admin/admin.h"
#include "service/signing_in.h"
#include "store/link.h"
#include "text/words.h"

enum { RESET_COOKIE_S = 900 };

static char *cookie_name(const struct page *page, const char *base)
{
    return arena_printf(page->ctx->arena, "%s%s", base, page->tenant->cookie_suffix);
}

struct login_form {
    const char *email;
    const char *password;
};
static const struct field login_field[] = {
    {.kind = FIELD_EMAIL, .name = "email", .label = N_("E-mail address"), .required = true, .max = 254,
     .autocomplete = "username", .missing = N_("Enter your e-mail address"), .offset = offsetof(struct login_form, email)},
    {.kind = FIELD_PASSWORD, .name = "password", .label = N_("Password"), .required = true, .max = 200,
     .autocomplete = "current-password", .missing = N_("Enter your password"), .offset = offsetof(struct login_form, password)},
};

enum err page_login(struct page *page)
{
    const struct login_form values = {"", ""};
    struct form form;

    if (page->seller.id != 0)
        return page_see(page, "/admin/");
    admin_flash(page);
    form_fill(&form, page->ctx, login_field, COUNT_OF(login_field), &values);
    return page_show_form(page, &form, tr("Sign in"), "admin/login.cs");
}

static enum err refuse_login(struct page *page, struct form *form, const struct sign_in_result *result)
{
    struct arena *arena = page->ctx->arena;
    int64_t minutes = (result->retry_after_s + 59) / 60;

    if (result->verdict != SIGN_IN_WAIT) {
        form_error(form, "email", tr("The e-mail address or the password is wrong"));
        return page_show_form(page, form, tr("Sign in"), "admin/login.cs");
    }
    form_error(form, "email",
               tr_fill(arena, tr_plural("Too many failed tries. Try again in {n} minute.",
                                        "Too many failed tries. Try again in {n} minutes.", minutes),
                       "n", page_number(page, minutes), NULL));
    respond_header(page->response, "Retry-After", arena_printf(arena, "%lld", (long long)result->retry_after_s));
    view_form(page->ctx, page_tree(page), form);
    return page_show(page, 429, tr("Sign in"), "admin/login.cs");
}

enum err page_login_post(struct page *page)
{
    struct sign_in_result result;
    struct login_form values;
    struct form form;
    char *cookie;

    if (!PAGE_FORM(page, &form, login_field, &values))
        return OK;
    if (form.error_count > 0)
        return page_show_form(page, &form, tr("Sign in"), "admin/login.cs");
    TRY(page->ctx, check_sign_in(page->ctx, values.email, values.password, &result));
    if (result.verdict != SIGN_IN_OK)
        return refuse_login(page, &form, &result);
    if (page->seller.id != 0) /* a new id at every sign-in */
        TRY(page->ctx, end_seller_session(page->ctx, page->seller.id));
    TRY(page->ctx, start_seller_session(page->ctx, result.user.id, &cookie));
    respond_cookie(page->response, cookie_name(page, "__Host-seller"), cookie, -1);
    return page_see(page, "/admin/");
}

enum err page_logout_post(struct page *page)
{
    if (page->seller.id != 0)
        TRY(page->ctx, end_seller_session(page->ctx, page->seller.id));
    respond_cookie(page->response, cookie_name(page, "__Host-seller"), "", 0);
    return page_see(page, "/admin/login?did=out");
}

struct forgot_form {
    const char *email;
};
static const struct field forgot_field[] = {
    {.kind = FIELD_EMAIL, .name = "email", .label = N_("E-mail address"), .required = true, .max = 254,
     .autocomplete = "username", .missing = N_("Enter your e-mail address"), .offset = offsetof(struct forgot_form, email)},
};

enum err page_forgot(struct page *page)
{
    const struct forgot_form values = {""};
    struct form form;

    form_fill(&form, page->ctx, forgot_field, COUNT_OF(forgot_field), &values);
    return page_show_form(page, &form, tr("Forgotten password"), "admin/forgot.cs");
}

enum err page_forgot_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/login?did=reset");
    struct forgot_form values;
    struct form form;
    const char *url;

    if (!PAGE_FORM(page, &form, forgot_field, &values))
        return OK;
    if (form.error_count > 0)
        return page_show_form(page, &form, tr("Forgotten password"), "admin/forgot.cs");
    TRY(page->ctx, request_reset(page->ctx, values.email, &once, &url));
    return page_see(page, "%s", url);
}

/* ---- the link of the mail ---- */

enum err open_reset_link(struct page *page, const char *token)
{
    respond_cookie(page->response, cookie_name(page, "__Host-reset"), token, RESET_COOKIE_S);
    return page_see(page, "/admin/reset");
}

struct reset_form {
    const char *password;
    const char *again;
};
static const struct field reset_field[] = {
    {.kind = FIELD_PASSWORD, .name = "password", .label = N_("New password"), .required = true, .max = 200,
     .hint = N_("At least 12 characters. Several words are good."), .autocomplete = "new-password",
     .missing = N_("Enter a new password"), .offset = offsetof(struct reset_form, password)},
    {.kind = FIELD_PASSWORD, .name = "again", .label = N_("The same password again"), .required = true, .max = 200,
     .autocomplete = "new-password", .missing = N_("Enter the password a second time"),
     .offset = offsetof(struct reset_form, again)},
};

/* The account of the cookie's token; ERR_NOT_FOUND when the link is dead. */
static enum err find_account(struct page *page, const char **token, struct seller_user *user)
{
    *token = pair_value(&page->request->cookies, cookie_name(page, "__Host-reset"));
    return *token == NULL ? ERR_NOT_FOUND : reset_user(page->ctx, *token, user);
}

static enum err show_dead(struct page *page)
{
    return page_show(page, 404, tr("This link no longer works"), "admin/reset_dead.cs");
}

enum err page_reset(struct page *page)
{
    const struct reset_form values = {"", ""};
    struct seller_user user;
    const char *token;
    struct form form;
    enum err err = find_account(page, &token, &user);

    if (err == ERR_NOT_FOUND)
        return show_dead(page);
    if (err != OK)
        return err_pass(page->ctx, err, __FILE__, __LINE__, "find_account");
    hdf_text(page_tree(page), "Account", user.email);
    form_fill(&form, page->ctx, reset_field, COUNT_OF(reset_field), &values);
    return page_show_form(page, &form, tr("New password"), "admin/reset.cs");
}

enum err page_reset_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/login?did=password");
    struct reset_form values;
    struct seller_user user;
    const char *token, *url;
    struct form form;
    enum password_verdict verdict;
    enum err err = find_account(page, &token, &user);

    if (err == ERR_NOT_FOUND)
        return show_dead(page);
    if (err != OK)
        return err_pass(page->ctx, err, __FILE__, __LINE__, "find_account");
    if (!PAGE_FORM(page, &form, reset_field, &values))
        return OK;
    verdict = password_verdict(values.password, user.email, page->company.id != 0 ? page->company.name : "");
    if (form.error_count == 0 && verdict != PASSWORD_GOOD)
        form_error(&form, "password", tr(password_verdict_text(verdict)));
    if (form.error_count == 0 && !str_equal(values.password, values.again))
        form_error(&form, "again", tr("The two passwords differ"));
    if (form.error_count > 0) {
        hdf_text(page_tree(page), "Account", user.email);
        return page_show_form(page, &form, tr("New password"), "admin/reset.cs");
    }
    err = reset_password(page->ctx, token, values.password, &once, &url);
    if (err == ERR_NOT_FOUND)
        return show_dead(page);
    if (err != OK)
        return err;
    respond_cookie(page->response, cookie_name(page, "__Host-reset"), "", 0);
    return page_see(page, "%s", url);
}
