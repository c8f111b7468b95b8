-- SPDX-License-Identifier: MulanPSL-2.0
CREATE TABLE round_plan (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    days TEXT NOT NULL,
    weekdays TEXT NOT NULL,
    window_from TEXT NOT NULL,
    window_to TEXT NOT NULL,
    made_to_day BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
){{clustered}};
CREATE INDEX round_plan_place ON round_plan (tenant_id, place_id);
CREATE INDEX round_plan_due ON round_plan (tenant_id, closed_at, made_to_day, id);

CREATE TABLE checkpoint (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    plan_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    asks TEXT NOT NULL,
    sort BIGINT NOT NULL,
    code TEXT NOT NULL,
    closed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
){{clustered}};
CREATE INDEX checkpoint_plan ON checkpoint (tenant_id, plan_id, sort, id);
CREATE UNIQUE INDEX checkpoint_code ON checkpoint (tenant_id, code) WHERE code <> '';

CREATE TABLE round_day (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    plan_id BIGINT NOT NULL,
    plan_version BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    path TEXT NOT NULL,
    place_name TEXT NOT NULL,
    grid_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    opens_at BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    role TEXT NOT NULL,
    post_id BIGINT NOT NULL,
    post_name TEXT NOT NULL,
    vacant_post_id BIGINT NOT NULL,
    level BIGINT NOT NULL,
    next_mark_at BIGINT NOT NULL,
    escalated_post_id BIGINT NOT NULL,
    escalated_name TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    items BIGINT NOT NULL,
    items_done BIGINT NOT NULL,
    findings BIGINT NOT NULL,
    recorded_late BIGINT NOT NULL,
    in_time BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
){{clustered}};
-- Two processes that plan the same day: the second finds it there.
CREATE UNIQUE INDEX round_day_once ON round_day (tenant_id, plan_id, day);
CREATE INDEX round_day_day ON round_day (tenant_id, day, id);
CREATE INDEX round_day_post ON round_day (tenant_id, post_id, day);
CREATE INDEX round_day_mark ON round_day (tenant_id, next_mark_at, id) WHERE next_mark_at > 0;

CREATE TABLE round_item (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    round_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    checkpoint_id BIGINT NOT NULL,
    care_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    asks TEXT NOT NULL,
    coded BIGINT NOT NULL,
    what TEXT NOT NULL,
    sort BIGINT NOT NULL,
    result TEXT NOT NULL,
    bad TEXT NOT NULL,
    scanned BIGINT NOT NULL,
    ticked_at BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    late BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    words {{blob}} NOT NULL,
    request_id BIGINT NOT NULL,
    noted BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
){{clustered}};
CREATE INDEX round_item_round ON round_item (tenant_id, round_id, sort, id);
CREATE INDEX round_item_care ON round_item (tenant_id, care_id, id) WHERE care_id <> 0;
CREATE INDEX round_item_person ON round_item (tenant_id, person_id, id) WHERE person_id <> 0;
