/* prefork: a supervisor and its children on one Unix socket.
 *
 * Children that end are started again, with back-off when they end fast. SIGTERM and SIGINT stop
 * gracefully (a child finishes its request); SIGHUP replaces the children one by one. */
#ifndef TACITE_WEB_PREFORK_H
#define TACITE_WEB_PREFORK_H

#include <stdbool.h>

struct prefork {
    const char *name;                    /* for the log */
    const char *socket;                  /* path; an old socket file is replaced */
    int socket_mode;                     /* 0660 */
    int workers;                         /* 1..64 */
    int (*child)(int socket, void *arg); /* serves; its result is the exit code */
    int (*extra)(void *arg);             /* one further child without socket; NULL none */
    void *arg;
};

/* Exit code of the program: 0 stopped as asked, 69 no socket. */
int run_prefork(const struct prefork *prefork);

#endif
