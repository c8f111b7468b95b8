// SPDX-License-Identifier: MulanPSL-2.0
// A process is a table: states × actions × who may × guard. One engine drives every flow; the same tables draw the
// diagrams, tell the web app which buttons to show and are checked by a program (flow_check).
#pragma once
#include "base/ctx.h"
#include "base/field.h"
#include "json/json.h"

enum flow_state_flag {
    FLOW_INITIAL = 1,
    FLOW_FINAL = 2,  // may end here; actions (reopen, rate) may still lead on
    FLOW_PAUSED = 4, // the subject's clock stands still
};
struct flow_state {
    const char *name, *zh, *en;
    unsigned flags;
    unsigned owner;    // set of the flow's relations: who has to act next; 0 only with FLOW_FINAL
    const char *clock; // what runs while it waits ("completion"); NULL only with FLOW_FINAL
};

// What an actor is to a subject ("reporter", "handler", "dispatcher"): bits, named by the flow.
struct flow_relation {
    unsigned bit;
    const char *name, *zh, *en;
};

struct flow_step; // below
typedef enum err (*flow_guard)(struct ctx *c, const struct flow_step *step);
typedef enum err (*flow_apply)(struct ctx *c, const struct flow_step *step);

#define FLOW_SAME (-1) // to: the state stays
struct flow_rule {
    const char *action, *zh, *en; // "sign", "签收", "Sign for"
    unsigned from;                // set of bits 1u << state
    int to;                       // index of a state or FLOW_SAME
    unsigned who;                 // set of relations, any of them
    flow_guard guard;             // NULL: none. Fails with the reason
    flow_apply apply;             // NULL: none. Changes the row before it is saved
    const struct record *in;      // what the action takes; NULL: nothing
    const char *event;            // "request.signed"
    unsigned flags;               // enum flow_rule_flag
};
enum flow_rule_flag {
    FLOW_NEEDS_NOTE = 1,  // the engine demands "note" in what is sent
    FLOW_HIDDEN = 2,      // no button: the system or another action takes it
    FLOW_GUARD_SHOWS = 4, // the guard also decides about the button: it is asked with in and data NULL
};

struct flow {
    const char *name, *zh, *en;
    const struct flow_state *states;
    size_t state_count;
    const struct flow_rule *rules;
    size_t rule_count;
    const struct flow_relation *relations;
    size_t relation_count;
    const struct record *record; // of the row; has fields id, state (FIELD_ENUM), version
    enum err (*relate)(struct ctx *c, const void *row, unsigned *ret_relations); // what c->actor is to the row
    // Writes the row guarded by its version (row's version is already the new one): ERR_CONFLICT when nobody's row
    // changed, with who was first.
    enum err (*save)(struct ctx *c, void *row, int64_t old_version);
};

struct flow_step {
    const struct flow *flow;
    const struct flow_rule *rule;
    void *row;
    int from, to;
    const void *in;           // struct of rule->in, validated; NULL when rule->in is NULL
    struct str note;          // what the actor wrote, in clear (flow/event.h: event_note_open)
    struct json_writer *data; // open object: members of the event's data (from, to are there already)
};

// What apply adds to the event's data, a member each; an id of 0 and an empty word are left out.
void flow_tell_id(const struct flow_step *step, const char *key, int64_t id);
void flow_tell_word(const struct flow_step *step, const char *key, struct str word);
void flow_tell_time(const struct flow_step *step, const char *key, int64_t at_ms);
void flow_tell_number(const struct flow_step *step, const char *key, int64_t number);

// One step: finds the rule for (state, action), checks relation and guard, applies, saves, appends the event, all in
// the open transaction. The event's subject is (record->name, row's id), its data {"from","to", what apply adds,
// "note_box"}. Every action takes a note (member "note", up to EVENT_NOTE_MAX code points), unless rule->in has a
// field of that name, which then is the note; the engine keeps it sealed in the event. if_version: as the client saw
// it, -1 for any. Errors: flow.no_such_action (404), flow.not_allowed (403; also for a relation the actor lacks),
// flow.wrong_state (409, {0} = the state's name), ERR_STALE flow.stale.
enum err flow_act(struct ctx *c, const struct flow *flow, void *row, struct str action, const struct json *input,
                  int64_t if_version, int64_t *ret_event_id);
// The actions open to the actor now: for buttons. [{"action","label","needs_note","input"}…]
enum err flow_write_actions(struct ctx *c, const struct flow *flow, const void *row, struct json_writer *w);
// Of those, the ones that the actor has by one of these relations.
enum err flow_write_actions_as(struct ctx *c, const struct flow *flow, const void *row, unsigned relations,
                               struct json_writer *w);
void flow_mermaid(const struct flow *flow, const char *lang, struct buf *out);
// Every state reachable; every state can end; every waiting state has an owner, a clock, and a rule its owner may use;
// rules name existing states and relations. False: *ret_fault tells the first fault.
bool flow_check(struct ctx *c, const struct flow *flow, struct str *ret_fault);
