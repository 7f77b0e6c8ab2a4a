#include "core/bank_match.h"

#include <stdbool.h>
#include <string.h>

#include "base/check.h"
#include "core/rf_reference.h"

enum {
    TOKENS_MAX = 64,   /* words of a text that are looked at: 140 characters have no more that matter */
    NUMBER_LEAST = 5,  /* a shorter number would be found in any text */
    NUMBER_MOST = 34,
    SAME_MAX = 32,     /* claims of one amount that are looked at for guesses */
};

enum key_kind { KEY_REFERENCE = 1, KEY_NUMBER, KEY_CUSTOMER, KEY_AMOUNT, KEY_ACCOUNT };

struct node {
    struct node *next;
    enum key_kind kind;
    size_t bytes;
    const void *key; /* an amount is the claim's own, as it is when it is asked for */
    struct match_claim *claim;
    const struct match_account *account;
};

struct match_book {
    struct node **bucket;
    size_t mask;
};

const char *match_kind_name(enum match_kind kind)
{
    static const char *const name[] = {"", "none", "reference", "number", "amount_and_account"};

    CHECK(kind >= MATCH_NONE && kind <= MATCH_AMOUNT_AND_ACCOUNT);
    return name[kind];
}

/* FNV-1a. */
static size_t place_of(const struct match_book *book, enum key_kind kind, const void *key, size_t bytes)
{
    const unsigned char *p = key;
    uint64_t hash = UINT64_C(14695981039346656037) ^ (uint64_t)kind;

    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ p[i]) * UINT64_C(1099511628211);
    return (size_t)(hash ^ hash >> 32) & book->mask;
}

/* The key is kept, not copied. */
static void put(struct arena *arena, struct match_book *book, enum key_kind kind, const void *key, size_t bytes,
                struct match_claim *claim, const struct match_account *account)
{
    struct node **bucket = &book->bucket[place_of(book, kind, key, bytes)];
    struct node *node = ARENA_NEW(arena, struct node);

    *node = (struct node){*bucket, kind, bytes, key, claim, account};
    *bucket = node;
}

static const struct node *same(const struct node *node, enum key_kind kind, const void *key, size_t bytes)
{
    while (node != NULL && (node->kind != kind || node->bytes != bytes || memcmp(node->key, key, bytes) != 0))
        node = node->next;
    return node;
}

static const struct node *first(const struct match_book *book, enum key_kind kind, const void *key, size_t bytes)
{
    return same(book->bucket[place_of(book, kind, key, bytes)], kind, key, bytes);
}

static const struct node *following(const struct node *node)
{
    return same(node->next, node->kind, node->key, node->bytes);
}

static bool letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Of a letter or digit. */
static char capital(char c)
{
    return (char)(c >= 'a' ? c - 'a' + 'A' : c);
}

/* Letters and digits, capital; 0 when there are more than NUMBER_MOST. */
static size_t squeeze(const char *text, char key[NUMBER_MOST + 1])
{
    size_t used = 0;

    for (; *text != '\0'; text++)
        if (letter_or_digit(*text)) {
            if (used == NUMBER_MOST)
                return 0;
            key[used++] = capital(*text);
        }
    key[used] = '\0';
    return used;
}

struct match_book *match_book_new(struct arena *arena, struct match_claim *claims, size_t claim_count,
                                  const struct match_account *accounts, size_t account_count)
{
    struct match_book *book = ARENA_NEW(arena, struct match_book);
    size_t room = 64;

    while (room < 4 * claim_count + account_count)
        room *= 2;
    book->bucket = ARENA_ARRAY(arena, struct node *, room);
    book->mask = room - 1;
    for (size_t i = 0; i < claim_count; i++) {
        struct match_claim *c = &claims[i];
        char number[NUMBER_MOST + 1], rf[RF_BYTES];
        size_t bytes = squeeze(c->number, number);

        if (bytes >= NUMBER_LEAST)
            put(arena, book, KEY_NUMBER, arena_strdup(arena, number), bytes, c, NULL);
        if (rf_reference_make(c->number, rf))
            put(arena, book, KEY_REFERENCE, arena_strdup(arena, rf), strlen(rf), c, NULL);
        put(arena, book, KEY_CUSTOMER, &c->customer_id, sizeof c->customer_id, c, NULL);
        put(arena, book, KEY_AMOUNT, &c->open_minor, sizeof c->open_minor, c, NULL);
    }
    for (size_t i = 0; i < account_count; i++)
        put(arena, book, KEY_ACCOUNT, accounts[i].key, strlen(accounts[i].key), NULL, &accounts[i]);
    return book;
}

/* The claims that were found, each once; a ninth says no more than eight. */
struct found {
    size_t count;
    struct match_claim *claim[8];
};

static void found_add(struct found *found, struct match_claim *claim)
{
    for (size_t i = 0; i < found->count; i++)
        if (found->claim[i] == claim)
            return;
    if (found->count < COUNT_OF(found->claim))
        found->claim[found->count++] = claim;
}

/* Every claim whose key is the words' letters and digits from one word's start to another's end: "INV-2026-00017"
 * also as "inv 2026/00017", never inside "INV-2026-000171". */
