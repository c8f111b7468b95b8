// SPDX-License-Identifier: MulanPSL-2.0
// A vendor of our own on the loopback: answers what it was told to, in order, and keeps what it was asked.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define VENDOR_CALLS_MAX 128
struct vendor;
struct vendor *vendor_start(void);
void vendor_stop(struct vendor *v);
int vendor_port(const struct vendor *v);
// The next answer; status 0: the connection is closed without one. When none is left: 200 {"errcode":0,"errmsg":"ok"},
// and to a call of stable_token a token "T1".
void vendor_answer(struct vendor *v, int status, const char *headers, const char *body);
size_t vendor_calls(struct vendor *v);
const char *vendor_call(struct vendor *v, size_t index); // request line, headers and body
void vendor_forget(struct vendor *v);                    // calls and answers
