// SPDX-License-Identifier: MulanPSL-2.0
// What SQLite's planner is told of every index. Without it, it takes any equality for a sharp one, so a table that is
// in the order of (tenant_id, id) was read from end to end for one subject's rows: the first column is the same for all
// of a district. ANALYZE would tell the truth of the day it runs, also of an empty store; this tells what holds for a
// large one, and never changes. Numbers: rows, then rows that are alike in the first column, the first two, and so on.
#include "store/sqlite_private.h"

#define INDEXES                                                                                                        \
    "FROM (SELECT m.name AS tbl, l.name AS idx, l.\"unique\" AS one, l.partial AS part, "                              \
    "(SELECT count(*) FROM pragma_index_info(l.name)) AS n FROM sqlite_schema m, pragma_index_list(m.name) l "         \
    "WHERE m.type = 'table' AND substr(m.name, 1, 7) <> 'sqlite_' AND substr(m.name, 1, 12) <> 'linli_search') i "

static const char missing[] =
    "SELECT count(*) " INDEXES "WHERE NOT EXISTS (SELECT 1 FROM sqlite_stat1 s WHERE s.tbl = i.tbl AND s.idx = i.idx)";
// k columns beside the first and, of a unique index, the last, which is sharp.
static const char tell[] =
    "BEGIN IMMEDIATE;"
    "DELETE FROM sqlite_stat1;"
    "INSERT INTO sqlite_stat1 (tbl, idx, stat) SELECT tbl, idx, CASE WHEN part THEN '10000 10000' || "
    "substr(' 100 10 2 2 2 2 2 2 2 2', 1, CASE WHEN k < 1 THEN 0 WHEN k = 1 THEN 4 ELSE 7 + 2 * (k - 2) END) "
    "ELSE '1000000 1000000' || "
    "substr(' 1000 100 10 2 2 2 2 2 2 2 2', 1, "
    "CASE WHEN k < 1 THEN 0 WHEN k = 1 THEN 5 WHEN k = 2 THEN 9 ELSE 12 + 2 * (k - 3) END) END || "
    "CASE WHEN one AND n > 1 THEN ' 1' ELSE '' END "
    "FROM (SELECT i.*, n - 1 - (one AND n > 1) AS k " INDEXES ");"
    "COMMIT;"
    "ANALYZE sqlite_schema;";

static int is_told(sqlite3 *handle, bool *ret_told)
{
    sqlite3_stmt *stmt;
    *ret_told = false;
    if (sqlite3_table_column_metadata(handle, NULL, "sqlite_stat1", "stat", NULL, NULL, NULL, NULL, NULL))
        return SQLITE_OK; // no such table yet
    int code = sqlite3_prepare_v2(handle, missing, -1, &stmt, NULL);
    if (code)
        return code;
    code = sqlite3_step(stmt);
    *ret_told = code == SQLITE_ROW && sqlite3_column_int64(stmt, 0) == 0;
    sqlite3_finalize(stmt);
    return code == SQLITE_ROW ? SQLITE_OK : code;
}

enum err lite_tell_statistics(struct ctx *c, struct lite_conn *conn)
{
    bool told;
    int code = is_told(conn->handle, &told);
    if (!code && told)
        return OK;
    if (!code)
        code = sqlite3_exec(conn->handle, "ANALYZE sqlite_schema", NULL, NULL, NULL); // makes the table
    if (!code)
        code = sqlite3_exec(conn->handle, tell, NULL, NULL, NULL);
    if (code && !sqlite3_get_autocommit(conn->handle))
        lite_command(conn, LITE_ROLLBACK);
    return code ? lite_fail(c, conn, code, "statistics") : OK;
}
