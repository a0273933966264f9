-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Every statement, named. "-- name: audit_insert" becomes STATEMENT_AUDIT_INSERT. Parameters are $1, $2,
-- ... without a gap. What reads begins with SELECT. Subset: what SQLite 3.40 and PostgreSQL 15 share.

-- name: audit_last
SELECT seq, digest FROM audit ORDER BY seq DESC LIMIT 1;

-- name: audit_insert
INSERT INTO audit (seq, at, act, commitment, digest) VALUES ($1, $2, $3, $4, $5);

-- name: audit_detail_insert
INSERT INTO audit_detail (seq, salt, actor, subject, reason, reason_salt, reason_digest)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: audit_page
SELECT audit.seq, audit.at, audit.act, audit.commitment, audit.digest,
       audit_detail.salt, audit_detail.actor, audit_detail.subject, audit_detail.reason,
       audit_detail.reason_salt, audit_detail.reason_digest
FROM audit LEFT JOIN audit_detail ON audit_detail.seq = audit.seq
WHERE audit.seq > $1 ORDER BY audit.seq LIMIT $2;

-- name: audit_stray
SELECT seq FROM audit WHERE seq < 1
UNION ALL SELECT seq FROM audit_detail WHERE seq < 1
UNION ALL SELECT seq FROM audit_detail WHERE seq > (SELECT COALESCE(MAX(seq), 0) FROM audit)
LIMIT 1;

-- Pages over the log by its numbers, since few columns have an index: what is looked for is found by reading
-- them all, some 300 ms for a million entries. An index on subjects would make each signature dearer. $4 '': any.

-- name: audit_range
SELECT audit.seq, audit.at, audit.act, audit.commitment, audit.digest,
       audit_detail.salt, audit_detail.actor, audit_detail.subject, audit_detail.reason,
       audit_detail.reason_salt, audit_detail.reason_digest
FROM audit LEFT JOIN audit_detail ON audit_detail.seq = audit.seq
WHERE audit.seq > $1 AND audit.seq <= $2 AND audit.at >= $3
  AND ($4 = '' OR audit_detail.subject = $4) ORDER BY audit.seq;

-- name: audit_seek
SELECT audit.seq FROM audit LEFT JOIN audit_detail ON audit_detail.seq = audit.seq
WHERE audit.seq > $1 AND audit.seq <= $2 AND audit.at >= $3
  AND ($4 = '' OR audit_detail.subject = $4) ORDER BY audit.seq DESC LIMIT $5;

-- By days, for those who shall not learn at which hour somebody signed: what has a day for its time comes first of
-- that day, in an order by what it was done to, which is random. $5: how long a day is.

-- name: audit_day_begin
SELECT at FROM audit WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT 1;

-- name: audit_day_end
SELECT seq FROM audit WHERE seq > $1 AND seq <= $2 AND (at < $3 OR at >= $4) ORDER BY seq LIMIT 1;

-- name: audit_day_count
SELECT COUNT(*) FROM audit LEFT JOIN audit_detail ON audit_detail.seq = audit.seq
WHERE audit.seq > $1 AND audit.seq <= $2 AND audit.at >= $3
  AND ($4 = '' OR audit_detail.subject = $4);

-- name: audit_day_read
SELECT audit.seq, audit.at, audit.act, audit.commitment, audit.digest,
       audit_detail.salt, audit_detail.actor, audit_detail.subject, audit_detail.reason,
       audit_detail.reason_salt, audit_detail.reason_digest
FROM audit LEFT JOIN audit_detail ON audit_detail.seq = audit.seq
WHERE audit.seq > $1 AND audit.seq <= $2 AND audit.at >= $3
  AND ($4 = '' OR audit_detail.subject = $4)
ORDER BY audit.at, CASE WHEN audit.at % $5 = 0 THEN COALESCE(audit_detail.subject, '') ELSE '' END,
         audit.seq
LIMIT $6 OFFSET $7;

-- name: audit_digest
SELECT digest FROM audit WHERE seq = $1;

-- name: migration_list
SELECT number, name, checksum FROM migration ORDER BY number;

-- name: migration_insert
INSERT INTO migration (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4);

-- Pending signatures: from the form to the click.

-- name: pending_appeal_open
SELECT 1 FROM appeal
WHERE id = $1 AND state = 'open' AND published_version = $2
  AND (opens_on IS NULL OR opens_on <= $3) AND (closes_on IS NULL OR closes_on >= $3);

-- name: pending_insert
INSERT INTO pending (id, appeal, version, language, text_digest, nonce, mailbox_hash, tries_before,
                     state, signature, created_at, expires_at, data, spoken)
VALUES ($1, $2, $3, $4, $5, $6, $7,
        COALESCE((SELECT tries FROM code_try WHERE mailbox_hash = $7 AND appeal = $2), 0),
        'pending', NULL, $8, $9, $10, $11)
ON CONFLICT (nonce) DO NOTHING;

-- name: pending_find
SELECT id, appeal, version, language, text_digest,
       COALESCE((SELECT tries FROM code_try
                 WHERE code_try.mailbox_hash = pending.mailbox_hash
                   AND code_try.appeal = pending.appeal), 0) - tries_before,
       state, signature, expires_at, data, COALESCE(NULLIF(spoken, ''), language)
FROM pending WHERE id = $1;

-- name: pending_by_mailbox
SELECT id, appeal, version, language, text_digest,
       COALESCE((SELECT tries FROM code_try
                 WHERE code_try.mailbox_hash = pending.mailbox_hash
                   AND code_try.appeal = pending.appeal), 0) - tries_before,
       state, signature, expires_at, data, COALESCE(NULLIF(spoken, ''), language)
FROM pending WHERE mailbox_hash = $1 AND appeal = $2 AND expires_at > $3
ORDER BY created_at DESC, id LIMIT $4;

-- name: pending_confirm
UPDATE pending SET state = 'confirmed', signature = $2, data = $3, created_at = 0
WHERE id = $1 AND state = 'pending' AND expires_at > $4
  AND COALESCE((SELECT tries FROM code_try
                WHERE code_try.mailbox_hash = pending.mailbox_hash
                  AND code_try.appeal = pending.appeal), 0) - tries_before < $5;

-- name: pending_codes
SELECT id, COALESCE((SELECT tries FROM code_try WHERE mailbox_hash = $1 AND appeal = $2), 0) - tries_before
FROM pending WHERE mailbox_hash = $1 AND appeal = $2 AND expires_at > $3 LIMIT $4;

-- name: code_try_count
INSERT INTO code_try (mailbox_hash, appeal, tries, day) VALUES ($1, $2, 1, $3)
ON CONFLICT (mailbox_hash, appeal) DO UPDATE SET tries = code_try.tries + 1, day = excluded.day;

-- name: code_try_expire
DELETE FROM code_try WHERE day < $1;

-- name: pending_start_term
UPDATE pending SET expires_at = $2 WHERE id = $1 AND state = 'pending';

-- name: pending_forget
UPDATE pending SET mailbox_hash = $2 WHERE id = $1;

-- name: pending_delete
DELETE FROM pending WHERE id = $1 AND state = 'pending';

-- name: pending_expire
DELETE FROM pending WHERE id IN (SELECT id FROM pending WHERE expires_at <= $1 LIMIT $2);

-- name: pending_oldest
SELECT MIN(created_at) FROM (
    SELECT MIN(created_at) AS created_at FROM pending WHERE state = 'pending'
    UNION ALL
    SELECT MIN(created_at) FROM outbox WHERE length(payload) > 0) AS oldest;

-- name: pending_appeal
SELECT slug, policy, organiser_key, is_shielded FROM appeal WHERE id = $1;

-- name: pending_appeal_by_slug
SELECT id FROM appeal WHERE slug = $1 AND published_version IS NOT NULL;

-- Quotas: mails to a mailbox in a day.

-- name: quota_take
INSERT INTO quota (mailbox_hash, appeal, day, mails) VALUES ($1, $2, $3, 1)
ON CONFLICT (mailbox_hash, appeal, day) DO UPDATE SET mails = quota.mails + 1
WHERE quota.mails < $4;

-- name: quota_count
INSERT INTO quota (mailbox_hash, appeal, day, mails) VALUES ($1, $2, $3, 1)
ON CONFLICT (mailbox_hash, appeal, day) DO UPDATE SET mails = quota.mails + 1;

-- name: quota_expire
DELETE FROM quota WHERE day < $1;

-- Signatures. Those that are read as struct signature have the same columns in the same order.

-- name: signature_insert
INSERT INTO signature (id, public_id, appeal, version, language, text_digest, state, organisation,
                       organisation_latin, kind, country, town, affiliation, members, representative,
                       capacity, visibility, consent, signed_on, unique_hash, mailbox_hash, contact,
                       mailbox, mail_domain, collation, search, ilo, digest, updates, spoken,
                       name_key, name_joined, hour, domain_hash, changed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35)
ON CONFLICT (appeal, unique_hash) WHERE state <> 'withdrawn' DO NOTHING;

-- name: signature_mailbox_has_room
SELECT 1 FROM appeal
WHERE id = $1 AND $3 >= (SELECT COUNT(*) FROM signature
                         WHERE appeal = $1 AND mailbox_hash = $2 AND state <> 'withdrawn');

-- name: signature_by_unique
SELECT public_id, id, state FROM signature
WHERE appeal = $1 AND unique_hash = $2 AND state <> 'withdrawn';

-- name: signature_by_mailbox
SELECT id, public_id, organisation, unique_hash, state FROM signature
WHERE appeal = $1 AND mailbox_hash = $2 AND state <> 'withdrawn'
ORDER BY signed_on DESC, id LIMIT $3;

-- name: signature_by_row
SELECT id, public_id, appeal, version,
       (SELECT slug FROM appeal WHERE appeal.id = signature.appeal), language, state, organisation,
       organisation_latin, kind, country, town, affiliation, members, representative, capacity,
       visibility, signed_on, collation
FROM signature WHERE id = $1;

-- name: signature_by_public_id
SELECT id, public_id, appeal, version,
       (SELECT slug FROM appeal WHERE appeal.id = signature.appeal), language, state, organisation,
       organisation_latin, kind, country, town, affiliation, members, representative, capacity,
       visibility, signed_on, collation
FROM signature WHERE public_id = $1;

-- name: signature_page
SELECT id, public_id, appeal, version,
       (SELECT slug FROM appeal WHERE appeal.id = $1), language, state, organisation,
       organisation_latin, kind, country, town, affiliation, members, representative, capacity,
       visibility, signed_on, collation
