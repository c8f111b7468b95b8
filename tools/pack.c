// SPDX-License-Identifier: MulanPSL-2.0
// Packs files into the binary: pack OUT.c DIR PREFIX [DIR PREFIX…]
// Writes OUT.c with the table packed_files (sorted by path) and OUT.c.bin with the bytes, which OUT.c includes through
// the assembler. Of each text file a gzip copy is added when it is smaller. A file under PREFIX/assets/ whose name ends
// in "-" and a hash never changes and is marked so.
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#define MAX_FILES 4096
#define MAX_PATH 1024
#define MAX_FILE_BYTES (64 << 20)

struct packed {
    char *path; // as served
    char *file; // where it lies
    const char *type;
    unsigned char *bytes, *gzip;
    size_t n, gzip_n, at, gzip_at;
    uint64_t hash;
};
static struct packed files[MAX_FILES];
static size_t file_count;

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "pack: %s: %s\n", what, why);
    exit(1);
}

static void *must(void *p)
{
    if (!p)
        die("memory", "none left");
    return p;
}

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".mjs", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json; charset=utf-8"},
        {".webmanifest", "application/manifest+json; charset=utf-8"},
        {".map", "application/json; charset=utf-8"},
        {".svg", "image/svg+xml; charset=utf-8"},
        {".txt", "text/plain; charset=utf-8"},
        {".tsv", "text/tab-separated-values; charset=utf-8"},
        {".csv", "text/csv; charset=utf-8"},
        {".geojson", "application/geo+json; charset=utf-8"},
        {".xml", "application/xml; charset=utf-8"},
        {".wasm", "application/wasm"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".webp", "image/webp"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
    };
    size_t n = strlen(path);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t m = strlen(types[i][0]);
        if (n > m && !strcmp(path + n - m, types[i][0]))
            return types[i][1];
    }
    return "application/octet-stream";
}

static bool worth_compressing(const char *type)
{
    return !strncmp(type, "text/", 5) || strstr(type, "json") || strstr(type, "xml") || strstr(type, "wasm");
}

// FNV-1a: tells versions of a file apart; nobody attacks their own build.
static uint64_t hash_of(const unsigned char *bytes, size_t n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < n; i++)
        h = (h ^ bytes[i]) * UINT64_C(0x100000001b3);
    return h;
}

static bool is_hashed(const char *path)
{
    if (!strstr(path, "/assets/"))
        return false;
    const char *name = strrchr(path, '/') + 1, *dot = strchr(name, '.');
    if (!dot || dot - name < 10 || dot[-9] != '-')
        return false;
    bool varied = false; // a word of eight small letters is no hash
    for (const char *p = dot - 8; p < dot; p++) {
        bool digit = *p >= '0' && *p <= '9', large = *p >= 'A' && *p <= 'Z', small = *p >= 'a' && *p <= 'z';
        if (!digit && !large && !small && *p != '_' && *p != '-')
            return false;
        varied = varied || digit || large;
    }
    return varied;
}

static void read_file(struct packed *file)
{
    FILE *in = fopen(file->file, "rb");
    if (!in)
        die(file->file, strerror(errno));
    fseek(in, 0, SEEK_END);
    long size = ftell(in);
    rewind(in);
    if (size < 0 || size > MAX_FILE_BYTES)
        die(file->file, "too large");
    file->n = (size_t)size;
    file->bytes = must(malloc(file->n + 1));
    if (fread(file->bytes, 1, file->n, in) != file->n)
        die(file->file, "cannot be read");
    fclose(in);
    file->hash = hash_of(file->bytes, file->n);
}

