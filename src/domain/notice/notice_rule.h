// SPDX-License-Identifier: MulanPSL-2.0
// When a notice goes out, as pure functions: quiet hours, the wait after a failure, the pace of a robot. Nothing here
// reads a clock, a store or chance.
#pragma once
#include "base/clock.h"
#include "base/str.h"

// Minutes of the local day; from may lie after to: over midnight. from == to: no quiet hours.
struct notice_quiet {
    int from_minute, to_minute;
};
// "21:00-08:00", or "off". False on anything else.
bool notice_quiet_parse(struct str text, struct notice_quiet *ret_quiet);
// at_ms, or the end of the quiet hours it lies in.
int64_t notice_after_quiet(const struct notice_quiet *quiet, int64_t zone_ms, int64_t at_ms);

#define NOTICE_BACKOFF_MAX_MS HOUR_MS
// The wait after the failures-th failure (from 1): base, doubled each time, at most an hour; of that between the half
// and the whole, as chance decides, so that many who failed together do not come back together.
int64_t notice_backoff_ms(int64_t base_ms, int64_t failures, uint32_t chance);

// A robot may send 20 messages in any minute (developer.work.weixin.qq.com/document/path/91770). Up to eight at once,
// then one each six seconds: at most 18 in any minute, so that delays on the way do no harm.
#define NOTICE_PACE_BURST 8
#define NOTICE_PACE_EVERY_MS (6 * SECOND_MS)
// paced_to_ms is what the robot remembers; 0 at first. The earliest time of the next message, and what is to be
// remembered when one goes at at_ms.
int64_t notice_pace_earliest(int64_t paced_to_ms);
int64_t notice_pace_take(int64_t paced_to_ms, int64_t at_ms);