FROM signature
WHERE appeal = $1 AND ($2 = 0 OR version = $2) AND ($3 = '' OR state = $3)
  AND (country, collation, id) > ($4, $5, $6)
ORDER BY country, collation, id LIMIT $7;

-- name: signature_waiting_page
SELECT id, public_id, appeal, version,
       (SELECT slug FROM appeal WHERE appeal.id = signature.appeal), language, state, organisation,
       organisation_latin, kind, country, town, affiliation, members, representative, capacity,
       visibility, signed_on, collation
FROM signature
WHERE state IN ('confirmed', 'held') AND ($1 = 0 OR appeal = $1) AND (signed_on, id) > ($2, $3)
ORDER BY signed_on, id LIMIT $4;

-- name: counter_countries
SELECT country FROM counter
WHERE appeal = $1 AND version = $2 AND state = 'listed' AND signatures > 0;

-- name: signature_appeals
SELECT id FROM appeal WHERE id IN (SELECT appeal FROM counter) ORDER BY slug;

-- name: signature_check_page
SELECT id, public_id, appeal, version, '', language, state, organisation, organisation_latin, kind,
       country, town, affiliation, members, representative, capacity, visibility, signed_on, collation,
       text_digest, consent, unique_hash, mailbox_hash, contact, search, ilo, digest
FROM signature WHERE id > $1 ORDER BY id LIMIT $2;

-- What a signatory changes of its own signature: the check's columns, and what else it needs.

-- name: signature_whole
SELECT id, public_id, appeal, version,
       (SELECT slug FROM appeal WHERE appeal.id = signature.appeal), language, state, organisation,
       organisation_latin, kind, country, town, affiliation, members, representative, capacity,
       visibility, signed_on, collation,
       text_digest, consent, unique_hash, mailbox_hash, contact, search, ilo, digest, mailbox,
       updates, (SELECT COUNT(*) FROM logo WHERE logo.signature = signature.id),
       COALESCE(NULLIF(spoken, ''), language), COALESCE(organisation_was, organisation),
       CASE WHEN organisation_was IS NULL THEN organisation_latin ELSE organisation_latin_was END,
       is_gone
FROM signature WHERE id = $1;

-- name: signature_withdraw
UPDATE signature
SET state = 'withdrawn', town = NULL, affiliation = NULL, representative = NULL, capacity = NULL,
    contact = $4, mailbox = NULL, mail_domain = NULL, domain_hash = NULL, unique_hash = $4,
    mailbox_hash = $4,
    ilo = NULL, updates = 0, digest = $5, organisation_was = NULL, organisation_latin_was = NULL,
    hour = NULL
WHERE id = $1 AND state = $2 AND digest = $3;

-- Of a refused or struck one: its state, hashes and mail_domain stay, so that nobody is rid of them
-- by withdrawing and signing again. is_gone tells it from one whose person was erased while it was
-- listed: that one may come back.

-- name: signature_erase
UPDATE signature
SET town = NULL, affiliation = NULL, representative = NULL, capacity = NULL, contact = $4,
    mailbox = NULL, ilo = NULL, updates = 0, digest = $5, organisation_was = NULL,
    organisation_latin_was = NULL, hour = NULL, is_gone = 1, changed = changed + 1
WHERE id = $1 AND state = $2 AND digest = $3;

-- Of a listed one, which stays an organisation's.

-- name: signature_erase_person
UPDATE signature
SET representative = NULL, capacity = NULL, contact = $4, mailbox = NULL, mail_domain = NULL,
    domain_hash = NULL, ilo = NULL, updates = 0, visibility = $6, digest = $5, organisation_was = NULL,
    organisation_latin_was = NULL, hour = NULL, changed = changed + 1
WHERE id = $1 AND state = $2 AND digest = $3;

-- What stands beside a signature and may tell of persons. Of the audit's entries only the reason goes, whose digest
-- stays: who did what to which signature stands there for good, since the signature's id is nobody's once its person
-- is erased, and what a signatory did has 'signatory' for its actor. The reason of an erasure stays.

-- name: signature_forget_domain
UPDATE signature SET mail_domain = NULL, domain_hash = NULL
WHERE id = $1 AND (mail_domain IS NOT NULL OR domain_hash IS NOT NULL);

-- name: erasure_notes
DELETE FROM moderator_note WHERE signature = $1;

-- name: erasure_review
DELETE FROM review WHERE signature = $1;

-- name: erasure_reasons
UPDATE audit_detail SET reason = NULL, reason_salt = NULL
WHERE subject = $1 AND reason IS NOT NULL
  AND seq NOT IN (SELECT seq FROM audit
                  WHERE audit.seq = audit_detail.seq AND act LIKE 'signature.erase%');

-- name: erasure_left
SELECT CASE WHEN EXISTS (SELECT 1 FROM signature
                         WHERE id = $1 AND (representative IS NOT NULL OR capacity IS NOT NULL
                                            OR contact <> $3 OR mailbox IS NOT NULL
                                            OR mail_domain IS NOT NULL OR ilo IS NOT NULL))
              OR EXISTS (SELECT 1 FROM moderator_note WHERE signature = $1)
              OR EXISTS (SELECT 1 FROM audit_detail
                         WHERE subject = $2 AND reason IS NOT NULL
                           AND seq NOT IN (SELECT seq FROM audit
                                           WHERE audit.seq = audit_detail.seq
                                             AND act LIKE 'signature.erase%'))
            THEN 1 ELSE 0 END;

-- What was drawn with the person in it, and did not leave, cannot leave any more: its file is none
-- of that edition's.

-- name: erasure_edition
UPDATE edition SET file_digest = NULL WHERE id = $1 AND state IN ('made', 'failed');

-- name: signature_correct
UPDATE signature
SET organisation_was = COALESCE(organisation_was, organisation),
    organisation_latin_was = CASE WHEN organisation_was IS NULL THEN organisation_latin
                                  ELSE organisation_latin_was END,
    organisation = $4, organisation_latin = $5, collation = $6, search = $7, unique_hash = $8,
    digest = $9, name_key = $10, name_joined = $11
WHERE id = $1 AND state = $2 AND digest = $3;

-- name: signature_set_updates
UPDATE signature SET updates = $2
WHERE id = $1 AND state <> 'withdrawn' AND representative IS NOT NULL;

-- What a decision needs of a signature, with the mail about the last one where it has not left.

-- name: signature_subject
SELECT signature.id, public_id, signature.appeal, version,
       (SELECT slug FROM appeal WHERE appeal.id = signature.appeal), signature.language,
       signature.state, organisation, organisation_latin, kind, country, town, affiliation, members,
       representative, capacity, visibility, signed_on, collation,
       digest, mailbox, COALESCE(NULLIF(spoken, ''), signature.language), decided_on, changed,
       outbox.id, outbox.payload, is_gone
FROM signature LEFT JOIN outbox
  ON outbox.reference = signature.id AND outbox.template IN ('listed', 'refused')
 AND outbox.state = 'waiting' AND outbox.next_at > $2
WHERE signature.id = $1 LIMIT 1;

-- name: signature_contact
SELECT contact FROM signature WHERE id = $1;

-- name: signature_decide
UPDATE signature
SET state = $3, decided_on = $4,
    mailbox = CASE WHEN $6 IS NOT NULL THEN $6 WHEN $7 = 1 THEN mailbox ELSE NULL END,
    hour = CASE WHEN $3 = 'listed' THEN NULL ELSE hour END, changed = $8
WHERE id = $1 AND state = $2 AND digest = $5 AND ($9 < 0 OR changed = $9);

-- A walk of readers, by key, behind ($2, $3): what may not be forgotten yet is passed once. Those
-- that wait are not in its index at all.

-- name: signature_mailbox_page
SELECT signed_on, id FROM signature
WHERE mail_domain IS NOT NULL AND state NOT IN ('confirmed', 'held') AND signed_on < $1
  AND (decided_on < $1 OR decided_on IS NULL AND state = 'listed')
  AND (signed_on, id) > ($2, $3)
ORDER BY signed_on, id LIMIT $4;

-- name: signature_forget_mailbox
UPDATE signature SET mailbox = NULL, mail_domain = NULL, domain_hash = NULL
WHERE id = $1 AND mail_domain IS NOT NULL AND signed_on < $2
  AND (decided_on < $2 OR decided_on IS NULL AND state = 'listed');

-- What a filter (appeal/filter.h) is about: wider than it, never narrower. The plus keeps the walk on
-- the rows' own order, a window of ids at a time.

-- name: filter_page
SELECT id, state, country, signed_on, hour, members, visibility, kind, version, organisation,
       organisation_latin, search, affiliation, mail_domain,
       CASE WHEN mailbox IS NULL THEN 0 ELSE 1 END
FROM signature
WHERE id >= $1 AND id <= $2 AND +appeal = $3 AND changed < $4
  AND ($5 = '' OR $5 LIKE '%[' || state || ']%') AND ($6 = '' OR $6 LIKE '%[' || country || ']%')
  AND ($7 = '' OR $7 LIKE '%[' || kind || ']%') AND ($8 = '' OR $8 LIKE '%[' || visibility || ']%')
  AND ($9 = '' OR ' ' || search LIKE $9)
  AND signed_on >= $10 AND signed_on <= $11 AND version >= $12 AND version <= $13
  AND ($14 = 0 OR hour >= $15 AND hour <= $16) AND ($17 = 0 OR members >= $18 AND members <= $19)
  AND ($21 IS NULL OR domain_hash = $21 OR domain_hash IS NULL)
ORDER BY id LIMIT $20;

-- name: filter_bursts
SELECT country, signed_on, hour, COUNT(*) FROM signature
WHERE id >= $1 AND id <= $2 AND +appeal = $3 GROUP BY country, signed_on, hour;

-- name: filter_rows
SELECT CAST(COALESCE(SUM(signatures), 0) AS BIGINT) FROM counter;

-- Acts on many signatures. Those that are read as struct act have the same columns in the same order.

-- name: act_insert
INSERT INTO act (number, appeal, decision, filter, undoes, actor, reason, state, chosen, began_at,
                 ended_at)
SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3, $4, $5, $6, 'running', $7, $8, NULL FROM act
RETURNING number;

-- name: act_end
UPDATE act SET state = $2, ended_at = $3 WHERE number = $1;

