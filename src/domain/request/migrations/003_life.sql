-- SPDX-License-Identifier: MulanPSL-2.0
-- The whole life of a request: pauses, extensions, escalation, joining, arbitration, appeal.
ALTER TABLE request ADD COLUMN steady_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN dispatched_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN contacted_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN verified_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN extended BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN paused_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN resume_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN asked TEXT NOT NULL DEFAULT 'none';
ALTER TABLE request ADD COLUMN asked_by_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN asked_until_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN asked_units BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN late BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN level BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN next_level_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN escalated_post_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN escalated_name TEXT NOT NULL DEFAULT '';
ALTER TABLE request ADD COLUMN supervised BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN master_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN contested BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN arbitrated BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN appealed BIGINT NOT NULL DEFAULT 0;
UPDATE request SET steady_version = version;
-- Of what is open already, the job finds out at its first run which levels were reached.
UPDATE request SET next_level_at_ms = 1 WHERE open = 1 AND due_at_ms > 0 AND source <> 'import';
CREATE INDEX request_level ON request (tenant_id, next_level_at_ms, id) WHERE next_level_at_ms > 0;
CREATE INDEX request_resume ON request (tenant_id, resume_at_ms, id) WHERE resume_at_ms > 0;
CREATE INDEX request_refused ON request (tenant_id, state, state_at_ms, id) WHERE state = 'rejected';
CREATE INDEX request_escalated ON request (tenant_id, escalated_post_id, open, id) WHERE escalated_post_id > 0;
CREATE INDEX request_master ON request (tenant_id, master_id, id) WHERE master_id > 0;

CREATE TABLE request_pause (
    tenant_id BIGINT NOT NULL,
    request_id BIGINT NOT NULL,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (tenant_id, request_id, from_ms)
){{clustered}};
