-- SPDX-License-Identifier: MulanPSL-2.0
CREATE TABLE sample (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    label TEXT NOT NULL,
    number BIGINT NOT NULL,
    price DOUBLE PRECISION NOT NULL,
    flag BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    state TEXT NOT NULL,
    secret {{blob}} NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX sample_label ON sample (tenant_id, label, id);
