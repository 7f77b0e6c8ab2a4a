/* check: our own mistakes end the process.
 *
 * CHECK states what must be true whatever a user, a gateway or a disk does. It stays in the
 * release build; the supervisor starts another process. Never use it for input or for the world's
 * failures (see err.h). */
#ifndef TACITE_BASE_CHECK_H
#define TACITE_BASE_CHECK_H

#define CHECK(condition)                                                                           \
    ((condition) ? (void)0 : check_failed(#condition, __FILE__, __LINE__, __func__))

/* Writes the failed condition to stderr and aborts. */
_Noreturn void check_failed(const char *condition, const char *file, int line, const char *function);

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
