// SPDX-License-Identifier: MulanPSL-2.0
// The sample module of the store's tests: two tables, what is often done with them, and a test run on each engine.
#pragma once
#include "store/test_store_util.h"
#include "test_store_sql.h"

enum sample_state { SAMPLE_NEW, SAMPLE_DONE };

struct sample {
    int64_t id;
    struct str label;
    int64_t number;
    double price;
    bool flag;
    int64_t at_ms;
    int state;
    struct str secret;
    struct str extra;
    int64_t shown; // computed
};

struct child {
    int64_t sample_id, id;
    struct str note;
};

struct total {
    int64_t count, number;
    double price;
    struct str label;
};
extern const struct record sample_record, child_record, total_record;
extern const struct store_part sample_parts[1];

struct sample sample_of(int64_t id);
// Transaction bodies: arg is the struct sample, or where the number goes.
enum err sample_insert(struct ctx *c, void *arg);
enum err sample_find(struct ctx *c, void *arg); // by its id, in place
enum err sample_count(struct ctx *c, void *arg);
enum err sample_insert_and_refuse(struct ctx *c, void *arg); // ERR_FORBIDDEN, so that nothing stays
enum err child_insert_orphan(struct ctx *c, void *arg);      // arg: int64_t, the id of the sample it hangs on
int64_t sample_count_of(struct ctx *c);

void on_each_engine(void (*test)(struct ctx *c), const struct store_part *with, size_t n);
// both_x, a cmocka test: test_x with the sample module on each engine.
#define ON_BOTH(name)                                                                                                  \
    static void both_##name(void **state)                                                                              \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        on_each_engine(test_##name, sample_parts, 1);                                                                  \
    }
