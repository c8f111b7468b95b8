// SPDX-License-Identifier: MulanPSL-2.0
// A task is the share of one unit in a request: 吹哨–报到–销哨. The desk whistles, the unit checks in, the unit clears;
// the request cannot be closed before. A task has limits of its own (OLA) that run from its own dispatch; the limit of
// the request (SLA) knows nothing of it (GLPI #1911). Between the files of this module only.
#pragma once
#include "domain/request/request_clock.h"

// --- the flow "task" (task_flow.c) -----------------------------------------------------------------------------------
enum task_relation {
    TASK_HELPER = 1,   // holds the post that was summoned, or is of its unit
    TASK_WHISTLER = 2, // who whistled, who holds that post now, or sub-district or district over the place
    TASK_SYSTEM = 4,
    TASK_WATCHER = 8, // may see the request
};
#define TASK_STATES(STATE)                                                                                             \
    STATE(SUMMONED, "summoned", "待报到", "Summoned", FLOW_INITIAL, TASK_HELPER, "check_in")                           \
    STATE(CHECKED_IN, "checked_in", "已报到", "Checked in", 0, TASK_HELPER, "clear")                                   \
    STATE(CLEARED, "cleared", "已销哨", "Cleared", FLOW_FINAL, 0, NULL)                                                \
    STATE(RECALLED, "recalled", "已撤哨", "Called off", FLOW_FINAL, 0, NULL)
#define TASK_STATE_NUMBER(code, ...) TASK_##code,
enum task_state { TASK_STATES(TASK_STATE_NUMBER) TASK_STATE_COUNT };
extern const char *const task_state_names[];
// Beijing's three grounds for a whistle.
enum task_ground { GROUND_BEYOND_US, GROUND_JOINT, GROUND_EMERGENCY };
extern const char *const task_ground_names[];

#define TASK_FIELDS(F, S)                                                                                              \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_INVOLVED, .doc = "The task")                                         \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_INVOLVED, .doc = "Grows with each change")                 \
    F(S, INT, steady_version, .doc = "Version of the last step that was no mark of a clock")                           \
    F(S, ENUM, state, .names = task_state_names, .read = READ_INVOLVED, .doc = "Where it stands")                      \
    F(S, BOOL, open, .read = READ_INVOLVED, .doc = "The unit still has to act")                                        \
    F(S, ID, request_id, .read = READ_INVOLVED, .doc = "The request it belongs to")                                    \
    F(S, ENUM, ground, .names = task_ground_names, .read = READ_INVOLVED, .doc = "Why others were summoned")           \
    F(S, SEALED, wanted, .flags = FIELD_MULTILINE, .read = READ_STAFF, .max = 500,                                     \
      .doc = "What is wanted of the unit", .purpose = "To know what has to be done")                                   \
    F(S, SEALED, reply, .flags = FIELD_MULTILINE, .read = READ_INVOLVED, .max = 3000, .doc = "What the unit has done", \
      .purpose = "To tell what was done")                                                                              \
    F(S, ENUM, unit, .names = calendar_unit_names, .read = READ_INVOLVED, .doc = "Time in which its limits count")     \
    F(S, INT, check_in_budget, .read = READ_INVOLVED, .doc = "Units until it has to be there")                         \
    F(S, INT, budget, .read = READ_INVOLVED, .doc = "Units until it has to be cleared")                                \
    F(S, TEXT, calendar_version, .read = READ_INVOLVED, .doc = "Calendar that the limits were reckoned with")          \
    F(S, ID, post_id, .read = READ_INVOLVED, .doc = "Post that was summoned")                                          \
    F(S, ID, org_id, .read = READ_INVOLVED, .doc = "Its unit, if it is one")                                           \
    F(S, TEXT, post_name, .read = READ_INVOLVED, .doc = "Name of the post")                                            \
    F(S, ID, whistler_id, .doc = "Who whistled")                                                                       \
    F(S, ID, whistler_post_id, .doc = "As holder of which post")                                                       \
    F(S, TEXT, whistler_name, .read = READ_INVOLVED, .doc = "Its name")                                                \
    F(S, TIME, whistled_at_ms, .read = READ_INVOLVED, .doc = "When the whistle was blown")                             \
    F(S, TIME, dispatched_at_ms, .read = READ_INVOLVED, .doc = "Since when its limits run: its own dispatch")          \
    F(S, TIME, check_in_due_at_ms, .read = READ_INVOLVED, .doc = "Until when the unit has to be there")                \
    F(S, TIME, due_at_ms, .read = READ_INVOLVED, .doc = "Until when it has to be cleared")                             \
    F(S, BOOL, due_provisional, .read = READ_INVOLVED, .doc = "Reckoned with a year whose holidays are not known")     \
    F(S, TIME, wait_due_at_ms, .doc = "Which of the two it waits for now; null: neither, or it stands still")          \
    F(S, ID, helper_id, .doc = "Who checked in")                                                                       \
    F(S, TIME, checked_in_at_ms, .read = READ_INVOLVED, .doc = "When the unit was there")                              \
    F(S, TIME, ended_at_ms, .read = READ_INVOLVED, .doc = "When it was cleared or called off")                         \
    F(S, INT, handed_over, .read = READ_INVOLVED, .doc = "How often it went to another team")                          \
    F(S, INT, check_in_level, .read = READ_INVOLVED, .doc = "Levels that the limit to be there has reached")           \
    F(S, INT, level, .read = READ_INVOLVED, .doc = "Levels that the limit to clear it has reached")                    \
    F(S, TIME, next_level_at_ms, .doc = "When the next is; null: none")                                                \
    F(S, ID, escalated_post_id, .read = READ_INVOLVED, .doc = "The post above that has to see to it")                  \
    F(S, TEXT, escalated_name, .read = READ_INVOLVED, .doc = "Its name")                                               \
    F(S, INT, photo_count, .read = READ_INVOLVED, .doc = "Pictures that belong to it")
