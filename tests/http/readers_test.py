# SPDX-License-Identifier: AGPL-3.0-or-later
"""What readers see of the signatories: lists by country, affiliation and day, search, numbers; of few and of thousands.
And that none of it, nor what can be computed from it, tells of anybody who chose not to be named."""

import gzip
import html
import os
import re
import sys
import urllib.parse

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path[:0] = [os.path.join(TESTS, "lib"), os.path.join(TESTS, "bench")]
import listed_rows  # noqa: E402
from letters import COUNTRIES, SLUG, TABLE, marks, sign, withdraw, words_of, write_appeal  # noqa: E402
from realsite import Site, main  # noqa: E402

MANY = listed_rows.SLUG
NAMED = [v for v in TABLE if TABLE[v]["public"] != "counted"]
HIDDEN = [v for v in TABLE if TABLE[v]["public"] == "counted"]
SEEN_BUDGET = 14 * 1024


def equal(got, wanted, told=""):
    assert got == wanted, f"{told}: {got!r} is not {wanted!r}"


def quoted(**query):
    return "?" + urllib.parse.urlencode(query)


def names(page):
    return [html.unescape(n) for n in re.findall(r'<span class="organisation"><bdi>(.*?)</bdi>', page)]


def turn(page, rel):
    found = re.search(rf'<a rel="{rel}" href="([^"]+)"', page)
    return found and html.unescape(found.group(1))


def links(page):
    """Where a page of ours leads to within the lists."""
    return [html.unescape(l) for l in re.findall(r'href="(/[a-z]+/[a-z-]+/(?:signatories|numbers)[^"]*)"', page)]


def small():
    """A site with an appeal that lists who confirms."""
    site = Site(appeals=False)
    site.publish(write_appeal(site.folder))
    site.start()
    return site


def large(rows, days=400):
    site = Site()
    named = listed_rows.fill(site.folder, rows, days)
    site.start()
    return site, named


def crawl(site, start, most=400):
    """Every page of the lists that links lead to, in one language."""
    pages, waiting = {}, [start]
    language = start.split("/")[1]
    while waiting:
        path = waiting.pop()
        if path in pages or path.split("/")[1] != language:
            continue
        answer = site.request(path)
        equal(answer.status, 200, path)
        pages[path] = answer.text
        assert len(pages) <= most, path
        waiting += links(answer.text)
    return pages


def without_totals(text):
    """What is left when the total, and how many are not named, are taken out: nothing else may move with those."""
    text = re.sub(r'<p class="count"( id="count")?>.*?</p>', lambda m: m.group(0) if m.group(1) else "", text)
    text = re.sub(r'<p class="hint">.*?</p>', "", text)
    return re.sub(r'\s*<p class="counted">.*?</p>\s*', "", text).replace("\n", "")


def test_nobody_hidden_is_told():
    """No list, search, number or address tells a field of who is not named; nor does what moves when they sign"""
    site = small()
    try:
        base = f"/en/{SLUG}"
        sign(site, organisation="First Union", country="DE", representative="Jemand", capacity="Vorsitz", affiliation="ITUC",
             members="100")
        starts = (base, f"{base}/signatories", f"{base}/numbers", f"{base}/signatories?country=DE",
                  f"{base}/signatories?affiliation=ITUC", "/en/")
        ids = {}
        for visibility in NAMED:
            ids[visibility] = sign(site, **marks(visibility))
        for visibility in HIDDEN:
            before = {path: without_totals(site.request(path).text) for path in starts}
            ids[visibility] = sign(site, **marks(visibility))
            for path in starts:
                equal(without_totals(site.request(path).text), before[path], f"{path} after {visibility}")
        pages = crawl(site, f"{base}/signatories")
        pages.update(crawl(site, f"{base}/numbers"))
        # Ways in that a small list does not show.
        ways = [quoted(country=COUNTRIES[v][0]) for v in TABLE] + [quoted(affiliation=marks(v)["affiliation"]) for v in TABLE]
        for visibility, way in zip(list(TABLE) * 2, ways):
            answer = site.request(f"{base}/signatories{way}")
            equal(answer.status, 200 if visibility in NAMED else 404, way)
            if visibility in NAMED:
                pages[way] = answer.text
        day = re.search(r'day=([0-9-]{10})', pages[f"{base}/numbers"]).group(1)
        pages["day"] = site.request(f"{base}/signatories{quoted(day=day)}").text
        equal(sorted(names(pages["day"])), sorted(["First Union"] + [marks(v)["organisation"] for v in NAMED]))
        for path, text in pages.items():
            folded = text.casefold()
            for visibility in TABLE:
                for field, spellings in words_of(marks(visibility)).items():
                    may = {"organisation", "organisation_latin", "town", "affiliation", "country"} if visibility in NAMED else set()
                    may |= {"representative", "capacity"} if TABLE[visibility]["public"] == "person" else set()
                    if field in may:
                        continue
                    found = [w for w in spellings if w.casefold() in folded and field != "members"]
                    assert not found, (path, visibility, field, found)
                if visibility in HIDDEN:
                    assert ids[visibility] not in text, (path, visibility)
        # A search for what is hidden, and for persons, finds what a search for nothing at all finds.
        empty = site.request(f"{base}/signatories{quoted(q='Qnothing')}").text
        for visibility in TABLE:
            fields = marks(visibility)
            for field in ("organisation", "organisation_latin", "town", "representative", "capacity", "affiliation"):
                word = fields[field].split()[0]
                text = site.request(f"{base}/signatories{quoted(q=word)}").text
                if visibility in NAMED and field in ("organisation", "organisation_latin"):
                    equal(names(text), [fields["organisation"]], word)
                else:
                    equal(text.replace(word, "Qnothing"), empty, word)
        # Nor is the place of who is not named told by what stands behind them.
        unknown = "k3v9m0q2xw7ra"
        for way in (quoted(country="DE"), quoted(q="union"), quoted(day=day), quoted(country=COUNTRIES[HIDDEN[0]][0])):
            wanted = site.request(f"{base}/signatories{way}&after={unknown}")
            equal(wanted.status, 404)
            for visibility in HIDDEN:
                answer = site.request(f"{base}/signatories{way}&after={ids[visibility]}")
                equal((answer.status, answer.body), (404, wanted.body), visibility)
        # The kept numbers are those of the rows.
        site.run("check", "counts")
    finally:
        site.__exit__(None, None, None)


