// SPDX-License-Identifier: MulanPSL-2.0
// Inside of src/http: what a loop counts. Written by its thread only, read by any.
#pragma once
#include "http/router.h"

#include <stdatomic.h>

#define METRIC_BUCKETS 12
struct counters {
    _Atomic uint64_t requests[METHOD_COUNT + 1][6]; // by method and hundreds of the status
    _Atomic uint64_t buckets[METRIC_BUCKETS + 1];   // of latency; the last: slower than all
    _Atomic uint64_t latency_ns, rejected, received_bytes, sent_bytes, accepted, cut_off;
    _Atomic int64_t in_flight, connections, readers;
};
void counters_answer(struct counters *counters, enum http_method method, int status, int64_t latency_ns);
#define COUNT(counter_, by_) atomic_fetch_add_explicit(&(counter_), (by_), memory_order_relaxed)
