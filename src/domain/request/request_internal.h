// SPDX-License-Identifier: MulanPSL-2.0
// Between the files of this module only.
#pragma once
#include "domain/request/request.h"
#include "json/record_json.h"

// --- relations and the row in hand (request_flow.c, request_relate.c)
// -----------------------------------------------------------------
enum request_relation {
    RELATION_REPORTER = 1,
    RELATION_HANDLER = 2,    // holds the post that has to act, or is of its unit
    RELATION_DISPATCHER = 4, // desk or grid role over the place
    RELATION_VERIFIER = 8,   // the same, but did not handle it
    RELATION_CALLER = 16,    // desk role over the place, neither handled nor verified it
    RELATION_SUPERIOR = 32,  // sub-district or district over the place
    RELATION_SYSTEM = 64,
    RELATION_WATCHER = 128,   // the steward of the building, or who once handled it
    RELATION_APPROVER = 256,  // desk role over the place, neither handles it nor asked
    RELATION_HELPER = 512,    // was summoned by a whistle and is at it still
    RELATION_WHISTLER = 1024, // community or sub-district over the place
    RELATION_WILLING = 4096,  // anybody signed in, while a wish waits for somebody; gives nothing to read but the wall
    RELATION_CLAIMANT = 8192, // took the wish on: reads what everybody may, and the contact if that was agreed to
    RELATION_TEAM = 16384,    // of a proxy-service team whose area covers it, while an errand is offered
};
#define RELATIONS_OFFERED ((unsigned)RELATION_WILLING | RELATION_CLAIMANT | RELATION_TEAM)
#define RELATION_STAFF                                                                                                 \
    (RELATION_HANDLER | RELATION_DISPATCHER | RELATION_VERIFIER | RELATION_CALLER | RELATION_SUPERIOR |                \
     RELATION_APPROVER | RELATION_HELPER | RELATION_WHISTLER)

// Who has to act, and by which reasoning: told in the event of every automatic decision (PIPL art. 24).
struct routing {
    int64_t post_id, org_id, person_id;
    int64_t post_org_id;    // the organisation of the post, a unit or not; org_id only when it is a unit
    int64_t vacant_post_id; // skipped because nobody holds it
    struct str post_name;
    const char *rule; // "item_role", "next_upward", "unit", "unit_vacant", "chosen", "same_post", "above"
};

enum request_clock { CLOCK_DISPATCH = 1, CLOCK_RESPONSE = 2, CLOCK_VERIFICATION = 4, CLOCK_COMPLETION = 8 };
struct request_mark { // what runs out next (request_clock.h)
    enum request_clock clock;
    int level; // of CLOCK_COMPLETION: from 1
    int64_t at_ms;
};

// What the flow works on: the row first, so that a pointer to it is a pointer to this.
struct request_case {
    struct request r;
    bool fresh;               // not in the store yet: saved once, at the end of filing
    struct request before;    // as it was when the step began
    struct json_writer *data; // of the step's event, open until it is saved; NULL: no step
    struct routing routing;   // found by a guard, used by its apply
    struct request_mark mark; // the same: escalate
    const struct imported_request *imported;
    struct service_item item;      // found by a guard: reclassify
    const struct summons *summons; // the same: whistle
    size_t summons_count;
};
// The actor becomes the system for one step; put back what is returned.
struct actor request_become_system(struct ctx *c);
enum err request_relate(struct ctx *c, const void *row, unsigned *ret_relations);
enum err request_save(struct ctx *c, void *row, int64_t old_version);
// ERR_NOT_FOUND request.unknown for who has nothing to do with it.
enum err request_may_see(struct ctx *c, const struct request *r, unsigned *ret_relations);
unsigned request_readers(unsigned relations);
bool request_state_open(int state);

// --- who is responsible (request_route.c) ---------------------------------------------------------------------------
// By the item, as of c->now_ms. ERR_CONFLICT request.nobody_responsible.
enum err request_route(struct ctx *c, const struct request *r, struct routing *ret_routing);
// A post that somebody chose; checked: covers the place, is held.
enum err request_route_to(struct ctx *c, const struct request *r, int64_t post_id, struct routing *ret_routing);
// The post it has, or when nobody holds it any more the next.
enum err request_route_again(struct ctx *c, const struct request *r, struct routing *ret_routing);
// Whose desk it lies on while it is not dispatched; post 0 when there is none.
// The post above that has to see to it: of the next role upward from whom it was put to before, else from its owner.
// post_id 0: nobody is above.
enum err request_route_above(struct ctx *c, const struct request *r, struct routing *ret_routing);
// From the post, one role upward at a time; own_post_id is not above itself.
enum err request_route_up(struct ctx *c, const struct request *r, int64_t from_post_id, int64_t own_post_id,
                          struct routing *ret_routing);
