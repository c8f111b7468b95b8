// SPDX-License-Identifier: MulanPSL-2.0
// Measures search: bench_search URL DOCUMENTS [ask | at-once]. Fills the store with made-up texts of about 150
// characters whose words are as unevenly used as those of a language (Zipf), then asks for frequent, middling and rare
// ones.
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "crypto/seal.h"
#include "store/store.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 20000
#define WRITERS 32
#define ROUNDS 200

struct text_maker {
    unsigned seed;
    double total[WORDS]; // cumulative weights
};

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void weigh(struct text_maker *maker)
{
    double sum = 0;
    for (int i = 0; i < WORDS; i++)
        maker->total[i] = sum += 1.0 / (i + 3);
}

static int draw(const struct text_maker *maker, unsigned *seed)
{
    double at = (double)next_random(seed) / 16777216.0 * maker->total[WORDS - 1];
    int low = 0, high = WORDS - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (maker->total[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Word number as two or three ideographs out of 3,000.
static size_t put_word(char *out, int word)
{
    unsigned hash = (unsigned)word * 2654435761u + 12345u;
    size_t n = 0;
    for (int i = 0; i < (word % 3 ? 2 : 3); i++, hash = hash * 1664525u + 1013904223u) {
        size_t length;
        utf8_put(out + n, 0x4E00 + (int32_t)((hash >> 8) % 3000), &length);
        n += length;
    }
    return n;
}

static size_t make_text(const struct text_maker *maker, unsigned *seed, char *out)
{
    size_t n = 0;
    for (int i = 0; i < 64; i++) {
        n += put_word(out + n, draw(maker, seed));
        if (i % 6 == 5) {
            memcpy(out + n, "，", 3);
            n += 3;
        }
    }
    return n;
}

// --- writing ---------------------------------------------------------------------------------------------------------
struct writer {
    const struct house *house;
    const struct text_maker *maker;
    int64_t first_id, count, step;
};
struct document {
    int64_t id;
    struct str text;
};

static void fresh_ctx(struct ctx *c, const struct house *house)
{
    *c = (struct ctx){.arena = arena_new(64 << 20), .house = house, .tenant_id = 1, .now_ms = 1};
}

static enum err put(struct ctx *c, void *arg)
{
    struct document *document = arg;
    return search_put(c, "request", document->id, document->text);
}

static void *write_documents(void *arg)
{
    struct writer *writer = arg;
    struct ctx c;
    fresh_ctx(&c, writer->house);
    char text[1024];
    unsigned seed = (unsigned)writer->first_id * 7919u + 17u;
    for (int64_t i = 0; i < writer->count; i++) {
        int64_t number = writer->first_id + i * WRITERS;
        struct document document = {number * writer->step, {text, make_text(writer->maker, &seed, text)}};
        if (store_write(&c, put, &document)) {
            fprintf(stderr, "%s\n", c.error.key);
            exit(1);
        }
        arena_reset(c.arena);
    }
    arena_free(c.arena);
    return NULL;
}

static void fill(const struct house *house, const struct text_maker *maker, int64_t count, int64_t step)
{
    static struct writer writers[WRITERS];
    pthread_t threads[WRITERS];
    int64_t began = clock_monotonic_ns();
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){house, maker, i + 1, count / WRITERS, step};
        pthread_create(&threads[i], NULL, write_documents, &writers[i]);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    double seconds = (double)(clock_monotonic_ns() - began) / 1e9;
    printf("%lld documents in %.1f s: %.0f/s\n", (long long)count, seconds, (double)count / seconds);
}

// --- asking ----------------------------------------------------------------------------------------------------------
struct question {
    struct str words;
    int64_t before;
    size_t found;
    int64_t ids[20];
};

static enum err ask(struct ctx *c, void *arg)
{
    struct question *question = arg;
    return search_find(c, "request", question->words, question->before, 20, question->ids, &question->found);
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void measure(struct ctx *c, const char *what, int from, int words, int64_t before)
{
    static int64_t times[ROUNDS];
    size_t found = 0;
    for (int round = 0; round < ROUNDS; round++) {
        char text[256];
        size_t n = 0;
        for (int i = 0; i < words; i++) {
            n += put_word(text + n, from + (round * (1 + i) + i) % (from < 10 ? 5 : from));
            text[n++] = ' ';
        }
        struct question question = {.words = {text, n}, .before = before};
        int64_t began = clock_monotonic_ns();
        if (store_read(c, ask, &question))
            fprintf(stderr, "%s\n", c->error.key);
        times[round] = clock_monotonic_ns() - began;
        found += question.found;
        arena_reset(c->arena);
    }
    qsort(times, ROUNDS, sizeof *times, by_value);
    printf("%-44s p50 %8.3f ms  p99 %8.3f ms  found %.1f\n", what, (double)times[ROUNDS / 2] / 1e6,
           (double)times[ROUNDS * 99 / 100] / 1e6, (double)found / ROUNDS);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static struct text_maker maker;
    static struct house house;
    struct ctx c;
    if (argc < 3)
        return fprintf(stderr, "bench_search URL DOCUMENTS [ask | at-once]\n"), 2;
    int64_t count = atoll(argv[2]);
    log_set_level(LOG_WARN);
    weigh(&maker);
    house.clock = &clock_machine;
    house.keys = keys_for_test(SUITE_STD);
    fresh_ctx(&c, &house);
    struct store_options options = {.url = argv[1]};
    if (store_open(&c, &options, &house.store))
        return fprintf(stderr, "%s\n", c.error.key), 1;
    bool ask_only = argc > 3 && !strcmp(argv[3], "ask");
    bool at_once = argc > 3 && !strcmp(argv[3], "at-once"); // all ids of one moment, as after an import
    int64_t step = at_once ? 1 : (366 * DAY_MS << 22) / count;
    if (!ask_only)
        fill(&house, &maker, count, step);
    int64_t middle = step * count / 2;
    measure(&c, "most frequent words, newest", 0, 1, 0);
    measure(&c, "most frequent words, page in the middle", 0, 1, middle);
    measure(&c, "words of rank 100 to 200", 100, 1, 0);
    measure(&c, "words of rank 2,000 to 4,000", 2000, 1, 0);
    measure(&c, "words of rank 10,000 to 20,000", 10000, 1, 0);
    measure(&c, "two frequent words", 0, 2, 0);
    measure(&c, "two words of rank 100 to 200", 100, 2, 0);
    measure(&c, "three words of rank 100 to 200", 100, 3, 0);
    measure(&c, "two words of rank 2,000 (seldom together)", 2000, 2, 0);
    store_close(house.store);
    keys_free(house.keys);
    arena_free(c.arena);
    return 0;
}