static void look_in(const struct match_book *book, const char *text, struct found *by_reference, struct found *by_number)
{
    struct {
        const char *at;
        size_t bytes;
    } word[TOKENS_MAX];
    size_t words = 0;

    for (const char *p = text; *p != '\0' && words < TOKENS_MAX;) {
        size_t bytes = 0;

        while (letter_or_digit(p[bytes]))
            bytes++;
        if (bytes > 0) {
            word[words].at = p;
            word[words++].bytes = bytes;
            p += bytes;
        } else {
            p++;
        }
    }
    for (size_t i = 0; i < words; i++) {
        char key[NUMBER_MOST];
        size_t used = 0;

        for (size_t j = i; j < words && used + word[j].bytes <= NUMBER_MOST; j++) {
            for (size_t k = 0; k < word[j].bytes; k++)
                key[used++] = capital(word[j].at[k]);
            for (const struct node *n = first(book, KEY_REFERENCE, key, used); n != NULL; n = following(n))
                found_add(by_reference, n->claim);
            for (const struct node *n = first(book, KEY_NUMBER, key, used); n != NULL; n = following(n))
                found_add(by_number, n->claim);
        }
    }
}

/* The best guesses, best first. */
struct best {
    size_t count;
    struct {
        const struct match_claim *claim;
        int worth;
    } row[MATCH_GUESSES];
};

/* Of two that are worth the same the older one comes first. */
static void consider(struct best *best, const struct match_claim *claim, int worth)
{
    size_t at = best->count;

    for (size_t i = 0; i < best->count; i++)
        if (best->row[i].claim == claim)
            return;
    while (at > 0 && (worth > best->row[at - 1].worth || (worth == best->row[at - 1].worth && claim->id < best->row[at - 1].claim->id)))
        at--;
    if (at == MATCH_GUESSES)
        return;
    if (best->count < MATCH_GUESSES)
        best->count++;
    memmove(&best->row[at + 1], &best->row[at], (best->count - 1 - at) * sizeof best->row[0]);
    best->row[at].claim = claim;
    best->row[at].worth = worth;
}

static const struct node *first_account(const struct match_book *book, const struct match_entry *entry)
{
    return entry->account_key[0] == '\0' ? NULL : first(book, KEY_ACCOUNT, entry->account_key, strlen(entry->account_key));
}

static bool same_amount(const struct match_claim *claim, const struct match_entry *entry)
{
    return claim->open_minor == entry->amount_minor && strcmp(claim->currency, entry->currency) == 0;
}

/* As a guess: named by the text, of somebody who uses the account, of this amount, in this order. */
static int worth_of(const struct match_book *book, const struct match_claim *claim, const struct match_entry *entry, bool named)
{
    int worth = (named ? 8 : 0) + (same_amount(claim, entry) ? 3 : 0);

    for (const struct node *a = first_account(book, entry); a != NULL; a = following(a))
        if (a->account->customer_id == claim->customer_id)
            return worth + 4;
    return worth;
}

/* A claim in another currency is no match: a person looks. */
static struct match_claim *only(const struct found *found, const char *currency)
{
    return found->count == 1 && strcmp(found->claim[0]->currency, currency) == 0 ? found->claim[0] : NULL;
}

struct match match_find(const struct match_book *book, const struct match_entry *entry)
{
    struct match match = {.kind = MATCH_NONE};
    struct found by_reference = {0}, by_number = {0}, by_amount = {0};
    struct best best = {0};
    const char *id = strcmp(entry->end_to_end_id, "NOTPROVIDED") == 0 ? "" : entry->end_to_end_id;
    int looked = 0;

    look_in(book, entry->reference, &by_reference, &by_number);
    look_in(book, id, &by_reference, &by_number);
    look_in(book, entry->text, &by_reference, &by_number);
    if (by_reference.count > 0) {
        match.claim = only(&by_reference, entry->currency);
        match.kind = match.claim != NULL ? MATCH_REFERENCE : MATCH_NONE;
    } else if (by_number.count > 0) {
        match.claim = only(&by_number, entry->currency);
        match.kind = match.claim != NULL ? MATCH_NUMBER : MATCH_NONE;
    }
    if (match.claim != NULL)
        return match;

    for (size_t i = 0; i < by_reference.count; i++)
        consider(&best, by_reference.claim[i], worth_of(book, by_reference.claim[i], entry, true));
    for (size_t i = 0; i < by_number.count; i++)
        consider(&best, by_number.claim[i], worth_of(book, by_number.claim[i], entry, true));
    for (const struct node *a = first_account(book, entry); a != NULL; a = following(a)) {
        const int64_t *customer_id = &a->account->customer_id;

        for (const struct node *n = first(book, KEY_CUSTOMER, customer_id, sizeof *customer_id); n != NULL; n = following(n)) {
            if (n->claim->open_minor <= 0)
                continue;
            consider(&best, n->claim, worth_of(book, n->claim, entry, false));
            if (same_amount(n->claim, entry))
                found_add(&by_amount, n->claim);
        }
    }
    /* A text that names a claim, even two, is stronger than an amount: nothing is guessed past it. */
    if (by_amount.count == 1 && by_reference.count == 0 && by_number.count == 0) {
        match.kind = MATCH_AMOUNT_AND_ACCOUNT;
        match.claim = by_amount.claim[0];
        return match;
    }
    for (const struct node *n = first(book, KEY_AMOUNT, &entry->amount_minor, sizeof entry->amount_minor); n != NULL && looked < SAME_MAX;
         n = following(n), looked++)
        if (strcmp(n->claim->currency, entry->currency) == 0)
            consider(&best, n->claim, worth_of(book, n->claim, entry, false));
    for (size_t i = 0; i < best.count; i++)
        match.guess[match.guess_count++] = best.row[i].claim;
    return match;
}

struct match_split match_apply(struct match_claim *claim, int64_t amount_minor)
{
    int64_t applied = amount_minor < claim->open_minor ? amount_minor : claim->open_minor;

    claim->open_minor -= applied;
    return (struct match_split){applied, amount_minor - applied};
}