-- name: act_running
SELECT number FROM act WHERE state = 'running' LIMIT 1;

-- name: act_stop_all
UPDATE act SET state = 'stopped' WHERE state = 'running';

-- name: act_find
SELECT number, (SELECT slug FROM appeal WHERE appeal.id = act.appeal), decision, filter, undoes,
       actor, reason, state, chosen,
       (SELECT COUNT(*) FROM act_signature WHERE act_signature.act = act.number),
       (SELECT COUNT(*) FROM act_signature
        WHERE act_signature.act = act.number AND is_undone = 1),
       began_at, ended_at, appeal
FROM act WHERE number = $1;

-- name: act_page
SELECT number, (SELECT slug FROM appeal WHERE appeal.id = act.appeal), decision, filter, undoes,
       actor, reason, state, chosen,
       (SELECT COUNT(*) FROM act_signature WHERE act_signature.act = act.number),
       (SELECT COUNT(*) FROM act_signature
        WHERE act_signature.act = act.number AND is_undone = 1),
       began_at, ended_at, appeal
FROM act WHERE ($1 = 0 OR appeal = $1) AND number < $2 ORDER BY number DESC LIMIT $3;

-- name: act_signature_insert
INSERT INTO act_signature (act, signature, was, became, decided_on, changed, is_undone)
VALUES ($1, $2, $3, $4, $5, $6, 0);

-- name: act_signature_undo
UPDATE act_signature SET is_undone = 1 WHERE act = $1 AND signature = $2 AND is_undone = 0;

-- name: act_signature_redo
UPDATE act_signature SET is_undone = 0, changed = $3
WHERE act = $1 AND signature = $2 AND is_undone = 1;

-- name: act_signature_page
SELECT act_signature.signature, act_signature.was, act_signature.became, act_signature.decided_on,
       act_signature.changed, act_signature.is_undone, signature.public_id, signature.organisation,
       signature.country, signature.state,
       CASE WHEN signature.state = act_signature.became
             AND signature.changed = act_signature.changed THEN 1 ELSE 0 END
FROM act_signature JOIN signature ON signature.id = act_signature.signature
WHERE act_signature.act = $1 AND act_signature.signature > $2
ORDER BY act_signature.signature LIMIT $3;

-- Counters: how many signatures are in which state, by country, with the members they stated.

-- name: counter_add
INSERT INTO counter (appeal, version, state, country, signatures, members)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (appeal, version, state, country)
DO UPDATE SET signatures = counter.signatures + excluded.signatures,
              members = counter.members + excluded.members;

-- name: counter_differences
SELECT (SELECT slug FROM appeal WHERE appeal.id = sums.appeal), version, state, country,
       CAST(SUM(signatures) AS BIGINT), CAST(SUM(members) AS BIGINT)
FROM (SELECT appeal, version, state, country, signatures, members FROM counter
      UNION ALL
      SELECT appeal, version, state, country, -COUNT(*), -CAST(COALESCE(SUM(members), 0) AS BIGINT)
      FROM signature GROUP BY appeal, version, state, country) AS sums
GROUP BY appeal, version, state, country
HAVING SUM(signatures) <> 0 OR SUM(members) <> 0;

-- What everybody may see of the listed ones: kept up with the counters, read in place of walking.

-- name: listing_place_add
INSERT INTO listing_place (appeal, version, kind, term, collation, signature)
SELECT $1, $2, $3, $4, collation, id FROM signature WHERE id = $5;

-- name: listing_place_remove
DELETE FROM listing_place
WHERE appeal = $1 AND version = $2 AND kind = $3 AND term = $4
  AND collation = (SELECT collation FROM signature WHERE id = $5) AND signature = $5;

-- name: listing_word_add
INSERT INTO listing_word (appeal, version, word, signature) VALUES ($1, $2, $3, $4);

-- name: listing_word_remove
DELETE FROM listing_word WHERE appeal = $1 AND version = $2 AND word = $3 AND signature = $4;

-- name: listing_count_add
INSERT INTO listing_count (appeal, version, kind, term, name, signatures, members)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (appeal, version, kind, term)
DO UPDATE SET signatures = listing_count.signatures + excluded.signatures,
              members = listing_count.members + excluded.members;

-- name: listing_count_forget
DELETE FROM listing_count
WHERE appeal = $1 AND version = $2 AND kind = $3 AND term = $4 AND signatures = 0;

-- name: listing_counted
SELECT term, name, signatures, members FROM listing_count
WHERE appeal = $1 AND version = $2 AND kind = $3 ORDER BY term;

-- name: listing_count_common
SELECT term, name, signatures, members FROM listing_count
WHERE appeal = $1 AND version = $2 AND kind = $3 ORDER BY signatures DESC, term LIMIT $4;

-- name: listing_count_find
SELECT term, name, signatures, members FROM listing_count
WHERE appeal = $1 AND version = $2 AND kind = $3 AND term = $4;

-- name: listing_after
SELECT listing_place.term, listing_place.collation, listing_place.signature
FROM signature JOIN listing_place
  ON listing_place.appeal = $1 AND listing_place.version = $2 AND listing_place.kind = $3
 AND listing_place.term = $4 AND listing_place.collation = signature.collation
 AND listing_place.signature = signature.id
WHERE signature.public_id = $5;

-- name: listing_after_all
SELECT listing_place.term, listing_place.collation, listing_place.signature
FROM signature JOIN listing_place
  ON listing_place.appeal = $1 AND listing_place.version = $2 AND listing_place.kind = 'country'
 AND listing_place.term = signature.country AND listing_place.collation = signature.collation
 AND listing_place.signature = signature.id
WHERE signature.public_id = $3;

-- name: listing_page
SELECT term, collation, signature FROM listing_place
WHERE appeal = $1 AND version = $2 AND kind = $3 AND term = $4 AND (collation, signature) > ($5, $6)
ORDER BY collation, signature LIMIT $7;

-- name: listing_page_back
SELECT term, collation, signature FROM listing_place
WHERE appeal = $1 AND version = $2 AND kind = $3 AND term = $4 AND (collation, signature) < ($5, $6)
ORDER BY collation DESC, signature DESC LIMIT $7;

-- name: listing_page_all
SELECT term, collation, signature FROM listing_place
WHERE appeal = $1 AND version = $2 AND kind = 'country' AND (term, collation, signature) > ($3, $4, $5)
ORDER BY term, collation, signature LIMIT $6;

-- name: listing_page_all_back
SELECT term, collation, signature FROM listing_place
WHERE appeal = $1 AND version = $2 AND kind = 'country' AND (term, collation, signature) < ($3, $4, $5)
ORDER BY term DESC, collation DESC, signature DESC LIMIT $6;

-- name: listing_found
SELECT signature FROM listing_word
WHERE appeal = $1 AND version = $2 AND word >= $3 AND word < $4 LIMIT $5;

-- name: listing_key
SELECT country, collation, id FROM signature WHERE id = $1;

-- name: listing_differences
SELECT (SELECT slug FROM appeal WHERE appeal.id = sums.appeal), version, kind, term,
       CAST(SUM(signatures) AS BIGINT), CAST(SUM(members) AS BIGINT)
FROM (SELECT appeal, version, kind, term, signatures, members FROM listing_count
      UNION ALL
      SELECT listing_place.appeal, listing_place.version, listing_place.kind, term, -COUNT(*),
             -CAST(COALESCE(SUM(members), 0) AS BIGINT)
      FROM listing_place LEFT JOIN signature ON signature.id = listing_place.signature
      GROUP BY listing_place.appeal, listing_place.version, listing_place.kind, term) AS sums
GROUP BY appeal, version, kind, term
HAVING SUM(signatures) <> 0 OR SUM(members) <> 0;

-- name: listing_strangers
SELECT (SELECT slug FROM appeal WHERE appeal.id = found.appeal), found.version, COUNT(*)
FROM (SELECT appeal, version, signature FROM listing_place
      UNION ALL
      SELECT appeal, version, signature FROM listing_word) AS found
LEFT JOIN signature ON signature.id = found.signature AND signature.state = 'listed'
  AND $1 LIKE '% ' || signature.visibility || ' %'
WHERE signature.id IS NULL GROUP BY found.appeal, found.version;

-- name: listing_place_is_there
SELECT 1 FROM listing_place
WHERE appeal = $1 AND version = $2 AND kind = $3 AND term = $4
  AND collation = (SELECT collation FROM signature WHERE id = $5) AND signature = $5;

-- name: listing_word_is_there
SELECT 1 FROM listing_word WHERE appeal = $1 AND version = $2 AND word = $3 AND signature = $4;

-- The outbox.

-- name: outbox_insert
INSERT INTO outbox (id, template, appeal, reference, language, payload, state, attempts, next_at,
                    created_at, last_error, is_news)
VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $8, $7, NULL,
        CASE WHEN $2 = 'update' THEN 1 ELSE 0 END);

-- Of one that may be on its way already nothing is taken back.

-- name: outbox_take_back
DELETE FROM outbox WHERE id = $1 AND state = 'waiting' AND next_at > $2;

-- name: outbox_due
SELECT id, template, appeal, reference, language, payload, attempts, created_at FROM outbox
WHERE state = 'waiting' AND next_at <= $1 ORDER BY is_news, next_at, id LIMIT $2;

-- name: outbox_stands
SELECT 1 FROM outbox WHERE id = $1 AND state = 'waiting';

-- name: outbox_next
SELECT MIN(next_at) FROM (
    SELECT MIN(next_at) AS next_at FROM outbox WHERE state = 'waiting' AND is_news = 0
    UNION ALL
    SELECT MIN(next_at) FROM outbox WHERE state = 'waiting' AND is_news = 1) AS due;

-- name: outbox_forget
DELETE FROM outbox WHERE reference = $1 AND template <> 'delivery';

-- name: outbox_delete
DELETE FROM outbox WHERE id = $1;

-- name: outbox_retry
UPDATE outbox SET attempts = attempts + 1, next_at = $2, last_error = $3
WHERE id = $1 AND state = 'waiting';

-- name: outbox_give_up
UPDATE outbox SET state = 'failed', attempts = attempts + 1, last_error = $2, payload = $3,
                  reference = 0
WHERE id = $1 AND state = 'waiting';

-- The relay would not have it; somebody may mend that, so it can be tried again till its term ends.
-- Not a link to confirm what has been confirmed: a signature's row keeps no second, and this has one.

