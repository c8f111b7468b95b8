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
    const char *site_name;     // shown in the page head
    const char *phone;         // for those who cannot or will not scan
    bool demo;                 // demo people, become, codes in the log
    bool empty;                // load nothing: no divisions, no catalogue, no demo
    const char *suite;         // "std" or "sm", for a new key file
    const char *calendar_file; // NULL: the one in the binary
    const char *district;      // official code of the district to serve
    const char *sms_gateway;   // "none", "log" (demo only), "http"
    const char *sms_url, *sms_key_file;
    const char *tls_cert, *tls_key;
    const char *trusted_proxy;
    int64_t workers, max_connections;
    const char *log_level;
};
