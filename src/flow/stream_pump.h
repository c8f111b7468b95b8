// SPDX-License-Identifier: MulanPSL-2.0
// Brings what is committed to the live streams: reads new events of house->tenant_id from the log and publishes them to
// who is concerned (event_subject.topics). Reading the log rather than being told makes no difference between events of
// this process and of others (a second server, linli import). A hint, not a record: pages fetch what they show.
#pragma once
#include "base/ctx.h"

struct stream_pump;
// One thread, woken by commits of this process (it takes store_on_commit) and every 500 ms. Begins at the newest event.
// What is published: type = the subject's kind, data {"id","type","state"?}, event id.
enum err stream_pump_start(struct ctx *c, const struct house *house, struct stream_pump **ret_pump);
// After all that writes has ended, before the store is closed.
void stream_pump_stop(struct stream_pump *pump);
