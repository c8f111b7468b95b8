// SPDX-License-Identifier: MulanPSL-2.0
#include "base/log.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#define MESSAGE_BYTES 2000

// The one mutable setting here: written at start (and in tests), read by every thread.
static _Atomic int lowest_level = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&lowest_level, (int)level, memory_order_relaxed);
}

// Copies message, with control bytes (C0, DEL, C1 in UTF-8), line separators and bytes that are not UTF-8 as \xhh.
static size_t escape(const char *message, size_t n, char *out)
{
    static const char hex[] = "0123456789abcdef";
    size_t to = 0;
    for (size_t i = 0; i < n;) {
        unsigned char c = (unsigned char)message[i];
        size_t length = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        struct str one = {message + i, length};
        bool plain = length <= n - i && utf8_valid(one);
        size_t end = i + 1;
        if (plain) {
            int32_t code_point = utf8_next(one, &(size_t){0});
            plain = code_point >= 0x20 && (code_point < 0x7F || code_point > 0x9F) && code_point != 0x2028 &&
                    code_point != 0x2029;
            end = i + length;
        }
        for (; i < end; i++) {
            if (plain) {
                out[to++] = message[i];
            } else {
                out[to++] = '\\';
                out[to++] = 'x';
                out[to++] = hex[(unsigned char)message[i] >> 4];
                out[to++] = hex[(unsigned char)message[i] & 15];
            }
        }
    }
    return to;
}

void log_write(enum log_level level, const char *format, ...)
{
    if ((int)level < atomic_load_explicit(&lowest_level, memory_order_relaxed))
        return;
    static const char *const names[] = {"debug", "info", "warn", "error"};
    char message[MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    if (n < 0)
        return;
    bool cut = (size_t)n >= sizeof(message);
    size_t length = cut ? sizeof(message) - 1 : (size_t)n;
    char line[MESSAGE_BYTES * 4 + 64];
    time_format(clock_now_ms(&clock_machine), line);
    size_t at = 24;
    at += (size_t)snprintf(line + at, 16, " %s ", names[level]);
    at += escape(message, length, line + at);
    if (cut)
        at += (size_t)snprintf(line + at, 8, " ...");
    line[at++] = '\n';
    // One write, so that lines of several threads do not mix. A log that cannot be written has no better place to say
    // so.
    ssize_t written = write(STDERR_FILENO, line, at);
    (void)written;
}
