/* driver: runs a target over its corpus, then over changed copies of it.
 *
 *     fuzz-NAME [-seed N] [-runs N | -seconds N] [-dict FILE] CORPUS...
 *
 * A corpus is a file or a folder. The same seed gives the same runs whatever the machine's speed; it is printed, and
 * the input that ends the process is written to crash-NAME beside the program. Changes: bits, bytes, numbers at
 * their edges, cuts, doubled parts, parts of another input, words of the dictionary (libFuzzer's form: "word"). */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"
#include "seeded.h"

enum { INPUT_MAX = 64 * 1024, INPUTS_MAX = 500, WORDS_MAX = 200, WORD_MAX = 64 };

struct input {
    uint8_t *data;
    size_t size;
};
static struct input input[INPUTS_MAX];
static size_t input_count;
static struct input word[WORDS_MAX];
static size_t word_count;
static uint8_t now[INPUT_MAX]; /* what the target is looking at */
static size_t now_size;
static char crash_path[512];

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void keep_input(void)
{
    int file = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (file >= 0) {
        if (write(file, now, now_size) != (ssize_t)now_size)
            (void)unlink(crash_path);
        (void)close(file);
    }
}

static void on_abort(int number)
{
    keep_input();
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void add_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t size;

    if (file == NULL || input_count == INPUTS_MAX) {
        (void)fprintf(stderr, "%s: cannot be read, or too many\n", path);
        exit(2);
    }
    size = fread(now, 1, sizeof now, file);
    (void)fclose(file);
    input[input_count].data = malloc(size + 1);
    CHECK(input[input_count].data != NULL);
    memcpy(input[input_count].data, now, size);
    input[input_count++].size = size;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_corpus(const char *path)
{
    struct dirent **names;
    int count = scandir(path, &names, NULL, by_name);

    if (count < 0) {
        add_file(path);
        return;
    }
    for (int i = 0; i < count; i++) {
        char full[1024];

        if (names[i]->d_name[0] != '.') {
            (void)snprintf(full, sizeof full, "%s/%s", path, names[i]->d_name);
            add_file(full);
        }
        free(names[i]);
    }
    free(names);
}

/* Lines "word" or name="word"; \xHH, \\ and \" inside. */
static void read_dictionary(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[512];

    while (file != NULL && word_count < WORDS_MAX && fgets(line, sizeof line, file) != NULL) {
        const char *p = strchr(line, '"');
        struct input *w = &word[word_count];

        if (line[0] == '#' || p == NULL)
            continue;
        w->data = malloc(WORD_MAX);
        CHECK(w->data != NULL);
        for (p++; *p != '"' && *p != '\0' && w->size < WORD_MAX; p++) {
            unsigned int byte = (unsigned char)*p;

            if (*p == '\\' && p[1] == 'x' && sscanf(p + 2, "%2x", &byte) == 1)
                p += 3;
            else if (*p == '\\')
                byte = (unsigned char)*++p;
            w->data[w->size++] = (uint8_t)byte;
        }
        word_count++;
    }
    if (file != NULL)
        (void)fclose(file);
}

static size_t place(uint64_t *seed, size_t most)
{
    return (size_t)seeded_between(seed, 0, (int64_t)most);
}

static void remove_part(size_t at, size_t bytes)
{
    memmove(now + at, now + at + bytes, now_size - at - bytes);
    now_size -= bytes;
}

static void insert_part(size_t at, const uint8_t *data, size_t bytes)
{
    uint8_t part[INPUT_MAX];

    if (bytes > sizeof now - now_size)
        bytes = sizeof now - now_size;
    memcpy(part, data, bytes); /* it may be a part of `now` */
    memmove(now + at + bytes, now + at, now_size - at);
    memcpy(now + at, part, bytes);
    now_size += bytes;
}

static void change(uint64_t *seed)
{
    static const char *const edge[] = {"0", "-1", "1", "127", "128", "255", "256", "32767", "65535", "2147483647", "2147483648",
                                       "4294967295", "9223372036854775807", "9223372036854775808", "1e400", "99999999999999999999"};
    const struct input *other = &input[place(seed, input_count - 1)];
    size_t at = place(seed, now_size);
    size_t part = place(seed, now_size - at < 40 ? now_size - at : 40);
    uint8_t byte = (uint8_t)seeded_next(seed);
    const char *number = edge[place(seed, COUNT_OF(edge) - 1)];

    switch (seeded_between(seed, 1, 9)) {
    case 1: if (at < now_size) now[at] = (uint8_t)(now[at] ^ (1u << (byte & 7))); return;
    case 2: if (at < now_size) now[at] = byte; return;
    case 3: remove_part(at, part); return;
    case 4: insert_part(at, &byte, 1); return;
    case 5: insert_part(at, now + at, part); return;
    case 6: if (seeded_next(seed) % 8 == 0) now_size = at; return;
    case 7: {
        size_t from = place(seed, other->size);

        insert_part(at, other->data + from, place(seed, other->size - from));
        return;
    }
    case 8: remove_part(at, part < 4 ? part : 4); insert_part(at, (const uint8_t *)number, strlen(number)); return;
    default:
        if (word_count > 0) {
            const struct input *w = &word[place(seed, word_count - 1)];

            insert_part(at, w->data, w->size);
        }
    }
}

static void run(void)
{
    uint8_t *exact = malloc(now_size > 0 ? now_size : 1); /* so that a read past the end is seen */

    CHECK(exact != NULL);
    memcpy(exact, now, now_size);
    CHECK(LLVMFuzzerTestOneInput(exact, now_size) == 0);
    free(exact);
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    uint64_t state;
    long runs = 2000;
    long seconds = 0;
    long done;
    time_t began = time(NULL);

    (void)snprintf(crash_path, sizeof crash_path, "%.490s.crash", argv[0]);
    if (__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(keep_input);
    (void)signal(SIGABRT, on_abort);
    for (int i = 1; i < argc; i++) {
        if (i + 1 < argc && strcmp(argv[i], "-seed") == 0)
            seed = strtoull(argv[++i], NULL, 10);
        else if (i + 1 < argc && strcmp(argv[i], "-runs") == 0)
            runs = strtol(argv[++i], NULL, 10);
        else if (i + 1 < argc && strcmp(argv[i], "-seconds") == 0)
            seconds = strtol(argv[++i], NULL, 10);
        else if (i + 1 < argc && strcmp(argv[i], "-dict") == 0)
            read_dictionary(argv[++i]);
        else
            add_corpus(argv[i]);
    }
    if (input_count == 0) {
        (void)fprintf(stderr, "usage: %s [-seed N] [-runs N | -seconds N] [-dict FILE] CORPUS...\n", argv[0]);
        return 2;
    }
    (void)printf("%s: %zu inputs, seed %llu", strrchr(argv[0], '/') != NULL ? strrchr(argv[0], '/') + 1 : argv[0], input_count,
                 (unsigned long long)seed);
    (void)fflush(stdout);
    state = seed;
    for (size_t i = 0; i < input_count; i++) {
        memcpy(now, input[i].data, now_size = input[i].size);
        run();
    }
    for (done = 0; seconds > 0 ? time(NULL) - began < seconds : done < runs; done++) {
        const struct input *from = &input[place(&state, input_count - 1)];

        memcpy(now, from->data, now_size = from->size);
        for (int64_t n = seeded_between(&state, 1, 4); n > 0; n--)
            change(&state);
        run();
    }
    (void)printf(", %ld changed ones: well\n", done);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0); /* gives the last input's memory back */
    return 0;
}
