/* crash: named points at which a test may kill the process (trust.md section 2).
 *
 * TACITE_CRASH_AT="C07" or "C07:3" (the third time that the point is reached) ends the process there
 * by SIGKILL. Without the variable a point costs one comparison. */
#ifndef TACITE_BASE_CRASH_H
#define TACITE_BASE_CRASH_H

void crash_point(const char *name);

#endif
