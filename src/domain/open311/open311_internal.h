// SPDX-License-Identifier: MulanPSL-2.0
// Between the files of this module only.
#pragma once
#include "base/clock.h"
#include "base/id.h"
#include "domain/open311/open311.h"
#include "domain/place/place.h"
#include "domain/request/request.h"
#include "json/record_json.h"

#define OPEN311_DESCRIPTION_MAX 4000 // code points
#define OPEN311_ROWS_MAX 1000
#define OPEN311_SPAN_MS (90 * DAY_MS)

// --- answers (open311_out.c): one tree, written as XML or as its Spark JSON -----------------------------------------
enum open311_format { OPEN311_XML, OPEN311_JSON };
#define OUT_MAX_DEPTH 8
struct open311_out {
    enum open311_format format;
    struct arena *arena;
    struct json_writer w;
    const char *names[OUT_MAX_DEPTH]; // of what is open
    bool list[OUT_MAX_DEPTH];
    size_t depth;
};
// Sets content type and begins.
void out_begin(struct open311_out *o, struct ctx *c, enum open311_format format, struct http_response *rs);
// A list has no name of its own in JSON when it is the root; its elements never have one there.
void out_list(struct open311_out *o, const char *name);
void out_object(struct open311_out *o, const char *name);
void out_end(struct open311_out *o);
// Empty: <x></x>, null. What XML 1.0 cannot hold is left out, also of the JSON.
void out_text(struct open311_out *o, const char *name, struct str text);
void out_z(struct open311_out *o, const char *name, const char *text);
void out_id(struct open311_out *o, const char *name, int64_t id);
void out_int(struct open311_out *o, const char *name, int64_t value);
void out_bool(struct open311_out *o, const char *name, bool value);
void out_real(struct open311_out *o, const char *name, double value);
void out_time(struct open311_out *o, const char *name, int64_t at_ms); // W3CDTF to the second, UTC; 0: empty
struct str open311_time_text(struct arena *arena, int64_t at_ms);

// --- what is sent (open311_in.c), parsers: fuzzed -------------------------------------------------------------------
// Without the characters that XML 1.0 cannot hold. Valid UTF-8 is given.
struct str open311_clean(struct arena *arena, struct str text);
// "attribute[CODE]", "attribute[CODE][]", "attribute[CODE][0]" → CODE. False: no such name.
bool open311_attribute_name(struct str name, struct str *ret_code);
// W3CDTF: as time_parse, or without seconds; a plus sign that came as a blank is forgiven.
bool open311_time_parse(struct arena *arena, struct str text, int64_t *ret_ms);
// The first "key=name" line of choices with that key. An empty key finds nothing.
bool open311_choice(struct str choices, struct str key, struct str *ret_name);
// The fields of a form, or of nothing.
struct open311_form {
    const struct http_part *parts;
    size_t count;
};
// Checks that every text is UTF-8.
enum err open311_form_read(struct ctx *c, const struct http_request *rq, struct open311_form *ret_form);
// The first of that name that is not empty, trimmed and without control characters; else empty.
struct str open311_value(struct ctx *c, const struct open311_form *form, const char *name);

struct open311_errors { // all told together
    struct str text[64];
    size_t count;
};
void open311_error_add(struct open311_errors *errors, struct str text);

// --- keys, jurisdiction, service (open311_key.c, open311_service.c) -------------------------------------------------
extern const struct record open311_rate_record;
// The key sent with a form, or in the query. ERR_FORBIDDEN open311.key_missing, open311.key_wrong; ERR_RATE
// open311.too_often with when to come again. The actor becomes
// that program.
enum err open311_authenticate(struct ctx *c, const struct http_request *rq, struct str sent);
// ERR_INVALID open311.jurisdiction_missing, ERR_NOT_FOUND open311.jurisdiction_unknown; whatever is sent will do when
// the installation names none.
enum err open311_check_jurisdiction(struct ctx *c, struct str sent);
struct open311_definition {
    struct open311_service service;
    const struct open311_attribute *attributes;
    size_t count;
};
enum err open311_definition_get(struct ctx *c, int64_t item_id, struct open311_definition *ret_definition);
const struct open311_attribute *open311_attribute_find(const struct open311_definition *definition, struct str code);
// In the reader's language.
struct str open311_item_name(const struct ctx *c, const struct service_item *item);
struct str open311_kind_name(const struct ctx *c, int kind);

// --- where (open311_place.c) ----------------------------------------------------------------------------------------
struct open311_where {
    struct str address_id, address_string;
    bool has_point;
    double lat, lng;
};
// In an open read. The place named by id or code; else the nearest to the point; else the one whose name the address
// holds; else the district itself, *ret_found false: its desk will see to it.
enum err open311_locate(struct ctx *c, const struct open311_where *where, int64_t *ret_place_id, bool *ret_found);
double open311_metres(double lat_a, double lng_a, double lat_b, double lng_b);

