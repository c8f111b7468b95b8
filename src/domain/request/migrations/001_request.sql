-- SPDX-License-Identifier: MulanPSL-2.0
-- A partial index also holds the column it is partial by: only then does SQLite prefer it to the primary key.
CREATE TABLE request (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    open BIGINT NOT NULL,
    kind TEXT NOT NULL,
    item_id BIGINT NOT NULL,
    item_code TEXT NOT NULL,
    item_zh TEXT NOT NULL,
    item_en TEXT NOT NULL,
    place_id BIGINT NOT NULL,
    building_id BIGINT NOT NULL,
    estate_id BIGINT NOT NULL,
    grid_id BIGINT NOT NULL,
    community_id BIGINT NOT NULL,
    subdistrict_id BIGINT NOT NULL,
    area TEXT NOT NULL,
    place_name TEXT NOT NULL,
    words {{blob}} NOT NULL,
    door_number {{blob}} NOT NULL,
    reporter_id BIGINT NOT NULL,
    contact_name {{blob}} NOT NULL,
    contact_phone {{blob}} NOT NULL,
    source TEXT NOT NULL,
    external_key TEXT NOT NULL,
    is_private BIGINT NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    lng DOUBLE PRECISION NOT NULL,
    reported_at_ms BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    due_provisional BIGINT NOT NULL,
    unit TEXT NOT NULL,
    budget BIGINT NOT NULL,
    calendar_version TEXT NOT NULL,
    staff_verifies BIGINT NOT NULL,
    owner_post_id BIGINT NOT NULL,
    owner_org_id BIGINT NOT NULL,
    owner_name TEXT NOT NULL,
    handler_id BIGINT NOT NULL,
    signed_at_ms BIGINT NOT NULL,
    handled_at_ms BIGINT NOT NULL,
    verifier_id BIGINT NOT NULL,
    closed_at_ms BIGINT NOT NULL,
    state_at_ms BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    unconfirmed BIGINT NOT NULL,
    unsatisfied BIGINT NOT NULL,
    rating BIGINT NOT NULL,
    reopened BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    urged_at_ms BIGINT NOT NULL,
    photo_count BIGINT NOT NULL,
    reply {{blob}} NOT NULL,
    PRIMARY KEY (tenant_id, id)
){{clustered}};
CREATE INDEX request_reporter ON request (tenant_id, reporter_id, id) WHERE reporter_id <> 0;
CREATE INDEX request_owner ON request (tenant_id, owner_post_id, open, due_at_ms, id, state);
CREATE INDEX request_org ON request (tenant_id, owner_org_id, open, due_at_ms, id, state) WHERE owner_org_id <> 0;
CREATE INDEX request_org_newest ON request (tenant_id, owner_org_id, id) WHERE owner_org_id <> 0;
CREATE UNIQUE INDEX request_external ON request (tenant_id, external_key) WHERE external_key <> '';
CREATE INDEX request_waiting ON request (tenant_id, state, open, id) WHERE open = 1;

CREATE TABLE request_scope (
    tenant_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    request_id BIGINT NOT NULL,
    open BIGINT NOT NULL,
    stage BIGINT NOT NULL,
    unsatisfied BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    closed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, place_id, request_id)
){{clustered}};
CREATE INDEX request_scope_request ON request_scope (tenant_id, request_id, place_id);
CREATE INDEX request_scope_open ON request_scope (tenant_id, place_id, open, request_id, stage, due_at_ms)
    WHERE open = 1;
CREATE INDEX request_scope_unsatisfied ON request_scope (tenant_id, place_id, unsatisfied, request_id)
    WHERE unsatisfied = 1;
CREATE INDEX request_scope_closed ON request_scope (tenant_id, place_id, closed_at_ms, request_id)
    WHERE closed_at_ms > 0;
