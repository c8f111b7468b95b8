// SPDX-License-Identifier: MulanPSL-2.0
// The small readers: UTF-8, numbers, times, ids, hexadecimal digits. What they take they must give back.
#include "base/clock.h"
#include "base/id.h"
#include "base/str.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_utf8(struct str s)
{
    size_t pos = 0;
    size_t count = 0;
    if (!utf8_valid(s))
        return;
    for (int32_t c = utf8_next(s, &pos); c >= 0; c = utf8_next(s, &pos), count++) {
        char bytes[4];
        size_t n;
        utf8_put(bytes, c, &n);
        if (pos < n || !str_equal((struct str){bytes, n}, (struct str){s.p + pos - n, n}))
            abort();
    }
    if (count != utf8_count(s) || pos != s.n || !str_equal(utf8_prefix(s, count), s))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(16u << 20);
    struct str s = {(const char *)data, size};
    int64_t value;
    int64_t again;
    double real;
    char text[32];
    struct str bytes;
    check_utf8(s);
    if (str_to_int64(s, &value))
        if (!str_to_int64(str_format(arena, "%lld", (long long)value), &again) || again != value)
            abort();
    if (time_parse(s, &value) && value >= INT64_C(-62135596800000) && value <= INT64_C(253402300799999)) {
        time_format(value, text);
        if (!time_parse(str_of(text), &again) || again != value)
            abort();
    }
    if (id_parse(s, &value)) {
        id_format(value, text);
        if (value <= 0 || !id_parse(str_of(text), &again) || again != value)
            abort();
    }
    if (str_from_hex(arena, s, &bytes) && !str_equal_ignore_case(str_hex(arena, bytes.p, bytes.n), s))
        abort();
    (void)str_to_double(s, &real);
    arena_free(arena);
    return 0;
}
