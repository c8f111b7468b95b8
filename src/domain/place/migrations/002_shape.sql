-- SPDX-License-Identifier: MulanPSL-2.0
-- Boundaries, for maps of figures.
CREATE TABLE place_shape (
    tenant_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    geometry TEXT NOT NULL,
    points BIGINT NOT NULL,
    invented BIGINT NOT NULL,
    set_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, place_id)
);
