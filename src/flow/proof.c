// SPDX-License-Identifier: MulanPSL-2.0
#include "flow/proof.h"

#include "base/clock.h"
#include "base/id.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUBJECTS_A_WALK (INT64_C(1) << 18)
#define SENTENCE_BYTES 480
#define SEAL_OVERDUE_MS (10 * MINUTE_MS) // a minute is sealed within four while anything is recorded: see README.md

// A subject's chain as far as it was read.
struct chain {
    int64_t subject_id, count, last_id; // count 0: an empty slot
    uint32_t kind_hash;
    bool headed; // its row of event_head was seen
    unsigned char last_hash[HASH_BYTES];
};

struct proof {
    enum crypto_suite suite;
    int64_t tenant_id, walks, walk;
    int64_t events, seals, unsealed, last_id;
    // Events since the newest seal. A minute that a later one follows without a seal between goes to loose_id.
    struct merkle minute;
    int64_t minute_id, minute_first_id, minute_last_id, loose_id;
    struct event_seal last_seal;
    char last_seal_hash[2 * HASH_BYTES];
    struct chain *chains;
    size_t chain_slots, chain_count;
    // Sentences by how near they come to the row that lies; the first of each kind.
    char own[SENTENCE_BYTES], link[SENTENCE_BYTES], seal_link[SENTENCE_BYTES], head[SENTENCE_BYTES];
    char seal[SENTENCE_BYTES];
    int64_t link_id;
    char all[2 * SENTENCE_BYTES + 4];
};

static void *alloc_or_abort(size_t count, size_t size)
{
    void *p = calloc(count, size);
    if (!p)
        abort();
    return p;
}

struct proof *proof_new(enum crypto_suite suite, int64_t tenant_id, int64_t heads)
{
    struct proof *proof = alloc_or_abort(1, sizeof *proof);
    proof->suite = suite;
    proof->tenant_id = tenant_id;
    proof->walks = 1 + (heads > 0 ? (heads - 1) / SUBJECTS_A_WALK : 0);
    proof->chain_slots = 1024;
    proof->chains = alloc_or_abort(proof->chain_slots, sizeof *proof->chains);
    return proof;
}

void proof_free(struct proof *proof)
{
    if (!proof)
        return;
    free(proof->chains);
    free(proof);
}

int64_t proof_walks(const struct proof *proof)
{
    return proof->walks;
}

void proof_walk_begin(struct proof *proof, int64_t walk)
{
    proof->walk = walk;
    memset(proof->chains, 0, proof->chain_slots * sizeof *proof->chains);
    proof->chain_count = 0;
    proof->last_id = INT64_MIN;
}

// --- sentences -------------------------------------------------------------------------------------------------------

__attribute__((format(printf, 2, 3))) static bool say(char out[SENTENCE_BYTES], const char *format, ...)
{
    if (out[0])
        return false; // the first stands
    va_list args;
    va_start(args, format);
    vsnprintf(out, SENTENCE_BYTES, format, args); // NOLINT(clang-analyzer-valist.Uninitialized): it was begun above
    va_end(args);
    return false;
}

// What a row holds may be anything by now: only visible ASCII is shown.
static void show_kind(struct str kind, char out[32])
{
    size_t n = kind.n < 31 ? kind.n : 31;
    for (size_t i = 0; i < n; i++)
        out[i] = kind.p[i];
    out[n] = '\0';
    for (size_t i = 0; i < n; i++)
        if (out[i] < '!' || out[i] > '~')
            out[i] = '?';
}

static void show_id(int64_t id, char out[48])
{
    char text[ID_TEXT_LENGTH + 1] = "";
    if (id > 0)
        id_format(id, text);
    snprintf(out, 48, "%lld%s%s", (long long)id, text[0] ? " = " : "", text);
}

struct label {
    char text[192];
};
static struct label event_label(const struct event *event)
{
    struct label label;
    char kind[32], id[48], subject[48], time[32];
    show_kind(event->subject_kind, kind);
    show_id(event->id, id);
    show_id(event->subject_id, subject);
    time_format(id_time_ms(event->id), time);
    snprintf(label.text, sizeof label.text, "event %s of %s %s, recorded %s", id, kind, subject, time);
    return label;
}

