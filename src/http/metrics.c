// SPDX-License-Identifier: MulanPSL-2.0
// The server's own counters as Prometheus text.
#include "http/metrics.h"
#include "http/server.h"

#include <inttypes.h>

// Upper bounds of the latency buckets.
static const struct {
    int64_t ns;
    const char *label;
} bounds[METRIC_BUCKETS] = {
    {500000, "0.0005"},  {1000000, "0.001"},  {2500000, "0.0025"}, {5000000, "0.005"},
    {10000000, "0.01"},  {25000000, "0.025"}, {50000000, "0.05"},  {100000000, "0.1"},
    {250000000, "0.25"}, {500000000, "0.5"},  {1000000000, "1"},   {5000000000, "5"},
};

void counters_answer(struct counters *counters, enum http_method method, int status, int64_t latency_ns)
{
    int hundreds = status >= 100 && status < 600 ? status / 100 : 0;
    int bucket = 0;
    while (bucket < METRIC_BUCKETS && latency_ns > bounds[bucket].ns)
        bucket++;
    COUNT(counters->requests[method][hundreds], 1);
    COUNT(counters->buckets[bucket], 1);
    COUNT(counters->latency_ns, (uint64_t)latency_ns);
}

static uint64_t sum(const struct http_server *server, size_t offset)
{
    uint64_t total = 0;
    for (int i = 0; i < server->loop_count; i++) {
        const char *counters = (const char *)&server->loops[i].counters;
        const _Atomic uint64_t *counter = (const _Atomic uint64_t *)(const void *)(counters + offset);
        total += atomic_load_explicit(counter, memory_order_relaxed);
    }
    return total;
}
#define SUM(member_) sum(server, offsetof(struct counters, member_))

static void put_head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_one(struct buf *out, const char *name, const char *type, const char *help, uint64_t value)
{
    put_head(out, name, type, help);
    buf_addf(out, "%s %" PRIu64 "\n", name, value);
}

static void put_requests(const struct http_server *server, struct buf *out)
{
    put_head(out, "linli_http_requests_total", "counter", "Requests answered, by method and class of status.");
    for (size_t method = 0; method <= METHOD_COUNT; method++)
        for (size_t hundreds = 1; hundreds < 6; hundreds++) {
            uint64_t n = sum(server, offsetof(struct counters, requests) + (method * 6 + hundreds) * sizeof(uint64_t));
            if (n)
                buf_addf(out, "linli_http_requests_total{method=\"%s\",class=\"%zuxx\"} %" PRIu64 "\n",
                         method < METHOD_COUNT ? method_names[method] : "other", hundreds, n);
        }
}

static void put_latency(const struct http_server *server, struct buf *out)
{
    static const char name[] = "linli_http_request_duration_seconds";
    uint64_t total = 0;
    put_head(out, name, "histogram", "From the request line to the answer.");
    for (size_t i = 0; i <= METRIC_BUCKETS; i++) {
        total += sum(server, offsetof(struct counters, buckets) + i * sizeof(uint64_t));
        buf_addf(out, "%s_bucket{le=\"%s\"} %" PRIu64 "\n", name, i < METRIC_BUCKETS ? bounds[i].label : "+Inf", total);
    }
    buf_addf(out, "%s_sum %.6f\n%s_count %" PRIu64 "\n", name, (double)SUM(latency_ns) / 1e9, name, total);
}

void http_metrics(const struct http_server *server, struct buf *out)
{
    union { // the length is read under the queue's lock, which is not part of what is shown
        const struct http_server *given;
        struct http_server *taken;
    } view = {.given = server};
    put_requests(server, out);
    put_latency(server, out);
    put_one(out, "linli_http_in_flight", "gauge", "Requests not yet answered, open streams included.", SUM(in_flight));
    put_one(out, "linli_http_queue_length", "gauge", "Requests waiting for a worker.",
            (uint64_t)work_length(&view.taken->work));
    put_one(out, "linli_http_rejected_total", "counter", "Requests sent away because the queue was full.",
            SUM(rejected));
    put_one(out, "linli_http_connections", "gauge", "Open connections.", SUM(connections));
    put_one(out, "linli_http_accepted_total", "counter", "Connections taken.", SUM(accepted));
    put_one(out, "linli_http_cut_off_total", "counter", "Connections closed for being too slow.", SUM(cut_off));
    put_one(out, "linli_http_stream_readers", "gauge", "Open event streams.", SUM(readers));
    put_one(out, "linli_http_received_bytes_total", "counter", "Bytes of request bodies.", SUM(received_bytes));
    put_one(out, "linli_http_sent_bytes_total", "counter", "Bytes of answers' bodies.", SUM(sent_bytes));
}
