-- SPDX-License-Identifier: MulanPSL-2.0
ALTER TABLE person ADD COLUMN sms_notices BIGINT NOT NULL DEFAULT 0;
