// SPDX-License-Identifier: MulanPSL-2.0
// For the tests of the outbox: a small world with a clock to turn and a vendor on the loopback.
#pragma once
#define test_ctx test_ctx_without_store // base/test.h and the store's helper both have one
#include "base/test.h"
#undef test_ctx

#include "domain/notice/notice_internal.h"
#include "domain/notice/test_vendor.h"
#include "store/test_store_util.h"

#include <stdio.h>
#include <string.h>

struct world {
    struct ctx *c;
    struct clock clock;
    struct vendor *vendor;
    struct config config;
    char base[64], sms_url[80], secret_file[32];
    int64_t district, building;
    struct notice_robot robot;
};
void world_open(struct world *w, const char *engine); // 2026-03-02, a Monday, 09:00 in China
void world_close(struct world *w);
#define EACH_WORLD(name_)                                                                                              \
    (void)state;                                                                                                       \
    struct world name_;                                                                                                \
    for (const char *const *engine = test_engines(); *engine && (world_open(&(name_), *engine), true);                 \
         world_close(&(name_)), engine++)

void turn(struct world *w, int64_t by_ms);
struct putting {
    int64_t person_id, place_id;
    const char *word, *phone;
    bool urgent;
    const struct notice_robot *robot;
};
void put(struct world *w, struct putting p);
void agree(struct world *w, int64_t person_id, int64_t count); // to so many WeChat messages
int64_t agreed(struct world *w, int64_t person_id);
void notices_of(struct world *w, int64_t person_id, struct rows *ret_rows);
// The person's newest notice outside the inbox; state -1: there is none.
struct notice newest(struct world *w, int64_t person_id);
struct notice_robot add_robot(struct world *w, int64_t place_id);
void look_at_robot(struct world *w, struct notice_robot *robot);
void run(struct world *w); // the sending job, once
bool wanted(struct world *w);
bool heard(struct world *w, size_t index, const char *text); // did the vendor, in that call?
size_t contract_faults(struct world *w);
