-- SPDX-License-Identifier: MulanPSL-2.0
-- Who runs which job, until when, and when it is due again. holder '' and lease_until_ms 0: nobody.
CREATE TABLE job_lease (
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    holder TEXT NOT NULL,
    lease_until_ms BIGINT NOT NULL,
    next_at_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
) {{clustered}};
-- Which process makes ids with which node number. Belongs to no district: tenant 0.
CREATE TABLE node_lease (
    tenant_id BIGINT NOT NULL,
    node BIGINT NOT NULL,
    holder TEXT NOT NULL,
    lease_until_ms BIGINT NOT NULL,
    high_water_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, node)
) {{clustered}};
