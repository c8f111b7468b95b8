// SPDX-License-Identifier: MulanPSL-2.0
// Runs a fuzz target over every file of the corpus folders named, in place of libFuzzer: so a corpus is an ordinary
// test with any compiler. A target that finds fault aborts.
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_BYTES (1u << 20)

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "%s cannot be read\n", path);
        return 1;
    }
    uint8_t *all = malloc(MAX_BYTES);
    size_t n = all ? fread(all, 1, MAX_BYTES, file) : 0;
    fclose(file);
    // A copy of exactly its size, so that the address sanitizer sees a step beyond the end.
    uint8_t *data = malloc(n ? n : 1);
    if (!all || !data)
        abort();
    memcpy(data, all, n);
    free(all);
    fprintf(stderr, "%s (%zu bytes)\n", path, n); // the last line before an abort names the culprit
    LLVMFuzzerTestOneInput(data, n);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    int count = 0;
    int bad = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (!folder) {
            fprintf(stderr, "%s is no folder\n", argv[i]);
            return 1;
        }
        for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
            char path[4096];
            if (entry->d_name[0] == '.')
                continue;
            int length = snprintf(path, sizeof(path), "%s/%s", argv[i], entry->d_name);
            if (length < 0 || (size_t)length >= sizeof(path))
                return 1;
            bad |= replay_file(path);
            count++;
        }
        closedir(folder);
    }
    if (count == 0) {
        fprintf(stderr, "an empty corpus tests nothing\n");
        return 1;
    }
    return bad;
}
