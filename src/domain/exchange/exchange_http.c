// SPDX-License-Identifier: MulanPSL-2.0
// A file brought through the console is kept beside the store until a job has worked it off; the page asks how far it
// is.
#include "domain/exchange/exchange_private.h"
#include "domain/exchange/mapping.h"

#include "domain/org/org.h"
#include "exchange_sql.h"

#include "base/config.h"
#include "base/id.h"
#include "base/log.h"
#include "flow/command.h"
#include "json/record_json.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const shipped[] = {"nyc311", "zh-replied", NULL};

static const char *upload_path(struct ctx *c, int64_t run_id, const char *what)
{
    return str_z(c->arena,
                 str_format(c->arena, "%s/imports/%lld.%s", c->house->config->data_dir, (long long)run_id, what));
}

static enum err save_upload(struct ctx *c, const char *path, struct str bytes)
{
    mkdir(str_z(c->arena, str_format(c->arena, "%s/imports", c->house->config->data_dir)), 0700);
    FILE *out = fopen(path, "w");
    if (!out || fwrite(bytes.p, 1, bytes.n, out) != bytes.n || fflush(out) || fsync(fileno(out))) {
        log_error("import: cannot keep the upload: %s", strerror(errno));
        if (out)
            fclose(out);
        return fail(c, ERR_BUSY, "store.disk");
    }
    fclose(out);
    return OK;
}

static struct import_run for_people(struct ctx *c, const struct import_run *run)
{
    struct import_run told = *run;
    told.fault = run->fault.n ? fault_sentence(c, run->fault) : run->fault;
    return told;
}

static void write_run(struct ctx *c, const struct import_run *run, struct http_response *rs)
{
    struct import_run told = for_people(c, run);
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    record_to_json(c, &import_run_record, &told, run->id, READ_ADMIN, &w);
}

struct upload {
    struct str file, file_name, mapping;
};

static enum err read_upload(struct ctx *c, const struct http_request *rq, struct upload *ret_upload)
{
    struct http_part *parts;
    size_t count;
    TRY(http_parts(c, rq, &parts, &count));
    for (size_t i = 0; i < count; i++)
        if (str_equal_z(parts[i].name, "file")) {
            ret_upload->file = parts[i].content;
            ret_upload->file_name = utf8_valid(parts[i].filename) ? utf8_prefix(parts[i].filename, 200) : STR("");
        } else if (str_equal_z(parts[i].name, "mapping")) {
            ret_upload->mapping = parts[i].content;
        }
    return ret_upload->file.n ? OK : fail_field(c, ERR_INVALID, "exchange.no_file", STR("file"));
}

static enum err insert_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    struct import_run *run = arg;
    buf_clear(&rs->body);
    TRY(db_exec(c, &sql_import_run_insert, ARGS(ARG_ROW(&import_run_record, run)), NULL));
    TRY(event_append(c, "import", run->id, "import.begun", (struct str){0}, NULL));
    rs->status = 202;
    write_run(c, run, rs);
    return OK;
}

static enum err post_import(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct upload upload = {0};
    struct str text;
    TRY(read_upload(c, rq, &upload));
    bool own = str_find_byte(upload.mapping, '\n', 0) != (size_t)-1; // the text of a mapping, not a name
    if (own)
        text = upload.mapping;
    else
        TRY(mapping_find(c, upload.mapping, false, &text));
    struct mapping *mapping = arena_alloc(c->arena, sizeof *mapping);
    TRY(mapping_parse(c, text, mapping));
    struct import_run run = {.id = ids_next(c->house->ids, c->now_ms),
                             .version = 1,
                             .by_id = c->actor.person_id,
                             .mapping = mapping->text[MAP_NAME],
                             .file_name = upload.file_name,
                             .total_bytes = (int64_t)upload.file.n,
                             .started_at_ms = c->now_ms};
    TRY(save_upload(c, upload_path(c, run.id, "map"), text));
    TRY(save_upload(c, upload_path(c, run.id, "csv"), upload.file));
    return command_run(c, rq, rs, insert_run, &run);
}

struct run_answer {
    int64_t id;
    struct http_response *rs;
};

static void write_fault(struct ctx *c, const struct import_fault *fault, struct json_writer *w)
{
    json_object_begin(w);
    json_key(w, "line");
    json_put_int(w, fault->line);
    json_key(w, "bad");
    json_put_bool(w, fault->bad);
    json_key(w, "field");
    json_put_str(w, fault->field);
    json_key(w, "reason");
    json_put_str(w, fault_sentence(c, fault->reason));
    json_object_end(w);
}

