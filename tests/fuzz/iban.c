/* Account numbers, bank codes, creditor identifiers: normal forms are fixed points, every single wrong digit is seen. */
#include "core/iban.h"

#include <ctype.h>
#include <string.h>

#include "fuzz.h"

static void account(struct ctx *ctx, const char *text)
{
    char iban[IBAN_BYTES];
    char again[IBAN_BYTES];
    char grouped[IBAN_GROUPED_BYTES];
    enum iban_verdict verdict;

    if (!iban_normalise(text, iban))
        return;
    CHECK(iban_normalise(iban, again) && strcmp(iban, again) == 0);
    verdict = iban_verdict(iban);
    CHECK((iban_verdict_text(verdict)[0] == '\0') == (verdict == IBAN_WELL_FORMED));
    if (verdict != IBAN_WELL_FORMED) {
        CHECK(iban_verdict_sepa(iban) == verdict);
        return;
    }
    CHECK(iban_verdict_sepa(iban) == (iban_country_in_sepa(arena_strndup(ctx->arena, iban, 2)) ? IBAN_WELL_FORMED : IBAN_OUTSIDE_SEPA));
    CHECK(iban_normalise(iban_grouped(iban, grouped), again) && strcmp(iban, again) == 0);
    CHECK(strstr(iban_masked(iban, grouped), iban + 4) == NULL);
    for (size_t i = 2; iban[i] != '\0'; i++) {
        strcpy(again, iban);
        if (isdigit((unsigned char)again[i])) {
            again[i] = again[i] == '9' ? '0' : (char)(again[i] + 1);
            CHECK(iban_verdict(again) != IBAN_WELL_FORMED);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx *ctx = fuzz_ctx();
    const char *text = fuzz_text(ctx, data, size);
    char bic[BIC_BYTES];
    char id[CREDITOR_ID_BYTES];
    char again[CREDITOR_ID_BYTES];

    account(ctx, text);
    if (bic_normalise(text, bic) && bic_ok(bic))
        CHECK((strlen(bic) == 8 || strlen(bic) == 11) && bic_fits_iban(bic, arena_strndup(ctx->arena, bic + 4, 2)));
    if (!creditor_id_normalise(text, id))
        return 0;
    CHECK(creditor_id_normalise(id, again) && strcmp(id, again) == 0);
    CHECK((creditor_id_verdict_text(creditor_id_verdict(id))[0] == '\0') == (creditor_id_verdict(id) == CREDITOR_ID_WELL_FORMED));
    if (creditor_id_verdict(id) == CREDITOR_ID_WELL_FORMED) {
        memcpy(id + 4, strcmp(id + 4, "ZZZ") == 0 ? "ABC" : "ZZZ", 3);
        CHECK(creditor_id_verdict(id) == CREDITOR_ID_WELL_FORMED); /* the business code takes no part */
        id[3] = id[3] == '9' ? '0' : (char)(id[3] + 1);
        CHECK(creditor_id_verdict(id) == CREDITOR_ID_WRONG_CHECK_DIGITS);
    }
    return 0;
}
