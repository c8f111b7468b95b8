-- SPDX-License-Identifier: MulanPSL-2.0
CREATE TABLE dispute (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    steady_version BIGINT NOT NULL,
    state TEXT NOT NULL,
    open BIGINT NOT NULL,
    category TEXT NOT NULL,
    source TEXT NOT NULL,
    request_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    community_id BIGINT NOT NULL,
    subdistrict_id BIGINT NOT NULL,
    words {{blob}} NOT NULL,
    opened_by_id BIGINT NOT NULL,
    desk_post_id BIGINT NOT NULL,
    against_id BIGINT NOT NULL,
    opened_at_ms BIGINT NOT NULL,
    accepted_at_ms BIGINT NOT NULL,
    clock TEXT NOT NULL,
    clock_from_ms BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    extended BIGINT NOT NULL,
    level BIGINT NOT NULL,
    next_mark_at_ms BIGINT NOT NULL,
    escalated_post_id BIGINT NOT NULL,
    escalated_name TEXT NOT NULL,
    round BIGINT NOT NULL,
    result TEXT NOT NULL,
    referral TEXT NOT NULL,
    ended_at_ms BIGINT NOT NULL,
    closed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX dispute_request ON dispute (tenant_id, request_id) WHERE request_id > 0;
CREATE INDEX dispute_community ON dispute (tenant_id, community_id, id);
CREATE INDEX dispute_subdistrict ON dispute (tenant_id, subdistrict_id, id);
CREATE INDEX dispute_mark ON dispute (tenant_id, next_mark_at_ms, id) WHERE next_mark_at_ms > 0;
CREATE INDEX dispute_escalated ON dispute (tenant_id, escalated_post_id, id) WHERE escalated_post_id > 0;

CREATE TABLE dispute_party (
    tenant_id BIGINT NOT NULL,
    dispute_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    side TEXT NOT NULL,
    name {{blob}} NOT NULL,
    phone {{blob}} NOT NULL,
    home {{blob}} NOT NULL,
    door_number {{blob}} NOT NULL,
    consent TEXT NOT NULL,
    consent_at_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, dispute_id, id)
);

CREATE TABLE dispute_mediator (
    tenant_id BIGINT NOT NULL,
    dispute_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    standing TEXT NOT NULL,
    proposed_at_ms BIGINT NOT NULL,
    answered_at_ms BIGINT NOT NULL,
    objected_by_id BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, dispute_id, person_id)
){{clustered}};
CREATE INDEX dispute_mediator_person ON dispute_mediator (tenant_id, person_id, dispute_id);

CREATE TABLE dispute_session (
    tenant_id BIGINT NOT NULL,
    dispute_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    planned_at BIGINT NOT NULL,
    room TEXT NOT NULL,
    outcome TEXT NOT NULL,
    held_at BIGINT NOT NULL,
    present TEXT NOT NULL,
    minutes {{blob}} NOT NULL,
    written_by_id BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, dispute_id, id)
);
