-- SPDX-License-Identifier: MulanPSL-2.0
ALTER TABLE ledger_day ADD COLUMN rechecked BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ledger_day ADD COLUMN upheld BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ledger_day ADD COLUMN unreached BIGINT NOT NULL DEFAULT 0;
-- Random re-checks of what was closed as solved: what was drawn, and what was found.
CREATE TABLE ledger_recheck (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    week TEXT NOT NULL,
    request_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    unit_id BIGINT NOT NULL,
    item_code TEXT NOT NULL,
    solved_at BIGINT NOT NULL,
    rank BIGINT NOT NULL,
    eligible BIGINT NOT NULL,
    result TEXT NOT NULL,
    how TEXT NOT NULL,
    checker_id BIGINT NOT NULL,
    checked_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX ledger_recheck_open ON ledger_recheck (tenant_id, result, id);
CREATE TABLE ledger_draw (
    tenant_id BIGINT NOT NULL,
    week TEXT NOT NULL,
    seal_minute BIGINT NOT NULL,
    seal_hash TEXT NOT NULL,
    last_event_id BIGINT NOT NULL,
    eligible BIGINT NOT NULL,
    drawn BIGINT NOT NULL,
    drawn_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, week)
);
-- What a figure should come to: of everybody (unit_id 0), or of one unit.
CREATE TABLE ledger_target (
    tenant_id BIGINT NOT NULL,
    figure TEXT NOT NULL,
    unit_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    set_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, figure, unit_id)
);
