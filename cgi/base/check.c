#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

void check_failed(const char *condition, const char *file, int line, const char *function)
{
    (void)fprintf(stderr, "tacite: check failed: %s (%s:%d, %s)\n", condition, file, line, function);
    (void)fflush(stderr);
    abort();
}
