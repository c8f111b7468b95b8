-- SPDX-License-Identifier: MulanPSL-2.0
CREATE TABLE org (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    parent_id BIGINT NOT NULL,
    level TEXT NOT NULL,
    name TEXT NOT NULL,
    place_id BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX org_parent ON org (tenant_id, parent_id, id);
CREATE INDEX org_place ON org (tenant_id, place_id, id);

CREATE TABLE post (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    org_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    closed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX post_place ON post (tenant_id, place_id, id);
CREATE INDEX post_org ON post (tenant_id, org_id, id);
CREATE INDEX post_role ON post (tenant_id, role, id);

CREATE TABLE term (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    post_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX term_post ON term (tenant_id, post_id, began_at);
CREATE INDEX term_person ON term (tenant_id, person_id, began_at);
-- A post has one holder at a time, whoever writes.
CREATE UNIQUE INDEX term_open ON term (tenant_id, post_id) WHERE ended_at = 0;