-- name: outbox_set_aside
UPDATE outbox
SET state = 'failed', attempts = attempts + 1, last_error = $2,
    payload = CASE WHEN template = 'confirm'
                    AND EXISTS (SELECT 1 FROM signature WHERE signature.id = outbox.reference)
                   THEN $3 ELSE payload END,
    reference = CASE WHEN template = 'confirm'
                      AND EXISTS (SELECT 1 FROM signature WHERE signature.id = outbox.reference)
                     THEN 0 ELSE reference END
WHERE id = $1 AND state = 'waiting';

-- name: outbox_confirmed
UPDATE outbox SET reference = 0, payload = $2
WHERE reference = $1 AND template = 'confirm' AND state = 'failed';

-- name: outbox_wipe
UPDATE outbox SET payload = $2, reference = 0
WHERE state = 'failed' AND created_at < $1 AND length(payload) > 0;

-- What people do with a mail by its id.

-- name: outbox_find
SELECT id, template, (SELECT slug FROM appeal WHERE appeal.id = outbox.appeal), language, state,
       attempts, next_at, created_at, last_error, CASE WHEN length(payload) > 0 THEN 1 ELSE 0 END,
       payload, reference, appeal
FROM outbox WHERE id = $1;

-- name: outbox_try_again
UPDATE outbox SET state = 'waiting', attempts = 0, next_at = $2
WHERE id = $1 AND state = $3 AND length(payload) > 0;

-- name: outbox_drop
DELETE FROM outbox WHERE id = $1 AND state = $2;

-- name: outbox_tell
UPDATE outbox SET state = $2, attempts = attempts + 1, last_error = $3, payload = $4
WHERE id = $1 AND state = 'waiting';

-- name: outbox_page
SELECT id, template, (SELECT slug FROM appeal WHERE appeal.id = outbox.appeal), language, state,
       attempts, next_at, created_at, last_error, CASE WHEN length(payload) > 0 THEN 1 ELSE 0 END
FROM outbox WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3;

-- name: outbox_expire
DELETE FROM outbox WHERE state IN ('failed', 'taken') AND created_at < $1;

-- How the service is, for `status` and `stats`: nothing here walks all signatures.

-- name: status_appeals
SELECT id, slug, state, is_shielded, opens_on, closes_on, paused_on FROM appeal
ORDER BY published_at DESC NULLS LAST, created_at DESC, id;

-- name: status_signatures
SELECT appeal, state, CAST(SUM(signatures) AS BIGINT), CAST(SUM(members) AS BIGINT) FROM counter
WHERE $1 = 0 OR appeal = $1 GROUP BY appeal, state;

-- name: status_waiting
SELECT signed_on FROM signature WHERE state IN ('confirmed', 'held') ORDER BY signed_on, id LIMIT 1;

-- name: status_confirmed
SELECT COUNT(*) FROM signature WHERE appeal = $1 AND signed_on >= $2 AND signed_on <= $3;

-- name: status_hour
SELECT COUNT(*) FROM signature
WHERE state IN ('confirmed', 'held') AND signed_on >= $1 AND hour >= $2;

-- name: status_pending
SELECT COUNT(*) FROM pending WHERE state = 'pending';

-- name: status_outbox
SELECT state, is_news, COUNT(*) FROM outbox GROUP BY state, is_news;

-- name: status_outbox_tried
SELECT COUNT(*) FROM outbox WHERE last_error IS NOT NULL AND state = 'waiting';

-- (|| '' keeps it from the index by state, behind which all would have to be sorted.)

-- name: status_outbox_oldest
SELECT created_at FROM outbox WHERE state || '' = 'waiting' ORDER BY created_at LIMIT 1;

-- name: status_outbox_error
SELECT last_error FROM outbox WHERE last_error IS NOT NULL AND state <> 'taken'
ORDER BY next_at DESC LIMIT 1;

-- name: status_days
SELECT signed_on, COUNT(*), CAST(SUM(CASE WHEN state = 'listed' THEN 1 ELSE 0 END) AS BIGINT)
FROM signature WHERE appeal = $1 GROUP BY signed_on ORDER BY signed_on;

-- name: status_countries
SELECT country, CAST(SUM(CASE WHEN state = 'listed' THEN signatures ELSE 0 END) AS BIGINT) AS listed,
       CAST(SUM(CASE WHEN state IN ('confirmed', 'held') THEN signatures ELSE 0 END) AS BIGINT),
       CAST(SUM(CASE WHEN state = 'listed' THEN members ELSE 0 END) AS BIGINT)
FROM counter WHERE appeal = $1 GROUP BY country ORDER BY listed DESC, country;

-- name: status_affiliations
SELECT MIN(name), CAST(SUM(signatures) AS BIGINT) AS listed, CAST(SUM(members) AS BIGINT)
FROM listing_count WHERE appeal = $1 AND kind = 'affiliation'
GROUP BY term ORDER BY listed DESC, term LIMIT $2;

-- Appeals and their texts: loading, importing, publishing.

-- name: appeal_find
SELECT id, slug, state, version, published_version, settings, organiser_key, created_at, published_at,
       paused_on, days_lost, closed_on, archived_on, is_shielded, erased_on
FROM appeal WHERE slug = $1;

-- name: appeal_by_id
SELECT id, slug, state, version, published_version, settings, organiser_key, created_at, published_at,
       paused_on, days_lost, closed_on, archived_on, is_shielded, erased_on
FROM appeal WHERE id = $1;

-- name: appeal_settings
SELECT COALESCE((SELECT settings FROM publication WHERE appeal = $1 AND version = $2), settings)
FROM appeal WHERE id = $1;

-- name: appeal_publication
SELECT settings, image_name, image FROM publication WHERE appeal = $1 AND version = $2;

-- name: appeal_draft_image
SELECT image_name, image FROM appeal WHERE id = $1;

-- name: appeal_versions
SELECT version FROM publication WHERE appeal = $1 ORDER BY version;

-- name: appeal_earlier_count
SELECT CAST(COALESCE(SUM(signatures), 0) AS BIGINT) FROM counter
WHERE appeal = $1 AND version < $2 AND state = 'listed';

-- name: appeal_list
SELECT id FROM appeal WHERE $1 = 0 OR published_version IS NOT NULL
ORDER BY published_at DESC NULLS LAST, created_at DESC, id;

-- name: appeal_texts
SELECT language, source, digest FROM appeal_text WHERE appeal = $1 AND version = $2
ORDER BY language;

-- name: appeal_digests
SELECT language, digest FROM appeal_text WHERE appeal = $1 AND version = $2;

-- name: appeal_counts
SELECT CAST(COALESCE(SUM(signatures), 0) AS BIGINT), CAST(COALESCE(SUM(members), 0) AS BIGINT),
       COUNT(DISTINCT CASE WHEN signatures > 0 AND country <> '' THEN country END)
FROM counter WHERE appeal = $1 AND version = $2 AND state = 'listed';

-- name: appeal_is_signed
SELECT CASE WHEN EXISTS (SELECT 1 FROM pending WHERE appeal = $1 AND version = $2)
              OR EXISTS (SELECT 1 FROM signature WHERE appeal = $1 AND version = $2)
            THEN 1 ELSE 0 END;

-- name: appeal_guard
SELECT 1 FROM appeal
WHERE id = $1 AND version = $2 AND settings = $3
  AND (SELECT COUNT(*) FROM appeal_text WHERE appeal = $1 AND version = $2) = $4
  AND image_name IS NOT DISTINCT FROM $5 AND image IS NOT DISTINCT FROM $6;

-- name: appeal_guard_text
SELECT 1 FROM appeal_text WHERE appeal = $1 AND version = $2 AND language = $3 AND digest = $4;

-- name: appeal_guard_text_count
SELECT 1 WHERE (SELECT COUNT(*) FROM appeal_text WHERE appeal = $1 AND version = $2) = $3;

-- name: appeal_guard_unsigned
SELECT 1 FROM appeal
WHERE id = $1 AND (published_version IS NULL OR published_version <> $2)
  AND NOT EXISTS (SELECT 1 FROM pending WHERE appeal = $1 AND version = $2)
  AND NOT EXISTS (SELECT 1 FROM signature WHERE appeal = $1 AND version = $2);

-- name: appeal_insert
INSERT INTO appeal (id, version, policy, authoritative, visibility, opens_on, closes_on, settings,
                    slug, organiser_key, created_at, image_name, image, state, published_version,
                    published_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'draft', NULL, NULL)
ON CONFLICT (slug) DO NOTHING;

-- name: appeal_set
UPDATE appeal SET version = $2, settings = $3, image_name = $4, image = $5 WHERE id = $1;

-- name: appeal_text_insert
INSERT INTO appeal_text (appeal, version, language, source, digest) VALUES ($1, $2, $3, $4, $5);

-- name: appeal_text_delete
DELETE FROM appeal_text WHERE appeal = $1 AND version = $2;

-- name: appeal_publish
UPDATE appeal SET published_version = $2, policy = $3, authoritative = $4, visibility = $5,
                  opens_on = $6, closes_on = $7 + $10, days_lost = $10,
                  state = CASE WHEN state = 'draft' THEN 'open' ELSE state END,
                  published_at = COALESCE(published_at, $9)
WHERE id = $1 AND version = $2 AND settings = $8 AND state = $11 AND days_lost = $12
  AND (published_version IS NULL OR published_version <> $2 OR state = 'draft'
       OR NOT EXISTS (SELECT 1 FROM publication
                      WHERE publication.appeal = $1 AND publication.version = $2
                        AND publication.settings = $8
                        AND publication.image_name IS NOT DISTINCT FROM appeal.image_name
                        AND publication.image IS NOT DISTINCT FROM appeal.image));

-- What is said by hand of whether an appeal takes signatures; each as it was read, or not at all.

-- name: appeal_set_state
UPDATE appeal SET state = $2, paused_on = $3, closed_on = $4, archived_on = $5,
                  closes_on = closes_on + $6, days_lost = days_lost + $6, erased_on = NULL
WHERE id = $1 AND state = $7 AND closes_on IS NOT DISTINCT FROM $8
  AND paused_on IS NOT DISTINCT FROM $9;

-- name: appeal_set_shield
UPDATE appeal SET is_shielded = $2 WHERE id = $1 AND is_shielded <> $2;

-- Retention.

-- name: retention_refused
SELECT id, decided_on FROM signature
WHERE state IN ('refused', 'struck') AND is_gone = 0 AND decided_on <= $1
  AND (decided_on, id) > ($2, $3)
