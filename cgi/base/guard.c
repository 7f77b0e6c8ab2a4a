#include "base/guard.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/check.h"

void guard_memory(void)
{
    const struct rlimit none = {0, 0};

    CHECK(setrlimit(RLIMIT_CORE, &none) == 0);
    CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
}
