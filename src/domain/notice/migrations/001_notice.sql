-- SPDX-License-Identifier: MulanPSL-2.0
-- What has to reach somebody, one row for each channel. open: still to be sent.
CREATE TABLE notice (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    template TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    robot_id BIGINT NOT NULL,
    lane TEXT NOT NULL,
    urgent BIGINT NOT NULL,
    lang TEXT NOT NULL,
    address {{blob}} NOT NULL,
    text {{blob}} NOT NULL,
    about_kind TEXT NOT NULL,
    about_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    open BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    consent_held BIGINT NOT NULL,
    error TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    failed_at BIGINT NOT NULL,
    read_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
){{clustered}};
CREATE INDEX notice_due ON notice (tenant_id, channel, open, not_before, id) WHERE open = 1;
CREATE INDEX notice_lane ON notice (tenant_id, lane, open, id) WHERE open = 1;
CREATE INDEX notice_inbox ON notice (tenant_id, person_id, channel, id) WHERE person_id <> 0;
CREATE INDEX notice_unread ON notice (tenant_id, person_id, channel, read_at, id) WHERE read_at = 0;
CREATE INDEX notice_unsent ON notice (tenant_id, state, id) WHERE state <> 'sent';

-- How often a person has agreed to be written to about one thing, in WeChat: each time is good for one message.
CREATE TABLE notice_consent (
    tenant_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    template TEXT NOT NULL,
    openid {{blob}} NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_id, template)
);

-- Robots of WeCom groups; the nearest above a place speaks for it.
CREATE TABLE notice_robot (
    tenant_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    key {{blob}} NOT NULL,
    key_end TEXT NOT NULL,
    paced_to BIGINT NOT NULL,
    paused_until BIGINT NOT NULL,
    error TEXT NOT NULL,
    failed_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX notice_robot_place ON notice_robot (tenant_id, place_id);

-- What is remembered of a whole channel: a pause after its failures, and its token.
CREATE TABLE notice_channel (
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    failures BIGINT NOT NULL,
    paused_until BIGINT NOT NULL,
    error TEXT NOT NULL,
    token {{blob}} NOT NULL,
    token_until BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