struct request_task {
    TASK_FIELDS(FIELD_MEMBER, request_task)
};
extern const struct record request_task_record, task_view_record, task_action_record, whistle_one_record;
extern const struct flow task_flow;

// Whoever was ever summoned to a request reads it from then on; while a task of theirs is open, as its handler does.
#define HELPER_FIELDS(F, S)                                                                                            \
    F(S, ID, request_id, .flags = FIELD_KEY, .doc = "The request")                                                     \
    F(S, ID, post_id, .flags = FIELD_KEY, .doc = "A post that was summoned to it")                                     \
    F(S, ID, org_id, .doc = "Its unit, if it is one")                                                                  \
    F(S, ID, task_id, .doc = "The last task it had there")                                                             \
    F(S, BOOL, open, .doc = "That is not over")
struct request_helper {
    HELPER_FIELDS(FIELD_MEMBER, request_helper)
};
extern const struct record request_helper_record;
#define HELPERS_MAX 200

#define WHISTLE_MAX 12 // posts summoned by one whistle
#define TASKS_MAX 60   // of one request, ever

// --- clocks (task_clock.c) -------------------------------------------------------------------------------------------
// Both run from the dispatch of the task and stand still while those of its request do. Each has the levels of
// request_level_shares; at 100 % and above it is put one post up.
enum task_clock { TASK_CLOCK_CHECK_IN = 1, TASK_CLOCK_CLEAR };
struct task_mark {
    enum task_clock clock;
    int level; // from 1
    int64_t at_ms;
};
// The earliest that was not fired yet; at_ms 0: none, or it stands still.
struct task_mark task_next_mark(const struct calendar *calendar, const struct request_task *t, bool paused,
                                const struct request_pauses *pauses);
bool task_mark_reminds(const struct task_mark *mark);
// Limits from the dispatch, budgets and pauses.
void task_set_limits(const struct calendar *calendar, struct request_task *t, const struct request_pauses *pauses);
// Before the row is written: limits (unless they stand still), what it waits for, the next mark.
enum err task_clock_settle(struct ctx *c, struct request_task *t, const struct request *r);
// The next mark of the tasks of a request, at its minute; 0: none. And it fires, in the open write: int64_t id.
enum err task_next_of(struct ctx *c, int64_t request_id, int64_t *ret_id, int64_t *ret_at_ms);
enum err task_fire(struct ctx *c, void *arg);
// ERR_CONFLICT task.nothing_due while none has passed.
enum err task_mark_due(struct ctx *c, const struct request_task *t, const struct request *r, struct task_mark *ret);
bool task_overdue(const struct ctx *c, const struct request_task *t, const struct request *r);
// The clock of the request has stopped or goes on: those of its open tasks follow.
enum err task_clocks_follow(struct ctx *c, const struct request *r);

