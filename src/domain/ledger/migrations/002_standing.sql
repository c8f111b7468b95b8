-- SPDX-License-Identifier: MulanPSL-2.0
-- What there is, counted now and then by a job, so that no page counts whole tables.
CREATE TABLE ledger_standing (
    tenant_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    n BIGINT NOT NULL,
    as_of BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, code)
);
