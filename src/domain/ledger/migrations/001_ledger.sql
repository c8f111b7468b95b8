-- SPDX-License-Identifier: MulanPSL-2.0
-- What the log says, summed by day: by place (grid and above) and, in it, all together, by item, unit and place below.
CREATE TABLE ledger_day (
    tenant_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    by_what TEXT NOT NULL,
    member TEXT NOT NULL,
    day BIGINT NOT NULL,
    left_out BIGINT NOT NULL,
    reported BIGINT NOT NULL,
    filed BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    sent_in_time BIGINT NOT NULL,
    responded BIGINT NOT NULL,
    callbacks BIGINT NOT NULL,
    solved BIGINT NOT NULL,
    satisfied BIGINT NOT NULL,
    due BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    closed_in_time BIGINT NOT NULL,
    finished BIGINT NOT NULL,
    reworked BIGINT NOT NULL,
    extended BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    deeds BIGINT NOT NULL,
    lapsed BIGINT NOT NULL,
    excluded BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, place_id, by_what, member, day, left_out)
){{clustered}};
CREATE INDEX ledger_day_range ON ledger_day (tenant_id, place_id, by_what, day);
-- How far the log was read. definition: of the figures, when they were reckoned; another one reckons them anew.
CREATE TABLE ledger_head (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    last_id BIGINT NOT NULL,
    definition BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- Returns and exclusions 退单与剔除, one row for each place above: a list of any subtree is one range.
CREATE TABLE ledger_note (
    tenant_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    request_id BIGINT NOT NULL,
    type TEXT NOT NULL,
    at BIGINT NOT NULL,
    item_code TEXT NOT NULL,
    unit_id BIGINT NOT NULL,
    actor_id BIGINT NOT NULL,
    actor_role TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (tenant_id, place_id, id)
){{clustered}};
