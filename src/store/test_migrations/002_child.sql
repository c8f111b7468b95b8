-- SPDX-License-Identifier: MulanPSL-2.0
CREATE TABLE child (
    tenant_id BIGINT NOT NULL,
    sample_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, sample_id, id),
    FOREIGN KEY (tenant_id, sample_id) REFERENCES sample (tenant_id, id) ON DELETE CASCADE
) {{clustered}};
ALTER TABLE sample ADD COLUMN extra TEXT NOT NULL DEFAULT 'none';
