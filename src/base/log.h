// SPDX-License-Identifier: MulanPSL-2.0
// One line an entry on stderr: time, level, message, key=value. Line breaks and control bytes in values are escaped
// (no log injection). Never given personal data or secrets: callers pass ids.
#pragma once
#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
void log_set_level(enum log_level level);
__attribute__((format(printf, 2, 3))) void log_write(enum log_level level, const char *format, ...);
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)
