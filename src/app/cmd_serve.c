// SPDX-License-Identifier: MulanPSL-2.0
// linli serve: the server, until SIGTERM or SIGINT.
#include "app/house.h"
#include "base/clock.h"
#include "base/log.h"
#include "domain/account/account.h"
#include "domain/demo/demo.h"

#include "flow/stream_pump.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

// The page of the web app that answers a path of its own. A name with an extension is a file's: it is there or is not.
static const char *page_for(struct str path)
{
    struct str name = path;
    while (name.n && str_find_byte(name, '/', 0) != (size_t)-1)
        str_cut(&name, '/');
    if (str_find_byte(name, '.', 0) != (size_t)-1)
        return NULL;
    static const struct {
        const char *prefix, *page;
    } pages[] = {{"/api", NULL},      {"/open311", NULL},      {"/assets/", NULL},
                 {"/data/", NULL},    {"/work", "/work.html"}, {"/console", "/console.html"},
                 {"/", "/index.html"}};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (str_starts_with(path, str_of(pages[i].prefix)))
            return pages[i].page;
    return NULL;
}

static void show_progress(const char *what, int64_t done, int64_t total, void *arg)
{
    (void)arg;
    printf("%s %lld/%lld\n", what, (long long)done, (long long)total);
    fflush(stdout);
}

static void set_log_level(const char *name)
{
    static const char *const names[] = {"debug", "info", "warn", "error", NULL};
    int level = enum_from_name(names, str_of(name));
    log_set_level(level < 0 ? LOG_INFO : (enum log_level)level);
}

// What has been started, in order; ended in the opposite order.
struct running {
    struct stream_pump *pump;
    struct scheduler *scheduler;
    struct http_server *server;
};

static enum err start(struct ctx *c, const struct house *house, struct running *running)
{
    const struct config *config = house->config;
    struct http_options options = {.house = house,
                                   .port = (int)config->port,
                                   .bind = config->bind,
                                   .routes = module_routes(c, &modules),
                                   .messages = module_messages(c, &modules),
                                   .files = packed_files,
                                   .file_count = packed_file_count,
                                   .page_for = page_for,
                                   .authenticate = account_authenticate,
                                   .demo = config->demo,
                                   .workers = (int)config->workers,
                                   .max_connections = (int)config->max_connections,
                                   .tls_cert = config->tls_cert,
                                   .tls_key = config->tls_key,
                                   .trusted_proxy = config->trusted_proxy,
                                   .reads_on_workers = strcmp(store_engine(house->store), "sqlite") != 0};
    TRY(stream_pump_start(c, house, &running->pump));
    TRY(scheduler_start(c, house, module_jobs(c, &modules), house->tenant_id, &running->scheduler));
    return http_start(c, &options, &running->server);
}

static void stop(struct running *running)
{
    if (running->server)
        http_stop(running->server);
    if (running->scheduler)
        scheduler_stop(running->scheduler);
    if (running->pump)
        stream_pump_stop(running->pump);
}

int cmd_serve(struct ctx *c, struct command_line *line)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL); // every thread inherits it; this one waits for them
    signal(SIGPIPE, SIG_IGN);
    set_log_level(line->config.log_level);
    struct house house;
    struct running running = {0};
    if (house_open(c, &line->config, OPEN_CREATE, &house) != OK) {
        print_error(c, "linli serve");
        return 1;
    }
    if (!line->config.demo && demo_refuse(c) != OK) {
        print_error(c, "linli serve");
        house_close(&house);
        return 2;
    }
    enum err err = line->config.demo ? demo_seed(c, show_progress, NULL) : OK;
    if (err == OK)
        err = start(c, &house, &running);
    if (err != OK) {
        print_error(c, "linli serve");
    } else {
        printf("ready %s://%s:%d\n", line->config.tls_cert ? "https" : "http", line->config.bind,
               http_port(running.server));
        fflush(stdout);
        int signal_number;
        sigwait(&ends, &signal_number);
        log_info("ending on signal %d", signal_number);
    }
    stop(&running);
    house_close(&house);
    return err != OK;
}
