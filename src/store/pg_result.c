// SPDX-License-Identifier: MulanPSL-2.0
// Values to and from PostgreSQL's binary formats (the send and recv functions of each type in the PostgreSQL source).
#include "store/pg_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMERIC_DIGITS_MAX 64

enum oid {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_CHAR = 18,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_OID = 26,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_UNKNOWN = 705,
    OID_BPCHAR = 1042,
    OID_VARCHAR = 1043,
    OID_NUMERIC = 1700,
};

// --- parameters ------------------------------------------------------------------------------------------------------
static void put_be64(uint64_t value, unsigned char out[8])
{
    for (int i = 7; i >= 0; i--, value >>= 8)
        out[i] = (unsigned char)value;
}

void pg_params_types(const struct statement *st, struct pg_params *ret)
{
    ret->count = (int)st->param_count;
    for (size_t i = 0; i < st->param_count; i++) {
        enum field_type type = st->params[i].type;
        ret->types[i] = type == FIELD_INT    ? OID_INT8
                        : type == FIELD_REAL ? OID_FLOAT8
                        : type == FIELD_TEXT ? OID_TEXT
                                             : OID_BYTEA;
    }
}

void pg_params_fill(const struct statement *st, const struct store_value *values, struct pg_params *ret)
{
    pg_params_types(st, ret);
    for (size_t i = 0; i < st->param_count; i++) {
        const struct store_value *value = &values[i];
        uint64_t bits = (uint64_t)value->number;
        ret->formats[i] = 1;
        if (value->type == FIELD_INT || value->type == FIELD_REAL) {
            if (value->type == FIELD_REAL)
                memcpy(&bits, &value->real, sizeof bits);
            put_be64(bits, ret->numbers[i]);
            ret->values[i] = (const char *)ret->numbers[i];
            ret->lengths[i] = 8;
        } else {
            ret->values[i] = value->text.n ? value->text.p : "";
            ret->lengths[i] = (int)value->text.n;
        }
    }
}

// --- results ---------------------------------------------------------------------------------------------------------
__extension__ typedef __int128 wide;

static uint64_t get_be(const unsigned char *p, int n)
{
    uint64_t value = 0;
    while (n-- > 0)
        value = value << 8 | *p++;
    return value;
}

static int64_t get_int(const unsigned char *p, int n)
{
    uint64_t value = get_be(p, n);
    if (n == 2)
        return (int16_t)value;
    return n == 4 ? (int32_t)value : (int64_t)value;
}

// numeric: digits of base 10,000; what sum() and avg() of BIGINT give. A whole number that fits becomes an integer.
static bool read_numeric(const unsigned char *p, int n, struct store_value *ret)
{
    if (n < 8)
        return false;
    int digits = (int)get_int(p, 2), weight = (int)get_int(p + 2, 2);
    unsigned sign = (unsigned)get_be(p + 4, 2), scale = (unsigned)get_be(p + 6, 2);
    if (digits < 0 || digits > NUMERIC_DIGITS_MAX || n != 8 + 2 * digits || (sign != 0 && sign != 0x4000))
        return false;                       // also NaN and infinity
    char text[4 * NUMERIC_DIGITS_MAX + 16]; // for strtod, which rounds rightly
    int at = snprintf(text, sizeof text, "%s0", sign ? "-" : "");
    wide whole = 0;
    for (int i = 0; i < digits || i <= weight; i++) {
        int digit = i < digits ? (int)get_be(p + 8 + 2 * i, 2) : 0;
        if (i < digits)
            at += snprintf(text + at, sizeof text - (size_t)at, "%04d", digit);
        if (i <= weight && whole < (wide)1 << 100)
            whole = whole * 10000 + digit;
    }
    snprintf(text + at, sizeof text - (size_t)at, "e%d", 4 * (weight + 1 - digits));
    whole = sign ? -whole : whole;
    *ret = (struct store_value){.type = scale ? FIELD_REAL : FIELD_INT, .text = {"", 0}};
    if (scale)
        ret->real = strtod(text, NULL);
    else
        ret->number = (int64_t)whole;
    return scale || (whole >= INT64_MIN && whole <= INT64_MAX);
}

static bool read_real(const unsigned char *p, int n, struct store_value *ret)
{
    uint64_t bits = get_be(p, n);
    *ret = (struct store_value){.type = FIELD_REAL};
    if (n == 8)
        memcpy(&ret->real, &bits, sizeof ret->real);
    else {
        uint32_t half = (uint32_t)bits;
        float single;
        memcpy(&single, &half, sizeof single);
        ret->real = (double)single;
    }
    return n == 8 || n == 4;
}

static bool read_value(const PGresult *result, int row, int column, struct store_value *ret)
{
    *ret = (struct store_value){.type = FIELD_INT, .text = {"", 0}};
    if (PQgetisnull(result, row, column)) {
        ret->is_null = true;
        return true;
    }
    const char *p = PQgetvalue(result, row, column);
    int n = PQgetlength(result, row, column);
    switch ((enum oid)PQftype(result, column)) {
    case OID_INT8:
    case OID_INT4:
    case OID_INT2:
    case OID_OID:
        ret->number = get_int((const unsigned char *)p, n);
        break;
    case OID_BOOL:
        ret->number = n == 1 && *p != 0;
        break;
    case OID_FLOAT4:
    case OID_FLOAT8:
        if (!read_real((const unsigned char *)p, n, ret))
            return false;
        break;
    case OID_NUMERIC:
        if (!read_numeric((const unsigned char *)p, n, ret))
            return false;
        break;
    case OID_BYTEA:
        ret->type = FIELD_BLOB;
        ret->text = (struct str){p, (size_t)n};
        break;
    case OID_TEXT:
    case OID_VARCHAR:
    case OID_BPCHAR:
    case OID_NAME:
    case OID_CHAR:
    case OID_UNKNOWN:
        ret->type = FIELD_TEXT;
        ret->text = (struct str){p, (size_t)n};
        break;
    default:
        return false;
    }
    if (ret->text.n == 0)
        ret->text = (struct str){"", 0};
    return true;
}

static const char *column_name(const struct result *result, size_t column)
{
    return PQfname(result->handle, (int)column);
}

enum err pg_rows(struct ctx *c, const struct statement *st, const PGresult *result, struct column_map *map, row_fn fn,
                 void *arg)
{
    struct store_value values[STORE_MAX_COLUMNS];
    int rows = PQntuples(result), columns = PQnfields(result);
    if (columns > STORE_MAX_COLUMNS)
        return store_fault(c, ERR_INTERNAL, "store.too_many_columns", st->name, "");
    for (int row = 0; row < rows; row++) {
        for (int i = 0; i < columns; i++)
            if (!read_value(result, row, i, &values[i]))
                return store_fault(c, ERR_INTERNAL, "store.bad_value", st->name, PQfname(result, i));
        struct result view = {(size_t)columns, values, map, column_name, result};
        enum err err = fn(c, &view, arg);
        if (err)
            return err; // STORE_STOP as well
    }
    return OK;
}
