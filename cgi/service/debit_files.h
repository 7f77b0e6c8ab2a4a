/* debit_files: what waits of direct debits becomes one pain.008, stored as it is downloaded: READY to PENDING, as the file is the
 * sending. Where mails leave by a server, no collection leaves before its notice has. */
#ifndef TACITE_SERVICE_DEBIT_FILES_H
#define TACITE_SERVICE_DEBIT_FILES_H

#include <stdint.h>

#include "base/ctx.h"
#include "service/once.h"

enum { COLLECTIONS_MAX = 10000 }; /* of one file: about 6 MB */

struct collection_making {
    int32_t count;     /* 0: nothing waits, no file was made */
    int32_t left_out;  /* no longer to be collected: paid otherwise, credited, mandate gone */
    int32_t anew;      /* their day has passed by more than five days: they are announced anew, for a later file */
    int32_t unnoticed; /* they wait: the mail that announces them has not left */
    int64_t file_id;
    const char *url;
};
/* Everything that waits, as one file; days that can no longer be kept, for the bank or after a notice that left late, move
 * to the next possible one, by five days at most. */
enum err make_collection_file(struct ctx *ctx, struct collection_making *making, const struct once *once) MUST_USE;

#endif
