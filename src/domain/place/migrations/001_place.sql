-- SPDX-License-Identifier: MulanPSL-2.0
CREATE TABLE place (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    parent_id BIGINT NOT NULL,
    level TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    lng DOUBLE PRECISION NOT NULL,
    invented BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX place_parent ON place (tenant_id, parent_id, id);
CREATE INDEX place_level ON place (tenant_id, level, id);
CREATE UNIQUE INDEX place_code ON place (tenant_id, level, code) WHERE code <> '';

-- Under which parent a place stood, from when to when (to_ms 0: still). Redrawing loses nothing.
CREATE TABLE place_history (
    tenant_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT NOT NULL,
    parent_id BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, place_id, from_ms)
){{clustered}};

CREATE TABLE door (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX door_code ON door (tenant_id, code);
CREATE INDEX door_place ON door (tenant_id, place_id, id);
