/* world: what a house meets outside: the gateway and a mail server on loopback, and the time.
 *
 * One process answers both, so that a fault is one decision in one place. The gateway is the sandbox's own API with
 * its own ledger; faults stand between it and whoever asks. What both sides must agree on lies in shared memory. */
#ifndef TACITE_SELFTEST_WORLD_H
#define TACITE_SELFTEST_WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "sandbox/sandbox.h"

/* What becomes of a request to the gateway. */
enum world_fault {
    WORLD_SILENT_BEFORE = 1, /* nothing arrived, the connection ends */
    WORLD_SILENT_AFTER,      /* done, and the answer is lost */
    WORLD_ERROR_BEFORE,      /* 500, nothing done */
    WORLD_ERROR_AFTER,       /* 500, and done */
    WORLD_IN_USE,            /* 409 */
    WORLD_TOO_MANY,          /* 429 */
    WORLD_CUT,               /* half of the answer */
    WORLD_EMPTY,             /* none of it */
};
enum { WORLD_FAULTS = WORLD_EMPTY };

struct world_shared {
    _Atomic int64_t ahead;      /* base/clock: of the machine's clock, microseconds */
    _Atomic uint64_t draw;      /* what the faults are drawn from */
    _Atomic int gateway_rarity; /* one of so many requests goes wrong; 0: none */
    _Atomic int mail_rarity;    /* one of so many mails is put off; 0: none */
    _Atomic int64_t requests;
    _Atomic int64_t mails;
    _Atomic int64_t mails_put_off;
    _Atomic int64_t faults[WORLD_FAULTS + 1];
    _Atomic bool reached;       /* base/crash: the point that was armed */
};

struct world {
    struct world_shared *shared;
    int gateway_socket;
    int mail_socket;
    int gateway_port;
    int mail_port;
    int lifeline[2]; /* a pipe: who lives in this world holds its end for writing */
    pid_t pid;       /* 0: not started */
};

/* Ports on 127.0.0.1 and the shared page; nobody answers yet. False when the machine refuses. */
bool world_open(struct world *world);

/* Begins to answer, in a process of its own that ends with this one and all that it forked. */
void world_start(struct world *world, const struct sandbox *sandbox);

void world_close(struct world *world);

/* The clock stands at this instant; it never goes back but by as much as a test asks for. */
void world_set_clock(struct world *world, int64_t at);

#endif
