-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The first schema. Times are microseconds since 1970 UTC, days are days since 1970-01-01 UTC,
-- ids are random 63-bit numbers made by the service. BIGINT NOT NULL PRIMARY KEY is made SQLite's
-- INTEGER PRIMARY KEY when it is built in. Never edited once released.

CREATE TABLE appeal (
    id BIGINT NOT NULL PRIMARY KEY, -- internal, never shown
    slug TEXT NOT NULL UNIQUE, -- in addresses: a-z, 0-9, hyphen
    state TEXT NOT NULL, -- draft, open, paused, closed, archived
    policy TEXT NOT NULL, -- before: a moderator lists; register: whom the register knows by name and domain is listed when confirmed; after: everybody. As published, down to closes_on
    authoritative TEXT NOT NULL, -- language of the authoritative text
    visibility TEXT NOT NULL, -- default visibility of the form
    opens_on BIGINT, -- first day for signing; NULL: when published
    closes_on BIGINT, -- last day for signing, days_lost counted in; NULL: open end
    paused_on BIGINT, -- day on which it was paused; NULL: it is not
    days_lost BIGINT NOT NULL DEFAULT 0, -- by pauses: what its closing moved by
    closed_on BIGINT, -- day on which it was closed by hand or archived; NULL: it was not
    archived_on BIGINT, -- day from which its retention counts; NULL: not archived
    erased_on BIGINT, -- day on which its persons and its key were deleted, after archived_on; NULL: they were not
    is_shielded BIGINT NOT NULL DEFAULT 0, -- 1: under attack; narrower limits, a moderator lists everything
    version BIGINT NOT NULL, -- newest imported version
    published_version BIGINT, -- what the pages show; NULL: never published
    settings BLOB NOT NULL, -- appeal.ini as imported last; what the site goes by stands in publication
    image_name TEXT, -- letterhead.png or letterhead.svg as imported last; NULL: none
    image BLOB, -- its bytes
    organiser_key BLOB NOT NULL, -- X25519 public key contact data is sealed to; empty: the site's
    created_at BIGINT NOT NULL, -- first import
    published_at BIGINT -- first publication
);

CREATE TABLE appeal_text (
    appeal BIGINT NOT NULL, -- appeal.id
    version BIGINT NOT NULL, -- all texts of a version share its number
    language TEXT NOT NULL, -- BCP 47
    source BLOB NOT NULL, -- LANG.md as imported, to the byte
    digest BLOB NOT NULL, -- SHA-256 of source
    PRIMARY KEY (appeal, version, language)
);

CREATE TABLE publication (
    appeal BIGINT NOT NULL, -- appeal.id
    version BIGINT NOT NULL, -- that was published
    settings BLOB NOT NULL, -- appeal.ini as published last with that version: whom it goes to, until when
    image_name TEXT, -- the letterhead's image as published with it; NULL: none
    image BLOB, -- its bytes
    PRIMARY KEY (appeal, version)
);

