-- SPDX-License-Identifier: MulanPSL-2.0
-- A district served here. Reference table: few rows, rarely written.
CREATE TABLE tenant (
    tenant_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    made_at_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id)
);
CREATE UNIQUE INDEX tenant_code ON tenant (code);
