-- SPDX-License-Identifier: MulanPSL-2.0
CREATE TABLE open311_key (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    ended_by BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX open311_key_hash ON open311_key (tenant_id, key_hash);

-- What a service item is to Open311 beyond the catalogue; items without a row have none of it.
CREATE TABLE open311_service (
    tenant_id BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    keywords TEXT NOT NULL,
    PRIMARY KEY (tenant_id, item_id)
);
CREATE TABLE open311_attribute (
    tenant_id BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    code TEXT NOT NULL,
    datatype TEXT NOT NULL,
    required BIGINT NOT NULL,
    variable BIGINT NOT NULL,
    description TEXT NOT NULL,
    datatype_description TEXT NOT NULL,
    choices TEXT NOT NULL,
    PRIMARY KEY (tenant_id, item_id, position)
);
CREATE UNIQUE INDEX open311_attribute_code ON open311_attribute (tenant_id, item_id, code);

-- What is known of a request that came through Open311, beside the request itself.
CREATE TABLE open311_filing (
    tenant_id BIGINT NOT NULL,
    request_id BIGINT NOT NULL,
    key_id BIGINT NOT NULL,
    said BIGINT NOT NULL,
    media_url TEXT NOT NULL,
    token TEXT NOT NULL,
    PRIMARY KEY (tenant_id, request_id)
);
CREATE UNIQUE INDEX open311_filing_token ON open311_filing (tenant_id, token) WHERE token <> '';
CREATE TABLE open311_answer (
    tenant_id BIGINT NOT NULL,
    request_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    code TEXT NOT NULL,
    answer {{blob}} NOT NULL,
    PRIMARY KEY (tenant_id, request_id, position)
);
