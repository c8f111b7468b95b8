-- SPDX-License-Identifier: MulanPSL-2.0
-- How often a key may be used.
ALTER TABLE open311_key ADD COLUMN per_minute BIGINT NOT NULL DEFAULT 600;
CREATE TABLE open311_use (
    tenant_id BIGINT NOT NULL,
    key_id BIGINT NOT NULL,
    minute BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, key_id)
){{clustered}};