static enum err read_run(struct ctx *c, void *arg)
{
    struct run_answer *answer = arg;
    struct import_run run;
    struct rows rows;
    if (db_one(c, &sql_import_run_get, ARGS(ARG_INT("id", answer->id)), &import_run_record, &run) != OK)
        return fail(c, ERR_NOT_FOUND, "exchange.run_unknown");
    TRY(import_faults(c, run.id, &rows));
    struct json_writer w;
    json_writer_init(&w, &answer->rs->body);
    json_object_begin(&w);
    struct import_run told = for_people(c, &run);
    record_members_to_json(c, &import_run_record, &told, run.id, READ_ADMIN, &w);
    json_key(&w, "bad");
    json_array_begin(&w);
    for (size_t i = 0; i < rows.count; i++)
        write_fault(c, &((const struct import_fault *)rows.at)[i], &w);
    json_array_end(&w);
    json_object_end(&w);
    return OK;
}

static enum err get_import(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct run_answer answer = {.rs = rs};
    TRY(http_param_id(c, rq, "id", &answer.id));
    return store_read(c, read_run, &answer);
}

static enum err list_runs(struct ctx *c, void *arg)
{
    struct run_answer *answer = arg;
    struct rows rows;
    TRY(db_list(c, &sql_import_run_list,
                ARGS(ARG_INT("before", answer->id ? answer->id : INT64_MAX), ARG_INT("limit", 20)), &import_run_record,
                20, &rows));
    const struct import_run *list = rows.at;
    struct json_writer w;
    json_list_begin(&w, &answer->rs->body);
    for (size_t i = 0; i < rows.count; i++) {
        struct import_run told = for_people(c, &list[i]);
        record_to_json(c, &import_run_record, &told, told.id, READ_ADMIN, &w);
    }
    json_list_end(&w, rows.count == 20 ? list[19].id : 0);
    return OK;
}

static enum err get_imports(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct run_answer answer = {.rs = rs};
    TRY(http_query_id(c, rq, "before", &answer.id));
    return store_read(c, list_runs, &answer);
}

static enum err get_mappings(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    struct json_writer w;
    json_list_begin(&w, &rs->body);
    for (size_t i = 0; shipped[i]; i++) {
        struct str text;
        TRY(mapping_find(c, str_of(shipped[i]), false, &text));
        json_object_begin(&w);
        json_key(&w, "name");
        json_put_z(&w, shipped[i]);
        json_key(&w, "text");
        json_put_str(&w, text);
        json_object_end(&w);
    }
    json_list_end(&w, 0);
    return OK;
}

// --- the job
// ----------------------------------------------------------------------------------------------------------
static enum err find_waiting(struct ctx *c, void *arg)
{
    return db_one(c, &sql_import_run_waiting, NO_ARGS, &import_run_record, arg);
}

static enum err end_run(struct ctx *c, void *arg)
{
    struct import_run *run = arg;
    run->version++;
    run->finished_at_ms = c->now_ms;
    return db_exec(c, &sql_import_run_update, ARGS(ARG_ROW(&import_run_record, run)), NULL);
}

static enum err run_waiting(struct ctx *c)
{
    struct import_run run;
    struct str text;
    if (store_read(c, find_waiting, &run) != OK) {
        ctx_clear_error(c);
        return OK;
    }
    const char *map_path = upload_path(c, run.id, "map"), *csv_path = upload_path(c, run.id, "csv");
    FILE *in = fopen(csv_path, "r");
    if (!in || mapping_find(c, str_of(map_path), true, &text) != OK) {
        if (in)
            fclose(in);
        run.fault = STR("exchange.no_file");
        return store_write(c, end_run, &run);
    }
    // From the beginning, also after a kill: rows that are there count as same.
    run.done_bytes = run.rows_read = run.rows_new = run.rows_same = run.rows_bad = run.rows_warned = 0;
    enum err err = import_stream(c, text, in, &run, NULL, NULL);
    fclose(in);
    if (err != OK)
        return err;
    unlink(csv_path);
    unlink(map_path);
    return OK;
}

const struct job exchange_jobs[] = {
    {"exchange.import", 1000, run_waiting},
    {0},
};

static const struct route_query before_query[] = {{"before", "cursor of the next page"}, {0}};

const struct route exchange_routes[] = {
    {"POST", "/api/v1/imports", post_import, ROLE_BIT(ROLE_SYSTEM_ADMIN), ROUTE_MULTIPART, .out = &import_run_record,
     .summary = "Bring a CSV or TSV file (part \"file\") through a mapping (part \"mapping\": name or text)"},
    {"GET", "/api/v1/imports", get_imports, ROLE_BIT(ROLE_SYSTEM_ADMIN), ROUTE_LIST, .out = &import_run_record,
     .query = before_query, .summary = "Imports, newest first"},
    {"GET", "/api/v1/imports/{id}", get_import, ROLE_BIT(ROLE_SYSTEM_ADMIN), 0, .out = &import_run_record,
     .summary = "How far an import is, and its bad rows"},
    {"GET", "/api/v1/import-mappings", get_mappings, ROLE_BIT(ROLE_SYSTEM_ADMIN), 0,
     .summary = "The mappings that ship"},
    {0},
};
