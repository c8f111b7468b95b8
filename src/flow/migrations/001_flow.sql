-- SPDX-License-Identifier: MulanPSL-2.0
-- The event log: rows are added, never changed or taken away.
CREATE TABLE event (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    actor_id BIGINT NOT NULL,
    actor_role TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) {{clustered}};
CREATE UNIQUE INDEX event_subject ON event (tenant_id, subject_kind, subject_id, id);
-- The newest event of each subject: two writers cannot fork a chain, because both have to change this row.
CREATE TABLE event_head (
    tenant_id BIGINT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    last_id BIGINT NOT NULL,
    last_hash TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, subject_kind, subject_id)
) {{clustered}};
-- One row for each minute that has events; id is the minute (ms since 1970 / 60,000).
CREATE TABLE event_seal (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    first_id BIGINT NOT NULL,
    last_id BIGINT NOT NULL,
    count BIGINT NOT NULL,
    root TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) {{clustered}};
-- The newest seal. No event may get an id up to sealed_to any more.
CREATE TABLE event_seal_head (
    tenant_id BIGINT NOT NULL,
    seal_id BIGINT NOT NULL,
    seal_hash TEXT NOT NULL,
    sealed_to BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (tenant_id)
) {{clustered}};
-- Idempotency keys with the answer that was given (sealed: it may hold what only the caller may see).
CREATE TABLE command (
    tenant_id BIGINT NOT NULL,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    method_path_hash TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    response {{blob}} NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, scope, key)
);
CREATE INDEX command_age ON command (tenant_id, at_ms);