def test_who_leaves_is_gone_at_once():
    """Struck: off the list, the search and the numbers with the next request"""
    site = small()
    try:
        base = f"/en/{SLUG}"
        leaving = sign(site, organisation="Leaving Union", country="KZ", representative="Jemand", capacity="Vorsitz",
                       affiliation="Theirs alone")
        sign(site, organisation="Staying Union", country="DE", representative="Jemand", capacity="Vorsitz")
        ways = ("", quoted(country="KZ"), quoted(affiliation="theirs-ALONE"), quoted(q="leav"))
        for way in ways:
            assert "Leaving Union" in names(site.request(f"{base}/signatories{way}").text), way
        withdraw(site, leaving)
        for way in ways:
            answer = site.request(f"{base}/signatories{way}")
            assert "Leaving" not in answer.text and "Theirs" not in answer.text, way
            equal(answer.status, 404 if "country" in way or "affiliation" in way else 200, way)
        assert "country=KZ" not in site.request(f"{base}/numbers").text
        site.run("check", "counts")
    finally:
        site.__exit__(None, None, None)


def test_bad_addresses():
    """What is no list is no page, and nothing breaks"""
    with Site() as site:
        base = f"/ru/{MANY}/signatories"
        for way in ("?country=", "?q=", "?day=", "?affiliation=", "?page=1", "?other=1", ""):
            equal(site.request(base + way).status, 200, way)
        for way in ("?country=kz", "?country=XX", "?country=KZ", "?country=KZZ", "?country=%00", "?country=none", "?country=none1",
                    "?country=%ff", "?country=KZ&country=KZ", "?country=KZ&q=a", "?day=2026-02-30", "?day=2026-11-22", "?day=today",
                    "?day=99999999999999999999", "?day=-1", "?day=2026-11-22&country=KZ", "?affiliation=%20", "?affiliation=ITUC",
                    "?affiliation=" + "x" * 300, "?affiliation=%zz", "?after=k3v9m0q2xw7ra", "?after=1", "?q=a&after=../../x",
                    "?q=a&after=k3v9m0q2xw7ra", "?country=KZ&after=%27", "?page=2", "?page=0", "?page=", "?page=-1", "?page=1x",
                    "?page=99999999999999999999", "?q=%zz", "?q=%00", "?q=a&q=b", "?q=" + "%41" * 2100):
            answer = site.request(base + way)
            assert answer.status in (400, 404, 414), (way, answer.status)
            assert "<html" in answer.text, way
        for typed in ("'", "\"><b>", "%", "_", "*", "--", "\u202e", "a" * 200, "ы" * 100, "\U0001f600", "\u0301", "a b c d e f g h i j k"):
            answer = site.request(base + quoted(q=typed))
            equal(answer.status, 200, typed)
            assert "<b>" not in answer.text, typed
        equal(site.request(base + quoted(q="ы" * 101)).status, 200)
        equal(site.request(f"/ru/{MANY}/numbers").status, 200)
        equal(site.request("/ru/no-such-appeal/numbers").status, 404)
        equal(site.request(f"/ru/no-such-appeal/signatories{quoted(q='a')}").status, 404)
        equal(site.request(base + quoted(q="a"), data=b"").status, 405)