// --- rows and steps (task.c)
// ------------------------------------------------------------------------------------------ What the flow works on:
// the row first.
struct task_case {
    struct request_task t;
    struct request *request; // whose; never NULL
    bool in_hand;            // its row is being written by who called: only counted here
    struct routing routing;
    struct task_mark mark;
};
enum err task_get(struct ctx *c, int64_t id, struct request_task *ret_task); // ERR_NOT_FOUND task.unknown
enum err task_list_of(struct ctx *c, int64_t request_id, struct rows *ret_rows);
// ERR_NOT_FOUND task.unknown for who may not see its request.
enum err task_may_see(struct ctx *c, const struct request_task *t, struct request *ret_request);
enum err task_relate(struct ctx *c, const void *row, unsigned *ret_relations);
enum err task_save(struct ctx *c, void *row, int64_t old_version);
struct str task_seal(struct ctx *c, const struct request_task *t, const char *field, struct str clear);
enum err task_open_text(struct ctx *c, const struct request_task *t, const char *field, struct str box,
                        struct str *ret_clear);
// One step by c->actor in the open write.
enum err task_act(struct ctx *c, int64_t id, struct str action, const struct json *input, int64_t if_version,
                  struct request_task *ret_task);
// What one post is summoned for.
struct summons {
    int64_t post_id, budget, check_in;
    struct str wanted; // in clear
    int unit;
    struct routing routing;
};
// Reads and checks what was sent: posts, each once, none that is at it already; finds who is there now.
enum err task_read_summons(struct ctx *c, const struct request *r, struct str json, struct summons *ret_summons,
                           size_t *ret_count);
// In the write of the request's own step: the row, its first event, the notice; r's counts grow.
enum err task_summon(struct ctx *c, struct request *r, int ground, const struct summons *summons, int64_t *ret_id);
// The request was taken back: so are its tasks. In the write of that step.
enum err task_withdraw_all(struct ctx *c, struct request *r);
// What the actor is to the request by being summoned: RELATION_HELPER, RELATION_WATCHER or 0.
enum err task_helps(struct ctx *c, const struct request *r, unsigned *ret_relations);
// Live streams of the request: posts and units of those at it now.
enum err task_topics(struct ctx *c, const struct request *r, int64_t *topics, size_t max, size_t *count);
// May fail with request.tasks_open.
enum err task_none_open(struct ctx *c, const struct request *r);

// --- what is told (task_view.c, task_notice.c)
// ------------------------------------------------------------------------
enum err task_write_view(struct ctx *c, struct request_names *names, const struct request_task *t,
                         const struct request *r, unsigned readers, struct json_writer *w);
enum err task_views(struct ctx *c, struct request_names *names, const struct request *r, unsigned readers,
                    struct str *ret_json);
// Events of all tasks of the request, and their media, for its timeline.
enum err task_events(struct ctx *c, const struct request *r, struct rows *ret_events, struct rows *ret_media);
enum err task_notice(struct ctx *c, const struct request_task *before, const struct task_case *tc);
enum err task_count_late(struct ctx *c, int64_t place_id, int64_t max, int64_t *ret_count);
extern const struct route task_routes[];
// Of the subject kind "request_task" (flow/event.h: struct event_subject).
enum err task_topics_of(struct ctx *c, int64_t id, int64_t *ret_topics, size_t max, size_t *ret_count);
enum err task_may_read(struct ctx *c, int64_t id);
// Jobs.
enum err task_fire_marks(struct ctx *c);
enum err task_leave_vacant_posts(struct ctx *c);
// The post is vacant since this very write: its tasks go to whoever comes instead. As the system.
enum err task_leave_post(struct ctx *c, int64_t post_id);
