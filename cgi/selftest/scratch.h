/* scratch: a house of its own for the self-test, on a database server that may hold real ones.
 *
 * Everything has a name that begins with tacite_selftest; a name that exists is refused, never taken over. What was
 * made is removed afterwards, also when the test fails. Needs an administrator's login, like `tenant create`. */
#ifndef TACITE_SELFTEST_SCRATCH_H
#define TACITE_SELFTEST_SCRATCH_H

#include "batch/job.h"
#include "document/pdf_sign.h"
#include "sandbox/sandbox.h"
#include "selftest/world.h"
#include "store/db.h"

struct scratch {
    struct job *job;         /* its ctx is that of the house while it stands */
    struct arena *arena;     /* lives as long as the house */
    const char *name;        /* "selftest1": of the tenant */
    const char *dir;         /* its files, under the system's folder for temporary ones; "" none made */
    struct db_login admin;
    bool made;               /* databases and users are ours to remove */
    bool keep;               /* for whoever wants to look: databases and files stay */
    struct tenant *tenant;
    struct sandbox sandbox;
    struct db *gateway;      /* a look into the gateway's own book */
    struct world world;
    struct signer seal;      /* the house's own, good for ever: the clock runs far ahead */
};

/* number: 1 to 9, so that several stand side by side. On an error what was begun is removed. */
enum err make_scratch(struct scratch *scratch, struct job *job, int number) MUST_USE;

void remove_scratch(struct scratch *scratch);

/* In a process that was forked: it will have connections of its own. */
void leave_scratch(struct scratch *scratch);

#endif
