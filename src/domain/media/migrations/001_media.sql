-- SPDX-License-Identifier: MulanPSL-2.0
CREATE TABLE media (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    owner_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    content_type TEXT NOT NULL,
    hash TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
){{clustered}};
CREATE INDEX media_subject ON media (tenant_id, subject_kind, subject_id, id);
CREATE INDEX media_owner ON media (tenant_id, owner_id, subject_kind, id);
CREATE INDEX media_hash ON media (tenant_id, hash);