CREATE TABLE picture (
    appeal BIGINT NOT NULL, -- appeal.id
    language TEXT NOT NULL, -- of the words in it
    kind TEXT NOT NULL, -- card (1200x630, for previews of links), code (a QR code of the page's address)
    digest BLOB NOT NULL, -- SHA-256 of data
    data BLOB NOT NULL, -- PNG, drawn when the appeal was published last
    PRIMARY KEY (appeal, language, kind)
);

CREATE TABLE appeal_update (
    appeal BIGINT NOT NULL, -- appeal.id
    number BIGINT NOT NULL, -- 1, 2, 3 of its appeal: what people call it by
    published_at BIGINT NOT NULL, -- when
    removed_at BIGINT, -- when it was taken off the site; its number is not given again. NULL: it is there
    PRIMARY KEY (appeal, number)
);

CREATE TABLE appeal_update_text (
    appeal BIGINT NOT NULL, -- appeal.id
    number BIGINT NOT NULL, -- appeal_update.number
    language TEXT NOT NULL, -- BCP 47
    source BLOB NOT NULL, -- LANG.md as published, to the byte: a head with the title, a CommonMark body
    PRIMARY KEY (appeal, number, language)
);

CREATE TABLE appeal_update_mail (
    appeal BIGINT NOT NULL, -- appeal.id
    number BIGINT NOT NULL, -- appeal_update.number
    signature BIGINT NOT NULL, -- signature.id whose mail was queued: once, whatever happens
    PRIMARY KEY (appeal, number, signature)
);

CREATE TABLE logo (
    signature BIGINT NOT NULL PRIMARY KEY, -- signature.id
    appeal BIGINT NOT NULL, -- appeal.id
    digest BLOB NOT NULL, -- SHA-256 of png: its address
    png BLOB NOT NULL -- drawn anew from what was uploaded; nothing else of that is kept
);
CREATE INDEX logo_digest ON logo (digest);
CREATE INDEX logo_appeal ON logo (appeal);

CREATE TABLE pending (
    id BIGINT NOT NULL PRIMARY KEY, -- carried by the confirmation token
    appeal BIGINT NOT NULL, -- appeal.id
    version BIGINT NOT NULL, -- version of the text that was read
    language TEXT NOT NULL, -- language of the text that was read
    text_digest BLOB NOT NULL, -- digest of the text that was read
    nonce BLOB NOT NULL UNIQUE, -- of the form and all that was typed in it: a double click signs once
    mailbox_hash BLOB NOT NULL, -- keyed hash of the mailbox, for the page where a code is typed
    tries_before BIGINT NOT NULL, -- code_try.tries when it was submitted; ten more kill the code, not the link
    state TEXT NOT NULL, -- pending, confirmed (kept until expiry so that a second click is friendly)
    signature BIGINT, -- signature.id once confirmed
    created_at BIGINT NOT NULL, -- submission; 0 once confirmed: when somebody signed is not kept
    expires_at BIGINT NOT NULL, -- 72 hours from the relay's acceptance; before that a far bound
    data BLOB NOT NULL, -- all the form's fields, encrypted under the day's key; empty once confirmed
    spoken TEXT NOT NULL DEFAULT '' -- language of the form, so of its pages and mails; empty: the text's
);
-- All that is looked at for a typed code: an answer must not tell whether anything waits.
CREATE INDEX pending_mailbox ON pending (mailbox_hash, appeal, expires_at, tries_before);
CREATE INDEX pending_expiry ON pending (expires_at, state);

CREATE TABLE code_try (
    mailbox_hash BLOB NOT NULL, -- keyed hash of a mailbox that a wrong code was typed for, known or not
    appeal BIGINT NOT NULL, -- appeal.id; 0: there is no such appeal
    tries BIGINT NOT NULL, -- so far
    day BIGINT NOT NULL, -- of the last one; forgotten when no row that it counts for can be left
    PRIMARY KEY (mailbox_hash, appeal)
);

CREATE TABLE signature (
    id BIGINT NOT NULL PRIMARY KEY, -- internal, random; never shown
    public_id TEXT NOT NULL UNIQUE, -- what people and programs see, random, given on confirmation
    appeal BIGINT NOT NULL, -- appeal.id
    version BIGINT NOT NULL, -- version signed
    language TEXT NOT NULL, -- language of the text signed
    text_digest BLOB NOT NULL, -- digest of the text signed
    state TEXT NOT NULL, -- confirmed, held, listed, refused, struck, withdrawn
    organisation TEXT NOT NULL, -- name as printed, NFC
    organisation_latin TEXT, -- Latin form, when given
    kind TEXT NOT NULL, -- international, national, federation, union, branch, other
    country TEXT NOT NULL, -- ISO 3166-1 alpha-2; empty only for international without one
    town TEXT, -- when given
    affiliation TEXT, -- affiliations as typed
    members BIGINT, -- members represented as stated; NULL: undisclosed
    representative TEXT, -- who signs for it; NULL once erased
    capacity TEXT, -- in which capacity; NULL once erased
    visibility TEXT NOT NULL, -- public, organisation, recipients, international, counted
    consent TEXT NOT NULL, -- version of the consent's wording
    signed_on BIGINT NOT NULL, -- day of confirmation; the second is not kept
    unique_hash BLOB NOT NULL, -- keyed by appeal: mailbox and folded organisation name; empty once withdrawn
    mailbox_hash BLOB NOT NULL, -- keyed by appeal: mailbox alone, for organisations per mailbox; empty once withdrawn
    contact BLOB NOT NULL, -- mailbox sealed to the organiser's public key; empty once withdrawn
    mailbox BLOB, -- the server's own copy, encrypted; NULL once the decision has been mailed
    mail_domain BLOB, -- mailbox's domain alone, encrypted, for telling fakes; NULL later
    domain_hash BLOB, -- the same, keyed by the site, to find those that share it; NULL together with it
    decided_on BIGINT, -- day of the final decision; NULL while none was made
    collation BLOB NOT NULL, -- ICU root key of the name
    search TEXT NOT NULL, -- folded words of name and Latin form
    ilo BLOB, -- the optional block for the ILO, encrypted under the site's key; NULL: none
    updates BIGINT NOT NULL DEFAULT 0, -- 1: asked for the appeal's news by mail
    digest BLOB NOT NULL, -- SHA-256 of the canonical fields; finds flipped bits
    spoken TEXT NOT NULL DEFAULT '', -- language of the form, so of its pages and mails; empty: the text's
    hour BIGINT, -- hours since 1970 at its confirmation, for telling bursts; NULL once it was listed
    changed BIGINT NOT NULL DEFAULT 0, -- audit.seq behind which its state changed last: tells whether anybody decided since
    name_key TEXT NOT NULL DEFAULT '', -- name without script, accents, legal forms and word order (text/name_key.h)
    name_joined TEXT NOT NULL DEFAULT '', -- the same as if it were written without blanks; empty: no other, or in a script that is not looked for so
    organisation_was TEXT, -- name as confirmed, against which corrections are measured; NULL: never corrected
    organisation_latin_was TEXT, -- its Latin form as confirmed; NULL: none, or never corrected
    is_gone BIGINT NOT NULL DEFAULT 0 -- 1: withdrawn, or all of it was erased, while refused or struck: nothing can be restored
);
CREATE UNIQUE INDEX signature_once ON signature (appeal, unique_hash) WHERE state <> 'withdrawn';
CREATE INDEX signature_mailbox ON signature (appeal, mailbox_hash);
CREATE INDEX signature_order ON signature (appeal, country, collation, id);
CREATE INDEX signature_waiting ON signature (signed_on, id) WHERE state IN ('confirmed', 'held');
CREATE INDEX signature_day ON signature (appeal, signed_on, state);
CREATE INDEX signature_news ON signature (appeal, id) WHERE updates = 1;
CREATE INDEX signature_refused ON signature (decided_on, id) WHERE state IN ('refused', 'struck') AND is_gone = 0;
CREATE INDEX signature_name ON signature (name_key, state);
CREATE INDEX signature_joined ON signature (name_joined, state) WHERE name_joined <> '';
CREATE INDEX signature_bad ON signature (name_key) WHERE state IN ('refused', 'struck');
CREATE INDEX signature_queue ON signature (appeal, state, signed_on, id) WHERE state IN ('confirmed', 'held');
CREATE INDEX signature_domain ON signature (domain_hash, state, appeal) WHERE domain_hash IS NOT NULL;
CREATE INDEX signature_hour ON signature (appeal, hour, country, domain_hash) WHERE hour IS NOT NULL;
CREATE INDEX signature_contact ON signature (signed_on, id) WHERE mail_domain IS NOT NULL AND state NOT IN ('confirmed', 'held');

CREATE TABLE act (
    number BIGINT NOT NULL PRIMARY KEY, -- 1, 2, 3: what people call it by
    appeal BIGINT NOT NULL, -- appeal.id
    decision TEXT NOT NULL, -- approve, hold, refuse, strike, restore, unlist; undo
    filter TEXT NOT NULL, -- as it was typed; empty for undo
    undoes BIGINT, -- number of the act that it takes back; NULL: none
    actor TEXT NOT NULL, -- who
    reason TEXT, -- as given
    state TEXT NOT NULL, -- running, done, stopped (cancelled or cut off: what was done stands)
    chosen BIGINT NOT NULL, -- how many the filter found when it began
    began_at BIGINT NOT NULL, -- when
    ended_at BIGINT -- when; NULL: it runs, or was cut off
);

CREATE TABLE act_signature (
    act BIGINT NOT NULL, -- act.number
    signature BIGINT NOT NULL, -- signature.id that it changed
    was TEXT NOT NULL, -- its state before
    became TEXT NOT NULL, -- its state then
    decided_on BIGINT, -- its signature.decided_on before
    changed BIGINT NOT NULL, -- its signature.changed then: while it is still that, the act can be undone
    is_undone BIGINT NOT NULL, -- 1: taken back since
    PRIMARY KEY (act, signature)
); -- kept by its key

CREATE TABLE review (
    signature BIGINT NOT NULL PRIMARY KEY, -- signature.id that waits
    session TEXT NOT NULL, -- one run of `moderate`, random: two of them may be one Unix user's
    actor TEXT NOT NULL, -- the moderator who looks at it, or put it off
    until BIGINT NOT NULL, -- nobody else is shown it before
    skipped_at BIGINT -- when it was put off; NULL: it was not
);

CREATE TABLE moderator_note (
    id BIGINT NOT NULL PRIMARY KEY, -- internal, random
    signature BIGINT NOT NULL, -- signature.id
    at BIGINT NOT NULL, -- when
    actor TEXT NOT NULL, -- who
    text TEXT NOT NULL -- for moderators alone
);
CREATE INDEX moderator_note_signature ON moderator_note (signature, at);

CREATE TABLE register_source (
    source TEXT NOT NULL PRIMARY KEY, -- whose list: the file's name as imported, without folder, or as told
    batch BIGINT, -- organisation.batch of the list that counts; NULL: none yet
    loading BIGINT, -- that of the list that is being taken in; NULL: none is
    organisations BIGINT NOT NULL, -- how many the list that counts has
    imported_at BIGINT NOT NULL -- when it was taken in
);

CREATE TABLE organisation (
    id BIGINT NOT NULL PRIMARY KEY, -- internal
    batch BIGINT NOT NULL, -- of the import that brought it; it counts while register_source.batch is that one
    name TEXT NOT NULL, -- as printed, NFC
    country TEXT NOT NULL, -- ISO 3166-1 alpha-2; empty: international
    affiliation TEXT NOT NULL, -- as the list says; empty: none
    aliases TEXT NOT NULL, -- other spellings as the list writes them, "|" between them; empty: none
    domains TEXT NOT NULL -- of its mailboxes, ASCII, lower case, blanks between them; empty: none
);
CREATE INDEX organisation_batch ON organisation (batch, name, country);

CREATE TABLE organisation_name (
    organisation BIGINT NOT NULL, -- organisation.id
    name_key TEXT NOT NULL, -- of the name or an alias (text/name_key.h)
    name TEXT NOT NULL, -- as the list writes it
    PRIMARY KEY (organisation, name_key)
); -- kept by its key
CREATE INDEX organisation_name_key ON organisation_name (name_key);

CREATE TABLE organisation_word (
    word TEXT NOT NULL, -- of a name's key: what near ones are looked for by
    organisation BIGINT NOT NULL, -- organisation.id
    PRIMARY KEY (word, organisation)
); -- kept by its key

CREATE TABLE organisation_domain (
    domain TEXT NOT NULL, -- of its mailboxes, ASCII, lower case
    organisation BIGINT NOT NULL, -- organisation.id
    PRIMARY KEY (domain, organisation)
); -- kept by its key

CREATE TABLE edition (
    id BIGINT NOT NULL PRIMARY KEY, -- internal
    appeal BIGINT NOT NULL, -- appeal.id
    number BIGINT NOT NULL, -- 1, 2, 3 of its appeal: what people call it by
    version BIGINT NOT NULL, -- of the text, and that its signatories signed
    addressee TEXT NOT NULL, -- addressee's id in the settings
    addressee_kind TEXT NOT NULL, -- as it was then: decides what it may show
    language TEXT NOT NULL, -- of the text
    kind TEXT NOT NULL, -- letter, supplement, accession
    form TEXT NOT NULL, -- joint, individual
    supplement_of BIGINT, -- number of the delivered edition it refers to; NULL for a letter
    state TEXT NOT NULL, -- made, sending, delivered, failed, held (a restore did not find out whether it left)
    signatures BLOB NOT NULL, -- signature.id of all it held, counted ones too: ascending, 8 bytes each, big-endian
    named BIGINT NOT NULL, -- how many organisations it names
    counted BIGINT NOT NULL, -- how many it only counts
    members BIGINT NOT NULL, -- stated by the named ones, summed
    countries BIGINT NOT NULL, -- of the named ones
    file_digest BLOB, -- SHA-256 of the file as it left the printer or the outbox; NULL: not drawn to its end
    how TEXT, -- mail, post, registered, hand, other; NULL: not delivered
    reference TEXT, -- a registered mail's number, a receipt's
    note TEXT, -- what there is to say about its delivery
    made_at BIGINT NOT NULL, -- when it was made
    delivered_on BIGINT, -- day; NULL: not delivered
    UNIQUE (appeal, number)
);

CREATE TABLE response (
    id BIGINT NOT NULL PRIMARY KEY, -- internal
    appeal BIGINT NOT NULL, -- appeal.id
    edition BIGINT NOT NULL, -- number of the edition it answers
    received_on BIGINT NOT NULL, -- day
    note TEXT NOT NULL, -- what was answered; the public timeline shows the day alone
    attachment TEXT, -- its file's name; the file stays with the organiser
    attachment_digest BLOB -- SHA-256 of that file
);
CREATE INDEX response_edition ON response (appeal, edition);

CREATE TABLE public_letter (
    appeal BIGINT NOT NULL, -- appeal.id
    language TEXT NOT NULL, -- of the text
    version BIGINT NOT NULL, -- of the text
    digest BLOB NOT NULL, -- SHA-256 of the file, which lies in the site's folder "letters"
    size BIGINT NOT NULL, -- its bytes
    pages BIGINT NOT NULL, -- for the link's words
    named BIGINT NOT NULL, -- organisations in it
    published_at BIGINT NOT NULL, -- when
    PRIMARY KEY (appeal, language)
);

CREATE TABLE counter (
    appeal BIGINT NOT NULL, -- appeal.id
    version BIGINT NOT NULL, -- version signed
    state TEXT NOT NULL, -- a signature's state
    country TEXT NOT NULL, -- ISO code, or empty for international without one
    signatures BIGINT NOT NULL, -- how many are in that state
    members BIGINT NOT NULL, -- members they stated, summed
    PRIMARY KEY (appeal, version, state, country)
);

CREATE TABLE listing_place (
    appeal BIGINT NOT NULL, -- appeal.id
    version BIGINT NOT NULL, -- version signed
    kind TEXT NOT NULL, -- what it is found by: country, day, affiliation
    term TEXT NOT NULL, -- ISO code or empty; YYYY-MM-DD; the affiliation, folded
    collation BLOB NOT NULL, -- signature.collation: the order within a term
    signature BIGINT NOT NULL, -- signature.id: only of those who are listed and named to everybody
    PRIMARY KEY (appeal, version, kind, term, collation, signature)
); -- kept by its key

CREATE TABLE listing_word (
    appeal BIGINT NOT NULL, -- appeal.id
    version BIGINT NOT NULL, -- version signed
    word TEXT NOT NULL, -- of the name or its Latin form, folded
    signature BIGINT NOT NULL, -- signature.id, as in listing_place
    PRIMARY KEY (appeal, version, word, signature)
); -- kept by its key

CREATE TABLE listing_count (
    appeal BIGINT NOT NULL, -- appeal.id
    version BIGINT NOT NULL, -- version signed
    kind TEXT NOT NULL, -- as in listing_place
    term TEXT NOT NULL, -- as in listing_place
    name TEXT NOT NULL, -- an affiliation as it was typed first; else the term
    signatures BIGINT NOT NULL, -- how many are in listing_place; the row goes at 0
    members BIGINT NOT NULL, -- members they stated, summed
    PRIMARY KEY (appeal, version, kind, term)
);
CREATE INDEX listing_common ON listing_count (appeal, version, kind, signatures);

CREATE TABLE quota (
    mailbox_hash BLOB NOT NULL, -- keyed hash of a mailbox; empty: what is written where a submission was dropped
    appeal BIGINT NOT NULL, -- appeal.id, or 0 for all together
    day BIGINT NOT NULL, -- the day counted
    mails BIGINT NOT NULL, -- mails queued to it
    PRIMARY KEY (mailbox_hash, appeal, day)
);

CREATE TABLE outbox (
    id BIGINT NOT NULL PRIMARY KEY, -- in the Message-ID
    template TEXT NOT NULL, -- confirm, listed, refused, links, delivery, update, test; confirm becomes "already" when it is composed
    appeal BIGINT NOT NULL, -- appeal.id; 0: a test
    reference BIGINT NOT NULL, -- pending.id, signature.id or edition.id it is about; 0: a mailbox alone, or given up for good, for this row has its second and a signature keeps none
    language TEXT NOT NULL, -- language of the mail
    payload BLOB NOT NULL, -- recipient and secrets, encrypted; empty: given up for good. The row goes when it is done
    state TEXT NOT NULL, -- waiting, failed (given up), taken (a test alone: what the relay answered is to be read)
    attempts BIGINT NOT NULL, -- tries so far
    next_at BIGINT NOT NULL, -- when it is due
    created_at BIGINT NOT NULL, -- when it was queued
    last_error TEXT, -- the relay's last reply or our word for it, without addresses
    is_news BIGINT NOT NULL -- 1: to many; it waits while other mail is due
);
CREATE INDEX outbox_about ON outbox (reference, template);
CREATE INDEX outbox_due ON outbox (state, is_news, next_at);
CREATE INDEX outbox_order ON outbox (created_at);
CREATE INDEX outbox_tried ON outbox (state, next_at) WHERE last_error IS NOT NULL;

CREATE TABLE audit (
    seq BIGINT NOT NULL PRIMARY KEY, -- 1, 2, 3, ... without a gap
    at BIGINT NOT NULL, -- when
    act TEXT NOT NULL, -- what: signature.approve, appeal.publish
    commitment BLOB NOT NULL, -- SHA-256 over audit_detail's salt, actor, subject and reason_digest
    digest BLOB NOT NULL -- SHA-256 over the previous entry's digest and this entry
);

CREATE TABLE audit_detail (
    seq BIGINT NOT NULL PRIMARY KEY, -- audit.seq: each has its row, for good
    salt BLOB NOT NULL, -- 32 random bytes
    actor TEXT NOT NULL, -- who
    subject TEXT, -- slug or public id
    reason TEXT, -- as given; NULL: none was, or it was erased
    reason_salt BLOB, -- 32 random bytes; erased with the reason, so that nobody finds it out by trying
    reason_digest BLOB -- SHA-256 over reason_salt and reason; stays when they go; NULL: no reason was given
);
-- Few have a reason, and those are looked for: to be shown beside a signature, and to be erased with it.
CREATE INDEX audit_detail_moderated ON audit_detail (subject) WHERE actor <> 'signatory';
CREATE INDEX audit_detail_reason ON audit_detail (subject) WHERE reason IS NOT NULL;

-- What a restore took over from the database in whose place it came, and found nothing here to do it to: another
-- restore, with a backup that has it, does it then (appeal/backup_since.h).

CREATE TABLE absent (
    id BIGINT NOT NULL PRIMARY KEY, -- signature.id; of a form that was withdrawn, pending.id
    public_id TEXT, -- signature.public_id; NULL: a form
    state TEXT NOT NULL, -- that it had; withdrawn: a form
    is_erased BIGINT NOT NULL, -- 1: without its person
    decided_on BIGINT, -- signature.decided_on
    updates BIGINT NOT NULL, -- signature.updates
    logo BLOB, -- its logo.digest; NULL: it had none
    until BIGINT -- of a form: when it would have had its time; NULL: for good
);
CREATE INDEX absent_until ON absent (until) WHERE until IS NOT NULL;

CREATE TABLE absent_appeal (
    id BIGINT NOT NULL PRIMARY KEY, -- appeal.id; this and what follows are as there
    state TEXT NOT NULL,
    paused_on BIGINT,
    closed_on BIGINT,
    archived_on BIGINT,
    erased_on BIGINT,
    days_lost BIGINT NOT NULL,
    is_shielded BIGINT NOT NULL
);

CREATE TABLE site_mark (
    mark BLOB NOT NULL PRIMARY KEY -- one row: keyed hash of nothing under site.key, whose database this is
);