static void compress_file(struct packed *file)
{
    z_stream z = {0};
    if (!worth_compressing(file->type) || deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    uLong bound = deflateBound(&z, (uLong)file->n);
    file->gzip = must(malloc(bound));
    z.next_in = file->bytes;
    z.avail_in = (uInt)file->n;
    z.next_out = file->gzip;
    z.avail_out = (uInt)bound;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        die(file->file, "cannot be compressed");
    file->gzip_n = z.total_out < file->n ? z.total_out : 0;
    deflateEnd(&z);
}

static void add_file(const char *file_name, const char *path)
{
    for (const char *p = path; *p; p++)
        if (*p == '"' || *p == '\\' || *p < 0x21 || *p > 0x7e)
            die(path, "the name is not plain ASCII");
    if (file_count == MAX_FILES)
        die(path, "too many files");
    struct packed *file = &files[file_count++];
    file->path = must(strdup(path));
    file->file = must(strdup(file_name));
    file->type = type_of(path);
    read_file(file);
    compress_file(file);
}

static void walk(const char *dir, const char *prefix)
{
    DIR *d = opendir(dir);
    if (!d)
        die(dir, strerror(errno));
    for (struct dirent *entry; (entry = readdir(d));) {
        char file[MAX_PATH], path[MAX_PATH];
        struct stat st;
        if (entry->d_name[0] == '.')
            continue;
        int n = snprintf(file, sizeof file, "%s/%s", dir, entry->d_name);
        int m = snprintf(path, sizeof path, "%s/%s", strcmp(prefix, "/") ? prefix : "", entry->d_name);
        if (n < 0 || m < 0 || (size_t)n >= sizeof file || (size_t)m >= sizeof path)
            die(dir, "a path is too long");
        if (stat(file, &st))
            die(file, strerror(errno));
        if (S_ISDIR(st.st_mode))
            walk(file, path);
        else if (S_ISREG(st.st_mode))
            add_file(file, path);
    }
    closedir(d);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct packed *)a)->path, ((const struct packed *)b)->path);
}

// What is written goes beside its name first and takes it only when it differs: nothing is then built anew for nothing.
static const char *beside(const char *name)
{
    static char path[MAX_PATH + 8];
    snprintf(path, sizeof path, "%s.new", name);
    return path;
}

static bool same_content(const char *a, const char *b)
{
    FILE *x = fopen(a, "rb"), *y = fopen(b, "rb");
    int c = 0, d = 0;
    while (x && y && c != EOF && c == d) {
        c = getc(x);
        d = getc(y);
    }
    bool same = x && y && c == d;
    if (x)
        fclose(x);
    if (y)
        fclose(y);
    return same;
}

static void take_name(const char *name)
{
    if (same_content(beside(name), name) ? remove(beside(name)) : rename(beside(name), name))
        die(name, strerror(errno));
}

static void write_bytes(const char *name)
{
    FILE *out = fopen(beside(name), "wb");
    if (!out)
        die(name, strerror(errno));
    size_t at = 0;
    for (size_t i = 0; i < file_count; i++) {
        files[i].at = at;
        at += fwrite(files[i].bytes, 1, files[i].n, out);
        files[i].gzip_at = at;
        if (files[i].gzip_n)
            at += fwrite(files[i].gzip, 1, files[i].gzip_n, out);
    }
    fputc(0, out); // never empty
    if (ferror(out) || fclose(out))
        die(name, "cannot be written");
    take_name(name);
}

static void write_table(const char *name, const char *bytes_name)
{
    FILE *out = fopen(beside(name), "w");
    if (!out)
        die(name, strerror(errno));
    fprintf(
        out,
        "// Made by tools/pack.\n#include \"http/http.h\"\n\nextern const char packed_bytes[];\n"
        "__asm__(\".section .rodata\\n.global packed_bytes\\npacked_bytes:\\n.incbin \\\"%s\\\"\\n.previous\\n\");\n\n"
        "extern const struct static_file packed_files[];\nextern const size_t packed_file_count;\n"
        "const struct static_file packed_files[] = {\n",
        bytes_name);
    for (size_t i = 0; i < file_count; i++)
        fprintf(out,
                "    {\"%s\", \"%s\", \"\\\"%016llx\\\"\",\n     {packed_bytes + %zu, %zu}, {packed_bytes + %zu, %zu}, "
                "%s},\n",
                files[i].path, files[i].type, (unsigned long long)files[i].hash, files[i].at, files[i].n,
                files[i].gzip_at, files[i].gzip_n, is_hashed(files[i].path) ? "true" : "false");
    fprintf(out, "    {0},\n};\nconst size_t packed_file_count = %zu;\n", file_count);
    if (ferror(out) || fclose(out))
        die(name, "cannot be written");
    take_name(name);
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc % 2) {
        fprintf(stderr, "pack OUT.c DIR PREFIX [DIR PREFIX...]\n");
        return 2;
    }
    for (int i = 2; i < argc; i += 2)
        walk(argv[i], argv[i + 1]);
    qsort(files, file_count, sizeof *files, by_path);
    for (size_t i = 1; i < file_count; i++)
        if (!strcmp(files[i - 1].path, files[i].path))
            die(files[i].path, "packed twice");
    char bytes_name[MAX_PATH];
    if ((size_t)snprintf(bytes_name, sizeof bytes_name, "%s.bin", argv[1]) >= sizeof bytes_name)
        die(argv[1], "the name is too long");
    write_bytes(bytes_name);
    write_table(argv[1], bytes_name);
    return 0;
}
