// SPDX-License-Identifier: MulanPSL-2.0
// Embeds a module's .sql files as C: sqlgen MODULE OUT.h OUT.c FILE.sql… [migrations/NNN_name.sql…]
// Copies text, writes no logic. A statement begins with "-- name: x"; see src/store/README.md.
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_STATEMENTS 256
#define MAX_MIGRATIONS 64

struct statement {
    char name[96], record[64];
    bool writes, across, begun, with;
};

static _Noreturn void die(const char *file, const char *why)
{
    fprintf(stderr, "sqlgen: %s: %s\n", file, why);
    exit(1);
}

static void put_c_line(FILE *out, const char *line)
{
    fputs("    \"", out);
    for (; *line; line++)
        if (*line == '"' || *line == '\\')
            fprintf(out, "\\%c", *line);
        else
            fputc(*line, out);
    fputs("\\n\"\n", out);
}

static const char *after(const char *line, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(line, prefix, n) ? NULL : line + n;
}

static void copy_word(char *to, size_t size, const char *from)
{
    size_t n = strcspn(from, " \t\r\n");
    if (n >= size)
        die(from, "name too long");
    memcpy(to, from, n);
    to[n] = '\0';
}

static bool word_is(const char *word, size_t n, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == n && !strncasecmp(word, *words, n))
            return true;
    return false;
}

// The first word tells whether a statement writes; after WITH, any such word outside literals does.
static void look_for_verb(struct statement *s, const char *line)
{
    static const char *const verbs[] = {"insert", "update", "delete", NULL}, *const with[] = {"with", NULL};
    for (const char *p = line; *p && !(p[0] == '-' && p[1] == '-');) {
        if (*p == '\'') {
            p++;
            p += strcspn(p, "'");
            p += *p ? 1 : 0;
            continue;
        }
        size_t n = 0;
        while (isalnum((unsigned char)p[n]) || p[n] == '_')
            n++;
        if (n == 0) {
            p++;
            continue;
        }
        if (!s->begun)
            s->with = word_is(p, n, with);
        if ((!s->begun || s->with) && word_is(p, n, verbs))
            s->writes = true;
        s->begun = true;
        p += n;
    }
}

// One line without its end. False at the end of the file.
static bool read_line(const char *path, FILE *in, char *line, int size)
{
    if (!fgets(line, size, in))
        return false;
    if (!strchr(line, '\n') && !feof(in))
        die(path, "a line is longer than 4,094 bytes");
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

static void end_statement(FILE *c, const struct statement *s)
{
    fprintf(c, "    ;\nconst struct sql sql_%s = {\"%s\", text_%s, ", s->name, s->name, s->name);
    if (s->record[0])
        fprintf(c, "\"%s\"", s->record);
    else
        fputs("NULL", c);
    fprintf(c, ", %s%s};\n\n", s->writes ? "SQL_WRITES" : "0", s->across ? " | SQL_ACROSS_TENANTS" : "");
}

static size_t embed_statements(const char *path, FILE *c, struct statement *all, size_t count)
{
    FILE *in = fopen(path, "r");
    if (!in)
        die(path, "cannot be read");
    char line[4096];
    struct statement *now = NULL;
    while (read_line(path, in, line, sizeof line)) {
        const char *rest;
        if ((rest = after(line, "-- name: "))) {
            if (now)
                end_statement(c, now);
            if (count == MAX_STATEMENTS)
                die(path, "too many statements");
            now = &all[count++];
            memset(now, 0, sizeof *now);
            copy_word(now->name, sizeof now->name, rest);
            for (struct statement *other = all; other < now; other++)
                if (!strcmp(other->name, now->name))
                    die(now->name, "a name given twice");
            fprintf(c, "static const char text_%s[] =\n", now->name);
        } else if ((rest = after(line, "-- record: ")) && now) {
            copy_word(now->record, sizeof now->record, rest);
        } else if (after(line, "-- across tenants: ") && now) {
            now->across = true;
        } else if (after(line, "--") || line[strspn(line, " \t\r\n")] == '\0') {
            continue;
        } else if (!now) {
            die(path, "text before the first \"-- name:\"");
        } else {
            look_for_verb(now, line);
            put_c_line(c, line);
        }
    }
    if (now)
        end_statement(c, now);
    fclose(in);
    return count;
}

static void embed_migration(const char *path, FILE *c, size_t index)
{
    FILE *in = fopen(path, "r");
    if (!in)
        die(path, "cannot be read");
    fprintf(c, "static const char migration_%zu[] =\n", index);
    char line[4096];
    while (read_line(path, in, line, sizeof line))
        put_c_line(c, line);
    fputs("    ;\n\n", c);
    fclose(in);
}

int main(int argc, char **argv)
{
    if (argc < 5)
        die("usage", "sqlgen MODULE OUT.h OUT.c FILE.sql…");
    const char *module = argv[1];
    FILE *h = fopen(argv[2], "w"), *c = fopen(argv[3], "w");
    if (!h || !c)
        die(argv[2], "cannot be written");
    static struct statement all[MAX_STATEMENTS];
    const char *migrations[MAX_MIGRATIONS];
    size_t count = 0, migration_count = 0;
    fprintf(h,
            "// Generated by tools/sqlgen from the module's .sql files.\n#pragma once\n#include \"store/store.h\"\n\n");
    fprintf(c, "// Generated by tools/sqlgen from the module's .sql files.\n#include \"%s_sql.h\"\n\n", module);
    for (int i = 4; i < argc; i++)
        if (!strstr(argv[i], "migrations/"))
            count = embed_statements(argv[i], c, all, count);
        else if (migration_count == MAX_MIGRATIONS)
            die(argv[i], "too many migrations");
        else {
            embed_migration(argv[i], c, migration_count);
            migrations[migration_count++] = argv[i];
        }
    for (size_t i = 0; i < count; i++)
        fprintf(h, "extern const struct sql sql_%s;\n", all[i].name);
    fprintf(h, "extern const struct sql *const %s_statements[];\nextern const struct migration %s_migrations[];\n",
            module, module);
    fprintf(c, "const struct sql *const %s_statements[] = {\n", module);
    for (size_t i = 0; i < count; i++)
        fprintf(c, "    &sql_%s,\n", all[i].name);
    fprintf(c, "    NULL,\n};\nconst struct migration %s_migrations[] = {\n", module);
    for (size_t i = 0; i < migration_count; i++) {
        const char *base = strrchr(migrations[i], '/') + 1;
        fprintf(c, "    {%ld, \"%s\", migration_%zu},\n", strtol(base, NULL, 10), base, i);
    }
    fprintf(c, "    {0, NULL, NULL},\n};\n");
    return fclose(h) || fclose(c) ? 1 : 0;
}
