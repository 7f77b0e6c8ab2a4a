#include "text/address.h"

#include <string.h>
#include <unicode/uidna.h>

#include "base/check.h"
#include "core/identifier.h"

static bool is_ascii(const char *text)
{
    while (*text != '\0' && (unsigned char)*text < 0x80)
        text++;
    return *text == '\0';
}

/* One for the process: it is not cheap to open. */
static const UIDNA *converter(void)
{
    static UIDNA *idna;
    UErrorCode code = U_ZERO_ERROR;

    if (idna == NULL)
        idna = uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII, &code);
    CHECK(U_SUCCESS(code));
    return idna;
}

const char *mail_address(struct arena *arena, const char *typed)
{
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode code = U_ZERO_ERROR;
    char domain[256];
    const char *at;
    const char *address;
    int32_t bytes;

    if (!email_ok(typed))
        return NULL;
    if (is_ascii(typed))
        return typed;
    at = strchr(typed, '@');
    bytes = uidna_nameToASCII_UTF8(converter(), at + 1, -1, domain, sizeof domain - 1, &info, &code);
    if (U_FAILURE(code) || info.errors != 0)
        return NULL;
    domain[bytes] = '\0';
    address = arena_printf(arena, "%.*s@%s", (int)(at - typed), typed, domain);
    return email_ok(address) ? address : NULL;
}
