// SPDX-License-Identifier: MulanPSL-2.0
// Reads the sources: every key that some code fails with has a sentence in some table of messages.
#include "base/arena.h"

#include <ctype.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
// cmocka last: it wants those before it
#include <cmocka.h>

#define MAX_KEYS 4096
#define KEY_BYTES 64

struct keys {
    char at[MAX_KEYS][KEY_BYTES];
    size_t count;
};
static struct keys used, worded;
static size_t file_count;

static bool has(const struct keys *keys, const char *key)
{
    for (size_t i = 0; i < keys->count; i++)
        if (!strcmp(keys->at[i], key))
            return true;
    return false;
}

static void put(struct keys *keys, const char *from, size_t n)
{
    char key[KEY_BYTES];
    if (n >= sizeof key || keys->count == MAX_KEYS)
        return;
    memcpy(key, from, n);
    key[n] = '\0';
    if (!has(keys, key))
        strcpy(keys->at[keys->count++], key);
}

// Length of a key ("word.words") that fills the string literal beginning after the quote; 0: something else.
static size_t key_length(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.");
    const char *dot = memchr(text, '.', n);
    return text[n] == '"' && dot && dot > text && dot + 1 < text + n ? n : 0;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

// Keys among the arguments of a call that names an error code: fail(c, ERR_X, "key"), also through a ?: of two.
static void take_used(const char *text)
{
    for (const char *at = text; (at = strstr(at, "ERR_"));) {
        if (at > text && is_word(at[-1])) {
            at++;
            continue;
        }
        const char *end = at;
        for (int depth = 0; *end && *end != ';' && *end != '{' && depth >= 0; end++)
            depth += (*end == '(') - (*end == ')');
        for (const char *quote = at; quote < end && (quote = memchr(quote, '"', (size_t)(end - quote)));) {
            size_t n = key_length(quote + 1);
            if (n)
                put(&used, quote + 1, n);
            const char *close = strchr(quote + 1, '"');
            if (!close)
                return;
            quote = close + 1;
        }
        at = end;
    }
}

// {"key", "…", "…"} at the start of an initialiser.
static void take_worded(const char *text)
{
    for (const char *at = text; (at = strstr(at, "{\"")); at += 2) {
        size_t n = key_length(at + 2);
        if (n)
            put(&worded, at + 2, n);
    }
}

static void read_source(const char *path)
{
    FILE *in = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);
    assert_non_null(in);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, in) > 0);
    fclose(in);
    take_used(text);
    take_worded(text);
    free(text);
    file_count++;
}

static void walk(const char *dir)
{
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d));) {
        char path[2048];
        struct stat st;
        size_t n = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || !strncmp(entry->d_name, "test_", 5))
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        if (!stat(path, &st) && S_ISDIR(st.st_mode))
            walk(path);
        else if (n > 2 && !strcmp(entry->d_name + n - 2, ".c"))
            read_source(path);
    }
    closedir(d);
}

static void every_key_has_a_sentence(void **state)
{
    (void)state;
    const char *root = getenv("LINLI_SOURCE");
    assert_non_null(root);
    walk(root);
    assert_true(file_count > 50 && used.count > 50 && worded.count > 50); // else this test read nothing
    size_t missing = 0;
    for (size_t i = 0; i < used.count; i++)
        if (!has(&worded, used.at[i])) {
            print_message("no message for %s\n", used.at[i]);
            missing++;
        }
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_key_has_a_sentence)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
