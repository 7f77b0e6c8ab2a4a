#include "selftest/world.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/str.h"
#include "web/request.h"
#include "web/response.h"

enum { GUESTS_MAX = 32, TEXT_MAX = 512 * 1024, HEADERS_IN_MAX = 40, ENVIRONMENT_MAX = HEADERS_IN_MAX + 8 };

/* Somebody who is connected. */
struct guest {
    int socket;
    bool mail;    /* else the gateway's */
    bool writing; /* between DATA and the dot */
    char *text;   /* what came and was not answered yet */
    size_t bytes;
    int64_t heard; /* the number of its last word among all */
};

struct serving {
    struct world_shared *shared;
    const struct sandbox *sandbox;
    struct db *db;
    struct arena *arena;
    struct guest guest[GUESTS_MAX];
    size_t count;
    int64_t heard;
};

static int open_port(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t bytes = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &bytes) != 0)
        return -1;
    *port = ntohs(address.sin_port);
    return fd;
}

bool world_open(struct world *world)
{
    memset(world, 0, sizeof *world);
    world->shared = mmap(NULL, sizeof *world->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (world->shared == MAP_FAILED)
        return false;
    world->gateway_socket = open_port(&world->gateway_port);
    world->mail_socket = open_port(&world->mail_port);
    return world->gateway_socket >= 0 && world->mail_socket >= 0 && pipe2(world->lifeline, O_CLOEXEC) == 0;
}

void world_set_clock(struct world *world, int64_t at)
{
    world->shared->ahead += at - clock_now();
}

/* ---- what both servers share ---- */

static bool chance(struct world_shared *shared, int rarity)
{
    uint64_t seed = shared->draw;
    bool hit = rarity > 0 && random_between(&seed, 1, rarity) == 1;

    shared->draw = seed;
    return hit;
}

static void say(const struct guest *guest, const char *text, size_t bytes)
{
    while (bytes > 0) {
        ssize_t sent = send(guest->socket, text, bytes, MSG_NOSIGNAL);

        if (sent <= 0)
            return; /* gone: the next read will tell */
        text += sent;
        bytes -= (size_t)sent;
    }
}

static void say_line(const struct guest *guest, const char *text)
{
    say(guest, text, strlen(text));
}

static void forget(struct guest *guest, size_t bytes)
{
    guest->bytes -= bytes;
    memmove(guest->text, guest->text + bytes, guest->bytes + 1);
}

/* ---- mail ---- */

/* False: the connection ends. */
static bool answer_mail(struct serving *s, struct guest *guest)
{
    char *end;

    while ((end = strstr(guest->text, guest->writing ? "\r\n.\r\n" : "\r\n")) != NULL) {
        size_t bytes = (size_t)(end - guest->text) + (guest->writing ? 5 : 2);

        if (guest->writing) {
            bool later = chance(s->shared, s->shared->mail_rarity);

            *(later ? &s->shared->mails_put_off : &s->shared->mails) += 1;
            say_line(guest, later ? "451 later\r\n" : "250 taken\r\n");
            guest->writing = false;
        } else if (strncasecmp(guest->text, "DATA", 4) == 0) {
            say_line(guest, "354 go on\r\n");
            guest->writing = true;
        } else if (strncasecmp(guest->text, "QUIT", 4) == 0) {
            say_line(guest, "221 bye\r\n");
            return false;
        } else {
            say_line(guest, "250 selftest\r\n");
        }
        forget(guest, bytes);
    }
    return true;
}

/* ---- the gateway ---- */

/* Method, target and headers as FastCGI would give them; 0 while the request is not whole. */
static size_t read_request(struct arena *arena, const struct guest *guest, char **environment, size_t *head_bytes)
{
    const char *end = strstr(guest->text, "\r\n\r\n");
    char *head;
    char *line;
    char *rest = NULL;
    size_t count = 0;
    long long length = 0;

    if (end == NULL)
        return 0;
    *head_bytes = (size_t)(end - guest->text) + 4;
    head = arena_strndup(arena, guest->text, (size_t)(end - guest->text));
    line = strtok_r(head, "\r\n", &rest);
    if (line != NULL) {
        size_t method = strcspn(line, " ");
        const char *target = line[method] != '\0' ? line + method + 1 : "/";

        environment[count++] = arena_printf(arena, "REQUEST_METHOD=%.*s", (int)method, line);
        environment[count++] = arena_printf(arena, "REQUEST_URI=%.*s", (int)strcspn(target, " "), target);
        environment[count++] = arena_strdup(arena, "REMOTE_ADDR=127.0.0.1");
    }
    while ((line = strtok_r(NULL, "\r\n", &rest)) != NULL && count < HEADERS_IN_MAX) {
        size_t name = strcspn(line, ":");
        char *value = str_trim(arena, line[name] == ':' ? line + name + 1 : "");

        if (strncasecmp(line, "content-length", name) == 0) {
            (void)str_to_i64(value, 0, TEXT_MAX, &length);
            environment[count++] = arena_printf(arena, "CONTENT_LENGTH=%s", value);
        } else if (strncasecmp(line, "content-type", name) == 0) {
            environment[count++] = arena_printf(arena, "CONTENT_TYPE=%s", value);
        } else {
            char *header = arena_printf(arena, "HTTP_%.*s=%s", (int)name, line, value);

            for (size_t i = 5; i < 5 + name; i++)
                header[i] = (char)(header[i] == '-' ? '_' : header[i] >= 'a' && header[i] <= 'z' ? header[i] - 32 : header[i]);
            environment[count++] = header;
        }
    }
    environment[count] = NULL;
    return guest->bytes >= *head_bytes + (size_t)length ? *head_bytes + (size_t)length : 0;
}

static void say_response(struct arena *arena, const struct guest *guest, int status, const char *body, size_t bytes, bool retry)
{
    char *head = arena_printf(arena, "HTTP/1.1 %d Answer\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n", status,
                              retry ? "" : "Stripe-Should-Retry: false\r\n", bytes);

    say_line(guest, head);
    say(guest, body, bytes);
}

/* False: the connection ends. A client that is told to try again pauses on the shared clock, which costs nobody time. */
static bool answer_request(struct serving *s, const struct guest *guest, struct request *request, enum world_fault fault)
{
    static const char not_now[] = "{\"error\":{\"type\":\"api_error\",\"message\":\"not now\"}}\n";
    struct response response = response_new(s->arena);
    struct ctx ctx = {.arena = s->arena, .now = clock_now(), .language = "en", .request_id = "", .actor = "sandbox",
                      .remote_addr = "", .user_agent = "", .db = s->db};

    ctx.today_on = (int32_t)(ctx.now / (86400 * CLOCK_SECOND));
    if (fault == WORLD_SILENT_BEFORE)
        return false;
    if (fault == WORLD_ERROR_BEFORE || fault == WORLD_IN_USE || fault == WORLD_TOO_MANY) {
        say_response(s->arena, guest, fault == WORLD_IN_USE ? 409 : fault == WORLD_TOO_MANY ? 429 : 500, not_now, strlen(not_now), true);
        return true;
    }
    answer_sandbox(&ctx, s->sandbox, request, 0, &response);
    switch (fault) {
    case WORLD_SILENT_AFTER: return false;
    case WORLD_ERROR_AFTER: say_response(s->arena, guest, 500, not_now, strlen(not_now), false); break;
    case WORLD_CUT: say_response(s->arena, guest, response.status, response.body.text, response.body.bytes * 6 / 10, true); break;
    case WORLD_EMPTY: say_response(s->arena, guest, response.status, "", 0, true); break;
    default: say_response(s->arena, guest, response.status, response.body.text, response.body.bytes, true); break;
    }
    return true;
}

static bool answer_gateway(struct serving *s, struct guest *guest)
{
    char *environment[ENVIRONMENT_MAX];
    size_t head_bytes;
    size_t bytes;
    bool stays = true;

    while (stays && (bytes = read_request(s->arena, guest, environment, &head_bytes)) > 0) {
        enum world_fault fault = 0;
        struct request request;

        if (chance(s->shared, s->shared->gateway_rarity)) {
            uint64_t seed = s->shared->draw;

            fault = (enum world_fault)random_between(&seed, WORLD_SILENT_BEFORE, WORLD_FAULTS);
            s->shared->draw = seed;
            s->shared->faults[fault]++;
        }
        s->shared->requests++;
        if (request_parse(&request, s->arena, environment) != 200 ||
            request_take_body(&request, arena_strndup(s->arena, guest->text + head_bytes, bytes - head_bytes), bytes - head_bytes) != 200)
            stays = false;
        else
            stays = answer_request(s, guest, &request, fault);
        forget(guest, bytes);
        arena_reset(s->arena);
    }
    arena_reset(s->arena);
    return stays;
}

/* ---- the loop ---- */

static void let_go(struct serving *s, struct guest *guest)
{
    (void)close(guest->socket);
    free(guest->text);
    *guest = s->guest[--s->count];
}

/* Of processes that were killed others may hold connections that nobody uses any more. */
static struct guest *longest_silent(struct serving *s)
{
    struct guest *found = &s->guest[0];

    for (size_t i = 1; i < s->count; i++)
        if (s->guest[i].heard < found->heard)
            found = &s->guest[i];
    return found;
}

static void let_in(struct serving *s, int listener, bool mail)
{
    int on = 1;
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    struct guest *guest;

    if (fd < 0)
        return;
    if (s->count == GUESTS_MAX)
        let_go(s, longest_silent(s));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    guest = &s->guest[s->count++];
    *guest = (struct guest){.socket = fd, .mail = mail, .text = malloc(TEXT_MAX + 1), .heard = ++s->heard};
    CHECK(guest->text != NULL);
    guest->text[0] = '\0';
    if (mail)
        say_line(guest, "220 selftest\r\n");
}

/* False: gone. */
static bool listen_to(struct serving *s, struct guest *guest)
{
    ssize_t got = recv(guest->socket, guest->text + guest->bytes, TEXT_MAX - guest->bytes, 0);

    if (got <= 0)
        return false;
    guest->heard = ++s->heard;
    guest->bytes += (size_t)got;
    guest->text[guest->bytes] = '\0';
    return guest->mail ? answer_mail(s, guest) : answer_gateway(s, guest);
}

static _Noreturn void serve(const struct world *world, const struct sandbox *sandbox)
{
    static struct serving s;

    s.shared = world->shared;
    s.sandbox = sandbox;
    s.db = db_open(&sandbox->database);
    s.arena = arena_new();
    for (;;) {
        struct pollfd poll_fd[GUESTS_MAX + 3] = {{.fd = world->gateway_socket, .events = POLLIN}, {.fd = world->mail_socket, .events = POLLIN},
                                                 {.fd = world->lifeline[0]}};
        size_t guests = s.count;

        for (size_t i = 0; i < guests; i++)
            poll_fd[i + 3] = (struct pollfd){.fd = s.guest[i].socket, .events = POLLIN};
        if (poll(poll_fd, (nfds_t)guests + 3, -1) <= 0)
            continue;
        for (size_t i = guests; i-- > 0;)
            if (poll_fd[i + 3].revents != 0 && !listen_to(&s, &s.guest[i]))
                let_go(&s, &s.guest[i]);
        if (poll_fd[2].revents != 0) /* nobody is left */
            _exit(0);
        if (poll_fd[0].revents != 0)
            let_in(&s, world->gateway_socket, false);
        if (poll_fd[1].revents != 0)
            let_in(&s, world->mail_socket, true);
    }
}

void world_start(struct world *world, const struct sandbox *sandbox)
{
    world->pid = fork();
    CHECK(world->pid >= 0);
    if (world->pid > 0)
        return;
    (void)close(world->lifeline[1]);
    (void)signal(SIGINT, SIG_IGN); /* whoever asked for the test ends it, and that ends this */
    (void)signal(SIGTERM, SIG_DFL);
    serve(world, sandbox);
}

void world_close(struct world *world)
{
    if (world->pid > 0) {
        (void)kill(world->pid, SIGKILL);
        (void)waitpid(world->pid, NULL, 0); /* or whoever adopted it: of who was killed it is no child */
    }
    world->pid = 0;
    if (world->gateway_socket > 0)
        (void)close(world->gateway_socket);
    if (world->mail_socket > 0)
        (void)close(world->mail_socket);
    for (int i = 0; i < 2; i++)
        if (world->lifeline[i] > 0)
            (void)close(world->lifeline[i]);
    clock_simulate(NULL);
    (void)munmap(world->shared, sizeof *world->shared);
}
