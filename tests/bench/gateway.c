/* gateway: a card gateway that answers every charge after a delay, as many at once as come: what a batch is measured
 * against. It holds no answer up for another, and remembers each key.
 *
 *     gateway PORT DELAY_MS
 *
 * POST /v1/payment_intents answers a captured intent of the amount that was asked for. GET /count answers how many
 * different keys were charged, how many requests came, and how many were waiting at most. SIGTERM ends it. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS_MAX = 1000, REQUEST_BYTES_MAX = 8192, KEYS_MAX = 1 << 20 };

struct client {
    int fd;
    size_t bytes;
    char request[REQUEST_BYTES_MAX];
    char answer[1024];
    long long due_at; /* microseconds; 0: nothing waits */
};

static struct client client[CLIENTS_MAX];
static struct pollfd waiting[CLIENTS_MAX + 1];
static int clients;
static char *keys[KEYS_MAX];
static long charged;
static long requests;
static int at_once;

static long long now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* True for a key that was not there. */
static bool remember(const char *key)
{
    unsigned long long hash = 14695981039346656037ULL;

    for (const char *c = key; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211ULL;
    for (size_t i = hash % KEYS_MAX;; i = (i + 1) % KEYS_MAX) {
        if (keys[i] == NULL) {
            keys[i] = strdup(key);
            return true;
        }
        if (strcmp(keys[i], key) == 0)
            return false;
    }
}

/* What stands behind name up to one of the ends; "" when it is not there. */
static void value(const char *text, const char *name, const char *ends, char *out, size_t room)
{
    const char *at = strcasestr(text, name);
    size_t bytes = at == NULL ? 0 : strcspn(at + strlen(name), ends);

    (void)snprintf(out, room, "%.*s", (int)bytes, at == NULL ? "" : at + strlen(name));
}

static void answer(struct client *c, const char *body)
{
    (void)snprintf(c->answer, sizeof c->answer, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                   strlen(body), body);
}

static void take_request(struct client *c, const char *content, long long delay_us)
{
    char body[700];
    char key[128];
    char amount[32];
    char currency[8];
    int open = 0;

    requests++;
    if (strncmp(c->request, "GET", 3) == 0) {
        (void)snprintf(body, sizeof body, "%ld\t%ld\t%d\n", charged, requests, at_once);
        answer(c, body);
        c->due_at = now();
        return;
    }
    value(c->request, "\nIdempotency-Key: ", "\r\n", key, sizeof key);
    value(content, "amount=", "&", amount, sizeof amount);
    value(content, "currency=", "&", currency, sizeof currency);
    charged += remember(key);
    (void)snprintf(body, sizeof body, "{\"id\":\"pi_%s\",\"object\":\"payment_intent\",\"amount\":%s,\"amount_received\":%s,\"currency\":\"%s\","
                   "\"status\":\"succeeded\",\"payment_method\":\"pm_bench\"}", key, amount, amount, currency);
    answer(c, body);
    c->due_at = now() + delay_us;
    for (int i = 0; i < clients; i++)
        open += client[i].due_at != 0;
    at_once = open > at_once ? open : at_once;
}

/* False: the other side is gone. */
static bool hear(struct client *c, long long delay_us)
{
    ssize_t got = read(c->fd, c->request + c->bytes, sizeof c->request - 1 - c->bytes);
    char length[20];
    char *content;

    if (got <= 0)
        return false;
    c->bytes += (size_t)got;
    c->request[c->bytes] = '\0';
    content = strstr(c->request, "\r\n\r\n");
    if (content == NULL)
        return c->bytes < sizeof c->request - 1;
    content += 4;
    value(c->request, "\nContent-Length: ", "\r\n", length, sizeof length);
    if (c->bytes < (size_t)(content - c->request) + strtoul(length, NULL, 10))
        return true;
    take_request(c, content, delay_us);
    c->bytes = 0;
    return true;
}

static void drop(int i)
{
    (void)close(client[i].fd);
    client[i] = client[--clients];
}

int main(int argc, char **argv)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    long long delay_us = argc == 3 ? strtoll(argv[2], NULL, 10) * 1000 : 0;
    int one = 1;
    int door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    at.sin_port = htons((uint16_t)(argc == 3 ? strtol(argv[1], NULL, 10) : 0));
    (void)setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (argc != 3 || bind(door, (struct sockaddr *)&at, sizeof at) != 0 || listen(door, 256) != 0) {
        (void)fprintf(stderr, "usage: gateway PORT DELAY_MS\n");
        return 64;
    }
    for (;;) {
        long long next = -1;
        bool knocked;

        for (int i = 0; i < clients; i++) {
            long long left = client[i].due_at - now();

            if (client[i].due_at != 0 && left <= 0) {
                if (write(client[i].fd, client[i].answer, strlen(client[i].answer)) < 0)
                    drop(i--);
                else
                    client[i].due_at = 0;
            } else if (client[i].due_at != 0 && (next < 0 || left < next)) {
                next = left;
            }
        }
        for (int i = 0; i < clients; i++)
            waiting[i] = (struct pollfd){client[i].fd, POLLIN, 0};
        waiting[clients] = (struct pollfd){door, POLLIN, 0};
        if (poll(waiting, (nfds_t)clients + 1, next < 0 ? -1 : (int)(next / 1000 + 1)) <= 0)
            continue;
        knocked = waiting[clients].revents != 0;
        for (int i = clients - 1; i >= 0; i--)
            if (waiting[i].revents != 0 && !hear(&client[i], delay_us))
                drop(i);
        if (knocked && clients < CLIENTS_MAX)
            client[clients++] = (struct client){.fd = accept(door, NULL, NULL)};
    }
}
