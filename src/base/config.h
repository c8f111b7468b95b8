// SPDX-License-Identifier: MulanPSL-2.0
// What an operator sets. Read once at start by src/app/config.c (command line over environment over file over default;
// its table is the documentation), read-only afterwards; reached through c->house->config.
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct config {
    const char *data_dir;      // keys, pictures, and the SQLite file
    const char *store_url;     // "postgres://…"; NULL: SQLite in data_dir
    const char *bind;          // address to listen on
    int64_t port;              // 0: any
    const char *public_url;    // "https://linli.example.cn": what door codes link to; NULL: the request's own Host
    const char *jurisdiction;  // Open311 jurisdiction_id; NULL: one district, whatever is sent
    const char *site_name;     // shown in the page head
    const char *phone;         // for those who cannot or will not scan
    bool demo;                 // demo people, become, codes in the log
    bool demo_still;           // nothing happens by itself in the demo
    bool empty;                // load nothing: no divisions, no catalogue, no demo
    const char *suite;         // "std" or "sm", for a new key file
    const char *calendar_file; // NULL: the one in the binary
    const char *district;      // official code of the district to serve
    const char *sms_gateway;   // "none", "log" (demo only), "http"
    const char *sms_url, *sms_key_file;
    const char *dispute_visits;   // days after an agreement on which it is asked for: "7,30,90", "off"
    const char *notice_quiet;     // "21:00-08:00", local; "off"
    int64_t notice_retry_s;       // before the second try; doubles
    int64_t notice_give_up_hours; // after which a notice is not sent any more
    int64_t notice_keep_days;     // after which notices are erased
    const char *wecom_base;       // of the robots of WeCom groups
    const char *wx_base, *wx_appid, *wx_secret_file;
    const char *wx_templates; // "KEY=TEMPLATE_ID,thing1,time2;…"
    const char *wx_page;      // of the mini-program that a message opens; NULL: none
    const char *tls_cert, *tls_key;
    const char *trusted_proxy;
    const char *ledger_weights; // "30-35-35": of response, resolution, satisfaction in the composite
    int64_t workers, max_connections;
    const char *log_level;
};