// Instead of a post that nobody holds: another of its unit there, or the next upward.
enum err request_route_past(struct ctx *c, const struct request *r, int64_t post_id, struct routing *ret_routing);
// A post that was chosen, or when nobody holds it whoever comes instead, at once.
enum err request_route_nearest(struct ctx *c, const struct request *r, int64_t post_id, struct routing *ret_routing);
enum err request_route_desk(struct ctx *c, const struct request *r, struct routing *ret_routing);

#define JOINED_MAX 200 // requests joined to one

// --- rows (request.c) ------------------------------------------------------------------------------------------------
enum request_stage {
    STAGE_OTHER,
    STAGE_TO_DISPATCH,
    STAGE_TO_VERIFY,
    STAGE_TO_CONFIRM,
    STAGE_TO_DECIDE, // asks an approver, is contested, or was appealed
    STAGE_PAUSED,
    STAGE_TO_REVIEW = 6, // a wish that the community has to approve
    STAGE_ON_WALL,       // a wish that waits for somebody
    STAGE_TO_TEAMS,      // an errand offered to the teams
    STAGE_TAKEN          // a wish that somebody took on, or brought
};
#define REQUEST_SCOPE_FIELDS(F, S)                                                                                     \
    F(S, ID, place_id, .flags = FIELD_KEY, .doc = "A place above the request's, or its own")                           \
    F(S, ID, request_id, .flags = FIELD_KEY, .doc = "The request")                                                     \
    F(S, BOOL, open, .doc = "As in the request")                                                                       \
    F(S, INT, stage, .doc = "What the desk counts: As enum request_stage: what the desk counts")                       \
    F(S, BOOL, unsatisfied, .doc = "As in the request")                                                                \
    F(S, TIME, due_at_ms, .doc = "As in the request")                                                                  \
    F(S, TIME, closed_at_ms, .doc = "As in the request")
struct request_scope {
    REQUEST_SCOPE_FIELDS(FIELD_MEMBER, request_scope)
};
extern const struct record request_scope_record;
struct str request_seal(struct ctx *c, const struct request *r, const char *field, struct str clear);
// Empty stays empty.
enum err request_open_text(struct ctx *c, const struct request *r, const char *field, struct str box,
                           struct str *ret_clear);
struct request_scope request_scope_of(const struct request *r); // of its own place
enum err request_scope_write(struct ctx *c, const struct request *before, const struct request *after);
struct str request_local_time(struct ctx *c, int64_t at_ms); // as people say it, in the reader's language
// ERR_CONFLICT request.already_taken, with who and when.
enum err request_taken(struct ctx *c, const struct request *r);
// The request takes the item's kind, names, limits and owner's rule as they are now: its copy, which no later change of
// the item touches.
void request_set_item(struct request *r, const struct service_item *item);
// Item, version, unit, limits and calendar as members of the open object: whoever reads the log can reckon every clock.
void request_tell_limits(const struct request *r, struct json_writer *w);
// Puts words and item of a stored request into the search index, or after a change instead of what was there.
enum err request_reindex(struct ctx *c, const struct request *before, const struct request *after);
// The row with its counts of tasks, beside the steps of its own flow: whoever saw the version before may still act on
// it.
enum err request_save_counts(struct ctx *c, struct request *r);
// The resident is asked whether it was done; when other units were at it still, once the last is not.
enum err request_notice_callback(struct ctx *c, const struct request *r);
struct str request_local_time(struct ctx *c, int64_t at_ms); // "11月24日 18:05"
// Puts what has to be told of a step into the outbox (request_notice.c).
enum err request_notice(struct ctx *c, const struct request *before, const struct request *after);
// To the reporter, unless it is who acts; by text message too when that was asked for.
enum err request_tell_reporter(struct ctx *c, const struct request *r, const char *template);
enum err request_run(struct ctx *c, struct request_case *rc, const char *action, const struct json *input,
                     int64_t if_version);

