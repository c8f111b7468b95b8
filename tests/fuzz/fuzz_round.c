// SPDX-License-Identifier: MulanPSL-2.0
// What a plan of rounds is written with: weekdays, times of day, lists of words. What is accepted must be in the one
// canonical form: written from what was read it is the same text.
#include "domain/round/round_rule.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_weekdays(struct str text)
{
    unsigned mask = 0;
    char again[16];
    size_t n = 0;
    if (!weekdays_parse(text, &mask))
        return;
    for (unsigned day = 1; day <= 7; day++)
        if (mask >> day & 1) {
            if (n)
                again[n++] = ',';
            again[n++] = (char)('0' + day);
        }
    if (!str_equal(text, (struct str){again, n}))
        abort();
}

static void check_minute(struct str text)
{
    int minute = 0;
    char again[16];
    if (!minute_parse(text, &minute))
        return;
    snprintf(again, sizeof again, "%02d:%02d", minute / 60, minute % 60);
    if (!str_equal_z(text, again))
        abort();
}

static void check_words(struct str text)
{
    static const char *const names[] = {"lights", "stairs", "fire", "a", NULL};
    size_t total = 0, count = 0;
    if (!words_parse(text, names))
        return;
    for (size_t i = 0; names[i]; i++)
        if (words_have(text, names[i])) {
            total += str_of(names[i]).n;
            count++;
        }
    if (text.n != total + (count ? count - 1 : 0)) // each once, a comma between, nothing else
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    check_weekdays(text);
    check_minute(text);
    check_words(text);
    return 0;
}
