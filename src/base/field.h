// SPDX-License-Identifier: MulanPSL-2.0
// A record is described once, by a list that gives its struct and its table; the table serves SQL rows, JSON in and
// out, validation, OpenAPI, who may read, sealing and CSV. Adding a field is one line of the list and one in a
// migration.
//
//     #define DOOR_FIELDS(F, S)
//         F(S, ID, id, .flags = FIELD_KEY, .doc = "The door")
//         F(S, TEXT, code, .read = READ_STAFF, .max = 16)
//     struct door {
//         DOOR_FIELDS(FIELD_MEMBER, door)
//     };
//     static const struct field door_fields[] = {DOOR_FIELDS(FIELD_ROW, door)};
//
// Answers that are gathered from several records have tables without a list.
#pragma once
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
    FIELD_INT,    // int64_t             BIGINT            JSON number
    FIELD_BOOL,   // bool                BIGINT 0/1        JSON true/false
    FIELD_REAL,   // double              DOUBLE PRECISION  JSON number
    FIELD_TEXT,   // struct str          TEXT              JSON string
    FIELD_ID,     // int64_t             BIGINT            JSON string (base/id.h), null when 0
    FIELD_TIME,   // int64_t, ms UTC     BIGINT            JSON string (RFC 3339, ms, Z), null when 0
    FIELD_ENUM,   // int, index in names TEXT              JSON string
    FIELD_SEALED, // struct str, a box   {{blob}}          JSON string in clear (crypto/seal.h), null when empty
    FIELD_BLOB,   // struct str          {{blob}}          JSON string in hex
    FIELD_IDS,    // struct str          TEXT              JSON array of ids; in C and in the store their text forms
                  //                                       joined by commas. min, max: how many (0, 0: 0 to 100)
    FIELD_JSON,   // struct str, JSON    TEXT              as it is (empty: null). .of tells its shape. Taken as input
                  //                                       only as FIELD_MANY with .of: at most max records, each by
                  //                                       its own table, none of its fields SEALED
};

// Every column is NOT NULL; 0 or '' means absent.
enum field_flag {
    FIELD_KEY = 1,        // part of the primary key (after tenant_id)
    FIELD_INPUT = 2,      // a client may send it
    FIELD_REQUIRED = 4,   // a client that creates must send it, not empty
    FIELD_VERSION = 8,    // grows by one with each change; ETag and If-Match
    FIELD_PERSONAL = 16,  // reading it in clear is an event of its own
    FIELD_COMPUTED = 32,  // not a column: filled in C before it is written as JSON
    FIELD_MULTILINE = 64, // text that may hold line breaks
    FIELD_MANY = 128,     // FIELD_JSON: an array of .of
};

// Who may read, widest first. A reader holds a set of these; a field is shown when the sets meet.
enum field_reader {
    READ_PUBLIC = 1,  // everybody, the wall included
    READ_OWNER = 2,   // the person it is about
    READ_HANDLER = 4, // who has to do the work
    READ_SCOPE = 8,   // staff whose subtree holds it
    READ_ADMIN = 16,  // administrators
    READ_NOBODY = 0,  // stays in the server
};
#define READ_ALL (READ_PUBLIC | READ_OWNER | READ_HANDLER | READ_SCOPE | READ_ADMIN)
#define READ_STAFF (READ_HANDLER | READ_SCOPE | READ_ADMIN)
#define READ_INVOLVED (READ_OWNER | READ_STAFF)

struct field {
    const char *name; // column and JSON name
    enum field_type type;
    unsigned flags;
    unsigned read; // set of field_reader
    size_t offset;
    int64_t min, max;         // numbers: the range; text: code points (0, 0: 0 to 200)
    const char *const *names; // FIELD_ENUM, NULL-terminated
    const char *doc;          // one line of English, for OpenAPI
    const char *purpose;      // personal fields: why it is kept (PIPL art. 6, GB/T 22239 data minimisation)
    const struct record *of;  // FIELD_JSON: the record it (or each of its elements) is, for OpenAPI; NULL: anything
};

struct record {
    const char *name;  // "request"; JSON and OpenAPI schema
    const char *table; // NULL: no table of its own (inputs, answers)
    size_t size_bytes; // sizeof(struct …)
    const struct field *fields;
    size_t field_count;
};

// --- the list of a record: F(struct, type, name, more of struct field…) ----------------------------------------------
#define FIELD_MEMBER(struct_, type_, ...) FIELD_MEMBER_AS(FIELD_AS_##type_, __VA_ARGS__, )
#define FIELD_ROW(struct_, type_, ...) {FIELD_ROW_AS(struct_, FIELD_AS_##type_, __VA_ARGS__, )},

// Type in C, what the member's name has beyond the column's, type of the field.
#define FIELD_AS_INT int64_t, , FIELD_INT
#define FIELD_AS_BOOL bool, , FIELD_BOOL
#define FIELD_AS_REAL double, , FIELD_REAL
#define FIELD_AS_TEXT struct str, , FIELD_TEXT
#define FIELD_AS_ID int64_t, , FIELD_ID
#define FIELD_AS_TIME int64_t, , FIELD_TIME
#define FIELD_AS_TIME_MS int64_t, _ms, FIELD_TIME // column made_at, member made_at_ms
#define FIELD_AS_ENUM int, , FIELD_ENUM
#define FIELD_AS_SEALED struct str, , FIELD_SEALED
#define FIELD_AS_BLOB struct str, , FIELD_BLOB
#define FIELD_AS_IDS struct str, , FIELD_IDS
#define FIELD_AS_JSON struct str, , FIELD_JSON

#define FIELD_MEMBER_AS(...) FIELD_MEMBER_OF(__VA_ARGS__)
#define FIELD_MEMBER_OF(c_type_, more_, type_, name_, ...) c_type_ name_##more_;
#define FIELD_ROW_AS(...) FIELD_ROW_OF(__VA_ARGS__)
#define FIELD_ROW_OF(struct_, c_type_, more_, type_, name_, ...)                                                       \
    .name = #name_, .offset = offsetof(struct struct_, name_##more_), .type = (type_), __VA_ARGS__

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])
#define FIELD_AT(type_, member_) .name = #member_, .offset = offsetof(type_, member_)

const struct field *record_field(const struct record *record, struct str name); // NULL when there is none
int64_t *field_int(const struct field *field, void *row);
bool *field_bool(const struct field *field, void *row);
double *field_real(const struct field *field, void *row);
struct str *field_str(const struct field *field, void *row);
int *field_enum(const struct field *field, void *row);
// Index of the name, or -1.
int enum_from_name(const char *const *names, struct str name);
int64_t field_text_max(const struct field *field);