// --- answers (request_json.c, request_timeline.c) -------------------------------------------------------------------
extern const struct record request_summary_record, request_view_record, request_new_record;
struct request_names; // remembers names within one answer
struct request_names *request_names_new(struct ctx *c);
enum err request_write_summary(struct ctx *c, struct request_names *names, const struct request *r, unsigned readers,
                               struct json_writer *w);
enum err request_write_view(struct ctx *c, const struct request *r, struct json_writer *w);
// The buttons that the actor has by one of those relations.
enum err request_actions_text(struct ctx *c, const struct request *r, unsigned only, struct str *ret_text);
// media: rows of media_list, all that belong to the request.
enum err request_timeline(struct ctx *c, struct request_names *names, const struct request *r, const struct rows *media,
                          struct str *ret_json);
extern const struct record timeline_entry_record;
struct str request_person_name(struct ctx *c, struct request_names *names, int64_t person_id);
bool request_overdue(const struct ctx *c, const struct request *r);
// Somebody above has to decide: it asks for a hold or more time, whose work it is, or appeals. Exclusions are apart:
// they are asked for closed requests too.
bool request_to_decide(const struct request *r);
// The clock runs: not finished yet, not paused. Only such a request is on the desk for its deadline.
bool request_clock_runs(const struct request *r);
#define REQUEST_SOON_MS DAY_MS // due within this: the desk says so
// Ids in text joined by commas, as FIELD_IDS keeps them.
enum err request_parse_ids(struct ctx *c, struct str text, int64_t *ret_ids, size_t max, size_t *ret_count);

// Attaches the pictures of the ids in media to a subject, counts them, and tells them in the event (request_steps.c).
enum err request_attach(struct ctx *c, const struct flow_step *step, const char *kind, int64_t id, struct str media,
                        const char *purpose, int64_t *photo_count);

// --- lists (request_list.c) -----------------------------------------------------------------------------------------
#define REACH_MAX 16
struct request_reach { // what the actor may list
    int64_t places[REACH_MAX], orgs[REACH_MAX];
    size_t place_count, org_count;
    bool mine;
};
struct request_filter {
    int64_t place_id, item_id, from_ms, to_ms, before, limit;
    unsigned states;  // bits; 0: any
    int kind, source; // -1: any
    int exclusion;    // -1: any
    bool overdue, due_soon, unsatisfied, to_decide, escalated, open, mine;
    struct str q;
};
enum err request_filter_read(struct ctx *c, const struct http_request *rq, int64_t limit_max,
                             struct request_filter *ret_filter);
enum err request_reach_of(struct ctx *c, const struct request_filter *filter, struct request_reach *ret_reach);
// Newest first. *ret_next: below which id to go on, 0 at the end. A page may be short when few rows match: a list never
// looks at more than a few thousand rows at once.
enum err request_find(struct ctx *c, const struct request_filter *filter, const struct request_reach *reach,
                      const struct request **ret_rows, size_t *ret_count, int64_t *ret_next);

enum err request_restored(struct ctx *c); // builds the search index again

// --- routes, jobs ---------------------------------------------------------------------------------------------------
enum err request_http_list(struct ctx *c, struct http_request *rq, struct http_response *rs);
enum err request_http_csv(struct ctx *c, struct http_request *rq, struct http_response *rs);
enum err request_http_worklist(struct ctx *c, struct http_request *rq, struct http_response *rs);
enum err request_http_desk(struct ctx *c, struct http_request *rq, struct http_response *rs);
enum err request_http_door(struct ctx *c, struct http_request *rq, struct http_response *rs);
enum err request_http_wall(struct ctx *c, struct http_request *rq, struct http_response *rs);
enum err request_http_wall_summary(struct ctx *c, struct http_request *rq, struct http_response *rs);
extern const struct record wall_entry_record, wall_summary_record, desk_record, worklist_record, door_view_record,
    request_action_record;
extern const struct record request_action_ref_record, reading_reason_record, request_contact_record;
// Opens name, number and door with the reason in the body, each an event; who may is checked before.
enum err request_write_contact(struct ctx *c, struct http_request *rq, const struct request *r,
                               struct http_response *rs);
extern const struct route request_routes[];
extern const struct job request_jobs[];
extern const struct event_hearer request_hears[];
