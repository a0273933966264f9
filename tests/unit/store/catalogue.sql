-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Statements of the store's own tests, on the table of trial.sql; never in the service.

-- name: trial_insert
INSERT INTO trial (id, word, number) VALUES ($1, $2, $3);

-- name: trial_insert_data
INSERT INTO trial (id, word, number, data) VALUES ($1, $2, $3, $4)
RETURNING id, word, number, data; -- a comment; with $9 and 'a quote

-- name: trial_add
UPDATE trial SET number = number + $1 WHERE id = $2 RETURNING number;

-- name: trial_add_all
UPDATE trial SET number = number + $1;

-- name: trial_delete
DELETE FROM trial WHERE id = $1;

-- name: trial_swapped
SELECT $2 || ';' || $1 || ';?$7--';

-- name: trial_find
SELECT id, word, number, data FROM trial WHERE id = $1;

-- name: trial_list
SELECT id, word, number FROM trial ORDER BY id;

-- name: trial_sums
SELECT count(*), coalesce(sum(number), 0) FROM trial;

-- name: trial_forever
SELECT count(*) FROM (WITH RECURSIVE endless(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM endless)
                      SELECT n FROM endless);

-- name: trial_erase_reason
UPDATE audit_detail SET reason = NULL, reason_salt = NULL WHERE seq = $1;
