// SPDX-License-Identifier: MulanPSL-2.0
// Failed sign-ins that belong to no account: unknown names, which lock like those that exist so that the answer tells
// nothing, and addresses from which too many failures come.
#include "account_sql.h"
#include "domain/account/account_internal.h"

static const struct field failure_fields[] = {FAILURE_FIELDS(FIELD_ROW, failure)};
const struct record failure_record = {.name = "sign_in_failure",
                                      .table = "sign_in_failure",
                                      .size_bytes = sizeof(struct failure),
                                      FIELDS(failure_fields)};

enum err failure_get(struct ctx *c, struct str subject_blind, struct failure *ret_failure)
{
    struct args args = ARGS(ARG_TEXT("subject_blind", subject_blind));
    enum err err = db_one(c, &sql_failure_by_subject, args, &failure_record, ret_failure);
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    bool stale = err == OK && ret_failure->failed_at_ms + FAILURES_FORGET_MS < c->now_ms;
    bool lock_over = err == OK && ret_failure->locked_until_ms && ret_failure->locked_until_ms <= c->now_ms;
    if (err == ERR_NOT_FOUND)
        ctx_clear_error(c);
    if (err == ERR_NOT_FOUND || stale || lock_over)
        *ret_failure = (struct failure){.subject_blind = subject_blind};
    return OK;
}

enum err failure_add(struct ctx *c, struct str subject_blind, int64_t max, bool *ret_locked)
{
    struct failure failure;
    TRY(failure_get(c, subject_blind, &failure));
    failure.failed_at_ms = c->now_ms;
    if (++failure.failures >= max)
        failure.locked_until_ms = c->now_ms + LOCK_MS;
    *ret_locked = failure.locked_until_ms > c->now_ms;
    return db_exec(c, &sql_failure_put, ARGS(ARG_ROW(&failure_record, &failure)), NULL);
}
