#include "web/language.h"

#include <string.h>

#include "text/words.h"

const char *language_of(const struct request *request, const char *cookie, const char *fallback, bool *chosen)
{
    const char *wanted = pair_value(&request->fields, "lang");
    const char *accept = request_param(request, "HTTP_ACCEPT_LANGUAGE");

    *chosen = wanted != NULL && strlen(wanted) == 2 && words_known(wanted);
    if (*chosen)
        return wanted;
    wanted = pair_value(&request->cookies, cookie);
    if (wanted != NULL && strlen(wanted) == 2 && words_known(wanted))
        return wanted;
    /* in the order of writing, as browsers send it; weights hardly ever disagree with it */
    while (*accept != '\0') {
        char *code = arena_strndup(request->arena, accept, 2);

        if (strlen(code) == 2 && strcmp(code, "qq") != 0 && words_known(code))
            return code;
        accept += strcspn(accept, ",");
        accept += strspn(accept, ", ");
    }
    return words_known(fallback) ? fallback : "en";
}
