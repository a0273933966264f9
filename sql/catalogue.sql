-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Every statement, named. "-- name: audit_insert" becomes STATEMENT_AUDIT_INSERT. Parameters are $1, $2,
-- ... without a gap. What reads begins with SELECT. Subset: what SQLite 3.40 and PostgreSQL 15 share.

-- name: audit_last
SELECT seq, digest FROM audit ORDER BY seq DESC LIMIT 1;

-- name: audit_insert
INSERT INTO audit (seq, at, act, commitment, digest) VALUES ($1, $2, $3, $4, $5);

-- name: audit_detail_insert
INSERT INTO audit_detail (seq, salt, actor, subject, reason) VALUES ($1, $2, $3, $4, $5);

-- name: audit_page
SELECT audit.seq, audit.at, audit.act, audit.commitment, audit.digest,
       audit_detail.salt, audit_detail.actor, audit_detail.subject, audit_detail.reason
FROM audit LEFT JOIN audit_detail ON audit_detail.seq = audit.seq
WHERE audit.seq > $1 ORDER BY audit.seq LIMIT $2;

-- name: audit_detail_erase
DELETE FROM audit_detail WHERE seq = $1;

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
    SELECT MIN(created_at) FROM outbox WHERE state = 'waiting') AS oldest;

-- name: pending_appeal
SELECT slug, policy, organiser_key FROM appeal WHERE id = $1;

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
                       mailbox, mail_domain, collation, search, ilo, digest, updates, spoken)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)
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
       CASE WHEN organisation_was IS NULL THEN organisation_latin ELSE organisation_latin_was END
FROM signature WHERE id = $1;

-- name: signature_withdraw
UPDATE signature
SET state = 'withdrawn', town = NULL, affiliation = NULL, representative = NULL, capacity = NULL,
    contact = $4, mailbox = NULL, mail_domain = NULL, unique_hash = $4, mailbox_hash = $4,
    ilo = NULL, updates = 0, digest = $5, organisation_was = NULL, organisation_latin_was = NULL
WHERE id = $1 AND state = $2 AND digest = $3;

-- Of a refused or struck one: its state, hashes and mail_domain stay, so that nobody is rid of them
-- by withdrawing and signing again. What has no representative any more is what was erased.

-- name: signature_erase
UPDATE signature
SET town = NULL, affiliation = NULL, representative = NULL, capacity = NULL, contact = $4,
    mailbox = NULL, ilo = NULL, updates = 0, digest = $5, organisation_was = NULL,
    organisation_latin_was = NULL
WHERE id = $1 AND state = $2 AND digest = $3;

-- name: signature_correct
UPDATE signature
SET organisation_was = COALESCE(organisation_was, organisation),
    organisation_latin_was = CASE WHEN organisation_was IS NULL THEN organisation_latin
                                  ELSE organisation_latin_was END,
    organisation = $4, organisation_latin = $5, collation = $6, search = $7, unique_hash = $8,
    digest = $9
WHERE id = $1 AND state = $2 AND digest = $3;

-- name: signature_set_updates
UPDATE signature SET updates = $2
WHERE id = $1 AND state <> 'withdrawn' AND representative IS NOT NULL;

-- name: signature_mailbox
SELECT mailbox, digest, COALESCE(NULLIF(spoken, ''), language) FROM signature WHERE id = $1;

-- name: signature_contact
SELECT contact FROM signature WHERE id = $1;

-- name: signature_decide
UPDATE signature
SET state = $3, decided_on = $4, mailbox = CASE WHEN $4 IS NULL THEN mailbox ELSE NULL END
WHERE id = $1 AND state = $2 AND digest = $5;

-- name: signature_forget_mailbox
UPDATE signature SET mailbox = NULL, mail_domain = NULL
WHERE id IN (SELECT id FROM signature
             WHERE mail_domain IS NOT NULL AND signed_on < $1
               AND (decided_on < $1 OR decided_on IS NULL AND state = 'listed')
             LIMIT $2);

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
VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, $7, NULL,
        CASE WHEN $2 = 'update' THEN 1 ELSE 0 END);

-- name: outbox_due
SELECT id, template, appeal, reference, language, payload, attempts, created_at FROM outbox
WHERE state = 'waiting' AND next_at <= $1 ORDER BY is_news, next_at, id LIMIT $2;

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

-- name: outbox_page
SELECT id, template, (SELECT slug FROM appeal WHERE appeal.id = outbox.appeal), language, state,
       attempts, next_at, created_at, last_error
FROM outbox WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3;

-- name: outbox_expire
DELETE FROM outbox WHERE state = 'failed' AND created_at < $1;

-- Appeals and their texts: loading, importing, publishing.

-- name: appeal_find
SELECT id, slug, state, version, published_version, settings, organiser_key, created_at, published_at
FROM appeal WHERE slug = $1;

-- name: appeal_by_id
SELECT id, slug, state, version, published_version, settings, organiser_key, created_at, published_at
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
                  opens_on = $6, closes_on = $7, state = 'open',
                  published_at = COALESCE(published_at, $9)
WHERE id = $1 AND version = $2 AND settings = $8
  AND (published_version IS NULL OR published_version <> $2 OR state <> 'open'
       OR NOT EXISTS (SELECT 1 FROM publication
                      WHERE publication.appeal = $1 AND publication.version = $2
                        AND publication.settings = $8
                        AND publication.image_name IS NOT DISTINCT FROM appeal.image_name
                        AND publication.image IS NOT DISTINCT FROM appeal.image));

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
WHERE appeal = $1 AND version = $2 AND addressee = $3 AND state IN ('sending', 'delivered')
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
                              'signature.withdraw-unlisted')));

-- name: edition_send
UPDATE edition SET state = 'sending'
WHERE id = $1 AND state IN ('made', 'failed') AND file_digest = $2;

-- name: edition_mailed
UPDATE edition SET state = 'delivered', how = 'mail', delivered_on = $2
WHERE id = $1 AND state = 'sending';

-- name: edition_fail
UPDATE edition SET state = 'failed' WHERE id = $1 AND state = 'sending';

-- name: edition_record
UPDATE edition SET state = 'delivered', how = $2, delivered_on = $3, reference = $4, note = $5
WHERE id = $1 AND state IN ('made', 'failed') AND file_digest IS NOT NULL;

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
