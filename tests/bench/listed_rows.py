# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of listed signatories for benchmarks and for looking at pages: names like those that unions have, in four scripts,
with all that is kept beside them for the lists that everybody sees. Written into a site's database while no daemon runs;
their digests are random, so `undersign check counts` finds the rows damaged, and nothing missing."""

import datetime
import os
import random
import sqlite3
import unicodedata

SLUG = "ardenia-oil-strike"
KINDS = (
    ("Независимый профсоюз нефтяников «{place}» №{n}", "Primer Oil Workers Union {n}", "KZ", "Алматы"),
    ("Union of Dockers and Port Workers, {place} local {n}", None, "GB", "Liverpool"),
    ("Syndicat des travailleurs du pétrole « {place} » nº {n}", None, "FR", "Saint-Nazaire"),
    ("Sindicato de trabajadores de la energía {place} {n}", None, "ES", "Bilbao"),
    ("Профспілка гірників {place} {n}", "Miners of {place} {n}", "UA", "Кривий Ріг"),
    ("اتحاد عمال النفط {place} {n}", "Oil Workers {n}", "EG", "القاهرة"),
)
PLACES = ("Mayak", "Unité", "Заря", "Harbour", "Север", "Solidarity", "Luz", "النور", "Quay", "Прогресс", "Aurora", "Sable")
FEW = ("AT", "BE", "BR", "CH", "CL", "DK", "FI", "GR", "IE", "IN", "IT", "JP", "KE", "MX", "NL", "NO", "NZ", "PL", "PT", "SE")
AFFILIATIONS = ("ITUC", "IndustriALL", "ITUC, IndustriALL", "WFTU", None, "ETUC; ITUC", "ITF", None)
VISIBILITIES = ("public", "organisation", "public", "public", "organisation", "recipients", "public", "counted")


def fold(text):
    """As text/unicode.c for such names."""
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    text = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Me"))
    return unicodedata.normalize("NFC", "".join(c if c.isalnum() else " " for c in text)).split()


def row_of(n, choice):
    if n % 50 == 49:
        name, latin, country, town = f"National Centre {n} {choice.choice(PLACES)}", None, choice.choice(FEW), None
    elif n % 211 == 7:
        name, latin, country, town = f"Global Federation {n}", None, "", None
    else:
        name, latin, country, town = KINDS[min(n * n % 7, 5)]
    place = choice.choice(PLACES)
    name = name.format(place=place, n=n)
    return name, latin and latin.format(place=place, n=n), country, town


CHUNK = 50000  # rows that are in memory at once


def fill(folder, rows, days=400, slug=SLUG, seed=7):
    """Adds rows to an appeal; gives how many of them are named."""
    choice = random.Random(seed)
    db = sqlite3.connect(os.path.join(folder, "undersign.db"))
    appeal, version = db.execute("SELECT id, published_version FROM appeal WHERE slug = ?", (slug,)).fetchone()
    make_key(folder, appeal)
    counts, named = {}, 0
    for begin in range(0, rows, CHUNK):
        signatures, places, words = [], [], []
        for n in range(begin, min(begin + CHUNK, rows)):
            named += add_row(n, choice, days, (appeal, version), (signatures, places, words, counts))
        with db:
            insert(db, signatures, places, words)
    with db:
        db.executemany("INSERT INTO listing_count VALUES (?, ?, ?, ?, ?, ?, ?)",
                       [(appeal, version, kind, term, *values) for (kind, term), values in counts.items()])
        db.execute("INSERT INTO counter SELECT appeal, version, state, country, COUNT(*), SUM(members) FROM signature "
                   "WHERE appeal = ? GROUP BY 1, 2, 3, 4", (appeal,))
    db.close()
    return named


def make_key(folder, appeal):
    """The key that an appeal has once it was signed; one that is there stays."""
    path = os.path.join(folder, "keys", f"appeal-{appeal}.key")
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
            f.write(b"\x01" + os.urandom(32))
    except FileExistsError:
        pass


def add_row(n, choice, days, of, to):
    """One signature with what is kept beside it; gives whether it is named."""
    signatures, places, words, counts = to
    today = (datetime.datetime.now(datetime.timezone.utc).date() - datetime.date(1970, 1, 1)).days
    name, latin, country, town = row_of(n, choice)
    row = choice.getrandbits(62) + 1
    key = " ".join(fold(name)).encode()
    day = today - int(days * choice.random() ** 2)
    visibility = VISIBILITIES[n % len(VISIBILITIES)]
    affiliation = AFFILIATIONS[n % len(AFFILIATIONS)]
    members = n % 5000
    signatures.append((row, f"{n:013x}", *of, choice.randbytes(32), name, latin, country, town, affiliation, members,
                       f"Representative {n}", visibility, day, choice.randbytes(16), choice.randbytes(16),
                       choice.randbytes(178), key, " ".join(fold(f"{name} {latin or ''}")), choice.randbytes(32),
                       " ".join(sorted(fold(latin or name)))))
    if visibility not in ("public", "organisation"):
        return 0
    iso = (datetime.date(1970, 1, 1) + datetime.timedelta(days=day)).isoformat()
    found_by = [("country", country, country), ("day", iso, iso)]
    for part in (affiliation or "").replace(";", ",").split(","):
        if part.strip():
            found_by.append(("affiliation", "".join(fold(part)), part.strip()))
    for kind, term, shown in found_by:
        places.append((*of, kind, term, key, row))
        count = counts.setdefault((kind, term), [shown, 0, 0])
        count[1] += 1
        count[2] += members
    words += [(*of, word, row) for word in set(fold(f"{name} {latin or ''}"))]
    return 1


def insert(db, signatures, places, words):
    db.executemany("INSERT INTO signature (id, public_id, appeal, version, language, text_digest, state, organisation, "
                   "organisation_latin, kind, country, town, affiliation, members, representative, capacity, visibility, "
                   "consent, signed_on, unique_hash, mailbox_hash, contact, collation, search, digest, name_key) "
                   "VALUES (?, ?, ?, ?, 'ru', ?, 'listed', ?, ?, 'union', ?, ?, ?, ?, ?, 'Chair', ?, '1', ?, ?, ?, ?, ?, ?, ?, ?)",
                   signatures)
    db.executemany("INSERT INTO listing_place VALUES (?, ?, ?, ?, ?, ?)", places)
    db.executemany("INSERT INTO listing_word VALUES (?, ?, ?, ?)", words)