// --- requests (open311_file.c, open311_read.c, open311_row.c) -------------------------------------------------------
#define OPEN311_FILING_FIELDS(F, S)                                                                                    \
    F(S, ID, request_id, .flags = FIELD_KEY, .read = READ_NOBODY)                                                      \
    F(S, ID, key_id, .read = READ_NOBODY, .doc = "With whose key it came")                                             \
    F(S, INT, said, .read = READ_NOBODY, .doc = "How many code points of the words are the description")               \
    F(S, TEXT, media_url, .read = READ_NOBODY, .max = 1000, .doc = "A picture elsewhere; never fetched")               \
    F(S, TEXT, token, .read = READ_NOBODY, .doc = "Of a batch service: by which its id is asked for")
struct open311_filing {
    OPEN311_FILING_FIELDS(FIELD_MEMBER, open311_filing)
};
extern const struct record open311_filing_record;
#define OPEN311_ANSWER_FIELDS(F, S)                                                                                    \
    F(S, ID, request_id, .flags = FIELD_KEY, .read = READ_NOBODY)                                                      \
    F(S, INT, position, .flags = FIELD_KEY, .read = READ_NOBODY)                                                       \
    F(S, TEXT, code, .read = READ_NOBODY, .doc = "Attribute")                                                          \
    F(S, SEALED, answer, .read = READ_NOBODY, .flags = FIELD_PERSONAL, .max = OPEN311_DESCRIPTION_MAX,                 \
      .doc = "What was answered", .purpose = "To know what has to be done")
struct open311_answer {
    OPEN311_ANSWER_FIELDS(FIELD_MEMBER, open311_answer)
};
extern const struct record open311_answer_record;
// What the public sees of a request.
struct open311_row {
    struct request r; // only the columns of open311_row_record
    int64_t said;
    struct str media_url;
};
extern const struct record open311_row_record;
// Names of places, remembered within one answer.
struct open311_places;
struct open311_places *open311_places_new(struct ctx *c);
struct open311_public { // of a row, as it is told
    struct str description, service_name, address, status_notes;
    int64_t address_id, updated_at_ms;
    bool has_point, closed;
    double lat, lng;
};
enum err open311_public_of(struct ctx *c, struct open311_places *places, const struct open311_row *row,
                           struct open311_public *ret_public);
enum err open311_row_write(struct ctx *c, struct open311_places *places, const struct open311_row *row, bool extensions,
                           struct open311_out *o);
// Files of a form as pictures and voice notes, outside a transaction; those that are neither are counted, not refused.
struct open311_files {
    struct media media[REQUEST_MEDIA_MAX];
    size_t count, dropped;
};
enum err open311_files_receive(struct ctx *c, const struct open311_form *form, struct open311_files *ret_files);
enum err open311_files_keep(struct ctx *c, struct open311_files *files, const char *purpose, int64_t *ret_ids);

// --- what happened (open311_update.c) -------------------------------------------------------------------------------
// The mySociety status of an event, or NULL when the event changes none; *ret_state: the state it led to.
const char *open311_update_status(struct ctx *c, const struct event *event, int *ret_state);

// --- routes ---------------------------------------------------------------------------------------------------------
// The span of time asked for by start_date and end_date, 90 days at most (open311_read.c).
enum err open311_window(struct ctx *c, const struct http_request *rq, int64_t *ret_from_ms, int64_t *ret_to_ms);
// Which page, of how many rows.
enum err open311_page(struct ctx *c, const struct http_request *rq, int64_t *ret_page, int64_t *ret_size);
enum open311_format open311_format_of(const struct http_request *rq);
// "{file}" of the path without ".xml" or ".json"; ERR_NOT_FOUND for any other ending.
enum err open311_file_param(struct ctx *c, const struct http_request *rq, struct str *ret_name);
void open311_problem(struct ctx *c, const struct http_request *rq, const struct message *const *messages,
                     struct http_response *rs);
void open311_errors_write(struct ctx *c, enum open311_format format, const struct open311_errors *errors,
                          struct http_response *rs);
struct str open311_sentence(struct ctx *c, const char *key, struct str arg0, struct str arg1);
typedef enum err open311_handler(struct ctx *c, struct http_request *rq, struct http_response *rs);
open311_handler open311_http_services, open311_http_service, open311_http_requests, open311_http_request,
    open311_http_token, open311_http_csv, open311_http_file, open311_http_updates, open311_http_update,
    open311_http_keys, open311_http_key_make, open311_http_key_end, open311_http_key_set_rate, open311_http_definition,
    open311_http_definition_put;
extern const struct record open311_key_made_record, open311_definition_record, open311_filing_input_record,
    open311_update_input_record;
extern const struct route_query open311_request_query[], open311_update_query[];
extern const struct route open311_routes[];
extern const struct message open311_messages[];
