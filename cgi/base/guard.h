/* guard: what a process holds in memory (keys, tokens, account numbers) stays there when it dies. */
#ifndef TACITE_BASE_GUARD_H
#define TACITE_BASE_GUARD_H

/* No core file, and no reading of this process by others of the same user. For the begin of a program; children have
 * it too. (SEC-60: core files hold secrets.) */
void guard_memory(void);

#endif
