/* quote_words_form: what a template and a quote ask alike: how long it runs, and the texts around the lines.
 *
 * Both forms hold a struct words_form named `words` and its fields by WORDS_FIELDS. Empty commitment and notice are the
 * plan's; a variable that we do not know is an error that says where it stands. */
#ifndef TACITE_PAGE_QUOTE_WORDS_FORM_H
#define TACITE_PAGE_QUOTE_WORDS_FORM_H

#include "core/deposit.h"
#include "core/term.h"
#include "page/admin/admin.h"
#include "page/admin/amounts.h"
#include "text/words.h"

struct words_form {
    const char *duration;
    int64_t term;
    const char *term_unit;
    bool term_renews;
    int64_t commitment;
    int64_t notice;
    const char *customer_end;
    int64_t close_days;
    const char *note;
    const char *header;
    const char *footer;
    const char *terms;
    const char *confirmation;
    bool no_confirm_mail;
};

extern const struct field_option duration_option[3];
extern const struct field_option term_unit_option[2];
extern const struct field_option own_answer_option[3];

#define WORDS_FIELDS(form)                                                                                                       \
    {.kind = FIELD_CHOICE, .name = "duration", .label = N_("Duration"), .options = duration_option,                              \
     .option_count = COUNT_OF(duration_option), .offset = offsetof(form, words.duration)},                                       \
    {.kind = FIELD_INTEGER, .name = "term", .label = N_("Fixed term"), .min = 0, .max = 1000,                                    \
     .offset = offsetof(form, words.term)},                                                                                      \
    {.kind = FIELD_CHOICE, .name = "term_unit", .label = N_("Periods or months"), .options = term_unit_option,                   \
     .option_count = COUNT_OF(term_unit_option), .offset = offsetof(form, words.term_unit)},                                     \
    {.kind = FIELD_CHECK, .name = "term_renews", .label = N_("Tacitly renewed for another term"),                                \
     .offset = offsetof(form, words.term_renews)},                                                                               \
    {.kind = FIELD_INTEGER, .name = "commitment", .label = N_("Minimum duration in months"), .min = 0, .max = 120,               \
     .hint = N_("Empty: as the plan says. 0: no minimum"), .offset = offsetof(form, words.commitment)},                          \
    {.kind = FIELD_INTEGER, .name = "notice", .label = N_("Notice in days"), .min = 0, .max = 366,                               \
     .hint = N_("Empty: as the plan says. 0: none"), .offset = offsetof(form, words.notice)},                                    \
    {.kind = FIELD_CHOICE, .name = "customer_end", .label = N_("The customer ends it alone"), .options = own_answer_option,       \
     .option_count = COUNT_OF(own_answer_option), .offset = offsetof(form, words.customer_end)},                                 \
    {.kind = FIELD_INTEGER, .name = "close_days", .label = N_("Unpaid: closed after how many days"), .min = 0, .max = CLOSE_DAYS_MAX, \
     .hint = N_("Empty: as the plan's rule says. 0: never by itself"), .offset = offsetof(form, words.close_days)},              \
    {.kind = FIELD_MULTILINE, .name = "note", .label = N_("Note to the customer"), .max = 2000,                                  \
     .offset = offsetof(form, words.note)},                                                                                      \
    {.kind = FIELD_MULTILINE, .name = "header", .label = N_("Text above the lines of the document"), .max = 500,                 \
     .offset = offsetof(form, words.header)},                                                                                    \
    {.kind = FIELD_MULTILINE, .name = "footer", .label = N_("Text at the end of the document"), .max = 500,                      \
     .offset = offsetof(form, words.footer)},                                                                                    \
    {.kind = FIELD_MULTILINE, .name = "terms", .label = N_("Particular terms"), .max = 10000,                                    \
     .hint = N_("They stand before your general terms."), .offset = offsetof(form, words.terms)},                                \
    {.kind = FIELD_MULTILINE, .name = "confirmation", .label = N_("Your words in the e-mail that confirms the order"),           \
     .max = 2000, .offset = offsetof(form, words.confirmation)},                                                                 \
    {.kind = FIELD_CHECK, .name = "no_confirm_mail", .label = N_("Businesses get no e-mail that confirms the order"),            \
     .hint = N_("Consumers always get it: the law asks for it."), .offset = offsetof(form, words.no_confirm_mail)}

/* A deposit at the signature: deposit_ppm and deposit_amount of the form. */
#define DEPOSIT_FIELDS(form)                                                                                                     \
    {.kind = FIELD_DECIMAL, .name = "deposit_percent", .label = N_("Deposit at the signature, %"), .digits = 4, .min = 100,      \
     .max = RATE_ONE, .hint = N_("Empty: no deposit"), .offset = offsetof(form, deposit_ppm)},                                   \
    {.kind = FIELD_DECIMAL, .name = "deposit_amount", .label = N_("or an amount incl. VAT"), .digits = AMOUNT_DIGITS, .min = 10, \
     .max = AMOUNT_MAX, .hint = N_("Deducted from the first invoices"), .offset = offsetof(form, deposit_amount)}

/* The form's values of what is stored. Texts are set by the caller. */
void words_of_terms(struct words_form *words, const struct own_terms *own);
/* After form_fill: what is the plan's is an empty field, not 0. */
void empty_plan_terms(struct form *form, const struct own_terms *own);

/* What the form says about the duration; errors go to the form. plan NULL: nothing recurs. */
struct own_terms read_own_terms(struct page *page, struct form *form, const struct words_form *words, const struct plan *plan);

/* What the form asks for at the signature (the fields above); an error goes to its field. pays: a payment is asked for. */
struct deposit_terms read_deposit_terms(struct page *page, struct form *form, int64_t ppm, int64_t amount, const char *currency, bool pays);
void refuse_deposit(struct form *form, const struct deposit_terms *terms, enum deposit_refusal refusal);
/* After form_fill: no deposit is an empty field, not 0. */
void empty_no_deposit(struct form *form, int64_t ppm, int64_t amount);

/* Variables of the texts, and of any other text of the form. */
void check_words(struct page *page, struct form *form, const struct words_form *words);
void check_variables(struct page *page, struct form *form, const char *field, const char *text);

/* Variables: "{customer} {contact} …" for the hint. */
void tell_variables(struct page *page, HDF *hdf);

#endif