ORDER BY decided_on, id LIMIT $4;

-- name: retention_appeals
SELECT id, slug, archived_on FROM appeal
WHERE state = 'archived' AND archived_on IS NOT NULL AND erased_on IS NULL
ORDER BY archived_on, id;

-- The plus keeps the walk on the rows' own order.

-- name: retention_signatures
SELECT id FROM signature WHERE +appeal = $1 AND id > $2 ORDER BY id LIMIT $3;

-- name: retention_guard
SELECT 1 FROM appeal WHERE id = $1 AND state = 'archived' AND archived_on = $2 AND erased_on IS NULL;

-- name: retention_acts
DELETE FROM act_signature
WHERE (act, signature) IN (SELECT act, signature FROM act_signature
                           WHERE act IN (SELECT number FROM act WHERE appeal = $1) LIMIT $2);

-- name: retention_act_words
UPDATE act SET filter = '', reason = NULL WHERE appeal = $1;

-- What people wrote about the appeal: of its acts also the filter stands there.

-- name: retention_reasons
UPDATE audit_detail SET reason = NULL, reason_salt = NULL
WHERE subject = (SELECT slug FROM appeal WHERE id = $1) AND reason IS NOT NULL
  AND EXISTS (SELECT 1 FROM audit
              WHERE audit.seq = audit_detail.seq
                AND (act LIKE 'act.%'
                     OR act IN ('appeal.pause', 'appeal.resume', 'appeal.close', 'appeal.reopen',
                                'appeal.archive', 'appeal.shield', 'appeal.unshield')));

-- name: retention_editions
UPDATE edition SET file_digest = NULL WHERE appeal = $1 AND state IN ('made', 'failed');

-- name: retention_end
UPDATE appeal SET erased_on = $3
WHERE id = $1 AND state = 'archived' AND archived_on = $2 AND erased_on IS NULL;

-- How much is due by each rule, and what comes next.

-- name: retention_look_pending
SELECT (SELECT COUNT(*) FROM pending WHERE expires_at <= $1),
       (SELECT MIN(expires_at) FROM pending WHERE expires_at > $1);

-- name: retention_look_contact
SELECT (SELECT COUNT(*) FROM signature
        WHERE mail_domain IS NOT NULL AND state NOT IN ('confirmed', 'held') AND signed_on < $1
          AND (decided_on < $1 OR decided_on IS NULL AND state = 'listed')),
       (SELECT MIN(COALESCE(decided_on, signed_on)) FROM signature
        WHERE mail_domain IS NOT NULL AND state NOT IN ('confirmed', 'held') AND signed_on >= $1
          AND (decided_on IS NOT NULL OR state = 'listed'));

-- name: retention_look_refused
SELECT (SELECT COUNT(*) FROM signature
        WHERE state IN ('refused', 'struck') AND is_gone = 0 AND decided_on <= $1),
       (SELECT MIN(decided_on) FROM signature
        WHERE state IN ('refused', 'struck') AND is_gone = 0 AND decided_on > $1);

-- name: retention_look_appeal
SELECT COUNT(*) FROM signature
WHERE appeal = $1 AND (representative IS NOT NULL OR contact <> $2);

-- name: retention_look_mail
SELECT (SELECT COUNT(*) FROM outbox WHERE state = 'failed' AND created_at < $1),
       (SELECT MIN(created_at) FROM outbox WHERE state = 'failed' AND created_at >= $1);

-- name: retention_look_editions
SELECT (SELECT COUNT(*) FROM edition
        WHERE state IN ('made', 'failed') AND made_at < $1
          AND number < (SELECT MAX(newer.number) FROM edition AS newer
                        WHERE newer.appeal = edition.appeal)),
       (SELECT MIN(made_at) FROM edition
        WHERE state IN ('made', 'failed') AND made_at >= $1
          AND number < (SELECT MAX(newer.number) FROM edition AS newer
                        WHERE newer.appeal = edition.appeal));

-- name: appeal_publish_settings
INSERT INTO publication (appeal, version, settings, image_name, image)
SELECT id, $2, $3, image_name, image FROM appeal WHERE id = $1
ON CONFLICT (appeal, version)
DO UPDATE SET settings = excluded.settings, image_name = excluded.image_name,
              image = excluded.image;

-- Editions. Those that are read as struct edition have the same columns in the same order.

-- name: edition_by_number
SELECT id, appeal, number, version, addressee, addressee_kind, language, kind, form, supplement_of,
       state, named, counted, members, countries, file_digest, how, reference, note, made_at,
       delivered_on
FROM edition WHERE appeal = $1 AND number = $2;

-- name: edition_by_row
SELECT id, appeal, number, version, addressee, addressee_kind, language, kind, form, supplement_of,
       state, named, counted, members, countries, file_digest, how, reference, note, made_at,
       delivered_on
FROM edition WHERE id = $1;

-- name: edition_by_file
SELECT id, appeal, number, version, addressee, addressee_kind, language, kind, form, supplement_of,
       state, named, counted, members, countries, file_digest, how, reference, note, made_at,
       delivered_on
FROM edition WHERE appeal = $1 AND file_digest = $2 ORDER BY number DESC LIMIT 1;

-- name: edition_page
SELECT id, appeal, number, version, addressee, addressee_kind, language, kind, form, supplement_of,
       state, named, counted, members, countries, file_digest, how, reference, note, made_at,
       delivered_on
FROM edition WHERE appeal = $1 AND number > $2 ORDER BY number LIMIT $3;

-- name: edition_last_delivered
SELECT id, appeal, number, version, addressee, addressee_kind, language, kind, form, supplement_of,
       state, named, counted, members, countries, file_digest, how, reference, note, made_at,
       delivered_on
FROM edition
WHERE appeal = $1 AND version = $2 AND addressee = $3 AND state = 'delivered'
  AND ($4 = '' OR kind = $4)
ORDER BY delivered_on DESC, number DESC LIMIT 1;

-- name: edition_signatures
SELECT signatures FROM edition WHERE id = $1;

-- name: edition_sent
SELECT number, kind, signatures, state FROM edition
WHERE appeal = $1 AND version = $2 AND addressee = $3 AND state IN ('sending', 'delivered', 'held')
ORDER BY number;

-- name: edition_last_number
SELECT COALESCE(MAX(number), 0) FROM edition WHERE appeal = $1;

-- name: edition_insert
INSERT INTO edition (id, appeal, number, version, addressee, addressee_kind, language, kind, form,
                     supplement_of, state, signatures, named, counted, members, countries,
                     file_digest, how, reference, note, made_at, delivered_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'made', $11, $12, $13, $14, $15, NULL, NULL, NULL,
        NULL, $16, NULL)
ON CONFLICT (appeal, number) DO NOTHING;

-- name: edition_draw
UPDATE edition SET file_digest = $3
WHERE appeal = $1 AND number = $2 AND state = 'made' AND file_digest IS NULL;

-- name: edition_exists
SELECT 1 FROM edition WHERE appeal = $1 AND number = $2;

-- name: edition_forget
DELETE FROM edition
WHERE state IN ('made', 'failed') AND made_at < $1
  AND number < (SELECT MAX(newer.number) FROM edition AS newer
                WHERE newer.appeal = edition.appeal);

-- name: signature_ilo
SELECT ilo FROM signature WHERE id = $1;

-- name: signature_state
SELECT state FROM signature WHERE id = $1;

-- Delivery.

-- name: audit_last_seq
SELECT COALESCE(MAX(seq), 0) FROM audit;

-- What is not known to leave a listed signature listed counts as taking it off.

-- name: audit_guard
SELECT 1 WHERE NOT EXISTS (
    SELECT 1 FROM audit
    WHERE seq > $1
      AND ($2 = 1 AND act LIKE 'delivery.%'
           OR act LIKE 'signature.%'
              AND act NOT IN ('signature.confirm', 'signature.approve', 'signature.hold',
                              'signature.refuse', 'signature.restore', 'signature.correct',
                              'signature.merge',
                              'signature.withdraw-unlisted', 'signature.erase-unlisted', 'signature.erase-refused')));

-- name: edition_send
UPDATE edition SET state = 'sending'
WHERE id = $1 AND state IN ('made', 'failed') AND file_digest = $2;

-- name: edition_mailed
UPDATE edition SET state = 'delivered', how = 'mail', delivered_on = $2
WHERE id = $1 AND state IN ('sending', 'failed');

-- name: edition_fail
UPDATE edition SET state = 'failed' WHERE id = $1 AND state = 'sending';

-- name: edition_record
UPDATE edition SET state = 'delivered', how = $2, delivered_on = $3, reference = $4, note = $5
WHERE id = $1 AND state IN ('made', 'failed', 'held') AND file_digest IS NOT NULL;

-- name: edition_record_none
UPDATE edition SET state = 'failed', note = $2 WHERE id = $1 AND state = 'held';

-- name: edition_guard_delivered
SELECT 1 FROM edition WHERE id = $1 AND state = 'delivered';

-- name: response_insert
INSERT INTO response (id, appeal, edition, received_on, note, attachment, attachment_digest)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: response_list
SELECT edition, received_on, note, attachment, attachment_digest FROM response
WHERE appeal = $1 AND ($2 = 0 OR edition = $2) ORDER BY received_on, id;

-- name: delivery_events
SELECT delivered_on, 0, addressee, version, kind, named + counted
FROM edition WHERE appeal = $1 AND state = 'delivered'
UNION ALL
SELECT response.received_on, 1, edition.addressee, edition.version, edition.kind, 0
FROM response JOIN edition ON edition.appeal = response.appeal AND edition.number = response.edition
WHERE response.appeal = $1
ORDER BY 1, 2;

-- name: outbox_deliveries
SELECT id, payload FROM outbox WHERE template = 'delivery' AND state = 'waiting';

-- The letter that everybody may have.

-- name: public_letter_find
SELECT appeal.slug, public_letter.version, public_letter.size, public_letter.pages,
       public_letter.named, public_letter.published_at, public_letter.digest
FROM public_letter JOIN appeal ON appeal.id = public_letter.appeal
                    AND appeal.published_version = public_letter.version
WHERE public_letter.appeal = $1 AND public_letter.language = $2;

-- name: public_letter_list
SELECT appeal.slug, public_letter.language, public_letter.digest
FROM public_letter JOIN appeal ON appeal.id = public_letter.appeal
WHERE $1 = 0 OR public_letter.appeal = $1;

