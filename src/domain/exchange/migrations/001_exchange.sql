-- SPDX-License-Identifier: MulanPSL-2.0
CREATE TABLE import_run (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    by_id BIGINT NOT NULL,
    mapping TEXT NOT NULL,
    file_name TEXT NOT NULL,
    total_bytes BIGINT NOT NULL,
    done_bytes BIGINT NOT NULL,
    rows_read BIGINT NOT NULL,
    rows_new BIGINT NOT NULL,
    rows_same BIGINT NOT NULL,
    rows_bad BIGINT NOT NULL,
    rows_warned BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    fault TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE import_fault (
    tenant_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    line BIGINT NOT NULL,
    bad BIGINT NOT NULL,
    field TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (tenant_id, run_id, line, field)
){{clustered}};

-- The header of each source, so that its rows can be given back as they came.
CREATE TABLE import_source (
    tenant_id BIGINT NOT NULL,
    mapping TEXT NOT NULL,
    header TEXT NOT NULL,
    PRIMARY KEY (tenant_id, mapping)
){{clustered}};

-- The row behind each imported request, sealed: it may name people.
CREATE TABLE import_row (
    tenant_id BIGINT NOT NULL,
    mapping TEXT NOT NULL,
    line BIGINT NOT NULL,
    request_id BIGINT NOT NULL,
    box {{blob}} NOT NULL,
    PRIMARY KEY (tenant_id, mapping, line, request_id)
);
