-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The tests' own last migration.
CREATE TABLE trial_first (
    id BIGINT NOT NULL PRIMARY KEY -- nothing: so that a migration can fail half-way
);
CREATE TABLE trial (
    id BIGINT NOT NULL PRIMARY KEY, -- any
    word TEXT NOT NULL UNIQUE, -- a second key
    number BIGINT, -- any
    data BLOB -- any
);