static struct label seal_label(int64_t minute)
{
    struct label label;
    char time[32] = "no time";
    if (minute > 0 && minute < INT64_C(4000000000))
        time_format(minute * MINUTE_MS, time);
    snprintf(label.text, sizeof label.text, "event_seal %lld, minute %s", (long long)minute, time);
    return label;
}

static struct label head_label(const struct event_head *head)
{
    struct label label;
    char kind[32], subject[48];
    show_kind(head->subject_kind, kind);
    show_id(head->subject_id, subject);
    snprintf(label.text, sizeof label.text, "event_head of %s %s", kind, subject);
    return label;
}

// --- chains ----------------------------------------------------------------------------------------------------------

static uint32_t hash_kind(struct str kind)
{
    uint32_t h = 2166136261u; // FNV-1a
    for (size_t i = 0; i < kind.n; i++)
        h = (h ^ (unsigned char)kind.p[i]) * 16777619u;
    return h;
}

static uint64_t mix(int64_t subject_id, uint32_t kind_hash)
{
    uint64_t x = (uint64_t)subject_id ^ (uint64_t)kind_hash << 32; // splitmix64's finish
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static bool in_this_walk(const struct proof *proof, uint64_t mixed)
{
    return (int64_t)((mixed >> 33) % (uint64_t)proof->walks) == proof->walk;
}

// Its slot, or the empty one where it belongs.
static struct chain *find_chain(struct chain *chains, size_t slots, int64_t subject_id, uint32_t kind_hash)
{
    size_t at = (size_t)mix(subject_id, kind_hash) & (slots - 1);
    while (chains[at].count && (chains[at].subject_id != subject_id || chains[at].kind_hash != kind_hash))
        at = (at + 1) & (slots - 1);
    return &chains[at];
}

static void grow_chains(struct proof *proof)
{
    size_t slots = proof->chain_slots * 2;
    struct chain *grown = alloc_or_abort(slots, sizeof *grown);
    for (size_t i = 0; i < proof->chain_slots; i++)
        if (proof->chains[i].count)
            *find_chain(grown, slots, proof->chains[i].subject_id, proof->chains[i].kind_hash) = proof->chains[i];
    free(proof->chains);
    proof->chains = grown;
    proof->chain_slots = slots;
}

static bool follow_chain(struct proof *proof, const struct event *event, const unsigned char hash[HASH_BYTES])
{
    uint32_t kind_hash = hash_kind(event->subject_kind);
    if (!in_this_walk(proof, mix(event->subject_id, kind_hash)))
        return true;
    struct chain *chain = find_chain(proof->chains, proof->chain_slots, event->subject_id, kind_hash);
    unsigned char prev[HASH_BYTES];
    bool follows = chain->count ? hash_of_hex(event->prev_hash, prev) && memcmp(prev, chain->last_hash, HASH_BYTES) == 0
                                : event->prev_hash.n == 0;
    if (!follows && (!proof->link[0] || event->id < proof->link_id)) {
        proof->link[0] = '\0';
        proof->link_id = event->id;
        if (chain->count)
            say(proof->link, "%s: does not follow event %lld, the one before it: one was taken away, changed or put in",
                event_label(event).text, (long long)chain->last_id);
        else
            say(proof->link, "%s: the event before it is missing", event_label(event).text);
    }
    if (!chain->count) {
        if (proof->chain_count == 4 * SUBJECTS_A_WALK) // only when rows of event_head were taken away: keep to bounds
            return say(proof->own, "event_head: far fewer rows than subjects");
        proof->chain_count++;
    }
    *chain = (struct chain){
        .subject_id = event->subject_id, .kind_hash = kind_hash, .count = chain->count + 1, .last_id = event->id};
    memcpy(chain->last_hash, hash, HASH_BYTES);
    if (proof->chain_count * 4 > proof->chain_slots * 3)
        grow_chains(proof);
    return true;
}

// --- rows ------------------------------------------------------------------------------------------------------------

static void add_to_minute(struct proof *proof, const struct event *event, const unsigned char hash[HASH_BYTES])
{
    int64_t minute = minute_of_id(event->id);
    if (proof->minute.count && proof->minute_id != minute) {
        if (!proof->loose_id)
            proof->loose_id = proof->minute_first_id;
        proof->unsealed += (int64_t)proof->minute.count;
        proof->minute.count = 0;
    }
    if (!proof->minute.count) {
        merkle_begin(&proof->minute, proof->suite);
        proof->minute_id = minute;
        proof->minute_first_id = event->id;
    }
    merkle_add(&proof->minute, hash);
    proof->minute_last_id = event->id;
}

bool proof_event(struct proof *proof, const struct event *event)
{
    char hex[65];
    unsigned char hash[HASH_BYTES];
    if (proof->walk == 0) {
        if (event->id <= proof->last_id)
            return say(proof->own, "%s: stands after a later one", event_label(event).text);
        event_hash(proof->suite, proof->tenant_id, event, hex);
        if (!str_equal_z(event->hash, hex))
            return say(proof->own, "%s: its content does not fit its hash", event_label(event).text);
    }
    if (!hash_of_hex(event->hash, hash))
        return say(proof->own, "%s: its hash is malformed", event_label(event).text);
    proof->last_id = event->id;
    if (proof->walk == 0) {
        proof->events++;
        add_to_minute(proof, event, hash);
    }
    return follow_chain(proof, event, hash);
}

static void compare_minute(struct proof *proof, const struct event_seal *seal)
{
    unsigned char root[HASH_BYTES];
    char hex[65] = "";
    if (proof->minute.count) {
        merkle_root(&proof->minute, root);
        hex_of_hash(root, hex);
    }
    const struct label named = seal_label(seal->id);
    const char *label = named.text;
    int64_t count = (int64_t)proof->minute.count;
    if (proof->loose_id || (count && proof->minute_id != seal->id))
        say(proof->seal, "%s: before it lies event %lld, which no seal holds", label,
            (long long)(proof->loose_id ? proof->loose_id : proof->minute_first_id));
    else if (count != seal->count)
        say(proof->seal, "%s: sealed %lld events, the log has %lld", label, (long long)seal->count, (long long)count);
    else if (proof->minute_first_id != seal->first_id || proof->minute_last_id != seal->last_id)
        say(proof->seal, "%s: does not begin and end with the events it sealed", label);
    else if (!str_equal_z(seal->root, hex))
        say(proof->seal, "%s: its root does not fit the hashes of its %lld events", label, (long long)count);
}

bool proof_seal(struct proof *proof, const struct event_seal *seal)
{
    char hex[65];
    seal_hash(proof->suite, proof->tenant_id, seal, hex);
    if (!str_equal_z(seal->hash, hex))
        return say(proof->own, "%s: its content does not fit its hash", seal_label(seal->id).text);
    if (!str_equal(seal->prev_hash, proof->last_seal.hash) || (proof->seals && seal->id <= proof->last_seal.id))
        say(proof->seal_link, "%s: does not follow seal %lld, the one before it: one was taken away or put in",
            seal_label(seal->id).text, (long long)proof->last_seal.id);
    compare_minute(proof, seal);
    proof->loose_id = 0;
    proof->minute.count = 0;
    proof->seals++;
    memcpy(proof->last_seal_hash, hex, sizeof proof->last_seal_hash);
    proof->last_seal = (struct event_seal){.id = seal->id, .hash = {proof->last_seal_hash, 64}};
    return true;
}

// Relative to the newest event, not to the clock of whoever asks: what a process that was ended left unsealed is in
// order as long as nothing was recorded after it.
static void check_overdue(struct proof *proof)
{
    int64_t oldest_id = proof->loose_id ? proof->loose_id : proof->minute.count ? proof->minute_first_id : 0;
    char id[48];
    if (!oldest_id || id_time_ms(proof->last_id) - id_time_ms(oldest_id) <= SEAL_OVERDUE_MS)
        return;
    show_id(oldest_id, id);
    say(proof->seal,
        "event %s: no seal holds it, though the log goes on for more than ten minutes after it: seals were taken away, "
        "or sealing has stopped",
        id);
}

static void compare_seal_head(struct proof *proof, const struct event_seal_head *head)
{
    if (!head && proof->seals)
        say(proof->seal, "event_seal_head: is missing");
    else if (head &&
             (head->count != proof->seals || !proof->seals || head->seal_id != proof->last_seal.id ||
              !str_equal(head->seal_hash, proof->last_seal.hash) || head->sealed_to != minute_last_id(head->seal_id)))
        say(proof->seal, "event_seal_head: tells of %lld seals, the last %lld; the log has %lld, the last %lld",
            (long long)head->count, (long long)head->seal_id, (long long)proof->seals, (long long)proof->last_seal.id);
}

void proof_seal_head(struct proof *proof, const struct event_seal_head *head)
{
    compare_seal_head(proof, head);
    check_overdue(proof);
    proof->unsealed += (int64_t)proof->minute.count;
    proof->minute.count = 0;
}

void proof_head(struct proof *proof, const struct event_head *head)
{
    uint32_t kind_hash = hash_kind(head->subject_kind);
    if (!in_this_walk(proof, mix(head->subject_id, kind_hash)))
        return;
    struct chain *chain = find_chain(proof->chains, proof->chain_slots, head->subject_id, kind_hash);
    unsigned char last_hash[HASH_BYTES];
    if (!chain->count) {
        say(proof->head, "%s: tells of %lld events, the last event %lld; the log has none", head_label(head).text,
            (long long)head->count, (long long)head->last_id);
        return;
    }
    chain->headed = true;
    if (head->count != chain->count || head->last_id != chain->last_id || !hash_of_hex(head->last_hash, last_hash) ||
        memcmp(last_hash, chain->last_hash, HASH_BYTES) != 0)
        say(proof->head, "%s: tells of %lld events, the last event %lld; the log has %lld, the last event %lld%s",
            head_label(head).text, (long long)head->count, (long long)head->last_id, (long long)chain->count,
            (long long)chain->last_id, head->last_id == chain->last_id ? " with another hash" : "");
}

void proof_walk_end(struct proof *proof)
{
    char subject[48];
    for (size_t i = 0; i < proof->chain_slots && !proof->head[0]; i++) {
        const struct chain *chain = &proof->chains[i];
        if (!chain->count || chain->headed)
            continue;
        show_id(chain->subject_id, subject);
        say(proof->head, "event_head of subject %s: is missing; its newest is event %lld", subject,
            (long long)chain->last_id);
    }
}

void proof_unreadable(struct proof *proof, const char *table, bool after, int64_t id, struct str column)
{
    char name[32], of[48] = "";
    show_kind(column, name);
    if (id > 0)
        show_id(id, of);
    say(proof->own, "%s%s%s: its %s has another type than it was written with", table, after && of[0] ? " after " : " ",
        of, name);
}

void proof_untold(struct proof *proof, const char *kind, int64_t id)
{
    char text[48];
    show_id(id, text);
    say(proof->head, "%s %s: no event tells of it", kind, text);
}

int64_t proof_events(const struct proof *proof)
{
    return proof->events;
}

int64_t proof_seals(const struct proof *proof)
{
    return proof->seals;
}

int64_t proof_unsealed(const struct proof *proof)
{
    return proof->unsealed;
}

// A broken chain names the place better than a seal of a whole minute; both are said.
struct str proof_fault(struct proof *proof)
{
    const char *row = proof->own[0]         ? proof->own
                      : proof->link[0]      ? proof->link
                      : proof->seal_link[0] ? proof->seal_link
                                            : proof->head;
    snprintf(proof->all, sizeof proof->all, "%s%s%s", row, row[0] && proof->seal[0] ? "; " : "", proof->seal);
    return str_of(proof->all);
}