-- name: public_letter_set
INSERT INTO public_letter (appeal, language, version, digest, size, pages, named, published_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (appeal, language)
DO UPDATE SET version = excluded.version, digest = excluded.digest, size = excluded.size,
              pages = excluded.pages, named = excluded.named, published_at = excluded.published_at;

-- name: public_letter_delete
DELETE FROM public_letter WHERE appeal = $1;

-- name: appeal_guard_published
SELECT 1 FROM appeal WHERE id = $1 AND published_version = $2;

-- Pictures, drawn when an appeal is published.

-- name: picture_delete
DELETE FROM picture WHERE appeal = $1;

-- name: picture_insert
INSERT INTO picture (appeal, language, kind, digest, data) VALUES ($1, $2, $3, $4, $5);

-- name: picture_find
SELECT data FROM picture WHERE appeal = $1 AND language = $2 AND kind = $3;

-- name: picture_digest
SELECT digest FROM picture WHERE appeal = $1 AND language = $2 AND kind = $3;

-- name: appeal_image
SELECT image_name, image FROM publication WHERE appeal = $1 AND version = $2;

-- The organiser's news. A number is given once, also where what it was given to was taken off.

-- name: update_last_number
SELECT COALESCE(MAX(number), 0) FROM appeal_update WHERE appeal = $1;

-- name: update_insert
INSERT INTO appeal_update (appeal, number, published_at, removed_at) VALUES ($1, $2, $3, NULL)
ON CONFLICT (appeal, number) DO NOTHING;

-- name: update_text_insert
INSERT INTO appeal_update_text (appeal, number, language, source) VALUES ($1, $2, $3, $4);

-- name: update_find
SELECT number, published_at FROM appeal_update
WHERE appeal = $1 AND number = $2 AND removed_at IS NULL;

-- name: update_page
SELECT number, published_at FROM appeal_update
WHERE appeal = $1 AND number < $2 AND removed_at IS NULL ORDER BY number DESC LIMIT $3;

-- name: update_count
SELECT COUNT(*) FROM appeal_update WHERE appeal = $1 AND removed_at IS NULL;

-- name: update_texts
SELECT language, source FROM appeal_update_text WHERE appeal = $1 AND number = $2 ORDER BY language;

-- name: update_remove
UPDATE appeal_update SET removed_at = $3 WHERE appeal = $1 AND number = $2 AND removed_at IS NULL;

-- name: update_text_delete
DELETE FROM appeal_update_text WHERE appeal = $1 AND number = $2;

-- name: update_mail_delete
DELETE FROM appeal_update_mail WHERE appeal = $1 AND number = $2;

-- name: update_mail_counts
SELECT (SELECT COUNT(*) FROM signature WHERE appeal = $1 AND updates = 1 AND state = 'listed'),
       (SELECT COUNT(*) FROM appeal_update_mail WHERE appeal = $1 AND number = $2),
       (SELECT COUNT(*) FROM signature
        WHERE appeal = $1 AND updates = 1 AND state = 'listed'
          AND EXISTS (SELECT 1 FROM appeal_update_mail AS mailed
                      WHERE mailed.appeal = $1 AND mailed.number = $2
                        AND mailed.signature = signature.id));

-- name: update_mail_queued
SELECT COUNT(*) FROM appeal_update_mail WHERE appeal = $1 AND number = $2;

-- name: update_mail_page
SELECT id, public_id, contact FROM signature
WHERE appeal = $1 AND updates = 1 AND state = 'listed' AND id > $3
  AND NOT EXISTS (SELECT 1 FROM appeal_update_mail AS mailed
                  WHERE mailed.appeal = $1 AND mailed.number = $2 AND mailed.signature = signature.id)
ORDER BY id LIMIT $4;

-- Of others no mailbox is compared, so that nobody tries out guesses on them.

-- name: update_mail_find
SELECT id, COALESCE(NULLIF(spoken, ''), language), mailbox_hash FROM signature
WHERE public_id = $1 AND appeal = $2 AND updates = 1 AND state = 'listed'
  AND NOT EXISTS (SELECT 1 FROM appeal_update_mail AS mailed
                  WHERE mailed.appeal = $2 AND mailed.number = $3
                    AND mailed.signature = signature.id);

-- name: update_mail_guard
SELECT 1 FROM signature JOIN appeal_update ON appeal_update.appeal = signature.appeal
WHERE signature.appeal = $1 AND appeal_update.number = $2 AND signature.id = $3
  AND signature.updates = 1 AND signature.state = 'listed' AND appeal_update.removed_at IS NULL;

-- name: update_mail_insert
INSERT INTO appeal_update_mail (appeal, number, signature) VALUES ($1, $2, $3)
ON CONFLICT (appeal, number, signature) DO NOTHING;

-- Logos.

-- name: logo_put
INSERT INTO logo (signature, appeal, digest, png)
SELECT id, appeal, $2, $3 FROM signature WHERE id = $1 AND state IN ('confirmed', 'held')
ON CONFLICT (signature) DO UPDATE SET digest = excluded.digest, png = excluded.png;

-- name: logo_drop
DELETE FROM logo WHERE signature = $1
  AND EXISTS (SELECT 1 FROM signature WHERE id = $1 AND state IN ('confirmed', 'held'));

-- name: logo_delete
DELETE FROM logo WHERE signature = $1;

-- name: logo_by_digest
SELECT png, signature.visibility FROM logo
JOIN signature ON signature.id = logo.signature
JOIN appeal ON appeal.id = logo.appeal
WHERE logo.digest = $1 AND signature.state = 'listed'
  AND signature.version = appeal.published_version;

-- name: logo_by_signature
SELECT png FROM logo WHERE signature = $1;

-- name: logo_page
SELECT signature.id, public_id, signature.appeal, version,
       (SELECT slug FROM appeal WHERE appeal.id = $1), language, state, organisation,
       organisation_latin, kind, country, town, affiliation, members, representative, capacity,
       visibility, signed_on, collation, logo.digest, SUBSTR(png, 17, 8)
FROM logo JOIN signature ON signature.id = logo.signature
WHERE logo.appeal = $1 AND version = $2 AND state = 'listed'
  AND visibility IN ($5, $6, $7, $8, $9)
ORDER BY country, collation, signature.id LIMIT $4 OFFSET $3;

-- What a moderator is told beside a signature. Each looks at a bounded number of rows; those that
-- read other signatures have the same columns in the same order.

-- name: judge_own
SELECT mail_domain, domain_hash, mailbox_hash, hour, name_key, search, organisation_was,
       organisation_latin_was, mailbox IS NOT NULL
FROM signature WHERE id = $1;

-- name: judge_domain_count
SELECT COUNT(*) FROM (SELECT id FROM signature WHERE domain_hash = $1 AND state = $2 LIMIT $3) AS found;

-- name: judge_burst
SELECT COUNT(*), COUNT(DISTINCT domain_hash),
       COALESCE(CAST(SUM(CASE WHEN domain_hash = $4 THEN 1 ELSE 0 END) AS BIGINT), 0)
FROM (SELECT domain_hash FROM signature
      WHERE appeal = $1 AND hour = $2 AND country = $3 LIMIT $5) AS found;

-- name: judge_same_domain
SELECT id, public_id, appeal, (SELECT slug FROM appeal WHERE appeal.id = signature.appeal),
       organisation, country, state, signed_on, name_key, name_joined
FROM signature WHERE domain_hash = $1 AND state = $2 LIMIT $3;

-- name: judge_same_mailbox
SELECT id, public_id, appeal, (SELECT slug FROM appeal WHERE appeal.id = signature.appeal),
       organisation, country, state, signed_on, name_key, name_joined
FROM signature WHERE appeal = $1 AND mailbox_hash = $2 LIMIT $3;

-- name: judge_same_name
SELECT id, public_id, appeal, (SELECT slug FROM appeal WHERE appeal.id = signature.appeal),
       organisation, country, state, signed_on, name_key, name_joined
FROM signature WHERE name_key = $1 AND state = $2 LIMIT $3;

-- The other names of the organisations that the register has under this one: who signed by one of
-- them keeps it from being listed by itself (register_is_first).

-- name: judge_register_names
SELECT DISTINCT own.name_key
FROM organisation_name AS met
     JOIN organisation ON organisation.id = met.organisation
     JOIN register_source ON register_source.batch = organisation.batch
     JOIN organisation_name AS own ON own.organisation = met.organisation
WHERE met.name_key = $1 AND organisation.country = $2 AND own.name_key <> $1 LIMIT $3;

-- A name that stands a million times, in other appeals, is read so far and no further.

-- name: judge_register_name
SELECT id, public_id, appeal, (SELECT slug FROM appeal WHERE appeal.id = met.appeal),
       organisation, country, state, signed_on, name_key, name_joined
FROM (SELECT * FROM signature WHERE name_key = $1 AND state = $2 LIMIT $5) AS met
WHERE appeal = $3 AND country IN ($4, '') LIMIT $6;

-- name: judge_name_after
SELECT id, public_id, appeal, (SELECT slug FROM appeal WHERE appeal.id = signature.appeal),
       organisation, country, state, signed_on, name_key, name_joined
FROM signature WHERE name_key > $1 ORDER BY name_key LIMIT $2;

-- name: judge_name_before
SELECT id, public_id, appeal, (SELECT slug FROM appeal WHERE appeal.id = signature.appeal),
       organisation, country, state, signed_on, name_key, name_joined
FROM signature WHERE name_key < $1 AND name_key > '' ORDER BY name_key DESC LIMIT $2;

-- name: judge_same_joined
SELECT id, public_id, appeal, (SELECT slug FROM appeal WHERE appeal.id = signature.appeal),
       organisation, country, state, signed_on, name_key, name_joined
FROM signature WHERE name_joined <> '' AND name_joined = $1 AND state = $2 LIMIT $3;

-- name: judge_joined_after
SELECT id, public_id, appeal, (SELECT slug FROM appeal WHERE appeal.id = signature.appeal),
       organisation, country, state, signed_on, name_key, name_joined
FROM signature WHERE name_joined <> '' AND name_joined > $1 ORDER BY name_joined LIMIT $2;

-- name: judge_joined_before
SELECT id, public_id, appeal, (SELECT slug FROM appeal WHERE appeal.id = signature.appeal),
       organisation, country, state, signed_on, name_key, name_joined
FROM signature WHERE name_joined <> '' AND name_joined < $1 ORDER BY name_joined DESC LIMIT $2;

-- name: judge_bad_after
SELECT id, public_id, appeal, (SELECT slug FROM appeal WHERE appeal.id = signature.appeal),
       organisation, country, state, signed_on, name_key, name_joined
FROM signature WHERE state IN ('refused', 'struck') AND name_key > $1 ORDER BY name_key LIMIT $2;

-- name: judge_bad_before
SELECT id, public_id, appeal, (SELECT slug FROM appeal WHERE appeal.id = signature.appeal),
       organisation, country, state, signed_on, name_key, name_joined
FROM signature WHERE state IN ('refused', 'struck') AND name_key < $1 AND name_key > ''
ORDER BY name_key DESC LIMIT $2;

-- name: judge_word
SELECT signature.id, public_id, signature.appeal,
       (SELECT slug FROM appeal WHERE appeal.id = signature.appeal),
       organisation, country, state, signed_on, name_key, name_joined
FROM listing_word JOIN signature ON signature.id = listing_word.signature
WHERE listing_word.appeal = $1 AND listing_word.version = $2 AND word = $3 LIMIT $4;

-- name: judge_audit
SELECT audit.at, audit.act, audit_detail.actor, audit_detail.reason
FROM audit_detail JOIN audit ON audit.seq = audit_detail.seq
WHERE audit_detail.subject = $1 AND audit_detail.actor <> 'signatory'
ORDER BY audit_detail.seq DESC LIMIT $2;

-- name: judge_register_domain
SELECT organisation.name, register_source.source, organisation.country, organisation.affiliation
FROM organisation_domain JOIN organisation ON organisation.id = organisation_domain.organisation
     JOIN register_source ON register_source.batch = organisation.batch
WHERE organisation_domain.domain = $1 LIMIT $2;

-- Who looks at which of those that wait (table review), and moderators' notes.

-- name: review_appeals
SELECT DISTINCT appeal FROM counter WHERE state = $1 AND signatures > 0 LIMIT $2;

-- name: review_fresh
SELECT id, signed_on FROM signature LEFT JOIN review ON review.signature = signature.id
WHERE appeal = $1 AND state = $2 AND state IN ('confirmed', 'held')
  AND (review.signature IS NULL OR (review.skipped_at IS NULL AND review.until <= $3))
ORDER BY signed_on, id LIMIT $4;

-- name: review_ahead
SELECT id, signed_on FROM signature
WHERE appeal = $1 AND state = $2 AND state IN ('confirmed', 'held') AND (signed_on, id) > ($3, $4)
ORDER BY signed_on, id LIMIT $5;

-- Of the few rows of review each finds its signature, not the other way round.

-- name: review_skipped
SELECT id, 0 FROM review CROSS JOIN signature
WHERE id = review.signature AND skipped_at IS NOT NULL AND until <= $1
  AND state IN ('confirmed', 'held') AND ($2 = 0 OR appeal = $2)
  AND NOT (session = $3 AND skipped_at >= $4)
ORDER BY skipped_at, id LIMIT $5;

-- name: review_put_off
SELECT COUNT(*) FROM review CROSS JOIN signature
WHERE id = review.signature AND session = $1 AND skipped_at >= $2
  AND state IN ('confirmed', 'held') AND ($3 = 0 OR appeal = $3);

-- name: review_taken
SELECT COUNT(*) FROM review CROSS JOIN signature
WHERE id = review.signature AND session <> $1 AND until > $2
  AND state IN ('confirmed', 'held') AND ($3 = 0 OR appeal = $3);

-- name: review_waiting
SELECT COALESCE(CAST(SUM(signatures) AS BIGINT), 0) FROM counter
WHERE state = $1 AND ($2 = 0 OR appeal = $2);

-- name: review_claim
INSERT INTO review (signature, session, actor, until, skipped_at)
SELECT id, $2, $3, $4, NULL FROM signature WHERE id = $1 AND state IN ('confirmed', 'held')
ON CONFLICT (signature)
DO UPDATE SET session = excluded.session, actor = excluded.actor, until = excluded.until
WHERE review.until <= $5 OR review.session = excluded.session;

-- name: review_keep
UPDATE review SET until = $2 WHERE session = $1 AND until > 0;

-- name: review_skip
UPDATE review SET until = 0, skipped_at = $3 WHERE signature = $1 AND session = $2;

-- name: review_release
UPDATE review SET until = 0 WHERE session = $1 AND ($2 = 0 OR signature = $2) AND until > 0;

-- name: review_release_all
UPDATE review SET until = 0 WHERE until > 0;

-- name: review_sweep
DELETE FROM review
WHERE signature IN (SELECT review.signature FROM review
                    LEFT JOIN signature ON signature.id = review.signature
                    WHERE review.until <= $1
                      AND (review.skipped_at IS NULL OR signature.state IS NULL
                           OR signature.state NOT IN ('confirmed', 'held'))
                    LIMIT $2);

-- name: review_reasons
SELECT audit.at, audit_detail.reason FROM audit JOIN audit_detail ON audit_detail.seq = audit.seq
WHERE audit.seq > (SELECT COALESCE(MAX(seq), 0) FROM audit) - $1 AND audit.act = 'signature.refuse'
  AND audit_detail.reason IS NOT NULL
ORDER BY audit.seq DESC;

-- name: review_act_reasons
SELECT began_at, reason FROM act WHERE decision = 'refuse' AND reason IS NOT NULL
ORDER BY number DESC LIMIT $1;

-- name: moderator_note_insert
INSERT INTO moderator_note (id, signature, at, actor, text)
SELECT $1, id, $3, $4, $5 FROM signature WHERE id = $2;

-- name: moderator_note_page
SELECT at, actor, text FROM moderator_note WHERE signature = $1 ORDER BY at DESC LIMIT $2;

-- The register of organisations. A list is written beside the one that counts, and takes its place at once.

-- name: register_begin
INSERT INTO register_source (source, batch, loading, organisations, imported_at)
VALUES ($1, NULL, $2, 0, 0)
ON CONFLICT (source) DO UPDATE SET loading = $2;

-- name: register_is_loading
SELECT 1 FROM register_source WHERE source = $1 AND loading = $2;

-- name: register_switch
UPDATE register_source SET batch = loading, loading = NULL, organisations = $3, imported_at = $4
WHERE source = $1 AND loading = $2;

-- name: register_abandon
UPDATE register_source SET loading = NULL WHERE source = $1 AND loading = $2;

-- name: register_drop
DELETE FROM register_source WHERE source = $1 AND batch IS NOT NULL;

-- name: register_drop_empty
DELETE FROM register_source WHERE batch IS NULL AND loading IS NULL;

-- name: register_sources
SELECT source, organisations, imported_at, batch FROM register_source WHERE batch IS NOT NULL
ORDER BY source;

-- name: register_insert
INSERT INTO organisation (id, batch, name, country, affiliation, aliases, domains)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: register_insert_name
INSERT INTO organisation_name (organisation, name_key, name) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING;

-- name: register_insert_word
INSERT INTO organisation_word (word, organisation) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: register_insert_domain
INSERT INTO organisation_domain (domain, organisation) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: register_delete
DELETE FROM organisation WHERE id = $1;

-- name: register_delete_names
DELETE FROM organisation_name WHERE organisation = $1;

-- name: register_delete_word
DELETE FROM organisation_word WHERE word = $1 AND organisation = $2;

-- name: register_delete_domain
DELETE FROM organisation_domain WHERE domain = $1 AND organisation = $2;

-- A list that counts no more, nor is being taken in.

-- name: register_stale
SELECT batch FROM organisation
WHERE NOT EXISTS (SELECT 1 FROM register_source
                  WHERE register_source.batch = organisation.batch
                     OR register_source.loading = organisation.batch)
LIMIT 1;

-- name: register_page
SELECT id, name, country, affiliation, aliases, domains FROM organisation
WHERE batch = $1 AND (name, country) > ($2, $3)
ORDER BY name, country LIMIT $4;

-- name: register_entry
SELECT register_source.source, organisation.name, organisation.country, organisation.affiliation,
       organisation.aliases, organisation.domains
FROM organisation JOIN register_source ON register_source.batch = organisation.batch
WHERE organisation.id = $1;

-- name: register_names
SELECT organisation_name.name_key, organisation_name.name, register_source.source,
       organisation.country
FROM organisation_name
     JOIN organisation ON organisation.id = organisation_name.organisation
     JOIN register_source ON register_source.batch = organisation.batch
WHERE organisation_name.organisation = $1;

-- name: register_by_key
SELECT organisation.id
FROM organisation_name
     JOIN organisation ON organisation.id = organisation_name.organisation
     JOIN register_source ON register_source.batch = organisation.batch
WHERE organisation_name.name_key = $1
  AND ($2 IS NULL OR organisation.country = $2 OR organisation.country = '')
ORDER BY organisation_name.organisation LIMIT $3;

-- name: register_word_count
SELECT COUNT(*) FROM (SELECT 1 FROM organisation_word WHERE word >= $1 AND word < $2 LIMIT $3) AS some;

-- name: register_by_word
SELECT organisation.id
FROM organisation_word
     JOIN organisation ON organisation.id = organisation_word.organisation
     JOIN register_source ON register_source.batch = organisation.batch
WHERE organisation_word.word >= $1 AND organisation_word.word < $2
  AND ($3 IS NULL OR organisation.country = $3 OR organisation.country = '')
LIMIT $4;

-- name: register_known
SELECT register_source.source
FROM organisation_name
     JOIN organisation ON organisation.id = organisation_name.organisation
     JOIN register_source ON register_source.batch = organisation.batch
     JOIN organisation_domain ON organisation_domain.organisation = organisation.id
WHERE organisation_name.name_key = $1 AND organisation.country = $2
  AND organisation_domain.domain = $3
ORDER BY register_source.source LIMIT 1;

-- Nobody signed before, whatever became of it, by that name or another of the organisations that have
-- it; nor whoever renamed itself since from the same mail domain. Else a moderator looks.

-- name: register_is_first
SELECT 1
WHERE NOT EXISTS (SELECT 1 FROM signature
                  WHERE name_key = $2 AND appeal = $1 AND country IN ($3, '') AND state <> 'withdrawn')
  AND NOT EXISTS (SELECT 1
                  FROM organisation_name AS met
                       JOIN organisation ON organisation.id = met.organisation
                       JOIN register_source ON register_source.batch = organisation.batch
                       JOIN organisation_name AS own ON own.organisation = met.organisation
                       CROSS JOIN signature
                  WHERE met.name_key = $2 AND organisation.country = $3
                    AND signature.name_key = own.name_key AND signature.appeal = $1
                    AND signature.country IN ($3, '') AND signature.state <> 'withdrawn')
  AND NOT EXISTS (SELECT 1 FROM signature
                  WHERE domain_hash = $4 AND appeal = $1 AND organisation_was IS NOT NULL
                    AND state <> 'withdrawn');

-- All names, organisation by organisation.

-- name: register_name_page
SELECT organisation_name.organisation, organisation_name.name_key, organisation.country
FROM organisation_name
     JOIN organisation ON organisation.id = organisation_name.organisation
     JOIN register_source ON register_source.batch = organisation.batch
WHERE (organisation_name.organisation, organisation_name.name_key) > ($1, $2)
ORDER BY organisation_name.organisation, organisation_name.name_key LIMIT $3;

-- What a database holds, for whoever is about to put another in its place.

-- name: database_facts
SELECT (SELECT COUNT(*) FROM signature),
       (SELECT COUNT(*) FROM signature WHERE state = 'listed'),
       (SELECT MAX(signed_on) FROM signature),
       (SELECT COUNT(*) FROM pending WHERE state = 'pending'),
       (SELECT COUNT(*) FROM outbox WHERE state = 'waiting'),
       (SELECT MAX(at) FROM audit);

-- What a restore does again. Those of since_signatures, since_absent and since_find have the same columns in the same
-- order. A form that became a signature has its id.

-- name: since_signatures
SELECT id, public_id, state, signed_on, CASE WHEN representative IS NULL THEN 1 ELSE 0 END,
       decided_on, updates, (SELECT logo.digest FROM logo WHERE logo.signature = signature.id), NULL
FROM signature WHERE id > $1 ORDER BY id LIMIT $2;

-- name: since_absent
SELECT id, public_id, state, 0, is_erased, decided_on, updates, logo, until
FROM absent
WHERE id > $1 AND NOT EXISTS (SELECT 1 FROM signature WHERE signature.id = absent.id)
ORDER BY id LIMIT $2;

-- name: since_find
SELECT id, public_id, state, signed_on, CASE WHEN representative IS NULL THEN 1 ELSE 0 END,
       decided_on, updates, (SELECT logo.digest FROM logo WHERE logo.signature = signature.id), NULL
FROM signature WHERE id = $1 OR public_id = $2;

-- A form that is withdrawn was a signature once, where one of its number is remembered: then that is, for good.

-- name: since_keep
INSERT INTO absent (id, public_id, state, is_erased, decided_on, updates, logo, until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO UPDATE SET public_id = COALESCE(excluded.public_id, absent.public_id),
    state = excluded.state, is_erased = excluded.is_erased, decided_on = excluded.decided_on,
    updates = excluded.updates, logo = excluded.logo,
    until = CASE WHEN absent.until IS NULL THEN NULL ELSE excluded.until END;

-- name: since_expire
DELETE FROM absent WHERE until <= $1;

-- The same of appeals.

-- name: since_appeals
SELECT id, state, paused_on, closed_on, archived_on, erased_on, days_lost, is_shielded
FROM appeal WHERE published_version IS NOT NULL AND id > $1
UNION ALL
SELECT id, state, paused_on, closed_on, archived_on, erased_on, days_lost, is_shielded
FROM absent_appeal
WHERE id > $1 AND NOT EXISTS (SELECT 1 FROM appeal WHERE appeal.id = absent_appeal.id
                                AND published_version IS NOT NULL)
ORDER BY 1 LIMIT 1;

-- name: since_appeal_find
SELECT slug, state, paused_on, closed_on, archived_on, erased_on, days_lost, is_shielded
FROM appeal WHERE id = $1 AND published_version IS NOT NULL;

-- name: since_appeal_each
SELECT id FROM appeal WHERE id > $1 AND erased_on IS NULL ORDER BY id LIMIT 1;

-- name: since_appeal_set
UPDATE appeal SET state = $2, paused_on = $3, closed_on = $4, archived_on = $5,
                  closes_on = closes_on + ($6 - days_lost), days_lost = $6, is_shielded = $7
WHERE id = $1 AND erased_on IS NULL;

-- name: since_appeal_forms
DELETE FROM pending WHERE appeal = $1 AND state = 'pending';

-- name: since_appeal_mails
DELETE FROM outbox WHERE appeal = $1 AND template <> 'delivery';

-- name: since_appeal_keep
INSERT INTO absent_appeal (id, state, paused_on, closed_on, archived_on, erased_on, days_lost, is_shielded)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, paused_on = excluded.paused_on,
    closed_on = excluded.closed_on, archived_on = excluded.archived_on,
    erased_on = excluded.erased_on, days_lost = excluded.days_lost,
    is_shielded = excluded.is_shielded;

-- And of acts on many: their numbers are never given again, and what stands of them can be undone. One on an appeal that
-- is not there any more is kept for its number.

-- name: since_act_last
SELECT COALESCE(MAX(number), 0) FROM act;

-- name: since_acts
SELECT number, appeal, decision, filter, undoes, actor, reason,
       CASE WHEN state = 'running' THEN 'stopped' ELSE state END, chosen, began_at, ended_at
FROM act WHERE number > $1 ORDER BY number LIMIT 1;

-- name: since_act_take
INSERT INTO act (number, appeal, decision, filter, undoes, actor, reason, state, chosen, began_at,
                 ended_at)
VALUES ($1, COALESCE((SELECT id FROM appeal WHERE id = $2 AND published_version IS NOT NULL), 0),
        $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: since_act_signatures
SELECT act_signature.signature, act_signature.was, act_signature.became, act_signature.decided_on
FROM act_signature JOIN signature ON signature.id = act_signature.signature
WHERE act_signature.act = $1 AND act_signature.signature > $2 AND act_signature.is_undone = 0
  AND signature.state = act_signature.became AND signature.changed = act_signature.changed
ORDER BY act_signature.signature LIMIT $3;

-- name: since_act_signature_take
INSERT INTO act_signature (act, signature, was, became, decided_on, changed, is_undone)
SELECT $1, id, $3, $4, $5, changed, 0 FROM signature WHERE id = $2 AND state = $4
ON CONFLICT (act, signature) DO NOTHING;

-- And of news: what was taken off the site.

-- name: since_removed
SELECT appeal, number, published_at, removed_at FROM appeal_update
WHERE removed_at IS NOT NULL AND (appeal, number) > ($1, $2) ORDER BY appeal, number LIMIT 1;

-- name: since_removed_find
SELECT appeal.slug FROM appeal_update JOIN appeal ON appeal.id = appeal_update.appeal
WHERE appeal_update.appeal = $1 AND number = $2 AND appeal_update.published_at = $3
  AND removed_at IS NULL;

-- name: since_removed_keep
INSERT INTO appeal_update (appeal, number, published_at, removed_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (appeal, number) DO NOTHING;

-- What was on its way when a backup was made may have arrived since: it waits for somebody's word.

-- name: hold_editions
UPDATE edition SET state = 'held' WHERE state = 'sending';

-- name: hold_letters
DELETE FROM outbox WHERE template = 'delivery' AND state = 'waiting';

-- name: hold_mails
UPDATE outbox SET state = 'failed', last_error = $1
WHERE state = 'waiting' AND template IN ('listed', 'refused', 'update');

-- name: hold_mails_left
SELECT COUNT(*) FROM outbox WHERE state = 'failed' AND last_error = $1;

-- name: hold_list
SELECT appeal.slug, edition.number, edition.addressee
FROM edition JOIN appeal ON appeal.id = edition.appeal
WHERE edition.state = 'held' ORDER BY appeal.slug, edition.number;

-- And what the database that is replaced knows to have left stays known.

-- name: hold_left
SELECT id, appeal, number, version, addressee, addressee_kind, language, kind, form, supplement_of,
       state, signatures, named, counted, members, countries, file_digest, how, reference, note,
       made_at, delivered_on
FROM edition WHERE id > $1 AND state IN ('sending', 'delivered', 'held') ORDER BY id LIMIT 1;

-- name: hold_know
UPDATE edition SET state = $2, file_digest = $3, how = $4, reference = $5, note = $6,
                   delivered_on = $7
WHERE id = $1 AND state <> 'delivered';

-- name: hold_take
INSERT INTO edition (id, appeal, number, version, addressee, addressee_kind, language, kind, form,
                     supplement_of, state, signatures, named, counted, members, countries,
                     file_digest, how, reference, note, made_at, delivered_on)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
       $21, $22
WHERE EXISTS (SELECT 1 FROM publication WHERE publication.appeal = $2 AND publication.version = $4)
ON CONFLICT DO NOTHING;

-- name: hold_news
SELECT mailed.appeal, mailed.number, mailed.signature, appeal_update.published_at
FROM appeal_update_mail AS mailed
     JOIN appeal_update ON appeal_update.appeal = mailed.appeal
                       AND appeal_update.number = mailed.number
WHERE (mailed.appeal, mailed.number, mailed.signature) > ($1, $2, $3)
ORDER BY mailed.appeal, mailed.number, mailed.signature LIMIT $4;

-- name: hold_news_take
INSERT INTO appeal_update_mail (appeal, number, signature)
SELECT appeal, number, $3 FROM appeal_update
WHERE appeal = $1 AND number = $2 AND published_at = $4
ON CONFLICT (appeal, number, signature) DO NOTHING;

-- Two signatures of one organisation.

-- name: merge_keeps
SELECT 1 FROM signature WHERE id = $1 AND state IN ('confirmed', 'held', 'listed');

-- name: duplicates_page
SELECT id, name_key, country, collation, name_joined, organisation FROM signature
WHERE appeal = $1 AND (country, collation, id) > ($2, $3, $4)
  AND state IN ('confirmed', 'held', 'listed')
ORDER BY country, collation, id LIMIT $5;

-- Which keys the database goes with.

-- name: site_mark_read
SELECT mark FROM site_mark;

-- Those whose duplicates are told by a key of theirs.

-- name: site_mark_appeals
SELECT id, slug FROM appeal
WHERE erased_on IS NULL
  AND EXISTS (SELECT 1 FROM signature
              WHERE signature.appeal = appeal.id AND signature.mailbox_hash > $1)
ORDER BY slug;

-- name: site_mark_delete
DELETE FROM site_mark;

-- name: site_mark_insert
INSERT INTO site_mark (mark) VALUES ($1);
