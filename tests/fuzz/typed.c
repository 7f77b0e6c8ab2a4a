/* Amounts, days and mail addresses as somebody types them, in each language: what is understood and shown in a field is
 * understood the same again. */
#include <string.h>

#include "base/str.h"
#include "core/date.h"
#include "core/identifier.h"
#include "fuzz.h"
#include "text/format.h"
#include "text/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const language[] = {"en", "fr", "de"};
    struct ctx *ctx = fuzz_ctx();
    const char *text = fuzz_text(ctx, data, size);

    for (size_t i = 0; i < COUNT_OF(language); i++) {
        int64_t value;
        int64_t again;
        int32_t on;
        int32_t same;

        for (int digits = 0; digits <= 4; digits += 2)
            if (parse_decimal(text, language[i], digits, &value) == PARSE_OK)
                CHECK(parse_decimal(format_input_decimal(ctx->arena, language[i], value, digits, 0), language[i], digits, &again) == PARSE_OK &&
                      again == value);
        if (parse_date(text, language[i], &on) == PARSE_OK)
            CHECK(on != DATE_NONE && parse_date(format_input_date(ctx->arena, language[i], on), language[i], &same) == PARSE_OK && same == on);
    }
    if (email_ok(text)) {
        CHECK(strlen(text) <= EMAIL_BYTES_MAX && strchr(text, '@') != NULL && strchr(text, '@') == strrchr(text, '@'));
        for (const char *p = text; *p != '\0'; p++)
            CHECK((unsigned char)*p > 0x20 && *p != 0x7f && strchr("()<>[]:;,\\\"", *p) == NULL);
    }
    return 0;
}