def through(site, path):
    """All the names of a list that is turned page by page, and back again."""
    seen, pages, back = [], [], []
    while path:
        text = site.request(path).text
        pages.append(path)
        seen.append(names(text))
        path, last = turn(text, "next"), path
    path = last
    while path:
        text = site.request(path).text
        back.append(names(text))
        path = turn(text, "prev")
    equal(back[::-1], seen, "back")
    return [name for page in seen for name in page]


def test_thousands():
    """Of thousands: an overview, ways in, every page within its budget, everybody on exactly one page"""
    site, named = large(4000)
    try:
        base = f"/en/{MANY}"
        overview = site.request(f"{base}/signatories").text
        equal(names(overview), [])
        countries = {html.unescape(c): int(n.replace(",", "")) for c, n in
                     re.findall(r'country=([A-Za-z]+)">[^<]*</a></th><td>([0-9,]+)</td>', overview)}
        equal(sum(countries.values()), named)
        everybody = []
        for country, count in countries.items():
            of_country = through(site, f"{base}/signatories?country={country}")
            equal(len(of_country), count, country)
            everybody += of_country
        equal(len(set(everybody)), named)
        few = [c for c, n in countries.items() if 5 < n < 1000][0]
        de = through(site, f"/de/{MANY}/signatories?country={few}")
        equal(sorted(de), sorted(through(site, f"{base}/signatories?country={few}")))
        for way in re.findall(r'/signatories(\?(?:affiliation|day)=[^"]+)">[^/]*</(?:bdi></)?a></th><td>([0-9,]+)</td>', overview):
            equal(len(through(site, f"{base}/signatories{html.unescape(way[0])}")), int(way[1].replace(",", "")), way)
        # Searches: few, many in the order of countries, none.
        for typed, wanted in (("union", lambda n: "nion" in n or "Независ" in n), ("dockers LOCAL", lambda n: "Dockers" in n),
                              ("независ", lambda n: n.startswith("Независ")), ("petrole unite", lambda n: "« Unité »" in n)):
            found = through(site, f"{base}/signatories{quoted(q=typed)}")
            equal(sorted(found), sorted(n for n in everybody if wanted(n)), typed)
        # The chart holds everybody, and shows no row of a country with fewer than five.
        numbers = site.request(f"{base}/numbers").text
        charts = [sum(int(n.replace(",", "")) for n in re.findall(r'<td class="b[0-9]+">([0-9,]+)</td>', table))
                  for table in re.findall(r"<table class=\"bars\">.*?</table>", numbers, re.S)]
        equal(charts, [named, named])
        equal(len(re.findall(r"<caption", numbers)), 2)
        assert 'style="' not in numbers and "<svg" not in numbers and "<script" not in numbers
        for path in (base, f"{base}/signatories", f"{base}/numbers", f"{base}/signatories?country=KZ",
                     f"{base}/signatories{quoted(q='union')}", f"{base}/signatories{quoted(q='независ')}"):
            answer = site.request(path, headers={"Accept-Encoding": "gzip"})
            equal(answer.headers["Content-Encoding"], "gzip", path)
            assert len(answer.body) <= SEEN_BUDGET, (path, len(answer.body))
            assert gzip.decompress(answer.body).endswith(b"</html>\n"), path
        # Nothing of all that pushed another page out.
        tag = site.request(base).headers["ETag"]
        asked = 0
        for language in ("en", "ru"):
            for day in re.findall(r"day=([0-9-]{10})", overview) + [f"20{y}-{m:02}-{d:02}" for y in (25, 26) for m in range(1, 13)
                                                                   for d in range(1, 29)]:
                asked += site.request(f"/{language}/{MANY}/signatories?day={day}").status == 200
        assert asked > 520, asked
        equal(site.request(base).headers["ETag"], tag, "the appeal's page was rendered again")
    finally:
        site.__exit__(None, None, None)


def test_asking_without_end():
    """Who asks for lists without end is told to wait; who reads is not"""
    with Site() as site:
        path = f"/en/{MANY}/signatories{quoted(q='zzz')}"
        statuses = []
        while 429 not in statuses and len(statuses) < 2500:
            statuses.append(site.request(path).status)
        equal(statuses[-1], 429, len(statuses))
        assert len(statuses) > 1000, len(statuses)
        equal(site.request(f"/en/{MANY}/signatories").status, 200)
        equal(site.request(f"/en/{MANY}/numbers").status, 200)


if __name__ == "__main__":
    main([test_nobody_hidden_is_told, test_who_leaves_is_gone_at_once, test_bad_addresses, test_thousands, test_asking_without_end])
