-- SPDX-License-Identifier: MulanPSL-2.0
-- Tasks of other units that were summoned to a request (whistle, check-in, clear).
ALTER TABLE request ADD COLUMN tasks BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN open_tasks BIGINT NOT NULL DEFAULT 0;

CREATE TABLE request_task (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    steady_version BIGINT NOT NULL,
    state TEXT NOT NULL,
    open BIGINT NOT NULL,
    request_id BIGINT NOT NULL,
    ground TEXT NOT NULL,
    wanted {{blob}} NOT NULL,
    reply {{blob}} NOT NULL,
    unit TEXT NOT NULL,
    check_in_budget BIGINT NOT NULL,
    budget BIGINT NOT NULL,
    calendar_version TEXT NOT NULL,
    post_id BIGINT NOT NULL,
    org_id BIGINT NOT NULL,
    post_name TEXT NOT NULL,
    whistler_id BIGINT NOT NULL,
    whistler_post_id BIGINT NOT NULL,
    whistler_name TEXT NOT NULL,
    whistled_at_ms BIGINT NOT NULL,
    dispatched_at_ms BIGINT NOT NULL,
    check_in_due_at_ms BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    due_provisional BIGINT NOT NULL,
    wait_due_at_ms BIGINT NOT NULL,
    helper_id BIGINT NOT NULL,
    checked_in_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT NOT NULL,
    handed_over BIGINT NOT NULL,
    check_in_level BIGINT NOT NULL,
    level BIGINT NOT NULL,
    next_level_at_ms BIGINT NOT NULL,
    escalated_post_id BIGINT NOT NULL,
    escalated_name TEXT NOT NULL,
    photo_count BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
){{clustered}};
CREATE INDEX request_task_request ON request_task (tenant_id, request_id, id);
CREATE INDEX request_task_post ON request_task (tenant_id, post_id, open, wait_due_at_ms, id) WHERE open = 1;
CREATE INDEX request_task_org ON request_task (tenant_id, org_id, open, wait_due_at_ms, id)
    WHERE open = 1 AND org_id <> 0;
CREATE INDEX request_task_waiting ON request_task (tenant_id, open, wait_due_at_ms, id) WHERE open = 1;
CREATE INDEX request_task_level ON request_task (tenant_id, next_level_at_ms, id) WHERE next_level_at_ms > 0;

CREATE TABLE request_helper (
    tenant_id BIGINT NOT NULL,
    request_id BIGINT NOT NULL,
    post_id BIGINT NOT NULL,
    org_id BIGINT NOT NULL,
    task_id BIGINT NOT NULL,
    open BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, request_id, post_id)
){{clustered}};
