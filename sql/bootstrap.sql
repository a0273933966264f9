-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The one table that no migration makes, since it says which migrations have been run.
CREATE TABLE IF NOT EXISTS migration (
    number BIGINT NOT NULL PRIMARY KEY, -- 1, 2, 3, ... as in the file's name
    name TEXT NOT NULL, -- the rest of the file's name
    checksum BLOB NOT NULL, -- SHA-256 of the file; an edited migration is refused
    applied_at BIGINT NOT NULL -- when
);
