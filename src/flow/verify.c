// SPDX-License-Identifier: MulanPSL-2.0
// The proof of the log as it lies in the store.
#include "crypto/seal.h"
#include "flow/log_walk.h"
#include "flow/module.h"
#include "flow/proof.h"
#include "flow/seal_log.h"
#include "flow_sql.h"

struct verify {
    struct proof *proof;
    void (*progress)(int64_t done, int64_t total, void *arg);
    void *arg;
    int64_t done, total;
};

static bool on_event(void *arg, const struct event *event)
{
    return proof_event(((struct verify *)arg)->proof, event);
}

static bool on_seal(void *arg, const struct event_seal *seal)
{
    return proof_seal(((struct verify *)arg)->proof, seal);
}

static void on_seal_head(void *arg, const struct event_seal_head *head)
{
    proof_seal_head(((struct verify *)arg)->proof, head);
}

static void on_head(void *arg, const struct event_head *head)
{
    proof_head(((struct verify *)arg)->proof, head);
}

static void on_page(void *arg, size_t events)
{
    struct verify *v = arg;
    v->done += (int64_t)events;
    if (v->progress)
        v->progress(v->done, v->total, v->arg);
}

static void on_unreadable(void *arg, const char *table, bool after, int64_t id, struct str column)
{
    proof_unreadable(((struct verify *)arg)->proof, table, after, id, column);
}

// The other way round: what events made is asked for its events.
static enum err find_untold(struct ctx *c, struct verify *v)
{
    const struct module_list *list = c->house->modules;
    for (size_t i = 0; list && i < list->count; i++) {
        for (const struct untold *untold = list->at[i]->untold; untold && untold->kind; untold++) {
            int64_t id;
            TRY(db_number(c, untold->find, NO_ARGS, &id));
            if (id)
                proof_untold(v->proof, untold->kind, id);
        }
    }
    return OK;
}

static enum err verify_read(struct ctx *c, void *arg)
{
    struct verify *v = arg;
    int64_t events = 0, heads = 0;
    TRY(db_number(c, &sql_event_count, NO_ARGS, &events));
    TRY(db_number(c, &sql_event_head_count, NO_ARGS, &heads));
    v->proof = proof_new(keys_suite(c->house->keys), c->tenant_id, heads);
    v->done = 0;
    v->total = events * proof_walks(v->proof);
    bool whole = true;
    for (int64_t walk = 0; walk < proof_walks(v->proof) && whole; walk++) {
        struct log_walk rows = {.on_event = on_event,
                                .on_seal = walk ? NULL : on_seal,
                                .on_seal_head = walk ? NULL : on_seal_head,
                                .on_head = on_head,
                                .on_page = on_page,
                                .on_unreadable = on_unreadable,
                                .arg = v};
        proof_walk_begin(v->proof, walk);
        TRY(log_walk(c, &rows, &whole));
        if (whole)
            proof_walk_end(v->proof);
    }
    return whole ? find_untold(c, v) : OK;
}

enum err verify_store(struct ctx *c, void (*progress)(int64_t done, int64_t total, void *arg), void *arg,
                      struct verify_report *ret_report)
{
    struct verify v = {.progress = progress, .arg = arg};
    enum err err = store_read(c, verify_read, &v);
    if (err == OK)
        *ret_report = (struct verify_report){.events = proof_events(v.proof),
                                             .seals = proof_seals(v.proof),
                                             .unsealed = proof_unsealed(v.proof),
                                             .fault = str_copy(c->arena, proof_fault(v.proof))};
    proof_free(v.proof);
    return err;
}
