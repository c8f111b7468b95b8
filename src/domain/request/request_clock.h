// SPDX-License-Identifier: MulanPSL-2.0
// The four clocks of a request: C1 dispatch and C3 completion run from the report, C2 response from the report until it
// is signed for and the reporter was spoken to, C4 verification from the finish. None begins at signing: a signature
// withheld gains nothing. What they say is a pure function of the row, its pauses and the calendar. Only a request that
// waits for its reporter, or is on hold with approval, pauses; the time between closing and reopening is nobody's.
#pragma once
#include "base/calendar.h"
#include "domain/request/request_internal.h"

enum pause_reason { PAUSE_AWAITING, PAUSE_HOLD, PAUSE_CLOSED };
#define REQUEST_PAUSE_FIELDS(F, S)                                                                                     \
    F(S, ID, request_id, .flags = FIELD_KEY, .doc = "Whose clock stood still")                                         \
    F(S, TIME, from_ms, .flags = FIELD_KEY, .doc = "From when")                                                        \
    F(S, TIME, to_ms, .doc = "Until when")                                                                             \
    F(S, ENUM, reason, .names = pause_reason_names, .doc = "Why")
struct request_pause {
    REQUEST_PAUSE_FIELDS(FIELD_MEMBER, request_pause)
};
extern const char *const pause_reason_names[];
extern const struct record request_pause_record;

#define PAUSES_MAX 200
struct request_pauses {
    struct calendar_pause at[PAUSES_MAX]; // one that has not ended: until the end of time
    size_t count;
};
enum err request_pauses_read(struct ctx *c, const struct request *r, struct request_pauses *ret_pauses);
// to_ms 0: it goes on.
enum err request_pause_put(struct ctx *c, const struct request *r, int64_t from_ms, int64_t to_ms,
                           enum pause_reason reason);

// Escalation by share of the limit of C3, after DIGIT: the level rises, the responsible post does not change.
#define REQUEST_LEVELS 5
extern const int
    request_level_shares[REQUEST_LEVELS]; // percent: remind, yellow, red and one level up, next, supervision

// When that share of the time from from_ms to due_ms is used up. The limit is taken as it stands: whoever imported a
// request may have given it.
int64_t request_level_at(const struct calendar *calendar, int64_t from_ms, int64_t due_ms, enum calendar_unit unit,
                         int level, const struct request_pauses *pauses);
// The earliest mark that was not fired yet; at_ms 0: no clock runs.
struct request_mark request_next_mark(const struct calendar *calendar, const struct request *r,
                                      const struct request_pauses *pauses);
// The limit of C3 as budget, extensions and pauses make it.
int64_t request_limit(const struct calendar *calendar, const struct request *r, const struct request_pauses *pauses,
                      bool *ret_provisional);
// The same while a pause goes on: what it would be, had that not begun. It moves on when the pause ends.
int64_t request_limit_standing(const struct calendar *calendar, const struct request *r,
                               const struct request_pauses *pauses, bool *ret_provisional);
// The mark as of now, from the store: ERR_CONFLICT request.nothing_due while none has passed.
enum err request_mark_due(struct ctx *c, const struct request *r, struct request_mark *ret_mark);
bool request_mark_reminds(const struct request_mark *mark); // else it goes one level up
// When the clock ends, or would: 0 for one that has not begun.
int64_t request_clock_due(const struct calendar *calendar, const struct request *r, enum request_clock clock,
                          const struct request_pauses *pauses);
// Another service item: limits and due instant of the row as they are afterwards.
void request_reclassify(const struct calendar *calendar, struct request *r, const struct service_item *item,
                        const struct request_pauses *pauses);
// Before the row is written: pauses begin and end with the state, the limit and the next mark follow. Levels that had
// passed elsewhere before an imported request came in are taken as reached.
enum err request_clock_settle(struct ctx *c, struct request *r, bool fresh);
// Into the event of the step, once the row is settled: the limit of each clock that the step ended (dispatch_due,
// response_due, completion_due, verification_due), and due when the limit of C3 has moved. With the event's own time
// whoever reads the log can say what was in time; the calendar's version is in request.reported, to reckon it again.
enum err request_clock_tell(struct ctx *c, struct request_case *rc);
