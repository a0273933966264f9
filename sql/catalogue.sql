-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Every statement, named. "-- name: audit_insert" becomes STATEMENT_AUDIT_INSERT. Parameters are $1, $2,
-- ... without a gap. What reads begins with SELECT. Subset: what SQLite 3.40 and PostgreSQL 15 share.

-- name: audit_last
SELECT seq, digest FROM audit ORDER BY seq DESC LIMIT 1;

-- name: audit_insert
INSERT INTO audit (seq, at, act, commitment, digest) VALUES ($1, $2, $3, $4, $5);

-- name: audit_detail_insert
INSERT INTO audit_detail (seq, salt, actor, subject, reason) VALUES ($1, $2, $3, $4, $5);
